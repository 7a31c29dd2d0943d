"""What gateways answer: the body of each kind's, whole answers with their headers, and tickets."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import SHUT_RDWR, SHUT_WR, create_server, socket
from threading import Thread
from typing import Any

from monitor.model import Gateway, Outcome, SourceMemory, SourceSpec, Validators
from monitor.sources import registry, wechat_article
from monitor.sources.addresses import Address
from monitor.sources.answers import Answer
from monitor.sources.base import Fetched, ReadRequest
from monitor.sources.http import Http
from tests.fuzz.parser import NOW, Parser, as_json

FEEDS = Path(__file__).parents[1] / "data" / "feeds"
TICKET = Path(__file__).parents[1] / "contracts" / "component_ticket.xml"
LISTENING = 20  # connections on which all is said
UID, BIZ, KEY = "1935396210", "MzA3MTIzNDU2Nw==", "wx0123456789abcdef:" + "5ecre7" * 5


class Outside:
    """A server on loopback that answers every request with the same bytes."""

    def __init__(self) -> None:
        self.body = b""
        self.whole = b""
        outside = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(200)
                self.send_header("Content-Length", str(len(outside.body)))
                self.end_headers()
                self.wfile.write(outside.body)

            do_POST = do_GET  # noqa: N815 - as the library calls it

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, daemon=True).start()
        self._plain = create_server(("127.0.0.1", 0))
        self._said = deque[socket]()
        Thread(target=self._say_whole, daemon=True).start()

    def close(self) -> None:
        """Answer nothing more."""
        self._server.shutdown()
        self._server.server_close()
        self._plain.shutdown(SHUT_RDWR)
        for one in (self._plain, *self._said):
            one.close()

    def _say_whole(self) -> None:
        """Say `whole` to each who connects, and hang up, until this is closed."""
        with suppress(OSError):
            while True:
                connection, _ = self._plain.accept()
                with suppress(OSError):
                    connection.sendall(self.whole)
                    connection.shutdown(SHUT_WR)
                # To close it at once would take away what is still under way.
                self._said.append(connection)
                if len(self._said) > LISTENING:
                    self._said.popleft().close()

    def says(self, whole: bytes) -> int:
        """Return the port of a service that says *whole*, whatever it is told, and hangs up."""
        self.whole = whole
        return int(self._plain.getsockname()[1])

    def read(self, kind: str, locator: str, platform: str, body: bytes) -> Fetched:
        """What a gateway of *kind* makes of *body*, whatever it asks for."""
        self.body = body
        with closing(registry.build(_gateway(kind, self.url))) as source:
            return checked(source.read(_request(locator, platform)))

    def answer(self, whole: bytes) -> Fetched:
        """What an RSSHub makes of a *whole* answer, from its first line on."""
        url = f"http://127.0.0.1:{self.says(whole)}"
        with closing(registry.build(_gateway("rsshub", url))) as source:
            return checked(source.read(_request(f"weibo/user/{UID}", "weibo")))


class Canned(Http):
    """Connections that carry nothing: every question has the same answer."""

    body = b""

    def get(self, url: str, now: object, headers: object = None) -> Answer:
        """Return the answer."""
        return Answer(200, self.body, "", Validators(), url)

    def post(self, url: str, body: object, now: object) -> Answer:
        """Return the answer."""
        return self.get(url, now)

    def post_form(self, url: str, fields: object, now: object) -> Answer:
        """Return the answer."""
        return self.get(url, now)


def read_canned(kind: str, locator: str, platform: str, body: bytes) -> Fetched:
    """What a gateway of *kind* makes of *body*, without a connection."""
    http = Canned([KEY])
    http.body = body
    with closing(registry.KINDS[kind].make(_gateway(kind, "http://rsshub.test"), http)) as source:
        return checked(source.read(_request(locator, platform)))


def checked(found: Fetched) -> Fetched:
    """Return *found*, which is a value with a line for the operator."""
    assert found.outcome in Outcome
    assert found.detail.isprintable()
    return found


def _gateway(kind: str, url: str) -> Gateway:
    return Gateway("g", kind, url, KEY, ticket=str(TICKET))


def _request(locator: str, platform: str) -> ReadRequest:
    return ReadRequest(SourceSpec("s", "a", "g", locator), platform, SourceMemory(), NOW)


def link(mid: int = 1, biz: str = BIZ) -> str:
    return f"https://mp.weixin.qq.com/s?__biz={biz}&mid={mid}&idx=1&sn=a"


STATUS: Mapping[str, Any] = {
    "id": "4645748019299849",
    "mid": "4645748019299849",
    "bid": "Kb1s9kcAz",
    "created_at": "Thu Feb 15 11:00:31 +0800 2024",
    "text": "关于“低保”的通知<br />&#x4e00;&#x110000;",
    "user": {"id": int(UID), "screen_name": "鞍山民政", "followers_count": "1.2万"},
    "visible": {"type": 0},
}
MORE: tuple[Mapping[str, Any], ...] = (
    {},
    {"retweeted_status": STATUS},
    {"created_at": "昨天 09:00"},
)
PROFILE = {
    "ok": 1,
    "data": {
        "userInfo": {"id": int(UID), "screen_name": "鞍山民政", "statuses_count": 284},
        "tabsInfo": {"tabs": [{"tab_type": "weibo", "containerid": f"107603{UID}"}]},
        "cardlistInfo": {"containerid": f"107603{UID}", "since_id": 4646131823281332},
        "cards": [
            {"card_type": 9, "scheme": f"https://m.weibo.cn/status/{n}", "mblog": {**STATUS, **m}}
            for n, m in enumerate(MORE)
        ],
    },
}
TIMELINE = {
    "statuses": [STATUS, {**STATUS, "mid": "4645748019299850", "retweeted_status": STATUS}],
    "total_number": 284,
    "uid": int(UID),
    "expire_in": 157679471,
    "api_rate_limits": [{"limit_time_unit": "HOURS", "remaining_hits": 3}],
}
WEIXIN = {
    "access_token": "78_token",
    "expires_in": 7200,
    "total": 7959,
    "total_count": 1,
    "item_count": 1,
    "item": [
        {
            "article_id": "x",
            "update_time": 1708045207,
            "content": {
                "create_time": 1708045207,
                "news_item": [{"title": "通知", "url": link(), "is_deleted": False}],
            },
        }
    ],
}
LISTED = {"data": {"items": [{"id": 1, "url": "/1", "name": "通知", "time": 1708045207}]}}
ENDLESS = b"<head<title>&#" + b"9" * 4301
LATE = as_json(LISTED).replace(b"1708045207", b"9" * 400)
LIST_AT = "list#json:items=data.items;id=id;link=url;title=name;date=time"
DAYS = ("2024-02-18", "02-17", "2024年2月16日 09:30", "3天前", "昨天")
PAGE = (
    "<html><head><title>x</title></head><body><ul>"
    + "".join(
        f'<li><a href="/2024/02/1{n}/{n}.html">关于第{n}项工作的通知</a><span>{day}</span></li>'
        for n, day in enumerate(DAYS)
    )
    + "</ul></body></html>"
).encode()
COLLECTED = (
    '<rss version="2.0"><channel><title>鞍山民政</title><item><title>问&#x110000;答</title>'
    f"<link>{link().replace('&', '&amp;')}</link><pubDate>Fri, 16 Feb 2024 09:00:07 +0800"
    f"</pubDate></item><item><title>二</title><link>{link(2, 'bm8=').replace('&', '&amp;')}</link>"
    "</item></channel></rss>"
).encode()
ARTICLE = f'<script>var biz = "{BIZ}"; var __biz = "%%%";</script>'.encode()
LOGINS = as_json({"err": "", "data": [{"available": True, "waitTime": "2024-02-19 12:30:00"}]})
HALVES = as_json(
    {"version": "https://jsonfeed.org/version/1.1", "items": [{"title": "x"}]}
).replace(b"x", b"\\ud800")
COMPONENT = {
    "component_access_token": "78_component",
    "authorizer_access_token": "78_authorizer",
    "authorizer_refresh_token": "refreshtoken@@@x",
}
WHOLE = tuple(
    head + b"\r\n".join((b"", b"Content-Length: %d" % len(COLLECTED), b"", COLLECTED))
    for head in (
        b'HTTP/1.1 200 OK\r\nContent-Type: application/xml; charset=utf-8\r\nETag: "a"',
        b"HTTP/1.1 429 No\r\nRetry-After: Fri, 16 Feb 2024 09:00:07 GMT\r\nContent-Encoding: gzip",
        b"HTTP/1.1 302 Found\r\nLocation: http://[::1]:99999/x\r\nTransfer-Encoding: chunked",
        b"HTTP/1.1 304 Not Modified\r\nLast-Modified: Fri, 16 Feb 2024 09:00:07 +2360",
    )
)


def gateways(outside: Outside) -> Iterator[tuple[str, Parser]]:
    feeds = tuple(p.read_bytes() for p in sorted(FEEDS.iterdir()) if "bomb" not in p.name)
    rows = as_json([{"id": "MP_WXS_1", "syncTime": 1708045207}])
    table: Mapping[str, tuple[str, str, tuple[bytes, ...]]] = {
        "rsshub": (f"weibo/user/{UID}", "weibo", feeds),
        "feed": ("feed.xml", "website", (*feeds, COLLECTED, HALVES, ENDLESS)),
        "wewe_rss": ("MP_WXS_1", "wechat", (rows, COLLECTED)),
        "wechat2rss": ("3071234567", "wechat", (LOGINS, COLLECTED)),
        "we_mp_rss": ("MP_WXS_3071234567", "wechat", (COLLECTED, *feeds)),
        "web_page": ("col/", "website", (PAGE,)),
        "json": (LIST_AT, "app", (as_json(LISTED), LATE, b"[" * 5000)),
        "weibo_mobile": (UID, "weibo", (as_json(PROFILE),)),
        "weibo_api": (UID, "weibo", (as_json(TIMELINE),)),
        "wechat_api": ("", "wechat", (as_json(WEIXIN),)),
        "wechat_component": ("wx0123456789abcdef", "wechat", (as_json(WEIXIN | COMPONENT),)),
    }
    for kind, (locator, platform, seeds) in table.items():
        asked = (kind, locator, platform)
        yield kind, Parser(partial(outside.read, *asked), seeds, many=partial(read_canned, *asked))
    yield "answers", Parser(outside.answer, WHOLE)
    yield "article pages", Parser(_owner, (ARTICLE,))


def _owner(page: bytes) -> object:
    http = Canned([])
    http.body = page
    return wechat_article.owner(
        http, Address("wechat", "https://mp.weixin.qq.com/s/x", post="x"), NOW
    )
