"""Waiting as asked, hiding secrets, and naming failures."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_httpserver import HTTPServer

from monitor.model import Outcome, Validators
from monitor.sources.http import (
    Answer,
    Failed,
    Http,
    Limits,
    conditional,
    retry_after,
    unconditional,
)

NOW = datetime(2024, 2, 19, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        pytest.param("120", timedelta(minutes=2), id="seconds"),
        pytest.param(" 120 ", timedelta(minutes=2), id="seconds with blanks"),
        pytest.param("0", timedelta(0), id="at once"),
        pytest.param("Mon, 19 Feb 2024 01:05:00 GMT", timedelta(minutes=5), id="a date"),
        pytest.param("Mon, 19 Feb 2024 09:05:00 +0800", timedelta(minutes=5), id="with a zone"),
        pytest.param("Mon, 19 Feb 2024 01:05:00", timedelta(minutes=5), id="no zone: GMT"),
        pytest.param("Mon, 19 Feb 2024 00:05:00 GMT", timedelta(0), id="the past"),
        pytest.param("Thu, 21 Mar 2024 01:05:00 GMT", timedelta(days=1), id="31 days ahead"),
        pytest.param("9" * 400, timedelta(days=1), id="absurd"),
        pytest.param("-5", None, id="negative"),
        pytest.param("soon", None, id="no date"),
        pytest.param("Mon, 99 Feb 2024 01:05:00 GMT", None, id="no such day"),
        pytest.param("", None, id="empty"),
        pytest.param(None, None, id="absent"),
    ],
)  # fmt: skip
def test_f27_retry_after(value: str | None, wait: timedelta | None) -> None:
    assert retry_after(value, NOW) == wait


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("GET /?key=a%2Fb+c", "GET /?key=***"),
        ("GET /?key=a/b%20c", "GET /?key=***"),
        ("key a/b c refused", "key *** refused"),
        ("two\n lines", "two lines"),
        ("x" * 300, "x" * 199 + "…"),
    ],
)
def test_redact(text: str, shown: str) -> None:
    http = Http(["a/b c"])
    assert http.redact(text) == shown
    http.close()


@pytest.mark.parametrize(
    ("validators", "sent"),
    [
        (Validators('W/"1"', "x"), {"If-None-Match": 'W/"1"', "If-Modified-Since": "x"}),
        (Validators('"1"'), {"If-None-Match": '"1"'}),
        (Validators(), {}),
    ],
)
def test_conditional(validators: Validators, sent: dict[str, str]) -> None:
    assert conditional(validators) == sent


def test_unconditional_asks_caches_to_step_aside() -> None:
    assert unconditional() == {"Cache-Control": "no-cache"}


@pytest.fixture
def http() -> Http:
    return Http(limits=Limits(timedelta(seconds=2), timedelta(seconds=5)))


@pytest.mark.parametrize(
    ("url", "detail"),
    [
        pytest.param("http://no-such-host.invalid/", "host name not found", id="DNS"),
        pytest.param("http://", "no address that can be requested", id="no host"),
        pytest.param("ftp://example.test/", "no connection (InvalidSchema)", id="another scheme"),
        pytest.param("http://a..b/", "no address that can be requested", id="an empty label"),
    ],
)
def test_addresses_that_lead_nowhere(http: Http, url: str, detail: str) -> None:
    assert http.get(url, NOW) == Failed(Outcome.TRANSPORT, detail)
    http.close()


def test_plain_http_where_tls_was_expected(http: Http, httpserver: HTTPServer) -> None:
    seen = http.get(f"https://127.0.0.1:{httpserver.port}/", NOW)
    http.close()
    assert seen == Failed(Outcome.TRANSPORT, "TLS failure")


def test_a_validator_that_could_not_be_sent_back_is_dropped(
    http: Http, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/").respond_with_data("x", headers={"ETag": '"a\tb"'})
    seen = http.get(httpserver.url_for("/"), NOW)
    http.close()
    assert isinstance(seen, Answer)
    assert seen.validators == Validators()


def test_neither_proxy_nor_netrc_of_the_machine_is_used(
    http: Http, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    httpserver.expect_request("/").respond_with_data("x")
    seen = http.get(httpserver.url_for("/"), NOW)
    http.close()
    assert isinstance(seen, Answer)
    assert seen.body == b"x"
