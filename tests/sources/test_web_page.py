"""Kind `web_page`: which links of a portal's page are posts, and when they say they are from."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from monitor.model import Gateway, Outcome, PostKind, Pulse, SeenPost, SourceMemory, SourceSpec
from monitor.sources import registry
from monitor.sources.answers import Answer
from monitor.sources.base import Fetched, ReadRequest
from monitor.sources.feed import NotAFeed, Window
from monitor.sources.page_dates import alone, moment
from monitor.sources.web_page import listed

NOW = datetime(2024, 2, 19, 1, 0, tzinfo=UTC)
BEIJING = ZoneInfo("Asia/Shanghai")
URL = "https://mzj.test/tzgg/index.html"


def request(locator: str = "tzgg/") -> ReadRequest:
    return ReadRequest(SourceSpec("s", "a", "g", locator), "website", SourceMemory(), NOW)


def page(body: str, **selectors: str) -> Window | NotAFeed:
    return listed(Answer(200, body.encode(), "text/html", url=URL), selectors, request(), BEIJING)


def posts(body: str, **selectors: str) -> tuple[SeenPost, ...]:
    found = page(body, **selectors)
    assert isinstance(found, Window)
    return found.posts


def shown(body: str, **selectors: str) -> list[tuple[str, str, str | None]]:
    """Title, address below the site and local date of each post."""
    local = timedelta(hours=8)
    return [
        (
            post.title,
            post.url.removeprefix("https://mzj.test"),
            f"{post.stated_at + local:%m-%d %H:%M}" if post.stated_at else None,
        )
        for post in posts(body, **selectors)
    ]


def times(text: str, days: tuple[int, ...] = (9, 8, 7)) -> str:
    return "".join(text.replace("DD", f"{n:02}").replace("N", str(n)) for n in days)


THREE = [
    ("第9件", "/tzgg/t9.html", "02-09 00:00"),
    ("第8件", "/tzgg/t8.html", "02-08 00:00"),
    ("第7件", "/tzgg/t7.html", "02-07 00:00"),
]


@pytest.mark.parametrize(
    "item",
    [
        pytest.param('<li><a href="tN.html">第N件</a><span>2024-02-DD</span></li>', id="a list"),
        pytest.param(
            '<li><span>[2024-02-DD]</span><a href="./tN.html">第N件</a></li>', id="bracket"
        ),
        pytest.param('<li><a href="/tzgg/tN.html">第N件</a>2024年2月N日</li>', id="bare text"),
        pytest.param('<p><a href="tN.html">第N件</a> (02-DD)</p>', id="no year"),
        pytest.param('<dl><dt><a href="tN.html">第N件</a><dd>2024/2/N</dl>', id="unclosed"),
        pytest.param(
            '<tr><td>·</td><td><a href="tN.html">第N件</a></td><td><i>2024.02.DD</i></td></tr>',
            id="rows without a table",
        ),
        pytest.param(
            '<li><a href="tN.html"><h4>第N件</h4><p>发布日期：2024-02-DD</p></a></li>', id="cards"
        ),
        pytest.param(
            '<li><a href="/tzgg/">公告</a><a href="tN.html">第N件</a><em>2024-02-DD</em></li>',
            id="the column's name beside it",
        ),
        pytest.param(
            '<li><a href="tN.html" title="第N件">第…</a><em>2024-02-DD</em></li>',
            id="the full title is in the link's",
        ),
        pytest.param(
            '<ul class="l"><li><a href="tN.html">第N件</a><i>2024-02-DD</i></li></ul><hr>',
            id="a list in pieces",
        ),
        pytest.param(
            '<li><a href="javascript:open()">第N件（下载附件）</a><a href="tN.html">第N件</a>'
            "<i>2024-02-DD</i></li>",
            id="a link that leads nowhere",
        ),
    ],
)
def test_a_list_is_found_by_itself(item: str) -> None:
    body = times(item)
    if item.startswith("<tr>"):
        body = f"<table>{body}</table>"
    assert shown(f"<html><body><div>{body}</div></body></html>") == THREE


LIST = times('<li><a href="tN.html">第N件</a><span>2024-02-DD</span></li>')


def test_only_the_longest_list_counts() -> None:
    """Today's date in the head, and what other columns have new, would make any page fresh."""
    body = (
        '<div><span>2024-02-19</span><a href="/">首页</a></div>'
        '<div>今天是2024年2月19日 <a href="/en">English</a></div>'
        '<div class="hot"><ol><li><a href="/hot">热点</a><i>2024-02-18</i></li></ol></div>'
        f'<ul class="list">{LIST}</ul>'
    )
    assert shown(body) == THREE


