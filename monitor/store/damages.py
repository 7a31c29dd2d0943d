"""Rows that were found damaged: looked for, set aside, and noted by judging."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, or_, select, update

from monitor.store.engine import Database
from monitor.store.mending import mend
from monitor.store.protocols.damages import Damage, Damages
from monitor.store.schema import damages
from monitor.store.types import UtcDateTime

NEW = damages.c.noted_at.is_(None)
LATELY = (
    select(damages)
    .where(or_(NEW, damages.c.noted_at > bindparam("since", type_=UtcDateTime())))
    .order_by(damages.c.id)
)


class SqlDamages(Damages):
    """What was damaged in one database; every method is its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mend(self) -> int:
        return mend(self._database)

    def note(self, now: datetime, since: datetime) -> Sequence[Damage]:
        with self._database.reading() as connection:  # spares the write lock: there is none
            rows = connection.execute(LATELY, {"since": since}).all()
        if any(row.noted_at is None for row in rows):
            with self._database.writing() as connection:
                connection.execute(update(damages).where(NEW).values(noted_at=now))
        return [
            Damage(row.subject, row.place, tuple(row.columns.split()), row.noted_at or now)
            for row in rows
        ]
