"""Kind `weibo_mobile`: the JSON that m.weibo.cn draws its pages from. Reads on demand.

Two questions a reading: the profile (who it is, what it counts), then the list of posts. The
answer itself is the pulse. The list may leave posts out, so the profile's count goes along: it
rises when something was published, shown or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

from alerts.told import Detail
from monitor.causes import Cause
from monitor.counted import Counters
from monitor.errors import Told
from monitor.model import Gateway, Outcome, Pulse, SeenPost
from monitor.sources import weibo
from monitor.sources.addresses import Address
from monitor.sources.answers import Failed, unconditional
from monitor.sources.base import Fetched, ReadRequest
from monitor.sources.bodies import Document, branch, document, rows, text, whole
from monitor.sources.fetching import failed
from monitor.sources.kind import Kind
from monitor.wording import expected

if TYPE_CHECKING:
    from monitor.sources.http import Http

EXPECTS = weibo.EXPECTS
locator_problem = weibo.locator_problem

KEY_EXPECTS = Told("a cookie as a browser sends it (name=value; name=value)")
HOME = "https://m.weibo.cn"
AGENT = "Mozilla/5.0 (Mobile; compatible; account-freshness-monitor)"
POSTS_OF = "107603"  # an account's list of posts is container 107603<uid>
GROUP = 11  # `card_type` of a card that holds other cards
PIN = "proweibotop"
SHORTEST_SECRET = 6  # shorter cookie values are flags; masking them would blot out every text
WANTED = "log in to m.weibo.cn in a browser and put its whole cookie into the gateway's `key`"
ROBOT = 418
TURNED_AWAY = {
    403: f"Weibo turns this address or cookie away: {WANTED}",
    ROBOT: f"Weibo takes us for a robot: read less often, or {WANTED}",
    432: f"Weibo turns visitors away: {WANTED}",
}
PROFILE = re.compile(r"/(?:u|profile)/(\d{5,12})/?$", re.A)
DOORS = ("passport.", "login.", "visitor.")


def key_problem(key: str | None) -> str | None:
    """Return what is wrong with the gateway's *key*, without quoting it, or None."""
    usable = not key or ("=" in key and key.isascii() and key.strip().isprintable())
    return None if usable else expected(KEY_EXPECTS)


class WeiboMobile:
    """One m.weibo.cn, with a visitor's or somebody's cookie as its key, or without any."""

    def __init__(self, gateway: Gateway, http: Http) -> None:
        self._home = (gateway.url or HOME).rstrip("/")
        self._cookie = " ".join((gateway.key or "").split())
        self._http = http
        http.hide("cookie", self._cookie)
        for name, value in _crumbs(self._cookie):
            http.hide(f"cookie {name}", value)

    def read(self, request: ReadRequest) -> Fetched:
        """Return what profile and list say at `request.now`."""
        uid = request.source.locator
        profile = self._profile(uid, request.now)
        if isinstance(profile, Failed):
            return failed(self._http, request, profile)
        user = branch(profile, "userInfo")
        identity = f"weibo:{text(user.get('id'))}"
        if identity != f"weibo:{uid}":
            detail = f"the profile is that of {identity}, not of weibo:{uid}"
            other = failed(self._http, request, Failed(Outcome.WRONG_ACCOUNT, detail, 200))
            return replace(other, identity=identity)
        counters = weibo.counters(user)
        posts = self._posts(uid, _container(profile, uid), counters, request.now)
        if isinstance(posts, Failed):
            return replace(failed(self._http, request, posts), identity=identity, counters=counters)
        return Fetched(
            outcome=Outcome.OK,
            started_at=request.now,
            as_of=request.now,
            pulse=Pulse.FULL,
            posts=posts,
            identity=identity,
            title=text(user.get("screen_name")) or None,
            status=200,
            counters=counters,
        )

    def page(self, request: ReadRequest, number: int) -> Fetched:
        """Return page *number* of the list at `request.now`."""
        uid = request.source.locator
        posts = self._posts(uid, f"{POSTS_OF}{uid}", None, request.now, number)
        if isinstance(posts, Failed):
            return failed(self._http, request, posts)
        return Fetched(Outcome.OK, request.now, request.now, Pulse.FULL, posts, status=200)

    def find(self, address: Address, now: datetime) -> str | None:
        """Return the uid of the account that *address* names by its name, or by a post of it."""
        if address.post:
            url = f"{self._home}/statuses/show?{urlencode({'id': address.post})}"
            shown = self._document(url, self._home, now)
            author = "" if isinstance(shown, Failed) else weibo.author(branch(shown, "data"))
            return author or None
        answer = self._http.get(f"{self._home}/n/{quote(address.name or '')}", now, self._cookies())
        found = None if isinstance(answer, Failed) else PROFILE.search(urlsplit(answer.url).path)
        return found[1] if found else None

    def close(self) -> None:
        """Give back pooled connections."""
        self._http.close()

    def _profile(self, uid: str, now: datetime) -> Document | Failed:
        found = self._asked(uid, {"type": "uid", "value": uid}, now)
        if isinstance(found, Failed):
            return found
        data = branch(found, "data")
        if text(branch(data, "userInfo").get("id")):
            return data
        if whole(found.get("ok")) == 0:
            said = text(found.get("msg")) or "no content"
            detail = f"no such profile (ok: 0, {said}): a wrong or closed uid, or a soft block"
            return Failed(Outcome.NOT_A_FEED, Detail(detail, Cause.NUMBER), 200)
        return _another_shape("JSON without a profile: its shape has changed")

    def _posts(
        self, uid: str, container: str, counters: Counters | None, now: datetime, page: int = 1
    ) -> tuple[SeenPost, ...] | Failed:
        asked = {"type": "uid", "value": uid, "containerid": container}
        if page > 1:
            asked["page"] = str(page)
        found = self._asked(uid, asked, now)
        if isinstance(found, Failed):
            return found
        cards = branch(found, "data").get("cards")
        if not isinstance(cards, list):
            said = text(found.get("msg")) or "its shape has changed"
            return _another_shape(f"JSON without cards: {said}")
        return _window(rows(cards), uid, counters, now)

    def _asked(self, uid: str, query: dict[str, str], now: datetime) -> Document | Failed:
        url = f"{self._home}/api/container/getIndex?{urlencode(query)}"
        return self._document(url, f"{self._home}/u/{uid}", now)

    def _cookies(self) -> dict[str, str]:
        agent = {"User-Agent": AGENT}
        return agent | ({"Cookie": self._cookie} if self._cookie else {})

    def _document(self, url: str, referer: str, now: datetime) -> Document | Failed:
        headers = unconditional() | {
            "Accept": "application/json",
            "MWeibo-Pwa": "1",
            "Referer": referer,
            "X-Requested-With": "XMLHttpRequest",
        }
        answer = self._http.get(url, now, headers | self._cookies())
        if isinstance(answer, Failed):
            return _explained(answer)
        found = document(answer)
        return found if isinstance(found, Failed) else _admitted(found)