def test_a_post_as_it_is_kept() -> None:
    [post, *_] = posts(f"<ul>{LIST}</ul>")
    assert post == SeenPost(
        key="url:mzj.test/tzgg/t9.html",
        title="第9件",
        url="https://mzj.test/tzgg/t9.html",
        kind=PostKind.ARTICLE,
        stated_at=datetime(2024, 2, 8, 16, tzinfo=UTC),
        stated_until=datetime(2024, 2, 9, 16, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("selectors", "item"),
    [
        pytest.param(
            {"item": ".n"},
            '<div class="n"><b><a href="tN.html">第N件</a></b>2024-02-DD 摘要</div>',
            id="the item alone",
        ),
        pytest.param(
            {"item": ".n", "date": ".d"},
            '<div class="n"><i>2023-01-01</i><a href="tN.html">第N件</a><i class="d">来源：民政局 '
            "时间：02-DD</i></div>",
            id="where the date is",
        ),
        pytest.param(
            {"item": ".n", "title": "h3", "link": "a.more"},
            '<div class="n"><h3>第N件</h3><a href="/x">很长很长的别的链接</a><i>2024-02-DD</i>'
            '<a class="more" href="tN.html">查看</a></div>',
            id="where title and link are",
        ),
        pytest.param(
            {"item": ".n", "date": "time"},
            '<div class="n"><a href="tN.html">第N件</a><time datetime="2024-02-DDT00:00:00+08:00">'
            "昨天</time></div>",
            id="a time element",
        ),
        pytest.param(
            {"item": "a.n"},
            '<a class="n" href="tN.html">第N件<i>2024-02-DD</i></a>',
            id="the item is the link",
        ),
    ],
)
def test_selectors_say_where_it_is(selectors: dict[str, str], item: str) -> None:
    assert shown(f"<div>{LIST}</div>{times(item)}", **selectors) == THREE


def test_two_entries_are_enough_where_selectors_say_so() -> None:
    two = times('<li><a href="tN.html">第N件</a><i>2024-02-DD</i></li>', (9, 8))
    assert shown(f"<ul>{two}</ul>", item="li") == THREE[:2]
    assert page(f"<html><title>公告</title><ul>{two}</ul></html>") == NotAFeed(
        "an HTML page “公告” without a list of dated links"
    )


def test_an_entry_without_a_date_among_dated_ones_is_a_post_without_one() -> None:
    body = f'<ul>{LIST}<li><a href="n.html">满3/15减12.5</a></li></ul>'
    assert shown(body, item="li")[-1] == ("满3/15减12.5", "/tzgg/n.html", None)


def test_f33_a_post_that_stands_twice_counts_once_with_its_earliest_date() -> None:
    top = '<li><a href="t8.html">置顶：第8件</a><span>2024-02-18</span></li>'
    assert shown(f"<ul>{top}{LIST}</ul>") == [THREE[1], THREE[0], THREE[2]]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        pytest.param("", "an empty body", id="0 bytes"),
        pytest.param("<html><title>登录</title></html>", "a login page", id="a login page"),
        pytest.param(
            "<html><title>公告</title><div id=app></div><script>load()</script></html>",
            "an HTML page “公告” without a list of dated links",
            id="drawn in the browser",
        ),
        pytest.param(f"<html><ul>{LIST}", "a page that is cut off", id="cut off"),
        pytest.param("<p>" * 50_001, "a page of more than 50000 tags", id="absurd"),
    ],
)
def test_f25_a_page_without_a_list_proves_nothing(body: str, detail: str) -> None:
    assert page(body) == NotAFeed(detail)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<div>" * 12_000 + "2024-02-09", id="a deep nest"),
        pytest.param("<div><a href=x>t</a><i>2024-02-09</i>" * 8_000, id="with links and dates"),
        pytest.param("1-" * 900_000, id="nearly dates"),
        pytest.param("<p>" + "2024年" * 400_000, id="nearly dates again"),
        pytest.param("[" * 900_000 + "2024-02-09", id="brackets"),
        pytest.param("<title " * 40_000, id="titles without an end"),
        pytest.param("Error Message:<code>" * 40_000, id="reasons without an end"),
    ],
)
def test_f37_a_hostile_page_comes_to_an_end(body: str) -> None:
    assert isinstance(page(body), NotAFeed | Window)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-02-09", (2024, 2, 9, 0, 0, 0)),
        ("[2024-02-09]", (2024, 2, 9, 0, 0, 0)),
        ("（2024/2/9）", (2024, 2, 9, 0, 0, 0)),
        ("2024.02.09", (2024, 2, 9, 0, 0, 0)),
        ("2024年2月9日", (2024, 2, 9, 0, 0, 0)),
        ("2024年02月09日 16:05", (2024, 2, 9, 16, 5, 0)),
        ("2024 年 2 月 9 日", (2024, 2, 9, 0, 0, 0)),
        ("2024-02-09 16:05:30", (2024, 2, 9, 16, 5, 30)),
        ("2024-02-09T16:05:30+08:00", (2024, 2, 9, 16, 5, 30)),
        ("发布时间：2024-02-09 16:05", (2024, 2, 9, 16, 5, 0)),
        ("日期: 2024-02-09", (2024, 2, 9, 0, 0, 0)),
        ("2024年2月9日16时5", None),
        ("2024年2月9日16时05分", (2024, 2, 9, 16, 5, 0)),
        ("02-09", (2024, 2, 9, 0, 0, 0)),
        ("2月9日", (2024, 2, 9, 0, 0, 0)),
        ("02-19", (2024, 2, 19, 0, 0, 0)),
        ("02-20", (2023, 2, 20, 0, 0, 0)),
        ("12-31", (2023, 12, 31, 0, 0, 0)),
        ("2024-03-01", (2024, 3, 1, 0, 0, 0)),  # ahead, as it is stated
        ("2023-02-29", None),
        ("2024-13-01", None),
        ("24-02-09", (2024, 2, 9, 0, 0, 0)),
        ("24/2/9", (2024, 2, 9, 0, 0, 0)),
        ("23.12.31", (2023, 12, 31, 0, 0, 0)),
        ("20240209", (2024, 2, 9, 0, 0, 0)),
        ("20240209 16:05", (2024, 2, 9, 16, 5, 0)),
        ("２０２４－０２－０９", (2024, 2, 9, 0, 0, 0)),
        ("［２０２４年２月９日］", (2024, 2, 9, 0, 0, 0)),
        ("2024-02-09发布", (2024, 2, 9, 0, 0, 0)),
        ("发布于 2024-02-09", (2024, 2, 9, 0, 0, 0)),
        ("9天前", (2024, 2, 10, 0, 0, 0)),
        ("9 天之前", (2024, 2, 10, 0, 0, 0)),
        ("１周前", (2024, 2, 12, 0, 0, 0)),
        ("3小时前", (2024, 2, 19, 5, 0, 0)),
        ("半小时前", (2024, 2, 19, 7, 30, 0)),
        ("5分钟前", (2024, 2, 19, 7, 55, 0)),
        ("刚刚", (2024, 2, 19, 0, 0, 0)),
        ("今天 08:30", (2024, 2, 19, 8, 30, 0)),
        ("昨天", (2024, 2, 18, 0, 0, 0)),
        ("前天 16:05", (2024, 2, 17, 16, 5, 0)),
        ("3天前有3人", None),
        ("20241301", None),
        ("88-02-09", None),
        ("12.5", None),
        ("今天是2024年2月19日", None),
        ("2024-02-09-01", None),
        ("010-85201234", None),
    ],
)
def test_dates_as_portals_write_them(
    written: str, expected: tuple[int, int, int, int, int] | None
) -> None:
    """A day without a time is its first minute: never fresher than it is."""
    found = alone(written)
    said = moment(found, NOW, BEIJING) if found else None
    at = said.at if said else None
    local = at + timedelta(hours=8) if at else None
    assert local == (datetime(*expected, tzinfo=UTC) if expected else None)


