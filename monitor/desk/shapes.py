"""What the desk answers: one shape for each question, with instants and dates as values.

`as_json` makes the documents of DESIGN's contract from them; pages and chats word them. Keys keep
the contract's names and order. Instants are aware; nothing here is text that has to be parsed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from typing import NotRequired, TypedDict
from zoneinfo import ZoneInfo

from alerts.common.local_time import local_iso
from alerts.model import Event, Kind, NoticeState, Reason
from alerts.people.handover import HandoverState
from alerts.people.roster import Why
from monitor.desk.machine_shapes import ClusterStatus
from monitor.freshness.verdict import Basis, Verdict
from monitor.ledger.coverage import GapReason
from monitor.model import Doubt, Outcome, Pulse


class AgreedSilence(TypedDict):
    """A silence that was agreed and still runs."""

    since: datetime
    until: datetime
    by: str
    by_name: str
    reason: str
    document: str | None


class SourceStatus(TypedDict):
    """One gateway through which an account is read."""

    gateway: str
    healthy: bool
    last_outcome: Outcome | None


class Unconfirmed(TypedDict):
    """What was seen and is not believed: since when, why, and the newest item's title."""

    since: datetime
    reason: Doubt
    newest: str


class AccountStatus(TypedDict):
    """One account at one instant. *rung*: the highest one passed; counts are of local periods.
    *last_post_until*: when the time ends that its newest post's date leaves open."""

    id: str
    name: str
    platform: str
    verdict: Verdict
    checked: bool  # False: nothing was ever seen of it
    reason: Basis
    quiet_days: int
    last_post_at: datetime | None
    last_post_until: datetime | None
    last_post_title: str | None
    last_post_url: str | None
    visible_last_post_at: datetime | None
    breach_at: datetime
    publish_by: date
    rung: int | None
    last_good_reading_at: datetime | None
    gateways: list[SourceStatus]
    exception: AgreedSilence | None
    posts_this_month: int
    posts_this_year: int
    followers: int | None
    platform_posts: int | None
    last_original_at: datetime | None
    unconfirmed: Unconfirmed | None
    other_name: str | None
    shown_as: str | None
    renamed_from: str | None
    renamed_at: datetime | None


class GatewayStatus(TypedDict):
    """One gateway. *answered*: False until one of its answers was seen. *quota*, *spent_today*:
    requests a day; None where there is no quota."""

    id: str
    kind: str
    healthy: bool
    checked: bool
    answered: bool
    last_pulse_at: datetime | None
    warnings: list[str]
    quota: int | None
    spent_today: int | None


class MissingStatus(TypedDict):
    """An account that vanished from the configuration without being closed."""

    id: str
    name: str
    platform: str
    since: datetime


class Status(TypedDict):
    """Every account and gateway *at* an instant, and what is missing from the configuration.
    Of accounts one *page* only, where that is asked for, of so many in *total*.
    *cluster*: None on one machine, and at an earlier instant."""

    at: datetime
    accounts: list[AccountStatus]
    gateways: list[GatewayStatus]
    missing: list[MissingStatus]
    page: NotRequired[int]
    total: NotRequired[int]
    cluster: ClusterStatus | None


class ListedAccount(TypedDict):
    """An account as configured, or as it last was. *missing_since*: of one that vanished."""

    id: str
    name: str
    platform: str
    organisation: str | None
    state: str
    policy: str | None
    custodian: str | None
    backup: str | None
    page: str | None
    gateways: list[str]
    missing_since: datetime | None


class PostSeen(TypedDict):
    """A post that a verdict rests on. *source*: through which it was seen, if known;
    *published_until*: when the time ends that its date leaves open."""

    title: str
    published_at: datetime
    published_until: datetime | None
    url: str
    source: str | None


class GoodReading(TypedDict):
    """The newest good reading, made *at* an instant, of what was known *as_of* another.
    *by_person*: by somebody who was asked to look."""

    at: datetime | None
    as_of: datetime | None
    source: str | None
    gateway: str | None
    pulse: Pulse | None
    by_person: bool


class ReadingCounts(TypedDict):
    """How often an account was read *since* an instant, and how the last reading ended."""

    tried: int
    good: int
    since: datetime
    last_tried_at: datetime | None
    last_outcome: Outcome | None
    last_detail: str | None


class UnseenPosts(TypedDict):
    """Posts that the platform counts and nothing shows."""

    posts: int
    risen_at: datetime | None


class SourceBehind(TypedDict):
    """A source that does not show the newest post."""

    source: str
    newest: datetime
    as_of: datetime


GapFound = TypedDict(
    "GapFound",
    {"from": datetime, "to": datetime, "source": str | None, "reason": GapReason},
)
GapFound.__doc__ = "A stretch in which posts may be missing. *source*: which found it, if any did."


class RungRule(TypedDict):
    """One rung of a ladder: who is meant after how many days."""

    after: int
    tell: list[str]


class RuleInForce(TypedDict):
    """The policy an account is judged by. *handover*: for which its steps are earlier."""

    policy: str
    limit: int
    ladder: list[RungRule]
    count_reposts: bool
    originals_every: int | None
    handover: int | None


class NoticeMade(TypedDict):
    """One notice about an account, made or sent *at* an instant. *waits_until*: until when it is
    held back."""

    at: datetime
    to: str
    channel: str
    kind: Kind
    rung: int | None
    reason: Reason
    state: NoticeState
    waits_until: datetime | None
    name: str


class DayListed(TypedDict):
    """What the platform's statistics list for one day."""

    day: date
    articles: int
    notified: int
    pushes: int
    learned_at: datetime


