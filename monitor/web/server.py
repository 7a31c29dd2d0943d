"""Serves the site from a thread of its own, and never stands in the service's way.

An address that is in use is one line in the log; it is tried again until it is free.
"""

from __future__ import annotations

import os
import socket
from threading import Event, Thread

import uvicorn
from fastapi import FastAPI

from alerts.common.log import Log

AGAIN = 30.0  # seconds between two tries at an address that is in use
GRACE = 3  # seconds that requests under way are given
STOP_WITHIN = 6.0  # seconds


class Server:
    """One listening address. `start` returns at once, `stop` within seconds."""

    def __init__(self, app: FastAPI, listen: str, log: Log, again: float = AGAIN) -> None:
        self._app = app
        self._listen = listen
        self._log = log
        self._again = again
        self._stop = Event()
        self.started = Event()  # set while it listens
        self.port: int | None = None
        self._server: uvicorn.Server | None = None
        self._thread = Thread(target=self._run, name="web", daemon=True)

    def start(self) -> None:
        """Begin to listen, as soon as the address is free."""
        self._thread.start()

    def closing(self) -> None:
        """Take no new request, and begin to end."""
        self._stop.set()
        if self._server is not None:
            self._server.should_exit = True

    def stop(self) -> None:
        """Answer what is under way, and end."""
        self.closing()
        if self._thread.ident is not None:
            self._thread.join(STOP_WITHIN)

    def _run(self) -> None:
        listener = self._bound()
        if listener is None:
            return
        self._server = uvicorn.Server(
            uvicorn.Config(
                self._app,
                log_config=None,
                log_level="warning",
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
                return bind(self._listen)
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
