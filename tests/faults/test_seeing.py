"""The faults of reading, through real gateways, rounds, store and judgement."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts.messages.render import render
from alerts.words import translator
from monitor.ledger.records import FollowerCount, ImportedPost
from monitor.model import Gateway, Outcome, PostKind, SeenPost
from monitor.store.base import Store
from tests.faults.seeing import (
    UID,
    Answer,
    Seen,
    Site,
    listing,
    profile,
    rss,
    weibo_page,
)
from tests.rule_values import DAY, HOUR, HOURS, MINUTE, POLICY, ZONE, at, ladder

pytestmark = pytest.mark.long

START = at("03-06 12:00")
POSTED = at("03-06 10:00")
OLD = [(f"Nold{n:05}", POSTED - n * DAY) for n in range(12)]
QUICK = timedelta(0)
Query = dict[str, list[str]]


def gateway(kind: str, url: str, **more: object) -> Gateway:
    made = Gateway("g", kind, url, spacing=QUICK)
    return replace(made, **more)  # type: ignore[arg-type]


class Mobile:
    """m.weibo.cn with a profile's count and a list, ten posts a page."""

    def __init__(self) -> None:
        self.count = 100
        self.name = "鞍山民政"
        self.posts = list(OLD)
        self.reposted: frozenset[str] = frozenset()
        self.broken: Answer | None = None

    def __call__(self, path: str, query: Query) -> Answer:
        if self.broken:
            return self.broken
        if "containerid" not in query:
            return profile(self.count, self.name)
        first = (int(query.get("page", ["1"])[0]) - 1) * 10
        return listing(self.posts[first : first + 10], self.reposted)

    def publish(self, bid: str, when: datetime, shown: bool = True) -> None:
        self.count += 1
        if shown:
            self.posts.insert(0, (bid, when))


@pytest.fixture
def platform() -> Mobile:
    return Mobile()


@pytest.fixture
def mobile(sqlite_store: Store, platform: Mobile) -> Iterator[Seen]:
    with Site(platform) as site:
        world = Seen(sqlite_store, [gateway("weibo_mobile", site.url)], {"g": UID}, START)
        world.look(START)
        yield world
        world.close()


def test_what_the_platform_counts_is_kept_once_a_day(mobile: Seen, platform: Mobile) -> None:
    platform.publish("Nnew00001", at("03-06 20:00"))
    mobile.look(at("03-06 21:00"))
    mobile.look(at("03-07 09:00"))
    source = f"a/g/{UID}"
    assert mobile.store.follower_counts.of_account("a", START.date(), at("03-09 12:00").date()) == [
        FollowerCount("a", at("03-06 12:00").date(), 7959, 101, source),
        FollowerCount("a", at("03-07 12:00").date(), 7959, 101, source),
    ]
    status = mobile.status()
    assert (status["followers"], status["platform_posts"]) == (7959, 101)


def test_F25_a_count_that_rises_with_nothing_shown_is_blindness_and_no_silence(
    mobile: Seen, platform: Mobile
) -> None:
    mobile.follow(at("03-12 12:00"))
    platform.publish("hidden", at("03-12 13:00"), shown=False)
    mobile.follow(at("03-13 12:00"))
    assert mobile.verdict() == ("blind", "unseen")
    assert mobile.calls() == ["blind a rung:7"]
    mobile.follow(at("03-20 12:00"))  # past the limit, had nothing been published
    assert mobile.verdict() == ("blind", "unseen")
    assert [one for one in mobile.calls() if one.startswith("silence")] == []
    answer = mobile.explain()
    assert answer["unseen"] == {"posts": 1, "risen_at": "2024-03-13T00:00:00+08:00"}
    assert "平台计数比页面所示多1条" in answer["text"]
    assert "在能够重新读取并证实之前，结论不变" not in answer["text"]
    mobile.follow(at("03-27 12:00"))  # two weeks after the count has risen it is certain
    assert mobile.verdict() == ("breached", "proven")


