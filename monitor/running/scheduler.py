"""The service's loops, each on a timer that begins anew when it has ended.

A job only looks at what is due; all state is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from queue import SimpleQueue
from threading import Event, Lock, Thread
from zoneinfo import ZoneInfo

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from alerts.common.log import Log
from monitor.app import CHANGED, App
from monitor.clock import utc_now
from monitor.running.folding import fold_some
from monitor.running.keeping import back_up, recheck

STOP_WITHIN = 8.0  # seconds in-flight readings are given before they are left behind
READ_EVERY, JUDGE_EVERY, DELIVER_EVERY = 5, 1, 2  # seconds from a look at what is due to the next
MAIL_EVERY = 60
CHECKPOINT_EVERY = 300  # so that a mere copy of the file is never ten minutes behind
BACKUP_EVERY = 600  # seconds between looks at whether today has its copy
RECHECK_EVERY = 86_400  # seconds between looks at whether what is kept of accounts is right
FOLD_EVERY = 60  # seconds between looks at readings that may be kept as one
OTHER_LOOPS = 8  # beside a loop for each gateway
LOOK_EVERY = 5  # seconds between looks at whether the loops live
DEAD_AFTER = 24  # looks in which no loop ran


class Pulse:
    """Whether the loops live. Counts looks instead of time, which a machine may sleep through."""

    def __init__(self, ran_at: Callable[[], Mapping[str, datetime]]) -> None:
        """*ran_at*: when each loop last ran."""
        self._ran_at = ran_at
        self._seen: Mapping[str, datetime] = {}
        self._still = 0

    def lives(self) -> bool:
        """Look once; return False if no loop has run in the last `DEAD_AFTER` looks."""
        ran = self._ran_at()
        self._still = self._still + 1 if ran == self._seen else 0
        self._seen = ran
        return self._still < DEAD_AFTER


class Scheduler:
    """The loops of one app: begun, begun anew should they die, and stopped."""

    def __init__(
        self, app: App, started: Callable[[App], None], reload: Callable[[], None]
    ) -> None:
        """*started* is called once, after the first pass; *reload* when a command has changed the
        configuration's files."""
        self._app = app
        self._known, self._reload = app.store.notes.get(CHANGED), reload
        self._greet = _once(partial(started, app))
        self._pulse = Pulse(app.service.ran_at)
        self._jobs = self._made()

    def start(self) -> None:
        """Begin; returns at once."""
        self._jobs.start()

    def look(self) -> None:
        """Begin anew if the loops have died: that shows nowhere else."""
        if self._pulse.lives():
            return
        self._app.log("scheduler_died")
        if self._jobs.running:
            self._jobs.shutdown(wait=False)
        self._pulse = Pulse(self._app.service.ran_at)
        self._jobs = self._made()
        self._jobs.start()

    def stop(self) -> bool:
        """Stop the jobs; return False if readings are left behind that do not end in time. They
        are repeatable."""
        ended = Event()

        def wait() -> None:
            self._jobs.shutdown(wait=True)
            ended.set()

        Thread(target=wait, name="shutdown", daemon=True).start()
        return ended.wait(STOP_WITHIN)

    def _made(self) -> Loops:
        service, gateways = self._app.service, self._app.register.gateways
        loops = Loops(self._app.settings.zone, len(gateways) + OTHER_LOOPS, self._app.log)
        for gateway in gateways:
            loops.add(f"read:{gateway}", READ_EVERY, partial(service.read_gateway, gateway))
        loops.add("judge", JUDGE_EVERY, self._judge)
        loops.add("deliver", DELIVER_EVERY, service.deliver, first=DELIVER_EVERY)
        loops.add("monthly", MAIL_EVERY, service.monthly, first=MAIL_EVERY)
        checkpoint, copy = self._app.store.checkpoint, partial(back_up, self._app)
        loops.add("checkpoint", CHECKPOINT_EVERY, checkpoint, first=CHECKPOINT_EVERY)
        loops.add("configuration", LOOK_EVERY, self._look_for_change, first=LOOK_EVERY)
        loops.add("backup", BACKUP_EVERY, copy, first=BACKUP_EVERY)
        again = partial(recheck, self._app)
        loops.add("recheck", RECHECK_EVERY, again, first=RECHECK_EVERY)
        loops.add("fold", FOLD_EVERY, partial(fold_some, self._app), first=FOLD_EVERY)
        return loops

    def _look_for_change(self) -> None:
        if self._app.store.notes.get(CHANGED) != self._known:
            self._reload()

    def _judge(self) -> None:
        if self._app.service.judge_if_due() and _all_tried(self._app):
            self._app.service.deliver()
            self._greet()


class Loops:
    """Acts that are done again and again, each some seconds after it has ended: one that takes
    long is late by itself, and misses nothing."""

    def __init__(self, zone: ZoneInfo, threads: int, log: Log) -> None:
        self._log = log
        self._acts: dict[str, tuple[float, Callable[[], object]]] = {}
        self._runs = count(1)
        self._ended = SimpleQueue[str | None]()  # acts that have; None: no more will be planned
        self._lock, self._stopped = Lock(), False
        self._jobs = BackgroundScheduler(
            timezone=zone,
            executors={"default": ThreadPoolExecutor(threads)},
            job_defaults={"misfire_grace_time": None},
        )
        self._jobs.add_listener(self._again, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)

    @property
    def running(self) -> bool:
        """Whether they were started and not stopped."""
        return bool(self._jobs.running)

    def add(self, name: str, seconds: float, act: Callable[[], object], first: float = 0.0) -> None:
        """Do *act*, *first* seconds from now, and *seconds* after each end, whether it failed."""
        self._acts[name] = seconds, act
        self._plan(name, first, act)

    def start(self) -> None:
        """Begin; returns at once."""
        Thread(target=self._plan_anew, name="loops", daemon=True).start()
        self._jobs.start()

    def shutdown(self, wait: bool) -> None:
        """Begin nothing more; *wait* for what is under way."""
        with self._lock:  # who waits for the end of an act must not keep it from planning anew
            self._stopped = True
        self._ended.put(None)
        self._jobs.shutdown(wait=wait)

    def _plan(self, name: str, seconds: float, act: Callable[[], object]) -> None:
        at = utc_now() + timedelta(seconds=seconds)
        # Each run is a job of its own: one that ends at once is still to be taken off the list.
        self._jobs.add_job(act, "date", run_date=at, id=f"{name} {next(self._runs)}")

    def _again(self, event: JobExecutionEvent) -> None:
        name, error = event.job_id.rpartition(" ")[0], event.exception
        if error is not None:
            self._log("job_broke", job=name, error=type(error).__name__, bug=error)
        self._ended.put(name)

    def _plan_anew(self) -> None:
        """In a thread of its own: the scheduler tells of an act's end while it holds what planning
        needs, if the act ended before it had seen it begin."""
        while (name := self._ended.get()) is not None:
            seconds, act = self._acts[name]
            with self._lock:
                if not self._stopped:
                    self._plan(name, seconds, act)


def _all_tried(app: App) -> bool:
    """Whether every gateway's first round is over. It may have left sources out: those of a
    gateway that does not answer, or whose quota is spread over the day."""
    untried = app.store.sources.untried()
    known = app.store.gateways.states() if untried else {}
    return all(known[g].last_tried_at is not None for g in untried if g in known)


def _once(act: Callable[[], None]) -> Callable[[], None]:
    done = Event()

    def once() -> None:
        if not done.is_set():
            done.set()
            act()

    return once
