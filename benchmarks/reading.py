"""What reading costs: N feeds in RSSHub's shape from a local server, through the real service code.

    python benchmarks/reading.py [--feeds 2000] [--threads 8]

Three rounds: cold (nothing known), all answers 304, and 5 % of the feeds changed. For each it
prints feeds a second, processor time a feed, the peak of memory and the commits. Beside the
cold round stand two limits measured in the same run: fetching the same bodies with a pooled
`requests.Session` and throwing them away, and parsing the same bodies with feedparser at its
defaults. Only ratios travel from one machine to another.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

import feedparser
import requests
from sqlalchemy import event
from sqlalchemy.engine import Engine

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from alerts.model import Hours, Ladder, Roster, Rung
from alerts.rules.calendar import calendar
from monitor.ledger.identity import bid_of
from monitor.model import Account, Gateway, SourceSpec
from monitor.policy import Policy
from monitor.polling.rounds import Rounds
from monitor.register import Register
from monitor.sources import registry
from monitor.store.sql import open_store

ITEMS = 10
ITEM_BYTES = 2_400  # ten of them make a feed of about 25 KB
CHANGED = 20  # every twentieth feed: 5 %
START = datetime(2024, 3, 4, 1, 0, tzinfo=UTC)
STEP = timedelta(hours=6)


# The server, in a process of its own, so that its work is not counted.


def body(feed: int, edition: int, built: datetime) -> bytes:
    """Return one feed; *edition* 1 has a post that edition 0 lacks."""
    newest = ITEMS + edition
    items = "".join(_item(feed, n) for n in range(newest, newest - ITEMS, -1))
    stamp = format_datetime(built, usegmt=True)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss xmlns:atom="http://www.w3.org/2005/Atom" '
        f'version="2.0"><channel><title>账号{feed}的微博</title>'
        f"<link>https://weibo.com/{_uid(feed)}/</link><generator>RSSHub</generator>"
        f"<lastBuildDate>{stamp}</lastBuildDate><ttl>5</ttl>{items}</channel></rss>"
    ).encode()


def _item(feed: int, number: int) -> str:
    bid = bid_of(5_000_000_000_000_000 + feed * 1000 + number)
    link = f"https://weibo.com/{_uid(feed)}/{bid}"
    at = format_datetime(START - timedelta(hours=12 * (ITEMS + 2 - number)), usegmt=True)
    text = (
        f"第{number}条：社区老年食堂本周菜单与就餐时间 &lt;br&gt;&lt;img src=&quot;x.jpg&quot;&gt; "
    )
    filler = text * (ITEM_BYTES // len(text.encode()))
    return (
        f"<item><title>账号{feed} 第{number}条</title><description>{filler}</description>"
        f'<link>{link}</link><guid isPermaLink="false">{link}</guid><pubDate>{at}</pubDate></item>'
    )


def _uid(feed: int) -> int:
    return 1_900_000_000 + feed


class Handler(BaseHTTPRequestHandler):
    """Answers `/weibo/user/<uid>` in the mode last set by `/mode/<name>/<seconds>`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    mode, now = "cold", START

    def do_GET(self) -> None:
        """Answer one request."""
        if self.path.startswith("/mode/"):
            _, _, mode, seconds = self.path.split("/")
            Handler.mode, Handler.now = mode, START + timedelta(seconds=float(seconds))
            self._give(200, b"")
            return
        feed = int(self.path.partition("?")[0].rsplit("/", 1)[1]) - 1_900_000_000
        edition = int(Handler.mode == "changed" and feed % CHANGED == 0)
        etag = f'"{feed}-{edition}"'
        known = self.headers.get("If-None-Match") == etag
        self._give(304, b"", etag) if known else self._give(
            200, body(feed, edition, Handler.now), etag
        )

    def _give(self, status: int, content: bytes, etag: str = "") -> None:
        self.send_response(status)
        self.send_header("ETag", etag)
        self.send_header("Content-Type", "application/xml; charset=utf-8")
        if status != 304:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def serve(ready: Any) -> None:
    """Serve until killed; send the port through *ready*."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    ready.put(server.server_port)
    server.serve_forever()


@contextmanager
def served() -> Iterator[str]:
    """Yield the address of a running server."""
    context = multiprocessing.get_context("spawn")
    ready = context.Queue()
    process = context.Process(target=serve, args=(ready,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ready.get(timeout=30)}"
    finally:
        process.terminate()
        process.join()


# What is measured.


@dataclass(frozen=True, slots=True)
class Cost:
    """What one pass over all feeds cost."""

    name: str
    feeds: int
    wall: float
    cpu: float
    commits: int

    def line(self) -> str:
        """Return it as one line of a table."""
        rate, each = self.feeds / self.wall, 1000 * self.cpu / self.feeds
        return f"{self.name:<44} {rate:>9.0f} {each:>12.2f} {_peak():>9.0f} {self.commits:>8}"


def measured(name: str, feeds: int, act: Callable[[], object]) -> Cost:
    """Return what *act* cost."""
    commits = [0]

    def count(_: object) -> None:
        commits[0] += 1

    event.listen(Engine, "commit", count)
    before, began = _cpu(), time.perf_counter()
    act()
    wall, cpu = time.perf_counter() - began, _cpu() - before
    event.remove(Engine, "commit", count)
    return Cost(name, feeds, wall, cpu, commits[0])


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # MB on Linux


def register(feeds: int, url: str, threads: int) -> Register:
    """Return a register of *feeds* accounts behind one RSSHub."""
    gateway = Gateway("rsshub", "rsshub", url, spacing=timedelta(0), concurrency=threads)
    rungs = (Rung(7, ("custodian",)), Rung(14, ("custodian",)))
    specs = [
        SourceSpec(f"a{n}@rsshub", f"a{n}", "rsshub", f"weibo/user/{_uid(n)}") for n in range(feeds)
    ]
    accounts = {s.account: Account(s.account, s.account, "weibo", sources=(s,)) for s in specs}
    policies = {"default": Policy("default", Ladder(timedelta(days=14), rungs))}
    hours = Hours(ZoneInfo("Asia/Shanghai"))
    return Register(accounts, {"rsshub": gateway}, policies, {}, Roster(), hours, calendar())


class Bench:
    """The service's own reading code over a clock that is moved by hand."""

    def __init__(self, feeds: int, url: str, threads: int, folder: str) -> None:
        self.feeds, self.url, self.now = feeds, url, START
        known = register(feeds, url, threads)
        self.store = open_store(f"sqlite:///{folder}/bench.db", START)
        texts = dict.fromkeys(known.accounts, "default")
        self.store.accounts.sync(known.accounts.values(), known.gateways.values(), texts, START)
        self.sources = {g.id: registry.build(g) for g in known.gateways.values()}
        self.rounds = Rounds(
            self.store, self.sources, known, lambda: self.now, lambda *_, **__: None, Event()
        )

    def round(self, name: str, mode: str) -> Cost:
        """Read every feed once, with the server in *mode*."""
        requests.get(f"{self.url}/mode/{mode}/{(self.now - START).total_seconds()}", timeout=10)
        cost = measured(name, self.feeds, self._read)
        self.now += STEP
        return cost

    def _read(self) -> None:
        read = 0
        while read < self.feeds:
            found = self.rounds.read_due(self.now)
            bad = [reading for reading in found if not reading.good]
            if bad or not found:
                raise SystemExit(f"a reading failed: {bad[:1]}")
            read += len(found)

    def close(self) -> None:
        """Give everything back."""
        for source in self.sources.values():
            source.close()
        self.store.close()


