"""What a batch of readings shows, merged into the posts that are known.

Nearly all of it is either new, and shown by one source alone, or said again: neither has to go
the whole way through `merging`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from monitor.model import SeenPost
from monitor.store import merging, packing
from monitor.store.again import Last, Said, last_said, note_again, without_posts
from monitor.store.merging import Entry, Name
from monitor.store.naming import Numbers
from monitor.store.protocols.ledger import Recorded
from monitor.store.sighting import digest, seen
from monitor.store.types import storable


class Showing(NamedTuple):
    """One post that a reading shows, or, without one, a post that it knows to be deleted."""

    name: Name
    source: str
    at: datetime
    first: bool
    post: SeenPost | None


def merge_posts(
    connection: Connection, batch: Sequence[Recorded], numbers: Numbers
) -> Mapping[str, int]:
    """Store what the readings of *batch*, oldest first, show; return how many posts were new, by
    source. *numbers*: those of the sources."""
    shown = list(_showings(batch))
    if not shown:
        return {}
    bare = without_posts(connection, {one.name[0] for one in shown if one.first})
    last = last_said(connection, {one.name for one in shown if one.name[0] not in bare})
    times = Counter([one.name for one in shown])
    new, again, others = list[Showing](), list[tuple[Said, int, datetime]](), list[Showing]()
    for one in shown:
        if one.name not in last and times[one.name] == 1:
            new.append(one)
        elif said := _as_before(one, last, times, numbers):
            again.append((said, numbers[one.source], one.at))
        else:
            others.append(one)
    note_again(connection, again)
    fresh = Counter(_merged(connection, others, last, numbers))
    return fresh + Counter(_added(connection, new, numbers))


def _showings(batch: Iterable[Recorded]) -> Iterable[Showing]:
    for one in batch:
        made, first = one.reading, one.first
        account, source, at = made.account, made.source, made.started_at
        for post in one.posts:
            yield Showing((account, storable(post.key)), source, at, first, post)
        for key in one.deleted:
            yield Showing((account, storable(key)), source, at, first, None)


def _as_before(
    one: Showing, last: Last, times: Mapping[Name, int], numbers: Numbers
) -> Said | None:
    """What the source said the last time, if it says the same and nobody else speaks of it."""
    number = numbers.get(one.source)
    said = last.get(one.name, {}).get(number) if number is not None else None
    if said is None or one.post is None or times[one.name] > 1:
        return None
    return said if said.holds(digest(one.post), one.at) else None


def _added(connection: Connection, new: Sequence[Showing], numbers: Numbers) -> Iterable[str]:
    """Add posts that nothing is known of; yield the source of each."""
    shown = [
        (one.source, (one.name, _row(one.post, one, numbers), one.post.marks))
        for one in new
        if one.post is not None
    ]
    merging.add(connection, [one for _, one in shown])
    return [source for source, _ in shown]


def _row(post: SeenPost, one: Showing, numbers: Numbers) -> packing.Row:
    return packing.first_row(post, numbers.get(one.source), one.at, one.first)


def _merged(
    connection: Connection, shown: Sequence[Showing], last: Last, numbers: Numbers
) -> Iterable[str]:
    """Merge what is known already, or shown several times; yield the source of each new post."""
    entries = merging.load(connection, {one.name for one in shown} & last.keys())
    for one in shown:
        entry = entries.get(one.name)
        if one.post is None:
            if entry is not None:
                entry.delete(one.source, one.at)
            continue
        if entry is None:
            entry = entries[one.name] = Entry()
            yield one.source
        entry.add(seen(one.post, one.source, one.at, one.first))
        entry.marks.update(map(storable, one.post.marks))
    merging.save(connection, entries, numbers)
