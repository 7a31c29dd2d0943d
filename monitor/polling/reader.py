"""Read one source: ask its gateway, judge the answer, plan the next reading.

Returns a value for every outcome; touches no store.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.ladder import calls, marks, next_call
from monitor.clock import Clock
from monitor.freshness.policy import Policy
from monitor.model import Account, AccountFacts, PostKind, SeenPost, SourceState
from monitor.polling import schedule
from monitor.polling.judging import Judged, judge
from monitor.register import Register
from monitor.sources.base import Fetched, ReadRequest, Source
from monitor.store.base import Recorded

UNCONDITIONAL_EVERY = timedelta(hours=24)
LOOK_AHEAD = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Errand:
    """One source to read, with what is known of its account."""

    account: Account
    state: SourceState
    facts: AccountFacts
    alert_open: bool


@dataclass(frozen=True, slots=True)
class Read:
    """One reading ready to be stored, and how long the gateway asked to be left alone."""

    recorded: Recorded
    retry_after: timedelta | None


def read(errand: Errand, source: Source, register: Register, clock: Clock) -> Read:
    """Read *errand*'s source now and return what to store."""
    now = clock()
    policy = register.policy_of(errand.account)
    request = ReadRequest(
        source=errand.state.spec,
        platform=errand.account.platform,
        memory=errand.state.memory,
        now=now,
        unconditional=unconditional(errand, policy, register, now),
    )
    fetched = source.read(request)
    newest = errand.facts.last_post.published_at if errand.facts.last_post else None
    judged = judge(fetched, errand.state, errand.account, newest, now)
    return Read(_recorded(errand, judged, policy, register, now), _asked(fetched))


def unconditional(errand: Errand, policy: Policy, register: Register, now: datetime) -> bool:
    """Return whether this reading must not be answerable by a stale cache.

    True once a day, for the last rung, and for a breach: a stale proxy answers 304 for ever.
    """
    last = errand.state.unconditional_at
    if last is None or not last <= now < last + UNCONDITIONAL_EVERY:
        return True
    since = since_of(errand.facts)
    decisive = [at for at, rung in marks(since, policy.ladder, register.hours)][-2:]
    return any(last < at <= now for at in decisive)


def since_of(facts: AccountFacts) -> datetime:
    """Return the instant an account's silence counts from."""
    return facts.last_post.published_at if facts.last_post else facts.watched_since


def instants(since: datetime, policy: Policy, register: Register, now: datetime) -> list[datetime]:
    """Return the coming instants that a reading must bear out, within two days of *now*.

    The next call beyond that is included, so that a long wait never jumps over it.
    """
    hours, until = register.hours, now + LOOK_AHEAD
    ahead = [at for at, _ in marks(since, policy.ladder, hours) if at > now]
    due = calls(since, policy.ladder, register.calendar, hours, until)
    ahead += [call.due_at for call in due if call.due_at > now]
    following = next_call(since, policy.ladder, register.calendar, hours, now)
    return ahead + ([following.due_at] if following else [])


def _recorded(
    errand: Errand, judged: Judged, policy: Policy, register: Register, now: datetime
) -> Recorded:
    since = max([since_of(errand.facts), *_clock_dates(judged, policy, now)])
    ahead = instants(since, policy, register, now)
    window = [at for _, at in judged.memory.window]
    wait = schedule.interval(policy.read_at_most_every, window, ahead, errand.alert_open, now)
    failures = 0 if judged.reading.good else errand.state.failures + 1
    source = errand.state.spec.id
    return Recorded(
        reading=judged.reading,
        posts=judged.posts,
        memory=judged.memory,
        next_read_at=schedule.next_read_at(source, wait, ahead, failures, now),
        first=judged.first,
        deleted=judged.deleted,
    )


def _clock_dates(judged: Judged, policy: Policy, now: datetime) -> list[datetime]:
    return [_effective(p, now) for p in judged.posts if _counts(p, policy, judged.first, now)]


def _counts(post: SeenPost, policy: Policy, first: bool, now: datetime) -> bool:
    if post.kind is PostKind.REPOST and not policy.count_reposts:
        return False
    return not first or (post.stated_at is not None and post.stated_at <= now)


def _effective(post: SeenPost, now: datetime) -> datetime:
    return min(post.stated_at or now, now)


def _asked(fetched: Fetched) -> timedelta | None:
    return fetched.retry_after
