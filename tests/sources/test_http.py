"""Waiting as asked, hiding secrets, and naming failures."""

import gzip
import re
import socket
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any
from urllib.parse import unquote

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from alerts.common.deadline import Limits
from alerts.common.http import Call
from monitor.model import Gateway, Outcome, SourceMemory, SourceSpec, Validators
from monitor.sources import registry
from monitor.sources.answers import (
    USUAL,
    Answer,
    Failed,
    conditional,
    unconditional,
)
from monitor.sources.base import ReadRequest
from monitor.sources.http import Http, _Moved, _refused, _written_private, is_private
from tests.waiting import PATIENCE

LIMITS = Limits(timedelta(seconds=PATIENCE), timedelta(seconds=PATIENCE))
NOW = datetime(2024, 2, 19, 1, 0, tzinfo=UTC)


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


def test_every_request_is_counted_before_it_is_made(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a").respond_with_data("", 302, {"Location": "/b"})
    httpserver.expect_request("/b").respond_with_data("x")
    at: list[datetime] = []

    def spend(now: datetime) -> bool:
        at.append(now)
        return len(at) <= 3

    metered = Http(spend=spend)
    found = [metered.get(httpserver.url_for("/a"), NOW) for _ in range(3)]
    metered.close()
    assert isinstance(found[0], Answer)
    spent = Failed(
        Outcome.QUOTA,
        "the day's quota of requests is spent; nothing more is asked before midnight",
    )
    assert found[1:] == [spent, spent]
    assert (at, len(httpserver.log)) == ([NOW] * 5, 3)


@pytest.fixture
def http() -> Http:
    return Http(limits=LIMITS)


@pytest.mark.parametrize(
    ("url", "detail"),
    [
        pytest.param("http://no-such-host.invalid/", "host name not found", id="DNS"),
        pytest.param("http://", "no address that can be requested", id="no host"),
        pytest.param(
            "ftp://example.test/", "no address that can be requested", id="another scheme"
        ),
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


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("127.0.0.1", True),
        ("10.1.2.3", True),
        ("172.16.0.1", True),
        ("192.168.1.1", True),
        ("169.254.169.254", True),  # where clouds keep their machines' credentials
        ("100.64.0.1", True),
        ("0.0.0.0", True),
        ("224.0.0.1", True),
        ("255.255.255.255", True),
        ("::1", True),
        ("::", True),
        ("fe80::1%eth0", True),
        ("fc00::1", True),
        ("ff02::1", True),
        ("::ffff:127.0.0.1", True),
        ("::ffff:1.2.4.8", False),
        ("2002:7f00:1::", True),
        ("64:ff9b::a01:203", True),
        ("64:ff9b::102:408", False),
        ("1.2.4.8", False),
        ("2400:3200::1", False),
        ("::7f00:1", True),
        ("::102:408", False),
        ("fec0::1", True),
        ("64:ff9b:1::a00:1", True),
        ("2001:0:7f00:1::1", True),
        ("192.0.0.9", True),
        ("192.0.0.170", True),
        ("192.0.2.1", True),
        ("192.88.99.1", True),
        ("198.18.0.1", True),
        ("198.51.100.1", True),
        ("203.0.113.1", True),
        ("240.0.0.1", True),
        ("100::1", True),
        ("2001:2::1", True),
        ("2001:20::1", True),
        ("2001:db8::1", True),
        ("3fff::1", True),
        ("5f00::1", True),
        ("4000::1", True),
        ("2606:4700::1", False),
    ],
)
def test_f37_private_addresses(address: str, private: bool) -> None:
    assert is_private(address) is private


@pytest.mark.parametrize(
    ("url", "private"),
    [
        pytest.param("http://LOCALHOST/", True, id="localhost"),
        pytest.param("http://localhost./", True, id="with a dot at its end"),
        pytest.param("http://x.localhost./", True, id="below it"),
        pytest.param("http://ｌocalhost/", True, id="in wide letters"),
        pytest.param("http://127.0.0.1./", True, id="an address with a dot at its end"),
        pytest.param("http://１２７.0.0.1/", True, id="an address in wide digits"),
        pytest.param("http://127。0。0。1/", True, id="an address with wide dots"),
        pytest.param("http://0x7f.1/", True, id="in hexadecimal"),
        pytest.param("http://2130706433/", True, id="as one number"),
        pytest.param("http://017700000001/", True, id="as one octal number"),
        pytest.param("http://[::ffff:10.0.0.1]/", True, id="inside one of IPv6"),
        pytest.param("http://[64:ff9b::10.0.0.1]/", True, id="behind a translator"),
        pytest.param("http://[2002:a00:1::]/", True, id="behind a relay"),
        pytest.param("http://printer.local/", True, id="a name of the local network"),
        pytest.param("http://metadata.google.internal/", True, id="a name inside a cloud"),
        pytest.param("http://nas.home.arpa/", True, id="a name at home"),
        pytest.param("http://intranet/", True, id="a name without a dot"),
        pytest.param("http://10.0.0.1\\@weibo.com/", True, id="a host that others do not see"),
        pytest.param("http://[::1", True, id="no address"),
        pytest.param("http://weibo.com/", False, id="a public name"),
        pytest.param("http://local.example.cn/", False, id="a public name that begins so"),
        pytest.param("http://user@1.2.4.8/", False, id="a public address"),
    ],
)
def test_hosts_that_are_written_as_private(url: str, private: bool) -> None:
    assert _written_private(url) is private


def test_a_redirect_written_to_deceive_reaches_nothing_private(httpserver: HTTPServer) -> None:
    """One reader of the address takes what stands before the @ for the host, others for a login."""
    httpserver.expect_request("/").respond_with_data("inside")
    trick = f"http://127.0.0.1:{httpserver.port}\\@portal.test/"
    with closing(Http(limits=LIMITS, home="http://portal.test")) as away:
        assert away.get(trick, NOW) == PRIVATE
    moved = _refused(Call("GET", "http://portal.test/", {}), _Moved(trick, 302))
    assert moved is not None
    assert "another host" in moved.detail
    assert httpserver.log == []


PRIVATE = Failed(
    Outcome.TRANSPORT, "a private address, which only the gateway's own url may lead to"
)


@pytest.fixture
def away() -> Iterator[Http]:
    http = Http(limits=LIMITS, home="http://portal.test")
    yield http
    http.close()


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "rebound.test",
        "2130706433",
        "0",
        "127.1",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "[::ffff:127.0.0.1]",
        "[0:0:0:0:0:ffff:7f00:1]",
    ],
)
def test_f37_what_a_socket_reaches_counts_not_what_its_name_says(
    away: Http, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    """A name that led elsewhere a moment ago (DNS rebinding) cannot pass: nobody asks twice."""
    resolve = socket.getaddrinfo

    def rebound(name: str | bytes | None, *rest: Any, **more: Any) -> Any:
        return resolve("127.0.0.1" if name == "rebound.test" else name, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    assert away.get(f"http://{host}:{httpserver.port}/", NOW) == PRIVATE
    assert away.post(f"http://{host}:{httpserver.port}/", {}, NOW) == PRIVATE
    assert httpserver.log == []


def test_f37_home_may_be_private_but_no_other_door_of_its_house(httpserver: HTTPServer) -> None:
    other = HTTPServer()
    other.start()
    httpserver.expect_request("/").respond_with_data("x")
    httpserver.expect_request("/moved").respond_with_data(
        "", 302, {"Location": other.url_for("/admin")}
    )
    http = Http(home=httpserver.url_for("/anything"))
    assert isinstance(http.get(httpserver.url_for("/"), NOW), Answer)
    assert http.get(httpserver.url_for("/moved"), NOW) == PRIVATE
    assert other.log == []
    http.close()
    other.clear()
    other.stop()


@pytest.mark.parametrize(("allowed", "outcome"), [(False, Outcome.TRANSPORT), (True, Outcome.OK)])
def test_f37_private_locators_are_read_only_if_the_operator_says_so(
    httpserver: HTTPServer, allowed: bool, outcome: Outcome
) -> None:
    httpserver.expect_request("/").respond_with_data(
        "<rss version='2.0'><channel><title>t</title></channel></rss>"
    )
    gateway = Gateway("g", "feed", "http://portal.test", allow_private=allowed)
    spec = SourceSpec("s", "a", "g", httpserver.url_for("/"))
    with closing(registry.build(gateway)) as source:
        assert source.read(ReadRequest(spec, "website", SourceMemory(), NOW)).outcome is outcome


def test_f37_an_answer_that_unpacks_without_end_is_never_held_whole(httpserver: HTTPServer) -> None:
    packed = gzip.compress(b" " * 200_000_000)
    httpserver.expect_request("/").respond_with_data(packed, headers={"Content-Encoding": "gzip"})
    http = Http(limits=replace(USUAL, body=2_000_000))
    tracemalloc.start()
    try:
        seen = http.get(httpserver.url_for("/"), NOW)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        http.close()
    assert seen == Failed(Outcome.LIMITS, "larger than 2000000 bytes", 200)
    assert most < 16_000_000


def test_f37_fifty_megabytes_are_not_downloaded(httpserver: HTTPServer) -> None:
    sent: list[int] = []

    def stream(_: Request) -> Response:
        def parts() -> Iterator[bytes]:
            for _ in range(800):
                sent.append(65_536)
                yield b" " * 65_536

        return Response(parts(), headers={"Content-Length": str(800 * 65_536)})

    httpserver.expect_request("/").respond_with_handler(stream)
    http = Http(limits=replace(USUAL, body=2_000_000))
    assert http.get(httpserver.url_for("/"), NOW).outcome is Outcome.LIMITS  # type: ignore[union-attr]
    http.close()
    assert sum(sent) < 20_000_000  # what the sockets' buffers hold on top


def test_f37_a_handshake_that_drips_ends_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                connection.sendall(b"\x16\x03\x03\x40\x00")  # a record of 16 KiB is to come
                while True:
                    connection.sendall(b"\x02")
                    time.sleep(0.05)

        thread = Thread(target=drip, daemon=True)
        thread.start()
        http = Http(limits=replace(LIMITS, deadline=timedelta(seconds=0.4)))
        seen = http.get(f"https://127.0.0.1:{listener.getsockname()[1]}/", NOW)
        http.close()
        thread.join(PATIENCE)
    assert seen == Failed(Outcome.TRANSPORT, "no answer within 0.4 s")
    assert not thread.is_alive()


def test_a_body_is_posted_as_json(http: Http, httpserver: HTTPServer) -> None:
    body = {"offset": 0, "name": "鞍山", "force": False}
    httpserver.expect_request(
        "/", method="POST", json=body, headers={"Content-Type": "application/json"}
    ).respond_with_data("x")
    seen = http.post(httpserver.url_for("/"), body, NOW)
    http.close()
    assert isinstance(seen, Answer)


def test_fields_are_posted_as_a_form(http: Http, httpserver: HTTPServer) -> None:
    httpserver.expect_request(
        "/",
        method="POST",
        data="access_token=a%26b",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    ).respond_with_data("x")
    seen = http.post_form(httpserver.url_for("/"), {"access_token": "a&b"}, NOW)
    http.close()
    assert isinstance(seen, Answer)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_post_stays_one_on_its_own_host(http: Http, httpserver: HTTPServer, status: int) -> None:
    httpserver.expect_request("/old").respond_with_data("", status, {"Location": "/new"})
    httpserver.expect_request("/new", method="POST", json={"a": 1}).respond_with_data("x")
    seen = http.post(httpserver.url_for("/old"), {"a": 1}, NOW)
    http.close()
    assert isinstance(seen, Answer)


def test_a_post_with_a_secret_never_goes_to_another_host(
    http: Http, httpserver: HTTPServer
) -> None:
    elsewhere = {"Location": "http://elsewhere.test/"}
    httpserver.expect_request("/").respond_with_data("", 307, elsewhere)
    seen = http.post(httpserver.url_for("/"), {"secret": "s"}, NOW)
    http.close()
    assert isinstance(seen, Failed)
    assert seen.outcome is Outcome.WRONG_ACCOUNT
    assert len(httpserver.log) == 1


@pytest.mark.parametrize(
    ("method", "headers", "body", "to", "refused"),
    [
        pytest.param("POST", {}, b"{}", "http://a.test/", True, id="a posted secret"),
        pytest.param("GET", {"Cookie": "SUB=1"}, None, "http://a.test/", True, id="a cookie"),
        pytest.param("GET", {}, None, "http://a.test/", False, id="nothing but an address"),
        pytest.param("POST", {}, b"{}", "https://a.test/x", False, id="still by TLS"),
    ],
)
def test_a_secret_is_not_carried_from_https_to_http(
    method: str, headers: dict[str, str], body: bytes | None, to: str, refused: bool
) -> None:
    detail = "redirected from https to http, with a secret"
    expected = Failed(Outcome.STATUS, detail, 302) if refused else None
    call = Call(method, "https://a.test/", headers, body)
    assert _refused(call, _Moved(to, 302)) == expected


def test_secrets_learnt_on_the_way_are_masked(http: Http) -> None:
    http.hide("token", "first/token")
    http.hide("secret", "hush\u00fc")
    assert http.masked("first%2Ftoken, hush\\u00fc") == "***, ***"
    http.hide("token", "second")
    assert http.masked("first/token, second, hush\u00fc") == "first/token, ***, ***"
    http.close()


@pytest.mark.parametrize(
    ("login", "path", "asked", "sent"),
    [
        pytest.param("", "/公告 一?名=鞍", "/公告 一?名=鞍", None, id="letters are escaped"),
        pytest.param("", "/a%20b?c=%2F", "/a b?c=/", None, id="escapes are not escaped again"),
        pytest.param("", "/a#b", "/a?", None, id="what follows # is not asked for"),
        pytest.param("u:p%40w@", "/", "/?", "Basic dTpwQHc=", id="a login goes into a header"),
    ],
)
def test_how_an_address_is_asked(
    http: Http, httpserver: HTTPServer, login: str, path: str, asked: str, sent: str | None
) -> None:
    httpserver.expect_request(re.compile(".*")).respond_with_data("x")
    http.get(f"http://{login}127.0.0.1:{httpserver.port}{path}", NOW)
    http.close()
    [(request, _)] = httpserver.log
    query = unquote(request.query_string.decode())
    assert (f"{request.path}?{query}", request.headers.get("Authorization")) == (
        asked if "?" in asked else f"{asked}?",
        sent,
    )


def test_a_cookie_that_a_server_sets_is_sent_back_to_it_alone(
    http: Http, httpserver: HTTPServer
) -> None:
    gate = {"Location": "/in", "Set-Cookie": "seen=1; Path=/"}
    httpserver.expect_request("/").respond_with_data("", 302, gate)
    httpserver.expect_request("/in").respond_with_data("x")
    assert isinstance(http.get(httpserver.url_for("/"), NOW), Answer)
    http.get(httpserver.url_for("/in"), NOW, {"Cookie": "own=2"})
    http.get(f"http://127.0.0.1:{httpserver.port}/in", NOW)
    http.close()
    sent = [request.headers.get("Cookie") for request, _ in httpserver.log]
    assert sent == [None, "seen=1", "own=2", None]
