"""Run readings side by side in threads, keeping each gateway's spacing and concurrency.

One rate limiter a gateway: a slow or dead gateway holds up nobody else. Decides when a request may
start and when a round ends early; never what is read or what an answer means.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from datetime import timedelta
from functools import partial
from itertools import islice
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import TypeVar

AHEAD = 4  # jobs for each thread that are begun, or done and not taken yet
FAILURES = 5  # in a row; fewer may be accounts that each fail for themselves

Job = TypeVar("Job")
Result = TypeVar("Result")
Ended = tuple[Result | None, BaseException | None]


class RateLimiter:
    """A gateway's rate limiter: at least *spacing* between two requests, over all threads."""

    def __init__(self, spacing: timedelta, stop: Event) -> None:
        self._spacing = spacing.total_seconds()
        self._stop = stop
        self._lock = Lock()
        self._free_at = 0.0

    def enter(self) -> bool:
        """Wait for this request's turn; return False if the service is stopping instead."""
        with self._lock:
            start = max(time.monotonic(), self._free_at)
            self._free_at = start + self._spacing
        delay = start - time.monotonic()
        return not (self._stop.wait(delay) if delay > 0 else self._stop.is_set())

    def hold(self, seconds: float) -> None:
        """Let no request begin within *seconds*: another machine has made one."""
        with self._lock:
            self._free_at = max(self._free_at, time.monotonic() + seconds)

    def left(self) -> float:
        """Return how many seconds no request may begin any more."""
        with self._lock:
            return max(self._free_at - time.monotonic(), 0.0)


class CircuitBreaker:
    """Ends a round of readings early: a gateway that fails again and again, or asks for rest,
    is not asked the same for everybody behind it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._failures = 0
        self._rest = False

    @property
    def on(self) -> bool:
        """Whether nothing more may be asked in this round."""
        return self._rest or self._failures >= FAILURES

    def note(self, failed: bool, rest: bool) -> None:
        """Take account of one reading: whether it *failed* in a way that the gateway as a whole
        may be to blame for, and whether the gateway asked to be left alone (*rest*)."""
        with self._lock:
            self._failures = self._failures + 1 if failed else 0
            self._rest = self._rest or rest


def run(
    jobs: Iterable[Job],
    perform: Callable[[Job], Result],
    limiter: RateLimiter,
    concurrency: int,
    breaker: CircuitBreaker,
    wanted: Callable[[Job], bool] = lambda _: True,
) -> Generator[Result, None, None]:
    """Yield `perform(job)` of every job as soon as it is done.

    Jobs whose turn has not come when the service stops, or *breaker* is on, are left out, and
    those that are no longer *wanted* by then. *perform* handles its own failures; what it
    does raise ends the run.
    """

    def goes(job: Job) -> bool:
        return not breaker.on and wanted(job)

    turn = partial(_turn, perform=perform, limiter=limiter, goes=goes)
    results = (
        map(turn, jobs)
        if concurrency < 2  # one at a time needs no thread of its own
        else _side_by_side(jobs, turn, concurrency)
    )
    yield from (result for result in results if result is not None)


def _side_by_side(
    jobs: Iterable[Job], turn: Callable[[Job], Result | None], threads: int
) -> Iterator[Result | None]:
    """No job begins long before somebody takes its result: results are larger than jobs."""
    waiting, todo, done = iter(jobs), SimpleQueue[Job | None](), SimpleQueue[Ended[Result]]()
    workers = [Thread(target=_work, args=(todo, done, turn), name="read") for _ in range(threads)]

    def begin(most: int) -> int:
        begun = list(islice(waiting, most))
        for job in begun:
            todo.put(job)
        return len(begun)

    for worker in workers:
        worker.start()
    try:
        running = begin(threads * AHEAD)
        while running:
            result, error = done.get()
            running += begin(1) - 1
            if error is not None:
                raise error
            yield result
    finally:
        for _ in workers:
            todo.put(None)
        for worker in workers:
            worker.join()


def _work(
    todo: SimpleQueue[Job | None],
    done: SimpleQueue[Ended[Result]],
    turn: Callable[[Job], Result | None],
) -> None:
    while (job := todo.get()) is not None:
        try:
            done.put((turn(job), None))
        except BaseException as error:  # is for whoever takes the results
            done.put((None, error))


def _turn(
    job: Job, perform: Callable[[Job], Result], limiter: RateLimiter, goes: Callable[[Job], bool]
) -> Result | None:
    # Before the wait too: hundreds of turns may be left that nobody takes.
    return perform(job) if goes(job) and limiter.enter() and goes(job) else None
