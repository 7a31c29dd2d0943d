"""How an account stands, and how long that holds if nothing of it is stored. Pure.

Whoever is not due need not be asked: until the next instant the rules would answer the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from alerts.model import Alert
from alerts.rules.ladder import calls, marks, next_call, waking
from alerts.rules.lifecycle import ACKNOWLEDGED_FOR
from monitor.freshness.evidence import SLACK
from monitor.judging.cases import (
    CONFIRMING,
    PATIENCE,
    UNREAD,
    awaited,
    doubtful,
    looks_at,
    reading_due,
    waits,
)
from monitor.judging.situation import Situation
from monitor.ledger.unseen import unshown
from monitor.model import AccountFacts
from monitor.register import Register
from monitor.standing import ALWAYS, Standing

Instants = Iterator[datetime | None]

LONGEST = timedelta(days=1)  # however far the next instant lies, each account is judged once a day
MOMENT = timedelta(microseconds=1)


def standing_of(
    situation: Situation,
    facts: AccountFacts,
    alerts: Collection[Alert],
    owed: bool,
    rules: Register,
    now: datetime,
) -> Standing:
    """Return how the account of *situation*, made of *facts*, stands at *now*.

    *alerts*: its open ones; *owed*: whether one of them has a call that nobody was found for.
    """
    assessment = situation.assessment
    always = owed or _attended(situation, facts, alerts, rules, now)
    return Standing(
        due_at=ALWAYS if always else next_instant(situation, facts, alerts, rules, now),
        verdict=assessment.verdict.value,
        reason=assessment.reason.value,
        rung=assessment.rung,
        since=situation.evidence.since,
        breach_at=assessment.breach_at,
        changes_at=assessment.changes_at,
        weak=assessment.weak,
    )


def next_instant(
    situation: Situation,
    facts: AccountFacts,
    alerts: Collection[Alert],
    rules: Register,
    now: datetime,
) -> datetime:
    """Return the earliest instant after *now* at which an account may be judged otherwise though
    nothing of it is stored: a rung, a call, the limit; the end of what a reading proves, of
    patience, of an answer to one of its open *alerts*."""
    found = [
        *_of_the_verdict(situation, rules),
        *_of_calls(situation, rules, now),
        *_of_readings(situation, facts),
        *_of_looks(situation, rules, now),
        *_of_answers(alerts),
        *_of_a_clock_behind(facts),
    ]
    ahead = (at for at in found if at is not None and at > now)
    return min([now + LONGEST, *ahead])


def _attended(
    situation: Situation,
    facts: AccountFacts,
    alerts: Collection[Alert],
    rules: Register,
    now: datetime,
) -> bool:
    """Whether what others are judged by, or wait for, depends on it at every moment."""
    return (
        situation.evidence.pending
        or doubtful(situation, now)
        or waits(situation, now)
        or reading_due(situation, rules, now) is not None
        or awaited(situation, rules, now) is not None
        or any(at is not None and at > now for at in never_ahead(facts, alerts))
    )


def never_ahead(facts: AccountFacts, alerts: Collection[Alert]) -> Instants:
    """Yield what lies ahead of now only if a clock jumped, and counts as now until then."""
    yield facts.watched_since
    for post in (facts.last_post, facts.visible, facts.last_original):
        yield post.published_at if post else None
    for source in facts.sources:
        yield source.failing_since
    for alert in alerts:
        yield from (alert.opened_at, alert.called_at)


def _of_the_verdict(situation: Situation, rules: Register) -> Instants:
    evidence, policy = situation.evidence, situation.policy
    breach_at = situation.assessment.breach_at
    passed = [at for at, _ in marks(evidence.since, policy.ladder, rules.hours)]
    for at in (*passed, breach_at):
        yield from (at, at + evidence.doubt)
    if evidence.originals_since is not None and policy.originals_every is not None:
        at = evidence.originals_since + policy.originals_every
        yield from (at, waking(at, rules.hours))


def _of_calls(situation: Situation, rules: Register, now: datetime) -> Instants:
    since, failing = situation.evidence.since, situation.evidence.failing_since
    ladder, calendar, hours = situation.policy.ladder, rules.calendar, rules.hours
    for call in calls(since, ladder, calendar, hours, now):
        yield call.due_at + PATIENCE
    following = next_call(since, ladder, calendar, hours, now)
    yield following.due_at if following else None
    yield failing + PATIENCE if failing else None


def _of_readings(situation: Situation, facts: AccountFacts) -> Instants:
    evidence, every = situation.evidence, situation.policy.read_at_most_every
    waited = (evidence.good_read_at, situation.patient, facts.watched_since)
    for start in filter(None, waited):
        yield from (start + every, start + every + SLACK + MOMENT, start + UNREAD)
    for lost in filter(None, (evidence.failing_since, evidence.stale_since)):
        yield lost + UNREAD
    for source in facts.sources:
        doubt = source.memory.doubt
        yield from (doubt.since, doubt.since + CONFIRMING) if doubt else ()


def _of_looks(situation: Situation, rules: Register, now: datetime) -> Instants:
    if rules.by_hand(situation.account):
        yield from looks_at(situation, rules, now)


def _of_answers(alerts: Collection[Alert]) -> Instants:
    for alert in alerts:
        given, promise = alert.acknowledged, alert.promise
        if given is not None:
            yield from (given.at, given.at + ACKNOWLEDGED_FOR)
        if promise is not None:
            yield from (promise.at, promise.until, promise.until + PATIENCE)


def _of_a_clock_behind(facts: AccountFacts) -> Instants:
    """What proves nothing until its instant has come."""
    for source in facts.sources:
        yield from (source.last_tried_at, source.last_good_at)
        yield from (source.full_as_of, source.weak_as_of)
        yield source.memory.tally.risen_at if source.memory.tally else None
    listed = unshown(facts.listed)
    yield listed[0] if listed else None
