"""What one account published in one period, and what that number rests on. Pure over rows.

Every figure comes with what could make it untrue: gaps, posts without a date, a follower count
that was taken only later. A total with any of these is a lower bound (不少于).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from alerts.model import SilenceException
from monitor.ledger.coverage import Gap, Span, gaps
from monitor.ledger.instants import in_doubt_until
from monitor.ledger.judgement import Judged, judged
from monitor.ledger.lapses import Lapse, Limits, Quiet, days_in_breach, lapses, longest, noted
from monitor.ledger.records import IMPORT, FollowerCount
from monitor.model import Dating, Post, PostKind, Reading

COLLECTED = timedelta(hours=24)  # how old a state a collector may show that works as it should


@dataclass(frozen=True, slots=True)
class Period:
    """Local calendar time [start, end), exact at midnight."""

    start: datetime
    end: datetime

    def holds(self, at: datetime) -> bool:
        """Return whether *at* lies in it."""
        return self.start <= at < self.end

    def touches(self, span: Span) -> bool:
        """Return whether any of *span* lies in it."""
        return span.start < self.end and span.end > self.start


@dataclass(frozen=True, slots=True)
class Counted:
    """What a platform counted at the end of a local day. None where it was not given.

    *origin*: where the number comes from, e.g. a source's id or `import:3`.
    """

    day: date
    followers: int | None = None
    posts: int | None = None
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """A follower count taken for one end of a period. *exact*: it is of that very day; if not,
    *day* says of which."""

    value: int
    day: date
    exact: bool


@dataclass(frozen=True, slots=True)
class Followers:
    """Followers at both ends. *growth* = (end − start) / start; None without both, or from 0."""

    start: Level | None
    end: Level | None
    growth: float | None


@dataclass(frozen=True, slots=True)
class Rows:
    """Everything stored of one account that its figures rest on, oldest first.

    *posts*: all of them, also those before and after the period. *covered*: the stretches for
    which every post was seen. *lacking*: those that were read, and are none of *covered* because
    the platform's statistics list more than is known. *read_within*: how long after a good
    reading the next one is there, if the account is read as it should be. *agreed*: the agreed
    silences (报备).
    """

    posts: Sequence[Post]
    readings: Sequence[Reading]
    covered: Sequence[Span]
    counters: Sequence[Counted]
    limits: Limits
    count_reposts: bool = True
    read_within: timedelta = timedelta(0)
    agreed: Sequence[SilenceException] = ()
    lacking: Sequence[Span] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """One account's figures of one period.

    *posts* is the number for the report: originals, counted reposts and articles. *originals* and
    *reposts* are None where a post's kind is unknown. *cut*: how many posts of both sides of an
    edge of the period may lie on the other (±n). *judged*: whether the limit was kept.
    *ever_posted*: a dated post is known up to its end. *undated*
    posts are in none of the numbers. *complete*: nothing speaks against the number being exact.
    *known*: anything is known of the period at all; if not, 0 posts means nothing. *as_of*: up
    to when the figures of a period that still runs are known; None of one that is over, or that
    nobody reads as it should be.
    """

    posts: int
    originals: int | None
    reposts: int | None
    articles: int
    pushes: int
    deleted: int
    undated: int
    active_days: int
    gaps: tuple[Gap, ...]
    longest_gap: Quiet | None
    lapses: tuple[Lapse, ...]
    days_in_breach: int
    followers: Followers
    known: bool = True
    as_of: datetime | None = None
    cut: int = 0
    judged: Judged = Judged.NOT_JUDGED
    ever_posted: bool = False

    @property
    def complete(self) -> bool:
        """Whether the total is exact; otherwise it is a lower bound."""
        return not self.gaps and not self.undated

    @property
    def told(self) -> bool:
        """Whether the total says anything: none is 0 only where all was seen."""
        return self.posts > 0 or self.complete


@dataclass(frozen=True, slots=True)
class EarlierPosts:
    """What is known of an account's posts in an earlier period. *complete*: *posts* is exact,
    but for *cut* more or fewer on its edges."""

    posts: int
    complete: bool
    cut: int = 0


def earlier_posts(rows: Rows, period: Period, now: datetime, zone: ZoneInfo) -> EarlierPosts | None:
    """Return how many posts *period* had; None if no post is known and not all of it was seen."""
    found = totals(rows, period, now, zone)
    return EarlierPosts(found.posts, found.complete, found.cut) if found.told else None


def totals(rows: Rows, period: Period, now: datetime, zone: ZoneInfo) -> Totals:
    """Return the figures of *period* as far as it lies before *now*."""
    until = min(period.end, now)
    as_of = _as_of(rows, period, now)
    inside = [p for p in rows.posts if period.holds(p.published_at) and p.published_at <= now]
    dated = [p for p in inside if p.dating is not Dating.UNKNOWN]
    counted = [p for p in dated if counts(p, rows.count_reposts)]
    kinds = [p.kind for p in dated]
    silence = _silence(rows, period, now)
    seen = _seen(rows, as_of, until)
    ends = {p.published_at: in_doubt_until(p.published_at, p.published_until) for p in rows.posts}
    broken = lapses(silence, rows.limits, until, zone, seen, ends)
    in_period = [
        noted(x, rows.agreed, until)
        for x in broken
        if x.breached_at < until and (x.ended_at or until) > period.start
    ]
    return Totals(
        posts=len(counted),
        originals=_of_kind(kinds, PostKind.ORIGINAL),
        reposts=_of_kind(kinds, PostKind.REPOST),
        articles=kinds.count(PostKind.ARTICLE),
        pushes=len({p.push or p.key for p in dated if p.kind is PostKind.ARTICLE}),
        deleted=sum(p.deleted_at is not None and p.deleted_at <= now for p in dated),
        undated=len(inside) - len(dated),
        active_days=len({p.published_at.astimezone(zone).date() for p in counted}),
        gaps=tuple(gaps(rows.covered, rows.readings, period.start, as_of or until, rows.lacking)),
        # What lies after the period is not its own: the last silence counts up to its end.
        longest_gap=longest(
            _reaching_in([at for at in silence if at < period.end], period), until, zone, seen
        ),
        lapses=tuple(in_period),
        days_in_breach=days_in_breach(in_period, period.start, until, zone),
        followers=followers(rows.counters, period, zone),
        known=bool(inside)
        or any(s.start < until and s.end > period.start for s in (*rows.covered, *rows.lacking)),
        as_of=as_of,
        judged=judged(silence, rows.limits, Span(period.start, until), zone, seen, ends),
        ever_posted=any(at < until for at in silence),
        cut=sum(_is_cut(p, period) for p in rows.posts if counts(p, rows.count_reposts)),
    )


def _of_kind(kinds: Sequence[PostKind], wanted: PostKind) -> int | None:
    """How many are of the kind *wanted*; None where one may be that nobody knows."""
    return None if PostKind.UNKNOWN in kinds else kinds.count(wanted)


def _is_cut(post: Post, period: Period) -> bool:
    """Whether an edge of *period* lies in the time that the post's date leaves open."""
    until = post.published_until
    return until is not None and any(
        post.published_at < edge < until for edge in (period.start, period.end)
    )


