"""F55: a gateway behind an office's own certificate authority or proxy."""

from __future__ import annotations

import http.server
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from monitor.model import Gateway, Outcome, SourceMemory, SourceSpec
from monitor.sources import registry
from monitor.sources.base import Fetched, ReadRequest
from tests.alerts.channels import servers
from tests.proxying import Proxy
from tests.serving import Asked, Served

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
FEED = b"<rss version='2.0'><channel><title>t</title></channel></rss>"


class Feed(Asked):
    """A feed at every address, and what it was asked for."""

    def do_GET(self) -> None:
        self.give(200, FEED, {"Content-Type": "application/xml"})


@contextmanager
def over_tls(certificate: Path, handler: type[Asked] = Feed) -> Iterator[int]:
    """Serve the feed over TLS; yield the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return servers.certificate(tmp_path_factory.mktemp("gateway-tls"))


def read(url: str, locator: str = "a.xml", **gateway: Any) -> Fetched:
    """Return what a reading gives of *locator* behind a gateway at *url*."""
    spec = SourceSpec("s", "a", "g", locator)
    with closing(registry.build(Gateway("g", "feed", url, **gateway))) as source:
        return source.read(ReadRequest(spec, "website", SourceMemory(), NOW))


@pytest.mark.parametrize(
    ("known", "outcome", "detail"),
    [
        (True, Outcome.OK, ""),
        (False, Outcome.TRANSPORT, "TLS certificate refused"),
    ],
)
def test_F55_an_authority_of_the_offices_own_is_trusted_if_it_is_named(
    monkeypatch: pytest.MonkeyPatch,
    certificate: Path,
    known: bool,
    outcome: Outcome,
    detail: str,
) -> None:
    if known:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with over_tls(certificate) as port:
        seen = read(f"https://127.0.0.1:{port}")
    assert (seen.outcome, seen.detail) == (outcome, detail)


def test_F55_a_connection_over_tls_serves_one_reading_after_the_other(
    monkeypatch: pytest.MonkeyPatch, certificate: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    opened: list[object] = []

    class Counted(Feed):
        def setup(self) -> None:
            super().setup()
            opened.append(self.client_address)

    with over_tls(certificate, Counted) as port:
        request = ReadRequest(SourceSpec("s", "a", "g", "a.xml"), "website", SourceMemory(), NOW)
        gateway = Gateway("g", "feed", f"https://127.0.0.1:{port}")
        with closing(registry.build(gateway)) as source:
            found = [source.read(request) for _ in range(3)]
    assert [one.outcome for one in found] == [Outcome.OK] * 3
    assert len(opened) == 1


def test_F55_a_proxy_is_used_for_everything() -> None:
    with Served(Feed) as feed, Proxy() as proxy:
        seen = read(feed.url, proxy=proxy.url)
    assert (seen.outcome, proxy.asked) == (Outcome.OK, [("GET", f"{feed.url}/a.xml")])


def test_F55_a_proxy_is_used_for_tls_too(
    monkeypatch: pytest.MonkeyPatch, certificate: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with over_tls(certificate) as port, Proxy() as proxy:
        seen = read(f"https://127.0.0.1:{port}", proxy=proxy.url)
    assert (seen.outcome, proxy.asked) == (Outcome.OK, [("CONNECT", f"127.0.0.1:{port}")])


@pytest.mark.parametrize(
    ("trust_env", "no_proxy", "asked"),
    [
        pytest.param(True, "", 1, id="trusted"),
        pytest.param(True, "127.0.0.1", 0, id="trusted, but not for this host"),
        pytest.param(False, "", 0, id="not trusted"),
    ],
)
def test_F55_the_machines_own_proxy_is_used_if_it_is_trusted(
    monkeypatch: pytest.MonkeyPatch, trust_env: bool, no_proxy: str, asked: int
) -> None:
    with Served(Feed) as feed, Proxy() as proxy:
        for name, value in (("http_proxy", proxy.url), ("no_proxy", no_proxy)):
            monkeypatch.setenv(name, value)
            monkeypatch.delenv(name.upper(), raising=False)
        seen = read(feed.url, trust_env=trust_env)
    assert (seen.outcome, len(proxy.asked)) == (Outcome.OK, asked)


def test_F55_a_login_at_the_proxy_is_sent_and_never_shown() -> None:
    with Served(Feed) as feed, Proxy("office:pa55word") as proxy:
        assert read(feed.url, proxy=proxy.url).outcome is Outcome.OK
        refused = read(feed.url, proxy=proxy.url.replace("pa55", "wrong"))
    assert (refused.outcome, refused.detail) == (Outcome.STATUS, "HTTP 407")
    assert "pa55" not in repr(Gateway("g", "feed", "", proxy=proxy.url))


@pytest.mark.parametrize(
    "target",
    [
        pytest.param(lambda port: f"http://127.0.0.1:{port}", id="HTTP"),
        pytest.param(lambda port: f"https://127.0.0.1:{port}", id="TLS"),
    ],
)
def test_F55_a_proxy_that_is_away_is_named(target: Callable[[int], str]) -> None:
    with Proxy() as proxy:
        gone = proxy.url
    seen = read(target(9), proxy=gone)
    said = (seen.outcome, seen.detail)
    assert said == (Outcome.TRANSPORT, "the proxy refused, or cannot be reached")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "10.1.2.3", "2130706433", "0x7f.1", "[::1]", "[::ffff:10.0.0.1]"],
)
def test_F37_behind_a_proxy_no_address_that_is_written_as_a_private_one_is_asked(
    host: str,
) -> None:
    with Proxy() as proxy:
        seen = read("http://portal.test", f"http://{host}/admin", proxy=proxy.url)
    detail = "a private address, which only the gateway's own url may lead to"
    assert (seen.outcome, seen.detail, proxy.asked) == (Outcome.TRANSPORT, detail, [])


def test_F55_behind_a_proxy_a_public_name_is_asked() -> None:
    with Served(Feed) as feed:
        port = int(feed.url.rpartition(":")[2])
        with Proxy(leads={"www.mz.test": port}) as proxy:
            seen = read("http://portal.test", "http://www.mz.test/a.xml", proxy=proxy.url)
    assert (seen.outcome, proxy.asked) == (Outcome.OK, [("GET", "http://www.mz.test/a.xml")])


@pytest.mark.parametrize(
    ("kind", "limit", "size", "outcome"),
    [
        pytest.param("feed", None, 14_000_000, Outcome.OK, id="a feed of 14 MB"),
        pytest.param("feed", None, 16_000_000, Outcome.LIMITS, id="a feed of 16 MB"),
        pytest.param("feed", 20_000_000, 16_000_000, Outcome.OK, id="one that may be larger"),
        pytest.param("feed", 1000, 1100, Outcome.LIMITS, id="one that must be smaller"),
        pytest.param("web_page", None, 3_100_000, Outcome.LIMITS, id="a page of more than 3 MB"),
        pytest.param("web_page", None, 2_900_000, Outcome.NOT_A_FEED, id="a page of less"),
    ],
)
def test_F52_how_large_an_answer_may_be(
    kind: str, limit: int | None, size: int, outcome: Outcome
) -> None:
    class Large(Asked):
        def do_GET(self) -> None:
            self.give(200, FEED + b" " * (size - len(FEED)), {})

    spec = SourceSpec("s", "a", "g", "a.xml")
    with Served(Large) as large:
        gateway = Gateway("g", kind, large.url, max_body=limit)
        with closing(registry.build(gateway)) as source:
            seen = source.read(ReadRequest(spec, "website", SourceMemory(), NOW))
    assert seen.outcome is outcome
