"""What an idle minute of `freshness run` costs: a process of its own, watched from outside.

Its accounts were read a moment ago, none is silent, nothing is due for hours, and nobody looks at
its pages. What it takes to start, and to judge everybody once, is not counted.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from socket import socket

from benchmarks.one_person import PEOPLE
from monitor.register import Register
from monitor.store.protocols.ledger import Recorded
from monitor.store.sql import open_store

ROOT = Path(__file__).parent.parent
SETTLED = 40  # seconds after everybody was judged
AT_MOST = 600  # seconds until then
MONITOR = """\
[service]
id = "idle"
timezone = "Asia/Shanghai"
database = "sqlite:///data/freshness.db"

[web]
listen = "127.0.0.1:{port}"

[policies.default]
limit = "14d"
ladder = [
  {after = "7d", tell = ["custodian"]},
  {after = "12d", tell = ["custodian"]},
  {after = "14d", tell = ["custodian"]},
]
"""
GATEWAY = """
[gateways.{0.id}]
kind = "rsshub"
url = "{0.url}"
"""
ACCOUNT = """
[[accounts]]
id = "{0.id}"
name = "{0.name}"
platform = "weibo"
organisation = "{0.organisation}"
custodian = "zhang"
sources = [{{gateway = "{1.gateway}", locator = "{1.locator}"}}]
"""


@dataclass(frozen=True)
class Minute:
    """What one minute of the service cost: seconds of *processor* time; *memory* in use at its end
    and its *peak*, in MB."""

    accounts: int
    processor: float
    memory: float
    peak: float


def measured(register: Register, readings: Iterable[Recorded], now: datetime) -> Minute:
    """Return what an idle minute costs with the accounts of *register*, of each of which one of
    *readings* was made just before *now*."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _configure(folder, register)
        if _freshness(folder, "status").wait():
            raise RuntimeError((folder / "status.log").read_text("utf-8"))
        database = folder / "data" / "freshness.db"
        _store(database, readings, now)
        service = _freshness(folder, "run")
        try:
            _await_judged(database, len(register.accounts))
            time.sleep(SETTLED)
            before = _processor(service.pid)
            time.sleep(60)
            spent = _processor(service.pid) - before
            return Minute(len(register.accounts), spent, *_memory(service.pid))
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait(30)


def _configure(folder: Path, register: Register) -> None:
    gateways = "".join(GATEWAY.format(one) for one in register.gateways.values())
    accounts = "".join(ACCOUNT.format(a, a.sources[0]) for a in register.accounts.values())
    (folder / "config").mkdir()
    own = MONITOR.replace("{port}", str(_free_port()))
    for name, text in (("monitor", own + gateways), ("accounts", accounts), ("people", PEOPLE)):
        (folder / "config" / f"{name}.toml").write_text(text, "utf-8")


def _free_port() -> int:
    with socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _freshness(folder: Path, command: str) -> subprocess.Popen[bytes]:
    """Begin *command* on the configuration in *folder*; what it says stays in a file there."""
    words = [sys.executable, "-m", "monitor", "--config", str(folder / "config"), command]
    with (folder / f"{command}.log").open("wb") as log:
        return subprocess.Popen(words, cwd=ROOT, stdout=log, stderr=log)


def _store(database: Path, readings: Iterable[Recorded], now: datetime) -> None:
    """Store *readings* as made by the sources that the service has registered."""
    with sqlite3.connect(database) as raw:
        sources = dict(raw.execute("SELECT account, id FROM sources").fetchall())
    raw.close()
    store = open_store(f"sqlite:///{database}", now)
    made = [
        replace(
            one,
            reading=replace(one.reading, source=sources[one.reading.account]),
            next_read_at=now + timedelta(hours=5),
        )
        for one in readings
    ]
    for start in range(0, len(made), 1_000):
        store.readings.record(made[start : start + 1_000])
    store.close()


def _await_judged(database: Path, accounts: int) -> None:
    """Wait until how every account stands is kept. Raises `TimeoutError` after ten minutes."""
    judged = "SELECT count(*) FROM standings WHERE verdict IS NOT NULL"
    _await(lambda: _answer(database, judged) >= accounts)


def _answer(database: Path, query: str) -> int:
    raw = sqlite3.connect(database, timeout=30)
    try:
        return int(raw.execute(query).fetchone()[0])
    finally:
        raw.close()


def _await(there: Callable[[], bool]) -> None:
    for _ in range(AT_MOST):
        if there():
            return
        time.sleep(1)
    raise TimeoutError


def _processor(process: int) -> float:
    """Return the seconds of processor time that *process* has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(process: int) -> tuple[float, float]:
    """Return the memory that *process* uses and its peak, in MB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    said = dict(line.split(":", 1) for line in lines)
    used, peak = (int(said[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return used, peak
