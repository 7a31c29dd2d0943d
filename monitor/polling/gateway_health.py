"""Keep the health of gateways: look at their canaries, judge their families of routes, store it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.common.log import Log
from monitor.clock import Clock
from monitor.model import GatewayState, Outcome, RouteHealth, SourceSpec, SourceState
from monitor.polling import canary, health, quota
from monitor.polling.canary import CanaryPulse, Sight
from monitor.polling.rate_limits import RateLimiter
from monitor.polling.reader import broken
from monitor.register import Register
from monitor.sources.base import Source
from monitor.store.base import Store

Grouped = dict[str, list[SourceState]]  # by family of routes


class GatewayHealth:
    """Judges gateways by what their sources and canaries came to; the states are stored."""

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
        self._sources = sources
        self._register = register
        self._limiters = limiters
        self._clock = clock
        self._log = log

    def grouped(self, sources: Iterable[SourceState]) -> Grouped:
        """Return *sources* by family of routes, in the order given."""
        groups: Grouped = defaultdict(list)
        for state in sources:
            groups[self._family(state.spec)].append(state)
        return dict(groups)

    def judge(self, gateway: str, asked: timedelta | None) -> GatewayState:
        """Judge *gateway* anew and store what comes of it. *asked*: how long it asked for rest.

        The sources of a family that has just become sick are due at once: any of them may show
        that it is well.
        """
        now = self._clock()
        before = self._store.gateways.states().get(gateway) or GatewayState(gateway)
        families = self._families(gateway, before)
        after = health.backed_off(health.judged(gateway, families, before, now), asked, now)
        self._store.gateways.save([after])
        for route in after.families:
            if route.healthy != health.route_of(before, route.family).healthy:
                self._changed(gateway, route, families[route.family], now)
        return after

    def witness(self, gateway: str, family: str) -> SourceState | None:
        """Return the source to ask at once whether *family* fails as a whole; None if none is."""
        before = self._store.gateways.states().get(gateway) or GatewayState(gateway)
        canaries_see = not any(state.failing_since for state in before.canaries)
        if canaries_see and not self._store.sources.any_failing(gateway):
            return None  # nobody is under suspicion
        found = health.witness(self._families(gateway, before).get(family, ()), self._clock())
        if found is None or canary.is_canary(found):
            return found
        return self._store.sources.named([found.spec.id]).get(found.spec.id)

    def canaries(self, gateway: str, every: timedelta | None = None) -> CanaryPulse:
        """Look at the gateway's canaries that are due; return what they all say. *every*: how
        often each is looked at; None: as often as its quota allows."""
        wanted = canary.specs(self._register.gateways[gateway])
        if not wanted:
            return canary.canary_pulse((), self._clock())
        before = self._store.gateways.states().get(gateway) or GatewayState(gateway)
        known = {state.spec: state for state in before.canaries}
        often = self._look_every(gateway) if every is None else every
        states = tuple(self._looked(known.get(s) or SourceState(s), often) for s in wanted)
        if states != before.canaries:
            self._store.gateways.save([replace(before, canaries=states)])
        return canary.canary_pulse(states, self._clock())

    def _families(self, gateway: str, known: GatewayState) -> Grouped:
        """The sources behind *gateway* by family, its canaries among them while they see."""
        behind = self._store.sources.behind(gateway)
        groups = self.grouped(s for s in behind if s.spec.account in self._register.accounts)
        if canary.canary_pulse(known.canaries, self._clock()).sight is not Sight.BLIND:
            for state in known.canaries:
                self._join(state, groups)
        return groups

    def _join(self, state: SourceState, groups: Grouped) -> None:
        """Where a kind's locators name no platform, a canary proves the pulse of every family."""
        gateway = self._register.gateways[state.spec.gateway]
        family = health.family_of(gateway, "", state.spec.locator)
        for name, group in groups.items():
            if family in ("", name):
                group.append(state)

    def _family(self, spec: SourceSpec) -> str:
        account = self._register.accounts.get(spec.account)
        platform = account.platform if account else ""
        return health.family_of(self._register.gateways[spec.gateway], platform, spec.locator)

    def _changed(
        self, gateway: str, route: RouteHealth, sources: Sequence[SourceState], now: datetime
    ) -> None:
        self._log("gateway_judged", gateway=gateway, family=route.family, healthy=route.healthy)
        if route.healthy:
            return
        for state in sources:
            if not state.failing_since and not canary.is_canary(state):
                self._store.sources.plan(state.spec.id, now, now)

    def _looked(self, state: SourceState, every: timedelta) -> SourceState:
        now, gateway = self._clock(), state.spec.gateway
        if not canary.due(state, now, every) or not self._limiters[gateway].enter():
            return state
        try:
            fetched = self._sources[gateway].read(canary.request(state, now))
        except Exception as error:
            self._log("reading_broke", source=state.spec.id, error=type(error).__name__, bug=error)
            fetched = broken(error, now)
        return state if fetched.outcome is Outcome.QUOTA else canary.looked(state, fetched, now)

    def _look_every(self, gateway: str) -> timedelta:
        known = self._register.gateways[gateway]
        if known.quota is None:
            return canary.READ_EVERY
        return quota.look_every(known.quota, len(known.canary), canary.READ_EVERY)
