"""What each shape of feed states, and what is no feed at all."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.model import PostKind
from monitor.sources.feed import NotAFeed, Window, built_at, digest, parse
from monitor.sources.pages import looks_like

FEEDS = Path(__file__).parent.parent / "data" / "feeds"
O, R, A = PostKind.ORIGINAL, PostKind.REPOST, PostKind.ARTICLE  # noqa: E741


def body(name: str) -> bytes:
    return (FEEDS / name).read_bytes()


def window(name: str, platform: str, updated_counts: bool = False) -> Window:
    found = parse(body(name), "", platform, updated_counts)
    assert isinstance(found, Window), found
    return found


def utc(day: int, hour: int, minute: int, second: int = 0, month: int = 2) -> datetime:
    return datetime(2024, month, day, hour, minute, second, tzinfo=UTC)


WEIBO_ROWS = [
    ("weibo:Nk3aB7cDe", O, utc(16, 2, 5), "#养老服务# 全市又有三处老年食堂开门迎客[图片]"),
    ("weibo:Nk2aB7cDe", R, utc(15, 9, 0), "转发微博 - 转发 @民政部: 做好冬季救助"),
    ("weibo:Nk1aB7cDe", R, utc(15, 8, 59), "转发微博"),
    ("weibo:Nk0aB7cDe", O, utc(14, 1, 30), "提醒：周末<不办>婚姻登记&预约"),
    ("weibo:Nj9aB7cDe", R, None, "很长很长的评论，标题里已经看不到原文…"),
    ("weibo:Nj8aB7cDe", O, None, "只有一张图"),
    ("weibo:Mz0aB7cDe", O, datetime(2023, 12, 4, 1, 0, tzinfo=UTC), "本账号发布须知"),
]
WECHAT_ROWS = [
    ("wx:s/aaaaaaaaaaaaaaaaaaaaa1", A, utc(16, 1, 0, 7), "低保政策问答"),
    ("wx:s/aaaaaaaaaaaaaaaaaaaaa2", A, utc(16, 1, 0, 7), "老年食堂地图"),
    ("wx:s/aaaaaaaaaaaaaaaaaaaaa3", A, utc(14, 8, 30), "婚姻登记提示"),
]


@pytest.mark.parametrize(
    ("name", "platform", "expected"),
    [
        pytest.param("rsshub_weibo.rss.xml", "weibo", WEIBO_ROWS, id="RSSHub's RSS"),
        pytest.param(
            "rsshub_weibo.atom.xml", "weibo", WEIBO_ROWS, id="RSSHub's Atom: its updated is now"
        ),
        pytest.param("rsshub_weibo.feed.json", "weibo", WEIBO_ROWS, id="RSSHub's JSON Feed"),
        pytest.param("rsshub_empty.rss.xml", "weibo", [], id="a channel without items"),
        pytest.param("wewe.rss.xml", "wechat", WECHAT_ROWS, id="WeWe RSS's RSS"),
        pytest.param("wewe.atom.xml", "wechat", WECHAT_ROWS, id="WeWe RSS's Atom: only updated"),
        pytest.param(
            "wewe.feed.json", "wechat", WECHAT_ROWS, id="WeWe RSS's JSON: only date_modified"
        ),
        pytest.param("wechat_collector.rss.xml", "wechat", WECHAT_ROWS, id="no guid, +0800"),
        pytest.param(
            "zoneless.rss.xml",
            "wechat",
            [
                ("wx:s/aaaaaaaaaaaaaaaaaaaaa1", A, None, "低保政策问答"),
                ("wx:s/aaaaaaaaaaaaaaaaaaaaa3", A, None, "婚姻登记提示"),
                ("wx:s/aaaaaaaaaaaaaaaaaaaaa9", A, None, "零"),
            ],
            id="dates without a zone, and a zero time stamp, are none",
        ),
        pytest.param(
            "gbk.rss.xml",
            "website",
            [("url:mzj.test/tzgg/1.html", A, utc(16, 2, 0), "关于“镕”字的通知")],
            id="GBK that calls itself GB2312",
        ),
        pytest.param(
            "rdf.xml",
            "website",
            [("url:mzj.test/2.html", A, utc(16, 2, 0), "旧格式也算")],
            id="RSS 1.0 behind a comment",
        ),
    ],
)
def test_shapes(name: str, platform: str, expected: list[tuple[object, ...]]) -> None:
    seen = window(name, platform, updated_counts=True).posts
    assert [(p.key, p.kind, p.stated_at, p.title) for p in seen] == expected


@pytest.mark.parametrize("name", ["wewe.atom.xml", "wewe.feed.json"])
def test_a_date_of_change_counts_only_where_it_is_allowed(name: str) -> None:
    assert {p.stated_at for p in window(name, "wechat", updated_counts=False).posts} == {None}


def test_the_articles_of_one_push_share_its_second() -> None:
    seen = window("wewe.rss.xml", "wechat").posts
    assert [p.push for p in seen] == [
        "2024-02-16T01:00:07Z",
        "2024-02-16T01:00:07Z",
        "2024-02-14T08:30:00Z",
    ]


@pytest.mark.parametrize(
    ("name", "platform", "title", "link"),
    [
        ("rsshub_weibo.rss.xml", "weibo", "鞍山民政的微博", "https://weibo.com/1935396210/"),
        ("rsshub_weibo.atom.xml", "weibo", "鞍山民政的微博", "https://weibo.com/1935396210/"),
        ("rsshub_weibo.feed.json", "weibo", "鞍山民政的微博", "https://weibo.com/1935396210/"),
        ("wewe.rss.xml", "wechat", "鞍山民政", "http://wewe.test/feeds/MP_WXS_3071234567.rss"),
        ("wewe.atom.xml", "wechat", "鞍山民政", "http://wewe.test/feeds/MP_WXS_3071234567.atom"),
    ],
)
def test_the_channel_says_whose_it_is(name: str, platform: str, title: str, link: str) -> None:
    seen = window(name, platform)
    assert (seen.title, seen.link) == (title, link)


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("rsshub_cut_off.rss.xml", "a feed that is cut off"),
        ("rsshub_error.html", "RSSHub says: Error: Cookies expired. Please update 'WEIBO_COOKIES'"),
        ("rsshub_error.json", "an error in JSON: this route is empty, please check"),
        ("we_mp_rss_rows.json", "JSON that is no feed"),
        ("we_mp_rss_feed.json", "JSON that is no feed"),
        ("m_weibo_no_content.json", "an error in JSON: 这里还没有内容"),
        ("m_weibo_login.json", "a demand to log in to Weibo (ok: -100)"),
        ("broken.json", "JSON that is cut off or broken"),
        ("login.html", "a login page"),
        ("captcha.html", "a captcha page"),
        ("cloudflare.html", "a Cloudflare challenge"),
        ("page.html", "an HTML page “鞍山市民政局”"),
        ("quota.txt", "RSSHub's quota note"),
        ("sitemap.xml", "XML that is no feed"),
    ],
)
def test_f25_what_is_no_feed_is_named(name: str, detail: str) -> None:
    assert parse(body(name), "", "weibo") == NotAFeed(detail)


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        pytest.param(b"", "an empty body", id="0 bytes"),
        pytest.param(b" \r\n\xef\xbb\xbf", "an empty body", id="nothing but blanks"),
        pytest.param(b"\x00" * 40, "an empty body", id="zeros"),
        pytest.param(b"/etc/hostname", "plain text “/etc/hostname”", id="a path is not opened"),
        pytest.param(b"http://127.0.0.1:1/", "plain text “http://127.0.0.1:1/”", id="nor a link"),
        pytest.param(b"[" * 100_000, "JSON that is cut off or broken", id="a deep nest"),
        pytest.param(b'{"a":' * 100_000, "JSON that is cut off or broken", id="another"),
        pytest.param(
            b"<rss><channel></channel></rss>", "a feed without title, link or items", id="a shell"
        ),
        pytest.param(b'{"version": 1, "items": []}', "JSON that is no feed", id="other JSON"),
    ],
)
def test_f25_odd_bodies(raw: bytes, detail: str) -> None:
    found = parse(raw, "", "weibo")
    assert isinstance(found, NotAFeed)
    assert found.detail == detail


def test_f37_entities_are_neither_multiplied_nor_fetched() -> None:
    [post] = window("bomb.rss.xml", "website").posts
    assert len(post.title) < 100
    assert Path("/etc/hostname").read_text().strip() not in post.title


HEAD, TAIL = '<rss version="2.0"><channel><title>t</title>', "</channel></rss>"


def json_feed(item: str) -> str:
    return f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{item}]}}'


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(HEAD + "<a>" * 600_000 + TAIL, id="a deep nest"),
        pytest.param(
            HEAD + "<a " + " ".join(f'a{n}="1"' for n in range(150_000)) + "/>" + TAIL,
            id="attributes",
        ),
        pytest.param(HEAD + "<item " * 300_000 + TAIL, id="tags without an end"),
        pytest.param(HEAD + "&" * 400_000 + TAIL, id="entities without an end"),
        pytest.param(
            f"{HEAD}<item><pubDate>{'1:11' * 400_000}</pubDate></item>{TAIL}", id="a long date"
        ),
        pytest.param(
            f"{HEAD}<item><description>{'&lt;blockquote&gt;' * 90_000}</description></item>{TAIL}",
            id="quotes without an end",
        ),
        pytest.param(json_feed(f'{{"content_html": "{"<" * 1_900_000}"}}'), id="JSON of brackets"),
        pytest.param(json_feed(f'{{"content_html": "{"<blockquote>" * 99_000}"}}'), id="quotes"),
        pytest.param(json_feed(f'{{"id": {"1" * 9000}}}'), id="of a number without an end"),
        pytest.param("Error Message:<code>" * 95_000, id="reasons without an end"),
        pytest.param("<title " * 270_000, id="titles without an end"),
    ],
)
def test_f37_a_hostile_body_comes_to_an_end(text: str) -> None:
    assert isinstance(parse(text.encode(), "", "weibo"), NotAFeed | Window)


def test_f37_a_full_text_feed_is_not_hostile() -> None:
    article = "<p style='a=1'><img src='x?a=1&amp;b=2'></p>" * 300
    items = f"<item><title>x</title><description><![CDATA[{article}]]></description></item>" * 50
    found = parse((HEAD + items + TAIL).encode(), "", "wechat")
    assert isinstance(found, Window)


@pytest.mark.parametrize(
    ("declared", "header", "encoding"),
    [
        pytest.param("", "text/xml; charset=gbk", "gbk", id="the header says it"),
        pytest.param("", "", "utf-8", id="nobody says it: UTF-8"),
        pytest.param("", "", "gbk", id="nobody says it and it is no UTF-8: GB18030"),
        pytest.param(' encoding="gb2312"', "text/xml; charset=utf-8", "gbk", id="declared wins"),
        pytest.param(' encoding="utf-8"', "", "gbk", id="a wrong declaration"),
        pytest.param(' encoding="rot13"', "", "utf-8", id="no encoding of text at all"),
        pytest.param(' encoding="utf-16"', "", "utf-16", id="UTF-16 with its mark"),
    ],
)
def test_f37_encodings(declared: str, header: str, encoding: str) -> None:
    text = (
        f'<?xml version="1.0"{declared}?><rss version="2.0"><channel><title>鞍山民政</title>'
        "<link>http://mzj.test/</link><item><title>公告</title></item></channel></rss>"
    )
    found = parse(text.encode(encoding), header, "website")
    assert isinstance(found, Window)
    assert (found.title, found.posts[0].title) == ("鞍山民政", "公告")


def test_f33_one_post_listed_twice_counts_once_with_its_earliest_date() -> None:
    item = (
        "<item><title>{}</title><link>https://weibo.com/1935396210/Nk3aB7cDe</link>"
        "<pubDate>Fri, {} Feb 2024 02:05:00 GMT</pubDate></item>"
    )
    text = (
        '<rss version="2.0"><channel><link>http://mzj.test/</link>'
        f"{item.format('改', 16)}{item.format('原', 14)}{item.format('再改', 17)}</channel></rss>"
    )
    found = parse(text.encode(), "", "weibo")
    assert isinstance(found, Window)
    assert [(p.title, p.stated_at) for p in found.posts] == [("原", utc(14, 2, 5))]


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("转发微博", R),
        ("转发微博。", R),
        ("[赞] - 转发 @民政部: 通知", R),
        ("说两句 - 转发 @[原微博不可访问]: 抱歉", R),
        ("[原微博不可访问]", R),
        ("转发微博抽奖活动结果公布", O),
        ("欢迎转发 @鞍山民政 的这条微博", O),
        ("低保政策 - 一图读懂", O),
    ],
)
def test_reposts_are_distinguished_from_originals(title: str, kind: PostKind) -> None:
    text = f'<rss version="2.0"><channel><item><title>{title}</title></item></channel></rss>'
    found = parse(text.encode(), "", "weibo")
    assert isinstance(found, Window)
    assert [p.kind for p in found.posts] == [kind]


@pytest.mark.parametrize("name", ["rsshub_weibo.rss.xml", "rsshub_weibo.atom.xml"])
def test_the_hash_overlooks_only_the_moment_of_building(name: str) -> None:
    raw = body(name)
    rebuilt = re.sub(rb"(<lastBuildDate>|</generator><updated>)[^<]*", rb"\1later", raw, count=1)
    assert rebuilt != raw
    assert digest(rebuilt) == digest(raw)
    assert digest(raw.replace(b"Nk3aB7cDe", b"Nk4aB7cDe")) != digest(raw)


def test_a_changed_date_of_an_entry_changes_the_hash() -> None:
    raw = body("wewe.atom.xml")
    assert digest(raw.replace(b"2024-02-14T08:30", b"2024-02-14T08:31")) != digest(raw)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param(body("rsshub_weibo.rss.xml"), utc(16, 3, 0), id="RSS"),
        pytest.param(body("rsshub_weibo.atom.xml"), utc(16, 3, 0), id="Atom"),
        pytest.param(body("rsshub_weibo.feed.json"), None, id="JSON Feed has none"),
        pytest.param(body("zoneless.rss.xml"), None, id="without a zone it proves nothing"),
        pytest.param(b"<lastBuildDate>Invalid Date</lastBuildDate>", None, id="no date"),
        pytest.param(
            b"<lastBuildDate>Fri, 16 Feb 2024 11:00:00 +0800</lastBuildDate>",
            utc(16, 3, 0),
            id="another zone",
        ),
    ],
)
def test_built_at(raw: bytes, expected: datetime | None) -> None:
    assert built_at(raw) == expected


def test_a_quoted_page_fits_one_line() -> None:
    assert looks_like(f"<html><title>a&#{'9' * 6001};") == "an HTML page “a\ufffd”"
    assert looks_like("<html><title>a\n b" + "c" * 500) == f"an HTML page “a b{'c' * 117}…”"
