"""The queue of visits in PostgreSQL, by Procrastinate. The only user of that library.

One job a visit. Its `lock` is the gateway, so that no two run at once; so is its `queueing_lock`,
so that no two wait; its queue is the gateway's zone. Nothing is lost with a job: whatever is due
stays due in the tables of its own, and its visit is deferred again.

https://procrastinate.readthedocs.io
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from importlib.metadata import version
from typing import Any

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.connector import BaseConnector
from procrastinate.exceptions import (
    AlreadyEnqueued,
    ConnectorException,
    ProcrastinateException,
)
from procrastinate.job_context import JobContext
from procrastinate.jobs import DeleteJobCondition, Job, Status
from procrastinate.schema import SchemaManager
from procrastinate.worker import Worker

from alerts.common.local_time import instant_of
from monitor.errors import StoreError, StoreLostError, Told
from monitor.machines import Held, Visit
from monitor.store.engine import out_of_reach

TASK = "visit"
URGENT = 10  # the priority of a visit that a call waits for
BEATS, STALLED = 4.0, 20.0  # seconds between signs of life, and without one until a visit is lost
LOOK_EVERY = 0.5  # seconds between looks at whether to stop
WAITS: dict[str, Any] = {"timeout": 10.0, "reconnect_timeout": 10.0}  # seconds
RESCUE_EVERY = 5.0
GIVEN_BACK = 8.0  # seconds that visits are given to end
QUIET = ("procrastinate", "psycopg", "asyncio")  # what goes wrong is said by who works here


class VisitJobs:
    """The queue on one database."""

    def __init__(self, address: str, schema: str) -> None:
        """Make the tables of this version of the library where they are not there. Raises
        `StoreError`."""
        for name in QUIET:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._address = address
        self._connector = SyncPsycopgConnector(conninfo=address, min_size=1, max_size=2, **WAITS)
        self._app = _app(self._connector)
        with _said():
            self._app.open()
            _prepare(self._connector, schema)

    def visits(self) -> Sequence[Visit]:
        """Return the visits that wait or run."""
        with _said():
            jobs = list(self._app.job_manager.list_jobs(task=TASK))
        return [_visit(job) for job in jobs if job.status in ("todo", "doing")]

    def defer(self, visit: Visit) -> bool:
        """Have *visit* made; return False if one of its gateway waits already."""
        task = self._app.configure_task(
            TASK,
            lock=visit.gateway,
            queueing_lock=visit.gateway,
            queue=visit.zone,
            priority=URGENT if visit.urgent else 0,
        )
        with _said():
            try:
                task.defer(gateway=visit.gateway, queued_at=visit.queued_at.isoformat())
            except AlreadyEnqueued:
                return False
        return True

    def take_off(self, gateway: str) -> None:
        """Let the visit of *gateway* not be made that waits."""
        manager = self._app.job_manager
        with _said():
            for job in manager.list_jobs(task=TASK, status="todo", queueing_lock=gateway):
                if job.id is not None:
                    manager.cancel_job_by_id(job.id, delete_job=True)

    def work(
        self,
        zones: Collection[str],
        at_once: int,
        make: Callable[[str, Held], None],
        rescued: Callable[[str], None],
        stop: Callable[[], bool],
    ) -> None:
        """Make visits in *zones* until *stop*."""
        with _said(), ThreadPoolExecutor(at_once, "visit") as threads:
            asyncio.run(self._work(zones, at_once, threads, make, rescued, stop))

    async def _work(
        self,
        zones: Collection[str],
        at_once: int,
        threads: ThreadPoolExecutor,
        make: Callable[[str, Held], None],
        rescued: Callable[[str], None],
        stop: Callable[[], bool],
    ) -> None:
        app = _app(PsycopgConnector(conninfo=self._address, min_size=1, max_size=4, **WAITS))
        loop = asyncio.get_running_loop()
        made: set[int | None] = set()

        @app.task(name=TASK, pass_context=True)
        async def visit(context: JobContext, /, gateway: str, **_: str) -> None:
            job = context.job.id
            try:
                await loop.run_in_executor(threads, make, gateway, partial(self._held, job))
            finally:
                made.add(job)

        async with app.open_async():
            run: Callable[[], Coroutine[Any, Any, None]] = _worker(app, zones, at_once).run
            working = asyncio.create_task(run())
            rescuing = asyncio.create_task(_rescue(app, rescued, made))
            while not (stop() or working.done() or rescuing.done()):
                await asyncio.sleep(LOOK_EVERY)
            for task in (rescuing, working):
                task.cancel()
            ended = await asyncio.gather(working, rescuing, return_exceptions=True)
            failed = [one for one in ended if isinstance(one, Exception)]
            if failed and not stop():
                raise failed[0]

    def _held(self, job: int | None) -> bool:
        """Whether the visit *job* was not taken off; not known of a database that is lost."""
        with suppress(StoreError), _said():
            asked = "SELECT 1 AS held FROM procrastinate_jobs WHERE id = %(job)s"
            return bool(self._connector.execute_query_all(asked, job=job))
        return False

    def close(self) -> None:
        """Give back connections."""
        self._app.close()


def _app(connector: BaseConnector) -> App:
    return App(connector=connector)


class _Worker(Worker):
    """One whose end is seen. The library looks after its signs of life only until the first of what
    it does beside visits has ended; and what defers periodic tasks, of which there are none, ends
    at once."""

    async def _periodic_deferrer(self) -> None:
        await asyncio.Event().wait()


def _worker(app: App, zones: Collection[str], at_once: int) -> Worker:
    return _Worker(
        app,
        queues=list(zones),
        concurrency=at_once,
        delete_jobs=DeleteJobCondition.ALWAYS,
        install_signal_handlers=False,
        update_heartbeat_interval=BEATS,
        stalled_worker_timeout=STALLED,
        shutdown_graceful_timeout=GIVEN_BACK,
    )


async def _rescue(app: App, rescued: Callable[[str], None], made: set[int | None]) -> None:
    """Take the visits off, again and again, whose machines give no sign of life, and those of our
    own that were *made*, but ended while the database was lost and hold their locks."""
    before: set[int | None] = set()
    while True:
        stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED)
        running = await app.job_manager.list_jobs_async(status="doing") if before else []
        for job in (*stalled, *(one for one in running if one.id in before)):
            with suppress(ConnectorException):  # another machine was quicker
                await asyncio.to_thread(partial(rescued, str(job.lock)))
                await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
        made -= before
        before = set(made)
        await asyncio.sleep(RESCUE_EVERY)


def _visit(job: Job) -> Visit:
    said: dict[str, Any] = dict(job.task_kwargs)
    at = instant_of(str(said["queued_at"]))
    urgent = job.priority >= URGENT
    return Visit(str(said["gateway"]), job.queue, at, job.status == "doing", urgent)


def _prepare(connector: BaseConnector, schema: str) -> None:
    """Make the library's tables in *schema*. Those of another version of it give way: the visits
    in them are deferred again."""
    known = _made_by(connector, schema)
    if known == version("procrastinate"):
        return
    with suppress(ConnectorException):  # perhaps another machine makes them at this moment
        connector.execute_query(_script(schema, known is not None))
    if _made_by(connector, schema) != version("procrastinate"):
        raise StoreError(
            Told(
                "the database's schema {schema} cannot be made; its user needs the right to create",
                schema=schema,
            )
        )


def _made_by(connector: BaseConnector, schema: str) -> str | None:
    """Return which version of the library made *schema*; None if there is none."""
    asked = "SELECT obj_description(to_regnamespace(%(schema)s), 'pg_namespace') AS said"
    found: str | None = connector.execute_query_one(asked, schema=schema)["said"]
    return found


def _script(schema: str, replaces: bool) -> str:
    """Return what makes *schema*, as one transaction."""
    gone = f"DROP SCHEMA {schema} CASCADE;" if replaces else ""
    tables = SchemaManager.get_schema().replace("%", "%%")
    said = f"COMMENT ON SCHEMA {schema} IS '{version('procrastinate')}'"
    return f"{gone} CREATE SCHEMA {schema}; {tables}; {said}"


@contextmanager
def _said() -> Iterator[None]:
    """Turn the library's errors inside the block into a `StoreError` of one line."""
    try:
        yield
    except Exception as error:
        if not (isinstance(error, ProcrastinateException) or _of_the_driver(error)):
            raise
        why = " ".join(str(error.__cause__ or error).split())
        kind = StoreLostError if out_of_reach(error.__cause__ or error) else StoreError
        line = Told("the visits in the database cannot be reached: {reason}", reason=why)
        raise kind(line) from error


def _of_the_driver(error: Exception) -> bool:
    return type(error).__module__.startswith("psycopg")
