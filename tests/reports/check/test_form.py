"""The form itself: sections, headings, rows, labels, cells, dates, length."""

import pytest

from monitor.reports.check import as_json, check
from monitor.reports.check.document import Document, Paragraph
from tests.reports.check.papers import CIVIL_AFFAIRS, Paper, seven


def rules(paper: Paper, year: int = 2025) -> list[tuple[str, str]]:
    return [(f["rule"], f["severity"]) for f in as_json(check(paper.document(), year))]


def heading(number: int, text: str) -> Paper:
    headings = list(CIVIL_AFFAIRS.headings)
    headings[number - 1] = text
    return CIVIL_AFFAIRS.but(headings=tuple(headings))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "一、 总体情况"),
        (2, "二、行政机关主动公开政府信息情况"),
        (3, "三、行政机关收到和处理政府信息公开申请情况"),
        (4, "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况"),
        (4, "四、政府信息公开行政复议和行政诉讼情况"),
        (5, "五、政府信息公开工作存在的主要问题及改进情况"),
        (5, "五、存在的问题和改进措施"),
        (6, "六、其他需要报告的事项"),
        (6, "其他需要报告的事项"),
    ],
)
def test_the_wordings_in_use_are_all_good(number: int, text: str) -> None:
    assert rules(heading(number, text)) == []


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "一、总体公开情况"),
        (1, "一、概述"),
        (6, "六、其他应报告的事项"),
        (2, "二、主动公开情况"),
    ],
)
def test_a_heading_of_one_s_own_is_noted(number: int, text: str) -> None:
    assert rules(heading(number, text)) == [("heading", "warning")]


def test_a_missing_section_is_an_error() -> None:
    blocks = CIVIL_AFFAIRS.document().blocks
    at = next(
        i for i, b in enumerate(blocks) if isinstance(b, Paragraph) and b.text.startswith("六、")
    )
    found = as_json(check(Document(blocks[:at]), 2025))
    assert [(f["rule"], f["severity"], f["where"]) for f in found] == [
        ("sections", "error", "section 六")
    ]


def test_a_table_of_contents_is_not_taken_for_the_report() -> None:
    contents = [Paragraph(text) for text in CIVIL_AFFAIRS.headings]
    title, *rest = CIVIL_AFFAIRS.document().blocks
    assert check(Document((title, *contents, *rest)), 2025) == []


def test_the_row_of_the_trial_form_is_noted_once() -> None:
    found = rules(CIVIL_AFFAIRS.but(old_form=True, requests={}))
    assert found.count(("template-rows", "warning")) == 1
    assert ("template-labels", "warning") in found


@pytest.mark.parametrize("mark", ["", "/", "—", "无"])
def test_cells_without_a_number_are_noted_once_a_table(mark: str) -> None:
    paper = CIVIL_AFFAIRS.with_cell("secret", 0, mark).with_cell("query", 3, mark)
    found = as_json(check(paper.document(), 2025))
    assert [(f["rule"], f["severity"], f["where"]) for f in found] == [
        ("blank-cells", "warning", "table 三, 1.属于国家秘密, 8.属于行政查询事项")
    ]


@pytest.mark.parametrize("text", ["2件", "约3", "1.5", "若干"])
def test_a_cell_that_is_no_whole_number_is_an_error(text: str) -> None:
    assert ("not-a-number", "error") in rules(CIVIL_AFFAIRS.with_cell("secret", 0, text))


@pytest.mark.parametrize("text", [(), ("无",), ("暂无。",), ("没有问题。",)])
def test_a_section_five_that_says_nothing_is_noted(text: tuple[str, ...]) -> None:
    assert rules(CIVIL_AFFAIRS.but(problems=text)) == [("problems-empty", "warning")]


def test_a_section_six_without_the_fee_is_noted() -> None:
    assert rules(CIVIL_AFFAIRS.but(others=("无其他事项。",))) == [("fee-missing", "warning")]


def test_a_fee_stated_elsewhere_is_only_doubted() -> None:
    paper = CIVIL_AFFAIRS.but(
        others=("无其他事项。",),
        overview=(*CIVIL_AFFAIRS.overview, "本年度未收取信息处理费。"),
    )
    assert rules(paper) == [("fee-missing", "unsure")]


def test_a_long_overview_is_only_doubted() -> None:
    paper = CIVIL_AFFAIRS.but(overview=(*CIVIL_AFFAIRS.overview, "认真做好公开工作。" * 120))
    assert rules(paper) == [("overview-length", "unsure")]


@pytest.mark.parametrize(
    ("signed", "expected"),
    [
        pytest.param("2026年1月31日", [], id="the last day"),
        pytest.param("2026年2月1日", [("date-late", "error")], id="a day late"),
        pytest.param("2025年1月15日", [("date-early", "error")], id="last January's year"),
        pytest.param("2026年1月7", [("date-incomplete", "warning")], id="no 日"),
        pytest.param("2026年1月", [("date-incomplete", "warning")], id="no day"),
        pytest.param("2026年 月 日", [("date-incomplete", "warning")], id="not filled in"),
    ],
)
def test_the_date_is_complete_and_in_time(signed: str, expected: list[tuple[str, str]]) -> None:
    assert rules(CIVIL_AFFAIRS.but(signature=("某市民政局", signed))) == expected


def test_a_government_has_until_the_end_of_march() -> None:
    signed = CIVIL_AFFAIRS.but(signature=("2026年3月31日",))
    assert rules(signed.saying("某市民政局2025年", "某市人民政府2025年")) == []
    late = signed.but(signature=("2026年4月1日",))
    assert rules(late.saying("某市民政局2025年", "某市人民政府2025年")) == [("date-late", "error")]


def test_a_page_published_late_is_late_whatever_its_signature() -> None:
    paper = CIVIL_AFFAIRS.but(opening=("发布时间：2026-02-05 17:21", *CIVIL_AFFAIRS.opening))
    assert rules(paper) == [("date-late", "error")]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("民政局2025年政府信息公开", "民政局2024年政府信息公开", "year-title"),
        ("自2025年1月1日", "自2024年1月1日", "year-period"),
        ("至2025年12月31日", "至2025年12月30日", "year-period"),
        ("2025年，某市民政局认真", "2024年，某市民政局认真", "year-body"),
        ("2025年分别发布", "2024年分别发布", "year-body"),
    ],
)
def test_every_year_is_the_report_s(old: str, new: str, rule: str) -> None:
    assert rule in [name for name, _ in rules(CIVIL_AFFAIRS.saying(old, new))]


def test_a_table_that_cannot_be_read_is_a_doubt() -> None:
    blocks = tuple(b for b in CIVIL_AFFAIRS.document().blocks if isinstance(b, Paragraph))
    found = as_json(check(Document(blocks), 2025))
    assert [(f["rule"], f["severity"], f["where"]) for f in found] == [
        ("table-not-read", "unsure", f"section {number}") for number in "二三四"
    ]


def test_a_row_of_one_s_own_making_is_missed() -> None:
    rows = {**CIVIL_AFFAIRS.requests, "new": seven(36, 2, 0, 1, 0, 1)}
    table = CIVIL_AFFAIRS.but(requests=rows).document()
    without = Document(
        tuple(
            type(b)(tuple(row for row in b.rows if not any("重复申请" in c.text for c in row)))
            if not isinstance(b, Paragraph)
            else b
            for b in table.blocks
        )
    )
    found = as_json(check(without, 2025))
    assert [(f["rule"], f["expected"]) for f in found] == [("template-rows", "2.重复申请")]
