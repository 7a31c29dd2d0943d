"""The annual report as a Word file: layout of GB/T 9704, the form's tables, and nothing wrong."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from lxml import etree

from monitor.reports.check import AccountFigures, Figures, LapseFigure, check
from monitor.reports.office.documents import annual, chinese
from monitor.reports.office.word_layout import Paper, width
from monitor.reports.reading import read_document
from monitor.reports.year import report_form as form
from tests.reports.paper_values import MADE_AT, WEIBO, WORDS, document, remaining

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MM = 1440 / 25.4  # twentieths of a point


class Word:
    """The parts of a .docx as a reader of XML sees them."""

    def __init__(self, content: bytes) -> None:
        with ZipFile(io.BytesIO(content)) as packed:
            self.parts = {
                name: etree.fromstring(packed.read(name))
                for name in packed.namelist()
                if name.startswith("word/") and name.endswith(".xml")
            }

    @property
    def body(self) -> Any:
        return self.parts["word/document.xml"]

    def footers(self) -> dict[str, Any]:
        return {n: part for n, part in self.parts.items() if n.startswith("word/footer")}

    def paragraphs(self) -> Iterator[tuple[str, str]]:
        """Yield (style, text) of what is no table."""
        for p in self.body.iter(f"{W}p"):
            if not any(True for _ in p.iterancestors(f"{W}tbl")) and text_of(p):
                yield p.find(f"{W}pPr/{W}pStyle").get(f"{W}val"), text_of(p)


def text_of(element: Any) -> str:
    return "".join(t.text or "" for t in element.iter(f"{W}t"))


def grid_of(table: Any) -> list[list[tuple[str, int, bool]]]:
    """Rows of (text, columns, whether it goes on from the row above)."""
    return [
        [
            (
                text_of(cell),
                int(found.get(f"{W}val"))
                if (found := cell.find(f".//{W}gridSpan")) is not None
                else 1,
                (merge := cell.find(f".//{W}vMerge")) is not None
                and merge.get(f"{W}val") != "restart",
            )
            for cell in row.iter(f"{W}tc")
        ]
        for row in table.iter(f"{W}tr")
    ]


@pytest.fixture(scope="module")
def report() -> bytes:
    return annual(document(), remaining(), WORDS)


@pytest.fixture(scope="module")
def word(report: bytes) -> Word:
    return Word(report)


# Layout


def test_every_run_and_style_names_its_chinese_font(word: Word) -> None:
    for name, part in word.parts.items():
        for run in part.iter(f"{W}r"):
            fonts = run.find(f"{W}rPr/{W}rFonts")
            assert fonts is not None, (name, text_of(run))
            assert fonts.get(f"{W}eastAsia")
    styles = word.parts["word/styles.xml"]
    for fonts in styles.iter(f"{W}rFonts"):
        assert fonts.get(f"{W}eastAsia")
        assert [key for key in fonts.keys() if "Theme" in key] == []  # noqa: SIM118 - lxml


def test_the_page_is_a4_with_the_standards_margins_and_lines(word: Word) -> None:
    section = word.body.find(f".//{W}sectPr")
    size, margins = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
    got = {
        "w": size.get(f"{W}w"),
        "h": size.get(f"{W}h"),
        **{side: margins.get(f"{W}{side}") for side in ("top", "bottom", "left", "right")},
    }
    wanted = {"w": 210, "h": 297, "top": 37, "bottom": 35, "left": 28, "right": 26}
    assert {key: round(int(value) / MM) for key, value in got.items()} == wanted
    grid = section.find(f"{W}docGrid")
    assert (grid.get(f"{W}type"), grid.get(f"{W}linePitch")) == ("lines", "579")


@pytest.mark.parametrize(
    ("style", "font", "half_points", "line"),
    [
        ("Title", "方正小标宋简体", "44", "700"),
        ("Heading1", "黑体", "32", "579"),
        ("Heading2", "楷体_GB2312", "32", "579"),
        ("BodyText", "仿宋_GB2312", "32", "579"),
        ("Normal", "仿宋_GB2312", "32", "579"),
    ],
)
def test_fonts_sizes_and_line_pitch_are_the_standards(
    word: Word, style: str, font: str, half_points: str, line: str
) -> None:
    found = word.parts["word/styles.xml"].find(f"{W}style[@{W}styleId='{style}']")
    spacing = found.find(f"{W}pPr/{W}spacing")
    assert found.find(f"{W}rPr/{W}rFonts").get(f"{W}eastAsia") == font
    assert found.find(f"{W}rPr/{W}sz").get(f"{W}val") == half_points
    assert (spacing.get(f"{W}line"), spacing.get(f"{W}lineRule")) == (line, "exact")
    assert found.find(f"{W}rPr/{W}b") is None or found.find(f"{W}rPr/{W}b").get(f"{W}val") == "0"


def test_page_numbers_stand_outside_between_dashes(word: Word) -> None:
    assert word.parts["word/settings.xml"].find(f"{W}evenAndOddHeaders") is not None
    kinds = {
        ref.get(f"{W}type"): ref.get(next(k for k in ref.keys() if k.endswith("}id")))  # noqa: SIM118
        for ref in word.body.iter(f"{W}footerReference")
    }
    assert set(kinds) == {"default", "even"}
    seen = {
        part.find(f".//{W}jc").get(f"{W}val"): (
            text_of(part),
            part.find(f".//{W}instrText").text.strip(),
            {size.get(f"{W}val") for size in part.iter(f"{W}sz")},
        )
        for part in word.footers().values()
    }
    assert seen == {"right": ("— 1 —", "PAGE", {"28"}), "left": ("— 1 —", "PAGE", {"28"})}


@pytest.mark.parametrize(
    ("name", "indents"),
    [
        ("鞍山市民政局", (400, 400)),
        ("局", (650, 400)),
        ("中国（辽宁）自由贸易试验区营口片区管理委员会政务服务中心", (200, 1300)),
    ],
)
def test_who_signs_stands_centred_over_the_date(name: str, indents: tuple[int, int]) -> None:
    paper = Paper("t", "a", MADE_AT)
    paper.signature([name], "2025年1月7日")
    signed = [p for p in Word(paper.bytes()).body.iter(f"{W}p") if text_of(p)]
    got = [int(p.find(f"{W}pPr/{W}ind").get(f"{W}rightChars")) for p in signed]
    widths = [width(name), width("2025年1月7日")]
    assert tuple(got) == indents
    middles = [right / 100 + w / 2 for right, w in zip(got, widths, strict=True)]
    assert middles[0] == pytest.approx(middles[1], abs=0.02)


@pytest.mark.parametrize(
    ("name", "title", "signed"),
    [
        ("某局", ["某局2024年政府信息公开工作年度报告"], ["某局"]),
        (
            "鞍山市住房和城乡建设局",
            ["鞍山市住房和城乡建设局2024年", "政府信息公开工作年度报告"],
            ["鞍山市住房和城乡建设局"],
        ),
        (
            "中国（辽宁）自由贸易试验区营口片区管理委员会政务服务中心",
            [
                "中国（辽宁）自由贸易试验区",
                "营口片区管理委员会政务服务中心",
                "2024年政府信息公开工作年度报告",
            ],
            ["中国（辽宁）自由贸易试验区", "营口片区管理委员会政务服务中心"],
        ),
        (
            "新疆维吾尔自治区伊犁哈萨克自治州察布查尔锡伯自治县民政局",
            [
                "新疆维吾尔自治区伊犁哈萨克自治州",
                "察布查尔锡伯自治县民政局",
                "2024年政府信息公开工作年度报告",
            ],
            ["新疆维吾尔自治区伊犁哈萨克自治州", "察布查尔锡伯自治县民政局"],
        ),
    ],
)
def test_a_long_name_is_broken_between_words(
    name: str, title: list[str], signed: list[str]
) -> None:
    assert list(form.title_lines(name, 2024)) == title
    assert list(form.name_lines(name, 24)) == signed


def test_the_last_line_of_the_text_goes_with_who_signs() -> None:
    paper = Paper("t", "a", MADE_AT)
    paper.text("没有其他需要报告的事项。")
    paper.signature(["鞍山市民政局"], "2025年1月7日")
    kept = [
        (text_of(p), p.find(f"{W}pPr/{W}keepNext").get(f"{W}val") != "0")
        for p in Word(paper.bytes()).body.iter(f"{W}p")
    ]
    assert [text for text, _ in kept] == [
        "没有其他需要报告的事项。",
        "",
        "",
        "鞍山市民政局",
        "2025年1月7日",
    ]
    assert [one for _, one in kept] == [True, True, True, True, False]


# The form


def test_headings_and_title_are_the_forms(word: Word) -> None:
    paragraphs = list(word.paragraphs())
    assert paragraphs[0] == ("Title", "鞍山市民政局2024年政府信息公开工作年度报告")
    assert [t for style, t in paragraphs if style == "Heading1"] == list(form.HEADINGS)
    assert [t for style, t in paragraphs if style == "Heading2"] == [
        *form.OVERVIEW,
        *form.PROBLEMS,
    ]
    assert [t for _, t in paragraphs[-2:]] == ["鞍山市民政局", "2025年1月7日"]


def test_table_two_has_its_four_blocks(word: Word) -> None:
    two, _, _ = word.body.iter(f"{W}tbl")
    assert [[(t, n) for t, n, _ in row] for row in grid_of(two)] == [
        [("第二十条第（一）项", 4)],
        [("信息内容", 1), ("本年制发件数", 1), ("本年废止件数", 1), ("现行有效件数", 1)],
        [("规章", 1), ("0", 1), ("0", 1), ("0", 1)],
        [("行政规范性文件", 1), ("2", 1), ("1", 1), ("7", 1)],
        [("第二十条第（五）项", 4)],
        [("信息内容", 1), ("本年处理决定数量", 3)],
        [("行政许可", 1), ("35", 3)],
        [("第二十条第（六）项", 4)],
        [("信息内容", 1), ("本年处理决定数量", 3)],
        [("行政处罚", 1), ("0", 3)],
        [("行政强制", 1), ("0", 3)],
        [("第二十条第（八）项", 4)],
        [("信息内容", 1), ("本年收费金额（单位：万元）", 3)],
        [("行政事业性收费", 1), ("12.5", 3)],
    ]


def test_table_three_has_25_rows_of_seven_numbers_under_its_head(word: Word) -> None:
    _, three, _ = word.body.iter(f"{W}tbl")
    grid = grid_of(three)
    assert [sum(n for _, n, _ in row) for row in grid] == [10] * 28
    assert grid[0][0] == (form.IDENTITY, 3, False)
    assert [t for t, _, _ in grid[2] if t] == [
        "商业企业",
        "科研机构",
        "社会公益组织",
        "法律服务机构",
        "其他",
    ]
    numbers = {
        key: [t for t, _, _ in row[-7:]] for key, row in zip(form.KEYS, grid[3:], strict=True)
    }
    two, one, none = (["2", *"00000", "2"], ["1", *"00000", "1"], [*"0000000"])
    known = {"new": two, "total": two, "granted": one, "not_held": one}
    assert numbers == {key: known.get(key, none) for key in form.KEYS}
    labels = [next(t for t, _, _ in reversed(row[:-7]) if t) for row in grid[3:]]
    assert labels == [label for _, _, label in form.ROWS]
    heads = [row.find(f"{W}trPr/{W}tblHeader") is not None for row in three.iter(f"{W}tr")]
    assert heads == [True] * 3 + [False] * 25


def test_table_four_has_fifteen_numbers(word: Word) -> None:
    _, _, four = word.body.iter(f"{W}tbl")
    grid = grid_of(four)
    assert [(t, n) for t, n, _ in grid[0]] == [("行政复议", 5), ("行政诉讼", 10)]
    assert [t for t, _, _ in grid[3]] == ["1", "0", "0", "0", "1", *["0"] * 10]


def test_the_sentences_of_the_ledger_and_of_the_writer_stand_in_their_places(word: Word) -> None:
    texts = [text for _, text in word.paragraphs()]
    after = {text: texts[n + 1] for n, text in enumerate(texts[:-1])}
    assert after["（一）主动公开"] == (
        "2024年，鞍山市民政局主动公开政府信息313条，其中门户网站300条、政府公报13条。"
    )
    assert after["（二）依申请公开"] == (
        "2024年，新收政府信息公开申请2件，上年结转0件；办结2件，结转下年度继续办理0件。"
    )
    assert after["健全政府信息公开审查机制，严格落实“先审后发”要求。"] == (
        "按照规定清理行政规范性文件，废止1件。"
    )
    assert after["加强门户网站和政务新媒体建设。"].startswith("由专人负责维护“鞍山民政”微博")
    assert after["（一）存在的主要问题"].startswith("“鞍山民政”微博2月1日至17日")
    assert after["六、其他需要报告的事项"] == "2024年，未收取信息处理费。"


def test_the_checker_finds_nothing_wrong_with_it(report: bytes, tmp_path: Path) -> None:
    path = tmp_path / "年报.docx"
    path.write_bytes(report)
    lapse = LapseFigure(date(2024, 2, 1), date(2024, 2, 17), 16)
    weibo = AccountFigures(
        "鞍山民政", "weibo", posts=284, complete=True, lapses=(lapse,), longest_gap=16
    )
    wechat = AccountFigures("鞍山民政", "wechat", posts=248, complete=True, longest_gap=5)
    assert check(read_document(path), 2024, Figures(2024, (weibo, wechat))) == []


def test_without_figures_the_tables_are_blank_and_what_is_missing_is_marked() -> None:
    bare = Word(annual(document(), None, WORDS))
    numbers = [
        t
        for table in bare.body.iter(f"{W}tbl")
        for row in grid_of(table)
        for t, _, _ in row
        if t.isdecimal()
    ]
    assert numbers == []
    marked = [
        text_of(run)
        for run in bare.body.iter(f"{W}r")
        if run.find(f"{W}rPr/{W}highlight") is not None
    ]
    assert marked == [
        "〔待填：主动公开情况〕",
        "〔待填：依申请公开情况〕",
        "〔待填：政府信息管理情况〕",
        "〔待填：监督保障情况〕",
        "〔待填：改进情况〕",
        "〔待填：信息处理费收取情况及其他需要报告的事项〕",
    ]
    assert "〔2021〕" in "".join(text for _, text in bare.paragraphs())


def test_several_owners_leave_the_name_to_the_writer() -> None:
    other = {**WEIBO, "organisation": "鞍山市文旅局"}
    title = next(iter(Word(annual(document(WEIBO, other), None, WORDS)).paragraphs()))
    assert title == ("Title", "〔待填：单位名称〕2024年政府信息公开工作年度报告")


@pytest.mark.parametrize(
    ("fee", "said"),
    [
        (Decimal("12.50"), "2024年，收取信息处理费12.5元。"),
        (Decimal(100), "2024年，收取信息处理费100元。"),
        (None, "〔待填：信息处理费收取情况及其他需要报告的事项〕"),
    ],
)
def test_section_six_tells_the_fee(fee: Decimal | None, said: str) -> None:
    found = Word(annual(document(), replace(remaining(), fee=fee), WORDS)).paragraphs()
    texts = [text for _, text in found]
    assert texts[texts.index(form.HEADINGS[5]) + 1] == said


def test_dates_have_no_leading_zeros() -> None:
    assert chinese(date(2025, 1, 7)) == "2025年1月7日"
