"""The month in words: what the mail, the printed page and the workbook have in common. Pure.

Each of them lays out the same sentences, so that none says what another does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from alerts.words import WEEKEND, Words, one_line
from monitor.ledger.lapses import Lapse
from monitor.ledger.totals import EarlierPosts, Followers
from monitor.reports.month.figures import (
    AccountMonth,
    Day,
    GatewayMonth,
    Month,
    Seen,
    before,
)
from monitor.reports.wording import gaps_worded, marks_worded, posts_worded, share

CARDS = 6  # accounts shown with a calendar each; of more, only those in trouble
ROWS = 30  # accounts in the table below
AHEAD = 6  # deadlines listed one by one
NAME = 40
UNKNOWN = "—"
MANY, SOME = 4, 2  # posts of a day from which its colour is darker


@dataclass(frozen=True, slots=True)
class Square:
    """One day of a calendar: its number, what is written below, and its colour's name.

    *tone*: `none`, `few`, `some`, `many`; `late` without a post over the limit; `unseen`,
    `partly` without a post, where not everything was seen; `ahead`.
    """

    day: int
    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class Row:
    """One account in a table of accounts."""

    number: int
    organisation: str
    name: str
    platform: str
    posts: str
    last_month: str
    last_year: str
    longest: str
    last_post: str
    followers: str
    state: str
    trouble: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One account at length. *troubles* come before its other *lines*. *weeks*: Monday first;
    None outside the month."""

    row: Row
    title: str
    posts: str
    troubles: tuple[str, ...]
    lines: tuple[str, ...]
    weeks: tuple[tuple[Square | None, ...], ...]


@dataclass(frozen=True, slots=True)
class View:
    """The month's report in words. *tone*: `good`, `bad`, or `unsure`."""

    subject: str
    title: str
    label: str
    known: str
    headline: str
    tone: str
    overview: tuple[str, ...]
    cards: tuple[Card, ...]
    rows: tuple[Row, ...]
    more: str
    problems: tuple[str, ...]
    ahead: tuple[str, ...]
    answered: tuple[str, ...]
    gateways: tuple[str, ...]


def view(month: Month, words: Words) -> View:
    """Return *month* in words, the accounts in trouble first among the cards."""
    rows = [_row(one, n, words) for n, one in enumerate(month.accounts, 1)]
    carded = _carded(month.accounts)
    listed = [row for one, row in zip(month.accounts, rows, strict=True) if one not in carded]
    label = month_label(month, words)
    headline = _headline(month, words)
    return View(
        subject=words.text("[Monthly report] New media in {month}: {headline}").format(
            month=label, headline=headline
        ),
        title=words.text("Government new media in {month}").format(month=label),
        label=label,
        known=words.text("As known at {at}").format(at=words.moment(month.at, year=True)),
        headline=headline,
        tone=_tone(month),
        overview=tuple(_overview(month, words)),
        cards=tuple(_card(one, rows[month.accounts.index(one)], month, words) for one in carded),
        rows=tuple(listed),
        more=_more(len(listed) - ROWS, words),
        problems=tuple(_problems(month, words)),
        ahead=tuple(_ahead(month, words)),
        answered=tuple(_answered(month, words)),
        gateways=tuple(_gateway(one, words) for one in month.gateways),
    )


def all_rows(month: Month, words: Words) -> list[Row]:
    """Return every account's row."""
    return [_row(one, n, words) for n, one in enumerate(month.accounts, 1)]


def month_label(month: Month, words: Words) -> str:
    """Return how the month is called, e.g. 2024年2月."""
    return words.text("{year}-{month}").format(year=month.year, month=month.month)


def _carded(accounts: Sequence[AccountMonth]) -> list[AccountMonth]:
    """Those shown at length: all of a few; of many, those in trouble."""
    troubled = [one for one in accounts if not one.kept]
    others = [one for one in accounts if one.kept]
    if len(accounts) <= CARDS:
        return [*troubled, *others]
    return troubled[:CARDS]


def _tone(month: Month) -> str:
    if any(one.lapsed for one in month.accounts):
        return "bad"
    return "good" if month.accounts and all(one.kept for one in month.accounts) else "unsure"


