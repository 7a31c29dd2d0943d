"""Between instants and the calendar that people live by. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

YEARS = range(2, 9999)  # whose instants any zone can still say


def local_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which a clock in *zone* shows *at* on *day*."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def instant_of(text: str) -> datetime:
    """Return the instant that *text* says in ISO 8601, in UTC. Raises `ValueError` where it has no
    zone, and in years that not every zone can say."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None or at.year not in YEARS:
        raise ValueError(f"{text[:40]}: expected an instant with its zone")
    return at.astimezone(UTC)


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """Return the date in *zone* at the instant *at*."""
    return at.astimezone(zone).date()


def local_iso(at: datetime, zone: ZoneInfo) -> str:
    """Return *at* as ISO 8601 in *zone*, to the second."""
    return at.astimezone(zone).isoformat(timespec="seconds")


def real_date(year: int, month: int, day: int) -> date | None:
    """Return that date; None where the calendar has none such, as 30 February."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
