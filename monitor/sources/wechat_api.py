"""Kind `wechat_api`: WeChat's official interface, asked with the account's own credentials.

It lists what was published without notifying the followers, and nothing that was mass-sent. So
its list proves no silence of an account that mass-sends: the pulse is weak unless the operator
states (`trusted`) that the account never does. It also counts followers, and knows from
the next day on how many articles of either sort a day had.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from alerts.told import Detail
from monitor.causes import Cause
from monitor.counted import Counters, DayCount
from monitor.errors import Told
from monitor.ledger.identity import account_identity, post_key, post_marks
from monitor.model import Gateway, Outcome, PostKind, Pulse, SeenPost, SourceSpec
from monitor.sources import feed
from monitor.sources.answers import Failed
from monitor.sources.base import Fetched, NotAvailable, ReadRequest
from monitor.sources.bodies import BEIJING, Document, branch, document, rows, text, whole
from monitor.sources.fetching import failed, not_available
from monitor.sources.kind import Kind
from monitor.wording import expected

if TYPE_CHECKING:
    from monitor.sources.http import Http

EXPECTS = Told("nothing (the gateway's `key` says which account it is)")
KEY_EXPECTS = Told("APPID:SECRET, as the account's console shows them,")
NO_KEY = Detail(f"no usable `key`: {KEY_EXPECTS} was expected", Cause.TOKEN)
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
REFUSED = "even a new token is refused"
MEANS = {
    -1: Cause.BUSY,
    **dict.fromkeys((*DEAD_TOKEN, 40013, 40125), Cause.TOKEN),
    **dict.fromkeys((BAD_ADDRESS, 61004), Cause.WHITELIST),
    **dict.fromkeys((48001, 48004, 50002, 61007), Cause.PERMISSION),
    DAY_SPENT: Cause.QUOTA,
    MINUTE_SPENT: Cause.BUSY,
    61003: Cause.WITHDRAWN,
    **dict.fromkeys((61005, 61006), Cause.TICKET),
    61023: Cause.WITHDRAWN,
}
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
class Token:
    """What WeChat gave to ask with, and until when it is used."""

    text: str
    got_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class _Page:
    posts: tuple[SeenPost, ...]
    items: int
    total: int
    newest_first: bool


class Tokens:
    """One token after another: each is kept until shortly before its end, and never shown.

    *name* tells it from the gateway's other secrets; *renew* gets a new one.
    """

    def __init__(self, name: str, http: Http, renew: Callable[[datetime], Token | Failed]) -> None:
        self._name = name
        self._http = http
        self._renew = renew
        self._lock = Lock()
        self._known: Token | None = None

    def current(self, now: datetime) -> Token | Failed:
        """Return the token to ask with at *now*, a new one where that is due."""
        with self._lock:  # several threads want one token, not several
            known = self._known
            if known and known.got_at <= now < known.ends_at:
                return known
            token = self._renew(now)
            if isinstance(token, Token):
                self._known = token
                self._http.hide(self._name, token.text)
            return token

    def forget(self, token: Token) -> None:
        """Do not use *token* again: WeChat refuses it."""
        with self._lock:
            if self._known is token:
                self._known = None


class Official:
    """One official account, asked with *tokens*, whosever they are.

    *trusted*: it never mass-sends, so that its list is whole. *says*, *alone*: as in `judged`.
    """

    def __init__(
        self,
        home: str,
        http: Http,
        tokens: Tokens,
        trusted: bool,
        says: Mapping[int, str] = SAYS,
        alone: Set[int] = frozenset(),
    ) -> None:
        self._home = home
        self._http = http
        self._tokens = tokens
        self._trusted = trusted
        self._says = says
        self._alone = alone
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
        found = asked(self._http, f"{self._home}/{path}", self._tokens, body, now)
        return judged(found, now, REFUSED, self._says, self._alone)


class WechatApi:
    """One official account. Its key is `APPID:SECRET`; the token it gets is kept, never shown."""

    def __init__(self, gateway: Gateway, http: Http) -> None:
        self._home = (gateway.url or HOME).rstrip("/")
        self._http = http
        self._appid, self._secret = key_of(gateway)
        if self._secret:
            http.hide("secret", self._secret)
        tokens = Tokens("token", http, self._new_token)
        self._account = Official(self._home, http, tokens, gateway.trusted)

    def read(self, request: ReadRequest) -> Fetched:
        """Return what was published without notification, newest pages, at `request.now`."""
        return self._account.read(request)

    def published_on(self, _: SourceSpec, day: date, now: datetime) -> DayCount | NotAvailable:
        """Return how many articles WeChat's statistics list for *day*; see `Official`."""
        return self._account.published_on(day, now)

    def close(self) -> None:
        """Give back pooled connections."""
        self._http.close()

    def _new_token(self, now: datetime) -> Token | Failed:
        if not self._secret:
            return Failed(Outcome.STATUS, NO_KEY)
        # Never with force_refresh: that kills the token under everybody else who uses it.
        sent = {
            "grant_type": "client_credential",
            "appid": self._appid,
            "secret": self._secret,
            "force_refresh": False,
        }
        found = answered(self._http, f"{self._home}/cgi-bin/stable_token", sent, now)
        return token_in(judged(found, now), "access_token", now)


