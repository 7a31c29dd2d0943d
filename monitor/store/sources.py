"""Sources: which are due to be read, and their states now or at an earlier instant."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, or_, select

from monitor.model import SourceMemory, SourceState
from monitor.store import history, source_states
from monitor.store.engine import Database
from monitor.store.mending import mending
from monitor.store.protocols.accounts import Sources
from monitor.store.rows import update_rows
from monitor.store.schema import sources
from monitor.store.source_states import state_of
from monitor.store.types import UtcDateTime

SKEW = timedelta(minutes=1)  # how far two honest clocks may differ

CONFIGURED = select(sources).where(sources.c.configured).order_by(sources.c.id)


@mending
class SqlSources(Sources):
    """The sources of one database; every method is its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, now: datetime, limit: int | None = None) -> Sequence[SourceState]:
        with self._database.reading() as connection:
            asked = {"now": now, "honest": now + SKEW, "most": limit}
            return [state_of(row) for row in connection.execute(_due(limit is not None), asked)]

    def states(self, at: datetime | None = None) -> Mapping[str, SourceState]:
        with self._database.reading() as connection:
            if at is not None:
                return history.states(connection, at)
            return {row.id: state_of(row) for row in connection.execute(CONFIGURED)}

    def remember(self, source: str, change: Callable[[SourceMemory], SourceMemory]) -> None:
        with self._database.writing() as connection:
            states = source_states.states_named(connection, [source])
            changed = [replace(s, memory=change(s.memory)) for s in states.values()]
            source_states.save(connection, changed)

    def plan(
        self,
        source: str,
        next_read_at: datetime,
        now: datetime,
        decisive_at: datetime | None = None,
    ) -> None:
        planned: dict[str, Any] = {"id": source, "next_read_at": next_read_at, "planned_at": now}
        if decisive_at is not None:
            planned["decisive_at"] = decisive_at
        with self._database.writing() as connection:
            update_rows(connection, sources, [planned])


@cache  # asked for every few seconds; building it costs more than running it
def _due(limited: bool) -> Any:
    at, now = sources.c.next_read_at, bindparam("now", type_=UtcDateTime())
    first = case((sources.c.decisive_at <= now, 0), else_=1)
    order = (first, at.nulls_first(), sources.c.id)
    place = func.row_number().over(partition_by=sources.c.gateway, order_by=order)
    is_due = or_(at.is_(None), at <= now, sources.c.planned_at > bindparam("honest"))
    named = (sources, place.label("place"), first.label("first"))
    found = select(*named).where(is_due, sources.c.watched).subquery()
    wanted = select(found).order_by(found.c.first, found.c.next_read_at.nulls_first(), found.c.id)
    return wanted.where(found.c.place <= bindparam("most")) if limited else wanted


def states(connection: Connection) -> Mapping[str, SourceState]:
    """Return every configured source's state by id."""
    return {row.id: state_of(row) for row in connection.execute(CONFIGURED)}