def fetch_only(feeds: int, url: str, threads: int) -> Cost:
    """Fetch every body with one pooled session and throw it away."""
    session = requests.Session()
    adapter = requests.adapters.HTTPAdapter(pool_maxsize=threads)
    session.mount("http://", adapter)

    def get(feed: int) -> int:
        return len(session.get(f"{url}/weibo/user/{_uid(feed)}", timeout=30).content)

    def all_of_them() -> None:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(get, range(feeds)))

    return measured("limit: requests.Session, bodies thrown away", feeds, all_of_them)


def parse_only(feeds: int) -> Cost:
    """Parse every body with feedparser as it comes."""
    sample = min(feeds, 300)
    bodies = [body(n, 0, START) for n in range(sample)]
    cost = measured("", sample, lambda: [feedparser.parse(b) for b in bodies])
    scale = feeds / sample
    name = f"limit: feedparser.parse, its defaults (of {sample})"
    return Cost(name, feeds, cost.wall * scale, cost.cpu * scale, 0)


def main() -> None:
    """Run the rounds and print the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--feeds", type=int, default=2000)
    options.add_argument("--threads", type=int, default=8)
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    with served() as url, tempfile.TemporaryDirectory(prefix="freshness-bench-") as folder:
        bench = Bench(asked.feeds, url, asked.threads, folder)
        costs = [
            bench.round("cold", "cold"),
            bench.round("all 304", "unchanged"),
            bench.round("5 % changed", "changed"),
        ]
        bench.close()
        limits = [fetch_only(asked.feeds, url, asked.threads), parse_only(asked.feeds)]
    show(costs, limits, asked.json)


def show(costs: list[Cost], limits: list[Cost], as_json: bool) -> None:
    """Print what was measured, and the ratios."""
    cold, quiet, changed = costs
    fetching, parsing = limits
    ratios = {
        "cold: processor time against fetching and feedparser's defaults together": cold.cpu
        / (fetching.cpu + parsing.cpu),
        "all 304: processor time against the cold round": quiet.cpu / cold.cpu,
        "5 % changed: processor time against the cold round": changed.cpu / cold.cpu,
    }
    if as_json:
        rounds = {
            c.name: {"feeds": c.feeds, "wall": c.wall, "cpu": c.cpu, "commits": c.commits}
            for c in (*costs, *limits)
        }
        print(json.dumps({"rounds": rounds, "ratios": ratios, "peak_mb": _peak()}, indent=2))
        return
    print(f"{'':<44} {'feeds/s':>9} {'CPU ms/feed':>12} {'peak MB':>9} {'commits':>8}")
    for cost in (*costs, *limits):
        print(cost.line())
    for name, ratio in ratios.items():
        print(f"{name}: {ratio:.2f}")


if __name__ == "__main__":
    main()
