"""What a clock that ran ahead left behind, and how it is undone once the clock is right again.

Facts dated more than a minute after now prove nothing. Left alone they would come to prove
something as soon as the clock reaches them, so they are taken out and derived anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, bindparam, or_, select

from monitor.model import GatewayState, RouteHealth, SourceMemory, SourceState
from monitor.store import history, merging, source_states
from monitor.store.covering import recover
from monitor.store.engine import Database, lock
from monitor.store.gateways import CONFIGURED_GATEWAYS, gateway_row, gateway_state
from monitor.store.marking import mark
from monitor.store.rows import update_rows
from monitor.store.schema import accounts, gateways, posts, readings, sightings, sources
from monitor.store.sighting import Sighting
from monitor.store.types import UtcDateTime

SKEW = timedelta(minutes=1)  # how far two honest clocks may differ
GATEWAY = ("last_tried_at", "last_pulse_at", "failing_since", "well_since")
RESTS = ("not_before", "days_not_before")
LIMIT = bindparam("limit", type_=UtcDateTime())
ANY_AHEAD = (
    select(sources.c.id)
    .where(or_(sources.c.last_tried_at > LIMIT, sources.c.planned_at > LIMIT))
    .limit(1)
)

Bases = Mapping[str, datetime]  # the newest good reading of each source


def undo_ahead(database: Database, now: datetime) -> bool:
    """Do what `monitor.store.base.Store.undo_ahead` says."""
    limit = now + SKEW
    with database.reading() as connection:
        if not _any_ahead(connection, limit):
            return False
    with database.writing() as connection:
        lock(connection, "registry")
        if _lived(connection, limit):
            _undo(connection, now, limit)
        _reset_sources(connection, limit)
        _reset_gateways(connection, limit)
        mark(connection, None)
    return True


def _any_ahead(connection: Connection, limit: datetime) -> bool:
    """Whether a source or a gateway was read, or planned, after *limit*; every reading is noted
    there, and there are few of them."""
    return connection.scalar(ANY_AHEAD, {"limit": limit}) is not None


def _lived(connection: Connection, limit: datetime) -> bool:
    """Whether anything was read by *limit*."""
    read = select(readings.c.source).where(readings.c.started_at <= limit)
    return connection.scalar(read.limit(1)) is not None


def _undo(connection: Connection, now: datetime, limit: datetime) -> None:
    connection.execute(readings.delete().where(readings.c.started_at > limit))
    recover(connection)
    states = history.states(connection, limit)
    bases = {name: s.last_good_at for name, s in states.items() if s.last_good_at}
    _redate_sightings(connection, bases, now, limit)
    young = accounts.update().where(accounts.c.watched_since > limit)
    connection.execute(young.values(watched_since=now))


def _redate_sightings(connection: Connection, bases: Bases, now: datetime, limit: datetime) -> None:
    beside = select(sightings.c.post).where(_late(sightings, limit))
    late = or_(posts.c.id.in_(beside), _late(posts, limit))
    entries = merging.load_where(connection, late)
    for entry in entries.values():
        entry.after = {
            source: _redated(seen, bases.get(source, now), limit)
            for source, seen in entry.after.items()
        }
    merging.save(connection, entries)


def _late(shown: Table, limit: datetime) -> ColumnElement[bool]:
    """Whether a sighting, in a row of the table *shown*, was made after *limit*."""
    names = ("first_seen_at", "last_seen_at", "stated_first_at", "deleted_at")
    return or_(*(shown.c[name] > limit for name in names))


def _redated(seen: Sighting, base: datetime, limit: datetime) -> Sighting:
    """*seen* as of *base*. Nothing was seen before the date that it states itself: where that lies
    ahead as well it is the clock of now that is behind. Only what was dated ahead at a source's
    first good reading is left to `base`: it starts no clock."""
    first, stated = seen.first_seen_at, seen.stated_at
    if first > limit:
        believed = stated is not None and (stated <= limit or _past_by_then(seen))
        first = max(base, stated) if stated is not None and believed else base
    return replace(
        seen,
        first_seen_at=first,
        last_seen_at=seen.last_seen_at if seen.last_seen_at <= limit else max(base, first),
        stated_first_at=first if _later(seen.stated_first_at, limit) else seen.stated_first_at,
        deleted_at=None if _later(seen.deleted_at, limit) else seen.deleted_at,
        unseen_at=None if _later(seen.unseen_at, limit) else seen.unseen_at,
    )


def _past_by_then(seen: Sighting) -> bool:
    """Whether the date stated was no future one by the clock by which it was seen."""
    first, stated = seen.first_seen_at, seen.stated_at
    return stated is not None and stated <= first and not seen.on_first_reading


def _later(at: datetime | None, limit: datetime) -> bool:
    return at is not None and at > limit


def _reset_sources(connection: Connection, limit: datetime) -> None:
    """Have every source that was read, or planned, after *limit* read at once, knowing what it
    knew before; what it remembers of the window was shown by a clock that is not believed."""
    states = history.states(connection, limit)
    late = or_(sources.c.last_tried_at > limit, sources.c.planned_at > limit)
    for row in connection.execute(select(sources).where(late)).all():
        stored = source_states.state_of(row)
        then = states.get(stored.spec.id, SourceState(stored.spec))
        again = replace(then, next_read_at=None, decisive_at=None, memory=_memory(stored.memory))
        source_states.save(connection, [again])


def _memory(memory: SourceMemory) -> SourceMemory:
    """Whom the source shows is known; validators and counts are asked for anew."""
    return SourceMemory(
        window=memory.window,
        identity=memory.identity,
        ever_good=memory.ever_good,
        title=memory.title,
        ends_at=memory.ends_at,
    )


def _reset_gateways(connection: Connection, limit: datetime) -> None:
    """A rest was asked for, and a family judged, when its gateway was last tried."""
    stored = [gateway_state(row) for row in connection.execute(CONFIGURED_GATEWAYS)]
    again = [(state, _as_of(state, limit)) for state in stored]
    changed = [gateway_row(now) for then, now in again if now != then]
    update_rows(connection, gateways, changed)


def _as_of(state: GatewayState, limit: datetime) -> GatewayState:
    families = tuple(_family_as_of(one, limit) for one in state.families)
    if not _later(state.last_tried_at, limit):
        return replace(state, families=families)
    late = {name: None for name in GATEWAY if _later(getattr(state, name), limit)}
    return replace(state, families=families, **late, **dict.fromkeys(RESTS))  # type: ignore[arg-type]


def _family_as_of(family: RouteHealth, limit: datetime) -> RouteHealth:
    """*family* judged anew, if it was tried after *limit*; an outage that ended before is one."""
    if not _later(family.last_tried_at, limit):
        return family
    good, outage = family.last_good_at, family.outage
    return RouteHealth(
        family.family,
        last_good_at=None if _later(good, limit) else good,
        outage=None if outage is None or _later(outage[1], limit) else outage,
    )
