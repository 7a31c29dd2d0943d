"""What several machines read and notify: sixteen gateways and a webhook on loopback, and what
came of it."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

from tests.polling.loopback import feed
from tests.serving import Asked, Served

LATENCY = 0.05  # seconds
SPACING = 1.0
GATEWAYS = tuple(f"g{n:02}" for n in range(16))
FAR = GATEWAYS[13:]  # those of the zone hk
ACCOUNTS = tuple(f"{10_000 + n}" for n in range(32))
QUIET = timedelta(days=8, hours=2)


def gateway_of(account: str) -> str:
    """Return the gateway through which *account* is read."""
    return GATEWAYS[int(account) % len(GATEWAYS)]


@dataclass
class Asking:
    """How one gateway was asked: when, how often at once."""

    at: list[float] = field(default_factory=list)
    now: int = 0
    most: int = 0


class Field(Served):
    """Gateways that show silent accounts, and a webhook that takes every notice."""

    def __init__(self) -> None:
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
                    asking.at.append(time.monotonic())
                    asking.now += 1
                    asking.most = max(asking.most, asking.now)
                time.sleep(world.delay.get(gateway, LATENCY))
                with lock:
                    asking.now -= 1
                    world.accounts[uid] += 1
                now = datetime.now(UTC)
                ages = [QUIET + timedelta(days=3 * n) for n in range(6)]
                with suppress(OSError):  # who asked was killed
                    self.give(200, feed(uid, now, *ages), {"Content-Type": "application/xml"})

            def do_POST(self) -> None:
                notice = json.loads(self.body())
                with lock:
                    world.got.append(notice)
                self.give(200, b"{}", {})

        super().__init__(Handler)

    def unmarked(self) -> list[str]:
        """Return the ids of notices that came twice without saying so."""
        ids = [one["id"] for one in self.got if not one["resent"]]
        return sorted({one for one in ids if ids.count(one) > 1})

    def hurried(self) -> list[str]:
        """Return the gateways that were asked more often than their pause allows, some seconds
        for what the network holds up allowed for."""
        return [
            name
            for name, asking in self.asked.items()
            if len(asking.at) > (asking.at[-1] - asking.at[0] + 5) / SPACING + 1
        ]


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
    accounts = (
        f'\n[[accounts]]\nid = "{one}"\nname = "单位{one}"\nplatform = "weibo"\n'
        f'custodian = "zhang"\n'
        f'sources = [{{gateway = "{gateway_of(one)}", locator = "weibo/user/{one}"}}]\n'
        for one in ACCOUNTS
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
    (config / "monitor.toml").write_text(service + "".join(gateways), encoding="utf-8")
    (config / "accounts.toml").write_text("".join(accounts), encoding="utf-8")
    (config / "people.toml").write_text(people, encoding="utf-8")
    return config
