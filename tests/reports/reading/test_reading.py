"""Files into documents: encodings, spans, merged cells, broken lines, and what is no report."""

import io
import re
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from monitor.errors import ReportFileError, worded
from monitor.reports.check import as_json, check
from monitor.reports.check.document import TRACKED_CHANGES, Document, Paragraph, Table
from monitor.reports.reading import read_document
from monitor.reports.reading.failures import Unreadable
from monitor.reports.reading.html import from_html
from monitor.reports.reading.pdf import from_pdf, joined
from monitor.reports.reading.pdf_apart import from_pdf_apart
from monitor.reports.reading.text import columns, from_text
from monitor.reports.reading.word import from_word
from tests.report_values import CHINESE

TEXT = "一、总体情况\n2024年发布信息284条。\n"


def texts(document: Document) -> list[str | list[list[str]]]:
    """Return paragraphs as text and tables as rows of texts."""
    return [
        block.text
        if isinstance(block, Paragraph)
        else [[cell.text for cell in row] for row in block.rows]
        for block in document.blocks
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_text_is_read_in_the_encodings_offices_use(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "年报.txt"
    path.write_bytes(TEXT.encode(encoding))
    assert texts(read_document(path)) == ["一、总体情况", "2024年发布信息284条。"]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("一、本年新收\t2\t0\t0\t0\t0\t0\t2", ("一、本年新收", "2", "0", "0", "0", "0", "0", "2")),
        ("| 规章 | 0 | 0 | 3 |", ("规章", "0", "0", "3")),
        ("1.属于国家秘密 0 0 0 0 0 0 0", ("1.属于国家秘密", *["0"] * 7)),
        ("（六）其他处理   3.其他   1 0 0 0 0 0 1", ("（六）其他处理", "3.其他", *"1000001")),
        ("行政许可    12", ("行政许可", "12")),
        (" ".join("0" * 15), ("0",) * 15),
        ("2024年，微博、微信分别发布信息284 248条。", ()),
        ("时间：2025-01-07 来源：办公室", ()),
        ("一、\t总体情况", ()),
        ("|---|---|", ()),
    ],
)
def test_a_line_is_a_row_only_if_it_is_one(line: str, cells: tuple[str, ...]) -> None:
    assert columns(line) == cells


def test_rows_that_follow_one_another_are_one_table() -> None:
    document = from_text("信息内容\t制发\t废止\n规章\t0\t0\n行政许可\t3\n四、\t复议情况\n".encode())
    assert texts(document) == [
        [["信息内容", "制发", "废止"], ["规章", "0", "0"], ["行政许可", "3"]],
        "四、\t复议情况",
    ]


# ---------------------------------------------------------------- HTML


def test_a_spanning_cell_stands_in_all_its_places() -> None:
    page = (
        "<table><tr><td rowspan=2>甲</td><td colspan='2'>乙</td></tr>"
        "<tr><td>284</td><td>248</td></tr></table>"
    )
    assert texts(from_html(page.encode())) == [[["甲", "乙", "乙"], ["甲", "284", "248"]]]


def test_neighbouring_cells_are_never_fused() -> None:
    page = "<table><tr><td>微博</td><td><p>284</p></td><td>248</td></tr></table>"
    assert texts(from_html(page.encode())) == [[["微博", "284", "248"]]]


def test_a_sentence_cut_into_pieces_of_markup_is_one_paragraph() -> None:
    page = "<p>发布<span>信息</span><b>28</b>4条，<font>其中</font>原创200条。<br/>另一段。</p>"
    assert texts(from_html(page.encode())) == ["发布信息284条，其中原创200条。", "另一段。"]


def test_paragraphs_inside_markup_that_should_hold_none_stay_apart() -> None:
    page = "<span><p>一、总体情况</p><p>发布284条。</p></span>"
    assert texts(from_html(page.encode())) == ["一、总体情况", "发布284条。"]


def test_scripts_and_comments_are_no_text() -> None:
    page = "<script>var n=1</script><style>p{}</style><!-- 284 --><p>发布248条。</p>"
    assert texts(from_html(page.encode())) == ["发布248条。"]


def test_a_table_that_only_arranges_the_page_is_read_through() -> None:
    page = (
        "<table><tr><td><p>一、总体情况</p><table><tr><td>规章</td><td>3</td></tr></table></td>"
        "</tr></table><table><tr><td>发布284条。</td></tr></table>"
    )
    assert texts(from_html(page.encode())) == ["一、总体情况", [["规章", "3"]], "发布284条。"]


