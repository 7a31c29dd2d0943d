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

from alerts.ladder import next_call
from alerts.lifecycle import Case, step
from alerts.model import Alert, Kind, Reason
from monitor.freshness.cases import silence_case
from monitor.freshness.evidence import gather
from monitor.freshness.policy import Policy
from monitor.freshness.verdict import assess
from monitor.model import Account, AccountFacts, AccountState, LastPost, SourceSpec, SourceState
from monitor.notices import recipients
from monitor.register import Register

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
) -> list[Telling]:
    """Return who would have been told about *account* in [start, end) under *policy*.

    *posts*: the dates of its counted posts. Nothing is told of the time before the first.
    """
    run = _Run(replace(account, state=AccountState.RUNNING), policy, register)
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

    def silence(self, since: datetime, post: datetime | None, end: datetime) -> Iterator[Telling]:
        """Yield what is told of one silence, until *post* ends it or *end* comes."""
        alert: Alert | None = None
        told: dict[str, None] = {}
        for now in self._instants(since, post or end):
            moved = step(alert, None, self._case(since, now), self.register.hours, now)
            alert = moved.alert or alert
            if moved.call is not None:
                call = moved.call
                found = recipients(call.tell, self.account, self.register, now)
                to = tuple(r.person.id for r in found)
                told |= dict.fromkeys(to)
                yield Telling(now, self.account.id, Kind.SILENCE, call.rung, to, call.reason)
        if alert is not None and post is not None:
            moved = step(alert, None, self._case(post, post), self.register.hours, post)
            if moved.resolved is not None:
                yield Telling(
                    post, self.account.id, Kind.SILENCE, None, tuple(told), moved.resolved
                )

    def _instants(self, since: datetime, until: datetime) -> Iterator[datetime]:
        ladder, calendar, hours = self.policy.ladder, self.register.calendar, self.register.hours
        call = next_call(since, ladder, calendar, hours, since)
        while call is not None and call.due_at < until:
            yield call.due_at
            call = next_call(since, ladder, calendar, hours, call.due_at)

    def _case(self, since: datetime, now: datetime) -> Case:
        r = self.register
        seen = SourceState(
            PERFECT, last_tried_at=now, last_good_at=now, full_as_of=now, weak_as_of=now
        )
        facts = AccountFacts(self.account.id, since, LastPost(since, "", ""), sources=(seen,))
        evidence = gather(facts, self.policy, None, now)
        assessment = assess(evidence, self.policy, r.hours, now)
        return silence_case(
            self.account, evidence, assessment, self.policy, r.calendar, r.hours, None, now
        )