@pytest.mark.parametrize(
    ("awake_since", "judged", "blind"),
    [
        pytest.param(START, "03-20 12:00", True, id="unread while we were awake"),
        pytest.param(at("03-20 11:59"), "03-20 12:00", False, id="unread because we were away"),
        pytest.param(at("03-20 11:59"), "03-22 12:00", True, id="still unread two days later"),
    ],
)
def test_F19_our_own_outage_makes_no_account_blind(
    mobile: Seen, awake_since: datetime, judged: str, blind: bool
) -> None:
    mobile.awake_since = awake_since
    mobile.judge(at(judged))
    assert any(call.startswith("blind") for call in mobile.calls()) is blind


def test_the_past_stands_with_what_was_counted_and_said_then(
    mobile: Seen, platform: Mobile
) -> None:
    mobile.follow(at("03-12 12:00"))
    platform.publish("hidden", at("03-12 13:00"), shown=False)
    platform.name = "鞍山市民政局"
    mobile.follow(at("03-14 12:00"))
    platform.publish("Nnew00001", at("03-14 13:00"))
    platform.posts.insert(1, ("Nhidden01", at("03-12 13:00")))
    mobile.look(at("03-14 14:00"))
    then = mobile.status(at("03-14 13:00"))
    before = mobile.status(at("03-12 12:00"))
    assert mobile.verdict() == ("fresh", "young")
    assert (then["verdict"], then["reason"]) == ("blind", "unseen")
    assert (then["shown_as"], then["renamed_from"], then["renamed_at"]) == (
        "鞍山市民政局",
        "鞍山民政",
        "2024-03-13T00:00:00+08:00",
    )
    assert mobile.explain(at("03-14 13:00"))["unseen"] == {
        "posts": 1,
        "risen_at": "2024-03-13T00:00:00+08:00",
    }
    assert (before["shown_as"], before["renamed_from"]) == ("鞍山民政", None)


def test_a_post_shown_later_settles_the_count(mobile: Seen, platform: Mobile) -> None:
    platform.publish("Nlate0001", at("03-12 13:00"), shown=False)
    mobile.look(at("03-13 10:00"))
    assert mobile.verdict() == ("blind", "unseen")
    platform.posts.insert(0, ("Nlate0001", at("03-12 13:00")))
    mobile.look(at("03-13 11:00"))
    assert (mobile.verdict(), mobile.explain()["unseen"]) == (("fresh", "young"), None)


BODIES = [
    pytest.param((200, "", {}), id="nothing at all"),
    pytest.param((200, "<html><title>登录 - 微博</title></html>", {}), id="a login page"),
    pytest.param((200, '{"ok":-100,"url":"https://m.weibo.cn/captcha"}', {}), id="a captcha"),
    pytest.param((200, '{"ok":1,"data":{"cards":[', {}), id="JSON that breaks off"),
    pytest.param((200, '{"ok":1,"data":{"user":1}}', {}), id="another shape"),
    pytest.param((200, '{"ok":0,"msg":"没有内容","data":{"cards":[]}}', {}), id="an empty list"),
]


@pytest.mark.parametrize("answer", BODIES)
def test_F25_what_is_no_list_is_blindness(mobile: Seen, platform: Mobile, answer: Answer) -> None:
    platform.broken = answer
    mobile.follow(at("03-21 12:00"))
    assert mobile.verdict() == ("blind", "failing")
    assert {one.split()[0] for one in mobile.calls()} == {"blind", "gateway"}
    assert len(mobile.store.posts.of_account("a")) == 10


