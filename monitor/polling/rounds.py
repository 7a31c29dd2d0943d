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

from alerts.custody import Records
from alerts.model import Kind, Promise
from monitor.clock import Clock
from monitor.model import GatewayState, Reading, SourceState
from monitor.polling import canary, health
from monitor.polling.canary import CanaryPulse
from monitor.polling.local import Lane, run
from monitor.polling.reader import Errand, Read, read
from monitor.register import Register
from monitor.say import Say
from monitor.sources.base import Source
from monitor.store.base import Recorded, Store

BATCH = 100  # readings a transaction …
BATCH_SECONDS = 1.0  # … or as many as this long yields, whichever comes first
AT_ONCE = 500  # sources of one gateway a round
POISON_REST = timedelta(hours=1)

Progress = Callable[[Reading], None]


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
        self._lanes = {g.id: Lane(g.spacing, stop) for g in register.gateways.values()}

    def read_due(self, now: datetime, progress: Progress = nobody_watches) -> list[Reading]:
        """Read every source that is due at *now*, all gateways side by side."""
        due = self._by_gateway(self._store.due_sources(now, AT_ONCE))
        states = self._store.gateway_states()
        jobs = {g: health.readable(states.get(g), sources, now) for g, sources in due.items()}
        return self._read_all(jobs, progress)

    def read_gateway(
        self, gateway: str, now: datetime, progress: Progress = nobody_watches
    ) -> list[Reading]:
        """Read what is due at *now* behind one gateway."""
        due = self._by_gateway(self._store.due_sources(now, AT_ONCE)).get(gateway, ())
        state = self._store.gateway_states().get(gateway)
        return self._read_all({gateway: health.readable(state, due, now)}, progress)

    def read_accounts(
        self, accounts: Iterable[str], now: datetime, progress: Progress = nobody_watches
    ) -> list[Reading]:
        """Read all sources of *accounts* whatever the interval, but not against Retry-After."""
        wanted = set(accounts)
        sources = [s for s in self._store.source_states().values() if s.spec.account in wanted]
        states = self._store.gateway_states()
        jobs = {
            gateway: group
            for gateway, group in self._by_gateway(sources).items()
            if not health.resting(states.get(gateway), now)
        }
        return self._read_all(jobs, progress)

    def _by_gateway(self, sources: Iterable[SourceState]) -> dict[str, Sequence[SourceState]]:
        groups: dict[str, list[SourceState]] = defaultdict(list)
        for source in sources:
            if source.spec.gateway in self._sources:
                groups[source.spec.gateway].append(source)
        return dict(groups)

    def _read_all(
        self, jobs: Mapping[str, Sequence[SourceState]], progress: Progress
    ) -> list[Reading]:
        jobs = {gateway: sources for gateway, sources in jobs.items() if sources}
        if not jobs:
            return []
        if len(jobs) == 1:
            [(gateway, sources)] = jobs.items()
            return self._read(gateway, sources, progress)
        with ThreadPoolExecutor(len(jobs), "gateway") as pool:
            lanes = [pool.submit(self._read, g, s, progress) for g, s in jobs.items()]
            return [reading for lane in lanes for reading in lane.result()]

    def _read(
        self, gateway: str, sources: Sequence[SourceState], progress: Progress
    ) -> list[Reading]:
        readings: list[Reading] = []
        asked: list[timedelta] = []
        lane, at_once = self._lanes[gateway], self._register.gateways[gateway].concurrency
        rules = self._register.under(Records(handovers=tuple(self._store.running_handovers())))
        perform = partial(self._perform, rules, self._canaries(gateway))
        reads = run(self._errands(sources), perform, lane, at_once)
        for batch in _batches(filter(None, reads)):
            fresh = self._store.record([r.recorded for r in batch])
            for one in batch:
                readings.append(one.recorded.reading)
                asked += [one.retry_after] if one.retry_after else []
                self._report(one.recorded, fresh)
                progress(one.recorded.reading)
        self._judge(gateway, max(asked, default=None))
        return readings

    def _errands(self, sources: Sequence[SourceState]) -> list[Errand]:
        accounts = {s.spec.account for s in sources}
        counting = {a: c for a, c in self._register.count_reposts().items() if a in accounts}
        facts = self._store.facts(counting)
        silent = {a.subject: a.promise for a in self._store.open_alerts() if a.kind is Kind.SILENCE}
        return [
            Errand(self._register.accounts[a], state, facts[a], a in silent, _until(silent.get(a)))
            for state in sources
            if (a := state.spec.account) in facts
        ]

    def _canaries(self, gateway: str) -> CanaryPulse:
        """Look at the gateway's canaries that are due; return what they all say."""
        wanted = canary.specs(self._register.gateways[gateway])
        if not wanted:
            return canary.canary_pulse((), self._clock())
        before = self._store.gateway_states().get(gateway) or GatewayState(gateway)
        known = {state.spec: state for state in before.canaries}
        states = tuple(self._looked(known.get(spec) or SourceState(spec)) for spec in wanted)
        if states != before.canaries:
            self._store.save_gateways([replace(before, canaries=states)])
        return canary.canary_pulse(states, self._clock())

    def _looked(self, state: SourceState) -> SourceState:
        now, gateway = self._clock(), state.spec.gateway
        if not canary.due(state, now) or not self._lanes[gateway].enter():
            return state
        try:
            fetched = self._sources[gateway].read(canary.request(state, now))
        except Exception as error:
            self._say("reading_broke", source=state.spec.id, error=type(error).__name__, bug=error)
            return replace(state, last_tried_at=now)
        return canary.looked(state, fetched, now)

    def _perform(self, rules: Register, canaries: CanaryPulse, errand: Errand) -> Read | None:
        spec = errand.state.spec
        source, turn = self._sources[spec.gateway], self._lanes[spec.gateway].enter
        try:
            return read(errand, source, rules, self._clock, canaries, turn)
        except Exception as error:
            self._say("reading_broke", source=spec.id, error=type(error).__name__, bug=error)
            self._store.plan(spec.id, self._clock() + POISON_REST)
            return None

    def _judge(self, gateway: str, asked: timedelta | None) -> None:
        now = self._clock()
        before = self._store.gateway_states().get(gateway)
        states = self._store.source_states().values()
        sources = [s for s in states if s.spec.gateway == gateway]
        after = health.backed_off(health.judged(gateway, sources, before, now), asked, now)
        self._store.save_gateways([after])
        if before is None or before.healthy != after.healthy:
            self._say("gateway_judged", gateway=gateway, healthy=after.healthy)
            witness = health.probe(after, sources)
            if witness is not None:
                self._store.plan(witness.spec.id, now)

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
