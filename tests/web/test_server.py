"""The thread that serves: an address in use is one line and is waited for, and it stops quickly."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPResponse
from ipaddress import ip_network
from threading import Event
from typing import Any

import pytest
import requests
from fastapi import FastAPI, Request

from monitor.web.server import Limits, Ports, Server, bind
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


@contextmanager
def serving(app: FastAPI, limits: Limits) -> Iterator[int]:
    server = Server(app, "127.0.0.1:0", Log(), limits=limits)
    server.start()
    assert server.started.wait(PATIENCE)
    assert server.port is not None
    yield server.port
    server.stop()


def connection(port: int, sent: bytes = b"") -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), PATIENCE)
    made.sendall(sent)
    return made


def told(made: socket.socket) -> bytes:
    """The status line and body of the next answer."""
    answer = HTTPResponse(made)
    answer.begin()
    return b"%d %s" % (answer.status, answer.read())


ASKED = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: loc"], ids=["nothing", "a part"])
def test_who_sends_no_whole_headers_is_hung_up_on(sent: bytes) -> None:
    with serving(hello(), Limits(headers=0.05)) as port, connection(port, sent) as slow:
        assert slow.recv(99) == b""


def test_a_part_after_a_whole_request_is_hung_up_on_too() -> None:
    with serving(hello(), Limits(headers=0.05)) as port, connection(port, ASKED) as slow:
        assert told(slow) == b'200 "hello"'
        slow.sendall(b"GET / HT")
        assert slow.recv(99) == b""


@pytest.mark.parametrize(
    "limits", [Limits(pause=0.05), Limits(body=0.05)], ids=["it pauses", "it trickles"]
)
def test_who_never_ends_a_form_is_hung_up_on(limits: Limits) -> None:
    app = FastAPI()

    async def taken_in(request: Request) -> int:
        return len(await request.body())

    app.add_api_route("/", taken_in, methods=["POST"])
    begun = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n"
    with serving(app, limits) as port:
        with connection(port, begun + b"a") as slow:
            assert slow.recv(99) == b""
        with connection(port, begun + b"abcd") as whole:
            assert told(whole) == b"200 4"


def test_an_answer_may_take_longer_than_its_headers_did() -> None:
    answering, app = Event(), FastAPI()
    app.add_api_route("/", lambda: answering.wait(PATIENCE))
    with serving(app, Limits(headers=0.05)) as port, connection(port, ASKED) as asked:
        with connection(port) as slower:
            assert slower.recv(99) == b""
        answering.set()
        assert told(asked) == b"200 true"


@pytest.mark.parametrize(
    ("limits", "answered"),
    [
        pytest.param(Limits(most=1), b"503 ", id="an address has so many at once"),
        pytest.param(
            Limits(most=1, proxies=[ip_network("127.0.0.0/8")]),
            b'200 "hello"',
            id="many come by a proxy of ours",
        ),
    ],
)
def test_open_connections_of_an_address(limits: Limits, answered: bytes) -> None:
    with serving(hello(), limits) as port, connection(port, ASKED) as first:
        assert told(first) == b'200 "hello"'
        with connection(port, ASKED) as second:
            assert told(second) == answered


def test_who_comes_while_the_service_begins_anew_waits_and_is_answered() -> None:
    listener, listen = taken()
    listener.close()
    ports = Ports()
    with closing(ports):
        first = Server(hello(), listen, Log(), ports=ports)
        first.start()
        assert first.started.wait(PATIENCE)
        first.stop()
        with socket.create_connection(("127.0.0.1", int(listen.rpartition(":")[2]))) as visitor:
            visitor.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            second = Server(hello(), listen, Log(), ports=ports)
            second.start()
            visitor.settimeout(PATIENCE)
            assert visitor.recv(100).startswith(b"HTTP/1.1 200")
        second.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(listen.rpartition(":")[2])))
