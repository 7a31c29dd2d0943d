"""The real site on a real database: an account that has been silent for a while, and its link."""

from __future__ import annotations

import atexit
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from alerts.answers.answer import Ticket
from alerts.answers.links import PATH, Signer
from alerts.channels.console import Console
from alerts.model import Alert, ChannelSettings, Kind, Person, Reach
from alerts.words import translator
from monitor.desk.adding import Adding
from monitor.desk.answers import AnswerService
from monitor.desk.desk import Desk
from monitor.desk.gateway_trials import GatewayTrials
from monitor.desk.shapes import Finding, Level
from monitor.desk.users import Users
from monitor.model import SourceSpec
from monitor.polling.tally import Tally
from monitor.register import Register
from monitor.reports.mailing.monthly import Monthly
from monitor.settings.editing import Editor
from monitor.sources import registry
from monitor.store.base import Store
from monitor.web.adding import Joining
from monitor.web.cards import Cards
from monitor.web.door import Door, Outside
from monitor.web.example import Example
from monitor.web.metrics import Vitals
from monitor.web.pages import Pages, site
from monitor.web.parts import Parts
from monitor.web.rooms import rooms
from monitor.web.server import Server
from monitor.web.system import Inside
from tests.judging.test_engine import World
from tests.rule_values import ACCOUNTS, HOUR, POSTED, at, register
from tests.waiting import PATIENCE

WORDS = translator("zh_CN")
PEOPLE = {
    "zhang": Person("zhang", "张三", "0412-5550101", (), (Reach("wecom", "zhang"),)),
    "li": Person("li", "李四", "0412-5550102", ("duty",), (Reach("wecom", "li"),)),
    "wang": Person("wang", "王敏", "0412-5550100", ("deputy",), (Reach("wecom", "wang"),)),
    "zhao": Person("zhao", "赵强", None, ("operator",), (Reach("wecom", "zhao"),)),
}
ACCOUNT = replace(ACCOUNTS["weibo"], page="https://weibo.com/u/1", organisation="鞍山市民政局")
RULES = replace(register(accounts={"weibo": ACCOUNT}), people=PEOPLE)
NO_PROXY = Outside()
# Quiet since the 6th, notified since the 13th, over on the 20th at 10:00.
MONDAY = at("03-18 09:30")
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # nobody guesses in a test


