"""The sentences of an annual report that the ledger can answer for. Pure.

They go into two places: 一、（四）, where the platforms are told, and 五, where lapses are. No
sentence claims more than is known: a total with a gap is 「不少于」, a year with a gap is never
said to be without a lapse, and growth names its base.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from alerts.words import Words, one_line
from monitor.ledger.coverage import Gap
from monitor.ledger.lapses import Lapse, Quiet
from monitor.ledger.totals import Level, Period
from monitor.reports.year.figures import AccountYear, certain

LISTED = 6  # accounts named one by one; of more, each platform's number is told
FORTNIGHT, WEEK = timedelta(days=14), timedelta(days=7)
GAPS_TOLD = 3
REASON = 40  # characters of an agreed silence's reason


@dataclass(frozen=True, slots=True)
class Section:
    """Sentences for one place of the report."""

    heading: str
    sentences: tuple[str, ...]


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


def sections(
    number: int, accounts: Sequence[AccountYear], period: Period, words: Words, now: datetime
) -> list[Section]:
    """Return the sentences of the year *number* as known at *now*, by their place.

    Only social-media accounts are told of; several organisations are told apart.
    """
    telling = _Telling(number, period, words, now)
    social = [one for one in accounts if one.social]
    return [
        Section(
            words.text("1 (4) platforms"), tuple(_by_organisation(social, _platforms, telling))
        ),
        Section(words.text("5 problems"), tuple(_by_organisation(social, _problems, telling))),
    ]


def percent(part: int, whole: int) -> str:
    """Return *part* of *whole* in per cent, rounded half up to one decimal, without a sign.

    Raises `ZeroDivisionError` for a *whole* of 0.
    """
    if not whole:
        raise ZeroDivisionError("nothing is a percentage of 0")
    exact = Decimal(abs(part)) * 100 / Decimal(abs(whole))
    return str(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))


def limit_worded(limit: timedelta, words: Words) -> str:
    """Return how a limit is called, e.g. 两周 or 10天."""
    if limit == FORTNIGHT:
        return words.text("two weeks")
    if limit == WEEK:
        return words.text("one week")
    return words.days(limit.days)


def posts_worded(posts: int, complete: bool, words: Words) -> str:
    """Return a number of posts, e.g. 284条 or 不少于284条."""
    worded = words.plural("{n} post", "{n} posts", posts).format(n=posts)
    return worded if complete else words.text("at least {posts}").format(posts=worded)


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


def _by_organisation(
    accounts: Sequence[AccountYear],
    tell: Callable[[Sequence[AccountYear], _Telling], Iterator[str]],
    telling: _Telling,
) -> Iterator[str]:
    groups: dict[str | None, list[AccountYear]] = {}
    for one in accounts:
        groups.setdefault(one.account.organisation, []).append(one)
    for organisation, group in groups.items():
        for sentence in tell(group, telling):
            if len(groups) == 1 or organisation is None:
                yield sentence
            else:
                yield telling.words.text("{organisation}: {sentence}").format(
                    organisation=organisation, sentence=sentence
                )


def _platforms(accounts: Sequence[AccountYear], telling: _Telling) -> Iterator[str]:
    known = [one for one in accounts if one.totals.known]
    if known:
        yield _published(known, telling)
    if len(known) < len(accounts):
        yield _unknown([one for one in accounts if not one.totals.known], telling)
    for one in accounts:
        yield from _compared(one, telling)
    for one in accounts:
        yield from _followers(one, telling)


def _published(accounts: Sequence[AccountYear], telling: _Telling) -> str:
    words, when = telling.words, _year(telling)
    if len(accounts) == 1:
        return words.text(
            "Dedicated staff maintain {account}; {when} it published {posts}."
        ).format(account=_named(accounts[0], words), when=when, posts=_posts(accounts[0], telling))
    if len(accounts) > LISTED:
        return _summed(accounts, telling)
    return words.text(
        "Dedicated staff maintain {n} accounts, {accounts}; {when} they published {posts} "
        "respectively, {total} in all."
    ).format(
        n=words.text("two") if len(accounts) == 2 else len(accounts),
        accounts=words.listing([_named(one, words) for one in accounts]),
        when=when,
        posts=words.listing([_posts(one, telling) for one in accounts]),
        total=_total(accounts, telling),
    )


def _unknown(accounts: Sequence[AccountYear], telling: _Telling) -> str:
    words = telling.words
    names = words.listing([_named(one, words) for one in accounts[:LISTED]])
    if len(accounts) > LISTED:
        names = words.text("{names} and others, {n} accounts in all").format(
            names=names, n=len(accounts)
        )
    return words.text(
        "Nothing is known of what {accounts} published {when}; to be verified."
    ).format(accounts=names, when=_year(telling))


def _year(telling: _Telling) -> str:
    words = telling.words
    if telling.over:
        return words.text("in {year}").format(year=telling.number)
    day = words.short_day(telling.local(telling.now))
    return words.text("in {year} up to {day}").format(year=telling.number, day=day)


def _summed(accounts: Sequence[AccountYear], telling: _Telling) -> str:
    words = telling.words
    platforms: dict[str, list[AccountYear]] = {}
    for one in accounts:
        platforms.setdefault(one.account.platform, []).append(one)
    return words.text(
        "{n} government new-media accounts are maintained; {when} they published {total}: {parts}."
    ).format(
        n=len(accounts),
        when=_year(telling),
        total=_total(accounts, telling),
        parts=words.listing(
            [
                words.text("{posts} on {n} {platform}").format(
                    posts=_total(group, telling), n=len(group), platform=words.platform(platform)
                )
                for platform, group in platforms.items()
            ]
        ),
    )


def _total(accounts: Sequence[AccountYear], telling: _Telling) -> str:
    posts = sum(one.totals.posts for one in accounts)
    return posts_worded(posts, all(one.totals.complete for one in accounts), telling.words)


def _posts(one: AccountYear, telling: _Telling) -> str:
    words, found = telling.words, one.totals
    posts = posts_worded(found.posts, found.complete, words)
    if not found.reposts:
        return posts
    if not one.count_reposts:
        return words.text("{posts} ({reposts} reposts not counted)").format(
            posts=posts, reposts=found.reposts
        )
    return words.text("{posts} ({originals} of them originals)").format(
        posts=posts, originals=found.originals
    )


def _compared(one: AccountYear, telling: _Telling) -> Iterator[str]:
    """Nothing where either year has a gap: two lower bounds cannot be compared."""
    words, now = telling.words, one.totals.posts
    if one.refused is not None or not one.before or not telling.over:
        return
    change = now - one.before
    account = _named(one, words)
    if not change:
        yield words.text("{account} published as many posts as in the year before.").format(
            account=account
        )
        return
    sentence = (
        words.text("{account} published {n} more than the {before} of the year before, up {p}%.")
        if change > 0
        else words.text(
            "{account} published {n} fewer than the {before} of the year before, down {p}%."
        )
    )
    yield sentence.format(
        account=account, n=abs(change), before=one.before, p=percent(change, one.before)
    )


def _followers(one: AccountYear, telling: _Telling) -> Iterator[str]:
    words, found = telling.words, one.totals.followers
    account = _named(one, words)
    if found.end is None:
        return
    if found.start is None or found.start.day >= found.end.day:
        yield words.text("{account} had {n} followers {when}.").format(
            account=account, n=found.end.value, when=_when(found.end, False, telling)
        )
        return
    change = found.end.value - found.start.value
    ends = {
        "account": account,
        "first": _when(found.start, True, telling),
        "base": _when(found.start, True, telling),
        "last": _when(found.end, False, telling),
        "a": found.start.value,
        "b": found.end.value,
        "n": abs(change),
    }
    if change == 0 or found.start.value == 0:
        yield words.text("{account} had {a} followers {first} and {b} {last}.").format(**ends)
        return
    sentence = (
        words.text(
            "The followers of {account} rose from {a} {first} to {b} {last}, by {n}, which is "
            "{p}% of the number {base}."
        )
        if change > 0
        else words.text(
            "The followers of {account} fell from {a} {first} to {b} {last}, by {n}, which is "
            "{p}% of the number {base}."
        )
    )
    yield sentence.format(**ends, p=percent(change, found.start.value))


def _when(level: Level, start: bool, telling: _Telling) -> str:
    words = telling.words
    if level.exact:
        return words.text("at the start of the year") if start else words.text("at the year's end")
    return words.text("on {day}").format(day=telling.day(level.day))


def _problems(accounts: Sequence[AccountYear], telling: _Telling) -> Iterator[str]:
    for one in accounts:
        if not one.totals.known:
            yield telling.words.text(
                "Whether {account} was without an update for more than {limit} {when} is not "
                "known; to be verified."
            ).format(
                account=_named(one, telling.words),
                limit=limit_worded(one.limit, telling.words),
                when=_year(telling),
            )
        elif one.totals.lapses:
            yield from _lapsed(one, telling)
        else:
            yield _kept(one, telling)


def _lapsed(one: AccountYear, telling: _Telling) -> Iterator[str]:
    words, account = telling.words, _named(one, telling.words)
    for lapse in one.totals.lapses:
        sentence = _lapse(lapse, account, one, telling)
        marks = marks_worded(lapse, one.totals.gaps, telling.number, words)
        yield words.text("{sentence}{doubt}.").format(sentence=sentence, doubt=marks)
    after = one.after_lapses
    if after is not None and not _gaps_after(one) and telling.over:
        yield words.text(
            "After that the longest time between two updates was {days}; it did not happen again "
            "in the year."
        ).format(days=words.days(after.days))


def _lapse(lapse: Lapse, account: str, one: AccountYear, telling: _Telling) -> str:
    words, first = telling.words, telling.local(lapse.began_at)
    limit = limit_worded(one.limit, words)
    if lapse.ended_at is None:
        return words.text(
            "{account} has not been updated since {first}, for {days}, which is more than {limit}"
        ).format(
            account=account, first=telling.day(first), days=words.days(lapse.days), limit=limit
        )
    return words.text(
        "{account} was not updated from {span}, for {days}, which is more than {limit}"
    ).format(
        account=account,
        span=telling.days(first, telling.local(lapse.ended_at)),
        days=words.days(lapse.days),
        limit=limit,
    )


def _gaps_after(one: AccountYear) -> bool:
    ended = one.totals.lapses[-1].ended_at
    return any(ended is None or gap.end > ended for gap in one.totals.gaps)


def _kept(one: AccountYear, telling: _Telling) -> str:
    words, account = telling.words, _named(one, telling.words)
    limit = limit_worded(one.limit, words)
    if one.totals.gaps:
        return words.text(
            "Where {account} was seen, it was never without an update for more than {limit}; "
            "{gaps} could not be seen, so nothing is said about then."
        ).format(
            account=account, limit=limit, gaps=gaps_worded(one.totals.gaps, telling.number, words)
        )
    longest = one.totals.longest_gap
    if longest is None:
        return words.text("{account} published nothing in the year.").format(account=account)
    when = words.text("In the year") if telling.over else words.text("In the year so far")
    return words.text(
        "{when} {account} was never without an update for more than {limit}; the longest time "
        "between two updates was {days}{span}."
    ).format(
        when=when,
        account=account,
        limit=limit,
        days=words.days(longest.days),
        span=_span(longest, telling),
    )


def _span(quiet: Quiet, telling: _Telling) -> str:
    if quiet.to is None or quiet.days == 0:
        return ""
    span = telling.days(quiet.since, quiet.to)
    return telling.words.text(" ({span})").format(span=span)


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


def _named(one: AccountYear, words: Words) -> str:
    return words.account(one.account.name, one.account.platform)
