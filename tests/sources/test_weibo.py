"""What a Weibo post says of itself: its date, key, kind, title; and what Weibo counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.counted import Counters
from monitor.model import PostKind, SeenPost
from monitor.sources import weibo
from monitor.sources.bodies import BEIJING

NOW = datetime(2024, 2, 19, 1, 0, 30, tzinfo=UTC)  # 09:00:30 in Beijing
UID = "1935396210"


def beijing(year: int, month: int, day: int, hour: int = 0, *rest: int) -> datetime:
    minute, second, _ = (*rest, 0, 0, 0)[:3]
    return datetime(year, month, day, hour, minute, second, tzinfo=BEIJING).astimezone(UTC)


@pytest.mark.parametrize(
    ("said", "at"),
    [
        pytest.param("Thu Feb 15 11:00:31 +0800 2024", beijing(2024, 2, 15, 11, 0, 31), id="exact"),
        pytest.param("Thu Feb 15 03:00:31 +0000 2024", beijing(2024, 2, 15, 11, 0, 31), id="UTC"),
        pytest.param("刚刚", NOW, id="just now"),
        pytest.param("30秒前", NOW - timedelta(seconds=30), id="seconds ago"),
        pytest.param("5分钟前", NOW - timedelta(minutes=5), id="minutes ago"),
        pytest.param(" 3小时前 ", NOW - timedelta(hours=3), id="hours ago, blanks around"),
        pytest.param("今天 08:30", beijing(2024, 2, 19, 8, 30), id="today"),
        pytest.param("昨天 23:59", beijing(2024, 2, 18, 23, 59), id="yesterday"),
        pytest.param("昨天 7:05", beijing(2024, 2, 18, 7, 5), id="yesterday, one digit"),
        pytest.param("02-16", beijing(2024, 2, 16, 23, 59, 59), id="a day: its last second"),
        pytest.param("2-9", beijing(2024, 2, 9, 23, 59, 59), id="a day without zeros"),
        pytest.param("02-16 10:20", beijing(2024, 2, 16, 10, 20), id="a day with its time"),
        pytest.param("02-19", NOW, id="today as a day: not later than now"),
        pytest.param("02-20", beijing(2023, 2, 20, 23, 59, 59), id="not yet: a year ago"),
        pytest.param("12-31", beijing(2023, 12, 31, 23, 59, 59), id="before New Year"),
        pytest.param("02-29", beijing(2020, 2, 29, 23, 59, 59), id="the last leap day"),
        pytest.param("2023-11-05", beijing(2023, 11, 5, 23, 59, 59), id="a date"),
        pytest.param("2023-11-05 18:00:07", beijing(2023, 11, 5, 18, 0), id="a date with time"),
        pytest.param("2024-03-01", beijing(2024, 3, 1, 23, 59, 59), id="F31 the future is told"),
        pytest.param("Thu Feb 15 11:00:31 2024", None, id="no zone"),
        pytest.param("Thu Jan 01 08:00:00 +0800 1970", None, id="zero"),
        pytest.param("昨天 25:00", None, id="no such hour"),
        pytest.param("13-45", None, id="no such day"),
        pytest.param("2023-02-29", None, id="no such date"),
        pytest.param("0000-01-01", None, id="no such year"),
        pytest.param("９分钟前", None, id="digits that are none"),
        pytest.param("很久以前", None, id="words"),
        pytest.param("", None, id="empty"),
        pytest.param(None, None, id="absent"),
        pytest.param(1708300000, None, id="a number"),
        pytest.param({"a": 1}, None, id="an object"),
    ],
)
def test_written_at(said: object, at: datetime | None) -> None:
    assert weibo.written_at(said, NOW) == at


def test_the_day_turns_in_beijing() -> None:
    shortly_after_midnight = datetime(2024, 2, 18, 16, 5, tzinfo=UTC)
    assert weibo.written_at("昨天 23:59", shortly_after_midnight) == beijing(2024, 2, 18, 23, 59)


@given(st.text(alphabet="0123456789-: 昨天前分钟小时刚+FebThu"), st.integers(0, 6000))
def test_no_text_raises(said: str, days: int) -> None:
    at = weibo.written_at(said, NOW - timedelta(days=days))
    assert at is None or at.tzinfo is UTC


@given(st.integers(0, 3000), st.integers(0, 86_399))
def test_a_vague_form_never_comes_before_the_exact_one(days: int, seconds: int) -> None:
    written = beijing(2024, 2, 19) - timedelta(days=days, seconds=seconds)
    vague = weibo.written_at(f"{written.astimezone(BEIJING):%Y-%m-%d}", NOW)
    assert vague is not None
    assert timedelta(0) <= vague - written < timedelta(days=1)


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (4877, (4877, True)),
        ("1369", (1369, True)),
        ("1,369", (1369, True)),
        (0, (0, True)),
        ("145.5万", (1_455_000, False)),
        ("1万", (10_000, False)),
        ("1.2万+", (12_000, False)),
        ("3亿", (300_000_000, False)),
        ("2.07亿", (207_000_000, False)),
        ("99+", (99, False)),
        ("", None),
        ("很多", None),
        ("-5", None),
        (-5, None),
        (True, None),
        (None, None),
        (["1"], None),
        ("9" * 40, None),
    ],
)
def test_counted(value: object, count: tuple[int, bool] | None) -> None:
    assert weibo.counted(value) == count


@pytest.mark.parametrize(
    ("user", "counters"),
    [
        ({"followers_count": 7959, "statuses_count": 284}, Counters(7959, 284, exact=True)),
        ({"followers_count": "145.5万", "statuses_count": 1553}, Counters(1455000, 1553, False)),
        ({"followers_count": "7959", "statuses_count": "1.2万"}, Counters(7959, None, exact=True)),
        ({"statuses_count": 284}, Counters(None, 284, exact=True)),
        ({"followers_count": "?"}, None),
        ({}, None),
    ],
)
def test_counters(user: dict[str, Any], counters: Counters | None) -> None:
    assert weibo.counters(user) == counters


@pytest.mark.parametrize(
    ("markup", "line"),
    [
        pytest.param("清明祭扫<br />预约<br/>开始", "清明祭扫 预约 开始", id="lines"),
        pytest.param(
            "好<span class=\"url-icon\"><img alt=[太开心] src='x.png' /></span>！",
            "好[太开心]！",
            id="an emoji",
        ),
        pytest.param("看<img style='width:1rem' src='x.png'>图", "看图", id="a nameless picture"),
        pytest.param('很长 ...<a href="/status/4645748019299849">全文</a>', "很长 …", id="cut"),
        pytest.param("<a href='/n/鞍山'>@鞍山</a> A&amp;B &lt;3", "@鞍山 A&B <3", id="entities"),
        pytest.param(
            f"A&#{'9' * 6001};B", "A\ufffd", id="a character that cannot be, as far as a title goes"
        ),
        pytest.param("3<5 岁\n\t以下", "3<5 岁 以下", id="plain text"),
        pytest.param("通知<a href='http", "通知", id="a tag that is cut off"),
        pytest.param("长" * 400, "长" * 300, id="too long"),
    ],
)
def test_one_line(markup: str, line: str) -> None:
    assert weibo.one_line(markup) == line


def status(**more: Any) -> dict[str, Any]:
    return {
        "mid": "4645748019299849",
        "id": "4645748019299849",
        "bid": "Kjc77D1jz",
        "created_at": "Thu Feb 15 11:00:31 +0800 2024",
        "text": "低保标准上调",
    } | more


POST = SeenPost(
    key="weibo:Kjc77D1jz",
    title="低保标准上调",
    url=f"https://weibo.com/{UID}/Kjc77D1jz",
    kind=PostKind.ORIGINAL,
    stated_at=beijing(2024, 2, 15, 11, 0, 31),
)


@pytest.mark.parametrize(
    ("told", "scheme"),
    [
        pytest.param(status(), "", id="its bid"),
        pytest.param(
            status(bid=""),
            "https://m.weibo.cn/status/X?mblogid=Kjc77D1jz&luicode=1",
            id="no bid: the card's address",
        ),
        pytest.param(
            status(bid=""), "https://m.weibo.cn/status/Kjc77D1jz", id="the address's path"
        ),
        pytest.param(status(bid=""), "", id="no bid: the mid"),
        pytest.param(status(bid=None, mid=None, id=4645748019299849), "", id="a numeric id"),
        pytest.param(status(bid="../..", mid=None), "", id="a bid that is none"),
    ],
)
def test_f33_a_post_has_one_key_whatever_names_it(told: dict[str, Any], scheme: str) -> None:
    assert weibo.seen_post(told, UID, NOW, scheme) == POST


def test_what_has_no_id_is_no_post() -> None:
    assert weibo.seen_post({"text": "广告"}, UID, NOW) is None


@pytest.mark.parametrize(
    ("original", "kind", "title"),
    [
        pytest.param(None, PostKind.ORIGINAL, "转发微博", id="null"),
        pytest.param(
            {"text": "原<br/>文", "user": {"screen_name": "民政部"}},
            PostKind.REPOST,
            "转发微博 - 转发 @民政部: 原 文",
            id="a repost",
        ),
        pytest.param(
            {"text": "抱歉，此微博已被作者删除。", "user": None},
            PostKind.REPOST,
            "转发微博 - [原微博不可访问]",
            id="the original is gone",
        ),
    ],
)
def test_reposts(original: Any, kind: PostKind, title: str) -> None:
    post = weibo.seen_post(status(text="转发微博", retweeted_status=original), UID, NOW)
    assert post is not None
    assert (post.kind, post.title) == (kind, title)


@pytest.mark.parametrize(
    ("mark", "pinned"),
    [
        ({"isTop": 1}, True),
        ({"mblogtype": 2}, True),
        ({"title": {"text": "置顶", "base_color": 1}}, True),
        ({"isTop": 0, "mblogtype": 0, "title": {"text": "推荐"}}, False),
        ({"title": "置顶"}, False),
        ({}, False),
    ],
)
def test_f31_a_pin_is_known_by_any_of_its_marks(mark: dict[str, Any], pinned: bool) -> None:
    post = weibo.seen_post(status(**mark), UID, NOW)
    assert post is not None
    assert post.pinned is pinned


@pytest.mark.parametrize(
    ("value", "gone"), [("1", True), (True, True), (1, True), ("0", False), (None, False)]
)
def test_deleted(value: object, gone: bool) -> None:
    assert weibo.deleted(status(deleted=value)) is gone


@pytest.mark.parametrize(
    ("visible", "shown"),
    [
        (None, True),
        ({"type": 0, "list_id": 0}, True),
        ({"type": 1}, False),
        ({"type": 6}, False),
        ({"type": 10}, False),
    ],
)
def test_a_post_that_not_everybody_sees_is_not_public(visible: Any, shown: bool) -> None:
    assert weibo.public(status(visible=visible)) is shown


@pytest.mark.parametrize(
    ("locator", "problem"),
    [
        ("1935396210", None),
        ("", "the account's uid, e.g. 1234567890 was expected"),
        ("鞍山民政", "the account's uid, e.g. 1234567890 was expected"),
        ("1935396210/", "the account's uid, e.g. 1234567890 was expected"),
        ("0935396210", "the account's uid, e.g. 1234567890 was expected"),
    ],
)
def test_locator(locator: str, problem: str | None) -> None:
    assert weibo.locator_problem(locator) == problem
