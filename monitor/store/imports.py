"""Imports: rows with a provenance, that can be taken back as if they had never been there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Select, func, select

from monitor.ledger.coverage import Span, covered_by_imports
from monitor.ledger.marks import identified, marks_of
from monitor.ledger.records import (
    IMPORT,
    FollowerCount,
    ImportedPost,
    ImportedSpan,
    ImportRecord,
    ImportSummary,
)
from monitor.store import merging
from monitor.store.accounts import lock_accounts
from monitor.store.engine import Database, lock
from monitor.store.marking import mark
from monitor.store.mending import mending
from monitor.store.merging import Entry, Name
from monitor.store.protocols.ledger import Imports
from monitor.store.rows import chunks, insert_rows
from monitor.store.schema import counters, imports, sightings
from monitor.store.schema import posts as posts_table
from monitor.store.sighting import seen
from monitor.store.types import storable, utc

Day = tuple[str, date]  # account, day
Shown = dict[int, dict[str, datetime | None]]  # by import: the keys it lists, with their dates


@mending
class SqlImports(Imports):
    """The imports of one database; every method is its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        posts: Sequence[ImportedPost],
        counters: Sequence[FollowerCount],
        name: str,
        now: datetime,
        dry_run: bool = False,
        *,
        partial: bool = False,
        covers_from: datetime | None = None,
        covers_until: datetime | None = None,
    ) -> ImportSummary:
        if dry_run:
            with self._database.reading() as connection:
                return _would_import(connection, posts, counters, now)
        about = About(name, partial, covers_from, covers_until)
        with self._database.writing() as connection:
            return _import(connection, posts, counters, about, now)

    def listing(
        self, posts: Sequence[ImportedPost], now: datetime
    ) -> Mapping[str, Mapping[str, datetime | None]]:
        source = f"{IMPORT}0"
        found: dict[str, dict[str, datetime | None]] = {}
        with self._database.reading() as connection:
            for (account, key), entry in _merged(connection, posts, source, now).items():
                found.setdefault(account, {})[key] = entry.after[source].stated_at
        return found

    def undo(self, import_id: int, now: datetime) -> ImportSummary | None:
        with self._database.writing() as connection:
            lock(connection, "imports")
            mine = imports.update().where(imports.c.id == import_id, imports.c.undone_at.is_(None))
            if connection.execute(mine.values(undone_at=now)).rowcount != 1:
                return None
            source = f"{IMPORT}{import_id}"
            shown = {a for a, _ in merging.load_shown_by(connection, source)}
            lock_accounts(connection, shown)
            entries = merging.load_shown_by(connection, source)
            for entry in entries.values():
                del entry.after[source]
            changed = sum(bool(e.after) and e.known != e.stored for e in entries.values())
            vanished = sum(not entry.after for entry in entries.values())
            merging.forget(connection, {n: e for n, e in entries.items() if not e.after})
            merging.save(connection, entries)
            gone = connection.execute(
                counters.delete().where(counters.c.provenance == source)
            ).rowcount
            mark(connection, shown)
            return ImportSummary(
                import_id, vanished + gone, len(entries) - vanished - changed, changed
            )

    def listed(self) -> Sequence[ImportRecord]:
        with self._database.reading() as connection:
            return _records(connection)

    def spans(self, account: str) -> Sequence[ImportedSpan]:
        return self._database.once((_spans, account), partial(_spans, account))


def _spans(account: str, connection: Connection) -> Sequence[ImportedSpan]:
    shown = _shown(connection, account)
    mine = [
        one
        for one in (_records(connection) if shown else ())
        if one.id in shown and one.undone_at is None
    ]
    return [_span(one, shown[one.id]) for one in mine if _bounds(one, shown[one.id])]


def exported(connection: Connection, named: Collection[str]) -> dict[str, list[Span]]:
    """Return the stretches of which imports in force hold every post, of the accounts *named*."""
    kept = {one.id: one for one in _records(connection) if one.undone_at is None}
    shown: dict[tuple[str, int], dict[str, datetime | None]] = {}
    account = posts_table.c.account
    for wanted, source, stated_at in _sights() if kept else ():
        bounds = func.min(stated_at), func.max(stated_at)
        each = wanted.with_only_columns(account, source, *bounds).where(account.in_(named))
        for of, number, first, last in connection.execute(each.group_by(account, source)):
            dates = shown.setdefault((of, -number), {})
            dates |= {f"{len(dates)}": first, f"{len(dates) + 1}": last}
    spans: dict[str, list[Span]] = {}
    for (of, number), dates in shown.items():
        if number in kept and _bounds(kept[number], dates):
            spans.setdefault(of, []).extend(covered_by_imports([_span(kept[number], dates)]))
    return spans


