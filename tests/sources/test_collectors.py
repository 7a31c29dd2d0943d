"""Wechat2RSS and we-mp-rss: what shows that they collect, and whose articles they carry."""

from __future__ import annotations

import json
import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from monitor.ledger.identity import account_identity
from monitor.model import Gateway, Outcome, Pulse, SourceMemory, SourceSpec
from monitor.sources import registry
from monitor.sources.base import Fetched, ReadRequest

NOW = datetime(2024, 2, 19, 1, 0, tzinfo=UTC)
DAY_BEFORE = NOW - timedelta(hours=23)
BIZ = {"3071234567": "MzA3MTIzNDU2Nw==", "3079999999": "MzA3OTk5OTk5OQ=="}
OLD, NEW = BIZ
HASHED = "0123456789abcdef" * 2 + "01234567"
WELL = {"id": 1, "name": "读", "available": True, "needCheck": False, "waitTime": ""}


class Collector:
    """Answers feeds with *feed* and the list of logins with *logins*."""

    def __init__(self, server: HTTPServer) -> None:
        self.url = server.url_for("").rstrip("/")
        self.asked: list[str] = []
        self.feed = channel(article(OLD, 1))
        self.logins: Any = {"err": "", "data": [WELL]}
        self.status = 200
        server.expect_request(re.compile(".*")).respond_with_handler(self._give)

    def _give(self, request: Request) -> Response:
        self.asked.append(request.full_path.rstrip("?"))
        if request.path == "/login/list":
            return Response(json.dumps(self.logins), self.status)
        return Response(self.feed)

    def read(self, kind: str, locator: str, now: datetime = NOW, **more: Any) -> Fetched:
        request = ReadRequest(SourceSpec("s", "a", "g", locator), "wechat", SourceMemory(), now)
        with closing(registry.build(Gateway("g", kind, self.url, **more))) as source:
            return source.read(request)


@pytest.fixture
def collector(httpserver: HTTPServer) -> Collector:
    return Collector(httpserver)


def channel(*items: str) -> str:
    return (
        '<rss version="2.0"><channel><title>鞍山民政</title><link>http://collector.test</link>'
        f"<lastBuildDate>Mon, 19 Feb 2024 00:59:00 GMT</lastBuildDate>{''.join(items)}"
        "</channel></rss>"
    )


def article(number: str, mid: int, day: int = 16) -> str:
    link = f"https://mp.weixin.qq.com/s?__biz={BIZ[number]}&amp;mid={mid}&amp;idx=1&amp;sn=a"
    return item(link, f"Fri, {day} Feb 2024 09:00:07 +0800")


def item(link: str, date: str) -> str:
    return f"<item><title>低保政策问答</title><link>{link}</link><pubDate>{date}</pubDate></item>"


def wrapped(signature: str) -> str:
    inner = "http%3A%2F%2Fmp.weixin.qq.com%2Fs%3F__biz%3DMzA3MTIzNDU2Nw%3D%3D%26mid%3D1%26idx%3D1"
    return f"https://rss.test/link-proxy/?k={signature}&amp;u={inner}%26sn%3D{signature}"


@pytest.mark.parametrize(
    ("locator", "key", "asked"),
    [
        pytest.param(OLD, None, ["/login/list", f"/feed/{OLD}.xml"], id="without a token"),
        pytest.param(OLD, "t&k", ["/login/list?k=t%26k", f"/feed/{OLD}.xml"], id="with a token"),
        pytest.param(f"{OLD}#{NEW}", None, ["/login/list", f"/feed/{OLD}.xml"], id="moved"),
        pytest.param(HASHED, None, ["/login/list", f"/feed/{HASHED}.xml"], id="a protected id"),
    ],
)
def test_what_wechat2rss_is_asked_for(
    collector: Collector, locator: str, key: str | None, asked: list[str]
) -> None:
    collector.read("wechat2rss", locator, key=key)
    assert collector.asked == asked


ENDED = "a WeChat login has ended: scan its code again"
CHECK = "WeChat's risk control wants a login confirmed by hand"
HELD = "held up by WeChat's risk control until 2024-02-19 04:30 UTC"


