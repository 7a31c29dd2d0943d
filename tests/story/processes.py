"""The service as a process of its own, on a copy of the shipped configuration."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.waiting import PATIENCE, until

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = [sys.executable, "-m", "monitor"]


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

    def logged(self, event: str, times: int = 1) -> bool:
        """Return whether the log has *event* at least so many times."""
        lines = self.err.read_text(encoding="utf-8").splitlines()
        return sum(f"event={event}" in line.split() for line in lines) >= times

    def wait_for(self, event: str, times: int = 1) -> None:
        """Wait until the log has *event* so many times."""
        until(lambda: self.logged(event, times) or self.process.poll() is not None)
        assert self.logged(event, times), self.err.read_text(encoding="utf-8")

    def stop(self) -> int:
        """Ask it to stop and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)
