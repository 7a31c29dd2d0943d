"""Readings as they were made, what one batch of them changes, and how they are folded.

One transaction a batch: readings, posts and source states; a batch that shows nothing new
costs a few SELECTs and two statements for all of its rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, func, select

from monitor.ledger.folding import Fold
from monitor.model import Folded, Outcome, Pulse, Reading
from monitor.store import source_states
from monitor.store.accounts import lock_accounts
from monitor.store.covering import cover
from monitor.store.engine import Database
from monitor.store.marking import mark
from monitor.store.mending import mending
from monitor.store.naming import Numbers, numbers_of
from monitor.store.protocols.ledger import Counts, Readings, Recorded
from monitor.store.rows import (
    chunks,
    columns_of,
    delete_rows,
    insert_rows,
    update_rows,
    upsert,
)
from monitor.store.schema import counters, readings, sources
from monitor.store.showing import merge_posts
from monitor.store.source_states import Proven
from monitor.store.types import CompactInstant

FIELDS = tuple(name for name in Reading.__dataclass_fields__ if name != "folded")
OF_SOURCE = {"source": sources.c.id, "account": sources.c.account, "gateway": sources.c.gateway}
KEPT = tuple(name for name in FIELDS if name not in OF_SOURCE)
FOLDING = ("first_at", "tried", "longest_pause", "outcomes")
COLUMNS: tuple[Any, ...] = tuple(
    OF_SOURCE[name] if name in OF_SOURCE else readings.c[name] for name in (*FIELDS, *FOLDING)
)
READINGS: Any = select(*COLUMNS).join(sources, sources.c.number == readings.c.source)
# What `Reading.good` says.
GOOD = and_(
    readings.c.outcome.in_([one for one in Outcome if one.answered]),
    readings.c.as_of.is_not(None),
    readings.c.pulse != Pulse.NONE,
)
NEWEST = (readings.c.started_at.desc(), sources.c.id)

# The sources named, each with those of its readings that began between two instants.
FIRST, LAST = (bindparam(name, type_=CompactInstant()) for name in ("first", "last"))
STORED = (
    select(
        sources.c.id,
        sources.c.number,
        readings.c.started_at,
        *(sources.c[name] for name in Proven._fields),
    )
    .outerjoin(
        readings,
        and_(readings.c.source == sources.c.number, readings.c.started_at.between(FIRST, LAST)),
    )
    .where(sources.c.id.in_(bindparam("those", expanding=True)))
)


@mending
class SqlReadings(Readings):
    """The readings of one database; every method is its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, batch: Sequence[Recorded]) -> Mapping[str, int]:
        if not batch:
            return {}
        with self._database.writing() as connection:
            lock_accounts(connection, {one.reading.account for one in batch})
            unknown, known = _unknown(connection, batch)
            numbers = {source: number for source, (number, _) in known.items()}
            fresh = merge_posts(connection, unknown, numbers)
            source_states.save_read(connection, _advanced(unknown, known))
            _keep_counters(connection, unknown)
            insert_rows(connection, readings, [_row(one.reading, numbers) for one in unknown])
            cover(connection, [(numbers[one.reading.source], one.reading) for one in unknown])
            mark(connection, {one.reading.account for one in unknown})
            return {one.reading.source: fresh.get(one.reading.source, 0) for one in batch}

    def of_account(
        self, account: str, since: datetime, until: datetime | None = None
    ) -> Sequence[Reading]:
        with self._database.reading() as connection:
            wanted = READINGS.where(sources.c.account == account, readings.c.started_at >= since)
            if until is not None:
                wanted = wanted.where(readings.c.started_at < until)
            found = [_reading(row) for row in connection.execute(wanted).all()]
            return sorted(found, key=lambda one: (one.started_at, one.source))

    def lately(
        self,
        since: datetime,
        good: bool | None = None,
        gateway: str | None = None,
        start: int = 0,
        most: int = 1,
    ) -> Sequence[Reading]:
        wanted = _lately(since, *COLUMNS).order_by(*NEWEST).offset(start).limit(most)
        if good is not None:
            wanted = wanted.where(GOOD if good else ~GOOD)
        if gateway is not None:
            wanted = wanted.where(sources.c.gateway == gateway)
        with self._database.reading() as connection:
            return [_reading(row) for row in connection.execute(wanted)]

    def counted(self, since: datetime) -> Mapping[str, Counts]:
        wanted = _lately(since, sources.c.gateway, func.count(), func.count().filter(GOOD))
        with self._database.reading() as connection:
            rows = connection.execute(wanted.group_by(sources.c.gateway))
            return {gateway: Counts(good, n - good) for gateway, n, good in rows}

    def that_found_gaps(self, since: datetime) -> Sequence[Reading]:
        with self._database.reading() as connection:
            # Sorted here: an order would have SQLite walk through every reading there ever was.
            wanted = READINGS.where(
                readings.c.gap_from.is_not(None), readings.c.started_at >= since
            )
            found = [_reading(row) for row in connection.execute(wanted)]
            return sorted(found, key=lambda one: (one.account, one.started_at, one.source))

    def fold(self, folds: Sequence[Fold]) -> None:
        gone = [one for fold in folds for one in fold.gone]
        if gone:
            with self._database.writing() as connection:
                numbers = numbers_of(connection, {fold.kept.source for fold in folds})
                delete_rows(connection, readings, [_key(one, numbers) for one in gone])
                folded = [_folded_row(fold.kept, numbers) for fold in folds]
                update_rows(connection, readings, folded)


