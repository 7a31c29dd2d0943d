"""Kind `by_hand`: nobody is asked but a person, once a week, and what they say is a reading.

For what no gateway sees (视频号, apps). The custodian is asked wherever they are reached and
answers with one tap; the answer is recorded as a reading of the source by that person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.model import Gateway, Outcome
from monitor.sources.base import Fetched, ReadRequest
from monitor.sources.kind import Kind
from monitor.sources.manual import locator_problem

if TYPE_CHECKING:
    from monitor.sources.http import Http

ASKED = "a person is asked to look; nothing is read here"


class ByHand:
    """No gateway: the custodian's eyes, once a week."""

    def __init__(self, _: Gateway, http: Http) -> None:
        self._http = http

    def read(self, request: ReadRequest) -> Fetched:
        """Return that nothing is read here; asks nobody."""
        return Fetched(Outcome.NO_PULSE, request.now, detail=ASKED)

    def close(self) -> None:
        """Give back connections, of which there are none."""
        self._http.close()


KIND = Kind(ByHand, locator_problem, home="", asked=True)
