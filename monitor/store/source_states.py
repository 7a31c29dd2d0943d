"""State of sources between readings: its row, and what a reading changes of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from monitor.model import Pulse, Reading, SourceMemory, SourceSpec, SourceState
from monitor.store.codec import memory_from_json, memory_to_json
from monitor.store.protocols.ledger import Recorded
from monitor.store.rows import chunks, update_rows
from monitor.store.schema import sources

SKEW = timedelta(minutes=1)  # how far two honest clocks may differ
# What is remembered and concerns the gateway, as it stands there.
OF_THE_GATEWAY = tuple(f'"{name}": ' for name in ("warnings", "ends_at", "looked_at"))
NO_MEMORY = SourceMemory()
OF_ACCOUNTS = (
    select(sources)
    .where(sources.c.configured, sources.c.account.in_(bindparam("those", expanding=True)))
    .order_by(sources.c.account, sources.c.rank, sources.c.id)
)


def states_of(
    connection: Connection, accounts: Collection[str]
) -> Mapping[str, tuple[SourceState, ...]]:
    """Return the configured sources' states by account, most trusted first."""
    found: dict[str, tuple[SourceState, ...]] = {}
    for some in chunks(accounts):
        for row in connection.execute(OF_ACCOUNTS, {"those": some}):
            found[row.account] = (*found.get(row.account, ()), state_of(row))
    return found


def but_memory(connection: Connection, ids: Collection[str]) -> dict[str, SourceState]:
    """Return the states of the sources *ids*, configured or not, as if they remembered nothing:
    what they remember is half of what reading a state costs."""
    columns = [column for column in sources.c if column.name != "memory"]
    return {
        row.id: state_of(row, SourceMemory())
        for some in chunks(ids)
        for row in connection.execute(select(*columns).where(sources.c.id.in_(some)))
    }


def states_named(connection: Connection, ids: Collection[str]) -> dict[str, SourceState]:
    """Return the states of the sources *ids*, configured or not."""
    return {
        row.id: state_of(row)
        for some in chunks(ids)
        for row in connection.execute(select(sources).where(sources.c.id.in_(some)))
    }


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
    rows = [_row(state) | {"memory": memory_to_json(state.memory)} for state in changed]
    update_rows(connection, sources, rows)


def save_but_memory(connection: Connection, changed: Iterable[SourceState]) -> None:
    """Store what readings left behind that taught nothing."""
    update_rows(connection, sources, [_row(state) for state in changed])


def _row(state: SourceState) -> dict[str, Any]:
    return {
        "id": state.spec.id,
        "next_read_at": state.next_read_at,
        "planned_at": state.last_tried_at,
        "last_tried_at": state.last_tried_at,
        "last_outcome": state.last_outcome,
        "last_detail": state.last_detail,
        "last_good_at": state.last_good_at,
        "full_as_of": state.full_as_of,
        "weak_as_of": state.weak_as_of,
        "failing_since": state.failing_since,
        "failures": state.failures,
        "unconditional_at": state.unconditional_at,
        "decisive_at": state.decisive_at,
    }


def spec_of(row: Row[Any]) -> SourceSpec:
    """Return the source that *row* describes."""
    return SourceSpec(row.id, row.account, row.gateway, row.locator, row.rank)


def slim_state_of(row: Row[Any]) -> SourceState:
    """Return the state that *row* describes, but of what it remembers no more than what concerns
    its gateway: there are many, and reading the windows takes longest."""
    text = row.memory
    concerns = any([name in text for name in OF_THE_GATEWAY])  # noqa: C419 - no generator is faster
    return _state(row, memory_from_json(text) if concerns else NO_MEMORY)


def state_of(row: Row[Any], memory: SourceMemory | None = None) -> SourceState:
    """Return the state that *row* describes; with *memory*, if given, instead of its own."""
    return _state(row, memory_from_json(row.memory) if memory is None else memory)


def _state(row: Row[Any], memory: SourceMemory) -> SourceState:
    """By position, as the table has its columns: there are many, and names cost three times as
    much."""
    values = tuple(row)
    spec, failures = SourceSpec(*values[:5]), int(values[15])
    state: tuple[Any, ...] = (spec, *values[7:15], failures, values[16], memory, row.decisive_at)
    return SourceState(*state)
