"""Many drafts at once, each read and judged by itself: one that cannot be read stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from monitor.errors import ReportFileError, Told, worded
from monitor.reports.check.document import Document
from monitor.reports.check.findings import Finding, Text, rows_of
from monitor.reports.reading import SUFFIXES, read_document

Judge = Callable[[Document], Sequence[Finding]]


@dataclass(frozen=True, slots=True)
class Draft:
    """One file of a folder: what was found in it, or, as *problem*, why it could not be read."""

    path: Path
    findings: tuple[Finding, ...] = ()
    problem: str = ""


def drafts(folder: Path) -> tuple[Path, ...]:
    """Return the files in *folder* and the folders in it that can be drafts, by name.

    What an office program left beside an open file is none. Raises `ReportFileError` where there
    is no draft.
    """
    found = tuple(
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in SUFFIXES and path.is_file() and path.name[0] not in "~."
    )
    if not found:
        expected = ", ".join(SUFFIXES)
        problem = Told("no drafts; expected files that end in {suffixes}", suffixes=expected)
        raise ReportFileError(str(folder), problem)
    return found


def alike(paths: Sequence[Path]) -> list[tuple[Path, ...]]:
    """Return those of *paths* that are in one folder and differ in nothing but the ending, or in
    capitals: perhaps one draft in two forms, of which one is older."""
    found: dict[tuple[Path, str], list[Path]] = {}
    for path in paths:
        found.setdefault((path.parent, path.stem.casefold()), []).append(path)
    return [tuple(some) for some in found.values() if len(some) > 1]


def newest(paths: Sequence[Path]) -> datetime:
    """Return when the newest of the drafts at *paths* was written: what is said of them is as old
    as that."""
    return datetime.fromtimestamp(max(path.stat().st_mtime for path in paths), UTC)


def checked(paths: Sequence[Path], judge: Judge) -> Iterator[Draft]:
    """Yield the drafts at *paths* in order, each as soon as *judge* has answered for it."""
    for path in paths:
        try:
            document = read_document(path)
        except ReportFileError as error:
            yield Draft(path, problem=error.problem)
        else:
            yield Draft(path, tuple(judge(document)))


def as_rows(found: Sequence[Draft], folder: Path, text: Text = str) -> list[tuple[str, ...]]:
    """Return a row (`findings.COLUMNS`) for each finding in the language of *text*, and one for
    each draft that could not be read or has none."""
    return [
        row
        for draft in found
        for row in rows_of(
            str(draft.path.relative_to(folder)),
            draft.findings,
            worded(draft.problem, str, text),
            text,
        )
    ]
