"""Read one source: ask its gateway, judge the answer, plan the next reading.

Returns a value for every outcome; touches no store.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.model import Call, Reason
from alerts.rules.ladder import calls, marks, next_call
from alerts.told import coded
from monitor.clock import Clock
from monitor.ledger.instants import in_doubt_until
from monitor.ledger.marks import Known, certain, identified, marks_of
from monitor.ledger.records import FollowerCount
from monitor.ledger.unseen import silent_since, unshown
from monitor.model import (
    Account,
    AccountFacts,
    Doubt,
    Outcome,
    PostKind,
    SeenPost,
    SourceMemory,
    SourceState,
)
from monitor.policy import Policy
from monitor.polling import pace, schedule
from monitor.polling.answer import PROVEN_AFTER, Judgement, judge
from monitor.polling.belief import CACHE_AGE, shown_since
from monitor.polling.canary import CanaryPulse, Sight, confirmed
from monitor.polling.window import effective
from monitor.register import Register
from monitor.sources.base import Fetched, Paged, ReadRequest, Source
from monitor.store.protocols.ledger import Recorded

UNCONDITIONAL_EVERY = timedelta(hours=24)
LOOK_AHEAD = timedelta(days=2)
PAGES = 10  # how far a window is read on to close a gap
NO_CANARIES = CanaryPulse(Sight.UNKNOWN)

KnownBy = Callable[[Sequence[str]], Known]  # the account's posts that bear any of these marks


def nothing_known(_: Sequence[str]) -> Known:
    """Return nothing: no post is known."""
    return {}


Turn = Callable[[], bool]  # waits until the gateway may be asked again; False: the service stops


@dataclass(frozen=True, slots=True)
class ReadJob:
    """One source to read, with what is known of its account.

    *promised_until*: when a post is promised to be there. *suspected*: its gateway may be dead, so
    that no cache may answer for it. *share*: its place among those of its gateway, 0 to 1.
    *known*: looks up its posts by marks.
    """

    account: Account
    state: SourceState
    facts: AccountFacts
    alert_open: bool
    promised_until: datetime | None = None
    suspected: bool = False
    share: float = 0.0
    known: KnownBy = nothing_known


@dataclass(frozen=True, slots=True)
class Read:
    """One reading ready to be stored, and how long the gateway asked to be left alone. *broke*: our
    own reader broke on it, and had not on the one before."""

    recorded: Recorded
    retry_after: timedelta | None
    broke: bool = False


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
    counters = _counter(judged, fetched, register)
    counted = recorded if counters is None else replace(recorded, counters=counters)
    return Read(counted, fetched.retry_after)


def broken(error: Exception, now: datetime) -> Fetched:
    """Return what a reading has come to on which our own reader broke. Its words are left out:
    they may quote what was read."""
    return Fetched(Outcome.BROKEN, now, detail=f"the reader broke: {type(error).__name__}")


def failed(job: ReadJob, error: Exception, register: Register, now: datetime) -> Read:
    """Return what to store of a reading that broke: it failed like any other."""
    judged = judge(broken(error, now), job.state, job.account, None, now)
    recorded = _recorded(job, judged, register.policy_of(job.account), register, now)
    return Read(recorded, None, broke=job.state.last_outcome is not Outcome.BROKEN)


def _read_on(
    job: ReadJob, source: Source, request: ReadRequest, fetched: Fetched, turn: Turn
) -> Judgement:
    """Judge, and as long as the window does not reach back to the last reading, read on.

    What is remembered is the first page alone: that is what the next reading shows again.
    """
    newest = job.facts.last_post.published_at if job.facts.last_post else None
    found, known = _identified(fetched, job)
    judged = judge(found, job.state, job.account, newest, request.now, known)
    first = judged.memory.window
    for number in range(2, PAGES + 1):
        if not _overrun(judged) or not isinstance(source, Paged) or not turn():
            break
        older = _older(fetched, source.page(request, number))
        if not older:
            break
        fetched = replace(fetched, posts=(*(fetched.posts or ()), *older))
        found, known = _identified(fetched, job)
        judged = judge(found, job.state, job.account, newest, request.now, known)
    if judged.memory is job.state.memory:  # nothing was learnt
        return judged
    shown = {key for key, _ in first}
    return replace(judged, memory=_only(judged.memory, shown, job.state.memory))


def _identified(fetched: Fetched, job: ReadJob) -> tuple[Fetched, frozenset[str]]:
    """*fetched* with its posts each once, under the keys by which they are known, and which are.

    Nothing is looked up of a window of posts that are all known from the last one.
    """
    posts = fetched.posts
    if not posts:
        return fetched, frozenset()
    window = {key for key, _ in job.state.memory.window}
    alone = len({post.key for post in posts}) == len(posts)
    if alone and all(post.key in window and certain(post) for post in posts):
        return fetched, frozenset(window)
    found = identified(posts, job.known([mark for post in posts for mark in marks_of(post)]))
    detail = coded("; ".join(filter(None, (fetched.detail, found.remark))), fetched.detail)
    return replace(fetched, posts=found.posts, detail=detail), found.known


def _older(fetched: Fetched, more: Fetched) -> tuple[SeenPost, ...]:
    """What a further page shows besides."""
    known = {marks_of(post) for post in fetched.posts or ()}
    shown = more.posts if more.outcome.answered else None
    return tuple(post for post in shown or () if marks_of(post) not in known)


def _only(memory: SourceMemory, first: set[str], before: SourceMemory) -> SourceMemory:
    window = tuple(one for one in memory.window if one[0] in first)
    return replace(memory, window=window, most=max(before.most, len(window)))


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

    True once a day, for the last rung, and for a breach: a stale proxy may always answer 304. The
    days of the sources behind one gateway begin at hours of their own.
    """
    last = job.state.unconditional_at
    day = UNCONDITIONAL_EVERY
    turn = now - schedule.into(day, job.share, now)
    if job.suspected or last is None or last > now or last < turn:
        return True
    since = since_of(job.facts)
    decisive = [at for at, rung in marks(since, policy.ladder, register.hours)][-2:]
    return any(last < at <= now for at in decisive)


