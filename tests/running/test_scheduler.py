"""The service's loops: begun anew when they have died, whatever the clock says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from itertools import count
from pathlib import Path
from socket import gethostname
from threading import Event
from typing import Any

import pytest

from alerts.delivery.outbox import Hold
from alerts.delivery.sending import Report
from monitor.app import CHANGED, App, opened
from monitor.errors import StoreError
from monitor.running.faults import Faults
from monitor.running.membership import Alone
from monitor.running.scheduler import DEAD_AFTER, Loops, Pulse, Scheduler, until_delivery
from monitor.running.visiting import Visiting
from monitor.service import Service
from monitor.settings.loading import load
from tests.rule_values import ZONE, at
from tests.waiting import PATIENCE, until

CONFIG = Path(__file__).resolve().parents[2] / "config"
NINE, TEN = at("03-18 09:00"), at("03-18 10:00")
STILL = [{"judge": NINE}] * DEAD_AFTER


@pytest.mark.parametrize(
    ("seen", "lives"),
    [
        pytest.param([{}] * (DEAD_AFTER - 1), True, id="a service that has just begun"),
        pytest.param([{}] * DEAD_AFTER, False, id="loops that never ran"),
        pytest.param(STILL, True, id="the last look at which they may be slow"),
        pytest.param([*STILL, {"judge": NINE}], False, id="none has run for two minutes"),
        pytest.param([*STILL, {"judge": TEN}], True, id="a slow one has run again"),
        pytest.param(
            [*STILL, {"judge": NINE, "deliver": NINE}], True, id="one of several still runs"
        ),
        pytest.param(
            [*[{"judge": TEN}] * DEAD_AFTER, {"judge": NINE}], True, id="a clock that was set back"
        ),
    ],
)
def test_loops_live_while_one_of_them_runs(seen: list[dict[str, datetime]], lives: bool) -> None:
    looks = iter(seen)
    pulse = Pulse(lambda: next(looks))
    assert [pulse.lives() for _ in seen][-1] is lives


class Log:
    """What was said, in order."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def __call__(self, event: str, /, **_: Any) -> None:
        self.events.append(event)


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def app(log: Log, sqlite_url: str) -> Iterator[App]:
    """The shipped configuration with its sample gateway, on a database of its own."""
    settings = load(CONFIG, {})
    with opened(settings, log, reading=True, url=sqlite_url, out=StringIO()) as wired:
        yield wired


def test_loops_that_do_not_run_are_begun_anew_and_make_the_first_pass(app: App, log: Log) -> None:
    greeted = Event()
    scheduler = Scheduler(app, lambda _: greeted.set(), lambda: None)
    for _ in range(DEAD_AFTER):
        scheduler.look()
    assert "scheduler_died" in log.events
    assert greeted.wait(PATIENCE)
    assert "account_assessed" in log.events
    app.stop.set()
    assert scheduler.stop()


def test_judging_goes_on_while_a_channel_takes_long(app: App) -> None:
    """Each delivery ends once judging has ended anew: who judged would wait for itself."""

    def deliver(_: datetime, __: Hold | None) -> Report:
        before = service.ran_at().get("judge")
        service.stir(app.clock())
        until(lambda: app.stop.is_set() or service.ran_at().get("judge") != before)
        return Report(0, 0, ())

    service = Service(app.store, app.rounds, app.engine, deliver, app.clock, app.log)
    vars(app)["service"] = service
    greeted = Event()
    scheduler = Scheduler(app, lambda _: greeted.set(), lambda: None)
    scheduler.start()
    assert greeted.wait(PATIENCE), "what the first judging queued was delivered"
    app.stop.set()
    assert scheduler.stop()


@pytest.mark.parametrize(
    ("judged", "busy", "seconds"),
    [
        pytest.param(True, False, 0, id="what was judged meanwhile goes at once"),
        pytest.param(True, True, 0, id="by the other channels, too, while one is sending"),
        pytest.param(False, True, 2, id="what waits for a channel that is sending goes soon"),
        pytest.param(False, False, 5, id="what others queue waits for the next look"),
    ],
)
def test_when_delivery_looks_again(judged: bool, busy: bool, seconds: float) -> None:
    assert until_delivery(judged, busy) == seconds


def test_a_pass_that_takes_long_is_late_and_nothing_more(
    log: Log, caplog: pytest.LogCaptureFixture
) -> None:
    loops = Loops(ZONE, 2, Faults(log))
    begun, over, again, passed = Event(), Event(), Event(), Event()
    slow_passes, quick_passes = count(1), count(1)

    def slow() -> None:
        if next(slow_passes) == 1:
            begun.set()
            over.wait(PATIENCE)
        else:
            again.set()

    def quick() -> None:
        if begun.is_set() and next(quick_passes) == 50:
            passed.set()

    with caplog.at_level("DEBUG", logger="apscheduler"):
        loops.add("slow", 0.001, slow)
        loops.add("quick", 0.001, quick)
        loops.start()
        assert passed.wait(PATIENCE)  # many times its interval
        over.set()
        assert again.wait(PATIENCE)
        loops.shutdown(wait=True)
    said = [r.getMessage() for r in caplog.records if r.name.startswith("apscheduler")]
    assert said
    assert [line for line in said if "skipped" in line or "missed" in line] == []
    assert log.events == []


