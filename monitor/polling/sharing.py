"""What several machines have to know of a gateway, so that each keeps what is asked of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from monitor.clock import Clock
from monitor.polling import health
from monitor.polling.rate_limits import RateLimiter
from monitor.polling.statistics import StatisticsQueries
from monitor.register import Register
from monitor.store.base import Store


class SharedGateways:
    """The gateways of one register, which other machines read too."""

    def __init__(
        self,
        store: Store,
        register: Register,
        limiters: Mapping[str, RateLimiter],
        statistics: StatisticsQueries,
        left: Callable[[str, datetime], bool],
        clock: Clock,
    ) -> None:
        """*left*: whether something of a gateway's quota is left at an instant."""
        self._store = store
        self._register = register
        self._limiters = limiters
        self._statistics = statistics
        self._left = left
        self._clock = clock

    def waiting(self, now: datetime) -> dict[str, bool]:
        """Return the gateways that something is to be asked of at *now*, and may be, and whether
        any of it has to confirm something by then."""
        self._store.undo_ahead(now)
        due = self._store.sources.due_behind(now)
        states = self._store.gateways.states() if due else {}
        asked = dict.fromkeys(self._statistics.askable(now), False)
        return asked | {
            gateway: decisive
            for gateway, decisive in due.items()
            if gateway in self._register.gateways
            and not health.resting(states.get(gateway), now)
            and self._left(gateway, now)
        }

    def hold(self, gateway: str, until: datetime) -> None:
        """Ask *gateway* for nothing *until* then: another machine has asked it last. That is never
        further ahead than its pause, whatever a clock that ran ahead has left."""
        wait = min(until - self._clock(), self._register.gateways[gateway].spacing)
        self._limiters[gateway].hold(wait.total_seconds())

    def free_at(self, gateway: str) -> datetime:
        """Return when *gateway* may be asked again after what was asked last."""
        return self._clock() + timedelta(seconds=self._limiters[gateway].left())
