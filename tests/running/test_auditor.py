"""The outside monitor, a real server, is pinged only while everything is in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from threading import Event, Thread
from typing import Any

import pytest

from alerts.channels.base import Channel
from alerts.delivery import sending
from alerts.delivery.outbox import Hold
from alerts.message import DeliveryError, Failure, Message
from alerts.model import Kind
from alerts.occasion import occasion_of
from alerts.rules.audit import audit_read
from monitor.desk.doctor import audited
from monitor.desk.shapes import Finding, Level
from monitor.polling.rounds import Rounds
from monitor.running.auditor import Auditor, HeartbeatPing
from monitor.service import Service
from monitor.store.base import Store
from tests.alerts.channels.servers import Given, Web, free_port
from tests.judging.test_engine import World
from tests.rule_values import ACCOUNTS, HOUR, MINUTE, PEOPLE, POSTED, at, register
from tests.waiting import PATIENCE
from tests.web.site import WORDS, Clock

RULES = register(accounts={"weibo": ACCOUNTS["weibo"]})
START = at("03-18 08:00")
KEY = "0f8fad5b-d9cb-469f-a165-70867728950e"


class Wire:
    """A channel that takes messages, or refuses them for a while."""

    quiet, digest, inbound = True, 2000, False

    def __init__(self) -> None:
        self.broken = False
        self.taken: list[Message] = []

    def send(self, message: Message) -> None:
        if self.broken:
            raise DeliveryError(Failure.LATER, "HTTP 503")
        self.taken.append(message)

    def close(self) -> None:
        pass


class House:
    """The service's loops on one database, each run by hand, and its auditor."""

    def __init__(self, store: Store, url: str) -> None:
        self.store, self.clock = store, Clock(START)
        self.said: list[tuple[str, dict[str, Any]]] = []
        self.world, self.wire = World(store, RULES), Wire()
        self.world.read(POSTED, POSTED)
        self.world.read(START)
        rounds = Rounds(store, {}, RULES, self.clock, self.log, Event())
        self.engine = self.world.engine
        self.service = Service(store, rounds, self.engine, self._deliver, self.clock, self.log)
        self.ping = HeartbeatPing(url)
        self.auditor = Auditor(
            store, RULES, self.engine, self.service.ran_at, self.ping, self.clock, self.log
        )

    def log(self, event: str, /, **facts: Any) -> None:
        self.said.append((event, facts))

    def _deliver(self, now: Any, hold: Hold | None) -> sending.Report:
        channels: dict[str, Channel] = {"wecom": self.wire, "mail": self.wire}
        return sending.drain(
            self.store.outbox, channels, PEOPLE, WORDS, RULES.hours, now, self.log, hold=hold
        )

    def run(self, *loops: str) -> None:
        """Let these loops run once, at the clock's instant."""
        if "read" in loops:
            for gateway in RULES.gateways:
                self.service.read_gateway(gateway)
        if "judge" in loops:
            self.service.judge()
        if "deliver" in loops:
            self.service.deliver()

    def all(self) -> None:
        self.run("read", "judge", "deliver")

    def reasons(self) -> list[str]:
        return [str(one) for one in self.auditor.look()]

    def events(self, *names: str) -> list[str]:
        return [event for event, _ in self.said if event in names]


@pytest.fixture
def outside() -> Iterator[Web]:
    web = Web(lambda _: Given(200, b"OK"))
    yield web
    web.close()


@pytest.fixture
def house(sqlite_store: Store, outside: Web) -> Iterator[House]:
    opened = House(sqlite_store, f"http://127.0.0.1:{outside.port}/ping/{KEY}")
    opened.all()
    yield opened
    opened.ping.close()


def test_it_is_pinged_while_everything_is_in_order(house: House, outside: Web) -> None:
    assert house.reasons() == []
    assert [(asked.method, asked.path) for asked in outside.asked] == [("GET", f"/ping/{KEY}")]
    assert house.events("heartbeat_withheld", "heartbeat_not_sent") == []
    assert house.auditor.unready(house.clock.now) == []


@pytest.mark.parametrize(
    ("alive", "reason", "unready"),
    [
        pytest.param(
            ("read", "deliver"),
            ["the loop judge has not run"],
            ["judge"],
            id="the evaluator is dead, the poller alive",
        ),
        pytest.param(
            ("judge", "deliver"),
            ["the loop read:rsshub has not run", "the loop read:wewe has not run"],
            ["read"],
            id="the poller is dead, the evaluator alive",
        ),
        pytest.param(
            ("read", "judge"), ["the loop deliver has not run"], ["deliver"], id="nobody delivers"
        ),
    ],
)
def test_F40_one_dead_loop_stops_the_outside_heartbeat(
    house: House, outside: Web, alive: tuple[str, ...], reason: list[str], unready: list[str]
) -> None:
    for minute in range(1, 17):
        house.clock.now = START + minute * MINUTE
        house.run(*alive)
        last = house.auditor.look()
    assert [str(one) for one in last] == reason
    assert house.auditor.unready(house.clock.now) == unready
    stopped = len(outside.asked)
    assert stopped < 16
    house.all()
    assert house.reasons() == []
    assert len(outside.asked) == stopped + 1
    assert house.events("heartbeat_withheld", "audit_fine") == ["heartbeat_withheld", "audit_fine"]


