"""What is kept of many accounts for a year's figures, by a few questions about all of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    Date,
    Integer,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    or_,
    select,
    text,
    type_coerce,
)

from monitor.ledger.coverage import Span
from monitor.ledger.days import DAY, day_of
from monitor.ledger.records import FollowerCount, PolicyChange
from monitor.ledger.summary import Daily, Stretch, Summary
from monitor.ledger.totals import Period
from monitor.model import Dating, PostKind
from monitor.store.engine import Database
from monitor.store.follower_counts import follower_count
from monitor.store.imports import exported
from monitor.store.mending import mending
from monitor.store.protocols.ledger import Summaries
from monitor.store.rows import chunks
from monitor.store.schema import (
    DELETED,
    NAMELESS,
    OPEN,
    UNDATED,
    accounts,
    counters,
    day_counts,
    doubled_days,
    policies,
    post_days,
    posts,
    push_days,
    sources,
    stretches,
)
from monitor.store.types import FIRST_DAY

Item = TypeVar("Item")

AT_ONCE = 500  # accounts asked about at a time
KINDS = tuple(PostKind)
BEYOND = 10_000_000  # any day of any calendar, by its ordinal
NEAR = timedelta(hours=25)  # before an edge; what is dated before that leaves more than a day open
LONG = {
    "sqlite": text("published_until - published_at > 86400000000"),
    "postgresql": text("published_until - published_at > interval '1 day'"),
}


@mending
class SqlSummaries(Summaries):
    """What one database keeps of its accounts; every method is its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(
        self, named: Collection[str], year: Period, before: Period, now: datetime
    ) -> Mapping[str, Summary]:
        with self._database.reading() as connection:
            asked = (_Asked(connection, some, year, before, now) for some in chunks(named, AT_ONCE))
            return {account: found for one in asked for account, found in _summaries(one).items()}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked about so few accounts that one question can name them."""

    connection: Connection
    named: Sequence[str]
    year: Period
    before: Period
    now: datetime

    def rows(self, wanted: Any) -> Iterable[Any]:
        return self.connection.execute(wanted)

    @property
    def dialect(self) -> str:
        return self.connection.dialect.name

    @property
    def days(self) -> tuple[date, date]:
        """Both years' days [first, last)."""
        return day_of(self.before.start), day_of(self.year.end)


def _summaries(asked: _Asked) -> dict[str, Summary]:
    daily, first, pushes, deleted = _daily(asked), _first(asked), _pushes(asked), _deleted(asked)
    covered, counted, rules = _stretches(asked), _counters(asked), _rules(asked)
    imported = exported(asked.connection, asked.named)
    vague, doubtful = _vague(asked), {*_doubtful(asked), *_short(asked, daily)}
    return {
        one: Summary(
            daily.get(one, {}),
            first.get(one),
            *pushes.get(one, (0, 0)),
            deleted.get(one, 0),
            covered.get(one, ()),
            imported.get(one, ()),
            counted.get(one, ()),
            rules.get(one, ()),
            one in vague,
            one in doubtful,
        )
        for one in asked.named
    }


def _daily(asked: _Asked) -> dict[str, dict[PostKind, Daily]]:
    """One line an account of its days and kinds, and one of how many posts each has: fetching rows
    would take five times as long."""
    kept = post_days.c
    kind = case({one: n * BEYOND for n, one in enumerate(KINDS)}, value=kept.kind)
    lines = _line(_ordinal(asked, kept.day) + kind), _line(kept.posts)
    first, last = asked.days
    wanted = select(kept.account, *lines).where(kept.account.in_(asked.named))
    mine = wanted.where(kept.day >= first, kept.day < last).group_by(kept.account)
    return {one: _by_kind(_ints(places), _ints(many)) for one, places, many in asked.rows(mine)}


def _by_kind(places: list[int], many: list[int]) -> dict[PostKind, Daily]:
    """Posts by day out of places that say the kind and then the day, in whatever order."""
    pairs = sorted(zip(places, many, strict=True))
    places, many = [place for place, _ in pairs], [n for _, n in pairs]
    found = {}
    for number, kind in enumerate(KINDS):
        base = number * BEYOND
        of = slice(bisect_left(places, base), bisect_left(places, base + BEYOND))
        if places[of]:
            found[kind] = Daily([place - base for place in places[of]], many[of])
    return found


def _ordinal(asked: _Asked, day: Any) -> Any:
    if asked.dialect == "sqlite":
        return type_coerce(day, Integer) + FIRST_DAY
    return type_coerce(type_coerce(day, Date).op("-")(date.fromordinal(1)), Integer) + 1


def _line(numbers: Any) -> Any:
    return func.aggregate_strings(cast(numbers, Text), ",")


def _ints(line: str) -> list[int]:
    return list(map(int, line.split(",")))


def _first(asked: _Asked) -> dict[str, int]:
    kept = post_days.c
    oldest = select(func.min(kept.day)).where(kept.account == accounts.c.id).scalar_subquery()
    wanted = select(accounts.c.id, oldest).where(accounts.c.id.in_(asked.named))
    return {one: day.toordinal() for one, day in asked.rows(wanted) if day is not None}


