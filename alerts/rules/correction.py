"""What becomes of calls that were made by a clock which ran ahead. Pure.

What was sent stays sent. Where it is not true yet, the alert ends as corrected, and those who were
notified are sent a correction, once. One alert keeps the calls made by a right clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.model import Alert, Event, Hours, Kind, Notice, NoticeState, Reason
from alerts.occasion import Occasion, On
from alerts.rules.lifecycle import CLOCK_SLIP, OF_A_SILENCE, Case

CALLS = (Event.ALERT, Event.REMINDER)
WAITING = (NoticeState.PENDING, NoticeState.RETRYING)


@dataclass(frozen=True, slots=True)
class Correction:
    """*alert* as it goes on; None: it is over. *ended*: the alert that was called too early and
    has ended, *untrue*: the notices about it that were untrue. None and empty if all were true."""

    alert: Alert | None
    ended: Alert | None = None
    untrue: tuple[Notice, ...] = ()


def ahead(alert: Alert, now: datetime) -> bool:
    """Return whether *alert* was opened or called by a clock that ran ahead of *now*."""
    return any(
        at is not None and at > now + CLOCK_SLIP for at in (alert.opened_at, alert.called_at)
    )


def correction(
    alert: Alert, notices: Sequence[Notice], case: Case, hours: Hours, now: datetime
) -> Correction | None:
    """Return what becomes of *alert*, whose *notices* these are; None if no clock ran ahead, or
    the alert ends for another reason."""
    posted = alert.kind in OF_A_SILENCE and case.since > alert.since
    if not ahead(alert, now) or posted or case.ended not in (None, Reason.RULE_CHANGED):
        return None
    late = [n for n in notices if n.created_at > now + CLOCK_SLIP and n.event in CALLS]
    untrue = [n for n in late if not _true(n, case, hours, now)]
    if not untrue or alert.kind is Kind.CHANNEL:  # a refusal is an event, at whatever hour
        return Correction(_by_now(alert, now))
    kept = [n for n in _settled(notices) if n not in untrue]
    ended = replace(alert, resolved_at=now, resolution=Reason.CORRECTED)
    return Correction(_successor(alert, kept, now), ended, tuple(untrue))


def goes_on(alert: Alert, before: Alert | None) -> bool:
    """Return whether *alert* goes on from *before*, which ended as corrected."""
    corrected = before is not None and before.resolution is Reason.CORRECTED
    return before is not None and corrected and before.since == alert.since


def kept_calls(alert: Alert, notices: Iterable[Notice]) -> list[Notice]:
    """Return what of the *notices* of the alert that *alert* goes on from was called rightly: who
    had those is to hear of the end."""
    return [n for n in notices if n.event in CALLS and n.occasion in alert.called]


def _settled(notices: Sequence[Notice]) -> list[Notice]:
    """The calls that went out. One that still waits goes with its alert, and is made again."""
    waiting = {n.occasion for n in notices if n.state in WAITING}
    return [n for n in notices if n.event in CALLS and n.occasion not in waiting]


def _true(notice: Notice, case: Case, hours: Hours, now: datetime) -> bool:
    """Whether what *notice* calls is due by *now*."""
    if notice.occasion in {call.occasion for call in case.calls if call.due_at <= now}:
        return True
    if case.ladder is None:
        return False
    if notice.occasion.kind == On.REMINDER:
        return (notice.occasion.detail or "") <= now.astimezone(hours.zone).date().isoformat()
    if notice.occasion.kind == On.BREACH:
        return now >= case.since + case.ladder.limit
    return (notice.rung or 0) <= (case.rung or 0)


def _successor(alert: Alert, kept: Sequence[Notice], now: datetime) -> Alert | None:
    """The same alert with the calls of *kept* notices alone; None if that is none."""
    if not kept:
        return None
    rung = max((n.rung for n in kept if n.rung is not None), default=None)
    called_at = max(_not_after(now, (n.created_at for n in kept)))
    heard = Occasion(On.HEARD, called_at.isoformat())
    called = frozenset([*(notice.occasion for notice in kept), heard])
    again = replace(alert, id=0, rung=rung, called=called, called_at=called_at)
    return _by_now(again, now)


def _by_now(alert: Alert, now: datetime) -> Alert:
    """*alert* without an instant that lies ahead; an answer dated so is none."""
    given, promise, called_at = alert.acknowledged, alert.promise, alert.called_at
    return replace(
        alert,
        opened_at=min(alert.opened_at, now),
        called_at=min(called_at, now) if called_at else None,
        acknowledged=given if given and given.at <= now + CLOCK_SLIP else None,
        promise=promise if promise and promise.at <= now + CLOCK_SLIP else None,
    )


def _not_after(now: datetime, instants: Iterable[datetime]) -> list[datetime]:
    return [min(at, now) for at in instants]
