"""A feed in Atom (RFC 4287), made from values. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as Xml

from alerts.words import directed

SPACE = "http://www.w3.org/2005/Atom"
NAME = "urn:account-freshness-monitor:"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. *id*: unique in the feed and the same for ever."""

    id: str
    title: str
    changed_at: datetime
    url: str
    text: str


def feed(title: str, url: str, now: datetime, entries: Iterable[Entry]) -> bytes:
    """Return the feed of *entries*, those that changed last first."""
    root = Xml.Element("feed", xmlns=SPACE)
    newest = sorted(entries, key=lambda entry: entry.changed_at, reverse=True)
    changed = newest[0].changed_at if newest else now
    _told(root, f"{NAME}alerts", title, changed, url)
    author = Xml.SubElement(root, "author")
    Xml.SubElement(author, "name").text = title
    for entry in newest:
        one = Xml.SubElement(root, "entry")
        _told(one, f"{NAME}{entry.id}", entry.title, entry.changed_at, entry.url)
        Xml.SubElement(one, "content", type="text").text = directed(entry.text)
    made: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _told(parent: Xml.Element, name: str, title: str, at: datetime, url: str) -> None:
    Xml.SubElement(parent, "id").text = name
    Xml.SubElement(parent, "title").text = directed(title)
    Xml.SubElement(parent, "updated").text = at.isoformat()
    Xml.SubElement(parent, "link", href=url)
