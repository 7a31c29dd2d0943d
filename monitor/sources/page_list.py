"""Find the list of posts on a portal's page. The only file of this room that knows selectolax.

Decides which links are entries of the page's own list, not of a column beside it, and which date
belongs to which. What a date stands for is `page_dates`' business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from monitor.errors import Told
from monitor.sources.page_dates import Written, alone, at_an_edge, in_address, within

MOST_DATES = 200
MOST_LINKS = 2000
CLIMB = 4  # how far above a date its link may meet it: span, td, tr and one to spare
DEPTH = 8  # elements around an entry by which its list is known
COMPANY = 3  # links beside one date: a column's name, the title, an icon
LEAST = 3  # dated links that make a list, unless selectors say where it is
LONGEST_TITLE = 300
SHORTEST_TITLE = 4  # characters; what is shorter is a button
MOST_NODES = 400  # elements and texts of one entry
NAMED = 6  # elements around a list before which its heading may stand …
NEIGHBOURS = 20  # … and how many of their neighbours are looked at
# JPAGE, which many portals are made with, keeps its list inside a script.
RECORDS = ("<datastore", "<record", "</record", "</datastore")
BESIDE = re.compile(
    r"(?:^|[\W_])(?:side|aside|hot|rank|tuijian|recommend|related|paihang|phb)", re.I
)
RIGHT = re.compile(r"(?:^|[\W_])(?:right|fr|r)(?:$|[\W_\d])", re.I)
SIDES = frozenset({"aside", "nav", "footer", "header"})
TITLES = ("h1", "h2", "h3", "h4", "h5")
TITLED = re.compile(r"(?:^|[\W_])(?:title|tit)\b", re.I)
HEADINGS = ", ".join([*TITLES, ".title", ".tit"])

AROUND = frozenset({"body", "html", "-document"})  # around everything


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of a list, with its date where one is written. *place*: which list it stands in."""

    href: str
    title: str
    written: Written | None
    place: str
    item: LexborNode


class Page:
    """A page of a website, parsed. *url*: where it came from."""

    def __init__(self, text: str, url: str) -> None:
        self._text = text
        self._tree = LexborHTMLParser(text)
        self.title = line(_text_of(self._tree, "title"))
        base = self._tree.css_first("base[href]")
        own = joined(url, base.attributes.get("href") or "") if base is not None else ""
        self.base = own or url

    def entries(self, selectors: Mapping[str, str]) -> Sequence[Entry]:
        """Return the entries of the page's list: where *selectors* say it is, else the one that
        is found by dates beside links, by dates above them, or by dates in titles and addresses."""
        stored = self._stored()
        if selectors:
            trees = [self._tree, *([stored] if stored is not None else [])]
            return next(filter(None, (_selected(tree, selectors) for tree in trees)), [])
        if stored is not None and (entries := list(_beside(stored))):
            return entries
        ways = (_beside, _below, _addressed)
        found = (self._main(_lists(way(self._tree))) for way in ways)
        return next(filter(None, found), [])

    def column(self, entries: Sequence[Entry]) -> str:
        """Return which list of the page *entries* are: its heading, and the elements it stands
        in."""
        if not entries:
            return ""
        heading = _heading(entries[0].item)
        parts = (part.rstrip(".") for part in _place(entries[0].item).split(" < "))
        place = " < ".join(part for part in parts if part not in AROUND)
        return f"“{heading}” ({place})" if heading else place

    def _stored(self) -> LexborHTMLParser | None:
        """The list that JPAGE keeps inside a script, as a page of its own."""
        begin, record, over, end = RECORDS
        _, found, stored = self._text.rpartition(end)[0].partition(begin)
        records = [piece.partition(over)[0].partition(">")[2] for piece in stored.split(record)[1:]]
        if not (found and records):
            return None
        plain = (r.replace("<![CDATA[", "").replace("]]>", "") for r in records)
        return LexborHTMLParser(f"<ul>{''.join(plain)}</ul>")

    def _main(self, lists: Iterable[list[Entry]]) -> list[Entry]:
        """Of several lists the page's own: its links lead into the page's folder, its heading is
        the page's title, it stands in no side column, and it is the longest – in this order."""
        return max(lists, key=self._worth, default=[])

    def _worth(self, entries: list[Entry]) -> tuple[bool, bool, int, int]:
        return (
            self._leads_home(entries),
            self._is_named(entries[0].item),
            -_aside(entries[0].item),
            len(entries),
        )

    def _leads_home(self, entries: list[Entry]) -> bool:
        folder = urljoin(self.base, ".")
        if len(urlsplit(folder).path) < 2:
            return False  # the whole site lies below its root
        inside = sum(joined(self.base, entry.href).startswith(folder) for entry in entries)
        return 2 * inside > len(entries)

    def _is_named(self, item: LexborNode) -> bool:
        """Whether the heading of the list says what the page is called."""
        name = re.split(r"[-_|–—·\s]", self.title, maxsplit=1)[0]
        return len(name) > 1 and _heading(item) == name


