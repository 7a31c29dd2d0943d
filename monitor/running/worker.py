"""A worker as a process: it reads for some zones, and does nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from alerts.common.log import Log
from monitor.app import App, opened
from monitor.clock import Clock, utc_now
from monitor.errors import Field, Told, UsageError
from monitor.machines import Work
from monitor.running.membership import Member, joined
from monitor.running.run import ending, patient, read_again
from monitor.running.scheduler import LOOK_EVERY
from monitor.running.signals import Signals
from monitor.running.supervisor import ALIVE, READY, tell
from monitor.running.visit_queue import check_installed, needed
from monitor.running.visits import Visits, zones_of
from monitor.settings.model import Settings
from monitor.store.engine import file_of


def work(
    load: Callable[[], Settings],
    settings: Settings,
    log: Log,
    zones: Sequence[str],
    signals: Signals,
    clock: Clock = utc_now,
) -> bool:
    """Read for *zones*, one gateway at a time, until SIGTERM; return False if a reading was left
    behind that does not end.

    *load*, *signals*: as for `monitor.running.run.run`. Raises `UsageError` where the database is
    a file, or no gateway is in one of *zones*; `StoreError` without what the work is shared by.
    """
    _check(settings, zones)
    ended = True
    parts = (Work.WORKER, tuple(zones), signals.wakened.set, log, clock)
    with joined(settings, *parts) as member:
        while ended and not signals.stopping:
            with (
                patient(member, signals),
                opened(settings, log, reading=True, joining=True, clock=member.clock) as app,
            ):
                ended = _work(app, member, zones, signals)
            if ended and signals.reload and not signals.stopping:
                signals.answered()
                settings = read_again(load, settings, log, member)
    signals.ended()
    log("worker_stopped", **({} if ended else {"left_behind": True}))
    return ended


def _check(settings: Settings, zones: Sequence[str]) -> None:
    if file_of(settings.database) is not None:
        raise UsageError(
            Told(
                "worker: service.database is a file, on which one service works alone; workers "
                "need PostgreSQL (postgresql://…)"
            )
        )
    check_installed()
    known = sorted(zones_of(settings.gateways.values()))
    for zone in zones:
        if zone not in known:
            raise UsageError(
                Told(
                    'worker: {option} "{zone}": no gateway is in it; one of: {choices}',
                    option=Field("zone"),
                    zone=zone,
                    choices=", ".join(known),
                )
            )


def _work(app: App, member: Member, zones: Sequence[str], signals: Signals) -> bool:
    """Work until a signal comes; return whether what was under way has ended."""
    app.log("worker_started", zones=",".join(zones))
    listener = os.environ.get("NOTIFY_SOCKET")
    visits = Visits(app, member, needed(member.queue), zones, 1)
    visits.start()
    tell(READY, listener)
    while not (signals.stopping or signals.reload):
        signals.wakened.wait(LOOK_EVERY)
        signals.wakened.clear()
        tell(ALIVE, listener)
    ending(app, signals, listener)
    return visits.stop()
