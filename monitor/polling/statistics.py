"""Ask the gateways that have statistics of past days, and store their answers.

Takes a turn of the gateway's rate limiter for each question. What is not available is a line
for the operator; no reading fails by it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from alerts.common.log import Log
from monitor.clock import Clock
from monitor.counted import DayCount
from monitor.ledger.days import DAY
from monitor.model import SourceSpec
from monitor.polling import statistics_plan
from monitor.polling.rate_limits import RateLimiter
from monitor.register import Register
from monitor.sources.base import NotAvailable, Retrospective, Source
from monitor.store.base import Store

Days = Sequence[tuple[SourceSpec, Sequence[date]]]


class StatisticsQueries:
    """Asks about the days that are due, behind the gateways of one register."""

    def __init__(
        self,
        store: Store,
        sources: Mapping[str, Source],
        register: Register,
        limiters: Mapping[str, RateLimiter],
        clock: Clock,
        log: Log,
    ) -> None:
        self._store = store
        self._limiters = limiters
        self._clock = clock
        self._log = log
        self._gateways = {
            name: source for name, source in sources.items() if isinstance(source, Retrospective)
        }
        self._behind: dict[str, list[SourceSpec]] = {name: [] for name in self._gateways}
        for account in register.watched().accounts.values():
            for spec in account.sources:
                if spec.gateway in self._behind:
                    self._behind[spec.gateway].append(spec)

    def gateways(self, now: datetime) -> Sequence[str]:
        """Return the gateways that there is something to ask of at *now*, rested or not."""
        return [gateway for gateway in self._gateways if self._due(gateway, now)]

    def askable(self, now: datetime) -> Sequence[str]:
        """Return the gateways that there is something to ask of at *now*, and that may be asked."""
        wanted = self.gateways(now)
        states = self._store.gateways.states() if wanted else {}
        return [one for one in wanted if statistics_plan.may_ask(states.get(one), now)]

    def ask(self, gateway: str, goes_on: Callable[[], bool]) -> None:
        """Ask *gateway* about the days that are due, if it may be asked now, for as long as the
        visit *goes_on*."""
        now = self._clock()
        days = self._due(gateway, now) if gateway in self._gateways else []
        if not days or not statistics_plan.may_ask(self._store.gateways.states().get(gateway), now):
            return
        states = self._store.sources.states()
        days = [one for one in days if statistics_plan.identified(states.get(one[0].id))]
        missing = self._asked(gateway, days, goes_on)
        state = self._store.gateways.states().get(gateway)
        if state is not None and missing is not None:
            after = statistics_plan.answered(state, missing, self._clock())
            if after != state:
                self._store.gateways.save([after])

    def _due(self, gateway: str, now: datetime) -> Days:
        days = statistics_plan.askable(now)
        found = [(spec, self._of(spec, days, now)) for spec in self._behind[gateway] if days]
        return [one for one in found if one[1]]

    def _of(self, spec: SourceSpec, days: Sequence[date], now: datetime) -> Sequence[date]:
        known = self._store.days.known(spec.account, days[-1], days[0] + DAY)
        return statistics_plan.due(known, now)

    def _asked(
        self, gateway: str, days: Days, goes_on: Callable[[], bool]
    ) -> Mapping[date, NotAvailable] | None:
        """Put the questions until one is refused; return what was not available, None if there were
        none to put or the visit does not go on."""
        missing: dict[date, NotAvailable] = {}
        refused: set[str] = set()
        for spec, day in ((spec, day) for spec, some in days for day in some):
            if spec.id in refused:
                continue
            if not (goes_on() and self._limiters[gateway].enter() and goes_on()):
                return None
            answer = self._answer(spec, day)
            if isinstance(answer, NotAvailable):
                missing[day] = answer
                if answer.alone:
                    refused.add(spec.id)
                elif not answer.early:
                    break
        return missing if days else None

    def _answer(self, spec: SourceSpec, day: date) -> DayCount | NotAvailable:
        now = self._clock()
        try:
            answer = self._gateways[spec.gateway].published_on(spec, day, now)
        except Exception as error:
            name = type(error).__name__
            self._log("asking_broke", source=spec.id, day=day.isoformat(), error=name, bug=error)
            return NotAvailable(f"asking broke ({name})")
        if isinstance(answer, NotAvailable):
            self._log(
                "day_not_available",
                source=spec.id,
                day=day.isoformat(),
                detail=answer.detail,
                early=answer.early,
            )
            return answer
        self._store.days.keep(spec.account, answer, spec.id, now)
        self._log(
            "day_counted",
            source=spec.id,
            day=day.isoformat(),
            articles=answer.articles,
            notified=answer.notified,
            pushes=answer.pushes,
        )
        return answer
