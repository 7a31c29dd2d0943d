"""Which feeds are so plain that a fast parser reads them as a tolerant one does. Pure.

Plain is what RSSHub and WeWe RSS write: well-formed RSS 2.0 of known elements, each once, with
web addresses for links and a full date in a stated zone. Whatever is left open by the standards,
and every habit in which parsers are known to differ, makes a feed not plain.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from xml.parsers import expat

ATOM_LINK = "http://www.w3.org/2005/Atom link"
CREATOR = "http://purl.org/dc/elements/1.1/ creator"


def _names(words: str, *more: str) -> frozenset[str]:
    return frozenset([*words.split(), *more])


# What each element may hold; all others hold text alone.
CHILDREN: Mapping[str, frozenset[str]] = {
    "": _names("rss"),
    "rss": _names("channel"),
    "channel": _names(
        "title link description generator webMaster managingEditor language copyright "
        "lastBuildDate ttl docs image item",
        ATOM_LINK,
    ),
    "image": _names("url title link width height"),
    "item": _names("title link description guid pubDate author category comments", CREATOR),
}
SEVERAL = frozenset({"item", "category"})
NEEDED: Mapping[str, frozenset[str]] = {
    "rss": _names("channel"),
    "channel": _names("title link"),
    "item": _names("title link guid"),
}
ATTRIBUTES: Mapping[str, frozenset[tuple[str, str]]] = {
    "rss": frozenset({("version", "2.0")}),
    "guid": frozenset({("isPermaLink", "true"), ("isPermaLink", "false")}),
}
# A comment, an instruction or a declaration; a numeric reference but of the few that XML needs;
# C1 controls and line ends of Unicode's own; two characters that may be UTF-8 read twice. One by
# one: as alternatives of one pattern they would all be tried at every character.
ODD = tuple(
    re.compile(pattern)
    for pattern in (
        "<!(?!\\[CDATA\\[)",
        "<\\?",
        "&#(?!(?:3[489]|6[02]|x2[267]|x3[CE]);)",
        "[\x7f-\x9f\u2028\u2029\ue000\ue001]",
        "[\xc2-\xf4][\xa0-\xbf]",
    )
)
# One of these in its bytes, or it holds nothing odd: the patterns take ten times as long.
SUSPECT = (b"<!", b"<?", b"&#", b"\x7f", b"\xc2", b"\xc3", b"\xe2\x80", b"\xee\x80")
OPEN, CLOSE = r"\s*(?:<!\[CDATA\[)?\s*", r"\s*(?:\]\]>)?\s*"
ADDRESS = r"https?://[\w.-]+(?::\d+)?(?:[/?#](?:[^\s<>\]\[\\&;]|&amp;)*)?"
LINK = re.compile(f"<link>{OPEN}{ADDRESS}{CLOSE}</link>", re.A)
GUID = re.compile(f"<guid(?: [^<>]*)?>{OPEN}(?:[^\\s<>\\]\\[&;]|&amp;)+{CLOSE}</guid>")
WEB_GUID = re.compile(f"<guid(?: [^<>]*)?>{OPEN}https?://")
MONTHS = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
DAYS = (
    f"(?:(?:0?[1-9]|1\\d|2[0-8]) {MONTHS} 20\\d\\d|(?:29|30) (?!Feb){MONTHS} 20\\d\\d"
    "|31 (?:Jan|Mar|May|Jul|Aug|Oct|Dec) 20\\d\\d|29 Feb 20(?:[02468][048]|[13579][26]))"
)
DATE = re.compile(
    rf"<pubDate>\s*(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), {DAYS} "
    r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d (?:GMT|[+-](?:0\d|1[0-4])[0-5]0)\s*</pubDate>",
    re.A,
)


def is_plain(text: str) -> bool:
    """Return whether *text*, an XML document from its root on, is a plain feed."""
    if not text.startswith("<rss") or _is_odd(text):
        return False
    outline = _Outline()
    return outline.fits(text) and _are_plain(text, outline.seen)


def _is_odd(text: str) -> bool:
    octets = text.encode("utf-8", "surrogatepass")
    return any(one in octets for one in SUSPECT) and any(odd.search(text) for odd in ODD)


def _are_plain(text: str, seen: Counter[str]) -> bool:
    """Whether all links, ids and dates are of the plain kind; also none that is mere text."""
    for name, plain in (("link", LINK), ("guid", GUID), ("pubDate", DATE)):
        if not text.count(f"<{name}") == len(plain.findall(text)) == seen[name]:
            return False
    # An item without a date must have no id that could be taken for one.
    return seen["pubDate"] == seen["item"] or len(WEB_GUID.findall(text)) == seen["guid"]


class _Outline:
    """Whether the elements of a document are those of a plain feed, and how many there are."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self._open = [_Element("")]
        self._in_text = False  # of an element that holds text alone
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def fits(self, text: str) -> bool:
        """Return whether *text* is well-formed and of known elements alone."""
        try:
            self._parser.Parse(text.encode(), True)
        except (expat.ExpatError, UnicodeEncodeError, _OddError):
            return False
        finally:  # or it would live, with all that it has read, until garbage is looked for
            del self._parser
        return True

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        around = self._open[-1]
        if self._in_text or not around.takes(name) or not _are_known(name, attributes):
            raise _OddError
        around.held.add(name)
        self.seen[name] += 1
        if name in CHILDREN:
            self._open.append(_Element(name))
        else:
            self._in_text = True

    def _end(self, _: str) -> None:
        if self._in_text:
            self._in_text = False
        elif not self._open.pop().is_whole():
            raise _OddError


class _Element:
    """An element that holds others, and what it *held* so far."""

    __slots__ = ("_children", "_needed", "held")

    def __init__(self, name: str) -> None:
        self._children = CHILDREN[name]
        self._needed = NEEDED.get(name, frozenset())
        self.held: set[str] = set()

    def takes(self, name: str) -> bool:
        """Return whether *name* may follow here: an id before its link would stand in for it."""
        if name not in self._children or (name in self.held and name not in SEVERAL):
            return False
        return name != "guid" or "link" in self.held

    def is_whole(self) -> bool:
        """Return whether nothing is lacking."""
        return self._needed <= self.held


class _OddError(Exception):
    """Something that no plain feed has."""


def _are_known(name: str, attributes: dict[str, str]) -> bool:
    if name == ATOM_LINK:
        return attributes.get("rel") == "self" and set(attributes) <= {"href", "rel", "type"}
    if not attributes:
        return name != "rss"
    return attributes.items() <= ATTRIBUTES.get(name, frozenset())
