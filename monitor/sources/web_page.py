"""Kind `web_page`: a list page of a portal, such as a column of the bureau's own website.

Reads on demand, so the answer itself is the pulse – if there is a list of dated links on it.
Decides which links are posts and when they say they were published. The only file that knows
selectolax.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from monitor.ledger.identity import post_key
from monitor.model import Gateway, PostKind, Pulse, SeenPost
from monitor.sources import generic
from monitor.sources.answers import PAGE_BODY, Answer
from monitor.sources.base import Fetched, ReadRequest
from monitor.sources.bodies import BEIJING
from monitor.sources.dates import OLDEST
from monitor.sources.feed import HEADER_CHARSET, NotAFeed, Window, decoded
from monitor.sources.fetching import Evidence, FeedRequest, fetch
from monitor.sources.kind import Kind
from monitor.sources.pages import looks_like

if TYPE_CHECKING:
    from monitor.sources.http import Http

EXPECTS = (
    "a http(s) address or a path below the gateway's url, and where its list is not found by "
    "itself #css:item=…;link=…;title=…;date=…"
)
MARK = "#css:"
NAMES = ("item", "link", "title", "date")
META_CHARSET = re.compile(rb"""<meta[^<>]{0,200}?charset\s*=\s*["']?([\w-]{3,20})""", re.I)
MOST_TAGS = 50_000  # parsing time grows with the square of the depth
MOST_DATES = 200
CLIMB = 4  # how far above a date its link may meet it: span, td, tr and one to spare
DEPTH = 8  # elements around an entry by which its list is known
COMPANY = 3  # links beside one date: a column's name, the title, an icon
LEAST = 3  # dated links that make a list, unless selectors say where it is
LONGEST_TITLE = 300
FAR = timedelta(hours=1)  # a date without a year lies at most so far ahead
MOST_NODES = 400  # elements and texts of one entry
STAMP = re.compile(
    r"""(?<![\d/.-])
    (?: (?P<y>20\d\d)\s*[-/.年]\s*(?P<m>1[0-2]|0?[1-9])\s*[-/.月]\s*(?P<d>3[01]|[12]\d|0?[1-9])
      | (?P<m2>1[0-2]|0?[1-9])\s*[-/月]\s*(?P<d2>3[01]|[12]\d|0?[1-9])
    )(?:\s*日|(?![\d/.-]))
    (?:[\sT]{0,9}(?P<H>2[0-3]|[01]?\d)[:：时](?P<M>[0-5]\d)(?:[:：分](?P<S>[0-5]\d))?[秒分]?)?""",
    re.X,
)
FRAME = re.compile(
    r"[\[(（【〔\s]*(?:(?:发布|发表|更新|编辑)?(?:时间|日期)\s*[:：]?\s*)?"
    rf"{STAMP.pattern}(?:Z|\+08:?00)?[\])）】〕\s]*",
    re.X,
)


class WebPage:
    """List pages of one website."""

    def __init__(self, gateway: Gateway, http: Http) -> None:
        self._gateway = gateway
        self._http = http

    def read(self, request: ReadRequest) -> Fetched:
        """Return what the list shows at `request.now`."""
        where, _, css = request.source.locator.partition(MARK)
        wanted = FeedRequest(
            url=generic.address(self._gateway, where),
            request=request,
            witness=lambda _: Evidence(Pulse.FULL, request.now),
            parse=lambda answer: listed(answer, _selectors(css), request),
        )
        return fetch(self._http, wanted)

    def close(self) -> None:
        """Give back pooled connections."""
        self._http.close()


def locator_problem(locator: str) -> str | None:
    """Return what is wrong with *locator*, or None."""
    where, mark, css = locator.partition(MARK)
    if (problem := generic.address_problem(where)) is not None or "#" in where:
        return f"{EXPECTS} was expected" if problem else f"after # {MARK[1:]}… was expected"
    return _css_problem(css) if mark else None


def _css_problem(css: str) -> str | None:
    for name, selector in _pairs(css):
        if name not in NAMES:
            return f"item, link, title or date was expected instead of “{name}”"
        try:
            LexborHTMLParser("").css(selector)
        except SelectolaxError:
            return f"{name}: a CSS selector was expected, not “{selector}”"
    return None if "item" in _selectors(css) else "item=… was expected among the selectors"


