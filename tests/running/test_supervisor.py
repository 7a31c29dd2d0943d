"""systemd hears that the service is ready, lives and ends."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.running.supervisor import ALIVE, READY, STOPPING, tell
from tests.waiting import PATIENCE


@pytest.fixture(params=["a path", "an abstract name"])
def listening(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[socket.socket, str]]:
    address = f"{tmp_path}/n" if request.param == "a path" else f"@freshness-{tmp_path.name}"
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(address.replace("@", "\0", 1) if address.startswith("@") else address)
    listener.settimeout(PATIENCE)
    yield listener, address
    listener.close()


@pytest.mark.parametrize("state", [READY, ALIVE, STOPPING])
def test_what_is_told_arrives(listening: tuple[socket.socket, str], state: str) -> None:
    listener, address = listening
    tell(state, address)
    assert listener.recv(99).decode() == state


@pytest.mark.parametrize("address", [None, "", "/no/such/socket"])
def test_where_nobody_listens_nothing_fails(address: str | None) -> None:
    tell(READY, address)
