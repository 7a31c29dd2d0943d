"""Why an account has its verdict, with the evidence, as one value. Pure.

Only values: `monitor.desk.sentences` words them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.model import Notice, Reason, SilenceException
from alerts.rules.ladder import next_call
from monitor.desk.shapes import (
    AgreedSilence,
    DayListed,
    Explained,
    GapFound,
    GoodReading,
    NextCall,
    NoticeMade,
    PostSeen,
    ReadingCounts,
    RuleInForce,
    SourceBehind,
    Unconfirmed,
    UnheardAlert,
    UnseenPosts,
)
from monitor.freshness.evidence import Behind, Evidence
from monitor.judging.shown import checked
from monitor.judging.situation import Situation, recipients
from monitor.ledger.coverage import Gap, Span, covered, uncovered
from monitor.ledger.records import KnownDay
from monitor.model import LastPost, Reading
from monitor.policy import Policy
from monitor.register import BY_HAND, Register


@dataclass(frozen=True, slots=True)
class Records:
    """What is recorded of one account besides its situation.

    *readings*: oldest first, as far back as they were asked for. *notices*: every one about it so
    far, oldest first. *imported*: the stretches of which imports hold every post. *handover*: the
    one for which it is watched on the tight ladder. *other_name*: what it is called where it is
    read, if that is another name. *next_call*: who is told next if nothing is published;
    *next_reading_at*: when it is read next, None where that is past or not planned.
    """

    readings: Sequence[Reading] = ()
    notices: Sequence[Notice] = ()
    imported: Sequence[Span] = ()
    statistics: Sequence[KnownDay] = ()
    exception: SilenceException | None = None
    handover: int | None = None
    unheard: Sequence[UnheardAlert] = ()
    other_name: str | None = None
    next_call: NextCall | None = None
    next_reading_at: datetime | None = None


def explain(situation: Situation, records: Records, register: Register) -> Explained:
    """Return why the account of *situation* has its verdict."""
    account, evidence = situation.account, situation.evidence
    assessment, readings = situation.assessment, records.readings
    original = evidence.last_original
    return {
        "account": account.id,
        "verdict": assessment.verdict,
        "checked": checked(assessment.verdict, evidence),
        "reason": assessment.reason,
        "waiting": evidence.waiting,
        "weak": assessment.weak,
        "since": evidence.since,
        "quiet_days": assessment.quiet_days,
        "rung": assessment.rung,
        "breach_at": assessment.breach_at,
        "publish_by": assessment.publish_by,
        "changes_at": assessment.changes_at,
        "last_post": _post(evidence.last_post),
        "visible_last_post": _post(evidence.visible),
        "last_good_reading": _last_good(readings, evidence, register),
        "readings": _readings(readings, evidence),
        "cannot_see_since": evidence.lost_since,
        "unseen": _unseen(evidence),
        "unconfirmed": unconfirmed(evidence),
        "other_name": records.other_name,
        "disagreement": [_behind(one) for one in evidence.disagreement],
        "gaps": [_gap(one, readings) for one in open_gaps(readings, records.imported)],
        "last_original_at": original.published_at if original else None,
        "rule": _rule(situation.policy, records.handover),
        "told": [_notice_made(notice, register) for notice in records.notices],
        "link": account.page,
        "statistics": [_listed(one) for one in records.statistics],
        "custodian": account.custodian,
        "exception": agreed_silence(records.exception, register),
        "unheard": list(records.unheard),
        "next_call": records.next_call,
        "next_reading_at": records.next_reading_at,
    }


def coming(situation: Situation, register: Register, now: datetime) -> NextCall | None:
    """Return the call that comes after *now* if nothing is published."""
    ladder, hours = situation.policy.ladder, register.hours
    call = next_call(situation.evidence.since, ladder, register.calendar, hours, now)
    if call is None:
        return None
    found = recipients(call.tell, situation.account, register, call.due_at)
    people = [one.person for one in found]
    return {
        "at": call.due_at,
        "rung": call.rung if call.reason is not Reason.REMINDER else None,
        "to": [person.id for person in people],
        "names": [person.name for person in people],
    }


def unconfirmed(evidence: Evidence) -> Unconfirmed | None:
    """Return what was seen and is not believed; None if all is."""
    doubt = evidence.unconfirmed
    if doubt is None:
        return None
    return {"since": doubt.since, "reason": doubt.reason, "newest": doubt.newest}


def agreed_silence(agreed: SilenceException | None, register: Register) -> AgreedSilence | None:
    """Return an agreed silence with the name of who recorded it; None if there is none."""
    if agreed is None:
        return None
    return {
        "since": agreed.since,
        "until": agreed.until,
        "by": agreed.by,
        "by_name": register.name(agreed.by),
        "reason": agreed.reason,
        "document": agreed.document,
    }


def open_gaps(readings: Sequence[Reading], imported: Sequence[Span]) -> list[Gap]:
    """Return the stretches, between the first good one of *readings* and the newest, of which it
    is not certain that every post was seen: by no source, and in no import."""
    read = covered(readings)
    return uncovered(readings, imported, read[0].start, read[-1].end) if read else []


def _post(post: LastPost | None) -> PostSeen | None:
    if post is None:
        return None
    return {
        "title": post.title,
        "published_at": post.published_at,
        "published_until": post.until,
        "url": post.url,
        "source": post.source,
    }


def _last_good(
    readings: Sequence[Reading], evidence: Evidence, register: Register
) -> GoodReading | None:
    """The newest good reading; from the source's own state where its row is out of reach."""
    newest = max((r for r in readings if r.good), key=lambda r: r.started_at, default=None)
    if newest is None and evidence.good_read_at is None:
        return None
    return {
        "at": newest.started_at if newest else evidence.good_read_at,
        "as_of": newest.as_of if newest else evidence.weak_to,
        "source": newest.source if newest else None,
        "gateway": newest.gateway if newest else None,
        "pulse": newest.pulse if newest else None,
        "by_person": newest is not None and register.kind_of(newest.gateway) == BY_HAND,
    }


