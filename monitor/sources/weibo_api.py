"""Kind `weibo_api`: Weibo's open platform, asked with the account's own access token.

One question gives posts and followers. A token may ask a hundred a day, so nothing else is
asked but, once a day, how long the token lives, and, after a refusal or once an hour, what is
left of the quota; neither is counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from alerts.told import Detail
from monitor.causes import Cause
from monitor.errors import Told
from monitor.model import Gateway, Outcome, Pulse, SeenPost
from monitor.sources import weibo
from monitor.sources.answers import LONGEST_RETRY_AFTER, Answer, Failed, unconditional
from monitor.sources.base import Fetched, ReadRequest, SelfReport
from monitor.sources.bodies import BEIJING, Document, document, parsed, rows, text, whole
from monitor.sources.fetching import failed, not_reported
from monitor.sources.kind import Kind
from monitor.wording import expected

if TYPE_CHECKING:
    from monitor.sources.http import Http

EXPECTS = weibo.EXPECTS
locator_problem = weibo.locator_problem

HOME = "https://api.weibo.com"
WINDOW = 100  # the most that one question gives
ENDS_SOON = timedelta(days=14)
TOKEN_EVERY = timedelta(days=1)
QUOTA_EVERY = timedelta(hours=1)
RESERVE = 3  # questions a day kept for a person who wants to know now
NO_RESET = timedelta(hours=1)  # how long to wait where the platform does not say
KEY_EXPECTS = Told("an access token of the account")
ANEW = "authorise the app anew and put the new token into the gateway's `key`"
OTHER_UID = 21335
OVER_QUOTA = {
    10022: "this address has used up its quota",
    10023: "this account has used up its quota",
    10024: "this account has used up its quota for this question",
}
SAYS = {
    10001: "Weibo has a fault of its own",
    10002: "Weibo's service is not available",
    10003: "Weibo has a fault of its own",
    10006: f"the access token is missing or dead: {ANEW}",
    10014: "the app has no permission for this question: apply for it on the open platform",
    21315: f"the access token has expired: {ANEW}",
    21316: f"the access token was revoked: {ANEW}",
    21317: f"the access token was refused: {ANEW}",
    21319: f"the account has withdrawn its authorisation: {ANEW}",
    21321: "the app is not audited yet and has its fifteen test accounts already",
    21327: f"the access token has expired: {ANEW}",
    21332: f"the access token is not valid: {ANEW}",
    OTHER_UID: "the access token belongs to another account than this uid",
} | OVER_QUOTA
NO_TOKEN = Failed(
    Outcome.STATUS, Detail("no access token: put it into the gateway's `key`", Cause.TOKEN)
)
DEAD_TOKEN = (10006, 21314, 21315, 21316, 21317, 21319, 21327, 21332, OTHER_UID)
MEANS = {
    **dict.fromkeys(DEAD_TOKEN, Cause.TOKEN),
    **dict.fromkeys(OVER_QUOTA, Cause.QUOTA),
    **dict.fromkeys((10014, 21321), Cause.PERMISSION),
}


def key_problem(key: str | None) -> str | None:
    """Return what is wrong with the gateway's *key*, without quoting it, or None."""
    usable = bool(key) and not re.search(r"\s", (key or "").strip())
    return None if usable else expected(KEY_EXPECTS)


@dataclass(frozen=True, slots=True)
class _Quota:
    at: datetime
    left: int
    limit: int
    resets_at: datetime


@dataclass(frozen=True, slots=True)
class _Token:
    at: datetime
    ends_at: datetime


