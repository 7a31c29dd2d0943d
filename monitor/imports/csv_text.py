"""The text of a CSV file and the records in it, from a console, Excel or an editor. Pure."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

CUT = "unexpected end of data"  # as Python calls it: the last character is not whole
Record = tuple[int, list[str]]  # the number of the line it begins in, and its cells


class BrokenQuoteError(Exception):
    """A quote is not closed, or goes on after its end. *line*: where its record begins."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def decoded(data: bytes) -> str:
    """Return a CSV file's text: UTF-8 with or without BOM, or what a Chinese Excel writes.

    Raises `UnicodeDecodeError` if it is neither, or ends within a character (`CUT`).
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == CUT and error.start:
            raise
        return data.decode("gb18030")


def records(text: str) -> Iterator[Record]:
    """Yield the records that are not blank. Raises `BrokenQuoteError`, which ends the file."""
    reader, begins = csv.reader(StringIO(text, newline=""), strict=True), 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise BrokenQuoteError(begins, str(error)) from None
