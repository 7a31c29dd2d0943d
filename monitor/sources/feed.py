"""Read RSS, Atom and JSON Feed: bytes in, a window of posts out, or why it is no feed.

Decides what an item states about itself. Does not judge whether the gateway is alive, nor what
the window means beside what is known. The only file that knows feedparser.
"""

from __future__ import annotations

import calendar
import hashlib
import html
import io
import json
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate, parsedate_to_datetime

from monitor.ledger.identity import post_key
from monitor.model import PostKind, SeenPost
from monitor.sources.pages import looks_like

JSON_FEED = "https://jsonfeed.org/version/"
ROOT = re.compile(r"<(?:\w+:)?([A-Za-z]+)")
COMMENT = re.compile(r"<!--.*?-->", re.S)
ROOTS = frozenset({"rss", "feed", "rdf"})
CLOSED = re.compile(r"</(?:\w+:)?(?:rss|feed|rdf)\s*>", re.I)
DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)""")
HEADER_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.-]+)""", re.I)
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
BUILT = re.compile(rb"(<lastBuildDate>)([^<]*)(?=</lastBuildDate>)")
UPDATED = re.compile(rb"(<updated>)([^<]*)(?=</updated>)")
ZONED = re.compile(r"\d:\d\d(?:[:.]\d+)*\s*(?:Z|GMT|UTC?|[+-]\d\d:?\d\d)\s*(?:\([^)]*\))?$")
ZONELESS = re.compile(r"\d:\d\d(?::\d\d(?:\.\d+)?)?$")
MOST_TAGS = 100_000  # parsing time grows with the square of their depth …
MOST_ATTRIBUTES = 500  # … and of the attributes of one
LONGEST_DATE = 64  # characters; beyond it is no date, and expensive to find out
OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
LONGEST_TITLE = 300
LONGEST_TEXT = 20_000  # characters of an item's text that are looked at
TAG = re.compile(r"<[^<>]*>")
# RSSHub writes a repost as `comment - 转发 @author: original`; Weibo's own default comment is
# 转发微博; in "readable" mode only the quoted block is left.
REPOST_TITLE = re.compile(
    r"^(?:转发微博|轉發微博)(?!\w)|-\s*转发\s*@[^:：]{1,60}[:：]|\[原微博不可访问\]"
)
REPOST_QUOTE = re.compile(r"<blockquote[^<>]*>\s*(?:-\s*转发\s*)?(?:<[^<>]*>\s*){0,20}@")


@dataclass(frozen=True, slots=True)
class Window:
    """What a feed shows: its posts in the feed's own order, its title and its own link."""

    posts: tuple[SeenPost, ...]
    title: str
    link: str


@dataclass(frozen=True, slots=True)
class NotAFeed:
    """The body is no usable feed; *detail* says what it looks like."""

    detail: str


@dataclass(frozen=True, slots=True)
class _Item:
    url: str
    guid: str
    title: str
    text: str
    published: datetime | None
    updated: datetime | None


@dataclass(frozen=True, slots=True)
class _Manner:
    """How the items of one kind of feed are to be taken."""

    platform: str
    updated_counts: bool
    zone: tzinfo | None


def parse(
    body: bytes,
    content_type: str,
    platform: str,
    updated_counts: bool = False,
    zone: tzinfo | None = None,
) -> Window | NotAFeed:
    """Return the window in *body*, or what it is instead of a feed.

    *updated_counts*: an item's date of change stands in for a missing date of publication
    (WeWe RSS gives no other in Atom and JSON). Never for RSSHub, which writes the present
    instant there. *zone*: where a date of RSS or Atom that names no zone was written; None: it
    proves nothing.
    """
    text, manner = decoded(body, content_type), _Manner(platform, updated_counts, zone)
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return _json_feed(text, manner)
    return _xml_feed(text, manner)


