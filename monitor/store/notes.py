"""Small stored values: notes by key, and the service's heartbeat."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from alerts.rules.calendar import Overrides, parse_overrides
from monitor.store.damage import UNREADABLE, DamagedRow
from monitor.store.engine import Database, lock
from monitor.store.marking import mark
from monitor.store.mending import mending, set_aside
from monitor.store.protocols.notes import WORKDAYS, Heartbeat, Notes, Value
from monitor.store.rows import chunks, insert_new, upsert
from monitor.store.schema import heartbeats, notes

CHANGED = "records_changed"  # note: another value after each change of what `records` returns
SKEW = timedelta(minutes=1)  # how far two honest clocks may differ
AFTER = "workdays;"  # the end of the keys of imported calendars

# Kept ready: they are asked for at every pass; building them costs more than running them.
NOTE = select(notes.c.value).where(notes.c.key == bindparam("of"))
HEARTBEATS = select(heartbeats)


@mending
class SqlNotes(Notes):
    """The small values of one database; every method is its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> str | None:
        with self._database.reading() as connection:
            return connection.scalar(NOTE, {"of": key})

    def read(self, key: str, meaning: Callable[[str], Value]) -> Value | None:
        text = self.get(key)
        try:
            return None if text is None else meaning(text)
        except UNREADABLE:
            self._set_aside({"key": key, "value": text})
            return None

    def several(
        self, keys: Collection[str], meaning: Callable[[str], Value]
    ) -> Mapping[str, Value]:
        if not keys:
            return {}
        with self._database.reading() as connection:
            there = [row.key for some in chunks(keys) for row in connection.execute(_under(some))]
        found = ((key, self.read(key, meaning)) for key in there)
        return {key: value for key, value in found if value is not None}

    def set(self, key: str, value: str) -> None:
        with self._database.writing() as connection:
            upsert(connection, notes, {"key": key, "value": value})

    def replace(self, key: str, known: str | None, value: str) -> bool:
        with self._database.writing() as connection:
            if known is None:
                return insert_new(connection, notes, [{"key": key, "value": value}]) == 1
            there = (notes.c.key == key, notes.c.value == known)
            changed = connection.execute(notes.update().where(*there).values(value=value))
            return changed.rowcount == 1

    def keep_workdays(self, year: int, table: str) -> None:
        with self._database.writing() as connection:
            upsert(connection, notes, {"key": f"{WORKDAYS}{year}", "value": table})
            mark(connection, None)
            note_change(connection)

    def heartbeat(self) -> Heartbeat:
        return self._database.once(HEARTBEATS, _beating)

    def beat(self, now: datetime, awake_since: datetime, before: Heartbeat | None = None) -> bool:
        with self._database.writing() as connection:
            lock(connection, "heartbeat")
            last = _beating(connection)
            if before not in (None, last):
                return False
            woke = awake_since != last.awake_since
            upsert(
                connection,
                heartbeats,
                {
                    "id": 1,
                    "last_tick_at": now,
                    "awake_since": awake_since,
                    "slept_at": last.last_tick_at if woke else last.slept_at,
                    **_set_back(last, now),
                },
            )
        return True

    def _set_aside(self, found: dict[str, Any]) -> None:
        """Take out a note that cannot be read, unless somebody has written it anew."""
        with self._database.writing() as connection:
            of = select(notes.c.value).where(notes.c.key == found["key"])
            if connection.scalar(of) == found["value"]:
                set_aside(connection, DamagedRow(notes, found, ("value",)))


def _set_back(before: Heartbeat, now: datetime) -> dict[str, datetime | None]:
    """Since when, and from when, the clock counts as set back at *now*."""
    last, at, since = before.last_tick_at, before.back_at, before.back_from
    if last is not None and now + SKEW < last:
        return {"back_at": min(at or now, now), "back_from": max(since or last, last)}
    over = since is None or since <= now
    return {"back_at": None if over else at, "back_from": None if over else since}


def _beating(connection: Connection) -> Heartbeat:
    return _heartbeat(connection.execute(HEARTBEATS).first())


def _heartbeat(row: Row[Any] | None) -> Heartbeat:
    if row is None:
        return Heartbeat()
    awake = (row.last_tick_at, row.awake_since, row.slept_at)
    return Heartbeat(*awake, back_at=row.back_at, back_from=row.back_from)


def note_change(connection: Connection) -> None:
    """Note that the records of custody, of the roster or of the calendar are being changed."""
    upsert(connection, notes, {"key": CHANGED, "value": secrets.token_hex(8)})


def imported_workdays(connection: Connection) -> Overrides:
    """Return the calendars that were imported, as one table."""
    among = (notes.c.key >= WORKDAYS, notes.c.key < AFTER)
    return _table(tuple(connection.scalars(select(notes.c.value).where(*among))))


@lru_cache(maxsize=4)
def _table(texts: tuple[str, ...]) -> Overrides:
    return parse_overrides("\n".join(texts), WORKDAYS)


def _under(keys: Sequence[str]) -> Select[tuple[str]]:
    return select(notes.c.key).where(notes.c.key.in_(keys))
