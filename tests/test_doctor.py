"""What the doctor finds in the register and the heartbeat."""

from dataclasses import replace
from datetime import datetime

import pytest

from alerts.model import Person
from monitor.doctor import Finding, Level, examine, service
from monitor.register import Register
from monitor.store.base import Store
from tests.rule_values import HOUR, MINUTE, PEOPLE, ZONE, at, register

NOW = at("03-13 12:00")
LAST = "the last pass was at 2024-03-13T"


@pytest.mark.parametrize(
    ("beat", "level", "detail"),
    [
        pytest.param(None, Level.WARNING, "the service has not run on this database yet", id="no"),
        pytest.param(NOW - MINUTE, Level.OK, f"{LAST}11:59:00+08:00", id="a minute ago"),
        pytest.param(NOW - HOUR, Level.WARNING, f"{LAST}11:00:00+08:00", id="an hour ago"),
        pytest.param(NOW + HOUR, Level.WARNING, f"{LAST}13:00:00+08:00", id="still to come"),
    ],
)
def test_the_last_pass_is_told_in_local_time(
    beat: datetime | None, level: Level, detail: str
) -> None:
    assert service(beat, ZONE, NOW) == Finding("service", level, detail)


def found(store: Store, rules: Register) -> dict[str, Level]:
    looked = examine((), rules, store, {}, {}, NOW)
    return {one.check: one.level for one in looked}


def test_nobody_who_can_be_reached_is_a_problem(sqlite_store: Store) -> None:
    silent: dict[str, Person] = {i: replace(p, reach=()) for i, p in PEOPLE.items()}
    assert found(sqlite_store, replace(register(), people=silent))["people"] is Level.PROBLEM
    assert "people" not in found(sqlite_store, register())