class WeiboApi:
    """One access token of one account."""

    def __init__(self, gateway: Gateway, http: Http) -> None:
        self._home = (gateway.url or HOME).rstrip("/")
        self._key = (gateway.key or "").strip()
        self._http = http
        http.hide("key", self._key)
        self._lock = Lock()
        self._token: _Token | None = None
        self._quota: _Quota | None = None

    def read(self, request: ReadRequest) -> Fetched:
        """Return what the account's timeline says at `request.now`."""
        with self._lock:  # so that a hundred questions a day are not asked twice over
            return self._read(request)

    def page(self, request: ReadRequest, number: int) -> Fetched:
        """Return page *number* of the timeline at `request.now`."""
        with self._lock:
            return self._timeline(request, number)

    def report(self, now: datetime) -> SelfReport:
        """Return whose token it is, which costs none of the day's questions."""
        if not self._key:
            return not_reported(self._http, NO_TOKEN)
        found = self._token_info(now)
        if isinstance(found, Failed):
            return not_reported(self._http, found)
        uid = text(found.get("uid"))
        return SelfReport(shows=(uid, "weibo") if uid else None)

    def close(self) -> None:
        """Give back pooled connections."""
        self._http.close()

    def _read(self, request: ReadRequest) -> Fetched:
        if not self._key:
            return failed(self._http, request, NO_TOKEN)
        seen, now = self._timeline(request, 1), request.now
        if not seen.outcome.answered:
            return seen
        token, quota = self._token_now(now), self._quota_now(now)
        return replace(
            seen,
            warnings=(*_token_warnings(token, now), *_quota_warnings(quota)),
            ends_at=token.ends_at if token else None,
            retry_after=_until_reset(quota, now) if quota and quota.left <= RESERVE else None,
        )

    def _timeline(self, request: ReadRequest, page: int) -> Fetched:
        uid, now = request.source.locator, request.now
        query = {"uid": uid, "count": WINDOW, "page": page, "feature": 0}
        found = self._asked("2/statuses/user_timeline.json", query, now)
        if isinstance(found, Failed):
            return failed(self._http, request, found)
        statuses = found.get("statuses")
        if not isinstance(statuses, list):
            detail = Detail("JSON without statuses: its shape has changed", Cause.SHAPE)
            return failed(self._http, request, Failed(Outcome.NOT_A_FEED, detail, 200))
        return _seen(rows(statuses), uid, whole(found.get("total_number")), request)

    def _asked(self, path: str, query: dict[str, object], now: datetime) -> Document | Failed:
        url = f"{self._home}/{path}?{urlencode(query | {'access_token': self._key})}"
        return self._told(self._http.get(url, now, unconditional()), now)

    def _told(self, answer: Answer | Failed, now: datetime) -> Document | Failed:
        found = document(answer) if not isinstance(answer, Failed) else answer
        said = found if not isinstance(found, Failed) else parsed(answer.body)
        code = whole(said.get("error_code")) if said else None
        if said is None or code is None:
            return found
        return self._refused(code, said, found, now)

    def _refused(
        self, code: int, said: Document, found: Document | Failed, now: datetime
    ) -> Failed:
        words = SAYS.get(code, text(said.get("error")) or "no reason given")
        line = f"Weibo says {code}: {words}"
        wait = found.retry_after if isinstance(found, Failed) else None
        if code in OVER_QUOTA:
            wait = wait or _until_reset(self._ask_quota(now), now)
        return Failed(
            outcome=Outcome.WRONG_ACCOUNT if code == OTHER_UID else Outcome.STATUS,
            detail=Detail(line, MEANS[code]) if code in MEANS else line,
            status=found.status if isinstance(found, Failed) else 200,
            retry_after=wait,
        )

    def _token_now(self, now: datetime) -> _Token | None:
        known = self._token
        if known is None or not timedelta(0) <= now - known.at < TOKEN_EVERY:
            found = self._token_info(now)
            left = None if isinstance(found, Failed) else _seconds(found.get("expire_in"))
            self._token = known if left is None else _Token(now, now + left)
        return self._token

    def _token_info(self, now: datetime) -> Document | Failed:
        url = f"{self._home}/oauth2/get_token_info"
        return self._told(self._http.post_form(url, {"access_token": self._key}, now), now)

    def _quota_now(self, now: datetime) -> _Quota | None:
        known = self._quota
        until = min(known.at + QUOTA_EVERY, known.resets_at) if known else now
        return known if known and known.at <= now < until else self._ask_quota(now)

    def _ask_quota(self, now: datetime) -> _Quota | None:
        url = f"{self._home}/2/account/rate_limit_status.json"
        answer = self._http.get(f"{url}?{urlencode({'access_token': self._key})}", now)
        found = answer if isinstance(answer, Failed) else document(answer)
        if not isinstance(found, Failed):
            self._quota = _quota(found, now)
        return self._quota


def _seen(statuses: list[Document], uid: str, total: int | None, request: ReadRequest) -> Fetched:
    signed = [status for status in statuses if weibo.author(status)]
    own = [status for status in signed if weibo.author(status) == uid]
    seen = Fetched(Outcome.OK, request.now, status=200)
    if signed and not own:
        other = f"weibo:{weibo.author(signed[0])}"
        detail = f"the posts are those of {other}, not of weibo:{uid}"
        return replace(seen, outcome=Outcome.WRONG_ACCOUNT, identity=other, detail=detail)
    if not statuses and total:
        detail = f"no posts in the answer, although Weibo counts {total}"
        return replace(seen, outcome=Outcome.EMPTY, detail=detail)
    user = own[0]["user"] if own else {}
    private = sum(not weibo.public(status) for status in own)
    return replace(
        seen,
        as_of=request.now,
        pulse=Pulse.FULL,
        posts=_posts(own, uid, request.now),
        identity=f"weibo:{uid}" if own else None,
        title=text(user.get("screen_name")) or None if isinstance(user, dict) else None,
        detail=f"{private} not public" if private else "",
        counters=weibo.counters(user) if isinstance(user, dict) else None,
    )


def _posts(statuses: list[Document], uid: str, now: datetime) -> tuple[SeenPost, ...]:
    shown = (one for one in statuses if weibo.public(one) and not weibo.deleted(one))
    posts = (weibo.seen_post(one, uid, now) for one in shown)
    return tuple({post.key: post for post in posts if post}.values())


def _seconds(value: object) -> timedelta | None:
    seconds = whole(value)
    return timedelta(seconds=seconds) if seconds is not None and 0 <= seconds < 10**9 else None


def _quota(found: Document, now: datetime) -> _Quota | None:
    left, limit = whole(found.get("remaining_user_hits")), whole(found.get("user_limit"))
    reset = _seconds(found.get("reset_time_in_seconds"))
    if left is None or limit is None or reset is None:
        return None
    return _Quota(now, left, limit, now + reset)


def _until_reset(quota: _Quota | None, now: datetime) -> timedelta:
    if quota is None or quota.resets_at <= now:
        return NO_RESET
    return min(quota.resets_at - now, LONGEST_RETRY_AFTER)


def _token_warnings(token: _Token | None, now: datetime) -> tuple[str, ...]:
    if token is None or token.ends_at - now >= ENDS_SOON:
        return ()
    left = max((token.ends_at - now).days, 0)
    day = token.ends_at.astimezone(BEIJING).date()
    return (f"the access token ends on {day} (in {left} days): {ANEW}",)


def _quota_warnings(quota: _Quota | None) -> tuple[str, ...]:
    if quota is None or quota.left > RESERVE:
        return ()
    return (f"{quota.left} of {quota.limit} questions left until the quota is renewed",)


KIND = Kind(WeiboApi, locator_problem, key=key_problem, home=HOME)