def test_a_day_without_a_year_may_be_tomorrow_for_a_portal_whose_clock_is_ahead() -> None:
    found = alone("02-20")
    assert found is not None
    for before_midnight, year in ((timedelta(hours=1), 2024), (timedelta(minutes=61), 2023)):
        now = datetime(2024, 2, 19, 16, tzinfo=UTC) - before_midnight
        said = moment(found, now, BEIJING)
        assert said is not None
        assert said.at == datetime(year, 2, 19, 16, tzinfo=UTC)


@given(
    st.integers(0, 900_000_000).map(
        lambda s: datetime(2001, 1, 1, tzinfo=UTC) + timedelta(seconds=s)
    )
)
def test_a_day_is_never_later_than_the_moment_it_stands_for(published: datetime) -> None:
    exact = published - timedelta(hours=8)
    found = alone(f"{published:%Y年%m月%d日}")
    assert found is not None
    said = moment(found, NOW, BEIJING)
    at = said.at if said else None
    assert at is not None
    assert exact - timedelta(days=1) < at <= exact


@given(st.integers(0, 364).map(lambda days: date(2024, 2, 19) - timedelta(days=days)))
def test_a_day_without_a_year_is_the_latest_one(published: date) -> None:
    found = alone(f"{published:%m-%d}")
    assert found is not None
    said = moment(found, NOW, BEIJING)
    at = said.at if said else None
    assert at is not None
    assert (at + timedelta(hours=8)).date() == published


@pytest.mark.parametrize(
    ("encoding", "meta", "header"),
    [
        ("gbk", "gb2312", "text/html"),
        ("gbk", "", "text/html; charset=gbk"),
        ("gbk", "", "text/html"),
        ("big5", "big5", "text/html"),
        ("utf-8", "gb2312", "text/html; charset=utf-8"),
        ("utf-8", "", ""),
    ],
)
def test_f37_encodings(encoding: str, meta: str, header: str) -> None:
    item = '<li><a href="N.html">婚姻登記N</a><i>2024-02-DD</i></li>'
    mark = f'<meta http-equiv="Content-Type" content="text/html; charset={meta}">' if meta else ""
    body = f"<html>{mark}<title>婚姻登記</title><ul>{times(item)}</ul></html>".encode(encoding)
    found = listed(Answer(200, body, header, url=URL), {}, request(), BEIJING)
    assert isinstance(found, Window)
    assert (found.title, found.posts[0].title) == ("婚姻登記", "婚姻登記9")


@pytest.mark.parametrize(
    ("head", "href", "url"),
    [
        ("", "./202402/t1.html", "https://mzj.test/tzgg/202402/t1.html"),
        ("", "../a.html", "https://mzj.test/a.html"),
        ("", "//www.test/a.html", "https://www.test/a.html"),
        ('<base href="/base/">', "a.html", "https://mzj.test/base/a.html"),
        ('<base href="http://[">', "a.html", "https://mzj.test/tzgg/a.html"),
        ("", "http://[", ""),
        ("", "ftp://x.test/a", ""),
    ],
)
def test_links_are_resolved(head: str, href: str, url: str) -> None:
    item = f'<li><a href="{href}">一件</a><i>2024-02-09</i></li>'
    [post] = posts(f"<html><head>{head}</head><ul>{item}</ul></html>", item="li")
    assert post.url == url


def read(url: str, locator: str) -> Fetched:
    with closing(registry.build(Gateway("g", "web_page", url))) as source:
        return source.read(request(locator))


