"""Who holds an account, and how it passes from one person to the next. Pure.

A handover (账号交接) is accepted by both sides and proven only when the new custodian has
published: a first post after the acceptance is seen, and they say 「是我发的」. Until then the
account is watched on a tighter ladder. What is stored rules; the configuration names the first
custodian, and opens a handover when it later names another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from alerts.common.local_time import local_instant
from alerts.model import Call, DutyDay, Hours, Kind, Ladder, Reason, Rung
from alerts.occasion import Occasion, On
from alerts.people import refusals
from alerts.people.roster import DUTY, HEAD, DutyEntry
from alerts.rules.calendar import NOTHING, Calendar, Overrides
from alerts.rules.lifecycle import Case
from alerts.told import Told

TIGHT = (3, 5, 7)  # quiet days, below the limit, while a handover is not proven
UNACCEPTED = timedelta(hours=24)
CONFIRM_EVERY = timedelta(days=90)
DUE_AFTER = timedelta(days=7)  # for a handover that the configuration opened
CHECKLIST = (
    "password",
    "phone",
    "wechat",
    "scheduled",
)  # named by messages.custody
BY_CONFIGURATION = "configuration"
NEWLY_NAMED = "the configuration names a new custodian"  # the reason of such a handover
REMEMBERED = timedelta(days=30)  # older reminders are overtaken many times over
HANDOVER, CUSTODY = "handover:", "custody:"  # what subjects begin with


class HandoverState(StrEnum):
    """How far a handover has come."""

    OPEN = "open"  # not accepted by both sides yet
    ACCEPTED = "accepted"  # the new custodian holds it, and has not published yet
    PROVEN = "proven"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Custody:
    """Somebody holds *account* since *since*. *confirmed_at*: when they last said so."""

    account: str
    person: str
    since: datetime
    confirmed_at: datetime


@dataclass(frozen=True, slots=True)
class Handover:
    """One handover of *accounts*. *proven*: when each account's first post was claimed.

    *started_by*: a person, or `configuration`. *checked*: which of the checklist is done, and
    since when. *id* is 0 until the store has given it one.
    """

    giver: str
    taker: str
    accounts: tuple[str, ...]
    due: date
    reason: str
    started_at: datetime
    started_by: str = BY_CONFIGURATION
    id: int = 0
    giver_accepted_at: datetime | None = None
    taker_accepted_at: datetime | None = None
    proven: Mapping[str, datetime] = field(default_factory=dict)
    checked: Mapping[str, datetime] = field(default_factory=dict)
    cancelled_at: datetime | None = None
    cancelled_by: str | None = None

    @property
    def accepted_at(self) -> datetime | None:
        """When the later of both sides accepted; None while one has not."""
        if self.giver_accepted_at is None or self.taker_accepted_at is None:
            return None
        return max(self.giver_accepted_at, self.taker_accepted_at)

    @property
    def state(self) -> HandoverState:
        """How far it has come."""
        if self.cancelled_at is not None:
            return HandoverState.CANCELLED
        if set(self.accounts) <= set(self.proven):
            return HandoverState.PROVEN
        return HandoverState.OPEN if self.accepted_at is None else HandoverState.ACCEPTED

    @property
    def running(self) -> bool:
        """Whether anything is still to be done about it."""
        return self.state in (HandoverState.OPEN, HandoverState.ACCEPTED)

    def unproven(self) -> tuple[str, ...]:
        """Return the accounts whose new custodian has not published yet, as far as is known."""
        return tuple(a for a in self.accounts if a not in self.proven) if self.running else ()

    def unchecked(self) -> tuple[str, ...]:
        """Return what of the checklist is still to be done."""
        return tuple(item for item in CHECKLIST if item not in self.checked)

    def awaiting(self) -> tuple[str, ...]:
        """Return the sides that have not accepted yet."""
        sides = ((self.giver, self.giver_accepted_at), (self.taker, self.taker_accepted_at))
        return tuple(person for person, at in sides if at is None)


@dataclass(frozen=True, slots=True)
class Records:
    """What has been recorded by an instant, beyond the configuration.

    *custody* and *configured* by account: who holds it, and whom the configuration named when
    it was last looked at. *handovers*: those that run. *duty*: dates of the roster, in the order
    in which they were recorded. *workdays*: the calendars imported, as they stand now.
    """

    custody: Mapping[str, Custody] = field(default_factory=dict)
    configured: Mapping[str, str] = field(default_factory=dict)
    handovers: tuple[Handover, ...] = ()
    duty: tuple[DutyEntry, ...] = ()
    workdays: Overrides = NOTHING

    @property
    def dates(self) -> tuple[DutyDay, ...]:
        """The recorded dates of the roster, later corrections last."""
        return tuple(entry.day for entry in self.duty)


class Trouble(StrEnum):
    """What is still to be done about a handover."""

    STARTED = "started"  # both sides have to accept
    PUBLISHED = "published"  # the new custodian has to say whether the first post is theirs
    UNACCEPTED = "unaccepted"
    DUE = "due"  # its day has come
    OVERDUE = "overdue"
    ORPHANED = "orphaned"  # the custodian is not among the people any more


def start(
    giver: str,
    taker: str,
    accounts: Sequence[str],
    due: date,
    reason: str,
    by: str,
    running: Collection[Handover],
    now: datetime,
    hours: Hours,
) -> Handover:
    """Return a new handover. Raises `ValueError` with one line for one that makes no sense."""
    if giver == taker:
        raise ValueError(Told("{person} cannot hand over to themselves", person=giver))
    if not accounts:
        raise ValueError(Told("a handover needs at least one account"))
    if due < now.astimezone(hours.zone).date():
        raise ValueError(Told("due {day} has passed", day=str(due)))
    if not reason.strip():
        raise ValueError(Told("a handover needs its reason"))
    for other in running:
        for account in accounts:
            if other.running and account in other.accounts:
                raise ValueError(refusals.running(account, other.id))
    return Handover(giver, taker, tuple(dict.fromkeys(accounts)), due, reason.strip(), now, by)


def accept(handover: Handover, by: str, now: datetime, giver_left: bool = False) -> Handover:
    """Return *handover* accepted by one side. Raises `ValueError` for anybody else, or when it
    has ended; a second acceptance changes nothing.

    *giver_left*: the old custodian is not among the people any more, so that the acceptance of
    the new one is enough.
    """
    _still_running(handover)
    if by == handover.giver:
        return replace(handover, giver_accepted_at=handover.giver_accepted_at or now)
    if by != handover.taker:
        raise ValueError(_outsider(handover, by, checking=False))
    accepted = replace(handover, taker_accepted_at=handover.taker_accepted_at or now)
    if giver_left:
        accepted = replace(accepted, giver_accepted_at=handover.giver_accepted_at or now)
    return accepted


def check(handover: Handover, by: str, items: Collection[str], now: datetime) -> Handover:
    """Return *handover* with *items* of the checklist done. Raises `ValueError` for anybody but
    the two sides, for an item that is not on the list, and when it has ended."""
    _still_running(handover)
    if by not in (handover.giver, handover.taker):
        raise ValueError(_outsider(handover, by, checking=True))
    strange = [item for item in items if item not in CHECKLIST]
    if strange:
        raise ValueError(refusals.unlisted(strange[0], CHECKLIST))
    return replace(handover, checked={**dict.fromkeys(items, now), **handover.checked})


def confirm(
    handover: Handover, by: str, newest: Mapping[str, datetime | None], now: datetime
) -> Handover:
    """Return *handover* with every account proven that has a post since the acceptance.

    *newest*: each account's newest post. Raises `ValueError` for anybody but the new custodian,
    before the acceptance, and when there is no such post.
    """
    _still_running(handover)
    accepted_at = handover.accepted_at
    if by != handover.taker:
        raise ValueError(refusals.not_the_taker(handover.id, handover.taker))
    if accepted_at is None:
        raise ValueError(refusals.unaccepted(handover.id))
    posted = _unclaimed(handover, newest)
    if not posted:
        raise ValueError(refusals.unproven(handover.unproven()))
    return replace(handover, proven={**handover.proven, **dict.fromkeys(posted, now)})


def cancel(handover: Handover, by: str, now: datetime) -> Handover:
    """Return *handover* called off. Raises `ValueError` when it has ended already."""
    _still_running(handover)
    return replace(handover, cancelled_at=now, cancelled_by=by)


def custodian_of(
    account: str, records: Mapping[str, Custody], configured: str | None
) -> str | None:
    """Return who holds *account*: by record, else as configured."""
    record = records.get(account)
    return record.person if record else configured


def first_records(
    configured: Mapping[str, str], records: Mapping[str, Custody], now: datetime
) -> list[Custody]:
    """Return the records to begin with: the configured custodian of each account without one."""
    return [Custody(a, person, now, now) for a, person in configured.items() if a not in records]


def disagreements(
    configured: Mapping[str, str], records: Records, now: datetime, hours: Hours
) -> list[Handover]:
    """Return the handovers to open because the configuration has come to name other custodians
    than the records do: one for each pair of people.

    A configuration that merely was not brought up to date after a handover opens none: it has
    to name somebody else than when it was last looked at. Accounts being handed over already
    are left out; they are looked at again when that has ended.
    """
    pairs: dict[tuple[str, str], list[str]] = {}
    for account, person in newly_configured(configured, records).items():
        record = records.custody.get(account)
        if record and account in records.configured and person != record.person:
            pairs.setdefault((record.person, person), []).append(account)
    due = (now + DUE_AFTER).astimezone(hours.zone).date()
    return [
        Handover(giver, taker, tuple(accounts), due, NEWLY_NAMED, now)
        for (giver, taker), accounts in sorted(pairs.items())
    ]


def newly_configured(configured: Mapping[str, str], records: Records) -> dict[str, str]:
    """Return, by account, the custodian that the configuration names and did not name when it
    was last looked at; without the accounts that are being handed over."""
    moving = {account for h in records.handovers for account in h.unproven()}
    return {
        account: person
        for account, person in configured.items()
        if records.configured.get(account) != person and account not in moving
    }


def taken_over(handover: Handover, records: Mapping[str, Custody]) -> list[Custody]:
    """Return the custody records that *handover* gives rise to: from the acceptance on the new
    custodian holds the accounts, and each proof confirms it."""
    since = handover.accepted_at
    if since is None or handover.cancelled_at is not None:
        return []
    held = (
        Custody(a, handover.taker, since, handover.proven.get(a, since)) for a in handover.accounts
    )
    return [record for record in held if records.get(record.account) != record]


def given_back(handover: Handover, records: Mapping[str, Custody], now: datetime) -> list[Custody]:
    """Return the custody records that calling off *handover* gives rise to: what the new
    custodian holds without having proven it goes back to the old one."""
    return [
        Custody(account, handover.giver, now, now)
        for account in handover.accounts
        if account not in handover.proven
        and (held := records.get(account)) is not None
        and held.person == handover.taker
        and held.since == handover.accepted_at
    ]


def as_of(handover: Handover, at: datetime) -> Handover | None:
    """Return *handover* as it was known *at* an instant; None if it had not been started."""
    if handover.started_at > at:
        return None
    called_off = handover.cancelled_at is not None and handover.cancelled_at <= at
    return replace(
        handover,
        giver_accepted_at=_by(handover.giver_accepted_at, at),
        taker_accepted_at=_by(handover.taker_accepted_at, at),
        proven={a: when for a, when in handover.proven.items() if when <= at},
        checked={item: when for item, when in handover.checked.items() if when <= at},
        cancelled_at=handover.cancelled_at if called_off else None,
        cancelled_by=handover.cancelled_by if called_off else None,
    )


def _by(at: datetime | None, latest: datetime) -> datetime | None:
    return at if at is not None and at <= latest else None


def watched_closely(handovers: Collection[Handover]) -> dict[str, datetime]:
    """Return the accounts that use the tight ladder, those not proven, and since when: from the
    start of the handover on."""
    return {account: h.started_at for h in handovers for account in h.unproven()}


def close_stretches(
    handovers: Collection[Handover], account: str
) -> list[tuple[datetime, datetime | None]]:
    """Return from when until when *account* was watched on the tight ladder; an end that is None
    has not come."""
    return [
        (h.started_at, h.proven.get(account) or h.cancelled_at)
        for h in handovers
        if account in h.accounts
    ]


def tight(ladder: Ladder) -> Ladder:
    """Return *ladder* with rungs at 3, 5 and 7 quiet days below the same limit.

    Each tight rung notifies the people of the ladder's rung in the same place, or of its
    highest rung below the limit.
    """
    below, limit = ladder.rungs[:-1], ladder.limit_rung
    steps = [days for days in TIGHT if days < limit.days]
    if not steps:
        return ladder
    tell = [(below[min(n, len(below) - 1)] if below else limit).tell for n in range(len(steps))]
    # The last chance stays where it is: it is what closure calls carry.
    later = tuple(rung for rung in below[-1:] if rung.days > steps[-1])
    rungs = tuple(Rung(days, people) for days, people in zip(steps, tell, strict=True))
    return replace(ladder, rungs=(*rungs, *later, limit))


def troubles(
    handover: Handover, posted: Mapping[str, datetime], now: datetime, hours: Hours
) -> list[tuple[datetime, Trouble]]:
    """Return what is still to be done about a running handover at *now* and since when, oldest
    first. *posted*: each account's newest post.

    To be accepted from its start on, unaccepted after 24 hours; to be confirmed since a first
    post; due at the calling hour of its day; overdue at that of the next.
    """
    if not handover.running:
        return []
    day_after = handover.due + timedelta(days=1)
    found = [(_at(handover.due, hours), Trouble.DUE), (_at(day_after, hours), Trouble.OVERDUE)]
    if handover.accepted_at is None:
        found.append((handover.started_at, Trouble.STARTED))
        found.append((handover.started_at + UNACCEPTED, Trouble.UNACCEPTED))
    elif unclaimed := [posted[a] for a in _unclaimed(handover, posted)]:
        found.append((min(unclaimed), Trouble.PUBLISHED))
    return sorted((at, trouble) for at, trouble in found if at <= now)


def _unclaimed(handover: Handover, posted: Mapping[str, datetime | None]) -> list[str]:
    """The accounts with a post since the acceptance that the new custodian has not claimed."""
    since = handover.accepted_at
    return [
        account
        for account in handover.unproven()
        if since is not None and (at := posted.get(account)) is not None and at > since
    ]


def handover_case(
    handover: Handover,
    watched: Collection[str],
    posted: Mapping[str, datetime],
    calendar: Calendar,
    hours: Hours,
    now: datetime,
) -> Case:
    """Return what is due of *handover* at *now*: both sides are notified of its start, again when
    it is not accepted in a day, and of the first post to claim; with them the person on duty
    when it is due, with the deputy when it is overdue, and again each working day. *watched*: the
    accounts that still have to be published on; *posted*: each account's newest post."""
    found = troubles(handover, posted, now, hours)
    calls = [
        Call(at, None, Reason.HANDOVER, _recipients(handover, t), _occasion(handover, t, posted))
        for at, t in found
    ]
    for at, trouble in found:
        if trouble is Trouble.OVERDUE:
            calls += _reminders(at, _recipients(handover, trouble), calendar, hours, now)
    ended = _ended(handover, watched, bool(found))
    subject = f"{HANDOVER}{handover.id}"
    return Case(Kind.HANDOVER, subject, handover.started_at, tuple(calls), ended)


