"""Since when the service is awake, and what wakes it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event

import pytest

from alerts.delivery.outbox import Hold
from alerts.delivery.sending import Report
from monitor.judging.cases import BY_THE_HOUR
from monitor.judging.engine import AlertEngine
from monitor.polling.rounds import Rounds
from monitor.service import Service, awake
from monitor.store.base import Store
from monitor.store.protocols.notes import Heartbeat
from tests.judging.test_engine import World
from tests.rule_values import DAY, HOUR, MINUTE, POSTED, at, register, silent

NOW = at("03-13 09:00")


@pytest.mark.parametrize(
    ("before", "since"),
    [
        pytest.param(Heartbeat(), NOW, id="the first start"),
        pytest.param(Heartbeat(NOW - MINUTE, NOW - DAY), NOW - DAY, id="awake all along"),
        pytest.param(Heartbeat(NOW - 15 * MINUTE, NOW - DAY), NOW - DAY, id="a short restart"),
        pytest.param(Heartbeat(NOW - 16 * MINUTE, NOW - DAY), NOW, id="F19 an outage"),
        pytest.param(Heartbeat(NOW + HOUR, NOW - DAY), NOW, id="F20 the clock was set back"),
        pytest.param(Heartbeat(NOW, NOW + HOUR), NOW, id="F20 awake since the future"),
    ],
)
def test_awake_since(before: Heartbeat, since: datetime) -> None:
    assert awake(before, NOW) == since


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def service(store: Store, clock: Clock) -> Service:
    rules = register()
    store.accounts.sync(rules.accounts.values(), rules.gateways.values(), {}, NOW)
    engine = AlertEngine(store, rules, lambda _, when: when, silent)
    rounds = Rounds(store, {}, rules, clock, silent, Event())
    return Service(store, rounds, engine, lambda _, __: Report(0, 0, ()), clock, silent)


def test_F19_a_reading_after_an_outage_counts_as_read_since(sqlite_store: Store) -> None:
    clock = Clock()
    running = service(sqlite_store, clock)
    running.tick()
    clock.now = NOW + DAY
    running.read_gateway("rsshub")
    clock.now = NOW + DAY + MINUTE
    running.judge()
    assert sqlite_store.notes.heartbeat() == Heartbeat(clock.now, NOW + DAY, slept_at=NOW)


def test_reading_alone_keeps_no_heart_beating(sqlite_store: Store) -> None:
    clock = Clock()
    running = service(sqlite_store, clock)
    running.tick()
    clock.now = NOW + 10 * MINUTE
    running.read_gateway("rsshub")
    assert sqlite_store.notes.heartbeat().last_tick_at == NOW


class BetweenClock(Clock):
    """A clock before each look at which something else happens, as long as there is something."""

    def __init__(self) -> None:
        super().__init__()
        self.before: list[Callable[[], object]] = []

    def __call__(self) -> datetime:
        if self.before:
            self.before.pop(0)()
        return super().__call__()


@pytest.mark.parametrize("loop", [Service.wake, Service.rouse])
def test_F19_an_outage_that_two_loops_find_at_once_has_one_end(
    store: Store, loop: Callable[[Service], object]
) -> None:
    clock, other = BetweenClock(), Clock()
    running, beside = service(store, clock), service(store, other)
    running.tick()
    clock.now = NOW + DAY + timedelta(milliseconds=30)
    other.now = NOW + DAY
    # The other one comes between the look at the heartbeat and the look at the clock.
    clock.before = [beside.rouse] if loop is Service.rouse else [Clock(), beside.rouse]
    loop(running)
    found = store.notes.heartbeat()
    assert (found.awake_since, found.slept_at) == (NOW + DAY, NOW)


class SlowEngine(AlertEngine):
    """An engine with so many accounts that judging takes four seconds."""

    def __init__(self, store: Store, clock: Clock, waits: Hold | None = None) -> None:
        super().__init__(store, register(), lambda _, when: when, silent)
        self._moving, self._waits = clock, waits

    def judge(self, now: datetime, awake_since: datetime) -> None:
        super().judge(now, awake_since)
        self._moving.now += timedelta(seconds=4)

    def gathering(self, now: datetime) -> Hold | None:
        return self._waits or super().gathering(now)


def test_a_long_judging_leaves_the_machine_to_others_before_the_next(sqlite_store: Store) -> None:
    clock, rules = Clock(), register()
    sqlite_store.accounts.sync(rules.accounts.values(), rules.gateways.values(), {}, NOW)
    rounds = Rounds(sqlite_store, {}, rules, clock, silent, Event())
    engine = SlowEngine(sqlite_store, clock)
    running = Service(sqlite_store, rounds, engine, lambda _, __: Report(0, 0, ()), clock, silent)
    assert running.judge_if_due()
    running._unjudged = True  # as a reading leaves it
    clock.now = NOW + timedelta(seconds=39)
    assert not running.judge_if_due()
    clock.now = NOW + timedelta(seconds=40)
    assert running.judge_if_due()


def test_no_call_waits_for_the_rest_after_a_long_judging(sqlite_store: Store) -> None:
    clock, rules = Clock(), register()
    sqlite_store.accounts.sync(rules.accounts.values(), rules.gateways.values(), {}, NOW)
    rounds = Rounds(sqlite_store, {}, rules, clock, silent, Event())
    engine = SlowEngine(sqlite_store, clock, Hold(NOW, BY_THE_HOUR))
    running = Service(sqlite_store, rounds, engine, lambda _, __: Report(0, 0, ()), clock, silent)
    assert running.judge_if_due()
    running._unjudged = True
    clock.now += timedelta(seconds=1)
    assert running.judge_if_due()


def test_it_judges_once_a_minute_or_after_a_reading(sqlite_store: Store) -> None:
    clock = Clock()
    running = service(sqlite_store, clock)
    assert running.judge_if_due()
    clock.now = NOW + MINUTE / 2
    assert not running.judge_if_due()
    clock.now = NOW + MINUTE
    assert running.judge_if_due()
    clock.now = NOW - DAY
    assert running.judge_if_due()


def test_judging_rests_a_minute_and_a_reading_shortens_that_once(sqlite_store: Store) -> None:
    clock, told = Clock(), []
    running = service(sqlite_store, clock)
    running.on_reading(lambda: told.append(running.rest()))
    assert running.rest() == 0
    running.judge()
    assert running.rest() == 60
    for _ in range(2):
        running.stir(clock.now)  # as readings do
    assert told == [1]
    clock.now += timedelta(seconds=1)
    assert running.rest() == 0


class Interrupted(AlertEngine):
    """An engine in the middle of whose judging somebody else delivers."""

    meanwhile: Callable[[], None] = staticmethod(lambda: None)

    def judge(self, now: datetime, awake_since: datetime) -> None:
        super().judge(now, awake_since)
        self.meanwhile()


def test_what_a_judging_queues_waits_for_its_end(sqlite_store: Store) -> None:
    clock, world = Clock(), World(sqlite_store)
    world.read(POSTED, POSTED)
    world.read(NOW)
    engine = Interrupted(sqlite_store, world.rules, lambda _, when: when, world._log)
    rounds = Rounds(sqlite_store, {}, world.rules, clock, world._log, Event())
    sent: list[list[str]] = []

    def deliver(now: datetime, hold: Hold | None) -> Report:
        claimed = sqlite_store.outbox.claim(now, hold=hold)
        sent.append([str(n.occasion) for n in claimed])
        return Report(len(claimed), len(claimed), ())

    running = Service(sqlite_store, rounds, engine, deliver, clock, world._log)
    engine.meanwhile = running.deliver
    running.judge()
    assert sent == [[]]
    running.deliver()
    assert sent[1] == ["rung:7"]
