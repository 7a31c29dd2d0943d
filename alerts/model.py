"""Values of alerting: ladder, calls, people, alerts and notices. Frozen; stdlib only.

Every `datetime` here is aware and in UTC; every `date` is a local calendar day of the
configured time zone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from alerts.facts import (
    ChannelFacts,
    CredentialFacts,
    DoubtFacts,
    EndFacts,
    Facts,
    GatewayFacts,
    HandoverFacts,
    LedgerFacts,
    LookFacts,
    QuotaFacts,
    RosterFacts,
    SelfFacts,
    ShiftFacts,
    SilenceFacts,
    TogetherFacts,
)
from alerts.occasion import Occasion


class Kind(StrEnum):
    """What an alert is about."""

    SILENCE = "silence"
    BLIND = "blind"
    ORIGINALS = "originals"  # nothing but reposts for too long
    LOOK = "look"  # no gateway sees the account: a person has to look
    GATEWAY = "gateway"
    HANDOVER = "handover"
    ROSTER = "roster"
    CHANNEL = "channel"
    LEDGER = "ledger"
    SELF = "self"


class Reason(StrEnum):
    """Why somebody is notified, or why an alert ended. The same value in log, row and message."""

    RUNG = "rung"  # R1: a step of the ladder
    CLOSURE = "closure"  # R2: the last chance falls into a closed stretch
    PUBLISH_DAY = "publish_day"  # R3: today is the last whole day, and nobody is at work
    BREACH = "breach"  # R4: the limit has passed
    REMINDER = "reminder"  # still breached, one each working day
    PROMISE = "promise"  # a promised time passed without a post
    BLIND = "blind"  # we cannot see, so the rung goes out as a question
    GATEWAY = "gateway"  # a gateway fails: one message for all its accounts
    CHANNEL = "channel"  # a channel refuses for good
    HANDOVER = "handover"  # a handover is not accepted or due, or an account has no custodian
    OVERDUE = "overdue"  # still so, one each working day
    ROSTER = "roster"  # a date ahead on which nobody can be reached on duty
    SHIFT = "shift"  # somebody takes over the duty: what is open
    ORIGINALS = "originals"  # no original for longer than the policy allows
    GAP = "gap"  # posts may have been missed, and nothing closes the gap
    CREDENTIAL = "credential"  # what a gateway is read with ends soon
    SELF = "self"  # we cannot do our own work
    LOOK = "look"  # the week is over in which a person last looked
    QUOTA = "quota"  # a gateway's quota of the day does not reach for all who are read through it
    UNCONFIRMED = "unconfirmed"  # what is seen is not confirmed
    POSTED = "posted"  # ended: a newer post was seen
    RECOVERED = "recovered"  # ended: we can see again, the gateway or channel works again
    CORRECTED = "corrected"  # ended: a clock that ran ahead had called what was not due
    RULE_CHANGED = "rule_changed"  # ended: nothing is due under today's settings
    ACCOUNT_CLOSED = "account_closed"  # ended: the account was closed or removed
    EXCEPTION = "exception"  # ended: an agreed silence (报备)
    ACCEPTED = "accepted"  # ended: both sides have accepted the handover
    PROVEN = "proven"  # ended: the new custodian has published
    CANCELLED = "cancelled"  # ended: the handover was called off
    FILLED = "filled"  # ended: the roster's gap is filled, the account has a custodian again


# Why an alert is over: nothing is left to be done.
ENDED = frozenset(
    {
        Reason.POSTED,
        Reason.RECOVERED,
        Reason.RULE_CHANGED,
        Reason.CORRECTED,
        Reason.ACCOUNT_CLOSED,
        Reason.EXCEPTION,
        Reason.ACCEPTED,
        Reason.PROVEN,
        Reason.CANCELLED,
        Reason.FILLED,
    }
)


class Event(StrEnum):
    """What kind of message a notice is, as the webhook says it."""

    ALERT = "alert"
    REMINDER = "reminder"
    RESOLVED = "resolved"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder: after *days* quiet days, notify these roles or person ids."""

    days: int
    tell: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ladder:
    """A limit in whole days and the rungs up to and including it, lowest first.

    *every_day*: rungs below the limit are called on closed days too (an office that is
    staffed all week), instead of on the next working day.
    """

    limit: timedelta
    rungs: tuple[Rung, ...]
    every_day: bool = False

    @property
    def limit_rung(self) -> Rung:
        """The rung at the limit."""
        return self.rungs[-1]

    @property
    def last_chance(self) -> Rung:
        """The highest rung below the limit; the limit's own rung if there is no other."""
        return self.rungs[-2] if len(self.rungs) > 1 else self.rungs[-1]


@dataclass(frozen=True, slots=True)
class Hours:
    """The local hours of the day at which people are notified, and the time zone."""

    zone: ZoneInfo
    call_at: time = time(9)
    last_call_at: time = time(15, 30)
    quiet_from: time = time(22)
    quiet_until: time = time(7)
    today_until: time = time(17, 30)  # what 「今日发布」 promises
    today_closes: time = time(17)  # from then on it is refused


