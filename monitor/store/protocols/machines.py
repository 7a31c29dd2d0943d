"""The machines of one database, who of them leads, and what visits leave behind."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from monitor.machines import Machine, Visited


class Machines(Protocol):
    """Signs of life, leases, and the ends of visits. All instants are by the database's clock."""

    def clock(self) -> datetime | None:
        """Return what the database's own clock says; None where it has none (SQLite)."""
        ...

    def let_go_of_halted(self, after: timedelta) -> int:
        """End the transactions, of any machine, in which nothing has happened for so long; return
        how many. What a server does by itself it does not where many rows came last."""
        ...

    def beat(self, machine: Machine) -> None:
        """Store *machine* as it is now, instead of what was stored of it."""
        ...

    def all(self) -> Sequence[Machine]:
        """Return every machine that has not left, alive or not, by name."""
        ...

    def leave(self, machine: str) -> None:
        """Forget *machine*, and let go of what it holds."""
        ...

    def forget(self, before: datetime) -> None:
        """Forget the machines that gave no sign of life since *before*."""
        ...

    def take(self, lease: str, machine: str, now: datetime, until: datetime) -> bool:
        """Let *machine* hold *lease* from *now* *until* then, if it holds it already or nobody
        does; return whether it does. Of several that ask at once, one does."""
        ...

    def let_go(self, lease: str, machine: str) -> None:
        """Let go of *lease* if *machine* holds it."""
        ...

    def holder(self, lease: str, now: datetime) -> str | None:
        """Return which machine holds *lease* at *now*; None if none does."""
        ...

    def visited(self, gateway: str, visited: Visited) -> None:
        """Store the end of a visit; a `read_at` of None leaves what was known of it."""
        ...

    def visits(self, gateways: Collection[str] | None = None) -> Mapping[str, Visited]:
        """Return what is kept of the last visit of each gateway, of *gateways* alone if given."""
        ...
