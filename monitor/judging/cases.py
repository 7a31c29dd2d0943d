"""Which trouble is due: the silence of an account, our blindness, a failing gateway. Pure.

A case holds what the rules have come to by now and the evidence bears out. What was told
before, and what is told next, is `alerts.rules.lifecycle`'s to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from alerts.common.local_time import local_instant
from alerts.model import Alert, Call, Hours, Kind, Ladder, Reason, SilenceException
from alerts.rules.calendar import Calendar
from alerts.rules.ladder import DAY, calls, publish_by, waking
from alerts.rules.lifecycle import Case
from monitor.freshness.evidence import Evidence
from monitor.freshness.verdict import Assessment, Basis, Verdict, borne_out
from monitor.ledger.coverage import Gap
from monitor.model import Account, AccountState, GatewayState
from monitor.policy import Policy

OPERATOR = "operator"
PATIENCE = timedelta(minutes=15)  # what retries are given before anybody is told
EASE = timedelta(hours=1)  # the same for a gateway that blinds nobody yet
ENDS_SOON = timedelta(days=14)  # how long before its end a credential is spoken of
CREDENTIAL = "#credential"  # marks the subject of an alert about a gateway's credential
QUOTA = "#quota"  # marks the subject of an alert about a gateway's quota
GATHER = timedelta(minutes=12)  # how long calls of one hour wait for each other
BY_THE_HOUR = frozenset({Reason.RUNG, Reason.CLOSURE, Reason.PUBLISH_DAY, Reason.REMINDER})
# After as long without a good reading the operator is told. A post that was taken down is
# believed after a day: the reading that settles it comes before.
UNREAD = timedelta(hours=24) + PATIENCE


def silence_case(
    account: Account,
    evidence: Evidence,
    assessment: Assessment,
    policy: Policy,
    calendar: Calendar,
    hours: Hours,
    exception: SilenceException | None,
    now: datetime,
) -> Case:
    """Return what is due of an account's silence at *now*. While blind nothing is."""
    due = calls(evidence.since, policy.ladder, calendar, hours, now)
    seeing = _seeing(evidence, assessment)
    told = [c for c in due if seeing and borne_out(evidence, c.due_at, assessment.breach_at)]
    return replace(
        _account_case(Kind.SILENCE, account, evidence, policy, due, exception),
        calls=tuple(told),
        closed=_closed(evidence.since, policy.ladder, calendar, hours) if due else None,
        read_at=evidence.good_read_at if seeing else None,
    )


def blind_case(
    account: Account,
    evidence: Evidence,
    assessment: Assessment,
    policy: Policy,
    calendar: Calendar,
    hours: Hours,
    exception: SilenceException | None,
    blamed: bool,
    now: datetime,
) -> Case:
    """Return what is due at *now* because an account cannot be seen.

    *blamed*: a gateway of it is known to fail, and the operator hears of that instead.
    """
    if _seeing(evidence, assessment):
        over = _ended(account, exception) or Reason.RECOVERED
        return Case(Kind.BLIND, account.id, evidence.since, (), over)
    due = calls(evidence.since, policy.ladder, calendar, hours, now)
    case = _account_case(Kind.BLIND, account, evidence, policy, due, exception)
    if evidence.pending:
        return case
    also = () if blamed else (OPERATOR,)
    told = [_asked(c, also) for c in due if _unanswered(c, evidence, assessment, now)]
    return replace(case, calls=(*told, *_unread(account, evidence, blamed, now)))


def awaited(
    evidence: Evidence,
    assessment: Assessment,
    policy: Policy,
    calendar: Calendar,
    hours: Hours,
    now: datetime,
) -> datetime | None:
    """Return since when a call of this hour only waits for the reading that bears it out; None
    if none does, or not any more.

    Accounts are read one after the other, and what their people are told at one hour is one
    message: the calls that are borne out wait for those that are not yet.
    """
    if not _seeing(evidence, assessment) or not _calling(hours, now):
        return None
    due = calls(evidence.since, policy.ladder, calendar, hours, now)
    last = due[-1] if due and due[-1].reason in BY_THE_HOUR else None
    if last is None or not last.due_at <= now < last.due_at + GATHER:
        return None
    read_at = evidence.good_read_at
    return last.due_at if read_at is None or read_at < last.due_at else None


def gateway_case(gateway: str, state: GatewayState, blinds: bool, now: datetime) -> Case:
    """Return what is due of a gateway at *now*. *blinds*: an account cannot be judged for it."""
    since = min(state.failing_since or now, now)
    if state.healthy or state.failing_since is None:
        return Case(Kind.GATEWAY, gateway, since, (), Reason.RECOVERED)
    due_at = since + (PATIENCE if blinds else EASE)
    call = Call(due_at, None, Reason.GATEWAY, (OPERATOR,), "failing")
    return Case(Kind.GATEWAY, gateway, since, (call,) if due_at <= now else ())