def _lately(since: datetime, *columns: Any) -> Select[Any]:
    # By source, as the readings lie: no index is led by their time.
    lately = select(*columns).join_from(sources, readings, readings.c.source == sources.c.number)
    return lately.where(sources.c.configured, readings.c.started_at >= since)


def _key(reading: Reading, numbers: Numbers) -> dict[str, Any]:
    return {"source": numbers.get(reading.source), "started_at": reading.started_at}


def _row(reading: Reading, numbers: Numbers) -> dict[str, Any]:
    row = {name: getattr(reading, name) for name in KEPT}
    row["source"] = numbers.get(reading.source)
    return row


def _folded_row(kept: Reading, numbers: Numbers) -> dict[str, Any]:
    folded = kept.folded
    assert folded is not None
    return {
        **_key(kept, numbers),
        "covers_from": kept.covers_from,
        "first_at": folded.first_at,
        "tried": kept.tried,
        "longest_pause": int(folded.longest_pause.total_seconds()),
        "outcomes": " ".join(f"{outcome}:{n}" for outcome, n in folded.outcomes),
    }


def _reading(row: Row[Any]) -> Reading:
    # By position: a year's figures go through thousands of readings of each account.
    values = tuple(row)
    said, (first_at, tried, pause, outcomes) = values[: len(FIELDS)], values[len(FIELDS) :]
    reading = Reading(*said)
    if first_at is None:
        return reading
    how = _outcomes(outcomes) or ((reading.outcome, tried or 1),)
    return replace(reading, folded=Folded(first_at, timedelta(seconds=pause or 0), how))


def _outcomes(text: str | None) -> tuple[tuple[Outcome, int], ...]:
    """How often readings ended how; nothing where that was damaged, their number being known."""
    with suppress(ValueError):
        parts = (one.partition(":") for one in (text or "").split())
        return tuple((Outcome(outcome), int(n)) for outcome, _, n in parts)
    return ()


Known = Mapping[str, tuple[int, Proven]]  # sources by id: their numbers, and what is known of each


def _unknown(connection: Connection, batch: Sequence[Recorded]) -> tuple[list[Recorded], Known]:
    """Return the readings of *batch* that are not stored yet, oldest first, each once, and what is
    known of their sources."""
    moments = [one.reading.started_at for one in batch]
    asked = {"first": min(moments), "last": max(moments)}
    known, stored = dict[str, tuple[int, Proven]](), set()
    for some in chunks(one.reading.source for one in batch):
        for row in connection.execute(STORED, {**asked, "those": some}).all():
            source, number, started_at, *proven = row
            known[source] = number, Proven(*proven)
            stored.add((source, started_at))
    new = {(r.reading.source, r.reading.started_at): r for r in batch}
    unknown = [one for name, one in new.items() if name not in stored]
    return sorted(unknown, key=lambda one: one.reading.started_at), known


def _advanced(unknown: Sequence[Recorded], known: Known) -> Iterable[tuple[Recorded, Proven]]:
    """The last reading of each source with what all of them prove."""
    proven = {source: one for source, (_, one) in known.items()}
    last: dict[str, Recorded] = {}
    for one in unknown:
        if (source := one.reading.source) in proven:
            proven[source] = source_states.advanced(proven[source], one.reading)
            learnt = source in last and last[source].learnt
            last[source] = replace(one, learnt=True) if learnt else one
    return [(one, proven[source]) for source, one in last.items()]


def _keep_counters(connection: Connection, batch: Sequence[Recorded]) -> None:
    """Keep what was counted last on each day; what a reading did not count stays as it was."""
    for one in batch:
        if one.counters is not None:
            said = columns_of(one.counters)
            upsert(connection, counters, {k: v for k, v in said.items() if v is not None})
