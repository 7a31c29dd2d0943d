"""What is told of a gateway when nothing but its address is known: real HTTP on loopback."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from urllib.parse import urlsplit

import pytest

from monitor.desk.gateway_trials import GatewayTrial, GatewayTrials
from monitor.model import Gateway
from monitor.sources import addresses, registry
from tests.adding import BIZ, column, feed, weibo
from tests.serving import Asked, Served
from tests.web.site import RULES, WORDS

BUSY = addresses.BUSY.number or ""
PAPER = weibo(BUSY, "人民日报")
EXPIRED = "<html><body>Error Message: <code>Cookies expired. Please update WEIBO_COOKIES</code>"
ARTICLES = feed("民政", "", [(f"文章{n}", f"https://mp.weixin.qq.com/s/A{n}x") for n in range(2)])
CODE = "the-auth-code"


def subscribed(*numbers: str) -> str:
    now = int(datetime.now(UTC).timestamp())
    return json.dumps([{"id": f"MP_WXS_{number}", "syncTime": now} for number in numbers])


def read_by(*states: int, blocks: tuple[str, ...] = ()) -> str:
    items = [{"id": f"vid{n}", "name": "n", "status": state} for n, state in enumerate(states)]
    return json.dumps({"result": {"data": {"blocks": blocks, "items": items}}})


def logged_in(*logins: Mapping[str, object]) -> str:
    return json.dumps({"err": "", "data": logins})


READS = {"available": True, "needCheck": False, "waitTime": ""}
FEEDS = {"/feeds/": subscribed(BIZ), f"/feeds/MP_WXS_{BIZ}.rss": ARTICLES}
LOGINS = "/trpc/account.list"
Pages = Mapping[str, str | int]


@dataclass(frozen=True)
class Case:
    """A gateway of *kind*, what it answers by path (a number is a status), and what is said."""

    kind: str
    pages: Pages
    good: bool | None
    said: str
    online: bool = True
    key: str | None = None


CASES = {
    "RSSHub that sees Weibo": Case(
        "rsshub",
        {"/healthz": "ok", f"/weibo/user/{BUSY}": PAPER},
        True,
        "RSSHub在线，Cookie可用：人民日报，4条。",
    ),
    "RSSHub whose cookie has ended": Case(
        "rsshub",
        {"/healthz": "ok", f"/weibo/user/{BUSY}": EXPIRED},
        False,
        "RSSHub在线，但看不到信息：微博的Cookie已失效或未配置",
    ),
    "RSSHub behind a proxy that hides its health": Case(
        "rsshub", {f"/weibo/user/{BUSY}": PAPER}, True, "读取正常：人民日报，4条。"
    ),
    "RSSHub that wants a key": Case(
        "rsshub", {"/healthz": 403, f"/weibo/user/{BUSY}": 403}, False, "密钥", online=False
    ),
    "another program where RSSHub was expected": Case(
        "rsshub", {"/healthz": "<h1>nginx</h1>"}, False, "有应答，但看不到信息：", online=False
    ),
    "WeWe RSS with its AUTH_CODE": Case(
        "wewe_rss",
        {**FEEDS, LOGINS: read_by(1, 1, blocks=("vid1",))},
        True,
        "WeWe RSS在线，2个读书账号，1个已进小黑屋，已订阅1个公众号：民政，2条。",
        key=CODE,
    ),
    "WeWe RSS without its AUTH_CODE": Case(
        "wewe_rss",
        {**FEEDS, LOGINS: read_by(1)},
        True,
        "WeWe RSS在线，已订阅1个公众号，填入其AUTH_CODE作访问密钥后，可见读书账号状况：民政",
    ),
    "WeWe RSS whose logins have all ended": Case(
        "wewe_rss",
        {**FEEDS, LOGINS: read_by(0, 2)},
        False,
        "WeWe RSS在线，2个读书账号，2个已失效或停用，已订阅1个公众号，但看不到信息",
        key=CODE,
    ),
    "WeWe RSS with nothing subscribed to yet": Case(
        "wewe_rss",
        {"/feeds/": subscribed(), LOGINS: read_by(1)},
        True,
        "WeWe RSS在线，1个读书账号，已订阅0个公众号。",
        key=CODE,
    ),
    "WeWe RSS whose console answers in another form": Case(
        "wewe_rss", {**FEEDS, LOGINS: "[]"}, True, "WeWe RSS在线，已订阅1个公众号，填入", key=CODE
    ),
    "another program where WeWe RSS was expected": Case(
        "wewe_rss", {"/feeds/": "<h1>nginx</h1>"}, False, "有应答，但看不到信息：", online=False
    ),
    "Wechat2RSS": Case(
        "wechat2rss",
        {"/login/list": logged_in(READS, {**READS, "needCheck": True}, {"available": False})},
        True,
        "Wechat2RSS在线，3个读书账号，1个被风控，1个已失效或停用。",
    ),
    "Wechat2RSS without a login": Case(
        "wechat2rss",
        {"/login/list": logged_in()},
        False,
        "Wechat2RSS在线，0个读书账号，但看不到信息",
    ),
    "we-mp-rss": Case("we_mp_rss", {"/feed/all.rss": ARTICLES}, True, "we-mp-rss在线：民政，2条。"),
    "an older we-mp-rss": Case("we_mp_rss", {"/rss": ARTICLES}, True, "we-mp-rss在线：民政，2条。"),
    "another program where we-mp-rss was expected": Case(
        "we_mp_rss", {"/feed/all.rss": ""}, False, "有应答，但看不到信息：", online=False
    ),
    "a feed at the address itself": Case("feed", {"/": ARTICLES}, True, "读取正常：民政，2条。"),
    "a page of a website": Case("web_page", {"/": column()}, True, "读取正常：通知公告，6条。"),
    "a page without a list": Case(
        "web_page", {"/": "<p>…</p>"}, False, "有应答，但看不到信息：", online=False
    ),
    "Weibo's own token": Case(
        "weibo_api",
        {
            "/oauth2/get_token_info": json.dumps({"uid": int(BUSY), "expire_in": 10**7}),
            "/2/statuses/user_timeline.json": json.dumps({"statuses": [], "total_number": 0}),
            "/2/account/rate_limit_status.json": "{}",
        },
        True,
        "读取正常：未显示名称，0条。",
        key="token",
    ),
    "a token that has ended": Case(
        "weibo_api",
        {"/oauth2/get_token_info": json.dumps({"error_code": 21315, "error": "expired_token"})},
        False,
        "授权或密钥已失效",
        online=False,
        key="token",
    ),
}


class Answers(Asked):
    """Answers what the case of the moment says."""

    pages: Pages = MappingProxyType({})

    def do_GET(self) -> None:
        """Give the page of that path; to the console's questions only with the code."""
        path = urlsplit(self.path).path
        page = self.pages.get(path, 404)
        if path == LOGINS and self.headers.get("Authorization") != CODE:
            page = 401
        if isinstance(page, int):
            self.give(page, b"", {})
        else:
            kind = "application/rss+xml" if page.startswith("<?xml") else "text/html"
            status = 503 if page is EXPIRED else 200
            self.give(status, page.encode(), {"Content-Type": f"{kind}; charset=utf-8"})

    def do_POST(self) -> None:
        """Give the same."""
        self.body()
        self.do_GET()


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    with Served(Answers) as there:
        yield there.url


