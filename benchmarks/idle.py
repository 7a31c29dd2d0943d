"""What a pass costs in which nothing is due: 1,000 to 100,000 accounts, inside one process.

    python benchmarks/idle.py [--accounts 1000 10000 100000] [--alerts 4000] [--json]
    python benchmarks/idle.py --service [--accounts 3000]

Each size has a database of its own with one post and one reading an account. After the first pass,
which judges every account, whole passes are made in which nothing is due, and the audit looks.
Prints the processor time of the first pass, and the median of what a quiet pass and a quiet audit
cost, in milliseconds; then what it costs to open that many alerts in one pass, each. Only ratios
travel from one machine to another. Nothing is read from anywhere and nobody is notified.

With `--service`: what an idle minute of `freshness run` costs, in processor time and memory.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from alerts.delivery.sending import Report
from alerts.model import Hours, Ladder, Person, Reach, Roster, Rung
from alerts.rules.calendar import calendar
from benchmarks import idle_service
from monitor.judging.engine import AlertEngine
from monitor.model import (
    Account,
    Gateway,
    Outcome,
    PostKind,
    Pulse,
    Reading,
    SeenPost,
    SourceMemory,
    SourceSpec,
)
from monitor.policy import Policy
from monitor.polling.rounds import Rounds
from monitor.register import Register
from monitor.service import Service
from monitor.store.base import Store
from monitor.store.protocols.ledger import Recorded
from monitor.store.sql import open_store

SIZES = (1_000, 10_000, 100_000)
SERVED = (3_000,)
GATEWAYS = 20
PASSES = 15
BATCH = 1_000
DAY, MINUTE, SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)
NOW = datetime(2024, 3, 6, 6, tzinfo=UTC)  # a Wednesday, two in the afternoon in China


@dataclass(frozen=True)
class Cost:
    """What was measured with *accounts*: seconds of processor time of the *first* pass, of a quiet
    *again*, and of a quiet *audit*; *memory*: the peak, in MB."""

    accounts: int
    first: float
    again: float
    audit: float
    memory: float


def main(arguments: Sequence[str]) -> None:
    """Measure each size and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--accounts", type=int, nargs="+")
    parser.add_argument("--alerts", type=int, default=4_000)
    parser.add_argument("--service", action="store_true", help="an idle minute of the service")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args(arguments)
    if wanted.service:
        for size in wanted.accounts or SERVED:
            print(minute_of(size))
        return
    costs = [measured(size) for size in wanted.accounts or SIZES]
    opening = opened(wanted.alerts)
    if wanted.json:
        print(json.dumps({"passes": [asdict(one) for one in costs], "opening": opening}))
        return
    print("accounts    first pass   quiet pass   quiet audit   peak")
    for one in costs:
        print(
            f"{one.accounts:8}  {one.first:10.2f} s  {one.again * 1000:8.1f} ms"
            f"  {one.audit * 1000:9.1f} ms  {one.memory:5.0f} MB"
        )
    print(f"largest / smallest: {costs[-1].again / costs[0].again:.2f}")
    print(f"opening {wanted.alerts} alerts: {opening * 1000:.1f} ms each")


