"""Whose clock a database lives by: the real one, one that is set by hand, or a played year's."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from enum import StrEnum

from monitor.clock import Clock, utc_now
from monitor.store.base import Store
from monitor.store.sql import open_store

DRIVEN_BY = "driven_by"  # note: whose clock the database lives by


class Driver(StrEnum):
    """Whose clock a database lives by."""

    RUN = "run"  # the service's, which is the real one
    TICK = "tick"  # one that is set by hand
    DEMO = "demo"  # that of a year which was played, and is over


def clock_for(store: Store, at: datetime | None, clock: Clock) -> Clock:
    """Return what tells the time on this database: *at* where it is given, the last instant of a
    clock that is set by hand, else *clock*."""
    if at is not None:
        return lambda: at
    if store.notes.get(DRIVEN_BY) in (Driver.TICK, Driver.DEMO):
        last = store.notes.heartbeat().last_tick_at
        if last is not None:
            return lambda: last
    return clock


def last_pass(database: str, clock: Clock = utc_now) -> tuple[datetime | None, datetime]:
    """Return when the service last made a pass over *database*, and what time it is there: the
    server's clock is `now` for those who work on it. Opens nothing else."""
    with closing(open_store(database, clock())) as store:
        last = store.notes.heartbeat().last_tick_at
        return last, store.machines.clock() or clock()


def is_kept_demo(database: str, clock: Clock = utc_now) -> bool:
    """Return whether *database* is that of a demo which was played: nothing happens on it any
    more."""
    with closing(open_store(database, clock())) as store:
        return store.notes.get(DRIVEN_BY) == Driver.DEMO


def claim(store: Store, driver: Driver) -> bool:
    """Let *driver* have the database, for good; return False if it is the other's."""
    if store.notes.get(DRIVEN_BY) not in (None, driver):
        return False
    store.notes.set(DRIVEN_BY, driver)
    return True
