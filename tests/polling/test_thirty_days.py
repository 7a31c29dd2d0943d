"""F44: thirty simulated days of gateways that die in every way, read as the rounds read them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts.rules.lifecycle import Case
from monitor.judging.cases import gateway_case
from monitor.model import GatewayState, Outcome, RouteHealth, SourceSpec, SourceState
from monitor.polling.health import backed_off, judged, readable, witness
from tests.rule_values import DAY, HOUR, MINUTE, at

START = at("03-04 00:00")
DIES = START + 10 * DAY
END = START + 30 * DAY
STEP = 5 * MINUTE
EVERY = 6 * HOUR
NAMES = [f"a{n}" for n in range(8)]
BROKEN = "broken"
WITNESSES = 5
Dead = Callable[[str, datetime], bool]


class Simulated:
    """One family of routes, its sources spread over the interval; a pass every five minutes."""

    def __init__(self, dead: Dead, *names: str) -> None:
        self.dead, self.now = dead, START
        self.gateway = GatewayState("rsshub")
        self.sources = {
            name: SourceState(
                SourceSpec(name, name, "rsshub", f"weibo/user/{name}"),
                next_read_at=START + n * EVERY / len(names),
            )
            for n, name in enumerate(names)
        }
        self.opened: list[datetime] = []
        self.closed: list[datetime] = []

    def run(self, until: datetime = END) -> None:
        while self.now < until:
            self._pass()
            self.now += STEP

    def _pass(self) -> None:
        due = [s for s in self.sources.values() if s.next_read_at and s.next_read_at <= self.now]
        now_read = readable(self._route(), due, self.now)
        for state in now_read:
            self._read(state.spec.id)
        for _ in range(WITNESSES):
            asked = witness(list(self.sources.values()), self.now)
            if asked is None:
                break
            self._read(asked.spec.id)
        if now_read:
            self._judge()
        self._alert(gateway_case("rsshub", self._route(), False, self.now))

    def _route(self) -> RouteHealth:
        return self.gateway.families[0] if self.gateway.families else RouteHealth("weibo")

    def _read(self, name: str) -> None:
        state, now = self.sources[name], self.now
        tried = replace(state, last_tried_at=now)
        if self.dead(name, now):
            failures = state.failures + 1
            pause = min(MINUTE * 2 ** min(failures, 9), EVERY)
            self.sources[name] = replace(
                tried,
                last_outcome=Outcome.STATUS,
                failing_since=state.failing_since or now,
                failures=failures,
                next_read_at=now + pause,
            )
        else:
            self.sources[name] = replace(
                tried,
                last_outcome=Outcome.OK,
                last_good_at=now,
                failing_since=None,
                failures=0,
                next_read_at=now + EVERY,
            )

    def _judge(self) -> None:
        before = self._route()
        families = {"weibo": list(self.sources.values())}
        after = judged("rsshub", families, self.gateway, self.now)
        self.gateway = backed_off(after, None, self.now)
        if before.healthy and not self._route().healthy:
            for name, state in self.sources.items():
                if state.failing_since is None:
                    self.sources[name] = replace(state, next_read_at=self.now)

    def _alert(self, case: Case) -> None:
        is_open = len(self.opened) > len(self.closed)
        if case.ended and is_open:
            self.closed.append(self.now)
        if case.calls and not is_open:
            self.opened.append(self.now)


def some(*names: str) -> Dead:
    return lambda name, now: name == BROKEN or (name in names and now >= DIES)


def staggered(name: str, now: datetime) -> bool:
    return name == BROKEN or now >= DIES + NAMES.index(name) * HOUR


def flapping(_: str, now: datetime) -> bool:
    return now >= DIES and now.hour % 2 == 1


def nightly(name: str, now: datetime) -> bool:
    return name == BROKEN or 17 <= now.hour < 21  # one to five in the morning, in Shanghai


COURSES = [
    pytest.param(some(), [], id="one account is broken for good"),
    pytest.param(some(*NAMES[::2]), [], id="half of the accounts die"),
    pytest.param(some(*NAMES), [DIES], id="all die, beside a broken one"),
    pytest.param(staggered, [DIES + 7 * HOUR], id="one dies every hour"),
    pytest.param(flapping, [], id="every other hour is dead"),
    pytest.param(nightly, [START + HOUR], id="the same hours every night are one alert"),
]


@pytest.mark.parametrize(("dead", "deaths"), COURSES)
def test_F44_thirty_days(dead: Dead, deaths: list[datetime]) -> None:
    simulated = Simulated(dead, *NAMES, BROKEN)
    simulated.run()
    heard = [opened - died for opened, died in zip(simulated.opened, deaths, strict=True)]
    assert all(timedelta(0) <= late <= 110 * MINUTE for late in heard), heard


@pytest.mark.parametrize("hour", range(6))
def test_F44_at_any_hour_the_death_of_all_is_heard_within_110_minutes(hour: int) -> None:
    died = DIES + hour * (HOUR + 7 * MINUTE)
    simulated = Simulated(lambda name, now: name == BROKEN or now >= died, *NAMES, BROKEN)
    simulated.run(died)
    assert simulated.opened == []
    simulated.run(died + 110 * MINUTE)
    assert len(simulated.opened) == 1


def test_F44_an_outage_that_outlasts_yesterdays_hours_is_an_alert() -> None:
    def longer(_: str, now: datetime) -> bool:
        return 17 <= now.hour < 21 or (now >= DIES and now.hour >= 17)

    simulated = Simulated(longer, *NAMES)
    simulated.run(DIES)
    before = len(simulated.opened)
    simulated.run(DIES + DAY)
    assert len(simulated.opened) == before + 1
