"""The service's loops, each on a timer. A job only looks at what is due; all state is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from threading import Event, Thread
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from alerts.common.log import Log
from monitor.app import App
from monitor.clock import utc_now
from monitor.running.keeping import back_up

STOP_WITHIN = 8.0  # seconds in-flight readings are given before they are left behind
READ_EVERY, JUDGE_EVERY, DELIVER_EVERY = 5, 5, 2  # seconds between looks at what is due
MAIL_EVERY = 60
CHECKPOINT_EVERY = 300  # so that a mere copy of the file is never ten minutes behind
BACKUP_EVERY = 600  # seconds between looks at whether today has its copy
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

    def __init__(self, app: App, started: Callable[[App], None]) -> None:
        """*started* is called once, after the first pass."""
        self._app = app
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

    def _made(self) -> BackgroundScheduler:
        service, gateways = self._app.service, self._app.register.gateways
        jobs = BackgroundScheduler(
            timezone=self._app.settings.zone,
            executors={"default": ThreadPoolExecutor(len(gateways) + 4)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        broke = partial(_job_broke, self._app.log)
        jobs.add_listener(broke, EVENT_JOB_ERROR | EVENT_JOB_MAX_INSTANCES)
        for gateway in gateways:
            read = partial(service.read_gateway, gateway)
            _every(jobs, READ_EVERY, f"read:{gateway}", read, next_run_time=utc_now())
        _every(jobs, JUDGE_EVERY, "judge", self._judge, next_run_time=utc_now())
        _every(jobs, DELIVER_EVERY, "deliver", service.deliver)
        _every(jobs, MAIL_EVERY, "monthly", service.monthly)
        _every(jobs, CHECKPOINT_EVERY, "checkpoint", self._app.store.checkpoint)
        _every(jobs, BACKUP_EVERY, "backup", partial(back_up, self._app))
        return jobs

    def _judge(self) -> None:
        if self._app.service.judge_if_due() and _all_tried(self._app):
            self._app.service.deliver()
            self._greet()


def _every(
    jobs: BackgroundScheduler, seconds: int, name: str, act: Callable[[], object], **first: Any
) -> None:
    jobs.add_job(act, "interval", seconds=seconds, id=name, **first)


def _all_tried(app: App) -> bool:
    """Whether every gateway's first round is over. It may have left sources out: those of a
    gateway that does not answer, or whose quota is spread over the day."""
    untried = {s.spec.gateway for s in app.store.sources.states().values() if not s.last_tried_at}
    known = app.store.gateways.states()
    return all(known[g].last_tried_at is not None for g in untried if g in known)


def _once(act: Callable[[], None]) -> Callable[[], None]:
    done = Event()

    def once() -> None:
        if not done.is_set():
            done.set()
            act()

    return once


def _job_broke(log: Log, event: JobExecutionEvent) -> None:
    error = getattr(event, "exception", None)
    if error is not None:
        log("job_broke", job=event.job_id, error=type(error).__name__, bug=error)
