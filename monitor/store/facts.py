"""What the rules need to know of accounts: now, or as it was known at an earlier instant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, ScalarSelect, bindparam, select

from monitor.model import AccountFacts, Dating, LastPost, PostKind
from monitor.store import sources
from monitor.store.rows import chunks
from monitor.store.schema import accounts, posts

Found = dict[str, AccountFacts]


def now(connection: Connection, count_reposts: Mapping[str, bool]) -> Found:
    """Return the facts of the accounts named, as they stand."""
    states = sources.states_of(connection, count_reposts)
    found: Found = {}
    for counted in (True, False):
        named = [account for account, counts in count_reposts.items() if counts is counted]
        for some in chunks(named):
            for row in connection.execute(_facts(counted), {"named": some}):
                found[row.id] = AccountFacts(
                    account=row.id,
                    watched_since=row.watched_since,
                    last_post=_last_post(row, "last"),
                    visible=_last_post(row, "visible"),
                    sources=states.get(row.id, ()),
                )
    return found


def newer_counted(connection: Connection, account: str, since: datetime) -> bool:
    """Return whether a post that counts is known to be newer than *since*."""
    counted = connection.scalar(select(accounts.c.count_reposts).where(accounts.c.id == account))
    newest = _newest(bool(counted), visible=False, account=account)
    newer = select(posts.c.id).where(posts.c.id == newest, posts.c.published_at > since)
    return connection.scalar(newer) is not None


@cache  # asked for at every look; building it costs more than running it
def _facts(count_reposts: bool) -> Any:
    last, visible = posts.alias("last"), posts.alias("visible")
    return (
        select(accounts.c.id, accounts.c.watched_since, *_columns(last), *_columns(visible))
        .select_from(accounts)
        .outerjoin(last, last.c.id == _newest(count_reposts, visible=False))
        .outerjoin(visible, visible.c.id == _newest(count_reposts, visible=True))
        .where(accounts.c.id.in_(bindparam("named", expanding=True)))
    )


def _newest(count_reposts: bool, visible: bool, account: str | None = None) -> ScalarSelect[int]:
    """The id of an account's newest post that starts the clock.

    A subquery an account, so that an index is walked from its end, instead of sorting all
    posts of all accounts.
    """
    post = posts.alias("newest")
    newest = (
        select(post.c.id)
        .where(
            post.c.account == (accounts.c.id if account is None else account),
            post.c.dating != Dating.UNKNOWN,
        )
        .order_by(post.c.published_at.desc(), post.c.key)
        .limit(1)
    )
    if not count_reposts:
        newest = newest.where(post.c.kind != PostKind.REPOST)
    if visible:
        newest = newest.where(post.c.deleted_at.is_(None))
    return newest.correlate(accounts).scalar_subquery()


def _columns(post: Any) -> list[Any]:
    named = ("published_at", "title", "url", "source")
    return [post.c[name].label(f"{post.name}_{name}") for name in named]


def _last_post(row: Any, which: str) -> LastPost | None:
    published_at = getattr(row, f"{which}_published_at")
    if published_at is None:
        return None
    return LastPost(
        published_at=published_at,
        title=getattr(row, f"{which}_title"),
        url=getattr(row, f"{which}_url"),
        source=getattr(row, f"{which}_source"),
    )
