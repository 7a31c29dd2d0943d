"""What was known at an earlier instant, told again from readings and sightings.

Only what had been read by then counts. Asked by people, not by the service: it looks at every
sighting of the accounts in question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, case, func, select

from monitor.model import (
    AccountFacts,
    Dating,
    LastPost,
    ListedDay,
    Outcome,
    PostKind,
    Pulse,
    SourceMemory,
    SourceState,
    Tally,
)
from monitor.store import days, posts
from monitor.store.rows import chunks
from monitor.store.schema import accounts, readings, sources
from monitor.store.sighting import Known, as_known_at, known
from monitor.store.sources import spec_of

Dated = tuple[str, Known]  # key, and what it came to then


def facts(
    connection: Connection, count_reposts: Mapping[str, bool], at: datetime
) -> dict[str, AccountFacts]:
    """Return the facts of the accounts named as they were known at an instant."""
    states = _states(connection, count_reposts, at)
    found = {}
    for some in chunks(count_reposts):
        rows = select(accounts.c.id, accounts.c.watched_since).where(accounts.c.id.in_(some))
        for row in connection.execute(rows).all():
            then = posts_at(connection, row.id, at)
            counted = _counted(then, count_reposts[row.id])
            last = _newest(counted)
            found[row.id] = AccountFacts(
                account=row.id,
                watched_since=row.watched_since,
                last_post=last,
                visible=_newest([one for one in counted if one[1].deleted_at is None]),
                last_original=_newest(_counted(then, count_reposts=False)),
                sources=tuple(states.get(row.id, ())),
                listed=_listed(connection, row.id, last, then, at),
            )
    return found


def counts(
    connection: Connection, since: datetime, until: datetime, at: datetime
) -> dict[str, dict[PostKind, int]]:
    """Return how many posts were known at an instant in [since, until), by account and kind."""
    found: dict[str, dict[PostKind, int]] = {}
    for account in connection.scalars(select(accounts.c.id)).all():
        for _, post in posts_at(connection, account, at):
            if since <= post.published_at < until and post.dating is not Dating.UNKNOWN:
                kinds = found.setdefault(account, {})
                kinds[post.kind] = kinds.get(post.kind, 0) + 1
    return found


def posts_at(connection: Connection, account: str, at: datetime) -> Sequence[Dated]:
    """Return the account's posts, with their keys, as they were known at an instant."""
    found = []
    for (_, key), entry in posts.load_account(connection, account).items():
        then = [s for s in (as_known_at(one, at) for one in entry.after.values()) if s]
        if then:
            found.append((key, known(then)))
    return found


def _listed(
    connection: Connection,
    account: str,
    last: LastPost | None,
    then: Sequence[Dated],
    at: datetime,
) -> ListedDay | None:
    """The newest day that the statistics, as learned by then, list anything for; a day whose
    number was corrected later was not known before."""
    since = last.published_at.date() if last else date.min
    found = [d.count for d in days.known(connection, account, since, date.max, at)]
    newest = max((one for one in found if one.articles), key=lambda c: c.day, default=None)
    if newest is None:
        return None
    dates = sorted(p.published_at for _, p in then if p.dating is not Dating.UNKNOWN)
    return ListedDay(newest.day, newest.articles, tuple(dates))


def _counted(found: Sequence[Dated], count_reposts: bool) -> list[Dated]:
    return [
        (key, post)
        for key, post in found
        if post.dating is not Dating.UNKNOWN and (count_reposts or post.kind is not PostKind.REPOST)
    ]


def _newest(found: Sequence[Dated]) -> LastPost | None:
    if not found:
        return None
    last = max(post.published_at for _, post in found)
    _, post = min((one for one in found if one[1].published_at == last), key=lambda one: one[0])
    return LastPost(post.published_at, post.title, post.url, post.source)


