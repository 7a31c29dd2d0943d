"""When something was published, as well as anybody knows: of several statements, which holds. Pure.

A date has an hour or it is a whole local day. A clock gives second or minute; a day says less,
and may be written by a clock of another zone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from monitor.model import Stated

WIDENED = timedelta(hours=14)  # how far local time can be from the one that a day was written in
HOUR = timedelta(hours=1)


def finest(statements: Iterable[Stated]) -> Stated | None:
    """Return which of *statements* about one post holds; None without any.

    The earliest of those that have an hour, of one minute that with its second. A day holds
    where no hour is known, or where it lies, widened by 14 hours, wholly before the hour: the
    post was re-dated. The order of *statements* makes no difference, nor does leaving out what
    did not hold among some of them.
    """
    clocks: list[Stated] = []
    days: list[Stated] = []
    for one in statements:
        (days if _is_day(one) else clocks).append(one)
    clock, day = min(clocks, key=_by_minute, default=None), min(days, key=_by_day, default=None)
    if clock is None or day is None:
        return clock or day
    return day if (day.until or day.at) + WIDENED <= clock.at else clock


def in_doubt_until(at: datetime, until: datetime | None) -> datetime:
    """Return from when on it is certain that a post dated from *at* to *until* was there: the end
    of a day without an hour. A minute without its second is no doubt worth having."""
    return until if until is not None and until - at > HOUR else at


def _is_day(one: Stated) -> bool:
    return one.until is not None and one.until - one.at > HOUR


def _by_minute(one: Stated) -> tuple[datetime, datetime, datetime]:
    return one.at.replace(second=0, microsecond=0), one.until or one.at, one.at


def _by_day(one: Stated) -> tuple[datetime, datetime]:
    return one.at, one.until or one.at
