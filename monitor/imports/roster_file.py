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
from monitor.errors import ImportFileError
from monitor.imports.lines import Line, cell, columns, lines
from monitor.wording import one_of, quoted

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "date": ("date", "日期", "值班日期"),
    "duty": ("duty", "值班员", "值班人员"),
    "leader": ("leader", "带班领导", "值班领导"),
}
NEEDED = ("date", "duty")
FORM = "a line date,duty,leader or 日期,值班员,带班领导 was expected (the last may be missing)"
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


def parse(data: bytes, name: str, people: Mapping[str, Person]) -> RosterFile:
    """Return the days that the file *name* lists.

    People are given by id or by name. Raises `ImportFileError` with a line for every problem.
    """
    found_in = lines(data, name)
    heading = next((place for place, line in enumerate(found_in) if _is_heading(line)), None)
    if heading is None:
        raise ImportFileError([f"{name}: {FORM}"])
    headings = found_in[heading][1]
    places = columns(headings, HEADINGS)
    found, problems = _days(found_in[heading + 1 :], places, _Known.of(people))
    if not (found or problems):
        raise ImportFileError([f"{name}: it lists no day"])
    if problems:
        more = len(problems) - MOST_PROBLEMS
        listed = [f"{name}: {problem}" for problem in problems[:MOST_PROBLEMS]]
        raise ImportFileError([*listed, *([f"{name}: and {more} more"] if more > 0 else [])])
    read = set(places.values())
    ignored = [h.strip() for place, h in enumerate(headings) if place not in read and h.strip()]
    return RosterFile(tuple(sorted(found, key=lambda day: day.on)), tuple(ignored))


def _days(
    listed: Iterable[Line], places: Mapping[str, int], known: _Known
) -> tuple[list[DutyDay], list[str]]:
    """Return what the lines list, and what is wrong with the others."""
    found: list[DutyDay] = []
    problems: list[str] = []
    first: dict[date, int] = {}
    for number, cells in listed:
        try:
            day = _day({key: cell(cells, place) for key, place in places.items()}, known)
        except ValueError as error:
            problems.append(f"line {number}: {error}")
            continue
        before = first.setdefault(day.on, number)
        if before != number:
            problems.append(f"line {number}: date: {day.on} is listed in line {before} already")
        found.append(day)
    return found, problems


def _is_heading(line: Line) -> bool:
    return all(key in columns(line[1], HEADINGS) for key in NEEDED)


def _day(row: Mapping[str, str], known: _Known) -> DutyDay:
    on = _date(row["date"])
    if not row["duty"]:
        raise ValueError("duty: nobody is named")
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
        raise ValueError(f"date: {quoted(found)} is no date; expected e.g. 2026-02-17") from None


def _person(column: str, found: str, known: _Known) -> str:
    if found not in known.people:
        raise ValueError(f"{column}: {quoted(found)} is nobody; {one_of(found, known.people)}")
    person = known.people[found]
    if person is None:
        raise ValueError(f"{column}: several people are called {quoted(found)}; give the id")
    return person
