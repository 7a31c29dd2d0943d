"""Web requests: pooled connections, bounded in time and size, and the reason of every failure.

What channels and gateways share. Decides nothing about what a failure or an answer means, and
follows no redirect. The only file that knows urllib3, and requests, which knows what the machine's
variables say of proxies.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPException, RemoteDisconnected
from http.client import HTTPResponse as Answered
from threading import local
from typing import Any, cast
from urllib.parse import unquote

import certifi
from urllib3 import (
    BaseHTTPResponse,
    HTTPConnectionPool,
    HTTPHeaderDict,
    HTTPSConnectionPool,
    PoolManager,
    ProxyManager,
    Timeout,
)
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    HTTPError,
    IncompleteRead,
    LocationParseError,
    LocationValueError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
    ReadTimeoutError,
)
from urllib3.response import HTTPResponse
from urllib3.util import Retry, make_headers, parse_url
from urllib3.util.ssl_ import create_urllib3_context

from alerts.common.cookies import Jar
from alerts.common.deadline import Deadline, Limits, in_seconds
from alerts.common.kept import CHUNK, Begun, Stack, received_over
from alerts.common.tls import authorities, why
from alerts.common.wire import ADDRESS, Fields, Head, plain_head, question
from alerts.told import Cut, Detail

AGENT = "account-freshness-monitor"
LOGGERS = ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry")
ERROR_BODY = 64 * 1024  # how much of an error page is read: enough for its reason
NEVER = Retry(False)  # and follow no redirect
FOLDED = re.compile(r"\r?\n[ \t]+")
HOSTS = 2  # whose connections are kept
NO_ADDRESS = Detail("no address that can be requested", Cut.HOST)
ALWAYS = {
    "User-Agent": AGENT,
    "Accept": "*/*",
    "Accept-Encoding": make_headers(accept_encoding=True)["accept-encoding"],
    "Connection": "keep-alive",
}


class NotAdmittedError(OSError):
    """A connection led to an address that may not be asked. Nothing was sent over it."""


class ExchangeError(Exception):
    """No complete answer. Its text, *reason*, is one line that never quotes the address.

    *status*: of the answer whose body broke off. *unaddressable*: it is no address at all.
    *not_admitted*: the address it led to may not be asked.
    """

    def __init__(
        self,
        reason: str,
        status: int | None = None,
        unaddressable: bool = False,
        not_admitted: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.unaddressable = unaddressable
        self.not_admitted = not_admitted


@dataclass(frozen=True, slots=True)
class Call:
    """What to ask. Neither headers nor body are ever shown."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Response:
    """An answer, whatever its status. *whole*: its body is not larger than what was read."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Route:
    """The way to a server: through *proxy*, a web address, or through what the machine's own
    variables name (HTTPS_PROXY, NO_PROXY …), if *trust_env*; directly without either."""

    proxy: str | None = field(default=None, repr=False)
    trust_env: bool = False

    def proxy_to(self, url: str) -> str | None:
        """Return the proxy through which *url* is asked; None if it is asked directly."""
        if self.proxy or not self.trust_env:
            return self.proxy
        from requests.utils import get_environ_proxies, select_proxy  # noqa: PLC0415 - seldom

        named = select_proxy(url, get_environ_proxies(url))
        return named if named is None or "://" in named else f"http://{named}"


DIRECT = Route()
Origin = tuple[str, str, int]  # scheme, host and port


def origin(url: str) -> Origin:
    """Return where a request to *url* goes, as it is read when it is asked: another reader finds
    another host in one that is written to deceive. Raises `ValueError` for no web address."""
    parts = parse_url(_place(url).origin)
    default = {"http": 80, "https": 443}[str(parts.scheme)]
    return str(parts.scheme), str(parts.host), parts.port or default


Admits = Callable[[str], bool]  # whether the address that a socket has reached may be asked


def anywhere(_: str) -> bool:
    """Return True: every address is admitted."""
    return True


class Connections:
    """Pooled connections to some servers. Safe to call from several threads.

    Certificates are verified, by the authorities of `SSL_CERT_FILE` where it is set. What a
    server sets as a cookie is sent back to it.
    """

    def __init__(self, limits: Limits, at_once: int = 4, route: Route = DIRECT) -> None:
        self._limits = limits
        self._at_once = at_once
        self._route = route
        self._timeout = Timeout(*limits.seconds)
        self._managers: dict[tuple[str, str | None], PoolManager] = {}
        self._pools: dict[str, _Keeping] = {}  # by the beginning of what is asked of them
        self._jar = Jar()

    def exchange(self, call: Call, deadline: Deadline, admits: Admits = anywhere) -> Response:
        """Return the answer to *call* before *deadline*; a redirect is an answer.

        *admits* is asked for every new connection, before a byte is sent over it; what a proxy
        connects to, it cannot see. Raises `ExchangeError` for anything but an answer.
        """
        _running.deadline, _running.admits = deadline, admits
        status = None
        try:
            response = self._asked(call)
            status = response.status
            body, whole = _body(response, self._most(status))
            self._jar.keep(call.url, response.headers)
            return Response(status, response.headers, body, whole)
        except (HTTPError, OSError, ValueError) as error:
            raise self._failure(error, deadline, status) from None

    def close(self) -> None:
        """Give back the connections."""
        for manager in self._managers.values():
            manager.clear()

    def _asked(self, call: Call) -> _Plain | BaseHTTPResponse:
        place, proxy = _place(call.url), self._route.proxy_to(call.url)
        login = make_headers(basic_auth=unquote(place.login)) if place.login else {}
        headers = {**ALWAYS, **self._jar.header(call.url), **call.headers, **login}
        if proxy is None and (answer := self._again(call, place, headers)) is not None:
            return answer
        return self._manager(place.scheme, proxy).urlopen(
            call.method,
            place.origin + place.target,
            body=call.body,
            headers=headers,
            timeout=self._timeout,
            retries=NEVER,
            redirect=False,
            preload_content=False,
        )

    def _again(
        self, call: Call, place: _Place, headers: Mapping[str, str]
    ) -> _Plain | BaseHTTPResponse | None:
        """The answer over a connection that was kept; None where there is none, and to what is
        posted."""
        asked = question(place.target, place.host, headers)
        if asked is None or call.method != "GET" or call.body is not None:
            return None
        return self._pool(place).again(asked)

    def _pool(self, place: _Place) -> _Keeping:
        """What keeps the connections to one server; it is closed when others have come since."""
        known = self._pools.get(place.origin)
        if known is not None and known.pool is not None:
            return known
        found = self._manager(place.scheme, None).connection_from_url(place.origin)
        if len(self._pools) >= HOSTS:
            self._pools.clear()
        return self._pools.setdefault(place.origin, cast(_Keeping, found))

    def _manager(self, scheme: str, proxy: str | None) -> PoolManager:
        """What keeps the connections for addresses of *scheme*; made when the first is asked."""
        known = self._managers.get((scheme, proxy))
        return known or self._managers.setdefault((scheme, proxy), self._made(scheme, proxy))

    def _made(self, scheme: str, proxy: str | None) -> PoolManager:
        secure = scheme == "https" or (proxy or "").startswith("https:")
        options: dict[str, Any] = {"num_pools": HOSTS, "maxsize": self._at_once}
        options |= {"ssl_context": _trust(authorities())} if secure else {}
        if proxy is None:
            manager = PoolManager(**options)
        else:
            login = _login(proxy)
            headers = make_headers(proxy_basic_auth=login) if login else {}
            manager = ProxyManager(proxy, proxy_headers=headers, **options)
        manager.pool_classes_by_scheme = POOLS
        return manager

    def _most(self, status: int) -> int:
        return self._limits.body if 200 <= status < 300 else ERROR_BODY

    def _failure(self, error: Exception, deadline: Deadline, status: int | None) -> ExchangeError:
        causes = list(_causes(error))
        return ExchangeError(
            self._reason(error, causes, deadline),
            status,
            unaddressable=isinstance(error, LocationValueError),
            not_admitted=any(isinstance(cause, NotAdmittedError) for cause in causes),
        )

    def _reason(self, error: Exception, causes: list[BaseException], deadline: Deadline) -> str:
        if deadline.passed or isinstance(error, ReadTimeoutError | TimeoutError):
            return Detail(f"no answer within {in_seconds(self._limits.deadline)}", Cut.SLOW)
        refused = isinstance(error, NewConnectionError)
        if isinstance(error, ConnectTimeoutError) and not refused:
            return Detail(f"no connection within {in_seconds(self._limits.connect)}", Cut.SLOW)
        named = filter(None, map(_words, causes))
        return next(named, f"no connection ({type(error).__name__})")


def _body(response: _Plain | BaseHTTPResponse, most: int) -> tuple[bytes, bool]:
    """The body and whether that is all of it; of one larger than *most*, its beginning.

    Read to its end, so that the connection is kept; given up with one that is larger, or fails.
    """
    if isinstance(response, _Plain):
        return response.taken(most)
    chunks = bytearray()
    try:
        for chunk in response.stream(CHUNK, decode_content=True):
            chunks += chunk
            if len(chunks) > most:
                response.close()
                return bytes(chunks[:most]), False
    except BaseException:
        response.close()
        raise
    response.release_conn()
    return bytes(chunks), True


@dataclass(frozen=True, slots=True)
class _Place:
    """An address as it is asked for. *origin*: `scheme://host`, *host* with its port, if any."""

    scheme: str
    origin: str
    host: str
    target: str
    login: str | None = field(default=None, repr=False)


def _place(url: str) -> _Place:
    """What *url* says. Raises `LocationParseError` for one that no web server has."""
    if known := ADDRESS.fullmatch(url):
        return _Place(*known.groups())
    parts = parse_url(url)
    if parts.scheme not in POOLS or not parts.host:
        raise LocationParseError(NO_ADDRESS)
    origin, host = f"{parts.scheme}://{parts.netloc}", parts.netloc or ""
    return _Place(parts.scheme, origin, host, parts.request_uri, parts.auth)


def _login(url: str) -> str | None:
    """`user:password` of *url*, as they are."""
    login = parse_url(url).auth
    return unquote(login) if login else None


@cache
def _trust(file: str | None) -> ssl.SSLContext:
    """What verifies certificates, made once: loading the authorities takes long."""
    context = create_urllib3_context()
    context.load_verify_locations(file or certifi.where())
    return context


REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (NotAdmittedError, "an address that may not be asked"),
    (ProxyError, "the proxy refused, or cannot be reached"),
    (NameResolutionError, Detail("host name not found", Cut.HOST)),
    (IncompleteRead, Detail("the answer broke off", Cut.CUT_OFF)),
    (DecodeError, "the body cannot be decompressed"),
    (RemoteDisconnected, Detail("the server hung up without an answer", Cut.CUT_OFF)),
    (LocationValueError, NO_ADDRESS),
)


def _words(cause: BaseException) -> str | None:
    """The line for *cause*, never its own text: that quotes the address with its key."""
    known = next((words for kind, words in REASONS if isinstance(cause, kind)), None)
    if known or isinstance(cause, HTTPError):
        return known
    return why(cause)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """*error* and all that it wraps, the outermost first."""
    seen: list[BaseException] = []
    queue: list[object] = [error]
    while queue:
        cause = queue.pop(0)
        if not isinstance(cause, BaseException) or cause in seen:
            continue
        seen.append(cause)
        yield cause
        queue += [getattr(cause, "reason", None), *cause.args, cause.__cause__, cause.__context__]


_running = local()  # the deadline of the exchange under way, and what it admits


def _admitted(connection: socket.socket, through_proxy: bool) -> socket.socket:
    """A new connection if it may be used. From here on the deadline holds, for TLS too."""
    if not through_proxy and not _running.admits(connection.getpeername()[0]):
        connection.close()
        raise NotAdmittedError
    _running.deadline.watch(connection)
    return connection


class _Watched:
    """A connection that the deadline can cut."""

    sock: socket.socket
    proxy: Any

    def _new_conn(self) -> socket.socket:
        return _admitted(super()._new_conn(), self.proxy is not None)  # type: ignore[misc]

    def begin_anew(self) -> None:
        """Let the deadline of the exchange under way hold; from here on something may be out."""
        _running.deadline.watch(self.sock)
        _running.deadline.asked = True

    def getresponse(self) -> HTTPResponse:
        self.begin_anew()
        return super().getresponse()  # type: ignore[misc, no-any-return]


class _Connection(_Watched, HTTPConnection):  # type: ignore[misc]
    pass


class _SecureConnection(_Watched, HTTPSConnection):  # type: ignore[misc]
    pass


class _Plain:
    """An answer over a connection that was kept, of which the head alone was read."""

    def __init__(self, head: Head, connection: Any, pool: _Keeping) -> None:
        self.status = head.status
        self.headers = Fields(head.fields)
        self._length = head.length
        self._begun = head.begun
        self._connection = connection
        self._pool = pool

    def taken(self, most: int) -> tuple[bytes, bool]:
        """Return the body, as `_body` does, and give the connection back."""
        wanted, found = min(self._length, most), bytearray(self._begun)
        try:
            while len(found) < wanted:
                found += self._part(len(found))
        except BaseException:
            self._connection.close()
            raise
        if len(found) != self._length:  # more than is wanted, or than was announced
            self._connection.close()
        self._pool.give_back(self._connection)
        return bytes(found[:wanted]), self._length <= most

    def _part(self, known: int) -> bytes:
        if part := self._connection.sock.recv(CHUNK):
            return bytes(part)
        raise IncompleteRead(known, self._length - known)


class _Keeping:
    """A pool that asks by bytes over a connection it has kept. What is not plain is read by the
    library, whose own layers cost many times what a plain exchange does."""

    QueueCls: Any = Stack
    pool: Any
    _get_conn: Any
    _put_conn: Any

    def again(self, asked: bytes) -> _Plain | BaseHTTPResponse | None:
        """Return the answer over a connection that was kept; None where there is none."""
        connection = self._get_conn()
        if connection.sock is None:
            self._put_conn(connection)
            return None
        try:
            connection.begin_anew()
            connection.sock.sendall(asked)
            received = received_over(connection.sock)
            head = plain_head(received)
            if head is not None:
                return _Plain(head, connection, self)
            return _by_library(connection, received, self)
        except BaseException as error:
            connection.close()
            self._put_conn(connection)
            if isinstance(error, HTTPException):
                raise ProtocolError(str(error), error) from error
            raise

    def give_back(self, connection: Any) -> None:
        """Keep *connection* for the next question."""
        self._put_conn(connection)


def _by_library(connection: Any, received: bytes, pool: Any) -> BaseHTTPResponse:
    """The answer that begins with what was *received*, whatever it is."""
    answer = Answered(Begun(connection.sock, received), method="GET")  # type: ignore[arg-type]
    answer.begin()
    if answer.will_close:
        connection.close()
    return HTTPResponse(
        body=answer,
        headers=HTTPHeaderDict((k, FOLDED.sub(" ", v)) for k, v in answer.msg.items()),
        status=answer.status,
        preload_content=False,
        original_response=answer,
        request_method="GET",
        pool=pool,
        connection=connection,
    )


class _Pool(_Keeping, HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(_Keeping, HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


POOLS = {"http": _Pool, "https": _SecurePool}