def test_F26_a_stale_cache_is_found_out_by_the_days_unconditional_reading(
    sqlite_store: Store,
) -> None:
    frozen = rss(weibo_page(OLD), START, f"https://weibo.com/{UID}/")
    with Site(lambda _, __: frozen) as site:
        made = [gateway("rsshub", site.url)]
        world = Seen(sqlite_store, made, {"g": f"weibo/user/{UID}"}, START)
        world.look(START)
        assert world.look(START + 3 * HOUR)[0].outcome is Outcome.UNCHANGED
        [found] = world.look(START + DAY)
        world.close()
    assert (found.outcome, found.unconditional) == (Outcome.NO_PULSE, True)
    assert found.detail == "built 2024-03-06 04:00 UTC: a frozen copy"


def wewe(posts: Callable[[str], list[tuple[str, datetime]]], synced: Callable[[], datetime]):  # type: ignore[no-untyped-def]
    """A WeWe RSS: its sync time moves whatever it collects, its feeds' date never does."""

    def answers(path: str, query: Query) -> Answer:
        if path == "/feeds/":
            known = [{"id": f"MP_WXS_{n}", "syncTime": int(synced().timestamp())} for n in (1, 2)]
            return 200, json.dumps(known), {}
        feed_id = path.removeprefix("/feeds/").removesuffix(".rss")
        first = (int(query.get("page", ["1"])[0]) - 1) * 50
        shown = posts(feed_id)[first : first + 50]
        urls = [(f"https://mp.weixin.qq.com/s/{key}", when) for key, when in shown]
        name = "鞍山民政" if feed_id == "MP_WXS_1" else feed_id
        return rss(urls, START - 300 * DAY, "https://mp.weixin.qq.com", name)

    return answers


def collected(
    until: Callable[[], datetime],
) -> Callable[[str], list[tuple[str, datetime]]]:
    """The account posted once; the canary posts every day up to *until*."""

    def posts(feed_id: str) -> list[tuple[str, datetime]]:
        if feed_id == "MP_WXS_1":
            return [("account", POSTED)]
        days = max((until() - START).days, 0) + 1
        return [(f"canary{n:04}", START + (n - 4) * DAY - HOUR) for n in range(days + 4)][::-1]

    return posts


@pytest.mark.parametrize(
    ("canary", "dies_at", "expected", "told"),
    [
        pytest.param((), None, ("blind", "unproven"), {"silence", "blind"}, id="without a canary"),
        pytest.param(
            ("MP_WXS_2",), None, ("breached", "proven"), {"silence"}, id="its canary posts"
        ),
        pytest.param(
            ("MP_WXS_2",),
            START,
            ("blind", "failing"),
            {"blind", "gateway"},
            id="a dead collector answers 304 for 20 days",
        ),
    ],
)
def test_F25_a_wewe_rss_proves_a_breach_by_its_canary_alone(
    sqlite_store: Store,
    canary: tuple[str, ...],
    dies_at: datetime | None,
    expected: tuple[str, str],
    told: set[str],
) -> None:
    clock: list[Seen] = []

    def now() -> datetime:
        return clock[0].now if clock else START

    site = Site(wewe(collected(lambda: min(now(), dies_at or now())), now))
    with site:
        made = [gateway("wewe_rss", site.url, canary=canary)]
        world = Seen(sqlite_store, made, {"g": "MP_WXS_1"}, START, platform="wechat")
        clock.append(world)
        world.look(START)
        world.follow(START + 20 * DAY)
        verdict, calls = world.verdict(), world.calls()
        healthy = sqlite_store.gateways.states()["g"].healthy
        world.close()
    assert (verdict, {one.split()[0] for one in calls}) == (expected, told)
    assert healthy is ("gateway" not in told)
    assert [p.key for p in sqlite_store.posts.of_account("a")] == ["wx:s/account"]


def test_an_rsshub_that_answers_304_for_20_days_is_seen(sqlite_store: Store) -> None:
    clock: list[Seen] = []

    def answers(path: str, query: Query) -> Answer:
        return rss(weibo_page(OLD), clock[0].now, f"https://weibo.com/{UID}/")

    with Site(answers) as site:
        world = Seen(sqlite_store, [gateway("rsshub", site.url)], {"g": f"weibo/user/{UID}"}, START)
        clock.append(world)
        world.look(START)
        world.follow(START + 20 * DAY)
        assert world.verdict() == ("breached", "proven")
        world.close()


