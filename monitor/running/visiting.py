"""How a service that reads by itself has its gateways visited: one look for all of them, and a
thread for each behind which something is due."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from alerts.rules.audit import READ
from monitor.app import App

Begin = Callable[[str, Callable[[], object]], None]


class Visiting:
    """The visits of one machine; of one gateway there is one at a time."""

    def __init__(self, app: App, begin: Begin) -> None:
        """*begin* has something done once, beside everything else, under a name."""
        self._app = app
        self._begin = begin
        self._under_way: set[str] = set()

    def look(self) -> None:
        """Begin the visits that are due. Nothing is asked of the other gateways, which the audit
        need not wait for. Raises `StoreError`."""
        service, now = self._app.service, self._app.clock()
        service.rouse()
        waiting = self._app.rounds.shared.waiting(now)
        for gateway in self._app.register.gateways:
            if gateway in self._under_way:
                continue
            if gateway in waiting:
                self._under_way.add(gateway)
                self._begin(f"{READ}:{gateway}", partial(self._visit, gateway))
            else:
                service.ran(f"{READ}:{gateway}", now)

    def _visit(self, gateway: str) -> None:
        try:
            self._app.service.read_gateway(gateway)
        finally:
            self._under_way.discard(gateway)
