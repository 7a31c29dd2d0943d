"""The metrics: what they say, to whom, and that the files of deploy/ ask for nothing else."""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import requests
import yaml
from prometheus_client.parser import text_string_to_metric_families

from monitor.machines import BACKLOG, LEADS, Idle, Machine, Waiting, Work, backlog_written
from monitor.model import Outcome
from tests.waiting import PATIENCE
from tests.web.site import MONDAY, Office

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy/prometheus-rules.yml"
DASHBOARD = ROOT / "deploy/grafana-dashboard.json"
NAMED = re.compile(r"freshness_\w+")
PROMTOOL = shutil.which("promtool")


@pytest.fixture
def said(office: Office, url: str) -> dict[tuple[str, ...], float]:
    """What the metrics of an office say that has read, notified and judged."""
    office.vitals.tally.add("rsshub", Outcome.OK, 0.2)
    office.vitals.tally.add("rsshub", Outcome.STATUS, 3.0)
    office.loops["judge"] = MONDAY
    return _asked(office, url)


def _asked(office: Office, url: str) -> dict[tuple[str, ...], float]:
    token = office.users.token("root", "metrics", MONDAY)
    page = requests.get(
        f"{url}/metrics", headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE
    )
    assert page.status_code == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(page.text)
        for sample in family.samples
    }


def test_the_service_in_numbers(office: Office, said: dict[tuple[str, ...], float]) -> None:
    now = MONDAY.timestamp()
    expected = {
        ("freshness_build_info", "1.2.3"): 1,
        ("freshness_accounts", "weibo", "late"): 1,
        ("freshness_readings_total", "rsshub", "ok"): 1,
        ("freshness_readings_total", "rsshub", "status"): 1,
        ("freshness_reading_duration_seconds_count", "rsshub"): 2,
        ("freshness_reading_duration_seconds_bucket", "rsshub", "0.25"): 1,
        ("freshness_reading_duration_seconds_sum", "rsshub"): 3.2,
        ("freshness_gateway_last_good_reading_timestamp_seconds", "rsshub"): now,
        ("freshness_alerts_open", "silence", "12"): 1,
        ("freshness_notices_total", "wecom", "sent"): 4,
        ("freshness_loop_last_run_timestamp_seconds", "judge"): now,
        ("freshness_last_backup_timestamp_seconds",): now,
        ("freshness_account_breach_timestamp_seconds", "weibo"): now + 48.5 * 3600,
    }
    assert {key: said.get(key) for key in expected} == expected
    assert said["freshness_database_size_bytes",] > 10_000


def test_machines_zones_and_what_waits_for_them(office: Office, url: str) -> None:
    seen = (MONDAY, MONDAY)
    one = Machine("a-1", "a", Work.SERVICE, ("default",), "1.2.3", "digest", *seen)
    off = replace(one, id="b-1", name="b", idle=Idle.CLOCK)
    for machine in (one, off):
        office.store.machines.beat(machine)
    office.store.machines.take(LEADS, one.id, MONDAY, MONDAY + timedelta(minutes=1))
    waits = [Waiting("default", 3, 1, MONDAY)]
    office.store.notes.set(BACKLOG, backlog_written(waits))
    said = _asked(office, url)
    expected = {
        ("freshness_machines", "", "service"): 1,
        ("freshness_machines", "clock", "service"): 1,
        ("freshness_machine_leads", "a"): 1,
        ("freshness_visits_waiting", "default"): 3,
        ("freshness_visits_running", "default"): 1,
        ("freshness_visit_oldest_waiting_timestamp_seconds", "default"): MONDAY.timestamp(),
        ("freshness_zone_machines", "default"): 2,
    }
    assert {key: said.get(key) for key in expected} == expected


def test_delays_are_counted_once_each(office: Office, url: str) -> None:
    before = _asked(office, url)
    office.days("03-20 10:00")
    office.clock.now = MONDAY + timedelta(days=3)
    for _ in range(2):
        after = _asked(office, url)
    count = ("freshness_notice_delay_seconds_count",)
    assert (before[count], after[count] > 0) == (0, True)
    assert after[count] == after["freshness_notice_delay_seconds_bucket", "1.0"]


@pytest.mark.parametrize(
    ("scope", "status"), [("", 401), ("read", 403), ("act", 403), ("metrics", 200)]
)
def test_only_a_token_for_metrics_reads_them(
    office: Office, url: str, scope: str, status: int
) -> None:
    token = office.users.token("zhang", scope, MONDAY) if scope else "guessed"
    headers = {"Authorization": f"Bearer {token}"}
    assert requests.get(f"{url}/metrics", headers=headers, timeout=PATIENCE).status_code == status


def _asked_for(path: Path) -> set[str]:
    """The names in the queries of a file, as the metrics are called."""
    text = path.read_text(encoding="utf-8")
    queries = (
        [rule["expr"] for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]
        if path == RULES
        else [t["expr"] for panel in json.loads(text)["panels"] for t in panel["targets"]]
    )
    return {name for query in queries for name in NAMED.findall(query)}


@pytest.mark.parametrize("path", [RULES, DASHBOARD], ids=lambda path: path.name)
def test_queries_name_only_metrics_that_exist(
    office: Office, said: dict[tuple[str, ...], float], path: Path
) -> None:
    there = {key[0] for key in said} | {"freshness_notice_oldest_unsent_timestamp_seconds"}
    assert _asked_for(path) - there == set()
    assert _asked_for(path)


def test_every_metric_is_described(said: dict[tuple[str, ...], float]) -> None:
    described = NAMED.findall((ROOT / "docs/metrics.md").read_text(encoding="utf-8"))
    told = {re.sub("_(bucket|count|sum|created)$", "", key[0]) for key in said}
    assert {n for n in told if n.startswith("freshness_")} - set(described) == set()


@pytest.mark.skipif(PROMTOOL is None, reason="there is no promtool here")
def test_prometheus_takes_the_rules() -> None:
    assert subprocess.run([str(PROMTOOL), "check", "rules", RULES], check=False).returncode == 0