def test_we_mp_rss_sees_by_its_canary_alone(sqlite_store: Store) -> None:
    clock: list[Seen] = []

    def answers(path: str, query: Query) -> Answer:
        feed_id = path.removeprefix("/feed/").removesuffix(".rss")
        posts = collected(lambda: clock[0].now)(feed_id)
        urls = [(f"https://mp.weixin.qq.com/s/{key}", when) for key, when in posts]
        return rss(urls, clock[0].now, "https://mp.weixin.qq.com")

    with Site(answers) as site:
        blind = [gateway("we_mp_rss", site.url)]
        world = Seen(sqlite_store, blind, {"g": "MP_WXS_1"}, START, platform="wechat")
        clock.append(world)
        assert [r.outcome for r in world.look(START)] == [Outcome.NO_PULSE]
        world.close()
        world = Seen(
            sqlite_store,
            [replace(blind[0], canary=("MP_WXS_2",))],
            {"g": "MP_WXS_1"},
            START + HOUR,
            platform="wechat",
        )
        clock[:] = [world]
        [found] = world.look(START + 2 * HOUR)
        world.close()
    assert (found.outcome, found.as_of) == (Outcome.OK, START - HOUR)


def test_F31_a_pin_a_coming_date_and_a_new_date_do_not_move_the_clock(
    mobile: Seen, platform: Mobile
) -> None:
    platform.posts = [("Npinned01", POSTED - 400 * DAY), *OLD]
    mobile.look(at("03-07 12:00"))
    platform.posts = [("Npinned01", POSTED - 400 * DAY), (OLD[0][0], at("03-07 11:00")), *OLD[1:]]
    mobile.look(at("03-07 13:00"))
    assert mobile.status()["last_post_at"] == "2024-03-06T10:00:00+08:00"


def test_F36_an_account_that_never_posted_waits_by_its_own_deadline(
    sqlite_store: Store, platform: Mobile
) -> None:
    platform.posts, platform.count = [], 0
    with Site(platform) as site:
        world = Seen(sqlite_store, [gateway("weibo_mobile", site.url)], {"g": UID}, START)
        world.look(START)
        first = world.verdict()
        world.follow(START + 14 * DAY)
        last, calls = world.verdict(), world.calls()
        world.close()
    assert (first, last) == (("waiting", "young"), ("breached", "proven"))
    assert [one.split()[0] for one in calls] == ["silence"]


def test_F32_a_deleted_newest_post_leaves_the_clock_and_is_said(
    mobile: Seen, platform: Mobile
) -> None:
    del platform.posts[0]
    platform.count -= 1
    mobile.follow(at("03-08 12:00"))
    status = mobile.status()
    assert status["last_post_at"] == "2024-03-06T10:00:00+08:00"
    assert status["visible_last_post_at"] == "2024-03-05T10:00:00+08:00"


def test_F32_a_deletion_is_settled_before_anybody_is_notified_that_nothing_can_be_read(
    mobile: Seen, platform: Mobile
) -> None:
    del platform.posts[0]
    platform.count -= 1
    for _ in range(400):  # as the service does: look when something is due, judge every minute
        [state] = mobile.store.sources.states().values()
        assert state.next_read_at is not None
        mobile.engine.judge(state.next_read_at, mobile.now - DAY)
        mobile.now = max(state.next_read_at, mobile.now + MINUTE)
        mobile.rounds.read_due(mobile.now)
        mobile.store.notes.beat(mobile.now, mobile.now - 60 * DAY)
        if mobile.store.posts.of_account("a")[-1].deleted_at:
            break
    mobile.engine.judge(mobile.now, mobile.now - 60 * DAY)
    [gone] = [post for post in mobile.store.posts.of_account("a") if post.deleted_at]
    assert gone.deleted_at is not None
    assert gone.deleted_at - START <= DAY + 7 * HOUR
    assert mobile.calls() == []


