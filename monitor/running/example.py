"""The year 2024 as an example beside the service: played by a process of its own into a folder and
a database of its own, and shown to who asks for it. Nothing of it is ever sent."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from alerts.common.log import Log
from monitor.app import App, opened
from monitor.files import reason_of
from monitor.settings.loading import load
from monitor.web.example import Site, Year

PLAY = (sys.executable, "-m", "monitor", "demo", "--keep")


class ExampleYear:
    """One played year, kept while the service runs. Safe to use from several threads."""

    def __init__(self, folder: Path, log: Log) -> None:
        """*folder*: where the year is kept; it need not be there."""
        self._folder = folder
        self._log = log
        self._lock = Lock()
        self._playing: subprocess.Popen[bytes] | None = None
        self._failed = False
        self._shown: Site | None = None
        self._opened = ExitStack()

    def state(self) -> Year:
        """Return how far it is."""
        with self._lock:
            return self._state()

    def begin(self) -> None:
        """Begin to play it, unless it is there or being played; returns at once."""
        with self._lock:
            if self._state() in (Year.PLAYING, Year.READY):
                return
            try:
                self._playing = self._begun()
            except OSError as error:
                self._failed = True
                self._log("example_not_begun", why=reason_of(error))
                return
        Thread(target=self._wait, args=(self._playing,), name="example", daemon=True).start()

    def site(self, serve: Callable[[App], Site]) -> Site | None:
        """Return what shows it, made by *serve* when it is first asked for; None before it is
        there."""
        with self._lock:
            if self._shown is None and self._state() is Year.READY:
                settings = load(self._folder / "config", {})
                self._shown = serve(
                    self._opened.enter_context(opened(settings, self._log, serving=True))
                )
            return self._shown

    def close(self) -> None:
        """End what plays or is open."""
        with self._lock:
            playing, self._playing = self._playing, None
            self._shown = None
            self._opened.close()
        if playing is not None:
            playing.kill()
            playing.wait()

    def _begun(self) -> subprocess.Popen[bytes]:
        shutil.rmtree(self._half, ignore_errors=True)
        self._half.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        quiet: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
        return subprocess.Popen([*PLAY, str(self._half)], **quiet)

    @property
    def _half(self) -> Path:
        return self._folder.with_name(f"{self._folder.name}-being-played")

    def _state(self) -> Year:
        if self._playing is not None:
            return Year.PLAYING
        if (self._folder / "config").is_dir():
            return Year.READY
        return Year.FAILED if self._failed else Year.NONE

    def _wait(self, playing: subprocess.Popen[bytes]) -> None:
        code = playing.wait()
        with self._lock:
            if self._playing is not playing:
                return
            self._playing, self._failed = None, code != 0
            if code == 0:
                shutil.rmtree(self._folder, ignore_errors=True)
                self._half.rename(self._folder)
        self._log("example_played", code=code)
