"""The service's loops, each on a timer that begins anew when it has ended.

A job only looks at what is due; all state is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from logging import getLogger
from queue import SimpleQueue
from threading import Event, Lock, Thread
from zoneinfo import ZoneInfo

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from monitor.app import CHANGED, App, changed_here
from monitor.clock import utc_now
from monitor.running.faults import Faults
from monitor.running.folding import fold_some
from monitor.running.keeping import back_up, recheck
from monitor.running.membership import Alone, Member
from monitor.running.visiting import Visiting
from monitor.running.visits import Tending, zones_of
from monitor.running.zones import Zones

STOP_WITHIN = 8.0  # seconds in-flight readings are given before they are left behind
READ_EVERY, DELIVER_EVERY = 5, 5  # seconds from a look at what is due to the next
BUSY_EVERY = 2  # … while a channel is sending, whose other notices wait for it
ASKED_AGAIN = 5.0  # seconds, where nobody could say how long an act may rest
JUDGE_AFTER = 1.0  # seconds at least, so that one that fails does not fill the machine
MAIL_EVERY = 60
CHECKPOINT_EVERY = 300  # so that a mere copy of the file is never ten minutes behind
BACKUP_EVERY = 600  # seconds between looks at whether today has its copy
RECHECK_EVERY = 86_400  # seconds between looks at whether what is kept of accounts is right
FOLD_EVERY = 60  # seconds between looks at readings that may be kept as one
OTHER_LOOPS = 8  # beside a loop for each gateway
LOOK_EVERY = 5  # seconds between looks at whether the loops live
DEAD_AFTER = 24  # looks in which no loop ran

Pause = float | Callable[[], float]  # seconds from the end of an act to its next beginning

# What a job raised is in our own log, once.
getLogger("apscheduler.executors.default").addFilter(lambda record: record.exc_info is None)


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
        self,
        app: App,
        started: Callable[[App], None],
        reload: Callable[[], None],
        member: Member | None = None,
    ) -> None:
        """*started* is called once, after the first pass; *reload* when a command has changed the
        configuration's files. *member*: what this machine may do; None: it is alone."""
        self._app = app
        self._member = member or Alone(app.clock, app.log)
        self._leading = self._member.leads()
        self._looked_at = app.clock()
        self._known, self._reload = app.store.notes.get(CHANGED), reload
        self._greet = _once(partial(started, app))
        self._judged = Event()  # something that delivery has not looked at
        self._pulse = Pulse(self._ran_at)
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
        self._pulse = Pulse(self._ran_at)
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

    def lead(self) -> None:
        """Do from now on what the machine that leads does."""
        self._leading = True
        self._add_leading(self._jobs)

    def _made(self) -> Loops:
        gateways = self._app.register.gateways
        loops = Loops(self._app.settings.zone, len(gateways) + OTHER_LOOPS, self._member.faults)
        loops.add("configuration", LOOK_EVERY, self._look_for_change, first=LOOK_EVERY)
        if self._leading:
            self._add_leading(loops)
        return loops

    def _add_leading(self, loops: Loops) -> None:
        service, store = self._app.service, self._app.store
        self._add(loops, "read", READ_EVERY, self._reading(loops))
        if self._member.shared and self._member.queue is None:
            zones = Zones(self._app, zones_of(self._app.register.gateways.values()))
            self._add(loops, "zones", READ_EVERY, lambda: zones.look((), self._app.clock()))
        judge = partial(self._judge, partial(loops.wake, "deliver"))
        self._add(loops, "judge", lambda: max(service.rest(), JUDGE_AFTER), judge)
        service.on_reading(partial(loops.wake, "judge"))
        self._add(loops, "deliver", self._until_delivery, self._deliver, DELIVER_EVERY)
        self._add(loops, "monthly", MAIL_EVERY, service.monthly, MAIL_EVERY)
        self._add(loops, "checkpoint", CHECKPOINT_EVERY, store.checkpoint, CHECKPOINT_EVERY)
        self._add(loops, "backup", BACKUP_EVERY, partial(back_up, self._app), BACKUP_EVERY)
        self._add(loops, "recheck", RECHECK_EVERY, partial(recheck, self._app), RECHECK_EVERY)
        self._add(loops, "fold", FOLD_EVERY, partial(fold_some, self._app), FOLD_EVERY)

    def _until_delivery(self) -> float:
        senders = self._app.senders
        return until_delivery(self._judged.is_set(), senders is not None and bool(senders.busy))

    def _reading(self, loops: Loops) -> Callable[[], object]:
        """What has gateways read: by this machine, or by visits that all machines share."""
        queue = self._member.queue
        if queue is not None:
            return Tending(self._app, queue).tend
        return Visiting(self._app, loops.once).look

    def _add(
        self, loops: Loops, name: str, pause: Pause, act: Callable[[], object], first: float = 0.0
    ) -> None:
        """Add a loop that does nothing while another machine leads."""
        loops.add(name, pause, lambda: act() if self._member.leads() else None, first)

    def _ran_at(self) -> Mapping[str, datetime]:
        """Return when each loop last ran; who stands by has one alone."""
        ran_at = self._app.service.ran_at()
        return ran_at if self._leading else ran_at | {"configuration": self._looked_at}

    def _look_for_change(self) -> None:
        self._looked_at = self._app.clock()
        said = self._app.store.notes.get(CHANGED)
        # The files of another machine are not ours.
        if said != self._known and (not self._member.shared or changed_here(said)):
            self._reload()
        self._known = said

    def _judge(self, wake_delivery: Callable[[], None]) -> None:
        if self._app.service.judge_if_due() and _all_tried(self._app):
            self._judged.set()
            wake_delivery()

    def _deliver(self) -> None:
        judged = self._judged.is_set()
        self._judged.clear()  # first: what is judged from now on is looked at again
        self._app.service.deliver()
        if judged:
            self._greet()


