"""Kind `json`: where a post's parts stand, and what is said when they stand elsewhere."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.model import Gateway, Outcome, PostKind, SourceMemory, SourceSpec
from monitor.sources import registry
from monitor.sources.base import Fetched, ReadRequest
from monitor.sources.json_list import at
from tests.faults.seeing import Site

NOW = datetime(2024, 2, 19, 1, 0, tzinfo=UTC)
FULL = "list#json:items=data.items;id=id;link=url;title=name;date=time;kind=sort"
SHORT = "list#json:items=data.items;id=id;date=time;kind=sort"
BIZ = "MzI1MTI2NTYwOA=="


def read(
    document: Any, locator: str = FULL, platform: str = "app", key: str | None = None
) -> tuple[Fetched, list[str]]:
    text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
    with Site(lambda _, __: (200, text, {})) as site:
        gateway = Gateway("g", "json", site.url, key=key)
        with closing(registry.build(gateway)) as source:
            spec = SourceSpec("a/g", "a", "g", locator, 0)
            return source.read(ReadRequest(spec, platform, SourceMemory(), NOW)), site.asked


def shown(*items: dict[str, Any]) -> Any:
    return {"data": {"items": list(items)}}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param(1708300800, datetime(2024, 2, 19, tzinfo=UTC), id="seconds"),
        pytest.param(1708300800000, datetime(2024, 2, 19, tzinfo=UTC), id="milliseconds"),
        pytest.param("1708300800", datetime(2024, 2, 19, tzinfo=UTC), id="seconds as text"),
        pytest.param("1708300800000", datetime(2024, 2, 19, tzinfo=UTC), id="milliseconds as text"),
        pytest.param("2024-02-19 08:00:00", datetime(2024, 2, 19, tzinfo=UTC), id="Beijing time"),
        pytest.param("2024-02-19T00:00:00Z", datetime(2024, 2, 19, tzinfo=UTC), id="ISO 8601"),
        pytest.param(0, None, id="zero is no date"),
        pytest.param(True, None, id="a yes is no date"),
        pytest.param(1e300, None, id="a number beyond any date"),
        pytest.param("soon", None, id="a word"),
    ],
)
def test_a_date_is_a_number_or_text(written: object, expected: datetime | None) -> None:
    [post] = read(shown({"id": 7, "time": written}), SHORT)[0].posts or ()
    assert post.stated_at == expected


@pytest.mark.parametrize(
    ("sort", "kind"),
    [
        ("转发", PostKind.REPOST),
        ("original", PostKind.ORIGINAL),
        ("文章", PostKind.ARTICLE),
        ("直播", PostKind.ARTICLE),
        (3, PostKind.ARTICLE),
    ],
)
def test_a_kind_is_taken_where_it_is_one(sort: object, kind: PostKind) -> None:
    [post] = read(shown({"id": 7, "time": 1708300800, "sort": sort}), SHORT)[0].posts or ()
    assert post.kind is kind


@pytest.mark.parametrize(
    ("document", "detail"),
    [
        pytest.param(
            {"code": 401, "msg": "token 已过期"},
            "no list at “data.items”; it says “token 已过期”",
            id="a token that has ended",
        ),
        pytest.param({"data": {"items": {}}}, "no list at “data.items”", id="no list there"),
        pytest.param([], "no list at “data.items”", id="another shape"),
        pytest.param(
            shown({"id": 1}, {"id": 2}),
            "none of 2 items has its link at “url”",
            id="a part that no item has",
        ),
        pytest.param("{", "JSON that is cut off or broken", id="half an answer"),
        pytest.param("<html><title>登录</title></html>", "a login page", id="a page for people"),
    ],
)
def test_places_that_find_nothing_are_one_classed_reading(document: Any, detail: str) -> None:
    found = read(document)[0]
    assert (found.outcome, found.posts, found.detail) == (Outcome.NOT_A_FEED, None, detail)


def test_an_empty_list_is_an_empty_window() -> None:
    found = read(shown())[0]
    assert (found.outcome, found.posts) == (Outcome.OK, ())


def test_an_item_that_lacks_every_part_is_left_out_and_told() -> None:
    items = [{"id": "a", "url": "http://x.test/a", "name": "一", "time": 1708300800}, {"x": 1}, 3]
    found = read({"data": {"items": items}})[0]
    assert len(found.posts or ()) == 1
    assert found.detail == "2 item(s) without link, id, title or text left out"


def test_articles_of_one_push_stay_together() -> None:
    link = f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid=226&idx="
    items = [{"url": f"{link}{n}", "id": n, "name": "x", "time": 1708300800} for n in (1, 2)]
    found = read({"data": {"items": items}}, FULL, "wechat")[0]
    assert found.identity == "wechat:MP_WXS_3251265608"
    assert len({post.push for post in found.posts or ()}) == 1


def test_another_accounts_list_is_refused() -> None:
    link = f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid=226&idx=1"
    document = shown({"id": 1, "url": link, "name": "x", "time": 1708300800})
    assert read(document, f"{FULL};owner=3251265608", "wechat")[0].outcome is Outcome.OK
    found = read(document, f"{FULL};owner=3079999999", "wechat")[0]
    assert found.outcome is Outcome.WRONG_ACCOUNT


def test_the_key_is_put_where_it_belongs_and_stays_out_of_what_is_told() -> None:
    found, asked = read({"msg": "bad s3cr+t"}, f"list?token={{key}}&page=1{FULL[4:]}", key="s3cr+t")
    assert asked == ["/list?token=s3cr%2Bt&page=1"]
    assert "s3cr" not in found.detail


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("", {"a": [{"b": 1}]}),
        ("a.0.b", 1),
        ("a.1.b", None),
        ("a.b", None),
        ("c", None),
        ("a.0.b.c", None),
    ],
)
def test_a_place_is_names_and_numbers_between_dots(place: str, found: object) -> None:
    assert at({"a": [{"b": 1}]}, place) == found


@pytest.mark.parametrize(
    ("locator", "problem"),
    [
        pytest.param(FULL, None, id="all there is"),
        pytest.param("https://x.test/list?k={key}#json:title=t", None, id="an address of its own"),
        pytest.param("list", "#json:items=", id="no places"),
        pytest.param("#json:id=a", "an address, or a path", id="no address"),
        pytest.param("list#json:id=a;url=b", "instead of “url”", id="an unknown part"),
        pytest.param(
            "list#json:date=a", "the place of an id, a link or a title", id="a date alone"
        ),
    ],
)
def test_a_wrong_locator_is_told(locator: str, problem: str | None) -> None:
    found = registry.check_locator("json", locator)
    assert (problem in found) if problem and found else (found is problem)
