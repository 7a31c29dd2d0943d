"""m.weibo.cn over real HTTP: profile and list, and each way in which it turns us away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from monitor.counted import Counters
from monitor.model import Gateway, Outcome, PostKind, Pulse, SeenPost, SourceMemory, SourceSpec
from monitor.sources import registry
from monitor.sources.base import Fetched, ReadRequest, Source

NOW = datetime(2024, 2, 19, 1, 0, tzinfo=UTC)
UID = "1935396210"
COOKIE = "SUB=_2AkMSecretSecret; SUBP=0033WrSecret; WEIBOCN_FROM=1; _T_WM=98765432101"
LOGIN = {"ok": -100, "errno": "-100", "msg": "", "url": "https://weibo.com/login.php?url=x"}
CAPTCHA = {"ok": -100, "url": "https://m.weibo.cn/captcha?scene=limit&referer=/", "extra": ""}
NOTHING = {"ok": 0, "msg": "这里还没有内容", "data": {"cards": []}}
WANTED = "log in to m.weibo.cn in a browser and put its whole cookie into the gateway's `key`"
LOGIN_PAGE = "<!DOCTYPE html><html><head><title>登录 - 微博</title></head><body>…</body></html>"


class Weibo:
    """An m.weibo.cn whose profile and list are what the test says; *asked* are the requests."""

    def __init__(self, server: HTTPServer) -> None:
        self.profile: Any = profile()
        self.list: Any = listing(card(), pin(), repost())
        self.status = 200
        self.headers: dict[str, str] = {}
        self.asked: list[Request] = []
        server.expect_request("/api/container/getIndex").respond_with_handler(self._give)

    def _give(self, request: Request) -> Response:
        self.asked.append(request)
        body = self.list if "containerid" in request.args else self.profile
        text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
        return Response(text, self.status, self.headers)


@pytest.fixture
def site(httpserver: HTTPServer) -> Weibo:
    return Weibo(httpserver)


@pytest.fixture
def source(site: Weibo, httpserver: HTTPServer) -> Iterator[Source]:
    gateway = Gateway("g", "weibo_mobile", httpserver.url_for("/"), key=COOKIE)
    with closing(registry.build(gateway)) as built:
        yield built


def read(source: Source) -> Fetched:
    request = ReadRequest(SourceSpec("s", "a", "g", UID), "weibo", SourceMemory(), NOW)
    return source.read(request)


def profile(**more: Any) -> Any:
    user = {
        "id": int(UID),
        "screen_name": "鞍山民政",
        "statuses_count": 284,
        "followers_count": "7959",
        "followers_count_str": "7959",
    } | more
    tabs = [
        {"tabKey": "profile", "tab_type": "profile", "containerid": f"230283{UID}"},
        {"tabKey": "weibo", "tab_type": "weibo", "containerid": f"107603{UID}"},
    ]
    return {"ok": 1, "data": {"userInfo": user, "tabsInfo": {"selectedTab": 1, "tabs": tabs}}}


def listing(*cards: Any) -> Any:
    info = {"containerid": f"107603{UID}", "total": 281, "since_id": 4646131823281332}
    return {"ok": 1, "data": {"cardlistInfo": info, "cards": list(cards)}}


def mblog(bid: str = "O0aB1cD2e", day: int = 15, **more: Any) -> Any:
    return {
        "visible": {"type": 0, "list_id": 0},
        "created_at": f"Thu Feb {day} 11:00:31 +0800 2024",
        "id": "5001234567890123",
        "mid": "5001234567890123",
        "bid": bid,
        "text": "城乡低保标准<br />上调",
        "isLongText": False,
        "user": {"id": int(UID), "screen_name": "鞍山民政"},
    } | more


def card(status: Any = None, **more: Any) -> Any:
    return {"card_type": 9, "itemid": f"107603{UID}_-_1", "mblog": status or mblog()} | more


def pin(**more: Any) -> Any:
    return card(mblog("Mz9yX8wV7", 1), **({"profile_type_id": "proweibotop_1"} | more))


def repost() -> Any:
    original = {"text": "全国民政会议", "user": {"id": 1, "screen_name": "民政部"}}
    return card(mblog("O0aRepost1", 14, text="转发微博", retweeted_status=original))


def post(
    bid: str,
    day: int,
    title: str = "城乡低保标准 上调",
    kind: PostKind = PostKind.ORIGINAL,
    pinned: bool = False,
) -> SeenPost:
    at = datetime(2024, 2, day, 3, 0, 31, tzinfo=UTC)
    url = f"https://weibo.com/{UID}/{bid}"
    return SeenPost(f"weibo:{bid}", title, url, kind, at, pinned=pinned)


def keys(seen: Fetched) -> list[str]:
    return [one.key for one in seen.posts or ()]


def test_one_reading(site: Weibo, source: Source) -> None:
    assert read(source) == Fetched(
        outcome=Outcome.OK,
        started_at=NOW,
        as_of=NOW,
        pulse=Pulse.FULL,
        posts=(
            post("O0aB1cD2e", 15),
            post("Mz9yX8wV7", 1, pinned=True),
            post("O0aRepost1", 14, "转发微博 - 转发 @民政部: 全国民政会议", PostKind.REPOST),
        ),
        identity=f"weibo:{UID}",
        title="鞍山民政",
        status=200,
        counters=Counters(7959, 284, exact=True),
    )


def test_what_is_asked(site: Weibo, source: Source) -> None:
    read(source)
    assert [request.full_path for request in site.asked] == [
        f"/api/container/getIndex?type=uid&value={UID}",
        f"/api/container/getIndex?type=uid&value={UID}&containerid=107603{UID}",
    ]
    for request in site.asked:
        assert request.headers["Cookie"] == COOKIE
        assert request.headers["Referer"].endswith(f"/u/{UID}")
        assert request.headers["MWeibo-Pwa"] == "1"
        assert request.headers["X-Requested-With"] == "XMLHttpRequest"
        assert request.headers["Cache-Control"] == "no-cache"


def test_without_a_key_no_cookie_is_sent(site: Weibo, httpserver: HTTPServer) -> None:
    gateway = Gateway("g", "weibo_mobile", httpserver.url_for(""))
    with closing(registry.build(gateway)) as visitor:
        assert read(visitor).outcome is Outcome.OK
    assert "Cookie" not in site.asked[0].headers


def test_the_list_is_that_of_the_posts_tab_or_the_usual_one(site: Weibo, source: Source) -> None:
    site.profile["data"]["tabsInfo"]["tabs"][1]["containerid"] = f"230413{UID}"
    read(source)
    del site.profile["data"]["tabsInfo"]
    read(source)
    asked = [r.args["containerid"] for r in site.asked if "containerid" in r.args]
    assert asked == [f"230413{UID}", f"107603{UID}"]


@pytest.mark.parametrize(
    "cards",
    [
        pytest.param(
            [{"card_type": 11, "card_group": [pin(), card()]}, repost()], id="pin and newest"
        ),
        pytest.param(
            [{"card_type": 11, "card_group": [card()]}, pin(), repost()], id="the newest alone"
        ),
        pytest.param(
            [
                {"card_type": 11, "card_group": [{"card_type": 42, "desc": "全部微博"}]},
                card(),
                pin(),
                repost(),
            ],
            id="a heading",
        ),
        pytest.param([card(), card(), pin(), repost(), {"card_type": 58}], id="shown twice"),
    ],
)
def test_f25_groups_are_opened(site: Weibo, source: Source, cards: list[Any]) -> None:
    site.list = listing(*cards)
    seen = read(source)
    assert sorted(keys(seen)) == ["weibo:Mz9yX8wV7", "weibo:O0aB1cD2e", "weibo:O0aRepost1"]
    assert [one.key for one in seen.posts or () if one.pinned] == ["weibo:Mz9yX8wV7"]


@pytest.mark.parametrize(
    "marked",
    [
        pytest.param(pin(), id="by its card"),
        pytest.param(card(mblog("Mz9yX8wV7", 1, isTop=1)), id="isTop"),
        pytest.param(card(mblog("Mz9yX8wV7", 1, mblogtype=2)), id="mblogtype"),
        pytest.param(card(mblog("Mz9yX8wV7", 1, title={"text": "置顶"})), id="its heading"),
    ],
)
def test_f31_four_signs_of_a_pin(site: Weibo, source: Source, marked: Any) -> None:
    site.list = listing(marked, card())
    assert [one.pinned for one in read(source).posts or ()] == [True, False]


def test_only_public_posts_of_the_account_count(site: Weibo, source: Source) -> None:
    liked = card(mblog("LikedPost1", user={"id": 1, "screen_name": "别人"}))
    fans = card(mblog("FansOnly11", visible={"type": 10}))
    site.list = listing(liked, fans, card())
    assert keys(read(source)) == ["weibo:O0aB1cD2e"]


def test_a_rounded_count_is_not_exact(site: Weibo, source: Source) -> None:
    site.profile = profile(followers_count="145.5万", statuses_count=1553)
    assert read(source).counters == Counters(1_455_000, 1553, exact=False)


def test_f36_a_new_account_is_empty_and_well(site: Weibo, source: Source) -> None:
    site.profile, site.list = profile(statuses_count=0), NOTHING
    seen = read(source)
    assert (seen.outcome, seen.posts, seen.pulse) == (Outcome.OK, (), Pulse.FULL)


UNKNOWN_SHAPE = {"ok": 1, "data": {"cards": [{"card_type": 9, "status": mblog()}]}}


@pytest.mark.parametrize(
    ("listed", "outcome", "detail"),
    [
        pytest.param(
            NOTHING,
            Outcome.EMPTY,
            "no posts shown, although Weibo counts 284",
            id="F25 a soft block",
        ),
        pytest.param(
            listing(),
            Outcome.EMPTY,
            "no posts shown, although Weibo counts 284",
            id="an empty list",
        ),
        pytest.param(
            listing(card(mblog(user={"id": 1}))),
            Outcome.WRONG_ACCOUNT,
            f"none of the posts shown is of weibo:{UID}",
            id="F35 others' posts",
        ),
        pytest.param(
            UNKNOWN_SHAPE,
            Outcome.NOT_A_FEED,
            "cards without a post: their shape has changed",
            id="F25 cards of new shape",
        ),
        pytest.param(
            {"ok": 1, "data": {"items": []}},
            Outcome.NOT_A_FEED,
            "JSON without cards: its shape has changed",
            id="F25 a list of a new shape",
        ),
        pytest.param(
            {"ok": 0, "msg": "请求过于频繁"},
            Outcome.NOT_A_FEED,
            "JSON without cards: 请求过于频繁",
            id="a reason",
        ),
        pytest.param(
            CAPTCHA,
            Outcome.STATUS,
            f"Weibo demands a captcha (ok: -100): {WANTED}",
            id="F25 a captcha",
        ),
    ],
)
def test_f25_a_bad_list_proves_nothing_but_the_counters_hold(
    site: Weibo, source: Source, listed: Any, outcome: Outcome, detail: str
) -> None:
    site.list = listed
    seen = read(source)
    assert (seen.outcome, seen.detail) == (outcome, detail)
    assert (seen.posts, seen.pulse, seen.as_of) == (None, Pulse.NONE, None)
    assert (seen.identity, seen.counters) == (f"weibo:{UID}", Counters(7959, 284, exact=True))


def test_an_empty_list_beside_no_count_is_not_believed(site: Weibo, source: Source) -> None:
    site.profile, site.list = profile(statuses_count=None), NOTHING
    seen = read(source)
    detail = "no posts shown, although Weibo counts an unknown number"
    assert (seen.outcome, seen.detail) == (Outcome.EMPTY, detail)


@pytest.mark.parametrize(
    ("body", "status", "outcome", "detail"),
    [
        pytest.param(
            LOGIN, 200, Outcome.STATUS, f"Weibo demands a login (ok: -100): {WANTED}", id="a login"
        ),
        pytest.param(
            CAPTCHA,
            200,
            Outcome.STATUS,
            f"Weibo demands a captcha (ok: -100): {WANTED}",
            id="a captcha",
        ),
        pytest.param(
            NOTHING,
            200,
            Outcome.NOT_A_FEED,
            "no such profile (ok: 0, 这里还没有内容): a wrong or closed uid, or a soft block",
            id="no content",
        ),
        pytest.param(
            {"ok": 1, "data": {}},
            200,
            Outcome.NOT_A_FEED,
            "JSON without a profile: its shape has changed",
            id="a new shape",
        ),
        pytest.param(
            "", 432, Outcome.STATUS, f"HTTP 432: Weibo turns visitors away: {WANTED}", id="432"
        ),
        pytest.param(
            "<html>blocked</html>",
            418,
            Outcome.STATUS,
            f"HTTP 418: Weibo takes us for a robot: read less often, or {WANTED}",
            id="418",
        ),
        pytest.param(
            "",
            403,
            Outcome.STATUS,
            f"HTTP 403: Weibo turns this address or cookie away: {WANTED}",
            id="403",
        ),
        pytest.param("", 500, Outcome.STATUS, "HTTP 500", id="500"),
        pytest.param(LOGIN_PAGE, 200, Outcome.NOT_A_FEED, "a login page", id="a login page"),
    ],
)
def test_f25_each_way_of_being_turned_away(
    site: Weibo, source: Source, body: Any, status: int, outcome: Outcome, detail: str
) -> None:
    site.profile, site.status = body, status
    seen = read(source)
    assert (seen.outcome, seen.detail, seen.posts) == (outcome, detail, None)
    assert len(site.asked) == 1  # no second question after a refusal


def test_f35_the_visitors_door_is_the_gateways_trouble(site: Weibo, source: Source) -> None:
    site.status, site.headers = 302, {"Location": "https://visitor.passport.weibo.cn/visitor?a=1"}
    seen = read(source)
    assert (seen.outcome, seen.detail) == (
        Outcome.STATUS,
        "Weibo demands a login: redirected to another host (visitor.passport.weibo.cn)",
    )


def test_f35_another_profile_than_asked_for(site: Weibo, source: Source) -> None:
    site.profile = profile(id=1935396211)
    seen = read(source)
    assert (seen.outcome, seen.identity) == (Outcome.WRONG_ACCOUNT, "weibo:1935396211")
    assert seen.detail == f"the profile is that of weibo:1935396211, not of weibo:{UID}"


def test_no_part_of_the_cookie_shows(site: Weibo, source: Source) -> None:
    site.status = 500
    for part in ("_2AkMSecretSecret", "0033WrSecret", "98765432101", COOKIE):
        site.profile = {"msg": f"bad {part}"}
        seen = read(source)
        assert seen.detail == "HTTP 500: an error in JSON: bad ***"


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        (None, None),
        (COOKIE, None),
        (COOKIE + "\n", None),
        ("_2AkMSecret", "a cookie as a browser sends it (name=value; name=value) was expected"),
        ("SUB=a\nSUBP=b", "a cookie as a browser sends it (name=value; name=value) was expected"),
        ("SUB=密", "a cookie as a browser sends it (name=value; name=value) was expected"),
    ],
)
def test_its_key(key: str | None, problem: str | None) -> None:
    assert registry.check_key("weibo_mobile", key) == problem