def burst(platform: Mobile, size: int) -> None:
    for n in range(size):
        platform.publish(f"Nburst{n:03}", at("03-07 08:00") + n * MINUTE)


def test_F34_a_burst_beyond_the_first_page_is_read_on_for(mobile: Seen, platform: Mobile) -> None:
    burst(platform, 35)
    [found] = mobile.look(at("03-07 12:00"))
    assert (found.gap_from, found.fresh) == (None, 35)
    assert len(mobile.store.posts.of_account("a")) == 10 + 35
    assert mobile.explain()["gaps"] == []
    assert mobile.explain()["unseen"] is None


def test_F34_what_ten_pages_do_not_reach_is_a_gap_and_is_said(
    mobile: Seen, platform: Mobile
) -> None:
    burst(platform, 150)
    [found] = mobile.look(at("03-07 12:00"))
    assert (found.fresh, found.gap_from) == (100, START)
    [gap] = mobile.explain()["gaps"]
    assert gap == {
        "from": "2024-03-06T12:00:00+08:00",
        "to": "2024-03-07T08:52:00+08:00",
        "source": f"a/g/{UID}",
        "reason": "overrun",
    }
    assert "可能有遗漏：发布条数超出" in mobile.explain()["text"]


def test_F34_a_gap_that_an_import_closes_is_none_any_more(mobile: Seen, platform: Mobile) -> None:
    burst(platform, 150)
    mobile.look(at("03-07 12:00"))
    rows = [
        ImportedPost("a", SeenPost(f"weibo:{bid}", "", "", PostKind.ORIGINAL, when))
        for bid, when in (("Nold00000", POSTED), ("Nburst060", at("03-07 09:00")))
    ]
    mobile.store.imports.add(rows, [], "export.csv", at("03-07 13:00"), False)
    mobile.look(at("03-07 14:00"))
    assert mobile.explain()["gaps"] == []
    then = mobile.explain(at("03-07 12:30"))["gaps"]
    assert [gap["reason"] for gap in then] == ["overrun"]


def test_F34_while_nothing_could_be_read_more_was_published_than_is_shown(
    mobile: Seen, platform: Mobile
) -> None:
    platform.broken = (503, "", {})
    mobile.look(at("03-06 18:00"))
    platform.broken = None
    burst(platform, 150)
    mobile.look(at("03-07 12:00"))
    [gap] = mobile.explain()["gaps"]
    assert gap["reason"] == "unreadable"
    assert "可能有遗漏：当时读取失败" in mobile.explain()["text"]


def test_F34_a_wewe_rss_is_read_on_for_too(sqlite_store: Store) -> None:
    posts = [(f"old{n:04}", POSTED - n * HOUR) for n in range(12)]

    def synced() -> datetime:
        return START + DAY

    with Site(wewe(lambda _: posts, synced)) as site:
        made = [gateway("wewe_rss", site.url)]
        world = Seen(sqlite_store, made, {"g": "MP_WXS_1"}, START + DAY, platform="wechat")
        world.look(START + DAY)
        posts[:0] = [(f"new{n:04}", START + DAY + n * MINUTE) for n in range(70)][::-1]
        [found] = world.look(START + DAY + 2 * HOUR)
        world.close()
    assert (found.gap_from, found.fresh, found.items) == (None, 70, 82)


