"""Posts and their sightings, merged: what is stored, what a batch adds, what comes of it.

How sightings add up is decided in `sighting.py`; this file only brings rows there and back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, select

from monitor.store import sighting as sightings_of
from monitor.store.rows import chunks, columns_of, insert_missing, insert_rows, update_rows
from monitor.store.schema import marks, posts, sightings
from monitor.store.sighting import Known, Sighting
from monitor.store.types import storable

Name = tuple[str, str]  # account, key
Showing = tuple[str, str, str]  # account, key, source
KNOWN = tuple(Known.__dataclass_fields__)
SIGHTING = tuple(Sighting.__dataclass_fields__)
MOST_MARKS = 16  # a post whose marks are made anew at each visit is found by the others

# Kept ready: they are asked for every window that shows something new.
_OTHER = marks.alias("other")
_ANY = select(posts.c.id).where(posts.c.account == bindparam("account")).limit(1)
_BEARING = (
    select(posts.c.key, _OTHER.c.mark)
    .select_from(marks)
    .join(posts, posts.c.id == marks.c.post)
    .join(_OTHER, _OTHER.c.post == posts.c.id)
    .where(marks.c.mark.in_(bindparam("wanted", expanding=True)))
    .where(posts.c.account == bindparam("account"))
)


@dataclass(slots=True)
class Entry:
    """One post while a batch is merged: as stored, and as it becomes."""

    id: int | None = None
    stored: Known | None = None
    before: dict[str, Sighting] = field(default_factory=dict)
    after: dict[str, Sighting] = field(default_factory=dict)
    marks: set[str] = field(default_factory=set)

    def add(self, seen: Sighting) -> None:
        """Merge one more sighting. By a clock that is behind a date that was past becomes one
        ahead: that is no earlier sight."""
        old = self.after.get(seen.source)
        if old is not None and sightings_of.behind(seen, old):
            seen = replace(seen, first_seen_at=old.first_seen_at)
        self.after[seen.source] = seen if old is None else sightings_of.merged(old, seen)

    def delete(self, source: str, at: datetime) -> None:
        """Note that *source* has lost the post, if it ever showed it."""
        old = self.after.get(source)
        if old is not None:
            newest = max(filter(None, (old.deleted_at, at)))
            self.after[source] = replace(old, deleted_at=newest)

    @property
    def known(self) -> Known:
        """What the post comes to."""
        return sightings_of.known(self.after.values())


def load(connection: Connection, names: Iterable[Name]) -> dict[Name, Entry]:
    """Return the posts of these names that are known, by name."""
    wanted = set(names)
    entries: dict[Name, Entry] = {}
    for keys in chunks((key for _, key in wanted), 1000):
        for row in connection.execute(_with_sightings().where(posts.c.key.in_(keys))):
            if (row.account, row.key) in wanted:
                _collect(entries, row)
    return entries


def load_shown_by(connection: Connection, source: str) -> dict[Name, Entry]:
    """Return every post that *source* ever showed, with all its sightings, by name."""
    entries: dict[Name, Entry] = {}
    shown = select(sightings.c.post).where(sightings.c.source == source)
    for row in connection.execute(_with_sightings().where(posts.c.id.in_(shown))):
        _collect(entries, row)
    return entries


def load_account(connection: Connection, account: str) -> dict[Name, Entry]:
    """Return every post of *account*, with all its sightings, by name."""
    return load_where(connection, posts.c.account == account)


def load_where(connection: Connection, *wanted: ColumnElement[bool]) -> dict[Name, Entry]:
    """Return the posts of which all of *wanted* is true, with all their sightings, by name."""
    entries: dict[Name, Entry] = {}
    for row in connection.execute(_with_sightings().where(*wanted)):
        _collect(entries, row)
    return entries


def seen_again(
    connection: Connection, showings: Mapping[Showing, tuple[str, datetime]]
) -> set[Showing]:
    """Note which of *showings* say what was said the last time, and return them.

    *showings*: what a source says of a post (a digest), and when, by post and source. Nothing
    but the time of the last sighting can follow from such a one; so most of a window is
    spared the whole way through `load` and `save`.
    """
    same: dict[Showing, dict[str, Any]] = {}
    for keys in chunks((key for _, key, _ in showings), 1000):
        for number, account, key, source, said, last_seen_at in connection.execute(
            select(
                posts.c.id,
                posts.c.account,
                posts.c.key,
                sightings.c.source,
                sightings.c.said,
                sightings.c.last_seen_at,
            )
            .join(sightings, sightings.c.post == posts.c.id)
            .where(posts.c.key.in_(keys), posts.c.deleted_at.is_(None))
        ):
            digest, at = showings.get((account, key, source), (None, last_seen_at))
            if digest == said and at >= last_seen_at:
                same[account, key, source] = {
                    "post": number,
                    "source": source,
                    "last_seen_at": at,
                }
    update_rows(connection, sightings, list(same.values()))
    return set(same)


def save(connection: Connection, entries: Mapping[Name, Entry]) -> None:
    """Store what became of *entries*; what is as it was is not written."""
    _insert_posts(connection, entries)
    _save_marks(connection, entries)
    _save_sightings(connection, entries.values())
    changed = [
        {"id": entry.id, **columns_of(entry.known)}
        for entry in entries.values()
        if entry.stored is not None and entry.after and entry.known != entry.stored
    ]
    update_rows(connection, posts, changed)


def forget_source(connection: Connection, source: str, entries: Collection[Entry]) -> None:
    """Remove what *source* showed; posts of *entries* that nobody else knows vanish."""
    connection.execute(sightings.delete().where(sightings.c.source == source))
    for ids in chunks(entry.id for entry in entries if not entry.after):
        connection.execute(marks.delete().where(marks.c.post.in_(ids)))
        connection.execute(posts.delete().where(posts.c.id.in_(ids)))


def _with_sightings() -> Any:
    columns = (
        *(posts.c[name] for name in ("id", "account", "key", *KNOWN)),
        *(sightings.c[name].label(f"seen_{name}") for name in SIGHTING),
    )
    return select(*columns).join(sightings, sightings.c.post == posts.c.id)


def _collect(entries: dict[Name, Entry], row: Row[Any]) -> None:
    # By position: it is done for every item of every window, and names cost three times that.
    values = tuple(row)
    (number, account, key), rest = values[:3], values[3:]
    entry = entries.setdefault((account, key), Entry())
    if entry.stored is None:
        entry.id, entry.stored = number, Known(*rest[: len(KNOWN)])
    shown = Sighting(*rest[len(KNOWN) :])
    entry.before[shown.source] = entry.after[shown.source] = shown


def _insert_posts(connection: Connection, entries: Mapping[Name, Entry]) -> None:
    new = [(name, entry) for name, entry in entries.items() if entry.id is None and entry.after]
    if not new:
        return
    rows = [
        {"account": account, "key": key, **columns_of(entry.known)} for (account, key), entry in new
    ]
    insert_rows(connection, posts, rows)
    numbers = _numbers(connection, [name for name, _ in new])
    for name, entry in new:
        entry.id = numbers[name]


def bearing(
    connection: Connection, account: str, wanted: Iterable[str]
) -> dict[str, frozenset[str]]:
    """Return all marks of the account's posts that bear any of the *wanted* ones, by key."""
    found: dict[str, set[str]] = {}
    if connection.execute(_ANY, {"account": account}).first() is None:
        return {}
    for some in chunks(map(storable, wanted)):
        for key, mark in connection.execute(_BEARING, {"account": account, "wanted": some}):
            found.setdefault(key, set()).add(mark)
    return {key: frozenset(borne) for key, borne in found.items()}


