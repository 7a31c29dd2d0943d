"""State of sources between readings: its row, and what a reading changes of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

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
NAMED = select(sources).where(sources.c.id.in_(bindparam("those", expanding=True)))
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


def states_named(connection: Connection, ids: Collection[str]) -> dict[str, SourceState]:
    """Return the states of the sources *ids*, configured or not."""
    return {
        row.id: state_of(row)
        for some in chunks(ids)
        for row in connection.execute(NAMED, {"those": some}).all()
    }


class Proven(NamedTuple):
    """What is known of a source and follows from one reading after the other."""

    last_good_at: datetime | None = None
    full_as_of: datetime | None = None
    weak_as_of: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0
    unconditional_at: datetime | None = None


def advanced(before: Proven, reading: Reading) -> Proven:
    """Return what is known after one more reading.

    Instants *before* that lie after the reading were written by a clock that has been set
    back since; they prove nothing and are dropped.
    """
    at, good = reading.started_at, reading.good
    as_of, full = reading.as_of if good else None, good and reading.pulse is Pulse.FULL
    limit = at + SKEW
    return Proven(
        last_good_at=_newest(before.last_good_at, at if good else None, limit),
        full_as_of=_newest(before.full_as_of, as_of if full else None, limit),
        weak_as_of=_newest(before.weak_as_of, as_of, limit),
        failing_since=None if good else min(before.failing_since or at, at),
        failures=0 if good else before.failures + 1,
        unconditional_at=_newest(
            before.unconditional_at, at if good and reading.unconditional else None, limit
        ),
    )


def _newest(before: datetime | None, new: datetime | None, limit: datetime) -> datetime | None:
    if before is None or before > limit:
        return new
    return before if new is None or new > limit else max(before, new)


def save_read(connection: Connection, read: Iterable[tuple[Recorded, Proven]]) -> None:
    """Store what readings left behind, beside what is now known of their sources."""
    rows = [(_row_of(one, proven), one) for one, proven in read]
    update_rows(connection, sources, [row for row, one in rows if not one.learnt])
    learnt = [row | {"memory": memory_to_json(one.memory)} for row, one in rows if one.learnt]
    update_rows(connection, sources, learnt)


def _row_of(one: Recorded, proven: Proven) -> dict[str, Any]:
    reading = one.reading
    return {
        "id": reading.source,
        "next_read_at": one.next_read_at,
        "planned_at": reading.started_at,
        "last_tried_at": reading.started_at,
        "last_outcome": reading.outcome,
        "last_detail": reading.detail,
        **proven._asdict(),
        "decisive_at": one.decisive_at,
    }


def save(connection: Connection, changed: Iterable[SourceState]) -> None:
    """Store what readings left behind."""
    rows = [_row(state) | {"memory": memory_to_json(state.memory)} for state in changed]
    update_rows(connection, sources, rows)


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
    return _state(row, _of_the_gateway)


def _of_the_gateway(text: str) -> SourceMemory:
    concerns = any([name in text for name in OF_THE_GATEWAY])  # noqa: C419 - no generator is faster
    return memory_from_json(text) if concerns else NO_MEMORY


def state_of(row: Row[Any]) -> SourceState:
    """Return the state that *row* describes."""
    return _state(row, memory_from_json)


def _state(row: Row[Any], memory: Callable[[str], SourceMemory]) -> SourceState:
    """By position, as the table has its columns: there are many, and names cost three times as
    much."""
    values = tuple(row)
    spec, failures, remembered = SourceSpec(*values[:5]), int(values[15]), memory(values[17])
    state: tuple[Any, ...] = (spec, *values[7:15], failures, values[16], remembered, values[18])
    return SourceState(*state)
