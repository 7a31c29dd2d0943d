"""Posts and their sightings, merged: what is stored, what a batch adds, what comes of it.

How sightings add up is decided in `sighting.py`, how they stand in rows in `packing.py`; this file
only brings rows there and back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, select, union_all

from monitor.store import articles, packing
from monitor.store import sighting as sightings_of
from monitor.store.articles import Article
from monitor.store.counting import Place, count, place, place_of
from monitor.store.naming import Numbers, name_of, numbers_of
from monitor.store.packing import WITHIN, mark_digest
from monitor.store.rows import (
    chunks,
    delete_rows,
    insert_missing,
    insert_rows,
    new_ids,
    update_rows,
)
from monitor.store.schema import marks, posts, sightings
from monitor.store.sighting import Known, Sighting
from monitor.store.types import storable

Name = tuple[str, str]  # account, key
KNOWN = tuple(Known.__dataclass_fields__)
SIGHTING = tuple(Sighting.__dataclass_fields__)
HEAD = ("id", "account", "key", "marks")
MOST_MARKS = 16  # a post whose marks are made anew at each visit is found by the others
MANY_KEYS = 1000  # of one IN list

# Kept ready: they are asked for every window that shows something new.
_KEYS: Any = bindparam("keys", expanding=True)
_MINE = posts.c.account == bindparam("account")
_ANY = select(posts.c.id).where(_MINE).limit(1)
_BEARING = select(posts.c.key, posts.c.marks).where(
    _MINE,
    posts.c.id.in_(
        union_all(
            select(posts.c.id).where(posts.c.key.in_(_KEYS), _MINE),
            select(marks.c.post).where(marks.c.digest.in_(bindparam("digests", expanding=True))),
        )
    ),
)


@dataclass(slots=True)
class Entry:
    """One post while a batch is merged: as stored, and as it becomes. *borne*: the marks that it is
    stored with; *marks*: those with which it was seen."""

    id: int | None = None
    stored: Known | None = None
    before: dict[str, Sighting] = field(default_factory=dict)
    after: dict[str, Sighting] = field(default_factory=dict)
    marks: set[str] = field(default_factory=set)
    borne: frozenset[str] = frozenset()

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
    for keys in chunks((key for _, key in wanted), MANY_KEYS):
        for row in connection.execute(_of_keys(), {"keys": keys}):
            if (row.account, row.key) in wanted:
                _collect(entries, row)
    return entries


def load_shown_by(connection: Connection, source: str) -> dict[Name, Entry]:
    """Return every post that the import *source* ever showed, with all its sightings, by name."""
    number = numbers_of(connection, [source])[source]
    ids = union_all(
        select(sightings.c.post).where(sightings.c.source < 0, sightings.c.source == number),
        select(posts.c.id).where(posts.c.source < 0, posts.c.source == number),
    )
    return load_where(connection, posts.c.id.in_(ids))


def load_account(connection: Connection, account: str) -> dict[Name, Entry]:
    """Return every post of *account*, with all its sightings, by name."""
    return load_where(connection, posts.c.account == account)


def load_where(connection: Connection, *wanted: ColumnElement[bool]) -> dict[Name, Entry]:
    """Return the posts of which all of *wanted* is true, with all their sightings, by name."""
    entries: dict[Name, Entry] = {}
    for row in connection.execute(_with_sightings().where(*wanted)):
        _collect(entries, row)
    return entries


def bearing(
    connection: Connection, account: str, wanted: Iterable[str]
) -> dict[str, frozenset[str]]:
    """Return all marks of the account's posts that bear any of the *wanted* ones, by key."""
    found: dict[str, frozenset[str]] = {}
    if connection.execute(_ANY, {"account": account}).first() is None:
        return {}
    for some in chunks(map(storable, wanted)):
        digests = [mark_digest(account, mark) for mark in some]
        asked = {"account": account, "keys": some, "digests": digests}
        for key, text in connection.execute(_BEARING, asked):
            borne = packing.marks_of(key, text)
            if not borne.isdisjoint(some):
                found[key] = borne
    return found


def save(
    connection: Connection, entries: Mapping[Name, Entry], numbers: Numbers | None = None
) -> None:
    """Store what became of *entries*; what is as it was is not written. *numbers*: those of sources
    that are known."""
    changes = [_change(name, entry) for name, entry in entries.items() if entry.after]
    sources = {source for one in changes for source in (*one.entry.after, *one.entry.before)}
    known = numbers or {}
    numbers = {**known, **numbers_of(connection, sources - known.keys())}
    _insert_posts(connection, [one for one in changes if one.entry.stored is None], numbers)
    changed = [one for one in changes if one.entry.stored is not None and one.row != one.former]
    update_rows(
        connection, posts, [{"id": one.entry.id, **_numbered(one.row, numbers)} for one in changed]
    )
    insert_missing(connection, marks, [row for one in changes for row in _mark_rows(one)])
    _save_sightings(connection, changes, numbers)
    moved = [one for one in changes if one.known != one.entry.stored]
    articles.keep(
        connection,
        [articles.article(one.name, one.known) for one in moved],
        [articles.article(one.name, one.entry.stored) for one in moved],
    )
    count(
        connection,
        [place_of(one.name[0], one.known) for one in changes],
        [place_of(one.name[0], one.entry.stored) for one in changes],
    )


