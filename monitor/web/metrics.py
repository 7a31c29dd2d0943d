"""The service in numbers, for Prometheus: timestamps and never ages. The only user of its client.

Of single accounts only where the configuration asks for it. Described in docs/metrics.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from threading import Lock

from fastapi import FastAPI, Request, Response
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from monitor.desk.machine_shapes import ClusterStatus
from monitor.desk.machines import cluster_status
from monitor.desk.shapes import GatewayStatus
from monitor.desk.users import Scope
from monitor.polling.tally import BOUNDS, Spread, Tally
from monitor.standing import Shown
from monitor.web.api import problem
from monitor.web.parts import Parts

Values = Iterable[tuple[Sequence[str], float]]  # by the values of the labels
DELAYS = (1, 5, 15, 60, 300, 900, 3600, 14400, 43200, 86400)  # seconds; a night is no fault


@dataclass(frozen=True)
class Vitals:
    """What the running service knows of itself. *loops*: when each last ran; *backup*: when the
    newest was written; *by_account*: whether there are metrics of each account; *heartbeat*:
    whether an outside monitor is told that all is well."""

    version: str
    loops: Callable[[], Mapping[str, datetime]]
    tally: Tally
    backup: Callable[[], datetime | None]
    by_account: bool = False
    heartbeat: bool = False


class Metrics:
    """What the address of the metrics answers."""

    def __init__(self, parts: Parts, vitals: Vitals) -> None:
        self._parts = parts
        self._registry = CollectorRegistry()
        self._registry.register(Kept(parts, vitals))
        self._delays = Histogram(
            "freshness_notice_delay_seconds",
            "From the making of a notice to its sending.",
            buckets=DELAYS,
            registry=self._registry,
        )
        self._lock = Lock()
        self._seen_until = parts.clock()

    def open(self, app: FastAPI) -> None:
        """Add the address of the metrics to *app*."""
        app.add_api_route("/metrics", self.metrics, methods=["GET"])

    def metrics(self, request: Request) -> Response:
        """Return the metrics to who bears a token for them."""
        found = self._parts.door.script(request, self._parts.clock())
        if found is None:
            wanted = {"WWW-Authenticate": "Bearer"}
            return problem(401, "a token is needed: Authorization: Bearer …", wanted)
        if found[1] != Scope.METRICS:
            return problem(403, "this token is not for that")
        with self._lock:
            self._delayed()
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    def _delayed(self) -> None:
        for made, sent in self._parts.store.tallies.sent(self._seen_until):
            self._delays.observe(max((sent - made).total_seconds(), 0.0))
            self._seen_until = sent


class Kept(Collector):
    """What is kept or counted elsewhere, collected when it is asked for."""

    def __init__(self, parts: Parts, vitals: Vitals) -> None:
        self._parts = parts
        self._vitals = vitals

    def collect(self) -> Iterator[Metric]:
        """Yield every metric as it stands."""
        now, desk = self._parts.clock(), self._parts.desk.accounts
        known = desk.now(now)
        yield gauge("build_info", "The version.", [((self._vitals.version,), 1)], "version")
        yield accounts(known.sums().counts)
        yield pulses(desk.gateways(now))
        yield self._readings()
        yield durations(self._vitals.tally.spreads())
        yield self._alerts()
        yield from self._notices()
        yield self._loops()
        size = self._parts.store.tallies.size()
        yield gauge("database_size_bytes", "The size of the database.", [((), size)])
        yield from cluster(cluster_status(self._parts.store, self._parts.register, now))
        made = instant(self._vitals.backup())
        yield gauge("last_backup_timestamp_seconds", "The newest daily backup.", made)
        if self._vitals.by_account:
            yield from by_account(known.all())

    def _readings(self) -> Metric:
        said = "Readings since the service started, by how they ended."
        found = CounterMetricFamily("freshness_readings", said, labels=("gateway", "outcome"))
        for (gateway, outcome), n in self._vitals.tally.outcomes().items():
            found.add_metric((gateway, outcome.value), n)
        return found

    def _alerts(self) -> Metric:
        found = Counter(
            (alert.kind.value, str(alert.rung or "")) for alert in self._parts.store.alerts.open()
        )
        return gauge("alerts_open", "Open alerts, by rung.", found.items(), "kind", "rung")

    def _notices(self) -> Iterator[Metric]:
        said = "Notices that are over, by how they ended."
        found = CounterMetricFamily("freshness_notices", said, labels=("channel", "state"))
        for (channel, state), n in self._parts.store.tallies.ended().items():
            found.add_metric((channel, state.value), n)
        yield found
        oldest = instant(self._parts.store.tallies.oldest_unsent())
        name = "notice_oldest_unsent_timestamp_seconds"
        yield gauge(name, "When the oldest waiting notice was made.", oldest)

    def _loops(self) -> Metric:
        ran = {(loop,): at.timestamp() for loop, at in self._vitals.loops().items()}
        return gauge(
            "loop_last_run_timestamp_seconds", "When each loop last ran.", ran.items(), "loop"
        )


def gauge(
    name: str, said: str, values: Iterable[tuple[Sequence[str], float]], *labels: str
) -> Metric:
    """Return a gauge with a value for each of its labels' values."""
    found = GaugeMetricFamily(f"freshness_{name}", said, labels=labels)
    for key, value in values:
        found.add_metric(key, value)
    return found


