"""Plays a plan with the real program and writes down what could be seen from outside."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.soak.answers import answer
from tests.soak.cluster import Cluster
from tests.soak.database import Database, InFile, OnServer
from tests.soak.field import Got, Shown, World, served
from tests.soak.model import local
from tests.soak.plan import Event, Pass, Plan
from tests.soak.program import Edited, Program, write_configuration

STATUS_EVERY = 3  # passes


@dataclass(frozen=True)
class Seen:
    """One pass as it looked from outside."""

    at: datetime
    befalls: str
    events: tuple[Event, ...]
    shown: tuple[Shown, ...]
    got: tuple[Got, ...]
    status: dict[str, Any] = field(default_factory=dict)
    ahead: timedelta = timedelta(0)

    @property
    def clock(self) -> datetime:
        """What the program took for the time."""
        return self.at + self.ahead

    @property
    def right(self) -> bool:
        """Whether the clock was right."""
        return not self.ahead

    @property
    def whole(self) -> bool:
        """Whether the pass came to its end with the right clock."""
        return self.right and self.befalls not in ("killed", "disk")


@dataclass(frozen=True)
class Log:
    """A whole soak as it looked from outside."""

    passes: tuple[Seen, ...]
    alerts: list[dict[str, Any]]
    years: dict[int, dict[str, Any]]


class Player:
    """Makes every pass of the plan, with what befalls it and what people do before it."""

    def __init__(
        self,
        plan: Plan,
        folder: Path,
        world: World,
        addresses: dict[str, str],
        database: Database,
        program: Program,
    ) -> None:
        self.plan, self.folder, self.world, self.addresses = plan, folder, world, addresses
        self.database, self.program = database, program
        self.edited = Edited({a.id: a.policy for a in plan.accounts}, set(), set())
        self._events = list(plan.events)
        self._until_status = 1

    def play(self) -> Log:
        """Return what was seen."""
        self._configure()
        with closing(self.program):
            seen = tuple(self._pass(one) for one in self.plan.passes)
        alerts = self.program.answered("alerts", "list", "--all", "--json")
        first, last = local(self.plan.start).year, local(seen[-1].at).year
        years = {year: self._year(year) for year in range(first, last + 1)}
        return Log(seen, alerts, years)

    def _year(self, year: int) -> dict[str, Any]:
        found = self.program.answered("report", "year", str(year), "--format", "json")
        return {a["id"]: a for a in found["accounts"]}

    def _configure(self) -> None:
        self.program.close()
        parts = (self.edited, self.addresses, self.database.address)
        write_configuration(self.folder / "config", self.plan, *parts)

    def _tick(self, at: datetime) -> None:
        self.program.tick(at)
        # A robot's allowance is of real minutes, and here weeks pass in them.
        if self.world.robots_asked:
            self.program.close()

    def _pass(self, one: Pass) -> Seen:
        done = tuple(e for e in map(self._happen, self._due(one.at)) if e)
        self.world.turn_to(one.at)
        if one.befalls in ("killed", "disk"):
            self.program.dying_pass(one.at, one.befalls, one.step)
        elif one.befalls == "locked":
            with self.database.locked(self.world):
                self._tick(one.at)
        else:
            self._tick(one.at + one.ahead)
        seen = Seen(one.at, one.befalls, done, (), (), {}, one.ahead)
        self._until_status -= seen.whole
        status = self._status() if seen.whole and self._until_status <= 0 else {}
        shown, got = tuple(self.world.shown), tuple(self.world.got)
        return replace(seen, shown=shown, got=got, status=status)

    def _status(self) -> dict[str, Any]:
        self._until_status = STATUS_EVERY
        found: dict[str, Any] = self.program.answered("status", "--json")
        return found

    def _due(self, at: datetime) -> list[Event]:
        due = [e for e in self._events if e.at <= at]
        self._events = self._events[len(due) :]
        return due

    def _happen(self, event: Event) -> Event | None:
        """Do what people do; return it as it was done, or None where nothing could be done."""
        match event.what:
            case "policy":
                now = self.edited.policy[event.account]
                event = replace(event, value="strict" if now == "default" else "default")
                self.edited.policy[event.account] = event.value
            case "close":
                self.edited.closed.add(event.account)
            case "vanish":
                self.edited.missing.add(event.account)
            case "return":
                self.edited.missing.discard(event.account)
            case _:
                gone = event.account in self.edited.missing | self.edited.closed
                return None if gone else answer(self.program, self.plan, event)
        self._configure()
        return event


def play(plan: Plan, folder: Path, server: str | None = None) -> Log:
    """Play *plan* in *folder* and return what was seen: by one service on a file, or by two on the
    PostgreSQL *server*."""
    world = World(plan)
    with served(world) as addresses:
        if server is None:
            parts = (InFile(folder), Program(folder))
            return Player(plan, folder, world, addresses, *parts).play()
        with OnServer(server, f"soak_{plan.seed}") as database:
            program = Cluster(folder, plan.seed)
            return Player(plan, folder, world, addresses, database, program).play()
