"""Read one source: ask its gateway, judge the answer, plan the next reading.

Returns a value for every outcome; touches no store.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.rules.ladder import calls, marks, next_call
from monitor.clock import Clock
from monitor.ledger.records import FollowerCount
from monitor.ledger.unseen import silent_since, unshown
from monitor.model import (
    Account,
    AccountFacts,
    Outcome,
    PostKind,
    SeenPost,
    SourceMemory,
    SourceState,
)
from monitor.policy import Policy
from monitor.polling import schedule
from monitor.polling.answer import PROVEN_AFTER, Judgement, judge
from monitor.polling.canary import CanaryPulse, Sight, confirmed
from monitor.polling.window import effective
from monitor.register import Register
from monitor.sources.base import Fetched, Paged, ReadRequest, Source
from monitor.store.protocols.ledger import Recorded

UNCONDITIONAL_EVERY = timedelta(hours=24)
LOOK_AHEAD = timedelta(days=2)
PAGES = 10  # how far a window is read on to close a gap
NO_CANARIES = CanaryPulse(Sight.UNKNOWN)

Turn = Callable[[], bool]  # waits until the gateway may be asked again; False: the service stops


@dataclass(frozen=True, slots=True)
class ReadJob:
    """One source to read, with what is known of its account.

    *promised_until*: when a post is promised to be there.
    """

    account: Account
    state: SourceState
    facts: AccountFacts
    alert_open: bool
    promised_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """One reading ready to be stored, and how long the gateway asked to be left alone."""

    recorded: Recorded
    retry_after: timedelta | None


def read(
    job: ReadJob,
    source: Source,
    register: Register,
    clock: Clock,
    canaries: CanaryPulse = NO_CANARIES,
    turn: Turn = lambda: True,
) -> Read:
    """Read *job*'s source now and return what to store.

    *canaries*: what those of its gateway say. *turn* is taken for every further page.
    """
    now = clock()
    policy = register.policy_of(job.account)
    request = ReadRequest(
        source=job.state.spec,
        platform=job.account.platform,
        memory=job.state.memory,
        now=now,
        unconditional=unconditional(job, policy, register, now),
    )
    fetched = confirmed(source.read(request), canaries)
    judged = _read_on(job, source, request, fetched, turn)
    recorded = _recorded(job, judged, policy, register, now)
    counted = replace(recorded, counters=_counter(judged, fetched, register))
    return Read(counted, fetched.retry_after)


def _read_on(
    job: ReadJob, source: Source, request: ReadRequest, fetched: Fetched, turn: Turn
) -> Judgement:
    """Judge, and as long as the window does not reach back to the last reading, read on.

    What is remembered is the first page alone: that is what the next reading shows again.
    """
    newest = job.facts.last_post.published_at if job.facts.last_post else None
    judged = judge(fetched, job.state, job.account, newest, request.now)
    first = {key for key, _ in judged.memory.window}
    for number in range(2, PAGES + 1):
        if judged.reading.gap_from is None or not isinstance(source, Paged) or not turn():
            break
        older = _older(fetched, source.page(request, number))
        if not older:
            break
        fetched = replace(fetched, posts=(*(fetched.posts or ()), *older))
        judged = judge(fetched, job.state, job.account, newest, request.now)
    return replace(judged, memory=_only(judged.memory, first))


def _older(fetched: Fetched, more: Fetched) -> tuple[SeenPost, ...]:
    """What a further page shows besides."""
    known = {post.key for post in fetched.posts or ()}
    shown = more.posts if more.outcome.answered else None
    return tuple(post for post in shown or () if post.key not in known)


def _only(memory: SourceMemory, first: set[str]) -> SourceMemory:
    return replace(memory, window=tuple(one for one in memory.window if one[0] in first))


def _counter(judged: Judgement, fetched: Fetched, register: Register) -> FollowerCount | None:
    """What was counted, as that of its local day."""
    counted, reading = fetched.counters, judged.reading
    if counted is None or reading.outcome is Outcome.WRONG_ACCOUNT:
        return None
    day = reading.started_at.astimezone(register.hours.zone).date()
    return FollowerCount(
        reading.account, day, counted.followers, counted.posts, reading.source, counted.exact
    )


def unconditional(job: ReadJob, policy: Policy, register: Register, now: datetime) -> bool:
    """Return whether this reading must not be answerable by a stale cache.

    True once a day, for the last rung, and for a breach: a stale proxy answers 304 for ever.
    """
    last = job.state.unconditional_at
    if last is None or not last <= now < last + UNCONDITIONAL_EVERY:
        return True
    since = since_of(job.facts)
    decisive = [at for at, rung in marks(since, policy.ladder, register.hours)][-2:]
    return any(last < at <= now for at in decisive)


def since_of(facts: AccountFacts) -> datetime:
    """Return the instant an account's silence counts from."""
    return facts.last_post.published_at if facts.last_post else facts.watched_since


