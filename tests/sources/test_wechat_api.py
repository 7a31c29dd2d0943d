"""WeChat's official interface over real HTTP: tokens, pages, followers, next-day statistics."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from monitor.counted import Counters, DayCount
from monitor.model import Gateway, Outcome, PostKind, Pulse, SeenPost, SourceMemory, SourceSpec
from monitor.sources.base import Fetched, NotAvailable, ReadRequest
from monitor.sources.http import Http
from monitor.sources.registry import check_key, check_locator
from monitor.sources.wechat_api import DAY_SPENT, WechatApi

NOW = datetime(2024, 2, 19, 1, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SECRET = "5ecre7" * 5
APPID, KEY = "wx0123456789abcdef", f"wx0123456789abcdef:{SECRET}"
TOKEN, LIST = "/cgi-bin/stable_token", "/cgi-bin/freepublish/batchget"
FANS, DETAIL = "/cgi-bin/user/get", "/datacube/getarticletotaldetail"
BIZ = "MzA3MTIzNDU2Nw=="
EXPIRED = {"errcode": 42001, "errmsg": "access_token expired rid: 682"}
FRIDAY = date(2024, 2, 16)
SPEC = SourceSpec("s", "a", "g", "")


class Weixin:
    """An api.weixin.qq.com with *items* published, newest first; *says* overrides a path once
    for each entry. Every token it gives out is another one, and only the last is good."""

    def __init__(self, server: HTTPServer) -> None:
        self.items: list[Any] = [item(1), item(2)]
        self.says: dict[str, list[Any]] = {}
        self.tokens = 0
        self.asked: list[tuple[str, Any]] = []
        self.handed: list[str | None] = []
        for path in (TOKEN, LIST, FANS, DETAIL):
            server.expect_request(path).respond_with_handler(self._give)

    def _give(self, request: Request) -> Response:
        body = json.loads(request.get_data() or b"null")
        self.asked.append((request.path, body))
        if request.path != TOKEN:
            self.handed.append(request.args.get("access_token"))
        queue = self.says.get(request.path)
        said = queue.pop(0) if queue else self._usual(request.path, body)
        text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
        return Response(text, content_type="application/json; encoding=utf-8")

    def _usual(self, path: str, body: Any) -> Any:
        if path == TOKEN:
            self.tokens += 1
            return {"access_token": f"78_token{self.tokens}", "expires_in": 7200}
        if path == FANS:
            return {"total": 7959, "count": 2, "data": {"openid": ["oA", "oB"]}, "next_openid": ""}
        if path == LIST:
            shown = self.items[body["offset"] : body["offset"] + body["count"]]
            return {"total_count": len(self.items), "item_count": len(shown), "item": shown}
        return {"list": [], "is_delay": False}

    def paths(self, path: str) -> list[Any]:
        return [body for asked, body in self.asked if asked == path]


@pytest.fixture
def weixin(httpserver: HTTPServer) -> Weixin:
    return Weixin(httpserver)


@pytest.fixture
def source(weixin: Weixin, httpserver: HTTPServer) -> Iterator[WechatApi]:
    with closing(opened(httpserver)) as built:
        yield built


def opened(server: HTTPServer, key: str | None = KEY, trusted: bool = False) -> WechatApi:
    gateway = Gateway("g", "wechat_api", server.url_for(""), key=key, trusted=trusted)
    return WechatApi(gateway, Http([key or ""]))


def read(source: WechatApi, now: datetime = NOW, known: Sequence[str] = ()) -> Fetched:
    memory = SourceMemory(window=tuple((key, NOW) for key in known))
    return source.read(ReadRequest(SPEC, "wechat", memory, now))


def link(number: int, index: int = 1) -> str:
    return f"http://mp.weixin.qq.com/s?__biz={BIZ}&mid={number}&idx={index}&sn=5&chksm=c"


def key(number: int, index: int = 1) -> str:
    return f"wx:{BIZ.rstrip('=')}/{number}/{index}"


def published(number: int) -> datetime:
    return NOW - timedelta(hours=number)


def article(number: int, index: int = 1, **more: Any) -> Any:
    return {
        "title": f"第{number}次发布之{index}",
        "author": "民政局",
        "digest": "",
        "content": "",
        "content_source_url": "",
        "thumb_media_id": "m",
        "url": link(number, index),
        "is_deleted": False,
    } | more


def item(number: int, *articles: Any) -> Any:
    return {
        "article_id": f"art_{number}",
        "content": {"news_item": list(articles) or [article(number)]},
        "update_time": int(published(number).timestamp()),
    }


def keys(seen: Fetched) -> list[str]:
    return [post.key for post in seen.posts or ()]


def test_one_reading(weixin: Weixin, source: WechatApi) -> None:
    weixin.items = [item(3)]
    assert read(source) == Fetched(
        outcome=Outcome.OK,
        started_at=NOW,
        as_of=NOW,
        pulse=Pulse.WEAK,
        posts=(
            SeenPost(key(3), "第3次发布之1", link(3), PostKind.ARTICLE, published(3), push=None),
        ),
        identity="wechat:MP_WXS_3071234567",
        status=200,
        counters=Counters(followers=7959),
    )
    assert weixin.asked == [
        (
            TOKEN,
            {
                "grant_type": "client_credential",
                "appid": APPID,
                "secret": SECRET,
                "force_refresh": False,
            },
        ),
        (LIST, {"offset": 0, "count": 20, "no_content": 1}),
        (FANS, None),
    ]


def test_its_list_proves_silence_only_where_the_operator_trusts_it(
    weixin: Weixin, httpserver: HTTPServer
) -> None:
    with closing(opened(httpserver, trusted=True)) as trusted:
        assert read(trusted).pulse is Pulse.FULL


def test_nothing_published_without_notification_is_an_empty_window(
    weixin: Weixin, source: WechatApi
) -> None:
    weixin.items = []
    seen = read(source)
    assert (seen.outcome, seen.posts, seen.pulse) == (Outcome.OK, (), Pulse.WEAK)
    assert seen.counters == Counters(followers=7959)


def test_f33_several_articles_of_one_publication(weixin: Weixin, source: WechatApi) -> None:
    deleted = article(1, 2, is_deleted=True)
    weixin.items = [item(1, article(1), deleted, article(1, 3))]
    assert keys(read(source)) == [key(1), key(1, 3)]


def test_raw_control_characters_are_borne(weixin: Weixin, source: WechatApi) -> None:
    shown = json.dumps({"total_count": 1, "item_count": 1, "item": [item(1)]})
    weixin.says[LIST] = [shown.replace('"m"', '"\x0b\x01"')]
    assert keys(read(source)) == [key(1)]


@pytest.mark.parametrize(
    ("stated", "at"),
    [
        (1627356256, datetime(2021, 7, 27, 3, 24, 16, tzinfo=UTC)),
        ("1627356256", datetime(2021, 7, 27, 3, 24, 16, tzinfo=UTC)),
        (0, None),
        (-1, None),
        (86_400, None),
        (10**15, None),
        (None, None),
        ("soon", None),
    ],
)
def test_f31_dates(weixin: Weixin, source: WechatApi, stated: object, at: datetime | None) -> None:
    weixin.items = [item(1) | {"update_time": stated}]
    assert [post.stated_at for post in read(source).posts or ()] == [at]


@pytest.mark.parametrize(
    ("count", "known", "pages"),
    [
        pytest.param(0, [], 1, id="nothing"),
        pytest.param(20, [], 1, id="one full page"),
        pytest.param(21, [], 2, id="one more"),
        pytest.param(45, [], 3, id="all of them at first"),
        pytest.param(45, [key(3)], 1, id="something known: enough"),
        pytest.param(45, [key(25)], 2, id="F34 a burst of new ones"),
        pytest.param(45, [key(99)], 3, id="what was known is gone"),
        pytest.param(600, [], 25, id="not without end"),
    ],
)
def test_f34_pages_are_read_until_something_is_known(
    weixin: Weixin, source: WechatApi, count: int, known: list[str], pages: int
) -> None:
    weixin.items = [item(number) for number in range(1, count + 1)]
    seen = read(source, known=known)
    assert [body["offset"] for body in weixin.paths(LIST)] == [20 * n for n in range(pages)]
    assert len(keys(seen)) == min(count, 20 * pages)


def test_an_order_that_is_not_newest_first_hides_nothing(weixin: Weixin, source: WechatApi) -> None:
    weixin.items = [item(number) for number in range(45, 0, -1)]
    seen = read(source, known=[key(45)])
    assert key(1) in keys(seen)


def test_an_empty_page_ends_it_whatever_the_total_says(weixin: Weixin, source: WechatApi) -> None:
    weixin.says[LIST] = [{"total_count": 45, "item_count": 0, "item": []}]
    assert read(source).posts == ()
    assert len(weixin.paths(LIST)) == 1


@pytest.mark.parametrize(
    "said", [{}, {"item": []}, {"total_count": "many", "item": []}, {"total_count": 1, "item": {}}]
)
def test_f25_a_changed_shape(weixin: Weixin, source: WechatApi, said: Any) -> None:
    weixin.says[LIST] = [said]
    seen = read(source)
    assert (seen.outcome, seen.detail, seen.pulse) == (
        Outcome.NOT_A_FEED,
        "JSON without a total: its shape has changed",
        Pulse.NONE,
    )


def test_a_token_serves_until_shortly_before_its_end(weixin: Weixin, source: WechatApi) -> None:
    for after in (timedelta(0), HOUR, 2 * HOUR - 2 * MINUTE, 2 * HOUR - MINUTE, 3 * HOUR):
        read(source, NOW + after)
    assert len(weixin.paths(TOKEN)) == 2
    read(source, NOW - HOUR)  # a clock that jumped back
    assert len(weixin.paths(TOKEN)) == 3


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_dead_token_is_replaced_once(weixin: Weixin, source: WechatApi, code: int) -> None:
    read(source)
    weixin.says[LIST] = [{"errcode": code, "errmsg": "invalid credential"}]
    seen = read(source, NOW + MINUTE)
    assert (seen.outcome, len(keys(seen))) == (Outcome.OK, 2)
    assert weixin.handed[-2:] == ["78_token1", "78_token2"]


def test_a_token_refused_twice_is_reported(weixin: Weixin, source: WechatApi) -> None:
    weixin.says[LIST] = [EXPIRED, EXPIRED]
    seen = read(source)
    assert (seen.outcome, seen.detail) == (
        Outcome.STATUS,
        "WeChat says 42001: even a new token is refused",
    )
    assert (len(weixin.paths(LIST)), len(weixin.paths(TOKEN))) == (2, 2)


TO_MIDNIGHT = timedelta(hours=15)  # it is nine in Beijing
NOT_LISTED = "182.150.41.147 is not on the account's IP whitelist: add it in the account's console"
ERRORS = [
    pytest.param(
        40164,
        "invalid ip 182.150.41.147 ipv6 ::ffff:182.150.41.147, not in whitelist rid: 6-6",
        NOT_LISTED,
        None,
        id="not on the whitelist",
    ),
    pytest.param(
        40164,
        "not in whitelist",
        "this machine's address is not on the account's IP whitelist: add it in the account's "
        "console",
        None,
        id="without an address",
    ),
    pytest.param(
        48001,
        "api unauthorized rid: 6",
        "no permission for this question: is the account's yearly verification (微信认证) over?",
        None,
        id="no permission",
    ),
    pytest.param(
        45009,
        "reach max api daily quota limit rid: 6",
        "the day's quota is spent",
        TO_MIDNIGHT,
        id="F27 the day's quota",
    ),
    pytest.param(
        45011,
        "api minute-quota reach limit, must slower, retry next minute",
        "too many questions in a minute",
        MINUTE,
        id="F27 the minute's quota",
    ),
    pytest.param(-1, "system error", "WeChat is busy", None, id="busy"),
    pytest.param(
        40013,
        "invalid appid rid: 6",
        "there is no such APPID: look at the gateway's `key`",
        None,
        id="no such account",
    ),
    pytest.param(
        48004,
        "api forbidden",
        "the interface is closed to this account: it was penalised",
        None,
        id="penalised",
    ),
    pytest.param(99999, "a new error", "a new error", None, id="unknown"),
    pytest.param("99999", "", "no reason given", None, id="unknown, as text, without words"),
]


@pytest.mark.parametrize(("code", "errmsg", "words", "wait"), ERRORS)
@pytest.mark.parametrize("path", [TOKEN, LIST])
def test_errors_in_a_body_of_http_200(
    weixin: Weixin,
    source: WechatApi,
    path: str,
    code: int | str,
    errmsg: str,
    words: str,
    wait: timedelta | None,
) -> None:
    weixin.says[path] = [{"errcode": code, "errmsg": errmsg}]
    seen = read(source)
    assert (seen.outcome, seen.detail) == (Outcome.STATUS, f"WeChat says {code}: {words}")
    assert (seen.status, seen.retry_after) == (200, wait)
    assert (seen.pulse, seen.posts, seen.as_of) == (Pulse.NONE, None, None)
    assert len(weixin.paths(path)) == 1


@pytest.mark.parametrize("code", [40001, 40125])
def test_a_wrong_secret_is_not_tried_again(weixin: Weixin, source: WechatApi, code: int) -> None:
    weixin.says[TOKEN] = [{"errcode": code, "errmsg": f"invalid appsecret {SECRET}"}]
    assert read(source).detail == (
        f"WeChat says {code}: the secret is wrong, or was reset: put the new one into the "
        "gateway's `key`"
    )
    assert [path for path, _ in weixin.asked] == [TOKEN]


@pytest.mark.parametrize(
    "said",
    [{}, {"access_token": ""}, {"access_token": "x"}, {"access_token": "x", "expires_in": 0}],
)
def test_a_token_that_is_none(weixin: Weixin, source: WechatApi, said: Any) -> None:
    weixin.says[TOKEN] = [said]
    seen = read(source)
    assert (seen.outcome, seen.detail) == (
        Outcome.NOT_A_FEED,
        "no access token in the answer",
    )


@pytest.mark.parametrize("key", [None, "", APPID, f"{APPID}:", f":{SECRET}", "two words:x"])
def test_without_a_usable_key_nobody_is_asked(
    weixin: Weixin, httpserver: HTTPServer, key: str | None
) -> None:
    with closing(opened(httpserver, key)) as keyless:
        seen = read(keyless)
    expected = "APPID:SECRET, as the account's console shows them, was expected"
    assert (seen.outcome, seen.detail) == (Outcome.STATUS, f"no usable `key`: {expected}")
    assert weixin.asked == []
    assert check_key("wechat_api", key) == expected


def test_a_usable_key(weixin: Weixin) -> None:
    assert check_key("wechat_api", f"{KEY}\n") is None


def test_followers_are_counted_every_six_hours(weixin: Weixin, source: WechatApi) -> None:
    counted = [read(source, NOW + n * HOUR).counters for n in range(13)]
    assert [n for n, one in enumerate(counted) if one] == [0, 6, 12]


@pytest.mark.parametrize(
    ("said", "warning"),
    [
        pytest.param(
            {"errcode": 48001, "errmsg": "api unauthorized"},
            "followers not counted: WeChat says 48001: no permission for this question: is the "
            "account's yearly verification (微信认证) over?",
            id="no permission",
        ),
        pytest.param({}, "followers not counted: the answer names no total", id="no total"),
        pytest.param("<html>", "followers not counted: an HTML page", id="no JSON"),
    ],
)
def test_followers_that_cannot_be_counted_do_no_harm(
    weixin: Weixin, source: WechatApi, said: Any, warning: str
) -> None:
    weixin.says[FANS] = [said]
    seen = read(source)
    assert (seen.outcome, seen.counters, seen.warnings) == (Outcome.OK, None, (warning,))


def test_neither_secret_nor_token_shows(weixin: Weixin, source: WechatApi) -> None:
    weixin.says[LIST] = [{"errcode": 1, "errmsg": f"{SECRET} and 78_token1 and {KEY}"}]
    seen = read(source)
    assert seen.detail == "WeChat says 1: *** and *** and ***"
    assert SECRET not in repr(source)


def row(msgid: str, sort: object, day: date = FRIDAY) -> Any:
    reads = [{"stat_date": "2024-02-16", "read_user": 3, "share_user": 0}]
    return {"ref_date": str(day), "msgid": msgid, "publish_type": sort, "detail_list": reads}


def test_the_statistics_of_a_day_know_both_sorts(weixin: Weixin, source: WechatApi) -> None:
    other_day = row("2247483700_1", 0, date(2024, 2, 15))
    rows = [
        row("2247483720_1", 0),
        row("2247483720_2", 0),
        row("2247483719_1", 0),
        row("2247483721_1", 1),
        row("2247483720_1", 0),
        row("2247483722_1", 2),
        row("?", 0),
        row("1_x", 0),
        {"ref_date": "x"},
        other_day,
    ]
    weixin.says[DETAIL] = [{"list": rows, "is_delay": False}]
    assert source.published_on(SPEC, FRIDAY, NOW) == DayCount(
        FRIDAY, articles=5, notified=3, pushes=2
    )
    assert weixin.paths(DETAIL) == [{"begin_date": "2024-02-16", "end_date": "2024-02-16"}]


def test_a_day_without_articles(weixin: Weixin, source: WechatApi) -> None:
    assert source.published_on(SPEC, FRIDAY, NOW) == DayCount(FRIDAY, articles=0)


@pytest.mark.parametrize(
    ("said", "untold"),
    [
        (
            {"list": [row("1_1", 0)], "is_delay": True},
            NotAvailable("the statistics of 2024-02-16 are not final yet", early=True),
        ),
        ({}, NotAvailable("JSON without a list of articles: its shape has changed")),
        (
            {"list": [{"ref_date": "2024-02-16", "id": "1_1"}]},
            NotAvailable("JSON without a list of articles: its shape has changed"),
        ),
        (
            {"errcode": 61501, "errmsg": "date range error"},
            NotAvailable("WeChat says 61501: the span of dates is too long"),
        ),
        (
            {"errcode": DAY_SPENT, "errmsg": "reach max api daily quota limit"},
            NotAvailable(
                "WeChat says 45009: the day's quota is spent", retry_after=timedelta(hours=15)
            ),
        ),
        ({"errcode": 7, "errmsg": f"{SECRET}!"}, NotAvailable("WeChat says 7: ***!")),
    ],
)
def test_statistics_that_are_none(
    weixin: Weixin, source: WechatApi, said: Any, untold: NotAvailable
) -> None:
    weixin.says[DETAIL] = [said]
    assert source.published_on(SPEC, FRIDAY, NOW) == untold


def test_today_has_no_statistics_yet(weixin: Weixin, source: WechatApi) -> None:
    found = source.published_on(SPEC, date(2024, 2, 19), NOW)
    detail = "the statistics of 2024-02-19 are not known before tomorrow"
    assert found == NotAvailable(detail, early=True)
    assert weixin.asked == []


def test_locator() -> None:
    assert check_locator("wechat_api", "") is None
    expects = "nothing (the gateway's `key` says which account it is) was expected"
    assert check_locator("wechat_api", "gh_123") == expects
