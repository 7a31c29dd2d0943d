"""How an alert moves from opened to resolved: which call is next, and when it is over. Pure.

A case holds what the rules call for by now; the alert holds the calls that were made. `step`
compares the two. It sends nothing, stores nothing and knows no account.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.common.local_time import instant_of
from alerts.model import (
    Acknowledgement,
    Alert,
    Call,
    Event,
    Hours,
    Kind,
    Ladder,
    Notice,
    NoticeState,
    Promise,
    Reason,
    Rung,
)
from alerts.occasion import Occasion, On
from alerts.told import Told

ACKNOWLEDGED_FOR = timedelta(hours=24)
# How far two honest clocks may differ; further ahead, and what a clock caused is void.
CLOCK_SLIP = timedelta(minutes=1)
# An end and a new beginning may follow from one change of the rules; no more than that.
STEPS_AT_ONCE = 3
# Troubles of an account count from its last post, so that a newer post ends them.
OF_A_SILENCE = frozenset({Kind.SILENCE, Kind.BLIND, Kind.ORIGINALS})


class Refusal(StrEnum):
    """Why a promise is not accepted."""

    PAST = "past"  # the time named has gone by
    LIMIT = "limit"  # it is not before the limit; only an exception may pass that
    TOO_LATE = "too_late"  # 「今日发布」 at an hour when that is no longer believed


@dataclass(frozen=True, slots=True)
class Case:
    """What is due of one subject by now.

    *calls*: those that today's evidence confirms. *ended*: why nothing may be due at all.
    Of an account also: *rung*, the highest rung that the rules have called for, confirmed or
    not; *ladder*; *closed*, the closed stretch in which the last whole day
    falls, as instants [start, end); *read_at*, the newest good reading, None while blind.
    """

    kind: Kind
    subject: str
    since: datetime
    calls: tuple[Call, ...]
    ended: Reason | None = None
    rung: int | None = None
    ladder: Ladder | None = None
    closed: tuple[datetime, datetime] | None = None
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of an alert. *alert* is None when nothing moves; else it is to be saved.

    *call*: the call to make now. *resolved*: why the alert has just ended.
    """

    alert: Alert | None
    call: Call | None = None
    resolved: Reason | None = None


STILL = Step(None)


def step(
    alert: Alert | None, last_resolved: Alert | None, case: Case, hours: Hours, now: datetime
) -> Step:
    """Return what becomes of *alert* (None: none is open) at *now*.

    *last_resolved*: the subject's newest ended alert of the kind. Several calls due together
    become one, of the highest rung, to everybody whom any of them concerns.
    """
    if alert is None:
        if case.ended is not None:
            return STILL
        opened = Alert(case.kind, case.subject, opened_at=now, since=case.since)
        return _call_due(opened, _still_owed(case, last_resolved), case, hours, now)
    reason = _end(alert, case, now)
    if reason is not None:
        return Step(replace(alert, resolved_at=now, resolution=reason), None, reason)
    current = _rederived(_recounted(alert, case), case, now)
    moved = _call_due(current, case.calls, case, hours, now)
    return moved if moved.alert or current is alert else Step(current)


def unheard(before: Alert | None, moved: Step) -> Step:
    """Return what becomes of an alert whose call has no recipient: it opens, or climbs, and the
    call stays due. *before*: the alert as it was, *moved*: what `step` made of it.

    The call is returned the first time only; after that nothing moves until there is a recipient.
    """
    call, after = moved.call, moved.alert
    if call is None or after is None:
        return moved
    called = before.called if before else frozenset()
    mark = Occasion(On.UNHEARD, str(call.occasion))
    if before is None or mark not in called:
        return Step(replace(after, called=called | {mark}), call)
    same = replace(after, called=called, called_at=before.called_at)
    return Step(same) if same != before else STILL


