"""Text and tables out of a file: .txt, .html, .docx, .pdf. Judges nothing.

Every failure is one `ReportFileError` line that names the file.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from monitor.errors import ReportFileError, Told
from monitor.files import reason_of
from monitor.reports.check.document import Document
from monitor.reports.reading.failures import Unreadable
from monitor.reports.reading.html import from_html
from monitor.reports.reading.pdf_apart import from_pdf_apart
from monitor.reports.reading.text import from_text
from monitor.reports.reading.word import from_word

LARGEST = 50_000_000  # bytes; published reports have well under one million

_READERS: dict[str, Callable[[bytes], Document]] = {
    ".txt": from_text,
    ".md": from_text,
    ".html": from_html,
    ".htm": from_html,
    ".shtml": from_html,
    ".docx": from_word,
    ".pdf": from_pdf_apart,
}
SUFFIXES = tuple(_READERS)
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OLD_WORD = b"\xd0\xcf\x11\xe0"


def read_document(path: Path) -> Document:
    """Return what stands in the file at *path*, in order. Raises `ReportFileError`."""
    try:
        return _reader(path)(_bytes(path))
    except Unreadable as problem:
        raise ReportFileError(str(path), problem.told) from None


def _reader(path: Path) -> Callable[[bytes], Document]:
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(suffix for suffix in _READERS if suffix not in (".md", ".shtml"))
        unnamed = Told(
            "cannot read a file without a suffix; save it as one of {known}", known=known
        )
        named = Told(
            "cannot read {suffix}; save it as one of {known}", suffix=path.suffix, known=known
        )
        raise Unreadable(named if path.suffix else unnamed)
    return reader


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise Unreadable(Told("larger than {n} MB; expected a report", n=LARGEST // 1_000_000))
        data = path.read_bytes()
    except OSError as error:
        raise Unreadable(reason_of(error)) from None
    if not data.strip():
        raise Unreadable(Told("empty; expected a report"))
    if data.startswith(_OLD_WORD) and _ENCRYPTED in data:
        raise Unreadable(Told("a Word file with a password; expected one without"))
    if data.startswith(_OLD_WORD):
        raise Unreadable(Told("an old Word file (.doc); save it as .docx"))
    return data
