"""What the operating system asks of the service: to stop, or to read its configuration again."""

from __future__ import annotations

import signal
from threading import Event, current_thread, main_thread
from types import FrameType


class Signals:
    """SIGTERM and SIGINT stop the service, SIGHUP asks it to read its configuration again.

    One that comes while the service starts makes it read once more; while it ends, it is nothing.
    """

    def __init__(self) -> None:
        self.wakened = Event()
        self.stopping = False
        self.reload = False

    def install(self) -> None:
        """Install the handlers; does nothing outside the main thread."""
        if current_thread() is not main_thread():
            return
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        signal.signal(signal.SIGHUP, self._reload)

    def ended(self) -> None:
        """Heed no SIGHUP any more; Python's own end would restore what kills the process."""
        if current_thread() is main_thread():
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def answered(self) -> None:
        """Wait for the next signal. Called before the configuration is read, so that one that
        comes while it is read makes it be read once more."""
        self.reload = False
        self.wakened.clear()
        if self.stopping:
            self.wakened.set()

    def ask_reload(self) -> None:
        """Have the configuration read again, as SIGHUP does."""
        self.reload = True
        self.wakened.set()

    def _stop(self, _: int, __: FrameType | None) -> None:
        self.stopping = True
        self.wakened.set()

    def _reload(self, _: int, __: FrameType | None) -> None:
        self.ask_reload()
