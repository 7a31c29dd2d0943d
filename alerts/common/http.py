"""Web requests: pooled connections, bounded in time and size, and the reason of every failure.

What channels and gateways share. Decides nothing about what a failure or an answer means, and
follows no redirect. The only file that knows requests and urllib3.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import RemoteDisconnected
from threading import local
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    DecodeError,
    HTTPError,
    IncompleteRead,
    LocationParseError,
    NameResolutionError,
)
from urllib3.response import HTTPResponse

from alerts.common.deadline import Deadline, Limits, in_seconds
from alerts.common.tls import authorities, why

AGENT = "account-freshness-monitor"
LOGGERS = ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry")
CHUNK = 64 * 1024
ERROR_BODY = 64 * 1024  # how much of an error page is read: enough for its reason
NO_ADDRESS = "no address that can be requested"
UNADDRESSABLE = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    LocationParseError,
)


class NotAdmittedError(OSError):
    """A connection led to an address that may not be asked. Nothing was sent over it."""


class ExchangeError(Exception):
    """No complete answer. Its text is one line that never quotes the address.

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

    def proxies(self, url: str) -> Mapping[str, str]:
        """Return the proxy for *url* by scheme; empty if it is asked directly."""
        if self.proxy:
            return {"http": self.proxy, "https": self.proxy}
        return get_environ_proxies(url) if self.trust_env else {}


DIRECT = Route()
Admits = Callable[[str], bool]  # whether the address that a socket has reached may be asked


def anywhere(_: str) -> bool:
    """Return True: every address is admitted."""
    return True


class Connections:
    """Pooled connections to some servers. Safe to call from several threads.

    Certificates are verified, by the authorities of `SSL_CERT_FILE` where it is set.
    """

    def __init__(self, limits: Limits, at_once: int = 4, route: Route = DIRECT) -> None:
        self._limits = limits
        self._route = route
        self._session = requests.Session()
        self._session.trust_env = False  # neither netrc nor anything else of the machine
        self._session.verify = authorities() or True
        self._session.headers["User-Agent"] = AGENT
        adapter = _Adapter(pool_connections=2, pool_maxsize=at_once, max_retries=0)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def exchange(self, call: Call, deadline: Deadline, admits: Admits = anywhere) -> Response:
        """Return the answer to *call* before *deadline*; a redirect is an answer.

        *admits* is asked for every new connection, before a byte is sent over it; what a proxy
        connects to, it cannot see. Raises `ExchangeError` for anything but an answer.
        """
        _running.deadline, _running.admits = deadline, admits
        status = None
        try:
            response = self._asked(call)
            status = response.status_code
            with response:
                body, whole = _body(response.raw, self._most(status))
            return Response(status, response.headers, body, whole)
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise self._failure(error, deadline, status) from None

    def close(self) -> None:
        """Give back the connections."""
        self._session.close()

    def _asked(self, call: Call) -> requests.Response:
        return self._session.request(
            call.method,
            call.url,
            data=call.body,
            headers=dict(call.headers),
            timeout=self._limits.seconds,
            proxies=dict(self._route.proxies(call.url)),
            allow_redirects=False,
            stream=True,
        )

    def _most(self, status: int) -> int:
        return self._limits.body if 200 <= status < 300 else ERROR_BODY

    def _failure(self, error: Exception, deadline: Deadline, status: int | None) -> ExchangeError:
        causes = list(_causes(error))
        return ExchangeError(
            self._reason(error, causes, deadline),
            status,
            unaddressable=isinstance(error, UNADDRESSABLE),
            not_admitted=any(isinstance(cause, NotAdmittedError) for cause in causes),
        )

    def _reason(self, error: Exception, causes: list[BaseException], deadline: Deadline) -> str:
        if deadline.passed or isinstance(error, requests.ReadTimeout):
            return f"no answer within {in_seconds(self._limits.deadline)}"
        if isinstance(error, requests.ConnectTimeout):
            return f"no connection within {in_seconds(self._limits.connect)}"
        named = filter(None, map(_words, causes))
        return next(named, f"no connection ({type(error).__name__})")


def _body(raw: HTTPResponse, most: int) -> tuple[bytes, bool]:
    """The body and whether that is all of it; of one larger than *most*, its beginning.

    Read to its end, so that the connection is kept.
    """
    chunks = bytearray()
    for chunk in raw.stream(CHUNK, decode_content=True):
        chunks += chunk
        if len(chunks) > most:
            return bytes(chunks[:most]), False
    return bytes(chunks), True


REASONS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (NotAdmittedError, "an address that may not be asked"),
    (requests.exceptions.ProxyError, "the proxy refused, or cannot be reached"),
    (NameResolutionError, "host name not found"),
    (IncompleteRead, "the answer broke off"),
    (DecodeError, "the body cannot be decompressed"),
    (RemoteDisconnected, "the server hung up without an answer"),
    (UNADDRESSABLE, NO_ADDRESS),
)


def _words(cause: BaseException) -> str | None:
    """The line for *cause*, never its own text: that quotes the address with its key."""
    known = next((words for kind, words in REASONS if isinstance(cause, kind)), None)
    if known or isinstance(cause, requests.RequestException | HTTPError):
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

    def getresponse(self) -> HTTPResponse:
        _running.deadline.watch(self.sock)
        _running.deadline.asked = True
        return super().getresponse()  # type: ignore[misc, no-any-return]


class _Connection(_Watched, HTTPConnection):  # type: ignore[misc]
    pass


class _SecureConnection(_Watched, HTTPSConnection):  # type: ignore[misc]
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


POOLS = {"http": _Pool, "https": _SecurePool}


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> ProxyManager:
        manager: ProxyManager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = POOLS
        return manager
