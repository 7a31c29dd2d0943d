"""The shape every kind of gateway has: one `Source`, one `read`, one value back.

To add a kind, touch: a file here, one line in `registry.py`, one case in
`tests/contracts/test_sources.py`, and a page in `docs/`.

Every expected failure – no answer, an error status, a login page – is a `Fetched` with its
outcome, never an exception.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol, runtime_checkable

from monitor.counted import Counters, DayCount
from monitor.model import Outcome, Pulse, SeenPost, SourceMemory, SourceSpec, Validators
from monitor.sources.addresses import Address


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """What to read and what is remembered of the last time.

    *unconditional*: send no validators and parse the body even if it looks unchanged.
    """

    source: SourceSpec
    platform: str
    memory: SourceMemory
    now: datetime
    unconditional: bool = False


def first_look(source: SourceSpec, platform: str, now: datetime) -> ReadRequest:
    """Return the request of somebody who remembers nothing of *source* and will store nothing."""
    return ReadRequest(source, platform, SourceMemory(), now, unconditional=True)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one request gave. Judging the window against what is known is the reader's part.

    *as_of* is the instant this window describes (None where nothing proves one); *posts* is
    None when the content is unchanged since the last good reading (304 or the same hash).
    *identity*: the account the answer says it carries, e.g. `weibo:1935396210`; None where the
    format does not say. *detail* is one line for the operator, free of secrets. *unconditional*:
    it was asked for without validators.

    *counters*: followers and posts as the platform counts them at *started_at*; None where the
    kind does not state them or did not ask this time. *warnings*: lines for the operator about
    what will go wrong later (a token that ends soon), free of secrets; they change no outcome.
    *ends_at*: when the credential that was used ends, where the platform says so. *column*: which
    list of a page the posts stand in; empty for anything but a page.
    """

    outcome: Outcome
    started_at: datetime
    as_of: datetime | None = None
    pulse: Pulse = Pulse.NONE
    posts: tuple[SeenPost, ...] | None = None
    validators: Validators = Validators()
    body_hash: str | None = None
    identity: str | None = None
    title: str | None = None
    status: int | None = None
    detail: str = ""
    retry_after: timedelta | None = None
    warnings: tuple[str, ...] = field(default=())
    unconditional: bool = True
    counters: Counters | None = None
    ends_at: datetime | None = None
    column: str = ""


@dataclass(frozen=True, slots=True)
class Logins:
    """How many logins a collector reads by. *blocked*: refused for the rest of the day; *held*: by
    the platform's risk control; *ended*: to be renewed, or switched off."""

    all: int
    blocked: int = 0
    held: int = 0
    ended: int = 0

    @property
    def working(self) -> int:
        """How many of them read."""
        return self.all - self.blocked - self.held - self.ended


@dataclass(frozen=True, slots=True)
class SelfReport:
    """What a gateway says of itself, whatever account it may be asked for.

    *outcome* and *detail*: why it says nothing, as in `Fetched`. *product*: what it is. *logins*:
    None where it keeps them to itself. *listed*: how many accounts it collects, where it says so.
    *shows*: the locator of one that it shows, and its platform. *window*: what it shows at once.
    """

    outcome: Outcome = Outcome.OK
    detail: str = ""
    product: str = ""
    logins: Logins | None = None
    listed: int | None = None
    shows: tuple[str, str] | None = None
    window: Fetched | None = None


class Source(Protocol):
    """One gateway, ready to be read. Safe to call from several threads."""

    def read(self, request: ReadRequest) -> Fetched:
        """Return what the gateway says of `request.source` at `request.now`. Never raises
        for anything a gateway can do."""
        ...

    def close(self) -> None:
        """Give back pooled connections."""
        ...


@runtime_checkable
class Finder(Protocol):
    """A source that can look up whose page or post an address is."""

    def find(self, address: Address, now: datetime) -> str | None:
        """Return the number of the account that *address* names otherwise; None where the gateway
        does not say."""
        ...


@runtime_checkable
class Reporting(Protocol):
    """A source whose gateway says something of itself."""

    def report(self, now: datetime) -> SelfReport:
        """Return what the gateway says of itself. Never raises for anything a gateway can do."""
        ...


@runtime_checkable
class Paged(Protocol):
    """A source whose window can be read on beyond its end."""

    def page(self, request: ReadRequest, number: int) -> Fetched:
        """Return page *number*, from 2 on, of what `read` gives the first of, as `read` does.
        Past the last page: an outcome that is no answer, or no posts."""
        ...


@dataclass(frozen=True, slots=True)
class NotAvailable:
    """Why there are no statistics of a day, in one line for the operator, free of secrets.

    *early*: the day's numbers are not final yet; otherwise the question was refused. *alone*: the
    refusal concerns this account, and no other one behind the gateway. *retry_after*: how long it
    asked to be left alone.
    """

    detail: str
    early: bool = False
    retry_after: timedelta | None = None
    alone: bool = False


@runtime_checkable
class Retrospective(Protocol):
    """A source with statistics of past days, whether or not its window showed their posts."""

    def published_on(self, source: SourceSpec, day: date, now: datetime) -> DayCount | NotAvailable:
        """Return what the platform's statistics list of *source* for *day*, a day of Beijing's
        calendar that is over at *now*. Never raises for anything a gateway can do."""
        ...
