"""Where an account was quiet for longer than its limit. Pure.

A silence is judged by the limit in force while it lasted: a rule that was made stricter later
makes no lapse of what was allowed at the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from alerts.model import SilenceException
from monitor.ledger.coverage import TOUCHING, Span

EXACT: Mapping[datetime, datetime] = {}
ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Limit:
    """From *since* on, until the next one, this much silence is allowed."""

    since: datetime
    limit: timedelta


Limits = Sequence[Limit]


@dataclass(frozen=True, slots=True)
class Lapse:
    """One silence that reached the limit: from the last post before to the next post.

    *days* counts local dates from the one to the other, as `quiet_days` does; *ended_at* is
    None while it lasts. *breached_at*: the instant at which the limit in force was reached.
    *exceptions*: the agreed silences (报备) that part of it falls into; it is a lapse nevertheless.
    """

    began_at: datetime
    ended_at: datetime | None
    days: int
    breached_at: datetime
    exceptions: tuple[SilenceException, ...] = ()


@dataclass(frozen=True, slots=True)
class Quiet:
    """One stretch without a post, in local dates. *to* is None while it lasts."""

    days: int
    since: date
    to: date | None


def always(limit: timedelta) -> Limits:
    """Return the limits of an account whose rule never changed."""
    return (Limit(ALWAYS, limit),)


def in_force(limits: Limits, at: datetime) -> timedelta:
    """Return the limit in force *at* an instant; the first also holds before itself."""
    known = [limit for limit in limits if limit.since <= at] or limits[:1]
    return known[-1].limit


def lapses(
    posts: Sequence[datetime],
    limits: Limits,
    now: datetime,
    zone: ZoneInfo,
    seen: Sequence[Span] | None = None,
    ends: Mapping[datetime, datetime] = EXACT,
) -> list[Lapse]:
    """Return the lapses in *posts* (oldest first) up to *now*. Exactly the limit is a lapse.

    *limits* are oldest first; the first also holds for the time before it. *seen*: the covered
    stretches; what was not seen from the last post up to the limit is no lapse. None: all is.
    *ends*: of posts that are dated by an interval, when it ends: only then is silence certain.
    """
    found = []
    for before, after in _silences(posts):
        breached_at = _breach(ends.get(before, before), after or now, limits)
        if breached_at is not None and _was_seen(before, breached_at, seen):
            days = _days(before, after or now, zone)
            found.append(Lapse(before, after, days, breached_at))
    return found


def noted(lapse: Lapse, agreed: Iterable[SilenceException], now: datetime) -> Lapse:
    """Return *lapse*, as it stands at *now*, with the *agreed* silences that it touches."""
    ended = lapse.ended_at or now
    touched = tuple(one for one in agreed if one.since < ended and one.until > lapse.began_at)
    return replace(lapse, exceptions=touched)


def longest(
    posts: Sequence[datetime],
    now: datetime,
    zone: ZoneInfo,
    seen: Sequence[Span] | None = None,
) -> Quiet | None:
    """Return the longest stretch without a post up to *now*, the running one included; the
    earliest of several. None without any post. *seen* as in `lapses`: a stretch that was not
    wholly seen counts up to where it was."""
    stretches = [
        Quiet(
            _days(before, until, zone),
            before.astimezone(zone).date(),
            until.astimezone(zone).date() if until != now or after else None,
        )
        for before, after in _silences(posts)
        if before <= now and (until := _seen_until(before, after or now, seen))
    ]
    return max(stretches, key=lambda quiet: quiet.days, default=None)


def days_in_breach(found: Sequence[Lapse], start: datetime, end: datetime, zone: ZoneInfo) -> int:
    """Return on how many local dates of [start, end) the limit was passed, from the date it was
    reached to the day before the next post."""
    days = 0
    for lapse in found:
        first, last = max(lapse.breached_at, start), min(lapse.ended_at or end, end)
        days += _days(first, last, zone) if first < last else 0
    return days


def _silences(posts: Sequence[datetime]) -> Iterator[tuple[datetime, datetime | None]]:
    yield from pairwise(posts)
    if posts:
        yield posts[-1], None


def _was_seen(start: datetime, end: datetime, seen: Sequence[Span] | None) -> bool:
    return seen is None or any(span.start <= start and end <= span.end + TOUCHING for span in seen)


def _seen_until(start: datetime, end: datetime, seen: Sequence[Span] | None) -> datetime | None:
    """Up to when the silence from *start* to *end* was seen; None for not at all."""
    if seen is None:
        return end
    return next((min(span.end, end) for span in seen if span.start <= start <= span.end), None)


def _breach(began: datetime, ended: datetime, limits: Limits) -> datetime | None:
    """The first instant, up to *ended*, at which the limit then in force was reached."""
    bounds = [limit.since for limit in limits[1:]]
    for number, limit in enumerate(limits):
        since = limit.since if number else began
        until = bounds[number] if number < len(bounds) else None
        reached = max(began + limit.limit, since)
        if reached <= ended and (until is None or reached < until):
            return reached
    return None


def _days(before: datetime, after: datetime, zone: ZoneInfo) -> int:
    return (after.astimezone(zone).date() - before.astimezone(zone).date()).days
