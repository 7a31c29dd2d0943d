"""Visits that several machines share: who leads has them made, and all make them."""

from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest

from alerts.model import Kind
from monitor.app import App, opened
from monitor.clock import utc_now
from monitor.machines import BACKLOG, Visit, Visited, Waiting, backlog_read
from monitor.running.membership import Alone
from monitor.running.visit_queue import SCHEMA, VisitQueue, needed, open_queue
from monitor.running.visits import (
    HOLDS_FOR,
    Checked,
    Tending,
    Visits,
    WaitsElsewhere,
    keeps_waiting,
)
from monitor.running.zones import Zones
from monitor.settings.loading import load
from tests.rule_values import MINUTE, at
from tests.waiting import until

CONFIG = Path(__file__).resolve().parents[2] / "config"
SETTINGS = load(CONFIG, {})
NOW = at("03-18 09:00")


def visit(gateway: str, running: bool = False, zone: str = "default") -> Visit:
    return Visit(gateway, zone, NOW, running)


@pytest.mark.parametrize(
    ("visits", "waits"),
    [
        pytest.param([visit("a", running=True)], False, id="none waits"),
        pytest.param([visit("a", running=True), visit("b")], True, id="an urgent one waits"),
        pytest.param([visit("a", running=True), visit("c")], False, id="the other is not urgent"),
        pytest.param(
            [visit("a", running=True), visit("b", zone="hk")], False, id="in another zone"
        ),
        pytest.param(
            [visit("b", running=True), visit("b")], False, id="its gateway is being visited"
        ),
    ],
)
def test_a_visit_gives_way_where_an_urgent_one_waits_for_a_machine(
    visits: Collection[Visit], waits: bool
) -> None:
    assert keeps_waiting(visits, {"b"}, ("default",)) is waits


class Log:
    """What was said."""

    def __init__(self) -> None:
        self.said: list[tuple[str, Any]] = []

    def __call__(self, event: str, /, **facts: Any) -> None:
        self.said.append((event, facts))

    def times(self, event: str) -> int:
        return sum(one == event for one, _ in self.said)


@pytest.fixture
def log() -> Log:
    return Log()


@contextmanager
def machine(url: str, log: Log, joining: bool = False) -> Iterator[App]:
    """The shipped configuration, with one of its gateways in another zone."""
    gateways = dict(SETTINGS.gateways)
    gateways["wewe"] = replace(gateways["wewe"], zone="hk", spacing=timedelta(seconds=30))
    settings = replace(SETTINGS, gateways=gateways)
    with opened(
        settings, log, reading=True, url=url, out=StringIO(), leading=not joining, joining=joining
    ) as app:
        yield app


@pytest.fixture
def queue(postgresql_url: str) -> Iterator[VisitQueue]:
    made = needed(open_queue(postgresql_url))
    yield made
    made.close()
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute(f"TRUNCATE {SCHEMA}.procrastinate_jobs CASCADE")


@pytest.mark.parametrize(
    ("passed", "held", "asked", "holds"),
    [
        pytest.param([0.0], [True], 1, True, id="it is asked at first"),
        pytest.param([0.0], [False], 1, False, id="it was lost before it began"),
        pytest.param([0.0, 0.5], [True], 1, True, id="a moment ago it was"),
        pytest.param([0.0, HOLDS_FOR], [True, True], 2, True, id="it is asked after a second"),
        pytest.param([0.0, 60.0], [True, False], 2, False, id="who was halted asks again"),
        pytest.param([0.0, 9.0, 9.1], [True, False], 2, False, id="what is lost stays so"),
        pytest.param([0.0, 0.5, 1.5, 2.0], [True, True], 2, True, id="it is asked once a second"),
    ],
)
def test_a_visit_is_its_makers_for_as_long_as_it_is_known_to_be(
    passed: list[float], held: list[bool], asked: int, holds: bool
) -> None:
    def ask() -> bool:
        answered.append(held[len(answered)])
        return answered[-1]

    answered: list[bool] = []
    times = iter(passed)
    checked = Checked(ask, lambda: next(times))
    assert [checked() for _ in passed][-1] is holds
    assert len(answered) == asked


@pytest.mark.postgresql
def test_what_is_due_is_visited_in_its_zone_and_judged_by_who_leads(
    postgresql_url: str, queue: VisitQueue, log: Log
) -> None:
    with ExitStack() as stack:
        app = stack.enter_context(machine(postgresql_url, log))
        other = stack.enter_context(machine(postgresql_url, log, joining=True))
        tending = Tending(app, queue)
        tending.tend()
        tending.tend()  # what waits already is not deferred again
        waiting = app.store.notes.read(BACKLOG, backlog_read)
        assert [(one.zone, one.waiting) for one in waiting or []] == [("default", 1), ("hk", 1)]
        assert {f["zone"]: f["gateways"] for e, f in log.said if e == "zone_unworked"} == {
            "default": "rsshub",
            "hk": "wewe",
        }
        near = Visits(app, Alone(app.clock), queue, ("default",), 1)
        near.start()
        until(lambda: [one.gateway for one in queue.visits()] == ["wewe"])
        assert app.store.machines.visits().keys() == {"rsshub"}
        far = Visits(other, Alone(other.clock), queue, ("hk",), 1)
        far.start()
        until(lambda: len(app.store.machines.visits()) == 2 and not queue.visits())
        assert app.service.judge_if_due()
        tending.tend()
        assert app.service.ran_at().keys() >= {"read:rsshub", "read:wewe", "judge"}
        assert app.store.notes.read(BACKLOG, backlog_read) == [Waiting("default"), Waiting("hk")]
        assert log.times("source_read") == 2
        for one, visits in ((app, near), (other, far)):
            one.stop.set()
            assert visits.stop()


