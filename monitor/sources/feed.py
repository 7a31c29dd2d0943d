"""Read RSS, Atom and JSON Feed: bytes in, a window of posts out, or why it is no feed.

Decides what an item states about itself. Does not judge whether the gateway is alive, nor what
the window means beside what is known. The only file that knows feedparser, which reads what is not
plain.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from alerts.told import Detail
from monitor.causes import Cause
from monitor.ledger.identity import plain_link, post_marks, presents, title_key
from monitor.ledger.marks import kind_of
from monitor.model import PostKind, SeenPost, Stated
from monitor.sources import markup, plain
from monitor.sources.dates import instant, stated
from monitor.sources.json_text import loaded
from monitor.sources.markup import LONGEST_TEXT, TAG
from monitor.sources.pages import looks_like

JSON_FEED = re.compile(r"(?:https?://)?(?:www\.)?jsonfeed\.org/version/", re.I)
ROOTS = frozenset({"rss", "feed", "rdf"})
XML_BASE = re.compile(r"""^<[^<>]*?\sxml:base\s*=\s*["']([^"'<>]*)""")
DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)""")
HEADER_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.-]+)""", re.I)
UTF_8 = "utf-8"
# GB2312 and GBK are subsets of GB18030, and feeds that declare them use more than they hold.
ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-16": "utf-16",
    "us-ascii": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "cp936": "gb18030",
    "big5": "big5",
    "iso-8859-1": "iso-8859-1",
    "windows-1252": "windows-1252",
}
WESTERN = frozenset({"iso-8859-1", "windows-1252"})
BUILT = re.compile(rb"(<lastBuildDate>)([^<]*)(?=</lastBuildDate>)")
UPDATED = re.compile(rb"(<updated>)([^<]*)(?=</updated>)")
HEAD = 4096  # bytes, in which a feed says when it was built
# Bytes that are hashed at once: for more the interpreter's lock is given away, which costs more
# than hashing where several feeds are read side by side.
PIECE = 2047
LONGEST_TITLE = 300
# RSSHub writes a repost as `comment - 转发 @author: original`; Weibo's own default comment is
# 转发微博; in "readable" mode only the quoted block is left.
REPOST_TITLE = re.compile(
    r"^(?:转发微博|轉發微博)(?!\w)|-\s*转发\s*@[^:：]{1,60}[:：]|\[原微博不可访问\]"
)
REPOST_QUOTE = re.compile(r"<blockquote[^<>]*>\s*(?:-\s*转发\s*)?(?:<[^<>]*>\s*){0,20}@")


@dataclass(frozen=True, slots=True)
class Window:
    """What a feed shows: its posts in the feed's own order, its title and its own link.

    *remark*: one line on what it shows besides and is no post. *column*: of a page, which of its
    lists that is.
    """

    posts: tuple[SeenPost, ...]
    title: str
    link: str
    remark: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class NotAFeed:
    """The body is no usable feed; *detail* says what it looks like."""

    detail: str


class _Item(NamedTuple):  # made in a third of the time, ten times a feed
    url: str
    guid: str
    title: str
    text: str
    published: Stated | None
    updated: Stated | None


@dataclass(frozen=True, slots=True)
class _Manner:
    """How the items of one kind of feed are to be taken."""

    platform: str
    updated_counts: bool
    zone: tzinfo | None
    address: str = ""  # where it came from: what its relative links are relative to


def parse(
    body: bytes,
    content_type: str,
    platform: str,
    updated_counts: bool = False,
    zone: tzinfo | None = None,
    address: str = "",
) -> Window | NotAFeed:
    """Return the window in *body*, or what it is instead of a feed.

    *updated_counts*: an item's date of change stands in for a missing date of publication
    (WeWe RSS gives no other in Atom and JSON). Never for RSSHub, which writes the present
    instant there. *zone*: where a date that names no zone was written; None: it proves nothing.
    *address*: where *body* came from.
    """
    manner = _Manner(platform, updated_counts, zone, address)
    text, encoding = _decoded(body, content_type)
    octets = body if encoding == UTF_8 else None
    if (known := plain.read(markup.shortened(text), octets)) is not None:
        return _plain_window(known, manner)
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return _json_feed(text, manner)
    return _xml_feed(text, manner)


def decoded(body: bytes, content_type: str) -> str:
    """Return *body* as text: by its mark, its declaration, the header, or as it fits."""
    return _decoded(body, content_type)[0]


