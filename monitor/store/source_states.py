"""State of sources between readings: its row, and what a reading changes of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
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


class Before(NamedTuple):
    """What a reading goes by of those before; as in `SourceState`."""

    last_good_at: datetime | None
    full_as_of: datetime | None
    weak_as_of: datetime | None
    failing_since: datetime | None
    failures: int
    unconditional_at: datetime | None


BEFORE = select(sources.c.id, *(sources.c[name] for name in Before._fields)).where(
    sources.c.id.in_(bindparam("those", expanding=True))
)
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


def before(connection: Connection, ids: Collection[str]) -> dict[str, Before]:
    """Return what readings of the sources *ids*, configured or not, go by."""
    return {
        name: Before(*rest)
        for some in chunks(ids)
        for name, *rest in connection.execute(BEFORE, {"those": some})
    }


def states_named(connection: Connection, ids: Collection[str]) -> dict[str, SourceState]:
    """Return the states of the sources *ids*, configured or not."""
    return {
        row.id: state_of(row)
        for some in chunks(ids)
        for row in connection.execute(select(sources).where(sources.c.id.in_(some)))
    }


def after(before: Before, reading: Reading) -> Before:
    """Return what the next reading goes by after one more.

    Instants of *before* that lie after the reading were written by a clock that has been set
    back since; they prove nothing and are dropped.
    """
    good, at, as_of = reading.good, reading.started_at, reading.as_of
    return Before(
        _newest(before.last_good_at, at if good else None, at),
        _newest(before.full_as_of, as_of if good and reading.pulse is Pulse.FULL else None, at),
        _newest(before.weak_as_of, as_of if good else None, at),
        None if good else min(before.failing_since or at, at),
        0 if good else before.failures + 1,
        _newest(before.unconditional_at, at if good and reading.unconditional else None, at),
    )


def _newest(before: datetime | None, new: datetime | None, at: datetime) -> datetime | None:
    if before is None:
        return new
    known = [one for one in (before, new) if one is not None and one <= at + SKEW]
    return max(known, default=new)


def save(connection: Connection, changed: Iterable[SourceState]) -> None:
    """Store what readings left behind."""
    rows = [_row(state) | {"memory": memory_to_json(state.memory)} for state in changed]
    update_rows(connection, sources, rows)


def advance(connection: Connection, batch: Sequence[Recorded]) -> None:
    """Store what the readings of *batch*, oldest first, leave behind."""
    known = before(connection, [one.reading.source for one in batch])
    rows, learnt = dict[str, dict[str, Any]](), dict[str, SourceMemory]()
    for one in batch:
        source = one.reading.source
        if source in known:
            known[source] = after(known[source], one.reading)
            rows[source] = _row_after(one, known[source])
            if one.learnt or source in learnt:
                learnt[source] = one.memory
    taught = [rows[of] | {"memory": memory_to_json(memory)} for of, memory in learnt.items()]
    update_rows(connection, sources, taught)
    update_rows(connection, sources, [row for of, row in rows.items() if of not in learnt])


def _row_after(recorded: Recorded, left: Before) -> dict[str, Any]:
    reading = recorded.reading
    return {
        "id": reading.source,
        "next_read_at": recorded.next_read_at,
        "planned_at": reading.started_at,
        "last_tried_at": reading.started_at,
        "last_outcome": reading.outcome,
        "last_detail": reading.detail,
        "decisive_at": recorded.decisive_at,
        **left._asdict(),
    }


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


def state_of(row: Row[Any]) -> SourceState:
    """Return the state that *row* describes."""
    return _state(row, memory_from_json(row.memory))


def _state(row: Row[Any], memory: SourceMemory) -> SourceState:
    """By position, as the table has its columns: there are many, and names cost three times as
    much."""
    values = tuple(row)
    spec, failures = SourceSpec(*values[:5]), int(values[15])
    state: tuple[Any, ...] = (spec, *values[7:15], failures, values[16], memory, row.decisive_at)
    return SourceState(*state)