def since_of(facts: AccountFacts) -> datetime:
    """Return the instant an account's silence counts from."""
    return facts.last_post.published_at if facts.last_post else facts.watched_since


@dataclass(frozen=True, slots=True)
class _Silence:
    """What there is to come of one silence, as seen at one moment.

    *marks*: the instants at which its rungs are passed; *following*: the next call about it.
    """

    since: datetime
    marks: Sequence[tuple[datetime, int]]
    following: Call | None

    def call_ahead(self, now: datetime) -> bool:
        """Return whether a rung was passed whose call is still to come: it fell on a day off.
        Until the call the account counts as late, so that a post has to be seen soon."""
        passed = [rung for at, rung in self.marks if at <= now]
        call = self.following
        if not passed or call is None:
            return False
        return call.rung == passed[-1] and call.reason is Reason.RUNG


def _silence(since: datetime, policy: Policy, register: Register, now: datetime) -> _Silence:
    ladder, hours = policy.ladder, register.hours
    following = next_call(since, ladder, register.calendar, hours, now)
    return _Silence(since, marks(since, ladder, hours), following)


def _instants(
    silence: _Silence, policy: Policy, register: Register, now: datetime
) -> list[datetime]:
    """Return the coming instants that a reading must confirm, within two days of *now*.

    The next call beyond that is included, so that a long wait never jumps over it.
    """
    hours, until, following = register.hours, now + LOOK_AHEAD, silence.following
    ahead = [at for at, _ in silence.marks if at > now]
    if following is None or following.due_at > until:
        return ahead + ([following.due_at] if following else [])
    due = calls(silence.since, policy.ladder, register.calendar, hours, until)
    return ahead + [call.due_at for call in due if call.due_at > now]