def nothing_new(before: Alert, moved: Step) -> Step:
    """Return what becomes of an alert whose recipients have all had a higher step already: it
    moves, and no call is made. *before*, *moved*: as in `unheard`."""
    return Step(moved.alert and replace(moved.alert, called_at=before.called_at))


def unheard_since(alert: Alert, notices: Iterable[Notice]) -> datetime | None:
    """Return since when the newest call of *alert* has had no recipient; None if it had one.
    *notices*: the alert's; those of one that it goes on from are marked in it."""
    called = [n.created_at for n in notices if n.event in (Event.ALERT, Event.REMINDER)]
    called += [instant_of(o.detail or "") for o in alert.called if o.kind == On.HEARD]
    told_at, called_at = max(called, default=None), alert.called_at
    heard = called_at is None or (told_at is not None and told_at >= called_at)
    return None if heard else called_at


def _still_owed(case: Case, last_resolved: Alert | None) -> Iterator[Call]:
    """A call that was due before a post was found does not belong to the shorter silence. Where
    that post was taken back it is the same silence, and everything is owed."""
    ended_at = None
    if last_resolved is not None and last_resolved.resolution is Reason.POSTED:
        ended_at = last_resolved.resolved_at if case.since > last_resolved.since else None
    return (call for call in case.calls if ended_at is None or call.due_at > ended_at)


def _end(alert: Alert, case: Case, now: datetime) -> Reason | None:
    newer = alert.kind in OF_A_SILENCE and case.since > alert.since
    if newer and not _still_over(alert, case, now):
        return Reason.POSTED
    if case.ended is not None:
        return case.ended
    return Reason.RULE_CHANGED if _called_off(alert, case, now) else None


def _still_over(alert: Alert, case: Case, now: datetime) -> bool:
    """Whether the limit was called and has passed since *case*'s newest post as well."""
    if case.kind is not Kind.SILENCE or case.ladder is None:
        return False
    return Occasion(On.BREACH) in alert.called and case.since + case.ladder.limit <= now


def _called_off(alert: Alert, case: Case, now: datetime) -> bool:
    """Whether today's rules call for nothing yet, or the limit that was called is not reached."""
    if case.ladder is None or _slipped(alert, now):
        return False
    early = Occasion(On.BREACH) in alert.called and now < case.since + case.ladder.limit
    return early or (case.rung is None and alert.rung is not None)


def _beyond_the_rules(alert: Alert, case: Case, now: datetime) -> bool:
    """Whether a higher rung was called than today's rules call for."""
    if case.ladder is None or _slipped(alert, now):
        return False
    return (alert.rung or 0) > (case.rung or 0)


def _slipped(alert: Alert, now: datetime) -> bool:
    called_at = alert.called_at
    return called_at is not None and now < called_at <= now + CLOCK_SLIP


def _recounted(alert: Alert, case: Case) -> Alert:
    """A silence that turns out to be longer (reposts no longer count), or shorter and over its
    limit all the same (an old post is found), stays the same alert."""
    other = alert.kind in OF_A_SILENCE and case.since != alert.since
    return replace(alert, since=case.since) if other else alert


def _rederived(alert: Alert, case: Case, now: datetime) -> Alert:
    """A changed ladder has new rungs: the calls of the old ones are forgotten, or a rung with
    other recipients would be suppressed."""
    if not _beyond_the_rules(alert, case, now):
        return alert
    kept = frozenset(occasion for occasion in alert.called if occasion.kind != On.RUNG)
    return replace(alert, rung=None, called=kept)


def _call_due(alert: Alert, calls: Iterable[Call], case: Case, hours: Hours, now: datetime) -> Step:
    owed = [
        call
        for call in (*calls, *_broken_promise(alert, case, hours, now))
        if call.due_at <= now and call.occasion not in alert.called and not _overtaken(call, alert)
    ]
    superseded = {call.occasion for call in owed if _said_that_day(call, alert, hours)}
    owed = [call for call in owed if call.occasion not in superseded]
    due = [let for call in owed if (let := _let_go(call, alert, case, now)) is not None]
    if not due:
        return STILL
    call = max(due, key=_weight)
    called = replace(
        alert,
        rung=max(filter(None, (alert.rung, call.rung)), default=None),
        called=alert.called | {one.occasion for one in due} | superseded,
        called_at=now,
    )
    return Step(called, replace(call, tell=_everybody(call, due)))


