"""Imports: rows with a provenance, that can be taken back as if they had never been there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from monitor.store import posts
from monitor.store.accounts import lock_accounts
from monitor.store.base import Counter, ImportedPost, ImportRecord, ImportSummary
from monitor.store.engine import lock
from monitor.store.posts import Entry, Name
from monitor.store.rows import chunks, insert_rows
from monitor.store.schema import counters, imports
from monitor.store.sighting import IMPORT, seen
from monitor.store.types import storable, utc

Day = tuple[str, date]  # account, day
COUNTER = tuple(Counter.__dataclass_fields__)


def would_import(
    connection: Connection, rows: Sequence[ImportedPost], counted: Sequence[Counter], now: datetime
) -> ImportSummary:
    """Return what importing would do at *now*; writes nothing."""
    return _summary(_merged(connection, rows, f"{IMPORT}0", now), _stored(connection, counted),
                    counted)  # fmt: skip


def do_import(
    connection: Connection,
    rows: Sequence[ImportedPost],
    counted: Sequence[Counter],
    name: str,
    now: datetime,
    partial: bool,
) -> ImportSummary:
    """Store an import; the rows of an import that is in force already change nothing."""
    lock(connection, "imports")
    lock_accounts(connection, {row.account for row in rows})
    digest = digest_of(rows, counted)
    before = _same(connection, digest)
    if before is not None:
        return ImportSummary(before, 0, len(rows) + len(counted), 0)
    summary = would_import(connection, rows, counted, now)
    number = _insert(connection, name, digest, partial, summary, now)
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
        )
        for row in rows
    ]


def counters_of(
    connection: Connection, account: str, since: date, until: date
) -> Sequence[Counter]:
    """Return the account's counters of the days in [since, until), oldest first."""
    rows = connection.execute(
        select(counters)
        .where(counters.c.account == account, counters.c.day >= since, counters.c.day < until)
        .order_by(counters.c.day, counters.c.provenance)
    )
    return [Counter(**{name: getattr(row, name) for name in COUNTER}) for row in rows]


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
    connection: Connection,
    name: str,
    digest: str,
    partial: bool,
    summary: ImportSummary,
    now: datetime,
) -> int:
    row = {
        "name": name,
        "digest": digest,
        "partial": partial,
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
