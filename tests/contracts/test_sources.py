"""What every kind of source promises, over real HTTP: one value back, whatever happens."""

from __future__ import annotations

import gzip
import json
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from alerts.common.deadline import Limits
from monitor.counted import DayCount
from monitor.model import Gateway, Outcome, Pulse, SourceMemory, SourceSpec, Validators
from monitor.sources import registry
from monitor.sources.base import Fetched, NotAvailable, ReadRequest, Retrospective, Source
from tests.waiting import HASTE, PATIENCE

NOW = datetime(2024, 2, 19, 1, 0, tzinfo=UTC)
THE_DAY, TODAY = date(2024, 2, 18), date(2024, 2, 19)
KEY = "pa ss/wörd&1"
APPID = "wx0123456789abcdef"  # of an account behind `wechat_component`
ETAG, MODIFIED = 'W/"a-1"', "Mon, 19 Feb 2024 00:59:00 GMT"
LIMITS = Limits(timedelta(seconds=PATIENCE), timedelta(seconds=PATIENCE), body=50_000)

Write = Callable[["Handler"], None]


@dataclass(frozen=True)
class Case:
    """One kind of gateway and a feed it may give. *asides*: what it asks besides, and the answer.

    Kinds that speak JSON keep no validators: they have no *channel_url*.
    """

    kind: str
    platform: str
    locator: str
    path: str
    item_url: str
    channel_url: str
    pulse: Pulse
    key: str = KEY
    lag: timedelta | None = timedelta(0)  # how old what it describes is; None: unproven
    asides: Mapping[str, Any] = field(default_factory=dict)
    ticket: str | None = None
    a_day: Any = None  # what it answers of THE_DAY, where it has statistics of past days

    @property
    def feed(self) -> bool:
        """Whether it is told in RSS, Atom or JSON Feed."""
        return self.channel_url != ""

    @property
    def cached(self) -> bool:
        """Whether validators and hashes are kept of it."""
        return self.feed or self.kind in ("web_page", "json")

    @property
    def as_of(self) -> datetime | None:
        return NOW - self.lag if self.lag is not None else None


A_DAY: Any = {
    "is_delay": False,
    "list": [
        {"ref_date": "2024-02-18", "msgid": "2247483720_1", "publish_type": 0},
        {"ref_date": "2024-02-18", "msgid": "2247483720_2", "publish_type": 0},
        {"ref_date": "2024-02-18", "msgid": "2247483721_1", "publish_type": 1},
    ],
}
FOLLOWERS = {"total": 7959, "count": 1, "data": {"openid": ["o1"]}}