def _recorded(
    job: ReadJob, judged: Judgement, policy: Policy, register: Register, now: datetime
) -> Recorded:
    since = max(_clock_dates(judged, policy, now), default=since_of(job.facts))
    if job.facts.last_post is not None:
        since = max(since, job.facts.last_post.published_at)
    silence = _silence(since, policy, register, now)
    ahead = _instants(silence, policy, register, now)
    ahead += _originals(job, policy, now)
    if job.promised_until is not None and job.promised_until > now:
        ahead.append(job.promised_until)
    unseen = max(
        silent_since(since, judged.memory.tally),
        _listed_to(job.facts) or since,
        _open_to(judged, job.facts, since),
    )
    if unseen > since:  # then only is it certain that nothing was published
        ahead += _instants(_silence(unseen, policy, register, now), policy, register, now)
    judged = _paced(judged, job.state.memory, register)
    close = job.alert_open or silence.call_ahead(now)
    wait = _wait(judged.memory, ahead, close, policy, register, now)
    failures = 0 if judged.reading.good else job.state.failures + 1
    return Recorded(
        reading=judged.reading,
        posts=judged.posts,
        memory=judged.memory,
        next_read_at=schedule.next_read_at(
            job.share, wait, [*ahead, *_settled_at(judged.memory, now)], failures, now
        )
        if (second := _second_at(judged.memory, now)) is None
        else second,
        first=judged.first,
        deleted=judged.deleted,
        decisive_at=schedule.decisive_at(job.state.decisive_at, ahead, judged.reading.good, now),
        learnt=judged.memory is not job.state.memory and judged.memory != job.state.memory,
    )


def _paced(judged: Judgement, before: SourceMemory, register: Register) -> Judgement:
    """*judged*, remembering at what hours its source publishes. Nothing changes by it where nothing
    new is shown."""
    memory, zone = judged.memory, register.hours.zone
    found = pace.remembered(before.pace, before.window, memory.window, register.calendar, zone)
    return judged if found == memory.pace else replace(judged, memory=replace(memory, pace=found))


def _wait(
    memory: SourceMemory,
    ahead: Sequence[datetime],
    close: bool,
    policy: Policy,
    register: Register,
    now: datetime,
) -> timedelta:
    window, most = [at for _, at in memory.window], policy.read_at_most_every
    passing = pace.passing(
        memory.pace, len(window), most, register.calendar, register.hours.zone, now
    )
    return schedule.interval(most, window, ahead, close, now, passing)


def _open_to(judged: Judgement, facts: AccountFacts, since: datetime) -> datetime:
    """When the time ends that the date *since* leaves open."""
    last = facts.last_post
    ends = [p.stated_until for p in judged.posts if p.stated_at == since]
    ends += [last.until] if last and last.published_at == since else []
    return min([in_doubt_until(since, end) for end in ends if end], default=since)


def _listed_to(facts: AccountFacts) -> datetime | None:
    """The end of the day for which statistics list more than is known."""
    found = unshown(facts.listed)
    return found[0] if found else None


def _settled_at(memory: SourceMemory, now: datetime) -> list[datetime]:
    """When a post that is missing counts as deleted, if it then still is."""
    since = memory.missing_since
    return [since + PROVEN_AFTER] if since is not None and now < since + PROVEN_AFTER else []


def _overrun(judged: Judgement) -> bool:
    """Whether what was known may only be further down."""
    doubt = judged.memory.doubt
    strange = judged.reading.outcome is Outcome.UNCONFIRMED and (
        doubt is not None and doubt.reason is Doubt.STRANGERS
    )
    return strange or judged.reading.gap_from is not None


def _second_at(memory: SourceMemory, now: datetime) -> datetime | None:
    """When what is doubted is looked at again, if that may end the doubt."""
    doubt = memory.doubt
    if doubt is None or doubt.reason is Doubt.NAME or doubt.believed_by:
        return None
    at = shown_since(doubt) + CACHE_AGE
    return at if at > now else None


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
