"""What a message is about: one type a kind of message, fixed when the message is decided. Pure.

Rendering adds only words. A row of the outbox holds the fields that differ from their default,
by name: a field that is renamed is lost to the messages that wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from alerts.occasion import NONE, Occasion


@dataclass(frozen=True, slots=True)
class Notified:
    """Somebody who was notified before; *at* is None where nobody knows whether it arrived."""

    name: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class HandoverProgress:
    """How far a handover has come, in people's names. *trouble*: the occasion of the message.

    *giver* and *taker*: from whom to whom; of an account without a custodian only the former.
    *awaiting*: who has not accepted yet. *unproven*: the accounts without a first post claimed.
    *unchecked*: what of the checklist is still to be done.
    """

    trouble: Occasion
    giver: str
    taker: str | None = None
    reason: str | None = None
    awaiting: tuple[str, ...] = ()
    unproven: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DutyGap:
    """Days *first* to *last* on which the duty is not covered, or from *first* on. *name*: who
    cannot be reached."""

    why: str
    first: date
    last: date | None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a summary: about what, and whatever of the rest belongs to it."""

    name: str
    platform: str | None = None
    kind: str | None = None  # an alert's
    at: datetime | None = None
    on: date | None = None
    days: int | None = None
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a summary: the first *items* of *total*."""

    what: str
    total: int
    items: tuple[Item, ...]


class Fault(StrEnum):
    """Of which sort an error of our own is."""

    DATABASE = "database"
    FILES = "files"
    MEMORY = "memory"
    BUG = "bug"


@dataclass(frozen=True, slots=True)
class CommonFacts:
    """What any message may say: of whom or what, since when, and who was notified before."""

    name: str  # the account's or gateway's own name
    platform: str | None = None
    organisation: str | None = None
    link: str | None = None
    accounts: tuple[str, ...] = ()  # names of all that the message concerns, if several
    at: datetime | None = None  # when this was decided
    due_at: datetime | None = None  # when it should have been sent, if later than that (补发)
    since: datetime | None = None  # last post, start of watching, start of the trouble
    told: tuple[Notified, ...] = ()
    fallback_for: str | None = None  # the role nobody fills, if that is why this person gets it


@dataclass(frozen=True, slots=True)
class OfAccount(CommonFacts):
    """What both a call about an account and its end may say."""

    quiet_days: int | None = None
    limit_days: int | None = None
    agreed_until: datetime | None = None  # the end of an agreed silence (报备)
    agreed_by: str | None = None
    agreed_why: str | None = None
    agreed_document: str | None = None


@dataclass(frozen=True, slots=True)
class SilenceFacts(OfAccount):
    """A call about an account: it is silent, cannot be seen, or only reposts."""

    waiting: bool = False  # no post was ever seen
    quiet_since: datetime | None = None  # of a blindness: last post or start of watching
    last_post_title: str | None = None
    post_until: datetime | None = None  # when the time ends that the last post's date leaves open
    visible_since: datetime | None = None  # newest post still visible, if that is older
    visible_until: datetime | None = None  # likewise
    breach_at: datetime | None = None
    publish_by: date | None = None
    closed_from: date | None = None  # the closed stretch in which the last whole day falls
    closed_to: date | None = None
    closed_name: str | None = None  # its name in the calendar's own English, e.g. "Spring Festival"
    last_workday: date | None = None
    guessed: bool = False  # the calendar of that time is not announced yet
    weak: bool = False  # seen through a gateway whose pulse proves little (未经旁证)
    as_of: datetime | None = None  # what the account looked like at this instant
    custodian: str | None = None
    call_name: str | None = None  # whom to ring up
    call_phone: str | None = None
    next_at: datetime | None = None  # when the next call is due, if nothing happens
    next_names: tuple[str, ...] = ()
    promise_by: str | None = None
    promise_until: datetime | None = None
    promise_scheduled: bool = False  # the post is set on the platform already
    unseen: int = 0  # posts that the platform counts and nothing shows
    unconfirmed: str | None = None  # of what is seen and not believed, the newest title


@dataclass(frozen=True, slots=True)
class EndFacts(OfAccount):
    """An alert has ended, as far as the account or the alert alone shows."""

    post_at: datetime | None = None  # the post that ended it
    post_until: datetime | None = None  # when the time ends that its date leaves open
    post_title: str | None = None
    lasted_days: int | None = None


@dataclass(frozen=True, slots=True)
class LookFacts(CommonFacts):
    """A person is asked to look at an account that no gateway sees."""

    looked_at: datetime | None = None  # when a person last looked; None: nobody ever did
    again: bool = False  # they were asked before and have not answered


@dataclass(frozen=True, slots=True)
class GatewayFacts(CommonFacts):
    """A gateway fails, or works again. *accounts*: those that it blinds."""

    gateway: str | None = None
    gateway_error: str | None = None  # in its own words
    cause: str | None = None  # its code; None: stored before there were codes
    outcome: str | None = None  # of the newest reading


@dataclass(frozen=True, slots=True)
class CredentialFacts(CommonFacts):
    """What a gateway is read with ends soon, or was renewed."""

    gateway: str | None = None
    gateway_error: str | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class QuotaFacts(CommonFacts):
    """A gateway's quota does not reach, or reaches again. *accounts*: those that wait."""

    gateway: str | None = None
    quota: int | None = None  # requests a day that the gateway may be asked …
    spent: int = 0  # … and those that were made


