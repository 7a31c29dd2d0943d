"""Decide when a source is read next. Pure: no clock, no random numbers, no store.

Reading effort follows the deadline: seldom while nothing is near, often when a call is, and
exactly at every instant that a reading has to confirm.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from math import sqrt

CLOSE = timedelta(minutes=30)  # how often while a call is near or an alert is open
NEAR = timedelta(hours=24)  # what "near" means
FIRST_RETRY = timedelta(minutes=1)
WINDOW_MARGIN = 0.5  # read before half the window can have been replaced
FULL = 10  # items that any window can hold
DEVIATIONS = 4  # by which more may be published than is expected
SHORTEST = timedelta(minutes=5)  # RSSHub's cache age: reading faster teaches nothing
DECISIVE_FOR = timedelta(minutes=15)  # for so long an instant is confirmed before all others
SPREAD = 1 / 3  # of the way to its place is gone in each interval
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def interval(
    at_most: timedelta,
    window: Sequence[datetime],
    instants: Iterable[datetime],
    alert_open: bool,
    now: datetime,
    passing: timedelta | None = None,
) -> timedelta:
    """Return how long to wait before the next routine reading of a source at *now*.

    *at_most*: the policy's longest wait. *window*: dates of the posts last seen; a busy
    account's window is read before it can overrun. *instants*: upcoming calls and marks.
    *passing*: how soon the window may pass, by the hours at which the source publishes; None where
    they are not known, so that the fullest that the window shows stand for all of them.
    """
    wait = min(at_most, overrun(window) or at_most, passing or at_most)
    wait = min(wait, crowded(window, at_most, None if passing is None else now))
    if alert_open or any(now < at <= now + NEAR for at in instants):
        wait = min(wait, CLOSE)
    return max(wait, SHORTEST)


def overrun(window: Sequence[datetime]) -> timedelta | None:
    """Return the time in which half of *window* could be replaced at its own rate.

    None for windows too short to have a rate.
    """
    if len(window) < 4:
        return None
    span = max(window) - min(window)
    if span <= timedelta(0):
        return None
    return span * WINDOW_MARGIN


def crowded(
    window: Sequence[datetime], wait: timedelta, until: datetime | None = None
) -> timedelta:
    """Return in how much of *wait* no more can come than *window* holds, at the rate of its stretch
    of that length that ends at *until*, or else of the fullest: who publishes by day is faster by
    day. At most *wait*.

    So many are expected that four standard deviations more still leave three of the old ones,
    for two may be pins. A window with fewer items than any gateway's is not full.
    """
    if len(window) < FULL:
        return wait
    dates = sorted(window)
    ends = dates if until is None else [until]
    most = max(bisect_right(dates, at) - bisect_right(dates, at - wait) for at in ends)
    expected = (sqrt(len(dates) + 1) - DEVIATIONS / 2) ** 2
    return wait * min(expected / most, 1.0) if most else wait


def into(wait: timedelta, share: float, at: datetime) -> timedelta:
    """Return how far *at* lies into the interval of a source whose intervals, each *wait* long,
    begin at *share* of those of the clock."""
    return (at - EPOCH - wait * share) % wait


def phase(share: float, wait: timedelta, now: datetime) -> timedelta:
    """Return how much earlier than *wait* from *now* a source is read, so that those of one
    gateway come evenly one after the other.

    A third of the way to its place, so that it is reached in a few intervals; never later, because
    a missed interval would count as not having looked.
    """
    return into(wait, share, now) * SPREAD


def next_read_at(
    share: float,
    wait: timedelta,
    instants: Iterable[datetime],
    failures: int,
    now: datetime,
) -> datetime:
    """Return when a source is read next: after *wait*, at the next instant, or for a retry.

    *share*: its place among those of its gateway, 0 to 1. After a failure: one minute, doubling,
    but never beyond *wait*.
    """
    routine = now + wait - phase(share, wait, now)
    if failures:
        routine = min(routine, now + FIRST_RETRY * 2 ** min(failures - 1, 16))
    return min([routine, *(at for at in instants if at > now)])


def decisive_at(
    before: datetime | None, instants: Iterable[datetime], good: bool, now: datetime
) -> datetime | None:
    """Return the earliest instant that a reading has still to confirm, after one at *now*.

    *before*: what it was before. A reading that is not *good* leaves it so for a quarter of an
    hour; a source that fails for longer would take from those that can be read.
    """
    if before is not None and not good and before <= now < before + DECISIVE_FOR:
        return before
    return min((at for at in instants if at > now), default=None)
