"""Serves the site from a thread of its own, and never stands in the service's way.

An address that is in use is one line in the log; it is tried again until it is free.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address
from threading import Event, Thread
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from alerts.common.log import Log

AGAIN = 30.0  # seconds between two tries at an address that is in use
GRACE = 3  # seconds that requests under way are given
STOP_WITHIN = 6.0  # seconds
SECOND = 1.0


CROWDED = (
    b"HTTP/1.1 503 Service Unavailable\r\n"
    b"Connection: close\r\nRetry-After: 10\r\nContent-Length: 0\r\n\r\n"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one address may take. *headers*: seconds within which those of a request arrive;
    *pause*: between two parts of what is sent with it, and *body*: for all of them; *most*: its
    open connections, unless it is a proxy of ours, by which many come."""

    headers: float = 10.0
    pause: float = 30.0
    body: float = 600.0
    most: int = 64
    proxies: Sequence[IPv4Network | IPv6Network] = ()


class Limited(H11Protocol):
    """A connection that is closed if it takes too long, or is one too many."""

    within = Limits()

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._sent: object = None
        self._ends = 0.0
        self._late = self.loop.call_later(self.within.headers, self._hang_up)
        if _crowded(self, self.within):
            transport.write(CROWDED)
            self._hang_up()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is None or self.cycle.response_complete:
            if self._late.cancelled():
                self._late = self.loop.call_later(self.within.headers, self._hang_up)
            return
        self._late.cancel()
        if self.cycle.more_body:
            left = self._left(self.cycle)
            self._late = self.loop.call_later(min(self.within.pause, left), self._hang_up)

    def _left(self, sent: object) -> float:
        """How many seconds are left for all that is *sent* with a request."""
        now = self.loop.time()
        if sent is not self._sent:
            self._sent, self._ends = sent, now + self.within.body
        return max(self._ends - now, 0.0)

    def connection_lost(self, exc: Exception | None) -> None:
        self._late.cancel()
        super().connection_lost(exc)

    def _hang_up(self) -> None:
        self.transport.close()


def limited(limits: Limits) -> type[H11Protocol]:
    """Return the protocol of the server, within *limits*."""

    class Within(Limited):
        within = limits

    return Within


def _crowded(mine: H11Protocol, limits: Limits) -> bool:
    address = mine.client[0] if mine.client else ""
    if any(ip_address(address) in proxy for proxy in limits.proxies):
        return False
    clients = [getattr(one, "client", None) for one in mine.connections]
    return sum(bool(client and client[0] == address) for client in clients) > limits.most


class Ports:
    """Listens while servers come and go: who comes between two of them waits, and is not refused.

    Not for use by several threads at once.
    """

    def __init__(self) -> None:
        self._kept: dict[str, socket.socket] = {}

    def listening(self, listen: str) -> socket.socket:
        """Return a socket that listens on *listen*, for its user to close. Raises `OSError`."""
        if listen not in self._kept:
            self.close()
            self._kept[listen] = bind(listen)
        return self._kept[listen].dup()

    def close(self) -> None:
        """Listen no longer."""
        for kept in self._kept.values():
            kept.close()
        self._kept.clear()


class _Server(uvicorn.Server):
    """The library's, which looks ten times a second whether it is to end: this one is told."""

    _told: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None

    async def main_loop(self) -> None:
        """Serve until told to end; once a second the date of the answers is set."""
        told = asyncio.Event()
        self._told = asyncio.get_running_loop(), told
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                await asyncio.wait_for(told.wait(), SECOND)

    def end(self) -> None:
        """Have it end, from any thread."""
        self.should_exit = True
        if self._told is not None:
            loop, told = self._told
            with suppress(RuntimeError):  # it has ended
                loop.call_soon_threadsafe(told.set)


class Server:
    """One listening address. `start` returns at once, `stop` within seconds."""

    def __init__(
        self,
        app: FastAPI,
        listen: str,
        log: Log,
        again: float = AGAIN,
        limits: Limits = Limits(),
        ports: Ports | None = None,
    ) -> None:
        """*ports* listens on when the server has ended."""
        self._app = app
        self._listen = listen
        self._log = log
        self._again = again
        self._limits = limits
        self._bind = ports.listening if ports else bind
        self._stop = Event()
        self.started = Event()  # set while it listens
        self.port: int | None = None
        self._server: _Server | None = None
        self._thread = Thread(target=self._run, name="web", daemon=True)

    def start(self) -> None:
        """Begin to listen, as soon as the address is free."""
        self._thread.start()

    def closing(self) -> None:
        """Take no new request, and begin to end."""
        self._stop.set()
        if self._server is not None:
            self._server.end()

    def stop(self) -> None:
        """Answer what is under way, and end."""
        self.closing()
        if self._thread.ident is not None:
            self._thread.join(STOP_WITHIN)

    def _run(self) -> None:
        listener = self._bound()
        if listener is None:
            return
        self._server = _Server(
            uvicorn.Config(
                self._app,
                http=limited(self._limits),
                log_config=None,
                log_level="error",  # not whatever nonsense strangers send
                access_log=False,  # addresses hold links
                proxy_headers=False,  # the door believes those that are configured alone
                lifespan="off",
                ws="none",
                server_header=False,
                timeout_keep_alive=5,
                timeout_graceful_shutdown=GRACE,
                limit_concurrency=100,
            )
        )
        self.port = listener.getsockname()[1]
        if not self._stop.is_set():
            self._log("web_started", listen=self._listen)
            self.started.set()
            self._server.run(sockets=[listener])
        self.started.clear()
        listener.close()

    def _bound(self) -> socket.socket | None:
        """Return the listening socket; None when asked to stop before there was one."""
        refused = None
        while not self._stop.is_set():
            try:
                return self._bind(self._listen)
            except OSError as error:
                why = _why(error)
                if why != refused:
                    self._log("web_not_served", listen=self._listen, why=why, key="web.listen")
                refused = why
            self._stop.wait(self._again)
        return None


def bind(listen: str) -> socket.socket:
    """Return a socket that listens on *listen*, `host:port`. Raises `OSError`."""
    host, _, port = listen.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, int(port)), family=family, backlog=128)


def _why(error: OSError) -> str:
    # `create_server` wraps a name server's refusal, whose numbers are negative.
    if error.errno is None or error.errno < 0:
        return "host name not found"
    return os.strerror(error.errno).lower()
