"""What the doctor finds in the register and the heartbeat."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from alerts.model import Person
from monitor.doctor import Finding, Level, examine, service
from monitor.register import Register
from monitor.store.base import Store
from tests.rule_values import HOUR, MINUTE, PEOPLE, ZONE, at, register

NOW = at("03-13 12:00")
TODAY = date(2024, 3, 13)
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


def limited(quota: int, spent: int, store: Store, accounts: int = 3) -> list[Finding]:
    rules = register()
    weibo = rules.accounts["weibo"]
    crowd = {f"a{n}": replace(weibo, id=f"a{n}") for n in range(accounts)}
    canaries = ("weibo/user/8", "weibo/user/9")
    gateway = replace(rules.gateways["rsshub"], quota=quota, canary=canaries)
    for _ in range(spent):
        store.spend("rsshub", TODAY, quota)
    known = replace(rules, accounts=crowd, gateways={"rsshub": gateway})
    found = examine((), known, store, {}, {}, NOW)
    return [one for one in found if one.check == "gateway rsshub" and "request" in one.detail]


@pytest.mark.parametrize(
    ("quota", "spent", "accounts", "findings"),
    [
        pytest.param(
            1000, 7, 3, [(Level.OK, "7 of 1000 requests made today")], id="ample"
        ),
        pytest.param(
            20, 20, 1, [(Level.WARNING, "20 of 20 requests made today")], id="spent"
        ),
        pytest.param(
            100, 0, 30,
            [
                (Level.OK, "0 of 100 requests made today"),
                (
                    Level.WARNING,
                    "2 every 4h48m, 30 every 6h are 130 requests a day at least, and the quota of "
                    "100 leaves 90 for them: raise read_at_most_every or the quota, or read some "
                    "through another gateway",
                ),
            ],
            id="too small for its accounts and canaries",
        ),
    ],
)  # fmt: skip
def test_a_quota_is_held_against_what_is_read_through_it(
    sqlite_store: Store, quota: int, spent: int, accounts: int,
    findings: list[tuple[Level, str]],
) -> None:  # fmt: skip
    found = limited(quota, spent, sqlite_store, accounts)
    assert [(one.level, one.detail) for one in found] == findings