def _admitted(found: Document) -> Document | Failed:
    """Weibo asks visitors to log in, or to prove that they are none, with HTTP 200."""
    if whole(found.get("ok")) != -100:
        return found
    tested = "captcha" in text(found.get("url"))
    line = f"Weibo demands {'a captcha' if tested else 'a login'} (ok: -100): {WANTED}"
    cause = Cause.LIMITED if tested else Cause.COOKIE
    return Failed(Outcome.STATUS, Detail(line, cause), 200)


def _another_shape(line: str) -> Failed:
    return Failed(Outcome.NOT_A_FEED, Detail(line, Cause.SHAPE), 200)


def _explained(failure: Failed) -> Failed:
    if failure.status in TURNED_AWAY:
        cause = Cause.LIMITED if failure.status == ROBOT else Cause.COOKIE
        line = f"{failure.detail}: {TURNED_AWAY[failure.status]}"
        return replace(failure, detail=Detail(line, cause), body=b"")
    if failure.outcome is Outcome.WRONG_ACCOUNT and any(door in failure.detail for door in DOORS):
        # To the login page: that is the gateway's trouble, not another account.
        line = f"Weibo demands a login: {failure.detail}"
        return replace(failure, outcome=Outcome.STATUS, detail=Detail(line, Cause.COOKIE))
    return failure


def _container(profile: Document, uid: str) -> str:
    tabs = branch(profile, "tabsInfo").get("tabs")
    named = (text(tab.get("containerid")) for tab in rows(tabs) if tab.get("tab_type") == "weibo")
    return next(filter(None, named), f"{POSTS_OF}{uid}")


def _window(
    cards: list[Document], uid: str, counters: Counters | None, now: datetime
) -> tuple[SeenPost, ...] | Failed:
    shown = [card for card in _flat(cards) if branch(card, "mblog")]
    own = [card for card in shown if weibo.author(branch(card, "mblog")) in ("", uid)]
    posts = {post.key: post for card in own if (post := _post(card, uid, now))}
    if shown and not own:
        return Failed(Outcome.WRONG_ACCOUNT, f"none of the posts shown is of weibo:{uid}", 200)
    count = counters.posts if counters else None
    if posts or count == 0:
        return tuple(posts.values())
    if cards and not shown:
        return _another_shape("cards without a post: their shape has changed")
    # One empty list in a thousand is a soft block that is over at the next reading.
    return Failed(
        Outcome.EMPTY, f"no posts shown, although Weibo counts {count or 'an unknown number'}", 200
    )


def _flat(cards: list[Document]) -> Iterator[Document]:
    for card in cards:
        if whole(card.get("card_type")) == GROUP:
            yield from rows(card.get("card_group"))
        yield card


def _post(card: Document, uid: str, now: datetime) -> SeenPost | None:
    status = branch(card, "mblog")
    if weibo.deleted(status) or not weibo.public(status):
        return None
    post = weibo.seen_post(status, uid, now, text(card.get("scheme")))
    pinned = text(card.get("profile_type_id")).startswith(PIN)
    return replace(post, pinned=True) if post and pinned else post


def _crumbs(cookie: str) -> Iterator[tuple[str, str]]:
    for crumb in cookie.split(";"):
        name, _, value = crumb.strip().partition("=")
        if len(value) >= SHORTEST_SECRET:
            yield name, value


KIND = Kind(WeiboMobile, locator_problem, key=key_problem, home=HOME)
