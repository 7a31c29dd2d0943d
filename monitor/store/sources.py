"""State of sources and gateways between readings: what is due, and what a reading changes."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, func, or_, select

from monitor.model import GatewayState, Pulse, Reading, SourceSpec, SourceState
from monitor.store.base import Recorded
from monitor.store.codec import (
    canaries_from_json,
    canaries_to_json,
    memory_from_json,
    memory_to_json,
)
from monitor.store.rows import chunks, update_rows
from monitor.store.schema import gateways, sources
from monitor.store.types import UtcDateTime

JUMPED = timedelta(days=32)  # no reading is ever planned so far ahead
SKEW = timedelta(hours=1)  # how far two honest clocks may differ

CONFIGURED = select(sources).where(sources.c.configured).order_by(sources.c.id)
CONFIGURED_GATEWAYS = select(gateways).where(gateways.c.configured).order_by(gateways.c.id)


def due(connection: Connection, now: datetime, limit: int | None) -> Sequence[SourceState]:
    """Return the sources to be read at *now*, *limit* a gateway: those first whose decisive
    instant has come, then the longest overdue."""
    asked = {"now": now, "jumped": now + JUMPED, "most": limit}
    return [state_of(row) for row in connection.execute(_due(limit is not None), asked)]


@cache  # asked for every few seconds; building it costs more than running it
def _due(limited: bool) -> Any:
    at, now = sources.c.next_read_at, bindparam("now", type_=UtcDateTime())
    first = case((sources.c.decisive_at <= now, 0), else_=1)
    order = (first, at.nulls_first(), sources.c.id)
    place = func.row_number().over(partition_by=sources.c.gateway, order_by=order)
    is_due = or_(at.is_(None), at <= now, at > bindparam("jumped"))
    named = (sources, place.label("place"), first.label("first"))
    found = select(*named).where(is_due, sources.c.watched).subquery()
    wanted = select(found).order_by(found.c.first, found.c.next_read_at.nulls_first(), found.c.id)
    return wanted.where(found.c.place <= bindparam("most")) if limited else wanted


def states(connection: Connection) -> Mapping[str, SourceState]:
    """Return every configured source's state by id."""
    return {row.id: state_of(row) for row in connection.execute(CONFIGURED)}


def states_of(
    connection: Connection, accounts: Collection[str]
) -> Mapping[str, tuple[SourceState, ...]]:
    """Return the configured sources' states by account, most trusted first."""
    found: dict[str, tuple[SourceState, ...]] = {}
    for some in chunks(accounts):
        rows = connection.execute(
            select(sources)
            .where(sources.c.configured, sources.c.account.in_(some))
            .order_by(sources.c.account, sources.c.rank, sources.c.id)
        )
        for row in rows:
            found[row.account] = (*found.get(row.account, ()), state_of(row))
    return found


def states_named(connection: Connection, ids: Collection[str]) -> dict[str, SourceState]:
    """Return the states of the sources *ids*, configured or not."""
    return {
        row.id: state_of(row)
        for some in chunks(ids)
        for row in connection.execute(select(sources).where(sources.c.id.in_(some)))
    }


def plan(connection: Connection, source: str, next_read_at: datetime) -> None:
    """Move a source's next reading."""
    update_rows(connection, sources, [{"id": source, "next_read_at": next_read_at}])


def advanced(state: SourceState, recorded: Recorded) -> SourceState:
    """Return *state* after one more reading.

    Instants of *state* that lie after the reading were written by a clock that has been set
    back since; they prove nothing and are dropped.
    """
    reading, at = recorded.reading, recorded.reading.started_at
    full = reading.as_of if reading.good and reading.pulse is Pulse.FULL else None
    return replace(
        state,
        next_read_at=recorded.next_read_at,
        last_tried_at=at,
        last_outcome=reading.outcome,
        last_detail=reading.detail,
        last_good_at=_newest(state.last_good_at, at if reading.good else None, at),
        full_as_of=_newest(state.full_as_of, full, at),
        weak_as_of=_newest(state.weak_as_of, reading.as_of if reading.good else None, at),
        failing_since=None if reading.good else _began(state, reading),
        failures=0 if reading.good else state.failures + 1,
        unconditional_at=_newest(
            state.unconditional_at, at if reading.good and reading.unconditional else None, at
        ),
        memory=recorded.memory,
        decisive_at=recorded.decisive_at,
    )


