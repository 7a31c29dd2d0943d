"""How soon a source's window passes, by the hour and the kind of day. Pure.

Who publishes by day, on working days, is read sooner then: what its nights and days off spare pays
for it. The window of who publishes most shows hardly more than a day, so that hours are remembered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from math import log
from zoneinfo import ZoneInfo

from alerts.rules.calendar import Calendar
from monitor.model import HOURS, Pace
from monitor.polling.overrun import PINS
from monitor.polling.window import Window

DAY, HOUR, YEAR = timedelta(days=1), timedelta(hours=1), timedelta(days=366)
REMEMBERED = 28  # days to which what is remembered shrinks when it spans twice as many
RARE = 1e-7  # what the chance of a window's overrun between two readings stays below
PRESUMED = 2  # days of each kind on which a source is presumed to have published …
PEAK = 3  # … all day at so many times its mean rate, until its hours have been seen
FULL = 10  # items that any window can hold


def remembered(
    pace: Pace | None, before: Window, window: Window, calendar: Calendar, zone: ZoneInfo
) -> Pace | None:
    """Return *pace* with what *window* shows that *before*, the one seen last, did not; None as
    long as nothing was seen.

    The first window shows all since its oldest item, the two oldest aside, for they may be pins.
    What comes to light behind the oldest that was seen last, for a newer one is gone, is not new.
    """
    if pace is None:
        new = [at for _, at in window[:-PINS]]
    else:
        known, oldest = {key for key, _ in before}, min((at for _, at in before), default=None)
        new = [at for key, at in window if key not in known and (oldest is None or at > oldest)]
    if not new:
        return pace
    kept = Pace(min(new).astimezone(zone).date()) if pace is None else pace
    return _shrunk(_with(kept, new, calendar, zone), max(new).astimezone(zone).date())


def passing(
    pace: Pace | None,
    items: int,
    at_most: timedelta,
    calendar: Calendar,
    zone: ZoneInfo,
    now: datetime,
) -> timedelta | None:
    """Return how long after *now*, at most *at_most*, a window of *items* is sure not to pass; None
    as long as nothing is known of its *pace*.

    So long the chance is below one in ten million that so many are published, at the rates of the
    hours to come, that nothing but what may be pins is left of the items shown at *now*. A window
    with fewer items than any gateway's is not full.
    """
    if pace is None or items < FULL:
        return at_most if pace else None
    left, at, passed = bearable(items - PINS), now.astimezone(zone), timedelta(0)
    rates = _Rates.on(pace, at.date(), calendar)
    while passed < at_most:
        step = HOUR - timedelta(minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
        expected = rates.at(at.hour) * (step / HOUR)
        if expected >= left:
            return min(at_most, passed + step * (left / expected))
        left, passed, at = left - expected, passed + step, at + step
        if at.hour == 0:
            rates = _Rates.on(pace, at.date(), calendar)
    return at_most


@dataclass(frozen=True, slots=True)
class _Rates:
    """How fast a source publishes on one day: the *hours* of its kind came in on so many *days*,
    and it is *presumed* to have published so much in each hour of as many days as are presumed."""

    hours: tuple[float, ...]
    days: int
    presumed: float

    @classmethod
    def on(cls, pace: Pace, day: date, calendar: Calendar) -> _Rates:
        """Return those of *day*."""
        since, works = max(pace.since, day - YEAR), calendar.workday(day)
        spanned, worked = (day - since).days + 1, calendar.working_days(since, day)
        presumed = PEAK * sum(pace.hours) / (max(spanned, 1) * HOURS)
        if works:
            return cls(pace.hours[HOURS:], max(worked, 0), presumed)
        return cls(pace.hours[:HOURS], max(spanned - worked, 0), presumed)

    def at(self, hour: int) -> float:
        """Return the posts an hour: the mean of this hour and its neighbours, for nobody keeps to
        the minute."""
        hours = self.hours
        near = (hours[hour - 1] + hours[hour] + hours[(hour + 1) % HOURS]) / 3
        return (near + PRESUMED * self.presumed) / (self.days + PRESUMED)


@lru_cache(maxsize=256)
def bearable(items: int) -> float:
    """Return how many posts may be expected, so that the chance of *items* stays below `RARE`.

    By Chernoff's bound of Poisson's distribution: where m are expected, the chance of n or more is
    at most e^(n - m) (m / n)^n, for m < n.
    """
    low, high = 0.0, float(items)
    for _ in range(40):
        middle = (low + high) / 2
        rare = items - middle + items * log(middle / items) < log(RARE)
        low, high = (middle, high) if rare else (low, middle)
    return low


def _with(pace: Pace, new: Iterable[datetime], calendar: Calendar, zone: ZoneInfo) -> Pace:
    hours = list(pace.hours)
    for local in (at.astimezone(zone) for at in new):
        hours[(HOURS if calendar.workday(local.date()) else 0) + local.hour] += 1
    return replace(pace, hours=tuple(hours))


def _shrunk(pace: Pace, today: date) -> Pace:
    """*pace* as if it had come in the last four weeks, once it spans eight."""
    spanned = (today - pace.since).days
    if spanned < 2 * REMEMBERED:
        return pace
    hours = tuple(round(count * REMEMBERED / spanned, 1) or 0 for count in pace.hours)
    return Pace(today - REMEMBERED * DAY, hours)
