"""What is particular to each kind: the address it asks, its pulse, whose feed it must be."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from monitor.model import Gateway, Outcome, Pulse, SourceMemory, SourceSpec, Validators
from monitor.sources import registry
from monitor.sources.base import Fetched, ReadRequest, Source

NOW = datetime(2024, 2, 19, 1, 0, tzinfo=UTC)
WEIBO, WEWE = "weibo/user/1935396210", "MP_WXS_3071234567"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NO_SECRET = "https://weibo.com/1935396210/"
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "鞍山民政的微博",
        "home_page_url": NO_SECRET,
        "items": [{"id": f"{NO_SECRET}Nk3aB7cDe", "title": "一条", "url": f"{NO_SECRET}Nk3aB7cDe"}],
    }
)


class Answers:
    """A gateway whose feeds say *feed*, whose list says *listed*; *asked* are the paths."""

    def __init__(self, server: HTTPServer) -> None:
        self.asked: list[str] = []
        self.feed: str | None = channel()
        self.listed: Any = [{"id": WEWE, "syncTime": int((NOW - HOUR).timestamp())}]
        self.list_status = 200
        self.headers: dict[str, str] = {}
        server.expect_request(re.compile(".*")).respond_with_handler(self._give)

    def _give(self, request: Request) -> Response:
        self.asked.append(request.full_path.rstrip("?"))
        if request.path == "/feeds/":
            return Response(json.dumps(self.listed), self.list_status)
        if self.feed is None:
            return Response(status=304)
        return Response(self.feed, headers=self.headers)


@pytest.fixture
def gateway(httpserver: HTTPServer) -> Answers:
    return Answers(httpserver)


@pytest.fixture
def url(httpserver: HTTPServer) -> str:
    return httpserver.url_for("").rstrip("/")


def channel(link: str = NO_SECRET, built: datetime | str = NOW) -> str:
    at = built if isinstance(built, str) else format_datetime(built, usegmt=True)
    return (
        f'<rss version="2.0"><channel><title>t</title><link>{link}</link>{_built(at)}'
        "<item><title>x</title><link>http://x.test/1</link></item></channel></rss>"
    )


def _built(at: str) -> str:
    return f"<lastBuildDate>{at}</lastBuildDate>" if at else ""


def asking(
    locator: str, platform: str = "weibo", now: datetime = NOW, memory: SourceMemory | None = None
) -> ReadRequest:
    spec = SourceSpec("s", "a", "g", locator)
    return ReadRequest(spec, platform, memory or SourceMemory(), now)


def read(kind: str, url: str, request: ReadRequest, **more: Any) -> Fetched:
    with closing(registry.build(Gateway("g", kind, url, **more))) as source:
        return source.read(request)


@pytest.fixture
def wewe(url: str) -> Iterator[Source]:
    with closing(registry.build(Gateway("g", "wewe_rss", url))) as source:
        yield source


@pytest.mark.parametrize(
    ("locator", "key", "asked"),
    [
        pytest.param(WEIBO, None, f"/{WEIBO}?format=rss", id="a path"),
        pytest.param(f"/{WEIBO}/", None, f"/{WEIBO}?format=rss", id="slashes around"),
        pytest.param(WEIBO, "k&y", f"/{WEIBO}?format=rss&key=k%26y", id="a key"),
        pytest.param(
            f"{WEIBO}/readable=1&showRetweeted=1",
            None,
            f"/{WEIBO}/readable=1&showRetweeted=1?format=rss",
            id="route parameters",
        ),
        pytest.param(
            f"{WEIBO}?format=atom&limit=20",
            "k",
            f"/{WEIBO}?format=atom&limit=20&key=k",
            id="a query of its own",
        ),
    ],
)
def test_what_rsshub_is_asked_for(
    gateway: Answers, url: str, locator: str, key: str | None, asked: str
) -> None:
    read("rsshub", f"{url}/", asking(locator), key=key)
    assert gateway.asked == [asked]


def test_rsshub_is_shown_a_code_where_its_key_should_not_travel(gateway: Answers, url: str) -> None:
    """The code is made of the path without its query, so it opens this route alone."""
    read("rsshub", f"{url}/below", asking(f"{WEIBO}?limit=20"), key="ILoveRSSHub", sign=True)
    code = hashlib.md5(f"/{WEIBO}ILoveRSSHub".encode()).hexdigest()
    assert gateway.asked == [f"/below/{WEIBO}?format=rss&limit=20&code={code}"]


def test_a_code_is_masked_like_a_key(gateway: Answers, url: str) -> None:
    gateway.feed = '{"error": {"message": "no such route: /weibo?format=json&code=0cc175b9c0"}}'
    seen = read("rsshub", url, asking(f"{WEIBO}?format=json"), key="k3y", sign=True)
    assert seen.detail == "an error in JSON: no such route: /weibo?format=json&code=***"


@pytest.mark.parametrize(
    ("form", "modified", "pulse"),
    [
        pytest.param("json", NOW - MINUTE, Pulse.FULL, id="just built"),
        pytest.param("json", NOW - 3 * HOUR, Pulse.NONE, id="a frozen copy"),
        pytest.param("json", None, Pulse.NONE, id="nothing said"),
        pytest.param("json", "yesterday", Pulse.NONE, id="no date"),
        pytest.param("rss", NOW, Pulse.NONE, id="RSS has to say it itself"),
    ],
)
def test_rsshubs_json_feed_is_as_old_as_last_modified_says(
    gateway: Answers, url: str, form: str, modified: datetime | str | None, pulse: Pulse
) -> None:
    gateway.feed = JSON_FEED if form == "json" else channel(built="")
    if modified is not None:
        at = format_datetime(modified, usegmt=True) if isinstance(modified, datetime) else modified
        gateway.headers["Last-Modified"] = at
    seen = read("rsshub", url, asking(f"{WEIBO}?format={form}"))
    assert (seen.outcome, seen.identity) == (Outcome.OK, "weibo:1935396210")
    assert (seen.pulse, seen.as_of) == (pulse, NOW if pulse is Pulse.FULL else None)


def test_wewe_rss_is_asked_for_its_list_and_a_wide_window(gateway: Answers, url: str) -> None:
    read("wewe_rss", url, asking(WEWE, "wechat"))
    assert gateway.asked == ["/feeds/", f"/feeds/{WEWE}.rss?limit=50"]


@pytest.mark.parametrize(
    ("locator", "asked"),
    [
        ("news/list.xml?page=1", "/below/news/list.xml?page=1"),
        ("/news/list.xml", "/below/news/list.xml"),
        ("{url}/elsewhere.xml", "/elsewhere.xml"),
    ],
)
def test_a_feed_lies_below_the_gateway_or_anywhere(
    gateway: Answers, url: str, locator: str, asked: str
) -> None:
    read("feed", f"{url}/below", asking(locator.format(url=url), "website"))
    assert gateway.asked == [asked]


@pytest.mark.parametrize(
    ("built", "pulse", "detail"),
    [
        pytest.param(NOW, Pulse.FULL, "", id="just built"),
        pytest.param(NOW - 2 * HOUR, Pulse.FULL, "", id="as old as a cache may be"),
        pytest.param(NOW + MINUTE, Pulse.FULL, "", id="its clock is a little ahead"),
        pytest.param(
            NOW - 2 * HOUR - MINUTE,
            Pulse.NONE,
            "built 2024-02-18 22:59 UTC: a frozen copy",
            id="a frozen copy",
        ),
        pytest.param(
            NOW + 3 * HOUR,
            Pulse.NONE,
            "built 2024-02-19 04:00 UTC: a frozen copy",
            id="from a future that proves nothing",
        ),
        pytest.param(
            "", Pulse.NONE, "no lastBuildDate, so nothing shows it is alive", id="without a date"
        ),
    ],
)
def test_rsshub_is_alive_when_it_has_just_built(
    gateway: Answers, url: str, built: datetime | str, pulse: Pulse, detail: str
) -> None:
    gateway.feed = channel(built=built)
    seen = read("rsshub", url, asking(WEIBO))
    assert (seen.outcome, seen.pulse, seen.detail) == (Outcome.OK, pulse, detail)
    assert seen.as_of == (NOW if pulse is Pulse.FULL else None)


def test_rsshubs_allowance_is_a_setting(gateway: Answers, url: str) -> None:
    gateway.feed = channel(built=NOW - 20 * HOUR)
    seen = read("rsshub", url, asking(WEIBO), pulse_allowance=timedelta(days=1))
    assert (seen.pulse, seen.as_of) == (Pulse.FULL, NOW)


def test_rsshubs_304_proves_that_it_looked(gateway: Answers, url: str) -> None:
    gateway.feed = None
    seen = read("rsshub", url, asking(WEIBO, memory=SourceMemory(Validators('"1"'))))
    assert (seen.outcome, seen.pulse, seen.as_of) == (Outcome.UNCHANGED, Pulse.FULL, NOW)


@pytest.mark.parametrize(
    ("age", "trusted", "pulse", "as_of"),
    [
        pytest.param(HOUR, False, Pulse.WEAK, NOW - HOUR, id="synced lately: weak"),
        pytest.param(HOUR, True, Pulse.FULL, NOW - HOUR, id="the operator vouches for it"),
        pytest.param(24 * HOUR - MINUTE, False, Pulse.WEAK, NOW - 24 * HOUR + MINUTE, id="just"),
        pytest.param(24 * HOUR, True, Pulse.NONE, None, id="a day without a sync: dead"),
        pytest.param(-5 * MINUTE, False, Pulse.WEAK, NOW, id="its clock is a little ahead"),
        pytest.param(-HOUR, False, Pulse.NONE, None, id="far ahead"),
    ],
)
@pytest.mark.parametrize("unchanged", [False, True], ids=["200", "304"])
def test_wewe_rss_sees_as_of_its_last_sync(
    gateway: Answers,
    url: str,
    unchanged: bool,
    age: timedelta,
    trusted: bool,
    pulse: Pulse,
    as_of: datetime | None,
) -> None:
    gateway.feed = None if unchanged else channel(f"{url}/feeds/{WEWE}.rss")
    gateway.listed[0]["syncTime"] = int((NOW - age).timestamp())
    memory = SourceMemory(Validators('"1"'))
    seen = read("wewe_rss", url, asking(WEWE, "wechat", memory=memory), trusted=trusted)
    assert seen.outcome is (Outcome.UNCHANGED if unchanged else Outcome.OK)
    assert (seen.pulse, seen.as_of) == (pulse, as_of)


def test_a_feed_missing_in_wewes_list_has_no_pulse(gateway: Answers, wewe: Source) -> None:
    gateway.listed = []
    seen = wewe.read(asking(WEWE, "wechat"))
    assert (seen.pulse, seen.detail) == (Pulse.NONE, "not in the gateway's list of feeds")


@pytest.mark.parametrize(
    ("listed", "status", "outcome", "detail"),
    [
        pytest.param([], 500, Outcome.STATUS, "HTTP 500: JSON that is no feed", id="an error"),
        pytest.param(
            {"message": "x"},
            200,
            Outcome.NOT_A_FEED,
            "/feeds/ gave no list of feeds but an error in JSON: x",
            id="no list",
        ),
        pytest.param(
            [{"id": WEWE}],
            200,
            Outcome.NOT_A_FEED,
            "/feeds/ gave no list of feeds but JSON that is no feed",
            id="no syncTime",
        ),
        pytest.param(
            [{"id": WEWE, "syncTime": 10**30}],
            200,
            Outcome.NOT_A_FEED,
            "/feeds/ gave no list of feeds but JSON that is no feed",
            id="an absurd syncTime",
        ),
    ],
)
def test_without_its_list_wewe_rss_is_not_read(
    gateway: Answers, wewe: Source, listed: Any, status: int, outcome: Outcome, detail: str
) -> None:
    gateway.listed, gateway.list_status = listed, status
    seen = wewe.read(asking(WEWE, "wechat"))
    assert (seen.outcome, seen.detail) == (outcome, detail)
    assert gateway.asked == ["/feeds/"]


def test_one_bad_row_of_wewes_list_costs_the_others_nothing(gateway: Answers, wewe: Source) -> None:
    gateway.listed += [{"id": "MP_WXS_2", "syncTime": None}, {"id": "MP_WXS_3"}, "x", None]
    gateway.listed += [{"id": "MP_WXS_4", "syncTime": 0}]
    assert wewe.read(asking(WEWE, "wechat")).as_of == NOW - HOUR
    assert wewe.read(asking("MP_WXS_2", "wechat")).detail == "not in the gateway's list of feeds"
    assert wewe.read(asking("MP_WXS_4", "wechat")).detail == "last synced 1970-01-01 00:00 UTC"


def test_wewes_list_is_fetched_once_a_minute(gateway: Answers, wewe: Source) -> None:
    for seconds in (0, 30, 59, 60, 90, -30):
        wewe.read(asking(WEWE, "wechat", NOW + timedelta(seconds=seconds)))
    assert gateway.asked.count("/feeds/") == 3  # at 0, at 60, and after the clock went back


@pytest.mark.parametrize(
    ("trusted", "pulse"), [(False, Pulse.WEAK), (True, Pulse.FULL)], ids=["weak", "trusted"]
)
def test_a_plain_feed_proves_little(
    gateway: Answers, url: str, trusted: bool, pulse: Pulse
) -> None:
    gateway.feed = channel("http://mzj.test/")
    seen = read("feed", url, asking("a.xml", "website"), trusted=trusted)
    assert (seen.outcome, seen.pulse, seen.as_of) == (Outcome.OK, pulse, NOW)


@pytest.mark.parametrize(
    ("kind", "platform", "locator", "link", "identity"),
    [
        pytest.param(
            "rsshub",
            "weibo",
            WEIBO,
            "https://weibo.com/1935396211/",
            "weibo:1935396211",
            id="another Weibo account",
        ),
        pytest.param(
            "wewe_rss",
            "wechat",
            WEWE,
            "http://wewe.test/feeds/MP_WXS_1.rss",
            "wechat:MP_WXS_1",
            id="another WeChat account",
        ),
    ],
)
def test_f35_another_accounts_feed_is_not_taken(
    gateway: Answers, url: str, kind: str, platform: str, locator: str, link: str, identity: str
) -> None:
    gateway.feed = channel(link)
    seen = read(kind, url, asking(locator, platform))
    assert (seen.outcome, seen.identity, seen.posts) == (Outcome.WRONG_ACCOUNT, identity, None)
    assert seen.detail.startswith(f"the feed is that of {identity}, not of ")


def test_the_identity_is_stated_where_the_feed_says_it(gateway: Answers, url: str) -> None:
    assert read("rsshub", url, asking(WEIBO)).identity == "weibo:1935396210"
    assert read("feed", url, asking("a.xml")).identity == "weibo:1935396210"
    assert read("feed", url, asking("a.xml", "website")).identity is None


OWNERS = "after # the account's number was expected, or several with commas"


@pytest.mark.parametrize(
    ("kind", "locator", "problem"),
    [
        ("rsshub", WEIBO, None),
        ("rsshub", f"/{WEIBO}/showRetweeted=1", None),
        ("rsshub", f"{WEIBO}?format=atom", None),
        ("rsshub", "", "a route path, e.g. weibo/user/1234567890 was expected"),
        ("rsshub", "/", "a route path, e.g. weibo/user/1234567890 was expected"),
        ("rsshub", "http://x/y", "a route path, e.g. weibo/user/1234567890 was expected"),
        ("rsshub", "weibo/user/1 2", "a route path, e.g. weibo/user/1234567890 was expected"),
        ("rsshub", f"{WEIBO}?format=json", None),
        ("rsshub", f"{WEIBO}?format=rss3", "format=rss, format=atom or format=json was expected"),
        (
            "rsshub",
            f"{WEIBO}?key=abc",
            "the access key belongs to the gateway's `key`, not into the route",
        ),
        ("wewe_rss", WEWE, None),
        ("wewe_rss", "all", "a feed id, e.g. MP_WXS_1234567890 was expected"),
        ("wewe_rss", "MP_WXS_1.rss", "a feed id, e.g. MP_WXS_1234567890 was expected"),
        ("feed", "https://mzj.test/rss.xml", None),
        ("feed", "rss.xml?a=b", None),
        ("feed", "rss.xml#1935396210", None),
        ("feed", "https://mzj.test/rss.xml#3071234567,3079999999", None),
        ("feed", "rss.xml#top", OWNERS),
        (
            "feed",
            "#1935396210",
            "a http(s) address, or a path below the gateway's url was expected",
        ),
        ("rsshub", f"{WEIBO}#1935396211", None),
        ("rsshub", f"{WEIBO}#", OWNERS),
        ("feed", "", "a http(s) address, or a path below the gateway's url was expected"),
        ("feed", "ftp://x/y", "a http(s) address, or a path below the gateway's url was expected"),
        ("feed", "http://", "a http(s) address, or a path below the gateway's url was expected"),
        ("feed", "http://[x", "a http(s) address, or a path below the gateway's url was expected"),
        ("telepathy", "x", None),
    ],
)
def test_check_locator(kind: str, locator: str, problem: str | None) -> None:
    assert registry.check_locator(kind, locator) == problem


DROPS = "these route parameters drop every repost; add showRetweeted=1"


@pytest.mark.parametrize(
    ("kind", "locator", "warning"),
    [
        ("rsshub", WEIBO, None),
        ("rsshub", f"{WEIBO}/1", None),
        ("rsshub", f"{WEIBO}/readable=1", DROPS),
        ("rsshub", f"{WEIBO}/readable=1#1935396211", DROPS),
        ("rsshub", f"{WEIBO}/readable=1&showRetweeted=0", DROPS),
        ("rsshub", f"{WEIBO}/readable=1&showRetweeted=1", None),
        ("rsshub", "wechat/sogou/anshan", None),
        ("wewe_rss", WEWE, None),
        ("telepathy", "x", None),
    ],
)
def test_locator_warning(kind: str, locator: str, warning: str | None) -> None:
    assert registry.locator_warning(kind, locator) == warning


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        ("manual", "nothing is read here: a person looks, and says so with `freshness confirm`"),
        ("by_hand", "a person is asked to look; nothing is read here"),
    ],
)
def test_by_hand_nothing_is_read(kind: str, detail: str) -> None:
    with closing(registry.build(Gateway("g", kind, ""))) as source:
        seen = source.read(asking("", "wechat"))
    assert (seen.outcome, seen.pulse, seen.posts) == (Outcome.NO_PULSE, Pulse.NONE, None)
    assert seen.detail == detail


def test_the_kinds_of_this_version() -> None:
    assert {name: kind.sample for name, kind in registry.KINDS.items()} == {
        "rsshub": True,
        "wewe_rss": True,
        "wechat2rss": False,
        "we_mp_rss": False,
        "web_page": False,
        "feed": False,
        "weibo_mobile": False,
        "weibo_api": False,
        "wechat_api": False,
        "wechat_component": False,
        "json": False,
        "by_hand": False,
        "manual": False,
    }
