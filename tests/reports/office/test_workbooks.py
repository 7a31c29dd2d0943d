"""The workbooks: what stands in them, and that nothing from outside can become a formula."""

from __future__ import annotations

import io
import re
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from alerts.words import translator
from monitor.model import Post, PostKind
from monitor.reports.month.view import view
from monitor.reports.office import workbooks
from monitor.reports.office.book import sheet_name
from tests.report_values import MZ_WECHAT, MZ_WEIBO, post
from tests.reports.month_values import an_account, daily, february, unread
from tests.reports.paper_values import WECHAT, WEIBO, WORDS, document

FORMULAS = (
    '=HYPERLINK("http://a.test","x")',
    "+1+1",
    "-1",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    "{=1}",
    "\t=1",
    "|1",
    "%1",
    "1e5",
    "007",
    "http://a.test/",
)


WHOLE_YEAR = {
    "from": "2024-01-01T00:00:00+08:00",
    "to": "2025-01-01T00:00:00+08:00",
    "reason": "not_watched",
}


def written(post: Post, **other: Any) -> dict[str, Any]:
    """A post as the evidence has it."""
    return {
        "published_at": post.published_at.isoformat(),
        "dating": post.dating.value,
        "kind": post.kind.value,
        "counted": True,
        "title": post.title,
        "url": post.url,
        "key": post.key,
        "push": None,
        "source": "s",
        "first_seen_at": None,
        "deleted_at": None,
        **other,
    }


