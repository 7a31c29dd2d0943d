"""The sentences of an annual report that the ledger can answer for. Pure.

They go into two places: 一、（四）, where the platforms stand, and 五, where lapses do. No
sentence claims more than is known: a total with a gap is 「不少于」, a year with a gap is never
said to be without a lapse, and growth names its base.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.words import Words
from monitor.ledger.judgement import Judged
from monitor.ledger.lapses import Lapse, Quiet
from monitor.ledger.totals import Level, Period
from monitor.reports.wording import (
    _Telling,
    gaps_worded,
    limit_worded,
    marks_worded,
    percent,
    posts_worded,
)
from monitor.reports.year.figures import AccountYear

LISTED = 6  # accounts named one by one; of more, each platform's number is given


@dataclass(frozen=True, slots=True)
class Section:
    """Sentences for one place of the report."""

    heading: str
    sentences: tuple[str, ...]


def sections(
    number: int, accounts: Sequence[AccountYear], period: Period, words: Words, now: datetime
) -> list[Section]:
    """Return the sentences of the year *number* as known at *now*, by their place.

    Only social-media accounts are included; each of several organisations stands for itself.
    """
    telling = _Telling(number, period, words, now)
    social = [one for one in accounts if one.social]
    return [
        Section(
            words.text("1 (4) platforms"), tuple(_by_organisation(social, _platforms, telling))
        ),
        Section(words.text("5 problems"), tuple(_by_organisation(social, _problems, telling))),
    ]


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
    cut = sum(one.totals.cut for one in accounts)
    complete = all(one.totals.complete for one in accounts)
    return posts_worded(posts, complete, telling.words, cut)


def _posts(one: AccountYear, telling: _Telling) -> str:
    words, found = telling.words, one.totals
    posts = posts_worded(found.posts, found.complete, words, found.cut)
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
    if len(accounts) > LISTED:
        yield from _problems_summed(accounts, telling)
        return
    for one in accounts:
        match one.totals.judged:
            case Judged.LAPSED:
                yield from _lapsed(one, telling)
            case Judged.KEPT:
                yield _kept(one, telling)
            case Judged.NOT_JUDGED:
                yield _not_judged(one, telling)


def _problems_summed(accounts: Sequence[AccountYear], telling: _Telling) -> Iterator[str]:
    """Of many accounts those that lapsed are told one by one, the others by their number."""
    words = telling.words
    when = words.text("In the year") if telling.over else words.text("In the year so far")
    lapsed = [one for one in accounts if one.totals.judged is Judged.LAPSED]
    for one in lapsed:
        yield from _lapsed(one, telling)
    kept = [one for one in accounts if one.totals.judged is Judged.KEPT]
    if kept:
        sentence = (
            words.text(
                "{when} {n} other accounts were never without an update for more than {limit}."
            )
            if lapsed
            else words.text(
                "{when} {n} accounts were never without an update for more than {limit}."
            )
        )
        longest = limit_worded(max(one.limit for one in kept), words)
        yield sentence.format(when=when, n=len(kept), limit=longest)
    unsure = sum(one.totals.judged is Judged.NOT_JUDGED for one in accounts)
    if unsure:
        yield words.text(
            "Of {n} accounts not enough is known for a judgement; to be verified."
        ).format(n=unsure)


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
    limit = limit_worded(one.limit_at(lapse.breached_at), words)
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


def _not_judged(one: AccountYear, telling: _Telling) -> str:
    words, account, found = telling.words, _named(one, telling.words), one.totals
    limit = limit_worded(one.limit, words)
    if found.complete and not found.ever_posted:
        return words.text("{account} published nothing in the year.").format(account=account)
    if found.known and found.gaps:
        return words.text(
            "Where {account} was seen, it was never without an update for more than {limit}; "
            "{gaps} could not be seen, so nothing is said about then."
        ).format(account=account, limit=limit, gaps=gaps_worded(found.gaps, telling.number, words))
    sentence = (
        words.text(
            "What is known does not tell whether {account} was without an update for more than "
            "{limit} {when}; to be verified."
        )
        if found.known
        else words.text(
            "Whether {account} was without an update for more than {limit} {when} is not "
            "known; to be verified."
        )
    )
    return sentence.format(account=account, limit=limit, when=_year(telling))


def _kept(one: AccountYear, telling: _Telling) -> str:
    """The longest time is told only where nothing can have been published unseen in it."""
    words, account, longest = telling.words, _named(one, telling.words), one.totals.longest_gap
    limit = limit_worded(one.limit, words)
    when = words.text("In the year") if telling.over else words.text("In the year so far")
    if one.totals.gaps or longest is None:
        return words.text(
            "{when} {account} was never without an update for more than {limit}."
        ).format(when=when, account=account, limit=limit)
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


def _named(one: AccountYear, words: Words) -> str:
    return words.account(one.account.name, one.account.platform)
