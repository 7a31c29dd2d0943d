"""HTTP for all sources: bounded in time and size, and every failure a value.

Decides what kind of failure a failed exchange is, never what an answer means. The only file of
this package that knows requests.
"""

from __future__ import annotations

import html
import ipaddress
import json
import os
import re
import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import RemoteDisconnected
from threading import Lock, Timer, local
from urllib.parse import quote, quote_plus, urlencode, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    DecodeError,
    HTTPError,
    IncompleteRead,
    LocationParseError,
    NameResolutionError,
)
from urllib3.response import HTTPResponse

from alerts.common.retry_after import retry_after
from monitor.model import Outcome, Validators
from monitor.sources.answers import (
    LONGEST_RETRY_AFTER,
    USUAL,
    Answer,
    Failed,
    Limits,
    Spend,
    unmetered,
)

AGENT = "account-freshness-monitor"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
REDIRECTS = 5
REDIRECTED = frozenset({301, 302, 303, 307, 308})
CHUNK = 64 * 1024
ERROR_BODY = 64 * 1024  # how much of an error page is read: enough for its reason
LONGEST_DETAIL = 200
MASK = "***"
QUOTA_SPENT = "the day's quota of requests is spent; nothing more is asked before midnight"
QUERY_SECRET = re.compile(r"""([?&](?:key|code|k|token|access_token|secret)=)[^&\s"'<>#]+""", re.I)
# IPv6 networks whose last four bytes are an IPv4 address: of a translator, and of an old form.
CARRYING_IPV4 = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "::/96")))
# Not told apart by every version of the standard library: site-local, and a local translator's.
PRIVATE_IPV6 = tuple(map(ipaddress.IPv6Network, ("fec0::/10", "64:ff9b:1::/48")))


class PrivateAddressError(OSError):
    """A connection led to a private address where none may be asked."""


REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (PrivateAddressError, "a private address, which only the gateway's own url may lead to"),
    (NameResolutionError, "host name not found"),
    (ssl.SSLCertVerificationError, "TLS certificate refused"),
    (ssl.SSLError, "TLS failure"),
    (IncompleteRead, "the answer broke off"),
    (DecodeError, "the body cannot be decompressed"),
    (RemoteDisconnected, "the server hung up without an answer"),
    (requests.exceptions.InvalidURL, "no address that can be requested"),
    (LocationParseError, "no address that can be requested"),
)


