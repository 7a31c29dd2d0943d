"""Whole reports: the published one gives its known slips, correct ones give nothing."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from monitor.reports.check import (
    Figures,
    Severity,
    as_json,
    check,
    found_trouble,
    previous_of,
)
from monitor.reports.check.document import Document
from monitor.reports.reading.html import from_html
from monitor.reports.reading.text import from_text
from monitor.reports.reading.word import from_word
from tests.reports.check.papers import (
    CIVIL_AFFAIRS,
    CORRECT,
    FIGURES,
    KEYS,
    PUBLISHED,
    ZEROS,
    Paper,
)

FILES: dict[str, Callable[[Paper], Document]] = {
    "as values": Paper.document,
    "as a web page": lambda paper: from_html(paper.html()),
    "as a Word file": lambda paper: from_word(paper.word()),
    "as UTF-8 text": lambda paper: from_text(paper.text()),
    "as GBK text": lambda paper: from_text(paper.text("gbk")),
}


def year_of(paper: Paper) -> int:
    return int(re.findall(r"\d{4}", paper.title)[0])


@pytest.mark.parametrize("read", FILES.values(), ids=FILES)
def test_the_published_report_has_its_two_errors_and_five_slips_of_form(
    read: Callable[[Paper], Document],
) -> None:
    found = as_json(check(read(PUBLISHED), 2024))
    assert [(f["rule"], f["severity"]) for f in found] == [
        ("growth", "error"),
        ("respectively", "error"),
        ("heading", "warning"),
        ("heading", "warning"),
        ("template-rows", "warning"),
        ("template-labels", "warning"),
        ("date-incomplete", "warning"),
    ]


def test_the_growth_of_the_published_report_is_explained_on_both_bases() -> None:
    found = as_json(check(PUBLISHED.document(), 2024))[0]
    assert found == {
        "rule": "growth",
        "severity": "error",
        "where": "section 一, paragraph 9",
        "said": "「微信公众号关注数由年初的4877人提升至年底的7959人，增幅达40%」",
        "expected": "63.2%",
        "why": "7959 - 4877 = 3082, which is 63.2% of the base 4877; the printed figure fits "
        "38.7%, the share of the end value 7959",
    }


def test_the_run_together_totals_are_taken_apart() -> None:
    found = as_json(check(PUBLISHED.document(), 2024))[1]
    assert found == {
        "rule": "respectively",
        "severity": "error",
        "where": "section 一, paragraph 9",
        "said": "「分别发布信息284248条」",
        "expected": "284、248 (sum 532)",
        "why": "“分别” after 2 accounts wants 2 numbers; there is one, as if a separator had been "
        "lost",
    }


@pytest.mark.parametrize("read", FILES.values(), ids=FILES)
def test_a_correct_report_gives_nothing_in_any_file(read: Callable[[Paper], Document]) -> None:
    assert as_json(check(read(CIVIL_AFFAIRS), 2025, FIGURES)) == []


@pytest.mark.parametrize("paper", CORRECT.values(), ids=CORRECT)
def test_a_correct_report_gives_nothing_however_it_is_worded(paper: Paper) -> None:
    assert as_json(check(from_html(paper.html()), year_of(paper))) == []


@pytest.mark.parametrize("paper", CORRECT.values(), ids=CORRECT)
def test_an_empty_ledger_says_nothing(paper: Paper) -> None:
    assert as_json(check(paper.document(), year_of(paper), Figures(year_of(paper)))) == []


def test_last_year_gives_what_this_year_must_agree_with() -> None:
    previous = previous_of(CIVIL_AFFAIRS.document())
    assert replace(previous, texts=()) == replace(
        previous,
        carried=(4, 1, 0, 0, 0, 0, 5),
        rules_in_force=0,
        documents_in_force=7,
        texts=(),
        units=(("wechat", "条"), ("weibo", "条")),
    )
    assert [number for number, _ in previous.texts] == [1, 2, 3, 4, 5, 6]


def test_a_page_that_is_no_report_says_so_and_nothing_else() -> None:
    found = as_json(check(from_html("<p>今日天气晴。</p>".encode()), 2025))
    assert [(f["rule"], f["severity"]) for f in found] == [("sections", "error")]


def test_doubts_alone_are_no_trouble() -> None:
    unsigned = CIVIL_AFFAIRS.but(signature=())
    found = check(unsigned.document(), 2025)
    assert [(f.rule, f.severity) for f in found] == [("date-missing", Severity.UNSURE)]
    assert not found_trouble(found)
    assert found_trouble(check(PUBLISHED.document(), 2024))


# ---------------------------------------------------------------- every figure in turn


def changed_texts() -> list[tuple[str, Paper]]:
    """Return the report with each number of its text changed in turn."""
    cases = []
    for part in ("title", "opening", "overview", "problems", "others", "signature"):
        texts = getattr(CIVIL_AFFAIRS, part)
        for i, text in enumerate([texts] if isinstance(texts, str) else texts):
            for match in re.finditer(r"\d+(?:\.\d+)?", text):
                new = f"{match[0]}1" if "." not in match[0] else "45.5"
                altered = text[: match.start()] + new + text[match.end() :]
                whole = altered if part == "title" else (*texts[:i], altered, *texts[i + 1 :])
                name = f"{text[max(0, match.start() - 8) : match.end() + 4]} becomes {new}"
                cases.append((name, CIVIL_AFFAIRS.but(**{part: whole})))
    return cases


CHANGED = changed_texts()


@pytest.mark.parametrize("paper", [p for _, p in CHANGED], ids=[name for name, _ in CHANGED])
def test_every_changed_number_of_the_text_is_found(paper: Paper) -> None:
    assert check(paper.document(), 2025, FIGURES) != []


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("853条", "854条", "section 一, paragraph 2"),
        ("公开202条", "公开201条", "section 一, paragraph 2"),
        ("新收政府信息公开申请40件", "新收政府信息公开申请41件", "section 一, paragraph 3"),
        ("上年结转4件", "上年结转5件", "section 一, paragraph 3"),
        ("继续办理5件", "继续办理6件", "section 一, paragraph 3"),
        ("行政复议2件", "行政复议3件", "section 一, paragraph 3"),
        ("行政诉讼1件", "行政诉讼0件", "section 一, paragraph 3"),
        ("制发行政规范性文件2件", "制发行政规范性文件3件", "section 一, paragraph 2"),
        ("废止行政规范性文件1件", "废止行政规范性文件0件", "section 一, paragraph 2"),
        ("现行有效行政规范性文件7件", "现行有效行政规范性文件8件", "section 一, paragraph 2"),
        ("发布信息311条", "发布信息312条", "section 一, paragraph 4"),
        ("、651条", "、650条", "section 一, paragraph 4"),
        ("7959人", "7958人", "section 一, paragraph 4"),
        ("9551人", "9552人", "section 一, paragraph 4"),
        ("增加1592人", "增加1593人", "section 一, paragraph 4"),
        ("20.0%", "20.2%", "section 一, paragraph 4"),
        ("合格12个", "合格11个", "section 一, paragraph 5"),
        ("共16天", "共18天", "section 五, paragraph 1"),
        ("6月5日", "6月3日", "section 五, paragraph 1"),
        ("6月21日", "6月22日", "section 五, paragraph 1"),
        ("6月5日至6月21日", "8月5日至8月21日", "section 五, paragraph 1"),
        ("2026年1月15日", "2026年2月1日", "date of signature"),
        ("2026年1月15日", "2025年1月15日", "date of signature"),
        ("2025年12月31日", "2025年11月30日", "opening, paragraph 3"),
    ],
)
def test_the_smallest_change_is_found_in_its_place(old: str, new: str, where: str) -> None:
    found = as_json(check(CIVIL_AFFAIRS.saying(old, new).document(), 2025, FIGURES))
    assert where in [f["where"] for f in found]


@pytest.mark.parametrize("column", range(7))
@pytest.mark.parametrize("key", KEYS)
def test_every_changed_cell_of_table_three_is_found_in_its_row_or_column(
    key: str, column: int
) -> None:
    cell = CIVIL_AFFAIRS.requests.get(key, ZEROS)[column]
    changed = CIVIL_AFFAIRS.with_cell(key, column, str(int(cell) + 1))
    places = [
        finding["where"]
        for finding in as_json(check(changed.document(), 2025, FIGURES))
        if finding["rule"].startswith("table3") and finding["severity"] == "error"
    ]
    named = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")
    assert any(f"column “{named[column]}”" in place for place in places)


@pytest.mark.parametrize("cell", range(15))
def test_every_changed_cell_of_table_four_is_found(cell: int) -> None:
    cells = list(CIVIL_AFFAIRS.proceedings)
    cells[cell] = str(int(cells[cell]) + 1)
    found = as_json(check(CIVIL_AFFAIRS.but(proceedings=tuple(cells)).document(), 2025))
    group = ("行政复议", "未经复议直接起诉", "复议后起诉")[cell // 5]
    assert f"table 四, “{group}”, column “总计”" in [f["where"] for f in found]


@pytest.mark.parametrize("cell", range(3))
def test_every_changed_number_of_documents_is_found(cell: int) -> None:
    cells = list(CIVIL_AFFAIRS.disclosed)
    cells[cell] = str(int(cells[cell]) + 1)
    found = as_json(check(CIVIL_AFFAIRS.but(disclosed=tuple(cells)).document(), 2025, FIGURES))
    assert {f["rule"] for f in found} == {"in-force", "text-table2"}