class UnheardAlert(TypedDict):
    """An open alert whose newest call, due *since* an instant, reaches nobody."""

    alert: int
    kind: Kind
    rung: int | None
    since: datetime


class NextCall(TypedDict):
    """The call that comes *at* an instant if nothing is published. *rung*: None for a reminder
    after the limit; *to*, *names*: whom it reaches."""

    at: datetime
    rung: int | None
    to: list[str]
    names: list[str]


class Explained(TypedDict):
    """Why an account has its verdict, with the evidence."""

    account: str
    verdict: Verdict
    checked: bool  # False: nothing was ever seen of it
    reason: Basis
    waiting: bool
    weak: bool
    since: datetime
    quiet_days: int
    rung: int | None
    breach_at: datetime
    publish_by: date
    changes_at: datetime | None
    last_post: PostSeen | None
    visible_last_post: PostSeen | None
    last_good_reading: GoodReading | None
    readings: ReadingCounts
    cannot_see_since: datetime | None
    unseen: UnseenPosts | None
    unconfirmed: Unconfirmed | None
    other_name: str | None
    disagreement: list[SourceBehind]
    gaps: list[GapFound]
    last_original_at: datetime | None
    rule: RuleInForce
    told: list[NoticeMade]
    link: str | None
    statistics: list[DayListed]
    custodian: str | None
    exception: AgreedSilence | None
    unheard: list[UnheardAlert]
    next_call: NextCall | None
    next_reading_at: datetime | None


class Explanation(Explained):
    """The same with its sentences, one a line."""

    text: str


class DeliveryRow(TypedDict):
    """One attempt to send a notice."""

    attempt: int
    address: str
    started_at: datetime
    ended_at: datetime | None
    state: NoticeState | None
    error: str | None


class NoticeRow(TypedDict):
    """One notice of an alert, with every attempt to send it. *waits_until*: until when it is
    held back, by quiet hours or for the next try."""

    id: str
    to: str
    name: str
    channel: str
    state: NoticeState
    waits_until: datetime | None
    sent_at: datetime | None
    attempts: int
    reason: Reason
    rung: int | None
    event: Event
    error: str | None
    deliveries: list[DeliveryRow]


class AlertRow(TypedDict):
    """One alert with its answers and notices. *unheard_since*: since when nobody is reached."""

    id: int
    kind: Kind
    subject: str
    rung: int | None
    opened_at: datetime
    resolved_at: datetime | None
    reason: Reason | None
    acknowledged_by: str | None
    acknowledged_by_name: str | None
    acknowledged_at: datetime | None
    promise_until: datetime | None
    promised_by: str | None
    promised_by_name: str | None
    promised_at: datetime | None
    scheduled: bool | None
    unheard_since: datetime | None
    notices: list[NoticeRow]


Accepted = TypedDict("Accepted", {"from": datetime | None, "to": datetime | None})
Accepted.__doc__ = "When each side of a handover accepted it."

HandoverRow = TypedDict(
    "HandoverRow",
    {
        "id": int,
        "state": HandoverState,
        "from": str,
        "from_name": str,
        "to": str,
        "to_name": str,
        "accounts": list[str],
        "due": date,
        "reason": str,
        "started_at": datetime,
        "started_by": str,
        "accepted": Accepted,
        "awaiting": list[str],
        "proven": dict[str, datetime | None],
        "checklist": dict[str, datetime | None],
        "cancelled_at": datetime | None,
        "cancelled_by": str | None,
    },
)
HandoverRow.__doc__ = "One handover. *proven*: by account; *checklist*: by item; None: not yet."


class CustodianRow(TypedDict):
    """Who holds one account. *configured*: whom accounts.toml names; *handover*: one under way."""

    account: str
    name: str
    platform: str
    custodian: str | None
    custodian_name: str | None
    left: bool
    since: datetime | None
    confirmed_at: datetime | None
    configured: str | None
    handover: int | None


class DutyShown(TypedDict):
    """Who is on duty *on* a day, and who follows. *origin*: where that day comes from."""

    on: date
    duty: str | None
    name: str | None
    phone: str | None
    reachable: bool
    leader: str | None
    leader_name: str | None
    origin: str | None
    next_on: date | None
    next_duty: str | None
    next_name: str | None


class DutyGap(TypedDict):
    """Consecutive days, *first* to *last*, on which the duty is not covered."""

    first: date
    last: date
    why: Why
    person: str | None
    name: str | None


class ReplayRow(TypedDict):
    """One message that would have been sent *at* an instant; *rung* None: a post ended it."""

    at: datetime
    account: str
    kind: Kind
    rung: int | None
    to: list[str]
    reason: Reason


@dataclass(frozen=True, slots=True)
class RosterSummary:
    """What an import of a roster did, or would do: days by whether they change anything.

    *ignored*: the headings of columns that nobody read.
    """

    new: int
    changed: int
    known: int
    ignored: tuple[str, ...] = ()


class Level(StrEnum):
    """How bad a finding is; only a problem makes the command exit with 1."""

    OK = "ok"
    UNTRIED = "untried"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report."""

    check: str
    level: Level
    detail: str


def as_json(answer: object, zone: ZoneInfo) -> str:
    """Return *answer* as one JSON document: instants as ISO 8601 in *zone* to the second, dates
    as ISO 8601, names of the program as their values."""
    return json.dumps(answer, ensure_ascii=False, indent=2, default=partial(_plain, zone))


def _plain(zone: ZoneInfo, value: object) -> str:
    match value:
        case datetime():
            return local_iso(value, zone)
        case date():
            return value.isoformat()
    raise TypeError(f"a {type(value).__name__} has no place in a JSON document")