def counts(post: Post, count_reposts: bool) -> bool:
    """Return whether *post* counts for totals and freshness under the account's policy."""
    return count_reposts or post.kind is not PostKind.REPOST


def followers(counters: Sequence[Counted], period: Period, zone: ZoneInfo) -> Followers:
    """Return the followers at both ends of *period*.

    A count of a day means the end of that day. Start: the last count before the period, else
    the first inside it, which is then not exact. End: the last count of a day in the period.
    """
    known = [(c.day, c.followers) for c in counters if c.followers is not None]
    eve = _day(period.start, zone) - timedelta(days=1)
    last = _day(period.end, zone) - timedelta(days=1)
    before = [(day, n) for day, n in known if day <= eve]
    inside = [(day, n) for day, n in known if eve < day <= last]
    start = _level(before[-1:] or inside[:1], eve)
    end = _level(inside[-1:], last)
    growth = (end.value - start.value) / start.value if start and end and start.value else None
    return Followers(start, end, growth)


def believed(counters: Iterable[FollowerCount]) -> list[Counted]:
    """Return *counters* as figures take them: the oldest day first; of one day the newest import
    last, for the last one is believed."""
    ordered = sorted(counters, key=lambda c: (c.day, _age(c.provenance or "")))
    return [Counted(c.day, c.followers, c.posts, c.provenance or "") for c in ordered]


