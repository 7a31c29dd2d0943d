"""The database's clock, which is `now` for every machine that works on it."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.clock import Clock
from monitor.store.protocols.machines import Machines


class ServerClock:
    """A clock that shows the database's time, by how far the machine's own was off when it was
    last compared. Where the database has no clock, the machine's own."""

    def __init__(self, machines: Machines, local: Clock) -> None:
        self._machines = machines
        self._local = local
        self.off = timedelta(0)  # how far the machine's own clock is ahead
        self.compare()

    def __call__(self) -> datetime:
        """Return the present instant by the database's clock."""
        return self._local() - self.off

    def compare(self) -> timedelta:
        """Compare the clocks anew; return how far the machine's own is ahead. Raises
        `StoreError`."""
        asked = self._local()
        at = self._machines.clock()
        answered = self._local()
        if at is not None:
            self.off = asked + (answered - asked) / 2 - at
        return self.off