def _pairs(css: str) -> list[tuple[str, str]]:
    parts = (part.partition("=") for part in css.split(";") if part.strip())
    return [(name.strip(), selector.strip()) for name, _, selector in parts]


def _selectors(css: str) -> Mapping[str, str]:
    return dict(_pairs(css))


@dataclass(frozen=True, slots=True)
class _Entry:
    href: str
    title: str
    stamp: re.Match[str] | None
    place: str  # which list it stands in


def listed(answer: Answer, selectors: Mapping[str, str], request: ReadRequest) -> Window | NotAFeed:
    """Return the posts that the page lists, or what it is instead of a list."""
    meta = META_CHARSET.search(answer.body[:4096])
    named = HEADER_CHARSET.search(answer.content_type) or not meta
    charset = "" if named or not meta else f"; charset={meta[1].decode()}"
    text = decoded(answer.body, answer.content_type + charset)
    if text.count("<") > MOST_TAGS:
        return NotAFeed(f"a page of more than {MOST_TAGS} tags")
    tree = LexborHTMLParser(text)
    entries = _selected(tree, selectors) if selectors else _list(tree)
    posts = _posts(entries, _base(tree, answer.url), request)
    if not any(post.stated_at for post in posts):
        return NotAFeed(_without_list(text))
    if "<html" in text and "</html" not in text:
        return NotAFeed("a page that is cut off")
    title = tree.css_first("title")
    return Window(posts, _line(title.text() if title else ""), "")


def _without_list(text: str) -> str:
    looks = looks_like(text)
    return f"{looks} without a list of dated links" if looks.startswith("an HTML page") else looks


def moment(stamp: re.Match[str], now: datetime) -> datetime | None:
    """Return the instant that a date on a page stands for, in UTC; None for no such day.

    A day without a time counts from its first minute: the earliest it can have been. So an
    account may look a part of a day older than it is, never fresher. A day without a year is
    the latest one that is not ahead of *now*.
    """
    month, day_of_month = int(stamp["m"] or stamp["m2"]), int(stamp["d"] or stamp["d2"])
    clock = time(int(stamp["H"] or 0), int(stamp["M"] or 0), int(stamp["S"] or 0))
    today = now.astimezone(BEIJING)
    years = [int(stamp["y"])] if stamp["y"] else [today.year + 1, today.year, today.year - 1]
    for year in years:
        try:
            day = date(year, month, day_of_month)
        except ValueError:
            continue
        at = datetime.combine(day, clock, BEIJING)
        if stamp["y"] or at <= today + FAR:
            return at.astimezone(UTC) if at >= OLDEST else None
    return None


def _list(tree: LexborHTMLParser) -> list[_Entry]:
    """The entries of the longest list of dated links on the page.

    Only the longest, because the others advertise other columns; and no single date beside a
    link, because that may be today's, in the head of every page.
    """
    lists: dict[str, list[_Entry]] = {}
    for entry in _entries(tree):
        lists.setdefault(entry.place, []).append(entry)
    longest = max(lists.values(), key=len, default=[])
    return longest if len(longest) >= LEAST else []


def _entries(tree: LexborHTMLParser) -> Iterator[_Entry]:
    for text, stamp in _dates(tree):
        item = _meeting(text)
        if item is None:
            continue
        link = max(_links(item), key=lambda a: len(_title(a, "")), default=None)
        if link is not None:
            yield _Entry(_href(link), _title(link, stamp[0]), stamp, _place(item))


def _dates(tree: LexborHTMLParser) -> Iterator[tuple[LexborNode, re.Match[str]]]:
    """Every piece of text that is a date and nothing else."""
    body = tree.body
    found = 0
    for node in body.traverse(include_text=True) if body else ():
        written = node.text_content if node.is_text_node else None
        stamp = FRAME.fullmatch(written.strip()) if written and len(written) < 80 else None
        if stamp and (found := found + 1) <= MOST_DATES:
            yield node, stamp


def _meeting(text: LexborNode) -> LexborNode | None:
    """The smallest element that holds the date and a link; None if that is far or crowded."""
    node = text.parent
    for _ in range(CLIMB):
        if node is None or node.tag in ("body", "html"):
            return None
        if links := _links(node):
            return node if len({_href(a) for a in links}) <= COMPANY else None
        node = node.parent
    return None


