"""Small stored values: notes by key, and the service's heartbeat."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from monitor.store.base import Heartbeat
from monitor.store.rows import insert_new, upsert
from monitor.store.schema import heartbeats, notes


def note(connection: Connection, key: str) -> str | None:
    """Return the value noted under *key*."""
    return connection.scalar(select(notes.c.value).where(notes.c.key == key))


def set_note(connection: Connection, key: str, value: str) -> None:
    """Note *value* under *key*."""
    upsert(connection, notes, {"key": key, "value": value})


def replace_note(connection: Connection, key: str, known: str | None, value: str) -> bool:
    """Note *value* under *key* if *known* is what is noted there; return whether it was."""
    if known is None:
        return insert_new(connection, notes, [{"key": key, "value": value}]) == 1
    there = (notes.c.key == key, notes.c.value == known)
    return connection.execute(notes.update().where(*there).values(value=value)).rowcount == 1


def heartbeat(connection: Connection) -> Heartbeat:
    """Return the heartbeat; empty before the first."""
    row = connection.execute(select(heartbeats)).first()
    return Heartbeat() if row is None else Heartbeat(row.last_tick_at, row.awake_since)


def beat(connection: Connection, now: datetime, awake_since: datetime) -> None:
    """Store the heartbeat."""
    upsert(connection, heartbeats, {"id": 1, "last_tick_at": now, "awake_since": awake_since})
