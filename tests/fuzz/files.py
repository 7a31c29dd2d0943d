"""Files that people hand in: exports, rosters, lists, calendars, figures, reports; and our own."""

from __future__ import annotations

import atexit
import re
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import mkdtemp
from zipfile import ZIP_DEFLATED, ZipFile
from zoneinfo import ZoneInfo

import docx
from xlsxwriter import Workbook

from alerts.model import Person
from monitor.errors import ImportFileError, SettingsError, UsageError
from monitor.imports import account_list, calendar_file, csv_import, roster_file, sheets, workbook
from monitor.model import Account
from monitor.reports.reading.failures import Unreadable
from monitor.reports.reading.html import from_html
from monitor.reports.reading.pdf import from_pdf
from monitor.reports.reading.pdf_apart import from_pdf_apart
from monitor.reports.reading.text import from_text
from monitor.reports.reading.word import from_word
from monitor.reports.year.figures_file import parse_figures, sheet_figures
from monitor.settings.documents import ACCOUNTS as ACCOUNTS_FILE
from monitor.settings.documents import MONITOR
from monitor.settings.documents import PEOPLE as PEOPLE_FILE
from monitor.settings.loading import load
from tests.fuzz.gateways import PAGE, link
from tests.fuzz.parser import NOW, Parser, as_json
from tests.house import ROOT

ZONE = ZoneInfo("Asia/Shanghai")
ACCOUNTS = {"a": Account("a", "鞍山民政", "weibo"), "b": Account("b", "鞍山民政", "wechat")}
PEOPLE = {"zhang": Person("zhang", "张三")}
OLD = (ROOT / "tests" / "data" / "old.xls").read_bytes()
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
DOCUMENT = "word/document.xml"
UNREAD, UNREAD_LINK = ("docProps/", "customXml/", "word/"), re.compile(rb"<Rel[^>]*docProps[^>]*>")
EXPORT = (
    "account,published_at,title,url,kind,push\n"
    "a,2024-02-15 09:30,通知,https://weibo.com/1/Kb1s9kcAz,original,\n"
    f"b,2024-02-16T09:30:00+08:00,文章,{link()},article,1\n"
).encode()
COUNTS = ('账号,日期,粉丝数,微博数\n鞍山民政,2024/2/15,"7,959",284\n合计,,7959,284\n').encode(
    "gb18030"
)
FIGURES = b'year = 2024\n[disclosures]\nregulations = [1, 2, 3]\nfees = "12.50"\n'
CALENDAR = as_json(
    {"year": 2024, "days": [{"name": "春节", "date": f"2024-02-{d}", "isOffDay": True}
                            for d in range(10, 18)]}
)  # fmt: skip
EVENTS = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20240210\r\n"
    b"DTEND;VALUE=DATE:20240218\r\nSUMMARY:\xe6\x98\xa5\xe8\x8a\x82 \xe4\xbc\x91\r\n"
    b"END:VEVENT\r\nEND:VCALENDAR\r\n"
)
TWO_VALUES = EVENTS.replace(b"VALUE=DATE:20240218", b"VALUE=DA,")
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]"
    b"/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R"
    b"/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
    b"4 0 obj<</Length 41>>stream\nBT /F 12 Tf 20 200 Td (284 posts) Tj ET   \nendstream endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF"
)


# A page whose edges are no numbers.
EDGELESS = b"3 0 obj<</Type/Page/ 0/MediaBox[\xed]t/>>endobj\ntrailer<</Root 1 0R>>\n"


def _book(*cells: tuple[int, int, object]) -> bytes:
    made = BytesIO()
    with Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row, column, value in cells:
            sheet.write(row, column, value)
    return made.getvalue()


def _word(*lines: str) -> bytes:
    document, made = docx.Document(), BytesIO()
    for line in lines:
        document.add_paragraph(line)
    document.add_table(2, 2).cell(0, 0).text = "12"
    document.save(made)
    return made.getvalue()


@cache
def _crowded(word: bytes) -> bytes:
    """A document of many parts, each of a size that one may have."""
    made = BytesIO(word)
    with ZipFile(made, "a", ZIP_DEFLATED) as parts:
        for number in range(11):
            parts.writestr(f"word/media/{number}.bin", bytes(10_000_000))
    return made.getvalue()


def files() -> Iterator[tuple[str, Parser]]:
    """Yield the parsers of whole files."""
    yield from _tables()
    yield from _reports()
    yield from _configuration()


