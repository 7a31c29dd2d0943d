"""Two services on one server, in this process: now one leads and now the other, and sometimes both
believe that they do. What is due is read by visits that both make."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from monitor.app import App, opened
from monitor.machines import Machine as Known
from monitor.machines import Work
from monitor.running.membership import Alone
from monitor.running.visit_queue import needed, open_queue
from monitor.running.visits import Tending, Visits
from monitor.settings import loading
from tests.soak.program import Program
from tests.waiting import until

BOTH = 0.15  # of the passes are made by both at once, as after a machine was halted and goes on
START = datetime(2024, 1, 1, tzinfo=UTC)
ZONES, AT_ONCE = ("default",), 2


ME = Known("", "here", Work.SERVICE, ZONES, "1.0", "digest", START, START)


@dataclass
class Machine:
    """One of the two: what it has read since it was last asked, and its visits."""

    app: App
    tending: Tending
    visits: Visits
    read: int = 0


class Cluster(Program):
    """The program on two machines."""

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(folder)
        self._dice = Random(seed)
        self._machines: list[Machine] = []
        self._running = ExitStack()

    def tick(self, at: datetime) -> None:
        """Make one whole pass, by one of the machines or by both."""
        first, self.now = self.now is None, at
        if first:
            self.command("tick", "--at", at.isoformat())
            return
        if not self._machines:
            self._machines = [self._machine() for _ in range(2)]
        for number, one in enumerate(self._machines):
            one.app.store.machines.beat(replace(ME, id=f"{number}", seen_at=at))
        leader = self._dice.randrange(2)
        both = self._dice.random() < BOTH
        leading = self._machines if both else [self._machines[leader]]
        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(self._pass, one) for one in leading]:
                done.result()
        app = self._machines[leader].app
        wrong = app.engine.disagreeing(at, app.store.notes.heartbeat().awake_since)
        assert not wrong, f"{at}: what is kept of {wrong} does not agree with their facts"

    def close(self) -> None:
        """Close what is open."""
        self._machines = []
        self._running.close()
        super().close()

    def _pass(self, machine: Machine) -> None:
        machine.app.service.make_pass(partial(self._visited, machine))

    def _visited(self, machine: Machine) -> bool:
        """Have the visits made that are due, and return whether anything was read."""
        before = sum(one.read for one in self._machines)
        machine.tending.tend()
        until(lambda: not self._queue.visits())
        return sum(one.read for one in self._machines) > before

    def _machine(self) -> Machine:
        settings = loading.load(self.config, {})
        if not self._machines:
            self._queue = needed(open_queue(settings.database))
            self._running.callback(self._queue.close)

        def heard(event: str, /, **facts: Any) -> None:
            assert "bug" not in facts, facts
            machine.read += event == "source_read"

        joining = bool(self._machines)
        one = opened(
            settings, heard, reading=True, at=self.now, leading=not joining, joining=joining
        )
        app = replace(self._running.enter_context(one), clock=self._clock)
        visits = Visits(app, Alone(app.clock, heard), self._queue, ZONES, AT_ONCE)
        machine = Machine(app, Tending(app, self._queue), visits)
        visits.start()
        self._running.callback(visits.stop)
        return machine