def instant(at: datetime | None) -> Values:
    """Return *at* as the one value of a gauge; no value where there is none."""
    return [((), at.timestamp())] if at else []


def accounts(counts: Mapping[tuple[str, str], int]) -> Metric:
    """Return how many accounts have which verdict, by platform."""
    return gauge("accounts", "Accounts by verdict.", counts.items(), "verdict", "platform")


def cluster(found: ClusterStatus | None) -> Iterator[Metric]:
    """Return how the machines and zones stand; no values on one machine."""
    machines, zones = (found["machines"], found["zones"]) if found else ([], [])
    alive = [one for one in machines if one["alive"]]
    standing = Counter((one["work"].value, str(one["idle"] or "")) for one in alive)
    yield gauge("machines", "Machines that live.", standing.items(), "work", "idle")
    leads = [((one["name"],), 1.0) for one in machines if one["leads"]]
    yield gauge("machine_leads", "The machine that leads.", leads, "machine")
    waiting = [((one["zone"],), float(one["waiting"])) for one in zones]
    yield gauge("visits_waiting", "Visits that wait.", waiting, "zone")
    running = [((one["zone"],), float(one["running"])) for one in zones]
    yield gauge("visits_running", "Visits under way.", running, "zone")
    oldest = [
        ((one["zone"],), since.timestamp()) for one in zones if (since := one["oldest_waits_since"])
    ]
    name = "visit_oldest_waiting_timestamp_seconds"
    yield gauge(name, "Since when the oldest visit waits.", oldest, "zone")
    workers = [((one["zone"],), float(one["machines"])) for one in zones]
    yield gauge("zone_machines", "Machines that read in a zone.", workers, "zone")


def pulses(gateways: Iterable[GatewayStatus]) -> Metric:
    """Return when each gateway last proved to be alive."""
    seen = {(g["id"],): g["last_pulse_at"].timestamp() for g in gateways if g["last_pulse_at"]}
    name = "gateway_last_good_reading_timestamp_seconds"
    return gauge(name, "The last good reading through each gateway.", seen.items(), "gateway")


def durations(spreads: Mapping[str, Spread]) -> Metric:
    """Return how long readings took, by gateway."""
    said = "How long a reading took, waiting for its turn included."
    found = HistogramMetricFamily("freshness_reading_duration_seconds", said, labels=("gateway",))
    bounds = [*map(str, BOUNDS), "+Inf"]
    for gateway, spread in spreads.items():
        buckets = list(zip(bounds, map(float, accumulate(spread.counts)), strict=True))
        found.add_metric((gateway,), buckets, spread.seconds)
    return found


def by_account(accounts: Sequence[Shown]) -> Iterable[Metric]:
    """Return when each account last published, and when it will be over its limit."""
    last = {(a.id,): a.last_post_at.timestamp() for a in accounts if a.last_post_at}
    breach = {(a.id,): a.breach_at.timestamp() for a in accounts}
    yield gauge("account_last_post_timestamp_seconds", "The last post.", last.items(), "account")
    yield gauge(
        "account_breach_timestamp_seconds", "When it is over its limit.", breach.items(), "account"
    )
