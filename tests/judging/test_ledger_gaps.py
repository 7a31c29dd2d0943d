"""Gaps in the ledger on a real database: one notice to the operator, ended by what closes them."""

from dataclasses import replace
from datetime import datetime

import pytest

from alerts.messages.render import render
from alerts.model import Kind
from alerts.words import translator
from monitor.judging.ledger_gaps import BACK
from monitor.ledger.records import ImportedPost
from monitor.model import AccountState, Gateway, Outcome, Pulse, Reading, SourceMemory, SourceSpec
from monitor.store.base import Store
from monitor.store.protocols.ledger import Recorded
from tests.judging.test_engine import World
from tests.rule_values import ACCOUNTS, DAY, HOUR, HOURS, MINUTE, WEIBO, at, register
from tests.store_values import seen

NOON = at("03-04 12:00")
FOUND = at("03-06 12:00")
SECOND = SourceSpec("weibo@other", "weibo", "rsshub", "weibo/user/2")
CHINESE = translator("zh_CN")


def reading(
    made: datetime, covers_from: datetime, spec: SourceSpec = WEIBO, gap: datetime | None = None
) -> Recorded:
    """Return a good reading that covers the time from *covers_from* on."""
    one = Reading(
        spec.id,
        spec.account,
        spec.gateway,
        made,
        Outcome.OK,
        as_of=made,
        pulse=Pulse.FULL,
        covers_from=covers_from,
        gap_from=gap,
    )
    return Recorded(one, (), SourceMemory(ever_good=True), made + 6 * HOUR)


@pytest.fixture
def world(store: Store) -> World:
    """An account with two sources of which the first was read until noon of the 4th."""
    account = replace(ACCOUNTS["weibo"], sources=(WEIBO, SECOND))
    made = World(store, register(accounts={"weibo": account}))
    store.readings.record([reading(NOON, NOON - DAY)])
    return made


def gap(world: World) -> None:
    """Record that a reading of the 6th shares nothing with that of the 4th, and reaches back to
    09:00 of its own day."""
    world.store.readings.record([reading(FOUND, at("03-06 09:00"), gap=NOON)])


def told(world: World, now: datetime) -> list[str]:
    """Judge with an engine that has just been started; return what was sent about the ledger."""
    world.restart(world.rules)
    return [line for line in world.judge(now) if line.startswith("ledger")]


def test_the_operator_is_notified_of_a_gap_once(world: World) -> None:
    assert told(world, FOUND - MINUTE) == []
    gap(world)
    assert told(world, FOUND) == ["ledger gap:2024-03-04T04:00 zhao@wecom"]
    assert told(world, FOUND + DAY) == []
    [notice] = [n for n in world.notices() if n.kind is Kind.LEDGER]
    said = render(notice, CHINESE, HOURS, False).text
    assert said.startswith(
        "【台账缺口】“鞍山民政”微博3月4日（周一）12:00至3月6日（周三）09:00的信息可能不全，请从后台导出补录\n"
    )
    assert "期间可能有遗漏：发布条数超出了页面所示范围。" in said


def test_what_another_source_has_seen_is_no_gap(world: World) -> None:
    gap(world)
    world.store.readings.record([reading(FOUND, NOON - HOUR, SECOND)])
    assert told(world, FOUND) == []


OWN = Gateway("own", "wechat_api", "https://api.weixin.qq.com")


@pytest.mark.parametrize(
    ("pulse", "expected"),
    [
        pytest.param(Pulse.WEAK, ["ledger gap:2024-03-04T04:00 zhao@wecom"], id="in part"),
        pytest.param(Pulse.FULL, [], id="as the operator says, whole"),
    ],
)
def test_what_another_source_has_seen_in_part_stays_a_gap(
    store: Store, pulse: Pulse, expected: list[str]
) -> None:
    half = replace(SECOND, id="weibo@own", gateway="own", locator="")
    account = replace(ACCOUNTS["weibo"], sources=(WEIBO, half))
    rules = register(accounts={"weibo": account})
    world = World(store, replace(rules, gateways={**rules.gateways, "own": OWN}))
    store.readings.record([reading(NOON, NOON - DAY)])
    gap(world)
    of_half = reading(FOUND, NOON - HOUR, half, gap=NOON - 2 * HOUR)
    store.readings.record([replace(of_half, reading=replace(of_half.reading, pulse=pulse))])
    assert told(world, FOUND) == expected


def test_what_is_only_seen_in_part_has_no_gaps_to_tell_of(store: Store) -> None:
    half = replace(SECOND, id="weibo@own", gateway="own", locator="")
    rules = register(accounts={"weibo": replace(ACCOUNTS["weibo"], sources=(half,))})
    world = World(store, replace(rules, gateways={**rules.gateways, "own": OWN}))
    for made in (reading(NOON, NOON - DAY, half), reading(FOUND, FOUND - HOUR, half, gap=NOON)):
        store.readings.record([replace(made, reading=replace(made.reading, pulse=Pulse.WEAK))])
    assert told(world, FOUND) == []


def test_a_later_gap_is_notified_too_and_the_first_not_again(world: World) -> None:
    gap(world)
    told(world, FOUND)
    world.store.readings.record([reading(FOUND + 3 * DAY, FOUND + 2 * DAY, gap=FOUND)])
    assert told(world, FOUND + 3 * DAY) == ["ledger gap:2024-03-06T04:00 zhao@wecom"]
    assert world.alerts()[0] == "ledger weibo open"
    assert len([line for line in world.alerts() if line.startswith("ledger")]) == 1


def test_an_import_of_the_time_ends_it(world: World) -> None:
    gap(world)
    told(world, FOUND)
    world.deliver(FOUND)
    rows = [ImportedPost("weibo", seen("Nk1", FOUND - HOUR))]
    world.store.imports.add(
        rows, [], "x.csv", FOUND + HOUR, covers_from=NOON - HOUR, covers_until=FOUND
    )
    assert told(world, FOUND + DAY) == ["ledger end zhao@wecom"]
    assert "ledger weibo recovered" in world.alerts()
    end = [n for n in world.notices() if n.kind is Kind.LEDGER][-1]
    assert render(end, CHINESE, HOURS, False).subject == "【已解除】“鞍山民政”微博的台账缺口已补齐"


def test_a_gap_of_the_year_before_last_concerns_nobody(world: World) -> None:
    gap(world)
    assert told(world, FOUND + BACK + MINUTE) == []


def test_an_account_that_is_not_watched_any_more_has_no_gaps(world: World) -> None:
    gap(world)
    told(world, FOUND)
    closed = replace(ACCOUNTS["weibo"], state=AccountState.CLOSED)
    world.restart(register(accounts={**ACCOUNTS, "weibo": closed}))
    world.judge(FOUND + HOUR)
    assert "ledger weibo account_closed" in world.alerts()


def test_it_is_looked_for_every_ten_minutes_only(world: World) -> None:
    world.judge(FOUND - MINUTE)
    gap(world)
    assert [line for line in world.judge(FOUND) if "ledger" in line] == []
    assert [line for line in world.judge(FOUND + 9 * MINUTE) if "ledger" in line] == [
        "ledger gap:2024-03-04T04:00 zhao@wecom"
    ]