def _overtaken(call: Call, alert: Alert) -> bool:
    """Rungs only climb."""
    return call.rung is not None and alert.rung is not None and call.rung < alert.rung


def _said_that_day(call: Call, alert: Alert, hours: Hours) -> bool:
    """A reminder brings a new count of days: where that day's call was made late, it is left
    out."""
    if not _repeats(call) or alert.called_at is None or (alert.rung or 0) < (call.rung or 0):
        return False
    called, due = (at.astimezone(hours.zone).date() for at in (alert.called_at, call.due_at))
    return called == due


def _weight(call: Call) -> tuple[int, bool, datetime, bool]:
    """The highest rung first; the limit itself before its reminders; else the newest, and a
    broken promise before what it kept back."""
    promised = call.reason is Reason.PROMISE
    return call.rung or 0, call.reason is Reason.BREACH, call.due_at, promised


def _everybody(first: Call, due: Sequence[Call]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for call in (first, *due) for name in call.tell))


def _let_go(call: Call, alert: Alert, case: Case, now: datetime) -> Call | None:
    """*call* unless an answer postpones it; one that was postponed is due when that ends."""
    until = _kept_until(call, alert, case, now)
    if until is None:
        return call
    if now < until or not (_repeats(call) or _looked(case, until)):
        return None
    return replace(call, due_at=max(call.due_at, until))


def _kept_until(call: Call, alert: Alert, case: Case, now: datetime) -> datetime | None:
    """Until when what people answered keeps *call* back; None if it does not.

    An answer that lies ahead of now stems from a clock that jumped.
    """
    if _repeats(call):
        given = alert.acknowledged
        answered = given is not None and given.at <= now and not _called_since(alert, given.at)
        return given.at + ACKNOWLEDGED_FOR if given and answered else None
    promise = alert.promise
    if promise is None or promise.at > now:
        return None
    return promise.until if kept_by(promise, call, case) else None


def kept_by(promise: Promise, call: Call, case: Case) -> bool:
    """Return whether *promise* keeps *call* of *case* back, asserted or asked: the rungs below the
    last chance, and the calls before closed days only if the post is promised for those days
    themselves."""
    if call.occasion.kind == On.CLOSURE:
        return case.closed is not None and case.closed[0] <= promise.until < case.closed[1]
    below = case.ladder is not None and (call.rung or 0) < case.ladder.last_chance.days
    return call.occasion.kind == On.RUNG and below


def _repeats(call: Call) -> bool:
    return call.occasion.kind == On.REMINDER


def _called_since(alert: Alert, at: datetime) -> bool:
    return alert.called_at is not None and alert.called_at > at


def _looked(case: Case, at: datetime) -> bool:
    """Whether a good reading was made at or after *at*."""
    return case.read_at is not None and case.read_at >= at


def _broken_promise(alert: Alert, case: Case, hours: Hours, now: datetime) -> Iterator[Call]:
    """The call at a promised time without a post, once a reading has looked."""
    call = promised_call(alert, case, hours)
    if call is not None and call.due_at <= now and _looked(case, call.due_at):
        yield call


def promised_call(alert: Alert, case: Case, hours: Hours) -> Call | None:
    """Return the call at the time promised for the silence of *alert*, as *case* stands; None if
    nothing is promised. It goes to the people of the next rung, or of the highest that has passed
    if that is higher."""
    promise, ladder = alert.promise, case.ladder
    if promise is None or ladder is None or alert.kind is not Kind.SILENCE:
        return None
    local = promise.until.astimezone(hours.zone)
    return Call(
        due_at=promise.until,
        rung=max(filter(None, (alert.rung, case.rung)), default=None),
        reason=Reason.PROMISE,
        tell=_above(ladder, alert.rung or 0, case.rung or 0).tell,
        occasion=Occasion(On.PROMISE, f"{local:%Y-%m-%dT%H:%M:%S}"),
    )


