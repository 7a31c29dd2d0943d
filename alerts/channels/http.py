"""HTTP for the channels: bounded in time and size, never redirected, and silent about addresses.

Decides which failed exchanges are worth another try, never what an answer's body means. The
only file of this package that knows requests.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from http.client import RemoteDisconnected
from threading import local

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, IncompleteRead, LocationParseError, NameResolutionError
from urllib3.response import HTTPResponse

from alerts.channels.replies import Reply, UnixTime
from alerts.common.deadline import USUAL, Deadline, Deadlines, Limits, in_seconds
from alerts.common.redaction import Secrecy, keys_of
from alerts.common.retry_after import retry_after
from alerts.common.tls import authorities, why
from alerts.message import DeliveryError, Failure

LONGEST_RETRY_AFTER = timedelta(hours=6)
AGENT = "account-freshness-monitor"
CHUNK = 16 * 1024
LOGGERS = ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry")
NO_ADDRESS = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    LocationParseError,
)
REASONS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (NameResolutionError, "host name not found"),
    (IncompleteRead, "the answer broke off"),
    (RemoteDisconnected, "the server hung up without an answer"),
    (NO_ADDRESS, "no address that can be requested"),
)


class Http:
    """One channel's pooled connections. Safe to call from several threads.

    *secrets* and the keys in *urls* appear in no error and no log. *unix_time* is the real
    clock even where a pass is driven by another one: it is the server's clock it speaks to.
    """

    def __init__(
        self,
        urls: Iterable[str],
        secrets: Iterable[str] = (),
        limits: Limits = USUAL,
        unix_time: UnixTime = time.time,
    ) -> None:
        self._limits = limits
        self._unix_time = unix_time
        self._deadlines = Deadlines()
        self._secrecy = Secrecy([*secrets, *(key for url in urls for key in keys_of(url))])
        self._secrecy.hush(*LOGGERS)
        self._session = requests.Session()
        self._session.trust_env = False  # neither proxies nor netrc of the machine
        self._session.verify = authorities() or True
        self._session.headers["User-Agent"] = AGENT
        adapter = HTTPAdapter(pool_connections=2, pool_maxsize=4, max_retries=0)
        adapter.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def post(self, url: str, body: bytes, headers: Mapping[str, str] | None = None) -> Reply:
        """Return the answer to a POST of JSON bytes. Raises `DeliveryError` if there is none."""
        sent = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
        return self._asked("POST", url, body, sent)

    def _asked(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Reply:
        with self._deadlines.within(self._limits.deadline) as deadline:
            _running.deadline = deadline
            try:
                return self._exchange(method, url, body, headers, deadline)
            except NO_ADDRESS:
                raise self._error(Failure.CHANNEL, "no address that can be requested") from None
            except (requests.RequestException, HTTPError, OSError, ValueError) as error:
                said = self._why(error, deadline)
                raise self._error(Failure.LATER, said, deadline.asked) from None

    def get(self, url: str) -> Reply:
        """Return the answer to a GET. Raises `DeliveryError` if there is none."""
        return self._asked("GET", url, None, {})

    def line(self, text: str) -> str:
        """Return *text*, a service's own words, on one line and without this channel's secrets."""
        return self._secrecy.line(text)

    def close(self) -> None:
        """End what is under way and give back the connections."""
        self._deadlines.close()
        self._session.close()
        self._secrecy.release()

    def _exchange(
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        deadline: Deadline,
    ) -> Reply:
        response = self._session.request(
            method,
            url,
            data=body,
            headers=dict(headers),
            timeout=self._limits.seconds,
            allow_redirects=False,
            stream=True,
        )
        try:
            received = _body(response.raw, self._limits.body)
        finally:
            response.close()
        if deadline.passed:
            raise TimeoutError
        now = datetime.fromtimestamp(self._unix_time(), UTC)
        asked = retry_after(response.headers.get("Retry-After"), LONGEST_RETRY_AFTER, now)
        return Reply(response.status_code, received, asked)

    def _why(self, error: Exception, deadline: Deadline) -> str:
        if deadline.passed or isinstance(error, requests.ReadTimeout):
            return f"no answer within {in_seconds(self._limits.deadline)}"
        if isinstance(error, requests.ConnectTimeout):
            return f"no connection within {in_seconds(self._limits.connect)}"
        return _reason(error)

    def _error(self, failure: Failure, detail: str, doubtful: bool = False) -> DeliveryError:
        return DeliveryError(failure, self.line(detail), doubtful=doubtful)


def _body(raw: HTTPResponse, most: int) -> bytes:
    """Return the first *most* bytes: an answer's verdict is short, the rest is decoration."""
    chunks = bytearray()
    for chunk in raw.stream(CHUNK, decode_content=True):
        chunks += chunk
        if len(chunks) >= most:
            break
    return bytes(chunks[:most])


def _reason(error: BaseException) -> str:
    return next(filter(None, map(_words, _causes(error))), f"no connection ({_name(error)})")


def _words(cause: BaseException) -> str | None:
    known = next((words for kind, words in REASONS if isinstance(cause, kind)), None)
    if known or isinstance(cause, requests.RequestException | HTTPError):
        return known
    return why(cause)


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


_running = local()


class _Connection(HTTPConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        _running.deadline.watch(self.sock)
        _running.deadline.asked = True
        return super().getresponse()


class _SecureConnection(HTTPSConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        _running.deadline.watch(self.sock)
        _running.deadline.asked = True
        return super().getresponse()


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection
