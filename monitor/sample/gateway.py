"""The sample gateway: an RSSHub and a WeWe RSS on loopback that show a script's posts.

They answer in the real ones' shapes – envelope, validators, error pages – so that everything
but the platform behind them is real. What they show at any moment is what the script's posts
had been published by then, by the clock they are given.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import socket
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, quote, unquote, urlsplit

from monitor.clock import Clock
from monitor.ledger.identity import bid_of
from monitor.model import PostKind
from monitor.sample.script import (
    INTRO,
    NAME,
    Script,
    ScriptedPost,
    last_sync,
    sample_script,
    year_2024_script,
)

__all__ = ["SampleGateway", "Script", "ScriptedPost", "sample_script", "year_2024_script"]

RSSHUB_LIMIT = 10  # what a route gives unless asked for more
WEWE_LIMIT = 10  # what WeWe RSS gives unless asked for more
WEIBO_EPOCH = 515483463  # seconds; Weibo ids count from here, shifted by 22 bits
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'


@dataclass(frozen=True, slots=True)
class Request:
    """What of a request the sample answers to. *path* is unquoted, without slashes around."""

    path: str
    query: Mapping[str, str]
    if_none_match: str | None
    origin: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer."""

    status: int
    body: bytes = b""
    content_type: str = "application/xml; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


Answering = Callable[[Request], Reply]


class SampleGateway:
    """Both servers, each on a port of its own; a context manager.

    *key*: the access key RSSHub demands, if any.
    """

    def __init__(self, clock: Clock, script: Script, key: str | None = None) -> None:
        weibo = {k: posts for k, posts in script.items() if not k.startswith("MP_WXS_")}
        wechat = {k: posts for k, posts in script.items() if k.startswith("MP_WXS_")}
        self._servers = (
            _Server(lambda request: rsshub_reply(weibo, key, request, clock())),
            _Server(lambda request: wewe_reply(wechat, request, clock())),
        )

    @property
    def rsshub_url(self) -> str:
        """The address of the RSSHub."""
        return self._servers[0].url

    @property
    def wewe_url(self) -> str:
        """The address of the WeWe RSS."""
        return self._servers[1].url

    def __enter__(self) -> Self:
        for server in self._servers:
            server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for server in self._servers:
            server.stop()


def rsshub_reply(script: Script, key: str | None, request: Request, now: datetime) -> Reply:
    """Return RSSHub's answer at *now*."""
    form = request.query.get("format", "rss")
    if not request.path:
        return Reply(200, b"<html><head><title>Welcome to RSSHub!</title></head></html>", HTML)
    if key and request.query.get("key") != key:
        return _rsshub_error(403, "Error: Authentication failed. Access denied.", request)
    found = re.match(r"(weibo/user/(\d+))(?:/(.*))?$", request.path)
    if found is None:
        return _rsshub_error(404, "NotFoundError: wrong path", request)
    locator, uid, params = found.groups()
    if locator not in script:
        reason = "Error: Cannot read properties of undefined (reading 'userInfo')"
        return _rsshub_error(503, reason, request)
    posts = _shown(script[locator], now)
    if params and "=" in params and "showRetweeted=1" not in params:
        posts = [post for post in posts if post.kind is not PostKind.REPOST]
    feed = _Feed(f"{NAME}的微博", f"https://weibo.com/{uid}/", f"{INTRO} - Powered by RSSHub")
    items = [_weibo_item(locator, uid, post) for post in posts[: _limit(request, RSSHUB_LIMIT)]]
    tag = f'"{_digest(repr((feed, items)))}"'
    headers = {"ETag": tag, "Cache-Control": "public, max-age=300", "RSSHub-Node": "sample"}
    if request.if_none_match == tag:
        return Reply(304, headers=headers)
    headers["Last-Modified"] = _http_date(now)
    write, content_type = RSSHUB_FORMS.get(form, RSSHUB_FORMS["rss"])
    return Reply(200, write(feed, items, request, now).encode(), content_type, headers)


