"""Values of the seeing side: accounts, gateways, sources, readings, posts. Frozen; stdlib only.

Every `datetime` is aware and in UTC. A value never knows how it was stored or fetched.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

from monitor.counted import Counters, ListedDay, Tally

HOURS = 24  # of a day


class AccountState(StrEnum):
    """运行 / 拟关停 (keeps its duty until deregistered) / 已注销."""

    RUNNING = "running"
    CLOSING = "closing"
    CLOSED = "closed"


class PostKind(StrEnum):
    """What a post is: of an *unknown* one nobody said whether it is an original."""

    ORIGINAL = "original"
    REPOST = "repost"
    ARTICLE = "article"
    UNKNOWN = "unknown"


class Pulse(StrEnum):
    """What a reading proves about the gateway itself; by kind in docs/gateways/README.md."""

    FULL = "full"
    WEAK = "weak"  # warnings go out marked 未经旁证; no breach is asserted
    NONE = "none"


class Outcome(StrEnum):
    """What became of one attempt to read a source."""

    OK = "ok"
    UNCHANGED = "unchanged"  # 304, or the same content as last time
    TRANSPORT = "transport"  # no answer: DNS, refused, reset, TLS, time-out
    STATUS = "status"  # an HTTP error
    NOT_A_FEED = "not_a_feed"  # HTML, JSON of another kind, nothing at all
    EMPTY = "empty"  # a well-formed window without posts where posts were known
    SHRUNKEN = "shrunken"  # the window lacks a post that is known to be newer
    WRONG_ACCOUNT = "wrong_account"  # a redirect, or another account's posts
    NO_PULSE = "no_pulse"  # the gateway itself is not alive
    LIMITS = "limits"  # larger or slower than we accept
    BROKEN = "broken"  # our own reader broke on it
    BRIDGE_ITEM = "bridge_item"  # the bridge says something of itself where posts are expected
    UNCONFIRMED = "unconfirmed"  # posts that are not believed yet
    QUOTA = "quota"  # the gateway's quota of the day is spent: nothing was asked, nothing is kept

    @property
    def answered(self) -> bool:
        """Whether the gateway gave a usable answer."""
        return self in (Outcome.OK, Outcome.UNCHANGED)


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """One account as seen through one gateway. *rank* 0 is the most trusted."""

    id: str
    account: str
    gateway: str
    locator: str
    rank: int = 0


def source_id(account: str, gateway: str, locator: str) -> str:
    """Return the id of *account*'s source; of *locator*, which may hold a password, a digest."""
    spelt = locator.strip("/") if "://" not in locator else locator
    return f"{account}/{gateway}/{hashlib.blake2b(spelt.encode(), digest_size=4).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Account:
    """One account on one platform, as configured."""

    id: str
    name: str
    platform: str
    organisation: str | None = None
    state: AccountState = AccountState.RUNNING
    policy: str = "default"
    custodian: str | None = None
    backup: str | None = None
    page: str | None = None
    sources: tuple[SourceSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class MissingAccount:
    """An account that vanished from the configuration without being closed, as last configured."""

    id: str
    name: str
    platform: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Gateway:
    """What we read through, as configured. *key* is a secret; `repr` leaves it out.

    *sign*: send a code made of path and key instead of the key itself (RSSHub). *allow_private*:
    locators that are addresses of their own may lead into the private network. *quota*: how
    many requests a local day it may be asked; None: as many as its spacing allows. *max_body*:
    the bytes that an answer may have; None: what is usual for its kind. *timezone*: of dates that
    name none. *proxy* is a secret too; *trust_env*: use the machine's own proxies. *complete*:
    whether it shows every post; None: as its kind does. *ticket*: the file in which the platform
    puts what it asks with, for a kind that has such.
    """

    id: str
    kind: str
    url: str
    key: str | None = field(default=None, repr=False)
    spacing: timedelta = timedelta(seconds=1)
    concurrency: int = 2
    canary: tuple[str, ...] = ()
    trusted: bool = False
    zone: str = "default"
    pulse_allowance: timedelta = timedelta(hours=2)
    sign: bool = False
    allow_private: bool = False
    quota: int | None = None
    max_body: int | None = None
    timezone: tzinfo = ZoneInfo("Asia/Shanghai")
    proxy: str | None = field(default=None, repr=False)
    trust_env: bool = False
    complete: bool | None = None
    ticket: str | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """A date as it was stated: an instant, or the time from *at* to *until* that it leaves open:
    a minute, or a whole local day."""

    at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class SeenPost:
    """One item of a window as a source stated it.

    *stated_at* is None when the source gives no usable date; *stated_until* is when the minute
    or day ends that it states, None for an instant. *push* groups the articles of one WeChat
    mass-send. *pinned* is True only where the source marks it. *marks*: everything by which it
    may be found again, the key that it would be given first. Of news without a date, *unseen_at*
    is the last good reading before it, and *seen_at* its first sight, where that was in doubt.
    """

    key: str
    title: str
    url: str
    kind: PostKind
    stated_at: datetime | None
    push: str | None = None
    pinned: bool = False
    stated_until: datetime | None = None
    marks: tuple[str, ...] = field(default=(), compare=False)
    unseen_at: datetime | None = None
    seen_at: datetime | None = None


class Dating(StrEnum):
    """Where a post's date comes from."""

    STATED = "stated"
    SEEN = "seen"  # no usable date: from the good reading before it to its first sight
    UNKNOWN = "unknown"  # the same, on a source's first good reading: starts no clock


@dataclass(frozen=True, slots=True)
class Post:
    """One published thing in the ledger. *published_at* never moves later for what is stated no
    better; *published_until* is when the time ends that its date leaves open, None for none."""

    account: str
    key: str
    kind: PostKind
    title: str
    url: str
    published_at: datetime
    dating: Dating
    first_seen_at: datetime
    last_seen_at: datetime
    source: str | None = None
    push: str | None = None
    deleted_at: datetime | None = None
    published_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Validators:
    """HTTP validators, kept and sent back byte for byte."""

    etag: str | None = None
    last_modified: str | None = None


class Doubt(StrEnum):
    """Why what is seen is not believed until it is confirmed."""

    NAME = "name"  # another name, or none, where the account was named before and no id is shown
    STRANGERS = "strangers"  # nothing known is left, and what is new cannot all be news
    UNDATED = "undated"  # all that is new states no date


@dataclass(frozen=True, slots=True)
class Doubted:
    """What a source showed that is not believed: since when, which posts, the newest one's title
    and the name above them. *believed_by*: who says that it is right. *other_at*: when those posts
    were first shown, where others were doubted before."""

    reason: Doubt
    since: datetime
    keys: tuple[str, ...] = ()
    newest: str = ""
    name: str = ""
    believed_by: str | None = None
    other_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """How many posts a source has shown since the local day *since*, by hour of the local day: the
    first 24 *hours* are those of days off, the others those of working days."""

    since: date
    hours: tuple[float, ...] = (0,) * (2 * HOURS)


@dataclass(frozen=True, slots=True)
class SourceMemory:
    """What the last good reading of a source left behind.

    *window*: keys of its last good window, newest first, as (key, effective date).
    *missing_since*/*missing_count*: since when, and in how many readings, the window has
    lacked a post known to be newer. *identity*: the account the feed said it carries. *title*:
    what it calls the account, *former_title* what it called it until *renamed_at*. *most*: the
    items of its fullest window; *bound*: the age beyond which it drops an item, where it was seen
    to drop them by age rather than by number. *counters*:
    the newest ones; *tally*: what they come to beside the posts shown, *uncounted* those shown
    since they were last counted. *warnings*: what the newest answer says will go wrong later;
    *ends_at*: when the credential ends that it was asked with. *missing_window*: a mark of
    the window that lacks it. *doubt*: what was shown last and is not believed. *names*:
    what the account is called too, says a person. *undated*: nothing it showed ever had a date.
    *looked_at*: when a person last looked at the account and found nothing newer. *pace*: when it
    publishes; None as long as nothing was seen.
    """

    validators: Validators = Validators()
    body_hash: str | None = None
    window: tuple[tuple[str, datetime], ...] = ()
    identity: str | None = None
    missing_since: datetime | None = None
    missing_count: int = 0
    ever_good: bool = False
    title: str | None = None
    former_title: str | None = None
    renamed_at: datetime | None = None
    counters: Counters | None = None
    tally: Tally | None = None
    uncounted: tuple[tuple[str, datetime], ...] = ()
    warnings: tuple[str, ...] = ()
    ends_at: datetime | None = None
    most: int = 0
    bound: timedelta | None = None
    missing_window: str | None = None
    doubt: Doubted | None = None
    names: tuple[str, ...] = ()
    undated: bool = False
    looked_at: datetime | None = None
    pace: Pace | None = None


@dataclass(frozen=True, slots=True)
class Folded:
    """The readings that their last one stands for: since when, how they ended, and how often."""

    first_at: datetime
    longest_pause: timedelta
    outcomes: tuple[tuple[Outcome, int], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """One attempt to read a source. *as_of* is set for good readings only.

    *pulse*: the gateway's; *detail*: without secrets; *unconditional*: no cache can have answered.
    """

    source: str
    account: str
    gateway: str
    started_at: datetime
    outcome: Outcome
    as_of: datetime | None = None
    pulse: Pulse = Pulse.NONE
    unconditional: bool = True
    status: int | None = None
    detail: str = ""
    items: int = 0
    fresh: int = 0  # posts not known before
    covers_from: datetime | None = None  # every post from here to `as_of` was seen
    gap_from: datetime | None = None  # the last reading's end, if coverage was lost after it
    unseen: int = 0  # posts that the platform has counted by now and nothing has shown …
    risen_at: datetime | None = None  # … and when those were last found to grow
    title: str | None = None  # what the account is called, where that is new
    folded: Folded | None = None  # what it stands for beside itself

    @property
    def first_at(self) -> datetime:
        """When the first of the readings began that it stands for."""
        return self.folded.first_at if self.folded else self.started_at

    @property
    def tried(self) -> int:
        """How many readings it stands for, itself among them."""
        return sum(n for _, n in self.folded.outcomes) if self.folded else 1

    @property
    def good(self) -> bool:
        """Whether it proves what the account looked like at `as_of`."""
        return self.outcome.answered and self.as_of is not None and self.pulse is not Pulse.NONE


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is stored of a source between readings.

    *decisive_at*: the earliest instant, such as a rung's, that a reading has still to bear out.
    """

    spec: SourceSpec
    next_read_at: datetime | None = None  # None: never read, due at once
    last_tried_at: datetime | None = None
    last_outcome: Outcome | None = None
    last_detail: str = ""
    last_good_at: datetime | None = None  # when the newest good reading was made
    full_as_of: datetime | None = None  # newest as_of proven on a full pulse
    weak_as_of: datetime | None = None  # newest as_of of any good reading
    failing_since: datetime | None = None
    failures: int = 0
    unconditional_at: datetime | None = None  # newest good reading asked without validators
    memory: SourceMemory = SourceMemory()
    decisive_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RouteHealth:
    """The health of one family of a gateway's routes: of one platform, of RSSHub one first part of
    the path. *failing_since*: since when it is sick; *probe_at*: when it is tried next then.
    *well_since*: since when it is well again, if it ever was sick. *outage*: the last one that
    ended, from its beginning to its end.
    """

    family: str
    healthy: bool = True
    failing_since: datetime | None = None
    failures: int = 0
    last_tried_at: datetime | None = None
    last_good_at: datetime | None = None
    last_outcome: Outcome | None = None
    last_detail: str = ""
    probe_at: datetime | None = None
    well_since: datetime | None = None
    outage: tuple[datetime, datetime] | None = None


@dataclass(frozen=True, slots=True)
class Together:
    """All accounts behind a gateway are silent together, which is doubted *since* then.

    *quiet_since*: the newest sign of life of any; *longest*: how long none gave one before, in
    time of working days.
    """

    since: datetime
    quiet_since: datetime
    longest: timedelta


@dataclass(frozen=True, slots=True)
class GatewayState:
    """What is stored of a gateway: its health and what it asked us to respect.

    *warnings*: what will go wrong later; *ends_at*: when its credential ends, where it says so.
    *canaries*: the busy accounts read through it but never reported. *days_not_before*: when it
    may be asked again what past days had, *days_refusal*: why it did not answer the last time.
    *well_since*: since when it is well again, if it ever failed as a whole. *families*: the health
    of each family of its routes, which the fields before sum up. *together*: the doubt about it
    while all its accounts are silent; that is not stored, it follows from the posts.
    """

    gateway: str
    healthy: bool = True
    failing_since: datetime | None = None
    failures: int = 0
    last_tried_at: datetime | None = None
    last_pulse_at: datetime | None = None
    last_outcome: Outcome | None = None
    last_detail: str = ""
    not_before: datetime | None = None  # what it asked for itself (Retry-After)
    warnings: tuple[str, ...] = ()
    ends_at: datetime | None = None
    canaries: tuple[SourceState, ...] = ()
    days_not_before: datetime | None = None
    days_refusal: str = ""
    well_since: datetime | None = None
    families: tuple[RouteHealth, ...] = ()
    together: Together | None = None


@dataclass(frozen=True, slots=True)
class LastPost:
    """The newest post of an account, for verdicts and messages. *until*: when the time ends that
    its date leaves open."""

    published_at: datetime
    title: str
    url: str
    source: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """Everything the rules need to know of one account at one instant.

    *last_post*: newest counted post whose date starts the clock. *visible*: the newest such
    post not seen deleted. *last_original*: the newest that is no repost, whatever counts.
    *sources*: states as known at that instant, most trusted first. *listed*: what the platform's
    statistics list; None where they list nothing from the last post's day on. *uncorroborated*:
    what its gateways show is doubted, since all their accounts are silent together.
    """

    account: str
    watched_since: datetime
    last_post: LastPost | None = None
    visible: LastPost | None = None
    sources: tuple[SourceState, ...] = ()
    last_original: LastPost | None = None
    listed: ListedDay | None = None
    uncorroborated: bool = False