def selector_problem(selector: str) -> str | None:
    """Return what is wrong with a CSS *selector*, or None."""
    try:
        LexborHTMLParser("").css(selector)
    except SelectolaxError:
        return Told("a CSS selector was expected, not “{selector}”", selector=selector)
    return None


def joined(base: str, href: str) -> str:
    """Return the web address that *href* stands for at *base*; "" for none."""
    try:
        url = urljoin(base, href) if href else ""
        return url if urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def line(text: str) -> str:
    """Return *text* on one line of at most 300 characters."""
    return " ".join(text.split())[:LONGEST_TITLE]


def _lists(entries: Iterable[Entry]) -> list[list[Entry]]:
    """The lists that *entries* make; no single date beside a link, because that may be today's,
    in the head of every page."""
    lists: dict[str, list[Entry]] = {}
    for entry in entries:
        lists.setdefault(entry.place, []).append(entry)
    return [found for found in lists.values() if len(found) >= LEAST]


def _beside(tree: LexborHTMLParser) -> Iterator[Entry]:
    """Links with a date beside them."""
    for text, written in _dates(tree):
        item = _meeting(text)
        if item is None:
            continue
        link = max(_links(item), key=lambda a: len(_title(a)), default=None)
        if link is not None:
            title = _title(link, (text.text_content or "").strip())
            yield Entry(_href(link), title, written, _place(item), item)


def _below(tree: LexborHTMLParser) -> Iterator[Entry]:
    """Links below a heading that is a date, where there are several such headings: one alone may
    be today's."""
    current: tuple[str, Written] | None = None
    found: dict[str, list[Entry]] = {}
    for node in _nodes(tree):
        if node.is_text_node and (written := alone(node.text_content or "")):
            current = _place(node.parent), written
        elif current and node.tag == "a" and _is_titled(node):
            place = f"{current[0]} < {_place(node)}"
            found.setdefault(place, []).append(
                Entry(_href(node), _title(node), current[1], place, node)
            )
    for entries in found.values():
        yield from entries if len({entry.written for entry in entries}) > 1 else ()


def _addressed(tree: LexborHTMLParser) -> Iterator[Entry]:
    """Links with a date at the edge of their titles, or in their addresses."""
    for node in islice((n for n in _nodes(tree) if n.tag == "a"), MOST_LINKS):
        written = at_an_edge(_title(node)) or in_address(_href(node))
        if written is not None and _is_titled(node):
            yield Entry(_href(node), _title(node), written, _place(node), node)


def _nodes(tree: LexborHTMLParser) -> Iterator[LexborNode]:
    return tree.body.traverse(include_text=True) if tree.body else iter(())


def _dates(tree: LexborHTMLParser) -> Iterator[tuple[LexborNode, Written]]:
    """Every piece of text that is a date and nothing else."""
    texts = (node for node in _nodes(tree) if node.is_text_node)
    dated = ((node, alone(node.text_content or "")) for node in texts)
    return islice(((node, written) for node, written in dated if written), MOST_DATES)


def _meeting(text: LexborNode) -> LexborNode | None:
    """The smallest element that holds the date and a link; None if that is far or crowded."""
    for node in islice(_above(text), CLIMB):
        if node.tag in ("body", "html"):
            return None
        if links := _links(node):
            return node if len({_href(a) for a in links}) <= COMPANY else None
    return None


def _above(node: LexborNode) -> Iterator[LexborNode]:
    above = node.parent
    while above is not None:
        yield above
        above = above.parent


def _place(item: LexborNode | None) -> str:
    """A list by the elements around it. Portals break one list into several of the same build."""
    if item is None:
        return ""
    around = (f"{n.tag}.{n.attributes.get('class') or ''}" for n in islice(_above(item), DEPTH - 1))
    return " < ".join([item.tag or "", *around])


