"""One account, real gateways on loopback, a real database: read, judge, and ask what is known."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from hashlib import blake2b
from threading import Event
from typing import Any
from urllib.parse import parse_qs, urlsplit

from alerts.model import Notice
from alerts.words import translator
from monitor.desk.desk import Desk
from monitor.judging.engine import AlertEngine
from monitor.model import Account, Gateway, Reading, SourceSpec
from monitor.policy import Policy
from monitor.polling.rounds import Rounds
from monitor.sources import registry
from monitor.store.base import Store
from tests.rule_values import POLICY, ZONE, document, register
from tests.serving import Asked, Served

Posts = Sequence[tuple[str, datetime]]  # each post's key, and when it was published
Answer = tuple[int, str, dict[str, str]]
Answers = Callable[[str, dict[str, list[str]]], Answer]
UID = "1935396210"


class Site(Served):
    """A server whose `answers(path, query)` a test may replace; honours If-None-Match."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.asked: list[str] = []
        site = self

        class Handler(Asked):
            def do_POST(self) -> None:
                self.body()
                self.do_GET()

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                site.asked.append(self.path)
                status, text, headers = site.answers(parts.path, parse_qs(parts.query))
                etag = headers.get("ETag")
                if etag and self.headers.get("If-None-Match") == etag:
                    status, text = 304, ""
                self.give(status, text.encode(), headers)

        super().__init__(Handler)


LONG = timedelta(days=60)


class Seen:
    """One account behind gateways, all in one process; the test moves the clock.

    *awake_since*: since when the service has run without an outage. It is long ago, so that nothing
    waits for a first reading, unless a test moves it.
    """

    def __init__(
        self,
        store: Store,
        gateways: Sequence[Gateway],
        sources: Mapping[str, str],
        now: datetime,
        platform: str = "weibo",
        policy: Policy = POLICY,
    ) -> None:
        self.store, self.now, self.awake_since = store, now, now - LONG
        # The test's clock is not the one by which requests are kept apart.
        self.gateways = [replace(one, spacing=timedelta(0)) for one in gateways]
        self.policy, self.platform = policy, platform
        self.said: list[tuple[str, dict[str, Any]]] = []
        self.stop = Event()
        self._built = {g.id: registry.build(g) for g in self.gateways}
        self.configure(sources)

    def configure(self, sources: Mapping[str, str]) -> None:
        """Read the account through these gateways (id → locator) from now on."""
        specs = tuple(
            SourceSpec(f"a/{gateway}/{locator}", "a", gateway, locator, rank)
            for rank, (gateway, locator) in enumerate(sources.items())
        )
        account = Account("a", "鞍山民政", self.platform, custodian="zhang", sources=specs)
        rules = register({"default": self.policy}, {"a": account})
        self.rules = replace(rules, gateways={g.id: g for g in self.gateways})
        self.store.accounts.sync([account], self.gateways, {"a": "p"}, self.now)
        words = translator("zh_CN", ZONE)
        self.rounds = Rounds(
            self.store, self._built, self.rules, lambda: self.now, self._log, self.stop
        )
        self.engine = AlertEngine(self.store, self.rules, lambda _, when: when, self._log)
        self.desk = Desk(self.store, self.rules, self.engine, words)

    def look(self, now: datetime) -> list[Reading]:
        """Read the account now, whatever the interval, and judge."""
        self.now = now
        found = self.rounds.read_accounts(["a"], now)
        self.judge(now)
        return found

    def judge(self, now: datetime) -> None:
        """Judge without a reading before."""
        self.now = now
        self.store.notes.beat(now, self.awake_since)
        self.engine.judge(now, self.awake_since)

    def follow(self, until: datetime, every: timedelta = timedelta(hours=12)) -> None:
        """Look again and again until then."""
        while self.now < until:
            self.look(min(self.now + every, until))

    def status(self, at: datetime | None = None) -> dict[str, Any]:
        """Return what `status --json` prints of the account; with *at*: as of then."""
        found: dict[str, Any] = document(self.desk.accounts.status(self.now, at))["accounts"][0]
        return found

    def verdict(self) -> tuple[str, str]:
        """Return the verdict and what it rests on."""
        status = self.status()
        return status["verdict"], status["reason"]

    def explain(self, at: datetime | None = None) -> dict[str, Any]:
        """Return what `explain --json` prints; with *at*: as of then."""
        found: dict[str, Any] = document(self.desk.accounts.explain("a", self.now, at))
        return found

    def calls(self) -> list[str]:
        """Return every alert ever opened with what it has sent: kind, subject, occasions."""
        found = sorted(self.store.alerts.listed(True), key=lambda a: a.id)
        return [f"{a.kind} {a.subject} {','.join(sorted(map(str, a.called)))}" for a in found]

    def notices(self) -> list[Notice]:
        """Return every notice of every alert."""
        found = self.store.alerts.notices_of([a.id for a in self.store.alerts.listed(True)])
        return [notice for notices in found.values() for notice in notices]

    def close(self) -> None:
        """Give back connections."""
        for source in self._built.values():
            source.close()

    def _log(self, event: str, /, **facts: Any) -> None:
        self.said.append((event, facts))


def rss(posts: Posts, built: datetime, link: str, title: str = "鞍山民政的微博") -> Answer:
    """Return an RSS document of *posts* (link → date) with a validator as RSSHub makes it."""
    items = "".join(
        f"<item><title>{url[-6:]}</title><link>{url}</link><guid>{url}</guid>"
        f"<pubDate>{format_datetime(at, usegmt=True)}</pubDate></item>"
        for url, at in posts
    )
    head = f"<title>{title}</title><link>{link}</link>"
    tag = blake2b((head + items).encode(), digest_size=8).hexdigest()
    body = (
        f'<?xml version="1.0"?><rss version="2.0"><channel>{head}'
        f"<lastBuildDate>{format_datetime(built, usegmt=True)}</lastBuildDate>{items}"
        "</channel></rss>"
    )
    return 200, body, {"Content-Type": "application/xml", "ETag": f'"{tag}"'}


def weibo_page(bids: Posts) -> list[tuple[str, datetime]]:
    """Return *bids* as addresses of posts of the usual account."""
    return [(f"https://weibo.com/{UID}/{bid}", at) for bid, at in bids]


def profile(count: int, name: str = "鞍山民政", uid: str = UID) -> Answer:
    """Return m.weibo.cn's profile that counts *count* posts."""
    user = {"id": int(uid), "screen_name": name, "statuses_count": count, "followers_count": "7959"}
    return 200, json.dumps({"ok": 1, "data": {"userInfo": user}}), {}


def listing(bids: Posts, reposted: frozenset[str] = frozenset()) -> Answer:
    """Return m.weibo.cn's list of these posts."""
    cards = []
    for number, (bid, at) in enumerate(bids):
        mblog: dict[str, Any] = {
            "created_at": at.astimezone(ZONE).strftime("%a %b %d %H:%M:%S %z %Y"),
            "id": str(5_000_000 + number),
            "bid": bid,
            "text": bid,
            "user": {"id": int(UID)},
        }
        if bid in reposted:
            mblog["retweeted_status"] = {"text": "会议", "user": {"id": 1, "screen_name": "民政部"}}
        cards.append({"card_type": 9, "mblog": mblog})
    return 200, json.dumps({"ok": 1, "data": {"cards": cards}}), {}
