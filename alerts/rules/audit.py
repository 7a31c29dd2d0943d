"""Whether the service does its duty: every loop runs, and every call has reached its people. Pure.

The outside monitor is pinged only while there are no findings, so that it raises the alarm in our
stead. Each finding has its reason; nothing here measures, sends or stores.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.common.local_time import instant_of
from alerts.model import Alert, Event, Hours, Notice, NoticeState
from alerts.occasion import Occasion
from alerts.rules.ladder import waking
from alerts.rules.lifecycle import unheard_since

REACH_WITHIN = timedelta(minutes=15)
IN_LINE = timedelta(hours=2)  # how long a reading may have to wait for others
READ_WITHIN = timedelta(minutes=15)  # one reading, and the pause before the next, included
RUN_WITHIN = timedelta(minutes=5)
AUDIT = "audit"  # note: what was found the last time
JUDGE, DELIVER, READ = "judge", "deliver", "read"  # loops; reading has one a gateway: `read:…`


class Check(StrEnum):
    """What is checked."""

    LOOP = "loop"  # a loop has not run
    UNREACHED = "unreached"  # a call has reached nobody by any channel
    UNHEARD = "unheard"  # a call was due, and no recipient could be reached
    OWED = "owed"  # a call is due, and was not made
    UNREAD = "unread"  # a call is due, and the reading that it waits for was not made


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One check that failed: *what* it concerns, and *since* when."""

    check: Check
    what: str
    since: datetime

    def __str__(self) -> str:
        """One line for an operator."""
        return {
            Check.LOOP: "the loop {} has not run",
            Check.UNREACHED: "{} has not been reached by any channel",
            Check.UNHEARD: "{}: nobody could be told",
            Check.OWED: "{} is due and has not been said",
            Check.UNREAD: "{} is due and waits for a reading that nobody makes",
        }[self.check].format(self.what)


@dataclass(frozen=True, slots=True)
class Audited:
    """What an audit found at an instant: *amiss*, a line each, is why the watch is not pinged."""

    at: datetime
    amiss: tuple[str, ...]


def audit_written(audited: Audited) -> str:
    """Return the audit as text."""
    return json.dumps({"at": audited.at.isoformat(), "amiss": audited.amiss})


def audit_read(text: str) -> Audited:
    """Return the audit that *text* holds. Raises `ValueError`, `TypeError` or `LookupError` for a
    text that holds none."""
    said = json.loads(text)
    amiss = said["amiss"]
    if not isinstance(amiss, list) or not all(isinstance(line, str) for line in amiss):
        raise ValueError(f"{amiss!r:.40}: expected lines")
    return Audited(instant_of(said["at"]), tuple(amiss))


@dataclass(frozen=True, slots=True)
class Owed:
    """A call of an open alert that is due and was not made, and when that was first noticed."""

    alert: int
    occasion: Occasion
    noticed_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call about *account* that is due and waits for a reading, and when that was first noticed.
    *busy_at*: until when the reading could not be made."""

    account: str
    occasion: Occasion
    noticed_at: datetime
    busy_at: datetime


def late_readings(waiting: Iterable[Waiting], now: datetime) -> Iterator[AuditFinding]:
    """Yield the calls whose reading is late at *now*: it counts from when it could be made, two
    hours after it was noticed in any case."""
    for one in waiting:
        last = one.noticed_at + IN_LINE
        since = min(max(one.noticed_at, one.busy_at), last)
        if since + REACH_WITHIN <= now:
            yield AuditFinding(Check.UNREAD, f"account {one.account}: {one.occasion}", since)


def audit(
    loops: Mapping[str, datetime | None],
    started_at: datetime,
    alerts: Sequence[Alert],
    notices: Iterable[Notice],
    owed: Iterable[Owed],
    hours: Hours,
    now: datetime,
) -> tuple[AuditFinding, ...]:
    """Return every finding at *now*, none if the outside monitor may be pinged.

    *loops*: when each last ran; None counts from *started_at*. *alerts*: the open ones;
    *notices*: theirs. Each call is to reach somebody within a quarter of an hour, quiet hours
    aside, by whichever channel. A person who cannot be reached is the operator's business alone.
    """
    by_alert: dict[int, list[Notice]] = {}
    for notice in notices:
        by_alert.setdefault(notice.alert, []).append(notice)
    # A call without recipients stays owed; it is one finding, not two.
    unheard = {a.id for a in alerts if unheard_since(a, by_alert.get(a.id, ())) is not None}
    return (
        *late_loops(loops, started_at, now),
        *(a for alert in alerts for a in _alert(alert, by_alert.get(alert.id, ()), hours, now)),
        *_owed((one for one in owed if one.alert not in unheard), now),
    )


def late_loops(
    loops: Mapping[str, datetime | None], started_at: datetime, now: datetime
) -> Iterator[AuditFinding]:
    """Yield the loops that have not run for too long at *now*. An instant that lies ahead of
    *now* stems from a clock that jumped, and proves nothing."""
    for name, ran_at in loops.items():
        within = READ_WITHIN if name.startswith(READ) else RUN_WITHIN
        since = started_at if ran_at is None or ran_at > now else ran_at
        if since > now or since + within <= now:
            yield AuditFinding(Check.LOOP, name, min(since, now))


def _alert(
    alert: Alert, notices: Sequence[Notice], hours: Hours, now: datetime
) -> Iterator[AuditFinding]:
    calls = [n for n in notices if n.event in (Event.ALERT, Event.REMINDER)]
    since = _unreached_since(calls)
    if since is not None and _deadline(since, hours) <= now:
        for person in dict.fromkeys(n.person for n in calls if n.state is not NoticeState.SENT):
            yield AuditFinding(Check.UNREACHED, f"alert {alert.id}: {person}", since)
    called_at = unheard_since(alert, notices)
    if called_at is not None and called_at + REACH_WITHIN <= now:
        yield AuditFinding(Check.UNHEARD, f"alert {alert.id}", called_at)


def _unreached_since(notices: Sequence[Notice]) -> datetime | None:
    """Since when a call waits that has reached nobody, and that no later one has made good."""
    said_at = max((n.created_at for n in notices if n.state is NoticeState.SENT), default=None)
    waiting: dict[Occasion, datetime] = {}
    for notice in notices:
        if notice.state is not NoticeState.WITHDRAWN:
            owed_at = notice.created_at if notice.attempts else _held_until(notice)
            waiting[notice.occasion] = min(waiting.get(notice.occasion, owed_at), owed_at)
    arrived = {n.occasion for n in notices if n.state is NoticeState.SENT}
    late = [
        at
        for occasion, at in waiting.items()
        if occasion not in arrived and (said_at is None or at > said_at)
    ]
    return min(late, default=None)


def _held_until(notice: Notice) -> datetime:
    """From when on a notice that was never tried is owed: what was said on that day already
    waits for the next."""
    return max(notice.created_at, notice.not_before)


def _deadline(since: datetime, hours: Hours) -> datetime:
    """A quarter of an hour from *since* on, of the hours in which people may be disturbed."""
    return waking(waking(since, hours) + REACH_WITHIN, hours)


def _owed(owed: Iterable[Owed], now: datetime) -> Iterator[AuditFinding]:
    for one in owed:
        if one.noticed_at + REACH_WITHIN <= now:
            yield AuditFinding(Check.OWED, f"alert {one.alert}: {one.occasion}", one.noticed_at)
