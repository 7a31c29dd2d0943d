"""Where calendar periods begin and end, as instants. Pure; exact at local midnight."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which *day* begins in *zone*."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def month_of(at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the bounds [start, end) of the local month that contains *at*."""
    first = at.astimezone(zone).date().replace(day=1)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return midnight(first, zone), midnight(after, zone)


def year_of(at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the bounds [start, end) of the local year that contains *at*."""
    return year(at.astimezone(zone).year, zone)


def year(number: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the bounds [start, end) of one local calendar year."""
    return midnight(date(number, 1, 1), zone), midnight(date(number + 1, 1, 1), zone)
