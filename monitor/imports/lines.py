"""A list that people draw up, in Excel or as CSV, as numbered lines of cells under headings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from monitor.errors import ImportFileError, Told
from monitor.imports.csv_text import BrokenQuoteError, decoded, records
from monitor.imports.sheets import is_workbook, sheets

Line = tuple[int, Sequence[str]]  # its number, and its cells


def lines(data: bytes, name: str) -> list[Line]:
    """Return the lines of the file *name* that are not blank, of a workbook those of its first
    sheet with anything on it. Raises `ImportFileError`."""
    return list(_workbook(data, name) if is_workbook(data) else _csv(data, name))


def columns(cells: Sequence[str], headings: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return where each column is whose *headings*, by its key, stand in *cells*; the first of
    several, and whatever nobody asked for left out."""
    found: dict[str, int] = {}
    for place, one in enumerate(cells):
        said = "".join(one.split()).lower()
        for key, names in headings.items():
            if said in names:
                found.setdefault(key, place)
    return found


def cell(cells: Sequence[str], place: int) -> str:
    """Return what stands at *place*, "" where a line ends before it."""
    return cells[place].strip() if place < len(cells) else ""


def _workbook(data: bytes, name: str) -> Iterator[Line]:
    rows = next(iter(sheets(data, name)), [])
    return ((number, cells) for number, cells in rows if any(one.strip() for one in cells))


def _csv(data: bytes, name: str) -> Iterator[Line]:
    try:
        text = decoded(data)
    except UnicodeDecodeError:
        refusal = Told("{file}: this is neither a workbook nor UTF-8 or GB18030 text", file=name)
        raise ImportFileError([refusal]) from None
    try:
        yield from records(text)
    except BrokenQuoteError as error:
        problem = Told("a quote is not closed well")
        whole = Told("{file}: line {line}: {problem}", file=name, line=error.line, problem=problem)
        raise ImportFileError([whole]) from None