PASSWORD = "a long enough password"
USERS = {"zhang": "officer", "guest": "viewer", "root": "admin"}
MANY = 30


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Stage:
    """One server for every site that a process of tests shows; the newest is on."""

    def __init__(self) -> None:
        self._on: list[FastAPI] = []
        behind = FastAPI(docs_url=None, openapi_url=None)
        behind.mount("/", self._shown)
        self._server = Server(behind, "127.0.0.1:0", lambda *_, **__: None)
        self._server.start()
        assert self._server.started.wait(PATIENCE)
        atexit.register(self._server.stop)

    @contextmanager
    def showing(self, site: FastAPI) -> Iterator[str]:
        """Show *site* in the block, and yield its address."""
        self._on.append(site)
        try:
            yield f"http://127.0.0.1:{self._server.port}"
        finally:
            self._on.remove(site)

    async def _shown(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._on[-1]({**scope, "root_path": ""}, receive, send)


stage = cache(Stage)


class Office:
    """One store with a silent account, and the site over it. *kept*: the store knows it all."""

    def __init__(
        self,
        store: Store,
        now: datetime = MONDAY,
        post: datetime = POSTED,
        rules: Register = RULES,
        outside: Outside = NO_PROXY,
        kept: bool = False,
    ) -> None:
        self.rules = rules
        self.world = World(store, rules)
        self.store, self.clock = store, Clock(now)
        self.said: list[tuple[str, dict[str, Any]]] = []
        self.unready: list[str] = []
        self.signer = Signer("a secret of this database")
        if not kept:
            self.world.read(post, post)
        self.desk = Desk(store, rules, self.world.engine, WORDS)
        self.answers = AnswerService(self.desk, store, rules, WORDS)
        cards = Cards(self.desk.accounts, self.answers.lookup, store, rules, WORDS)
        self.pages = Pages(
            self.signer, cards, self.answers, WORDS, lambda _: self.unready, self.clock, self.log
        )
        self.users = Users(store, rules, QUICK)
        door = Door(self.users, outside, [*rules.people])
        monthly = Monthly(store, rules, ["wang"], {}, WORDS, self.log)
        self.loops: dict[str, datetime] = {}
        self.vitals = Vitals("1.2.3", lambda: self.loops, Tally(), lambda: MONDAY, True)
        self.out = StringIO()
        self.inside = Inside(
            {"wecom": Console(ChannelSettings("wecom", "console", {}), self.out)},
            {"wecom": "console"},
            {"monitor.toml": '[service]\nid = "<b>"'},
            lambda _: [Finding("people", Level.PROBLEM, "nobody <i>can</i> be reached")],
        )
        self.joining: Joining | None = Joining(
            Adding(rules, {}, lambda *_: None, WORDS),
            lambda _: Path("accounts.toml"),
            lambda _: "",
            GatewayTrials(replace(rules, gateways={}), {}, lambda *_: None, WORDS, registry.build),
            lambda: self.log("reread"),
            Editor(Path("nowhere"), {}, frozenset(), lambda: False, lambda: None),
        )
        self.example: Example | None = None
        self.parts = Parts(
            self.desk, store, rules, WORDS, self.answers, door, self.clock, self.log, monthly
        )

    def log(self, event: str, /, **facts: Any) -> None:
        self.said.append((event, facts))

    def days(self, *days: str) -> None:
        """Look, judge and deliver at these instants."""
        for day in days:
            self.world.look(at(day))
            self.world.deliver(at(day))

    def alert(self, kind: Kind = Kind.SILENCE) -> Alert:
        """Return the newest alert of *kind*."""
        return max(
            (a for a in self.store.alerts.listed(True) if a.kind is kind), key=lambda a: a.id
        )

    def path(
        self, *people: str, alerts: tuple[int, ...] = (), issued: datetime | None = None
    ) -> str:
        """Return the path of a link for *people* to answer *alerts*, by default the newest."""
        ticket = Ticket(alerts or (self.alert().id,), people, issued or self.clock.now - HOUR)
        return f"/{PATH}/{self.signer.token(ticket)}"

    def site(self) -> FastAPI:
        """Return the whole site."""
        return site(
            self.pages,
            self.log,
            self.parts.door,
            rooms(self.parts, self.vitals, self.inside, self.joining, self.example),
        )

    @contextmanager
    def served(self) -> Iterator[str]:
        """Serve the site and yield its address."""
        with stage().showing(self.site()) as address:
            yield address


def told_thrice(store: Store, rules: Register = RULES, outside: Outside = NO_PROXY) -> Office:
    """An office on the Monday on which the duty officer and the deputy were notified, too."""
    office = Office(store, rules=rules, outside=outside)
    office.days("03-13 09:00", "03-18 09:00")
    office.world.read(MONDAY)
    return office


def bureau(count: int, people: Mapping[str, Person] = PEOPLE) -> Register:
    """The rules of an office with *count* accounts."""
    specs = {
        f"a{n:02}": SourceSpec(f"a{n:02}@rsshub", f"a{n:02}", "rsshub", f"weibo/user/{n}")
        for n in range(1, count)
    }
    more = {
        a: replace(ACCOUNT, id=a, name=f"第{a[1:]}科", sources=(spec,)) for a, spec in specs.items()
    }
    rules = register(accounts={"weibo": ACCOUNT, **more})
    return replace(rules, people=dict(people))


def told_of_many(
    store: Store, count: int, people: Mapping[str, Person] = PEOPLE, delivered: bool = True
) -> Office:
    """An office on the Monday on which its people are notified of *count* accounts at once."""
    office = Office(store, rules=bureau(count, people))
    for account in list(office.rules.accounts.values())[1:]:
        [spec] = account.sources
        office.world.read(POSTED, POSTED, spec=spec)
        office.world.read(at("03-18 09:00"), spec=spec)
    office.world.look(at("03-18 09:00"))
    if delivered:
        office.world.deliver(at("03-18 09:00"))
    return office