def _pushes(asked: _Asked) -> dict[str, tuple[int, int]]:
    """How many pushes each account had in the year, and how many articles they make up."""
    kept = push_days.c
    counts = func.count(kept.push.distinct()), func.sum(kept.posts)
    within = (kept.day >= day_of(asked.year.start), kept.day < day_of(asked.year.end))
    wanted = select(kept.account, *counts).where(kept.account.in_(asked.named), *within)
    return {one: (int(n), int(of)) for one, n, of in asked.rows(wanted.group_by(kept.account))}


def _deleted(asked: _Asked) -> dict[str, int]:
    p = posts.c
    gone = and_(DELETED, p.deleted_at <= asked.now, p.dating != Dating.UNKNOWN)
    within = (p.published_at >= asked.year.start, p.published_at < asked.year.end)
    wanted = select(p.account, func.count()).where(p.account.in_(asked.named), gone, *within)
    return {one: int(n) for one, n in asked.rows(wanted.group_by(p.account))}


def _stretches(asked: _Asked) -> dict[str, list[Stretch]]:
    s, kept = sources.c, stretches.c
    wanted = (
        select(s.account, s.gateway, kept.weak, kept.since, kept.until, kept.read_at)
        .join_from(sources, stretches, s.number == kept.source)
        .where(s.account.in_(asked.named))
    )
    return _grouped(
        (one, Stretch(gateway, weak, Span(since, until), read_at))
        for one, gateway, weak, since, until, read_at in asked.rows(wanted)
    )


def _counters(asked: _Asked) -> dict[str, list[FollowerCount]]:
    """The counts of followers that lie nearest to both ends of the year."""
    eve, last = day_of(asked.year.start) - DAY, day_of(asked.year.end) - DAY
    near = counters.alias("near").c
    inside = (near.day > eve, near.day <= last)
    nearest = (func.max, near.day <= eve), (func.min, *inside), (func.max, *inside)
    known = (near.account == accounts.c.id, near.followers.is_not(None))
    days = [
        select(which(near.day)).where(*known, *within).correlate(accounts).scalar_subquery()
        for which, *within in nearest
    ]
    wanted = select(counters).join_from(accounts, counters).where(accounts.c.id.in_(asked.named))
    rows = asked.rows(wanted.where(or_(*(counters.c.day == day for day in days))))
    return _grouped((row.account, follower_count(row)) for row in rows)


def _rules(asked: _Asked) -> dict[str, list[PolicyChange]]:
    kept = policies.c
    wanted = select(kept.account, kept.since, kept.policy).where(kept.account.in_(asked.named))
    rows = asked.rows(wanted.order_by(kept.id))
    return _grouped((one, PolicyChange(since, policy)) for one, since, policy in rows)


def _vague(asked: _Asked) -> set[str]:
    """The accounts with dates that have no hour."""
    return set(asked.connection.scalars(_rare(asked, OPEN[asked.dialect])))


def _doubtful(asked: _Asked) -> Iterator[str]:
    """The accounts of which something has to be looked at: posts without a date, without a name,
    of the time to come, listed twice, or dated by more than a day or across an end of a year."""
    p, (first, last) = posts.c, asked.days
    of_names = select(p.account).distinct().where(p.account.in_(asked.named))
    edges = asked.before.start, asked.before.end, asked.year.end
    across = [
        and_(p.published_at >= edge - NEAR, p.published_at < edge, p.published_until > edge)
        for edge in edges
    ]
    doubled = select(doubled_days.c.account).where(
        doubled_days.c.account.in_(asked.named),
        doubled_days.c.day >= first,
        doubled_days.c.day < last,
    )
    for wanted in (
        _rare(asked, UNDATED),
        _rare(asked, and_(OPEN[asked.dialect], LONG[asked.dialect])),
        _rare(asked, NAMELESS),
        of_names.where(p.published_at >= asked.now),
        *(of_names.where(one) for one in across),
        doubled,
    ):
        yield from asked.connection.scalars(wanted)
    late = select(sources.c.account).join_from(sources, stretches)
    yield from asked.connection.scalars(
        late.where(sources.c.account.in_(asked.named), stretches.c.read_at > asked.now)
    )


def _rare(asked: _Asked, which: Any) -> Select[Any]:
    """The accounts with posts of both years, by an index of those posts alone."""
    p = posts.c
    within = (p.published_at >= asked.before.start, p.published_at < asked.year.end)
    return select(p.account).distinct().where(p.account.in_(asked.named), which, *within)


def _short(asked: _Asked, daily: Mapping[str, Mapping[PostKind, Daily]]) -> Iterator[str]:
    """The accounts of which statistics list more articles on a day than are known."""
    kept, (first, last) = day_counts.c, asked.days
    wanted = select(kept.account, kept.day, kept.articles).where(kept.account.in_(asked.named))
    for one, day, listed in asked.rows(wanted.where(kept.day >= first, kept.day < last)):
        known = daily.get(one, {}).get(PostKind.ARTICLE)
        number = day.toordinal()
        if (known.between(number, number + 1) if known else 0) < listed:
            yield one


def _grouped(pairs: Iterable[tuple[str, Item]]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for account, item in pairs:
        found.setdefault(account, []).append(item)
    return found
