"""A platform's statistics of single days beside the posts that are known. Pure.

The statistics say how many articles a day had and nothing else, so days are compared by number.
Their day is Beijing's everywhere, and is published when it is over. A post from around midnight
may have been counted on either side, and belongs to the side that lacks one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from monitor.ledger.coverage import Span
from monitor.ledger.periods import midnight
from monitor.model import Dating, Post, PostKind

BEIJING = ZoneInfo("Asia/Shanghai")
AROUND = timedelta(minutes=30)  # of midnight: a mass-send takes a while, and clocks differ
DAY = timedelta(days=1)

Item = TypeVar("Item")


def day_of(at: datetime) -> date:
    """Return the day of Beijing's calendar that holds *at*."""
    return at.astimezone(BEIJING).date()


def begin(day: date) -> datetime:
    """Return the instant at which *day* begins in Beijing."""
    return midnight(day, BEIJING)


def end(day: date) -> datetime:
    """Return the instant at which *day* is over in Beijing."""
    return midnight(day + DAY, BEIJING)


def on_their_days(
    items: Iterable[Item], dated: Callable[[Item], datetime], listed: Mapping[date, int]
) -> dict[date, list[Item]]:
    """Return which of *items* belong to each day of *listed* (day → articles in the statistics).

    Each to its own day, but one from around midnight to the neighbour if its own day has more
    than are listed and the neighbour fewer. A day that is not listed takes and gives any.
    """
    placed: dict[date, list[Item]] = {}
    for item in items:
        placed.setdefault(day_of(dated(item)), []).append(item)

    def gives(day: date) -> bool:
        return day not in listed or len(placed[day]) > listed[day]

    def takes(day: date) -> bool:
        return day not in listed or len(placed.get(day, ())) < listed[day]

    def move(source: date, target: date) -> None:
        for item in [i for i in placed.get(source, ()) if _around(dated(i), source, target)]:
            if gives(source) and takes(target):
                placed[source].remove(item)
                placed.setdefault(target, []).append(item)

    for day in sorted(listed):
        for neighbour in (day - DAY, day + DAY):
            move(neighbour, day)
            move(day, neighbour)
    return {day: placed.get(day, []) for day in listed}


def lacking(
    posts: Iterable[Post], listed: Mapping[date, int], seen: Sequence[Span], imports: Sequence[Span]
) -> list[Span]:
    """Return the days, all of them *seen*, for which more articles are *listed* than are known,
    oldest first.

    A day that was not wholly seen lacks nothing that its gap does not explain. *imports*: a day
    that one was exported for has what the console shows.
    """
    articles = [p for p in posts if p.kind is PostKind.ARTICLE and p.dating is not Dating.UNKNOWN]
    known = on_their_days(articles, lambda p: p.published_at, listed)
    short = [Span(begin(day), end(day)) for day in sorted(listed) if len(known[day]) < listed[day]]
    return [day for day in short if _within(day, seen) and not _within(day, imports)]


def _within(day: Span, spans: Iterable[Span]) -> bool:
    return any(span.start <= day.start and day.end <= span.end for span in spans)


def _around(at: datetime, source: date, target: date) -> bool:
    """Whether *at* is near the midnight between the two days."""
    return abs(at - begin(max(source, target))) <= AROUND
