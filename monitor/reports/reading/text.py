"""Plain text: what encoding it has, which lines are paragraphs, and which are rows of a table."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

from monitor.errors import Told
from monitor.reports.check.document import Block, Cell, Document, Paragraph, Table
from monitor.reports.reading.failures import Unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FIGURE = r"(?:\d[\d,]*(?:\.\d+)?|/|-|—)"
_SEPARATOR = re.compile(r"\s*\t\s*|\s*\|\s*|\s{2,}")
# A form's row that lost its columns: a label, then five to fifteen figures.
_LOOSE_ROW = re.compile(rf"(?P<label>.*?[^\s\d])?(?P<cells>(?:(?:^|\s+){_FIGURE}){{5,15}})\s*")
_HEADING = re.compile(r"[一二三四五六][、.]?|[(（][一二三四五六七][)）]")
_SEVERAL = 3
_LONGEST_LABEL = 60


def decoded(data: bytes) -> str:
    """Return *data* as text: by its byte order mark, else UTF-8, else GB 18030 (and so GBK)."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(Told("neither UTF-8 nor GBK text"))


def from_text(data: bytes) -> Document:
    """Return the document in the bytes of a text file."""
    text = decoded(data)
    if "\0" in text:
        raise Unreadable(Told("not a text file"))
    return Document(tuple(blocks(text.splitlines())))


def blocks(lines: Iterable[str]) -> Iterator[Block]:
    """Yield a paragraph a line, and a table for lines of figures that follow one another."""
    rows: list[tuple[str, ...]] = []
    for line in lines:
        row = columns(line) or (_within(line) if rows else ())
        if row:
            rows.append(row)
        elif line.strip():
            if rows:
                yield table(rows)
                rows = []
            yield Paragraph(line.strip())
    if rows:
        yield table(rows)


def columns(line: str) -> tuple[str, ...]:
    """Return the cells of a line that is a row of a table; empty where it is prose."""
    if re.fullmatch(r"[\s|:+-]*", line):
        return ()
    cells = tuple(cell.strip() for cell in _SEPARATOR.split(line.strip("|\t \u3000")))
    ruled = "\t" in line.strip() or line.strip().count("|") >= 2
    if ruled and (len(cells) >= _SEVERAL or _figures(cells[1:])):
        return cells
    if len(cells) > 1 and len(cells[0]) <= _LONGEST_LABEL and _figures(cells[1:]):
        return cells
    return _loose(line.strip())


def _within(line: str) -> tuple[str, ...]:
    """Return the cells of a line that only its place in a table makes a row."""
    cells = tuple(cell.strip() for cell in line.strip().split("\t"))
    return () if len(cells) < 2 or _HEADING.fullmatch(cells[0]) else cells


def table(rows: Iterable[tuple[str, ...]]) -> Table:
    """Return a table without spans."""
    return Table(
        tuple(tuple(Cell(text, r, c) for c, text in enumerate(row)) for r, row in enumerate(rows))
    )


def _loose(line: str) -> tuple[str, ...]:
    match = _LOOSE_ROW.fullmatch(line)
    if not match or len(match["label"] or "") > _LONGEST_LABEL * 2:
        return ()
    label = tuple(part for part in re.split(r"\s{2,}", match["label"] or "") if part)
    return (*label, *match["cells"].split())


def _figures(cells: Iterable[str]) -> bool:
    found = list(cells)
    return bool(found) and all(re.fullmatch(_FIGURE, cell) for cell in found)
