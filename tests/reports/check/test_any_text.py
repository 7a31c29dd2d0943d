"""Whatever stands in a file, the check answers; it never breaks off."""

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.reports.check import Severity, as_json, check
from monitor.reports.check.document import Document, Paragraph
from monitor.reports.reading.html import from_html
from monitor.reports.reading.text import from_text
from tests.reports.check.papers import CIVIL_AFFAIRS, FIGURES

WORDS = """
    2025年 13月 0月 99日 分别 依次 其中 包括 由 从 至 增至 增长 下降 0% 40% 1.5万 余 条 篇 件 人 个
    0件 284248 微博 微信公众号 “民政” 、 ， 。 （ ） ： 共计 合格率 占 原创 转发 关注数 未更新
    两周 超过 此后 未再次发生 此类问题 信息处理费 行政复议 诉讼 政府信息公开 申请 上年结转
    结转下年度
    收到 比 上年
    （31件） 规范性文件 制发 一、总体情况 六、其他需要报告的事项 0 00 7,959
    99999999999999999999999999999 〔2019〕60号 最长更新间隔 天 |
    由1人增至99999999999999999999999999999999人，增长1%
"""
PIECES = st.sampled_from([*WORDS.split(), "\t", "\n"])
TEXTS = st.lists(PIECES, max_size=25).map("".join)


@given(st.lists(TEXTS, min_size=1, max_size=3))
@settings(max_examples=75, deadline=None)
def test_any_paragraphs_are_answered(texts: list[str]) -> None:
    paper = CIVIL_AFFAIRS.but(overview=tuple(texts), problems=tuple(reversed(texts)))
    found = as_json(check(paper.document(), 2025, FIGURES))
    assert {f["severity"] for f in found} <= {s.value for s in Severity}


@given(TEXTS)
@settings(max_examples=60, deadline=None)
def test_any_file_is_answered(text: str) -> None:
    for document in (
        from_text(f"报告\n{text}".encode()),
        from_html(f"<p>报告</p><div>{text}<table><tr><td>{text}".encode()),
        Document((Paragraph(text),)),
    ):
        assert check(document, 2025, FIGURES) == check(document, 2025, FIGURES)