def _occasion(handover: Handover, trouble: Trouble, posted: Mapping[str, datetime]) -> Occasion:
    if trouble is not Trouble.PUBLISHED:
        return Occasion(trouble)
    # Of several accounts, each first post is asked about; what was claimed is asked no more.
    return Occasion(trouble, ":".join(_unclaimed(handover, posted)))


def orphan_case(
    account: str,
    person: str,
    tell: Sequence[str],
    calendar: Calendar,
    hours: Hours,
    now: datetime,
    since: datetime,
) -> Case:
    """Return what is due at *now* because *person*, who holds *account*, left the people.

    *since*: when that was noticed; *tell*: whom to notify besides the person on duty and the
    deputy.
    """
    to = (*tell, DUTY, HEAD)
    first = Call(since, None, Reason.HANDOVER, to, Occasion(Trouble.ORPHANED, person))
    calls = (first, *_reminders(since, to, calendar, hours, now))
    return Case(Kind.HANDOVER, f"{CUSTODY}{account}", since, calls)


def _recipients(handover: Handover, trouble: Trouble) -> tuple[str, ...]:
    both = (handover.giver, handover.taker)
    also = {Trouble.DUE: (DUTY,), Trouble.OVERDUE: (DUTY, HEAD)}
    return (*both, *also.get(trouble, ()))


