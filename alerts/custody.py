"""Who holds an account, and how it passes from one person to the next. Pure.

A handover (账号交接) is accepted by both sides and proven only when the new custodian has
published: a first post after the acceptance is seen, and they say 「是我发的」. Until then the
account is watched on a tighter ladder. What is stored rules; the configuration names the first
custodian, and opens a handover when it later disagrees.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from alerts.model import Hours, Ladder, Rung

TIGHT = (3, 5, 7)  # quiet days, below the limit, while a handover is not proven
UNACCEPTED = timedelta(hours=24)
CONFIRM_EVERY = timedelta(days=90)
DUE_AFTER = timedelta(days=7)  # for a handover that the configuration opened
CHECKLIST = ("password", "bound phone", "administrator's WeChat", "scheduled posts")
BY_CONFIGURATION = "configuration"


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

    *started_by*: a person, or `configuration`. *id* is 0 until the store has given it one.
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


class Trouble(StrEnum):
    """Why a handover is told about."""

    UNACCEPTED = "unaccepted"
    DUE = "due"  # its day has come
    OVERDUE = "overdue"
    ORPHANED = "orphaned"  # the custodian is not among the people any more


def start(
    giver: str, taker: str, accounts: Sequence[str], due: date, reason: str, by: str,
    running: Collection[Handover], now: datetime, hours: Hours,
) -> Handover:  # fmt: skip
    """Return a new handover. Raises `ValueError` with one line for one that makes no sense."""
    if giver == taker:
        raise ValueError(f"{giver} cannot hand over to themselves")
    if not accounts:
        raise ValueError("a handover needs at least one account")
    if due < now.astimezone(hours.zone).date():
        raise ValueError(f"due {due} has passed")
    if not reason.strip():
        raise ValueError("a handover needs its reason")
    for other in running:
        for account in accounts:
            if other.running and account in other.accounts:
                raise ValueError(f"{account} is already being handed over, by handover {other.id}")
    return Handover(giver, taker, tuple(dict.fromkeys(accounts)), due, reason.strip(), now, by)


def accept(handover: Handover, by: str, now: datetime) -> Handover:
    """Return *handover* accepted by one side. Raises `ValueError` for anybody else, or when it
    has ended; a second acceptance changes nothing."""
    _still_running(handover)
    if by == handover.giver:
        return replace(handover, giver_accepted_at=handover.giver_accepted_at or now)
    if by == handover.taker:
        return replace(handover, taker_accepted_at=handover.taker_accepted_at or now)
    raise ValueError(
        f"handover {handover.id} is between {handover.giver} and {handover.taker}; "
        f"{by} cannot accept it"
    )


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
        raise ValueError(
            f"only {handover.taker}, who takes over, can confirm handover {handover.id}"
        )
    if accepted_at is None:
        raise ValueError(f"handover {handover.id} has not been accepted by both sides yet")
    posted = [
        a for a in handover.unproven() if (at := newest.get(a)) is not None and at > accepted_at
    ]
    if not posted:
        waiting = ", ".join(handover.unproven())
        raise ValueError(f"no post has been seen on {waiting} since both sides accepted")
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


def disagreements(
    configured: Mapping[str, str | None],
    records: Mapping[str, Custody],
    running: Collection[Handover],
    now: datetime,
    hours: Hours,
) -> list[Handover]:
    """Return the handovers to open because the configuration names other custodians than the
    records do: one for each pair of people. Accounts being handed over already are left out."""
    moving = {account for h in running if h.running for account in h.accounts}
    pairs: dict[tuple[str, str], list[str]] = {}
    for account, person in configured.items():
        record = records.get(account)
        if record and person and person != record.person and account not in moving:
            pairs.setdefault((record.person, person), []).append(account)
    due = (now + DUE_AFTER).astimezone(hours.zone).date()
    return [
        Handover(giver, taker, tuple(accounts), due, "the configuration names a new custodian", now)
        for (giver, taker), accounts in sorted(pairs.items())
    ]


def taken_over(handover: Handover, records: Mapping[str, Custody]) -> list[Custody]:
    """Return the custody records that *handover* gives rise to: from the acceptance on the new
    custodian holds the accounts, and each proof confirms it."""
    since = handover.accepted_at
    if since is None or handover.cancelled_at is not None:
        return []
    held = (Custody(a, handover.taker, since, handover.proven.get(a, since)) for a in
            handover.accounts)  # fmt: skip
    return [record for record in held if records.get(record.account) != record]


def watched_closely(running: Collection[Handover]) -> frozenset[str]:
    """Return the accounts that use the tight ladder: those not proven, from the start on."""
    return frozenset(account for h in running for account in h.unproven())


def tight(ladder: Ladder) -> Ladder:
    """Return *ladder* with rungs at 3, 5 and 7 quiet days below the same limit.

    Each tight rung tells the people of the ladder's rung in the same place, or of its highest
    below the limit.
    """
    below, limit = ladder.rungs[:-1], ladder.limit_rung
    steps = [days for days in TIGHT if days < limit.days]
    if not steps:
        return ladder
    told = [(below[min(n, len(below) - 1)] if below else limit).tell for n in range(len(steps))]
    # The last chance stays where it is: it is what closure calls carry.
    later = tuple(rung for rung in below[-1:] if rung.days > steps[-1])
    rungs = tuple(Rung(days, tell) for days, tell in zip(steps, told, strict=True))
    return replace(ladder, rungs=(*rungs, *later, limit))


def troubles(handover: Handover, now: datetime, hours: Hours) -> list[tuple[datetime, Trouble]]:
    """Return what is wrong with a running handover at *now* and since when, oldest first.

    Unaccepted after 24 hours; due at the calling hour of its day; overdue at that of the next.
    """
    if not handover.running:
        return []
    due_at = datetime.combine(handover.due, hours.call_at, hours.zone).astimezone(now.tzinfo)
    found = [(due_at, Trouble.DUE), (due_at + timedelta(days=1), Trouble.OVERDUE)]
    if handover.accepted_at is None:
        found.append((handover.started_at + UNACCEPTED, Trouble.UNACCEPTED))
    return sorted((at, trouble) for at, trouble in found if at <= now)


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