class Http:
    """One gateway's pooled connections. Safe to call from several threads.

    *home*: the only address that may lie in a private network, by its scheme, host and port;
    None where any may. It is the address connected to that counts, not what a name resolved
    to before. *spend* is asked before every single request, a redirect's too.
    """

    def __init__(
        self,
        secrets: Iterable[str] = (),
        limits: Limits = USUAL,
        connections: int = 4,
        home: str | None = None,
        spend: Spend = unmetered,
    ) -> None:
        self._limits = limits
        self._home = home
        self._spend = spend
        self._secrets = {str(n): _spellings(secret) for n, secret in enumerate(secrets)}
        self._session = requests.Session()
        self._session.trust_env = False  # neither proxies nor netrc of the machine
        self._session.headers["User-Agent"] = AGENT
        adapter = HTTPAdapter(pool_connections=2, pool_maxsize=connections, max_retries=0)
        adapter.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def get(
        self, url: str, now: datetime, headers: Mapping[str, str] | None = None
    ) -> Answer | Failed:
        """Return the answer to a GET, redirects on the same host followed.

        *headers* go out as they are. *now* is what a Retry-After date counts from.
        """
        return self._followed(url, _Call("GET", headers or {}), now)

    def post(self, url: str, body: Mapping[str, object], now: datetime) -> Answer | Failed:
        """Return the answer to a POST of *body* as JSON, repeated as it is after a redirect on
        the same host. *now* as in `get`."""
        sent = json.dumps(body).encode()
        return self._followed(url, _Call("POST", {"Content-Type": JSON}, sent), now)

    def post_form(self, url: str, fields: Mapping[str, str], now: datetime) -> Answer | Failed:
        """Return the answer to a POST of *fields* as a form; else as `post`."""
        sent = urlencode(fields).encode()
        return self._followed(url, _Call("POST", {"Content-Type": FORM}, sent), now)

    def hide(self, what: str, secret: str) -> None:
        """Mask *secret* from now on. A new one of the same *what* takes the old one's place,
        so that tokens renewed for years do not pile up."""
        self._secrets = {**self._secrets, what: _spellings(secret)}

    def masked(self, text: str) -> str:
        """Return *text* without this gateway's secrets, nor what an address carries as one."""
        spellings = {s for spelt in self._secrets.values() for s in spelt if s}
        for secret in sorted(spellings, key=len, reverse=True):
            text = text.replace(secret, MASK)
        return QUERY_SECRET.sub(rf"\1{MASK}", text)

    def redact(self, text: str) -> str:
        """Return *text* on one line, shortened, and without this gateway's secrets."""
        line = " ".join(self.masked(text).split())
        return line if len(line) <= LONGEST_DETAIL else line[: LONGEST_DETAIL - 1] + "…"

    def close(self) -> None:
        """Give back pooled connections."""
        self._session.close()

    def _followed(self, url: str, call: _Call, now: datetime) -> Answer | Failed:
        with _deadline(self._limits.deadline) as deadline:
            for _ in range(REDIRECTS + 1):
                gone = self._exchange(url, call, now, deadline)
                if not isinstance(gone, _Moved):
                    return gone
                if (refused := _refused(url, gone, call)) is not None:
                    return refused
                url = gone.url
        return Failed(Outcome.STATUS, f"more than {REDIRECTS} redirects", gone.status)

    def _exchange(
        self, url: str, call: _Call, now: datetime, deadline: _Deadline
    ) -> Answer | Failed | _Moved:
        if not self._spend(now):
            return Failed(Outcome.QUOTA, QUOTA_SPENT)
        try:
            _running.private = self._home is None or _origin(url) == _origin(self._home)
            response = self._session.request(
                call.method,
                url,
                data=call.body,
                headers=dict(call.headers),
                timeout=self._timeouts(),
                allow_redirects=False,
                stream=True,
            )
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            return Failed(Outcome.TRANSPORT, self._why(error, deadline))
        try:
            return self._received(url, response, now, deadline)
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            if deadline.passed:
                return self._too_slow(response.status_code)
            return Failed(Outcome.TRANSPORT, self._why(error, deadline), response.status_code)
        finally:
            response.close()

    def _received(
        self, url: str, response: requests.Response, now: datetime, deadline: _Deadline
    ) -> Answer | Failed | _Moved:
        status = response.status_code
        wanted = status == 304 or 200 <= status < 300
        body = _body(response.raw, self._limits.body if wanted else ERROR_BODY)
        location = response.headers.get("Location")
        if status in REDIRECTED and location:
            return _Moved(urljoin(url, location), status)
        content_type = response.headers.get("Content-Type", "")
        if not wanted:
            asked = retry_after(response.headers.get("Retry-After"), LONGEST_RETRY_AFTER, now)
            return Failed(
                Outcome.STATUS, f"HTTP {status}", status, asked, body or b"", content_type
            )
        if deadline.passed:
            return self._too_slow(status)
        if body is None:
            return Failed(Outcome.LIMITS, f"larger than {self._limits.body} bytes", status)
        return Answer(status, body, content_type, _validators(response.headers), url)

    def _timeouts(self) -> tuple[float, float]:
        deadline = self._limits.deadline.total_seconds()
        return min(self._limits.connect.total_seconds(), deadline), deadline

    def _too_slow(self, status: int) -> Failed:
        return Failed(Outcome.LIMITS, f"slower than {_seconds(self._limits.deadline)}", status)

    def _why(self, error: Exception, deadline: _Deadline) -> str:
        if deadline.passed or isinstance(error, requests.ReadTimeout):
            return f"no answer within {_seconds(self._limits.deadline)}"
        if isinstance(error, requests.ConnectTimeout):
            return f"no connection within {_seconds(self._limits.connect)}"
        return _reason(error)


def is_private(address: str) -> bool:
    """Return whether *address* (IPv4 or IPv6, as a socket names it) is not on the open internet.

    An IPv4 address inside an IPv6 one counts as itself.
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if any(ip in network for network in CARRYING_IPV4):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner:
            return is_private(str(inner))
        local = any(ip in network for network in PRIVATE_IPV6)
        return local or ip.is_multicast or not ip.is_global
    return ip.is_multicast or not ip.is_global


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)

    @property
    def secret(self) -> bool:
        """Whether more than an address goes out: a cookie, or what is posted."""
        return self.body is not None or "Cookie" in self.headers


@dataclass(frozen=True, slots=True)
class _Moved:
    url: str
    status: int


def _refused(url: str, moved: _Moved, call: _Call) -> Failed | None:
    """A redirect to another host is most often a login page, and never the same feed. One to
    the same host without TLS would show a cookie or a posted secret to everybody on the way."""
    try:
        before, after = urlsplit(url), urlsplit(moved.url)
        host = after.hostname
    except ValueError:
        return Failed(Outcome.STATUS, "redirected to no address at all", moved.status)
    if after.scheme not in ("http", "https") or not host:
        return Failed(Outcome.STATUS, "redirected to no web address", moved.status)
    if host != before.hostname:
        return Failed(
            Outcome.WRONG_ACCOUNT, f"redirected to another host ({host[:80]})", moved.status
        )
    if (before.scheme, after.scheme) == ("https", "http") and call.secret:
        return Failed(Outcome.STATUS, "redirected from https to http, with a secret", moved.status)
    return None


def _origin(url: str) -> tuple[str, str | None, int | None]:
    """Raises `ValueError` for an address that is none."""
    parts = urlsplit(url)
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, parts.port or usual


def _body(raw: HTTPResponse, most: int) -> bytes | None:
    """Read to the end, so that the connection is kept; None if that is more than *most*."""
    chunks = bytearray()
    for chunk in raw.stream(CHUNK, decode_content=True):
        chunks += chunk
        if len(chunks) > most:
            return None
    return bytes(chunks)


def _validators(headers: Mapping[str, str]) -> Validators:
    etag, modified = headers.get("ETag"), headers.get("Last-Modified")
    return Validators(_sendable(etag), _sendable(modified))


def _sendable(value: str | None) -> str | None:
    # A folded header cannot be sent back and would make every later request fail.
    return value if value and value.isprintable() else None


def _reason(error: BaseException) -> str:
    """One line for an error, never its own text: that quotes the address with its key."""
    return next(filter(None, map(_words, _causes(error))), f"no connection ({_name(error)})")


def _words(cause: BaseException) -> str | None:
    known = next((words for kind, words in REASONS if isinstance(cause, kind)), None)
    if known or isinstance(cause, requests.RequestException | HTTPError):
        return known
    if isinstance(cause, OSError) and cause.errno:
        return os.strerror(cause.errno).lower()
    return None


def _name(error: BaseException) -> str:
    return type(error).__name__


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    queue: list[object] = [error]
    while queue:
        cause = queue.pop(0)
        if not isinstance(cause, BaseException) or cause in seen:
            continue
        seen.append(cause)
        yield cause
        queue += [getattr(cause, "reason", None), *cause.args, cause.__cause__, cause.__context__]


def _spellings(secret: str) -> set[str]:
    escaped = json.dumps(secret)[1:-1]
    return {
        secret,
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        html.escape(secret),
        escaped,
    }


def _seconds(length: timedelta) -> str:
    return f"{length.total_seconds():g} s"


class _Deadline:
    """Cuts the connection of the exchange it belongs to when its time is over.

    A socket's own time-out starts anew with every byte, so a server that drips could hold a
    thread for ever.
    """

    def __init__(self, length: timedelta) -> None:
        self.passed = False
        self._socket: socket.socket | None = None
        self._lock = Lock()
        self._timer = Timer(length.total_seconds(), self._pass)
        self._timer.daemon = True
        self._timer.start()

    def watch(self, connection: socket.socket) -> None:
        """Cut *connection* when the time is over."""
        with self._lock:
            self._socket = connection
            if self.passed:
                self._cut()

    def cancel(self) -> None:
        """Let the connection live: the exchange is over."""
        self._timer.cancel()
        with self._lock:
            self._socket = None

    def _pass(self) -> None:
        with self._lock:
            self.passed = True
            self._cut()

    def _cut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


_running = local()


@contextmanager
def _deadline(length: timedelta) -> Iterator[_Deadline]:
    deadline = _Deadline(length)
    _running.deadline = deadline
    try:
        yield deadline
    finally:
        deadline.cancel()


def _admitted(connection: socket.socket) -> socket.socket:
    """Return a new connection if it may be used: not a byte has been sent over it yet.

    Raises `PrivateAddressError`. From here on the deadline holds, for a TLS handshake too.
    """
    if not _running.private and is_private(connection.getpeername()[0]):
        connection.close()
        raise PrivateAddressError
    _running.deadline.watch(connection)
    return connection


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _admitted(super()._new_conn())

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        _running.deadline.watch(self.sock)
        return super().getresponse()


class _SecureConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _admitted(super()._new_conn())

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        _running.deadline.watch(self.sock)
        return super().getresponse()


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection
