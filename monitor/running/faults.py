"""What breaks in the loops of one process: said once, not again and again until it is mended."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from threading import Lock

from alerts.common.log import Log
from monitor.clock import elapsed
from monitor.errors import StoreError, StoreLostError

LATE = 30.0  # seconds after the database is back in which a loop may still find that it was lost


class Faults:
    """What each loop ended in last, and what the log has said of it."""

    def __init__(self, log: Log, passed: Callable[[], float] = elapsed) -> None:
        self._log, self._passed = log, passed
        self._lock = Lock()
        self._last: dict[str, str] = {}
        self._lost, self._back_at = False, -inf

    def note(self, loop: str, error: Exception | None) -> None:
        """Say that *loop* broke by *error*; None: it did what it was to do.

        That the database cannot be used is said once, until the loop can use it again; that it is
        out of reach, once for all loops. An error of the program is said each time.
        """
        if isinstance(error, StoreLostError):
            if self._passed() > self._back_at + LATE:
                self.lost(error)
            return
        with self._lock:
            before = self._last.pop(loop, None)
            if isinstance(error, StoreError):
                self._last[loop] = str(error)
                if before != str(error):
                    self._log("job_broke", job=loop, error=str(error))
            elif error is not None:
                self._log("job_broke", job=loop, error=type(error).__name__, bug=error)

    def lost(self, error: StoreLostError) -> None:
        """Say that the database is out of reach, unless that was said."""
        with self._lock:
            if not self._lost:
                self._log("database_lost", error=str(error))
            self._lost = True

    def found(self) -> None:
        """Say that the database is back, if it was out of reach."""
        with self._lock:
            if self._lost:
                self._log("database_is_back")
                self._back_at = self._passed()
            self._lost = False
