"""Threads that send: one a channel at most, so that a slow server holds up nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import Event, Lock, Thread
from typing import Protocol

RENEWED = timedelta(minutes=1)
HOLDS_UP = 5.0  # seconds that a round waits for its channels; what is slower goes on beside it
MOST = 32  # channels that send at once


class Queue(Protocol):
    """One channel's notices of one round."""

    @property
    def channel_id(self) -> str:
        """The channel they go by."""
        ...

    def deliver(self) -> None:
        """Try every notice once, or put it back."""
        ...


Sending = tuple[Queue, Future[None]]


class Senders:
    """The channels that are sending, over the rounds. Two rounds may be made at once: each queue
    that has ended is returned to one of them."""

    def __init__(self, holds_up: float = HOLDS_UP) -> None:
        self._holds_up = holds_up
        self._pool = ThreadPoolExecutor(MOST, thread_name_prefix="deliver")
        self._running: list[Sending] = []
        self._lock = Lock()

    @property
    def busy(self) -> frozenset[str]:
        """The channels that are still sending, or whose end nobody has asked for."""
        with self._lock:
            return frozenset(queue.channel_id for queue, _ in self._running)

    def sent(self, queues: Sequence[Queue]) -> list[Queue]:
        """Begin with *queues*, none of a busy channel, and return those that have ended within
        some seconds, earlier ones included. Errors of the store surface as they are."""
        with self._lock:
            self._running += [(queue, self._pool.submit(queue.deliver)) for queue in queues]
            running = list(self._running)
        wait([future for _, future in running], self._holds_up)
        ended = self._taken(running)
        for _, future in ended:
            future.result()
        return [queue for queue, _ in ended]

    def _taken(self, running: Sequence[Sending]) -> list[Sending]:
        """Which of *running* have ended and were returned to nobody yet."""
        with self._lock:
            ended = [one for one in running if one in self._running and one[1].done()]
            self._running = [one for one in self._running if one not in ended]
        return ended

    def close(self) -> None:
        """Wait for what is under way. Close its channel first for that to end soon."""
        self._pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def leased(renew: Callable[[], None], every: timedelta = RENEWED) -> Iterator[None]:
    """Renew a lease again and again while what it is for is being sent. A process that dies
    renews none: then it ends by itself."""
    over = Event()

    def run() -> None:
        while not over.wait(every.total_seconds()):
            with suppress(Exception):  # the next may come through; without any, it ends by itself
                renew()

    thread = Thread(target=run, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
