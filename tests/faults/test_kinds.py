"""Every kind of gateway through a silence of sixteen days, and through the loss of its login."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.model import Gateway
from monitor.store.base import Store
from tests.faults.seeing import UID, Answer, Seen, Site, listing, profile, rss, weibo_page
from tests.rule_values import DAY, HOUR, ZONE, at

START, POSTED = at("03-06 12:00"), at("03-06 10:00")
DAYS = 16
FEED, CANARY = "MP_WXS_3071234567", "MP_WXS_2390000001"
OLD = [(f"Nold{n:05}", POSTED - n * DAY) for n in range(9)]
Query = dict[str, list[str]]
LOGIN_PAGE: Answer = (200, "<html><title>登录</title></html>", {})


class Gate:
    """A gateway of any kind: whose account is silent, and whose login may be lost at `lost_at`."""

    def __init__(self) -> None:
        self.now = START
        self.lost_at: datetime | None = None

    @property
    def lost(self) -> bool:
        return self.lost_at is not None and self.now >= self.lost_at

    def articles(self, path: str) -> list[tuple[str, datetime]]:
        """What a collector shows: the account's old articles; the canary's of each day so far."""
        if CANARY not in path:
            return [(f"https://mp.weixin.qq.com/s/{key}", when) for key, when in OLD]
        until = min(self.now, self.lost_at or self.now)
        days = (until - START).days
        return [
            (f"https://mp.weixin.qq.com/s/canary{n:04}", START + n * DAY - HOUR)
            for n in range(days, -6, -1)
        ]


def rsshub(gate: Gate, path: str, query: Query) -> Answer:
    if gate.lost:
        return 503, "Error Message:<br/><code>Error: Cookies expired</code>", {}
    return rss(weibo_page(OLD), gate.now, f"https://weibo.com/{UID}/")


def wewe_rss(gate: Gate, path: str, query: Query) -> Answer:
    if path == "/feeds/":
        synced = int((gate.now - HOUR).timestamp())
        return 200, json.dumps([{"id": f, "syncTime": synced} for f in (FEED, CANARY)]), {}
    return rss(gate.articles(path), START - 300 * DAY, "https://mp.weixin.qq.com")


def wechat2rss(gate: Gate, path: str, query: Query) -> Answer:
    if path == "/login/list":
        return 200, json.dumps({"err": "", "data": [{"id": 1, "available": not gate.lost}]}), {}
    return rss(gate.articles(path), gate.now, "https://mp.weixin.qq.com")


def we_mp_rss(gate: Gate, path: str, query: Query) -> Answer:
    return rss(gate.articles(path), gate.now, "https://mp.weixin.qq.com")


def feed(gate: Gate, path: str, query: Query) -> Answer:
    return LOGIN_PAGE if gate.lost else rss(OLD, gate.now, "http://mzj.test/")


def web_page(gate: Gate, path: str, query: Query) -> Answer:
    if gate.lost:
        return 200, "<html><title>安全验证</title>请完成验证</html>", {}
    shown = "".join(
        f"<li><a href='{key}.html'>{key}</a><i>{when.astimezone(ZONE):%Y-%m-%d %H:%M}</i></li>"
        for key, when in OLD
    )
    return 200, f"<html><ul>{shown}</ul></html>", {}


def weibo_mobile(gate: Gate, path: str, query: Query) -> Answer:
    if gate.lost:
        return 200, json.dumps({"ok": -100, "url": "https://m.weibo.cn/captcha?scene=limit"}), {}
    return listing(OLD) if "containerid" in query else profile(284)


def weibo_api(gate: Gate, path: str, query: Query) -> Answer:
    if gate.lost:
        return 403, json.dumps({"error": "expired_token", "error_code": 21327}), {}
    user = {"id": int(UID), "screen_name": "鞍山民政", "statuses_count": 284}
    shown = [
        {
            "bid": bid,
            "idstr": "1",
            "text": bid,
            "user": user,
            "created_at": when.astimezone(ZONE).strftime("%a %b %d %H:%M:%S %z %Y"),
        }
        for bid, when in OLD
    ]
    said = {"expire_in": 10**8, "statuses": shown, "total_number": 284}
    return 200, json.dumps(said), {}


APPID = "wx0123456789abcdef"
OF_A_PLATFORM = {
    "component_access_token": "c" * 130,
    "authorizer_access_token": "a" * 130,
    "list": [{"authorizer_appid": APPID, "refresh_token": "r" * 40}],
}


def wechat_api(gate: Gate, path: str, query: Query) -> Answer:
    if gate.lost:
        return (
            200,
            json.dumps({"errcode": 40164, "errmsg": "invalid ip 1.2.4.8, not in whitelist"}),
            {},
        )
    items = [
        {
            "content": {"news_item": [{"title": key, "url": f"http://mp.weixin.qq.com/s/{key}"}]},
            "update_time": int(when.timestamp()),
        }
        for key, when in OLD
    ]
    said = {"access_token": "t" * 130, "expires_in": 7200, "total": 7959} | OF_A_PLATFORM
    return 200, json.dumps(said | {"item": items, "total_count": len(items)}), {}


@dataclass(frozen=True)
class Kind:
    """A kind, and what is said of a silent account behind it, and after its login is lost."""

    answers: Callable[[Gate, str, Query], Answer]
    platform: str
    locator: str
    silent: tuple[str, str]
    lost: tuple[str, str]
    more: Mapping[str, Any] = field(default_factory=dict)


SEEN, WEAK, DEAD = ("breached", "proven"), ("blind", "unproven"), ("blind", "failing")
WITNESSED = {"canary": (CANARY,)}
APP = {"key": f"{APPID}:secret"}
PLATFORM = APP | {
    "ticket": str(Path(__file__).parents[1] / "contracts" / "component_ticket.xml"),
}
KINDS = {
    "rsshub": Kind(rsshub, "weibo", f"weibo/user/{UID}", SEEN, DEAD),
    "wewe_rss": Kind(wewe_rss, "wechat", FEED, WEAK, WEAK),
    "wewe_rss with a canary": Kind(wewe_rss, "wechat", FEED, SEEN, DEAD, WITNESSED),
    "wechat2rss": Kind(wechat2rss, "wechat", "3071234567", SEEN, DEAD),
    "we_mp_rss": Kind(we_mp_rss, "wechat", FEED, DEAD, DEAD),
    "we_mp_rss with a canary": Kind(we_mp_rss, "wechat", FEED, SEEN, DEAD, WITNESSED),
    "feed": Kind(feed, "website", "f.xml", WEAK, DEAD),
    "feed that is trusted": Kind(feed, "website", "f.xml", SEEN, DEAD, {"trusted": True}),
    "web_page": Kind(web_page, "website", "tzgg/", SEEN, DEAD),
    "weibo_mobile": Kind(weibo_mobile, "weibo", UID, SEEN, DEAD),
    "weibo_api": Kind(weibo_api, "weibo", UID, SEEN, DEAD, {"key": "2.00Token"}),
    "wechat_api": Kind(wechat_api, "wechat", "", WEAK, DEAD, APP),
    "wechat_component": Kind(wechat_api, "wechat", APPID, WEAK, DEAD, PLATFORM),
    "wechat_api that is trusted": Kind(
        wechat_api, "wechat", "", SEEN, DEAD, APP | {"trusted": True}
    ),
}


def lived(store: Store, kind: str, lost_at: datetime | None) -> tuple[Seen, set[str]]:
    """Return the world after sixteen days, and the kinds of alerts that there were."""
    case, gate = KINDS[kind], Gate()
    gate.lost_at = lost_at

    def answers(path: str, query: Query) -> Answer:
        return case.answers(gate, path, query)

    with Site(answers) as site:
        made = Gateway("g", kind.split(maxsplit=1)[0], site.url, spacing=0 * HOUR, **case.more)
        world = Seen(store, [made], {"g": case.locator}, START, platform=case.platform)
        for days in range(0, DAYS + 1, 2):
            gate.now = START + days * DAY
            world.look(gate.now)
        world.close()
    return world, {one.split()[0] for one in world.calls()}


@pytest.mark.parametrize("kind", KINDS)
def test_a_silence_of_sixteen_days(sqlite_store: Store, kind: str) -> None:
    """A breach is asserted on a full pulse alone; on a weak one it is a question."""
    world, told = lived(sqlite_store, kind, None)
    expected = KINDS[kind].silent
    assert world.verdict() == expected
    assert ("silence" in told) is (expected != DEAD)  # warnings go out on a weak pulse too
    breaches = [n for n in notices(sqlite_store) if n == "breach"]
    assert bool(breaches) is (expected == SEEN)


@pytest.mark.parametrize("kind", KINDS)
def test_F25_a_login_that_is_lost_is_blindness_and_never_silence(
    sqlite_store: Store, kind: str
) -> None:
    """A WeWe RSS without a canary cannot be told from silence, so it asserts no breach either."""
    world, told = lived(sqlite_store, kind, START + 2 * DAY)
    expected = KINDS[kind].lost
    assert world.verdict() == expected
    assert "breach" not in notices(sqlite_store)
    if expected == DEAD:
        assert told == {"blind", "gateway"}
    assert world.status()["last_post_at"] == "2024-03-06T10:00:00+08:00"


def notices(store: Store) -> list[str]:
    """Return the reason of every notice there was."""
    known = store.alerts.notices_of([alert.id for alert in store.alerts.listed(True)])
    return [n.reason.value for some in known.values() for n in some]
