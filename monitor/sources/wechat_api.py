"""Kind `wechat_api`: WeChat's official interface, asked with the account's own credentials.

It lists what was published without notifying the followers, and nothing that was mass-sent. So
its list proves no silence of an account that mass-sends: the pulse is weak unless the operator
states (`trusted`) that the account never does. It also counts followers, and knows from
the next day on how many articles of either sort a day had.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from monitor.ledger.identity import account_identity, post_key, post_marks
from monitor.model import Counters, DayCount, Gateway, Outcome, PostKind, Pulse, SeenPost
from monitor.sources import feed
from monitor.sources.answers import Failed
from monitor.sources.base import Fetched, NotAvailable, ReadRequest
from monitor.sources.bodies import BEIJING, Document, branch, document, rows, text, whole
from monitor.sources.fetching import failed, not_available
from monitor.sources.kind import Kind

if TYPE_CHECKING:
    from monitor.sources.http import Http

EXPECTS = "nothing (the gateway's `key` says which account it is)"
KEY_EXPECTS = "APPID:SECRET, as the account's console shows them,"
HOME = "https://api.weixin.qq.com"
KEY = re.compile(r"(wx[0-9A-Za-z]{4,30}):(\S.*)")
PAGE = 20  # the most that one question gives
PAGES = 25  # of a first reading; what lies deeper is older than any rule looks
EARLY = timedelta(minutes=1)  # before its end a token is no longer used
FOLLOWERS_EVERY = timedelta(hours=6)  # 500 questions a day, and each brings 10,000 names
NEXT_MINUTE = timedelta(minutes=1)
OLDEST = datetime(2012, 8, 1, tzinfo=UTC)  # official accounts did not exist before
DEAD_TOKEN = frozenset({40001, 40014, 42001})
NOTIFIED = 0  # `publish_type`; 1 is published without a notification, 2 is undocumented
BAD_ADDRESS, DAY_SPENT, MINUTE_SPENT = 40164, 45009, 45011
ADDRESS = re.compile(r"invalid ip ([0-9a-fA-F.:]+)")
WRONG_SECRET = "the secret is wrong, or was reset: put the new one into the gateway's `key`"
SAYS = {
    -1: "WeChat is busy",
    40013: "there is no such APPID: look at the gateway's `key`",
    40125: WRONG_SECRET,
    DAY_SPENT: "the day's quota is spent",
    MINUTE_SPENT: "too many questions in a minute",
    48001: "no permission for this question: is the account's yearly verification (微信认证) over?",
    48004: "the interface is closed to this account: it was penalised",
    50002: "the account is restricted: look into its console",
    61500: "the date is malformed",
    61501: "the span of dates is too long",
}


@dataclass(frozen=True, slots=True)
class _DayArticle:
    """One article as the statistics of its day list it, without title, address or hour.

    *message*/*index*: the mass-send, or publication, and the place in it. *notified*: whether
    the followers were notified (群发); not for a type that WeChat does not document.
    """

    day: date
    message: str
    index: int
    notified: bool


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    got_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class _Page:
    posts: tuple[SeenPost, ...]
    items: int
    total: int
    newest_first: bool


class WechatApi:
    """One official account. Its key is `APPID:SECRET`; the token it gets is kept, never shown."""

    def __init__(self, gateway: Gateway, http: Http) -> None:
        self._home = (gateway.url or HOME).rstrip("/")
        self._trusted = gateway.trusted
        self._http = http
        found = KEY.fullmatch((gateway.key or "").strip())
        self._appid, self._secret = (found[1], found[2]) if found else ("", "")
        if self._secret:
            http.hide("secret", self._secret)
        self._lock = Lock()
        self._token: _Token | None = None
        self._counted_at: datetime | None = None

    def read(self, request: ReadRequest) -> Fetched:
        """Return what was published without notification, newest pages, at `request.now`."""
        posts = self._posts(request)
        if isinstance(posts, Failed):
            return failed(self._http, request, posts)
        counters, warnings = self._followers(request.now)
        return Fetched(
            outcome=Outcome.OK,
            started_at=request.now,
            as_of=request.now,
            pulse=Pulse.FULL if self._trusted else Pulse.WEAK,
            posts=posts,
            identity=_identity(posts),
            status=200,
            warnings=warnings,
            counters=counters,
        )

    def published_on(self, day: date, now: datetime) -> DayCount | NotAvailable:
        """Return how many articles WeChat's statistics list for *day*, mass-sent ones too.

        Known from the next day on; an `NotAvailable` while they are not final, and whenever WeChat
        refuses. For reconciling the ledger: the statistics know no title, address or hour.
        """
        if day >= now.astimezone(BEIJING).date():
            return NotAvailable(
                f"the statistics of {day} are not known before tomorrow", early=True
            )
        span = {"begin_date": day.isoformat(), "end_date": day.isoformat()}
        found = self._asked("datacube/getarticletotaldetail", span, now)
        if isinstance(found, Failed):
            return not_available(self._http, found)
        if found.get("is_delay") in (True, "true", 1):
            return NotAvailable(f"the statistics of {day} are not final yet", early=True)
        listed = found.get("list")
        articles = {one for row in rows(listed) if (one := _day_article(row))}
        if not isinstance(listed, list) or (listed and not articles):
            return NotAvailable("JSON without a list of articles: its shape has changed")
        return _counted(day, {one for one in articles if one.day == day})

    def close(self) -> None:
        """Give back pooled connections."""
        self._http.close()

    def _posts(self, request: ReadRequest) -> tuple[SeenPost, ...] | Failed:
        known = {key for key, _ in request.memory.window}
        posts: dict[str, SeenPost] = {}
        for number in range(PAGES):
            page = self._page(number * PAGE, request.now)
            if isinstance(page, Failed):
                return page
            posts |= {post.key: post for post in page.posts}
            if _enough(page, number, known):
                break
        return tuple(posts.values())

    def _page(self, offset: int, now: datetime) -> _Page | Failed:
        asked = {"offset": offset, "count": PAGE, "no_content": 1}
        found = self._asked("cgi-bin/freepublish/batchget", asked, now)
        return found if isinstance(found, Failed) else _page(found)

    def _followers(self, now: datetime) -> tuple[Counters | None, tuple[str, ...]]:
        """What cannot be counted is a warning: the list of posts is good nevertheless."""
        at = self._counted_at
        if at is not None and timedelta(0) <= now - at < FOLLOWERS_EVERY:
            return None, ()
        self._counted_at = now
        found = self._asked("cgi-bin/user/get", None, now)
        if isinstance(found, Failed):
            return None, (self._http.redact(f"followers not counted: {found.detail}"),)
        total = whole(found.get("total"))
        if total is None or total < 0:
            return None, ("followers not counted: the answer names no total",)
        return Counters(followers=total), ()

    def _asked(self, path: str, body: Document | None, now: datetime) -> Document | Failed:
        """The answer to a POST of *body*, or to a GET; with a new token if the old one is dead."""
        for last in (False, True):
            token = self._token_now(now)
            if isinstance(token, Failed):
                return token
            url = f"{self._home}/{path}?{urlencode({'access_token': token.text})}"
            found = self._answer_of(url, body, now)
            if last or isinstance(found, Failed) or whole(found.get("errcode")) not in DEAD_TOKEN:
                break
            self._forget(token)
        return (
            found
            if isinstance(found, Failed)
            else _judged(found, now, "even a new token is refused")
        )

    def _answer_of(self, url: str, body: Document | None, now: datetime) -> Document | Failed:
        answer = self._http.get(url, now) if body is None else self._http.post(url, body, now)
        return answer if isinstance(answer, Failed) else document(answer)

    def _token_now(self, now: datetime) -> _Token | Failed:
        if not self._secret:
            return Failed(Outcome.STATUS, f"no usable `key`: {KEY_EXPECTS} was expected")
        with self._lock:  # several threads want one token, not several
            known = self._token
            if known and known.got_at <= now < known.ends_at:
                return known
            token = self._new_token(now)
            if isinstance(token, _Token):
                self._token = token
                self._http.hide("token", token.text)
            return token

    def _new_token(self, now: datetime) -> _Token | Failed:
        # Never with force_refresh: that kills the token under everybody else who uses it.
        asked = {
            "grant_type": "client_credential",
            "appid": self._appid,
            "secret": self._secret,
            "force_refresh": False,
        }
        found = self._answer_of(f"{self._home}/cgi-bin/stable_token", asked, now)
        judged = found if isinstance(found, Failed) else _judged(found, now)
        if isinstance(judged, Failed):
            return judged
        token, life = text(judged.get("access_token")), whole(judged.get("expires_in"))
        if not token or life is None or not 0 < life < 10**6:
            return Failed(Outcome.NOT_A_FEED, "no access token in the answer", 200)
        return _Token(token, now, now + max(timedelta(seconds=life) - EARLY, EARLY))

    def _forget(self, token: _Token) -> None:
        with self._lock:
            if self._token is token:
                self._token = None


def locator_problem(locator: str) -> str | None:
    """Return what is wrong with *locator*, or None."""
    return None if locator == "" else f"{EXPECTS} was expected"


def key_problem(key: str | None) -> str | None:
    """Return what is wrong with the gateway's *key*, without quoting it, or None."""
    return None if KEY.fullmatch((key or "").strip()) else f"{KEY_EXPECTS} was expected"


def _judged(found: Document, now: datetime, dead: str = WRONG_SECRET) -> Document | Failed:
    """WeChat's errors come with HTTP 200 and a code. *dead*: what a dead token means here."""
    code = whole(found.get("errcode"))
    if not code:
        return found
    said = text(found.get("errmsg"))
    words = SAYS.get(code, said or "no reason given")
    if code in DEAD_TOKEN:
        words = dead
    if code == BAD_ADDRESS:
        words = _bad_address(said)
    wait = {DAY_SPENT: _until_midnight(now), MINUTE_SPENT: NEXT_MINUTE}.get(code)
    return Failed(Outcome.STATUS, f"WeChat says {code}: {words}", 200, wait)


def _bad_address(said: str) -> str:
    named = ADDRESS.search(said)
    address = named[1] if named else "this machine's address"
    return f"{address} is not on the account's IP whitelist: add it in the account's console"


def _until_midnight(now: datetime) -> timedelta:
    tomorrow = now.astimezone(BEIJING).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), BEIJING) - now


def _enough(page: _Page, number: int, known: set[str]) -> bool:
    """The order of pages is not documented: only one that runs newest first may end a reading
    at what is known already."""
    if page.items == 0 or (number * PAGE + page.items) >= page.total:
        return True
    return page.newest_first and any(post.key in known for post in page.posts)


def _page(found: Document) -> _Page | Failed:
    items, total = found.get("item"), whole(found.get("total_count"))
    if total is None or not isinstance(items, list | None):
        return Failed(Outcome.NOT_A_FEED, "JSON without a total: its shape has changed", 200)
    listed = rows(items)
    posts = tuple(post for item in listed for post in _articles(item))
    dates = [whole(item.get("update_time")) or 0 for item in listed]
    return _Page(posts, len(listed), total, dates == sorted(dates, reverse=True))


def _articles(item: Document) -> list[SeenPost]:
    at = _instant(whole(item.get("update_time")))
    shown = rows(branch(item, "content").get("news_item"))
    return [_post(one, at) for one in shown if one.get("is_deleted") not in (True, 1)]


def _post(article: Document, at: datetime | None) -> SeenPost:
    """Without a push: what notified nobody is no mass-send."""
    url, title = text(article.get("url")), " ".join(text(article.get("title")).split())
    return SeenPost(
        key=post_key("wechat", url, "", title, at),
        marks=post_marks("wechat", url, "", title, at),
        title=title[: feed.LONGEST_TITLE],
        url=url,
        kind=PostKind.ARTICLE,
        stated_at=at,
    )


def _instant(seconds: int | None) -> datetime | None:
    if seconds is None or not 0 < seconds < 10**11:
        return None
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return at if at >= OLDEST else None


def _identity(posts: Sequence[SeenPost]) -> str | None:
    """The account that the newest article's address names."""
    newest = max(posts, key=lambda post: post.stated_at or OLDEST, default=None)
    return account_identity("wechat", newest.url) if newest else None


def _counted(day: date, articles: Set[_DayArticle]) -> DayCount:
    notified = [one for one in articles if one.notified]
    return DayCount(day, len(articles), len(notified), len({one.message for one in notified}))


def _day_article(row: Document) -> _DayArticle | None:
    message, _, index = text(row.get("msgid")).partition("_")
    place = whole(index)
    try:
        day = date.fromisoformat(text(row.get("ref_date")))
    except ValueError:
        return None
    if not message or place is None:
        return None
    return _DayArticle(day, message, place, whole(row.get("publish_type")) == NOTIFIED)


KIND = Kind(WechatApi, locator_problem, key=key_problem, home=HOME)
