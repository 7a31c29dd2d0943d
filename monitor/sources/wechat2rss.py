"""Wechat2RSS: a collector that states how its WeChat logins are, not when it last read an account.

One login that works and is not held up by WeChat's risk control is its pulse. It visits every
account once or twice a day, at an hour of its own, so a window describes the account as of the
day before. An account that moved keeps its address here and gets a new number.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from alerts.told import Detail, code_in, coded
from monitor.causes import Cause
from monitor.errors import Told
from monitor.model import Gateway, Outcome, Pulse
from monitor.sources import feed, pages
from monitor.sources.answers import Answer, Failed
from monitor.sources.base import Fetched, Logins, ReadRequest, SelfReport
from monitor.sources.bodies import BEIJING, Document, parsed, rows, text
from monitor.sources.dates import OLDEST
from monitor.sources.fetching import Evidence, FeedRequest, Shared, failed, fetch, not_reported
from monitor.sources.kind import Kind
from monitor.wording import expected

if TYPE_CHECKING:
    from monitor.sources.http import Http

EXPECTS = Told(
    "a feed id, e.g. 3071234567, and after # the account's number where it differs, "
    "e.g. 3071234567#3079999999"
)
LOCATOR = re.compile(r"(?P<feed>\d{5,12}|[0-9a-f]{40})(?:#(?P<numbers>\d{5,12}(?:,\d{5,12})*))?")
# It promises a visit within 24 hours; a call needs a description that is younger than a day.
LAG = timedelta(hours=23)
Listed = tuple[Document, ...]


class Wechat2Rss:
    """One Wechat2RSS. Its list of logins is fetched at most once a minute in all."""

    def __init__(self, gateway: Gateway, http: Http) -> None:
        self._gateway = gateway
        self._http = http
        self._logins: Shared[Listed] = Shared(self._ask)

    def read(self, request: ReadRequest) -> Fetched:
        """Return what the feed says at `request.now`, as of the day before."""
        logins = self._logins.get(request.now)
        if isinstance(logins, Failed):
            return failed(self._http, request, logins)
        evidence = _evidence(logins, request.now)
        feed_id, accounts = _parts(request.source.locator)
        wanted = FeedRequest(
            url=f"{self._gateway.url.rstrip('/')}/feed/{feed_id}.xml",
            request=request,
            zone=self._gateway.timezone,
            witness=lambda _: evidence,
            expected=accounts[0] if accounts else None,
            besides=accounts[1:],
            by_items=True,
        )
        return fetch(self._http, wanted)

    def report(self, now: datetime) -> SelfReport:
        """Return by how many logins it reads."""
        logins = self._logins.get(now)
        if isinstance(logins, Failed):
            return not_reported(self._http, logins)
        causes = [code_in(_state(login, now)) for login in logins]
        held, ended = causes.count(Cause.RISK), causes.count(Cause.WECHAT_LOGIN)
        return SelfReport(product="Wechat2RSS", logins=Logins(len(causes), held=held, ended=ended))

    def close(self) -> None:
        """Give back pooled connections."""
        self._http.close()

    def _ask(self, now: datetime) -> Listed | Failed:
        key = self._gateway.key
        query = f"?k={quote(key, safe='')}" if key else ""
        answer = self._http.get(f"{self._gateway.url.rstrip('/')}/login/list{query}", now)
        return answer if isinstance(answer, Failed) else _listed(answer)


def locator_problem(locator: str) -> str | None:
    """Return what is wrong with *locator*, or None."""
    return None if LOCATOR.fullmatch(locator) else expected(EXPECTS)


def _parts(locator: str) -> tuple[str, tuple[str, ...]]:
    """The feed's id, and the accounts whose articles it may carry, the present one first.

    A number is an id and an account; the 40 digits of a protected id say nothing.
    """
    found = LOCATOR.fullmatch(locator)
    feed_id, numbers = (found["feed"], found["numbers"]) if found else (locator, None)
    accounts = [
        *(numbers.split(",") if numbers else []),
        *([feed_id] if feed_id.isdecimal() else []),
    ]
    return feed_id, tuple(dict.fromkeys(f"wechat:MP_WXS_{number}" for number in accounts))


def _listed(answer: Answer) -> Listed | Failed:
    document = parsed(answer.body)
    listed = document.get("data") if document else None
    if document is None or text(document.get("err")) or not isinstance(listed, list):
        looks = pages.looks_like(feed.decoded(answer.body, answer.content_type))
        return Failed(
            Outcome.NOT_A_FEED, coded(f"/login/list gave no list of logins but {looks}", looks)
        )
    return tuple(rows(listed))


NO_LOGIN = Detail("no WeChat login at all", Cause.WECHAT_LOGIN)


def _evidence(logins: Listed, now: datetime) -> Evidence:
    states = [_state(login, now) for login in logins]
    if "" in states:
        return Evidence(Pulse.FULL, now - LAG)
    line = coded("; ".join(dict.fromkeys(states)), *states)
    return Evidence(Pulse.NONE, None, line or NO_LOGIN)


def _state(login: Document, now: datetime) -> str:
    """Why this login reads nothing; "" if it does."""
    if login.get("available") is not True:
        return Detail("a WeChat login has ended: scan its code again", Cause.WECHAT_LOGIN)
    if login.get("needCheck") is True:
        return Detail("WeChat's risk control wants a login confirmed by hand", Cause.RISK)
    until = _until(text(login.get("waitTime")))
    if until <= now:
        return ""
    line = f"held up by WeChat's risk control until {until:%Y-%m-%d %H:%M} UTC"
    return Detail(line, Cause.RISK)


def _until(written: str) -> datetime:
    """The end of a login's wait, which is written in local time; long past for none."""
    try:
        at = datetime.fromisoformat(written)
        return (at if at.tzinfo else at.replace(tzinfo=BEIJING)).astimezone(UTC)
    except (ValueError, OverflowError):
        return OLDEST


KIND = Kind(Wechat2Rss, locator_problem)
