"""PDF files: lines put back into paragraphs, rows of figures into tables.

A PDF has no cells. Rows are known by the gaps between their figures; what cannot be told is
left as text, and the check then says that the table could not be read.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator, Sequence

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from monitor.reports.check.document import Document
from monitor.reports.reading.failures import Unreadable
from monitor.reports.reading.text import blocks, columns

_PAGE_NUMBER = re.compile(r"[\s—–-]*\d{1,3}[\s—–-]*|第\s*\d+\s*页.{0,12}")
_OPENING = re.compile(
    r"\s*(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[)）]|\d{1,2}[.、])"
)
_CLOSING = re.compile(r"[。：；！？:;!?]\s*$")
_FULL = 0.75  # a line this full of the widest was broken by the margin, not by its author


def from_pdf(data: bytes) -> Document:
    """Return the document in the bytes of a PDF file."""
    lines = _lines(data)
    if not any(line.strip() for line in lines):
        raise Unreadable("a PDF without text, perhaps a scan; expected the original file")
    return Document(tuple(blocks(joined(lines))))


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


def _lines(data: bytes) -> list[str]:
    # It logs what it also raises, and every flaw that it reads past.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("a PDF with a password; expected one without")
        pages = [page.extract_text(extraction_mode="layout") for page in reader.pages]
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(f"not a PDF that can be read ({type(error).__name__})") from None
    lines = [line for page in pages for line in page.splitlines()]
    return [line for line in lines if not _PAGE_NUMBER.fullmatch(line)]