def test_F41_an_alert_that_has_not_reached_its_people_stops_the_outside_heartbeat(
    house: House, outside: Web
) -> None:
    house.wire.broken = True
    house.clock.now = at("03-18 09:00")
    house.world.read(house.clock.now)
    house.all()
    assert house.reasons() == []
    pinged = len(outside.asked)
    house.clock.now = at("03-18 09:15")
    house.all()
    assert house.reasons() == [
        "alert 1: zhang has not been reached by any channel",
        "alert 1: li has not been reached by any channel",
        "alert 1: wang has not been reached by any channel",
    ]
    assert len(outside.asked) == pinged
    assert house.auditor.unready(house.clock.now) == ["behind"]
    house.wire.broken = False
    house.clock.now = at("03-18 09:30")
    house.all()
    assert house.reasons() == []
    assert len(outside.asked) == pinged + 1


def test_F41_an_alert_behind_its_ladder_stops_the_outside_heartbeat(
    house: House, outside: Web
) -> None:
    house.clock.now = at("03-18 09:00")
    house.world.read(house.clock.now)
    house.all()
    [alert] = [a for a in house.store.alerts.open() if a.kind is Kind.SILENCE]
    # As if judging had gone on without this account: nothing of the newest call was said.
    with house.store.alerts.changing("weibo") as tx:
        tx.save(replace(alert, rung=7, called=frozenset({occasion_of("rung:7")})))
    for minute in (1, 10, 16):
        house.clock.now = at("03-18 09:00") + minute * MINUTE
        house.service.wake()
        house.service._ran("judge")
        house.run("read", "deliver")
        last = house.auditor.look()
    assert [str(one) for one in last] == ["alert 1: rung:12 is due and has not been said"]
    assert len(outside.asked) == 2


def test_F41_a_call_whose_reading_nobody_makes_stops_the_outside_heartbeat(
    house: House, outside: Web
) -> None:
    house.clock.now = at("03-18 09:00")
    house.all()
    assert house.reasons() == []
    pinged = len(outside.asked)
    found = []
    for minute in (14, 15):
        house.clock.now = at("03-18 09:00") + minute * MINUTE
        house.all()
        found.append(house.reasons())
    late = "account weibo: rung:12 is due and waits for a reading that nobody makes"
    assert found == [[], [late]]
    assert len(outside.asked) == pinged + 1
    house.world.read(house.clock.now)
    house.all()
    assert house.reasons() == []


def test_who_has_left_need_not_be_reached(house: House) -> None:
    house.wire.broken = True
    house.clock.now = at("03-18 09:00")
    house.world.read(house.clock.now)
    house.all()
    house.auditor._register = replace(RULES, people={})
    house.clock.now = at("03-18 09:20")
    house.all()
    assert house.reasons() == ["alert 1: nobody could be told"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(Given(500), "HTTP 500"), (Given(404), "HTTP 404"), (Given(302), "HTTP 302")],
)
def test_a_ping_that_is_refused_is_logged_once(
    house: House, outside: Web, answer: Given, reason: str
) -> None:
    outside.answer = lambda _: answer
    house.auditor.look()
    house.auditor.look()
    assert [facts for event, facts in house.said if event == "heartbeat_not_sent"] == [
        {"reason": reason}
    ]
    outside.answer = lambda _: Given(200)
    house.auditor.look()
    assert house.events("heartbeat_not_sent", "heartbeat_sent")[-1] == "heartbeat_sent"


def test_nobody_there_costs_a_line_and_shows_no_key(sqlite_store: Store) -> None:
    house = House(sqlite_store, f"http://127.0.0.1:{free_port()}/ping/{KEY}")
    house.all()
    house.auditor.look()
    [facts] = [facts for event, facts in house.said if event == "heartbeat_not_sent"]
    assert facts == {"reason": "connection refused"}
    assert KEY not in repr(house.said)
    house.ping.close()


def test_stopping_does_not_wait_for_a_ping_that_hangs(sqlite_store: Store) -> None:
    asked, over = Event(), Event()

    def hang(_: Any) -> Given:
        asked.set()
        over.wait()
        return Given(200)

    web = Web(hang)
    house = House(sqlite_store, f"http://127.0.0.1:{web.port}/")
    house.all()
    house.auditor.start()
    looking = Thread(target=house.auditor.look)
    looking.start()
    assert asked.wait(PATIENCE)
    house.auditor.stop()
    looking.join(PATIENCE)
    assert not looking.is_alive()
    over.set()
    web.close()


def test_before_the_first_round_it_is_not_ready(sqlite_store: Store, outside: Web) -> None:
    house = House(sqlite_store, f"http://127.0.0.1:{outside.port}/")
    assert house.auditor.unready(START) == ["deliver", "judge", "read"]
    house.run("read", "judge")
    assert house.auditor.unready(START) == ["deliver"]
    house.ping.close()


def test_without_a_watch_outside_it_is_audited_all_the_same(sqlite_store: Store) -> None:
    house = House(sqlite_store, "http://127.0.0.1:1/")
    house.auditor._ping = None
    assert house.reasons() == []
    assert sqlite_store.notes.get("audit") == '{"at": "2024-03-18T00:00:00+00:00", "amiss": []}'
    house.ping.close()


def test_the_doctor_repeats_what_the_audit_found(house: House) -> None:
    house.auditor.look()
    now = house.clock.now
    fine = "every loop runs, and every call has reached its people"
    noted = house.store.notes.read("audit", audit_read)
    assert list(audited(noted, now)) == [Finding("audit", Level.OK, fine)]
    assert list(audited(noted, now + HOUR)) == []
    house.clock.now += 10 * MINUTE
    house.auditor.look()
    found = list(audited(house.store.notes.read("audit", audit_read), house.clock.now))
    assert found == [
        Finding(
            "audit", Level.PROBLEM, f"the loop {loop} has not run; the watch outside is not pinged"
        )
        for loop in ("judge", "deliver")
    ]
    assert list(audited(None, now)) == []