@pytest.mark.parametrize(
    ("logins", "pulse", "detail"),
    [
        pytest.param([WELL], Pulse.FULL, "", id="one that works"),
        pytest.param([{"available": True}], Pulse.FULL, "", id="an older version says less"),
        pytest.param([{**WELL, "available": False}], Pulse.NONE, ENDED, id="logged out"),
        pytest.param([{**WELL, "needCheck": True}], Pulse.NONE, CHECK, id="under risk control"),
        pytest.param(
            [{**WELL, "waitTime": "2024-02-19 12:30:00"}],
            Pulse.NONE,
            HELD,
            id="held up: its times are local",
        ),
        pytest.param(
            [{**WELL, "waitTime": "2024-02-19 08:59:59"}], Pulse.FULL, "", id="held up until now"
        ),
        pytest.param(
            [{**WELL, "waitTime": "2024-02-19T12:30:00+08:00"}], Pulse.NONE, HELD, id="with a zone"
        ),
        pytest.param([{**WELL, "waitTime": "0001-01-01 00:00:00"}], Pulse.FULL, "", id="no wait"),
        pytest.param([{**WELL, "waitTime": "soon"}], Pulse.FULL, "", id="no date"),
        pytest.param(
            [{**WELL, "available": False}, WELL], Pulse.FULL, "", id="one of two is enough"
        ),
        pytest.param(
            [{**WELL, "available": False}, {**WELL, "needCheck": True}, {"available": False}],
            Pulse.NONE,
            f"{ENDED}; {CHECK}",
            id="none of three",
        ),
        pytest.param([], Pulse.NONE, "no WeChat login at all", id="none at all"),
    ],
)
def test_wechat2rss_sees_by_its_logins(
    collector: Collector, logins: Any, pulse: Pulse, detail: str
) -> None:
    collector.logins = {"err": "", "data": logins}
    seen = collector.read("wechat2rss", OLD)
    as_of = DAY_BEFORE if pulse is Pulse.FULL else None
    assert (seen.outcome, seen.pulse, seen.as_of) == (Outcome.OK, pulse, as_of)
    assert seen.detail == detail


@pytest.mark.parametrize(
    ("logins", "status", "outcome", "detail"),
    [
        pytest.param(
            {"err": "token错误"},
            200,
            Outcome.NOT_A_FEED,
            "/login/list gave no list of logins but an error in JSON: token错误",
            id="a wrong token",
        ),
        pytest.param(
            {"err": "", "data": None},
            200,
            Outcome.NOT_A_FEED,
            "/login/list gave no list of logins but JSON that is no feed",
            id="no list",
        ),
        pytest.param(
            [],
            200,
            Outcome.NOT_A_FEED,
            "/login/list gave no list of logins but JSON that is no feed",
            id="odd JSON",
        ),
        pytest.param(
            {"err": "x"}, 401, Outcome.STATUS, "HTTP 401: an error in JSON: x", id="refused"
        ),
    ],
)
def test_without_its_logins_wechat2rss_is_not_read(
    collector: Collector, logins: Any, status: int, outcome: Outcome, detail: str
) -> None:
    collector.logins, collector.status = logins, status
    seen = collector.read("wechat2rss", OLD)
    assert (seen.outcome, seen.detail, seen.posts) == (outcome, detail, None)
    assert collector.asked == ["/login/list"]


def test_the_token_is_not_quoted(collector: Collector) -> None:
    collector.logins, collector.status = {"err": "no such token: s3cret"}, 403
    seen = collector.read("wechat2rss", OLD, key="s3cret")
    assert seen.detail == "HTTP 403: an error in JSON: no such token: ***"


IS_OLD, IS_NEW = f"wechat:MP_WXS_{OLD}", f"wechat:MP_WXS_{NEW}"


