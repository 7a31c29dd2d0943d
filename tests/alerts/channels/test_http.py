"""What an HTTP answer means for a delivery, and what is never said of an address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerts.channels.http import Http
from alerts.channels.replies import ServiceReply, refusal, url_problem
from alerts.common.deadline import Limits
from alerts.message import DeliveryError, Failure
from tests.alerts.channels.servers import Given, Raw, Web

NOW = datetime(2024, 2, 19, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (200, None),
        (204, None),
        (299, None),
        (301, Failure.CHANNEL),
        (302, Failure.CHANNEL),
        (304, Failure.CHANNEL),
        (400, Failure.MESSAGE),
        (401, Failure.CHANNEL),
        (403, Failure.CHANNEL),
        (404, Failure.ADDRESS),
        (407, Failure.CHANNEL),
        (408, Failure.LATER),
        (410, Failure.ADDRESS),
        (413, Failure.MESSAGE),
        (422, Failure.MESSAGE),
        (425, Failure.LATER),
        (429, Failure.LATER),
        (500, Failure.LATER),
        (502, Failure.LATER),
        (503, Failure.LATER),
        (599, Failure.LATER),
    ],
)
def test_a_status_says_what_to_do_next(status: int, failure: Failure | None) -> None:
    error = refusal(ServiceReply(status, b"", timedelta(seconds=3)))
    found = (error.failure, error.detail, error.wait) if error else None
    assert found == (failure and (failure, f"HTTP {status}", timedelta(seconds=3)))


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("https://hook.test/x?key=1", True),
        ("http://10.0.0.5:8080", True),
        ("hook.test/x", False),
        ("ftp://hook.test", False),
        ("https://", False),
        ("https://hook.test:99999/", False),
        ("https://ho ok.test", False),
        ("http://[::1", False),
        ("", False),
    ],
)
def test_an_address_is_http_or_a_problem(url: str, fine: bool) -> None:
    assert (url_problem(url) is None) is fine


def test_a_redirect_is_not_followed() -> None:
    other = Web(lambda _: Given())
    first = Web(lambda _: Given(307, headers={"Location": f"http://127.0.0.1:{other.port}/"}))
    http = Http([])
    try:
        reply = http.post(f"http://127.0.0.1:{first.port}/", b"{}")
        assert (reply.status, len(first.asked), other.asked) == (307, 1, [])
    finally:
        http.close()
        first.close()
        other.close()


def test_only_the_start_of_a_long_answer_is_read() -> None:
    web = Web(lambda _: Given(200, b"x" * 5_000_000))
    http = Http([], limits=Limits(body=1000))
    try:
        assert len(http.post(f"http://127.0.0.1:{web.port}/", b"{}").body) == 1000
    finally:
        http.close()
        web.close()


def test_a_connection_is_used_again() -> None:
    accepted = []
    web = Web(lambda asked: accepted.append(asked.headers["Connection"]) or Given())  # type: ignore[func-returns-value]
    http = Http([])
    try:
        for _ in range(3):
            http.post(f"http://127.0.0.1:{web.port}/", b"{}")
        assert (accepted, web.connections) == (["keep-alive"] * 3, 1)
    finally:
        http.close()
        web.close()


def test_the_machines_proxies_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    web = Web(lambda _: Given())
    http = Http([])
    try:
        assert http.post(f"http://127.0.0.1:{web.port}/", b"{}").status == 200
    finally:
        http.close()
        web.close()


def _cut_off(connection: Any, _: Any) -> None:
    # The whole request: a socket closed with something unread is reset, which is another failure.
    asked = b""
    while not asked.endswith(b"{}"):
        asked += connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{")
    connection.close()


def test_an_answer_that_breaks_off_is_no_answer() -> None:
    raw = Raw(_cut_off)
    http = Http([])
    try:
        with pytest.raises(DeliveryError, match="the answer broke off") as caught:
            http.post(f"http://127.0.0.1:{raw.port}/", b"{}")
        assert caught.value.failure is Failure.LATER
    finally:
        http.close()
        raw.close()


@pytest.mark.parametrize("url", ["gopher://hook.test/", "http://", "hook"])
def test_an_address_that_cannot_be_asked_is_ours_to_mend(url: str) -> None:
    http = Http([url])
    try:
        with pytest.raises(DeliveryError) as caught:
            http.post(url, b"{}")
        assert caught.value.failure is Failure.CHANNEL
    finally:
        http.close()
