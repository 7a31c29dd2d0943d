"""Run the rules over a history of posts: who would have been notified of what, and when. Pure.

It is the same ladder, cases and life cycle as the service's, fed with perfect readings: every
instant at which a call is due was read on a full pulse, and every post was seen at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from alerts.model import Alert, Kind, Reason
from alerts.people.handover import tight
from alerts.rules.ladder import next_call, waking
from alerts.rules.lifecycle import STEPS_AT_ONCE, Case, step
from monitor.freshness.evidence import gather
from monitor.freshness.verdict import assess
from monitor.judging.cases import originals_case, silence_case
from monitor.judging.situation import Situation, recipients
from monitor.model import Account, AccountFacts, AccountState, LastPost, SourceSpec, SourceState
from monitor.policy import Policy
from monitor.register import Register

# From when on, and until when; None: it goes on.
Stretch = tuple[datetime, datetime | None]

PERFECT = SourceSpec("replay", "replay", "replay", "replay")


@dataclass(frozen=True, slots=True)
class ReplayNotice:
    """One notice that would have been sent. *rung* is None where a post ended the alert."""

    at: datetime
    account: str
    kind: Kind
    rung: int | None
    to: tuple[str, ...]
    reason: Reason


def replay(
    account: Account,
    posts: Sequence[datetime],
    policy: Policy,
    register: Register,
    start: datetime,
    end: datetime,
    closely: Sequence[Stretch] = (),
    originals: Sequence[datetime] = (),
) -> list[ReplayNotice]:
    """Return the notices about *account* that *policy* would have led to in [start, end).

    *posts*: the dates of its counted posts. Nothing is sent about the time before the first.
    *closely*: when it was watched on the tight ladder, because it was being handed over.
    *originals*: the dates of those that are no reposts, for a policy that demands one.
    """
    run = _Run(replace(account, state=AccountState.RUNNING), policy, register, tuple(closely))
    found = [
        one
        for since, until in _stretches(posts, start, end)
        for one in run.silence(since, until, end)
    ]
    found += [
        one
        for since, until in _stretches(originals, start, end)
        for one in run.reposting(since, until, sorted(set(posts)), end)
    ]
    return sorted((one for one in found if start <= one.at < end), key=lambda one: one.at)


def _stretches(
    posts: Sequence[datetime], start: datetime, end: datetime
) -> list[tuple[datetime, datetime | None]]:
    """From each post to the next, as far as they touch [start, end)."""
    dates = sorted(set(posts))
    found: list[tuple[datetime, datetime | None]] = [*pairwise(dates)]
    found += [(dates[-1], None)] if dates else []
    return [one for one in found if one[0] < end and (one[1] is None or one[1] >= start)]


@dataclass(frozen=True, slots=True)
class _Run:
    """The rules for one account."""

    account: Account
    policy: Policy
    register: Register
    closely: tuple[Stretch, ...] = ()

    def silence(
        self, since: datetime, post: datetime | None, end: datetime
    ) -> Iterator[ReplayNotice]:
        """Yield the notices of one silence, until *post* ends it or *end* comes."""
        moments = self._moments(since, post, end)
        yield from self._notices((now, self._case(counted, now)) for now, counted in moments)

    def reposting(
        self, since: datetime, original: datetime | None, posts: Sequence[datetime], end: datetime
    ) -> Iterator[ReplayNotice]:
        """Yield the notices while nothing but reposts follows an original: one, and one when
        another *original* ends it."""
        if self.policy.originals_every is None:
            return
        due = waking(since + self.policy.originals_every, self.register.hours)
        until = original or end
        # Without any posts it is a silence; its next repost makes it this.
        moments = [at for at in (due, *(p for p in posts if p > due)) if at < until]
        looks = [(at, since) for at in moments] + ([(original, original)] if original else [])
        yield from self._notices((at, self._reposts(last, posts, at)) for at, last in looks)

    def _notices(self, looks: Iterable[tuple[datetime, Case]]) -> Iterator[ReplayNotice]:
        """Yield what follows from what was due at each look."""
        alert: Alert | None = None
        notified: dict[str, None] = {}
        for now, case in looks:
            # As in the service: an end and a new beginning may follow from one change.
            for _ in range(STEPS_AT_ONCE):
                moved = step(alert, None, case, self.register.hours, now)
                if moved.alert is None:
                    break
                alert = moved.alert if moved.resolved is None else None
                if moved.call is not None:
                    call = moved.call
                    found = recipients(call.tell, self.account, self.register, now)
                    to = tuple(r.person.id for r in found)
                    notified |= dict.fromkeys(to)
                    yield ReplayNotice(now, self.account.id, case.kind, call.rung, to, call.reason)
                elif moved.resolved is not None:
                    reason, to, notified = moved.resolved, tuple(notified), {}
                    yield ReplayNotice(now, self.account.id, case.kind, None, to, reason)

    def _moments(
        self, since: datetime, post: datetime | None, end: datetime
    ) -> Iterator[tuple[datetime, datetime]]:
        """When to look, and since when the account is quiet then."""
        yield from ((now, since) for now in self._instants(since, post or end))
        if post is not None:
            yield post, post

    def _instants(self, since: datetime, until: datetime) -> Iterator[datetime]:
        """The instants of calls, and those at which the ladder itself changes."""
        changes = sorted({at for stretch in self.closely for at in stretch if at and at > since})
        calendar, hours, now = self.register.calendar, self.register.hours, since
        while True:
            call = next_call(since, self._policy(now).ladder, calendar, hours, now)
            change = next((at for at in changes if at > now), None)
            ahead = [at for at in (call.due_at if call else None, change) if at is not None]
            if not ahead or min(ahead) >= until:
                return
            now = min(ahead)
            yield now

    def _policy(self, now: datetime) -> Policy:
        if not any(start <= now and (end is None or now < end) for start, end in self.closely):
            return self.policy
        return replace(self.policy, ladder=tight(self.policy.ladder))

    def _case(self, since: datetime, now: datetime) -> Case:
        seen = self._seen(since, None, self._policy(now), now)
        return silence_case(seen, self.register, None, now)

    def _reposts(self, original: datetime, posts: Sequence[datetime], now: datetime) -> Case:
        last = max((at for at in posts if at <= now), default=original)
        seen = self._seen(last, original, self.policy, now)
        return originals_case(seen, self.register, None, now)

    def _seen(
        self, since: datetime, original: datetime | None, policy: Policy, now: datetime
    ) -> Situation:
        seen = SourceState(
            PERFECT, last_tried_at=now, last_good_at=now, full_as_of=now, weak_as_of=now
        )
        facts = AccountFacts(
            account=self.account.id,
            watched_since=since,
            last_post=LastPost(since, "", ""),
            sources=(seen,),
            last_original=LastPost(original, "", "") if original else None,
        )
        evidence = gather(facts, policy, None, now)
        assessment = assess(evidence, policy, self.register.hours, now)
        return Situation(self.account, policy, evidence, assessment)
