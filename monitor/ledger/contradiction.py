"""Whether two exports of one account can both hold every post of the time they are of. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.ledger.periods import midnight
from monitor.ledger.records import ImportedSpan

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Of *day* an export lists another number of posts (*here*) than *before* does (*there*).

    *first*, *last*: the days of the time that both are of.
    """

    before: ImportedSpan
    first: date
    last: date
    day: date
    here: int
    there: int


def contradiction(
    export: ImportedSpan, earlier: Iterable[ImportedSpan], zone: ZoneInfo
) -> Contradiction | None:
    """Return the first day on which *export* contradicts the oldest of the *earlier* imports that
    it does contradict; None if it contradicts none.

    Two contradict each other on a day whose posts are more in one, though the other, by what it
    says itself, holds every post of that day. What claims no stretch of time contradicts nothing:
    a partial export, a single row, a confirmation.
    """
    if not _claims(export):
        return None
    found = (one for other in earlier if _claims(other) for one in _between(export, other, zone))
    return next(found, None)


def _claims(one: ImportedSpan) -> bool:
    return not one.partial and one.start < one.end


def _between(export: ImportedSpan, other: ImportedSpan, zone: ZoneInfo) -> Iterator[Contradiction]:
    ours, theirs = _by_day(export, zone), _by_day(other, zone)
    first = _day(max(export.start, other.start), zone)
    last = min(_last(export, ours, zone), _last(other, theirs, zone))
    for day in sorted(ours.keys() | theirs.keys()):
        here, there = ours.get(day, frozenset()), theirs.get(day, frozenset())
        fewer = export if len(here) < len(there) else other
        # A post that both list, each with another date, is missing from neither.
        moved = len(here - other.keys) == len(there - export.keys)
        if len(here) != len(there) and not moved and _holds(fewer, day, zone):
            yield Contradiction(other, first, last, day, len(here), len(there))


def _last(one: ImportedSpan, days: Iterable[date], zone: ZoneInfo) -> date:
    """The last day of its time: that may end with the midnight that a row without an hour bears."""
    return max(_day(one.end - timedelta.resolution, zone), *days)


def _by_day(one: ImportedSpan, zone: ZoneInfo) -> dict[date, frozenset[str]]:
    """The keys of the dated posts by local day."""
    found: dict[date, set[str]] = {}
    for key, at in one.dates.items():
        if at is not None:
            found.setdefault(_day(at, zone), set()).add(key)
    return {day: frozenset(keys) for day, keys in found.items()}


def _holds(one: ImportedSpan, day: date, zone: ZoneInfo) -> bool:
    """Whether the whole *day* lies in the time that *one* is of."""
    return one.start <= midnight(day, zone) and midnight(day + DAY, zone) <= one.end


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