def _place(item: LexborNode) -> str:
    """A list by the elements around it. Portals break one list into several of the same build."""
    steps, node = [item.tag or ""], item.parent
    while node is not None and len(steps) < DEPTH:
        steps.append(f"{node.tag}.{node.attributes.get('class') or ''}")
        node = node.parent
    return " < ".join(steps)


def _links(node: LexborNode) -> list[LexborNode]:
    """The links in an entry; of anything larger, only those it begins with."""
    if node.tag == "a" and _href(node):
        return [node]
    return [n for n in islice(node.traverse(), MOST_NODES) if n.tag == "a" and _href(n)]


def _href(link: LexborNode) -> str:
    href = (link.attributes.get("href") or "").strip()
    return (
        "" if href.startswith("#") or href.lower().startswith(("javascript:", "mailto:")) else href
    )


def _title(link: LexborNode, date_text: str) -> str:
    """What a link is called: in full, where its `title` says more than its text."""
    shown = _line(link.text(separator=" ").replace(date_text, " ") if date_text else link.text())
    full = _line(link.attributes.get("title") or "")
    return full if len(full) > len(shown.rstrip(".…")) else shown


def _selected(tree: LexborHTMLParser, selectors: Mapping[str, str]) -> list[_Entry]:
    items = tree.css(selectors["item"])[:MOST_DATES]
    return [entry for item in items if (entry := _picked(item, selectors)) is not None]


def _picked(item: LexborNode, selectors: Mapping[str, str]) -> _Entry | None:
    chosen = item.css_first(selectors["link"]) if "link" in selectors else None
    links = [chosen] if chosen is not None and _href(chosen) else _links(item)
    link = max(links, key=lambda a: len(_title(a, "")), default=None)
    stamp = _stamp(item, selectors.get("date"))
    named = item.css_first(selectors["title"]) if "title" in selectors else None
    title = _title(named, "") if named is not None else ""
    if not title and link is not None:
        title = _title(link, stamp[0] if stamp else "")
    return _Entry(_href(link) if link else "", title, stamp, "") if title else None


def _stamp(item: LexborNode, selector: str | None) -> re.Match[str] | None:
    """The date of an item: in the place given; else one that stands alone, else the last."""
    if selector is not None:
        place = item.css_first(selector)
        texts = [place.attributes.get("datetime") or "", place.text()] if place is not None else []
        return next((found for text in texts if (found := STAMP.search(text[:500]))), None)
    alone = (FRAME.fullmatch(text.strip()) for text in _texts(item) if len(text) < 80)
    # Without a year it may be anything: 3/15 is a campaign, 1/2 a page.
    within = [s for s in STAMP.finditer(item.text(separator=" ")[:2000]) if s["y"]]
    return next(filter(None, alone), within[-1] if within else None)


def _texts(item: LexborNode) -> Iterator[str]:
    return (n.text_content or "" for n in item.traverse(include_text=True) if n.is_text_node)


def _posts(entries: Iterable[_Entry], base: str, request: ReadRequest) -> tuple[SeenPost, ...]:
    """The posts in the page's order, one for each key; the earliest date of a key holds."""
    posts: dict[str, SeenPost] = {}
    for entry in entries:
        post = _post(entry, base, request)
        known = posts.get(post.key)
        if known is None or (
            post.stated_at and (known.stated_at or post.stated_at) > post.stated_at
        ):
            posts[post.key] = post
    return tuple(posts.values())


def _post(entry: _Entry, base: str, request: ReadRequest) -> SeenPost:
    url = _joined(base, entry.href)
    at = moment(entry.stamp, request.now) if entry.stamp else None
    key = post_key(request.platform, url, "", entry.title, at)
    return SeenPost(key, entry.title, url, PostKind.ARTICLE, at)


def _joined(base: str, href: str) -> str:
    try:
        url = urljoin(base, href) if href else ""
        return url if urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _base(tree: LexborHTMLParser, url: str) -> str:
    base = tree.css_first("base[href]")
    return _joined(url, base.attributes.get("href") or "") or url if base is not None else url


def _line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_TITLE]


KIND = Kind(WebPage, EXPECTS, locator_problem, max_body=PAGE_BODY)