def evidence(*posts: dict[str, Any], undated: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    months = [{"month": "2024-01", "posts": len(posts), "list": list(posts)}]
    return {"months": months, "undated": list(undated)}


def rows(content: bytes, sheet: str) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def sheet_names(content: bytes) -> list[str]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names


def parts(content: bytes, like: str) -> dict[str, str]:
    with ZipFile(io.BytesIO(content)) as packed:
        return {n: packed.read(n).decode() for n in packed.namelist() if re.search(like, n)}


@pytest.fixture(scope="module")
def year() -> bytes:
    posts = [written(p) for p in daily("2024-01-01", "2024-01-20")]
    posts[1] = written(post("2024-01-02T10:00", PostKind.REPOST), counted=False)
    posts[2] = {**posts[2], "deleted_at": "2024-02-01T10:00:00+08:00", "dating": "seen"}
    undated = written(post("2024-01-30T10:00"), dating="unknown", counted=False)
    found = {"weibo-mz": evidence(*posts, undated=(undated,)), "wechat-mz": evidence()}
    return workbooks.yearly(document(), found, WORDS)


@pytest.fixture(scope="module")
def month() -> bytes:
    made = february()
    posts = {"weibo-mz": [post("2024-02-01T10:00"), post("2024-02-17T10:00", PostKind.REPOST)]}
    return workbooks.monthly(made, view(made, WORDS), posts, WORDS)


# The year


def test_the_year_has_a_summary_and_a_sheet_for_each_account(year: bytes) -> None:
    assert sheet_names(year) == ["汇总", "鞍山民政（微博）", "鞍山民政（微信公众号）"]
    summary = rows(year, "汇总")
    assert summary[0][0] == "2024年政务新媒体数据"
    assert summary[1][0] == "定稿第1版，数据截至2025年1月6日（周一）09:00"
    assert summary[3][:17] == [
        "序号",
        "主办单位",
        "账号",
        "平台",
        "发布量",
        "原创",
        "转发",
        "文章",
        "群发",
        "最长间隔（天）",
        "超期",
        "超期天数",
        "年初关注数",
        "年底关注数",
        "增幅",
        "较上年",
        "数据缺口",
    ]
    assert summary[4][:17] == [
        1,
        "鞍山市民政局",
        "鞍山民政",
        "微博",
        284,
        200,
        84,
        0,
        0,
        16,
        1,
        2,
        "—",
        "—",
        "—",
        "—",
        0,
    ]
    assert summary[5][:17] == [
        2,
        "鞍山市民政局",
        "鞍山民政",
        "微信公众号",
        248,
        0,
        0,
        248,
        96,
        16,
        0,
        0,
        4877,
        7959,
        pytest.approx(0.632, abs=0.001),
        "—",
        1,
    ]
    assert summary[6][2:5] == ["政务新媒体合计", "", 532]
    months = next(row for row in summary if row[2] == "账号" and row[4] == "1月")
    at = summary.index(months) + 1
    assert summary[at][4:16] == WEIBO["months"]
    sentences = [row[2] for row in summary[at + 3 :] if row[2]]
    assert sentences == ["可用于年度报告的表述", *document()["sentences"]]


def test_a_lower_bound_is_shown_as_one(year: bytes) -> None:
    [styles] = parts(year, "styles.xml").values()
    assert "&quot;不少于&quot;#,##0" in styles
    [sheet] = parts(year, r"worksheets/sheet1\.xml$").values()
    cells = dict(re.findall(r'<c r="([A-Z]+\d+)" s="(\d+)"', sheet))
    # WeChat's year has a gap, and so the sum has one; Weibo's has none.
    assert cells["E6"] == cells["E7"] != cells["E5"]


def test_a_year_that_nobody_watched_has_no_numbers() -> None:
    unseen = [
        {
            **one,
            "posts": 0,
            "complete": False,
            "known": False,
            "months": [0] * 12,
            "gaps": [WHOLE_YEAR],
        }
        for one in (WEIBO, WECHAT)
    ]
    found = {**document(), "accounts": unseen, "total_posts": 0}
    summary = rows(workbooks.yearly(found, {}, WORDS), "汇总")
    assert summary[4][4:12] == ["—"] * 8
    assert summary[6][2:5] == ["政务新媒体合计", "", "—"]
    months = next(row for row in summary if row[2] == "账号" and row[4] == "1月")
    assert summary[summary.index(months) + 1][4:16] == ["—"] * 12


def test_an_accounts_sheet_has_days_posts_lapses_gaps_and_followers(year: bytes) -> None:
    weibo, wechat = rows(year, "鞍山民政（微博）"), rows(year, "鞍山民政（微信公众号）")
    assert weibo[3][:13] == ["日", *(f"{n}月" for n in range(1, 13))]
    assert [row[1] for row in weibo[4:26]] == [1, "", *[1] * 18, "", ""]  # a repost is not counted
    assert weibo[4 + 31][:13] == ["合计", *WEIBO["months"]]
    assert weibo[3][15:20] == ["发布时间", "类型", "标题", "链接", "备注"]
    listed = [row[16:20] for row in weibo[4:25]]
    assert listed[:3] == [
        ["原创", "通知", "查看", ""],
        ["转发", "通知", "查看", "不计入"],
        ["原创", "通知", "查看", "按首次见到的时间计、后被删除"],
    ]
    assert listed[20] == ["原创", "通知", "查看", "无日期，不计入"]
    assert weibo[4][15].isoformat() == "2024-01-01T10:00:00"
    below = [[cell for cell in row[:13] if cell] for row in weibo[50:]]
    assert ["超期"] in below
    assert ["2024年2月1日（周四）09:00", "2024年2月17日（周六）10:00", "16天"] in below
    below = [[cell for cell in row[:13] if cell] for row in wechat[50:]]
    assert ["2024年6月3日（周一）00:00", "2024年6月5日（周三）00:00", "读取失败"] in below
    assert ["年初", "4,877", "2023年12月31日（周日）"] in below
    assert list({row[6] for row in wechat[6:9]}) == ["？"]


def test_heads_stay_in_sight_and_charts_are_excels_own(year: bytes, month: bytes) -> None:
    for content, charts in ((year, 3), (month, 1)):
        for sheet in parts(content, r"worksheets/sheet\d+\.xml$").values():
            assert re.search(r'<pane [^>]*ySplit="4"[^>]*state="frozen"', sheet)
        assert len(parts(content, r"charts/chart\d+\.xml$")) == charts
        assert parts(content, r"media/") == {}


# The month


def test_the_month_has_a_summary_its_days_and_every_post(month: bytes) -> None:
    assert sheet_names(month) == ["汇总", "逐日", "信息清单"]
    summary = rows(month, "汇总")
    assert [row[2:8] for row in summary[4:6]] == [
        ["鞍山民政", "微博", 14, 15, 14, 16],
        ["鞍山民政", "微信公众号", 9, 10, "—", 4],
    ]
    assert [row[11] for row in summary[4:6]] == ["超期", "按时"]
    texts = [row[1] for row in summary[6:] if row[1]]
    assert texts[:2] == ["存在的问题", "“鞍山民政”微博：2月1日至17日共16天未更新，期限14天"]
    days = rows(month, "逐日")
    assert days[3][2:] == list(range(1, 30))
    assert days[4][2:4] == [1, ""]
    assert days[5][13:16] == ["？", "？", 1]  # 12, 13, 14 February
    posts = rows(month, "信息清单")
    assert [row[:2] + row[3:] for row in posts[4:]] == [
        ["鞍山民政", "微博", "原创", "通知", "查看"],
        ["鞍山民政", "微博", "转发", "通知", "查看"],
    ]


def test_F23_an_unread_month_has_no_zero() -> None:
    made = february(an_account(MZ_WEIBO, unread()))
    content = workbooks.monthly(made, view(made, WORDS), {}, WORDS)
    assert rows(content, "汇总")[4][4:8] == ["—", "—", "—", "—"]
    assert set(rows(content, "逐日")[4][2:]) == {"？"}


def test_a_month_without_accounts_is_a_workbook_all_the_same() -> None:
    made = february(accounts=())
    assert sheet_names(workbooks.monthly(made, view(made, WORDS), {}, WORDS)) == [
        "汇总",
        "逐日",
        "信息清单",
    ]


# What comes from outside


def with_text(text: str) -> bytes:
    """A workbook in which *text* is a name, a title and a link."""
    named = {**WEIBO, "name": text, "organisation": text}
    posts = [{**written(post("2024-01-01T10:00")), "title": text, "url": text}]
    return workbooks.yearly(document(named), {"weibo-mz": evidence(*posts)}, WORDS)


@pytest.mark.parametrize("text", FORMULAS)
def test_no_title_becomes_a_formula_a_number_or_a_date(text: str) -> None:
    content = with_text(text)
    sheets = parts(content, r"worksheets/sheet\d+\.xml$")
    assert [re.findall(r"<f[ >]", sheet) for sheet in sheets.values()] == [[], []]
    [_, own] = sheet_names(content)
    assert rows(content, own)[4][17] == text.strip()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x"])
def test_what_begins_like_a_formula_stays_text_when_the_cell_is_edited(text: str) -> None:
    [styles] = parts(with_text(text), "styles.xml").values()
    assert 'quotePrefix="1"' in styles


@pytest.mark.parametrize(
    ("url", "followed"),
    [
        ("https://weibo.com/1/x", True),
        ("http://mp.weixin.qq.com/s?a=1&b=2", True),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("\\\\host\\share\\x.exe", False),
        ("internal:Sheet1!A1", False),
        ("external:c:\\x.xlsx", False),
        ("https://a.test/" + "x" * 3000, False),
        ("", False),
    ],
)
def test_links_lead_to_the_web_alone(url: str, followed: bool) -> None:
    posts = [{**written(post("2024-01-01T10:00")), "url": url}]
    content = workbooks.yearly(document(WEIBO), {"weibo-mz": evidence(*posts)}, WORDS)
    targets = re.findall(
        r'Target="([^"]+)" TargetMode', "".join(parts(content, r"worksheets/_rels/.*").values())
    )
    assert targets == ([url.replace("&", "&amp;")] if followed else [])


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=80))
def test_any_name_and_title_makes_a_workbook_that_can_be_read(text: str) -> None:
    content = with_text(text)
    assert len(sheet_names(content)) == 2
    assert "<f>" not in "".join(parts(content, r"worksheets/sheet\d+\.xml$").values())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=50), max_size=6))