def _above(ladder: Ladder, called: int, passed: int) -> Rung:
    following = next((r for r in ladder.rungs if r.days > called), ladder.limit_rung)
    reached = [r for r in ladder.rungs if r.days <= passed]
    return max([following, *reached[-1:]], key=lambda rung: rung.days)


def notified(notices: Sequence[Notice]) -> list[Notice]:
    """Return the newest notice of each person and channel that arrived, or may have, in the order
    in which they were first notified."""
    newest: dict[tuple[str, str], Notice] = {}
    for notice in sorted(notices, key=lambda n: n.created_at):
        if _may_have_arrived(notice):
            newest[notice.person, notice.channel] = notice
    return list(newest.values())


def _may_have_arrived(notice: Notice) -> bool:
    """A claim counts as an attempt before it is made; an end on the first one sent nothing."""
    match notice.state:
        case NoticeState.SENT:
            return True
        case NoticeState.PENDING | NoticeState.RETRYING:
            return notice.attempts > 0
        case NoticeState.FAILED | NoticeState.WITHDRAWN:
            return notice.attempts > 1


def acknowledge(alert: Alert, by: str, now: datetime) -> Alert:
    """Return *alert* acknowledged by *by* (「已知悉」): the same rung is not repeated for a day,
    or until the next one. Raises `ValueError` if the alert has ended."""
    _refuse_ended(alert)
    return replace(alert, acknowledged=Acknowledgement(by, now))


def promise(
    alert: Alert,
    by: str,
    until: datetime,
    scheduled: bool,
    breach_at: datetime,
    hours: Hours,
    now: datetime,
) -> Alert:
    """Return *alert* with the promise of a post at *until*; an earlier promise is replaced.

    Raises `ValueError` with one line: the alert has ended, *until* is past or not before
    *breach_at*, or it is 「今日发布」 at an hour when that is no longer believed.
    """
    _refuse_ended(alert)
    shown = _local(until, hours)
    match promise_refusal(until, scheduled, breach_at, hours, now):
        case Refusal.PAST:
            raise ValueError(
                Told("{at} is not in the future; a promise needs a coming instant", at=shown)
            )
        case Refusal.LIMIT:
            raise ValueError(
                Told(
                    "{at} is not before the limit, {limit}; only an exception may pass the limit",
                    at=shown,
                    limit=_local(breach_at, hours),
                )
            )
        case Refusal.TOO_LATE:
            raise ValueError(
                Told(
                    "“published today” means by {until} and is not accepted from {closes} on; "
                    "name a time",
                    until=f"{hours.today_until:%H:%M}",
                    closes=f"{hours.today_closes:%H:%M}",
                )
            )
    return replace(alert, promise=Promise(by, now, until, scheduled))


def promise_refusal(
    until: datetime, scheduled: bool, breach_at: datetime, hours: Hours, now: datetime
) -> Refusal | None:
    """Return why a post at *until* cannot be promised at *now*, or None if it can."""
    if until <= now:
        return Refusal.PAST
    if until >= breach_at:
        return Refusal.LIMIT
    meant, local = until.astimezone(hours.zone), now.astimezone(hours.zone)
    today = (meant.date(), meant.time()) == (local.date(), hours.today_until)
    if today and not scheduled and local.time() >= hours.today_closes:
        return Refusal.TOO_LATE
    return None


def _refuse_ended(alert: Alert) -> None:
    if alert.resolved_at is not None:
        raise ValueError(f"alert {alert.id} has ended")


def _local(at: datetime, hours: Hours) -> str:
    return at.astimezone(hours.zone).isoformat(timespec="minutes")