def _tables() -> Iterator[tuple[str, Parser]]:
    refused = (ImportFileError,)
    exports = (EXPORT, COUNTS)
    yield "exports", Parser(_export, exports, refused)
    yield "exports as workbooks", Parser(_export_rows, exports, refused)
    duty = ("日期,值班人\n2024-02-15,张三\n".encode(), b"date,duty\n2024-02-15,zhang\n")
    yield "rosters", Parser(lambda data: roster_file.parse(data, "r.csv", PEOPLE), duty, refused)
    listed = (f"名称,平台,链接,管理员\n鞍山民政,微博,{link()},张三\n".encode(),)
    yield "lists", Parser(lambda data: account_list.parse(data, "l.csv", PEOPLE), listed, refused)
    years = (CALENDAR, EVENTS, TWO_VALUES)
    yield (
        "calendars",
        Parser(lambda data: calendar_file.calendar_tables(data, "c.json"), years, refused),
    )
    wrong = (UsageError, ImportFileError)
    toml = (FIGURES, b"year = " + b"[" * 3000, b"year = " + b"9" * 6001, b"year = 0x" + b"f" * 9000)
    yield "figures", Parser(lambda data: parse_figures(data, "f.toml", 2024), toml, wrong)
    row = "requests.granted,," + ",".join(["9" * 4300] * 6)
    filled = ("年份,2024\n主动公开规章,1,2,3\nfees,12.50\nyear,2024\n".encode(), row.encode())
    yield (
        "figures as workbooks",
        Parser(lambda data: sheet_figures(_rows(data), "f.xlsx", 2024), filled, wrong),
    )
    books = (_book((0, 0, "账号"), (1_048_575, 16_383, 1)), _book((1, 0, 45337.5)), OLD)
    yield "workbooks", Parser(_sheets, books, refused, many=workbook.read, apart=True)
    parts = tuple(_part(books[1], name) for name in (SHEET, "xl/styles.xml", "xl/workbook.xml"))
    yield "parts of a workbook", Parser(_sheets_of, parts, many=_workbook_of, apart=True)


def _reports() -> Iterator[tuple[str, Parser]]:
    refused = (Unreadable,)
    html = "<h1>年报</h1><p>284条&#x110000;</p><table><tr><td rowspan=9>一</table>".encode()
    yield "report html", Parser(from_html, (html, PAGE), refused)
    yield "report text", Parser(from_text, ("年报\n微博  284\n".encode(),), refused)
    yield "report pdf", Parser(from_pdf_apart, (PDF, EDGELESS), refused, many=from_pdf, apart=True)
    word = _word("年报", "284条")
    yield "report word", Parser(from_word, (word, _crowded(word)), refused)
    yield "parts of a Word file", Parser(_document_of(word), _word_parts(word), refused)


def _word_parts(word: bytes) -> tuple[bytes, ...]:
    """The text of a Word file; below another root; with a cell as wide as nothing is, or as
    nobody says."""
    part = _part(word, DOCUMENT)
    wide = part.replace(b"<w:tcPr>", b'<w:tcPr><w:gridSpan w:val="99999999"/>', 1)
    unsaid = part.replace(b"<w:tcPr>", b"<w:tcPr><w:gridSpan/>", 1)
    return part, part.replace(b"w:document", b"w:other"), wide, unsaid


def _configuration() -> Iterator[tuple[str, Parser]]:
    for name in (MONITOR, ACCOUNTS_FILE, PEOPLE_FILE):
        seed = (ROOT / "config" / name).read_bytes()
        yield name, Parser(_loaded(name), (seed, _numbered(seed)), (SettingsError,))


def _numbered(configuration: bytes) -> bytes:
    """*configuration* with a number of thousands of digits for every text that stands alone."""
    return re.sub(rb'(?m)^(\w+ = )"[^"]*"$', rb"\g<1>0x" + b"f" * 5000, configuration)


def _export(data: bytes) -> object:
    return csv_import.parse(data, "x.csv", ACCOUNTS, ZONE, NOW)


def _export_rows(data: bytes) -> object:
    return csv_import.parsed(_rows(data), "x.xlsx", ACCOUNTS, ZONE, NOW)


def _rows(data: bytes) -> list[tuple[int, list[str]]]:
    """The cells that a workbook with the text in *data* has."""
    lines = data.decode("utf-8", "replace").split("\n")
    return [(number, line.split(",")) for number, line in enumerate(lines, 1)]


def _sheets(data: bytes) -> object:
    return list(sheets.sheets(data, "x.xlsx"))


def _sheets_of(part: bytes) -> object:
    return _sheets(_book((0, 0, part.decode("utf-8", "replace")[:1000])))


@cache
def _plain(without: str) -> bytes:
    return _less(_book((0, 0, "账号")), without)


def _workbook_of(part: bytes) -> object:
    return [workbook.read(_with(_plain(name), name, part)) for name in (SHEET, STRINGS)]


def _document_of(word: bytes) -> Callable[[bytes], object]:
    less = _less(word, DOCUMENT)
    return lambda part: from_word(_with(less, DOCUMENT, part))


def _part(whole: bytes, name: str) -> bytes:
    with ZipFile(BytesIO(whole)) as parts:
        return parts.read(name)


def _less(whole: bytes, name: str) -> bytes:
    """*whole* without its part *name*, unpacked, and without what no reader here looks at."""
    made = BytesIO()
    with ZipFile(BytesIO(whole)) as before, ZipFile(made, "w") as after:
        for one in before.namelist():
            if one != name and not one.startswith(UNREAD):
                after.writestr(one, UNREAD_LINK.sub(b"", before.read(one)))
    return made.getvalue()


def _with(less: bytes, name: str, part: bytes) -> bytes:
    """*less* with the bytes of a part more."""
    made = BytesIO(less)
    with ZipFile(made, "a") as parts:
        parts.writestr(name, part)
    return made.getvalue()


def _loaded(name: str) -> Callable[[bytes], object]:
    """What loads the shipped configuration with another file *name*."""

    def loaded(data: bytes) -> object:
        (_folder(name) / name).write_bytes(data)
        return load(_folder(name), {})

    return loaded


@cache
def _folder(_: str) -> Path:
    folder = Path(mkdtemp())
    atexit.register(shutil.rmtree, folder)
    return Path(shutil.copytree(ROOT / "config", folder / "config"))
