"""One round: read what is due, store it in batches, judge the gateways.

The only place where reading and storing meet. Verdicts and alerts are not its business.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from threading import Event

from alerts.common.local_time import local_day
from alerts.common.log import Say
from alerts.model import Kind, Promise
from alerts.people.handover import Records
from monitor.clock import Clock
from monitor.model import GatewayState, Outcome, Reading, SourceState
from monitor.polling import canary, health, quota
from monitor.polling.canary import CanaryPulse
from monitor.polling.lanes import CircuitBreaker, RateLimiter, run
from monitor.polling.reader import Read, ReadJob, read
from monitor.polling.statistics import StatisticsQueries
from monitor.register import Register
from monitor.sources.base import Source
from monitor.store.base import Store
from monitor.store.protocols.ledger import Recorded

BATCH = 100  # readings a transaction …
BATCH_SECONDS = 1.0  # … or as many as this long yields, whichever comes first
AT_ONCE = 500  # sources of one gateway a round
ROUND = timedelta(minutes=5)  # the longest that a decisive reading waits behind others
POISON_REST = timedelta(hours=1)

Progress = Callable[[Reading], None]
Visit = Callable[[str, Sequence[SourceState]], list[Reading]]
Goes = Callable[[ReadJob], bool]  # whether a round under way goes on with this one


def nobody_watches(_: Reading) -> None:
    """Ignore progress."""


class Rounds:
    """Reads sources through their gateways and keeps the store and the gateways' health."""

    def __init__(
        self,
        store: Store,
        sources: Mapping[str, Source],
        register: Register,
        clock: Clock,
        say: Say,
        stop: Event,
    ) -> None:
        self._store = store
        self._sources = sources
        self._register = register
        self._clock = clock
        self._say = say
        self._limiters = {g.id: RateLimiter(g.spacing, stop) for g in register.gateways.values()}
        self._statistics = StatisticsQueries(store, sources, register, self._limiters, clock, say)

    def read_due(self, now: datetime, progress: Progress = nobody_watches) -> list[Reading]:
        """Read every source that is due at *now* and that its gateway's quota affords, all
        gateways side by side, and ask what past days had."""
        due = self._by_gateway(self._store.sources.due(now, AT_ONCE))
        states = self._store.gateways.states()
        jobs = {g: self._readable(states.get(g), g, sources, now) for g, sources in due.items()}
        jobs = {gateway: sources for gateway, sources in jobs.items() if sources}
        asked = dict.fromkeys(self._statistics.gateways(now), ())
        visit = partial(self._visit, goes=self._affordable, progress=progress)
        return self._side_by_side(asked | jobs, visit)

    def read_gateway(
        self, gateway: str, now: datetime, progress: Progress = nobody_watches
    ) -> list[Reading]:
        """Read what is due at *now* behind one gateway, as `read_due` does, but for five
        minutes at most: what is still due then comes after what has become more urgent."""
        due = self._by_gateway(self._store.sources.due(now, AT_ONCE)).get(gateway, ())
        state = self._store.gateways.states().get(gateway)
        until = now + ROUND
        return self._visit(
            gateway,
            self._readable(state, gateway, due, now),
            goes=lambda job: self._clock() < until and self._affordable(job),
            progress=progress,
        )

    def read_accounts(
        self, accounts: Iterable[str], now: datetime, progress: Progress = nobody_watches
    ) -> list[Reading]:
        """Read all sources of *accounts* whatever the interval, but not against Retry-After or
        a quota that is spent. Whoever asks may have what is kept of it for decisive readings."""
        wanted = set(accounts)
        sources = [s for s in self._store.sources.states().values() if s.spec.account in wanted]
        states = self._store.gateways.states()
        jobs = {
            gateway: group
            for gateway, group in self._by_gateway(sources).items()
            if not health.resting(states.get(gateway), now) and self._left(gateway, now)
        }
        read = partial(self._read, goes=lambda _: True, progress=progress)
        return self._side_by_side(jobs, read)

    def spent(self, now: datetime) -> set[str]:
        """Return the gateways whose quota of the local day of *now* is spent."""
        return {gateway for gateway in self._register.gateways if not self._left(gateway, now)}

    def _readable(
        self,
        state: GatewayState | None,
        gateway: str,
        due: Sequence[SourceState],
        now: datetime,
    ) -> Sequence[SourceState]:
        readable, known = health.readable(state, due, now), self._budget(gateway, now)
        return readable if known is None else quota.portion(readable, known, now)

    def _affordable(self, job: ReadJob) -> bool:
        """Asked anew for each: a reading may cost several requests."""
        now = self._clock()
        known = self._budget(job.state.spec.gateway, now)
        return known is None or quota.affordable(job.state, known, now)

    def _left(self, gateway: str, now: datetime) -> bool:
        known = self._budget(gateway, now)
        return known is None or known.left > 0

    def _budget(self, gateway: str, now: datetime) -> quota.Budget | None:
        most, zone = self._register.gateways[gateway].quota, self._register.hours.zone
        if most is None:
            return None
        spent = self._store.gateways.spent(local_day(now, zone)).get(gateway, 0)
        return quota.budget(most, spent, now, zone)

    def _by_gateway(self, sources: Iterable[SourceState]) -> dict[str, Sequence[SourceState]]:
        groups: dict[str, list[SourceState]] = defaultdict(list)
        for source in sources:
            if source.spec.gateway in self._sources:
                groups[source.spec.gateway].append(source)
        return dict(groups)

    def _side_by_side(
        self, jobs: Mapping[str, Sequence[SourceState]], visit: Visit
    ) -> list[Reading]:
        if not jobs:
            return []
        if len(jobs) == 1:
            [(gateway, sources)] = jobs.items()
            return visit(gateway, sources)
        with ThreadPoolExecutor(len(jobs), "gateway") as pool:
            limiters = [pool.submit(visit, g, s) for g, s in jobs.items()]
            return [reading for limiter in limiters for reading in limiter.result()]

    def _visit(
        self, gateway: str, sources: Sequence[SourceState], goes: Goes, progress: Progress
    ) -> list[Reading]:
        readings = self._read(gateway, sources, goes, progress) if sources else []
        if self._left(gateway, self._clock()):
            self._statistics.ask(gateway)
        return readings

    def _read(
        self, gateway: str, sources: Sequence[SourceState], goes: Goes, progress: Progress
    ) -> list[Reading]:
        readings: list[Reading] = []
        asked: list[timedelta] = []
        limiter, at_once = self._limiters[gateway], self._register.gateways[gateway].concurrency
        rules = self._register.under(Records(handovers=tuple(self._store.custody.running())))
        breaker = CircuitBreaker()
        perform = partial(self._perform, rules, self._canaries(gateway), breaker)
        reads = run(self._jobs(sources), perform, limiter, at_once, breaker, goes)
        for batch in _batches(filter(None, reads)):
            fresh = self._store.readings.record([r.recorded for r in batch])
            for one in batch:
                readings.append(one.recorded.reading)
                asked += [one.retry_after] if one.retry_after else []
                self._report(one.recorded, fresh)
                progress(one.recorded.reading)
        self._judge(gateway, max(asked, default=None))
        return readings

    def _jobs(self, sources: Sequence[SourceState]) -> list[ReadJob]:
        accounts = {s.spec.account for s in sources}
        counting = {a: c for a, c in self._register.count_reposts().items() if a in accounts}
        facts = self._store.accounts.facts(counting)
        silent = {a.subject: a.promise for a in self._store.alerts.open() if a.kind is Kind.SILENCE}
        return [
            ReadJob(self._register.accounts[a], state, facts[a], a in silent, _until(silent.get(a)))
            for state in sources
            if (a := state.spec.account) in facts
        ]

    def _canaries(self, gateway: str) -> CanaryPulse:
        """Look at the gateway's canaries that are due; return what they all say."""
        wanted = canary.specs(self._register.gateways[gateway])
        if not wanted:
            return canary.canary_pulse((), self._clock())
        before = self._store.gateways.states().get(gateway) or GatewayState(gateway)
        known = {state.spec: state for state in before.canaries}
        states = tuple(self._looked(known.get(spec) or SourceState(spec)) for spec in wanted)
        if states != before.canaries:
            self._store.gateways.save([replace(before, canaries=states)])
        return canary.canary_pulse(states, self._clock())

    def _looked(self, state: SourceState) -> SourceState:
        now, gateway = self._clock(), state.spec.gateway
        every = self._look_every(gateway)
        if not canary.due(state, now, every) or not self._limiters[gateway].enter():
            return state
        try:
            fetched = self._sources[gateway].read(canary.request(state, now))
        except Exception as error:
            self._say("reading_broke", source=state.spec.id, error=type(error).__name__, bug=error)
            return replace(state, last_tried_at=now)
        return state if fetched.outcome is Outcome.QUOTA else canary.looked(state, fetched, now)

    def _look_every(self, gateway: str) -> timedelta:
        known = self._register.gateways[gateway]
        if known.quota is None:
            return canary.READ_EVERY
        return quota.look_every(known.quota, len(known.canary), canary.READ_EVERY)

    def _perform(
        self, rules: Register, canaries: CanaryPulse, breaker: CircuitBreaker, job: ReadJob
    ) -> Read | None:
        spec = job.state.spec
        source, turn = self._sources[spec.gateway], self._limiters[spec.gateway].enter
        try:
            made = read(job, source, rules, self._clock, canaries, turn)
        except Exception as error:
            self._say("reading_broke", source=spec.id, error=type(error).__name__, bug=error)
            self._store.sources.plan(spec.id, self._clock() + POISON_REST)
            return None
        outcome = made.recorded.reading.outcome
        failed = outcome in health.SHARED | health.SHARED_BY_SEVERAL
        breaker.note(failed, rest=bool(made.retry_after) or outcome is Outcome.QUOTA)
        return made if outcome is not Outcome.QUOTA else None

    def _judge(self, gateway: str, asked: timedelta | None) -> None:
        now = self._clock()
        before = self._store.gateways.states().get(gateway)
        states = self._store.sources.states().values()
        sources = [s for s in states if s.spec.gateway == gateway]
        after = health.backed_off(health.judged(gateway, sources, before, now), asked, now)
        self._store.gateways.save([after])
        if before is None or before.healthy != after.healthy:
            self._say("gateway_judged", gateway=gateway, healthy=after.healthy)
            witness = health.probe(after, sources)
            if witness is not None:
                self._store.sources.plan(witness.spec.id, now)

    def _report(self, recorded: Recorded, fresh: Mapping[str, int]) -> None:
        reading = recorded.reading
        self._say(
            "source_read",
            source=reading.source,
            outcome=reading.outcome.value,
            good=reading.good,
            new=fresh.get(reading.source, 0),
            detail=reading.detail,
            next_read_at=recorded.next_read_at,
        )
        if recorded.memory.renamed_at == reading.started_at:
            self._say(
                "account_renamed",
                account=reading.account,
                source=reading.source,
                name=recorded.memory.title,
                before=recorded.memory.former_title,
            )


def _until(promise: Promise | None) -> datetime | None:
    return promise.until if promise else None


def _batches(reads: Iterator[Read]) -> Iterator[list[Read]]:
    batch: list[Read] = []
    began = time.monotonic()
    for one in reads:
        batch.append(one)
        if len(batch) >= BATCH or time.monotonic() - began >= BATCH_SECONDS:
            yield batch
            batch, began = [], time.monotonic()
    if batch:
        yield batch
