"""The working days that the State Council has announced, as two libraries know them. Pure.

`chinesecalendar` is released once a year, `holidays` every few weeks; they agree but for one day
of the years 2004 to 2026. Whichever has a year's circular is believed, `chinesecalendar` first.
`holidays` answers for any year: it has the circular only where it lists days worked in exchange
(调休), which every circular has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import chinese_calendar

if TYPE_CHECKING:
    from holidays import HolidayBase

DAY = timedelta(days=1)
WEEKEND = "weekend"
# Statutory days of fixed date (全国年节及纪念日放假办法, 2024 revision), as (month, day).
FIXED = {
    (1, 1): "New Year's Day",
    (5, 1): "Labour Day",
    (5, 2): "Labour Day",
    (10, 1): "National Day",
    (10, 2): "National Day",
    (10, 3): "National Day",
}
# The words of `holidays` for what `chinesecalendar` calls by the name on the right.
NAMES = (
    ("New Year", "New Year's Day"),
    ("Chinese New Year", "Spring Festival"),
    ("Tomb-Sweeping", "Tomb-sweeping Day"),
    ("Labor", "Labour Day"),
    ("Dragon Boat", "Dragon Boat Festival"),
    ("National Day", "National Day"),
    ("Mid-Autumn", "Mid-autumn Festival"),
)
NEARBY = 5  # days: a day off in exchange stands this near to the festival it belongs to


@dataclass(frozen=True, slots=True)
class Announced:
    """One day of an announced year. *name*: of the holiday, or `weekend`; None if it is worked."""

    closed: bool
    name: str | None


def announced(day: date) -> Announced | None:
    """Return what the circular for the year of *day* says; None where neither library has it."""
    return by_chinesecalendar(day) or by_holidays(day)


def differences(year: int) -> list[date]:
    """Return the days of *year* on which the two libraries differ; none where one lacks it."""
    found, day = [], date(year, 1, 1)
    while day.year == year:
        one, other = by_chinesecalendar(day), by_holidays(day)
        if one is not None and other is not None and one.closed != other.closed:
            found.append(day)
        day += DAY
    return found


def lunar(year: int) -> Mapping[date, str]:
    """Return the festivals of *year* by day, as reckoned; empty where nobody reckons so far."""
    listed = _listed(year)
    named = {day: _named(words) for day, words in listed.items()} if listed is not None else {}
    return {day: name for day, name in named.items() if name and name != FIXED[1, 1]}


def by_chinesecalendar(day: date) -> Announced | None:
    """Return what `chinesecalendar` has of *day*."""
    try:
        closed, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return None
    return Announced(closed, (name or WEEKEND) if closed else None)


def by_holidays(day: date) -> Announced | None:
    """Return what `holidays` has of *day*, as far as it has the circular and not a reckoning."""
    listed = _listed(day.year)
    if listed is None or not any(worked.year == day.year for worked in listed.weekend_workdays):
        return None
    if listed.is_working_day(day):
        return Announced(False, None)
    return Announced(True, _festival(day, listed))


def _festival(day: date, listed: HolidayBase) -> str:
    """The name of the festival for which *day* is closed: its own, or the nearest of a stretch."""
    if day not in listed:
        return WEEKEND
    near = (day + n * DAY for n in sorted(range(-NEARBY, NEARBY + 1), key=abs))
    names = (_named(listed[one]) for one in near if one in listed)
    return next((name for name in names if name), WEEKEND)


def _named(words: str) -> str | None:
    return next((ours for theirs, ours in NAMES if words.startswith(theirs)), None)


@lru_cache(maxsize=16)
def _listed(year: int) -> HolidayBase | None:
    import holidays  # noqa: PLC0415 - only years that chinesecalendar lacks need it

    try:
        return holidays.country_holidays("CN", years=[year], language="en_US")
    except NotImplementedError:
        return None
