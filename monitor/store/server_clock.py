"""The database's clock, which is `now` for every machine that works on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.clock import Clock, elapsed
from monitor.store.protocols.machines import Machines

QUICK = 0.5  # seconds for an answer after which it is not asked again
TRIES = 3  # the quickest of so many answers is believed


@dataclass(frozen=True, slots=True)
class _Answer:
    """The server said *at* when so many seconds had *passed* by the machine's own counting, after
    *took* seconds; *off*: how far the machine's own clock was ahead."""

    at: datetime
    passed: float
    took: float
    off: timedelta


class ServerClock:
    """A clock that shows the database's time: what it said last, and what has passed since.

    However the machine's own clock is set meanwhile, it goes on. Where the database has no clock,
    the machine's own.
    """

    def __init__(
        self, machines: Machines, local: Clock, passed: Callable[[], float] = elapsed
    ) -> None:
        self._machines = machines
        self._local, self._passed = local, passed
        self._answer: _Answer | None = None
        self.compare()

    def __call__(self) -> datetime:
        """Return the present instant by the database's clock."""
        said = self._answer
        if said is None:
            return self._local()
        return said.at + timedelta(seconds=self._passed() - said.passed)

    def latest(self) -> datetime:
        """Return the latest instant that it may be: a machine that was halted as a whole may have
        counted no second of that, while its clock was set right afterwards."""
        said = self._answer
        return self() if said is None else max(self(), self._local() - said.off)

    def compare(self) -> timedelta:
        """Compare the clocks anew; return how far the machine's own is ahead. Raises
        `StoreError`."""
        answers = []
        for _ in range(TRIES):
            answer = self._ask()
            if answer is None:
                return timedelta(0)
            answers.append(answer)
            if answer.took < QUICK:
                break
        self._answer = min(answers, key=lambda one: one.took)
        return self._answer.off

    def _ask(self) -> _Answer | None:
        """Ask the server; None if it has no clock. The answer was given halfway, as far as is
        known."""
        asked, local = self._passed(), self._local()
        at = self._machines.clock()
        if at is None:
            return None
        took = self._passed() - asked
        return _Answer(at, asked + took / 2, took, local + timedelta(seconds=took / 2) - at)
