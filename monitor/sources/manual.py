"""Kind `manual`: nobody is asked. A person looks, and says so with `freshness confirm`.

It may stand in a configuration like any gateway, to say how an account is watched; nothing is
read through it, and that nothing was read is nobody's failure. What people and imports state
counts for every account, with or without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.model import Gateway, Outcome
from monitor.sources.base import Fetched, ReadRequest
from monitor.sources.kind import Kind

if TYPE_CHECKING:
    from monitor.sources.http import Http

EXPECTS = "nothing, or whatever tells a person where to look"
BY_HAND = "nothing is read here: a person looks, and says so with `freshness confirm`"


class Manual:
    """No gateway: somebody's eyes."""

    def __init__(self, _: Gateway, http: Http) -> None:
        self._http = http

    def read(self, request: ReadRequest) -> Fetched:
        """Return that nothing is read here; asks nobody."""
        return Fetched(Outcome.NO_PULSE, request.now, detail=BY_HAND)

    def close(self) -> None:
        """Give back connections, of which there are none."""
        self._http.close()


def locator_problem(_: str) -> str | None:
    """Return None: any locator will do, or none."""
    return None


KIND = Kind(Manual, locator_problem, home="", by_hand=True)
