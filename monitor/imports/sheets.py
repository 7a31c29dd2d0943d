"""Workbooks as rows of text, as if they had been saved as CSV. The only user of calamine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook

from monitor.errors import ImportFileError

Cell = str | int | float | bool | datetime | date | time | timedelta
Row = tuple[int, Sequence[str]]  # the row's number in the sheet, and its cells


def is_workbook(data: bytes) -> bool:
    """Return whether *data* begins as .xlsx, .xlsb and .ods files do, or as .xls files do."""
    return data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))


def sheets(data: bytes, name: str) -> Iterator[list[Row]]:
    """Yield each sheet of the workbook *name* that holds anything, as rows of text.

    A number without a fraction is written without one, a date as ISO 8601. Raises
    `ImportFileError` for a file that is none, is damaged or is locked with a password.
    """
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        for title in book.sheet_names:
            rows = book.get_sheet_by_name(title).to_python(skip_empty_area=False)
            if rows:
                yield [(n, [text(cell) for cell in row]) for n, row in enumerate(rows, 1)]
    except (CalamineError, OSError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else "it is damaged"
        raise ImportFileError(
            [f"{name}: a workbook was expected, without a password; it cannot be read: {reason}"]
        ) from None


def text(cell: Cell) -> str:
    """Return *cell* as a person would write it into a CSV file."""
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, bool):
        return "1" if cell else "0"
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)
