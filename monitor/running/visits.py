"""Visits of gateways where several machines share them: who leads has them made, all make them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from functools import partial
from math import inf
from threading import Event, Thread

from alerts.rules.audit import READ
from monitor.app import App
from monitor.clock import elapsed
from monitor.machines import (
    BACKLOG,
    Held,
    Visit,
    Visited,
    backlog,
    backlog_written,
    outdated,
    unworked,
)
from monitor.model import Gateway
from monitor.running.membership import Member
from monitor.running.visit_queue import VisitQueue
from monitor.running.zones import Zones

HOLDS_FOR = 1.0  # seconds for which a visit is this machine's without looking
AGAIN_AFTER = 2.0  # seconds until visits are made again when that failed, or was not allowed
ASK_EVERY = timedelta(seconds=5)  # whether a visit under way is to give way
STOP_WITHIN = 10.0  # seconds that visits under way are given to end


class Tending:
    """What the leading machine does for visits: it defers those of gateways that something is due
    behind, and notes how many wait."""

    def __init__(self, app: App, queue: VisitQueue) -> None:
        self._app = app
        self._queue = queue
        self._zones = zones_of(app.register.gateways.values())
        self._workers = Zones(app, self._zones)

    def tend(self) -> None:
        """Have the visits made that are due. Raises `StoreError`."""
        now = self._app.clock()
        self._app.service.rouse()
        waiting = self._app.rounds.shared.waiting(now)
        there = self._deferred(waiting, now)
        self._note_ended(waiting, now)
        kept = backlog(there, self._zones)
        self._app.store.notes.set(BACKLOG, backlog_written(kept))
        self._workers.look(unworked(self._zones, self._app.store.machines.all(), now), now)

    def _deferred(self, waiting: Mapping[str, bool], now: datetime) -> list[Visit]:
        """Defer the visits of the gateways that are *waiting*; return all that there are then. One
        that waits otherwise than it should is deferred anew, for as long as it has waited."""
        there = list(self._queue.visits())
        off = {one.gateway: one for one in outdated(there, self._zones, waiting)}
        for gateway in off:
            self._queue.take_off(gateway)
        there = [one for one in there if one.running or one.gateway not in off]
        for gateway in waiting.keys() - {one.gateway for one in there}:
            since = off[gateway].queued_at if gateway in off else now
            zone = self._app.register.gateways[gateway].zone
            visit = Visit(gateway, zone, since, urgent=waiting[gateway])
            if self._queue.defer(visit):
                there.append(visit)
        return there

    def _note_ended(self, waiting: Collection[str], now: datetime) -> None:
        """Note for the audit when each gateway's loop ran, and whether there is what to judge."""
        ended = self._app.store.machines.visits()
        for gateway in self._app.register.gateways:
            if gateway not in waiting:
                self._app.service.ran(f"{READ}:{gateway}", now)
            elif gateway in ended:
                self._app.service.ran(f"{READ}:{gateway}", ended[gateway].ended_at)
        read = (one.read_at for one in ended.values() if one.read_at is not None)
        self._app.service.stir(max(read, default=None))