def test_links_are_resolved_against_where_a_redirect_led(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/col").respond_with_data("", 302, {"Location": "/col/index.html"})
    httpserver.expect_request("/col/index.html").respond_with_data(f"<ul>{LIST}</ul>")
    url = httpserver.url_for("").rstrip("/")
    seen = read(url, "col")
    assert (seen.outcome, seen.pulse, seen.as_of) == (Outcome.OK, Pulse.FULL, NOW)
    assert next(post.url for post in seen.posts or ()) == f"{url}/col/t9.html"


def test_selectors_are_not_sent(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/tzgg/").respond_with_data(f"<ul id=l>{LIST}</ul>")
    seen = read(httpserver.url_for("/"), "tzgg/?page=1#css:item=#l > li;date=span")
    assert [post.title for post in seen.posts or ()] == ["第9件", "第8件", "第7件"]
    assert [r.full_path for r, _ in httpserver.log] == ["/tzgg/?page=1"]


WHERE = (
    "a http(s) address or a path below the gateway's url, and where its list is not found by "
    "itself #css:item=…;link=…;title=…;date=… was expected"
)


@pytest.mark.parametrize(
    ("locator", "problem"),
    [
        ("tzgg/", None),
        ("https://mzj.test/tzgg/index.html?a=b", None),
        ("tzgg/#css:item=ul.list > li;date=span.time", None),
        ("tzgg/#css: item = li a[href*='/t2'] ; title=h3;", None),
        ("", WHERE),
        ("ftp://mzj.test/", WHERE),
        ("tzgg list", WHERE),
        ("tzgg/#/spa", "after # css:… was expected"),
        ("tzgg/#css:", "item=… was expected among the selectors"),
        ("tzgg/#css:date=span", "item=… was expected among the selectors"),
        ("tzgg/#css:items=li", "item, link, title or date was expected instead of “items”"),
        ("tzgg/#css:item=li[", "item: a CSS selector was expected, not “li[”"),
        ("tzgg/#css:item=", "item: a CSS selector was expected, not “”"),
    ],
)
def test_check_locator(locator: str, problem: str | None) -> None:
    assert registry.check_locator("web_page", locator) == problem


COLUMN = '<li><a href="/tzgg/N.html">通知第N件</a><span>2024-02-DD</span></li>'
NEWER = '<li><a href="/dt/N.html">动态第N件</a><span>02-1N</span></li>'
ELSEWHERE = '<li><a href="/art/N.html">动态第N件</a><span>02-1N</span></li>'
BARE = '<li><a href="/a/N.html">通知第N件</a><span>2024-02-DD</span></li>'
ALL_DAYS = tuple(range(9))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            f"<ul class=list>{times(COLUMN)}</ul><ul class=hot>{times(NEWER, ALL_DAYS)}</ul>",
            id="by where its links lead",
        ),
        pytest.param(
            f"<div class=l><ul>{times(NEWER, ALL_DAYS)}</ul></div>"
            f"<div class=c><ul>{times(COLUMN)}</ul></div>",
            id="whichever comes first",
        ),
        pytest.param(
            f"<div><h2>通知公告</h2><ul>{times(BARE)}</ul></div>"
            f"<section><h2>热点</h2><ul class=b>{times(ELSEWHERE, ALL_DAYS)}</ul></section>",
            id="by its heading",
        ),
        pytest.param(
            f'<div><p class="col-title">通知公告</p><hr>text<ul>{times(BARE)}</ul>'
            f"<h2>热点</h2><ul class=b>{times(ELSEWHERE, ALL_DAYS)}</ul></div>",
            id="by its heading, in one box",
        ),
        pytest.param(
            f"<main><ul>{times(BARE)}</ul></main>"
            f"<aside><ul>{times(ELSEWHERE, ALL_DAYS)}</ul></aside>",
            id="by what it stands in",
        ),
        pytest.param(
            f"<div class=content><ul>{times(BARE)}</ul></div>"
            f'<div class="w right"><ul>{times(ELSEWHERE, ALL_DAYS)}</ul></div>',
            id="by the side it stands on",
        ),
        pytest.param(
            f"<div class=main><ul>{times(BARE)}</ul></div>"
            f'<div id="hot-news"><ul>{times(ELSEWHERE, ALL_DAYS)}</ul></div>',
            id="by what the other is called",
        ),
    ],
)
def test_F51_a_longer_column_beside_it_is_not_the_list(body: str) -> None:
    found = page(f"<html><title>通知公告_鞍山市民政局</title><body>{body}</body></html>")
    assert isinstance(found, Window)
    assert [post.title for post in found.posts] == ["通知第9件", "通知第8件", "通知第7件"]


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(
            '<li><em>2024-02-DD发布</em> <a href="tN.html">关于2024年1月5日会议的通知N</a></li>',
            id="before it",
        ),
        pytest.param(
            '<li><a href="tN.html">关于2024年1月5日会议的通知N</a> 2024-02-DD发布</li>',
            id="after it",
        ),
        pytest.param(
            '<li><a href="202402/t202402DD_N.html">关于2024年1月5日会议的通知N</a></li>',
            id="in its address alone",
        ),
        pytest.param(
            '<li><a href="tN.html">[2024-02-DD] 关于2024年1月5日会议的通知N</a></li>',
            id="at its edge, in brackets",
        ),
    ],
)
@pytest.mark.parametrize("selectors", [{"item": "li"}, {}], ids=["selected", "by itself"])
def test_F51_a_date_in_a_title_is_none_of_publication(item: str, selectors: dict[str, str]) -> None:
    found = shown(f"<html><ul>{times(item)}</ul></html>", **selectors)
    assert [date for _, _, date in found] == ["02-09 00:00", "02-08 00:00", "02-07 00:00"]


