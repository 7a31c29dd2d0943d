"""The process that reads one workbook: from stdin, to stdout as JSON. The only user of calamine.

It prints a list of sheets, each a list of a row's number and its cells; or an object that says
why the file cannot be read: `{"wrong": "locked"}`, "damaged", or "far" with the last cell's place.
The system ends it where it takes more memory than a workbook may.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from monitor.apart import bound

Cell = str | int | float | bool | datetime | date | time | timedelta
Row = tuple[int, list[str]]  # the row's number in the sheet, and its cells
MOST_CELLS = 10_000_000
LOCKED = "EncryptedPackage".encode("utf-16-le")  # what Office keeps in a file with a password


class TooFarError(Exception):
    """A sheet's cells lie too far apart: the last one is in *row* and *column*."""

    def __init__(self, row: int, column: int) -> None:
        super().__init__(row, column)
        self.row, self.column = row, column


def main() -> None:
    """Read a workbook from stdin and print what it holds."""
    bound()
    json.dump(read(sys.stdin.buffer.read()), sys.stdout)


def read(data: bytes) -> list[list[Row]] | dict[str, str | int]:
    """Return each sheet that holds anything, or why *data* cannot be read."""
    try:
        return list(_sheets(data))
    except TooFarError as error:
        return {"wrong": "far", "row": error.row, "column": error.column}
    except (CalamineError, OSError, ValueError) as error:
        locked = isinstance(error, PasswordError) or LOCKED in data
        return {"wrong": "locked" if locked else "damaged"}


def _sheets(data: bytes) -> Iterator[list[Row]]:
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    for title in book.sheet_names:
        if rows := _rows(book.get_sheet_by_name(title)):
            yield rows


def _rows(sheet: CalamineSheet) -> list[Row]:
    height, width = sheet.total_height, sheet.total_width
    if height * width > MOST_CELLS:
        raise TooFarError(height + 1, width + 1)
    rows = sheet.to_python(skip_empty_area=False)
    return [(number, [text(cell) for cell in row]) for number, row in enumerate(rows, 1)]


def text(cell: Cell) -> str:
    """Return *cell* as a person would write it into a CSV file."""
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, bool):
        return "1" if cell else "0"
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


if __name__ == "__main__":
    main()
