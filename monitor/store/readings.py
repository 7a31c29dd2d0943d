"""Readings as they were made, what one batch of them changes, and how they are folded.

One transaction a batch: readings, posts and source states; a batch that shows nothing new
costs a few SELECTs and two statements for all of its rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, func, select

from monitor.ledger.folding import Fold
from monitor.model import Folded, Outcome, Pulse, Reading, SeenPost
from monitor.store import merging, source_states
from monitor.store.accounts import lock_accounts
from monitor.store.engine import Database
from monitor.store.marking import mark
from monitor.store.mending import mending
from monitor.store.protocols.ledger import Counts, Readings, Recorded
from monitor.store.rows import chunks, columns_of, insert_rows, update_rows, upsert
from monitor.store.schema import counters, readings, sources
from monitor.store.sighting import digest, seen
from monitor.store.types import storable

FIELDS = tuple(name for name in Reading.__dataclass_fields__ if name != "folded")
FOLDING = ("first_at", "tried", "longest_pause", "outcomes")
COLUMNS = tuple(readings.c[name] for name in (*FIELDS, *FOLDING))
# What `Reading.good` says.
GOOD = and_(
    readings.c.outcome.in_([one for one in Outcome if one.answered]),
    readings.c.as_of.is_not(None),
    readings.c.pulse != Pulse.NONE,
)
NEWEST = (readings.c.started_at.desc(), readings.c.source)
GONE = readings.delete().where(
    and_(readings.c.source == bindparam("of"), readings.c.started_at == bindparam("at"))
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
            unknown = _unknown(connection, batch)
            fresh = _merge_posts(connection, unknown)
            _advance_sources(connection, unknown)
            _keep_counters(connection, unknown)
            insert_rows(connection, readings, [_row(one.reading) for one in unknown])
            mark(connection, {one.reading.account for one in unknown})
            return {one.reading.source: fresh.get(one.reading.source, 0) for one in batch}

    def of_account(
        self, account: str, since: datetime, until: datetime | None = None
    ) -> Sequence[Reading]:
        with self._database.reading() as connection:
            wanted = (
                select(*COLUMNS)
                .where(readings.c.account == account, readings.c.started_at >= since)
                .order_by(readings.c.started_at, readings.c.source)
            )
            if until is not None:
                wanted = wanted.where(readings.c.started_at < until)
            return [_reading(row) for row in connection.execute(wanted)]

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
            wanted = wanted.where(readings.c.gateway == gateway)
        with self._database.reading() as connection:
            return [_reading(row) for row in connection.execute(wanted)]

    def counted(self, since: datetime) -> Mapping[str, Counts]:
        wanted = _lately(since, readings.c.gateway, func.count(), func.count().filter(GOOD))
        with self._database.reading() as connection:
            rows = connection.execute(wanted.group_by(readings.c.gateway))
            return {gateway: Counts(good, n - good) for gateway, n, good in rows}

    def that_found_gaps(self, since: datetime) -> Sequence[Reading]:
        with self._database.reading() as connection:
            # Sorted here: an order would have SQLite walk through every reading there ever was.
            wanted = select(*COLUMNS).where(
                readings.c.gap_from.is_not(None), readings.c.started_at >= since
            )
            found = [_reading(row) for row in connection.execute(wanted)]
            return sorted(found, key=lambda one: (one.account, one.started_at, one.source))

    def fold(self, folds: Sequence[Fold]) -> None:
        gone = [{"of": one.source, "at": one.started_at} for fold in folds for one in fold.gone]
        if gone:
            with self._database.writing() as connection:
                connection.execute(GONE, gone)
                update_rows(connection, readings, [_folded_row(fold.kept) for fold in folds])


def _lately(since: datetime, *columns: Any) -> Select[Any]:
    # By source, as the readings lie: no index is led by their time.
    mine = select(sources.c.id).where(sources.c.configured)
    return select(*columns).where(readings.c.source.in_(mine), readings.c.started_at >= since)


def _row(reading: Reading) -> dict[str, Any]:
    return {name: getattr(reading, name) for name in FIELDS}


def _folded_row(kept: Reading) -> dict[str, Any]:
    folded = kept.folded
    assert folded is not None
    return {
        "source": kept.source,
        "started_at": kept.started_at,
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


def _unknown(connection: Connection, batch: Sequence[Recorded]) -> list[Recorded]:
    """Return the readings of *batch* that are not stored yet, oldest first, each once."""
    moments = [one.reading.started_at for one in batch]
    stored = {
        (row.source, row.started_at)
        for some in chunks(one.reading.source for one in batch)
        for row in connection.execute(
            select(readings.c.source, readings.c.started_at).where(
                readings.c.source.in_(some),
                readings.c.started_at.between(min(moments), max(moments)),
            )
        )
    }
    new = {(r.reading.source, r.reading.started_at): r for r in batch}
    return sorted(
        (one for name, one in new.items() if name not in stored),
        key=lambda one: one.reading.started_at,
    )


def _merge_posts(connection: Connection, batch: Sequence[Recorded]) -> Mapping[str, int]:
    same = merging.seen_again(connection, _showings(batch))
    batch = [_without(one, same) for one in batch]
    entries = merging.load(connection, _names(batch))
    fresh: dict[str, int] = {}
    for one in batch:
        source, account = one.reading.source, one.reading.account
        for post in one.posts:
            name = (account, storable(post.key))
            if name not in entries:
                entries[name] = merging.Entry()
                fresh[source] = fresh.get(source, 0) + 1
            entries[name].add(seen(post, source, one.reading.started_at, one.first))
            entries[name].marks.update(map(storable, post.marks))
        for key in one.deleted:
            if (account, storable(key)) in entries:
                entries[account, storable(key)].delete(source, one.reading.started_at)
    merging.save(connection, entries)
    return fresh


def _showings(batch: Iterable[Recorded]) -> dict[merging.Showing, tuple[str, datetime]]:
    """Return what the sources of *batch* say of each post, where they say it but once."""
    said: dict[merging.Showing, tuple[str, datetime]] = {}
    twice = set()
    for one in batch:
        for post in one.posts:
            name = _showing(one, post)
            if name in said:
                twice.add(name)
            said[name] = (digest(post), one.reading.started_at)
    return {name: what for name, what in said.items() if name not in twice}


def _without(one: Recorded, same: Collection[merging.Showing]) -> Recorded:
    return replace(one, posts=tuple(p for p in one.posts if _showing(one, p) not in same))


def _showing(one: Recorded, post: SeenPost) -> merging.Showing:
    return one.reading.account, storable(post.key), one.reading.source


def _names(batch: Iterable[Recorded]) -> Iterable[merging.Name]:
    for one in batch:
        for key in (*(post.key for post in one.posts), *one.deleted):
            yield one.reading.account, storable(key)


def _keep_counters(connection: Connection, batch: Sequence[Recorded]) -> None:
    """Keep what was counted last on each day; what a reading did not count stays as it was."""
    for one in batch:
        if one.counters is not None:
            said = columns_of(one.counters)
            upsert(connection, counters, {k: v for k, v in said.items() if v is not None})


def _advance_sources(connection: Connection, batch: Sequence[Recorded]) -> None:
    states = source_states.but_memory(connection, [one.reading.source for one in batch])
    for one in batch:
        if one.reading.source in states:
            states[one.reading.source] = source_states.advanced(states[one.reading.source], one)
    learnt = {one.reading.source for one in batch if one.learnt}
    source_states.save(connection, (s for s in states.values() if s.spec.id in learnt))
    taught_nothing = (s for s in states.values() if s.spec.id not in learnt)
    source_states.save_but_memory(connection, taught_nothing)