def test_absurd_spans_are_held_within_bounds() -> None:
    page = "<table><tr><td colspan=99999999 rowspan=99999999>甲</td><td>x</td></tr></table>"
    (table,) = from_html(page.encode()).blocks
    assert isinstance(table, Table)
    assert [len(row) for row in table.rows] == [101]


@pytest.mark.parametrize(
    "page",
    [
        "<meta charset=gb2312><p>发布284条。</p>".encode("gbk"),
        "<meta charset=gb2312><p>发布284条。</p>".encode(),
        "<p>发布284条。</p>".encode("gbk"),
        "<meta charset=utf-8><p>发布284条。</p>".encode(),
    ],
    ids=["GBK declared", "UTF-8 declared as GBK", "GBK not declared", "UTF-8"],
)
def test_a_page_is_read_whatever_it_declares(page: bytes) -> None:
    assert texts(from_html(page)) == ["发布284条。"]


def test_a_page_nested_beyond_reason_does_no_harm() -> None:
    page = "<div>" * 5000 + "x" + "</div>" * 5000 + "<p>发布284条。</p>"
    assert texts(from_html(page.encode()))[-1] == "发布284条。"


# ---------------------------------------------------------------- Word


def saved(document: docx.document.Document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_a_merged_cell_of_word_stands_in_all_its_places() -> None:
    document = docx.Document()
    document.add_paragraph("二、主动公开政府信息情况")
    table = document.add_table(rows=2, cols=3)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "规章"
    for column, text in ((1, "3"), (2, "7")):
        table.cell(0, column).text = text
    table.cell(1, 1).merge(table.cell(1, 2)).text = "12"
    document.add_paragraph("三、其他")
    assert texts(from_word(saved(document))) == [
        "二、主动公开政府信息情况",
        [["规章", "3", "7"], ["规章", "12", "12"]],
        "三、其他",
    ]


def test_tracked_changes_are_read_as_if_accepted() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("发布信息")
    for tag, name, text in (("w:del", "w:delText", "294条"), ("w:ins", "w:t", "284条")):
        change, run, piece = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(name)
        piece.text = text
        run.append(piece)
        change.append(run)
        paragraph._p.append(change)
    read = from_word(saved(document))
    assert texts(read) == ["发布信息284条"]
    assert read.remarks == (TRACKED_CHANGES,)


def test_what_stands_in_a_content_control_is_read() -> None:
    document = docx.Document()
    inner = document.add_paragraph("发布信息284条")._p
    control, content = OxmlElement("w:sdt"), OxmlElement("w:sdtContent")
    inner.addprevious(control)
    control.append(content)
    content.append(inner)
    assert inner.getparent().tag == qn("w:sdtContent")
    assert texts(from_word(saved(document))) == ["发布信息284条"]


# ---------------------------------------------------------------- PDF


def test_lines_broken_by_the_margin_are_joined_and_rows_are_not() -> None:
    lines = [
        "  一、总体情况",
        "    2024年，鞍山民政认真落实条例，全年发布信息28",
        "  4条，按时更新。",
        "  1.属于国家秘密   0 0 0 0 0 0 0",
        "  （二）依申请公开",
    ]
    assert list(joined(lines)) == [
        "一、总体情况",
        "2024年，鞍山民政认真落实条例，全年发布信息284条，按时更新。",
        "  1.属于国家秘密   0 0 0 0 0 0 0",
        "（二）依申请公开",
    ]


def pdf(lines: list[str], *more: str, trailer: str = "") -> bytes:
    """Return a PDF with *lines* in Latin script, drawn cell by cell, on its first page, and on
    each further page what the operators in *more* draw."""
    return pdf_of(_drawn(lines), *more, trailer=trailer)


def pdf_of(*pages: str, trailer: str = "") -> bytes:
    """Return a PDF of *pages*, each of them drawing operators."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for n, drawn in enumerate(pages):
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * n} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>",
            f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
        ]
    body, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    return (
        f"{body}xref\n0 {size}\n0000000000 65535 f \n{table}"
        f"trailer << /Size {size} /Root 1 0 R {trailer}>>\nstartxref\n{len(body)}\n%%EOF\n"
    ).encode("latin-1")


def _drawn(lines: list[str]) -> str:
    return "".join(
        _written(60 + 70 * c, 760 - 16 * r, cell)
        for r, line in enumerate(lines)
        for c, cell in enumerate(line.split("|"))
    )


def _written(x: int, y: int, text: str) -> str:
    return f"BT /F1 10 Tf {x} {y} Td ({text}) Tj ET\n"


def _ruled(top: int, rows: list[list[str]]) -> str:
    """Return the operators of a table with lines; `/` breaks the text of a cell."""
    boxes = [
        f"{60 + 80 * c} {top - 40 * (r + 1)} 80 40 re S\n"
        for r, row in enumerate(rows)
        for c in range(len(row))
    ]
    texts = [
        _written(64 + 80 * c, top - 40 * r - 14 - 12 * n, line)
        for r, row in enumerate(rows)
        for c, cell in enumerate(row)
        for n, line in enumerate(cell.split("/"))
    ]
    return "".join(boxes + texts)


def test_a_ruled_table_of_a_pdf_keeps_what_is_wrapped_in_its_cells() -> None:
    page = _written(60, 780, "Before it.") + _ruled(740, [["label in/two lines", "28/4", "0"]])
    page += _ruled(700, [["other", "1", "2"]]) + _written(60, 600, "After it.")
    assert texts(from_pdf(pdf_of(page))) == [
        "Before it.",
        [["labelintwolines", "284", "0"], ["other", "1", "2"]],
        "After it.",
    ]


def test_a_table_over_two_pages_is_one_and_a_row_cut_in_two_is_one_row() -> None:
    first = _ruled(140, [["one", "1", "2"], ["cut", "3", "4"]]) + _written(300, 20, "- 1 -")
    second = _ruled(800, [["in two", "", ""], ["next", "5", "6"]]) + _written(300, 20, "- 2 -")
    assert texts(from_pdf(pdf_of(first, second))) == [
        [["one", "1", "2"], ["cutintwo", "3", "4"], ["next", "5", "6"]]
    ]


def test_a_sentence_over_two_pages_is_one_and_running_heads_are_no_text() -> None:
    line = "many words that fill the line up to its very end and go on over"
    pages = [
        _written(60, 800, "Report of the bureau") + _written(60, 700, f"{line} {n}") for n in "abc"
    ]
    (only,) = texts(from_pdf(pdf_of(*pages)))
    assert re.sub(r"\s", "", str(only)) == re.sub(r"\s", "", "".join(f"{line}{n}" for n in "abc"))


def test_a_pdf_keeps_the_columns_of_its_figures_apart(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf(["row one|284|248|0|0|0|0|532", "Some prose without any figures."]))
    assert texts(read_document(path)) == [
        [["row one", "284", "248", "0", "0", "0", "0", "532"]],
        "Some prose without any figures.",
    ]


# ---------------------------------------------------------------- what is no report

LOCKED = pdf(
    ["secret"],
    trailer=f"/ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{'61' * 32}> "
    f"/U <{'62' * 32}> >> ",
)
# A page as a telephone takes it: one picture over all of it.
PHOTOGRAPH = "q 595 0 0 842 0 0 cm BI /W 2 /H 2 /CS /G /BPC 8 ID abcd EI Q"
LOCKED_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("a.txt", b"", "empty; expected a report"),
        ("a.txt", b"\xff\x00\x81\x30", "neither UTF-8 nor GBK text"),
        ("a.txt", b"ab\0cd", "not a text file"),
        ("a.doc", b"x", "cannot read .doc; save it as one of .txt, .html, .htm, .docx, .pdf"),
        ("a", b"x", "cannot read a file without a suffix; save it as one of "),
        ("a.docx", b"\xd0\xcf\x11\xe0rest", "an old Word file (.doc); save it as .docx"),
        ("a.docx", b"no zip", "not a .docx file"),
        ("a.pdf", b"no pdf", "not a PDF that can be read"),
        ("a.pdf", pdf([""]), "a PDF without text, perhaps a scan"),
        ("a.pdf", pdf_of(*[PHOTOGRAPH] * 3), "a PDF without text, perhaps a scan"),
        ("a.pdf", LOCKED, "a PDF with a password; expected one without"),
        ("a.pdf", pdf_of(*["0 0 m"] * 300), "300 pages; expected a report of 100 at most"),
        ("a.docx", LOCKED_WORD, "a Word file with a password; expected one without"),
        ("a.jpg", b"x", "cannot read .jpg; save it as one of "),
        ("a.html", b"<html><script>1</script></html>", "a page without text"),
    ],
)
def test_what_cannot_be_read_is_one_line_that_names_the_file(
    name: str, data: bytes, problem: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ReportFileError) as caught:
        read_document(path)
    assert str(caught.value).startswith(f"{path}: {problem}")
    assert "\n" not in str(caught.value)


def test_why_it_cannot_be_read_is_said_in_chinese(tmp_path: Path) -> None:
    (tmp_path / "年报.pdf").write_bytes(pdf_of(PHOTOGRAPH))
    with pytest.raises(ReportFileError) as caught:
        read_document(tmp_path / "年报.pdf")
    assert worded(caught.value.line, str, CHINESE.text) == (
        f"{tmp_path}/年报.pdf：PDF中没有文字，可能是扫描件或照片；请使用原文件"
    )


def test_a_draft_that_is_not_there_is_said_so_in_chinese(tmp_path: Path) -> None:
    with pytest.raises(ReportFileError) as caught:
        read_document(tmp_path / "年报.docx")
    assert worded(caught.value.line, str, CHINESE.text) == f"{tmp_path}/年报.docx：没有这个文件"


def test_pages_that_are_pictures_are_told_of_a_report_that_has_text() -> None:
    found = from_pdf(pdf_of(_written(60, 700, "Report"), PHOTOGRAPH, PHOTOGRAPH))
    assert found.pictures == (2, 3)
    told = [one for one in as_json(check(found, 2025)) if one["rule"] == "scanned-pages"]
    assert [(one["where"], one["severity"]) for one in told] == [("pages 2, 3", "unsure")]


def test_a_picture_beside_text_is_no_page_of_its_own() -> None:
    assert from_pdf(pdf_of(PHOTOGRAPH + _written(60, 700, "\nReport"))).pictures == ()


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ReportFileError, match=r"gone\.txt: No such file"):
        read_document(tmp_path / "gone.txt")


def test_a_zip_that_is_no_word_file_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.txt", "x")
    with pytest.raises(ReportFileError, match=r"a\.docx: not a Word file"):
        read_document(path)


def test_a_word_file_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(101_000_000))
    with pytest.raises(ReportFileError, match="unpacks to more than a report can be"):
        read_document(path)


ENDLESS = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj 2 0 R endobj
trailer<</Root 1 0 R>>
%%EOF"""


@pytest.mark.long
def test_a_pdf_that_is_read_without_end_is_given_up() -> None:
    with pytest.raises(Unreadable, match=r"it takes longer than 5 s"):
        from_pdf_apart(ENDLESS, seconds=5)


def test_what_a_process_of_its_own_reads_is_what_is_read_here() -> None:
    page = _written(60, 780, "Before it.") + _ruled(740, [["a", "28", "0"], ["b", "1", "2"]])
    whole = pdf_of(page, PHOTOGRAPH)
    assert from_pdf_apart(whole) == from_pdf(whole)


def test_why_a_pdf_cannot_be_read_is_said_in_chinese_by_that_process_too() -> None:
    with pytest.raises(Unreadable) as caught:
        from_pdf_apart(b"%PDF-1.4 no more")
    said = worded(caught.value.told, str, CHINESE.text)
    assert said.startswith("不是可以读取的PDF文件（")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(b"w:document", b"w:other", "not a Word file", id="another root"),
        pytest.param(
            b"<w:tcPr>",
            b'<w:tcPr><w:gridSpan w:val="30000000"/>',
            "spans more than 63 columns",
            id="a cell that would be millions",
        ),
        pytest.param(
            b"<w:tcPr>",
            b"<w:tcPr><w:gridSpan/>",
            "not a Word file",
            id="a cell that does not say how wide it is",
        ),
    ],
)
def test_a_word_file_that_is_not_what_it_says_is_refused(
    before: bytes, after: bytes, expected: str
) -> None:
    document = docx.Document()
    document.add_paragraph("年报")
    document.add_table(1, 1).cell(0, 0).text = "12"
    made = io.BytesIO()
    whole = io.BytesIO(saved(document))
    with zipfile.ZipFile(whole) as parts, zipfile.ZipFile(made, "w") as spoilt:
        for name in parts.namelist():
            part = parts.read(name)
            spoilt.writestr(
                name, part.replace(before, after) if name == "word/document.xml" else part
            )
    with pytest.raises(Unreadable, match=expected):
        from_word(made.getvalue())