@dataclass(frozen=True, slots=True)
class About:
    """What an import says of itself, besides its rows."""

    name: str
    partial: bool = False
    covers_from: datetime | None = None
    covers_until: datetime | None = None

    @property
    def claim(self) -> str:
        """What it claims to hold, where that is not just what its rows show."""
        if not (self.partial or self.covers_from or self.covers_until):
            return ""
        bounds = [utc(at).isoformat() if at else "" for at in (self.covers_from, self.covers_until)]
        return "/".join(("", "partial" if self.partial else "whole", *bounds))


def _would_import(
    connection: Connection,
    rows: Sequence[ImportedPost],
    counted: Sequence[FollowerCount],
    now: datetime,
) -> ImportSummary:
    """Return what importing would do at *now*; writes nothing."""
    return _summary(
        _merged(connection, rows, f"{IMPORT}0", now), _stored(connection, counted), counted
    )


def _import(
    connection: Connection,
    rows: Sequence[ImportedPost],
    counted: Sequence[FollowerCount],
    about: About,
    now: datetime,
) -> ImportSummary:
    """Store an import; the rows of an import that is in force already change nothing."""
    lock(connection, "imports")
    lock_accounts(connection, {row.account for row in rows})
    # The same rows with another claim are another import: they close other gaps.
    digest = digest_of(rows, counted) + about.claim
    before = _same(connection, digest)
    if before is not None:
        return ImportSummary(before, 0, len(rows) + len(counted), 0)
    summary = _would_import(connection, rows, counted, now)
    number = _insert(connection, about, digest, summary, now)
    source = f"{IMPORT}{number}"
    merging.save(connection, _merged(connection, rows, source, now))
    mark(connection, {row.account for row in rows})
    newest = {(c.account, c.day): c for c in counted}
    insert_rows(connection, counters, [_counter_row(c, source) for c in newest.values()])
    return ImportSummary(number, summary.new, summary.known, summary.changed)


def _records(connection: Connection) -> Sequence[ImportRecord]:
    """Return every import, oldest first."""
    rows = connection.execute(select(imports).order_by(imports.c.id))
    return [
        ImportRecord(
            id=row.id,
            name=row.name,
            imported_at=row.imported_at,
            new=row.new,
            known=row.known,
            changed=row.changed,
            partial=row.partial,
            undone_at=row.undone_at,
            covers_from=row.covers_from,
            covers_until=row.covers_until,
        )
        for row in rows
    ]


def _shown(connection: Connection, account: str) -> Shown:
    key = posts_table.c.key
    found: Shown = {}
    for wanted, source, stated_at in _sights():
        mine = wanted.with_only_columns(source, key, stated_at)
        for number, named, at in connection.execute(mine.where(posts_table.c.account == account)):
            found.setdefault(-number, {})[named] = at
    return found


def _sights() -> Iterator[tuple[Select[Any], Any, Any]]:
    """What imports showed: posts, within which it stands, and sightings beside them; of each, where
    the import's number stands, below nought, and the date that it states."""
    kept, beside = posts_table.c, sightings.c
    within = select(kept.id).where(kept.last_seen_at.is_not(None), kept.source < 0)
    yield within, kept.source, kept.stated_at
    joined = select(kept.id).join_from(sightings, posts_table, kept.id == beside.post)
    yield joined.where(beside.source < 0), beside.source, beside.stated_at


def _bounds(one: ImportRecord, shown: Mapping[str, datetime | None]) -> tuple[datetime, ...]:
    dates = [at for at in shown.values() if at is not None]
    return tuple(filter(None, (one.covers_from, one.covers_until, *dates)))


def _span(one: ImportRecord, shown: Mapping[str, datetime | None]) -> ImportedSpan:
    bounds = _bounds(one, shown)
    # An export knows nothing of what was published after it was made.
    start, end = (min(at, one.imported_at) for at in (min(bounds), max(bounds)))
    return ImportedSpan(one.id, one.name, one.imported_at, start, end, shown, one.partial)