CASES = [
    Case(
        "rsshub",
        "weibo",
        "weibo/user/1935396210",
        "/weibo/user/1935396210",
        "https://weibo.com/1935396210/Nk3aB7cD",
        "https://weibo.com/1935396210/",
        Pulse.FULL,
    ),
    Case(
        "wewe_rss",
        "wechat",
        "MP_WXS_3071234567",
        "/feeds/MP_WXS_3071234567.rss",
        "https://mp.weixin.qq.com/s/aaaaaaaaaaaaaaaaaaaaa",
        "http://wewe.test/feeds/MP_WXS_3071234567.rss",
        Pulse.WEAK,
        lag=timedelta(hours=1),
    ),
    Case(
        "wechat2rss",
        "wechat",
        "3071234567",
        "/feed/3071234567.xml",
        "https://mp.weixin.qq.com/s?__biz=MzA3MTIzNDU2Nw==&amp;idx=1&amp;mid=226",
        "https://mp.weixin.qq.com/",
        Pulse.FULL,
        lag=timedelta(hours=23),
        asides={"/login/list": {"err": "", "data": [{"id": 1, "available": True}]}},
    ),
    Case(
        "we_mp_rss",
        "wechat",
        "MP_WXS_3071234567",
        "/feed/MP_WXS_3071234567.rss",
        "https://mp.weixin.qq.com/s/aaaaaaaaaaaaaaaaaaaaa",
        "http://werss.test/",
        Pulse.NONE,
    ),
    Case(
        "web_page",
        "website",
        "tzgg/#css:item=li",
        "/tzgg/",
        "t2024_",
        "",
        Pulse.FULL,
    ),
    Case(
        "feed",
        "website",
        "news/list.xml",
        "/news/list.xml",
        "http://mzj.test/a",
        "http://mzj.test/",
        Pulse.WEAK,
    ),
    Case(
        "json",
        "website",
        "api/list#json:items=data.list;id=id;link=url;title=title;date=at;name=data.name",
        "/api/list",
        "http://mzj.test/a",
        "",
        Pulse.WEAK,
    ),
    Case(
        "weibo_mobile",
        "weibo",
        "1935396210",
        "/api/container/getIndex",
        "",
        "",
        Pulse.FULL,
        asides={
            "/api/container/getIndex?type=uid&value=1935396210": {
                "ok": 1,
                "data": {"userInfo": {"id": 1935396210, "statuses_count": 0}},
            },
        },
    ),
    Case(
        "weibo_api",
        "weibo",
        "1935396210",
        "/2/statuses/user_timeline.json",
        "",
        "",
        Pulse.FULL,
        asides={
            "/oauth2/get_token_info": {"uid": 1935396210, "expire_in": 157679471},
            "/2/account/rate_limit_status.json": {
                "remaining_user_hits": 90,
                "user_limit": 100,
                "reset_time_in_seconds": 1415,
            },
        },
    ),
    Case(
        "wechat_api",
        "wechat",
        "",
        "/cgi-bin/freepublish/batchget",
        "",
        "",
        Pulse.WEAK,
        key=f"wx0123456789abcdef:{KEY}",
        asides={
            "/cgi-bin/stable_token": {"access_token": "78_" + "t" * 130, "expires_in": 7200},
            "/cgi-bin/user/get": FOLLOWERS,
        },
        a_day=A_DAY,
    ),
    Case(
        "wechat_component",
        "wechat",
        APPID,
        "/cgi-bin/freepublish/batchget",
        "",
        "",
        Pulse.WEAK,
        key=f"wxf00f00f00f00f00f:{KEY}",
        ticket=str(Path(__file__).with_name("component_ticket.xml")),
        asides={
            "/cgi-bin/component/api_component_token": {
                "component_access_token": "61_" + "c" * 130,
                "expires_in": 7200,
            },
            "/cgi-bin/component/api_get_authorizer_list": {
                "total_count": 1,
                "list": [
                    {
                        "authorizer_appid": APPID,
                        "refresh_token": "refreshtoken@@@1",
                        "auth_time": 1558000607,
                    }
                ],
            },
            "/cgi-bin/component/api_authorizer_token": {
                "authorizer_access_token": "61_" + "a" * 130,
                "expires_in": 7200,
                "authorizer_refresh_token": "refreshtoken@@@1",
            },
            "/cgi-bin/user/get": FOLLOWERS,
        },
        a_day=A_DAY,
    ),
]
CACHED = [case for case in CASES if case.cached]
RETROSPECTIVE = [case for case in CASES if case.a_day]


