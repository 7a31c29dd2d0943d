"""Each platform's feeds in the shape that RSSHub gives them: stable keys, and whose they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest

from monitor.model import Gateway, Outcome, SourceMemory, SourceSpec
from monitor.sources import registry
from monitor.sources.base import Fetched, ReadRequest
from monitor.store.base import Store
from tests.faults.seeing import Answer, Seen, Site
from tests.rule_values import at

NOW = at("03-13 12:00")
SEC, OTHER_SEC = "MS4wLjABAAAARcAHmmF9mAG3", "MS4wLjABAAAAdeadbeef0000"
NOTE, NOTER = "65f1a2b3000000001203e9ab", "5ff0e6410000000001008400"
BILIBILI = "bilibili/user/video/2267573"
SPACE = "https://space.bilibili.com"


@dataclass(frozen=True)
class Item:
    """One item of a feed; "" and None are left out of it."""

    link: str = ""
    guid: str = ""
    title: str = "便民通知"
    text: str = ""
    date: datetime | None = None

    def xml(self) -> str:
        """Return it as RSS writes it."""
        date = format_datetime(self.date, usegmt=True) if self.date else ""
        told = {"title": self.title, "link": self.link, "guid": self.guid, "pubDate": date}
        fields = "".join(
            f"<{name}>{value.replace('&', '&amp;')}</{name}>"
            for name, value in told.items()
            if value
        )
        return f"<item>{fields}<description><![CDATA[{self.text}]]></description></item>"


def feed(items: list[Item], link: str, title: str = "鞍山民政", now: datetime = NOW) -> Answer:
    body = (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>'
        f"<link>{link}</link>"
        f"<generator>RSSHub</generator><lastBuildDate>{format_datetime(now, usegmt=True)}"
        f"</lastBuildDate>{''.join(item.xml() for item in items)}</channel></rss>"
    )
    return 200, body, {"Content-Type": "application/xml"}


def read(platform: str, locator: str, answer: Answer, kind: str = "rsshub") -> Fetched:
    with Site(lambda _, __: answer) as site:
        gateway = Gateway("g", kind, site.url, allow_private=True, trusted=True)
        with closing(registry.build(gateway)) as source:
            spec = SourceSpec("a/g", "a", "g", locator, 0)
            return source.read(ReadRequest(spec, platform, SourceMemory(), NOW))


def keys(platform: str, *items: Item) -> list[str]:
    posts = read(platform, "any/route", feed(list(items), "https://rsshub.example")).posts or ()
    return [post.key for post in posts]


def video(where: str) -> str:
    return f"春季招聘会<br>视频地址：<a href={where}>{where}</a>"


PASSED_ON = (
    f"看看<br>//转发自: @鞍山公安: 通报{video('https://www.bilibili.com/video/BV17x411w7KC')}"
)
LIVING = "https://live.kuaishou.com/u/asmz2024/3xk46q9cdnvgife"


@pytest.mark.parametrize(
    ("platform", "key", "items"),
    [
        pytest.param(
            "douyin",
            "douyin:7311234567890123456",
            [
                Item("https://www.douyin.com/video/7311234567890123456"),
                Item(
                    "https://www.douyin.com/video/7311234567890123456?previous_page=app&a_bogus=x"
                ),
                Item("https://www.iesdouyin.com/share/video/7311234567890123456/?region=CN"),
                Item("https://m.douyin.com/share/note/7311234567890123456"),
            ],
            id="Douyin's work, of the page and of a shared link",
        ),
        pytest.param(
            "kuaishou",
            "kuaishou:3xk46q9cdnvgife",
            [
                Item(guid="3xk46q9cdnvgife", title=""),
                Item("https://www.kuaishou.com/short-video/3xk46q9cdnvgife?streamSource=profile"),
                Item(LIVING),
            ],
            id="Kuaishou's work, of which RSSHub gives the guid alone",
        ),
        pytest.param(
            "toutiao",
            "toutiao:7311234567890123456",
            [
                Item("https://www.toutiao.com/article/7311234567890123456/"),
                Item("https://www.toutiao.com/w/7311234567890123456/?log_from=1"),
                Item("https://m.toutiao.com/i7311234567890123456/"),
                Item("https://www.toutiao.com/video/7311234567890123456/"),
            ],
            id="Toutiao's item under the links of its types",
        ),
        pytest.param(
            "bilibili",
            "bilibili:av170001",
            [
                Item("https://www.bilibili.com/video/BV17x411w7KC"),
                Item("https://www.bilibili.com/video/av170001?vd_source=ab&spm_id_from=333"),
                Item("https://m.bilibili.com/video/BV17x411w7KC/"),
                Item(
                    "https://t.bilibili.com/900000000000000001",
                    text=video("https://www.bilibili.com/video/BV17x411w7KC"),
                ),
                Item(
                    "https://t.bilibili.com/900000000000000001",
                    text=video("https://www.bilibili.com/video/av170001"),
                ),
            ],
            id="Bilibili's video by BV, by av and by the dynamic that presents it",
        ),
        pytest.param(
            "bilibili",
            "bilibili:900000000000000001",
            [
                Item("https://t.bilibili.com/900000000000000001"),
                Item("https://www.bilibili.com/opus/900000000000000001"),
                Item("https://t.bilibili.com/900000000000000001", text=PASSED_ON),
            ],
            id="Bilibili's dynamic without a video of its own, one that passes on another's too",
        ),
        pytest.param(
            "xiaohongshu",
            f"xiaohongshu:{NOTE}",
            [
                Item(f"https://www.xiaohongshu.com/explore/{NOTE}?xsec_token=AB1&xsec_source=pc"),
                Item(f"https://www.xiaohongshu.com/explore/{NOTE}?xsec_token=CD2&xsec_source=pc"),
                Item(f"https://www.xiaohongshu.com/user/profile/{NOTER}/{NOTE}"),
                Item(f"https://www.xiaohongshu.com/user/profile/{NOTER}", guid=NOTE),
            ],
            id="Xiaohongshu's note under a signed link and under none",
        ),
        pytest.param(
            "baijiahao",
            "baijiahao:1793000000000000001",
            [
                Item("https://baijiahao.baidu.com/s?id=1793000000000000001&wfr=spider&for=pc"),
                Item("https://baijiahao.baidu.com/s?wfr=spider&id=1793000000000000001"),
            ],
            id="Baijiahao's article",
        ),
    ],
)
def test_one_post_has_one_key(platform: str, key: str, items: list[Item]) -> None:
    assert [found for item in items for found in keys(platform, item)] == [key] * len(items)


@pytest.mark.parametrize(
    ("platform", "link"),
    [
        ("douyin", f"https://www.douyin.com/user/{SEC}"),
        ("kuaishou", "https://www.kuaishou.com/profile/3xk46q9cdnvgife"),
        ("toutiao", f"https://www.toutiao.com/c/user/token/{SEC}/"),
        ("bilibili", f"{SPACE}/2267573/dynamic"),
        ("xiaohongshu", f"https://www.xiaohongshu.com/user/profile/{NOTER}?xsec_token=AB"),
        ("baijiahao", "https://author.baidu.com/home/1700000000000001"),
    ],
)
def test_an_accounts_own_page_is_no_posts_link(platform: str, link: str) -> None:
    found = keys(platform, Item(link, title="一", date=NOW), Item(link, title="二", date=NOW))
    assert [key.partition(":")[0] for key in found] == ["title", "title"]


LOCATORS = [
    pytest.param(
        "douyin", f"douyin/user/{SEC}", "https://www.douyin.com/user/", SEC, OTHER_SEC, id="Douyin"
    ),
    pytest.param(
        "kuaishou",
        "kuaishou/profile/3xk46q9cdnvgife",
        "https://live.kuaishou.com/profile/",
        "3xk46q9cdnvgife",
        "3xother",
        id="Kuaishou",
    ),
    pytest.param(
        "toutiao",
        f"toutiao/user/token/{SEC}",
        "https://www.toutiao.com/c/user/token/",
        SEC,
        OTHER_SEC,
        id="Toutiao",
    ),
    pytest.param("bilibili", BILIBILI, f"{SPACE}/", "2267573", "2267574", id="Bilibili's videos"),
    pytest.param(
        "bilibili",
        "bilibili/user/dynamic/2267573/showEmoji=1",
        f"{SPACE}/",
        "2267573/dynamic",
        "2267574/dynamic",
        id="Bilibili's dynamics",
    ),
    pytest.param(
        "xiaohongshu",
        f"xiaohongshu/user/{NOTER}/notes",
        "https://www.xiaohongshu.com/user/profile/",
        NOTER,
        NOTE,
        id="Xiaohongshu",
    ),
    pytest.param(
        "baijiahao",
        "any/baijiahao#1700000000000001",
        "https://author.baidu.com/home/",
        "1700000000000001",
        "1700000000000002",
        id="Baijiahao, whose number is written after #",
    ),
]


@pytest.mark.parametrize(("platform", "locator", "page", "own", "other"), LOCATORS)
def test_another_accounts_feed_is_refused_on_every_platform(
    platform: str, locator: str, page: str, own: str, other: str
) -> None:
    item = Item("https://example.cn/1", date=NOW)
    ours = read(platform, locator, feed([item], page + own))
    assert (ours.outcome, ours.identity) == (Outcome.OK, f"{platform}:{own.partition('/')[0]}")
    theirs = read(platform, locator, feed([item], page + other))
    assert theirs.outcome is Outcome.WRONG_ACCOUNT
    assert theirs.detail == (
        f"the feed is that of {platform}:{other.partition('/')[0]}, "
        f"not of {platform}:{own.partition('/')[0]}"
    )


@contextmanager
def seen(store: Store, platform: str, answers: dict[str, Answer]) -> Iterator[Seen]:
    """An account of *platform* behind one RSSHub for each of *answers*, by route."""
    with Site(lambda path, _: answers[path.strip("/")]) as site:
        gateways = [Gateway(f"g{n}", "rsshub", site.url, trusted=True) for n in range(len(answers))]
        gateways = [replace(one, allow_private=True) for one in gateways]
        routes = {f"g{n}": route for n, route in enumerate(answers)}
        with closing(Seen(store, gateways, routes, NOW, platform)) as story:
            yield story


def test_a_bilibili_account_through_two_routes_is_counted_once(sqlite_store: Store) -> None:
    ids = ["BV17x411w7KC", "BV1Q541167Qg", "BV1mK4y1C7Bz"]
    days = [NOW - timedelta(days=n + 1) for n in range(3)]
    videos = [
        Item(f"https://www.bilibili.com/video/{bv}", title=f"第{n}期", date=days[n])
        for n, bv in enumerate(ids)
    ]
    dynamics = [
        replace(
            one,
            link=f"https://t.bilibili.com/90000000000000000{n}",
            text=video(one.link),
            date=days[n] + timedelta(seconds=3),
        )
        for n, one in enumerate(videos)
    ]
    answers = {
        "bilibili/user/dynamic/2267573": feed(dynamics, f"{SPACE}/2267573/dynamic"),
        BILIBILI: feed(videos, f"{SPACE}/2267573"),
    }
    with seen(sqlite_store, "bilibili", answers) as story:
        story.look(NOW)
        posts = sqlite_store.posts.of_account("a")
    assert sorted(post.key for post in posts) == [
        "bilibili:av170001",
        "bilibili:av455017605",
        "bilibili:av882584971",
    ]
    assert sorted(post.published_at for post in posts) == sorted(days)


def test_dateless_notes_with_new_signatures_are_not_new(sqlite_store: Store) -> None:
    page = f"https://www.xiaohongshu.com/user/profile/{NOTER}"
    notes = [f"65f1a2b3000000001203e9a{n}" for n in range(8)]
    route = f"xiaohongshu/user/{NOTER}/notes"
    answers: dict[str, Answer] = {}

    def signed(token: str, now: datetime) -> None:
        items = [Item(f"{page[:27]}/explore/{note}?xsec_token={token}") for note in notes]
        answers[route] = feed(items, page, now=now)

    signed("A", NOW)
    with seen(sqlite_store, "xiaohongshu", answers) as story:
        for days in range(20):
            now = NOW + timedelta(days=days)
            signed(f"T{days}", now)
            story.look(now)
        status = story.status()
        assert (status["verdict"], status["reason"]) == ("blind", "undated")
        assert len(sqlite_store.posts.of_account("a")) <= 8
        assert not [call for call in story.calls() if call.startswith("silence")]


@dataclass(frozen=True)
class Shape:
    """How a platform's feed looks: *link* with {n}, the post, and {mark}, what changes with each
    session; *guid* alone where RSSHub gives no link."""

    platform: str
    route: str
    page: str
    link: str = ""
    guid: str = ""

    def item(self, n: int, mark: str, date: datetime | None) -> Item:
        return Item(self.link.format(n=n, mark=mark), self.guid.format(n=n), f"第{n}期", date=date)


SHAPES = [
    pytest.param(
        Shape(
            "douyin",
            f"douyin/user/{SEC}",
            f"https://www.douyin.com/user/{SEC}",
            "https://www.douyin.com/video/731123456789012345{n}?a_bogus={mark}",
        ),
        id="Douyin",
    ),
    pytest.param(
        Shape(
            "kuaishou",
            "kuaishou/profile/asmz2024",
            "https://live.kuaishou.com/profile/asmz2024",
            guid="3xk46q9cdnvgif{n}",
        ),
        id="Kuaishou, by the guid alone",
    ),
    pytest.param(
        Shape(
            "toutiao",
            f"toutiao/user/token/{SEC}",
            f"https://www.toutiao.com/c/user/token/{SEC}/",
            "https://www.toutiao.com/w/731123456789012345{n}/?log_from={mark}",
        ),
        id="Toutiao",
    ),
    pytest.param(
        Shape(
            "bilibili",
            "bilibili/user/dynamic/2267573",
            f"{SPACE}/2267573/dynamic",
            "https://t.bilibili.com/90000000000000000{n}?spm_id_from={mark}",
        ),
        id="Bilibili",
    ),
    pytest.param(
        Shape(
            "xiaohongshu",
            f"xiaohongshu/user/{NOTER}/notes",
            f"https://www.xiaohongshu.com/user/profile/{NOTER}",
            "https://www.xiaohongshu.com/explore/65f1a2b3000000001203e9a{n}?xsec_token={mark}",
        ),
        id="Xiaohongshu",
    ),
    pytest.param(
        Shape(
            "baijiahao",
            "any/baijiahao#1700000000000001",
            "https://author.baidu.com/home/1700000000000001",
            "https://baijiahao.baidu.com/s?id=179300000000000000{n}&wfr={mark}",
        ),
        id="Baijiahao",
    ),
]
PIN, AGES, NEXT = 40, (3, 5, 7, 9), -1  # the days that each post is old
NUMBERS = {age: number for number, age in enumerate((PIN, *AGES, NEXT))}


@contextmanager
def story_of(store: Store, shape: Shape) -> Iterator[tuple[Seen, dict[str, Answer]]]:
    """An account behind an RSSHub that gives what stands under `now`."""
    answers: dict[str, Answer] = {}
    with Site(lambda *_: answers["now"]) as site:
        gateway = Gateway("g", "rsshub", site.url, trusted=True, allow_private=True)
        with closing(Seen(store, [gateway], {"g": shape.route}, NOW, shape.platform)) as story:
            yield story, answers


@pytest.mark.parametrize("shape", SHAPES)
def test_an_unmarked_pin_on_top_is_not_the_newest_and_nothing_counts_twice(
    sqlite_store: Store, shape: Shape
) -> None:
    with story_of(sqlite_store, shape) as (story, answers):
        newest = []
        for mark, days, ages in (("A", 0, (PIN, *AGES)), ("B", 2, (PIN, NEXT, *AGES))):
            now = NOW + timedelta(days=days)
            items = [shape.item(NUMBERS[a], mark, NOW - timedelta(days=a)) for a in ages]
            answers["now"] = feed(items, shape.page, now=now)
            story.look(now)
            newest.append(story.status()["last_post_at"])
        assert newest == ["2024-03-10T12:00:00+08:00", "2024-03-14T12:00:00+08:00"]
        assert len(sqlite_store.posts.of_account("a")) == len(NUMBERS)


@pytest.mark.long
@pytest.mark.parametrize("shape", SHAPES)
def test_a_feed_without_dates_is_neither_fresh_nor_silent_on_any_platform(
    sqlite_store: Store, shape: Shape
) -> None:
    with story_of(sqlite_store, shape) as (story, answers):
        for mark, days in (("A", 0), ("B", 8), ("C", 16)):
            now = NOW + timedelta(days=days)
            items = [shape.item(number, mark, None) for number in NUMBERS.values()]
            answers["now"] = feed(items, shape.page, now=now)
            story.look(now)
        assert story.verdict() == ("blind", "undated")
        assert len(sqlite_store.posts.of_account("a")) <= len(NUMBERS)
        assert not [call for call in story.calls() if call.startswith("silence")]


@pytest.mark.parametrize("shape", SHAPES)
def test_links_that_a_platform_has_changed_are_keys_of_their_own_and_stay_so(shape: Shape) -> None:
    items = [
        Item(f"https://new.example/{shape.platform}/{n}?x=1", title=f"第{n}期", date=NOW)
        for n in range(3)
    ]
    found = [read(shape.platform, shape.route, feed(items, shape.page)) for _ in range(2)]
    assert [one.outcome for one in found] == [Outcome.OK, Outcome.OK]
    first, second = ([post.key for post in one.posts or ()] for one in found)
    assert first == second
    assert len(set(first)) == len(items)