def _readings(readings: Sequence[Reading], evidence: Evidence) -> ReadingCounts:
    since = max(evidence.since, min((r.first_at for r in readings), default=evidence.since))
    counted = [r for r in readings if r.started_at >= since]
    last = counted[-1] if counted else None
    return {
        "tried": sum(r.tried for r in counted),
        "good": sum(r.tried for r in counted if r.good),
        "since": since,
        "last_tried_at": last.started_at if last else evidence.tried_at,
        "last_outcome": last.outcome if last else None,
        "last_detail": last.detail if last else None,
    }


def _rule(policy: Policy, handover: int | None) -> RuleInForce:
    return {
        "policy": policy.name,
        "limit": policy.ladder.limit_rung.days,
        "ladder": [{"after": r.days, "tell": list(r.tell)} for r in policy.ladder.rungs],
        "count_reposts": policy.count_reposts,
        "originals_every": policy.originals_every.days if policy.originals_every else None,
        "handover": handover,
    }


def _unseen(evidence: Evidence) -> UnseenPosts | None:
    if not evidence.unseen:
        return None
    return {"posts": evidence.unseen, "risen_at": evidence.risen_at}


def _behind(one: Behind) -> SourceBehind:
    return {"source": one.source, "newest": one.newest, "as_of": one.as_of}


def _gap(gap: Gap, readings: Sequence[Reading]) -> GapFound:
    after = (r for r in readings if r.gap_from and r.gap_from <= gap.start < r.started_at)
    found = next(after, None)
    return {
        "from": gap.start,
        "to": gap.end,
        "source": found.source if found else None,
        "reason": gap.reason,
    }


def _notice_made(notice: Notice, register: Register) -> NoticeMade:
    return {
        "at": notice.sent_at or notice.created_at,
        "to": notice.person,
        "channel": notice.channel,
        "kind": notice.kind,
        "rung": notice.rung,
        "reason": notice.reason,
        "state": notice.state,
        "waits_until": notice.waits_until,
        "name": register.name(notice.person),
    }


def _listed(one: KnownDay) -> DayListed:
    return {
        "day": one.count.day,
        "articles": one.count.articles,
        "notified": one.count.notified,
        "pushes": one.count.pushes,
        "learned_at": one.learned_at,
    }
