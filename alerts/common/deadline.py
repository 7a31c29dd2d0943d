"""How long an exchange with a server may take, and what ends it in time."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from heapq import heappop, heappush
from itertools import count
from threading import Condition, Lock, Thread

CLOSED = "the channel was closed"


class ClosedError(Exception):
    """No exchange begins any more: what it belongs to was closed."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one exchange with a service may cost. *deadline* is for the whole of it; *body*
    counts the bytes of an answer that are kept, after decompression.

    Mail has times of its own, as its standard wants them.
    """

    connect: timedelta = timedelta(seconds=10)
    deadline: timedelta = timedelta(seconds=25)
    body: int = 64 * 1024

    @property
    def seconds(self) -> tuple[float, float]:
        """How long connecting and the whole may take, in seconds."""
        whole = self.deadline.total_seconds()
        return min(self.connect.total_seconds(), whole), whole


USUAL = Limits()


class Deadline:
    """Cuts the connection of one exchange when its time is over.

    A socket's own time-out starts anew with every byte, so a server that drips could hold a
    thread without end. *length*: what was granted last.
    """

    def __init__(self, length: timedelta = timedelta(0)) -> None:
        self.length = length
        self.ends_at = time.monotonic() + length.total_seconds()
        self.passed = False
        self.asked = False  # all of it is out: without an answer nobody knows what came of it
        self.over = False
        self._socket: socket.socket | None = None
        self._lock = Lock()

    def watch(self, connection: socket.socket) -> None:
        """Cut *connection*, instead of one given before, when the time is over."""
        with self._lock:
            self._socket = connection
            if self.passed:
                self._cut()

    def extend(self, length: timedelta) -> None:
        """Grant *length* from now on, for the next step; never less than was granted before."""
        self.length = length
        self.ends_at = max(self.ends_at, time.monotonic() + length.total_seconds())

    def run_out(self) -> None:
        """Let the time be over now, unless the exchange is."""
        with self._lock:
            if not self.over:
                self.passed = True
                self._cut()

    def forget(self) -> None:
        """Let the connection live: the exchange is over."""
        with self._lock:
            self.over = True
            self._socket = None

    def _cut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


class Watchdog:
    """Lets deadlines run out, all of them in one thread, which starts with the first."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Begin without any deadline: anew in a forked process, which has no thread of ours."""
        self._waiting: list[tuple[float, int, Deadline]] = []
        self._numbers = count()
        self._changed = Condition()
        self._wakes_at = 0.0  # when the thread looks next, though nobody calls it
        self._thread: Thread | None = None

    def watch(self, deadline: Deadline) -> None:
        """Let *deadline* run out when it ends, unless its exchange is over by then."""
        with self._changed:
            self._drop_those_over()
            heappush(self._waiting, (deadline.ends_at, next(self._numbers), deadline))
            if deadline.ends_at < self._wakes_at:  # to call it for each would cost a switch each
                self._changed.notify()
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._run, name="deadlines", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            deadline = self._next()
            if deadline.ends_at > time.monotonic():
                self.watch(deadline)  # more was granted meanwhile
            else:
                deadline.run_out()

    def _next(self) -> Deadline:
        """Wait for the next deadline that runs out."""
        with self._changed:
            while (left := self._left()) > 0:
                self._wakes_at = time.monotonic() + left
                self._changed.wait(left if left < float("inf") else None)
            self._wakes_at = 0.0
            return heappop(self._waiting)[2]

    def _left(self) -> float:
        """Seconds to the next deadline whose exchange is not over."""
        self._drop_those_over()
        return self._waiting[0][0] - time.monotonic() if self._waiting else float("inf")

    def _drop_those_over(self) -> None:
        while self._waiting and self._waiting[0][2].over:
            heappop(self._waiting)


WATCHDOG = Watchdog()
os.register_at_fork(after_in_child=WATCHDOG.begin)


@contextmanager
def within(length: timedelta) -> Iterator[Deadline]:
    """Give one exchange *length* from now on."""
    deadline = Deadline(length)
    WATCHDOG.watch(deadline)
    try:
        yield deadline
    finally:
        deadline.forget()


class Deadlines:
    """The exchanges a channel has under way; closing the channel ends them."""

    def __init__(self) -> None:
        self._running: set[Deadline] = set()
        self._lock = Lock()
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether nothing begins any more."""
        return self._closed

    @contextmanager
    def within(self, length: timedelta) -> Iterator[Deadline]:
        """Give an exchange *length* from now on. Raises `ClosedError` once closed."""
        with within(length) as deadline:
            with self._lock:
                if self._closed:
                    raise ClosedError(CLOSED)
                self._running.add(deadline)
            try:
                yield deadline
            finally:
                with self._lock:
                    self._running.discard(deadline)

    def close(self) -> None:
        """End what is under way; nothing more begins."""
        with self._lock:
            self._closed = True
            for deadline in self._running:
                deadline.run_out()


def in_seconds(length: timedelta) -> str:
    """Return *length* for an error's text: `25 s`."""
    return f"{length.total_seconds():g} s"
