"""A real forward proxy on loopback: HTTP by whole addresses, TLS by CONNECT."""

from __future__ import annotations

import base64
import select
import socket
from contextlib import suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class Proxy:
    """A context manager: passes on what it is asked for while it is open.

    *asked*: method and target of each request, in order. *login*: `user:password` that it
    demands, if any. *leads*: where a name leads instead of to what the machine knows of it.
    """

    def __init__(self, login: str | None = None, leads: dict[str, int] | None = None) -> None:
        self.asked: list[tuple[str, str]] = []
        self.login = login
        self.leads = leads or {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.port = self._server.server_port

    @property
    def url(self) -> str:
        login = f"{self.login}@" if self.login else ""
        return f"http://{login}127.0.0.1:{self.port}"

    def admits(self, sent: str | None) -> bool:
        wanted = f"Basic {base64.b64encode((self.login or '').encode()).decode()}"
        return self.login is None or sent == wanted

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not self._begun():
                return
            target = urlsplit(self.path)
            port = proxy.leads.get(target.hostname or "", target.port or 80)
            onward = HTTPConnection("127.0.0.1", port)
            onward.request("GET", f"{target.path}?{target.query}", headers={"Host": target.netloc})
            answer = onward.getresponse()
            body = answer.read()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.headers.get("Content-Type", ""))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            onward.close()

        def do_CONNECT(self) -> None:
            if not self._begun():
                return
            host, _, port = self.path.rpartition(":")
            with socket.create_connection(
                ("127.0.0.1", proxy.leads.get(host, int(port)))
            ) as onward:
                self.send_response(200)
                self.end_headers()
                _pass_on(self.connection, onward)
            self.close_connection = True

        def _begun(self) -> bool:
            proxy.asked.append((self.command, self.path))
            if proxy.admits(self.headers.get("Proxy-Authorization")):
                return True
            self.send_response(407)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return False

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    return Handler


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while True:
            for ready in select.select([one, other], [], [])[0]:
                received = ready.recv(65536)
                if not received:
                    return
                (other if ready is one else one).sendall(received)
