"""Accounts, sources and gateways: what is configured, and how far each has been read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from monitor.ledger.records import PolicyChange
from monitor.model import (
    Account,
    AccountFacts,
    Gateway,
    GatewayState,
    MissingAccount,
    SourceMemory,
    SourceState,
)


class Accounts(Protocol):
    """The accounts: as configured, and what is known of them."""

    def sync(
        self,
        accounts: Collection[Account],
        gateways: Collection[Gateway],
        policies: Mapping[str, str],
        now: datetime,
        *,
        count_reposts: Mapping[str, bool] | None = None,
        whole: bool = True,
    ) -> None:
        """Make the tables of accounts, sources and gateways match the configuration.

        A new account's `watched_since` is *now*; accounts and sources that left the
        configuration keep their rows and history but are no longer read. A source that now
        reads something else (another locator, gateway or account) forgets its window and
        validators and is due at once. *policies* maps an account's id to a canonical text of
        the policy in force; a change is kept with its date. *count_reposts*: as for `facts`
        (they count where it says nothing); `Outbox.still_holds` goes by it. An account that
        left without being closed is missing since *now*, until it returns or is dropped. Not
        *whole*: what is not named stays as it was. Writes nothing when nothing changed.
        """
        ...

    def watched(self) -> Collection[str]:
        """Return the ids of the accounts that were configured, and not closed, at the last
        `sync`."""
        ...

    def missing(self) -> Sequence[MissingAccount]:
        """Return the accounts that are missing from the configuration, by id."""
        ...

    def drop(self, account: str, by: str, now: datetime) -> bool:
        """Note that *by* took a missing *account* out for good; return whether it was missing."""
        ...

    def watched_since(self) -> Mapping[str, datetime]:
        """Return since when each account is watched that ever was configured."""
        ...

    def policy_history(self, account: str) -> Sequence[PolicyChange]:
        """Return the account's policies and since when each was in force, oldest first."""
        ...

    def published(self, count_reposts: Mapping[str, bool]) -> Mapping[str, AccountFacts]:
        """Return of what `facts` does all that a reading goes by: dates, without what posts say
        and whether they are still there, and without the states of sources."""
        ...

    def facts(
        self, count_reposts: Mapping[str, bool], at: datetime | None = None
    ) -> Mapping[str, AccountFacts]:
        """Return the facts of the accounts named in *count_reposts* (account id → whether
        reposts count). With *at*: as they were known at that instant."""
        ...


class Sources(Protocol):
    """The state of the sources between readings."""

    def due(
        self, now: datetime, limit: int | None = None, gateway: str | None = None
    ) -> Sequence[SourceState]:
        """Return configured sources, behind *gateway* if that is given, of accounts not closed
        with `next_read_at` unset, not later than *now*, or planned more than a minute after *now*,
        by a clock that ran ahead; those whose `decisive_at` has come first, then the longest
        overdue, capped at *limit* per gateway; of what they remember as much as `behind`."""
        ...

    def states(self, at: datetime | None = None) -> Mapping[str, SourceState]:
        """Return every configured source's state by source id. With *at*: as its readings up
        to that instant left it; what it remembers is not kept."""
        ...

    def behind(self, gateway: str) -> Sequence[SourceState]:
        """Return the states of the configured sources behind *gateway*, by id, without what they
        remember but warnings, the end of a credential and when a person looked."""
        ...

    def any_failing(self, gateway: str) -> bool:
        """Return whether the last readings of any configured source behind *gateway* failed."""
        ...

    def named(self, ids: Collection[str]) -> Mapping[str, SourceState]:
        """Return the states of the sources *ids*, configured or not, by id."""
        ...

    def due_behind(self, now: datetime) -> Mapping[str, bool]:
        """Return the gateways behind which a watched source is due at *now*, and whether one of
        them has to confirm something by then."""
        ...

    def untried(self) -> Collection[str]:
        """Return the gateways behind which a configured source was never read, nor tried."""
        ...

    def last_tried(self) -> Mapping[str, datetime]:
        """Return when a source was last read, or tried, through each gateway; one through which
        none ever was is left out."""
        ...

    def remember(self, source: str, change: Callable[[SourceMemory], SourceMemory]) -> None:
        """Change what is remembered of a source, in one transaction."""
        ...

    def plan(
        self,
        source: str,
        next_read_at: datetime,
        now: datetime,
        decisive_at: datetime | None = None,
    ) -> None:
        """Move a source's next reading, as planned at *now*. *decisive_at*: the instant that it
        has to confirm; None: that stays as it is."""
        ...

    def bring_forward(
        self, source: str, to: datetime, now: datetime, decisive_at: datetime | None = None
    ) -> None:
        """As `plan`, unless the source is read by then anyway, perhaps because somebody has asked
        for it a moment ago."""
        ...


class Gateways(Protocol):
    """The state of the gateways, and the requests that were made through them."""

    def states(self) -> Mapping[str, GatewayState]:
        """Return every configured gateway's state by gateway id."""
        ...

    def save(self, states: Iterable[GatewayState]) -> None:
        """Replace the stored states; a gateway that was never configured is left out."""
        ...

    def spend(self, gateway: str, day: date, quota: int) -> bool:
        """Count one more request through *gateway* on *day*, unless that makes more than
        *quota*; return whether it may be made. However many processes ask at once, no more
        than *quota* requests are allowed."""
        ...

    def spent(self, day: date) -> Mapping[str, int]:
        """Return how many requests were counted on *day*, by gateway; one that made none is
        left out."""
        ...
