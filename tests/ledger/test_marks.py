"""A post is found by any mark that it ever bore, and counted once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ledger.identity import post_key, post_marks
from monitor.ledger.marks import identified
from monitor.model import PostKind, SeenPost

AT = datetime(2026, 6, 1, 1, 2, 3, tzinfo=UTC)
PAGE = "http://portal.example/watch/abc"
Ledger = dict[str, set[str]]


def item(
    number: int, url: str = "", guid: str = "", title: str | None = None, dated: bool = True
) -> SeenPost:
    words = f"通知第{number}号" if title is None else title
    at = AT - timedelta(days=number) if dated else None
    key = post_key("website", url, guid, words, at)
    marks = post_marks("website", url, guid, words, at)
    return SeenPost(key, words, url, PostKind.ARTICLE, at, marks=marks)


def taken_in(ledger: Ledger, window: Sequence[SeenPost]) -> None:
    found = identified(window, {key: frozenset(marks) for key, marks in ledger.items()})
    for post in found.posts:
        ledger.setdefault(post.key, {post.key}).update(post.marks)


def counted(*windows: Sequence[SeenPost]) -> int:
    ledger: Ledger = {}
    for window in windows:
        taken_in(ledger, window)
    return len(ledger)


def signed(number: int, mark: str) -> str:
    return f"http://p.example/art/{number}.html?{mark}"


@pytest.mark.parametrize(
    "windows",
    [
        pytest.param(
            [[item(n, PAGE, f"abc/{n}") for n in range(8)]], id="one link for all, ids of their own"
        ),
        pytest.param([[item(n, PAGE) for n in range(8)]], id="one link for all and nothing else"),
        pytest.param(
            [[item(n, f"{PAGE}#{n}") for n in range(8)]], id="links that differ by their fragment"
        ),
        pytest.param([[item(n, guid="1") for n in range(8)]], id="one id for all"),
        pytest.param([[item(n) for n in range(8)]], id="title and second alone"),
        pytest.param(
            [[item(n, signed(n, f"t={r}{n}"), f"art-{n}") for n in range(8)] for r in range(3)],
            id="links of every visit, lasting ids",
        ),
        pytest.param(
            [[item(n, guid=f"build-{r}-{n}") for n in range(8)] for r in range(3)],
            id="ids of every build, no link",
        ),
        pytest.param(
            [[item(n, signed(n, ""), f"build-{r}-{n}") for n in range(8)] for r in range(3)],
            id="ids of every build, lasting links",
        ),
        pytest.param(
            [[item(n, signed(n, f"id={r}{n}"), f"{r}-{n}") for n in range(8)] for r in range(3)],
            id="everything re-issued but title and second",
        ),
        pytest.param([[*[item(n, signed(n, "")) for n in range(8)]] * 2], id="each shown twice"),
        pytest.param(
            [[item(n, PAGE, f"abc/{n}")] for n in range(8)], id="one link for all, one at a time"
        ),
    ],
)
def test_F46_F48_eight_posts_are_eight(windows: list[list[SeenPost]]) -> None:
    assert counted(*windows) == 8


@pytest.mark.parametrize(
    "mark",
    [
        "xsec_token=ABq",
        "vd_source=77",
        "share_source=copy_web",
        "sharer_shareid=9",
        "utm_source=rss",
        "sessionid=1",
        "PHPSESSID=1",
        "X-Amz-Signature=ff&X-Amz-Expires=300",
        "Expires=1700000000&OSSAccessKeyId=a&Signature=b",
        "q-sign-time=1;2&q-ak=x",
        "t=1700000000",
        "t=1700000000123",
        "v=0.8273645182",
        "_=1700000000",
        "token=x",
    ],
)
def test_F48_what_changes_by_session_is_no_part_of_a_link(mark: str) -> None:
    plain = post_key("website", "http://p.example/a.html?id=7", "", "", None)
    assert post_key("website", f"http://p.example/a.html?id=7&{mark}", "", "", None) == plain


def test_F48_a_session_in_the_path_is_no_part_of_a_link() -> None:
    link = "http://p.example/a.do;jsessionid=0A1B2C?id=7"
    assert post_key("website", link, "", "", None) == "url:p.example/a.do?id=7"


@pytest.mark.parametrize("query", ["v=dQw4w9WgXcQ", "t=17", "id=1700000000", "r=page"])
def test_what_may_tell_posts_apart_stays_part_of_a_link(query: str) -> None:
    assert post_key("website", f"http://p.example/a?{query}", "", "", None).endswith(query)


def test_a_day_without_an_hour_is_no_mark() -> None:
    midnight = datetime(2026, 5, 31, 16, tzinfo=UTC)
    assert post_marks("website", "", "7", "通知", midnight) == ("guid:7",)


def test_F50_items_that_nothing_tells_apart_are_said_to_be_left_out() -> None:
    found = identified([item(1, title="通知", dated=False), item(2, title="通知", dated=False)], {})
    assert (len(found.posts), found.remark) == (1, "1 item(s) that nothing tells apart left out")


def test_a_post_shown_beside_one_of_its_title_and_second_is_another() -> None:
    first, second = item(1, guid="a"), item(1, guid="b")
    assert counted([first], [first, second]) == 2


def test_words_and_second_of_a_post_no_longer_shown_are_that_post() -> None:
    assert counted([item(1, guid="a")], [item(1, guid="b")]) == 1


POSTS = [item(n, f"http://p.example/{n}", f"g{n}") for n in range(5)]


@st.composite
def shown(draw: st.DrawFn) -> list[SeenPost]:
    """A window of some posts in any order, each with only some of its marks."""
    some = draw(st.lists(st.sampled_from(POSTS), min_size=1, unique=True))
    return [
        SeenPost(marks[0], p.title, p.url, p.kind, p.stated_at, marks=marks)
        for p in some
        if (marks := tuple(m for m in p.marks if draw(st.booleans()) or m.startswith("title:")))
    ]


@given(st.lists(shown(), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_any_order_any_missing_marks_any_permutation_give_one_count(
    windows: list[list[SeenPost]], random: Random
) -> None:
    wanted = len({post.title for window in windows for post in window})
    assert counted(*windows) == wanted
    random.shuffle(windows)
    assert counted(*[random.sample(w, len(w)) for w in windows]) == wanted
