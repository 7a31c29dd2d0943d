"""Rows that were found damaged: looked for, set aside, and noted by judging."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, update

from monitor.store.engine import Database
from monitor.store.mending import mend
from monitor.store.protocols.damages import Damage, Damages
from monitor.store.schema import damages


class SqlDamages(Damages):
    """What was damaged in one database; every method is its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mend(self) -> int:
        return mend(self._database)

    def note(self, now: datetime, since: datetime) -> Sequence[Damage]:
        new = damages.c.noted_at.is_(None)
        wanted = select(damages).where(or_(new, damages.c.noted_at > since)).order_by(damages.c.id)
        with self._database.reading() as connection:  # spares the write lock: there is none
            rows = connection.execute(wanted).all()
        if any(row.noted_at is None for row in rows):
            with self._database.writing() as connection:
                connection.execute(update(damages).where(new).values(noted_at=now))
        return [
            Damage(row.subject, row.place, tuple(row.columns.split()), row.noted_at or now)
            for row in rows
        ]
