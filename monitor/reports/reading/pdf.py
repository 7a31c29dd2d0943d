"""PDF files: lines put back into paragraphs, ruled tables into cells. The sole user of pdfplumber.

A table with ruled lines keeps its cells, whatever is wrapped in them; of one without, rows are
known by the gaps between their figures. What is not recognised is left as text, and the check then
says that the table could not be read.
"""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pdfplumber
from pdfminer.pdfexceptions import PDFException
from pdfplumber.utils.exceptions import PdfminerException

from monitor.errors import Told
from monitor.reports.check.document import Block, Cell, Document, Table
from monitor.reports.reading.failures import Unreadable
from monitor.reports.reading.text import blocks, columns

MOST_PAGES = 100  # published reports of whole cities have thirty
_PAGE_NUMBER = re.compile(r"[\s—–-]*\d{1,3}[\s—–-]*|第\s*\d+\s*页.{0,12}")
_OPENING = re.compile(
    r"\s*(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[)）]|\d{1,2}[.、])"
)
_CLOSING = re.compile(r"[。：；！？:;!?]\s*$")
_FULL = 0.75  # a line this full of the widest was broken by the margin, not by its author
_ONE_LINE = 5.0  # points; glyphs of another font sit a little higher or lower
_GAP = 12.0  # points between two columns; less is the space beside a figure
_FEWEST_CELLS = 4
_FEWEST_PAGES = 3

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a page, at *top*."""

    top: float
    text: str


@dataclass(frozen=True, slots=True)
class _Grid:
    """One table of a page, at *top*: its rows of cells."""

    top: float
    rows: tuple[tuple[Cell, ...], ...]


_Piece = _Line | _Grid


def from_pdf(data: bytes) -> Document:
    """Return the document in the bytes of a PDF file."""
    drawn, pictures = _pages(data)
    pages = _without_furniture(drawn)
    pieces = [piece for page in pages for piece in page]
    if not any(isinstance(piece, _Grid) or piece.text.strip() for piece in pieces):
        raise Unreadable(Told("a PDF without text, perhaps a scan; expected the original file"))
    return Document(tuple(_blocks(pieces)), pictures=pictures)


def joined(lines: Sequence[str]) -> Iterator[str]:
    """Yield *lines* with those joined that the margin broke; rows of figures stay apart."""
    widest = max((_length(line) for line in lines if not columns(line)), default=0)
    held = ""
    for line in lines:
        if columns(line):
            yield from filter(None, (held, line))
            held = ""
        elif held and _continues(held, line, widest):
            held += line.strip()
        else:
            yield from filter(None, (held,))
            held = line.strip()
        if held and _ends(line, widest):
            yield held
            held = ""
    yield from filter(None, (held,))


def _continues(held: str, line: str, widest: int) -> bool:
    return bool(line.strip()) and not _OPENING.match(line) and _length(held) >= widest * _FULL


def _ends(line: str, widest: int) -> bool:
    return _CLOSING.search(line) is not None or _length(line) < widest * _FULL


def _length(line: str) -> int:
    """Return how many characters stand in *line*; the gaps are the renderer's."""
    return len(re.sub(r"\s", "", line))


def _blocks(pieces: Sequence[_Piece]) -> Iterator[Block]:
    """Yield paragraphs and tables; what a page's end cuts in two is one again."""
    lines: list[str] = []
    rows: list[tuple[Cell, ...]] = []
    for piece in pieces:
        if isinstance(piece, _Line):
            if rows:
                yield _table(rows)
                rows = []
            lines.append(piece.text)
        else:
            yield from blocks(joined(lines))
            lines = []
            rows = _carried_on(rows, piece.rows)
    yield from blocks(joined(lines))
    if rows:
        yield _table(rows)


def _carried_on(
    rows: list[tuple[Cell, ...]], more: Sequence[tuple[Cell, ...]]
) -> list[tuple[Cell, ...]]:
    """Return *rows* and *more*; a first row without a figure is the end of the last one."""
    first = more[0]
    cut = rows and len(first) == len(rows[-1]) and not any(c.text.isdigit() for c in first)
    if not cut or not any(c.text.isdigit() for c in rows[-1]):
        return [*rows, *more]
    whole = tuple(
        Cell(a.text + b.text, a.row, a.column) for a, b in zip(rows[-1], first, strict=True)
    )
    return [*rows[:-1], whole, *more[1:]]


