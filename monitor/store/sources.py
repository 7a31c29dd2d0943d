"""Sources: which are due to be read, and their states now or at an earlier instant."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Connection, bindparam, case, func, select, union, update

from monitor.model import SourceMemory, SourceState
from monitor.store import history, source_states
from monitor.store.engine import Database
from monitor.store.marking import mark
from monitor.store.mending import mending
from monitor.store.protocols.accounts import Sources
from monitor.store.rows import update_rows
from monitor.store.schema import sources
from monitor.store.source_states import slim_state_of, state_of
from monitor.store.types import UtcDateTime

SKEW = timedelta(minutes=1)  # how far two honest clocks may differ

CONFIGURED = select(sources).where(sources.c.configured).order_by(sources.c.id)
BEHIND = CONFIGURED.where(sources.c.gateway == bindparam("gateway"))
FAILING = (
    select(sources.c.id)
    .where(sources.c.gateway == bindparam("gateway"))
    .where(sources.c.configured, sources.c.failing_since.is_not(None))
    .limit(1)
)


@mending
class SqlSources(Sources):
    """The sources of one database; every method is its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(
        self, now: datetime, limit: int | None = None, gateway: str | None = None
    ) -> Sequence[SourceState]:
        with self._database.reading() as connection:
            asked: dict[str, Any] = {"now": now, "honest": now + SKEW}
            if connection.scalar(_ANY, asked) is None:
                return ()
            asked |= {"most": limit, "behind": gateway}
            wanted = _due(limit is not None, gateway is not None)
            return [slim_state_of(row) for row in connection.execute(wanted, asked)]

    def due_behind(self, now: datetime) -> Mapping[str, bool]:
        with self._database.reading() as connection:
            asked: dict[str, Any] = {"now": now, "honest": now + SKEW}
            if connection.scalar(_ANY, asked) is None:
                return {}
            return {row.gateway: bool(row.decisive) for row in connection.execute(_BEHIND, asked)}

    def states(self, at: datetime | None = None) -> Mapping[str, SourceState]:
        with self._database.reading() as connection:
            if at is not None:
                return history.states(connection, at)
            return {row.id: state_of(row) for row in connection.execute(CONFIGURED)}

    def behind(self, gateway: str) -> Sequence[SourceState]:
        with self._database.reading() as connection:
            rows = connection.execute(BEHIND, {"gateway": gateway}).all()
            return [slim_state_of(row) for row in rows]

    def any_failing(self, gateway: str) -> bool:
        with self._database.reading() as connection:
            return connection.scalar(FAILING, {"gateway": gateway}) is not None

    def named(self, ids: Collection[str]) -> Mapping[str, SourceState]:
        def read(connection: Connection) -> Mapping[str, SourceState]:
            return source_states.states_named(connection, ids)

        return self._database.once((source_states.states_named, frozenset(ids)), read)

    def untried(self) -> Collection[str]:
        never = (sources.c.configured, sources.c.last_tried_at.is_(None))
        with self._database.reading() as connection:
            return set(connection.scalars(select(sources.c.gateway).where(*never).distinct()))

    def last_tried(self) -> Mapping[str, datetime]:
        newest = func.max(sources.c.last_tried_at, type_=UtcDateTime())
        wanted = select(sources.c.gateway, newest).where(sources.c.last_tried_at.is_not(None))
        with self._database.reading() as connection:
            return dict(map(tuple, connection.execute(wanted.group_by(sources.c.gateway))))

    def remember(self, source: str, change: Callable[[SourceMemory], SourceMemory]) -> None:
        with self._database.writing() as connection:
            states = source_states.states_named(connection, [source])
            changed = [replace(s, memory=change(s.memory)) for s in states.values()]
            source_states.save(connection, changed)
            mark(connection, {state.spec.account for state in changed})

    def plan(
        self,
        source: str,
        next_read_at: datetime,
        now: datetime,
        decisive_at: datetime | None = None,
    ) -> None:
        with self._database.writing() as connection:
            planned = _planned(next_read_at, now, decisive_at)
            update_rows(connection, sources, [{"id": source, **planned}])

    def bring_forward(
        self, source: str, to: datetime, now: datetime, decisive_at: datetime | None = None
    ) -> None:
        later = update(sources).where(sources.c.id == source, sources.c.next_read_at > to)
        with self._database.writing() as connection:
            connection.execute(later.values(_planned(to, now, decisive_at)))


def _planned(next_read_at: datetime, now: datetime, decisive_at: datetime | None) -> dict[str, Any]:
    decisive = {} if decisive_at is None else {"decisive_at": decisive_at}
    return {"next_read_at": next_read_at, "planned_at": now, **decisive}


def _due_ids() -> CompoundSelect[Any]:
    """Three looks into an index each: asked for one of three at once, SQLite goes through all."""
    honest = bindparam("honest", type_=UtcDateTime())
    due = (
        sources.c.next_read_at.is_(None),
        sources.c.next_read_at <= NOW,
        sources.c.planned_at > honest,
    )
    return union(*(select(sources.c.id).where(one, sources.c.watched) for one in due))


NOW = bindparam("now", type_=UtcDateTime())
_ANY = select(_due_ids().subquery().c.id).limit(1)

_DECISIVE = func.max(case((sources.c.decisive_at <= NOW, 1), else_=0)).label("decisive")
_BEHIND = (
    select(sources.c.gateway, _DECISIVE)
    .where(sources.c.id.in_(_due_ids()))
    .group_by(sources.c.gateway)
)


@cache  # asked for every few seconds; building it costs more than running it
def _due(limited: bool, behind: bool) -> Any:
    at = sources.c.next_read_at
    first = case((sources.c.decisive_at <= NOW, 0), else_=1)
    order = (first, at.nulls_first(), sources.c.id)
    place = func.row_number().over(partition_by=sources.c.gateway, order_by=order)
    named = (sources, place.label("place"), first.label("first"))
    which = (sources.c.gateway == bindparam("behind"),) if behind else ()
    found = select(*named).where(sources.c.id.in_(_due_ids()), *which).subquery()
    wanted = select(found).order_by(found.c.first, found.c.next_read_at.nulls_first(), found.c.id)
    return wanted.where(found.c.place <= bindparam("most")) if limited else wanted


def states(connection: Connection) -> Mapping[str, SourceState]:
    """Return every configured source's state by id."""
    return {row.id: state_of(row) for row in connection.execute(CONFIGURED)}
