"""Kind `feed`: any RSS, Atom or JSON Feed. Nothing shows whether what makes it is alive.

So its pulse is weak, unless the operator declares otherwise with `trusted = true`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from monitor.errors import Told
from monitor.ledger.identity import account_of
from monitor.model import Gateway, Pulse
from monitor.sources.answers import Answer
from monitor.sources.base import Fetched, ReadRequest
from monitor.sources.fetching import Evidence, FeedRequest, fetch
from monitor.sources.kind import Kind
from monitor.wording import expected

if TYPE_CHECKING:
    from monitor.sources.http import Http

EXPECTS = Told("a http(s) address, or a path below the gateway's url")
OWNER = r"(?=[\w-]*\d)[\w-]{5,120}"  # a number, or a platform's word with a digit
OWNERS = re.compile(rf"{OWNER}(?:,{OWNER})*")
OWNERS_EXPECTED = Told("after # the account's number was expected, or several with commas")


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

        where, owners = owned(request.source.locator, request.platform)
        wanted = FeedRequest(
            url=address(self._gateway, where),
            request=request,
            zone=self._gateway.timezone,
            witness=witness,
            expected=next(iter(owners), None),
            besides=owners[1:],
            by_items=True,
            updated_counts=True,
        )
        return fetch(self._http, wanted)

    def close(self) -> None:
        """Give back pooled connections."""
        self._http.close()


def owned(locator: str, platform: str) -> tuple[str, tuple[str, ...]]:
    """Return the locator proper and, where it says so after `#`, the accounts whose posts may be
    there, e.g. the old and the new number of one that has moved."""
    where, _, numbers = locator.partition("#")
    found = (account_of(platform, number) for number in numbers.split(",") if number)
    return where, tuple(filter(None, found))


def owners_problem(locator: str) -> str | None:
    """Return what is wrong with what stands after the `#` of *locator*, or None."""
    _, mark, numbers = locator.partition("#")
    return OWNERS_EXPECTED if mark and not OWNERS.fullmatch(numbers) else None


def address(gateway: Gateway, locator: str) -> str:
    """Return the address that *locator* stands for: itself, or below the gateway's url."""
    if urlsplit(locator).scheme in ("http", "https"):
        return locator
    path = quote(locator.lstrip("/"), safe="/%=&?,:@!+;~")
    return f"{gateway.url.rstrip('/')}/{path}"


def locator_problem(locator: str) -> str | None:
    """Return what is wrong with *locator*, or None."""
    where, _, __ = locator.partition("#")
    return address_problem(where) or owners_problem(locator)


def address_problem(locator: str) -> str | None:
    """Return what is wrong with *locator* as an address or path, or None."""
    try:
        parts = urlsplit(locator)
    except ValueError:
        return expected(EXPECTS)
    web = parts.scheme in ("http", "https") and bool(parts.hostname)
    below = not parts.scheme and not parts.netloc and bool(locator.strip("/"))
    blank = re.search(r"\s", locator)
    return None if (web or below) and not blank else expected(EXPECTS)


KIND = Kind(PlainFeed, locator_problem)
