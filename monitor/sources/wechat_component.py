"""Kind `wechat_component`: official accounts that authorised a platform (第三方平台) to read them.

One gateway for all of them: the key is the platform's, a locator is an account's AppID, and no
account's secret is needed. What is asked, and what it proves, is as in `wechat_api`.

WeChat pushes a ticket to the platform every ten minutes. Whatever receives it there writes it into
a file, which is read whenever a token of the platform is due. Tokens are kept in memory; the
refresh tokens are kept by WeChat, for as long as an authorisation lasts, and asked for there.
https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/Before_Develop/creat_token
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from alerts.told import Detail
from monitor.causes import Cause
from monitor.counted import DayCount
from monitor.errors import Told
from monitor.model import Gateway, Outcome, SourceSpec
from monitor.sources.answers import Failed
from monitor.sources.base import Fetched, NotAvailable, ReadRequest
from monitor.sources.bodies import Document, rows, text, whole
from monitor.sources.kind import Kind
from monitor.sources.wechat_api import (
    HOME,
    KEY,
    REFUSED,
    SAYS,
    WRONG_SECRET,
    Official,
    Token,
    Tokens,
    alone_refused,
    answered,
    asked,
    code_of,
    judged,
    key_of,
    token_in,
)
from monitor.wording import expected

if TYPE_CHECKING:
    from monitor.sources.http import Http

EXPECTS = Told("the account's AppID, such as wx0123456789abcdef,")
KEY_EXPECTS = Told("APPID:SECRET, as the platform's console shows them,")
LOCATOR = re.compile(r"wx[0-9A-Za-z]{4,30}")
PUSHED = re.compile(r"<ComponentVerifyTicket>\s*(?:<!\[CDATA\[)?\s*([^<\]\s]+)")
TICKET = re.compile(r"[!#-;=?-z|~]{1,2000}")  # neither a page nor JSON
LONGEST_FILE = 20_000  # bytes
LATE = timedelta(hours=1)  # a ticket comes every ten minutes, and is good for twelve hours
LISTED = 500  # the most accounts that one question gives
PAGES = 20
BAD_REFRESH = 61023
WITHDRAWN = (
    "the authorisation was withdrawn, or never given: have the account's administrator scan the "
    "platform's code again"
)
UNREDEEMED = (
    "the platform never redeemed its authorisation code (api_query_auth): have the account's "
    "administrator scan the platform's code again"
)
ALONE = frozenset({48001, 48004, 50002, 61003, 61007, BAD_REFRESH})
PLATFORM_SAYS = SAYS | {
    40013: "there is no such AppID: look at the gateway's `key`, and at the locator",
    61003: WITHDRAWN,
    61004: "this machine's address is not on the platform's IP whitelist: add it in its console",
    61005: "the ticket has ended: does what receives WeChat's tickets still run?",
    61006: "the ticket is not the newest: does what receives WeChat's tickets still run?",
    61007: "no permission for this question: permission set 7 (群发与通知) was not granted",
    61011: "there is no such platform: look at the gateway's `key`",
    BAD_REFRESH: WITHDRAWN,
}


class WechatComponent:
    """The accounts that authorised one platform, each by its AppID."""

    def __init__(self, gateway: Gateway, http: Http) -> None:
        self._gateway = gateway
        self._http = http
        self._platform = Platform(gateway, http)
        self._lock = Lock()
        self._accounts: dict[str, Official] = {}

    def read(self, request: ReadRequest) -> Fetched:
        """Return what was published without notification, newest pages, at `request.now`."""
        found = self._account(request.source.locator).read(request)
        late = late_ticket(self._gateway.ticket, request.now)
        return replace(found, warnings=(*found.warnings, *late))

    def published_on(self, source: SourceSpec, day: date, now: datetime) -> DayCount | NotAvailable:
        """Return how many articles WeChat's statistics list for *day*; see `Official`."""
        return self._account(source.locator).published_on(day, now)

    def close(self) -> None:
        """Give back pooled connections."""
        self._http.close()

    def _account(self, appid: str) -> Official:
        with self._lock:
            if appid not in self._accounts:
                renew = partial(self._platform.account_token, appid)
                tokens = Tokens(f"token of {appid}", self._http, renew)
                home, trusted = self._platform.home, self._gateway.trusted
                self._accounts[appid] = Official(
                    home, self._http, tokens, trusted, PLATFORM_SAYS, ALONE
                )
            return self._accounts[appid]


