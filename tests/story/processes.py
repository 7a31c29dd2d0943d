"""The service as a process of its own, on a copy of the shipped configuration."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = [sys.executable, "-m", "monitor"]
PATIENCE = 60.0  # seconds; a limit for a machine under load, not a measure


def shipped(folder: Path) -> Path:
    """Copy the shipped configuration to *folder*, listening nowhere in particular."""
    shutil.copytree(ROOT / "config", folder / "config")
    return folder / "config"


def environment() -> dict[str, str]:
    """Return the environment of a process: this checkout first, no buffering."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "COLUMNS": "120"}


def freshness(config: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [*COMMAND, "--config", str(config), *arguments],
        capture_output=True,
        text=True,
        env=environment(),
        cwd=config.parent,
        timeout=PATIENCE,
        check=False,
    )


def answered(config: Path, *arguments: str) -> Any:
    """Return the JSON document of one command."""
    return json.loads(freshness(config, *arguments, "--json").stdout)


class Running:
    """`freshness run`; a context manager that kills what is left of it."""

    def __init__(self, config: Path) -> None:
        self.out, self.err = config.parent / "out.txt", config.parent / "err.txt"
        with self.out.open("a") as out, self.err.open("a") as err:
            self.process = subprocess.Popen(
                [*COMMAND, "--config", str(config), "run"],
                stdout=out,
                stderr=err,
                env=environment(),
                cwd=config.parent,
            )

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def said(self, text: str, times: int = 1) -> bool:
        """Return whether the log holds *text* at least so many times."""
        return self.err.read_text(encoding="utf-8").count(text) >= times

    def wait_for(self, event: str, times: int = 1) -> None:
        """Wait until the log has said *event*."""
        until(lambda: self.said(f"event='{event}'", times) or self.process.poll() is not None)
        assert self.said(f"event='{event}'", times), self.err.read_text(encoding="utf-8")

    def stop(self) -> int:
        """Ask it to stop and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=10)


def until(happened: Callable[[], bool]) -> None:
    """Look again and again until *happened*, for a minute at most."""
    end = time.monotonic() + PATIENCE
    while not happened() and time.monotonic() < end:
        time.sleep(0.05)