def _decoded(body: bytes, content_type: str) -> tuple[str, str]:
    """*body* as text, and the encoding in which it is one without a fault; "" for none."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace"), ""
    declared, header = DECLARED.match(body), HEADER_CHARSET.search(content_type)
    named = [declared[1].decode() if declared else "", header[1] if header else ""]
    tries = [ENCODINGS[name.lower()] for name in named if name.lower() in ENCODINGS]
    if not declared and tries and tries[0] in WESTERN:
        tries = []  # a server's default, which nobody chose
    for encoding in (*tries, UTF_8, "gb18030"):
        try:
            return body.decode(encoding).removeprefix("\ufeff"), encoding
        except UnicodeDecodeError:
            continue
    return body.decode(UTF_8, "replace"), ""


def digest(body: bytes) -> str:
    """Return a hash of *body* that does not change with the instant at which it was built."""
    hashed, undated = hashlib.blake2b(digest_size=16), _undated(body)
    for start in range(0, len(undated), PIECE):
        hashed.update(undated[start : start + PIECE])
    return hashed.hexdigest()


def _undated(body: bytes) -> bytes:
    if found := BUILT.search(body, 0, HEAD):  # nearly every feed: the rest need not be looked at
        return body[: found.start(2)] + body[found.end(2) :]
    head, item, rest = body.partition(b"<entry")
    masked = UPDATED.sub(rb"\1", head, count=1) + item + rest if item else body
    return BUILT.sub(rb"\1", masked, count=1)


def built_at(body: bytes) -> datetime | None:
    """Return when the feed says it was built: `lastBuildDate`, or Atom's own `updated`."""
    if found := BUILT.search(body):
        return instant(found[2].decode("utf-8", "replace"), None)
    if found := UPDATED.search(body.partition(b"<entry")[0]):
        return instant(found[2].decode("utf-8", "replace"), None)
    return None


def _xml_feed(text: str, manner: _Manner) -> Window | NotAFeed:
    root, rest = markup.from_root(markup.without_halves(text))
    if root not in ROOTS:
        return NotAFeed(looks_like(text))
    if markup.beyond_unicode(rest):
        return NotAFeed("XML with a character beyond Unicode")
    whole = markup.to_end(rest)
    short = markup.shortened(whole or rest)
    if markup.is_absurd(short):
        return NotAFeed("XML with more tags or attributes than any feed has")
    return _tolerated(short, whole is None, manner)


def _tolerated(short: str, cut_off: bool, manner: _Manner) -> Window | NotAFeed:
    parsed = _parsed(markup.with_one_date(short, partial(_earliest, zone=manner.zone)))
    if not parsed.version:
        return NotAFeed("XML that is no feed")
    if parsed.bozo and cut_off:
        return NotAFeed(Detail("a feed that is cut off", Cause.CUT_OFF))
    if not (parsed.entries or parsed.feed.get("title") or parsed.feed.get("link")):
        return NotAFeed("a feed without title, link or items")
    base = XML_BASE.match(short)
    items = (_xml_item(entry, manner.zone) for entry in parsed.entries)
    return _xml_window(parsed.feed, items, base[1] if base else "", manner)


def _plain_window(feed: plain.PlainFeed, manner: _Manner) -> Window:
    address = _absolute(feed.link, manner.address)
    manner = _Manner(manner.platform, manner.updated_counts, manner.zone, address)
    items = (_plain_item(item, manner) for item in feed.items)
    return _window(items, feed.title, feed.link, manner)


def _plain_item(item: plain.PlainItem, manner: _Manner) -> _Item:
    text = item.description
    if not item.title or "blockquote" in text or presents(manner.platform):
        text = plain.unescaped(text)  # of all others nothing is asked but whether there is one
    published = stated(item.published, manner.zone)
    return _Item(item.link, item.guid, item.title, text, published, None)


def _xml_window(
    channel: Mapping[str, object], items: Iterable[_Item], base: str, manner: _Manner
) -> Window:
    if channel.get("generator", "") == "RSSHub":
        manner = replace(manner, updated_counts=False)
    link = _text(channel.get("link"))
    manner = replace(manner, address=_absolute(base or link, manner.address))
    return _window(items, _text(channel.get("title")), link, manner)


def _parsed(text: str) -> Any:
    import feedparser  # noqa: PLC0415 - who only looks at addresses need not load it

    # A stream, because a string that looks like an address or a path would be opened; in
    # UTF-8, because the encoding is settled.
    return feedparser.parse(
        io.BytesIO(text.encode("utf-8", "replace")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def _earliest(dates: list[str], zone: tzinfo | None) -> str:
    """Of several dates of one item, the earliest that is one."""
    known = [(at, written) for written in dates if (at := instant(written, zone))]
    return min(known)[1] if known else dates[0]


def _xml_item(entry: Mapping[str, object], zone: tzinfo | None) -> _Item:
    # `in` first: feedparser lets a missing `updated` be answered by `published`, with a warning.
    updated = _text(entry.get("updated")) if "updated" in entry else ""
    return _Item(
        url=_text(entry.get("link")),
        guid=_text(entry.get("id")),
        title=_text(entry.get("title")),
        text=_text(entry.get("summary")) or _first_content(entry.get("content")),
        published=stated(_text(entry.get("published")), zone),
        updated=stated(updated, zone),
    )


def _json_feed(text: str, manner: _Manner) -> Window | NotAFeed:
    try:
        document = loaded(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return NotAFeed(looks_like(text))
    version, entries = document.get("version"), document.get("items")
    if not JSON_FEED.match(_text(version)) or not isinstance(entries, list):
        return NotAFeed(looks_like(text))
    link = _text(document.get("home_page_url"))
    manner = replace(manner, address=_absolute(link, manner.address))
    items = (_json_item(entry, manner.zone) for entry in entries if isinstance(entry, dict))
    return _window(items, _text(document.get("title")), link, manner)


def json_window(
    items: Iterable[Mapping[str, object]], platform: str, zone: tzinfo | None, address: str
) -> Window:
    """Return the window of *items*, each as JSON Feed has it, that came from *address*. *zone*:
    where a date that names none was written."""
    manner = _Manner(platform, False, zone, address)
    return _window((_json_item(item, zone) for item in items), "", "", manner)


def _json_item(entry: Mapping[str, object], zone: tzinfo | None) -> _Item:
    return _Item(
        url=_text(entry.get("url")) or _text(entry.get("external_url")),
        guid=_number_or_text(entry.get("id")),
        title=_text(entry.get("title")),
        text=_text(entry.get("content_html")) or _text(entry.get("content_text")),
        published=stated(_text(entry.get("date_published")), zone),
        updated=stated(_text(entry.get("date_modified")), zone),
    )


def _window(items: Iterable[_Item], title: str, link: str, manner: _Manner) -> Window:
    found = list(items)
    usable = [item for item in found if item.url or item.guid or item.title or item.text.strip()]
    left_out = len(found) - len(usable)
    remark = f"{left_out} item(s) without link, id, title or text left out" if left_out else ""
    return Window(_posts(usable, manner), _line(title), link, remark)


def _posts(items: Iterable[_Item], manner: _Manner) -> tuple[SeenPost, ...]:
    """The posts in the feed's order, one for each set of marks; the earliest date holds."""
    posts: dict[tuple[str, ...], SeenPost] = {}
    for item in items:
        post = _post(item, manner)
        name = _name(post, len(posts))
        known = posts.get(name)
        if known is None or _earlier(post, known):
            posts[name] = post
    return tuple(posts.values())


def _name(post: SeenPost, place: int) -> tuple[str, ...]:
    """What two showings of one post agree in; what bears no mark agrees with nothing."""
    if kind_of(post.key) == "id":
        return (post.key,)
    strong = [mark for mark in post.marks if kind_of(mark) != "title"]
    return (*(strong or post.marks or (str(place),)), post.title)


def _earlier(post: SeenPost, known: SeenPost) -> bool:
    if post.stated_at is None:
        return False
    return known.stated_at is None or post.stated_at < known.stated_at


def _post(item: _Item, manner: _Manner) -> SeenPost:
    said = item.published or (item.updated if manner.updated_counts else None)
    stated_at, until = (said.at, said.until) if said else (None, None)
    title = _line(item.title) or _line(TAG.sub(" ", item.text[:LONGEST_TEXT]))
    url = _url(item, manner.address)
    marks = post_marks(manner.platform, url, item.guid, title, stated_at, item.text)
    return SeenPost(
        key=marks[0] if marks else title_key(title, stated_at),
        marks=marks,
        title=title,
        url=url,
        kind=_kind(item, manner.platform),
        stated_at=stated_at,
        push=_push(manner.platform, stated_at),
        stated_until=until,
    )


def _url(item: _Item, base: str) -> str:
    url = plain_link(item.url)
    is_id = url == item.guid.strip() and not url.startswith("/")  # that is said to be a link
    return _absolute(url, base) if url and not is_id else url


def _absolute(url: str, base: str) -> str:
    """The address that *url* stands for at *base*; itself where that is none."""
    if url.startswith(("http://", "https://")):  # nearly every one
        return url
    if url.startswith("www."):
        return f"http://{url}"
    try:
        found = urljoin(base, url) if url and not urlsplit(url).scheme else url or base
        return found if urlsplit(found).scheme in ("http", "https") else url
    except ValueError:
        return url


def _kind(item: _Item, platform: str) -> PostKind:
    if platform != "weibo":
        return PostKind.ARTICLE
    quoted = "<blockquote" in item.text and REPOST_QUOTE.search(item.text[:LONGEST_TEXT])
    reposted = quoted or REPOST_TITLE.search(_line(item.title))
    return PostKind.REPOST if reposted else PostKind.ORIGINAL


def _push(platform: str, stated_at: datetime | None) -> str | None:
    """All articles of one WeChat mass-send carry the same second."""
    if platform != "wechat" or stated_at is None:
        return None
    return stated_at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _first_content(content: object) -> str:
    first = content[0] if isinstance(content, list) and content else {}
    return _text(first.get("value")) if isinstance(first, Mapping) else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number_or_text(value: object) -> str:
    whole = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if whole else _text(value)


def _line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_TITLE]