class OpenPlatform:
    """Weibo's open platform: a hundred posts a page, followers in each of them."""

    def __init__(self) -> None:
        self.posts = list(OLD)

    def __call__(self, path: str, query: Query) -> Answer:
        if not path.endswith("user_timeline.json"):
            said = {"expire_in": 10**8, "remaining_user_hits": 90, "user_limit": 100}
            return 200, json.dumps(said | {"reset_time_in_seconds": 60}), {}
        size, page = int(query["count"][0]), int(query["page"][0])
        user = {
            "id": int(UID),
            "screen_name": "鞍山民政",
            "followers_count": 7959,
            "statuses_count": len(self.posts),
        }
        shown = [
            {
                "bid": bid,
                "idstr": "1",
                "text": bid,
                "user": user,
                "created_at": when.astimezone(ZONE).strftime("%a %b %d %H:%M:%S %z %Y"),
            }
            for bid, when in self.posts[(page - 1) * size : page * size]
        ]
        return 200, json.dumps({"statuses": shown, "total_number": len(self.posts)}), {}


def test_F34_weibos_open_platform_is_read_on_page_by_page(sqlite_store: Store) -> None:
    platform = OpenPlatform()
    with Site(platform) as site:
        made = [gateway("weibo_api", site.url, key="2.00Token")]
        world = Seen(sqlite_store, made, {"g": UID}, START)
        world.look(START)
        platform.posts[:0] = [
            (f"Nburst{n:03}", at("03-07 08:00") + n * MINUTE) for n in reversed(range(230))
        ]
        site.asked.clear()
        [found] = world.look(at("03-07 12:00"))
        asked = [one for one in site.asked if "user_timeline" in one]
        status = world.status()
        world.close()
    assert (found.gap_from, found.fresh, found.good) == (None, 230, True)
    assert [int(one.partition("&page=")[2].partition("&")[0]) for one in asked] == [1, 2, 3]
    assert len(sqlite_store.posts.of_account("a")) == 12 + 230
    assert (status["platform_posts"], status["verdict"]) == (242, "fresh")


def test_F35_a_renamed_account_is_the_same_and_its_new_name_is_said(
    mobile: Seen, platform: Mobile
) -> None:
    platform.name = "鞍山市民政局"
    mobile.look(at("03-07 12:00"))
    status = mobile.status()
    assert (status["shown_as"], status["renamed_from"]) == ("鞍山市民政局", "鞍山民政")
    assert status["renamed_at"] == "2024-03-07T12:00:00+08:00"
    assert [f for e, f in mobile.said if e == "account_renamed"] == [
        {"account": "a", "source": f"a/g/{UID}", "name": "鞍山市民政局", "before": "鞍山民政"}
    ]
    assert len(mobile.store.posts.of_account("a")) == 10


def test_F35_another_accounts_posts_are_refused_said_and_never_counted(
    sqlite_store: Store,
) -> None:
    shown = [f"https://weibo.com/{UID}/"]

    def answers(path: str, query: Query) -> Answer:
        return rss([(f"{shown[0]}{bid}", when) for bid, when in OLD], START, shown[0])

    with Site(answers) as site:
        world = Seen(sqlite_store, [gateway("rsshub", site.url)], {"g": f"weibo/user/{UID}"}, START)
        world.look(START)
        shown[0] = "https://weibo.com/9999999999/"
        [found] = world.look(START + HOUR)
        world.close()
    assert found.outcome is Outcome.WRONG_ACCOUNT
    assert found.detail == f"the feed is that of weibo:9999999999, not of weibo:{UID}"
    assert len(sqlite_store.posts.of_account("a")) == 12


STRANGER = "https://weibo.com/9999999999/"


@pytest.mark.parametrize(
    ("kind", "locator", "said"),
    [
        pytest.param(
            "rsshub",
            f"weibo/user/{UID}",
            f"the feed is that of weibo:9999999999, not of weibo:{UID}",
            id="rsshub",
        ),
        pytest.param(
            "feed",
            "f.xml",
            f"posts of several accounts: weibo:{UID} and weibo:9999999999",
            id="feed",
        ),
        pytest.param(
            "feed",
            f"f.xml#{UID}",
            f"the feed is that of weibo:9999999999, not of weibo:{UID}",
            id="feed of an account",
        ),
    ],
)
def test_F35_a_strangers_post_among_its_own_is_refused_said_and_never_counted(
    sqlite_store: Store, kind: str, locator: str, said: str
) -> None:
    posts = weibo_page(OLD)
    with Site(lambda _, __: rss(posts, START, f"https://weibo.com/{UID}/")) as site:
        world = Seen(sqlite_store, [gateway(kind, site.url)], {"g": locator}, START)
        assert world.look(START)[0].good
        posts.insert(0, (f"{STRANGER}Nstranger", START + MINUTE))
        [found] = world.look(START + HOUR)
        status = world.status()
        world.close()
    assert (found.outcome, found.detail) == (Outcome.WRONG_ACCOUNT, said)
    assert status["last_post_at"] == "2024-03-06T10:00:00+08:00"
    assert len(sqlite_store.posts.of_account("a")) == 12


