"""One round: read what is due, store it in batches, judge the gateways.

The only place where reading and storing meet. Verdicts and alerts are not its business.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from threading import Event

from alerts.common.local_time import local_day
from alerts.common.log import Log
from alerts.people.handover import Records
from monitor.clock import Clock
from monitor.model import GatewayState, Outcome, Reading, SourceState
from monitor.polling import health, quota
from monitor.polling.canary import CanaryPulse, is_canary
from monitor.polling.gateway_health import GatewayHealth
from monitor.polling.jobs import ReadJobs
from monitor.polling.rate_limits import FAILURES, CircuitBreaker, RateLimiter, run
from monitor.polling.reader import Read, ReadJob, failed, read
from monitor.polling.sharing import SharedGateways
from monitor.polling.statistics import StatisticsQueries
from monitor.polling.tally import Tally
from monitor.register import BY_HAND, LOOKED, Register
from monitor.sources.base import Source
from monitor.store.base import Store
from monitor.store.protocols.ledger import Recorded

BATCH = 100  # readings a transaction …
BATCH_SECONDS = 0.5  # … or as many as this long yields, whichever comes first
AT_ONCE = 500  # sources of one gateway a round
ROUND = timedelta(minutes=5)  # the longest that a decisive reading waits behind others

Progress = Callable[[Reading], None]
Visit = Callable[[str, Sequence[SourceState]], list[Reading]]
Goes = Callable[[ReadJob], bool]  # whether a round under way goes on with this one


def nobody_watches(_: Reading) -> None:
    """Ignore progress."""


def nobody_waits() -> bool:
    """Return False: nothing elsewhere is more urgent."""
    return False


def held_for_good() -> bool:
    """Return True: nobody takes the visit away."""
    return True


@dataclass(frozen=True, slots=True)
class _Pass:
    """One family of routes as one round reads it. *canaries*: what those of its gateway say."""

    gateway: str
    family: str
    canaries: CanaryPulse
    goes: Goes
    progress: Progress


@dataclass(frozen=True, slots=True)
class _Made:
    """A reading that is stored, without all that it saw; the rest as in `Read`."""

    reading: Reading
    retry_after: timedelta | None
    broke: bool


class Rounds:
    """Reads sources through their gateways and keeps the store and the gateways' health."""

    def __init__(
        self,
        store: Store,
        sources: Mapping[str, Source],
        register: Register,
        clock: Clock,
        log: Log,
        stop: Event,
    ) -> None:
        self._store = store
        self._sources = sources
        self._register = register
        self._clock = clock
        self._log = log
        self._limiters = {g.id: RateLimiter(g.spacing, stop) for g in register.gateways.values()}
        self._health = GatewayHealth(store, sources, register, self._limiters, clock, log)
        self._jobs = ReadJobs(store, register)
        self.tally = Tally()  # of what was read since the process began
        self._statistics = StatisticsQueries(store, sources, register, self._limiters, clock, log)
        among = (register, self._limiters, self._statistics)
        self.shared = SharedGateways(store, *among, self._left, clock)

    def read_due(self, now: datetime, progress: Progress = nobody_watches) -> list[Reading]:
        """Read every source that is due at *now* and that its gateway's quota affords, all
        gateways side by side, and ask for statistics of past days. Return the readings."""
        self._store.undo_ahead(now)
        due = self._by_gateway(self._store.sources.due(now, AT_ONCE))
        states = self._store.gateways.states()
        jobs = {g: self._readable(states.get(g), g, sources, now) for g, sources in due.items()}
        jobs = {gateway: sources for gateway, sources in jobs.items() if sources}
        asked = dict.fromkeys(self._statistics.gateways(now), ())
        visit = partial(self._visit, goes=self._affordable, progress=progress)
        return self._side_by_side(asked | jobs, visit)

    def read_gateway(
        self,
        gateway: str,
        now: datetime,
        progress: Progress = nobody_watches,
        gives_way: Callable[[], bool] = nobody_waits,
        held: Callable[[], bool] = held_for_good,
    ) -> list[Reading]:
        """Read what is due at *now* behind one gateway, as `read_due` does, but for five
        minutes at most: what is still due then comes after what has become more urgent. What has
        nothing to confirm is not asked once the visit *gives_way*, and nothing once it is no longer
        *held*."""
        self._store.undo_ahead(now)
        found = self._store.sources.due(now, AT_ONCE, gateway)
        due = self._by_gateway(found).get(gateway, ())
        state = self._store.gateways.states().get(gateway) if due else None
        until = now + ROUND

        def goes_on(decisive: bool = False) -> bool:
            return self._clock() < until and (decisive or not gives_way()) and held()

        return self._visit(
            gateway,
            self._readable(state, gateway, due, now),
            goes=lambda job: self._affordable(job) and goes_on(quota.decisive(job.state, now)),
            progress=progress,
            goes_on=goes_on,
        )

    def read_accounts(
        self, accounts: Iterable[str], now: datetime, progress: Progress = nobody_watches
    ) -> list[Reading]:
        """Read all sources of *accounts* whatever the interval, but not against Retry-After or
        a quota that is spent. These may use what is kept of it for decisive readings."""
        self._store.undo_ahead(now)
        wanted = set(accounts)  # in the order of the register, of which no state is needed yet
        known = [a for a in self._register.accounts.values() if a.id in wanted]
        sources = [SourceState(spec) for account in known for spec in account.sources]
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
        if health.resting(state, now):
            return ()
        known_state = state or GatewayState(gateway)
        readable = [
            one
            for family, group in self._health.grouped(due).items()
            for one in health.readable(health.route_of(known_state, family), group, now)
        ]
        known = self._budget(gateway, now)
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
        """*sources* by gateway, without those that a person reads."""
        groups: dict[str, list[SourceState]] = defaultdict(list)
        now = self._clock()
        for source in sources:
            if self._register.kind_of(source.spec.gateway) == BY_HAND:
                self._store.sources.plan(source.spec.id, now + LOOKED, now)
            elif source.spec.gateway in self._sources:
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
        self,
        gateway: str,
        sources: Sequence[SourceState],
        goes: Goes,
        progress: Progress,
        goes_on: Callable[[], bool] = held_for_good,
    ) -> list[Reading]:
        readings = self._read(gateway, sources, goes, progress) if sources else []
        if self._left(gateway, self._clock()):
            self._statistics.ask(gateway, goes_on)
        return readings

    def _read(
        self, gateway: str, sources: Sequence[SourceState], goes: Goes, progress: Progress
    ) -> list[Reading]:
        """Read *sources* one family of routes after the other: one that is dead ends its own round
        only. Where an account's source fails, its last well source is read at once."""
        readings: list[Reading] = []
        canaries = self._health.canaries(gateway)
        for family, group in self._health.grouped(sources).items():
            pass_on = _Pass(gateway, family, canaries, goes, progress)
            made, rest = self._read_family(pass_on, group)
            readings += made
            if rest:
                break
        return readings

    def _read_family(
        self, this: _Pass, sources: Sequence[SourceState]
    ) -> tuple[list[Reading], bool]:
        """What was read of one family, and whether its gateway asked for rest. A round that five
        failures in a row have ended goes on where a witness shows that the family is well."""
        readings: list[Reading] = []
        left = list(sources)
        while True:
            made = self._run(this, left)
            rest = max((one.retry_after for one in made if one.retry_after), default=None)
            readings += [one.reading for one in made]
            state = self._health.judge(this.gateway, rest)
            if rest is None and made:
                more, state = self._asked(this, state)
                readings += more
            tried = {reading.source for reading in readings}
            left = [one for one in left if one.spec.id not in tried]
            sick = not health.route_of(state, this.family).healthy
            if rest is not None or sick or not made or not left:
                return readings, rest is not None

    def _asked(self, this: _Pass, state: GatewayState) -> tuple[list[Reading], GatewayState]:
        """Ask witnesses, each alone, until one shows that the family is well or all of it fails;
        five at most."""
        readings: list[Reading] = []
        for _ in range(FAILURES):
            one = self._health.witness(this.gateway, this.family)
            if one is None or not self._left(this.gateway, self._clock()):
                break
            if is_canary(one):
                self._health.canaries(this.gateway, timedelta(0))
                made = []
            else:
                made = self._run(this, [one], suspected=True)
                readings += [one.reading for one in made]
                if not made:
                    break
            rest = max((read.retry_after for read in made if read.retry_after), default=None)
            state = self._health.judge(this.gateway, rest)
        return readings, state

    def _run(
        self, this: _Pass, sources: Sequence[SourceState], suspected: bool = False
    ) -> list[_Made]:
        limiter = self._limiters[this.gateway]
        at_once = min(self._register.gateways[this.gateway].concurrency, len(sources))
        rules = self._register.under(Records(handovers=tuple(self._store.custody.running())))
        breaker = CircuitBreaker()
        perform = partial(self._perform, rules, this.canaries, breaker)
        jobs = self._jobs.of(sources, suspected)
        found: list[_Made] = []
        reads = run(jobs, perform, limiter, at_once, breaker, this.goes)
        for batch in batches(filter(None, reads)):
            fresh = self._store.readings.record([r.recorded for r in batch])
            for one in batch:
                found.append(_Made(one.recorded.reading, one.retry_after, one.broke))
                _report(self._log, one.recorded, fresh)
                this.progress(one.recorded.reading)
        if any(one.broke for one in found):
            self._store.damages.mend()  # perhaps on what was stored
        return found

    def _perform(
        self, rules: Register, canaries: CanaryPulse, breaker: CircuitBreaker, job: ReadJob
    ) -> Read | None:
        spec, began = job.state.spec, self._clock()
        source, turn = self._sources[spec.gateway], self._limiters[spec.gateway].enter
        try:
            made = read(job, source, rules, self._clock, canaries, turn)
        except Exception as error:
            self._log("reading_broke", source=spec.id, error=type(error).__name__, bug=error)
            made = failed(job, error, rules, self._clock())
        outcome = made.recorded.reading.outcome
        took = (self._clock() - began).total_seconds()
        self.tally.add(spec.gateway, outcome, max(took, 0.0))
        breaker.note(
            outcome in health.BLAMED, rest=bool(made.retry_after) or outcome is Outcome.QUOTA
        )
        return made if outcome is not Outcome.QUOTA else None


def _report(log: Log, recorded: Recorded, fresh: Mapping[str, int]) -> None:
    reading = recorded.reading
    log(
        "source_read",
        source=reading.source,
        outcome=reading.outcome.value,
        good=reading.good,
        new=fresh.get(reading.source, 0),
        detail=reading.detail,
        next_read_at=recorded.next_read_at,
    )
    if recorded.memory.renamed_at == reading.started_at:
        log(
            "account_renamed",
            account=reading.account,
            source=reading.source,
            name=recorded.memory.title,
            before=recorded.memory.former_title,
        )


def batches(
    reads: Iterable[Read], stopwatch: Callable[[], float] = time.monotonic
) -> Iterator[list[Read]]:
    """Yield what is to be stored together: the first at once, then what came since the last was.
    What comes slowly waits for nothing that comes after it."""
    batch: list[Read] = []
    stored_at: float | None = None
    for one in reads:
        batch.append(one)
        late = stored_at is None or stopwatch() - stored_at >= BATCH_SECONDS
        if late or len(batch) >= BATCH:
            yield batch
            batch, stored_at = [], stopwatch()
    if batch:
        yield batch
