"""Imports: rows with a provenance, that can be taken back as if they had never been there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from monitor.ledger.records import (
    IMPORT,
    Counter,
    ImportedPost,
    ImportedSpan,
    ImportRecord,
    ImportSummary,
)
from monitor.store import posts
from monitor.store.accounts import lock_accounts
from monitor.store.engine import lock
from monitor.store.posts import Entry, Name
from monitor.store.rows import chunks, insert_rows
from monitor.store.schema import counters, imports, sightings
from monitor.store.schema import posts as posts_table
from monitor.store.sighting import seen
from monitor.store.types import storable, utc

Day = tuple[str, date]  # account, day
COUNTER = tuple(Counter.__dataclass_fields__)
Shown = dict[int, dict[str, datetime | None]]  # by import: the keys it lists, with their dates


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


def would_import(
    connection: Connection, rows: Sequence[ImportedPost], counted: Sequence[Counter], now: datetime
) -> ImportSummary:
    """Return what importing would do at *now*; writes nothing."""
    return _summary(
        _merged(connection, rows, f"{IMPORT}0", now), _stored(connection, counted), counted
    )


def do_import(
    connection: Connection,
    rows: Sequence[ImportedPost],
    counted: Sequence[Counter],
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
    summary = would_import(connection, rows, counted, now)
    number = _insert(connection, about, digest, summary, now)
    source = f"{IMPORT}{number}"
    posts.save(connection, _merged(connection, rows, source, now))
    newest = {(c.account, c.day): c for c in counted}
    insert_rows(connection, counters, [_counter_row(c, source) for c in newest.values()])
    return ImportSummary(number, summary.new, summary.known, summary.changed)


def undo(connection: Connection, number: int, now: datetime) -> ImportSummary | None:
    """Take an import back; return what vanished, changed back and stays, or None."""
    lock(connection, "imports")
    mine = imports.update().where(imports.c.id == number, imports.c.undone_at.is_(None))
    if connection.execute(mine.values(undone_at=now)).rowcount != 1:
        return None
    source = f"{IMPORT}{number}"
    lock_accounts(connection, {a for a, _ in posts.load_shown_by(connection, source)})
    entries = posts.load_shown_by(connection, source)
    for entry in entries.values():
        del entry.after[source]
    changed = sum(bool(e.after) and e.known != e.stored for e in entries.values())
    vanished = sum(not entry.after for entry in entries.values())
    posts.forget_source(connection, source, list(entries.values()))
    posts.save(connection, entries)
    gone = connection.execute(counters.delete().where(counters.c.provenance == source)).rowcount
    return ImportSummary(number, vanished + gone, len(entries) - vanished - changed, changed)


def records(connection: Connection) -> Sequence[ImportRecord]:
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


def spans(connection: Connection, account: str) -> Sequence[ImportedSpan]:
    """Return what imports in force hold of *account*, the oldest import first."""
    shown = _shown(connection, account)
    mine = [one for one in records(connection) if one.id in shown and one.undone_at is None]
    return [_span(one, shown[one.id]) for one in mine if _bounds(one, shown[one.id])]


def _shown(connection: Connection, account: str) -> Shown:
    rows = connection.execute(
        select(sightings.c.source, posts_table.c.key, sightings.c.stated_at)
        .join(posts_table, posts_table.c.id == sightings.c.post)
        .where(posts_table.c.account == account, sightings.c.source.startswith(IMPORT))
    )
    found: Shown = {}
    for row in rows:
        found.setdefault(int(row.source.removeprefix(IMPORT)), {})[row.key] = row.stated_at
    return found


def _bounds(one: ImportRecord, shown: Mapping[str, datetime | None]) -> tuple[datetime, ...]:
    dates = [at for at in shown.values() if at is not None]
    return tuple(filter(None, (one.covers_from, one.covers_until, *dates)))


def _span(one: ImportRecord, shown: Mapping[str, datetime | None]) -> ImportedSpan:
    bounds = _bounds(one, shown)
    # An export knows nothing of what was published after it was made.
    start, end = (min(at, one.imported_at) for at in (min(bounds), max(bounds)))
    return ImportedSpan(
        one.id, one.name, one.imported_at, start, end, frozenset(shown), one.partial
    )


def counters_of(
    connection: Connection, account: str, since: date, until: date
) -> Sequence[Counter]:
    """Return the account's counters of the days in [since, until), oldest first."""
    rows = connection.execute(
        select(counters)
        .where(counters.c.account == account, counters.c.day >= since, counters.c.day < until)
        .order_by(counters.c.day, counters.c.provenance)
    )
    return [_counter(row) for row in rows]


def counters_by_account(
    connection: Connection, since: date, until: date
) -> dict[str, list[Counter]]:
    """Return the counters of the days in [since, until), by account, the newest first."""
    found: dict[str, list[Counter]] = {}
    rows = connection.execute(
        select(counters)
        .where(counters.c.day >= since, counters.c.day < until)
        .order_by(counters.c.day.desc(), counters.c.provenance.desc())
    )
    for row in rows:
        found.setdefault(row.account, []).append(_counter(row))
    return found


def _counter(row: Row[Any]) -> Counter:
    return Counter(**{name: getattr(row, name) for name in COUNTER})


def digest_of(rows: Iterable[ImportedPost], counted: Iterable[Counter]) -> str:
    """Return what tells whether two imports say the same, in whatever order."""
    said = sorted(json.dumps(one) for one in (*map(_post_said, rows), *map(_count_said, counted)))
    return hashlib.blake2b("\n".join(said).encode(), digest_size=16).hexdigest()


def _post_said(row: ImportedPost) -> list[str | None]:
    post = row.post
    stated = utc(post.stated_at).isoformat() if post.stated_at else None
    return [row.account, post.key, post.title, post.url, post.kind.value, stated, post.push]


def _count_said(row: Counter) -> list[str | int | None]:
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
    entries = posts.load(connection, ((row.account, storable(row.post.key)) for row in rows))
    for row in rows:
        entry = entries.setdefault((row.account, storable(row.post.key)), Entry())
        # As on a first reading: a row without a date, or with a coming one, proves no post now.
        entry.add(seen(row.post, source, now, first=True))
    return entries


def _summary(
    entries: Mapping[Name, Entry], stored: Mapping[Day, set[Any]], counted: Sequence[Counter]
) -> ImportSummary:
    new = sum(entry.id is None for entry in entries.values())
    changed = sum(e.stored is not None and e.known != e.stored for e in entries.values())
    days = {(c.account, c.day): (c.followers, c.posts) for c in counted}
    new_days = sum(day not in stored for day in days)
    other_days = sum(day in stored and said not in stored[day] for day, said in days.items())
    known = len(entries) + len(days) - new - changed - new_days - other_days
    return ImportSummary(None, new + new_days, known, changed + other_days)


def _stored(connection: Connection, counted: Sequence[Counter]) -> dict[Day, set[Any]]:
    """Return what is stored of the accounts' days already, by account and day."""
    found: dict[Day, set[Any]] = {}
    for some in chunks(c.account for c in counted):
        for row in connection.execute(select(counters).where(counters.c.account.in_(some))):
            found.setdefault((row.account, row.day), set()).add((row.followers, row.posts))
    return found


def _counter_row(counter: Counter, provenance: str) -> dict[str, Any]:
    return {
        "account": counter.account,
        "day": counter.day,
        "provenance": provenance,
        "followers": counter.followers,
        "posts": counter.posts,
        "exact": counter.exact,
    }
