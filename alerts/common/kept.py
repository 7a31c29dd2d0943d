"""Connections that are kept: in what, and what comes over one, up to the end of a head and from
there on, as a library wants to be given it."""

from __future__ import annotations

import io
import socket
from http.client import RemoteDisconnected
from queue import Empty, Full
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


class Stack:
    """What a pool keeps its connections in: the library's own can be waited for, which costs many
    times what it does, and which nobody does here."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: list[Any] = []

    def get(self, block: bool, timeout: float | None = None) -> Any:
        """Return what was put there last. Raises `Empty` where there is nothing."""
        del block, timeout
        try:
            return self._kept.pop()
        except IndexError:
            raise Empty from None

    def put(self, connection: Any, block: bool = False) -> None:
        """Keep *connection*. Raises `Full` where there are as many as are kept."""
        del block
        if len(self._kept) >= self._most:
            raise Full
        self._kept.append(connection)
