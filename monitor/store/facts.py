"""What the rules need to know of accounts: now, or as it was known at an earlier instant."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    select,
)

from monitor.model import AccountFacts, Dating, LastPost, PostKind
from monitor.store import days, source_states
from monitor.store.naming import name_of
from monitor.store.rows import chunks
from monitor.store.schema import accounts, day_counts, posts, sightings
from monitor.store.types import UtcDateTime

Found = dict[str, AccountFacts]
Newer = Select[tuple[int]]
Account = BindParameter[str] | None  # None: that of the row of a query around it
Numbers = dict[str, tuple[int | None, int | None]]  # by account: the last post's, the visible one's

OF: BindParameter[str] = bindparam("of")
SINCE = bindparam("since", type_=UtcDateTime())
# Kept ready, as `_facts` is.
SAID = select(
    sightings.c.post,
    name_of(sightings.c.source).label("source"),
    sightings.c.title,
    sightings.c.url,
).where(sightings.c.post.in_(bindparam("those", expanding=True)))


def now(connection: Connection, count_reposts: Mapping[str, bool]) -> Found:
    """Return the facts of the accounts named, as they stand."""
    states = source_states.states_of(connection, count_reposts)
    found: Found = {}
    numbers: Numbers = {}
    for counted in (True, False):
        named = [account for account, counts in count_reposts.items() if counts is counted]
        for some in chunks(named):
            for row in connection.execute(_facts(counted), {"named": some}).all():
                last = _last_post(row, "last")
                found[row.id] = AccountFacts(
                    account=row.id,
                    watched_since=row.watched_since,
                    last_post=last,
                    visible=_last_post(row, "visible"),
                    last_original=_last_post(row, "original"),
                    sources=states.get(row.id, ()),
                    listed=days.listed(connection, row.id, row.listed_day, row.articles, last),
                )
                numbers[row.id] = (row.last_id, row.visible_id)
    return _in_the_words_of_the_most_trusted(connection, found, numbers)


def dates(connection: Connection, count_reposts: Mapping[str, bool]) -> Found:
    """Return of the facts of the accounts named what a reading goes by: dates, without what posts
    say and whether they are still there, and without the states of sources."""
    found: Found = {}
    for counted in (True, False):
        named = [account for account, counts in count_reposts.items() if counts is counted]
        for some in chunks(named):
            for row in connection.execute(_dates(counted), {"named": some}).all():
                account, watched_since, last_at, until, original_at, day, articles = row
                last = None if last_at is None else LastPost(last_at, "", "", until=until)
                found[account] = AccountFacts(
                    account=account,
                    watched_since=watched_since,
                    last_post=last,
                    last_original=None if original_at is None else LastPost(original_at, "", ""),
                    listed=days.listed(connection, account, day, articles, last),
                )
    return found


def newer_counted(connection: Connection, account: str, since: datetime) -> bool:
    """Return whether a post that counts is known to be newer than *since*."""
    counted = connection.scalar(select(accounts.c.count_reposts).where(accounts.c.id == account))
    return _is_newer(connection, _newer(bool(counted)), account, since)


def newer_original(connection: Connection, account: str, since: datetime) -> bool:
    """Return whether an original, or an article, is known to be newer than *since*."""
    return _is_newer(connection, _newer_original(), account, since)


def _is_newer(connection: Connection, newer: Newer, account: str, since: datetime) -> bool:
    return connection.scalar(newer, {"of": account, "since": since}) is not None


@cache  # asked for before every message; building it costs more than running it
def _newer(count_reposts: bool) -> Newer:
    return _newer_than(_newest(count_reposts, visible=False, account=OF))


@cache
def _newer_original() -> Newer:
    return _newer_than(_newest_original(OF))


def _newer_than(newest: ScalarSelect[int]) -> Newer:
    return select(posts.c.id).where(posts.c.id == newest, posts.c.published_at > SINCE)


@cache  # asked for at every look; building it costs more than running it
def _facts(count_reposts: bool) -> Any:
    last, visible, original = (posts.alias(name) for name in ("last", "visible", "original"))
    said = (*_columns(last), *_columns(visible), *_columns(original))
    there = visible.c.id == _newest(count_reposts, visible=True)
    return _with_newest(last, original, count_reposts, *said).outerjoin(visible, there)


@cache
def _dates(count_reposts: bool) -> Any:
    last, original = (posts.alias(name) for name in ("last", "original"))
    said = (last.c.published_at, last.c.published_until, original.c.published_at)
    return _with_newest(last, original, count_reposts, *said)


def _with_newest(last: Any, original: Any, count_reposts: bool, *said: Any) -> Any:
    """The accounts named, with what is *said* of their *last* posts, their last *original* ones
    and the newest day for which anything is listed."""
    listed = (day_counts.c.day.label("listed_day"), day_counts.c.articles)
    newest = and_(day_counts.c.account == accounts.c.id, day_counts.c.day == days.newest_listed())
    return (
        select(accounts.c.id, accounts.c.watched_since, *said, *listed)
        .select_from(accounts)
        .outerjoin(last, last.c.id == _newest(count_reposts, visible=False))
        .outerjoin(original, original.c.id == _newest_original())
        .outerjoin(day_counts, newest)
        .where(accounts.c.id.in_(bindparam("named", expanding=True)))
    )


def _newest(count_reposts: bool, visible: bool, account: Account = None) -> ScalarSelect[int]:
    post = posts.alias("newest")
    there = (post.c.deleted_at.is_(None),) if visible else ()
    return newest(post, count_reposts, *there, account=account)


def _newest_original(account: Account = None) -> ScalarSelect[int]:
    post = posts.alias("newest")
    return newest(post, False, kind_is_known(post), account=account)


def kind_is_known(post: Any) -> ColumnElement[bool]:
    """Whether it is known of *post* what it is: else it is a post, and no original."""
    known_kind: ColumnElement[bool] = post.c.kind != PostKind.UNKNOWN
    return known_kind


def newest(
    post: Any, count_reposts: bool, *wanted: ColumnElement[bool], account: Account = None
) -> ScalarSelect[int]:
    """Return the id of the newest *post* (an alias of the table) of an account that starts the
    clock, of those of which all of *wanted* is true.

    A subquery an account, so that an index is walked from its end, instead of sorting all
    posts of all accounts.
    """
    found = (
        select(post.c.id)
        .where(
            post.c.account == (accounts.c.id if account is None else account),
            post.c.dating != Dating.UNKNOWN,
            *wanted,
        )
        .order_by(post.c.published_at.desc(), post.c.key)
        .limit(1)
    )
    if not count_reposts:
        found = found.where(post.c.kind != PostKind.REPOST)
    return found.correlate(accounts).scalar_subquery()


def _columns(post: Any) -> list[Any]:
    named = ("id", "published_at", "title", "url", "published_until")
    said = [post.c[name].label(f"{post.name}_{name}") for name in named]
    return [*said, name_of(post.c.source).label(f"{post.name}_source")]


def _last_post(row: Any, which: str) -> LastPost | None:
    published_at = getattr(row, f"{which}_published_at")
    if published_at is None:
        return None
    return LastPost(
        published_at=published_at,
        title=getattr(row, f"{which}_title"),
        url=getattr(row, f"{which}_url"),
        source=getattr(row, f"{which}_source"),
        until=getattr(row, f"{which}_published_until"),
    )


def _in_the_words_of_the_most_trusted(
    connection: Connection, found: Found, numbers: Numbers
) -> Found:
    """Return a post that several sources show as the most trusted of them states it."""
    several = {f.account: f for f in found.values() if len(f.sources) > 1}
    said = _said(connection, [n for account in several for n in numbers[account] if n])
    for account, facts in several.items():
        ranks = {s.spec.id: s.spec.rank for s in facts.sources}
        last, visible = numbers[account]
        found[account] = replace(
            facts,
            last_post=_as_most_trusted(facts.last_post, said.get(last or 0, ()), ranks),
            visible=_as_most_trusted(facts.visible, said.get(visible or 0, ()), ranks),
        )
    return found


def _said(connection: Connection, ids: Collection[int]) -> dict[int, list[Any]]:
    """What each source says of posts that several show; of one that is the post's own, nothing."""
    rows: dict[int, list[Any]] = {}
    for some in chunks(ids):
        for row in connection.execute(SAID, {"those": some}):
            rows.setdefault(row.post, []).append(row)
    return rows


def _as_most_trusted(
    post: LastPost | None, said: Sequence[Any], ranks: Mapping[str, int]
) -> LastPost | None:
    mine = [row for row in said if row.source in ranks]
    if post is None or not mine:
        return post
    best = min(mine, key=lambda row: ranks[row.source])
    title, url = (post.title if best.title is None else best.title), best.url
    return replace(post, title=title, url=post.url if url is None else url, source=best.source)