def _ended(handover: Handover, watched: Collection[str], troubled: bool) -> Reason | None:
    match handover.state:
        case HandoverState.CANCELLED:
            return Reason.CANCELLED
        case HandoverState.PROVEN:
            return Reason.PROVEN
    if not set(handover.unproven()) & set(watched):
        return Reason.ACCOUNT_CLOSED
    accepted = handover.state is HandoverState.ACCEPTED
    return Reason.ACCEPTED if accepted and not troubled else None


def _reminders(
    told_at: datetime, tell: tuple[str, ...], calendar: Calendar, hours: Hours, now: datetime
) -> Iterator[Call]:
    """One each working day after the day of *told_at*, of the last thirty days."""
    first = told_at.astimezone(hours.zone).date() + timedelta(days=1)
    day = max(first, (now - REMEMBERED).astimezone(hours.zone).date())
    while (at := _at(day, hours)) <= now:
        if calendar.workday(day):
            yield Call(at, None, Reason.OVERDUE, tell, Occasion(On.REMINDER, str(day)))
        day += timedelta(days=1)


def _at(day: date, hours: Hours) -> datetime:
    return local_instant(day, hours.call_at, hours.zone)


def orphaned(
    custodians: Mapping[str, str | None], people: Collection[str]
) -> list[tuple[str, str]]:
    """Return (account, person) wherever the custodian is not among *people* any more."""
    return [(a, person) for a, person in custodians.items() if person and person not in people]


def unconfirmed(records: Collection[Custody], now: datetime) -> list[Custody]:
    """Return custody that nobody has confirmed for 90 days, longest first."""
    old = [r for r in records if now - r.confirmed_at >= CONFIRM_EVERY]
    return sorted(old, key=lambda record: (record.confirmed_at, record.account))


def _still_running(handover: Handover) -> None:
    if not handover.running:
        raise ValueError(f"handover {handover.id} is {handover.state.value} already")


def _outsider(handover: Handover, person: str, *, checking: bool) -> str:
    sides = handover.giver, handover.taker
    return refusals.outsider(handover.id, *sides, person, checking=checking)