def test_passes_that_end_as_they_begin_stop_no_loop(log: Log) -> None:
    loops, passes, enough = Loops(ZONE, 16, Faults(log)), count(1), Event()

    def ends_at_once() -> None:
        if next(passes) == 1_000:
            enough.set()

    for n in range(16):
        loops.add(f"quick {n}", 0.0, ends_at_once)
    loops.start()
    assert enough.wait(PATIENCE)
    loops.shutdown(wait=True)


def test_a_pass_that_fails_is_said_and_made_again(log: Log) -> None:
    loops, again = Loops(ZONE, 1, Faults(log)), Event()
    passes = count(1)

    def fails() -> None:
        if next(passes) == 1:
            raise OSError
        again.set()

    loops.add("fails", 0.001, fails)
    loops.start()
    assert again.wait(PATIENCE)
    loops.shutdown(wait=True)
    assert log.events == ["job_broke"]


def test_an_act_whose_pause_has_become_shorter_is_done_sooner(log: Log) -> None:
    loops, passes, pauses = Loops(ZONE, 1, Faults(log)), count(1), [3_600.0]
    first, second = Event(), Event()

    def act() -> None:
        (first if next(passes) == 1 else second).set()

    loops.add("judge", lambda: pauses[-1], act)
    loops.start()
    assert first.wait(PATIENCE)
    pauses.append(0.0)  # before or after the end of the first
    loops.wake("judge")
    assert second.wait(PATIENCE)
    loops.shutdown(wait=True)
    loops.wake("judge")  # nothing more is begun, and nothing breaks
    assert log.events == []


def test_a_loop_goes_on_whose_pause_nobody_could_say(log: Log) -> None:
    loops, passes, known = Loops(ZONE, 1, Faults(log)), count(1), Event()
    second = Event()

    def act() -> None:
        if next(passes) == 2:
            second.set()

    def rest() -> float:
        if not known.is_set():
            raise StoreError("the database is locked")
        return 0.0

    loops.add("judge", rest, act)
    loops.start()
    until(lambda: "job_broke" in log.events)
    known.set()
    loops.wake("judge")
    assert second.wait(PATIENCE)
    loops.shutdown(wait=True)


def test_what_is_done_once_is_done_beside_the_loops_and_not_again(log: Log) -> None:
    loops, done, over = Loops(ZONE, 2, Faults(log)), count(1), Event()
    passes: list[int] = []

    def fails() -> None:
        passes.append(next(done))
        raise OSError

    loops.add("loop", 0.001, lambda: over.set() if len(log.events) == 1 else None)
    loops.start()
    loops.once("visit", fails)
    assert over.wait(PATIENCE)
    loops.shutdown(wait=True)
    loops.once("visit", fails)  # too late
    assert (passes, log.events) == ([1], ["job_broke"])


def test_one_look_begins_a_visit_of_each_gateway_that_something_is_due_behind(app: App) -> None:
    begun: dict[str, Any] = {}
    visiting = Visiting(app, begun.__setitem__)
    visiting.look()
    assert begun.keys() == {"read:rsshub", "read:wewe"}
    begun.pop("read:wewe")()
    visiting.look()
    assert begun.keys() == {"read:rsshub"}  # it is under way, and begun once
    assert app.service.ran_at().keys() == {"read:wewe"}


def test_a_machine_that_stands_by_does_nothing_until_it_leads(app: App, log: Log) -> None:
    class Second(Alone):
        shared = True

        def leads(self) -> bool:
            return leads.is_set()

    leads, greeted = Event(), Event()
    scheduler = Scheduler(app, lambda _: greeted.set(), lambda: None, Second(app.clock))
    scheduler.start()
    for _ in range(DEAD_AFTER):
        scheduler.look()
    assert "account_assessed" not in log.events
    assert app.service.ran_at() == {}
    leads.set()
    scheduler.lead()
    assert greeted.wait(PATIENCE)
    app.stop.set()
    assert scheduler.stop()


def test_a_database_that_is_lost_is_said_once_until_it_is_back(log: Log) -> None:
    loops, over = Loops(ZONE, 1, Faults(log)), Event()
    passes = count(1)

    def fails() -> None:
        turn = next(passes)
        if turn == 12:
            over.set()
        if turn % 6:
            raise StoreError("the database is unreachable")

    loops.add("job", 0.001, fails)
    loops.start()
    assert over.wait(PATIENCE)
    loops.shutdown(wait=True)
    assert log.events[:2] == ["job_broke"] * 2
    assert len(log.events) <= 3  # it may have begun a pass more


def test_what_a_job_raises_is_in_our_log_alone(log: Log, capfd: pytest.CaptureFixture[str]) -> None:
    loops, over = Loops(ZONE, 1, Faults(log)), Event()
    passes = count(1)

    def fails() -> None:
        if next(passes) == 3:
            over.set()
        raise OSError("broken")

    loops.add("job", 0.001, fails)
    loops.start()
    assert over.wait(PATIENCE)
    loops.shutdown(wait=True)
    assert "job_broke" in log.events
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("noted", "reloads"),
    [
        pytest.param(f"2026-11-30 {gethostname()}", True, id="on this machine"),
        pytest.param("2026-11-30 elsewhere", False, id="on another one"),
    ],
)
def test_files_that_a_command_has_changed_are_read_where_they_are(
    app: App, noted: str, reloads: bool
) -> None:
    class Second(Alone):
        shared = True

    asked: list[bool] = []
    member = Second(app.clock)
    scheduler = Scheduler(app, lambda _: None, lambda: asked.append(True), member)
    app.store.notes.set(CHANGED, noted)
    scheduler._look_for_change()
    assert bool(asked) is reloads