def decoded(body: bytes, content_type: str) -> str:
    """Return *body* as text: by its mark, its declaration, the header, or as it fits."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    declared, header = DECLARED.match(body), HEADER_CHARSET.search(content_type)
    named = [declared[1].decode() if declared else "", header[1] if header else ""]
    tries = [ENCODINGS[name.lower()] for name in named if name.lower() in ENCODINGS]
    for encoding in (*tries, "utf-8", "gb18030"):
        try:
            return body.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
    return body.decode("utf-8", "replace")


def digest(body: bytes) -> str:
    """Return a hash of *body* that does not change with the instant at which it was built."""
    head, item, rest = body.partition(b"<entry")
    masked = UPDATED.sub(rb"\1", head, count=1) + item + rest if item else body
    return hashlib.blake2b(BUILT.sub(rb"\1", masked, count=1), digest_size=16).hexdigest()


def built_at(body: bytes) -> datetime | None:
    """Return when the feed says it was built: `lastBuildDate`, or Atom's own `updated`."""
    if found := BUILT.search(body):
        return _rfc822(found[2].decode("ascii", "replace"))
    if found := UPDATED.search(body.partition(b"<entry")[0]):
        return iso(found[2].decode("ascii", "replace"))
    return None


def iso(text: object) -> datetime | None:
    """Return an ISO 8601 instant in UTC; None without a zone or if it is none."""
    try:
        at = datetime.fromisoformat(text.strip()) if isinstance(text, str) else None
        return _sane(at.astimezone(UTC)) if at and at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _xml_feed(text: str, manner: _Manner) -> Window | NotAFeed:
    root = ROOT.search(COMMENT.sub("", text[:4096]))
    if root is None or root[1].lower() not in ROOTS:
        return NotAFeed(looks_like(text))
    if _absurd(text):
        return NotAFeed("XML with more tags or attributes than any feed has")
    import feedparser  # noqa: PLC0415 - who only looks at addresses need not load it

    # A stream, because a string that looks like an address or a path would be opened; in
    # UTF-8, because the encoding is settled.
    parsed = feedparser.parse(
        io.BytesIO(text.encode("utf-8", "replace")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.version:
        return NotAFeed("XML that is no feed")
    if parsed.bozo and not CLOSED.search(text[-200:]):
        return NotAFeed("a feed that is cut off")
    if not (parsed.entries or parsed.feed.get("title") or parsed.feed.get("link")):
        return NotAFeed("a feed without title, link or items")
    by_rsshub = parsed.feed.get("generator", "") == "RSSHub"
    items = (_xml_item(entry, manner.zone) for entry in parsed.entries)
    posts = _posts(items, manner.platform, manner.updated_counts and not by_rsshub)
    return Window(posts, _line(parsed.feed.get("title", "")), parsed.feed.get("link", ""))


def _absurd(text: str) -> bool:
    if text.count("<") > MOST_TAGS:
        return True
    tags = TAG.finditer(text) if text.count("=") > MOST_ATTRIBUTES else ()
    return any(tag[0].count("=") > MOST_ATTRIBUTES for tag in tags)


def _xml_item(entry: Mapping[str, object], zone: tzinfo | None) -> _Item:
    # `in` first: feedparser lets a missing `updated` be answered by `published`, with a warning.
    return _Item(
        url=_text(entry.get("link")),
        guid=_text(entry.get("id")),
        title=_text(entry.get("title")),
        text=_text(entry.get("summary")) or _first_content(entry.get("content")),
        published=_stamped(entry, "published", zone),
        updated=_stamped(entry, "updated", zone) if "updated" in entry else None,
    )


def _stamped(entry: Mapping[str, object], name: str, zone: tzinfo | None) -> datetime | None:
    # feedparser takes a date without a zone for UTC: 8 h wrong for a gateway in China.
    parsed, written = entry.get(f"{name}_parsed"), _text(entry.get(name)).strip()
    if len(written) > LONGEST_DATE:
        return None
    if ZONED.search(written):
        return _instant(calendar.timegm(parsed)) if isinstance(parsed, time.struct_time) else None
    return _local(written, zone) if zone else None


def _local(written: str, zone: tzinfo) -> datetime | None:
    """The instant of a date that names no zone, in RFC 822 or ISO 8601."""
    fields = parsedate(written) if ZONELESS.search(written) else None
    try:
        at = datetime(*fields[:6]) if fields else datetime.fromisoformat(written)  # noqa: DTZ001
        return _sane(at.replace(tzinfo=zone).astimezone(UTC)) if at.tzinfo is None else None
    except (ValueError, OverflowError):
        return None


def _json_feed(text: str, manner: _Manner) -> Window | NotAFeed:
    try:
        document = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return NotAFeed(looks_like(text))
    version, entries = document.get("version"), document.get("items")
    if not _text(version).startswith(JSON_FEED) or not isinstance(entries, list):
        return NotAFeed(looks_like(text))
    items = (_json_item(entry) for entry in entries if isinstance(entry, dict))
    posts = _posts(items, manner.platform, manner.updated_counts)
    return Window(posts, _line(_text(document.get("title"))), _text(document.get("home_page_url")))


def _json_item(entry: Mapping[str, object]) -> _Item:
    return _Item(
        url=_text(entry.get("url")),
        guid=_text(entry.get("id")),
        title=_text(entry.get("title")),
        text=_text(entry.get("content_html")) or _text(entry.get("content_text")),
        published=iso(entry.get("date_published")),
        updated=iso(entry.get("date_modified")),
    )


def _posts(items: Iterable[_Item], platform: str, updated_counts: bool) -> tuple[SeenPost, ...]:
    """The posts in the feed's order, one for each key; the earliest date of a key holds."""
    posts: dict[str, SeenPost] = {}
    for item in items:
        if not (item.url or item.guid or item.title):
            continue
        post = _post(item, platform, updated_counts)
        known = posts.get(post.key)
        if known is None or _earlier(post, known):
            posts[post.key] = post
    return tuple(posts.values())


def _earlier(post: SeenPost, known: SeenPost) -> bool:
    if post.stated_at is None:
        return False
    return known.stated_at is None or post.stated_at < known.stated_at


def _post(item: _Item, platform: str, updated_counts: bool) -> SeenPost:
    stated_at = item.published or (item.updated if updated_counts else None)
    title = _line(item.title) or _line(TAG.sub(" ", item.text[:LONGEST_TEXT]))
    return SeenPost(
        key=post_key(platform, item.url, item.guid, title, stated_at),
        title=title,
        url=html.unescape(item.url.strip()),
        kind=_kind(item, platform),
        stated_at=stated_at,
        push=_push(platform, stated_at),
    )


def _kind(item: _Item, platform: str) -> PostKind:
    if platform != "weibo":
        return PostKind.ARTICLE
    reposted = REPOST_TITLE.search(_line(item.title)) or REPOST_QUOTE.search(
        item.text[:LONGEST_TEXT]
    )
    return PostKind.REPOST if reposted else PostKind.ORIGINAL


def _push(platform: str, stated_at: datetime | None) -> str | None:
    """All articles of one WeChat mass-send carry the same second."""
    if platform != "wechat" or stated_at is None:
        return None
    return stated_at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _rfc822(text: str) -> datetime | None:
    if len(text) > LONGEST_DATE or not ZONED.search(text.strip()):
        return None
    try:
        return _sane(parsedate_to_datetime(text).astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def _instant(seconds: int) -> datetime | None:
    try:
        return _sane(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))
    except OverflowError:
        return None


def _sane(at: datetime) -> datetime | None:
    # A zero time stamp would date a post to 1970 for good, as the earliest date always holds.
    return at if at >= OLDEST else None


def _first_content(content: object) -> str:
    first = content[0] if isinstance(content, list) and content else {}
    return _text(first.get("value")) if isinstance(first, Mapping) else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_TITLE]
