"""Feeds and error pages as gateways really send them: read, or refused with their own reason."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.sources.feed import NotAFeed, Window, parse
from monitor.sources.pages import looks_like

BEIJING = ZoneInfo("Asia/Shanghai")
ADDRESS = "http://portal.test/feeds/list.xml"
AT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
DATE = "<pubDate>Sat, 21 Nov 2026 10:00:00 +0800</pubDate>"
ITEM = f"<item><title>通知</title><link>http://portal.test/a/1.html</link>{DATE}</item>"


def rss(*items: str, link: str = "http://www.mz.gov.cn/tzgg/", before: str = "") -> str:
    inside = "".join(items)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<rss version="2.0"><channel>'
        f"<title>民政</title><link>{link}</link>{inside}</channel></rss>"
    )


def json_feed(*items: dict[str, object], **more: object) -> str:
    head = {"version": "https://jsonfeed.org/version/1.1", "title": "民政", **more}
    return json.dumps({**head, "items": items}, ensure_ascii=False)


def window(text: str, content_type: str = "") -> Window:
    found = parse(text.encode(), content_type, "website", zone=BEIJING, address=ADDRESS)
    assert isinstance(found, Window), found
    return found


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(rss(ITEM) + "\n" * 5000, id="blanks after its root"),
        pytest.param(rss(ITEM) + f"<!-- {'cached ' * 200} -->", id="a long comment after its root"),
        pytest.param(rss(ITEM) + "<script>track()</script>", id="a script after its root"),
        pytest.param(rss(ITEM) + "\n<!-- a --> <script/>\n" * 99, id="all of these, many times"),
        pytest.param("\r\n\r\n  " + rss(ITEM), id="blanks before its declaration"),
        pytest.param(rss(ITEM, before=f"<!-- {'x' * 9000} -->"), id="a long comment first"),
        pytest.param("<!-- a -->" + rss(ITEM), id="a comment before its declaration"),
        pytest.param(
            rss(ITEM, before='<?xml-stylesheet href="a.xsl"?><!DOCTYPE rss [<!ENTITY a "b">]>'),
            id="a stylesheet and a document type",
        ),
    ],
)
def test_F87_what_stands_around_the_root_is_no_matter(text: str) -> None:
    assert [post.stated_at for post in window(text).posts] == [AT]


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        pytest.param(rss(ITEM)[:-30], "a feed that is cut off", id="without its end"),
        pytest.param(rss(ITEM)[:150], "a feed that is cut off", id="inside an item"),
        pytest.param("<!-- never closed", "XML that is no feed", id="a comment without end"),
        pytest.param(f"<!--{'-' * 9000}--><html>", "XML that is no feed", id="then a page"),
    ],
)
def test_F87_what_is_cut_off_or_no_feed_still_is(text: str, detail: str) -> None:
    assert parse(text.encode(), "", "website") == NotAFeed(detail)


@pytest.mark.parametrize(
    "reference",
    [
        pytest.param("&#x110000;", id="the first beyond Unicode"),
        pytest.param("&#1114112;", id="the same in decimals"),
        pytest.param("&#X00110000;", id="with zeros before it"),
        pytest.param(f"&#{'9' * 6001};", id="6,001 digits"),
        pytest.param(f"&#x{'F' * 6001};", id="6,001 digits of another sort"),
    ],
)
def test_F61_a_character_that_cannot_be_fails_the_reading_in_one_line(reference: str) -> None:
    body = rss(ITEM.replace("<title>", f"<title>{reference}")).encode()
    assert parse(body, "", "website") == NotAFeed("XML with a character beyond Unicode")


@pytest.mark.parametrize(
    ("reference", "character"),
    [
        pytest.param("&#x10FFFD;", "\U0010fffd", id="the last but two of Unicode"),
        pytest.param("&#xD83D;", "\ufffd", id="half of one"),
        pytest.param("&#0;", "\ufffd", id="none"),
    ],
)
def test_F57_any_other_character_is_read(reference: str, character: str) -> None:
    body = rss(ITEM.replace("<title>", f"<title>{reference}")).encode()
    found = parse(body, "", "website")
    assert isinstance(found, Window)
    assert found.posts[0].title.startswith(character)


@pytest.mark.parametrize(
    ("items", "titles", "remark"),
    [
        pytest.param(
            [f"<item><description>正文第{n}条</description>{DATE}</item>" for n in range(3)],
            ["正文第0条", "正文第1条", "正文第2条"],
            "",
            id="a text and a date alone",
        ),
        pytest.param(
            [f"<item><description>&lt;p&gt;短讯&lt;/p&gt;</description>{DATE}</item>"],
            ["短讯"],
            "",
            id="a text with markup",
        ),
        pytest.param(
            [ITEM, f"<item>{DATE}</item>", "<item><description> </description></item>"],
            ["通知"],
            "2 item(s) without link, id, title or text left out",
            id="items that say nothing are told of",
        ),
    ],
)
def test_F50_an_item_is_read_by_whatever_it_has(
    items: list[str], titles: list[str], remark: str
) -> None:
    found = window(rss(*items))
    assert ([post.title for post in found.posts], found.remark) == (titles, remark)


@pytest.mark.parametrize(
    ("entry", "key"),
    [
        pytest.param({"id": 20531}, "guid:20531", id="a number for an id"),
        pytest.param({"id": 20531.5}, "guid:20531.5", id="a broken number for an id"),
        pytest.param({"id": "x1", "content_text": "短讯"}, "guid:x1", id="a text alone"),
        pytest.param(
            {"external_url": "http://portal.test/b"}, "url:portal.test/b", id="a link elsewhere"
        ),
    ],
)
def test_F50_items_of_a_json_feed(entry: dict[str, object], key: str) -> None:
    found = window(json_feed({**entry, "date_published": "2026-11-21T10:00:00+08:00"}))
    assert [(post.key, post.stated_at) for post in found.posts] == [(key, AT)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(json_feed({"id": "1"}, version="http://jsonfeed.org/version/1"), id="http"),
        pytest.param(json_feed({"id": "1"}, version="https://www.jsonfeed.org/version/1"), id="w"),
        pytest.param(json_feed({"id": "1"}, version="jsonfeed.org/version/1.1"), id="bare"),
        pytest.param(json_feed({"id": "1"}).replace("民政", "民\x01政\n"), id="control characters"),
        pytest.param("\ufeff\n" + json_feed({"id": "1"}), id="a mark before it"),
    ],
)
def test_F57_json_feeds_that_are_a_little_off(text: str) -> None:
    assert len(window(text).posts) == 1


LINK = "http://portal.test/list?id=0&region=210300&section=3&notice=7&copy=1&timestamp=9&param=x"


@pytest.mark.parametrize(
    ("written", "url"),
    [
        pytest.param(LINK.replace("&", "&amp;"), LINK, id="escaped once, as it should be"),
        pytest.param(LINK.replace("&", "&amp;amp;"), LINK, id="escaped twice"),
        pytest.param(LINK.replace("&", "&amp;#038;"), LINK, id="escaped twice by WordPress"),
        pytest.param(f"<![CDATA[{LINK}]]>", LINK, id="in CDATA"),
        pytest.param("/art/1.html", "http://www.mz.gov.cn/art/1.html", id="from the site's root"),
        pytest.param("art/1.html", "http://www.mz.gov.cn/tzgg/art/1.html", id="from its folder"),
        pytest.param("../1.html", "http://www.mz.gov.cn/1.html", id="from above its folder"),
        pytest.param("//www.mz.gov.cn/1.html", "http://www.mz.gov.cn/1.html", id="without scheme"),
        pytest.param("www.mz.gov.cn/1.html", "http://www.mz.gov.cn/1.html", id="as people write"),
        pytest.param("?id=7", "http://www.mz.gov.cn/tzgg/?id=7", id="a query alone"),
        pytest.param("mailto:a@b.test", "mailto:a@b.test", id="no page at all"),
        pytest.param("http://[", "http://[", id="no address at all"),
    ],
)
def test_F53_F57_a_link_is_one_that_can_be_opened(written: str, url: str) -> None:
    assert window(rss(f"<item><title>t</title><link>{written}</link></item>")).posts[0].url == url


@pytest.mark.parametrize(
    ("text", "url"),
    [
        pytest.param(
            rss("<item><title>t</title><link>/1.html</link></item>", link=""),
            "http://portal.test/1.html",
            id="the feed's own address, where it names no site",
        ),
        pytest.param(
            rss("<item><title>t</title><link>1.html</link></item>", link="/tzgg/"),
            "http://portal.test/tzgg/1.html",
            id="a site that is relative itself",
        ),
        pytest.param(
            '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://base.test/a/"><title>t'
            '</title><entry><title>t</title><link href="1.html"/></entry></feed>',
            "http://base.test/a/1.html",
            id="Atom's own base",
        ),
        pytest.param(
            json_feed({"id": "1", "url": "/1.html"}, home_page_url="http://www.mz.gov.cn/x/"),
            "http://www.mz.gov.cn/1.html",
            id="JSON Feed",
        ),
        pytest.param(
            rss("<item><title>t</title><guid>abc/1</guid></item>"), "abc/1", id="an id is no link"
        ),
    ],
)
def test_F57_what_a_relative_link_is_relative_to(text: str, url: str) -> None:
    assert window(text).posts[0].url == url


@pytest.mark.parametrize(
    "dates",
    [
        pytest.param(DATE + "<pubDate>Sat, 28 Nov 2026 10:00:00 +0800</pubDate>", id="first"),
        pytest.param("<pubDate>Sat, 28 Nov 2026 10:00:00 +0800</pubDate>" + DATE, id="last"),
        pytest.param("<pubDate>soon</pubDate>" + DATE, id="the other is none"),
    ],
)
def test_F54_the_earliest_of_two_dates_holds(dates: str) -> None:
    text = rss(f"<item><title>t</title>{dates}</item>", ITEM)
    assert [post.stated_at for post in window(text).posts] == [AT, AT]


@pytest.mark.parametrize(
    "date",
    ["2026-11-21 10:00:00", "2026/11/21 10:00:00", "2026年11月21日 10:00", "2026-11-21T10:00:00"],
)
def test_F54_a_date_without_a_zone_is_in_the_gateways(date: str) -> None:
    feeds = (
        rss(f"<item><title>t</title><pubDate>{date}</pubDate></item>"),
        json_feed({"id": "1", "date_published": date}),
    )
    assert [window(text).posts[0].stated_at for text in feeds] == [AT, AT]


ARTICLE = "<p style=x>内容</p>" * 2500


@pytest.mark.long
@pytest.mark.parametrize(
    "wrapped",
    [
        pytest.param(lambda s: f"<![CDATA[{s}]]>", id="in CDATA"),
        pytest.param(lambda s: s.replace("<", "&lt;").replace(">", "&gt;"), id="escaped"),
    ],
)
def test_F52_a_full_text_feed_is_read_and_never_held_many_times(
    wrapped: Callable[[str], str],
) -> None:
    text = wrapped(ARTICLE)
    items = [
        f"<item><title>第{n}条</title><link>http://portal.test/{n}</link>{DATE}"
        f"<description>{text}</description></item>"
        for n in range(100)
    ]
    body = rss(*items).encode()
    assert 5_000_000 < len(body) < 15_000_000
    tracemalloc.start()
    try:
        found = parse(body, "", "website", zone=BEIJING)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(found, Window)
    assert [post.title for post in found.posts] == [f"第{n}条" for n in range(100)]
    assert most < 8 * len(body)


def test_F52_a_long_text_is_never_cut_inside_an_entity() -> None:
    text = "x" * 19_997 + "&amp;" * 10
    assert len(window(rss(f"<item><description>{text}</description>{DATE}</item>")).posts) == 1


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        pytest.param({"detail": {"code": 50002, "message": "获取失败"}}, "获取失败", id="we-mp"),
        pytest.param({"detail": "Not authenticated"}, "Not authenticated", id="FastAPI"),
        pytest.param(
            {"detail": [{"loc": ["query", "limit"], "msg": "value is not valid"}]},
            "value is not valid",
            id="FastAPI's list",
        ),
        pytest.param({"error": {"message": "route is empty"}}, "route is empty", id="RSSHub"),
        pytest.param({"errors": [{"message": "no such feed"}]}, "no such feed", id="a list"),
        pytest.param({"code": 1, "data": {"msg": "令牌过期"}}, "令牌过期", id="inside data"),
        pytest.param({"error": "invalid_token"}, "invalid_token", id="OAuth"),
        pytest.param({"error_description": "expired"}, "expired", id="OAuth at length"),
        pytest.param({"errmsg": "登录\x01失效"}, "登录\x01失效", id="with a control character"),
    ],
)
def test_F57_the_reason_of_an_error_in_json(document: dict[str, object], reason: str) -> None:
    raw = json.dumps(document, ensure_ascii=False).replace("\\u0001", "\x01")
    assert looks_like(raw) == f"an error in JSON: {reason}"


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("application/xml; charset=ISO-8859-1", "utf-8"),
        ("application/xml; charset=ISO-8859-1", "gb18030"),
        ("application/xml; charset=gb2312", "gb18030"),
        ("application/xml", "gb18030"),
    ],
)
def test_F57_a_servers_western_default_is_not_believed(header: str, encoding: str) -> None:
    text = rss(ITEM).replace('<?xml version="1.0" encoding="UTF-8"?>', "")
    found = parse(text.encode(encoding), header, "website")
    assert isinstance(found, Window)
    assert found.title == "民政"
