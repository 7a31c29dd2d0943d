"""What the service asks of a store, noun by noun. SQLite and PostgreSQL answer alike.

All instants go in and come out aware, in UTC; a naive one is refused. Every method is its own
transaction unless it says otherwise, and may be called from several threads. Failures of the
database surface as `StoreError`.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from alerts.delivery.outbox import Outbox
from monitor.store.protocols.access import Access
from monitor.store.protocols.accounts import Accounts, Gateways, Sources
from monitor.store.protocols.alerts import Alerts, Exceptions
from monitor.store.protocols.custody import CustodyRecords, Duty
from monitor.store.protocols.damages import Damages
from monitor.store.protocols.ledger import (
    Days,
    Figures,
    FollowerCounts,
    Imports,
    Posts,
    Readings,
    Summaries,
)
from monitor.store.protocols.machines import Machines
from monitor.store.protocols.notes import Heartbeat, Notes, Tallies
from monitor.store.protocols.shown import ShownAccounts
from monitor.store.protocols.standings import Standings


class Store(Protocol):
    """The ledger, the state of reading, the alerts and their notices."""

    accounts: Accounts
    sources: Sources
    standings: Standings
    shown: ShownAccounts
    gateways: Gateways
    readings: Readings
    posts: Posts
    summaries: Summaries
    imports: Imports
    follower_counts: FollowerCounts
    days: Days
    figures: Figures
    alerts: Alerts
    exceptions: Exceptions
    outbox: Outbox
    custody: CustodyRecords
    duty: Duty
    notes: Notes
    access: Access
    tallies: Tallies
    damages: Damages
    machines: Machines

    def looking(self) -> AbstractContextManager[None]:
        """Return a block in which this thread reads all by one transaction – of a file: of one
        instant –, and what never changes in it only once; what is read after it has written shows
        that. Not for what waits for anything else. Blocks do not nest."""
        ...

    def backup_to(self, path: Path) -> None:
        """Write a whole, checked copy of an SQLite database to *path*, replacing it at once.

        Others may go on writing meanwhile. Raises `StoreError` if that fails (*path* is then
        as it was), and on PostgreSQL, which has its own tool for it."""
        ...

    def file(self) -> Path | None:
        """Return the file of an SQLite database; None for a server's."""
        ...

    def check(self) -> str | None:
        """Return what an SQLite database's own check finds wrong, a line; None if it finds nothing,
        and of a server's, which checks itself."""
        ...

    def checkpoint(self) -> None:
        """Bring what the log beside an SQLite file holds into the file itself, so that a mere copy
        of it is not far behind. Waits for nobody; does nothing on PostgreSQL."""
        ...

    def undo_ahead(self, now: datetime) -> bool:
        """Void what a clock that ran more than a minute ahead of *now* has left behind; return
        whether there was anything.

        Readings dated so are taken out and their sources due at once; a first sight dated so
        becomes the newest good reading before it; rests and gateways' instants are derived anew.
        Where nothing was read before *now*, the clock may be wrong rather than the record: nothing
        of that is taken out or dated anew.
        """
        ...

    def undo_behind(self, before: Heartbeat, now: datetime) -> None:
        """Where the clock had been set back, by the passes *before*, and is set on again by *now*:
        what was first seen meanwhile, before the date that it states itself, counts from that."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...
