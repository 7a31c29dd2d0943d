"""Recorded dates of the roster, and which take-overs have been summed up."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from alerts.model import DutyDay, Notice
from alerts.people.roster import DutyEntry
from monitor.store import outbox
from monitor.store.engine import Database, lock
from monitor.store.mending import mending
from monitor.store.notes import note_change
from monitor.store.protocols.custody import Duty
from monitor.store.rows import insert_new, insert_rows
from monitor.store.schema import duty_days, shift_sheets


@mending
class SqlDuty(Duty):
    """The roster's dates in one database; every method is its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, entries: Sequence[DutyEntry]) -> None:
        with self._database.writing() as connection:
            lock(connection, "duty")
            insert_rows(connection, duty_days, [_row(entry) for entry in entries])
            note_change(connection)

    def sum_up(self, day: date, person: str, notices: Collection[Notice], now: datetime) -> bool:
        with self._database.writing() as connection:
            row = {"day": day, "person": person, "made_at": now}
            if insert_new(connection, shift_sheets, [row]) == 0:
                return False
            outbox.add(connection, notices)
            return True

    def summed_up(self, day: date, person: str) -> bool:
        with self._database.reading() as connection:
            this = (shift_sheets.c.day == day, shift_sheets.c.person == person)
            return connection.scalar(select(shift_sheets.c.made_at).where(*this)) is not None


def entries(connection: Connection, at: datetime | None = None) -> tuple[DutyEntry, ...]:
    """Return the recorded dates in the order they came, of each day the newest; with *at*: as
    they were known then."""
    wanted = select(duty_days).order_by(duty_days.c.id)
    if at is not None:
        wanted = wanted.where(duty_days.c.recorded_at <= at)
    newest = {row.day: row for row in connection.execute(wanted)}
    return tuple(_entry(row) for row in sorted(newest.values(), key=lambda row: row.id))


def _entry(row: Row[Any]) -> DutyEntry:
    return DutyEntry(DutyDay(row.day, row.duty, row.leader), row.recorded_at, row.origin)


def _row(entry: DutyEntry) -> dict[str, Any]:
    return {
        "day": entry.day.on,
        "duty": entry.day.duty,
        "leader": entry.day.leader,
        "origin": entry.origin,
        "recorded_at": entry.recorded_at,
    }
