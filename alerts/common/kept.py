"""What comes over a connection that is kept: up to the end of a head, and from there on as a
library wants to be given it."""

from __future__ import annotations

import io
import socket
from http.client import RemoteDisconnected
from typing import Any

from alerts.common.wire import END, LONGEST_HEAD

CHUNK = 64 * 1024


def received_over(connection: socket.socket) -> bytes:
    """Return what comes up to the end of a head, or as much as one may have. Raises
    `RemoteDisconnected` if nothing does."""
    received = b""
    while END not in received and len(received) < LONGEST_HEAD:
        part = connection.recv(CHUNK)
        if not part:
            break
        received += part
    if not received:
        raise RemoteDisconnected("no answer")
    return received


class Begun(io.RawIOBase):
    """A socket from which some was *received* already, as the library wants to be given it."""

    def __init__(self, connection: socket.socket, received: bytes) -> None:
        self._received = received
        self._rest = connection.makefile("rb", buffering=0)

    def makefile(self, _: str) -> io.BufferedReader:
        """Return all of it, from what was received on."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, room: Any) -> int | None:
        """Fill *room*; return how much there was."""
        if not self._received:
            return self._rest.readinto(room)
        part = self._received[: len(room)]
        room[: len(part)] = part
        self._received = self._received[len(part) :]
        return len(part)

    def close(self) -> None:
        """Let go of the socket."""
        self._rest.close()
        super().close()