def _headline(month: Month, words: Words) -> str:
    accounts = month.accounts
    if not accounts:
        return words.text("no account is watched")
    n = len(accounts)
    if all(one.kept for one in accounts):
        return words.plural(
            "{n} account, updated in time", "all {n} accounts updated in time", n
        ).format(n=n)
    parts = [
        worded.format(n=found)
        for found, worded in (
            (sum(one.lapsed for one in accounts), words.text("{n} over the limit")),
            (
                sum(one.unread and one.watched and not one.lapsed for one in accounts),
                words.text("{n} could not be read"),
            ),
            (sum(one.unwatched for one in accounts), words.text("{n} not watched yet")),
            (
                sum(one.silent and not one.lapsed for one in accounts),
                words.text("{n} without any post yet"),
            ),
            (
                sum(_not_judged(one) for one in accounts),
                words.text("{n} not to be judged, for not all was seen"),
            ),
        )
        if found
    ]
    return words.plural("{n} account: {parts}", "{n} accounts: {parts}", n).format(
        n=n, parts=words.listing(parts)
    )


def _not_judged(one: AccountMonth) -> bool:
    return not (one.kept or one.lapsed or one.unread or one.silent)


def _overview(month: Month, words: Words) -> Iterator[str]:
    accounts, kept = month.accounts, sum(one.kept for one in month.accounts)
    if not accounts:
        return
    tried = sum(one.tried for one in month.gateways)
    if all(one.unwatched for one in accounts):
        yield words.text("Nothing was watched yet; what was published is not known.")
        return
    if all(one.unread for one in accounts):
        yield words.text(
            "{n} accounts are watched, with {tried} readings; what they published is not known."
        ).format(n=len(accounts), tried=tried)
        return
    posts = posts_worded(month.total_posts, month.complete, words)
    sentence = (
        words.text("{n} accounts were watched, with {tried} readings; they published {posts}.")
        if month.over
        else words.text(
            "{n} accounts are watched, with {tried} readings so far; they published {posts}."
        )
    )
    yield sentence.format(n=len(accounts), tried=tried, posts=posts)
    yield words.text("{kept} of {n} are known to have kept their limit ({p}%).").format(
        kept=kept, n=len(accounts), p=share(kept, len(accounts))
    )


def _card(one: AccountMonth, row: Row, month: Month, words: Words) -> Card:
    return Card(
        row=row,
        title=words.account(_name(one), one.account.platform),
        posts=words.text("not known")
        if one.unread
        else posts_worded(one.totals.posts, one.totals.complete, words, one.totals.cut),
        troubles=tuple(_troubles(one, words)),
        lines=tuple(_facts(one, month, words)),
        weeks=_weeks(one.days, words),
    )


def _troubles(one: AccountMonth, words: Words) -> Iterator[str]:
    for lapse in one.totals.lapses:
        yield _lapse(one, lapse, words)
    if one.unwatched:
        yield words.text("Not watched yet in this month; what was published is not known.")
    elif one.unread:
        yield words.text("Nothing of this month could be read; what was published is not known.")
    elif one.silent:
        yield words.text("No post has been seen yet.")


def _facts(one: AccountMonth, month: Month, words: Words) -> Iterator[str]:
    if not one.unread:
        yield from _compared(one, month, words)
        yield from _longest(one, words)
        if one.totals.gaps and month.over:
            gaps = gaps_worded(one.totals.gaps, month.year, words)
            yield words.text("Not seen: {gaps}").format(gaps=gaps)
    yield from _followers(one.totals.followers, words)


def _lapse(one: AccountMonth, lapse: Lapse, words: Words) -> str:
    days, limit = words.days(lapse.days), words.days(one.limit_at(lapse.breached_at).days)
    year = _local(lapse.ended_at or lapse.began_at, words).year
    doubt = marks_worded(lapse, one.totals.gaps, year, words)
    if lapse.ended_at is None:
        return words.text("Silent since {day}, for {days}; the limit is {limit}{doubt}").format(
            day=words.since(lapse.began_at), days=days, limit=limit, doubt=doubt
        )
    span = _span(_local(lapse.began_at, words), _local(lapse.ended_at, words), words)
    return words.text("Silent from {span}, for {days}; the limit is {limit}{doubt}").format(
        span=span, days=days, limit=limit, doubt=doubt
    )