class Handler(BaseHTTPRequestHandler):
    """Answers what a kind asks besides its feed as ever, all else by the `write` of the test."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Loopback

    def setup(self) -> None:
        super().setup()
        self.server.accepted += 1

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        aside = self.server.asides.get(self.path) or self.server.asides.get(
            self.path.partition("?")[0]
        )
        if aside is not None:
            self.give(json.dumps(aside).encode(), "application/json")
            return
        self.server.asked.append((self.path, dict(self.headers)))
        self.server.write(self)

    def do_POST(self) -> None:
        self.do_GET()

    def give(
        self, body: bytes, content_type: str = "application/xml", status: int = 200, **more: str
    ) -> None:
        self.send_response(status)
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        if content_type:
            self.send_header("Content-Type", content_type)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


class Loopback(ThreadingHTTPServer):
    """A gateway that answers as the test says."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.accepted = 0
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.write: Write = lambda handler: handler.give(b"")
        synced = int((NOW - timedelta(hours=1)).timestamp())
        listed = [{"id": CASES[1].locator, "name": "鞍山民政", "syncTime": synced}]
        self.asides: dict[str, Any] = {"/feeds/": listed}
        for case in CASES:
            self.asides |= case.asides

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is what several tests are about."""


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    server = Loopback()
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=CASES, ids=[case.kind for case in CASES])
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


only_cached = pytest.mark.parametrize(
    "case", CACHED, ids=[case.kind for case in CACHED], indirect=True
)


def opened(case: Case, url: str, limits: Limits = LIMITS, **more: Any) -> Source:
    return registry.build(
        Gateway("g", case.kind, url, key=case.key, ticket=case.ticket, **more), limits
    )


@pytest.fixture
def source(case: Case, loopback: Loopback) -> Iterator[Source]:
    built = opened(case, loopback.url)
    yield built
    built.close()


@pytest.fixture
def hasty(case: Case, loopback: Loopback) -> Iterator[Source]:
    with closing(hurried(case, loopback, HASTE[0])) as built:
        yield built


def hurried(case: Case, loopback: Loopback, seconds: float) -> Source:
    return opened(case, loopback.url, replace(LIMITS, deadline=timedelta(seconds=seconds)))


def asking(
    case: Case, memory: SourceMemory | None = None, unconditional: bool = False, now: datetime = NOW
) -> ReadRequest:
    spec = SourceSpec("s", "a", "g", case.locator)
    return ReadRequest(spec, case.platform, memory or SourceMemory(), now, unconditional)


def document(case: Case, items: int = 3, built: datetime = NOW, encoding: str = "utf-8") -> bytes:
    shown = "".join(
        f"<item><title>第{n}条</title><link>{case.item_url}{n}</link><pubDate>"
        f"{format_datetime(NOW - timedelta(days=n), usegmt=True)}</pubDate></item>"
        for n in range(1, items + 1)
    )
    if case.kind == "web_page":
        return list_page(case, items, built, encoding)
    if not case.feed:
        return json.dumps(JSON[case.kind](items), ensure_ascii=False).encode()
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel>'
        f"<title>鞍山民政</title><link>{case.channel_url}</link>"
        f"<lastBuildDate>{format_datetime(built, usegmt=True)}</lastBuildDate>{shown}"
        "</channel></rss>"
    )
    return text.encode(encoding)


def list_page(case: Case, items: int, built: datetime, encoding: str) -> bytes:
    shown = "".join(
        f"<li><a href='{case.item_url}{n}.html'>第{n}条</a>"
        f"<span>{NOW + timedelta(hours=8, days=-n):%Y年%m月%d日 %H:%M}</span></li>"
        for n in range(1, items + 1)
    )
    text = f"<html><meta charset='{encoding}'><title>鞍山民政</title><ul>{shown}</ul></html>"
    return text.encode(encoding)


def weibo_cards(items: int) -> Any:
    return {"ok": 1, "data": {"cards": [{"mblog": status} for status in weibo_statuses(items)]}}


def weibo_timeline(items: int) -> Any:
    return {"statuses": weibo_statuses(items), "total_number": items}


def weibo_statuses(items: int) -> list[Any]:
    return [
        {
            "mid": str(4_994_000_000_000_000 + n),
            "text": f"第{n}条",
            "created_at": f"{NOW - timedelta(days=n):%a %b %d %H:%M:%S} +0000 2024",
            "user": {"id": 1935396210, "screen_name": "鞍山民政"},
        }
        for n in range(1, items + 1)
    ]


def publications(items: int) -> Any:
    shown = [
        {
            "article_id": f"a{n}",
            "content": {
                "news_item": [
                    {
                        "title": f"第{n}条",
                        "is_deleted": False,
                        "url": f"http://mp.weixin.qq.com/s?__biz=MzA3MTIzNDU2Nw==&mid={n}&idx=1&sn=x",
                    },
                ]
            },
            "update_time": int((NOW - timedelta(days=n)).timestamp()),
        }
        for n in range(1, items + 1)
    ]
    return {"total_count": items, "item_count": items, "item": shown}


def own_list(items: int) -> Any:
    shown = [
        {
            "id": n,
            "url": f"http://mzj.test/a{n}",
            "title": f"第{n}条",
            "at": int((NOW - timedelta(days=n)).timestamp()),
        }
        for n in range(1, items + 1)
    ]
    return {"code": 0, "data": {"name": "鞍山民政", "list": shown}}


JSON: Mapping[str, Callable[[int], Any]] = {
    "json": own_list,
    "weibo_mobile": weibo_cards,
    "weibo_api": weibo_timeline,
    "wechat_api": publications,
    "wechat_component": publications,
}


def redirect(to: str) -> Write:
    return lambda handler: handler.give(b"moved", "", 302, Location=to)


def cut_short(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b"<rss>")
    handler.close_connection = True


def hang_up(handler: Handler) -> None:
    handler.close_connection = True


def drip(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    while True:
        handler.wfile.write(b" ")
        time.sleep(0.05)


def drip_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        handler.wfile.write(b"x")
        time.sleep(0.05)


def silent(handler: Handler) -> None:
    handler.rfile.read(1)  # until the client gives up


def echo(handler: Handler) -> None:
    handler.give(f"no such page: {handler.path}; key={KEY}".encode(), "text/plain", 404)


def bomb(handler: Handler) -> None:
    handler.give(gzip.compress(b" " * 20_000_000), Content_Encoding="gzip")


def bad_gzip(handler: Handler) -> None:
    handler.give(b"\x1f\x8b\x08 no gzip", Content_Encoding="gzip")


def test_a_good_window(case: Case, source: Source, loopback: Loopback) -> None:
    loopback.write = lambda h: h.give(document(case), ETag=ETAG, Last_Modified=MODIFIED)
    seen = source.read(asking(case))
    assert (seen.outcome, seen.status, seen.pulse) == (Outcome.OK, 200, case.pulse)
    assert seen.validators == (Validators(ETAG, MODIFIED) if case.cached else Validators())
    assert seen.as_of == case.as_of
    assert [p.title for p in seen.posts or ()] == ["第1条", "第2条", "第3条"]
    assert [p.stated_at for p in seen.posts or ()] == [NOW - timedelta(days=n) for n in (1, 2, 3)]
    assert loopback.asked[0][0].partition("?")[0] == case.path


def test_an_empty_window_is_a_window(case: Case, source: Source, loopback: Loopback) -> None:
    """But a page without any list is one that we cannot read."""
    loopback.write = lambda h: h.give(document(case, items=0))
    seen = source.read(asking(case))
    listless = (Outcome.NOT_A_FEED, None)
    assert (seen.outcome, seen.posts) == (listless if case.kind == "web_page" else (Outcome.OK, ()))


@only_cached
def test_304_means_unchanged_and_validators_go_back_verbatim(
    case: Case, source: Source, loopback: Loopback
) -> None:
    loopback.write = lambda h: h.give(b"", "", 304)
    seen = source.read(asking(case, SourceMemory(Validators(ETAG, MODIFIED))))
    assert (seen.outcome, seen.posts, seen.pulse) == (Outcome.UNCHANGED, None, case.pulse)
    assert not seen.unconditional
    headers = loopback.asked[0][1]
    assert (headers["If-None-Match"], headers["If-Modified-Since"]) == (ETAG, MODIFIED)


@only_cached
def test_f26_an_unconditional_request_cannot_be_answered_by_a_cache(
    case: Case, source: Source, loopback: Loopback
) -> None:
    loopback.write = lambda h: h.give(document(case))
    known = source.read(asking(case))
    memory = SourceMemory(Validators(ETAG, MODIFIED), known.body_hash)
    seen = source.read(asking(case, memory, unconditional=True))
    assert (seen.outcome, len(seen.posts or ()), seen.unconditional) == (Outcome.OK, 3, True)
    headers = loopback.asked[1][1]
    assert "If-None-Match" not in headers
    assert "If-Modified-Since" not in headers
    assert headers["Cache-Control"] == "no-cache"


def test_f26_a_304_nobody_asked_for_proves_nothing(
    case: Case, source: Source, loopback: Loopback
) -> None:
    loopback.write = lambda h: h.give(b"", "", 304)
    memory = SourceMemory(Validators(ETAG, MODIFIED))
    for request in (asking(case), asking(case, memory, unconditional=True)):
        seen = source.read(request)
        assert (seen.outcome, seen.pulse, seen.as_of) == (Outcome.STATUS, Pulse.NONE, None)


@only_cached
def test_the_same_body_is_not_parsed_again(case: Case, source: Source, loopback: Loopback) -> None:
    loopback.write = lambda h: h.give(document(case))
    first = source.read(asking(case))
    later = NOW + timedelta(minutes=30)
    loopback.write = lambda h: h.give(document(case, built=later), ETag='"2"')
    seen = source.read(asking(case, SourceMemory(body_hash=first.body_hash), now=later))
    assert (seen.outcome, seen.posts, seen.pulse) == (Outcome.UNCHANGED, None, case.pulse)
    assert (seen.validators.etag, seen.body_hash) == ('"2"', first.body_hash)


FAULTS = [
    pytest.param(lambda h: h.give(b"", "", 500), Outcome.STATUS, "HTTP 500", id="500"),
    pytest.param(
        lambda h: h.give('{"message":"不存在"}'.encode(), "application/json", 400),
        Outcome.STATUS,
        "HTTP 400: an error in JSON: 不存在",
        id="a reason in JSON",
    ),
    pytest.param(
        lambda h: h.give("Error Message:<br/><code>Error: 坏了\n at x</code>".encode(), "", 503),
        Outcome.STATUS,
        "HTTP 503: RSSHub says: Error: 坏了",
        id="RSSHub's error page",
    ),
    pytest.param(
        lambda h: h.give("<html><title>登录 - 微博</title></html>".encode(), "text/html"),
        Outcome.NOT_A_FEED,
        "a login page",
        id="a login page",
    ),
    pytest.param(lambda h: h.give(b""), Outcome.NOT_A_FEED, "an empty body", id="0 bytes"),
    pytest.param(bomb, Outcome.LIMITS, "larger than 50000 bytes", id="gzip bomb"),
    pytest.param(
        lambda h: h.give(b"<rss>" + b" " * 60_000),
        Outcome.LIMITS,
        "larger than 50000 bytes",
        id="too large",
    ),
    pytest.param(
        bad_gzip, Outcome.TRANSPORT, "the body cannot be decompressed", id="bad compression"
    ),
    pytest.param(cut_short, Outcome.TRANSPORT, "the answer broke off", id="broke off"),
    pytest.param(hang_up, Outcome.TRANSPORT, "the server hung up without an answer", id="hung up"),
    pytest.param(
        redirect("https://elsewhere.test/sso?u=x"),
        Outcome.WRONG_ACCOUNT,
        "redirected to another host (elsewhere.test)",
        id="F35 sent to another host",
    ),
    pytest.param(
        redirect("file:///etc/passwd"),
        Outcome.STATUS,
        "redirected to no web address",
        id="F37 sent to a file",
    ),
    pytest.param(
        redirect("http://[::1/"),
        Outcome.STATUS,
        "redirected to no address at all",
        id="sent to nonsense",
    ),
    pytest.param(
        lambda h: h.give(b"", "", 302, Location=h.path),
        Outcome.STATUS,
        "more than 5 redirects",
        id="sent in a circle",
    ),
]


@pytest.mark.parametrize(("write", "outcome", "detail"), FAULTS)
def test_f25_f37_faults_are_values(
    case: Case, source: Source, loopback: Loopback, write: Write, outcome: Outcome, detail: str
) -> None:
    loopback.write = write
    seen = source.read(asking(case))
    assert (seen.outcome, seen.detail) == (outcome, detail)
    assert (seen.pulse, seen.as_of, seen.posts) == (Pulse.NONE, None, None)


def test_f25_a_body_that_is_cut_off(case: Case, source: Source, loopback: Loopback) -> None:
    loopback.write = lambda h: h.give(document(case)[:-30])
    seen = source.read(asking(case))
    what = "a feed" if case.feed else "a page" if case.kind == "web_page" else "JSON"
    assert (seen.outcome, seen.posts) == (Outcome.NOT_A_FEED, None)
    assert seen.detail.startswith(f"{what} that is cut off")


@pytest.mark.parametrize(
    ("write", "outcome", "detail"),
    [
        pytest.param(drip, Outcome.LIMITS, "slower than {} s", id="a dripping body"),
        pytest.param(drip_headers, Outcome.LIMITS, "slower than {} s", id="dripping headers"),
        pytest.param(silent, Outcome.TRANSPORT, "no answer within {} s", id="nothing at all"),
    ],
)
def test_f37_a_slow_drip_ends_at_the_deadline(
    case: Case, loopback: Loopback, write: Write, outcome: Outcome, detail: str
) -> None:
    loopback.write = write
    for seconds in HASTE:
        with closing(hurried(case, loopback, seconds)) as source:
            seen = source.read(asking(case))
        if seen.outcome is outcome:
            break
    assert (seen.outcome, seen.detail) == (outcome, detail.format(f"{seconds:g}"))


def test_a_refused_connection(case: Case) -> None:
    with socket.socket() as placeholder:
        placeholder.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{placeholder.getsockname()[1]}"
        source = opened(case, url)
        seen = source.read(asking(case))
        source.close()
    assert (seen.outcome, seen.detail) == (Outcome.TRANSPORT, "connection refused")


def test_a_redirect_on_the_same_host_is_followed(
    case: Case, source: Source, loopback: Loopback
) -> None:
    def moved(handler: Handler) -> None:
        if handler.path == "/new":
            handler.give(document(case))
        else:
            handler.give(b"", "", 301, Location="/new")

    loopback.write = moved
    assert source.read(asking(case)).outcome is Outcome.OK


@pytest.mark.parametrize("content_type", ["text/html", "text/plain; charset=utf-8", ""])
def test_a_wrong_content_type_does_not_matter(
    case: Case, source: Source, loopback: Loopback, content_type: str
) -> None:
    loopback.write = lambda h: h.give(document(case), content_type)
    seen = source.read(asking(case))
    assert (seen.outcome, len(seen.posts or ())) == (Outcome.OK, 3)
    assert seen.title in ("鞍山民政", None)


@only_cached
def test_f37_gbk(case: Case, source: Source, loopback: Loopback) -> None:
    loopback.write = lambda h: h.give(document(case, encoding="gbk"), "text/xml")
    seen = source.read(asking(case))
    assert [p.title for p in seen.posts or ()] == ["第1条", "第2条", "第3条"]


def test_f37_compressed_answers_are_read(case: Case, source: Source, loopback: Loopback) -> None:
    packed = gzip.compress(document(case))
    loopback.write = lambda h: h.give(packed, Content_Encoding="gzip")
    assert source.read(asking(case)).outcome is Outcome.OK


@pytest.mark.parametrize(
    ("asked", "wait"),
    [("120", timedelta(minutes=2)), ("Mon, 19 Feb 2024 01:05:00 GMT", timedelta(minutes=5))],
)
def test_f27_retry_after_counts_from_our_now(
    case: Case, source: Source, loopback: Loopback, asked: str, wait: timedelta
) -> None:
    loopback.write = lambda h: h.give(b"", "", 429, Retry_After=asked)
    assert source.read(asking(case)).retry_after == wait


@pytest.mark.parametrize(
    "write",
    [
        *(fault.values[0] for fault in FAULTS),
        echo,
        redirect(f"http://other.test/{KEY}"),
        redirect(f"/{KEY}"),
        drip_headers,
    ],
)
def test_the_key_never_shows(case: Case, hasty: Source, loopback: Loopback, write: Write) -> None:
    loopback.write = write
    shown = repr(hasty.read(asking(case))) + repr(hasty)
    for spelling in (KEY, "pa%20ss", "pa+ss", "w%C3%B6rd", "wörd"):
        assert spelling not in shown


def test_the_connection_is_kept(case: Case, source: Source, loopback: Loopback) -> None:
    memory = SourceMemory(Validators(ETAG))
    for write in (
        lambda h: h.give(b"", "", 304),
        lambda h: h.give(b"x" * 9000, "text/html", 503),
        lambda h: h.give(b"", "", 304),
        lambda h: h.give(document(case)),
        lambda h: h.give(b"", "", 304),
    ):
        loopback.write = write
        source.read(asking(case, memory))
    assert loopback.accepted == 1


def test_one_source_serves_several_threads(case: Case, loopback: Loopback) -> None:
    loopback.write = lambda h: h.give(document(case))
    source = opened(case, loopback.url, concurrency=4)
    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(lambda _: source.read(asking(case)), range(20)))
    source.close()
    assert {one.outcome for one in seen} == {Outcome.OK}
    assert loopback.accepted <= 4


def test_the_clock_of_the_request_is_the_only_one(
    case: Case, source: Source, loopback: Loopback
) -> None:
    loopback.write = lambda h: h.give(document(case))
    seen: Fetched = source.read(asking(case))
    assert seen.started_at == NOW


# Kinds with statistics of past days

only_retrospective = pytest.mark.parametrize(
    "case", RETROSPECTIVE, ids=[case.kind for case in RETROSPECTIVE], indirect=True
)


def told(source: Source, day: date = THE_DAY, now: datetime = NOW) -> DayCount | NotAvailable:
    assert isinstance(source, Retrospective)
    return source.published_on(SourceSpec("s", "a", "g", APPID), day, now)


def test_a_kind_says_whether_it_can_tell_afterwards(case: Case, source: Source) -> None:
    assert isinstance(source, Retrospective) is (case.a_day is not None)


@only_retrospective
def test_a_day_is_counted(case: Case, source: Source, loopback: Loopback) -> None:
    loopback.write = lambda h: h.give(json.dumps(case.a_day).encode())
    assert told(source) == told(source) == DayCount(THE_DAY, articles=3, notified=2, pushes=1)


@only_retrospective
@pytest.mark.parametrize("day", [TODAY, TODAY + timedelta(days=1)])
def test_a_day_that_is_not_over_is_not_asked_about(
    source: Source, loopback: Loopback, day: date
) -> None:
    untold = told(source, day)
    assert isinstance(untold, NotAvailable)
    assert (untold.early, loopback.asked) == (True, [])
    midnight = datetime(2024, 2, 18, 16, tzinfo=UTC)  # in Beijing
    assert isinstance(told(source, THE_DAY, midnight - timedelta(seconds=1)), NotAvailable)
    told(source, THE_DAY, midnight)
    assert len(loopback.asked) == 1


@only_retrospective
@pytest.mark.parametrize(("write", "outcome", "detail"), FAULTS)
def test_f25_a_day_that_is_not_available_is_a_value(
    source: Source, loopback: Loopback, write: Write, outcome: Outcome, detail: str
) -> None:
    del outcome
    loopback.write = write
    assert told(source) == NotAvailable(detail)


@only_retrospective
def test_f27_retry_after_a_day_that_is_not_available(source: Source, loopback: Loopback) -> None:
    loopback.write = lambda h: h.give(b"", "", 429, Retry_After="120")
    untold = told(source)
    assert isinstance(untold, NotAvailable)
    assert untold.retry_after == timedelta(minutes=2)


@only_retrospective
@pytest.mark.parametrize("write", [*(fault.values[0] for fault in FAULTS), echo, drip_headers])
def test_the_key_never_shows_where_a_day_is_not_available(
    hasty: Source, loopback: Loopback, write: Write
) -> None:
    loopback.write = write
    shown = repr(told(hasty))
    assert shown.startswith("NotAvailable")
    for spelling in (KEY, "pa%20ss", "pa+ss", "w%C3%B6rd", "wörd"):
        assert spelling not in shown
