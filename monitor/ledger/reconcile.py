"""Our number of posts beside everybody else's, and why they differ. Pure over rows.

Others are the platform's own counter, its statistics of single days, a console's export, and
what somebody published. Each difference is explained by a class of posts that the one counts and
the other does not, or it is said to be unexplained.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import combinations
from zoneinfo import ZoneInfo

from monitor.ledger import days
from monitor.ledger.coverage import GapReason, Span, covered
from monitor.ledger.periods import midnight
from monitor.ledger.records import IMPORT, Declared, ImportedSpan, KnownDay
from monitor.ledger.totals import Counted, Period, Rows, Totals, counts
from monitor.model import Dating, Post, PostKind


class Against(StrEnum):
    """What our number is held against."""

    COUNTER = "counter"  # what the platform counted between two days
    STATISTICS = "statistics"  # what its statistics list, day by day
    EXPORT = "export"  # what a console's export lists
    DECLARED = "declared"  # what somebody published


class Cause(StrEnum):
    """Why a number differs from ours."""

    DELETED = "deleted"  # posts that are gone from the platform
    REPOSTS = "reposts"  # counted by the one only
    UNPUSHED = "unpushed"  # articles published without a mass-send
    SENDS = "sends"  # mass-sends were counted, not articles
    MISSED = "missed"  # published in a gap, where we are not sure to have seen everything
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class Difference:
    """*posts* more (or, below zero, fewer) are theirs than ours, for one cause."""

    cause: Cause
    posts: int


@dataclass(frozen=True, slots=True)
class DayDifference:
    """One day whose number of posts is another in the statistics than in the ledger."""

    day: date
    ours: int
    theirs: int


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison over [since, until). *name*: a counter's origin, a file, a publication.

    Where days are compared one by one: *known_days* of that time are, no others, and
    *differing* ones are named. Differences up and down are then apart, for they explain nothing
    of each other.

    *unseen*: posts in it that no reading ever showed, only imports; *covered* of them lie where
    readings claim to have seen everything, which they should not.
    """

    against: Against
    name: str
    figure: str
    since: datetime
    until: datetime
    ours: int | None
    theirs: int
    differences: tuple[Difference, ...] = ()
    unseen: int = 0
    covered: int = 0
    known_days: int | None = None
    differing: tuple[DayDifference, ...] = ()

    @property
    def explained(self) -> bool:
        """Whether nothing about the difference is left open."""
        return not self.covered and all(
            one.cause is not Cause.UNEXPLAINED for one in self.differences
        )


# The figures that somebody may have published, by the names of the report.
DECLARABLE = (
    "posts",
    "originals",
    "reposts",
    "articles",
    "pushes",
    "followers_start",
    "followers_end",
)


def reconcile(
    rows: Rows,
    found: Totals,
    known: Sequence[KnownDay],
    exports: Sequence[ImportedSpan],
    published: Sequence[Declared],
    period: Period,
    zone: ZoneInfo,
) -> list[Line]:
    """Return our figures *found* in *period* beside the platform's counter, the days *known*
    from its statistics, the exports' and those *published*, in this order."""
    return [
        *_counter_lines(rows, found, period, zone),
        *_statistics_lines(rows, found, known, period),
        *(line for one in exports if (line := _export_line(rows, one, period))),
        *(_declared_line(rows, found, one, period) for one in published),
    ]


def _counter_lines(rows: Rows, found: Totals, period: Period, zone: ZoneInfo) -> Iterator[Line]:
    ends = _ends([c for c in rows.counters if c.posts is not None], period, zone)
    if ends is None:
        return
    first, last = ends
    window = Period(_after(first.day, zone), _after(last.day, zone))
    inside = _dated(rows.posts, window)
    ours = _counted(inside, rows)
    theirs = (last.posts or 0) - (first.posts or 0)
    gone = sum(p.deleted_at is not None and window.holds(p.deleted_at) for p in rows.posts)
    loose = any(gap.start < window.end and gap.end > window.start for gap in found.gaps)
    name = first.origin if first.origin == last.origin else f"{first.origin}, {last.origin}"
    line = Line(Against.COUNTER, name, "posts", window.start, window.end, len(ours), theirs)
    yield replace(
        line, differences=_explained(theirs - len(ours), _classes(inside, gone, rows), loose)
    )


def _ends(
    counters: Sequence[Counted], period: Period, zone: ZoneInfo
) -> tuple[Counted, Counted] | None:
    """The counts nearest to both ends of *period*: one before it if there is any."""
    eve = _day(period.start, zone) - timedelta(days=1)
    last = _day(period.end, zone) - timedelta(days=1)
    before = [c for c in counters if c.day <= eve]
    inside = [c for c in counters if eve < c.day <= last]
    start = before[-1:] or inside[:1]
    end = inside[-1:]
    if not start or not end or start[0].day >= end[0].day:
        return None
    return start[0], end[0]


