"""What a clock that was behind left behind, and how it is undone once the clock is right again.

By such a clock what is published just then lies ahead, and would count from its first sight, hours
before it was there. Two steps of the clock show it: one back, and one on past where it was.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from monitor.store import merging
from monitor.store.engine import Database, lock
from monitor.store.protocols.notes import Heartbeat
from monitor.store.schema import posts, sightings
from monitor.store.sighting import Sighting

OUTAGE = timedelta(minutes=15)  # a shorter wait between two passes is no step of the clock


def was_behind(before: Heartbeat, now: datetime) -> bool:
    """Return whether the clock, by the passes *before*, had been set back and is by *now* set on
    again. Else it has come to where it was by itself: it had been ahead."""
    last, back_from = before.last_tick_at, before.back_from
    return bool(back_from and last and last < back_from <= now and last + OUTAGE < now)


def undo_behind(database: Database, before: Heartbeat, now: datetime) -> None:
    """Do what `monitor.store.base.Store.undo_behind` says."""
    if before.back_at is None or not was_behind(before, now):
        return
    doubtful = _doubtful(sightings, before, now), _doubtful(posts, before, now)
    shown = or_(posts.c.id.in_(select(sightings.c.post).where(doubtful[0])), doubtful[1])
    with database.writing() as connection:
        lock(connection, "registry")
        entries = merging.load_where(connection, shown)
        for entry in entries.values():
            entry.after = {
                source: _redated(seen, before, now) for source, seen in entry.after.items()
            }
        merging.save(connection, entries)


def _doubtful(shown: Any, before: Heartbeat, now: datetime) -> ColumnElement[bool]:
    """Whether a sighting, in a row of the table *shown*, may have been made by the wrong clock."""
    stated, first = shown.c.stated_at, shown.c.first_seen_at
    while_behind = first.between(before.back_at, before.last_tick_at)
    return and_(stated.between(before.back_at, now), while_behind, first < stated)


def _redated(seen: Sighting, before: Heartbeat, now: datetime) -> Sighting:
    """*seen*, not before the date that it states itself."""
    stated, back_at, last = seen.stated_at, before.back_at, before.last_tick_at
    if stated is None or back_at is None or last is None:
        return seen
    if not back_at <= seen.first_seen_at <= min(last, stated) or stated > now:
        return seen
    first = max(seen.stated_first_at or stated, stated)
    return replace(
        seen,
        first_seen_at=stated,
        last_seen_at=max(seen.last_seen_at, stated),
        stated_first_at=first,
    )