def measured(size: int) -> Cost:
    """Return what passes over *size* accounts cost."""
    with stored(size, timedelta(0)) as (store, register):
        clock = [NOW + SECOND]
        engine = AlertEngine(store, register, lambda _, when: when, silent)
        service = service_of(store, register, engine, lambda: clock[0])
        first = cost(service.judge)
        again, audit = [], []
        for _ in range(PASSES):
            clock[0] += SECOND
            again.append(cost(service.tick))
            audit.append(cost(lambda: engine.owed(clock[0], NOW - DAY)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Cost(size, first, median(again), median(audit), peak)


def minute_of(size: int) -> str:
    """Measure an idle minute of a service with *size* accounts; return what it cost, in a line."""
    register, now = registered(size), datetime.now(UTC)
    made = [read(one, n, timedelta(0), now) for n, one in enumerate(register.accounts.values())]
    one = idle_service.measured(register, made, now)
    return (
        f"{one.accounts} accounts: an idle minute {one.processor:.2f} s, memory {one.memory:.0f} MB"
        f" (peak {one.peak:.0f} MB)"
    )


def opened(size: int) -> float:
    """Return what each of *size* alerts costs that one pass opens, in seconds."""
    with stored(size, 8 * DAY) as (store, register):
        engine = AlertEngine(store, register, lambda _, when: when, silent)
        whole = cost(service_of(store, register, engine, lambda: NOW + SECOND).judge)
        return whole / len(store.alerts.open())


@contextmanager
def stored(size: int, quiet: timedelta) -> Iterator[tuple[Store, Register]]:
    """Yield a database of *size* accounts that were *quiet* for so long, and their register."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{Path(folder) / 'idle.db'}", NOW)
        register = registered(size)
        filled(store, register, quiet)
        yield store, register
        store.close()


def cost(act: Callable[[], object]) -> float:
    """Return how many seconds of processor time *act* takes."""
    began = time.process_time()
    act()
    return time.process_time() - began


def service_of(
    store: Store, register: Register, engine: AlertEngine, clock: Callable[[], datetime]
) -> Service:
    """Return a service that reads from nowhere and sends nothing."""
    rounds = Rounds(store, {}, register, clock, silent, Event())
    return Service(store, rounds, engine, lambda *_: Report(0, 0, ()), clock, silent)


def registered(size: int) -> Register:
    """Return *size* accounts behind twenty gateways."""
    gateways = {f"g{n}": Gateway(f"g{n}", "rsshub", "http://127.0.0.1:9") for n in range(GATEWAYS)}
    tell = ("custodian",)
    ladder = Ladder(14 * DAY, tuple(Rung(days, tell) for days in (7, 12, 14)))
    return Register(
        accounts={a.id: a for a in (account(n) for n in range(size))},
        gateways=gateways,
        policies={"default": Policy("default", ladder)},
        people={"zhang": Person("zhang", "张三", "", (), (Reach("console", ""),))},
        roster=Roster(),
        hours=Hours(ZoneInfo("Asia/Shanghai")),
        calendar=calendar(),
    )


def account(number: int) -> Account:
    """Return one account with its source."""
    name, gateway = f"a{number}", f"g{number % GATEWAYS}"
    spec = SourceSpec(f"{name}@{gateway}", name, gateway, f"weibo/user/{number}")
    body = f"局{number % 50}"
    return Account(
        name, f"账号{number}", "weibo", organisation=body, custodian="zhang", sources=(spec,)
    )


def filled(store: Store, register: Register, quiet: timedelta) -> None:
    """Store one reading with one post, of *quiet* ago and a few days more, of every account."""
    counting = register.count_reposts()
    accounts = list(register.accounts.values())
    store.accounts.sync(
        accounts, register.gateways.values(), {}, NOW - 9 * DAY, count_reposts=counting
    )
    store.notes.beat(NOW - SECOND, NOW - DAY)
    for start in range(0, len(accounts), BATCH):
        some = enumerate(accounts[start : start + BATCH], start)
        store.readings.record([read(one, number, quiet) for number, one in some])


def read(account: Account, number: int, quiet: timedelta, now: datetime = NOW) -> Recorded:
    """Return a reading of *account*, made in the last hour, of a post of *quiet* ago and more."""
    (spec,) = account.sources
    at = now - timedelta(seconds=number % 3600)
    reading = Reading(
        spec.id, account.id, spec.gateway, at, Outcome.OK, as_of=at, pulse=Pulse.FULL, items=1
    )
    posted = now - quiet - timedelta(minutes=number % 3000)
    post = SeenPost(f"p{number}", "本周食谱", "https://weibo.com/1", PostKind.ORIGINAL, posted)
    memory = SourceMemory(window=((post.key, posted),), ever_good=True)
    return Recorded(reading, (post,), memory, at + 6 * timedelta(hours=1))


def silent(_: str, /, **__: Any) -> None:
    """Log nothing."""


if __name__ == "__main__":
    main(sys.argv[1:])
