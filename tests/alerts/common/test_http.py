"""Over a connection that was kept, an answer is what the library says of it over a new one."""

import gzip
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from threading import Thread

import pytest

from alerts.common.deadline import Limits, within
from alerts.common.http import Call, Connections, ExchangeError, Response
from tests.waiting import PATIENCE

LIMITS = Limits(timedelta(seconds=PATIENCE), timedelta(seconds=PATIENCE), body=1000)
FIRST = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
OK, END = b"HTTP/1.1 200 OK\r\n", b"\r\n\r\n"
PACKED = gzip.compress(b"packed")
ANSWERS = {
    "a plain one": OK + b'ETag: "1"\r\nContent-Length: 4\r\n\r\nbody',
    "not modified": b'HTTP/1.1 304 Not Modified\r\nETag: "1"' + END,
    "an error with a page": b"HTTP/1.1 503 No\r\nRetry-After: 60\r\nContent-Length: 4\r\n\r\npage",
    "nothing in it": OK + b"Content-Length: 0" + END,
    "in chunks": OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0" + END,
    "packed": OK
    + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(PACKED), PACKED),
    "packed badly": OK + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nbody",
    "up to the end": OK + b"Content-Type: text/xml\r\n\r\nbody",
    "an older version": b"HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nbody",
    "the last one": OK + b"Connection: close\r\nContent-Length: 4\r\n\r\nbody",
    "after a word that more is to come": b"HTTP/1.1 100 Continue" + END + FIRST,
    "with cookies": OK + b"Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 4\r\n\r\nbody",
    "one name twice": OK + b"Via: a\r\nVia: b\r\nContent-Length: 4\r\n\r\nbody",
    "a folded line": OK + b"Via: a\r\n b\r\nContent-Length: 4\r\n\r\nbody",
    "a long head": OK + b"Via: " + b"a" * 20_000 + b"\r\nContent-Length: 4\r\n\r\nbody",
    "more than is wanted": OK + b"Content-Length: 3000\r\n\r\n" + b"x" * 3000,
    "broken off": OK + b"Content-Length: 9\r\n\r\nbody",
    "broken off in the head": OK + b"Content-Len",
    "broken off in a chunk": OK + b"Transfer-Encoding: chunked\r\n\r\n9\r\nbody",
    "no answer": b"",
    "no HTTP": b"SSH-2.0-x" + END,
}


@contextmanager
def serving(*answers: bytes) -> Iterator[str]:
    """Yield the address of a server that gives *answers* over one connection, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                for answer in answers:
                    while END not in connection.recv(65_536):
                        pass
                    connection.sendall(answer)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        thread.join(PATIENCE)


def asked(connections: Connections, url: str) -> tuple[object, ...]:
    """Return all that is known of the answer from *url*, or of why there is none."""
    try:
        with within(LIMITS.deadline) as deadline:
            found = connections.exchange(Call("GET", url), deadline)
    except ExchangeError as error:
        return str(error), error.status
    assert isinstance(found, Response)
    return found.status, dict(found.headers), found.body, found.whole


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
def test_an_answer_is_the_same_over_a_new_connection_and_a_kept_one(answer: bytes) -> None:
    with serving(answer) as url, closing(Connections(LIMITS)) as connections:
        new = asked(connections, url)
    with serving(FIRST, answer) as url, closing(Connections(LIMITS)) as connections:
        assert asked(connections, url)[2] == b"ok"
        assert asked(connections, url) == new


def test_a_kept_connection_serves_one_answer_after_the_other() -> None:
    chunked = ANSWERS["in chunks"]
    with serving(FIRST, FIRST, chunked, FIRST) as url, closing(Connections(LIMITS)) as connections:
        bodies = [asked(connections, url)[2] for _ in range(4)]
    assert bodies == [b"ok", b"ok", b"body", b"ok"]


def test_a_kept_connection_is_cut_in_the_middle_of_a_body_when_the_time_is_over() -> None:
    begun = OK + b"Content-Length: 9\r\n\r\nbody"
    with socket.create_server(("127.0.0.1", 0)) as listener, within(LIMITS.deadline) as deadline:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                for answer in (FIRST, begun):
                    connection.recv(65_536)
                    connection.sendall(answer)
                deadline.run_out()
                connection.recv(1)  # until it is cut

        thread = Thread(target=serve, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        with closing(Connections(LIMITS)) as connections:
            asked(connections, url)
            with pytest.raises(ExchangeError) as caught:
                connections.exchange(Call("GET", url), deadline)
        thread.join(PATIENCE)
    assert (str(caught.value), caught.value.status) == ("no answer within 300 s", 200)
    assert not thread.is_alive()
