"""Say why an account has its verdict, with the evidence, in the shape of the contract. Pure.

Only values: the sentences are `alerts.words`' to add.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from alerts.model import Notice
from monitor.freshness.evidence import Behind, Evidence
from monitor.freshness.verdict import Assessment
from monitor.ledger.coverage import Gap, Span, covered, uncovered
from monitor.model import Account, LastPost, Reading
from monitor.policy import Policy

Json = dict[str, Any]


def explain(
    account: Account,
    assessment: Assessment,
    evidence: Evidence,
    policy: Policy,
    readings: Sequence[Reading],
    told: Sequence[Notice],
    zone: ZoneInfo,
    imported: Sequence[Span] = (),
) -> Json:
    """Return the contract's `explain` without its `text`.

    *readings*: the account's, oldest first, as far back as they were asked for. *told*: every
    notice about it so far, oldest first. *imported*: the stretches that imports cover.
    Instants are local ISO 8601.
    """
    return {
        "account": account.id,
        "verdict": assessment.verdict.value,
        "reason": assessment.reason.value,
        "waiting": evidence.waiting,
        "weak": assessment.weak,
        "since": _iso(evidence.since, zone),
        "quiet_days": assessment.quiet_days,
        "rung": assessment.rung,
        "breach_at": _iso(assessment.breach_at, zone),
        "publish_by": assessment.publish_by.isoformat(),
        "changes_at": _iso(assessment.changes_at, zone),
        "last_post": _post(evidence.last_post, zone),
        "visible_last_post": _post(evidence.visible, zone),
        "last_good_reading": _last_good(readings, evidence, zone),
        "readings": _readings(readings, evidence, zone),
        "cannot_see_since": _iso(evidence.lost_since, zone),
        "unseen": _unseen(evidence, zone),
        "disagreement": [_behind(one, zone) for one in evidence.disagreement],
        "gaps": [_gap(one, readings, zone) for one in open_gaps(readings, imported)],
        "last_original_at": _iso(
            evidence.last_original.published_at if evidence.last_original else None, zone
        ),
        "rule": _rule(policy),
        "told": [_told(notice, zone) for notice in told],
        "link": account.page,
    }


def open_gaps(readings: Sequence[Reading], imported: Sequence[Span]) -> list[Gap]:
    """Return the stretches, between the first good one of *readings* and the newest, of which it
    is not certain that every post was seen: by no source, and in no import."""
    read = covered(readings)
    return uncovered(readings, imported, read[0].start, read[-1].end) if read else []


def _post(post: LastPost | None, zone: ZoneInfo) -> Json | None:
    if post is None:
        return None
    return {
        "title": post.title,
        "published_at": _iso(post.published_at, zone),
        "url": post.url,
        "source": post.source,
    }


def _last_good(readings: Sequence[Reading], evidence: Evidence, zone: ZoneInfo) -> Json | None:
    """The newest good reading; from the source's own state where its row is out of reach."""
    newest = max((r for r in readings if r.good), key=lambda r: r.started_at, default=None)
    if newest is None and evidence.good_read_at is None:
        return None
    return {
        "at": _iso(newest.started_at if newest else evidence.good_read_at, zone),
        "as_of": _iso(newest.as_of if newest else evidence.weak_to, zone),
        "source": newest.source if newest else None,
        "gateway": newest.gateway if newest else None,
        "pulse": newest.pulse.value if newest else None,
    }


def _readings(readings: Sequence[Reading], evidence: Evidence, zone: ZoneInfo) -> Json:
    since = max(evidence.since, min((r.started_at for r in readings), default=evidence.since))
    counted = [r for r in readings if r.started_at >= since]
    last = counted[-1] if counted else None
    return {
        "tried": len(counted),
        "good": sum(r.good for r in counted),
        "since": _iso(since, zone),
        "last_tried_at": _iso(last.started_at if last else evidence.tried_at, zone),
        "last_outcome": last.outcome.value if last else None,
        "last_detail": last.detail if last else None,
    }


def _rule(policy: Policy) -> Json:
    return {
        "policy": policy.name,
        "limit": policy.ladder.limit_rung.days,
        "ladder": [{"after": r.days, "tell": list(r.tell)} for r in policy.ladder.rungs],
        "count_reposts": policy.count_reposts,
        "originals_every": policy.originals_every.days if policy.originals_every else None,
    }


def _unseen(evidence: Evidence, zone: ZoneInfo) -> Json | None:
    if not evidence.unseen:
        return None
    return {"posts": evidence.unseen, "risen_at": _iso(evidence.risen_at, zone)}


def _behind(one: Behind, zone: ZoneInfo) -> Json:
    return {
        "source": one.source,
        "newest": _iso(one.newest, zone),
        "as_of": _iso(one.as_of, zone),
    }


def _gap(gap: Gap, readings: Sequence[Reading], zone: ZoneInfo) -> Json:
    """*source*: the one that found it; None where none was reading."""
    after = (r for r in readings if r.gap_from and r.gap_from <= gap.start < r.started_at)
    found = next(after, None)
    return {
        "from": _iso(gap.start, zone),
        "to": _iso(gap.end, zone),
        "source": found.source if found else None,
        "reason": gap.reason.value,
    }


def _told(notice: Notice, zone: ZoneInfo) -> Json:
    return {
        "at": _iso(notice.sent_at or notice.created_at, zone),
        "to": notice.person,
        "channel": notice.channel,
        "kind": notice.kind.value,
        "rung": notice.rung,
        "reason": notice.reason.value,
        "state": notice.state.value,
    }


def _iso(at: datetime | None, zone: ZoneInfo) -> str | None:
    return at.astimezone(zone).isoformat(timespec="seconds") if at else None
