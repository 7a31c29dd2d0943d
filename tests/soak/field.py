"""The world around the program: gateways and channels on loopback, broken as the plan has it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from hashlib import blake2b
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from tests.alerts.channels.servers import Post as Mailbox
from tests.alerts.channels.servers import mail_server
from tests.serving import Asked, Served
from tests.soak.model import DAY, ZONE
from tests.soak.plan import GATEWAYS, HOUR, WINDOW, AccountPlan, Plan, Post

Answer = tuple[int, bytes, dict[str, str]]
DROPPED: Answer = (0, b"", {})
XML = {"Content-Type": "application/xml; charset=utf-8"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
LOGIN = "<!DOCTYPE html><html><head><title>登录</title></head><body><form>登录</form></body></html>"


@dataclass(frozen=True)
class Shown:
    """One request for an account's posts: whether it was answered well, and with which."""

    account: str
    good: bool
    posts: tuple[Post, ...]


@dataclass(frozen=True)
class Got:
    """One message that somebody's channel took: *confirmed*, or taken and then silent."""

    channel: str
    confirmed: bool
    text: str
    body: dict[str, Any] = field(default_factory=dict)


class World:
    """The plan at an instant, and what the program asked for and said at that instant."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.now = plan, plan.start
        self.shown: list[Shown] = []
        self.got: list[Got] = []
        self.robots_asked = False
        self.on_first_request: Callable[[], None] = lambda: None
        self._lock = Lock()

    def turn_to(self, now: datetime) -> None:
        """Go to another instant with nothing seen yet."""
        self.now, self.shown, self.got, self.robots_asked = now, [], [], False

    def trouble(self, what: str) -> str:
        """Return how *what* is broken now, or ""."""
        return next((t.how for t in self.plan.troubles if t.what == what and t.on(self.now)), "")

    def note(self, shown: Shown) -> None:
        """Keep what was shown."""
        with self._lock:
            self.shown.append(shown)

    def take(self, got: Got) -> None:
        """Keep what was taken."""
        with self._lock:
            self.got.append(got)


def synced(now: datetime) -> datetime:
    """Return when a collector last looked: twice a day, at six and eighteen."""
    here = now.astimezone(ZONE)
    six = here.replace(hour=6, minute=0, second=0, microsecond=0)
    return max(t for t in (six - 12 * HOUR, six, six + 12 * HOUR) if t <= here)


def window(account: AccountPlan, at: datetime) -> tuple[Post, ...]:
    """Return the newest posts at *at*, newest first."""
    return tuple([p for p in account.posts if p.at <= at][-WINDOW:][::-1])


class Gateways(Served):
    """Every gateway of the plan, each below a path of its own."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._accounts = {f"/{a.gateway}/{_path(a)}": a for a in world.plan.accounts}
        gateways = self

        class Handler(Asked):
            def do_GET(self) -> None:
                world.on_first_request()
                status, body, headers = gateways.answer(urlsplit(self.path).path)
                tag = headers.get("ETag")
                if tag and self.headers.get("If-None-Match") == tag:
                    status, body = 304, b""
                _give(self, (status, body, headers))

        super().__init__(Handler)

    def answer(self, path: str) -> Answer:
        """Return the answer to *path* now, and keep what it showed."""
        if path == "/wewe/feeds/":
            return self._list()
        account = self._accounts[path]
        trouble = self._world.trouble(account.gateway) or self._world.trouble(account.id)
        built = self._built(account, trouble)
        posts = () if trouble == "empty" else window(account, built)
        self._world.note(Shown(account.id, not trouble, posts))
        if trouble in ("frozen", "empty"):
            return 200, rss(account, posts, built), XML
        body = rss(account, posts, self._world.now)
        return broken(trouble, body) if trouble else (200, body, XML | {"ETag": tag(posts)})

    def _built(self, account: AccountPlan, trouble: str) -> datetime:
        """Return the instant that an answer shows."""
        wewe = GATEWAYS[account.gateway] == "wewe_rss"
        if trouble == "frozen":
            return self._world.now - (3 * DAY if wewe else 7 * HOUR)
        return synced(self._world.now) if wewe else self._world.now

    def _list(self) -> Answer:
        trouble = self._world.trouble("wewe")
        if trouble and trouble != "frozen":
            return broken(trouble, b"")
        at = self._world.now - 3 * DAY if trouble else synced(self._world.now)
        rows = [
            {"id": a.locator, "name": a.name, "syncTime": int(at.timestamp()), "updateTime": 1}
            for a in self._world.plan.accounts
            if a.gateway == "wewe"
        ]
        return 200, json.dumps(rows).encode(), {"Content-Type": "application/json"}


