"""How soon a call leaves once the last reading is stored that its person waits for.

    python benchmarks/latency.py [--accounts 10000] [--due 500] [--spacing 1] [--svg FILE] [--json]

The service's own loops, with real requests to a local server behind twenty gateways and a webhook
as channel. All accounts have been read once; at nine o'clock of a working day so many have to be
called, each of five of a custodian's behind another gateway, and none may be called before its
own reading. Prints, for each message, how long after the storing of the last reading of its person
it arrived: the median, the 99th of a hundred, the longest. Beside it the floor, which no program
can pass: accounts x spacing / concurrency of a gateway. Only the hour is not the real one.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from pathlib import Path
from statistics import quantiles
from threading import Event, Thread
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from monitor.app import opened
from monitor.clock import utc_now
from monitor.driver import Driver, claim
from monitor.ledger.identity import bid_of
from monitor.running.scheduler import Scheduler
from monitor.settings.loading import load

GATEWAYS, PEOPLE, EACH = 20, 100, 5  # EACH: accounts in a row that one person keeps
FIRST_UID = 1_900_000_000
READ_AT = datetime(2024, 3, 6, 0, 40, tzinfo=UTC)  # 08:40 in China, a Wednesday
NINE = datetime(2024, 3, 6, 1, tzinfo=UTC)
QUIET, BUSY = datetime(2024, 2, 28, 2, tzinfo=UTC), datetime(2024, 3, 5, 2, tzinfo=UTC)
LEAD = timedelta(minutes=10)  # before nine, in which all are judged once …
RUN_UP = timedelta(seconds=5)  # … and what is left of it then
LONGEST = 15 * 60.0  # seconds after which what has not come will not

MONITOR = """
[service]
id = "latency"
database = "sqlite:///{folder}/latency.db"

[policies.default]
limit = "14d"
ladder = [{{after = "7d", tell = ["custodian"]}}, {{after = "14d", tell = ["custodian"]}}]
"""
GATEWAY = """
[gateways.g{n}]
kind = "rsshub"
url = "{url}"
spacing = "{spacing}s"
concurrency = {at_once}
"""
PERSON = """
[[people]]
id = "p{n}"
name = "管理员{n}"
phone = "0412-5550101"
roles = ["{role}"]
reach = [{{channel = "web", address = "p{n}"}}]
"""
CHANNEL = """
[[channels]]
id = "web"
kind = "webhook"
url = "{url}"
"""
ACCOUNT = """
[[accounts]]
id = "a{n}"
name = "账号{n}的微博"
platform = "weibo"
custodian = "p{person}"
sources = [{{gateway = "g{gateway}", locator = "weibo/user/{uid}"}}]
"""


@dataclass(frozen=True)
class Found:
    """What was measured: *latencies*, in seconds, of *messages*; *stored* and *sent*: when, in
    seconds after nine, each awaited reading was stored and each message arrived; *floor*."""

    accounts: int
    due: int
    floor: float
    stored: list[float]
    sent: list[float]
    latencies: list[float]

    @property
    def p50(self) -> float:
        """The median."""
        return quantiles(self.latencies, n=100)[49]

    @property
    def p99(self) -> float:
        """What 99 of a hundred do not exceed."""
        return quantiles(self.latencies, n=100)[98]


@dataclass
class Watch:
    """What happened when, by this process's clock."""

    stored: dict[str, float] = field(default_factory=dict)
    arrived: dict[str, tuple[str, float]] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    def log(self, event: str, /, **facts: Any) -> None:
        """Note readings as they are stored, and what went wrong."""
        if event == "source_read":
            self.stored[facts["source"].partition("/")[0]] = time.monotonic()
        if "bug" in facts or not facts.get("good", True):
            self.troubles.append(f"{event} {facts}")

    def message(self, body: Mapping[str, Any]) -> None:
        """Note a message."""
        if body["event"] == "alert":
            self.arrived[body["subject"]] = (body["to"], time.monotonic())


