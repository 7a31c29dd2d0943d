"""A feed is read fast only where the tolerant parser reads the same in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from monitor.sources.feed import NotAFeed, Window, parse
from monitor.sources.plain import read

FEEDS = Path(__file__).parent.parent / "data" / "feeds"
PLAIN = (
    '<rss xmlns:atom="http://www.w3.org/2005/Atom" version="2.0"><channel><title>鞍山民政</title>'
    "<link>https://weibo.com/1935396210/</link>"
    '<atom:link href="http://rsshub.test/1" rel="self" type="application/rss+xml"></atom:link>'
    "<generator>RSSHub</generator><lastBuildDate>Fri, 16 Feb 2024 03:00:00 GMT</lastBuildDate>"
    "<item><title>老年食堂开门</title><description>&lt;p&gt;两处&lt;/p&gt;</description>"
    '<link>https://weibo.com/1935396210/Nk3aB7cDe</link><guid isPermaLink="false">'
    "https://weibo.com/1935396210/Nk3aB7cDe</guid><pubDate>Fri, 16 Feb 2024 02:05:00 GMT</pubDate>"
    "<author>民政</author></item><item><title><![CDATA[转发微博]]></title>"
    "<description><![CDATA[<blockquote> - 转发 <a>@民政部</a></blockquote>]]></description>"
    "<link>http://mzj.test/a?b=1&amp;c=2</link><guid>urn:2</guid>"
    "<pubDate>Thu, 15 Feb 2024 17:00:00 +0800</pubDate></item></channel></rss>"
)
# What feeds in the field have besides, and what was made up to part the two parsers.
PIECES = (
    *(
        "<",
        ">",
        "&",
        "&amp;",
        "&amp;amp;",
        "&amp;lt;b&amp;gt;",
        "&nbsp;",
        "&#39;",
        "&#x80;",
        "&#160;",
    ),
    *("]]>", "<![CDATA[", "<![CDATA[]]>", "<!-- -->", "<?x y?>", "\ufeff", "\x00", "\x0b", "\x85"),
    *(
        "\u2028",
        "\ue000",
        "\U0001f600",
        "\u00c3\u00a9",
        "\u00b7",
        "\u3000",
        "\u200b",
        " ",
        "\n",
        "\t",
    ),
    *("<b>粗</b>", "<br/>", "<title/>", "<title>二</title>", "<link/>", "<guid/>", "<pubDate/>"),
    *("<link>http://other.test/</link>", '<link href="http://atom.test/"/>', "<guid>urn:9</guid>"),
    *("<pubDate>Fri, 16 Feb 2024 01:00:00 GMT</pubDate>", "<description>另</description>"),
    *("<category>通知</category>", "<author>人</author>", "<comments>http://c.test/</comments>"),
    *("<dc:date>2024-02-16</dc:date>", "<content:encoded>x</content:encoded>", "<item>", "</item>"),
    *("<image><url>http://i.test/</url><title>图</title><link>http://l.test/</link></image>",),
    *("<source url='http://s.test/'>源</source>", "<enclosure url='http://e.test/1.mp3'/>"),
    *("www.test", "http://", "https://例子.test/路", "//x.test/", "/a/b", "mailto:a@b.test", "%20"),
    *(
        "2024-02-16",
        "20240216",
        "12:00",
        "Feb",
        "2024",
        " xml:base='http://base.test/'",
        "转发微博",
    ),
)
SWAPS = (
    *(
        ("GMT", zone)
        for zone in ("UTC", "CST", "EST", "Z", "+0000", "-0000", "+08:00", "+0860", "")
    ),
    *(
        ("02:05:00", clock)
        for clock in ("02:05", "24:00:00", "2:05:00", "23:59:60", "00:00:00", "")
    ),
    *(("16 Feb", day) for day in ("6 Feb", "31 Feb", "30 Feb", "29 Feb", "16 feb", "16 February")),
    *(("2024", year) for year in ("24", "1970", "1999", "2000", "2099", "02024", "0000")),
    *(("Fri, ", week) for week in ("", "Mon, ", "星期五, ", "fri, ")),
    *(("false", said) for said in ("true", "False", "", "0")),
    *(("version", other) for other in ("xversion", 'version="2.0" version')),
    *(("2.0", number) for number in ("0.91", "1.0", "2", "2.0.1", "")),
    *(("https", scheme) for scheme in ("HTTPS", "ftp", "", "http")),
    *(
        ("weibo.com", host)
        for host in ("WEIBO.com", "weibo.com:443", "u:p@weibo.com", "微博.cn", "")
    ),
    *(("title", name) for name in ("Title", "atom:title", "titel", "subtitle")),
    *(("pubDate", name) for name in ("pubdate", "published", "dc:date", "updated", "date")),
    *(("guid", name) for name in ("id", "GUID", "atom:id")),
    *(("description", name) for name in ("summary", "content", "content:encoded", "subtitle")),
    *(("RSSHub", name) for name in ("WeWe-RSS", " RSSHub ", "")),
    *(("self", name) for name in ("alternate", "hub", "SELF", "")),
)


def is_plain(text: str) -> bool:
    return read(text) is not None


def insert(text: str, dice: Random) -> str:
    at = dice.randrange(len(text))
    return text[:at] + dice.choice(PIECES) + text[at:]


def insert_at_a_tag(text: str, dice: Random) -> str:
    at = dice.choice([n for n, sign in enumerate(text) if sign in "<>"] or [0])
    at += dice.randrange(2)
    return text[:at] + dice.choice(PIECES) + text[at:]


def remove(text: str, dice: Random) -> str:
    at = dice.randrange(len(text))
    return text[:at] + text[at + dice.choice((1, 3, 20)) :]


def swap(text: str, dice: Random) -> str:
    old, new = dice.choice(SWAPS)
    return text.replace(old, new, dice.choice((1, 2, -1)))


def move(text: str, dice: Random) -> str:
    """Take an element out, and put it or a copy of it in elsewhere."""
    parts = text.split("</")
    at, to = dice.randrange(len(parts)), dice.randrange(len(parts))
    part = parts[at] if dice.randrange(2) else parts.pop(at)
    return "</".join([*parts[:to], part, *parts[to:]])


MUTATIONS: tuple[Callable[[str, Random], str], ...] = (insert, insert_at_a_tag, remove, swap, move)


def mutated(seed: int) -> str:
    dice = Random(seed)
    text = PLAIN
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        text = dice.choice(MUTATIONS)(text, dice) or PLAIN
    return text


def tolerant(text: str) -> Window | NotAFeed:
    """What the tolerant parser reads: a comment is nothing to it, and no plain feed has one."""
    end = text.index(">") + 1
    return parse(f"{text[:end]}<!-- -->{text[end:]}".encode(), "", "weibo")


def test_of_mutated_feeds_those_read_fast_are_read_alike() -> None:
    plain = [text for text in map(mutated, range(6000)) if is_plain(text)]
    assert len(plain) > 600
    for text in plain:
        assert parse(text.encode(), "", "weibo") == tolerant(text), text


def test_a_usual_item_is_read_as_one_that_is_read_step_by_step() -> None:
    plain = [text for text in map(mutated, range(2000)) if is_plain(text)]
    plain = [t for t in plain if "<comments>" not in t and t.count("</item>") == t.count("<item>")]
    assert len(plain) > 200
    for text in plain:  # an element that hardly any has
        assert read(text) == read(text.replace("</item>", "<comments></comments></item>")), text


@pytest.mark.parametrize(
    "name", ["rsshub_empty", "rsshub_weibo", "wechat_collector", "wewe", "zoneless"]
)
def test_our_feeds_are_read_alike(name: str) -> None:
    text = (FEEDS / f"{name}.rss.xml").read_text("utf-8")
    text = text[text.index("<rss") :]
    assert parse(text.encode(), "", "weibo") == tolerant(text)


SECTIONS = PLAIN.replace("老年食堂开门", "<![CDATA[a &lt;b&gt; &amp; <i>x</i>]]>").replace(
    "<![CDATA[<blockquote> - 转发 <a>@民政部</a></blockquote>]]>",
    "<![CDATA[&lt;blockquote&gt;@民政部&lt;/blockquote&gt;]]>",
)


@pytest.mark.parametrize("platform", ["weibo", "wechat", "bilibili"])
@pytest.mark.parametrize(
    "text",
    [
        pytest.param(SECTIONS, id="what looks like a reference inside a section"),
        pytest.param(
            PLAIN.replace("<title>老年食堂开门</title>", "<title></title>"), id="an empty title"
        ),
        pytest.param(
            PLAIN.replace("&lt;p&gt;", "视频地址：&lt;a href=https://bilibili.test/1 &gt;"),
            id="a text that presents a work",
        ),
        pytest.param(
            PLAIN.replace("两处", f"{'字' * 21_000}&lt;blockquote&gt;@"), id="a text that is long"
        ),
    ],
)
def test_texts_are_read_alike(text: str, platform: str) -> None:
    end = text.index(">") + 1
    assert is_plain(text)
    assert parse(text.encode(), "", platform) == parse(
        f"{text[:end]}<!-- -->{text[end:]}".encode(), "", platform
    )


def test_the_29th_of_february_is_a_day_of_leap_years() -> None:
    assert is_plain(PLAIN.replace("15 Feb 2024", "29 Feb 2024"))
    assert not is_plain(PLAIN.replace("15 Feb 2024", "29 Feb 2023"))


@pytest.mark.parametrize("name", ["rsshub_empty", "wewe"])
def test_what_gateways_write_is_plain(name: str) -> None:
    text = (FEEDS / f"{name}.rss.xml").read_text("utf-8")
    assert is_plain(text[text.index("<rss") :].strip())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("</channel>", "文字</channel>", id="text between elements"),
        pytest.param("</channel>", "<ttl>5</ttl></channel>", id="an element behind the items"),
        pytest.param("<![CDATA[转发", "<![CDATA[<!-- -->转发", id="a comment inside a section"),
        pytest.param("转发微博]]>", "转发微博]]> ]]>", id="the end of a section that is none"),
        pytest.param("民政</author>", "\x01</author>", id="a control character"),
        pytest.param("</channel>", "<!-- --></channel>", id="a comment"),
        pytest.param("</channel>", "<?go on?></channel>", id="an instruction"),
        pytest.param("</title>", "&nbsp;</title>", id="an entity that nobody declared"),
        pytest.param("</title>", "&#160;</title>", id="a reference to no sign of XML's own"),
        pytest.param("</title>", "\u00c3\u00a9</title>", id="UTF-8 read twice"),
        pytest.param("</title>", "<b/></title>", id="an element inside a text"),
        pytest.param("<author>", "<title>二</title><author>", id="a second title"),
        pytest.param("<author>", "<x:y xmlns:x='urn:x'/><author>", id="a namespace not known"),
        pytest.param("<author>", "<x:y/><author>", id="a prefix that nobody declared"),
        pytest.param("<guid>urn:2</guid>", "", id="an item without an id"),
        pytest.param("urn:2", "", id="an empty id"),
        pytest.param("urn:2", "a b", id="an id with a blank"),
        pytest.param("http://mzj.test/a", "/a", id="a relative link"),
        pytest.param("http://mzj.test/a", "https://微博.cn/a", id="a host with other letters"),
        pytest.param("c=2", "c=2&amp;lt;", id="an entity's name in a link"),
        pytest.param("02:05:00", "02:05", id="a date without seconds"),
        pytest.param("+0800", "CST", id="a zone with several meanings"),
        pytest.param("+0800", "", id="a date without a zone"),
        pytest.param("15 Feb", "30 Feb", id="a day that does not exist"),
        pytest.param(
            "<pubDate>Thu, 15 Feb 2024 17:00:00 +0800</pubDate>",
            "",
            id="no date beside an id that may be taken for one",
        ),
        pytest.param('version="2.0"', "", id="no version"),
        pytest.param('version="2.0"', 'version="2.0" xml:base="http://a.test/"', id="a base"),
        pytest.param('rel="self"', 'rel="alternate"', id="a second link of the channel"),
        pytest.param("</rss>", "", id="one that is cut off"),
    ],
)
def test_what_is_left_to_the_tolerant_parser(old: str, new: str) -> None:
    assert is_plain(PLAIN)
    assert old in PLAIN
    assert not is_plain(PLAIN.replace(old, new, 1))