@pytest.mark.parametrize(
    ("locator", "items", "outcome", "identity"),
    [
        pytest.param(OLD, [OLD], Outcome.OK, IS_OLD, id="its own"),
        pytest.param(OLD, [NEW, OLD], Outcome.WRONG_ACCOUNT, IS_NEW, id="a stranger's among them"),
        pytest.param(OLD, [NEW], Outcome.WRONG_ACCOUNT, IS_NEW, id="moved, and nobody said so"),
        pytest.param(f"{OLD}#{NEW}", [NEW, OLD], Outcome.OK, IS_NEW, id="moved, as was said"),
        pytest.param(f"{OLD}#{NEW}", [OLD], Outcome.OK, IS_NEW, id="about to move: still one"),
        pytest.param(HASHED, [OLD], Outcome.OK, IS_OLD, id="a protected id: the articles tell"),
        pytest.param(HASHED, [NEW, OLD], Outcome.WRONG_ACCOUNT, IS_NEW, id="and must agree"),
        pytest.param(f"{HASHED}#{NEW}", [OLD], Outcome.WRONG_ACCOUNT, IS_OLD, id="or were said"),
        pytest.param(f"{HASHED}#{NEW}", [NEW], Outcome.OK, IS_NEW, id="as said"),
        pytest.param(OLD, [], Outcome.OK, None, id="nothing tells"),
    ],
)
def test_f35_wechat2rss_carries_one_accounts_articles(
    collector: Collector, locator: str, items: list[str], outcome: Outcome, identity: str | None
) -> None:
    collector.feed = channel(*(article(number, n) for n, number in enumerate(items)))
    seen = collector.read("wechat2rss", locator)
    assert (seen.outcome, seen.identity) == (outcome, identity)


def test_f35_a_stranger_is_named(collector: Collector) -> None:
    collector.feed = channel(article(NEW, 1))
    seen = collector.read("wechat2rss", OLD)
    assert seen.detail == f"the feed is that of {IS_NEW}, not of {IS_OLD}"
    collector.feed = channel(article(NEW, 1), article(OLD, 2))
    assert collector.read("wechat2rss", HASHED).detail == (
        f"posts of several accounts: {IS_OLD} and {IS_NEW}"
    )


def test_f33_a_link_signed_anew_is_the_same_post(collector: Collector) -> None:
    keys = set()
    for link in (wrapped("1a2b3c4d"), wrapped("99aa88bb")):
        collector.feed = channel(item(link, "Fri, 16 Feb 2024 09:00:07 +0800"))
        seen = collector.read("wechat2rss", OLD)
        assert seen.identity == IS_OLD
        keys |= {post.key for post in seen.posts or ()}
    collector.feed = channel(article(OLD, 1))
    keys |= {post.key for post in collector.read("wechat2rss", OLD).posts or ()}
    assert keys == {"wx:MzA3MTIzNDU2Nw/1/1"}


@pytest.mark.parametrize(
    ("link", "identity"),
    [
        ("https://mp.weixin.qq.com/s?__biz=MzA3MTIzNDU2Nw==&mid=1&idx=1", IS_OLD),
        (
            "https://rss.test/link-proxy/?k=1&u=http%3A%2F%2Fmp.weixin.qq.com%2Fs%3F__biz%3D"
            "MzA3MTIzNDU2Nw%3D%3D",
            IS_OLD,
        ),
        ("https://mp.weixin.qq.com/s/aaaaaaaaaaaaaaaaaaaaa", None),
        ("https://rss.test/link-proxy/?k=1&u=nonsense", None),
    ],
)
def test_whose_an_article_is(link: str, identity: str | None) -> None:
    assert account_identity("wechat", link) == identity


MP = f"MP_WXS_{OLD}"


@pytest.mark.parametrize(
    ("locator", "asked"),
    [
        (MP, f"/feed/{MP}.rss?limit=30"),
        (f"rss/{MP}", f"/rss/{MP}?limit=100"),
        (f"rss/{MP}/fresh", f"/rss/{MP}/fresh?limit=100"),
    ],
)
def test_what_we_mp_rss_is_asked_for(collector: Collector, locator: str, asked: str) -> None:
    collector.read("we_mp_rss", locator)
    assert collector.asked == [asked]


