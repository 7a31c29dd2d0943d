"""Kind `json`: any list in JSON, with the places in it where a post's parts stand.

For an interface of an office's own, a client that is kept logged in, or a paid list. Its items are
read as those of a JSON Feed are, so dates, links and keys follow the same rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from alerts.told import Detail
from monitor.causes import Cause
from monitor.errors import Told, listing
from monitor.ledger.identity import account_of
from monitor.model import Gateway, PostKind, Pulse, SeenPost
from monitor.sources import feed, generic
from monitor.sources.answers import Answer
from monitor.sources.base import Fetched, ReadRequest
from monitor.sources.fetching import Evidence, FeedRequest, fetch
from monitor.sources.json_text import loaded
from monitor.sources.kind import Kind
from monitor.sources.pages import looks_like
from monitor.wording import expected

if TYPE_CHECKING:
    from monitor.sources.http import Http

MARK = "#json:"
EXPECTS = Told(
    "an address, or a path below the gateway's url, and the places of a post's parts: "
    "#json:items=…;id=…;link=…;title=…;date=…"
)
NAMES = ("items", "id", "link", "title", "date", "kind", "name", "owner")
TELLING = ("id", "link", "title")  # one of them must be there: a date alone is no post
KEY = "{key}"
SAID = ("message", "msg", "errmsg", "error", "detail")
MILLISECONDS = 10**11  # a number from here on is no count of seconds: that would be the year 5138
KINDS = {
    "original": PostKind.ORIGINAL,
    "原创": PostKind.ORIGINAL,
    "repost": PostKind.REPOST,
    "转发": PostKind.REPOST,
    "article": PostKind.ARTICLE,
    "文章": PostKind.ARTICLE,
}


class JsonList:
    """Lists in JSON."""

    def __init__(self, gateway: Gateway, http: Http) -> None:
        self._gateway = gateway
        self._http = http

    def read(self, request: ReadRequest) -> Fetched:
        """Return what the list shows at `request.now`."""
        where, _, written = request.source.locator.partition(MARK)
        places = _places(written)
        pulse = Pulse.FULL if self._gateway.trusted else Pulse.WEAK
        owner = places.get("owner")
        wanted = FeedRequest(
            url=_address(self._gateway, where),
            request=request,
            witness=lambda _: Evidence(pulse, request.now),
            expected=account_of(request.platform, owner) if owner else None,
            by_items=True,
            parse=lambda answer: listed(answer, places, request.platform, self._gateway),
        )
        return fetch(self._http, wanted)

    def close(self) -> None:
        """Give back pooled connections."""
        self._http.close()


def listed(
    answer: Answer, places: Mapping[str, str], platform: str, gateway: Gateway
) -> feed.Window | feed.NotAFeed:
    """Return the posts at *places* in the *answer*, or what is there instead of them."""
    text = feed.decoded(answer.body, answer.content_type)
    try:
        document = loaded(text)
    except (ValueError, RecursionError):
        return feed.NotAFeed(looks_like(text))
    items = _items(document, places)
    if isinstance(items, feed.NotAFeed):
        return items
    name = at(document, places["name"]) if "name" in places else None
    found = _window(items, places, platform, gateway, answer.url)
    return replace(found, title=name if isinstance(name, str) else "")


def at(document: object, place: str) -> object:
    """Return what stands at *place* of *document*: names and numbers with dots between them, "" for
    the whole; None where nothing does."""
    found = document
    for step in filter(None, place.split(".")):
        if isinstance(found, Mapping):
            found = found.get(step)
        elif isinstance(found, list) and step.isdecimal() and int(step) < len(found):
            found = found[int(step)]
        else:
            return None
    return found


def _items(document: object, places: Mapping[str, str]) -> list[object] | feed.NotAFeed:
    """The items, of which each part that a place is given for was found in at least one."""
    where = places.get("items", "")
    items = at(document, where)
    if not isinstance(items, list):
        said = next((m for name in SAID if (m := at(document, name)) and isinstance(m, str)), "")
        says = f"; it says “{said[:80]}”" if said else ""
        return feed.NotAFeed(Detail(f"no list at “{where}”{says}", Cause.SHAPE))
    for name in ("id", "link", "title", "date"):
        place = places.get(name)
        if items and place and all(at(item, place) in (None, "") for item in items):
            line = f"none of {len(items)} items has its {name} at “{place}”"
            return feed.NotAFeed(Detail(line, Cause.SHAPE))
    return items


def _window(
    items: Iterable[object],
    places: Mapping[str, str],
    platform: str,
    gateway: Gateway,
    address: str,
) -> feed.Window:
    """The posts, in groups of the kinds that are stated for them."""
    groups: dict[PostKind | None, list[Mapping[str, object]]] = defaultdict(list)
    for item in items:
        groups[_kind(item, places)].append(_item(item, places))
    posts: list[SeenPost] = []
    remarks: list[str] = []
    for kind, group in groups.items():
        found = feed.json_window(group, platform, gateway.timezone, address)
        posts += (replace(post, kind=kind or post.kind) for post in found.posts)
        remarks += filter(None, [found.remark])
    return feed.Window(tuple(posts), "", "", "; ".join(remarks))


def _item(item: object, places: Mapping[str, str]) -> Mapping[str, object]:
    """One item as a JSON Feed has it."""
    found = {name: at(item, places[name]) for name in NAMES[1:5] if name in places}
    return {
        "id": found.get("id"),
        "url": found.get("link"),
        "title": found.get("title"),
        "date_published": _written(found.get("date")),
    }


def _kind(item: object, places: Mapping[str, str]) -> PostKind | None:
    found = at(item, places["kind"]) if "kind" in places else None
    return KINDS.get(found) if isinstance(found, str) else None


def _written(date: object) -> str:
    """A date as text: seconds or milliseconds since 1970 are an instant."""
    if isinstance(date, str) and not date.strip().isdecimal():
        return date
    if isinstance(date, bool) or not isinstance(date, int | float | str):
        return ""
    if isinstance(date, str) and len(date.strip()) not in (10, 13):
        return date
    try:
        number = float(date)
        return datetime.fromtimestamp(
            number / 1000 if number >= MILLISECONDS else number, UTC
        ).isoformat()
    except (ValueError, OverflowError, OSError):
        return ""


def _address(gateway: Gateway, where: str) -> str:
    """The address asked, with the gateway's key where `{key}` stands."""
    before, mark, after = where.partition(KEY)
    key = quote(gateway.key or "", safe="") if mark else ""
    return generic.address(gateway, f"{before}{key}{after}")


def _places(written: str) -> Mapping[str, str]:
    parts = (part.partition("=") for part in written.split(";") if part.strip())
    return {name.strip(): place.strip() for name, _, place in parts}


def locator_problem(locator: str) -> str | None:
    """Return what is wrong with *locator*, or None."""
    where, mark, written = locator.partition(MARK)
    if not mark or "#" in where or generic.address_problem(where.replace(KEY, "key")):
        return expected(EXPECTS)
    places = _places(written)
    if wrong := next((name for name in places if name not in NAMES), None):
        names = listing(NAMES)
        return Told("one of {names} was expected instead of “{name}”", names=names, name=wrong)
    if not any(name in places for name in TELLING):
        return Told("the place of an id, a link or a title was expected: id=…, link=… or title=…")
    return None


KIND = Kind(JsonList, locator_problem)
