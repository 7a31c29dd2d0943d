"""Spend a gateway's quota of requests a day so that it lasts the day. Pure.

A reading that has to confirm a rung, a call or a limit may spend whatever is left. The others
are spread over the local day and leave a tenth, the longest overdue first: one with an open
alert is due again sooner, but never before one that was due before it, so that nobody starves.
Counts nothing and asks nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from alerts.common.local_time import local_day, local_instant
from monitor.model import SourceState

DAY = timedelta(days=1)
KEPT = 10  # one part in so many is kept for decisive readings, and canaries may take as much
AHEAD = timedelta(hours=1)  # how far routine may run ahead of its even share …
BEHIND = timedelta(minutes=1)  # … and be behind it while somebody waits for it
SELDOM = timedelta(hours=5)  # canaries are looked at: what they showed counts for six


@dataclass(frozen=True, slots=True)
class Budget:
    """What a gateway may be asked on one local day, from *start* to *end*, and was."""

    quota: int
    spent: int
    start: datetime
    end: datetime

    @property
    def left(self) -> int:
        """How many requests may still be made."""
        return max(self.quota - self.spent, 0)


def budget(quota: int, spent: int, now: datetime, zone: ZoneInfo) -> Budget:
    """Return the budget of the local day of *now*, of which *spent* requests were made."""
    today = local_day(now, zone)
    start, end = (local_instant(day, time(), zone) for day in (today, today + DAY))
    return Budget(quota, spent, start, end)


def routine(quota: int) -> int:
    """Return how many requests of *quota* are for readings that nothing hangs on."""
    return quota - ceil(quota / KEPT) if quota > 1 else quota


def pace(known: Budget, now: datetime) -> int:
    """Return how many requests may have been made by *now* for a routine reading to be made.

    Its even share of the day, and an hour's worth more: at least one, at most `routine`.
    """
    return ceil(_share(known, now + AHEAD))


def ran_short(known: Budget, now: datetime) -> bool:
    """Return whether so much was spent by *now* that routine readings have had to wait.

    If a source behind a healthy gateway was not read in time nevertheless, this is why.
    """
    return known.spent >= int(_share(known, now - BEHIND))


def _share(known: Budget, at: datetime) -> float:
    passed = (at - known.start) / (known.end - known.start)
    return routine(known.quota) * min(max(passed, 0), 1)


def decisive(state: SourceState, now: datetime) -> bool:
    """Return whether a reading at *now* has to confirm something."""
    return state.decisive_at is not None and state.decisive_at <= now


def affordable(state: SourceState, known: Budget, now: datetime) -> bool:
    """Return whether *state*'s source may be read at *now*."""
    most = known.quota if decisive(state, now) else pace(known, now)
    return known.spent < most


def portion(due: Sequence[SourceState], known: Budget, now: datetime) -> tuple[SourceState, ...]:
    """Return which of the *due* sources, the longest overdue first, to read at *now* if each
    costs one request: decisive ones, then as many of the others as may be read by now."""
    first = [state for state in due if decisive(state, now)]
    others = [state for state in due if not decisive(state, now)]
    paced = max(pace(known, now) - known.spent - len(first), 0)
    return (*first, *others[:paced])[: known.left]


def look_every(quota: int, canaries: int, usual: timedelta) -> timedelta:
    """Return how often each of a gateway's *canaries* is looked at: as *usual*, or as seldom as
    a tenth of *quota* demands, but never so seldom that what they show no longer counts."""
    return min(max(usual, DAY * canaries * KEPT / quota), SELDOM)


def demand(waits: Iterable[timedelta]) -> int:
    """Return how many requests a day it takes at least to read a source after each of *waits*."""
    return ceil(sum(DAY / wait for wait in waits))
