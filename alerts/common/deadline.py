"""How long an exchange with a server may take, and what ends it in time."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock, Timer

from alerts.message import DeliveryError, Failure

CLOSED = "the channel was closed"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one exchange with a service may cost. *deadline* is for the whole of it.

    A delivery's lease lasts two minutes; the deadline must stay well inside.
    """

    connect: timedelta = timedelta(seconds=10)
    deadline: timedelta = timedelta(seconds=25)
    body: int = 64 * 1024  # bytes of an answer that are read

    @property
    def seconds(self) -> tuple[float, float]:
        """How long connecting and the whole may take, in seconds."""
        whole = self.deadline.total_seconds()
        return min(self.connect.total_seconds(), whole), whole


USUAL = Limits()


class Deadline:
    """Cuts the connection of one exchange when its time is over.

    A socket's own time-out starts anew with every byte, so a server that drips could hold a
    thread for ever.
    """

    def __init__(self) -> None:
        self.passed = False
        self.asked = False  # all of it is out: without an answer nobody knows what came of it
        self._socket: socket.socket | None = None
        self._lock = Lock()

    def watch(self, connection: socket.socket) -> None:
        """Cut *connection*, instead of one given before, when the time is over."""
        with self._lock:
            self._socket = connection
            if self.passed:
                self._cut()

    def run_out(self) -> None:
        """Let the time be over now."""
        with self._lock:
            self.passed = True
            self._cut()

    def forget(self) -> None:
        """Let the connection live: the exchange is over."""
        with self._lock:
            self._socket = None

    def _cut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


class Deadlines:
    """The exchanges a channel has under way; closing the channel ends them."""

    def __init__(self) -> None:
        self._running: set[Deadline] = set()
        self._lock = Lock()
        self._closed = False

    @contextmanager
    def within(self, length: timedelta) -> Iterator[Deadline]:
        """Give an exchange *length* from now on. Raises `DeliveryError` once closed."""
        deadline = Deadline()
        timer = Timer(length.total_seconds(), deadline.run_out)
        timer.daemon = True
        with self._lock:
            if self._closed:
                raise DeliveryError(Failure.LATER, CLOSED)
            self._running.add(deadline)
        timer.start()
        try:
            yield deadline
        finally:
            timer.cancel()
            deadline.forget()
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