def wewe_reply(script: Script, request: Request, now: datetime) -> Reply:
    """Return WeWe RSS's answer at *now*."""
    if request.path == "feeds":
        rows = [_wewe_row(locator, posts, now) for locator, posts in script.items()]
        return _tagged(json.dumps(rows, ensure_ascii=False), JSON, request)
    found = re.fullmatch(r"feeds/(\w+?)(?:\.(\w+))?", request.path)
    if found is None:
        return _json_error(404, f"Cannot GET /{request.path}")
    locator, form = found[1], found[2] if found[2] in WEWE_FORMS else "atom"
    if locator not in script:
        return _json_error(400, "不存在该feed！")
    posts = _shown(script[locator], last_sync(now))[: _limit(request, WEWE_LIMIT)]
    feed = _Feed(NAME, f"{request.origin}/feeds/{locator}.{form}", INTRO)
    items = [_wechat_item(locator, post) for post in posts]
    write, content_type = WEWE_FORMS[form]
    return _tagged(write(feed, items, _added_at(script[locator])), content_type, request)


def _limit(request: Request, usual: int) -> int:
    """How many items are asked for."""
    limit = request.query.get("limit", "")
    return int(limit) if limit.isdecimal() else usual


@dataclass(frozen=True, slots=True)
class _Feed:
    title: str
    link: str
    description: str


@dataclass(frozen=True, slots=True)
class _Item:
    id: str
    link: str
    title: str
    at: datetime


def _shown(posts: Sequence[ScriptedPost], now: datetime) -> list[ScriptedPost]:
    """What was published by *now*, newest first; a push's articles keep their order."""
    published = (post for post in posts if post.published_at <= now)
    return sorted(published, key=lambda post: post.published_at, reverse=True)


def _weibo_item(locator: str, uid: str, post: ScriptedPost) -> _Item:
    """A post whose id grows with its date, as Weibo's do."""
    seconds = int(post.published_at.timestamp()) - WEIBO_EPOCH
    sequence = int(_digest(f"{locator} {post.title}")[:5], 16)
    link = f"https://weibo.com/{uid}/{bid_of((seconds << 22) + sequence)}"
    return _Item(link, link, post.title, post.published_at)


def _wechat_item(locator: str, post: ScriptedPost) -> _Item:
    seed = f"{locator} {post.published_at.isoformat()} {post.title}".encode()
    digest = hashlib.blake2b(seed, digest_size=16).digest()
    short = urlsafe_b64encode(digest).decode().rstrip("=")
    return _Item(short, f"https://mp.weixin.qq.com/s/{short}", post.title, post.published_at)


def _rsshub_rss(feed: _Feed, items: Sequence[_Item], request: Request, now: datetime) -> str:
    self_link = _escape(f"{request.origin}/{quote(request.path)}")
    channel = (
        f"<title>{_escape(feed.title)}</title><link>{feed.link}</link>"
        f'<atom:link href="{self_link}" rel="self" type="application/rss+xml"></atom:link>'
        f"<description>{_escape(feed.description)}</description>"
        "<generator>RSSHub</generator><webMaster>contact@rsshub.app (RSSHub)</webMaster>"
        f"<language>en</language><lastBuildDate>{_http_date(now)}</lastBuildDate><ttl>5</ttl>"
    )
    shown = "".join(
        f"<item><title>{_escape(i.title)}</title>"
        f"<description>{_escape(_paragraph(i.title))}</description><link>{i.link}</link>"
        f'<guid isPermaLink="false">{i.id}</guid><pubDate>{_http_date(i.at)}</pubDate>'
        f"<author>{NAME}</author></item>"
        for i in items
    )
    return (
        f'{DECLARATION}<rss xmlns:atom="http://www.w3.org/2005/Atom" version="2.0">'
        f"<channel>{channel}{shown}</channel></rss>"
    )