@dataclass(frozen=True, slots=True)
class DoubtFacts(CommonFacts):
    """What is seen behind a gateway is not believed, or is again. *accounts*: whose; *seen*: a
    line on each, with what was seen."""

    gateway: str | None = None
    doubts: int | None = None  # how many
    seen: tuple[str, ...] = ()
    answer: str | None = None  # how a person says that it is right
    account: str | None = None  # the id of the account, if it is only one: buttons answer for it
    of_name: bool = False  # of that account nothing but the name is doubted


@dataclass(frozen=True, slots=True)
class TogetherFacts(CommonFacts):
    """All accounts behind a gateway are silent together, or one is not any more. *accounts*:
    all of them."""

    gateway: str | None = None
    longest_minutes: int | None = None  # how long they were silent together at most before …
    pages: tuple[str, ...] = ()  # … and a few of their pages, to look at: "name link"
    answer: str | None = None  # how a person says that nothing newer is there


@dataclass(frozen=True, slots=True)
class ChannelFacts(CommonFacts):
    """A channel refuses messages."""

    gateway_error: str | None = None  # in its own words
    cause: str | None = None  # its code; None: stored before there were codes
    failure: str | None = None  # of which sort the trouble is, where it is of one sort
    unreached: tuple[str, ...] = ()  # names of those whom the channel does not reach


@dataclass(frozen=True, slots=True)
class SelfFacts(CommonFacts):
    """The monitor cannot do its own work."""

    gateway_error: str | None = None  # the type of the error
    fault: Fault | None = None  # of which sort it is; None: stored before there were sorts
    unannounced: int | None = None  # the year whose working days are not known
    damaged: tuple[str, ...] = ()  # stored rows that no longer read: their tables and columns


@dataclass(frozen=True, slots=True)
class HandoverFacts(CommonFacts):
    """A handover, or an account whose custodian has left."""

    handover: HandoverProgress = HandoverProgress(NONE, "")
    publish_by: date | None = None  # the day on which the handover is due
    call_name: str | None = None  # whom to ring up
    call_phone: str | None = None


@dataclass(frozen=True, slots=True)
class RosterFacts(CommonFacts):
    """Dates ahead on which nobody can be reached on duty."""

    publish_by: date | None = None  # the first of them
    gaps: tuple[DutyGap, ...] = ()


@dataclass(frozen=True, slots=True)
class ShiftFacts(CommonFacts):
    """What is open, for somebody who takes over the duty."""

    until: date | None = None  # the last day of the shift
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerFacts(CommonFacts):
    """Posts may have been missed, or nothing is missing any more."""

    gap: str | None = None  # why posts may have been missed from `since` on …
    gap_end: datetime | None = None  # … and until when


Facts = (
    SilenceFacts
    | EndFacts
    | LookFacts
    | GatewayFacts
    | CredentialFacts
    | QuotaFacts
    | DoubtFacts
    | TogetherFacts
    | ChannelFacts
    | SelfFacts
    | HandoverFacts
    | RosterFacts
    | ShiftFacts
    | LedgerFacts
)


def breach_of(facts: Facts) -> datetime | None:
    """Return when the limit of an account passes; None where *facts* are of no limit."""
    return facts.breach_at if isinstance(facts, SilenceFacts) else None
