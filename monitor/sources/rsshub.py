"""RSSHub: reads on demand, so a fresh `lastBuildDate` or a 304 proves that it has just looked.
JSON Feed has no `lastBuildDate`; there RSSHub's `Last-Modified` says the same.

Its ETag is computed without `lastBuildDate`, and its cache is refilled every few minutes: a 304
means that the platform was read and nothing changed.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

from alerts.told import Detail, coded
from monitor.causes import Cause
from monitor.errors import Told
from monitor.ledger.identity import account_by_route
from monitor.model import Gateway, Outcome, Pulse
from monitor.sources import feed, generic, pages
from monitor.sources.answers import Answer, Failed
from monitor.sources.base import Fetched, ReadRequest, SelfReport
from monitor.sources.fetching import Evidence, FeedRequest, fetch, not_reported
from monitor.sources.kind import Kind
from monitor.wording import expected

if TYPE_CHECKING:
    from monitor.sources.http import Http

EXPECTS = Told("a route path, e.g. weibo/user/1234567890")
WEIBO_USER = re.compile(r"/?weibo/user/\d+(?:/(?P<params>[^?]*))?(?:\?.*)?$")
PLAIN = re.compile(r"[\w./%=&,:@!+~-]*", re.A)  # of which nothing is quoted


class RssHub:
    """One RSSHub."""

    def __init__(self, gateway: Gateway, http: Http) -> None:
        self._gateway = gateway
        self._http = http

    def read(self, request: ReadRequest) -> Fetched:
        """Return what the route says at `request.now`."""

        def witness(answer: Answer) -> Evidence:
            return self._evidence(answer, request)

        route, owners = generic.owned(request.source.locator, request.platform)
        named = account_by_route(request.platform, route)
        accounts = (*((named,) if named else ()), *owners)
        wanted = FeedRequest(
            url=self._url(route),
            request=request,
            zone=self._gateway.timezone,
            witness=witness,
            expected=next(iter(accounts), None),
            besides=accounts[1:],
            by_items=True,
        )
        return fetch(self._http, wanted)

    def report(self, now: datetime) -> SelfReport:
        """Return whether RSSHub runs, and lets us in: it answers `/healthz` itself."""
        path = "/healthz"
        access = _access(self._gateway.key, path, self._gateway.sign) if self._gateway.key else {}
        query = f"?{urlencode(access)}" if access else ""
        answer = self._http.get(f"{self._gateway.url.rstrip('/')}{path}{query}", now)
        if isinstance(answer, Answer) and answer.body.strip() != b"ok":
            looks = pages.looks_like(feed.decoded(answer.body, answer.content_type))
            answer = Failed(Outcome.NOT_A_FEED, coded(f"/healthz gave {looks}", looks))
        if isinstance(answer, Failed):
            return not_reported(self._http, answer)
        return SelfReport(product="RSSHub")

    def close(self) -> None:
        """Give back pooled connections."""
        self._http.close()

    def _url(self, locator: str) -> str:
        path, _, query = locator.strip("/").partition("?")
        # `=` and `&` stand for themselves: route parameters are a query string in the path.
        safe = path if PLAIN.fullmatch(path) else quote(path, safe="/%=&,:@!+")
        key, sign = self._gateway.key, self._gateway.sign
        access = _access(key, f"/{safe}", sign) if key else {}
        return f"{self._gateway.url.rstrip('/')}/{safe}?{_asked(query, access)}"

    def _evidence(self, answer: Answer, request: ReadRequest) -> Evidence:
        if answer.status == 304:
            return Evidence(Pulse.FULL, request.now)
        built = feed.built_at(answer.body) or _modified(answer)
        if built is None:
            undated = Detail("no lastBuildDate, so nothing shows it is alive", Cause.OLD_COPY)
            return Evidence(Pulse.NONE, None, undated)
        if abs(request.now - built) > self._gateway.pulse_allowance:
            old = Detail(f"built {built:%Y-%m-%d %H:%M} UTC: a frozen copy", Cause.OLD_COPY)
            return Evidence(Pulse.NONE, None, old)
        return Evidence(Pulse.FULL, request.now)


def _asked(query: str, access: dict[str, str]) -> str:
    """What is asked for beside the path: what *query* says, as RSS unless it says otherwise."""
    if not query and not access:
        return "format=rss"
    return urlencode({"format": "rss"} | dict(parse_qsl(query)) | access)


def _access(key: str, path: str, sign: bool) -> dict[str, str]:
    """What lets us in: the key, or a code that opens this path alone."""
    if not sign:
        return {"key": key}
    return {"code": hashlib.md5((path + key).encode(), usedforsecurity=False).hexdigest()}


def _modified(answer: Answer) -> datetime | None:
    """When a JSON Feed was built. An XML feed without `lastBuildDate` was tampered with."""
    if not answer.body.lstrip().startswith(b"{"):
        return None
    try:
        at = parsedate_to_datetime(answer.validators.last_modified or "")
    except (ValueError, OverflowError):
        return None
    return at.astimezone(UTC) if at.tzinfo else None


def locator_problem(locator: str) -> str | None:
    """Return what is wrong with *locator*, or None."""
    if generic.address_problem(locator) is not None:
        return expected(EXPECTS)
    parts = urlsplit(locator)
    if parts.scheme or parts.netloc or re.search(r"\s", locator) or not parts.path.strip("/"):
        return expected(EXPECTS)
    if "key" in parse_qs(parts.query) or "code" in parse_qs(parts.query):
        return Told("the access key belongs to the gateway's `key`, not into the route")
    if parse_qs(parts.query).get("format", ["rss"])[0] not in ("rss", "atom", "json"):
        return Told("format=rss, format=atom or format=json was expected")
    return generic.owners_problem(locator)


def locator_warning(locator: str) -> str | None:
    """Return what an operator may not know about *locator*, or None.

    Any route parameter without `showRetweeted=1` makes RSSHub drop every repost, whatever its
    documentation says of the default.
    """
    found = WEIBO_USER.match(locator.partition("#")[0])
    params = (found["params"] or "").strip("/") if found else ""
    if "=" in params and parse_qs(params).get("showRetweeted") not in (["1"], ["true"]):
        return Told("these route parameters drop every repost; add showRetweeted=1")
    return None


KIND = Kind(RssHub, locator_problem, locator_warning, sample=True)