def _compared(one: AccountMonth, month: Month, words: Words) -> Iterator[str]:
    """Two months are held against each other only where both numbers are exact."""
    earlier_year, earlier = before(month.year, month.month)
    named = words.text("{year}-{month}").format(year=earlier_year, month=earlier)
    year_before = words.text("{year}-{month}").format(year=month.year - 1, month=month.month)
    for name, found in ((named, one.last_month), (year_before, one.last_year)):
        if found is not None:
            yield _against(one, found, name, month, words)


def _against(one: AccountMonth, found: EarlierPosts, name: str, month: Month, words: Words) -> str:
    posts = posts_worded(found.posts, found.complete, words, found.cut)
    edges = one.totals.cut or found.cut
    if edges or not (month.over and one.totals.complete and found.complete):
        return words.text("{month}: {posts}").format(month=name, posts=posts)
    change = one.totals.posts - found.posts
    if change == 0:
        return words.text("{month}: {posts}, the same").format(month=name, posts=posts)
    sentence = (
        words.text("{month}: {posts}, now {n} more")
        if change > 0
        else words.text("{month}: {posts}, now {n} fewer")
    )
    return sentence.format(month=name, posts=posts, n=abs(change))


def _longest(one: AccountMonth, words: Words) -> Iterator[str]:
    quiet = one.totals.longest_gap
    if quiet is None:
        return
    if quiet.to is None:
        yield words.text("Longest time without a post: {days}, since {day}").format(
            days=words.days(quiet.days), day=words.short_day(quiet.since)
        )
    elif quiet.days:
        yield words.text("Longest time without a post: {days} ({span})").format(
            days=words.days(quiet.days), span=_span(quiet.since, quiet.to, words)
        )


def _followers(found: Followers, words: Words) -> Iterator[str]:
    if found.end is None:
        return
    end = f"{found.end.value:,}"
    if found.start is None or found.start.day >= found.end.day:
        yield words.text("Followers: {n}").format(n=end)
        return
    change = found.end.value - found.start.value
    sentence = (
        words.text("Followers: {n}, {change} fewer than at the start")
        if change < 0
        else words.text("Followers: {n}, {change} more than at the start")
    )
    yield sentence.format(n=end, change=f"{abs(change):,}")


def _weeks(days: Sequence[Day], words: Words) -> tuple[tuple[Square | None, ...], ...]:
    cells: list[Square | None] = [None] * days[0].on.weekday() if days else []
    cells += [_square(day, words) for day in days]
    cells += [None] * (-len(cells) % 7)
    return tuple(tuple(cells[n : n + 7]) for n in range(0, len(cells), 7))


def _square(day: Day, words: Words) -> Square:
    return Square(day.on.day, str(day.posts) if day.posts else _nothing(day, words), _colour(day))


def _nothing(day: Day, words: Words) -> str:
    unsure = day.seen in (Seen.NOT, Seen.PARTLY)
    return words.text("?") if unsure else ""


def _colour(day: Day) -> str:
    if day.posts:
        return "many" if day.posts >= MANY else "some" if day.posts >= SOME else "few"
    if day.seen is Seen.TO_COME:
        return "ahead"
    if day.late:
        return "late"
    return {Seen.NOT: "unseen", Seen.PARTLY: "partly"}.get(day.seen, "none")


def _row(one: AccountMonth, number: int, words: Words) -> Row:
    longest = one.totals.longest_gap
    end = one.totals.followers.end
    return Row(
        number=number,
        organisation=one.account.organisation or "",
        name=_name(one),
        platform=words.platform(one.account.platform),
        posts=UNKNOWN if one.unread else _least(one.totals.posts, one.totals.complete, words),
        last_month=_before(one.last_month, words),
        last_year=_before(one.last_year, words),
        longest=str(longest.days) if longest and not one.unread else UNKNOWN,
        last_post=words.since(one.last_post_at) if one.last_post_at else UNKNOWN,
        followers=f"{end.value:,}" if end else UNKNOWN,
        state=_state(one, words),
        trouble=not one.kept,
    )


