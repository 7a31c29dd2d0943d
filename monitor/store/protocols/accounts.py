"""Accounts, sources and gateways: what is configured, and how far each has been read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from monitor.ledger.records import PolicyChange
from monitor.model import Account, AccountFacts, Gateway, GatewayState, SourceState


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
    ) -> None:
        """Make the tables of accounts, sources and gateways match the configuration.

        A new account's `watched_since` is *now*; accounts and sources that left the
        configuration keep their rows and history but are no longer read. A source that now
        reads something else (another locator, gateway or account) forgets its window and
        validators and is due at once. *policies* maps an account's id to a canonical text of
        the policy in force; a change is kept with its date. *count_reposts*: as for `facts`
        (they count where it says nothing); `Outbox.still_holds` goes by it. Writes nothing
        when nothing changed.
        """
        ...

    def policy_history(self, account: str) -> Sequence[PolicyChange]:
        """Return the account's policies and since when each was in force, oldest first."""
        ...

    def facts(
        self, count_reposts: Mapping[str, bool], at: datetime | None = None
    ) -> Mapping[str, AccountFacts]:
        """Return the facts of the accounts named in *count_reposts* (account id → whether
        reposts count). With *at*: as they were known at that instant."""
        ...


class Sources(Protocol):
    """The state of the sources between readings."""

    def due(self, now: datetime, limit: int | None = None) -> Sequence[SourceState]:
        """Return configured sources of accounts not closed with `next_read_at` unset, not
        later than *now*, or so far ahead (over 32 days) that the clock must have jumped;
        those whose `decisive_at` has come first, then the longest overdue, capped at *limit*
        per gateway."""
        ...

    def states(self, at: datetime | None = None) -> Mapping[str, SourceState]:
        """Return every configured source's state by source id. With *at*: as its readings up
        to that instant left it; what it remembers is not kept."""
        ...

    def plan(self, source: str, next_read_at: datetime) -> None:
        """Move a source's next reading."""
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
