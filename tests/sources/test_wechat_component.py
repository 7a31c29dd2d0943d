"""Accounts that authorised a platform, over real HTTP: ticket, tokens, and who withdrew."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from monitor.counted import Counters, DayCount
from monitor.model import Gateway, Outcome, Pulse, SourceMemory, SourceSpec
from monitor.sources.base import Fetched, NotAvailable, ReadRequest
from monitor.sources.http import Http
from monitor.sources.registry import check_key, check_locator
from monitor.sources.wechat_component import UNREDEEMED, WITHDRAWN, WechatComponent

NOW = datetime(2024, 2, 19, 1, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SECRET, TICKET = "5ecre7" * 5, "ticket@@@Zq0cLb8Yw3"
PLATFORM, KEY = "wxf00f00f00f00f00f", f"wxf00f00f00f00f00f:{SECRET}"
ONE, OTHER = "wx0000000000000001", "wx0000000000000002"
OWN, RENEW, LISTED = "api_component_token", "api_authorizer_token", "api_get_authorizer_list"
POSTS, FANS, DETAIL = "freepublish/batchget", "user/get", "datacube/getarticletotaldetail"
DAY = date(2024, 2, 16)
PUSH = f"""<xml>
<AppId>{PLATFORM}</AppId>
<CreateTime>1413192605</CreateTime>
<InfoType>component_verify_ticket</InfoType>
<ComponentVerifyTicket><![CDATA[{TICKET}]]></ComponentVerifyTicket>
</xml>"""


class Weixin:
    """An api.weixin.qq.com that *authorised* accounts let the platform ask for, each by its refresh
    token. It refuses all tokens but the last of each; *says* overrides a path once for each entry.

    Answers as documented at developers.weixin.qq.com/doc/oplatform/openApi/ticket-token/
    api_getcomponentaccesstoken, api_getauthorizeraccesstoken, and authorization-management/
    api_getauthorizerlist.
    """

    def __init__(self, server: HTTPServer) -> None:
        self.authorised = {ONE: "refreshtoken@@@1", OTHER: "refreshtoken@@@2"}
        self.says: dict[str, list[Any]] = {}
        self.asked: list[tuple[str, Any]] = []
        self.good: dict[str, str] = {}  # what is asked for: the token that is good for it
        self.given = 0
        for place in (f"component/{OWN}", f"component/{RENEW}", f"component/{LISTED}", POSTS, FANS):
            server.expect_request(f"/cgi-bin/{place}").respond_with_handler(self._give)
        server.expect_request(f"/{DETAIL}").respond_with_handler(self._give)

    def _give(self, request: Request) -> Response:
        path = request.path.removeprefix("/cgi-bin/").removeprefix("component/").lstrip("/")
        body = json.loads(request.get_data() or b"null")
        self.asked.append((path, body))
        queue = self.says.get(path)
        said = queue.pop(0) if queue else self._usual(path, body, request.args.get("access_token"))
        return Response(json.dumps(said), content_type="application/json; encoding=utf-8")

    def _usual(self, path: str, body: Any, token: str | None) -> Any:
        if path == OWN:
            return {"component_access_token": self._new(PLATFORM), "expires_in": 7200}
        whose = [account for account, good in self.good.items() if good == token]
        if not whose or (path in (RENEW, LISTED)) != (whose == [PLATFORM]):
            return {"errcode": 40001, "errmsg": "invalid credential, access_token is invalid"}
        if path == LISTED:
            rows = [
                {"authorizer_appid": appid, "refresh_token": token, "auth_time": 1558000607}
                for appid, token in self.authorised.items()
            ]
            shown = rows[body["offset"] : body["offset"] + body["count"]]
            return {"total_count": len(rows), "list": shown}
        if path == RENEW:
            return self._renewed(body["authorizer_appid"], body["authorizer_refresh_token"])
        return self._told(path, whose[0])

    def _renewed(self, appid: str, refresh: str) -> Any:
        if appid not in self.authorised:
            return {"errcode": 61003, "errmsg": "component is not authorized by this account"}
        if self.authorised[appid] != refresh:
            return {"errcode": 61023, "errmsg": "refresh_token is invalid rid: 6142cae2"}
        return {
            "authorizer_access_token": self._new(appid),
            "expires_in": 7200,
            "authorizer_refresh_token": refresh,
        }

    def _told(self, path: str, appid: str) -> Any:
        if path == FANS:
            return {"total": 7959, "count": 1, "data": {"openid": ["oA"]}, "next_openid": ""}
        if path == DETAIL:
            row = {"ref_date": "2024-02-16", "msgid": f"{appid[-1]}_1", "publish_type": 0}
            return {"list": [row], "is_delay": False}
        url = f"http://mp.weixin.qq.com/s?__biz=MzA3MTIzNDU2Nw==&mid={appid[-1]}&idx=1&sn=5"
        news = {"title": f"公告{appid[-1]}", "url": url, "is_deleted": False}
        item = {"article_id": "a", "content": {"news_item": [news]}, "update_time": 1_708_300_000}
        return {"total_count": 1, "item_count": 1, "item": [item]}

    def _new(self, whose: str) -> str:
        self.given += 1
        self.good[whose] = f"61_token{self.given}"
        return self.good[whose]

    def paths(self) -> list[str]:
        """Return what was asked since the last time."""
        asked = [path for path, _ in self.asked]
        self.asked.clear()
        return asked


@pytest.fixture
def weixin(httpserver: HTTPServer) -> Weixin:
    return Weixin(httpserver)


@pytest.fixture
def ticket(tmp_path: Path) -> Path:
    path = tmp_path / "ticket"
    path.write_text(TICKET + "\n")
    written(path, NOW)
    return path


@pytest.fixture
def source(weixin: Weixin, httpserver: HTTPServer, ticket: Path) -> Iterator[WechatComponent]:
    with closing(opened(httpserver, str(ticket))) as built:
        yield built


def opened(server: HTTPServer, ticket: str | None, key: str | None = KEY) -> WechatComponent:
    gateway = Gateway("g", "wechat_component", server.url_for(""), key=key, ticket=ticket)
    return WechatComponent(gateway, Http([key or ""]))


def written(path: Path, at: datetime) -> None:
    os.utime(path, (at.timestamp(), at.timestamp()))


def spec(appid: str) -> SourceSpec:
    return SourceSpec(f"s{appid[-1]}", "a", "g", appid)


def read(source: WechatComponent, appid: str = ONE, now: datetime = NOW) -> Fetched:
    return source.read(ReadRequest(spec(appid), "wechat", SourceMemory(), now))


def titles(seen: Fetched) -> list[str]:
    return [post.title for post in seen.posts or ()]


def test_the_first_reading_goes_from_the_ticket_to_the_posts(
    weixin: Weixin, source: WechatComponent
) -> None:
    seen = read(source)
    assert (seen.outcome, seen.pulse, titles(seen)) == (Outcome.OK, Pulse.WEAK, ["公告1"])
    assert (seen.counters, seen.warnings) == (Counters(followers=7959), ())
    assert seen.identity == "wechat:MP_WXS_3071234567"
    assert weixin.asked == [
        (
            OWN,
            {
                "component_appid": PLATFORM,
                "component_appsecret": SECRET,
                "component_verify_ticket": TICKET,
            },
        ),
        (LISTED, {"component_appid": PLATFORM, "offset": 0, "count": 500}),
        (
            RENEW,
            {
                "component_appid": PLATFORM,
                "authorizer_appid": ONE,
                "authorizer_refresh_token": "refreshtoken@@@1",
            },
        ),
        (POSTS, {"offset": 0, "count": 20, "no_content": 1}),
        (FANS, None),
    ]


def test_tokens_are_kept_and_the_platform_s_serve_all_accounts(
    weixin: Weixin, source: WechatComponent
) -> None:
    read(source)
    weixin.paths()
    assert titles(read(source, OTHER)) == ["公告2"]
    assert weixin.paths() == [RENEW, POSTS, FANS]
    read(source, ONE, NOW + HOUR)
    assert weixin.paths() == [POSTS]


def test_tokens_are_renewed_shortly_before_their_end(
    weixin: Weixin, source: WechatComponent
) -> None:
    read(source)
    weixin.paths()
    seen = read(source, ONE, NOW + 2 * HOUR - MINUTE)
    assert (seen.outcome, weixin.paths()) == (Outcome.OK, [OWN, RENEW, POSTS])


@pytest.mark.parametrize(
    ("whose", "asked"),
    [
        pytest.param(ONE, [POSTS, RENEW, POSTS], id="an account's"),
        pytest.param(PLATFORM, [RENEW, OWN, RENEW, POSTS, FANS], id="the platform's"),
    ],
)
def test_a_token_that_another_program_replaced_is_renewed_once(
    weixin: Weixin, source: WechatComponent, whose: str, asked: list[str]
) -> None:
    read(source)
    weixin.paths()
    weixin.good[whose] = "61_elsewhere"
    seen = read(source, ONE if whose == ONE else OTHER, NOW + MINUTE)
    assert (seen.outcome, weixin.paths()) == (Outcome.OK, asked)


def test_an_account_authorised_anew_has_another_refresh_token(
    weixin: Weixin, source: WechatComponent
) -> None:
    read(source)
    weixin.paths()
    weixin.authorised[ONE] = "refreshtoken@@@anew"
    assert read(source, ONE, NOW + 3 * HOUR).outcome is Outcome.OK
    assert weixin.paths() == [OWN, RENEW, LISTED, RENEW, POSTS]


def test_the_refresh_token_that_a_renewal_gives_is_the_next_one_used(
    weixin: Weixin, source: WechatComponent
) -> None:
    given = {"authorizer_access_token": "61_t", "expires_in": 7200}
    weixin.says[RENEW] = [given | {"authorizer_refresh_token": "refreshtoken@@@next"}]
    weixin.good[ONE] = "61_t"
    read(source)
    weixin.authorised[ONE] = "refreshtoken@@@next"
    weixin.paths()
    read(source, ONE, NOW + 3 * HOUR)
    assert weixin.paths() == [OWN, RENEW, POSTS]


def test_a_platform_of_more_accounts_than_one_answer_lists(
    weixin: Weixin, source: WechatComponent
) -> None:
    many = {f"wx1{n:015}": f"refreshtoken@@@{n}" for n in range(500)}
    weixin.authorised = many | weixin.authorised
    assert read(source, OTHER).outcome is Outcome.OK
    assert weixin.paths() == [OWN, LISTED, LISTED, RENEW, POSTS, FANS]


REFUSED = {"errcode": 61023, "errmsg": "refresh_token is invalid rid: 6142cae2"}
NOT_GRANTED = {"errcode": 61007, "errmsg": "api is unauthorized to component rid: 61ea71f3"}


@pytest.mark.parametrize(
    ("path", "said", "detail"),
    [
        pytest.param(
            RENEW,
            [{"errcode": 61003, "errmsg": "component is not authorized by this account"}],
            f"WeChat says 61003: {WITHDRAWN}",
            id="withdrawn",
        ),
        pytest.param(
            RENEW, [REFUSED, REFUSED], f"WeChat says 61023: {WITHDRAWN}", id="refused twice"
        ),
        pytest.param(
            LISTED, [{"total_count": 0, "list": []}], f"{ONE}: {WITHDRAWN}", id="not in the list"
        ),
        pytest.param(
            LISTED,
            [{"total_count": 1, "list": [{"authorizer_appid": ONE, "auth_time": 1685428690}]}],
            f"{ONE}: {UNREDEEMED}",
            id="listed without a refresh token",
        ),
        pytest.param(
            POSTS,
            [NOT_GRANTED],
            "WeChat says 61007: no permission for this question: permission set 7 (群发与通知) was "
            "not granted",
            id="authorised for something else",
        ),
        pytest.param(
            POSTS,
            [{"errcode": 48001, "errmsg": "api unauthorized rid: 6"}],
            "WeChat says 48001: no permission for this question: is the account's yearly "
            "verification (微信认证) over?",
            id="not verified any more",
        ),
    ],
)
def test_what_one_account_refuses_is_one_reading_of_that_account_only(
    weixin: Weixin, source: WechatComponent, path: str, said: list[Any], detail: str
) -> None:
    weixin.says[path] = said
    seen = read(source)
    assert (seen.outcome, seen.detail, seen.posts) == (Outcome.WRONG_ACCOUNT, detail, None)
    assert source.published_on(spec(OTHER), DAY, NOW) == DayCount(DAY, 1, 1, 1)
    assert titles(read(source, OTHER)) == ["公告2"]


@pytest.mark.parametrize(
    ("code", "errmsg", "words"),
    [
        (
            40013,
            "invalid appid",
            "there is no such AppID: look at the gateway's `key`, and at the locator",
        ),
        (
            40125,
            f"invalid appsecret {SECRET}",
            "the secret is wrong, or was reset: put the new one into the gateway's `key`",
        ),
        (
            61004,
            "access clientip is not registered",
            "this machine's address is not on the platform's IP whitelist: add it in its console",
        ),
        (
            61005,
            "component ticket is expired",
            "the ticket has ended: does what receives WeChat's tickets still run?",
        ),
        (
            61006,
            "component ticket is invalid",
            "the ticket is not the newest: does what receives WeChat's tickets still run?",
        ),
        (61011, "invalid component", "there is no such platform: look at the gateway's `key`"),
    ],
)
def test_what_concerns_the_platform_is_a_refusal_of_the_gateway(
    weixin: Weixin, source: WechatComponent, code: int, errmsg: str, words: str
) -> None:
    weixin.says[OWN] = [{"errcode": code, "errmsg": errmsg}]
    seen = read(source)
    assert (seen.outcome, seen.detail) == (Outcome.STATUS, f"WeChat says {code}: {words}")
    assert weixin.paths() == [OWN]


def test_a_changed_list_of_accounts(weixin: Weixin, source: WechatComponent) -> None:
    weixin.says[LISTED] = [{"accounts": []}]
    seen = read(source)
    detail = "JSON without a total of accounts: its shape has changed"
    assert (seen.outcome, seen.detail) == (Outcome.NOT_A_FEED, detail)


@pytest.mark.parametrize("content", [TICKET, f"\ufeff{TICKET}\r\n", PUSH])
def test_a_ticket_stands_alone_or_in_the_push_that_brought_it(
    weixin: Weixin, source: WechatComponent, ticket: Path, content: str
) -> None:
    ticket.write_text(content)
    assert read(source).outcome is Outcome.OK
    assert weixin.asked[0][1]["component_verify_ticket"] == TICKET


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "No such file or directory"),
        ("", "a ticket alone, or WeChat's push, was expected"),
        ("<html>gone</html>", "a ticket alone, or WeChat's push, was expected"),
        ("two words", "a ticket alone, or WeChat's push, was expected"),
        ("t" * 30_000, "a ticket alone, or WeChat's push, was expected"),
    ],
)
def test_without_a_ticket_nobody_is_asked(
    weixin: Weixin, source: WechatComponent, ticket: Path, content: str | None, problem: str
) -> None:
    ticket.unlink() if content is None else ticket.write_text(content)
    seen = read(source)
    assert (seen.outcome, seen.detail) == (Outcome.STATUS, f"no ticket: {ticket}: {problem}")
    assert source.published_on(spec(ONE), DAY, NOW) == NotAvailable(seen.detail)
    assert weixin.asked == []


def test_the_newest_ticket_is_read_whenever_a_token_of_the_platform_is_due(
    weixin: Weixin, source: WechatComponent, ticket: Path
) -> None:
    read(source)
    ticket.write_text("ticket@@@newer")
    read(source, ONE, NOW + 3 * HOUR)
    sent = [body["component_verify_ticket"] for path, body in weixin.asked if path == OWN]
    assert sent == [TICKET, "ticket@@@newer"]


def test_a_ticket_that_is_not_renewed_is_told_before_it_ends(
    source: WechatComponent, ticket: Path
) -> None:
    written(ticket, NOW - HOUR)
    assert read(source).warnings == ()
    written(ticket, NOW - HOUR - MINUTE)
    assert read(source).warnings == (
        "no new ticket since 2024-02-18 23:59 UTC: does what receives WeChat's tickets still run? "
        "A ticket is good for twelve hours",
    )


def test_days_are_counted_by_account(source: WechatComponent) -> None:
    assert source.published_on(spec(OTHER), DAY, NOW) == DayCount(DAY, 1, 1, 1)


def test_no_secret_is_told(weixin: Weixin, source: WechatComponent) -> None:
    read(source)
    secrets = (SECRET, TICKET, weixin.authorised[ONE], weixin.good[PLATFORM], weixin.good[ONE])
    weixin.says[POSTS] = [{"errcode": 7, "errmsg": " ".join(secrets)}]
    assert read(source, ONE, NOW + MINUTE).detail == "WeChat says 7: *** *** *** *** ***"


@pytest.mark.parametrize("key", [None, PLATFORM, f"{PLATFORM}:", f":{SECRET}"])
def test_without_a_usable_key_nobody_is_asked(
    weixin: Weixin, httpserver: HTTPServer, ticket: Path, key: str | None
) -> None:
    expected = "APPID:SECRET, as the platform's console shows them, was expected"
    with closing(opened(httpserver, str(ticket), key)) as keyless:
        assert read(keyless).detail == f"no usable `key`: {expected}"
    assert (weixin.asked, check_key("wechat_component", key)) == ([], expected)


@pytest.mark.parametrize("locator", ["", "gh_123", "wx12 34", f"{ONE}:{SECRET}"])
def test_a_locator_that_is_no_appid(locator: str) -> None:
    expects = "the account's AppID, such as wx0123456789abcdef, was expected"
    assert check_locator("wechat_component", locator) == expects
    assert check_locator("wechat_component", ONE) is None
