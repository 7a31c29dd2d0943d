"""The thread that serves: an address in use is one line and is waited for, and it stops quickly."""

import socket
from threading import Event
from typing import Any

import pytest
import requests
from fastapi import FastAPI

from monitor.web.server import Server, bind
from tests.waiting import PATIENCE, until


class Log:
    """Keeps what was said, and lets a test wait for it."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, Any]]] = []
        self.refused = Event()

    def __call__(self, event: str, /, **facts: Any) -> None:
        self.lines.append((event, facts))
        if event == "web_not_served":
            self.refused.set()


def hello() -> FastAPI:
    app = FastAPI()
    app.add_api_route("/", lambda: "hello")
    return app


def taken() -> tuple[socket.socket, str]:
    listener = socket.create_server(("127.0.0.1", 0))
    return listener, f"127.0.0.1:{listener.getsockname()[1]}"


def test_an_address_in_use_is_one_line_and_is_served_once_it_is_free() -> None:
    listener, listen = taken()
    log = Log()
    server = Server(hello(), listen, log, again=0.05)
    server.start()
    assert log.refused.wait(PATIENCE)
    listener.close()
    assert server.started.wait(PATIENCE)
    assert requests.get(f"http://{listen}/", timeout=PATIENCE).json() == "hello"
    server.stop()
    assert log.lines == [
        (
            "web_not_served",
            {"listen": listen, "why": "address already in use", "key": "web.listen"},
        ),
        ("web_started", {"listen": listen}),
    ]


def test_it_stops_while_it_waits_for_an_address() -> None:
    listener, listen = taken()
    log = Log()
    server = Server(hello(), listen, log)
    server.start()
    assert log.refused.wait(PATIENCE)
    server.stop()
    until(lambda: not server._thread.is_alive())
    listener.close()


def test_it_stops_with_a_browser_still_connected_and_gives_the_address_back() -> None:
    log = Log()
    server = Server(hello(), "127.0.0.1:0", log)
    server.start()
    assert server.started.wait(PATIENCE)
    listen = f"127.0.0.1:{server.port}"
    with requests.Session() as session:
        session.get(f"http://{listen}/", timeout=PATIENCE)
        server.stop()
        until(lambda: not server._thread.is_alive())  # while the browser holds its connection
    bind(listen).close()


@pytest.mark.parametrize("listen", ["127.0.0.1:0", "localhost:0", "[::1]:0"])
def test_hosts_as_they_are_written(listen: str) -> None:
    try:
        listener = bind(listen)
    except OSError:
        pytest.skip(f"this machine has no {listen}")
    listener.close()


def test_a_host_that_is_none_is_named() -> None:
    log = Log()
    server = Server(hello(), "no.such.host.invalid:80", log)
    server.start()
    assert log.refused.wait(PATIENCE)
    server.stop()
    assert log.lines[0][1]["why"] == "host name not found"