def add(connection: Connection, new: Sequence[tuple[Name, packing.Row, Collection[str]]]) -> None:
    """Store posts of which nothing is known: by name, with the row of each and its marks."""
    rows, borne, places = list[packing.Row](), list[packing.Row](), list[Place | None]()
    found = list[Article | None]()
    ids = new_ids(connection, posts, len(new))
    for number, ((account, key), row, shown) in zip(ids, new, strict=True):
        marks_of = sorted({*map(storable, shown)} - {key})[: MOST_MARKS - 1]
        text = packing.marks_text(key, marks_of)
        rows.append({"id": number, "account": account, "key": key, "marks": text, **row})
        borne += [{"digest": mark_digest(account, m), "post": number} for m in marks_of]
        places.append(place(account, row["published_at"], row["dating"], row["kind"]))
        found.append(articles.article_of((account, key), row))
    insert_rows(connection, posts, rows)
    insert_missing(connection, marks, borne)
    articles.keep(connection, found)
    count(connection, places)


def forget(connection: Connection, entries: Mapping[Name, Entry]) -> None:
    """Remove the posts of *entries* with all that is kept of them."""
    delete_rows(
        connection,
        marks,
        [
            {"digest": mark_digest(account, mark), "post": entry.id}
            for (account, key), entry in entries.items()
            for mark in entry.borne - {key}
        ],
    )
    count(connection, (), [place_of(account, e.stored) for (account, _), e in entries.items()])
    for ids in chunks(entry.id for entry in entries.values()):
        connection.execute(sightings.delete().where(sightings.c.post.in_(ids)))
        connection.execute(posts.delete().where(posts.c.id.in_(ids)))
    articles.keep(connection, (), [articles.article(n, e.stored) for n, e in entries.items()])


@cache
def _with_sightings() -> Any:
    columns: list[Any] = [posts.c[name] for name in HEAD]
    columns += [_named(posts.c[name]) for name in KNOWN]
    columns += [posts.c[name].label(f"within_{name}") for name in WITHIN]
    columns += [_named(sightings.c[name]).label(f"seen_{name}") for name in SIGHTING]
    return select(*columns).outerjoin(sightings, sightings.c.post == posts.c.id)


@cache
def _of_keys() -> Any:
    return _with_sightings().where(posts.c.key.in_(_KEYS))


def _named(column: Any) -> Any:
    return name_of(column).label("source") if column.name == "source" else column


def _collect(entries: dict[Name, Entry], row: Row[Any]) -> None:
    # By position: it is done for every item of every window, and names cost three times that.
    values = tuple(row)
    (number, account, key, text), rest = values[:4], values[4:]
    within, own = rest[len(KNOWN) : -len(SIGHTING)], rest[-len(SIGHTING) :]
    if own[0] is None and within[0] is None:
        return  # somebody took its sighting away by hand
    entry = entries.setdefault((account, key), Entry())
    if entry.stored is None:
        entry.id, entry.stored = number, Known(*rest[: len(KNOWN)])
        entry.borne = packing.marks_of(key, text)
    if own[0] is None:
        shown = packing.unpacked_within(entry.stored, within)
    else:
        shown = packing.unpacked(entry.stored, own)
    entry.before[shown.source] = entry.after[shown.source] = shown


@dataclass(frozen=True, slots=True)
class _Change:
    """A post with its row as it becomes, the *former* one, and the marks that it gains."""

    name: Name
    entry: Entry
    known: Known
    row: Mapping[str, Any]
    former: Mapping[str, Any] | None
    gained: Sequence[str]


def _change(name: Name, entry: Entry) -> _Change:
    key, known = name[1], entry.known
    borne = entry.borne or {key}
    gained = sorted(entry.marks - borne)[: max(MOST_MARKS - len(borne), 0)]
    row = packing.post_row(known, entry.after)
    row["marks"] = packing.marks_text(key, {*borne, *gained})
    former = None
    if entry.stored is not None:
        former = packing.post_row(entry.stored, entry.before)
        former["marks"] = packing.marks_text(key, borne)
    return _Change(name, entry, known, row, former, gained)


def _numbered(row: Mapping[str, Any], numbers: Numbers) -> dict[str, Any]:
    return {**row, "source": numbers.get(row["source"])}


def _insert_posts(connection: Connection, new: Sequence[_Change], numbers: Numbers) -> None:
    rows = []
    for one, number in zip(new, new_ids(connection, posts, len(new)), strict=True):
        one.entry.id = number
        account, key = one.name
        named = {"id": number, "account": account, "key": key}
        rows.append(named | _numbered(one.row, numbers))
    insert_rows(connection, posts, rows)


def _mark_rows(one: _Change) -> Iterator[dict[str, Any]]:
    for mark in one.gained:
        yield {"digest": mark_digest(one.name[0], mark), "post": one.entry.id}


def _save_sightings(connection: Connection, changes: Iterable[_Change], numbers: Numbers) -> None:
    new, changed, gone = list[dict[str, Any]](), list[dict[str, Any]](), list[dict[str, Any]]()
    for one in changes:
        entry = one.entry
        after = packing.sighting_rows(one.known, entry.after)
        before = packing.sighting_rows(entry.stored, entry.before) if entry.stored else {}
        for source, row in after.items():
            if row != before.get(source):
                place = changed if source in before else new
                place.append({"post": entry.id, **_numbered(row, numbers)})
        gone += [{"post": entry.id, "source": numbers[s]} for s in before.keys() - after.keys()]
    insert_rows(connection, sightings, new)
    update_rows(connection, sightings, changed)
    delete_rows(connection, sightings, gone)
