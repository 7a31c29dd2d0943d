"""Which answers a message offers, and what a link to answer by stands for. Pure.

`alerts.rules.lifecycle` and `alerts.people.handover` carry answers out; `links` signs them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.common.local_time import local_instant
from alerts.facts import DoubtFacts, Facts
from alerts.model import Event, Hours, Kind, Notice
from alerts.people.handover import HANDOVER
from alerts.rules.lifecycle import promise_refusal

VALID = timedelta(days=30)
SKEW = timedelta(minutes=1)  # how far two honest clocks may differ
TIMES = 5  # common times that are offered
EVENINGS = 3  # days ahead, today included, on which the end of work is offered
OF_ACCOUNTS = frozenset({Kind.SILENCE, Kind.BLIND, Kind.ORIGINALS})
ALERTS, PEOPLE = 400, 12  # of one ticket: a link has to stay short


class Answer(StrEnum):
    """What people may answer."""

    ACKNOWLEDGE = "ack"  # 「已知悉」
    TODAY = "today"  # 「今日发布」
    SCHEDULED = "set"  # 「已设定时发布」, with a time
    POSTED = "posted"  # 「已发布，请核实」: read now, and say what is seen
    ACCEPT = "accept"  # 「确认接收」 of a handover, by either side
    MINE = "mine"  # 「是我发的」, by the new custodian
    UPDATED = "updated"  # 「今天已更新」, of an account that a person looks at
    QUIET = "quiet"  # 「没有更新」, of the same
    SEEN = "seen"  # 「内容属实」, of what is seen and not believed
    NOTHING = "none"  # 「已核查，无新信息」, of the same


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a link stands for: these people may answer these alerts, for 30 days."""

    alerts: tuple[int, ...]
    people: tuple[str, ...]
    issued_at: datetime

    def valid(self, now: datetime) -> bool:
        """Whether the link opens at *now*: not one dated more than a minute ahead, which would
        open for longer than any; a clock that jumped wrote it."""
        return self.issued_at - SKEW <= now < self.issued_at + VALID


def ticket_for(notices: Sequence[Notice], now: datetime) -> Ticket | None:
    """Return the ticket of a message that speaks for *notices*; None if none can be answered."""
    answerable = [n for n in notices if can_be_answered(n)]
    if not answerable:
        return None
    alerts = tuple(dict.fromkeys(n.alert for n in answerable))
    people = tuple(dict.fromkeys(n.person for n in answerable))
    return Ticket(alerts[:ALERTS], people[:PEOPLE], now)


def can_be_answered(notice: Notice) -> bool:
    """Return whether *notice* asks for anything: summaries and ends do not."""
    return notice.alert != 0 and notice.event in (Event.ALERT, Event.REMINDER)


def of_doubt(facts: Facts) -> tuple[Answer, ...]:
    """Return what may be answered to a doubt: nothing where it is about several accounts, of
    which one may be right and another not."""
    if not isinstance(facts, DoubtFacts) or facts.account is None:
        return ()
    return (Answer.SEEN,) if facts.of_name else (Answer.SEEN, Answer.NOTHING)


def handover_of(subject: str) -> int | None:
    """Return the handover that an alert's *subject* is; None for another trouble of the kind."""
    number = subject.removeprefix(HANDOVER)
    return int(number) if number != subject and number.isdecimal() else None


def offered(kind: Kind, breach_at: datetime | None, hours: Hours, now: datetime) -> list[Answer]:
    """Return the answers to an open alert of *kind* at *now*, handovers' own aside.

    A post can be promised only for a silence whose limit, *breach_at*, has not passed; that there
    is one can be said of every account.
    """
    if kind is Kind.LOOK:
        return [Answer.UPDATED, Answer.QUIET]
    found = [Answer.ACKNOWLEDGE]
    if kind is Kind.SILENCE and breach_at is not None:
        if promise_refusal(end_of_today(hours, now), False, breach_at, hours, now) is None:
            found.append(Answer.TODAY)
        if common_times(breach_at, hours, now):
            found.append(Answer.SCHEDULED)
    return [*found, Answer.POSTED] if kind in OF_ACCOUNTS else found


def end_of_today(hours: Hours, now: datetime) -> datetime:
    """Return the instant that 「今日发布」 promises at *now*."""
    return local_instant(now.astimezone(hours.zone).date(), hours.today_until, hours.zone)


def common_times(breach_at: datetime, hours: Hours, now: datetime) -> list[datetime]:
    """Return times for which a post may well be scheduled, all before *breach_at*, soonest first:
    the beginning and end of work of the coming days, and the last morning in time."""
    today = now.astimezone(hours.zone).date()
    last = breach_at.astimezone(hours.zone).date() - timedelta(days=1)
    days = [today + timedelta(days=n) for n in range(EVENINGS)]
    times = (hours.call_at, hours.today_until)
    wanted = [local_instant(day, at, hours.zone) for day in days for at in times]
    instants = {at for at in wanted if now < at}
    soonest = sorted(at for at in instants if at < breach_at)[:TIMES]
    final = local_instant(last, hours.call_at, hours.zone)
    return soonest if final <= now or final in soonest else sorted({*soonest[: TIMES - 1], final})
