"""What several machines read and notify: sixteen gateways and a webhook on loopback, and what
came of it."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from threading import Lock
from typing import Any

from tests.polling.loopback import feed
from tests.serving import Asked, Served

LATENCY = 0.05  # seconds
SPACING = 1.0
GATEWAYS = tuple(f"g{n:02}" for n in range(16))
FAR = GATEWAYS[13:]  # those of the zone hk
LIMITED, QUOTA = "limited", 30  # one with a quota, and its requests a day
ACCOUNTS = tuple(f"{10_000 + n}" for n in range(32))
SELDOM = tuple(f"{20_000 + n}" for n in range(3))  # those behind the one with a quota
QUIET = timedelta(days=8, hours=2)


def gateway_of(account: str) -> str:
    """Return the gateway through which *account* is read."""
    return LIMITED if account in SELDOM else GATEWAYS[int(account) % len(GATEWAYS)]


@dataclass
class Asking:
    """How one gateway was asked: when and from where, how often at once, and from where while
    another had not got its answer."""

    at: list[float] = field(default_factory=list)
    by: list[str] = field(default_factory=list)
    now: list[str] = field(default_factory=list)
    most: int = 0
    at_once: list[tuple[str, str]] = field(default_factory=list)

    def began(self, address: str) -> None:
        """Note a request."""
        self.at.append(time.monotonic())
        self.by.append(address)
        self.at_once += [(other, address) for other in set(self.now) - {address}]
        self.now.append(address)
        self.most = max(self.most, len(self.now))

    def hurried(self) -> bool:
        """Return whether there was ever a time with more requests than its pause allows, some
        seconds for what the network holds up allowed for."""
        ahead = [n - at / SPACING for n, at in enumerate(self.at)]
        least = accumulate(ahead, min)
        return any(now - low > 5 / SPACING for now, low in zip(ahead, least, strict=True))


class Field(Served):
    """Gateways that show silent accounts, and a webhook that takes every notice."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.published: dict[str, datetime] = {}
        self.asked: dict[str, Asking] = defaultdict(Asking)
        self.accounts: dict[str, int] = defaultdict(int)
        self.got: list[dict[str, Any]] = []
        self.delay: dict[str, float] = {}
        lock, world = Lock(), self

        class Handler(Asked):
            def do_GET(self) -> None:
                _, gateway, *_, uid = self.path.partition("?")[0].split("/")
                with lock:
                    asking = world.asked[gateway]
                    asking.began(self.client_address[0])
                time.sleep(world.delay.get(gateway, LATENCY))
                with lock:
                    asking.now.remove(self.client_address[0])
                    world.accounts[uid] += 1
                now = datetime.now(UTC)
                ages = [QUIET + timedelta(days=3 * n) for n in range(6)]
                if uid in world.published:
                    ages.append(now - world.published[uid])  # the others keep their links
                with suppress(OSError):  # who asked was killed
                    self.give(200, feed(uid, now, *ages), {"Content-Type": "application/xml"})

            def do_POST(self) -> None:
                notice = json.loads(self.body())
                with lock:
                    world.got.append(notice | {"by": self.client_address[0]})
                self.give(200, b"{}", {})

        super().__init__(Handler, host)

    def publish(self, *accounts: str) -> None:
        """Let *accounts* publish now."""
        self.published |= dict.fromkeys(accounts, datetime.now(UTC) - timedelta(seconds=1))

    def asked_by(self, address: str) -> int:
        """Return how many requests of gateways came from *address*."""
        return sum(asking.by.count(address) for asking in self.asked.values())


def written(folder: Path, world: Field, database: str) -> Path:
    """Write a configuration for *world* below *folder*, and return its folder."""
    config = folder / "config"
    config.mkdir(parents=True)
    # Where it is noon, notices are sent.
    ahead = 12 - datetime.now(UTC).hour
    service = f"""
[service]
id = "cluster"
timezone = "Etc/GMT{-ahead:+d}"
database = "{database}"

[policies.default]
limit = "14d"
every_day = true
ladder = [{{after = "7d", tell = ["custodian"]}}, {{after = "14d", tell = ["custodian"]}}]
"""
    gateways = (
        f'\n[gateways.{name}]\nkind = "rsshub"\nurl = "{world.url}/{name}"\nspacing = "1s"\n'
        f'concurrency = 2\nzone = "{"hk" if name in FAR else "default"}"\n'
        for name in GATEWAYS
    )
    limited = (
        f'\n[gateways.{LIMITED}]\nkind = "rsshub"\nurl = "{world.url}/{LIMITED}"\n'
        f'spacing = "1s"\nquota = {QUOTA}\n'
    )
    accounts = (
        f'\n[[accounts]]\nid = "{one}"\nname = "单位{one}"\nplatform = "weibo"\n'
        f'custodian = "zhang"\n'
        f'sources = [{{gateway = "{gateway_of(one)}", locator = "weibo/user/{one}"}}]\n'
        for one in (*ACCOUNTS, *SELDOM)
    )
    people = f"""
[[people]]
id = "zhang"
name = "张三"
roles = ["custodian", "duty", "deputy", "operator"]
reach = [{{channel = "hook", address = "zhang"}}]

[[channels]]
id = "hook"
kind = "webhook"
url = "{world.url}/hook"
"""
    (config / "monitor.toml").write_text(service + "".join([*gateways, limited]), encoding="utf-8")
    (config / "accounts.toml").write_text("".join(accounts), encoding="utf-8")
    (config / "people.toml").write_text(people, encoding="utf-8")
    return config
