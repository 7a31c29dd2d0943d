"""What pages cost: overview, an account's page and the API, beside a page that says one word.

    python benchmarks/page.py [--accounts 50 2000 20000] [--times 5] [--json]

Each size has a database of its own, in which every account was read and judged. The pages are asked
for over HTTP by another process, one after the other, by somebody who has logged in; so is, before
them, a bare `async def` page of FastAPI on a server of the same kind. Prints the processor time of
the serving process as a multiple of the bare page's, the same in milliseconds, and the bytes of the
page as gzip leaves them. Only the multiples travel from one machine to another.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from http.client import HTTPConnection
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from argon2 import PasswordHasher
from fastapi import FastAPI

from alerts.answers.links import Signer
from alerts.words import translator
from benchmarks.idle import NOW, SECOND, service_of, silent, stored
from monitor.desk.answers import AnswerService
from monitor.desk.desk import Desk
from monitor.desk.users import Users
from monitor.judging.engine import AlertEngine
from monitor.register import Register
from monitor.reports.mailing.monthly import Monthly
from monitor.store.base import Store
from monitor.web.account import AccountRoom
from monitor.web.api import Api
from monitor.web.cards import Cards
from monitor.web.door import SESSION, Door, Outside
from monitor.web.house import House
from monitor.web.pages import Pages, Room, site
from monitor.web.parts import Frame, Parts
from monitor.web.server import Server

SIZES = (50, 2_000, 20_000)
BARE_TIMES = 400
STARTED_WITHIN = 30.0  # seconds
NAME, PASSWORD = "zhang", "a long enough password"
WORDS = translator("zh_CN")
PATHS = {"overview": "/", "account": "/accounts/a0", "api": "/api/v1/accounts"}
Headers = Mapping[str, str]


@dataclass(frozen=True)
class Cost:
    """What one *page* costs with *accounts*: *ratio* of the bare page's processor time, the same in
    *milliseconds*, and its *compressed* bytes."""

    accounts: int
    page: str
    ratio: float
    milliseconds: float
    compressed: int


def main(arguments: Sequence[str]) -> None:
    """Measure each size and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--accounts", type=int, nargs="+", default=SIZES)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args(arguments)
    with ProcessPoolExecutor(1, get_context("spawn")) as asking:
        with serving(bare()) as port:
            unit, _ = spent(asking, port, "/", {}, BARE_TIMES)
        costs = [
            one for size in wanted.accounts for one in measured(asking, size, unit, wanted.times)
        ]
    if wanted.json:
        print(json.dumps([asdict(one) for one in costs]))
        return
    print(f"a bare page: {unit * 1000:.2f} ms")
    print("accounts  page       times the bare page         ms  compressed")
    for one in costs:
        print(
            f"{one.accounts:8}  {one.page:9}  {one.ratio:19.1f}  {one.milliseconds:9.1f}"
            f"  {one.compressed / 1000:7.1f} KB"
        )


def measured(asking: Executor, size: int, unit: float, times: int) -> Iterator[Cost]:
    """Yield what each page costs over *size* accounts; *unit*: seconds of the bare page."""
    with stored(size, timedelta(0)) as (store, register):
        engine = AlertEngine(store, register, lambda _, when: when, silent)
        service_of(store, register, engine, lambda: NOW + SECOND).judge()
        users = Users(store, register, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        users.add(NAME, "officer", PASSWORD, NOW)
        headers = {
            "Cookie": f"{SESSION}={users.log_in(NAME, PASSWORD, NOW)}",
            "Authorization": f"Bearer {users.token(NAME, 'read', NOW)}",
        }
        with serving(whole(store, register, engine, users)) as port:
            for page, path in PATHS.items():
                cost, body = spent(asking, port, path, headers, times)
                yield Cost(size, page, cost / unit, cost * 1000, len(gzip.compress(body)))


def spent(
    asking: Executor, port: int, path: str, headers: Headers, times: int
) -> tuple[float, bytes]:
    """Return the seconds of our own processor time that one visit takes, and the page; the first
    visit, which loads what it needs, is not counted."""
    body = asking.submit(visited, port, path, headers, 1).result()
    began = time.process_time()
    asking.submit(visited, port, path, headers, times).result()
    return (time.process_time() - began) / times, body


def visited(port: int, path: str, headers: Headers, times: int) -> bytes:
    """Ask for a page *times* over one connection, and return it."""
    connection, body = HTTPConnection("127.0.0.1", port), b""
    for _ in range(times):
        connection.request("GET", path, headers=dict(headers))
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status}")
    connection.close()
    return body


@contextmanager
def serving(app: FastAPI) -> Iterator[int]:
    """Serve *app* as the service does, and yield the port."""
    server = Server(app, "127.0.0.1:0", silent)
    server.start()
    if not server.started.wait(STARTED_WITHIN) or server.port is None:
        raise SystemExit("the server did not start")
    try:
        yield server.port
    finally:
        server.stop()


def bare() -> FastAPI:
    """Return an application with one page that says one word."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/")
    async def word() -> str:
        return "good"

    return app


def whole(store: Store, register: Register, engine: AlertEngine, users: Users) -> FastAPI:
    """Return the site with the rooms that are measured."""

    def clock() -> datetime:
        return NOW + SECOND

    desk = Desk(store, register, engine, WORDS)
    answers = AnswerService(desk, store, register, WORDS)
    cards = Cards(desk.accounts, answers.lookup, store, register, WORDS)
    pages = Pages(Signer("measured"), cards, answers, WORDS, lambda _: [], clock, silent)
    door = Door(users, Outside(), [*register.people])
    monthly = Monthly(store, register, [], {}, WORDS, silent)
    parts = Parts(desk, store, register, WORDS, answers, door, clock, silent, monthly)
    frame = Frame(parts)
    rooms: list[Room] = [House(parts, frame), AccountRoom(parts, frame), Api(parts)]
    return site(pages, silent, door, rooms)


if __name__ == "__main__":
    main(sys.argv[1:])
