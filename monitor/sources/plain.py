"""Read the plainest of feeds at once, and as a tolerant parser reads them. Pure.

Plain is what RSSHub and WeWe RSS write: RSS 2.0 of known elements, each once, its items last, with
web addresses for links and a full date in a stated zone. Whatever the standards leave open, and
every habit in which parsers are known to differ, makes a feed not plain: it is left to others.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from monitor.sources.markup import MOST_TAGS


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


# What may be declared, and is known then.
DECLARED = {
    "version": "2.0",
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
}
CHANNEL = _names(
    "title link description generator webMaster managingEditor language copyright lastBuildDate"
    " ttl docs image atom:link"
)
IMAGE = _names("url title link width height")
ITEM = _names("title link description guid pubDate author category comments dc:creator")
ATTRIBUTE = r'\s([\w:]+)="((?:[^"<&]|&amp;)*)"'
ATTRIBUTES = re.compile(ATTRIBUTE, re.A)
MANY = r'(?:\s[\w:]+="(?:[^"<&]|&amp;)*")*'
BEGINNING = re.compile(
    r'\s*(?:<\?xml version="1\.0"(?: encoding="[\w-]+")?\s?\?>\s*)?'
    rf"<rss({MANY})>\s*<channel>\s*",
    re.A,
)
# An element that holds text alone, as it is or in one section, or nothing; or an image.
TEXT, SECTION = r"[^<]*", r"\s*<!\[CDATA\[([^\]]*+(?:\](?!\]>)[^\]]*+)*+)\]\]>\s*"
ELEMENT = re.compile(
    rf"<([\w:]+)({MANY})\s?(?:/>|>(?:({TEXT})|{SECTION}|(?<=<image>)(.*?))</\1>)\s*", re.A | re.S
)
ENDING = re.compile(r"\s*</rss>\s*")
REFERENCES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&apos;": "'", "&#34;": '"'}
UNKNOWN = re.compile("&(?!(?:lt|gt|quot|amp|apos|#39|#34);)")
MONTHS = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
DAYS = (
    f"(?:(?:0?[1-9]|1\\d|2[0-8]) {MONTHS} 20\\d\\d|(?:29|30) (?!Feb){MONTHS} 20\\d\\d"
    "|31 (?:Jan|Mar|May|Jul|Aug|Oct|Dec) 20\\d\\d|29 Feb 20(?:[02468][048]|[13579][26]))"
)
DATE = (
    rf"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), {DAYS} "
    r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d (?:GMT|[+-](?:0\d|1[0-4])[0-5]0)"
)
HOST = r"https?://[\w.-]+(?::\d+)?"
# What links, ids and dates have to look like.
LOOKS = {
    "link": re.compile(rf"{HOST}(?:[/?#][^\s<>\]\[\\;]*)?", re.A),
    "guid": re.compile(r"[^\s<>\]\[;]+"),
    "pubDate": re.compile(DATE, re.A),
}
# An item as RSSHub writes nearly all of them: it is read at once, as it would be step by step.
USUAL = re.compile(
    rf"\s*<title>({TEXT})</title>\s*<description>({TEXT})</description>\s*"
    rf"<link>({HOST}(?:[/?#](?:[^\s<>\]\[\\;&]|&amp;)*)?)</link>\s*"
    r'<guid(?: isPermaLink="(?:true|false)")?>((?u:(?:[^\s<>\]\[;&]|&amp;)+))</guid>\s*'
    rf"<pubDate>({DATE})</pubDate>\s*(?:<author>[^<&]*</author>\s*)?"
    r"(?:<category>[^<&]*</category>\s*)*</item>",
    re.A,
)
PERMANENT = ({"isPermaLink": "true"}, {"isPermaLink": "false"})
# Controls, and the first of the two bytes of what is above ASCII and below U+0100.
CONTROLS = tuple(bytes([n]) for n in (*range(9), 11, 12, *range(14, 32), 127))
LATIN = (b"\xc2", b"\xc3")
# Ends of lines of Unicode's own, two signs that a parser uses for itself, and two that are none.
STRANGE = ("\u2028", "\u2029", "\ue000", "\ue001", "\ufffe", "\uffff")
C1 = re.compile("[\x80-\x9f]")
READ_TWICE = re.compile("[\xc2-\xf4][\xa0-\xbf]")  # what UTF-8 looks like where it was
IN_SECTIONS = ("<!", "<?", "&#")  # what parsers may look for there, too


class PlainItem(NamedTuple):
    """An item, its *description* as it is written; *published* is "" where there is no date."""

    link: str
    guid: str
    title: str
    description: str
    published: str


@dataclass(frozen=True, slots=True)
class PlainFeed:
    """What a plain feed says of itself, and its items in its own order."""

    title: str
    link: str
    items: tuple[PlainItem, ...]


def read(text: str, octets: bytes | None = None) -> PlainFeed | None:
    """Return the feed that *text* is; None for one that is not plain, or no feed at all.

    *octets*: all of it in UTF-8, and perhaps more, if that is there already."""
    begun, (body, _, rest) = BEGINNING.match(text), text.rpartition("</channel>")
    if begun is None or not body or not ENDING.fullmatch(rest) or _is_odd(text, octets):
        return None
    try:
        return _feed(begun[1], body[begun.end() :])
    except _OddError:
        return None


def unescaped(text: str) -> str:
    """Return *text* with the signs that its references stand for."""
    for reference, sign in REFERENCES.items():
        text = text.replace(reference, sign)
    return text.replace("&amp;", "&")


class _OddError(Exception):
    """Something that no plain feed has."""


def _is_odd(text: str, octets: bytes | None) -> bool:
    """Whether it holds characters that parsers take for others, or for none."""
    try:
        octets = octets or text.encode()
    except UnicodeEncodeError:
        return True
    found = [one in octets for one in CONTROLS] + [one in text for one in STRANGE]
    if any(found) or (len(text) > MOST_TAGS and text.count("<") > MOST_TAGS):
        return True
    latin = any(one in octets for one in LATIN)
    return latin and (C1.search(text) or READ_TWICE.search(text)) is not None


def _feed(declared: str, text: str) -> PlainFeed:
    root = _attributes(declared)
    if "version" not in root or not root.items() <= DECLARED.items():
        raise _OddError
    about, *items = text.split("<item>")
    channel = _held(about, CHANNEL, root)
    if not channel.keys() >= {"title", "link"}:
        raise _OddError
    return PlainFeed(
        channel["title"], channel["link"], tuple(_item(item.rstrip(), root) for item in items)
    )


def _item(text: str, root: Mapping[str, str]) -> PlainItem:
    if (usual := USUAL.fullmatch(text)) is None:
        return _unusual_item(text, root)
    title, description, link, guid, published = usual.groups()
    return PlainItem(
        link.replace("&amp;", "&"),
        guid.replace("&amp;", "&"),
        _value("title", title, ""),
        _value("description", description, ""),
        published,
    )


def _unusual_item(text: str, root: Mapping[str, str]) -> PlainItem:
    if not text.endswith("</item>"):
        raise _OddError
    held = _held(text[: -len("</item>")].lstrip(), ITEM, root)
    try:
        item = PlainItem(
            held["link"],
            held["guid"],
            held["title"],
            held.get("description", ""),
            held.get("pubDate", ""),
        )
    except KeyError:
        raise _OddError from None
    # Without a date it must have no id that could be taken for one.
    if not item.published and not item.guid.startswith(("http://", "https://")):
        raise _OddError
    return item


def _held(text: str, known: Container[str], root: Mapping[str, str]) -> dict[str, str]:
    """What the elements hold of which *text* consists, by name."""
    held: dict[str, str] = {}
    at = 0
    while at < len(text):
        if (found := ELEMENT.match(text, at)) is None:
            raise _OddError
        at = found.end()
        name, attributes, said, section, inside = found.groups()
        if name not in known or (name in held and name != "category"):
            raise _OddError
        if attributes or ":" in name:
            _check(name, _attributes(attributes), root)
        if inside:
            _held(inside.lstrip(), IMAGE, root)
        if name == "guid" and "link" not in held:  # it would stand in for one
            raise _OddError
        held[name] = _value(name, said or "", section or "")
    return held


def _value(name: str, said: str, section: str) -> str:
    """What an element holds, without the blanks around it."""
    if section and any(one in section for one in IN_SECTIONS):
        raise _OddError
    if "&" in said:
        if UNKNOWN.search(said):
            raise _OddError
        said = said if name == "description" else unescaped(said)
    if name == "description":
        section = section.replace("&", "&amp;")
    value = (said or section).strip()
    if name in LOOKS and not LOOKS[name].fullmatch(value):
        raise _OddError
    return value


def _attributes(text: str) -> dict[str, str]:
    """The attributes in *text*, each of which is there once."""
    pairs = ATTRIBUTES.findall(text)
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _OddError
    return found


def _check(name: str, attributes: Mapping[str, str], root: Mapping[str, str]) -> None:
    """Whether an element may have these attributes, and its name was declared."""
    if ":" in name and f"xmlns:{name.partition(':')[0]}" not in root:
        raise _OddError
    if name == "atom:link":
        fits = attributes.get("rel") == "self" and attributes.keys() <= {"href", "rel", "type"}
    else:
        fits = not attributes or (name == "guid" and attributes in PERMANENT)
    if not fits:
        raise _OddError