def asked(
    http: Http, url: str, tokens: Tokens, body: Document | None, now: datetime
) -> Document | Failed:
    """Return the answer to a POST of *body*, or to a GET, with its code not yet judged; with a new
    token if the old one is dead."""
    for last in (False, True):
        token = tokens.current(now)
        if isinstance(token, Failed):
            return token
        found = answered(http, f"{url}?{urlencode({'access_token': token.text})}", body, now)
        if last or isinstance(found, Failed) or code_of(found) not in DEAD_TOKEN:
            break
        tokens.forget(token)
    return found


def answered(http: Http, url: str, body: Document | None, now: datetime) -> Document | Failed:
    """Return the JSON that answers a POST of *body*, or a GET without one."""
    answer = http.get(url, now) if body is None else http.post(url, body, now)
    return answer if isinstance(answer, Failed) else document(answer)


def token_in(found: Document | Failed, name: str, now: datetime) -> Token | Failed:
    """Return the token that stands under *name* in an answer, or why there is none."""
    if isinstance(found, Failed):
        return found
    token, life = text(found.get(name)), whole(found.get("expires_in"))
    if not token or life is None or not 0 < life < 10**6:
        return Failed(Outcome.NOT_A_FEED, Detail("no access token in the answer", Cause.TOKEN), 200)
    return Token(token, now, now + max(timedelta(seconds=life) - EARLY, EARLY))


def key_of(gateway: Gateway) -> tuple[str, str]:
    """Return the AppID and the secret that *gateway*'s key holds, both empty for another key."""
    found = KEY.fullmatch((gateway.key or "").strip())
    return (found[1], found[2]) if found else ("", "")


def locator_problem(locator: str) -> str | None:
    """Return what is wrong with *locator*, or None."""
    return None if locator == "" else expected(EXPECTS)


def key_problem(key: str | None) -> str | None:
    """Return what is wrong with the gateway's *key*, without quoting it, or None."""
    return None if KEY.fullmatch((key or "").strip()) else expected(KEY_EXPECTS)


def code_of(found: Document) -> int | None:
    """Return the code of WeChat's error, None where there is none."""
    return whole(found.get("errcode")) or None


def judged(
    found: Document | Failed,
    now: datetime,
    dead: str = WRONG_SECRET,
    says: Mapping[int, str] = SAYS,
    alone: Set[int] = frozenset(),
) -> Document | Failed:
    """Return *found*, or what went wrong: WeChat's errors come with HTTP 200 and a code.

    *dead*: what a dead token means here. *says*: what codes mean. *alone*: those that concern one
    account only.
    """
    code = 0 if isinstance(found, Failed) else code_of(found)
    if isinstance(found, Failed) or not code:
        return found
    said = text(found.get("errmsg"))
    words = says.get(code, said or "no reason given")
    if code in DEAD_TOKEN:
        words = dead
    if code == BAD_ADDRESS:
        words = _bad_address(said)
    wait = {DAY_SPENT: _until_midnight(now), MINUTE_SPENT: NEXT_MINUTE}.get(code)
    said_so = f"WeChat says {code}: {words}"
    detail = Detail(said_so, MEANS[code]) if code in MEANS else said_so
    if code in alone:
        return alone_refused(detail)
    return Failed(Outcome.STATUS, detail, 200, wait)


def alone_refused(detail: str) -> Failed:
    """Return the refusal of one account, which says nothing of the gateway behind which it is."""
    return Failed(Outcome.WRONG_ACCOUNT, detail, 200, alone=True)


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
        return Failed(
            Outcome.NOT_A_FEED,
            Detail("JSON without a total: its shape has changed", Cause.SHAPE),
            200,
        )
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
