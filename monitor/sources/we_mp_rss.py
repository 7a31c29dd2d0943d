"""we-mp-rss: a collector without any sign of life of its own.

`lastBuildDate` is the moment of drawing, its sync time moves before it collects, and its error
handling answers 200. So its pulse is none until a canary confirms it or the operator trusts it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from alerts.told import Detail
from monitor.causes import Cause
from monitor.errors import Told
from monitor.model import Gateway, Pulse, SourceSpec
from monitor.sources.base import Fetched, ReadRequest, SelfReport, first_look
from monitor.sources.fetching import Evidence, FeedRequest, fetch
from monitor.sources.kind import Kind
from monitor.wording import expected

if TYPE_CHECKING:
    from monitor.sources.http import Http

EXPECTS = Told(
    "a feed id, e.g. MP_WXS_3071234567, or for versions before July 2025 a path, "
    "e.g. rss/MP_WXS_3071234567/fresh"
)
LOCATOR = re.compile(r"(?P<old>rss/)?(?P<feed>MP_WXS_\d+)(?(old)(?P<fresh>/fresh)?)")
WINDOW = 30  # newer versions give no more
OLD_WINDOW = 100
ALL = (f"feed/all.rss?limit={WINDOW}", f"rss?limit={OLD_WINDOW}")
MISSING = 404
UNPROVEN = Detail(
    "we-mp-rss gives no sign of life: only a canary can show that it collects", Cause.NO_CANARY
)


class WeMpRss:
    """One we-mp-rss."""

    def __init__(self, gateway: Gateway, http: Http) -> None:
        self._gateway = gateway
        self._http = http

    def read(self, request: ReadRequest) -> Fetched:
        """Return what the feed says at `request.now`."""
        locator = request.source.locator
        found = LOCATOR.fullmatch(locator)
        wanted = FeedRequest(
            url=f"{self._gateway.url.rstrip('/')}/{_path(locator)}",
            request=request,
            witness=lambda _: self._evidence(request),
            expected=f"wechat:{found['feed']}" if found else None,
            by_items=True,
            # The documentation says to set the container's zone, in which it writes dates.
            zone=self._gateway.timezone,
        )
        return fetch(self._http, wanted)

    def report(self, now: datetime) -> SelfReport:
        """Return what it shows of all its accounts together, at the newer versions' address or at
        the older ones'."""
        spec = SourceSpec("try/all", "try", self._gateway.id, "")
        request = first_look(spec, "wechat", now)
        for path in ALL:
            url = f"{self._gateway.url.rstrip('/')}/{path}"
            wanted = FeedRequest(url, request, lambda _: self._evidence(request))
            window = fetch(self._http, replace(wanted, zone=self._gateway.timezone))
            if window.status != MISSING:
                break
        if not window.outcome.answered:
            return SelfReport(window.outcome, window.detail)
        return SelfReport(product="we-mp-rss", window=window)

    def close(self) -> None:
        """Give back pooled connections."""
        self._http.close()

    def _evidence(self, request: ReadRequest) -> Evidence:
        if self._gateway.trusted:
            return Evidence(Pulse.FULL, request.now)
        return Evidence(Pulse.NONE, request.now, UNPROVEN)


def locator_problem(locator: str) -> str | None:
    """Return what is wrong with *locator*, or None."""
    return None if LOCATOR.fullmatch(locator) else expected(EXPECTS)


def locator_warning(locator: str) -> str | None:
    """Return what an operator may not know about *locator*, or None."""
    found = LOCATOR.fullmatch(locator)
    if found and found["old"] and not found["fresh"]:
        return Told("this page is kept in a file that never ages; add /fresh")
    return None


def _path(locator: str) -> str:
    if locator.startswith("rss/"):
        return f"{locator}?limit={OLD_WINDOW}"
    return f"feed/{locator}.rss?limit={WINDOW}"


KIND = Kind(WeMpRss, locator_problem, locator_warning, mute=True)