def _newest(before: datetime | None, new: datetime | None, at: datetime) -> datetime | None:
    known = [one for one in (before, new) if one is not None and one <= at + SKEW]
    return max(known, default=new)


def _began(state: SourceState, reading: Reading) -> datetime:
    return min(state.failing_since or reading.started_at, reading.started_at)


def save(connection: Connection, changed: Iterable[SourceState]) -> None:
    """Store what readings left behind."""
    update_rows(connection, sources, [_row(state) for state in changed])


def _row(state: SourceState) -> dict[str, Any]:
    return {
        "id": state.spec.id,
        "next_read_at": state.next_read_at,
        "last_tried_at": state.last_tried_at,
        "last_outcome": state.last_outcome,
        "last_detail": state.last_detail,
        "last_good_at": state.last_good_at,
        "full_as_of": state.full_as_of,
        "weak_as_of": state.weak_as_of,
        "failing_since": state.failing_since,
        "failures": state.failures,
        "unconditional_at": state.unconditional_at,
        "memory": memory_to_json(state.memory),
        "decisive_at": state.decisive_at,
    }


def spec_of(row: Row[Any]) -> SourceSpec:
    """Return the source that *row* describes."""
    return SourceSpec(row.id, row.account, row.gateway, row.locator, row.rank)


def state_of(row: Row[Any]) -> SourceState:
    """Return the state that *row* describes."""
    return SourceState(
        spec=spec_of(row),
        next_read_at=row.next_read_at,
        last_tried_at=row.last_tried_at,
        last_outcome=row.last_outcome,
        last_detail=row.last_detail,
        last_good_at=row.last_good_at,
        full_as_of=row.full_as_of,
        weak_as_of=row.weak_as_of,
        failing_since=row.failing_since,
        failures=row.failures,
        unconditional_at=row.unconditional_at,
        memory=memory_from_json(row.memory),
        decisive_at=row.decisive_at,
    )


def gateway_states(connection: Connection) -> Mapping[str, GatewayState]:
    """Return every configured gateway's state by id."""
    return {row.id: _gateway_state(row) for row in connection.execute(CONFIGURED_GATEWAYS)}


def save_gateways(connection: Connection, states: Iterable[GatewayState]) -> None:
    """Replace the states of gateways that are registered."""
    update_rows(connection, gateways, [_gateway_row(state) for state in states])


def _gateway_state(row: Row[Any]) -> GatewayState:
    return GatewayState(
        gateway=row.id,
        healthy=row.healthy,
        failing_since=row.failing_since,
        failures=row.failures,
        last_tried_at=row.last_tried_at,
        last_pulse_at=row.last_pulse_at,
        last_outcome=row.last_outcome,
        last_detail=row.last_detail,
        not_before=row.not_before,
        warnings=tuple(json.loads(row.warnings)),
        ends_at=row.ends_at,
        well_since=row.well_since,
        canaries=canaries_from_json(row.canaries),
        days_not_before=row.days_not_before,
        days_refusal=row.days_refusal,
    )


def _gateway_row(state: GatewayState) -> dict[str, Any]:
    return {
        "id": state.gateway,
        "healthy": state.healthy,
        "failing_since": state.failing_since,
        "failures": state.failures,
        "last_tried_at": state.last_tried_at,
        "last_pulse_at": state.last_pulse_at,
        "last_outcome": state.last_outcome,
        "last_detail": state.last_detail,
        "not_before": state.not_before,
        "warnings": json.dumps(state.warnings),
        "ends_at": state.ends_at,
        "well_since": state.well_since,
        "canaries": canaries_to_json(state.canaries),
        "days_not_before": state.days_not_before,
        "days_refusal": state.days_refusal,
    }
