"""Plays a plan with the real program and writes down what could be seen from outside."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Timer
from typing import Any

from tests.soak.field import Got, Shown, World, served
from tests.soak.model import DAY, ZONE, local
from tests.soak.plan import HOUR, Event, Pass, Plan
from tests.soak.program import Edited, Program, write_configuration

LOCKED_FOR = 0.3  # seconds for which somebody else writes to the database


@dataclass(frozen=True)
class Seen:
    """One pass as it looked from outside."""

    at: datetime
    befalls: str
    events: tuple[Event, ...]
    shown: tuple[Shown, ...]
    got: tuple[Got, ...]
    status: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Log:
    """A whole soak as it looked from outside."""

    passes: tuple[Seen, ...]
    alerts: list[dict[str, Any]]
    years: dict[int, dict[str, Any]]


class Player:
    """Makes every pass of the plan, with what befalls it and what people do before it."""

    def __init__(self, plan: Plan, folder: Path, world: World, addresses: dict[str, str]) -> None:
        self.plan, self.folder, self.world, self.addresses = plan, folder, world, addresses
        self.program = Program(folder)
        self.edited = Edited({a.id: a.policy for a in plan.accounts}, set())
        self._events = list(plan.events)

    def play(self) -> Log:
        """Return what was seen."""
        self._configure()
        seen = tuple(self._pass(one) for one in self.plan.passes)
        alerts = self.program.answered("alerts", "list", "--all", "--json")
        first, last = local(self.plan.start).year, local(seen[-1].at).year
        years = {year: self._year(year) for year in range(first, last + 1)}
        return Log(seen, alerts, years)

    def _year(self, year: int) -> dict[str, Any]:
        found = self.program.answered("report", "year", str(year), "--format", "json")
        return {a["id"]: a for a in found["accounts"]}

    def _configure(self) -> None:
        write_configuration(self.folder / "config", self.plan, self.edited, self.addresses)

    def _tick(self, at: datetime) -> None:
        with self.program.opened(at) as one:
            one.service.tick()

    def _pass(self, one: Pass) -> Seen:
        done = tuple(self._happen(e) for e in self._due(one.at))
        self.world.turn_to(one.at)
        if one.befalls in ("killed", "disk"):
            self.program.dying_pass(one.at, one.befalls, one.step)
        elif one.befalls == "locked":
            with self._locked():
                self._tick(one.at)
        else:
            self._tick(one.at)
        shown, got = tuple(self.world.shown), tuple(self.world.got)
        whole = one.befalls not in ("killed", "disk")
        status = self.program.answered("status", "--json") if whole else {}
        return Seen(one.at, one.befalls, tuple(e for e in done if e), shown, got, status)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Have somebody else write to the database when the first request comes."""
        other = sqlite3.connect(self.folder / "freshness.db", check_same_thread=False)
        once: list[Timer] = []

        def lock() -> None:
            if not once:
                once.append(Timer(LOCKED_FOR, other.rollback))
                other.execute("BEGIN IMMEDIATE")
                once[0].start()

        self.world.on_first_request = lock
        try:
            yield
        finally:
            self.world.on_first_request = lambda: None
            for timer in once:
                timer.join()
            other.close()

    def _due(self, at: datetime) -> list[Event]:
        due = [e for e in self._events if e.at <= at]
        self._events = self._events[len(due) :]
        return due

    def _happen(self, event: Event) -> Event | None:
        """Do what people do; return it as it was done, or None where nothing could be done."""
        match event.what:
            case "policy":
                now = self.edited.policy[event.account]
                self.edited.policy[event.account] = "strict" if now == "default" else "default"
                self._configure()
                return Event(event.at, "policy", event.account, self.edited.policy[event.account])
            case "close":
                self.edited.closed.add(event.account)
                self._configure()
                return event
            case "except":
                until = self._ago(-4 * DAY)
                given = ("--by", "wang", "--until", until, "--reason", "系统升级")
                return self._answer(event, ("alerts", "except", event.account, *given), until)
        alert = self._silence(event.account)
        if alert is None or self.program.now is None:
            return None
        if event.what == "ack":
            return self._answer(event, ("alerts", "ack", str(alert), "--by", "li"), "")
        until = self._ago(-26 * HOUR)
        words = ("alerts", "promise", str(alert), "--by", "li", "--until", until)
        return self._answer(event, words, until)

    def _ago(self, span: Any) -> str:
        """Return the local instant that far before the last pass."""
        assert self.program.now is not None
        return (self.program.now - span).astimezone(ZONE).isoformat()

    def _silence(self, account: str) -> int | None:
        found = self.program.answered("alerts", "list", "--json")
        ids = [a["id"] for a in found if a["kind"] == "silence" and a["subject"] == account]
        return ids[0] if ids else None

    def _answer(self, event: Event, words: tuple[str, ...], value: str) -> Event | None:
        code, _ = self.program.command(*words)
        return Event(self.program.now or event.at, event.what, event.account, value) if code == 0 else None


def play(plan: Plan, folder: Path) -> Log:
    """Play *plan* in *folder* and return what was seen."""
    world = World(plan)
    with served(world) as addresses:
        return Player(plan, folder, world, addresses).play()