def _rsshub_atom(feed: _Feed, items: Sequence[_Item], request: Request, now: datetime) -> str:
    self_link = _escape(f"{request.origin}/{quote(request.path)}?format=atom")
    head = (
        f'<title>{_escape(feed.title)}</title><link rel="alternate" href="{feed.link}"/>'
        f'<link rel="self" href="{self_link}" type="application/atom+xml"/><id>{feed.link}</id>'
        f"<subtitle>{_escape(feed.description)}</subtitle><generator>RSSHub</generator>"
        f"<updated>{_iso(now)}</updated><author><name>RSSHub</name></author>"
    )
    shown = "".join(
        f"<entry><title>{_escape(i.title)}</title>"
        f'<content type="html">{_escape(_paragraph(i.title))}</content>'
        f'<link href="{i.link}"/><id>{i.id}</id><published>{_iso(i.at)}</published>'
        f"<updated>{_iso(i.at)}</updated><author><name>{NAME}</name></author></entry>"
        for i in items
    )
    return (
        f'{DECLARATION}<feed xmlns="http://www.w3.org/2005/Atom" '
        f'xmlns:rsshub="http://rsshub.app/xml/schemas" xml:lang="en">{head}{shown}</feed>'
    )


def _rsshub_json(feed: _Feed, items: Sequence[_Item], _: Request, __: datetime) -> str:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.link,
        "description": feed.description,
        "language": "zh-cn",
        "items": [
            {
                "id": i.id,
                "url": i.link,
                "title": i.title,
                "content_html": _paragraph(i.title),
                "date_published": _iso(i.at),
                "authors": [{"name": NAME}],
            }
            for i in items
        ],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _rsshub_error(status: int, reason: str, request: Request) -> Reply:
    if request.query.get("format") == "json":
        message = reason.partition(": ")[2]
        return Reply(status, json.dumps({"error": {"message": message}}).encode(), JSON)
    page = (
        "<html><head><title>Welcome to RSSHub!</title></head><body>"
        "<h1>Looks like something went wrong</h1><p>Helpful Information</p>"
        f'<p class="message">Error Message:<br/><code class="details">{html.escape(reason)}\n'
        "    at Object.handler (file:///app/serve.mjs:17:26)</code></p>"
        f'<p class="message">Full Route: <code>/{html.escape(request.path)}</code></p>'
        "</body></html>"
    )
    return Reply(status, page.encode(), HTML)


def _wewe_row(locator: str, posts: Sequence[ScriptedPost], now: datetime) -> dict[str, object]:
    return {
        "id": locator,
        "name": NAME,
        "intro": INTRO,
        "cover": "https://mmbiz.qpic.cn/sample/0",
        "syncTime": int(last_sync(now).timestamp()),
        "updateTime": int(_added_at(posts).timestamp()),
    }


def _added_at(posts: Sequence[ScriptedPost]) -> datetime:
    """When the account was subscribed to. WeWe RSS never moves this again."""
    return min((post.published_at for post in posts), default=datetime(2023, 1, 1, tzinfo=UTC))


def _wewe_rss(feed: _Feed, items: Sequence[_Item], updated: datetime) -> str:
    shown = "".join(
        f"\n        <item>\n            <title><![CDATA[{i.title}]]></title>"
        f"\n            <link>{i.link}</link>\n            <guid>{i.link}</guid>"
        f"\n            <pubDate>{_http_date(i.at)}</pubDate>\n        </item>"
        for i in items
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0">\n    <channel>'
        f"\n        <title>{_escape(feed.title)}</title>\n        <link>{feed.link}</link>"
        f"\n        <description>{_escape(feed.description)}</description>"
        f"\n        <lastBuildDate>{_http_date(updated)}</lastBuildDate>"
        "\n        <docs>https://validator.w3.org/feed/docs/rss2.html</docs>"
        "\n        <generator>WeWe-RSS</generator>\n        <language>zh-cn</language>"
        f"{shown}\n    </channel>\n</rss>"
    )


