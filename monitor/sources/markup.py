"""Make markup fit to be parsed: a feed's root alone, no text longer than is looked at. Pure.

A full-text feed has megabytes of articles inside CDATA; only titles, links, dates and the first
words of a text matter here.
"""

from __future__ import annotations

import html
import re
from collections import deque
from collections.abc import Callable

REFERENCE = re.compile(r"&#(?:[xX]([0-9A-Fa-f]+)|([0-9]+));?")
LAST = 0x10FFFF  # of Unicode
ROOT = re.compile(r"<(?:\w+:)?([A-Za-z]+)\b")
CLOSED = re.compile(r"</(?:\w+:)?(?:rss|feed|rdf)\s*>", re.I)
BLANK = "\ufeff\0 \t\r\n"
# What may stand before the root, by how it begins and ends.
PROLOGUE = (("<!--", "-->"), ("<?", "?>"), ("<!", ">"))
LONGEST_TEXT = 20_000  # characters of an item's text that are looked at
LONG_TEXT = re.compile(rf">[^<]{{{LONGEST_TEXT}}}[^<]*")
ITEM = re.compile(r"<item\b.*?</item\s*>", re.S | re.I)
STAMPED = re.compile(r"<pubDate\b[^<>]*>([^<]*)</pubDate\s*>", re.I)
TAG = re.compile(r"<[^<>]*>")
MOST_TAGS = 100_000  # parsing time grows with the square of their depth …
MOST_ATTRIBUTES = 500  # … and of the attributes of one


def beyond_unicode(text: str) -> bool:
    """Return whether *text* refers to a character that cannot be, e.g. `&#x110000;` or a number of
    thousands of digits: libraries fail at it, and nobody knows what was meant."""
    return "&#" in text and any(_code(one) > LAST for one in REFERENCE.finditer(text))


def unescaped(text: str) -> str:
    """Return *text* with the characters that it refers to; the mark of an unknown one for those
    that cannot be, where the library fails."""
    if "&#" in text:
        text = REFERENCE.sub(lambda one: "\ufffd" if _code(one) > LAST else one[0], text)
    return html.unescape(text)


def without_halves(text: str) -> str:
    """Return *text* with the mark of an unknown character for references to none, or to half of
    one: what text cannot be kept with."""
    return REFERENCE.sub(_known, text) if "&#" in text else text


def _known(found: re.Match[str]) -> str:
    code = _code(found)
    return found[0] if 0 < code < 0xD800 or code > 0xDFFF else "\ufffd"


def _code(found: re.Match[str]) -> int:
    hexadecimal, decimal = found.groups()
    number = (hexadecimal or decimal).lstrip("0")
    return int(number[:8] or "0", 16 if hexadecimal else 10)  # eight digits are too many already


def from_root(text: str) -> tuple[str, str]:
    """Return the name of the first element, in lower case, and *text* from there on.

    Blanks, comments and declarations before it are passed over, however long. ("", "") for
    what is no XML.
    """
    at = 0
    while True:
        at = _past_blanks(text, at)
        mark = next(((begin, end) for begin, end in PROLOGUE if text.startswith(begin, at)), None)
        if mark is None:
            break
        end = _past_doctype(text, at) if mark[0] == "<!" else _past(text, at, mark[1])
        if end is None:
            return "", ""
        at = end
    root = ROOT.match(text, at)
    return (root[1].lower(), text[at:]) if root else ("", "")


def to_end(text: str) -> str | None:
    """Return *text* up to the end of the feed, without comments or scripts that follow it; None
    if it has no end: it is cut off."""
    ends = deque(CLOSED.finditer(text), maxlen=1)
    return text[: ends[0].end()] if ends else None


def shortened(text: str) -> str:
    """Return *text* with every CDATA section and every text cut to 20,000 characters."""
    first, *sections = text.split("<![CDATA[")
    parts = [_short_texts(first)]
    for section in sections:
        inside, closed, after = section.partition("]]>")
        parts += ["<![CDATA[", inside[:LONGEST_TEXT], closed, _short_texts(after)]
    return "".join(parts)


def is_absurd(text: str) -> bool:
    """Return whether *text* has more tags, or one of them more attributes, than any feed has.
    Tags inside CDATA are none."""
    first, *sections = text.split("<![CDATA[")
    outside = [first, *(section.partition("]]>")[2] for section in sections)]
    if sum(part.count("<") for part in outside) > MOST_TAGS:
        return True
    return any(map(_is_crowded, outside))


def with_one_date(text: str, earlier: Callable[[list[str]], str]) -> str:
    """Return *text* with one pubDate an item, the one that *earlier* picks of several."""
    if text.count("<pubDate") <= text.count("<item"):
        return text
    return ITEM.sub(lambda item: _one_date(item[0], earlier), text)


def _is_crowded(text: str) -> bool:
    tags = TAG.finditer(text) if text.count("=") > MOST_ATTRIBUTES else ()
    return any(tag[0].count("=") > MOST_ATTRIBUTES for tag in tags)


def _one_date(item: str, earlier: Callable[[list[str]], str]) -> str:
    dates = STAMPED.findall(item)
    if len(dates) < 2:
        return item
    rest = STAMPED.sub("", item)
    end = rest.rindex("</")
    return f"{rest[:end]}<pubDate>{earlier(dates)}</pubDate>{rest[end:]}"


def _short_texts(text: str) -> str:
    return LONG_TEXT.sub(_short_text, text) if len(text) > LONGEST_TEXT else text


def _short_text(found: re.Match[str]) -> str:
    kept = found[0][:LONGEST_TEXT]
    amp = kept.rfind("&", -12)
    return kept if amp < 0 or ";" in kept[amp:] else kept[:amp]  # never half an entity


def _past_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] in BLANK:
        at += 1
    return at


def _past(text: str, at: int, end: str) -> int | None:
    found = text.find(end, at)
    return found + len(end) if found >= 0 else None


def _past_doctype(text: str, at: int) -> int | None:
    """Past a `<!DOCTYPE …>`, which may hold declarations of its own in brackets."""
    end, inner = text.find(">", at), text.find("[", at)
    return _past(text, inner, "]>") if 0 <= inner < end else _past(text, at, ">")
