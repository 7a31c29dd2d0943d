"""Which days people are at work, and which stretches of days they are not. Pure.

The rule's clock never stops for a holiday; the calendar only moves calls to earlier moments.
Years that are announced come from `announced`, 调休 included. In other years weekends and
the statutory days of fixed date are closed; what the moon decides, and the usual length of the
long holidays, is a guess that counts for closure calls only and is always marked as a guess.
A table imported from the circular overrules both, and an operator's own table overrules all.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache, partial
from typing import Any, TypeVar

from alerts.rules.announced import FIXED, WEEKEND, announced, lunar
from alerts.told import Told

DAY = timedelta(days=1)
SATURDAY = 5
MOST_KNOWN = 2048  # answers kept: years of days, for some policies
Reckoned = TypeVar("Reckoned")
# How long a holiday usually lasts with its adjoining days, counted from its first statutory day.
USUAL = {"Spring Festival": 8, "Labour Day": 5, "National Day": 7}


@dataclass(frozen=True, slots=True)
class Day:
    """One day: is it worked, is it closed for closure calls, and is that known?

    *working* and *closed* differ only where it is guessed: such a day is worked as far as
    sending goes, and closed as far as the last chance before it goes.
    """

    working: bool
    closed: bool
    guessed: bool
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive closed days, *first* to *last* inclusive. *name* as in `Day`."""

    first: date
    last: date
    name: str
    guessed: bool

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Overrides:
    """An operator's own table. *complete*: years of which it lists every day that matters."""

    days: Mapping[date, Day] = field(default_factory=dict)
    complete: frozenset[int] = frozenset()


