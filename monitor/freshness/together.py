"""Whether all accounts behind one gateway fell silent together. Pure.

A gateway's own accounts are a canary that nobody has to configure: many accounts of several
organisations are hardly ever quiet at once. When they are, and for much longer than ever before,
the gateway may have stopped showing what is published, though it answers. That is a doubt about
the gateway and no failure. Of smaller groups nothing is inferred.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from alerts.common.local_time import local_day, local_instant
from alerts.rules.calendar import Calendar
from monitor.model import Account, AccountFacts, SourceState, Together

ACCOUNTS = 8  # behind one gateway, at least …
ORGANISATIONS = 3  # … of as many bodies: one body's accounts keep holidays of their own
TIMES = 3  # the longest common silence that is known
HISTORY = timedelta(days=90)  # what must be known of a group before anything is inferred
PINNED = 2  # the oldest posts of an account may be pinned ones of years ago
LOOKS = 3  # accounts at which a person is asked to look, and whose looks are a sign of life
DAY = timedelta(days=1)
NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Worktime:
    """The time of working days: closed stretches do not count."""

    calendar: Calendar
    zone: ZoneInfo

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return how much of [start, end) lies on working days."""
        found, day = NONE, local_day(start, self.zone)
        while (begins := self._begins(day)) < end:
            if self.calendar.workday(day):
                found += max(min(end, self._begins(day + DAY)) - max(start, begins), NONE)
            day += DAY
        return found

    def after(self, start: datetime, length: timedelta) -> datetime:
        """Return when *length* of working days has passed since *start*."""
        day = local_day(start, self.zone)
        while True:
            begins, ends = max(start, self._begins(day)), self._begins(day + DAY)
            if self.calendar.workday(day):
                if length <= ends - begins:
                    return begins + length
                length -= ends - begins
            day += DAY

    def _begins(self, day: date) -> datetime:
        return local_instant(day, time(), self.zone)


@dataclass(frozen=True, slots=True)
class History:
    """What is known of a group: since when enough accounts are, its newest post, and the longest
    time of working days in which nobody in it published."""

    since: datetime
    newest: datetime
    longest: timedelta


def large_enough(accounts: Sequence[Account]) -> bool:
    """Return whether anything can be inferred from the common silence of *accounts*."""
    bodies = {a.organisation for a in accounts if a.organisation}
    return len(accounts) >= ACCOUNTS and len(bodies) >= ORGANISATIONS


def history_of(published: Mapping[str, Iterable[datetime]], worktime: Worktime) -> History | None:
    """Return what the dates *published* by each account of a group show; None if too little.

    A silence that was itself doubted teaches nothing: else a dead gateway would teach patience
    with dead gateways.
    """
    shown = sorted(known[PINNED] for of in published.values() if len(known := sorted(of)) > PINNED)
    if len(shown) < ACCOUNTS:
        return None
    since = shown[ACCOUNTS - 1]
    moments = sorted({at for of in published.values() for at in of if at >= since})
    longest = NONE
    for before, after in pairwise(moments):
        if after - before <= longest:
            continue
        quiet = worktime.between(before, after)
        if before - since < HISTORY or quiet < TIMES * longest:
            longest = max(longest, quiet)
    return History(since, moments[-1], longest)


def together(
    history: History | None, looks: Iterable[datetime], worktime: Worktime, now: datetime
) -> Together | None:
    """Return the doubt about a gateway whose accounts are all silent at *now*; None without one.
    Arguments as of `coming`."""
    doubt = coming(history, looks, worktime, now)
    return doubt if doubt is not None and doubt.since <= now else None


def coming(
    history: History | None, looks: Iterable[datetime], worktime: Worktime, now: datetime
) -> Together | None:
    """Return the doubt about a gateway that there is at *now*, or will be if its accounts stay
    silent; None if nothing can be inferred.

    *looks*: when a person last looked at each account and found nothing newer; the last of
    `LOOKS` such looks is as good as a post.
    """
    if history is None or history.longest <= NONE or history.newest - history.since < HISTORY:
        return None
    looked = sorted((at for at in looks if at <= now), reverse=True)
    quiet_since = max([history.newest, *looked[LOOKS - 1 : LOOKS]])
    since = worktime.after(quiet_since, TIMES * history.longest)
    return Together(since, quiet_since, history.longest)


def weakened(facts: AccountFacts, doubted: Mapping[str, Together]) -> AccountFacts:
    """Return *facts* with the pulse that is left to sources behind *doubted* gateways: what was
    seen since the doubt counts as seen on a weak one, unless a person has looked."""
    sources = tuple(_weakened(s, doubted.get(s.spec.gateway)) for s in facts.sources)
    if sources == facts.sources:
        return facts
    lost = _newest_full(sources) != _newest_full(facts.sources)
    return replace(facts, sources=sources, uncorroborated=lost)


def _weakened(source: SourceState, doubt: Together | None) -> SourceState:
    if doubt is None or source.full_as_of is None or source.full_as_of <= doubt.since:
        return source
    looked_at = source.memory.looked_at or doubt.since
    return replace(source, full_as_of=min(source.full_as_of, max(doubt.since, looked_at)))


def _newest_full(sources: Sequence[SourceState]) -> datetime | None:
    return max((s.full_as_of for s in sources if s.full_as_of), default=None)
