"""Word files (.docx): paragraphs and tables in order, merged cells resolved.

Inserted text of tracked changes counts, deleted text does not: what is read is what would be
published, and that there were such changes is remarked. Content controls, which forms are made
of, are read through.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import docx
from docx.exceptions import PythonDocxError
from docx.oxml.exceptions import XmlchemyError
from docx.oxml.ns import qn
from docx.table import Table as WordTable

from monitor.errors import Told
from monitor.reports.check.document import TRACKED_CHANGES, Block, Cell, Document, Paragraph, Table
from monitor.reports.reading.failures import Unreadable

_LARGEST = 100_000_000  # bytes of all parts, unpacked
_WIDEST = 63  # columns that Word allows
_THROUGH = {qn(f"w:{name}") for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml")}
_CHANGES = tuple(qn(f"w:{name}") for name in ("ins", "del", "moveFrom", "moveTo"))
_TEXT = "|".join(
    f".//w:{name}[not(ancestor::w:txbxContent) and not(ancestor::w:del)]"
    for name in ("t", "tab", "br", "cr", "noBreakHyphen")
)

# What the library raises over parts that are not there, or are others than it takes them for.
_STUMBLES = (
    AttributeError, IndexError, KeyError, NotImplementedError, SyntaxError, TypeError, ValueError,
    OverflowError, PythonDocxError, XmlchemyError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


def from_word(data: bytes) -> Document:
    """Return the document in the bytes of a .docx file."""
    _refuse_bombs(data)
    try:
        document = docx.Document(io.BytesIO(data))
        body = document.element.body
        _refuse_wide(body)
        found = tuple(_blocks(body, document))
    except _STUMBLES as error:
        raise Unreadable(Told("not a Word file ({why})", why=type(error).__name__)) from None
    if not found:
        raise Unreadable(Told("a Word file without text"))
    changed = next(body.iter(*_CHANGES), None) is not None
    return Document(found, (TRACKED_CHANGES,) if changed else ())


def _refuse_bombs(data: bytes) -> None:
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except zipfile.BadZipFile:
        raise Unreadable(Told("not a .docx file")) from None
    if sum(part.file_size for part in parts) > _LARGEST:
        raise Unreadable(Told("unpacks to more than a report can be"))


def _refuse_wide(body: Any) -> None:
    """The library makes as many cells as one is said to span."""
    if any(int(one.get(qn("w:val"), "1")) > _WIDEST for one in body.iter(qn("w:gridSpan"))):
        raise Unreadable(Told("a cell of a table spans more than {n} columns", n=_WIDEST))


def _blocks(parent: Any, document: Any) -> Iterator[Block]:
    for child in parent.iterchildren():
        if child.tag == qn("w:p"):
            yield from (Paragraph(line) for line in _text(child).split("\n") if line.strip())
        elif child.tag == qn("w:tbl"):
            yield _table(WordTable(child, document))
        elif child.tag in _THROUGH:
            yield from _blocks(child, document)


def _text(element: Any) -> str:
    return "".join(_piece(node) for node in element.xpath(_TEXT))


def _piece(node: Any) -> str:
    if node.tag == qn("w:t"):
        return node.text or ""
    return {qn("w:tab"): "\t", qn("w:noBreakHyphen"): "-"}.get(node.tag, "\n")


def _table(table: WordTable) -> Table:
    rows: list[tuple[Cell, ...]] = []
    made: dict[Any, Cell] = {}
    for r, row in enumerate(table.rows):
        for c, cell in enumerate(row.cells):
            if cell._tc not in made:
                text = " ".join(_text(p._p) for p in cell.paragraphs).strip()
                made[cell._tc] = Cell(text, r, c)
        rows.append(tuple(made[cell._tc] for cell in row.cells))
    return Table(tuple(rows))