def _table(rows: Sequence[tuple[Cell, ...]]) -> Table:
    return Table(tuple(rows))


def _pages(data: bytes) -> tuple[list[list[_Piece]], tuple[int, ...]]:
    """Return what stands on each page, and the numbers of those that are a picture and no more."""
    # They log what they also raise, and every flaw that they read past.
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            if len(pdf.pages) > MOST_PAGES:
                raise Unreadable(_too_long(len(pdf.pages)))
            pages = [(bool(page.images), _page(page)) for page in pdf.pages]
    except (PdfminerException, PDFException) as error:
        raise Unreadable(_reason(error)) from None
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise Unreadable(no_pdf(type(error).__name__)) from None
    pictures = tuple(n for n, (drawn, said) in enumerate(pages, 1) if drawn and not said)
    return [said for _, said in pages], pictures


def _too_long(pages: int) -> str:
    return Told("{n} pages; expected a report of {most} at most", n=pages, most=MOST_PAGES)


def _reason(error: Exception) -> str:
    name = type(error.args[0] if error.args else error).__name__
    if "Password" in f"{name} {error!r}":
        return Told("a PDF with a password; expected one without")
    return no_pdf(name)


def no_pdf(why: str) -> str:
    """Return that a PDF cannot be read, and *why*."""
    return Told("not a PDF that can be read ({why})", why=why)


def _page(page: Any) -> list[_Piece]:
    found = [table for table in page.find_tables() if len(table.cells) >= _FEWEST_CELLS]
    boxes = [table.bbox for table in found]
    words = [word for word in page.extract_words() if not _is_inside(word, boxes)]
    pieces: list[_Piece] = [*map(_line, _rows_of(words)), *map(_grid, found)]
    page.close()
    return sorted(pieces, key=lambda piece: piece.top)


def _is_inside(word: Any, boxes: Sequence[Box]) -> bool:
    x, y = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
    return any(left <= x <= right and top <= y <= bottom for left, top, right, bottom in boxes)


def _rows_of(words: Sequence[Any]) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for word in sorted(words, key=lambda w: w["bottom"]):
        if rows and word["bottom"] - rows[-1][0]["bottom"] <= _ONE_LINE:
            rows[-1].append(word)
        else:
            rows.append([word])
    return rows


def _line(words: Sequence[Any]) -> _Line:
    ordered = sorted(words, key=lambda w: w["x0"])
    text = ordered[0]["text"]
    for before, word in pairwise(ordered):
        text += ("  " if word["x0"] - before["x1"] > _GAP else " ") + word["text"]
    return _Line(min(w["top"] for w in words), text)


def _grid(table: Any) -> _Grid:
    texts = {
        box: re.sub(r"\s+", "", text or "")
        for row, said in zip(table.rows, table.extract(), strict=True)
        for box, text in zip(row.cells, said, strict=True)
        if box
    }
    lefts = sorted({box[0] for box in texts})
    tops = sorted({box[1] for box in texts})
    made = {box: Cell(texts[box], tops.index(box[1]), lefts.index(box[0])) for box in texts}
    rows = [[_cell_at(made, x, y) for x in lefts] for y in tops]
    return _Grid(table.bbox[1], tuple(tuple(c for c in row if c) for row in rows))


def _cell_at(made: dict[Box, Cell], x: float, y: float) -> Cell | None:
    """Return the cell that covers the place whose corner is (*x*, *y*)."""
    return next(
        (
            cell
            for (left, top, right, bottom), cell in made.items()
            if left - 1 <= x < right - 1 and top - 1 <= y < bottom - 1
        ),
        None,
    )


def _without_furniture(pages: list[list[_Piece]]) -> list[list[_Piece]]:
    """Return *pages* without page numbers and the lines that head or end most of them."""
    ends = Counter(
        re.sub(r"\d", "", piece.text)
        for page in pages
        for piece in {*page[:1], *page[-1:]}
        if isinstance(piece, _Line)
    )
    often = {text for text, n in ends.items() if n >= max(_FEWEST_PAGES, len(pages) * 0.6)}

    def kept(page: list[_Piece], i: int) -> bool:
        piece = page[i]
        if not isinstance(piece, _Line):
            return True
        edge = i in (0, len(page) - 1) and re.sub(r"\d", "", piece.text) in often
        return not (edge or _PAGE_NUMBER.fullmatch(piece.text))

    return [[page[i] for i in range(len(page)) if kept(page, i)] for page in pages]
