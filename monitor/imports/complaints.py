"""What is wrong with a file to import, a line each, in sentences of the catalogue. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor.errors import Field, Told
from monitor.imports.columns import FORMS, Wanted, no_column
from monitor.imports.csv_text import CUT
from monitor.ledger.contradiction import Contradiction
from monitor.wording import quoted

MOST_PROBLEMS = 50


class BadCellError(Exception):
    """One cell is not good: its column, by the contract's name, and what was expected there."""

    def __init__(self, column: str, problem: str) -> None:
        super().__init__(f"{column}: {problem}")
        self._column, self._problem = column, problem

    def told(self, headings: Mapping[str, str]) -> str:
        """Return it with the column called as the file heads it."""
        column = headings.get(self._column, self._column)
        return Told("{column}: {problem}", column=column, problem=self._problem)


class Complaints:
    """Collects problems up to the cap and counts the rest."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._listed: list[str] = []
        self.footers: list[str] = []
        self.count = 0

    @property
    def full(self) -> bool:
        """Whether a further problem would only be counted."""
        return self.count >= MOST_PROBLEMS

    def add(self, line: int, problem: str) -> None:
        """Add a problem of *line*; `0` stands for the whole file."""
        if not self.full:
            self._listed.append(
                Told("{file}: line {line}: {problem}", file=self._name, line=line, problem=problem)
                if line
                else Told("{file}: {problem}", file=self._name, problem=problem)
            )
        self.count += 1

    @property
    def listed(self) -> tuple[str, ...]:
        """What has come together, a line each, and how many more there are."""
        more = self.count - len(self._listed)
        rest = [Told("{file}: and {n} more", file=self._name, n=more)] if more else []
        return (*self._listed, *rest)


def no_header(cells: Sequence[str], wanted: Wanted) -> str:
    """Return that no first line like *cells* names columns as *wanted*."""
    if wanted.mapping:
        column = wanted.mapping[0][1]
        return no_column(column, [c for c in cells if c])
    apart = next((c for c in (";", "\t") if any(c in cell for cell in cells)), None)
    if apart is None:
        return Told("a first line {forms} was expected", forms=FORMS)
    return Told(
        "columns are separated by {mark}; a first line {forms} was expected",
        mark=quoted(apart),
        forms=FORMS,
    )


def broken_quote(reason: str) -> str:
    """Return what is wrong with a quote for the *reason* that the reader of CSV gives."""
    if "expected after" in reason:
        return Told('a comma was expected after a closing quote; a quote inside text is written ""')
    return Told("a quote is opened here and never closed")


def no_text(error: UnicodeDecodeError) -> str:
    """Return that bytes are no text, or are cut off within a character."""
    if error.reason == CUT:
        return Told("the file ends in the middle of a character: it is cut off; export it again")
    return Told("this is neither UTF-8 nor GB18030 text")


def same_post(line: int) -> str:
    """Return that a post stands in *line* already."""
    return Told("the same post as in line {line}", line=line)


def same_day(line: int) -> str:
    """Return that an account's day stands in *line* already."""
    return Told("the same account and date as in line {line}", line=line)


def rows_missing(total: int, rows: int) -> str:
    """Return that a *total* below *rows* counts more than those."""
    return Told(
        "a total of {total} below {rows} rows; the others are missing", total=total, rows=rows
    )


def contradicted(name: str, account: str, found: Contradiction) -> str:
    """Return that the file *name* contradicts an import of *account*, and what settles it."""
    return Told(
        "{file} contradicts import {n}, {before}: both are said to hold every post of {account} "
        "from {first} to {last}, but of {day} {file} lists {here} and {before} {there}; nothing "
        "was imported. If {file} is right, first freshness import {undo} {n}; if it does not hold "
        "every post, add {partial}",
        file=name,
        n=found.before.import_id,
        before=found.before.name,
        account=account,
        first=f"{found.first}",
        last=f"{found.last}",
        day=f"{found.day}",
        here=found.here,
        there=found.there,
        undo=Field("undo"),
        partial=Field("partial"),
    )
