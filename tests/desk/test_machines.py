"""How several machines and their zones stand, in values and in words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.words import translator
from monitor.desk.accounts import Accounts
from monitor.desk.machines import cluster_status, machine_line, zone_line
from monitor.judging.engine import AlertEngine
from monitor.machines import BACKLOG, LEADS, Idle, Machine, Waiting, Work, backlog_written
from monitor.model import Gateway
from monitor.store.base import Store
from monitor.store.sql import unheard
from tests.rule_values import MINUTE, at, register

NOW = at("03-18 09:00")
WORDS = translator("zh_CN")
A = Machine("a-1", "甲机", Work.SERVICE, ("default",), "1.0", "x", NOW - MINUTE, NOW)
RULES = replace(
    register(),
    gateways={
        "rsshub": Gateway("rsshub", "rsshub", "http://r"),
        "far": Gateway("far", "rsshub", "http://f", zone="hk"),
    },
)


def test_where_no_machine_ever_joined_there_is_nothing_to_say(sqlite_store: Store) -> None:
    assert cluster_status(sqlite_store, RULES, NOW) is None


@pytest.mark.parametrize(
    ("machine", "line"),
    [
        pytest.param(A, "机器甲机：负责研判和发送；负责区域：default", id="it leads"),
        pytest.param(replace(A, id="b"), "机器甲机：待命；负责区域：default", id="it stands by"),
        pytest.param(
            replace(A, id="b", work=Work.WORKER, zones=("hk", "内地")),
            "机器甲机：负责采集；负责区域：hk、内地",
            id="a worker",
        ),
        pytest.param(
            replace(A, id="b", off=timedelta(seconds=-45), idle=Idle.CLOCK),
            "机器甲机：时钟相差45秒，不参与研判；负责区域：default",
            id="its clock is off",
        ),
        pytest.param(
            replace(A, id="b", idle=Idle.CONFIGURATION),
            "机器甲机：配置与现行配置不一致，已停止工作；负责区域：default",
            id="it has read other files",
        ),
        pytest.param(
            replace(A, id="b", seen_at=NOW - MINUTE),
            "机器甲机：自3月18日（周一）08:59起无响应；负责区域：default",
            id="it died",
        ),
    ],
)
def test_what_a_machine_does_is_said_in_a_line(
    sqlite_store: Store, machine: Machine, line: str
) -> None:
    sqlite_store.machines.take(LEADS, "a-1", NOW, NOW + MINUTE)
    sqlite_store.machines.beat(machine)
    found = cluster_status(sqlite_store, RULES, NOW)
    assert found is not None
    assert [machine_line(one, WORDS) for one in found["machines"]] == [line]


def test_every_status_of_now_names_them_and_one_of_the_past_does_not(sqlite_store: Store) -> None:
    sqlite_store.machines.beat(A)
    rules = register()
    engine = AlertEngine(sqlite_store, rules, lambda _, when: when, unheard)
    desk = Accounts(sqlite_store, rules, engine, WORDS)
    found = cluster_status(sqlite_store, rules, NOW)
    assert found is not None
    assert [desk.status(NOW)["cluster"], desk.status_page(1, NOW)["cluster"]] == [found, found]
    assert desk.status(NOW, NOW - MINUTE)["cluster"] is None


@pytest.mark.parametrize(
    ("kept", "lines"),
    [
        pytest.param(
            [],
            ["区域default：1台机器，无待采集任务", "区域hk：无机器采集，其中1个网关未被读取"],
            id="nothing waits",
        ),
        pytest.param(
            [Waiting("default", 2, 1, NOW - MINUTE, ("rsshub",)), Waiting("hk", 1, 0, NOW)],
            [
                "区域default：1台机器，2个采集任务自3月18日（周一）08:59起等待；正在采集：rsshub",
                "区域hk：无机器采集，其中1个网关未被读取",
            ],
            id="visits wait",
        ),
    ],
)
def test_how_a_zone_stands_is_said_in_a_line(
    sqlite_store: Store, kept: list[Waiting], lines: list[str]
) -> None:
    sqlite_store.machines.beat(A)
    sqlite_store.notes.set(BACKLOG, backlog_written(kept))
    found = cluster_status(sqlite_store, RULES, NOW)
    assert found is not None
    assert [zone_line(one, WORDS) for one in found["zones"]] == lines