@pytest.mark.parametrize(
    ("date", "stated_at"),
    [
        pytest.param("Fri, 16 Feb 2024 09:00:07 ", (16, 1, 0, 7), id="no zone: the container's"),
        pytest.param("Fri, 16 Feb 2024 07:30:00", (15, 23, 30), id="across midnight"),
        pytest.param("2024-02-16 09:00:07", (16, 1, 0, 7), id="another form"),
        pytest.param("Fri, 16 Feb 2024 09:00:07 +0800", (16, 1, 0, 7), id="newer versions say it"),
        pytest.param("Fri, 16 Feb 2024 01:00:07 GMT", (16, 1, 0, 7), id="GMT is GMT"),
        pytest.param("Thu, 01 Jan 1970 08:00:00 ", None, id="zero is no date"),
        pytest.param("just now", None, id="no date"),
    ],
)
def test_f31_dates_of_we_mp_rss(
    collector: Collector, date: str, stated_at: tuple[int, int, int] | None
) -> None:
    collector.feed = channel(item("https://mp.weixin.qq.com/s/aaaaaaaaaaaaaaaaaaaaa", date))
    [post] = collector.read("we_mp_rss", MP).posts or ()
    expected = datetime(2024, 2, *stated_at, tzinfo=UTC) if stated_at else None
    assert post.stated_at == expected


@pytest.mark.parametrize(
    ("trusted", "pulse"), [(False, Pulse.NONE), (True, Pulse.FULL)], ids=["alone", "trusted"]
)
def test_we_mp_rss_gives_no_sign_of_life(collector: Collector, trusted: bool, pulse: Pulse) -> None:
    """It would describe the present, if anything bore that out."""
    seen = collector.read("we_mp_rss", MP, trusted=trusted)
    assert (seen.outcome, seen.pulse, seen.as_of) == (Outcome.OK, pulse, NOW)
    assert ("canary" in seen.detail) is not trusted


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        pytest.param("", "an empty body", id="any error of its own"),
        pytest.param(
            json.dumps({"name": "鞍山民政", "link": "", "items": [{"id": "1", "title": "一"}]}),
            "JSON that is no feed",
            id="its JSON is no JSON Feed",
        ),
    ],
)
def test_f25_we_mp_rss_answers_200_whatever_happens(
    collector: Collector, body: str, detail: str
) -> None:
    collector.feed = body
    seen = collector.read("we_mp_rss", MP)
    assert (seen.outcome, seen.detail, seen.pulse) == (Outcome.NOT_A_FEED, detail, Pulse.NONE)


def test_f35_we_mp_rss_with_a_strangers_articles(collector: Collector) -> None:
    collector.feed = channel(article(NEW, 1))
    assert collector.read("we_mp_rss", MP).outcome is Outcome.WRONG_ACCOUNT


WECHAT2RSS = (
    "a feed id, e.g. 3071234567, and after # the account's number where it differs, "
    "e.g. 3071234567#3079999999 was expected"
)
WE_MP_RSS = (
    "a feed id, e.g. MP_WXS_3071234567, or for versions before July 2025 a path, "
    "e.g. rss/MP_WXS_3071234567/fresh was expected"
)


@pytest.mark.parametrize(
    ("kind", "locator", "problem"),
    [
        ("wechat2rss", OLD, None),
        ("wechat2rss", f"{OLD}#{NEW},3078888888", None),
        ("wechat2rss", HASHED, None),
        ("wechat2rss", "all", WECHAT2RSS),
        ("wechat2rss", f"{OLD}.xml", WECHAT2RSS),
        ("wechat2rss", f"feed/{OLD}", WECHAT2RSS),
        ("wechat2rss", f"{OLD}#", WECHAT2RSS),
        ("we_mp_rss", MP, None),
        ("we_mp_rss", f"rss/{MP}", None),
        ("we_mp_rss", f"rss/{MP}/fresh", None),
        ("we_mp_rss", "all", WE_MP_RSS),
        ("we_mp_rss", f"{MP}/fresh", WE_MP_RSS),
        ("we_mp_rss", f"feed/{MP}.rss", WE_MP_RSS),
    ],
)
def test_check_locator(kind: str, locator: str, problem: str | None) -> None:
    assert registry.check_locator(kind, locator) == problem


@pytest.mark.parametrize(
    ("locator", "warning"),
    [
        (MP, None),
        (f"rss/{MP}", "this page is kept in a file that never ages; add /fresh"),
        (f"rss/{MP}/fresh", None),
        ("nonsense", None),
    ],
)
def test_locator_warning(locator: str, warning: str | None) -> None:
    assert registry.locator_warning("we_mp_rss", locator) == warning
