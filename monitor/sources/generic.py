"""Kind `feed`: any RSS, Atom or JSON Feed. Nothing shows whether what makes it is alive.

So its pulse is weak, unless the operator vouches for it with `trusted = true`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from monitor.model import Gateway, Pulse
from monitor.sources.answers import Answer
from monitor.sources.base import Fetched, ReadRequest
from monitor.sources.fetching import Errand, Evidence, fetch
from monitor.sources.kind import Kind

if TYPE_CHECKING:
    from monitor.sources.http import Http

EXPECTS = "a http(s) address, or a path below the gateway's url"


class PlainFeed:
    """Feeds at plain addresses."""

    def __init__(self, gateway: Gateway, http: Http) -> None:
        self._gateway = gateway
        self._http = http

    def read(self, request: ReadRequest) -> Fetched:
        """Return what the feed says at `request.now`."""
        pulse = Pulse.FULL if self._gateway.trusted else Pulse.WEAK

        def witness(_: Answer) -> Evidence:
            return Evidence(pulse, request.now)

        url = address(self._gateway, request.source.locator)
        return fetch(self._http, Errand(url, request, witness, updated_counts=True))

    def close(self) -> None:
        """Give back pooled connections."""
        self._http.close()


def address(gateway: Gateway, locator: str) -> str:
    """Return the address that *locator* stands for: itself, or below the gateway's url."""
    if urlsplit(locator).scheme in ("http", "https"):
        return locator
    path = quote(locator.lstrip("/"), safe="/%=&?,:@!+;~")
    return f"{gateway.url.rstrip('/')}/{path}"


def locator_problem(locator: str) -> str | None:
    """Return what is wrong with *locator*, or None."""
    try:
        parts = urlsplit(locator)
    except ValueError:
        return f"{EXPECTS} was expected"
    web = parts.scheme in ("http", "https") and bool(parts.hostname)
    below = not parts.scheme and not parts.netloc and bool(locator.strip("/"))
    blank = re.search(r"\s", locator)
    return None if (web or below) and not blank else f"{EXPECTS} was expected"


KIND = Kind(PlainFeed, EXPECTS, locator_problem)