def main(arguments: Sequence[str]) -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--due", type=int, default=500)
    parser.add_argument("--spacing", type=int, default=1, help="seconds, of each gateway")
    parser.add_argument("--svg", type=Path)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args(arguments)
    found = measured(wanted.accounts, wanted.due, wanted.spacing)
    if wanted.svg:
        wanted.svg.write_text(picture(found), encoding="utf-8")
    if wanted.json:
        print(json.dumps(asdict(found) | {"p50": found.p50, "p99": found.p99}))
        return
    print(f"{found.accounts} accounts, {found.due} due at nine behind {GATEWAYS} gateways")
    print(f"floor: {found.floor:.0f} s; last reading stored after {max(found.stored):.1f} s")
    print(
        f"from its last reading to a message: median {found.p50:.2f} s, 99 % {found.p99:.2f} s,"
        f" longest {max(found.latencies):.2f} s; last message after {max(found.sent):.1f} s"
    )


def measured(accounts: int, due: int, spacing: int) -> Found:
    """Return what the messages about *due* of *accounts* took."""
    watch = Watch()
    with tempfile.TemporaryDirectory() as name, served(due) as feeds, hearing(watch) as inbox:
        folder = Path(name)
        configured(folder, feeds, inbox, accounts, 0, 4)
        _read_all(folder, watch)
        configured(folder, feeds, inbox, accounts, spacing, 1)
        nine = _run(folder, watch, due)
    if len(watch.arrived) < due or watch.troubles:
        raise SystemExit(f"{len(watch.arrived)} of {due} messages; {watch.troubles[:2]}")
    called: dict[str, list[str]] = {}
    for account, (person, _) in watch.arrived.items():
        called.setdefault(person, []).append(account)
    ready = {person: max(watch.stored[a] for a in mine) for person, mine in called.items()}
    return Found(
        accounts=accounts,
        due=due,
        floor=-(-due // GATEWAYS) * spacing,
        stored=sorted(watch.stored[a] - nine for a in watch.arrived),
        sent=sorted(at - nine for _, at in watch.arrived.values()),
        latencies=sorted(at - ready[person] for person, at in watch.arrived.values()),
    )


def _read_all(folder: Path, watch: Watch) -> None:
    """Read every account once, twenty minutes before nine."""
    began = utc_now()
    clock: Callable[[], datetime] = lambda: READ_AT + (utc_now() - began)  # noqa: E731
    with opened(load(folder, {}), watch.log, reading=True, clock=clock) as app:
        claim(app.store, Driver.RUN)
        app.service.judge()
        app.rounds.read_accounts(list(app.register.accounts), clock())
        app.service.judge()


def _run(folder: Path, watch: Watch, due: int) -> float:
    """Run the loops until all have been called; return when nine was. The hour jumps to just before
    it once all have been judged."""
    began, jumps, greeted = utc_now(), [NINE - LEAD], Event()
    clock: Callable[[], datetime] = lambda: jumps[-1] + (utc_now() - began)  # noqa: E731
    watch.arrived.clear()
    with opened(
        load(folder, {}), watch.log, reading=True, serving=True, leading=True, clock=clock
    ) as app:
        scheduler = Scheduler(app, lambda _: greeted.set(), _never)
        scheduler.start()
        greeted.wait(LONGEST)
        jumps.append(NINE - RUN_UP - (utc_now() - began))
        start, pause = time.monotonic(), Event()
        while len(watch.arrived) < due and time.monotonic() < start + LONGEST:
            pause.wait(0.5)
        app.stop.set()
        scheduler.stop()
    return start + RUN_UP.total_seconds()


def _never() -> None:
    """No configuration changes."""


def configured(
    folder: Path, feeds: str, inbox: str, accounts: int, spacing: int, at_once: int
) -> None:
    """Write a configuration of twenty gateways and a hundred custodians."""
    monitor = MONITOR.format(folder=folder) + "".join(
        GATEWAY.format(n=n, url=feeds, spacing=spacing, at_once=at_once) for n in range(GATEWAYS)
    )
    people = CHANNEL.format(url=inbox) + "".join(
        PERSON.format(n=n, role="operator" if n == PEOPLE else "custodian")
        for n in range(PEOPLE + 1)
    )
    listed = "".join(
        ACCOUNT.format(n=n, person=n // EACH % PEOPLE, gateway=n % GATEWAYS, uid=FIRST_UID + n)
        for n in range(accounts)
    )
    for name, text in (("monitor", monitor), ("people", people), ("accounts", listed)):
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")


# The feeds


class Feeds(BaseHTTPRequestHandler):
    """Shows three posts of each account; the first *due* have been quiet for a week."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    due = 0

    def do_GET(self) -> None:
        """Answer one request."""
        feed = int(self.path.partition("?")[0].rsplit("/", 1)[1]) - FIRST_UID
        content = _feed(feed, QUIET if feed < Feeds.due else BUSY)
        self.send_response(200)
        self.send_header("Content-Type", "application/xml; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def _feed(feed: int, newest: datetime) -> bytes:
    items = "".join(_item(feed, n, newest) for n in range(3))
    # Its gateway is alive: the bound on its clock is what the service allows.
    stamp = format_datetime(NINE, usegmt=True)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"<title>账号{feed}的微博</title><link>https://weibo.com/{FIRST_UID + feed}/</link>"
        f"<generator>RSSHub</generator><lastBuildDate>{stamp}</lastBuildDate>{items}"
        "</channel></rss>"
    ).encode()


def _item(feed: int, number: int, newest: datetime) -> str:
    link = (
        f"https://weibo.com/{FIRST_UID + feed}/{bid_of(5_000_000_000_000_000 + feed * 9 + number)}"
    )
    at = format_datetime(newest - timedelta(days=number), usegmt=True)
    title = f"账号{feed} 第{number}条：社区老年食堂本周菜单"
    return (
        f"<item><title>{title}</title><description>{title}</description><link>{link}</link>"
        f'<guid isPermaLink="false">{link}</guid><pubDate>{at}</pubDate></item>'
    )


def _serve(due: int, ready: Any) -> None:
    Feeds.due = due
    server = ThreadingHTTPServer(("127.0.0.1", 0), Feeds)
    server.daemon_threads = True
    ready.put(server.server_port)
    server.serve_forever()


@contextmanager
def served(due: int) -> Iterator[str]:
    """Yield the address of the feeds, which another process serves."""
    context = get_context("spawn")
    ready = context.Queue()
    process = context.Process(target=_serve, args=(due, ready), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ready.get(timeout=60)}"
    finally:
        process.terminate()
        process.join()


@contextmanager
def hearing(watch: Watch) -> Iterator[str]:
    """Yield the address at which messages arrive."""

    class Inbox(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            watch.message(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Inbox)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


# The picture

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 760, 300, 56, 44, 28
STYLE = (
    "text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1f2328; }"
    ".axis { stroke: #8c959f; } .read { fill: none; stroke: #0969da; stroke-width: 2; }"
    ".sent { fill: none; stroke: #1a7f37; stroke-width: 2; } .floor { stroke: #cf222e;"
    " stroke-dasharray: 4 3; } .paper { fill: #ffffff; }"
)


def picture(found: Found) -> str:
    """Return an SVG: how many readings were stored, and messages out, so long after nine."""
    longest = max([*found.sent, *found.stored, found.floor]) * 1.02

    def x(seconds: float) -> float:
        return LEFT + (WIDTH - LEFT - 16) * max(seconds, 0.0) / longest

    def y(count: int) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * count / found.due

    def curve(moments: Sequence[float], name: str) -> str:
        steps = " ".join(f"{x(at):.1f},{y(n):.1f}" for n, at in enumerate(moments, 1))
        return f'<polyline class="{name}" points="{x(0):.1f},{y(0):.1f} {steps}"/>'

    ticks = [longest * n / 5 for n in range(6)]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-label="Readings stored and messages sent after nine">',
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}"/>',
        f'<line class="axis" x1="{LEFT}" y1="{y(0)}" x2="{WIDTH - 16}" y2="{y(0)}"/>',
        f'<line class="axis" x1="{LEFT}" y1="{y(0)}" x2="{LEFT}" y2="{TOP}"/>',
        *(f'<text x="{x(at) - 10:.0f}" y="{HEIGHT - 24}">{at:.0f} s</text>' for at in ticks),
        f'<text x="8" y="{y(found.due) + 5:.0f}">{found.due}</text>',
        f'<line class="floor" x1="{x(found.floor):.1f}" y1="{TOP}" x2="{x(found.floor):.1f}" '
        f'y2="{y(0)}"/>',
        curve(found.stored, "read"),
        curve(found.sent, "sent"),
        f'<text x="{LEFT}" y="{HEIGHT - 6}">after nine: readings stored (blue), messages out '
        "(green), the floor (red)</text>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    main(sys.argv[1:])
