"""Every part of our Word files and workbooks: valid, ours, and the same whenever it is made."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zipfile import ZipFile

import pytest
from lxml import etree

from monitor.model import PostKind
from monitor.reports.month.view import view
from monitor.reports.office import documents, workbooks
from monitor.reports.office.drafts import drafts_workbook
from monitor.reports.office.figures_book import figures_workbook
from tests.report_values import post
from tests.reports.month_values import february
from tests.reports.office.schema_order import CHILDREN, S, W, out_of_order
from tests.reports.office.test_workbooks import evidence, written
from tests.reports.paper_values import MADE_AT, WORDS, document, remaining

CORE = "{http://purl.org/dc/elements/1.1/}"
DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"


def month() -> bytes:
    made = february()
    posts = {"weibo-mz": [post("2024-02-01T10:00"), post("2024-02-17T10:00", PostKind.REPOST)]}
    return workbooks.monthly(made, view(made, WORDS), posts, WORDS)


def year() -> bytes:
    found = {"weibo-mz": evidence(written(post("2024-01-01T10:00"))), "wechat-mz": evidence()}
    return workbooks.yearly(document(), found, WORDS)


def month_document() -> bytes:
    made = february()
    return documents.monthly(made, view(made, WORDS), WORDS)


MADE: dict[str, Callable[[], bytes]] = {
    "the annual report.docx": lambda: documents.annual(document(), remaining(), WORDS),
    "a blank annual report.docx": lambda: documents.annual(document(), None, WORDS),
    "the month's report.docx": month_document,
    "the year's workbook.xlsx": year,
    "the month's workbook.xlsx": month,
    "the form of figures.xlsx": lambda: figures_workbook(2024, WORDS),
    "checked drafts.xlsx": lambda: drafts_workbook([("a",) * 7], MADE_AT, WORDS),
}
TITLES = {
    "the annual report.docx": "鞍山市民政局2024年政府信息公开工作年度报告",
    "a blank annual report.docx": "鞍山市民政局2024年政府信息公开工作年度报告",
    "the month's report.docx": "2024年2月政务新媒体更新情况月报",
    "the year's workbook.xlsx": "2024年政务新媒体数据",
    "the month's workbook.xlsx": "2024年2月政务新媒体更新情况月报",
    "the form of figures.xlsx": "2024年政府信息公开工作年度报告",
    "checked drafts.xlsx": "年报检查结果",
}
OF_NOBODY = {"the form of figures.xlsx", "checked drafts.xlsx"}


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return {name: make() for name, make in MADE.items()}


def parts(content: bytes) -> Iterator[tuple[str, Any]]:
    with ZipFile(io.BytesIO(content)) as packed:
        for name in packed.namelist():
            yield name, etree.fromstring(packed.read(name))


def disorder(root: Any) -> Iterator[str]:
    for element in root.iter(etree.Element):
        children = [etree.QName(child) for child in element]
        name = etree.QName(element)
        if children:
            yield out_of_order(name.namespace, name.localname, [c.localname for c in children])


@pytest.mark.parametrize("name", MADE)
def test_every_part_has_its_children_in_the_order_of_the_schema(
    files: dict[str, bytes], name: str
) -> None:
    spaces = {space for space, _ in CHILDREN}
    seen = [
        (part, wrong)
        for part, root in parts(files[name])
        if etree.QName(root).namespace in spaces and "theme" not in part
        for wrong in disorder(root)
    ]
    assert len(seen) > 20
    assert {(part, wrong) for part, wrong in seen if wrong} == set()


@pytest.mark.parametrize(
    ("space", "parent", "children", "wrong"),
    [
        (W, "tblPr", ["tblW", "tblBorders", "tblLayout"], ""),
        (W, "tblPr", ["tblLayout", "tblBorders"], "tblPr has tblLayout tblBorders"),
        (W, "tblPr", ["tr"], "tr is no child of tblPr"),
        (S, "row", ["c", "c"], ""),
        (S, "rows", ["c"], "rows is not in the table"),
    ],
)
def test_the_table_of_the_schema_tells_what_is_out_of_order(
    space: str, parent: str, children: list[str], wrong: str
) -> None:
    assert out_of_order(space, parent, children) == wrong


@pytest.mark.parametrize("name", MADE)
def test_made_again_it_is_the_same_file_to_the_byte(files: dict[str, bytes], name: str) -> None:
    with ZipFile(io.BytesIO(files[name])) as packed:
        assert {one.date_time for one in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert MADE[name]() == files[name]


@pytest.mark.parametrize("name", MADE)
def test_title_author_and_times_are_ours(files: dict[str, bytes], name: str) -> None:
    core = dict(parts(files[name]))["docProps/core.xml"]
    author = core.find(f"{CORE}creator")
    assert (core.findtext(f"{CORE}title") or "") == TITLES[name]
    assert ((author is not None and author.text) or "") == (
        "" if name in OF_NOBODY else "鞍山市民政局"
    )
    made = {e.text for e in core if etree.QName(e).localname in ("created", "modified")}
    [at] = {datetime.fromisoformat(text) for text in made}
    assert at.year in (2024, 2025)


def test_times_in_a_document_are_of_greenwich(files: dict[str, bytes]) -> None:
    core = dict(parts(files["the annual report.docx"]))["docProps/core.xml"]
    said = next(e.text for e in core if etree.QName(e).localname == "created")
    assert datetime.fromisoformat(said) == datetime.fromisoformat(document()["known_at"])


def test_nothing_of_a_template_is_left_in_a_word_file(files: dict[str, bytes]) -> None:
    with ZipFile(io.BytesIO(files["the annual report.docx"])) as packed:
        assert sorted(name for name in packed.namelist() if "rels" not in name) == [
            "[Content_Types].xml",
            "docProps/app.xml",
            "docProps/core.xml",
            "word/document.xml",
            "word/fontTable.xml",
            "word/footer1.xml",
            "word/footer2.xml",
            "word/settings.xml",
            "word/styles.xml",
            "word/theme/theme1.xml",
        ]
        assert b"Macintosh" not in packed.read("docProps/app.xml")
        assert b"ja-JP" not in packed.read("word/settings.xml")


@pytest.mark.parametrize("name", [name for name in MADE if name.endswith("docx")])
def test_every_table_is_told_to_who_cannot_see_it(files: dict[str, bytes], name: str) -> None:
    body = dict(parts(files[name]))["word/document.xml"]
    told = [t.find(f"{{{W}}}tblPr/{{{W}}}tblCaption") for t in body.iter(f"{{{W}}}tbl")]
    assert told
    assert all(one is not None and one.get(f"{{{W}}}val") for one in told)


@pytest.mark.parametrize("name", ["the year's workbook.xlsx", "the month's workbook.xlsx"])
def test_every_chart_is_told_to_who_cannot_see_it(files: dict[str, bytes], name: str) -> None:
    told = [
        one.get("descr") for _, root in parts(files[name]) for one in root.iter(f"{DRAWN}cNvPr")
    ]
    assert told
    assert all(told)
