"""`run --json`: each event is a line of JSON on stdout, and the service needs no reader."""

import json
import signal
import socket
import subprocess
from contextlib import closing
from pathlib import Path
from typing import IO

import pytest

from tests.story.processes import COMMAND, environment, shipped
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.long


def events(stream: IO[str], last: str) -> list[str]:
    """The events that come on *stream*, up to the one called *last*."""
    found: list[str] = []
    while last not in found:
        found.append(json.loads(stream.readline())["event"])
    return found


def test_each_event_is_a_line_and_the_service_outlives_its_reader(tmp_path: Path) -> None:
    config = shipped(tmp_path)
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        listen = f"127.0.0.1:{free.getsockname()[1]}"
    with (tmp_path / "err.txt").open("w") as err:
        service = subprocess.Popen(
            [*COMMAND, "--config", str(config), "run", "--json"],
            stdout=subprocess.PIPE,
            stderr=err,
            env=environment() | {"FRESHNESS_LISTEN": listen},
            cwd=tmp_path,
            text=True,
        )
    assert service.stdout is not None
    try:
        assert "service_started" in events(service.stdout, "source_read")
        service.stdout.close()
        service.send_signal(signal.SIGHUP)  # which is an event that nobody reads
        said = tmp_path / "err.txt"
        until(lambda: "鞍山民政" in said.read_text("utf-8"))
        service.send_signal(signal.SIGTERM)
        assert service.wait(PATIENCE) == 0
        assert "Traceback" not in said.read_text("utf-8")
    finally:
        service.stdout.close()
        service.kill()
        service.wait()
