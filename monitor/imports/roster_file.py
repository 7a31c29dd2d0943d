"""What a file with a roster says: a date, who is on duty, who leads; all of it or nothing.

CSV or Excel, as offices draw their rosters up: a title above the headings is passed over.
Stores nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from alerts.model import DutyDay, Person
from monitor.errors import ImportFileError, Told
from monitor.imports.lines import Line, cell, columns, lines
from monitor.wording import one_of, quoted

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "date": ("date", "日期", "值班日期"),
    "duty": ("duty", "值班员", "值班人员"),
    "leader": ("leader", "带班领导", "值班领导"),
}
NEEDED = ("date", "duty")
FORM = Told(
    "a line date,duty,leader or 日期,值班员,带班领导 was expected (the last may be missing)"
)
DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T ]00?:00(?::00)?)?"
)
MOST_PROBLEMS = 50


@dataclass(frozen=True, slots=True)
class _Known:
    """Who may be named, by id and by name; None for a name that several people have."""

    people: Mapping[str, str | None]

    @classmethod
    def of(cls, people: Mapping[str, Person]) -> _Known:
        """Return what *people* may be called."""
        names: dict[str, str | None] = {}
        for person in people.values():
            names[person.name] = None if person.name in names else person.id
        return cls({**names, **{person: person for person in people}})


@dataclass(frozen=True, slots=True)
class RosterFile:
    """What a file lists: days, oldest first, and the headings of columns that nobody read."""

    days: tuple[DutyDay, ...]
    ignored: tuple[str, ...] = ()


class _BadCellError(Exception):
    """One cell is not good: its column and what was expected there."""

    def __init__(self, column: str, problem: str) -> None:
        super().__init__(f"{column}: {problem}")
        self.told = Told("{column}: {problem}", column=column, problem=problem)


def parse(data: bytes, name: str, people: Mapping[str, Person]) -> RosterFile:
    """Return the days that the file *name* lists.

    People are given by id or by name. Raises `ImportFileError` with a line for every problem.
    """
    found_in = lines(data, name)
    heading = next((place for place, line in enumerate(found_in) if _is_heading(line)), None)
    if heading is None:
        raise ImportFileError([Told("{file}: {problem}", file=name, problem=FORM)])
    headings = found_in[heading][1]
    places = columns(headings, HEADINGS)
    found, problems = _days(found_in[heading + 1 :], places, _Known.of(people))
    if not (found or problems):
        raise ImportFileError([Told("{file}: it lists no day", file=name)])
    if problems:
        more = len(problems) - MOST_PROBLEMS
        listed = [
            Told("{file}: line {line}: {problem}", file=name, line=line, problem=problem)
            for line, problem in problems[:MOST_PROBLEMS]
        ]
        rest = [Told("{file}: and {n} more", file=name, n=more)] if more > 0 else []
        raise ImportFileError([*listed, *rest])
    read = set(places.values())
    ignored = [h.strip() for place, h in enumerate(headings) if place not in read and h.strip()]
    return RosterFile(tuple(sorted(found, key=lambda day: day.on)), tuple(ignored))


def _days(
    listed: Iterable[Line], places: Mapping[str, int], known: _Known
) -> tuple[list[DutyDay], list[tuple[int, str]]]:
    """Return what the lines list, and what is wrong with the others."""
    found: list[DutyDay] = []
    problems: list[tuple[int, str]] = []
    first: dict[date, int] = {}
    for number, cells in listed:
        try:
            day = _day({key: cell(cells, place) for key, place in places.items()}, known)
        except _BadCellError as error:
            problems.append((number, error.told))
            continue
        before = first.setdefault(day.on, number)
        if before != number:
            problems.append((number, _twice(day.on, before)))
        found.append(day)
    return found, problems


def _twice(on: date, line: int) -> str:
    problem = Told("{day} is listed in line {line} already", day=on.isoformat(), line=line)
    return Told("{column}: {problem}", column="date", problem=problem)


def _is_heading(line: Line) -> bool:
    return all(key in columns(line[1], HEADINGS) for key in NEEDED)


def _day(row: Mapping[str, str], known: _Known) -> DutyDay:
    on = _date(row["date"])
    if not row["duty"]:
        raise _BadCellError("duty", Told("nobody is named"))
    leader = row.get("leader") or None
    return DutyDay(
        on,
        _person("duty", row["duty"], known),
        _person("leader", leader, known) if leader else None,
    )


def _date(found: str) -> date:
    match = DAY.fullmatch(found)
    try:
        year, month, day = map(int, match.groups()) if match else (0, 0, 0)
        return date(year, month, day)
    except ValueError:
        problem = Told("{found} is no date; expected e.g. 2026-02-17", found=quoted(found))
        raise _BadCellError("date", problem) from None


def _person(column: str, found: str, known: _Known) -> str:
    if found not in known.people:
        problem = Told(
            "{found} is nobody; {choices}",
            found=quoted(found),
            choices=one_of(found, known.people),
        )
        raise _BadCellError(column, problem)
    person = known.people[found]
    if person is None:
        problem = Told("several people are called {found}; give the id", found=quoted(found))
        raise _BadCellError(column, problem)
    return person
