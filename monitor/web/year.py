"""One year of an account: what was published each day, what was not seen, what was over the limit.

It shows what the ledger says of the year, as every report does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypedDict

from markupsafe import Markup

from alerts.words import Words
from monitor.ledger import periods
from monitor.ledger.coverage import Gap, GapReason
from monitor.ledger.lapses import Lapse
from monitor.ledger.totals import Period, totals
from monitor.model import Post, Reading
from monitor.reports.ledger_rows import rows_of
from monitor.reports.year.text import gap_reason
from monitor.standing import UNCHECKED, Shown
from monitor.web.parts import Parts
from monitor.web.strip import DAY, year_map

UNWATCHED = GapReason.NOT_WATCHED
LAST_YEAR = 366 * DAY  # of which the page tells what happened


class DayShown(TypedDict):
    """One day of an account: how many posts are known of it, and whether all of it was seen."""

    day: date
    posts: int
    seen: bool


@dataclass(frozen=True, slots=True)
class Year:
    """One year of an account. *picture* says the same as *days* and *lapses*."""

    number: int
    picture: Markup
    days: tuple[tuple[str, int], ...]
    total: str
    lapses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger knows of a year of an account, and of the last 366 days: *recent* are the
    gaps since it is watched, *names* the readings that showed a new name, *posts* the posts."""

    days: Counter[date]
    gaps: Sequence[Gap]
    lapses: Sequence[Lapse]
    recent: Sequence[Gap]
    names: Sequence[Reading]
    posts: Sequence[Post]


def known_of(parts: Parts, account: str, year: int, now: datetime) -> Known:
    """Return what the ledger knows of *account* in *year* and in the last 366 days."""
    register, zone = parts.register, parts.register.hours.zone
    whole, last = Period(*periods.year(year, zone)), Period(now - LAST_YEAR, now)
    both = Period(min(whole.start, last.start), max(whole.end, last.end))
    rows = rows_of(parts.store, register, register.accounts[account], both, now)
    of_year = totals(rows, whole, now, zone)
    posts = [post.published_at for post in rows.posts if whole.holds(post.published_at)]
    return Known(
        Counter(at.astimezone(zone).date() for at in posts),
        _past(of_year.gaps),
        of_year.lapses,
        [gap for gap in _past(totals(rows, last, now, zone).gaps) if gap.reason is not UNWATCHED],
        [one for one in _named(rows.readings) if one.started_at >= last.start],
        [post for post in rows.posts if last.holds(post.published_at)],
    )


def last_days(parts: Parts, account: str, now: datetime) -> list[DayShown]:
    """Return each of the last 366 days of *account*, oldest first, as far as they are known."""
    register, zone = parts.register, parts.register.hours.zone
    last = Period(now - LAST_YEAR, now)
    rows = rows_of(parts.store, register, register.accounts[account], last, now)
    posts = Counter(post.published_at.astimezone(zone).date() for post in rows.posts)
    gaps = _past(totals(rows, last, now, zone).gaps)
    unseen = {day for gap in gaps for day in _days(gap, parts.words)}
    today = now.astimezone(zone).date()
    days = [today - n * DAY for n in reversed(range(LAST_YEAR.days))]
    return [{"day": d, "posts": posts[d], "seen": bool(posts[d]) or d not in unseen} for d in days]


def _named(readings: Sequence[Reading]) -> Iterator[Reading]:
    """Those of *readings*, oldest first, that showed another name than their source did before."""
    known = set[str]()
    for reading in readings:
        if reading.title and reading.source in known:
            yield reading
        known.add(reading.source)


def past_year(parts: Parts, shown: Sequence[Shown], now: datetime) -> list[str]:
    """Return how often each of *shown*, as far as it was read, was over the limit in the last
    366 days, as far as that was seen; a line each, those most often over first."""
    words, register = parts.words, parts.register
    last, found = Period(now - LAST_YEAR, now), list[tuple[int, str]]()
    for one in (account for account in shown if account.look != UNCHECKED):
        rows = rows_of(parts.store, register, register.accounts[one.id], last, now)
        n = len(totals(rows, last, now, register.hours.zone).lapses)
        line = words.plural("{name}: over the limit once", "{name}: over the limit {n} times", n)
        never = words.text("{name}: never over the limit, as far as was seen")
        name = words.account(one.name, one.platform)
        found.append((n, (line if n else never).format(name=name, n=n)))
    return [line for _, line in sorted(found, key=lambda one: -one[0])]


def _past(gaps: Sequence[Gap]) -> list[Gap]:
    """*gaps* without the time that is still to be read."""
    return [gap for gap in gaps if gap.reason is not GapReason.TO_COME]


def drawn(number: int, known: Known, now: datetime, words: Words) -> Year:
    """Return the year as the page shows it."""
    today, days = now.astimezone(words.zone).date(), known.days
    unseen = {day: gap.reason for gap in known.gaps for day in _days(gap, words) if day not in days}

    def title(day: date) -> str:
        said = words.day(day)
        if reason := unseen.get(day):
            why = gap_reason(reason.value, words)
            return words.text("{day}: not seen, {why}").format(day=said, why=why)
        if day > today:
            return said
        return words.text("{day}: {n}").format(day=said, n=days.get(day, 0))

    total = words.text("at least {n}") if unseen else words.text("{n} in all")
    label = words.text("Posts of {year}, day by day").format(year=number)
    over = [(*_silent(lapse, today, words), words.days(lapse.days)) for lapse in known.lapses]
    return Year(
        number,
        year_map(number, days, unseen, today, title, label, over),
        tuple((words.day(day), n) for day, n in sorted(days.items())),
        total.format(n=sum(days.values())),
        tuple(_worded(first, last, said, words) for first, last, said in over),
    )


def _silent(lapse: Lapse, today: date, words: Words) -> tuple[date, date]:
    """The first and the last day of a silence, between the posts at its ends."""
    ended = lapse.ended_at
    last = ended.astimezone(words.zone).date() - DAY if ended else today
    return lapse.began_at.astimezone(words.zone).date() + DAY, last


def _worded(first: date, last: date, said: str, words: Words) -> str:
    line = words.text("Over the limit: silent from {first} to {last}, {days}")
    return line.format(first=words.day(first), last=words.day(last), days=said)


def _days(gap: Gap, words: Words) -> Iterator[date]:
    day = gap.start.astimezone(words.zone).date()
    last = (gap.end - timedelta(seconds=1)).astimezone(words.zone).date()
    while day <= last:
        yield day
        day += DAY
