"""Kind `web_page`: a list page of a portal, such as a column of the bureau's own website.

Reads on demand, so the answer itself is the pulse – if there is a list of dated links on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from alerts.told import Detail, coded
from monitor.causes import Cause
from monitor.errors import Told
from monitor.ledger.identity import post_key, post_marks
from monitor.model import Gateway, PostKind, Pulse, SeenPost, Stated
from monitor.sources import generic
from monitor.sources.answers import PAGE_BODY, Answer
from monitor.sources.base import Fetched, ReadRequest
from monitor.sources.feed import HEADER_CHARSET, WESTERN, NotAFeed, Window, decoded
from monitor.sources.fetching import Evidence, FeedRequest, fetch
from monitor.sources.kind import Kind
from monitor.sources.page_dates import moment
from monitor.sources.page_list import Entry, Page, joined, selector_problem
from monitor.sources.pages import looks_like
from monitor.wording import expected

if TYPE_CHECKING:
    from monitor.sources.http import Http

EXPECTS = Told(
    "a http(s) address or a path below the gateway's url, and where its list is not found by "
    "itself #css:item=…;link=…;title=…;date=…"
)
MARK = "#css:"
NAMES = ("item", "link", "title", "date")
META_CHARSET = re.compile(rb"""<meta[^<>]{0,200}?charset\s*=\s*["']?([\w-]{3,20})""", re.I)
MOST_TAGS = 50_000  # parsing time grows with the square of the depth
CLOSED = re.compile(r"</(?:html|body)\b", re.I)
BOXES = ("ul", "ol", "table", "div")


class WebPage:
    """List pages of one website."""

    def __init__(self, gateway: Gateway, http: Http) -> None:
        self._gateway = gateway
        self._http = http

    def read(self, request: ReadRequest) -> Fetched:
        """Return what the list shows at `request.now`."""
        where, _, css = request.source.locator.partition(MARK)
        zone = self._gateway.timezone
        wanted = FeedRequest(
            url=generic.address(self._gateway, where),
            request=request,
            witness=lambda _: Evidence(Pulse.FULL, request.now),
            parse=lambda answer: listed(answer, _selectors(css), request, zone),
        )
        return fetch(self._http, wanted)

    def close(self) -> None:
        """Give back pooled connections."""
        self._http.close()


def locator_problem(locator: str) -> str | None:
    """Return what is wrong with *locator*, or None."""
    where, mark, css = locator.partition(MARK)
    if (problem := generic.address_problem(where)) is not None or "#" in where:
        return expected(EXPECTS) if problem else Told("after # css:… was expected")
    return _css_problem(css) if mark else None


def _css_problem(css: str) -> str | None:
    for name, selector in _pairs(css):
        if name not in NAMES:
            return Told("item, link, title or date was expected instead of “{name}”", name=name)
        if (problem := selector_problem(selector)) is not None:
            return Told("{name}: {problem}", name=name, problem=problem)
    return None if "item" in _selectors(css) else Told("item=… was expected among the selectors")


def _pairs(css: str) -> list[tuple[str, str]]:
    parts = (part.partition("=") for part in css.split(";") if part.strip())
    return [(name.strip(), selector.strip()) for name, _, selector in parts]


def _selectors(css: str) -> Mapping[str, str]:
    return dict(_pairs(css))


def listed(
    answer: Answer, selectors: Mapping[str, str], request: ReadRequest, zone: tzinfo
) -> Window | NotAFeed:
    """Return the posts that the page lists, or what it is instead of a list. *zone*: that of its
    dates."""
    text = _text(answer)
    if text.count("<") > MOST_TAGS:
        return NotAFeed(f"a page of more than {MOST_TAGS} tags")
    page = Page(text, answer.url)
    entries = page.entries(selectors)
    posts = _posts(entries, page.base, request.platform, request.now, zone)
    if not any(post.stated_at for post in posts):
        return NotAFeed(_without_list(text))
    if _is_cut_off(text):
        return NotAFeed(Detail("a page that is cut off", Cause.CUT_OFF))
    return Window(posts, page.title, "", column=page.column(entries))


def _text(answer: Answer) -> str:
    """The page as text: by what the header says, unless that is a server's western default, else
    by what the page itself says."""
    meta, header = (
        META_CHARSET.search(answer.body[:4096]),
        HEADER_CHARSET.search(answer.content_type),
    )
    if meta is None or (header and header[1].lower() not in WESTERN):
        return decoded(answer.body, answer.content_type)
    return decoded(answer.body, f"text/html; charset={meta[1].decode()}")


def _is_cut_off(text: str) -> bool:
    """Whether the end of the page is missing. HTML lets `</html>` and `</body>` be left out, but
    not the end of a list."""
    if CLOSED.search(text):
        return False
    plain = text.lower()
    opened = any(plain.count(f"<{box}") > plain.count(f"</{box}") for box in BOXES)
    return "<html" in plain and (opened or plain.rfind("<") > plain.rfind(">"))


def _without_list(text: str) -> str:
    looks = looks_like(text)
    if not looks.startswith("an HTML page"):
        return looks
    return coded(f"{looks} without a list of dated links", looks)


def _posts(
    entries: Iterable[Entry], base: str, platform: str, now: datetime, zone: tzinfo
) -> tuple[SeenPost, ...]:
    """The posts in the page's order, one for each key; the earliest date of a key holds."""
    posts: dict[str, SeenPost] = {}
    for entry in entries:
        url = joined(base, entry.href)
        at = moment(entry.written, now, zone) if entry.written else None
        post = _seen(url, platform, entry.title, at)
        known = posts.get(post.key)
        if known is None or (at and (known.stated_at or at.at) > at.at):
            posts[post.key] = post
    return tuple(posts.values())


def _seen(url: str, platform: str, title: str, stated: Stated | None) -> SeenPost:
    at, until = (stated.at, stated.until) if stated else (None, None)
    key = post_key(platform, url, "", title, at)
    marks = post_marks(platform, url, "", title, at)
    return SeenPost(key, title, url, PostKind.ARTICLE, at, stated_until=until, marks=marks)


KIND = Kind(WebPage, locator_problem, max_body=PAGE_BODY)