def digest_of(rows: Iterable[ImportedPost], counted: Iterable[FollowerCount]) -> str:
    """Return a digest that two imports share if they say the same, in whatever order."""
    said = sorted(json.dumps(one) for one in (*map(_post_said, rows), *map(_count_said, counted)))
    return hashlib.blake2b("\n".join(said).encode(), digest_size=16).hexdigest()


def _post_said(row: ImportedPost) -> list[str | None]:
    post = row.post
    stated = utc(post.stated_at).isoformat() if post.stated_at else None
    said = [row.account, post.key, post.title, post.url, post.kind.value, stated, post.push]
    return [*said, utc(post.stated_until).isoformat()] if post.stated_until else said


def _count_said(row: FollowerCount) -> list[str | int | None]:
    return [row.account, row.day.isoformat(), row.followers, row.posts]


def _same(connection: Connection, digest: str) -> int | None:
    in_force = (imports.c.digest == digest, imports.c.undone_at.is_(None))
    return connection.scalar(select(imports.c.id).where(*in_force).limit(1))


def _insert(
    connection: Connection, about: About, digest: str, summary: ImportSummary, now: datetime
) -> int:
    row = {
        **asdict(about),
        "digest": digest,
        "imported_at": now,
        "new": summary.new,
        "known": summary.known,
        "changed": summary.changed,
    }
    made: int = connection.execute(imports.insert().returning(imports.c.id), [row]).scalar_one()
    return made


def _merged(
    connection: Connection, rows: Sequence[ImportedPost], source: str, now: datetime
) -> dict[Name, Entry]:
    rows = [row for some in _by_account(rows).values() for row in _found(connection, some)]
    entries = merging.load(connection, ((row.account, storable(row.post.key)) for row in rows))
    for row in rows:
        entry = entries.setdefault((row.account, storable(row.post.key)), Entry())
        # As on a first reading: a row without a date, or with a coming one, proves no post now.
        entry.add(seen(row.post, source, now, first=True))
        entry.marks.update(map(storable, row.post.marks))
    return entries


def _by_account(rows: Iterable[ImportedPost]) -> dict[str, list[ImportedPost]]:
    found: dict[str, list[ImportedPost]] = {}
    for row in rows:
        found.setdefault(row.account, []).append(row)
    return found


def _found(connection: Connection, rows: Sequence[ImportedPost]) -> list[ImportedPost]:
    """*rows* of one account under the keys of the posts that they are, where those are known."""
    wanted = [mark for row in rows for mark in marks_of(row.post)]
    known = merging.bearing(connection, rows[0].account, wanted)
    return [
        replace(row, post=identified([row.post], known).posts[0])
        if row.post.key in marks_of(row.post)  # else it was matched to a post already
        else row
        for row in rows
    ]


def _summary(
    entries: Mapping[Name, Entry], stored: Mapping[Day, set[Any]], counted: Sequence[FollowerCount]
) -> ImportSummary:
    new = sum(entry.id is None for entry in entries.values())
    changed = sum(e.stored is not None and e.known != e.stored for e in entries.values())
    days = {(c.account, c.day): (c.followers, c.posts) for c in counted}
    new_days = sum(day not in stored for day in days)
    other_days = sum(day in stored and said not in stored[day] for day, said in days.items())
    known = len(entries) + len(days) - new - changed - new_days - other_days
    return ImportSummary(None, new + new_days, known, changed + other_days)


def _stored(connection: Connection, counted: Sequence[FollowerCount]) -> dict[Day, set[Any]]:
    """Return what is stored of the accounts' days already, by account and day."""
    found: dict[Day, set[Any]] = {}
    for some in chunks(c.account for c in counted):
        for row in connection.execute(select(counters).where(counters.c.account.in_(some))):
            found.setdefault((row.account, row.day), set()).add((row.followers, row.posts))
    return found


def _counter_row(counter: FollowerCount, provenance: str) -> dict[str, Any]:
    return {
        "account": counter.account,
        "day": counter.day,
        "provenance": provenance,
        "followers": counter.followers,
        "posts": counter.posts,
        "exact": counter.exact,
    }