def _statistics_lines(
    rows: Rows, found: Totals, known: Sequence[KnownDay], period: Period
) -> Iterator[Line]:
    """Articles, day by day; and mass-sends, where posts say which one they belong to."""
    whole = [k for k in known if _lies_in(k.count.day, period)]
    if not whole:
        return
    articles = [p for p in rows.posts if p.kind is PostKind.ARTICLE and _is_dated(p)]
    listed = {k.count.day: k.count.articles for k in whole}
    ours = days.on_their_days(articles, lambda p: p.published_at, listed)
    yield _by_day(
        "articles", whole, [_articles_of(k, ours[k.count.day], rows) for k in whole], found
    )
    if any(p.push for p in articles):
        pushes = [_pushes_of(k, ours[k.count.day], rows) for k in whole]
        yield _by_day("pushes", whole, pushes, found)


@dataclass(frozen=True, slots=True)
class _Day:
    """One day beside its statistics. *classes*: as `_classes` gives them."""

    day: date
    ours: int
    theirs: int
    classes: Mapping[Cause, Collection[int]]


def _articles_of(known: KnownDay, ours: Sequence[Post], rows: Rows) -> _Day:
    gone = sum(p.deleted_at is not None for p in ours)
    count = known.count
    return _Day(count.day, len(ours), count.articles, _classes(ours, gone, rows))


def _pushes_of(known: KnownDay, ours: Sequence[Post], rows: Rows) -> _Day:
    """Counted as for the report: an article without a push is one of its own. How many of these
    were none, or of one and the same, is not known."""
    sent = _one_of_each_push(ours)
    gone = sum(p.deleted_at is not None for p in sent)
    classes = {
        Cause.DELETED: [-gone] if gone else [],
        Cause.UNPUSHED: range(-1, -len(_unpushed(ours, rows)) - 1, -1),
    }
    return _Day(known.count.day, len(sent), known.count.pushes, classes)


def _by_day(
    figure: str, whole: Sequence[KnownDay], compared: Sequence[_Day], found: Totals
) -> Line:
    """Each day is explained for itself: what one has too many another does not lack."""
    tally: dict[tuple[Cause, bool], int] = {}
    for one in compared:
        for difference in _explained(one.theirs - one.ours, one.classes, _loose(one.day, found)):
            name = difference.cause, difference.posts > 0
            tally[name] = tally.get(name, 0) + difference.posts
    return Line(
        Against.STATISTICS,
        ", ".join(sorted({k.source for k in whole})),
        figure,
        days.begin(compared[0].day),
        days.end(compared[-1].day),
        sum(one.ours for one in compared),
        sum(one.theirs for one in compared),
        differences=tuple(
            Difference(cause, tally[cause, more])
            for cause in Cause
            for more in (True, False)
            if (cause, more) in tally
        ),
        known_days=len(compared),
        differing=tuple(
            DayDifference(one.day, one.ours, one.theirs)
            for one in compared
            if one.ours != one.theirs
        ),
    )


def _loose(day: date, found: Totals) -> bool:
    """Whether a gap leaves open what was published on *day*. One that is there because of the
    statistics explains nothing about them."""
    start, end = days.begin(day), days.end(day)
    return any(
        gap.start < end and gap.end > start and gap.reason is not GapReason.LISTED
        for gap in found.gaps
    )


def _one_of_each_push(posts: Sequence[Post]) -> list[Post]:
    """One that is still there, where there is one: a push is gone when all of it is."""
    ordered = sorted(posts, key=lambda p: p.deleted_at is None)
    return list({p.push or p.key: p for p in ordered}.values())


def _lies_in(day: date, period: Period) -> bool:
    return period.start <= days.begin(day) and days.end(day) <= period.end


def _export_line(rows: Rows, export: ImportedSpan, period: Period) -> Line | None:
    start, end = max(export.start, period.start), min(_past(export.end), period.end)
    if start >= end or export.partial:
        return None
    inside = _dated(rows.posts, Period(start, end))
    ours = _counted(inside, rows)
    listed = [p for p in inside if p.key in export.keys]
    unseen = [p for p in inside if _only_imported(p)]
    return Line(
        Against.EXPORT,
        export.name,
        "posts",
        start,
        end,
        len(ours),
        len(listed),
        differences=_against_list(inside, ours, listed, rows),
        unseen=len(unseen),
        covered=sum(_within(p.published_at, covered(rows.readings)) for p in unseen),
    )