def _aside(item: LexborNode) -> int:
    """How much the place of *item* looks like a column beside the page's own list."""
    worst = 0
    for node in _above(item):
        names = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"
        if node.tag in SIDES or BESIDE.search(names):
            return 2
        worst = max(worst, 1 if RIGHT.search(names) else 0)
    return worst


def _heading(item: LexborNode) -> str:
    """The text of the heading that stands nearest before *item*; "" for none near."""
    for node in (item, *islice(_above(item), NAMED)):
        for before in islice(_before(node), NEIGHBOURS):
            headings = [before] if _is_heading(before) else before.css(HEADINGS)
            if headings:
                return line(headings[-1].text())
    return ""


def _is_heading(node: LexborNode) -> bool:
    return node.tag in TITLES or bool(TITLED.search(node.attributes.get("class") or ""))


def _before(node: LexborNode) -> Iterator[LexborNode]:
    """The elements before *node* that have the same parent, the nearest first."""
    before = node.prev
    while before is not None:
        if not before.is_text_node and not before.is_comment_node:
            yield before
        before = before.prev


def _links(node: LexborNode) -> list[LexborNode]:
    """The links in an entry; of anything larger, only those it begins with."""
    if node.tag == "a" and _href(node):
        return [node]
    return [n for n in islice(node.traverse(), MOST_NODES) if n.tag == "a" and _href(n)]


def _href(link: LexborNode) -> str:
    href = (link.attributes.get("href") or "").strip()
    nowhere = href.startswith("#") or href.lower().startswith(("javascript:", "mailto:"))
    return "" if nowhere else href


def _is_titled(link: LexborNode) -> bool:
    return bool(_href(link)) and len(_title(link)) >= SHORTEST_TITLE


def _title(link: LexborNode, date_text: str = "") -> str:
    """What a link is called: in full, where its `title` says more than its text."""
    shown = line(link.text(separator=" ").replace(date_text, " ") if date_text else link.text())
    full = line(link.attributes.get("title") or "")
    return full if len(full) > len(shown.rstrip(".…")) else shown


def _selected(tree: LexborHTMLParser, selectors: Mapping[str, str]) -> list[Entry]:
    items = tree.css(selectors["item"])[:MOST_DATES]
    return [entry for item in items if (entry := _picked(item, selectors)) is not None]


def _picked(item: LexborNode, selectors: Mapping[str, str]) -> Entry | None:
    chosen = item.css_first(selectors["link"]) if "link" in selectors else None
    links = [chosen] if chosen is not None and _href(chosen) else _links(item)
    link = max(links, key=lambda a: len(_title(a)), default=None)
    href = _href(link) if link else ""
    written, shown = _written(item, selectors.get("date"), href)
    named = item.css_first(selectors["title"]) if "title" in selectors else None
    title = _title(named) if named is not None else ""
    if not title and link is not None:
        title = _title(link, shown)
    return Entry(href, title, written, "", item) if title else None


def _written(item: LexborNode, selector: str | None, href: str) -> tuple[Written | None, str]:
    """The date of an item, and its text if nothing else stands beside it. In the place given;
    else one that stands alone; else the last outside the title, which may speak of another day;
    else one at the title's edge, or in its address."""
    if selector is not None:
        return _in_place(item, selector), ""
    for text in _texts(item):
        if found := alone(text):
            return found, text.strip()
    outside = [d for text in _texts(item, linked=False) for d in within(text[:2000]) if d.year]
    edges = (at_an_edge(text) for text in _texts(item))
    return next(filter(None, [*outside[::-1], *edges, in_address(href)]), None), ""


def _in_place(item: LexborNode, selector: str) -> Written | None:
    place = item.css_first(selector)
    if place is None:
        return None
    texts = [place.attributes.get("datetime") or "", place.text()]
    found = (alone(text) or next(iter(within(text[:500])), None) for text in texts)
    return next(filter(None, found), None)


def _texts(item: LexborNode, linked: bool = True) -> Iterator[str]:
    """The pieces of text in *item*; not those of links unless *linked*."""
    for node in islice(item.traverse(include_text=True), MOST_NODES):
        if node.is_text_node and (linked or not _in_link(node, item)):
            yield node.text_content or ""


def _in_link(node: LexborNode, item: LexborNode) -> bool:
    for above in _above(node):
        if above.tag == "a":
            return True
        if above == item:
            return False
    return False


def _text_of(tree: LexborHTMLParser, selector: str) -> str:
    found = tree.css_first(selector)
    return found.text() if found is not None else ""