def instants(since: datetime, policy: Policy, register: Register, now: datetime) -> list[datetime]:
    """Return the coming instants that a reading must confirm, within two days of *now*.

    The next call beyond that is included, so that a long wait never jumps over it.
    """
    hours, until = register.hours, now + LOOK_AHEAD
    ahead = [at for at, _ in marks(since, policy.ladder, hours) if at > now]
    due = calls(since, policy.ladder, register.calendar, hours, until)
    ahead += [call.due_at for call in due if call.due_at > now]
    following = next_call(since, policy.ladder, register.calendar, hours, now)
    return ahead + ([following.due_at] if following else [])


def _recorded(
    job: ReadJob, judged: Judgement, policy: Policy, register: Register, now: datetime
) -> Recorded:
    since = max(_clock_dates(judged, policy, now), default=since_of(job.facts))
    if job.facts.last_post is not None:
        since = max(since, job.facts.last_post.published_at)
    ahead = instants(since, policy, register, now)
    ahead += _originals(job, policy, now)
    if job.promised_until is not None and job.promised_until > now:
        ahead.append(job.promised_until)
    unseen = max(silent_since(since, judged.memory.tally), _listed_to(job.facts) or since)
    if unseen > since:  # then only is it certain that nothing was published
        ahead += instants(unseen, policy, register, now)
    window = [at for _, at in judged.memory.window]
    wait = schedule.interval(policy.read_at_most_every, window, ahead, job.alert_open, now)
    failures = 0 if judged.reading.good else job.state.failures + 1
    source = job.state.spec.id
    return Recorded(
        reading=judged.reading,
        posts=judged.posts,
        memory=judged.memory,
        next_read_at=schedule.next_read_at(
            source, wait, [*ahead, *_settled_at(judged.memory, now)], failures, now
        ),
        first=judged.first,
        deleted=judged.deleted,
        decisive_at=schedule.decisive_at(job.state.decisive_at, ahead, judged.reading.good, now),
    )


def _listed_to(facts: AccountFacts) -> datetime | None:
    """The end of the day for which statistics list more than is known."""
    found = unshown(facts.listed)
    return found[0] if found else None


def _settled_at(memory: SourceMemory, now: datetime) -> list[datetime]:
    """When a post that is missing counts as deleted, if it then still is."""
    since = memory.missing_since
    return [since + PROVEN_AFTER] if since is not None and now < since + PROVEN_AFTER else []


def _originals(job: ReadJob, policy: Policy, now: datetime) -> list[datetime]:
    """When a reading has to show that there was no original for too long."""
    if policy.originals_every is None:
        return []
    last, since = job.facts.last_original, job.facts.watched_since
    overdue_at = (last.published_at if last else since) + policy.originals_every
    return [overdue_at] if now < overdue_at <= now + LOOK_AHEAD else []


def _clock_dates(judged: Judgement, policy: Policy, now: datetime) -> list[datetime]:
    return [
        effective(p, {}, now, now) for p in judged.posts if _counts(p, policy, judged.first, now)
    ]


def _counts(post: SeenPost, policy: Policy, first: bool, now: datetime) -> bool:
    if post.kind is PostKind.REPOST and not policy.count_reposts:
        return False
    return not first or (post.stated_at is not None and post.stated_at <= now)