def _save_marks(connection: Connection, entries: Mapping[Name, Entry]) -> None:
    """Keep the marks that posts were not yet seen with; a new post's key is one of them."""
    kept = {e.id: e for e in entries.values() if e.stored is not None and e.marks}
    known: dict[int | None, set[str]] = {}
    for ids in chunks(kept):
        for number, mark in connection.execute(
            select(marks.c.post, marks.c.mark).where(marks.c.post.in_(ids))
        ):
            known.setdefault(number, set()).add(mark)
    rows = []
    for (_, key), entry in entries.items():
        if entry.id is None:
            continue
        borne = known.get(entry.id, set())
        wanted = entry.marks if entry.stored is not None else {key, *entry.marks}
        more = sorted(wanted - borne)[: max(MOST_MARKS - len(borne), 0)]
        rows += [{"mark": mark, "post": entry.id} for mark in more]
    insert_missing(connection, marks, rows)


def _numbers(connection: Connection, names: Sequence[Name]) -> dict[Name, int]:
    """Return the ids of posts that are stored, by name."""
    return {
        (row.account, row.key): row.id
        for keys in chunks((key for _, key in names), 1000)
        for row in connection.execute(
            select(posts.c.id, posts.c.account, posts.c.key).where(posts.c.key.in_(keys))
        )
    }


def _save_sightings(connection: Connection, entries: Iterable[Entry]) -> None:
    new, seen_again, changed = [], [], []
    for entry in entries:
        for source, after in entry.after.items():
            before = entry.before.get(source)
            if before is None:
                new.append({"post": entry.id, **columns_of(after)})
            elif replace(before, last_seen_at=after.last_seen_at) != after:
                changed.append({"post": entry.id, **columns_of(after)})
            elif before.last_seen_at != after.last_seen_at:
                seen_again.append(
                    {"post": entry.id, "source": source, "last_seen_at": after.last_seen_at}
                )
    insert_rows(connection, sightings, new)
    update_rows(connection, sightings, seen_again)
    update_rows(connection, sightings, changed)
