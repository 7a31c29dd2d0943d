"""Next year's working days out of the file of those who copy the circular. Pure.

Two forms: the JSON of the project holiday-cn (`{"year", "days": [{"name", "date", "isOffDay"}]}`),
and calendar files (.ics) as telephones subscribe to them, in which a day worked in exchange is
marked 班 and any other day is off.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar as Ical

from alerts.rules.calendar import Day, Overrides
from monitor.errors import ImportFileError, Told
from monitor.sources.json_text import loaded
from monitor.wording import quoted

DAY = timedelta(days=1)
LONGEST = 30  # days of one entry: a festival, not a subscription to the whole year
FEWEST = 20  # days off and days worked in exchange of a circular; 2004 to 2026 had 27 to 36
WORKED = re.compile(r"班")
# What circulars call the holidays → what this program's catalogue calls them.
NAMES = {
    "元旦": "New Year's Day",
    "春节": "Spring Festival",
    "除夕": "Spring Festival",
    "清明": "Tomb-sweeping Day",
    "劳动": "Labour Day",
    "五一": "Labour Day",
    "端午": "Dragon Boat Festival",
    "中秋": "Mid-autumn Festival",
    "国庆": "National Day",
}
NEITHER = Told("neither holiday-cn's JSON nor an .ics calendar that can be read")
NEEDED = ("Spring Festival", "National Day")  # without these it is no year's table


class _UnlikeError(Exception):
    """The file is of neither form; *problem* says where it differs."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


# The last is icalendar's own, of a parameter that has two values.
UNLIKE = (_UnlikeError, ValueError, KeyError, TypeError, RecursionError, AttributeError)


@dataclass(frozen=True, slots=True)
class Listed:
    """One day of a circular: off, or worked in exchange. *name*: of the holiday, in Chinese."""

    day: date
    off: bool
    name: str


def calendar_tables(data: bytes, name: str) -> dict[int, Overrides]:
    """Return the table of every year that the file *name* with the contents *data* has whole.

    A table may reach into the neighbouring years by the days of New Year. Raises
    `ImportFileError` where the file is neither form, or has no year whole.
    """
    try:
        listed = list(_listed(data))
    except UNLIKE as error:
        problem = Told(
            "{file}: is no list of working days: {problem}", file=name, problem=_why(error)
        )
        raise ImportFileError([problem]) from None
    by_year: dict[int, list[Listed]] = {}
    for one in listed:
        by_year.setdefault(one.day.year, []).append(one)
    whole = {year: days for year, days in by_year.items() if _whole(days)}
    if not whole:
        raise ImportFileError([_not_whole(name, sorted(by_year))])
    return {year: _table(year, listed) for year in sorted(whole)}


def as_text(table: Overrides) -> str:
    """Return *table* as `alerts.rules.calendar.parse_overrides` reads it."""
    lines = [str(year) for year in sorted(table.complete)]
    for day, known in sorted(table.days.items()):
        lines.append(f"{day},closed,{known.name}" if known.closed else f"{day},work")
    return "\n".join(lines) + "\n"


def _listed(data: bytes) -> Iterator[Listed]:
    text = data.decode("utf-8-sig")
    if text.lstrip().startswith("BEGIN:VCALENDAR"):
        yield from _of_events(text)
        return
    document = loaded(text)
    if not isinstance(document, Mapping) or not isinstance(document.get("days"), list):
        raise _UnlikeError(NEITHER)
    for row in document["days"]:
        day, off, called = _iso(row["date"]), row["isOffDay"], row["name"]
        if not isinstance(off, bool) or not isinstance(called, str):
            problem = Told("{day}: isOffDay must be true or false, name a text", day=f"{day}")
            raise _UnlikeError(problem)
        yield Listed(day, off, called)


def _iso(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        problem = Told("{found} is no date; expected e.g. 2027-01-01", found=quoted(written))
        raise _UnlikeError(problem) from None


def _of_events(text: str) -> Iterator[Listed]:
    for event in Ical.from_ical(text).walk("VEVENT"):
        summary, first = str(event.get("SUMMARY", "")), _date(event.get("DTSTART"))
        if _known(summary) is None:
            continue  # solar terms, Mother's Day and other observances are in the same files
        after = _date(event.get("DTEND")) if event.get("DTEND") is not None else first + DAY
        if not first < after <= first + LONGEST * DAY:
            problem = Told(
                "{summary} lasts from {first} to {after}",
                summary=quoted(summary[:20]),
                first=f"{first}",
                after=f"{after}",
            )
            raise _UnlikeError(problem)
        for n in range((after - first).days):
            yield Listed(first + n * DAY, WORKED.search(summary) is None, summary)


def _date(value: object) -> date:
    found = getattr(value, "dt", None)
    if isinstance(found, datetime):
        return found.date()
    if not isinstance(found, date):
        raise _UnlikeError(Told("an event has no date"))
    return found


def _known(name: str) -> str | None:
    return next((ours for theirs, ours in NAMES.items() if theirs in name), None)


def _whole(days: list[Listed]) -> bool:
    off = Counter(_known(one.name) for one in days if one.off)
    worked = any(not one.off for one in days)
    return worked and len(days) >= FEWEST and all(off[name] for name in NEEDED)


def _table(year: int, listed: list[Listed]) -> Overrides:
    """The days of *year*, and of its neighbours those in the fortnight around New Year that its
    circular disposes of: a file follows the circular's year."""
    first, last = date(year, 1, 1) - 7 * DAY, date(year, 12, 31)
    days = {
        one.day: Day(not one.off, one.off, False, _known(one.name) if one.off else None)
        for one in listed
        if first <= one.day <= last
    }
    return Overrides(days, frozenset({year}))


def _why(error: Exception) -> str:
    match error:
        case _UnlikeError():
            return error.problem
        case KeyError():
            return Told("a day has no {key}", key=quoted(str(error.args[0])))
    return NEITHER


def _not_whole(name: str, years: Sequence[int]) -> str:
    if not years:
        return Told("{file}: has no year whole with its festivals: it lists no day", file=name)
    return Told(
        "{file}: has no year whole with its festivals; years found: {years}",
        file=name,
        years=", ".join(map(str, years)),
    )