def test_F51_where_an_item_is_selected_its_date_may_stand_among_words() -> None:
    item = '<li><a href="tN.html">关于2024年1月5日会议的通知</a> 阅读3次 2024-02-DD 民政局</li>'
    found = shown(f"<ul>{times(item)}</ul>", item="li")
    assert [date for _, _, date in found] == ["02-09 00:00", "02-08 00:00", "02-07 00:00"]


def test_F51_a_title_with_no_other_date_has_none() -> None:
    item = '<li><a href="tN.html">关于2024年1月5日会议的通知N</a></li>'
    assert isinstance(page(f"<ul>{times(item)}</ul>", item="li"), NotAFeed)


@pytest.mark.parametrize(
    "item",
    [
        pytest.param('<li><a href="tN.html">第N件</a><span>24-02-DD</span></li>', id="24-02-09"),
        pytest.param('<li><a href="tN.html">第N件</a><span>202402DD</span></li>', id="20240209"),
        pytest.param(
            '<li><a href="tN.html">第N件</a><span>２０２４－０２－０N</span></li>', id="full width"
        ),
    ],
)
def test_F58_shapes_of_dates_beside_links(item: str) -> None:
    assert shown(f"<html><ul>{times(item)}</ul></html>") == THREE


def test_F58_days_ago() -> None:
    items = "".join(
        f'<li><a href="t{n}.html">第{n}件</a><i>{19 - n}天前</i></li>' for n in (9, 8, 7)
    )
    assert shown(f"<html><ul>{items}</ul></html>") == THREE


@pytest.mark.parametrize(
    "href",
    [
        "/art/2024/02/DD/art_1_N.html",
        "/tzgg/202402/t202402DD_N.html",
        "/n1/2024/02DD/cN.html",
        "/2024-02/DD/content_N.htm",
        "/tzgg/2024-02-DD-N.html",
    ],
)
def test_F58_a_date_only_in_the_address(href: str) -> None:
    menu = '<nav><a href="/index.html">网站首页</a><a href="/tzgg/">通知公告</a></nav>'
    item = f'<li><a href="{href}">第N件通知</a></li>'
    found = shown(f"<html>{menu}<ul>{times(item)}</ul></html>")
    assert [(title, date) for title, _, date in found] == [
        ("第9件通知", "02-09 00:00"),
        ("第8件通知", "02-08 00:00"),
        ("第7件通知", "02-07 00:00"),
    ]