@dataclass(frozen=True, slots=True)
class Call:
    """One planned message to *tell*, roles or person ids, because of *occasion*."""

    due_at: datetime
    rung: int | None
    reason: Reason
    tell: tuple[str, ...]
    occasion: Occasion


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """「已知悉」: somebody has it in hand."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Promise:
    """「今日发布」 or, with *scheduled*, 「已设定时发布」: a post will be there at *until*."""

    by: str
    at: datetime
    until: datetime
    scheduled: bool = False


@dataclass(frozen=True, slots=True)
class SilenceException:
    """报备: an agreed silence of one account, from *since* to *until*."""

    account: str
    by: str
    since: datetime
    until: datetime
    reason: str
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """One open (or, with `resolved_at`, ended) alert about one subject.

    *since*: the instant it counts from (for a silence: the last post, or the start
    of watching). *rung*: the highest rung a call of this alert has carried. *called*:
    the occasions already called or overtaken, and marks of calls that nobody could receive.
    *called_at*: when the newest call was made.
    *id* is 0 until the store has given it one.
    """

    kind: Kind
    subject: str
    opened_at: datetime
    since: datetime
    id: int = 0
    rung: int | None = None
    called: frozenset[Occasion] = frozenset()
    called_at: datetime | None = None
    acknowledged: Acknowledgement | None = None
    promise: Promise | None = None
    resolved_at: datetime | None = None
    resolution: Reason | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """One way to reach a person: a configured channel's id and the address on it. *urgent*: it is
    used at the last chance and the breach alone, beside the first of the others."""

    channel: str
    address: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be notified. *reach* in order: first channel, second channel, …"""

    id: str
    name: str
    phone: str | None = None
    roles: tuple[str, ...] = ()
    reach: tuple[Reach, ...] = ()

    @property
    def ways(self) -> tuple[Reach, ...]:
        """The ways that take any message."""
        return tuple(one for one in self.reach if not one.urgent)


@dataclass(frozen=True, slots=True)
class DutyDay:
    """Who is on duty (值班员) and who leads (带班领导) on one date."""

    on: date
    duty: str
    leader: str | None = None


@dataclass(frozen=True, slots=True)
class Roster:
    """Who is on duty when: a rotation from *starts*, overruled by the dated table."""

    rotation: tuple[str, ...] = ()
    starts: date | None = None
    every: timedelta = timedelta(days=7)
    dates: tuple[DutyDay, ...] = ()


class NoticeState(StrEnum):
    """How far one notice has come."""

    PENDING = "pending"
    SENT = "sent"
    RETRYING = "retrying"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Notice:
    """One message of an alert to one person by one channel."""

    id: str
    alert: int
    kind: Kind
    subject: str
    occasion: Occasion
    reason: Reason
    event: Event
    rung: int | None
    person: str
    channel: str
    address: str
    facts: Facts
    created_at: datetime
    not_before: datetime
    state: NoticeState = NoticeState.PENDING
    attempts: int = 0
    lease_until: datetime | None = None
    sent_at: datetime | None = None
    error: str | None = None
    resent: bool = False  # claimed again after a claim without a recorded end (重发)

    @property
    def waits_until(self) -> datetime | None:
        """Until when it is held back, by quiet hours or for the next try; None of one that may go
        at once, or goes no more."""
        waits = self.state in (NoticeState.PENDING, NoticeState.RETRYING)
        return self.not_before if waits and self.not_before > self.created_at else None


# Which facts a message of a kind carries while its alert is open …
OF_KIND: Mapping[Kind, type[Facts]] = {
    Kind.SILENCE: SilenceFacts,
    Kind.BLIND: SilenceFacts,
    Kind.ORIGINALS: SilenceFacts,
    Kind.LOOK: LookFacts,
    Kind.GATEWAY: GatewayFacts,
    Kind.HANDOVER: HandoverFacts,
    Kind.ROSTER: RosterFacts,
    Kind.CHANNEL: ChannelFacts,
    Kind.LEDGER: LedgerFacts,
    Kind.SELF: SelfFacts,
}
# … those of gateways by the key that they alone have …
OF_GATEWAY: Mapping[str, type[Facts]] = {
    "ends_at": CredentialFacts,
    "quota": QuotaFacts,
    "doubts": DoubtFacts,
    "longest_minutes": TogetherFacts,
}
# … and those kinds whose end always carries `EndFacts`.
END_ALONE = frozenset(
    {Kind.SILENCE, Kind.BLIND, Kind.ORIGINALS, Kind.LOOK, Kind.CHANNEL, Kind.SELF}
)


def facts_type(kind: Kind, reason: Reason, keys: Collection[str]) -> type[Facts]:
    """Return of which type the facts of a notice are that was stored with these *keys*."""
    if reason is Reason.SHIFT:
        return ShiftFacts
    if reason in ENDED and (kind in END_ALONE or "lasted_days" in keys):
        return EndFacts
    if kind is Kind.GATEWAY:
        return next((of for key, of in OF_GATEWAY.items() if key in keys), OF_KIND[kind])
    return OF_KIND[kind]


def notice_id(alert: int, occasion: Occasion, person: str, channel: str) -> str:
    """Return the id of a notice: the same for the same message to the same person by the same
    channel, so that it is stored once however often it is decided."""
    return str(uuid5(NAMESPACE_URL, f"{alert}/{occasion}/{person}/{channel}"))


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """One configured channel. *options* holds its kind's own keys, secrets already read."""

    id: str
    kind: str
    options: Mapping[str, str] = field(default_factory=dict, repr=False)