def _age(provenance: str) -> tuple[int, str]:
    number = provenance.removeprefix(IMPORT)
    return (int(number), "") if number.isdecimal() and number != provenance else (0, provenance)


def posts_of_months(rows: Rows, months: Sequence[Period], now: datetime) -> list[int]:
    """Return the posts of each of *months*, as `Totals` counts them; over a year they add up to
    the year's."""
    dates = [
        p.published_at
        for p in rows.posts
        if p.dating is not Dating.UNKNOWN
        and p.published_at <= now
        and counts(p, rows.count_reposts)
    ]
    return [sum(month.holds(at) for at in dates) for month in months]


def months_of(period: Period, zone: ZoneInfo) -> list[Period]:
    """Return the local calendar months that make up *period*."""
    first, last = _day(period.start, zone), _day(period.end, zone)
    starts = [
        datetime(year, month, 1, tzinfo=zone).astimezone(UTC)
        for year in range(first.year, last.year + 1)
        for month in range(1, 13)
        if (first.year, first.month) <= (year, month) <= (last.year, last.month)
    ]
    return [Period(start, end) for start, end in pairwise([*starts, period.end]) if start < end]


def _as_of(rows: Rows, period: Period, now: datetime) -> datetime | None:
    """Up to when the running *period* is known, if that is as much as regular reading can show:
    what came since the newest reading is no gap. A collector's state may be a day old."""
    if now >= period.end:
        return None
    good = [
        r
        for r in rows.readings
        if r.good and r.as_of is not None and r.covers_from is not None and r.started_at <= now
    ]
    if not good:
        return None
    read_at = max(r.started_at for r in good)
    known_to = max(r.as_of for r in good if r.as_of is not None)
    return known_up_to(read_at, known_to, rows.read_within, period, now)


def known_up_to(
    read_at: datetime, known_to: datetime, read_within: timedelta, period: Period, now: datetime
) -> datetime | None:
    """Return up to when the running *period* is known by good readings, the last one made at
    *read_at*, that show all up to *known_to*; None if that is less than regular reading shows.
    *read_within* as in `Rows`."""
    lately = read_at + read_within >= now and known_to + COLLECTED >= read_at
    return min(known_to, now) if lately and known_to > period.start else None


def _seen(rows: Rows, as_of: datetime | None, until: datetime) -> list[Span]:
    """The covered stretches; one that regular reading has brought up to *as_of* goes on."""
    return [
        Span(span.start, until) if as_of is not None and span.end >= as_of else span
        for span in rows.covered
    ]


def _silence(rows: Rows, period: Period, now: datetime) -> list[datetime]:
    """Dates of counted posts up to the period's end, and the first one after it."""
    dates = [
        p.published_at
        for p in rows.posts
        if p.dating is not Dating.UNKNOWN
        and counts(p, rows.count_reposts)
        and p.published_at <= now
    ]
    after = [at for at in dates if at >= period.end]
    return [at for at in dates if at < period.end] + after[:1]


def _reaching_in(dates: Sequence[datetime], period: Period) -> list[datetime]:
    """*dates* without the silences that ended before the period."""
    before = [at for at in dates if at < period.start]
    return before[-1:] + [at for at in dates if at >= period.start]


def _level(found: Sequence[tuple[date, int]], wanted: date) -> Level | None:
    return Level(found[0][1], found[0][0], found[0][0] == wanted) if found else None


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def certain(lapse: Lapse, gaps: Sequence[Gap]) -> bool:
    """Return whether nothing can have been published unseen during *lapse*."""
    return not any(
        gap.end > lapse.began_at and (lapse.ended_at is None or gap.start < lapse.ended_at)
        for gap in gaps
    )