def _against_list(
    inside: Sequence[Post], ours: Sequence[Post], listed: Sequence[Post], rows: Rows
) -> tuple[Difference, ...]:
    """Post by post: an export names what it holds, so nothing has to be guessed."""
    counted, there = {p.key for p in ours}, {p.key for p in listed}
    reposts = any(p.kind is PostKind.REPOST for p in listed)
    unpushed = _unpushed(inside, rows)
    tally: dict[Cause, int] = {}
    for post in inside:
        if (post.key in counted) == (post.key in there):
            continue
        cause, step = _why(post, post.key in there, reposts, post.key in unpushed)
        tally[cause] = tally.get(cause, 0) + step
    return tuple(Difference(cause, tally[cause]) for cause in Cause if tally.get(cause))


def _why(post: Post, theirs: bool, reposts: bool, unpushed: bool) -> tuple[Cause, int]:
    if theirs:
        return Cause.REPOSTS, 1
    if post.deleted_at is not None:
        return Cause.DELETED, -1
    if post.kind is PostKind.REPOST and not reposts:
        return Cause.REPOSTS, -1
    if unpushed:
        return Cause.UNPUSHED, -1
    return Cause.UNEXPLAINED, -1


def _declared_line(rows: Rows, found: Totals, said: Declared, period: Period) -> Line:
    ours = figure_of(found, said.figure)
    line = Line(
        Against.DECLARED, said.source, said.figure, period.start, period.end, ours, said.value
    )
    if ours is None or ours == said.value:
        return replace(line, differences=_open(ours, said.value))
    causes: Mapping[Cause, Collection[int]] = {}
    if said.figure == "posts":
        inside = _dated(rows.posts, period)
        causes = _classes(inside, sum(p.deleted_at is not None for p in inside), rows)
        if found.articles:
            causes = {**causes, Cause.SENDS: (found.pushes - found.articles,)}
    loose = not found.complete and not said.figure.startswith("followers")
    return replace(line, differences=_explained(said.value - ours, causes, loose))


def _open(ours: int | None, theirs: int) -> tuple[Difference, ...]:
    return () if ours is not None else (Difference(Cause.UNEXPLAINED, theirs),)


def figure_of(found: Totals, figure: str) -> int | None:
    """Return one of the `DECLARABLE` figures of *found*; None where it is not known."""
    if figure == "followers_start":
        return found.followers.start.value if found.followers.start else None
    if figure == "followers_end":
        return found.followers.end.value if found.followers.end else None
    return {
        "posts": found.posts,
        "originals": found.originals,
        "reposts": found.reposts,
        "articles": found.articles,
        "pushes": found.pushes,
    }.get(figure)


def _classes(inside: Sequence[Post], gone: int, rows: Rows) -> Mapping[Cause, Collection[int]]:
    """By cause: how much more than ours a number would be that treats that class otherwise."""
    reposts = sum(p.kind is PostKind.REPOST for p in inside)
    unpushed = len(_unpushed(inside, rows))
    steps = {
        Cause.DELETED: -gone,
        Cause.REPOSTS: -reposts if rows.count_reposts else reposts,
        Cause.UNPUSHED: -unpushed,
    }
    return {cause: (step,) for cause, step in steps.items() if step}


def _explained(
    difference: int, causes: Mapping[Cause, Collection[int]], loose: bool
) -> tuple[Difference, ...]:
    """The fewest causes that come to *difference* exactly; else all of it is left open.

    *loose*: ours may be too low, so that what the other has more may have been missed.
    """
    if not difference:
        return ()
    options = [(cause, step) for cause, steps in causes.items() for step in steps]
    for size in range(1, len(options) + 1):
        for chosen in combinations(options, size):
            if sum(step for _, step in chosen) == difference:
                return tuple(Difference(cause, step) for cause, step in chosen)
    cause = Cause.MISSED if loose and difference > 0 else Cause.UNEXPLAINED
    return (Difference(cause, difference),)


def _dated(posts: Sequence[Post], window: Period) -> list[Post]:
    return [p for p in posts if window.holds(p.published_at) and _is_dated(p)]


def _is_dated(post: Post) -> bool:
    return post.dating is not Dating.UNKNOWN


def _counted(posts: Sequence[Post], rows: Rows) -> list[Post]:
    return [p for p in posts if counts(p, rows.count_reposts)]


def _unpushed(posts: Sequence[Post], rows: Rows) -> frozenset[str]:
    """Keys of the articles among *posts* without a push, if others of the account have theirs."""
    if not any(p.push for p in rows.posts):
        return frozenset()
    return frozenset(p.key for p in posts if p.kind is PostKind.ARTICLE and p.push is None)


def _only_imported(post: Post) -> bool:
    return (post.source or "").startswith(IMPORT)


def _within(at: datetime, spans: Sequence[Span]) -> bool:
    return any(span.start <= at < span.end for span in spans)


def _past(end: datetime) -> datetime:
    """An export's last post is inside it."""
    return end + timedelta(microseconds=1)


def _after(day: date, zone: ZoneInfo) -> datetime:
    return midnight(day + timedelta(days=1), zone)


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