def tried(kind: str, url: str, key: str | None = None) -> GatewayTrial:
    """What is told of the gateway of *kind* at *url*."""
    rules = replace(RULES, gateways={})
    trials = GatewayTrials(rules, {}, lambda *_: None, WORDS, registry.build)
    return trials.another(Gateway("new", kind, url, key), "", datetime.now(UTC))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_the_address_alone_tells(served: str, case: Case) -> None:
    Answers.pages = case.pages
    found = tried(case.kind, served, case.key)
    assert (found.good, found.online) == (case.good, case.online)
    assert case.said in found.said


@pytest.mark.parametrize("kind", ["rsshub", "wewe_rss", "wechat2rss", "we_mp_rss", "weibo_mobile"])
def test_a_gateway_that_is_away_is_said_to_be(kind: str) -> None:
    found = tried(kind, "http://127.0.0.1:9")
    assert (found.good, found.online) == (False, False)
    assert found.said.startswith("读不到：")


def test_the_code_stays_on_the_host_it_is_for(served: str) -> None:
    gateway = Gateway("new", "wewe_rss", served, CODE)
    Answers.pages = {"/feeds/": "<h1>the-auth-code</h1>"}
    with closing(registry.build(gateway)) as source:
        trials = GatewayTrials(RULES, {}, lambda *_: None, WORDS, lambda _: source)
        assert CODE not in trials.another(gateway, "", datetime.now(UTC)).said
