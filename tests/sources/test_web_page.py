"""Kind `web_page`: which links of a portal's page are posts, and when they say they are from."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from monitor.model import Gateway, Outcome, PostKind, Pulse, SeenPost, SourceMemory, SourceSpec
from monitor.sources import registry
from monitor.sources.answers import Answer
from monitor.sources.base import Fetched, ReadRequest
from monitor.sources.feed import NotAFeed, Window
from monitor.sources.web_page import FRAME, STAMP, listed, moment

NOW = datetime(2024, 2, 19, 1, 0, tzinfo=UTC)
URL = "https://mzj.test/tzgg/index.html"


def request(locator: str = "tzgg/") -> ReadRequest:
    return ReadRequest(SourceSpec("s", "a", "g", locator), "website", SourceMemory(), NOW)


def page(body: str, **selectors: str) -> Window | NotAFeed:
    return listed(Answer(200, body.encode(), "text/html", url=URL), selectors, request())


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
        ("24-02-09", None),
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
    stamp = FRAME.fullmatch(written)
    at = moment(stamp, NOW) if stamp else None
    local = at + timedelta(hours=8) if at else None
    assert local == (datetime(*expected, tzinfo=UTC) if expected else None)


def test_a_day_without_a_year_may_be_tomorrow_for_a_portal_whose_clock_is_ahead() -> None:
    stamp = STAMP.search("02-20")
    assert stamp is not None
    for before_midnight, year in ((timedelta(hours=1), 2024), (timedelta(minutes=61), 2023)):
        now = datetime(2024, 2, 19, 16, tzinfo=UTC) - before_midnight
        assert moment(stamp, now) == datetime(year, 2, 19, 16, tzinfo=UTC)


@given(
    st.integers(0, 900_000_000).map(
        lambda s: datetime(2001, 1, 1, tzinfo=UTC) + timedelta(seconds=s)
    )
)
def test_a_day_is_never_later_than_the_moment_it_stands_for(published: datetime) -> None:
    exact = published - timedelta(hours=8)
    stamp = STAMP.search(f"{published:%Y年%m月%d日}")
    assert stamp is not None
    at = moment(stamp, NOW)
    assert at is not None
    assert exact - timedelta(days=1) < at <= exact


@given(st.integers(0, 364).map(lambda days: date(2024, 2, 19) - timedelta(days=days)))
def test_a_day_without_a_year_is_the_latest_one(published: date) -> None:
    stamp = STAMP.search(f"{published:%m-%d}")
    assert stamp is not None
    at = moment(stamp, NOW)
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
    found = listed(Answer(200, body, header, url=URL), {}, request())
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
