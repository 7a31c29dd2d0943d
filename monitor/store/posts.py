"""Posts: those that are known, their numbers, and a recount out of their sightings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, exists, func, or_, select

from monitor.ledger.records import BY_EYE
from monitor.model import Dating, Post, PostKind
from monitor.store import history
from monitor.store.accounts import lock_accounts
from monitor.store.again import without_posts
from monitor.store.counting import counted
from monitor.store.engine import Database
from monitor.store.kept import mistaken, recompute
from monitor.store.marking import mark
from monitor.store.mending import mending
from monitor.store.merging import bearing, load_account
from monitor.store.naming import name_of
from monitor.store.protocols.ledger import Posts
from monitor.store.rows import chunks, columns_of
from monitor.store.schema import accounts as known
from monitor.store.schema import posts, sightings, sources
from monitor.store.types import CompactInstant

AT_ONCE = 50  # accounts whose posts are gone through at a time
LATELY = select(posts.c.account, posts.c.published_at, posts.c.kind, posts.c.dating).where(
    posts.c.account.in_(bindparam("those", expanding=True)),
    posts.c.published_at >= bindparam("since", type_=CompactInstant()),
)
FIELDS = tuple(Post.__dataclass_fields__)
_LAST = select(func.max(sightings.c.last_seen_at)).where(sightings.c.post == posts.c.id)
_OTHERWISE: dict[str, Any] = {
    "source": name_of(posts.c.source),
    "last_seen_at": func.coalesce(
        posts.c.last_seen_at, _LAST.scalar_subquery(), type_=CompactInstant()
    ),
}
POSTS = select(
    *(_OTHERWISE[name].label(name) if name in _OTHERWISE else posts.c[name] for name in FIELDS)
)


@mending
class SqlPosts(Posts):
    """The posts of one database; every method is its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_account(
        self, account: str, since: datetime | None = None, until: datetime | None = None
    ) -> Sequence[Post]:
        with self._database.reading() as connection:
            wanted = POSTS.where(posts.c.account == account).order_by(
                posts.c.published_at, posts.c.key
            )
            if since is not None:
                wanted = wanted.where(posts.c.published_at >= since)
            if until is not None:
                wanted = wanted.where(posts.c.published_at < until)
            return [_post(row) for row in connection.execute(wanted).all()]

    def counts(
        self, since: datetime, until: datetime, at: datetime | None = None
    ) -> Mapping[str, Mapping[PostKind, int]]:
        with self._database.reading() as connection:
            if at is None:
                return counted(connection, since, until)
            return history.counts(connection, since, until, at)

    def published(
        self,
        accounts: Iterable[str],
        until: datetime,
        since: datetime | None = None,
        shown_by: str | None = None,
    ) -> Mapping[str, Sequence[datetime]]:
        found: dict[str, list[datetime]] = {}
        with self._database.reading() as connection:
            for some in chunks(accounts):
                wanted = (
                    select(posts.c.account, posts.c.published_at)
                    .where(posts.c.account.in_(some), posts.c.dating != Dating.UNKNOWN)
                    .where(posts.c.published_at <= until)
                    .order_by(posts.c.account, posts.c.published_at)
                )
                if since is not None:
                    wanted = wanted.where(posts.c.published_at >= since)
                if shown_by is not None:
                    wanted = wanted.where(_shown_by(shown_by))
                for account, published_at in connection.execute(wanted):
                    found.setdefault(account, []).append(published_at)
        return found

    def lately(
        self, since: Mapping[str, datetime]
    ) -> Mapping[str, Sequence[tuple[datetime, PostKind, Dating]]]:
        found: dict[str, list[tuple[datetime, PostKind, Dating]]] = {}
        with self._database.reading() as connection:
            for start in set(since.values()):
                for some in chunks(account for account, at in since.items() if at == start):
                    asked = {"those": some, "since": start}
                    for account, *said in connection.execute(LATELY, asked):
                        found.setdefault(account, []).append(tuple(said))
        return found

    def bearing(self, account: str, marks: Iterable[str]) -> Mapping[str, frozenset[str]]:
        with self._database.reading() as connection:
            return bearing(connection, account, marks)

    def recounted_days(self) -> Collection[str]:
        wrong: list[str] = []
        with self._database.reading() as connection:
            for some in chunks(connection.scalars(select(known.c.id)).all(), AT_ONCE):
                wrong += mistaken(connection, some)
        if wrong:
            with self._database.writing() as connection:
                lock_accounts(connection, wrong)
                recompute(connection, wrong)
                mark(connection, wrong)
        return sorted(wrong)

    def none_of(self, accounts: Iterable[str]) -> frozenset[str]:
        with self._database.reading() as connection:
            return without_posts(connection, accounts)

    def recounted(self, account: str) -> Sequence[Post]:
        with self._database.reading() as connection:
            found = [
                Post(
                    account=account,
                    key=key,
                    last_seen_at=max(s.last_seen_at for s in entry.before.values()),
                    **columns_of(entry.known),
                )
                for (_, key), entry in load_account(connection, account).items()
            ]
            return sorted(found, key=lambda post: (post.published_at, post.key))


def _shown_by(gateway: str) -> ColumnElement[bool]:
    """Whether a source behind *gateway* has shown a post; what a person saw is noted there too."""
    behind = select(sources.c.number).where(sources.c.gateway == gateway)
    beside = exists().where(sightings.c.post == posts.c.id, sightings.c.source.in_(behind))
    return and_(or_(posts.c.source.in_(behind), beside), posts.c.key.not_like(f"{BY_EYE}%"))


def _post(row: Row[Any]) -> Post:
    return Post(*tuple(row))
