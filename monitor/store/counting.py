"""How many posts an account has on each day: kept with the posts, in the same transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from monitor.ledger.days import DAY, begin, day_of
from monitor.model import Dating, PostKind
from monitor.store.rows import add_rows, chunks, insert_rows
from monitor.store.schema import accounts, post_days, posts
from monitor.store.sighting import Known

Place = tuple[str, date, PostKind]  # account, day, kind
MOMENT = timedelta(microseconds=1)
EARLIEST = datetime(2, 1, 1, tzinfo=UTC)  # whose days any calendar still has


def place_of(account: str, known: Known | None) -> Place | None:
    """Return where a post is counted; None for one without a date, or for none."""
    if known is None:
        return None
    return place(account, known.published_at, known.dating, known.kind)


def place(account: str, published_at: datetime, dating: Dating, kind: PostKind) -> Place | None:
    """Return where a post of an account is counted; None for one without a date."""
    return None if dating is Dating.UNKNOWN else (account, day_of(published_at), kind)


def count(
    connection: Connection, gained: Iterable[Place | None], lost: Iterable[Place | None] = ()
) -> None:
    """Count the posts that came to be in *gained*, and no longer those that were in *lost*."""
    changes = Counter(gained)
    changes.subtract(lost)
    changes.pop(None, None)
    rows = [_row(place, n) for place, n in changes.items() if place is not None and n]
    add_rows(connection, post_days, rows, "posts")
    fewer = {row["account"] for row in rows if row["posts"] < 0}
    for some in chunks(fewer):
        empty = post_days.c.posts <= 0
        connection.execute(post_days.delete().where(post_days.c.account.in_(some), empty))


def counted(
    connection: Connection, since: datetime, until: datetime
) -> dict[str, dict[PostKind, int]]:
    """Return how many posts each account has in [since, until), by kind: whole days as they are
    kept, what is left of the first and of the last one by one."""
    since = max(since, EARLIEST)
    first, last = day_of(since - MOMENT) + DAY, day_of(until)
    if first >= last:
        return _summed(connection, [_posts(since, until)])
    edges = _posts(since, begin(first)), _posts(begin(last), until)
    return _summed(connection, [_days(first, last), *edges])


def _days(first: date, last: date) -> Any:
    # By account, so that the key of the table finds the days of each.
    day, counts = post_days.c.day, (accounts.c.id, post_days.c.kind, func.sum(post_days.c.posts))
    each = select(*counts).join(post_days, post_days.c.account == accounts.c.id)
    return each.where(day >= first, day < last).group_by(*counts[:2])


def _posts(since: datetime, until: datetime) -> Any:
    at, counts = posts.c.published_at, (posts.c.account, posts.c.kind, func.count())
    dated = select(*counts).where(at >= since, at < until, posts.c.dating != Dating.UNKNOWN)
    return dated.group_by(*counts[:2])


def _summed(connection: Connection, parts: Iterable[Any]) -> dict[str, dict[PostKind, int]]:
    found: dict[str, Counter[PostKind]] = {}
    for wanted in parts:
        for account, kind, n in connection.execute(wanted):
            found.setdefault(account, Counter())[kind] += int(n)
    return {account: dict(kinds) for account, kinds in found.items()}


def miscounted(connection: Connection, named: Collection[str]) -> set[str]:
    """Return those of the accounts *named* of which another number is kept than they have."""
    right, kept = _right(connection, named), _kept(connection, named)
    return {account for (account, _, _), _ in right.items() ^ kept.items()}


def recount(connection: Connection, named: Collection[str]) -> None:
    """Count the posts of the accounts *named* anew."""
    for some in chunks(named):
        connection.execute(post_days.delete().where(post_days.c.account.in_(some)))
        rows = [_row(place, n) for place, n in _right(connection, some).items()]
        insert_rows(connection, post_days, rows)


def _right(connection: Connection, named: Collection[str]) -> Mapping[Place, int]:
    wanted = select(posts.c.published_at, posts.c.account, posts.c.kind).where(
        posts.c.account.in_(named), posts.c.dating != Dating.UNKNOWN
    )
    rows = connection.execute(wanted)
    return Counter([(account, day_of(at), kind) for at, account, kind in rows])


def _kept(connection: Connection, named: Collection[str]) -> Mapping[Place, int]:
    wanted = select(post_days).where(post_days.c.account.in_(named))
    return {(account, day, kind): n for account, day, kind, n in connection.execute(wanted)}


def _row(place: Place, n: int) -> dict[str, Any]:
    account, day, kind = place
    return {"account": account, "day": day, "kind": kind, "posts": n}
