"""What is known of one account at one instant, and how well. Pure.

Puts the account's sources together and leaves out what cannot be: a stored instant that lies
ahead of now stems from a clock that jumped and proves nothing. Judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.ledger.instants import in_doubt_until
from monitor.ledger.unseen import silent_since, unshown
from monitor.model import AccountFacts, Doubted, LastPost, SourceState
from monitor.policy import Policy

SLACK = timedelta(minutes=15)  # how late a planned reading may be before it counts as missing
CACHED = timedelta(hours=1)  # how long a source may go on showing what it has


@dataclass(frozen=True, slots=True)
class Behind:
    """A source that is read without failure and still does not show the newest post."""

    source: str
    newest: datetime
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """The account's last post and what its readings prove.

    *since*: the instant its silence counts from. *visible*: the newest post still there, if
    that is an older one. *good_read_at*: when the newest good reading was made; *full_to* and
    *weak_to*: up to when the account is known on a full pulse, and on any. *failing_since*:
    since when every source fails; *stale_since*: the newest good reading, or what patience
    counts from, if no reading was made in time. *standing*: the newest good reading is
    younger than the read interval: what it confirmed holds, whatever fails meanwhile.
    *pending*: not tried since our own outage.
    *unseen*: posts that the platform counts and nothing shows, *risen_at* when that was last
    found to grow, or the end of the day for which its statistics list them. *disagreement*:
    sources that do not show the newest post. *originals_since*: the instant since which there
    was no original, where the policy demands one. *unconfirmed*: what was seen and is not believed.
    *undated*: whether there are posts and nothing says of when. *uncorroborated*: no gateway but
    one whose accounts are all silent together has shown it on a full pulse.
    """

    since: datetime
    waiting: bool
    last_post: LastPost | None = None
    visible: LastPost | None = None
    tried_at: datetime | None = None
    good_read_at: datetime | None = None
    full_to: datetime | None = None
    weak_to: datetime | None = None
    failing_since: datetime | None = None
    stale_since: datetime | None = None
    standing: bool = False
    pending: bool = False
    unseen: int = 0
    risen_at: datetime | None = None
    disagreement: tuple[Behind, ...] = ()
    last_original: LastPost | None = None
    originals_since: datetime | None = None
    unconfirmed: Doubted | None = None
    undated: bool = False
    uncorroborated: bool = False

    @property
    def open_for(self) -> timedelta:
        """How much of the last post's own date is open: a limit is certainly reached only counted
        from the end of that."""
        last = self.last_post
        if last is None or last.published_at != self.since:
            return timedelta(0)
        return in_doubt_until(self.since, last.until) - self.since

    @property
    def doubt(self) -> timedelta:
        """How much later than it counts from the silence may have begun: up to the end of this
        something may have been published that nothing shows."""
        return self.risen_at - self.since if self.risen_at else timedelta(0)

    @property
    def lost_since(self) -> datetime | None:
        """Since when the account cannot be seen; None while it can, or while what was confirmed
        holds: a failed try takes no knowledge away."""
        return None if self.standing else self.failing_since or self.stale_since


def gather(
    facts: AccountFacts,
    policy: Policy,
    awake_since: datetime | None,
    now: datetime,
    slept_at: datetime | None = None,
) -> Evidence:
    """Return the evidence about one account at *now*.

    *awake_since*: since when the service has been running without an outage; None if unknown.
    *slept_at*: its last pass before that.
    """
    tried_at = _newest((s.last_tried_at for s in facts.sources), now)
    good_read_at = _newest((s.last_good_at for s in facts.sources), now)
    awake = _awake(awake_since, slept_at, good_read_at or facts.watched_since, policy, now)
    standing = good_read_at is not None and now < good_read_at + policy.read_at_most_every
    stale_since = _stale_since(good_read_at, awake, facts.watched_since, policy, now)
    unread = awake is not None and (tried_at is None or tried_at < awake)
    since = _since(facts, awake, now)
    unseen, risen_at = _unseen(facts, since, now)
    return Evidence(
        since=since,
        waiting=facts.last_post is None,
        last_post=facts.last_post,
        visible=_older(facts),
        tried_at=tried_at,
        good_read_at=good_read_at,
        full_to=_newest((s.full_as_of for s in facts.sources), now),
        weak_to=_newest((s.weak_as_of for s in facts.sources), now),
        failing_since=_failing_since(facts.sources, now),
        stale_since=stale_since,
        standing=standing,
        pending=unread and stale_since is None and not standing,
        unseen=unseen,
        risen_at=risen_at,
        disagreement=_disagreement(facts),
        last_original=facts.last_original,
        originals_since=_originals_since(facts, policy, awake, now),
        unconfirmed=_unconfirmed(facts.sources, now),
        undated=_undated(facts),
        uncorroborated=facts.uncorroborated,
    )


def _unconfirmed(sources: Sequence[SourceState], now: datetime) -> Doubted | None:
    """The oldest doubt, where no source is left that is believed."""
    if any(s.failing_since is None for s in sources):
        return None
    found = [s.memory.doubt for s in sources if s.memory.doubt and s.memory.doubt.since <= now]
    return min(found, key=lambda doubt: doubt.since, default=None)


def _undated(facts: AccountFacts) -> bool:
    """Whether posts are there and nothing says of when: that proves presence, not age."""
    good = [s.memory for s in facts.sources if s.memory.ever_good and s.failing_since is None]
    return facts.last_post is None and any(m.undated for m in good)


def _unseen(facts: AccountFacts, since: datetime, now: datetime) -> tuple[int, datetime | None]:
    """How many posts are counted and not shown, and when that last grew, after *since*."""
    tallies = (s.memory.tally for s in facts.sources)
    grown = [(silent_since(since, tally), tally.unseen) for tally in tallies if tally]
    listed = unshown(facts.listed)
    grown = [one for one in [*grown, *([listed] if listed else [])] if since < one[0] <= now]
    if not grown:
        return 0, None
    risen_at, unseen = max(grown)
    return unseen, risen_at


def _disagreement(facts: AccountFacts) -> tuple[Behind, ...]:
    """A post that was deleted is missing everywhere: only what is still there counts."""
    last = facts.visible
    if last is None:
        return ()
    seeing = ((s, _shown(s)) for s in facts.sources if s.failing_since is None)
    return tuple(
        Behind(s.spec.id, newest, s.weak_as_of)
        for s, newest in seeing
        if newest is not None
        and newest < last.published_at
        and s.weak_as_of is not None
        and s.weak_as_of >= last.published_at + CACHED
    )


def _shown(source: SourceState) -> datetime | None:
    return max((at for _, at in source.memory.window), default=None)


def _originals_since(
    facts: AccountFacts, policy: Policy, awake: datetime | None, now: datetime
) -> datetime | None:
    if policy.originals_every is None:
        return None
    return _since(replace(facts, last_post=facts.last_original), awake, now)


def _since(facts: AccountFacts, awake: datetime | None, now: datetime) -> datetime:
    if facts.last_post is not None:
        return min(facts.last_post.published_at, now)
    return _past(facts.watched_since, now) or awake or now


def _older(facts: AccountFacts) -> LastPost | None:
    last, visible = facts.last_post, facts.visible
    if last is None or visible is None or visible.published_at >= last.published_at:
        return None
    return visible


def _failing_since(sources: Sequence[SourceState], now: datetime) -> datetime | None:
    """Since when the last of all sources has been failing; None while one of them does not."""
    failing = [s.failing_since for s in sources if s.failing_since is not None]
    if not failing or len(failing) < len(sources):
        return None
    return min(max(failing), now)


def _awake(
    awake_since: datetime | None,
    slept_at: datetime | None,
    seen_at: datetime,
    policy: Policy,
    now: datetime,
) -> datetime | None:
    """Since when the account may be waited for. Waking excuses what was missed asleep: one that
    was not read in time before the service slept has had its chance, however short each life of
    the service is (`tick` from cron)."""
    late_before = slept_at is not None and seen_at + policy.read_at_most_every + SLACK < slept_at
    return None if late_before else _past(awake_since, now)


def _stale_since(
    good_read_at: datetime | None,
    awake: datetime | None,
    watched_since: datetime,
    policy: Policy,
    now: datetime,
) -> datetime | None:
    """Patience starts anew when the service wakes: it could not read while it slept."""
    known = [at for at in (good_read_at, awake) if at is not None]
    start = max(known, default=_past(watched_since, now) or now)
    if now - start <= policy.read_at_most_every + SLACK:
        return None
    return good_read_at or start


def _newest(instants: Iterable[datetime | None], now: datetime) -> datetime | None:
    return max((at for at in instants if at is not None and at <= now), default=None)


def _past(at: datetime | None, now: datetime) -> datetime | None:
    return at if at is not None and at <= now else None