class Platform:
    """A platform's own token, and what it gets with that for the accounts that authorised it."""

    def __init__(self, gateway: Gateway, http: Http) -> None:
        self.home = (gateway.url or HOME).rstrip("/")
        self._http = http
        self._ticket = gateway.ticket
        self._appid, self._secret = key_of(gateway)
        if self._secret:
            http.hide("secret", self._secret)
        self._tokens = Tokens("token of the platform", http, self._new_token)
        self._lock = Lock()
        self._refresh: dict[str, str] = {}

    def account_token(self, appid: str, now: datetime) -> Token | Failed:
        """Return a new token to ask with for *appid*, or why there is none: a refusal that concerns
        this account only is `Outcome.WRONG_ACCOUNT`."""
        found: Document | Failed = {}
        for anew in (False, True):
            refresh = self._refresh_token(appid, now, anew)
            if isinstance(refresh, Failed):
                return refresh
            named = {"authorizer_appid": appid, "authorizer_refresh_token": refresh}
            found = self._asked("api_authorizer_token", named, now)
            if isinstance(found, Failed) or code_of(found) != BAD_REFRESH:
                break
        known = judged(found, now, REFUSED, PLATFORM_SAYS, ALONE)
        if not isinstance(known, Failed) and (newer := text(known.get("authorizer_refresh_token"))):
            self._refresh[appid] = newer
        return token_in(known, "authorizer_access_token", now)

    def _refresh_token(self, appid: str, now: datetime, anew: bool) -> str | Failed:
        with self._lock:  # several threads want one list, not several
            if anew or not self._refresh.get(appid):
                listed = self._listed(now)
                if isinstance(listed, Failed):
                    return listed
                self._refresh = listed
            known = self._refresh.get(appid)
        if known:
            self._http.hide(f"refresh token of {appid}", known)
            return known
        return alone_refused(
            Detail(f"{appid}: {WITHDRAWN if known is None else UNREDEEMED}", Cause.WITHDRAWN)
        )

    def _listed(self, now: datetime) -> dict[str, str] | Failed:
        """The refresh tokens by AppID; "" where WeChat names none."""
        found: dict[str, str] = {}
        for number in range(PAGES):
            part = {"offset": number * LISTED, "count": LISTED}
            page = judged(
                self._asked("api_get_authorizer_list", part, now), now, REFUSED, PLATFORM_SAYS
            )
            if isinstance(page, Failed):
                return page
            total, listed = whole(page.get("total_count")), rows(page.get("list"))
            if total is None:
                detail = Detail(
                    "JSON without a total of accounts: its shape has changed", Cause.SHAPE
                )
                return Failed(Outcome.NOT_A_FEED, detail, 200)
            found |= {text(r.get("authorizer_appid")): text(r.get("refresh_token")) for r in listed}
            if not listed or (number + 1) * LISTED >= total:
                break
        return found

    def _asked(self, name: str, body: Document, now: datetime) -> Document | Failed:
        url = f"{self.home}/cgi-bin/component/{name}"
        return asked(self._http, url, self._tokens, {"component_appid": self._appid, **body}, now)

    def _new_token(self, now: datetime) -> Token | Failed:
        if not self._secret:
            return Failed(
                Outcome.STATUS,
                Detail(f"no usable `key`: {KEY_EXPECTS} was expected", Cause.TOKEN),
            )
        ticket = read_ticket(self._ticket)
        if isinstance(ticket, Failed):
            return ticket
        self._http.hide("ticket", ticket)
        sent = {
            "component_appid": self._appid,
            "component_appsecret": self._secret,
            "component_verify_ticket": ticket,
        }
        found = answered(
            self._http, f"{self.home}/cgi-bin/component/api_component_token", sent, now
        )
        known = judged(found, now, WRONG_SECRET, PLATFORM_SAYS)
        return token_in(known, "component_access_token", now)


def read_ticket(path: str | None) -> str | Failed:
    """Return the ticket in the file *path*: alone, or in the decrypted push of WeChat."""
    if path is None:
        return _no_ticket("the gateway's `ticket` names no file")
    try:
        with Path(path).open("rb") as file:
            written = file.read(LONGEST_FILE).decode("utf-8", "ignore").strip("\ufeff \t\r\n")
    except OSError as error:
        return _no_ticket(f"{path}: {error.strerror}")
    pushed = PUSHED.search(written)
    ticket = pushed[1] if pushed else written
    if not TICKET.fullmatch(ticket):
        return _no_ticket(f"{path}: a ticket alone, or WeChat's push, was expected")
    return ticket


def _no_ticket(why: str) -> Failed:
    return Failed(Outcome.STATUS, Detail(f"no ticket: {why}", Cause.TICKET))


def late_ticket(path: str | None, now: datetime) -> tuple[str, ...]:
    """Return a warning where the file *path* was last written more than an hour before *now*."""
    try:
        written = datetime.fromtimestamp(Path(path or "").stat().st_mtime, UTC)
    except OSError:
        return ()
    if now - written <= LATE:
        return ()
    return (
        f"no new ticket since {written:%Y-%m-%d %H:%M} UTC: does what receives WeChat's tickets "
        "still run? A ticket is good for twelve hours",
    )


def locator_problem(locator: str) -> str | None:
    """Return what is wrong with *locator*, or None."""
    return None if LOCATOR.fullmatch(locator) else expected(EXPECTS)


def key_problem(key: str | None) -> str | None:
    """Return what is wrong with the gateway's *key*, without quoting it, or None."""
    return None if KEY.fullmatch((key or "").strip()) else expected(KEY_EXPECTS)


KIND = Kind(WechatComponent, locator_problem, key=key_problem, home=HOME, ticket=True)