def _path(account: AccountPlan) -> str:
    wewe = account.gateway == "wewe"
    return f"feeds/{account.locator}.rss" if wewe else account.locator


def tag(posts: tuple[Post, ...]) -> str:
    """Return a validator of what is shown."""
    keys = " ".join(p.key for p in posts)
    return f'"{blake2b(keys.encode(), digest_size=8).hexdigest()}"'


def broken(trouble: str, body: bytes) -> Answer:
    """Return the answer of a gateway in *trouble*; *body* is what it would have said."""
    match trouble:
        case "503":
            return 503, b"<html>Error Message: <code>Cookies expired</code></html>", HTML
        case "500":
            return 500, b"Internal Server Error", HTML
        case "login":
            return 200, LOGIN.encode(), HTML
        case "429":
            return 429, b"Too Many Requests", HTML | {"Retry-After": "900"}
        case "cut":
            return 200, body[: len(body) // 2], XML
        case _:
            return DROPPED


def _give(handler: Asked, answer: Answer) -> None:
    status, body, headers = answer
    if answer is DROPPED:
        handler.close_connection = True
    else:
        handler.give(status, body, headers)


def rss(account: AccountPlan, posts: tuple[Post, ...], built: datetime) -> bytes:
    """Return a feed as the account's gateway writes it."""
    number = account.locator.rpartition("/")[2]
    home, link, title = {
        "weibo": (f"https://weibo.com/{number}/", f"https://weibo.com/{number}/", "{}的微博"),
        "wechat": ("http://wewe.test/", "https://mp.weixin.qq.com/s/", "{}"),
        "website": ("http://www.gov.test/", "http://www.gov.test/art/", "{}"),
    }[account.platform]
    items = "".join(
        f"<item><title>动态{p.key}</title><link>{link}{p.key}</link><guid>{link}{p.key}</guid>"
        f"<pubDate>{format_datetime(p.at, usegmt=True)}</pubDate></item>"
        for p in posts
    )
    name = title.format(account.name)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{name}</title>'
        f"<link>{home}</link><lastBuildDate>{format_datetime(built, usegmt=True)}</lastBuildDate>"
        f"{items}</channel></rss>"
    ).encode()


class Channels(Served):
    """Two webhooks and the robots of three vendors."""

    def __init__(self, world: World) -> None:
        class Handler(Asked):
            def do_POST(self) -> None:
                channel = urlsplit(self.path).path.strip("/")
                _give(self, reply(world, channel, self.body()))

        super().__init__(Handler)


def reply(world: World, channel: str, body: bytes) -> Answer:
    """Return what *channel* answers to a message, and keep the message if it was taken."""
    trouble = world.trouble(channel)
    world.robots_asked |= channel in BUSY
    json_type = {"Content-Type": "application/json"}
    refused = {
        "500": (500, b"Internal Server Error", HTML),
        "429": (429, b"Too Many Requests", HTML | {"Retry-After": "120"}),
        "code": (200, json.dumps(BUSY[channel]).encode() if trouble == "code" else b"", json_type),
    }
    if trouble in refused:
        return refused[trouble]
    text = body.decode()
    document = json.loads(text)
    said = document if channel in ("hook", "spare") else {}
    plain = json.dumps(document, ensure_ascii=False)
    world.take(Got(channel, trouble != "drop", plain, said))
    return DROPPED if trouble == "drop" else (200, json.dumps(FINE).encode(), json_type)


FINE = {"errcode": 0, "errmsg": "ok", "code": 0, "msg": "success"}
BUSY: dict[str, dict[str, Any]] = {  # what the vendors say of a robot that is too busy
    "wecom": {"errcode": 45009, "errmsg": "api freq out of limit"},
    "dingtalk": {"errcode": 410100, "errmsg": "send too fast"},
    "feishu": {"code": 9499, "msg": "too many request"},
}


class Mails(Mailbox):
    """Where mail arrives."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take a mail, or refuse it for now."""
        if self._world.trouble("mail"):
            return "451 4.7.1 Try again later"
        answer = await super().handle_DATA(server, session, envelope)
        mail = self.mails.pop()
        part = mail.get_body(("plain",))
        assert part is not None
        text = f"{envelope.rcpt_tos}\n{mail['subject']}\n{part.get_content()}"
        self._world.take(Got("mail", True, text))
        return answer


@contextmanager
def served(world: World) -> Iterator[dict[str, str]]:
    """Serve everything; yields the addresses: `gateways`, `channels` and the mail's port."""
    with (
        Gateways(world) as gateways,
        Channels(world) as channels,
        mail_server(Mails(world)) as port,
    ):
        yield {"gateways": gateways.url, "channels": channels.url, "mail": str(port)}
