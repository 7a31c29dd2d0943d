"""WeWe RSS: a collector. Its feeds come out of its own database, unchanged from then on if it dies.

The only sign of life is `syncTime` in its list of feeds, and that half lies: it moves after a
visit that brought no articles too. So its pulse is weak, and neither a 304 nor a 200 proves
anything by itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from alerts.told import Detail, coded
from monitor.causes import Cause
from monitor.errors import Told
from monitor.model import Gateway, Outcome, Pulse, SourceMemory
from monitor.sources import feed, pages
from monitor.sources.answers import Answer, Failed
from monitor.sources.base import Fetched, Logins, ReadRequest, SelfReport
from monitor.sources.bodies import Document, branch, parsed, rows, text, whole
from monitor.sources.fetching import Evidence, FeedRequest, Shared, failed, fetch, not_reported
from monitor.sources.kind import Kind
from monitor.wording import expected

if TYPE_CHECKING:
    from monitor.sources.http import Http

EXPECTS = Told("a feed id, e.g. MP_WXS_1234567890")
LOCATOR = re.compile(r"MP_WXS_\d+")
WINDOW = 50  # the default of 10 items may be one push and a half
ALIVE = timedelta(hours=24)  # it collects twice a day
ENABLED = 1  # `status` of a login that is neither invalid nor switched off
AHEAD = timedelta(minutes=10)  # how far its clock may be ahead of ours


class WeweRss:
    """One WeWe RSS. The list of feeds is fetched at most once a minute in all."""

    def __init__(self, gateway: Gateway, http: Http) -> None:
        self._gateway = gateway
        self._http = http
        self._synced = Shared(self._ask)

    def read(self, request: ReadRequest) -> Fetched:
        """Return what the feed says at `request.now`, as of the gateway's last sync."""
        return self._read(request, 1)

    def page(self, request: ReadRequest, number: int) -> Fetched:
        """Return what the feed's page *number* says at `request.now`."""
        return self._read(replace(request, memory=SourceMemory(), unconditional=True), number)

    def _read(self, request: ReadRequest, page: int) -> Fetched:
        on = f"&page={page}" if page > 1 else ""
        synced = self._synced.get(request.now)
        if isinstance(synced, Failed):
            return failed(self._http, request, synced)
        locator = request.source.locator
        evidence = self._evidence(synced.get(locator), request.now)
        wanted = FeedRequest(
            url=f"{self._gateway.url.rstrip('/')}/feeds/{locator}.rss?limit={WINDOW}{on}",
            request=request,
            zone=self._gateway.timezone,
            witness=lambda _: evidence,
            expected=f"wechat:{locator}",
            updated_counts=True,
        )
        return fetch(self._http, wanted)

    def report(self, now: datetime) -> SelfReport:
        """Return how many accounts it collects, and by what logins. Its console, which knows of
        these, wants its AUTH_CODE, where it has one."""
        synced = self._synced.get(now)
        if isinstance(synced, Failed):
            return not_reported(self._http, synced)
        newest = max(synced, key=lambda one: synced[one], default=None)
        shows = (newest, "wechat") if newest else None
        return SelfReport(
            product="WeWe RSS", logins=self._logins(now), listed=len(synced), shows=shows
        )

    def close(self) -> None:
        """Give back pooled connections."""
        self._http.close()

    def _ask(self, now: datetime) -> Mapping[str, datetime] | Failed:
        answer = self._http.get(f"{self._gateway.url.rstrip('/')}/feeds/", now)
        return answer if isinstance(answer, Failed) else _listed(answer)

    def _logins(self, now: datetime) -> Logins | None:
        key = self._gateway.key
        url = f"{self._gateway.url.rstrip('/')}/trpc/account.list?input=%7B%7D"
        answer = self._http.get(url, now, {"Authorization": key} if key else {})
        return None if isinstance(answer, Failed) else _counted(parsed(answer.body))

    def _evidence(self, synced: datetime | None, now: datetime) -> Evidence:
        if synced is None:
            return Evidence(
                Pulse.NONE, None, Detail("not in the gateway's list of feeds", Cause.UNLISTED)
            )
        if not -AHEAD <= now - synced < ALIVE:
            behind = Detail(f"last synced {synced:%Y-%m-%d %H:%M} UTC", Cause.UNSYNCED)
            return Evidence(Pulse.NONE, None, behind)
        pulse = Pulse.FULL if self._gateway.trusted else Pulse.WEAK
        return Evidence(pulse, min(synced, now))


def locator_problem(locator: str) -> str | None:
    """Return what is wrong with *locator*, or None."""
    return None if LOCATOR.fullmatch(locator) else expected(EXPECTS)


def _listed(answer: Answer) -> Mapping[str, datetime] | Failed:
    """The last sync of each feed by id. A row that says nothing of it costs the others nothing."""
    try:
        listed = json.loads(answer.body)
    except (ValueError, RecursionError):
        listed = None
    states = ((text(row.get("id")), _instant(row.get("syncTime"))) for row in rows(listed))
    synced = {name: at for name, at in states if name and at}
    if not isinstance(listed, list) or (listed and not synced):
        looks = pages.looks_like(feed.decoded(answer.body, answer.content_type))
        return Failed(
            Outcome.NOT_A_FEED, coded(f"/feeds/ gave no list of feeds but {looks}", looks)
        )
    return synced


def _counted(said: Document | None) -> Logins | None:
    found = branch(said, "result", "data")
    if not isinstance(found.get("items"), list):
        return None
    blocks = found.get("blocks")
    blocked = {text(one) for one in blocks} if isinstance(blocks, list) else set[str]()
    states = [(whole(row.get("status")), text(row.get("id"))) for row in rows(found["items"])]
    ended = sum(status != ENABLED for status, _ in states)
    resting = sum(status == ENABLED and name in blocked for status, name in states)
    return Logins(len(states), blocked=resting, ended=ended)


def _instant(seconds: object) -> datetime | None:
    known = whole(seconds)
    return datetime.fromtimestamp(known, UTC) if known is not None and known < 10**11 else None


KIND = Kind(WeweRss, locator_problem, sample=True)
