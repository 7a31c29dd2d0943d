"""Run the rules over a history of posts: who would have been told what, and when. Pure.

It is the same ladder, cases and life cycle as the service's, fed with perfect readings: every
instant at which a call is due was read on a full pulse, and every post was seen at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from alerts.custody import tight
from alerts.ladder import next_call
from alerts.lifecycle import STEPS_AT_ONCE, Case, step
from alerts.model import Alert, Kind, Reason
from monitor.freshness.cases import silence_case
from monitor.freshness.evidence import gather
from monitor.freshness.policy import Policy
from monitor.freshness.verdict import assess
from monitor.model import Account, AccountFacts, AccountState, LastPost, SourceSpec, SourceState
from monitor.notices import recipients
from monitor.register import Register

# From when on, and until when; None: it goes on.
Stretch = tuple[datetime, datetime | None]

PERFECT = SourceSpec("replay", "replay", "replay", "replay")


@dataclass(frozen=True, slots=True)
class Telling:
    """One telling that would have been. *rung* is None where a post ended the alert."""

    at: datetime
    account: str
    kind: Kind
    rung: int | None
    to: tuple[str, ...]
    reason: Reason

    def row(self, zone: ZoneInfo) -> dict[str, Any]:
        """Return it as a row of the contract's `replay`."""
        return {
            "at": self.at.astimezone(zone).isoformat(timespec="seconds"),
            "account": self.account,
            "kind": self.kind.value,
            "rung": self.rung,
            "to": list(self.to),
            "reason": self.reason.value,
        }


def replay(
    account: Account,
    posts: Sequence[datetime],
    policy: Policy,
    register: Register,
    start: datetime,
    end: datetime,
    closely: Sequence[Stretch] = (),
) -> list[Telling]:
    """Return who would have been told about *account* in [start, end) under *policy*.

    *posts*: the dates of its counted posts. Nothing is told of the time before the first.
    *closely*: when it was watched on the tight ladder, because it was being handed over.
    """
    run = _Run(replace(account, state=AccountState.RUNNING), policy, register, tuple(closely))
    dates = sorted(set(posts))
    silences: list[tuple[datetime, datetime | None]] = [*pairwise(dates)]
    silences += [(dates[-1], None)] if dates else []
    told = [
        one
        for since, until in silences
        if since < end and (until is None or until >= start)
        for one in run.silence(since, until, end)
    ]
    return [one for one in told if start <= one.at < end]


@dataclass(frozen=True, slots=True)
class _Run:
    """The rules for one account."""

    account: Account
    policy: Policy
    register: Register
    closely: tuple[Stretch, ...] = ()

    def silence(self, since: datetime, post: datetime | None, end: datetime) -> Iterator[Telling]:
        """Yield what is told of one silence, until *post* ends it or *end* comes."""
        alert: Alert | None = None
        told: dict[str, None] = {}
        for now, counted in self._moments(since, post, end):
            # As in the service: an end and a new beginning may follow from one change.
            for _ in range(STEPS_AT_ONCE):
                case = self._case(counted, now)
                moved = step(alert, None, case, self.register.hours, now)
                if moved.alert is None:
                    break
                alert = moved.alert if moved.resolved is None else None
                if moved.call is not None:
                    call = moved.call
                    found = recipients(call.tell, self.account, self.register, now)
                    to = tuple(r.person.id for r in found)
                    told |= dict.fromkeys(to)
                    yield Telling(now, self.account.id, Kind.SILENCE, call.rung, to, call.reason)
                elif moved.resolved is not None:
                    reason, to, told = moved.resolved, tuple(told), {}
                    yield Telling(now, self.account.id, Kind.SILENCE, None, to, reason)

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
        r = self.register
        seen = SourceState(
            PERFECT, last_tried_at=now, last_good_at=now, full_as_of=now, weak_as_of=now
        )
        facts = AccountFacts(self.account.id, since, LastPost(since, "", ""), sources=(seen,))
        policy = self._policy(now)
        evidence = gather(facts, policy, None, now)
        assessment = assess(evidence, policy, r.hours, now)
        return silence_case(
            self.account, evidence, assessment, policy, r.calendar, r.hours, None, now
        )