DAYS = "".join(
    f'<h3>2024年2月{day}日</h3><ul><li><a href="{day}a.html">上午的通知</a></li><li><a href="'
    f'{day}b.html">下午的通知</a></li><li><a href="{day}c.html">晚上的通知</a></li><li><a href="'
    f'{day}d.html">夜里的通知</a></li></ul>'
    for day in (9, 8)
)
MENU = '<div>2024-02-19</div><ul class=menu><li><a href="/a">机构设置</a></li></ul>'


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(DAYS, id="headings alone"),
        pytest.param(MENU + DAYS, id="and today's date above the menu"),
        pytest.param(f"<div class=day>{DAYS}</div>", id="in a box"),
    ],
)
def test_F58_a_heading_for_each_day(body: str) -> None:
    found = shown(f"<html><body>{body}</body></html>")
    assert [(title[:2], date) for title, _, date in found] == [
        (part, f"02-0{day} 00:00") for day in (9, 8) for part in ("上午", "下午", "晚上", "夜里")
    ]


def test_F58_todays_date_above_a_menu_is_no_heading() -> None:
    body = "<p>2024-02-19</p>" + times('<li><a href="/N">机构设置第N处</a></li>')
    assert isinstance(page(f"<html><body>{body}</body></html>"), NotAFeed)


RECORDS = times(
    '<record><![CDATA[<li><a href="tN.html">第N件</a><span>2024-02-DD</span></li>]]></record>'
)
STORE = (
    "<script type='text/xml'><datastore><nextgroup></nextgroup><recordset>"
    f"{RECORDS}</recordset></datastore></script>"
)


@pytest.mark.parametrize("selectors", [{}, {"item": "li"}, {"item": "li", "date": "span"}])
def test_F58_a_list_that_jpage_keeps_in_a_script(selectors: dict[str, str]) -> None:
    side = "".join(f"<p><a href=/x{n}>热点第{n}条</a><i>2024-02-18</i></p>" for n in range(9))
    assert shown(f"<html><body><div>{STORE}</div>{side}</body></html>", **selectors) == THREE


@pytest.mark.parametrize(
    ("text", "cut_off"),
    [
        pytest.param(f"<html><body><ul>{LIST}</ul></body>", False, id="without </html>"),
        pytest.param(f"<html><body><ul>{LIST}</ul>", False, id="without </body>"),
        pytest.param(f"<ul>{LIST}</ul>", False, id="a piece of a page"),
        pytest.param(f"<html><ul>{LIST}", True, id="inside its list"),
        pytest.param(f"<html><div><ul>{LIST}</ul>", True, id="inside a box"),
        pytest.param(f"<html><ul>{LIST}</ul><a hr", True, id="inside a tag"),
    ],
)
def test_F57_a_page_may_leave_out_its_end_but_not_that_of_its_list(
    text: str, cut_off: bool
) -> None:
    found = page(text)
    assert found == NotAFeed("a page that is cut off") if cut_off else isinstance(found, Window)


@pytest.mark.parametrize("header", ["text/html; charset=ISO-8859-1", "text/html;charset=us-ascii"])
def test_F57_a_page_knows_its_encoding_better_than_a_western_server(header: str) -> None:
    body = f'<html><meta charset="gb2312"><title>婚姻登记</title><ul>{LIST}</ul></html>'
    found = listed(Answer(200, body.encode("gbk"), header, url=URL), {}, request(), BEIJING)
    assert isinstance(found, Window)
    assert (found.title, found.posts[0].title) == ("婚姻登记", "第9件")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<datastore>" * 45_000, id="lists in scripts without an end"),
        pytest.param(f"<datastore>{'<record>' * 45_000}</datastore>", id="records without one"),
        pytest.param("<a href=/2024/02/09/>" * 45_000, id="links with dates"),
        pytest.param("<i>2024-02-09</i>" * 12_000 + "<a href=/x>标题标题", id="headings"),
        pytest.param("<p class=right>" * 45_000, id="columns"),
    ],
)
def test_F37_another_hostile_page_comes_to_an_end(body: str) -> None:
    assert isinstance(page(body), NotAFeed | Window)
