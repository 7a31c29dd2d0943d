"""An RSSHub on loopback that answers as a test says, and a register of accounts behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from threading import Event
from typing import Any

from alerts.common.local_time import local_day
from monitor.model import Account, Gateway, SourceSpec
from monitor.polling.rounds import Rounds
from monitor.register import Register
from monitor.sources import registry
from monitor.sources.base import Source
from monitor.store.base import Store
from tests.rule_values import ZONE, register
from tests.serving import Asked, Served

Headers = dict[str, str]
Answer = tuple[int, bytes, Headers]


def feed(uid: str, built: datetime, *ages: timedelta) -> bytes:
    """Return RSSHub's feed of the account *uid*, built then, with posts of these ages."""
    items = "".join(
        f"<item><title>第{n}条</title><link>https://weibo.com/{uid}/Nk3aB7c{n:02}</link>"
        f"<pubDate>{format_datetime(built - age, usegmt=True)}</pubDate></item>"
        for n, age in enumerate(ages)
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>{uid}</title>'
        f"<link>https://weibo.com/{uid}/</link><generator>RSSHub</generator>"
        f"<lastBuildDate>{format_datetime(built, usegmt=True)}</lastBuildDate>{items}"
        "</channel></rss>"
    ).encode()


class RssHub(Served):
    """A context manager: a server that answers each route by `answer(uid)`."""

    def __init__(self, answer: Callable[[str], Answer]) -> None:
        self.answer = answer
        self.asked: Counter[str] = Counter()
        hub = self

        class Handler(Asked):
            def do_GET(self) -> None:
                uid = self.path.partition("?")[0].rsplit("/", 1)[1]
                hub.asked[uid] += 1
                self.give(*hub.answer(uid))

        super().__init__(Handler)


def behind(gateway: str, *uids: str) -> dict[str, Account]:
    """Return accounts read through *gateway*, one for each Weibo uid."""
    return {
        uid: Account(
            uid,
            uid,
            "weibo",
            custodian="zhang",
            sources=(SourceSpec(f"{uid}@{gateway}", uid, gateway, f"weibo/user/{uid}"),),
        )
        for uid in uids
    }


class Reading:
    """Rounds over a real store and real HTTP, at an instant that the test moves."""

    def __init__(
        self,
        store: Store,
        accounts: Mapping[str, Account],
        hubs: Mapping[str, RssHub],
        now: datetime,
        sources: Mapping[str, Source] | None = None,
        quotas: Mapping[str, int] | None = None,
        canaries: Sequence[str] = (),
    ) -> None:
        gateways = {
            name: Gateway(
                name,
                "rsshub",
                hub.url,
                spacing=timedelta(0),
                concurrency=4,
                canary=tuple(canaries),
                quota=(quotas or {}).get(name),
            )
            for name, hub in hubs.items()
        }
        self.rules: Register = replace(register(accounts=dict(accounts)), gateways=gateways)
        self.store, self.now = store, now
        self.said: list[tuple[str, dict[str, Any]]] = []
        self.stop = Event()
        self.sources = dict(sources or {g.id: self._built(g) for g in gateways.values()})
        store.accounts.sync(accounts.values(), gateways.values(), dict.fromkeys(accounts, "p"), now)
        self.rounds = Rounds(
            store, self.sources, self.rules, lambda: self.now, self._log, self.stop
        )

    def _built(self, gateway: Gateway) -> Source:
        def spend(now: datetime) -> bool:
            most = gateway.quota
            return most is None or self.store.gateways.spend(gateway.id, local_day(now, ZONE), most)

        return registry.build(gateway, spend=spend)

    def spent(self, gateway: str) -> int:
        """Return what is counted of the gateway's requests on the local day of now."""
        return self.store.gateways.spent(local_day(self.now, ZONE)).get(gateway, 0)

    def _log(self, event: str, /, **facts: Any) -> None:
        self.said.append((event, facts))

    def close(self) -> None:
        """Give back connections."""
        for source in self.sources.values():
            source.close()
