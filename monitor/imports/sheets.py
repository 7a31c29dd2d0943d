"""Workbooks as rows of text, read by a process of their own within bounds of memory and time.

The library that reads workbooks keeps every cell between the first and the last one: a file of
two kilobytes with one cell far away takes more memory than there is, and the process with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from monitor.apart import MOST_SECONDS, asked
from monitor.errors import ImportFileError, Told

Row = tuple[int, Sequence[str]]  # the row's number in the sheet, and its cells
Pages = list[list[tuple[int, list[str]]]]
Wrong = dict[str, Any]  # as `workbook.py` prints it
READER = Path(__file__).with_name("workbook.py")


def is_workbook(data: bytes) -> bool:
    """Return whether *data* begins as .xlsx, .xlsb and .ods files do, or as .xls files do."""
    return data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))


def sheets(data: bytes, name: str) -> Iterator[list[Row]]:
    """Yield each sheet of the workbook *name* that holds anything, as rows of text.

    A number without a fraction is written without one, a date as ISO 8601. Raises
    `ImportFileError` for a file that is none, is damaged, is locked with a password or spreads
    its cells too far.
    """
    found = _read(data)
    if isinstance(found, str):
        raise ImportFileError(
            [
                Told(
                    "{file}: a workbook was expected, without a password; it cannot be read: "
                    "{reason}",
                    file=name,
                    reason=found,
                )
            ]
        )
    for rows in found:
        yield [(number, cells) for number, cells in rows]


def _read(data: bytes) -> Pages | str:
    """The sheets, or why they cannot be read."""
    try:
        said = asked(str(READER), data=data)
    except TimeoutError:
        return Told("it takes longer than {n} s", n=MOST_SECONDS)
    if said is None:
        return Told(
            "it is damaged, or a cell in it lies so far from the others that memory is short"
        )
    found: Pages | Wrong = json.loads(said)
    return _reason(found) if isinstance(found, dict) else found


def _reason(found: Wrong) -> str:
    match found["wrong"]:
        case "locked":
            return Told("it is locked with a password; save it without one")
        case "far":
            return Told(
                "its last cell is in row {row} and column {column}, far from the others; delete it",
                row=found["row"],
                column=found["column"],
            )
    return Told("it is damaged, or no workbook; save it anew")
