"""One account's figures of a year out of what is kept of it, where nothing is in doubt. Pure.

No rule of its own: whatever might be a lapse, a gap or a doubt is not answered, but has to be
looked at in full (`monitor.ledger.totals`), which says the same of all that is answered here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from operator import sub

from monitor.ledger.coverage import Span, holes, merged
from monitor.ledger.days import BEIJING, DAY, begin
from monitor.ledger.judgement import Judged
from monitor.ledger.lapses import Limits, Quiet
from monitor.ledger.records import FollowerCount, PolicyChange
from monitor.ledger.totals import (
    EarlierPosts,
    Followers,
    Period,
    Totals,
    believed,
    followers,
    known_up_to,
    months_of,
)
from monitor.model import PostKind


@dataclass(frozen=True, slots=True)
class Stretch:
    """What readings through *gateway* cover, the last of them made at *read_at*."""

    gateway: str
    weak: bool
    span: Span
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Daily:
    """How many posts were published on each of *days*, by their ordinals, oldest first."""

    days: Sequence[int]
    posts: Sequence[int]

    def between(self, first: int, last: int) -> int:
        """Return the posts of the days [first, last)."""
        return sum(self.posts[bisect_left(self.days, first) : bisect_left(self.days, last)])


@dataclass(frozen=True, slots=True)
class Summary:
    """What is kept of one account, of the year and the one before.

    *daily*: posts by day, without those that have no date. *first_day*: of the oldest post of all,
    as an ordinal. *pushes*, and the articles *pushed* by
    them, and *deleted*: of the year. *exported*: what imports hold all posts of.
    *counters*: those at both ends of the year. *open*: some dates have no hour. *doubtful*:
    something besides speaks for looking at it in full.
    """

    daily: Mapping[PostKind, Daily]
    first_day: int | None
    pushes: int
    pushed: int
    deleted: int
    stretches: Sequence[Stretch]
    exported: Sequence[Span]
    counters: Sequence[FollowerCount]
    policies: Sequence[PolicyChange]
    open: bool = False
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Ruled:
    """What an account is judged by: see `monitor.ledger.totals.Rows`."""

    limits: Limits
    count_reposts: bool
    read_within: timedelta


@dataclass(frozen=True, slots=True)
class PlainYear:
    """The figures of a year without a lapse, a gap or a doubt, and the posts of the one before."""

    totals: Totals
    months: tuple[int, ...]
    before: EarlierPosts | None


def plain_year(
    summary: Summary, ruled: Ruled, period: Period, before: Period, now: datetime
) -> PlainYear | None:
    """Return the figures of *period*, a year of Beijing's calendar, as known at *now*, and of the
    year *before* it; None where posts and readings have to be looked at.

    *summary*: with those stretches alone that prove completeness.
    """
    until = min(period.end, now)
    year = None if summary.doubtful else _begun(summary, ruled, period, before, until)
    if year is None or until <= period.start or not _certain(year, summary.open, ruled.limits):
        return None
    spans = merged([*(one.span for one in summary.stretches), *summary.exported])
    as_of = _as_of(summary.stretches, ruled, period, now)
    seen = next((s for s in spans if s.start <= period.start and s.end >= (as_of or until)), None)
    if seen is None or _half_seen(year.former, seen, spans):
        return None
    longest = _longest(year, seen)
    if longest is not None and longest.days == 0:
        return None  # between which posts of the day it lies is not kept
    level = followers(believed(summary.counters), period, BEIJING)
    return PlainYear(
        _totals(summary, year, longest, level, as_of),
        tuple(_posts(year.counted, days) for days in _months(period)),
        _before(year.counted, spans, before),
    )


def reaches_back(summary: Summary, ruled: Ruled, period: Period, before: Period) -> bool:
    """Return whether the last post that counts before *period* is of the year *before*, or there is
    none: what readings covered earlier than that does not matter."""
    older = summary.first_day is not None and summary.first_day < _days(before)[0]
    first, _ = _days(period)
    return not older or any(one.between(0, first) for one in _counted(summary, ruled))


def _counted(summary: Summary, ruled: Ruled) -> list[Daily]:
    kinds = summary.daily.items()
    return [one for kind, one in kinds if ruled.count_reposts or kind is not PostKind.REPOST]


@dataclass(frozen=True, slots=True)
class _Year:
    """The days [first, last) of a year, by their ordinals.

    *days*: those of them with counted posts; *former*: the newest one before them that has any.
    *until*: the day that it ends with, as far as it is over. *counted*: the posts that count.
    """

    first: int
    last: int
    days: Sequence[int]
    former: int | None
    until: int
    counted: Sequence[Daily]


def _begun(
    summary: Summary, ruled: Ruled, period: Period, before: Period, until: datetime
) -> _Year | None:
    """The year *period*; None if what it begins with is not kept."""
    counted = _counted(summary, ruled)
    known = sorted({day for one in counted for day in one.days})
    first, last = _days(period)
    at = bisect_left(known, first)
    days, former = known[at : bisect_left(known, last)], known[at - 1] if at else None
    older = summary.first_day is not None and summary.first_day < _days(before)[0]
    # Whether a post of the first day was there at its first instant is not kept.
    if former is None and (older or first in days[:1]):
        return None
    return _Year(first, last, days, former, _ordinal(until), counted)


def _certain(year: _Year, open_dates: bool, limits: Limits) -> bool:
    """Whether no silence that touches the year can have reached a limit."""
    known = [*([] if year.former is None else [year.former]), *year.days, year.until]
    widest = max(map(sub, known[1:], known), default=0)
    return (widest + 1 + open_dates) * DAY <= min(one.limit for one in limits)


def _as_of(
    stretches: Sequence[Stretch], ruled: Ruled, period: Period, now: datetime
) -> datetime | None:
    if now >= period.end or not stretches:
        return None
    read_at = max(one.read_at for one in stretches)
    known_to = max(one.span.end for one in stretches)
    return known_up_to(read_at, known_to, ruled.read_within, period, now)


def _half_seen(former: int | None, seen: Span, spans: Sequence[Span]) -> bool:
    """Whether it depends on the hour if the post before the year was seen."""
    if former is None or seen.start <= _begin(former):
        return False
    return any(one.start < _begin(former + 1) and one.end >= _begin(former) for one in spans)


def _longest(year: _Year, seen: Span) -> Quiet | None:
    """The longest stretch without a post, the first of several."""
    reaching_in = year.former is not None and seen.start <= _begin(year.former)
    known = [*([year.former] if reaching_in and year.former is not None else []), *year.days]
    if not known:
        return None
    lengths = list(map(sub, [*known[1:], year.until], known))
    at = lengths.index(max(lengths))
    ended = date.fromordinal(known[at] + lengths[at]) if at + 1 < len(known) else None
    return Quiet(lengths[at], date.fromordinal(known[at]), ended)


def _totals(
    summary: Summary,
    year: _Year,
    longest: Quiet | None,
    level: Followers,
    as_of: datetime | None,
) -> Totals:
    kinds = {kind: one.between(year.first, year.last) for kind, one in summary.daily.items()}
    unknown = kinds.get(PostKind.UNKNOWN, 0) > 0
    return Totals(
        posts=sum(one.between(year.first, year.last) for one in year.counted),
        originals=None if unknown else kinds.get(PostKind.ORIGINAL, 0),
        reposts=None if unknown else kinds.get(PostKind.REPOST, 0),
        articles=kinds.get(PostKind.ARTICLE, 0),
        pushes=kinds.get(PostKind.ARTICLE, 0) - summary.pushed + summary.pushes,
        deleted=summary.deleted,
        undated=0,
        active_days=len(year.days),
        gaps=(),
        longest_gap=longest,
        lapses=(),
        days_in_breach=0,
        followers=level,
        as_of=as_of,
        judged=Judged.NOT_JUDGED if year.former is None else Judged.KEPT,
        ever_posted=bool(year.days) or year.former is not None,
    )


def _before(counted: Sequence[Daily], spans: Sequence[Span], before: Period) -> EarlierPosts | None:
    posts = _posts(counted, _days(before))
    complete = not holes(spans, before.start, before.end)
    return EarlierPosts(posts, complete) if posts or complete else None


def _posts(counted: Iterable[Daily], days: tuple[int, int]) -> int:
    return sum(one.between(*days) for one in counted)


@lru_cache(maxsize=64)  # the same for thousands of accounts
def _days(period: Period) -> tuple[int, int]:
    return _ordinal(period.start), _ordinal(period.end)


@lru_cache(maxsize=16)
def _months(period: Period) -> tuple[tuple[int, int], ...]:
    return tuple(map(_days, months_of(period, BEIJING)))


def _ordinal(at: datetime) -> int:
    return at.astimezone(BEIJING).toordinal()


def _begin(day: int) -> datetime:
    return begin(date.fromordinal(day))