@pytest.mark.postgresql
def test_what_waits_elsewhere_than_its_gateway_is_visited_is_deferred_anew(
    postgresql_url: str, queue: VisitQueue, log: Log
) -> None:
    with machine(postgresql_url, log) as app:
        since = app.clock() - MINUTE
        for gateway, zone in (("wewe", "former"), ("gone", "former")):
            queue.defer(Visit(gateway, zone, since))
        Tending(app, queue).tend()
        there = {one.gateway: (one.zone, one.queued_at) for one in queue.visits()}
        assert there.keys() == {"rsshub", "wewe"}
        assert there["wewe"] == ("hk", since)


@pytest.mark.postgresql
def test_what_waits_goes_before_others_once_a_call_waits_for_it(
    postgresql_url: str, queue: VisitQueue, log: Log
) -> None:
    with machine(postgresql_url, log) as app:
        tending = Tending(app, queue)
        tending.tend()
        assert {one.gateway: one.urgent for one in queue.visits()} == {
            "rsshub": False,
            "wewe": False,
        }
        [source] = [s for s in app.store.sources.states().values() if s.spec.gateway == "wewe"]
        now = app.clock()
        app.store.sources.plan(source.spec.id, now - MINUTE, now, now - MINUTE)
        tending.tend()
        assert {one.gateway: one.urgent for one in queue.visits()} == {
            "rsshub": False,
            "wewe": True,
        }


@pytest.mark.postgresql
def test_the_operator_hears_once_of_a_zone_that_nobody_works_in(
    postgresql_url: str, log: Log
) -> None:
    def own() -> list[str]:
        return [a.subject for a in app.store.alerts.open() if a.kind is Kind.SELF]

    def look(after: timedelta, unworked: Collection[str] = ("hk",)) -> list[str]:
        zones.look(unworked, now + after)
        return own()

    with machine(postgresql_url, log) as app:
        zones, now = Zones(app, {"default": ["rsshub"], "hk": ["wewe"]}), app.clock()
        assert look(timedelta(0)) == []
        assert look(4 * MINUTE) == []  # it may have been started anew
        assert look(5 * MINUTE) == ["zone:hk"]
        assert look(6 * MINUTE) == ["zone:hk"]
        [alert] = app.store.alerts.open()
        [notice] = app.store.alerts.notices_of([alert.id])[alert.id]
        assert (notice.person, notice.facts.name) == ("zhao", "区域hk无机器采集，网关wewe未被读取")
        zones = Zones(app, {"default": ["rsshub"], "hk": ["wewe"]})  # another machine leads
        assert look(7 * MINUTE) == ["zone:hk"]
        assert look(8 * MINUTE, ()) == []
        assert log.times("zone_unworked") == 2


@pytest.mark.postgresql
def test_an_alert_about_a_zone_that_is_no_more_ends(postgresql_url: str, log: Log) -> None:
    with machine(postgresql_url, log) as app:
        app.engine.note_own("zone:gone", "trouble", app.clock())
        app.service.judge()
        assert [a for a in app.store.alerts.open() if a.kind is Kind.SELF] == []


@pytest.mark.postgresql
def test_the_pause_of_a_gateway_goes_on_over_the_end_of_a_visit(
    postgresql_url: str, queue: VisitQueue, log: Log
) -> None:
    with machine(postgresql_url, log) as app:
        shared = app.rounds.shared
        assert shared.free_at("wewe") <= app.clock()
        app.rounds.read_gateway("wewe", app.clock())
        free_at = shared.free_at("wewe")
        assert free_at > app.clock() + timedelta(seconds=10)
        with machine(postgresql_url, log, joining=True) as other:
            other.rounds.shared.hold("wewe", free_at)
            assert abs(other.rounds.shared.free_at("wewe") - free_at) < timedelta(seconds=1)
            other.rounds.shared.hold("wewe", free_at + timedelta(days=9))  # by a clock ahead
            left = other.rounds.shared.free_at("wewe") - other.clock()
            assert left <= timedelta(seconds=30)


@pytest.mark.postgresql
def test_a_visit_asks_seldom_whether_it_is_to_give_way(
    postgresql_url: str, queue: VisitQueue, log: Log
) -> None:
    with machine(postgresql_url, log) as app:
        [urgent] = [s for s in app.store.sources.states().values() if s.spec.gateway == "rsshub"]
        now = app.clock()
        app.store.sources.plan(urgent.spec.id, now - MINUTE, now, now - MINUTE)
        assert app.store.sources.due_behind(app.clock()) == {"rsshub": True, "wewe": False}
        queue.defer(Visit("rsshub", "default", now, urgent=True))
        waits = WaitsElsewhere(app, queue, ("default", "hk"))
        assert [waits.ask("wewe"), waits.ask("wewe")] == [True, False]
        assert not WaitsElsewhere(app, queue, ("default",)).ask("rsshub")  # it is its own


@pytest.mark.postgresql
def test_one_that_may_not_read_makes_no_visit(
    postgresql_url: str, queue: VisitQueue, log: Log
) -> None:
    class Idle(Alone):
        def reads(self) -> bool:
            return may[0]

    may = [False]
    with machine(postgresql_url, log) as app:
        visits = Visits(app, Idle(utc_now), queue, ("default",), 1)
        app.store.machines.visited("rsshub", Visited(NOW, None, NOW))
        queue.defer(visit("rsshub"))
        visits.start()
        visits._make("rsshub", lambda: True)  # one that was fetched a moment before
        assert log.times("source_read") == 0
        may[0] = True
        until(lambda: log.times("source_read") == 1)
        app.stop.set()
        assert visits.stop()