def originals_case(
    account: Account,
    evidence: Evidence,
    assessment: Assessment,
    policy: Policy,
    hours: Hours,
    exception: SilenceException | None,
    now: datetime,
) -> Case:
    """Return what is due at *now* of an account that has only reposted for too long.

    The limit's people are told once. One that is silent altogether is told of as that.
    """
    since = evidence.originals_since
    if since is None or policy.originals_every is None or now < since + policy.originals_every:
        over = _ended(account, exception) or Reason.RULE_CHANGED
        return Case(Kind.ORIGINALS, account.id, since or evidence.since, (), over)
    due_at = waking(since + policy.originals_every, hours)
    tell = policy.ladder.limit_rung.tell
    call = Call(due_at, None, Reason.ORIGINALS, tell, "originals")
    due = assessment.reason is Basis.ORIGINALS and due_at <= now
    ended = _ended(account, exception)
    return Case(Kind.ORIGINALS, account.id, since, (call,) if due else (), ended)


def ledger_case(account: str, holes: Sequence[Gap], alert: Alert | None, now: datetime) -> Case:
    """Return what is due at *now* of the gaps in an account's ledger, oldest first: the operator
    is told of each once, as soon as it is found. *alert*: the one that is open."""
    since = alert.since if alert else min((hole.start for hole in holes), default=now)
    if not holes:
        return Case(Kind.LEDGER, account, since, (), Reason.RECOVERED)
    newest = holes[-1].start
    call = Call(now, None, Reason.GAP, (OPERATOR,), f"gap:{newest:%Y-%m-%dT%H:%M}")
    return Case(Kind.LEDGER, account, since, (call,))


def credential_case(gateway: str, state: GatewayState, now: datetime) -> Case:
    """Return what is due at *now* of a gateway whose credential ends soon: one call."""
    subject, ends_at = f"{gateway}{CREDENTIAL}", state.ends_at
    if ends_at is None or ends_at - ENDS_SOON > now:
        return Case(Kind.GATEWAY, subject, now, (), Reason.RECOVERED)
    call = Call(ends_at - ENDS_SOON, None, Reason.CREDENTIAL, (OPERATOR,), "credential")
    return Case(Kind.GATEWAY, subject, ends_at - ENDS_SOON, (call,))


def quota_case(gateway: str, since: datetime | None, now: datetime) -> Case:
    """Return what is due at *now* of a gateway whose quota does not reach for its accounts.

    *since*: since when the first of them has been waiting to be read; None: nobody is.
    """
    subject = f"{gateway}{QUOTA}"
    if since is None:
        return Case(Kind.GATEWAY, subject, now, (), Reason.RECOVERED)
    call = Call(now, None, Reason.QUOTA, (OPERATOR,), "quota")
    return Case(Kind.GATEWAY, subject, since, (call,))


def waits(evidence: Evidence, assessment: Assessment, now: datetime) -> bool:
    """Return whether an account has not been read for so long that somebody must know, though
    nothing failed."""
    stale = evidence.stale_since
    if stale is None or evidence.failing_since is not None:
        return False
    return assessment.verdict is Verdict.BLIND or stale + UNREAD <= now


def _account_case(
    kind: Kind,
    account: Account,
    evidence: Evidence,
    policy: Policy,
    due: list[Call],
    exception: SilenceException | None,
) -> Case:
    return Case(
        kind,
        account.id,
        evidence.since,
        (),
        ended=_ended(account, exception),
        rung=max((c.rung for c in due if c.rung is not None), default=None),
        ladder=policy.ladder,
    )


def _calling(hours: Hours, now: datetime) -> bool:
    """Whether one of the day's calling hours has just struck; else the rest is not worth asking."""
    today = now.astimezone(hours.zone).date()
    struck = (local_instant(today, at, hours.zone) for at in (hours.call_at, hours.last_call_at))
    return any(at <= now < at + GATHER for at in struck)


def _seeing(evidence: Evidence, assessment: Assessment) -> bool:
    """Whether anything may be told about the account itself."""
    blind = assessment.verdict is Verdict.BLIND or evidence.lost_since is not None
    return not (blind or evidence.pending)


def _ended(account: Account, exception: SilenceException | None) -> Reason | None:
    if account.state is AccountState.CLOSED:
        return Reason.ACCOUNT_CLOSED
    return Reason.EXCEPTION if exception is not None else None


def _closed(
    since: datetime, ladder: Ladder, calendar: Calendar, hours: Hours
) -> tuple[datetime, datetime] | None:
    stretch = calendar.stretch(publish_by(since, ladder, hours.zone))
    if stretch is None:
        return None
    first, after = (
        local_instant(day, time(), hours.zone) for day in (stretch.first, stretch.last + DAY)
    )
    return first, after


def _unanswered(call: Call, evidence: Evidence, assessment: Assessment, now: datetime) -> bool:
    """Whether a call has to go out as a question: nothing bears it out, and retries had time."""
    if borne_out(evidence, call.due_at, assessment.breach_at):
        return False
    failing = evidence.failing_since
    return failing is None or min(failing, call.due_at) + PATIENCE <= now


def _asked(call: Call, also: tuple[str, ...]) -> Call:
    tell = tuple(dict.fromkeys((*call.tell, *also)))
    return replace(call, reason=Reason.BLIND, tell=tell)


def _unread(account: Account, evidence: Evidence, blamed: bool, now: datetime) -> tuple[Call, ...]:
    """The operator hears of an account that nobody can read long before a rung is near."""
    lost = evidence.lost_since
    if blamed or lost is None or not account.sources or lost + UNREAD > now:
        return ()
    return (Call(lost + UNREAD, None, Reason.BLIND, (OPERATOR,), "unread"),)