@pytest.mark.parametrize(
    ("kind", "locator"),
    [
        pytest.param("rsshub", f"weibo/user/{UID}#9999999999", id="rsshub"),
        pytest.param("feed", f"f.xml#9999999999,{UID}", id="feed"),
    ],
)
def test_F35_an_account_with_two_numbers_is_one_if_its_locator_says_so(
    sqlite_store: Store, kind: str, locator: str
) -> None:
    posts = [(f"{STRANGER}Nmoved001", POSTED + HOUR), *weibo_page(OLD)]
    with Site(lambda _, __: rss(posts, START, STRANGER)) as site:
        world = Seen(sqlite_store, [gateway(kind, site.url)], {"g": locator}, START)
        [found] = world.look(START)
        assert "#" not in "".join(site.asked)
        world.close()
    assert (found.outcome, found.items) == (Outcome.OK, 13)


def test_F35_an_account_that_moves_to_another_address_keeps_its_history(
    sqlite_store: Store,
) -> None:
    def answers(path: str, query: Query) -> Answer:
        uid = path.rsplit("/", 1)[1]
        posts = OLD if uid == UID else [("Nmoved001", at("03-10 10:00"))]
        home = f"https://weibo.com/{uid}/"
        return rss([(f"{home}{bid}", when) for bid, when in posts], at("03-10 12:00"), home)

    with Site(answers) as site:
        world = Seen(
            sqlite_store,
            [gateway("rsshub", site.url)],
            {"g": f"weibo/user/{UID}"},
            at("03-10 12:00"),
        )
        world.look(at("03-10 12:00"))
        world.configure({"g": "weibo/user/2222222222"})
        world.look(at("03-10 13:00"))
        status = world.status()
        world.close()
    assert len(sqlite_store.posts.of_account("a")) == 13
    assert status["last_post_at"] == "2024-03-10T10:00:00+08:00"


@pytest.fixture
def two(sqlite_store: Store, platform: Mobile) -> Iterator[tuple[Seen, Site, Site]]:
    """The same account through an RSSHub, more trusted, and m.weibo.cn."""
    clock: list[Seen] = []

    def hub(path: str, query: Query) -> Answer:
        return rss(weibo_page(OLD), clock[0].now, f"https://weibo.com/{UID}/")

    with Site(hub) as rsshub, Site(platform) as weibo:
        made = [
            replace(gateway("rsshub", rsshub.url), id="hub"),
            replace(gateway("weibo_mobile", weibo.url), id="weibo"),
        ]
        locators = {"hub": f"weibo/user/{UID}", "weibo": UID}
        world = Seen(sqlite_store, made, locators, START)
        clock.append(world)
        world.look(START)
        yield world, rsshub, weibo
        world.close()


def test_F33_two_sources_of_one_account_count_a_post_once_in_the_words_of_the_more_trusted(
    two: tuple[Seen, Site, Site],
) -> None:
    world, _, __ = two
    assert len(world.store.posts.of_account("a")) == 12
    last = world.explain()["last_post"]
    assert (last["source"], last["title"]) == (f"a/hub/weibo/user/{UID}", "d00000")