def _states(
    connection: Connection, named: Mapping[str, bool], at: datetime
) -> dict[str, list[SourceState]]:
    """Return the sources' states as their readings up to *at* left them, by account."""
    found: dict[str, list[SourceState]] = {}
    for some in chunks(named):
        told = _told(some, at)
        rows = connection.execute(
            select(sources, *(c for c in told.c if c.name != "source"))
            .outerjoin(told, told.c.source == sources.c.id)
            .where(sources.c.configured, sources.c.account.in_(some))
            .order_by(sources.c.account, sources.c.rank, sources.c.id)
        )
        for row in rows.all():
            found.setdefault(row.account, []).append(_state(connection, row, at))
    return found


def _told(named: Sequence[str], at: datetime) -> Any:
    good = and_(
        readings.c.outcome.in_([o for o in Outcome if o.answered]),
        readings.c.as_of.is_not(None),
        readings.c.pulse != Pulse.NONE,
    )
    full = and_(good, readings.c.pulse == Pulse.FULL)
    whole = and_(good, readings.c.unconditional)
    return (
        select(
            readings.c.source,
            func.max(readings.c.started_at).label("then_tried_at"),
            func.max(case((good, readings.c.started_at))).label("then_good_at"),
            func.max(case((full, readings.c.as_of))).label("then_full_as_of"),
            func.max(case((good, readings.c.as_of))).label("then_weak_as_of"),
            func.max(case((whole, readings.c.started_at))).label("then_unconditional_at"),
        )
        .where(readings.c.account.in_(named), readings.c.started_at <= at)
        .group_by(readings.c.source)
        .subquery("told")
    )


def _state(connection: Connection, row: Any, at: datetime) -> SourceState:
    failed = _failed(connection, row.id, row.then_good_at, at) if row.then_tried_at else []
    last = _last(connection, row.id, row.then_tried_at)
    return SourceState(
        spec=spec_of(row),
        last_tried_at=row.then_tried_at,
        last_outcome=last.outcome if last else None,
        last_detail=last.detail if last else "",
        last_good_at=row.then_good_at,
        full_as_of=row.then_full_as_of,
        weak_as_of=row.then_weak_as_of,
        failing_since=failed[0] if failed else None,
        failures=len(failed),
        unconditional_at=row.then_unconditional_at,
        memory=_memory(connection, row, last, at),
    )


def _memory(connection: Connection, row: Any, last: Any, at: datetime) -> SourceMemory:
    """What the account was called by then, and what was counted and not shown."""
    names = _names(connection, row.id, at)
    (now_called, renamed_at), former = names[0] if names else (None, None), names[1:]
    return SourceMemory(
        ever_good=row.then_good_at is not None,
        title=now_called,
        former_title=former[0][0] if former else None,
        renamed_at=renamed_at if former else None,
        tally=_tally(last) if last and last.risen_at else None,
    )


def _tally(last: Any) -> Tally:
    """Without the count itself, which is kept by the day and asked for there."""
    return Tally(0, last.started_at, last.unseen, last.risen_at)


def _names(
    connection: Connection, source: str, at: datetime
) -> Sequence[tuple[str | None, datetime | None]]:
    """Return the last two names that a source told, the newest first, and since when."""
    told = (
        select(readings.c.title, readings.c.started_at)
        .where(
            readings.c.source == source,
            readings.c.started_at <= at,
            readings.c.title.is_not(None),
        )
        .order_by(readings.c.started_at.desc())
        .limit(2)
    )
    return [(row.title, row.started_at) for row in connection.execute(told)]


def _last(connection: Connection, source: str, started_at: datetime | None) -> Any:
    mine = (readings.c.source == source, readings.c.started_at == started_at)
    return connection.execute(select(readings).where(*mine)).first() if started_at else None


def _failed(
    connection: Connection, source: str, since: datetime | None, at: datetime
) -> Sequence[datetime]:
    """Return when the readings since the last good one were made, oldest first."""
    wanted = (
        select(readings.c.started_at)
        .where(readings.c.source == source, readings.c.started_at <= at)
        .order_by(readings.c.started_at)
    )
    if since is not None:
        wanted = wanted.where(readings.c.started_at > since)
    return connection.scalars(wanted).all()
