"""Decide how fresh an account is. Pure: no I/O, no clock, no settings files.

Three answers, not two: silent, fine, or we cannot see. A silence is asserted only where a good
reading confirms it; and failing to read never makes a post that is known older or newer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from alerts.model import Hours
from alerts.rules.ladder import marks, publish_by, quiet_days
from monitor.freshness.evidence import Evidence
from monitor.policy import Policy

# How far a reading may describe the past and still confirm a warning: collectors sync twice
# a day. A breach has no such allowance.
CALL_ALLOWANCE = timedelta(hours=24)


class Verdict(StrEnum):
    """正常 · 临近 (past a rung) · 超期 · 看不见 · 未见发布 (no post ever seen)."""

    FRESH = "fresh"
    LATE = "late"
    BREACHED = "breached"
    BLIND = "blind"
    WAITING = "waiting"


class Basis(StrEnum):
    """What a verdict rests on."""

    YOUNG = "young"  # the first rung has not come
    PROVEN = "proven"  # a good reading shows nothing newer
    UNTRIED = "untried"  # the reading of the newest rung is still to come
    FAILING = "failing"  # every source fails
    STALE = "stale"  # no good reading was made in time
    NEVER_READ = "never_read"  # no good reading was ever made
    UNPROVEN = "unproven"  # read, but that proves too little: a weak pulse, or too old a state
    UNSEEN = "unseen"  # the platform counts more posts than are shown
    UNCONFIRMED = "unconfirmed"  # what was seen is not confirmed
    UNDATED = "undated"  # posts are there, and nothing says of when
    ORIGINALS = "originals"  # nothing but reposts for longer than the policy allows


@dataclass(frozen=True, slots=True)
class Assessment:
    """The verdict on one account and what it rests on.

    *rung*: the highest rung passed, as far as proven; while blind, by the calendar alone.
    *changes_at*: when the next rung or the limit passes; None after the limit. *weak*: only
    gateways whose pulse proves little have seen the account lately (未经旁证).
    """

    verdict: Verdict
    reason: Basis
    quiet_days: int
    rung: int | None
    changes_at: datetime | None
    breach_at: datetime
    publish_by: date
    weak: bool = False


def assess(evidence: Evidence, policy: Policy, hours: Hours, now: datetime) -> Assessment:
    """Return the verdict on an account at *now* and when it can next change."""
    breach_at = evidence.since + evidence.open_for + policy.limit
    planned = _planned(evidence, policy, hours, breach_at)
    passed = [mark for mark in planned if mark[0] <= now]
    verdict, reason, rung = _verdict(evidence, passed, breach_at)
    if verdict in (Verdict.FRESH, Verdict.LATE) and _only_reposts(evidence, policy):
        verdict, reason = Verdict.BREACHED, Basis.ORIGINALS
    return Assessment(
        verdict=verdict,
        reason=reason,
        quiet_days=quiet_days(evidence.since, now, hours.zone),
        rung=rung,
        changes_at=min(_changes(evidence, policy, planned, now), default=None),
        breach_at=breach_at,
        publish_by=publish_by(evidence.since, policy.ladder, hours.zone),
        weak=_weak(evidence),
    )


def _planned(
    evidence: Evidence, policy: Policy, hours: Hours, breach_at: datetime
) -> list[tuple[datetime, int]]:
    """The marks: warnings from the earliest instant of the last post, the limit from its latest."""
    limit_at = evidence.since + policy.limit
    found = marks(evidence.since, policy.ladder, hours)
    return sorted((breach_at if at == limit_at else at, rung) for at, rung in found)


def silence_confirmed(evidence: Evidence, at: datetime, breach_at: datetime) -> bool:
    """Return whether readings confirm that nothing newer was there at *at*.

    Below the limit: a good reading made since then that describes the account as of less than
    a day before. From the limit on: one on a full pulse that itself reaches past the limit.
    Where the platform counts posts that nothing shows, both instants move by that doubt.
    """
    doubt = evidence.doubt
    if at >= breach_at and (evidence.full_to is None or evidence.full_to < breach_at + doubt):
        return False
    read_at, seen_to = evidence.good_read_at, evidence.weak_to
    if read_at is None or seen_to is None or read_at < at + doubt:
        return False
    return seen_to >= at + doubt - CALL_ALLOWANCE


def _only_reposts(evidence: Evidence, policy: Policy) -> bool:
    """Whether a reading on a full pulse shows that there was no original for too long."""
    since = evidence.originals_since
    if since is None or policy.originals_every is None or evidence.lost_since or evidence.pending:
        return False
    certain = max(since, evidence.risen_at or since) + policy.originals_every
    return evidence.full_to is not None and evidence.full_to >= certain


def _changes(
    evidence: Evidence, policy: Policy, planned: list[tuple[datetime, int]], now: datetime
) -> list[datetime]:
    """The instants ahead at which the verdict may change without anything new."""
    passed = [at for at, _ in planned if at <= now]
    found = [at for at, _ in planned] + [at + evidence.doubt for at in passed[-1:]]
    if evidence.originals_since and policy.originals_every:
        found.append(evidence.originals_since + policy.originals_every)
    return [at for at in found if at > now]


def _weak(evidence: Evidence) -> bool:
    if evidence.uncorroborated:
        return True
    full_to, weak_to = evidence.full_to, evidence.weak_to
    return weak_to is not None and (full_to is None or weak_to - full_to >= CALL_ALLOWANCE)


def _verdict(
    evidence: Evidence, passed: list[tuple[datetime, int]], breach_at: datetime
) -> tuple[Verdict, Basis, int | None]:
    if evidence.undated and not evidence.lost_since:
        return Verdict.BLIND, Basis.UNDATED, passed[-1][1] if passed else None
    if not passed:
        return _young(evidence)
    at, rung = passed[-1]
    lost = _lost(evidence)
    if lost is not None:
        return Verdict.BLIND, lost, rung
    if silence_confirmed(evidence, at, breach_at):
        return _asserted(at, breach_at), Basis.PROVEN, rung
    if evidence.good_read_at is not None and evidence.good_read_at >= at:
        return Verdict.BLIND, Basis.UNSEEN if evidence.doubt else Basis.UNPROVEN, rung
    return _last_proven(evidence, passed[:-1], breach_at)


def _young(evidence: Evidence) -> tuple[Verdict, Basis, None]:
    """Before the first rung: a post that is known cannot grow older by not seeing."""
    if evidence.waiting and evidence.good_read_at is None and evidence.failing_since:
        return Verdict.BLIND, Basis.FAILING, None
    return _silent_about(evidence), Basis.YOUNG, None


def _last_proven(
    evidence: Evidence, passed: list[tuple[datetime, int]], breach_at: datetime
) -> tuple[Verdict, Basis, int | None]:
    proven = [rung for at, rung in passed if silence_confirmed(evidence, at, breach_at)]
    if proven:
        return Verdict.LATE, Basis.UNTRIED, proven[-1]
    if passed and evidence.doubt:
        return Verdict.BLIND, Basis.UNSEEN, passed[-1][1]
    return _silent_about(evidence), Basis.UNTRIED, None


def _silent_about(evidence: Evidence) -> Verdict:
    return Verdict.WAITING if evidence.waiting else Verdict.FRESH


def _lost(evidence: Evidence) -> Basis | None:
    if evidence.standing:
        return None
    if evidence.failing_since is not None:
        return Basis.UNCONFIRMED if evidence.unconfirmed else Basis.FAILING
    if evidence.stale_since is not None:
        return Basis.STALE
    return Basis.NEVER_READ if evidence.good_read_at is None else None


def _asserted(at: datetime, breach_at: datetime) -> Verdict:
    return Verdict.BREACHED if at >= breach_at else Verdict.LATE