def _wewe_atom(feed: _Feed, items: Sequence[_Item], updated: datetime) -> str:
    shown = "".join(
        f'\n    <entry>\n        <title type="html"><![CDATA[{i.title}]]></title>'
        f'\n        <id>{i.id}</id>\n        <link href="{i.link}"/>'
        f"\n        <updated>{_iso(i.at)}</updated>\n    </entry>"
        for i in items
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"\n    <id>{feed.link}</id>\n    <title>{_escape(feed.title)}</title>"
        f"\n    <updated>{_iso(updated)}</updated>\n    <generator>WeWe-RSS</generator>"
        f'\n    <link rel="alternate" href="{feed.link}"/>'
        f"\n    <subtitle>{_escape(feed.description)}</subtitle>{shown}\n</feed>"
    )


def _wewe_json(feed: _Feed, items: Sequence[_Item], _: datetime) -> str:
    document = {
        "version": "https://jsonfeed.org/version/1",
        "title": feed.title,
        "home_page_url": feed.link,
        "description": feed.description,
        "items": [
            {"id": i.id, "url": i.link, "title": i.title, "date_modified": _iso(i.at)}
            for i in items
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=4)


def _tagged(text: str, content_type: str, request: Request) -> Reply:
    """An answer with the weak ETag that Express puts on everything."""
    body = text.encode()
    headers = {"ETag": f'W/"{len(body):x}-{_digest(text)}"'}
    if request.if_none_match == headers["ETag"]:
        return Reply(304, headers=headers)
    return Reply(200, body, content_type, headers)


def _json_error(status: int, message: str) -> Reply:
    body = json.dumps({"statusCode": status, "message": message}, ensure_ascii=False)
    return Reply(status, body.encode(), JSON)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _escape(text: str) -> str:
    return html.escape(text, quote=True)


def _paragraph(text: str) -> str:
    return f"<p>{html.escape(text, quote=False)}</p>"


def _http_date(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC), usegmt=True)


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


HTML = "text/html; charset=UTF-8"
JSON = "application/json; charset=utf-8"
JSON_FEED = "application/feed+json; charset=utf-8"
RSSHUB_FORMS = {
    "rss": (_rsshub_rss, "application/xml; charset=utf-8"),
    "atom": (_rsshub_atom, "application/xml; charset=utf-8"),
    "json": (_rsshub_json, JSON_FEED),
}
WEWE_FORMS = {
    "rss": (_wewe_rss, "application/xml; charset=utf-8"),
    "atom": (_wewe_atom, "application/xml; charset=utf-8"),
    "json": (_wewe_json, JSON_FEED),
}


class _Server(ThreadingHTTPServer):
    """One HTTP server on loopback, on a port of its own."""

    daemon_threads = True

    def __init__(self, answering: Answering) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answering = answering
        self.open: set[socket.socket] = set()
        self.lock = Lock()
        self._thread = Thread(target=self.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}"

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering; connections that are still open are cut."""
        self.shutdown()
        self._thread.join()
        self.server_close()
        with self.lock:
            for connection in self.open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, *_: object) -> None:
        """A client that hung up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one write for headers and body
    server: _Server

    def setup(self) -> None:
        super().setup()
        with self.server.lock:
            self.server.open.add(self.connection)

    def finish(self) -> None:
        with self.server.lock:
            self.server.open.discard(self.connection)
        super().finish()

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        reply = self.server.answering(
            Request(
                path=unquote(parts.path).strip("/"),
                query={name: values[0] for name, values in parse_qs(parts.query).items()},
                if_none_match=self.headers.get("If-None-Match"),
                origin=self.server.url,
            )
        )
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 304:
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """The sample keeps no log."""
