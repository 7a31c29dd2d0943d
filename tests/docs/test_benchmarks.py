"""Benchmarks say what they lack, in one line."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

READING = Path(__file__).parents[2] / "benchmarks" / "reading.py"


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
