"""A newcomer runs the shipped configuration: alert, verdicts, reasons; and the service endures."""

import re
import signal
from pathlib import Path

import pytest

from tests.story.processes import Running, answered, freshness, shipped
from tests.waiting import until


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return shipped(tmp_path)


def test_a_newcomer_sees_an_alert_the_verdicts_and_where_to_look(config: Path) -> None:
    with Running(config) as service:
        service.wait_for("notice_sent", times=2)
        until(lambda: "Ctrl-C" in service.out.read_text(encoding="utf-8"))
        status = answered(config, "status")
        explained = answered(config, "explain", "weibo-anshanmz")
        alerts = answered(config, "alerts", "list")
        assert service.stop() == 0
    shown = service.out.read_text(encoding="utf-8")
    assert re.search(r"【\S+】“鞍山民政”微博已12天未更新，最晚应于\d+月\d+日（周.）发布", shown)
    assert "0412-" in shown
    assert re.search(r"freshness .*explain weibo-anshanmz", shown)
    verdicts = {a["id"]: (a["verdict"], a["quiet_days"]) for a in status["accounts"]}
    assert verdicts["weibo-anshanmz"] == ("late", 12)
    assert verdicts["wechat-anshanmz"][0] == "fresh"
    assert explained["told"]
    assert [a["kind"] for a in alerts] == ["silence"]
    assert {n["state"] for n in alerts[0]["notices"]} == {"sent"}


def test_a_killed_service_goes_on_where_it_was_and_tells_nobody_twice(config: Path) -> None:
    with Running(config) as first:
        first.wait_for("notice_sent", times=2)
        first.process.send_signal(signal.SIGKILL)
        first.process.wait()
    before = answered(config, "alerts", "list")
    with Running(config) as second:
        second.wait_for("account_assessed", times=2)
        second.wait_for("service_started", times=2)
        assert second.stop() == 0
    after = answered(config, "alerts", "list")
    assert [a["id"] for a in after] == [a["id"] for a in before]
    assert [n["attempts"] for n in after[0]["notices"]] == [1] * len(before[0]["notices"])


def test_a_new_configuration_is_taken_over_and_a_bad_one_is_not(config: Path) -> None:
    people = config / "people.toml"
    good = people.read_text(encoding="utf-8")
    with Running(config) as service:
        service.wait_for("notice_sent")
        people.write_text(good.replace('roles = ["deputy"]', 'roles = ["chief", 7]'), "utf-8")
        service.process.send_signal(signal.SIGHUP)
        service.wait_for("configuration_refused")
        service.wait_for("service_started", times=2)
        people.write_text(good.replace("张三", "章三"), "utf-8")
        service.process.send_signal(signal.SIGHUP)
        service.wait_for("configuration_read")
        service.wait_for("service_started", times=3)
        assert service.stop() == 0
    refused = r"problem=.people.toml: people\[\d\]\.roles"
    assert re.search(refused, service.err.read_text(encoding="utf-8"))


def test_a_database_has_one_clock(config: Path) -> None:
    driven = freshness(config, "tick", "--at", "2024-02-09T09:00+08:00")
    assert driven.returncode in (0, 1)
    assert answered(config, "status")["at"] == "2024-02-09T09:00:00+08:00"
    refused = freshness(config, "run")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert refused.stderr.startswith("run：这个数据库曾由`freshness tick --at`使用")


def test_a_database_that_the_service_led_cannot_be_driven(config: Path) -> None:
    with Running(config) as service:
        service.wait_for("service_started")
        service.wait_for("account_assessed")
        assert service.stop() == 0
    refused = freshness(config, "tick", "--at", "2024-02-09T09:00+08:00")
    assert refused.returncode == 2
    assert refused.stderr.startswith("tick --at：这个数据库曾由freshness run使用")
