"""What was said of posts the last time, so that most of a window need not be gone into."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, exists, select

from monitor.store.merging import MANY_KEYS, Name
from monitor.store.rows import chunks, update_rows
from monitor.store.schema import accounts, posts, sightings

KEYS: Any = bindparam("keys", expanding=True)
WITHIN = (posts.c.source, posts.c.said, posts.c.last_seen_at)
BESIDE = (sightings.c.source, sightings.c.said, sightings.c.last_seen_at)
LAST_SAID = (
    select(posts.c.account, posts.c.key, posts.c.id, posts.c.deleted_at, *WITHIN, *BESIDE)
    .outerjoin(sightings, sightings.c.post == posts.c.id)
    .where(posts.c.key.in_(KEYS))
)
WITHOUT_POSTS = select(accounts.c.id).where(
    accounts.c.id.in_(bindparam("those", expanding=True)),
    ~exists().where(posts.c.account == accounts.c.id),
)


class Said(NamedTuple):
    """What a source last said of a post, as a digest, and when. *within*: its sighting stands in
    the post's row. *lost*: the post is held to be deleted."""

    post: int
    within: bool
    said: bytes
    last_seen_at: datetime | None
    lost: bool

    def holds(self, digest: bytes, at: datetime) -> bool:
        """Return whether nothing but the time of the last sight follows from a showing of it."""
        known = self.last_seen_at is not None and at >= self.last_seen_at
        return known and digest == self.said and not self.lost


Last = Mapping[Name, Mapping[int, Said]]  # by post, and by the number of the source


def last_said(connection: Connection, names: Collection[Name]) -> Last:
    """Return what sources said last of those posts of *names* that are known."""
    found: dict[Name, dict[int, Said]] = {}
    for keys in chunks((key for _, key in names), MANY_KEYS):
        for row in connection.execute(LAST_SAID, {"keys": keys}):
            account, key, post, deleted_at, *rest = row
            if (account, key) in names:
                within = rest[3] is None
                number, said, last = rest[:3] if within else rest[3:]
                one = Said(post, within, said, last, deleted_at is not None)
                found.setdefault((account, key), {})[number] = one
    return found


def note_again(connection: Connection, seen: Collection[tuple[Said, int, datetime]]) -> None:
    """Note that sources, by their numbers, have shown posts at an instant as before."""
    within = [{"id": said.post, "last_seen_at": at} for said, _, at in seen if said.within]
    beside = [
        {"post": said.post, "source": number, "last_seen_at": at}
        for said, number, at in seen
        if not said.within
    ]
    update_rows(connection, posts, within)
    update_rows(connection, sightings, beside)


def without_posts(connection: Connection, those: Iterable[str]) -> frozenset[str]:
    """Return those of the accounts *those* of which no post is known."""
    found = (connection.scalars(WITHOUT_POSTS, {"those": some}) for some in chunks(those))
    return frozenset(chain.from_iterable(found))