NOTHING = Overrides()


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days and stretches under an operator's own table and under what was imported."""

    overrides: Overrides = NOTHING
    imported: Overrides = NOTHING
    # What is asked for at every reading, about the same few weeks.
    _stretches: dict[date, Stretch | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _before: dict[date, date] = field(default_factory=dict, init=False, repr=False, compare=False)
    _known: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def day(self, day: date) -> Day:
        """Return what is known, or guessed, of *day*."""
        for table in (self.overrides, self.imported):
            listed = table.days.get(day)
            if listed is not None:
                return listed
            if day.year in table.complete:
                return _plain(day)
        return _looked_up(day)

    def under(self, imported: Overrides) -> Calendar:
        """Return the calendar with what was *imported* instead of what it had of that sort."""
        return replace(self, imported=imported) if imported != self.imported else self

    def workday(self, day: date) -> bool:
        """Return whether people are notified on *day*."""
        return self.day(day).working

    def guessed(self, day: date) -> bool:
        """Return whether the holidays around *day* are not announced yet."""
        return self.day(day).guessed

    def announced(self, year: int) -> bool:
        """Return whether the working days of *year* are known."""
        return not self.day(date(year, 7, 1)).guessed

    def name(self, day: date) -> str | None:
        """Return the name of the holiday on *day*, in the calendar's own English, or None."""
        found = self.day(day)
        return found.name if found.closed else None

    def next_workday(self, day: date) -> date:
        """Return *day* if it is worked, else the next day that is."""
        while not self.workday(day):
            day += DAY
        return day

    def previous_workday(self, day: date) -> date:
        """Return the last day before *day* that is certainly no holiday."""
        if day not in self._before:
            before = day - DAY
            while self.day(before).closed:
                before -= DAY
            self._before[day] = before
        return self._before[day]

    def working_days(self, first: date, last: date) -> int:
        """Return how many days are worked from *first* to *last*, both included."""
        return self.once(("working days", first, last), partial(self._worked, first, last))

    def _worked(self, first: date, last: date) -> int:
        days = range((last - first).days + 1)
        return sum(self.workday(first + n * DAY) for n in days)

    def stretch(self, day: date) -> Stretch | None:
        """Return the closed stretch that contains *day*; None if *day* is worked."""
        if day not in self._stretches:
            self._stretches[day] = self._stretch(day)
        return self._stretches[day]

    def once(self, what: Hashable, reckon: Callable[[], Reckoned]) -> Reckoned:
        """Return what *reckon* comes to; *what* says of this calendar, which never changes, alone
        what that is, so that it is reckoned once for all who ask."""
        found: Reckoned | None = self._known.get(what)
        if found is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            found = self._known[what] = reckon()
        return found

    def _stretch(self, day: date) -> Stretch | None:
        if not self.day(day).closed:
            return None
        first = last = day
        while self.day(first - DAY).closed:
            first -= DAY
        while self.day(last + DAY).closed:
            last += DAY
        days = [self.day(first + n * DAY) for n in range((last - first).days + 1)]
        return Stretch(first, last, _commonest(days), any(d.guessed for d in days))


def calendar(overrides: Overrides = NOTHING) -> Calendar:
    """Return the calendar under *overrides*."""
    return Calendar(overrides)


class OverridesError(ValueError):
    """A table of days is not good; `problems` holds a line each."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


def parse_overrides(text: str, name: str) -> Overrides:
    """Return the table in *text*, the contents of the file *name*.

    A line is `2027-02-05,closed`, optionally with a third field, the holiday's name;
    `2027-02-20,work`; or a year alone, `2027`, which says that the table is complete for it.
    Empty lines and lines that begin with # do not count. Raises `OverridesError` with a
    problem for each line that is none of these.
    """
    days: dict[date, Day] = {}
    complete: set[int] = set()
    problems = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        fields = [part.strip() for part in line.split(",")]
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if len(fields) == 1 and fields[0].isdecimal() and len(fields[0]) == 4:
            complete.add(int(fields[0]))
        elif (found := _override(fields)) is not None:
            days[found[0]] = found[1]
        else:
            problems.append(
                Told(
                    '{file}: line {n}: "{line}": expected 2027-02-05,closed or 2027-02-20,work '
                    "or a year",
                    file=name,
                    n=number,
                    line=line.strip()[:40],
                )
            )
    if problems:
        raise OverridesError(problems)
    return Overrides(dict(sorted(days.items())), frozenset(complete))


def _override(fields: list[str]) -> tuple[date, Day] | None:
    if len(fields) not in (2, 3) or fields[1] not in ("closed", "work"):
        return None
    try:
        day = date.fromisoformat(fields[0])
    except ValueError:
        return None
    closed = fields[1] == "closed"
    named = fields[2] if len(fields) == 3 and fields[2] else None
    return day, Day(not closed, closed, False, (named or _fallback_name(day)) if closed else None)


def _fallback_name(day: date) -> str:
    return FIXED.get((day.month, day.day)) or _guesses(day.year).get(day) or WEEKEND


@lru_cache(maxsize=8192)
def _looked_up(day: date) -> Day:
    found = announced(day)
    if found is None:
        return _reckoned(day)
    return Day(not found.closed, found.closed, False, found.name)


def _reckoned(day: date) -> Day:
    plain = _plain(day)
    name = FIXED.get((day.month, day.day)) or _guesses(day.year).get(day)
    return Day(plain.working, plain.closed or name is not None, True, name or plain.name)


def _plain(day: date) -> Day:
    name = FIXED.get((day.month, day.day))
    closed = name is not None or day.weekday() >= SATURDAY
    return Day(not closed, closed, False, (name or WEEKEND) if closed else None)


@lru_cache(maxsize=16)
def _guesses(year: int) -> Mapping[date, str]:
    """The days of *year* that are likely to be closed, by the moon and by habit."""
    named: dict[date, str] = {}
    for day, name in sorted(lunar(year).items()):
        if name not in named.values():
            for n in range(USUAL.get(name, 1)):
                named.setdefault(day + n * DAY, name)
    return named


def _commonest(days: list[Day]) -> str:
    """The name that most days bear; a festival rather than the weekend beside it."""
    names = [d.name for d in days if d.name and d.name != WEEKEND]
    return max(names, key=names.count) if names else WEEKEND
