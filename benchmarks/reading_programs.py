"""One program reads every feed, round after round; run as a process of its own by `reading.py`.

Prints, as JSON, the processor time and the time on the wall of each round, and the peak of
memory of the whole process. What a program needs to start is not counted.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.one_person import PEOPLE
from benchmarks.reading_feeds import route, switch

ROUNDS = {"cold": "cold", "all 304": "unchanged", "5 % changed": "changed"}
MONITOR = """
[service]
database = "sqlite:///{folder}/bench.db"

[policies.default]
limit = "14d"
ladder = [{{after = "7d", tell = ["custodian"]}}, {{after = "14d", tell = ["custodian"]}}]

[gateways.rsshub]
kind = "rsshub"
url = "{url}"
spacing = "0s"
concurrency = {at_once}
"""
ACCOUNT = """
[[accounts]]
id = "a{n}"
name = "账号{n}的微博"
platform = "weibo"
custodian = "zhang"
sources = [{{gateway = "rsshub", locator = "{route}"}}]
"""


class Program(Protocol):
    """What can read all feeds."""

    def read(self) -> None:
        """Read every feed once."""

    def close(self) -> None:
        """Give everything back."""


class Freshness:
    """The service's own code, put together as `freshness read` does."""

    def __init__(self, url: str, feeds: int, at_once: int, folder: Path) -> None:
        from monitor import app
        from monitor.commands.opening import start_quickly
        from monitor.log import open_log
        from monitor.settings import loading

        files = {
            "monitor": MONITOR.format(url=url, at_once=at_once, folder=folder),
            "people": PEOPLE,
        }
        files["accounts"] = "".join(ACCOUNT.format(n=n, route=route(n)) for n in range(feeds))
        for name, text in files.items():
            (folder / f"{name}.toml").write_text(text, encoding="utf-8")
        # The tables are made by another process: this one would remember having made them.
        made = [sys.executable, "-m", "monitor", "--config", str(folder), "accounts", "list"]
        subprocess.run(made, stdout=subprocess.DEVNULL, check=True)
        start_quickly()
        self._stack = ExitStack()
        settings = loading.load(folder, os.environ)
        log = open_log(settings.secrets, settings.zone, False, settings.log_format)
        self._app = self._stack.enter_context(app.opened(settings, log, reading=True))
        assert self._app.rounds  # made, and what it needs loaded, when it is first asked for

    def read(self) -> None:
        """Read every account once."""
        accounts = list(self._app.register.accounts)
        found = self._app.rounds.read_accounts(accounts, self._app.clock())
        bad = [reading for reading in found if not reading.good]
        if bad or len(found) != len(accounts):
            raise SystemExit(f"{len(found)} readings, {len(bad)} bad: {bad[:1]}")

    def close(self) -> None:
        """Give everything back."""
        self._stack.close()


class Reader:
    """The library `reader`, as it comes."""

    def __init__(self, url: str, feeds: int, at_once: int, folder: Path) -> None:
        from reader import make_reader

        self._reader = make_reader(str(folder / "reader.db"))
        self._at_once = at_once
        for n in range(feeds):
            self._reader.add_feed(f"{url}/{route(n)}?format=rss")

    def read(self) -> None:
        """Read every feed once."""
        failed = [
            one
            for one in self._reader.update_feeds_iter(scheduled=False, workers=self._at_once)
            if one.error
        ]
        if failed:
            raise SystemExit(f"reader could not read: {failed[0]}")

    def close(self) -> None:
        """Give everything back."""
        self._reader.close()


def limit(url: str, feeds: int, at_once: int, folder: Path) -> Program:
    """Return the sketch, which needs pycurl."""
    from benchmarks.reading_limit import Limit

    return Limit(url, feeds, at_once, folder)


PROGRAMS: Mapping[str, Callable[[str, int, int, Path], Program]] = {
    "limit": limit,
    "freshness": Freshness,
    "reader": Reader,
}


def measured(program: Program, url: str) -> dict[str, Any]:
    """Return what each round of *program* costs, in seconds."""
    costs = {}
    for name, mode in ROUNDS.items():
        switch(url, mode)
        cpu, began = time.process_time(), time.perf_counter()
        program.read()
        costs[name] = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - began}
    return {"rounds": costs, "peak": _peak()}


def _peak() -> float:
    """The most memory that this process ever had, in MB."""
    status = Path("/proc/self/status")
    if status.exists():
        [line] = [x for x in status.read_text(encoding="ascii").splitlines() if "VmHWM" in x]
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2  # bytes on a Mac


def main() -> None:
    """Run one program: its name, the server's address, the number of feeds, how many at once."""
    name, url, feeds, at_once = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="freshness-bench-") as folder:
        program = PROGRAMS[name](url, int(feeds), int(at_once), Path(folder))
        costs = measured(program, url)
        program.close()
    json.dump(costs, sys.stdout)


if __name__ == "__main__":
    main()