def test_a_dead_source_does_not_blind_an_account_that_another_sees(
    two: tuple[Seen, Site, Site],
) -> None:
    world, rsshub, _ = two
    rsshub.answers = lambda _, __: (503, "", {})
    world.follow(at("03-21 12:00"))
    assert world.verdict() == ("breached", "proven")
    assert "silence" in {one.split()[0] for one in world.calls()}


def test_sources_that_disagree_are_notified(two: tuple[Seen, Site, Site], platform: Mobile) -> None:
    world, _, __ = two
    platform.publish("Nnew00001", at("03-07 09:00"))
    world.look(at("03-07 12:00"))
    assert world.explain()["disagreement"] == [
        {
            "source": f"a/hub/weibo/user/{UID}",
            "newest": "2024-03-06T10:00:00+08:00",
            "as_of": "2024-03-07T12:00:00+08:00",
        }
    ]
    assert "各来源不一致" in world.explain()["text"]
    assert world.explain()["last_post"]["source"] == f"a/weibo/{UID}"


def test_the_operator_is_notified_of_a_credential_that_ends_once_until_it_is_renewed(
    sqlite_store: Store,
) -> None:
    left = [20 * DAY]

    def answers(path: str, query: Query) -> Answer:
        if path.endswith("get_token_info"):
            return 200, json.dumps({"expire_in": int(left[0].total_seconds())}), {}
        if path.endswith("rate_limit_status.json"):
            said = {"remaining_user_hits": 90, "user_limit": 100, "reset_time_in_seconds": 60}
            return 200, json.dumps(said), {}
        return 200, json.dumps({"statuses": [], "total_number": 0}), {}

    with Site(answers) as site:
        made = [gateway("weibo_api", site.url, key="2.00Token")]
        world = Seen(sqlite_store, made, {"g": UID}, START)
        world.look(START)
        before = world.calls()
        for day in range(6, 9):
            left[0] = (20 - day) * DAY
            world.look(START + day * DAY + HOUR)
        told = [n for some in sqlite_store.alerts.notices_of([1]).values() for n in some]
        status = world.desk.accounts.status(world.now)["gateways"][0]
        left[0] = 300 * DAY
        world.look(START + 10 * DAY)
        gateways = [a for a in sqlite_store.alerts.listed(True) if a.kind == "gateway"]
        ended = [(a.subject, a.resolution) for a in gateways]
        world.close()
    assert before == []
    assert [(n.person, n.reason.value) for n in told] == [("zhao", "credential")]
    said = render(told[0], translator("zh_CN", ZONE), HOURS, resent=False).text
    assert (
        said.splitlines()[0]
        == "【凭证到期】采集网关g的凭证将于2024年3月26日（周二）到期，请及时更新"
    )
    assert status["warnings"] == [
        "the access token ends on 2024-03-26 (in 12 days): authorise the app anew and put the new "
        "token into the gateway's `key`"
    ]
    assert ended == [("g#credential", "recovered")]


def test_an_account_that_only_reposts_is_over_the_limit_until_an_original_comes(
    sqlite_store: Store, platform: Mobile
) -> None:
    policy = replace(POLICY, ladder=ladder(7, 14), originals_every=30 * DAY)
    with Site(platform) as site:
        made = [gateway("weibo_mobile", site.url)]
        world = Seen(sqlite_store, made, {"g": UID}, START, policy=policy)
        world.look(START)
        for n in range(11):
            world.follow(START + (n + 1) * 3 * DAY)
            if n < 10:
                platform.reposted |= {f"Nrep{n:05}"}
                platform.publish(f"Nrep{n:05}", world.now)
        assert world.verdict() == ("breached", "originals")
        assert world.calls() == ["originals a originals"]
        assert "仅有转发" in world.explain()["text"]
        platform.publish("Noriginal1", world.now)
        world.look(world.now + HOUR)
        verdict = world.verdict()
        world.close()
    assert verdict == ("fresh", "young")
    assert [a.resolution for a in sqlite_store.alerts.listed(True)] == ["posted"]