def until_delivery(judged: bool, busy: bool) -> float:
    """Return the seconds from one delivery to the next: none if anything was *judged* meanwhile.

    Who judges only asks for delivery, and waits for no slow channel. The rest is for what others
    queue, or was late; *busy*: whether a channel is still sending.
    """
    if judged:
        return 0.0
    return BUSY_EVERY if busy else DELIVER_EVERY


class Loops:
    """Acts that are done again and again, each some seconds after it has ended: one that takes
    long is late by itself, and misses nothing."""

    def __init__(self, zone: ZoneInfo, threads: int, faults: Faults) -> None:
        self._faults = faults
        self._acts: dict[str, tuple[Pause, Callable[[], object]]] = {}
        self._planned: dict[str, str] = {}  # the job of each act that waits for its time
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

    def add(self, name: str, pause: Pause, act: Callable[[], object], first: float = 0.0) -> None:
        """Do *act*, *first* seconds from now, and *pause* after each end, whether it failed."""
        self._acts[name] = pause, act
        self._plan(name, first, act)

    def once(self, name: str, act: Callable[[], object]) -> None:
        """Do *act* once, now, beside what else is done; nothing once they are shut down."""
        with self._lock:
            if not self._stopped:
                self._plan(name, 0.0, act)

    def wake(self, name: str) -> None:
        """Ask anew for the pause of the act of that *name*, which may have become shorter. One that
        is being done asks when it has ended."""
        with self._lock, suppress(JobLookupError):
            if name in self._planned and not self._stopped:
                at = self._next(name, self._acts[name][0])
                self._jobs.modify_job(self._planned[name], next_run_time=at)

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

    def _plan(self, name: str, pause: Pause, act: Callable[[], object]) -> None:
        # Each run is a job of its own: one that ends at once is still to be taken off the list.
        self._planned[name] = f"{name} {next(self._runs)}"
        self._jobs.add_job(act, "date", run_date=self._next(name, pause), id=self._planned[name])

    def _next(self, name: str, pause: Pause) -> datetime:
        """When the act of that *name* is next done. What its pause depends on may not be found out
        just now: then that is asked by the act itself, soon."""
        try:
            seconds = pause if isinstance(pause, (int, float)) else pause()
        except Exception as error:  # no loop may end by what one act needs
            self._faults.note(name, error)
            seconds = ASKED_AGAIN
        return utc_now() + timedelta(seconds=seconds)

    def _again(self, event: JobExecutionEvent) -> None:
        name = event.job_id.rpartition(" ")[0]
        self._faults.note(name, event.exception)
        self._ended.put(name)

    def _plan_anew(self) -> None:
        """In a thread of its own: the scheduler tells of an act's end while it holds what planning
        needs, if the act ended before it had seen it begin."""
        while (name := self._ended.get()) is not None:
            with self._lock:
                if name in self._acts and not self._stopped:
                    self._plan(name, *self._acts[name])


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