def test_sheets_have_names_that_excel_takes_and_no_two_the_same(names: list[str]) -> None:
    taken: set[str] = set()
    made = [sheet_name(name, taken) for name in names]
    assert len({name.casefold() for name in made}) == len(names)
    assert [name for name in made if not 0 < len(name.encode("utf-16-le")) <= 62] == []
    assert [name for name in made if re.search(r"[\[\]:*?/\\]|^'|'$", name)] == []


def test_a_name_that_excel_keeps_for_itself_is_not_taken() -> None:
    assert sheet_name("History", set()) == "History (2)"


def test_two_accounts_of_one_name_have_two_sheets() -> None:
    twice = [{**WEIBO, "id": "a"}, {**WEIBO, "id": "b"}]
    content = workbooks.yearly(document(*twice), {"a": evidence(), "b": evidence()}, WORDS)
    assert sheet_names(content)[1:] == ["鞍山民政（微博）", "鞍山民政（微博） (2)"]


def test_it_can_be_read_in_english() -> None:
    english = translator("en")
    content = workbooks.yearly(document(WEIBO, WECHAT), {"weibo-mz": evidence()}, english)
    assert sheet_names(content) == ["summary", "鞍山民政 (Weibo)"]
    made = february(an_account(MZ_WECHAT, unread()))
    content = workbooks.monthly(made, view(made, english), {}, english)
    assert sheet_names(content) == ["summary", "days", "list of posts"]