def _state(one: AccountMonth, words: Words) -> str:
    if one.lapsed:
        return words.text("over the limit")
    if one.unread:
        return words.text("could not be read") if one.watched else words.text("not watched yet")
    if one.silent:
        return words.text("no post yet")
    return words.text("in time") if one.kept else words.text("not to be judged")


def _before(found: EarlierPosts | None, words: Words) -> str:
    return _least(found.posts, found.complete, words) if found else UNKNOWN


def _least(posts: int, complete: bool, words: Words) -> str:
    return str(posts) if complete else words.text("≥ {n}").format(n=posts)


def _more(n: int, words: Words) -> str:
    if n <= 0:
        return ""
    return words.text("and {n} more accounts in the workbook attached").format(n=n)


def _problems(month: Month, words: Words) -> Iterator[str]:
    for one in month.accounts:
        account = words.account(_name(one), one.account.platform)
        for lapse in one.totals.lapses:
            yield words.text("{account}: {what}").format(
                account=account, what=_lapse(one, lapse, words)
            )
        if one.unwatched:
            yield words.text("{account}: not watched yet in this month").format(account=account)
        elif not one.lapsed and one.unread:
            yield words.text("{account}: nothing of this month could be read").format(
                account=account
            )
        elif not one.lapsed and one.silent:
            yield words.text("{account}: no post has been seen yet").format(account=account)


def _ahead(month: Month, words: Words) -> Iterator[str]:
    """By when to publish next, the nearest first."""
    due = sorted(
        (one for one in month.accounts if one.publish_by is not None),
        key=lambda one: (one.publish_by or date.max, one.account.id),
    )
    for one in due[:AHEAD]:
        yield _due(one, words, month)
    if len(due) > AHEAD:
        yield _more(len(due) - AHEAD, words)


def _due(one: AccountMonth, words: Words, month: Month) -> str:
    by = one.publish_by
    assert by is not None
    named = month.calendar.name(by)
    holiday = named if named != WEEKEND else None
    account = words.account(_name(one), one.account.platform)
    day = words.day(by, holiday=holiday)
    if by < _local(month.at, words):
        return words.text("{account}: should have published by {day}").format(
            account=account, day=day
        )
    last = words.since(one.newest_at) if one.newest_at else UNKNOWN
    return words.text("{account}: publish by {day} (last post {last})").format(
        account=account, day=day, last=last
    )


def _answered(month: Month, words: Words) -> Iterator[str]:
    found = month.alerts
    if not found.alerts:
        yield words.text("No account needed a reminder.")
        return
    yield words.text(
        "{alerts} alerts; {notices} messages to {people} people; {answered} answered."
    ).format(
        alerts=found.alerts, notices=found.notices, people=found.people, answered=found.answered
    )
    if found.hours is not None:
        length = words.lasting(timedelta(hours=found.hours))
        yield words.text("From the first message to a post: {length} (median).").format(
            length=length
        )
    if found.open:
        yield words.text("{n} were still open at the end.").format(n=found.open)


def _gateway(one: GatewayMonth, words: Words) -> str:
    name = one_line(one.id, NAME)
    if not one.tried:
        read = words.text("{gateway}: not read at all").format(gateway=name)
    elif one.good == one.tried:
        read = words.text("{gateway}: {tried} readings, all good").format(
            gateway=name, tried=one.tried
        )
    else:
        read = words.text("{gateway}: {good} of {tried} readings good ({p}%)").format(
            gateway=name, good=one.good, tried=one.tried, p=share(one.good, one.tried)
        )
    if not one.outages:
        return read
    return words.text("{read}; {n} outages, {length} in all").format(
        read=read, n=one.outages, length=words.lasting(one.down)
    )


def _name(one: AccountMonth) -> str:
    return one_line(one.account.name, NAME)


def _local(at: datetime, words: Words) -> date:
    return at.astimezone(words.zone).date()


def _span(first: date, last: date, words: Words) -> str:
    if first.year == last.year:
        return words.span(first, last)
    return words.text("{first} to {last}").format(
        first=words.day(first, year=True), last=words.day(last, year=True)
    )
