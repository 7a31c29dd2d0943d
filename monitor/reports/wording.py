"""Phrases that every report shares: shares, limits, marks, gaps. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from alerts.platforms import ARTICLE, WORK, unit_of
from alerts.words import Words, one_line
from monitor.ledger.coverage import Gap
from monitor.ledger.lapses import Lapse
from monitor.ledger.totals import Period, certain

FORTNIGHT, WEEK = timedelta(days=14), timedelta(days=7)
GAPS_TOLD = 3
REASON = 40  # characters of an agreed silence's reason


@dataclass(frozen=True, slots=True)
class _Telling:
    """What the sentences are about, and in which words."""

    number: int
    period: Period
    words: Words
    now: datetime

    @property
    def over(self) -> bool:
        return self.now >= self.period.end

    def local(self, at: datetime) -> date:
        return at.astimezone(self.words.zone).date()

    def day(self, on: date) -> str:
        """Return *on*, with its year where it is another one."""
        short = self.words.short_day(on)
        if on.year == self.number:
            return short
        return self.words.text("{day} {year}").format(day=short, year=on.year)

    def days(self, first: date, last: date) -> str:
        if first.year == last.year == self.number:
            return self.words.span(first, last)
        ends = (self.day(first), self.day(last))
        return self.words.text("{first} to {last}").format(first=ends[0], last=ends[1])


def percent(part: int, whole: int) -> str:
    """Return *part* of *whole* in per cent, rounded half up to one decimal, without a sign.

    Raises `ZeroDivisionError` for a *whole* of 0.
    """
    if not whole:
        raise ZeroDivisionError("nothing is a percentage of 0")
    exact = Decimal(abs(part)) * 100 / Decimal(abs(whole))
    return str(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))


def share(part: int, whole: int) -> str:
    """Return *part* of *whole* in per cent as `percent`: 100 is said of all alone, 0 of none.

    Raises `ZeroDivisionError` for a *whole* of 0.
    """
    rounded = percent(part, whole)
    if rounded == "100.0" and part < whole:
        return "99.9"
    return "0.1" if rounded == "0.0" and part else rounded


def limit_worded(limit: timedelta, words: Words) -> str:
    """Return how a limit is called, e.g. 两周 or 10天."""
    if limit == FORTNIGHT:
        return words.text("two weeks")
    if limit == WEEK:
        return words.text("one week")
    return words.days(limit.days)


def posts_worded(posts: int, complete: bool, words: Words, cut: int = 0) -> str:
    """Return a number of posts, e.g. 284条 or 不少于284条. *cut*: how many more or fewer it may
    be, because their dates lie on an edge: 284条（±1）."""
    worded = words.plural("{n} post", "{n} posts", posts).format(n=posts)
    if cut:
        worded = words.text("{posts} (±{n})").format(posts=worded, n=cut)
    return worded if complete else words.text("at least {posts}").format(posts=worded)


def units_worded(n: int, platform: str, words: Words) -> str:
    """Return *n* published things as *platform* calls them, e.g. 文章8篇 or 作品8个."""
    unit = unit_of(platform)
    if unit == WORK:
        return words.plural("{n} work", "{n} works", n).format(n=n)
    if unit == ARTICLE:
        return words.plural("{n} article", "{n} articles", n).format(n=n)
    return words.plural("{n} item", "{n} items", n).format(n=n)


def agreed_worded(agreed: Sequence[tuple[str, str, str | None]], words: Words) -> str:
    """Return how a lapse is marked with the silences that were *agreed* (报备): of each its days,
    its reason and, where it has one, its document's number. Empty without any."""
    told = "".join(
        words.text("; ") * bool(n) + agreement_worded(*one, words) for n, one in enumerate(agreed)
    )
    return words.text(" (agreed for this time: {silences})").format(silences=told) if told else ""


def agreement_worded(days: str, reason: str, document: str | None, words: Words) -> str:
    """Return one agreed silence of these *days* with its reason and its document's number."""
    why = one_line(reason, REASON)
    if not document:
        return words.text("{days}, {why}").format(days=days, why=why)
    number = one_line(document, REASON)
    return words.text("{days}, {why}, document {number}").format(days=days, why=why, number=number)


def marks_worded(lapse: Lapse, gaps: Sequence[Gap], number: int, words: Words) -> str:
    """Return what must be said beside a *lapse* found in *number*'s figures: the silences agreed
    for it, and whether it was not wholly seen."""
    telling = _Telling(number, Period(lapse.began_at, lapse.began_at), words, lapse.began_at)
    agreed = agreed_worded(
        [
            (_stretch(one.since, one.until, telling), one.reason, one.document)
            for one in lapse.exceptions
        ],
        words,
    )
    doubt = words.text(" (not all of this time was seen; to be verified)")
    return agreed if certain(lapse, gaps) else agreed + doubt


def gaps_worded(gaps: Sequence[Gap], number: int, words: Words) -> str:
    """Return the days of *gaps*, the longest three of them, e.g. 3月1日至5日等4段."""
    telling = _Telling(number, Period(gaps[0].start, gaps[-1].end), words, gaps[-1].end)
    told = sorted(
        sorted(gaps, key=lambda gap: gap.start - gap.end)[:GAPS_TOLD], key=lambda gap: gap.start
    )
    spans = words.listing([_gap(gap, telling) for gap in told])
    if len(gaps) <= GAPS_TOLD:
        return spans
    return words.text("{spans} and others, {n} in all").format(spans=spans, n=len(gaps))


def _gap(gap: Gap, telling: _Telling) -> str:
    return _stretch(gap.start, gap.end, telling)


def _stretch(start: datetime, end: datetime, telling: _Telling) -> str:
    # What ends at midnight does not reach into the day that begins then.
    first, last = telling.local(start), telling.local(end - timedelta(microseconds=1))
    return telling.day(first) if first == last else telling.days(first, last)