class Visits:
    """Makes visits in some zones, *at_once* at most, for as long as this machine may read."""

    def __init__(
        self, app: App, member: Member, queue: VisitQueue, zones: Collection[str], at_once: int
    ) -> None:
        self._app, self._member, self._queue = app, member, queue
        self._zones, self._at_once = zones, at_once
        self._waits = WaitsElsewhere(app, queue, zones)
        self._ended = Event()
        self._thread = Thread(target=self._run, name="visits", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def end(self) -> None:
        """Begin no further visit."""
        self._ended.set()

    def stop(self) -> bool:
        """Wait for the visits under way; return False if they do not end in time."""
        self.end()
        self._thread.join(STOP_WITHIN)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                if self._member.reads():
                    self._work()
            except Exception as error:
                self._member.faults.note("visits", error)
            else:
                self._member.faults.note("visits", None)
            self._ended.wait(AGAIN_AFTER)

    def _work(self) -> None:
        make, rescued = self._make, self._rescued
        self._queue.work(self._zones, self._at_once, make, rescued, self._pauses)

    def _pauses(self) -> bool:
        return self._ended.is_set() or not self._member.reads()

    def _make(self, gateway: str, held: Held) -> None:
        if gateway not in self._app.sources or self._pauses():
            return
        ended: Exception | None = None
        try:
            self._visit(gateway, held)
        except Exception as error:
            ended = error
        self._member.faults.note(f"visit:{gateway}", ended)

    def _visit(self, gateway: str, held: Held) -> None:
        rounds, machines = self._app.rounds, self._app.store.machines
        last = machines.visits([gateway]).get(gateway)
        if last is not None:
            rounds.shared.hold(gateway, last.free_at)
        gives_way = partial(self._waits.ask, gateway)
        mine = Checked(lambda: held() and self._member.reads())
        readings = rounds.read_gateway(gateway, self._app.clock(), gives_way=gives_way, held=mine)
        now = self._app.clock()
        free_at = rounds.shared.free_at(gateway)
        machines.visited(gateway, Visited(now, now if readings else None, free_at))

    def _rescued(self, gateway: str) -> None:
        """Another machine may have asked *gateway* a moment ago: its pause begins now."""
        self._app.log("visit_rescued", gateway=gateway)
        known = self._app.register.gateways.get(gateway)
        if known is not None:
            now = self._app.clock()
            free_at = now + known.spacing
            self._app.store.machines.visited(gateway, Visited(now, None, free_at))


class Checked:
    """Whether a visit is still this machine's: asked at first, when a second has passed since it
    was last known, and no more when it is not. Who was halted asks before anything else."""

    def __init__(self, held: Held, passed: Callable[[], float] = elapsed) -> None:
        self._held, self._passed = held, passed
        self._known_at = -inf
        self._lost = False

    def __call__(self) -> bool:
        """Return whether it is."""
        now = self._passed()
        if not self._lost and now >= self._known_at + HOLDS_FOR:
            self._lost = not self._held()
            self._known_at = now
        return not self._lost


class NoVisits:
    """Makes none: who leads reads by itself."""

    def start(self) -> None:
        """Do nothing."""

    def end(self) -> None:
        """Do nothing."""

    def stop(self) -> bool:
        """Return True."""
        return True


class WaitsElsewhere:
    """Whether a visit under way keeps one waiting by which a call is to be confirmed."""

    def __init__(self, app: App, queue: VisitQueue, zones: Collection[str]) -> None:
        self._app, self._queue, self._zones = app, queue, zones
        self._asked_at: dict[str, datetime] = {}

    def ask(self, gateway: str) -> bool:
        """Return whether the visit of *gateway* is to give way; asks every few seconds."""
        now = self._app.clock()
        asked_at = self._asked_at.get(gateway)
        if asked_at is not None and asked_at <= now < asked_at + ASK_EVERY:
            return False
        self._asked_at[gateway] = now
        due = self._app.store.sources.due_behind(now)
        urgent = {one for one, decisive in due.items() if decisive and one != gateway}
        return bool(urgent) and keeps_waiting(self._queue.visits(), urgent, self._zones)


def keeps_waiting(
    visits: Collection[Visit], urgent: Collection[str], zones: Collection[str]
) -> bool:
    """Return whether one of *visits* in *zones* waits that is *urgent*, and not for a visit of the
    same gateway to end."""
    running = {one.gateway for one in visits if one.running}
    return any(
        one.gateway in urgent and one.zone in zones and one.gateway not in running for one in visits
    )


def zones_of(gateways: Collection[Gateway]) -> dict[str, list[str]]:
    """Return the ids of *gateways* by zone."""
    zones: dict[str, list[str]] = {}
    for gateway in gateways:
        zones.setdefault(gateway.zone, []).append(gateway.id)
    return zones
