"""Web requests to gateways: every failure is a value, and only what is public is asked.

Decides what kind of failure a failed exchange is and which redirects are followed, never what
an answer means.
"""

from __future__ import annotations

import ipaddress
import json
import re
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode, urljoin, urlsplit

from alerts.common.deadline import Deadline, Limits, in_seconds, within
from alerts.common.http import (
    DIRECT,
    LOGGERS,
    Admits,
    Call,
    Connections,
    ExchangeError,
    Origin,
    Response,
    Route,
    anywhere,
    origin,
)
from alerts.common.redaction import Redactor, keys_of
from alerts.common.retry_after import retry_after
from alerts.told import Detail
from monitor.causes import Cause, of_status
from monitor.model import Outcome, Validators
from monitor.sources.answers import (
    LONGEST_RETRY_AFTER,
    USUAL,
    Answer,
    Failed,
    Spend,
    unmetered,
)

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
SECRET_HEADERS = ("Cookie", "Authorization")
REDIRECTS = 5
REDIRECTED = frozenset({301, 302, 303, 307, 308})
PLAIN_HOME = re.compile(r"(https?://[\w.-]+(?::\d+)?)(?:/|$)")  # without a login
QUOTA_SPENT = Detail(
    "the day's quota of requests is spent; nothing more is asked before midnight", Cause.QUOTA
)
PRIVATE = Detail("a private address, which only the gateway's own url may lead to", Cause.PRIVATE)
# IPv6 networks whose last four bytes are an IPv4 address: of a translator, and of an old form.
CARRYING_IPV4 = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "::/96")))
# Reserved, though versions of the standard library call some of them global: for protocols and
# relays; for SRv6, translators, sites and documents, by leaving no more than global unicast.
# https://www.iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry
RESERVED_IPV4 = tuple(map(ipaddress.IPv4Network, ("192.0.0.0/24", "192.88.99.0/24")))
RESERVED_IPV6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20")))
# Names that no public server answers to: RFC 6761, 6762, 8375, and what ICANN set aside.
LOCAL_NAMES = (".localhost", ".local", ".internal", ".home.arpa", ".lan")
UNICAST_IPV6 = ipaddress.IPv6Network("2000::/3")


class Http:
    """One gateway's pooled connections. Safe to call from several threads.

    *home*: the only address that may lie in a private network, by its scheme, host and port;
    None where any may. It is the address connected to that counts, not what a name resolved
    to before; behind a proxy, which resolves names itself, the address as it is written. *spend*
    is asked before every single request, a redirect's too. *route*: the proxy, if any.
    """

    def __init__(
        self,
        secrets: Iterable[str] = (),
        limits: Limits = USUAL,
        connections: int = 4,
        home: str | None = None,
        spend: Spend = unmetered,
        route: Route = DIRECT,
    ) -> None:
        self._limits = limits
        self._home = None if home is None else _origin(home)
        self._homely = "" if home is None else _begins(home)
        self._spend = spend
        self._route = route
        self._redactor = Redactor([*secrets, *keys_of(route.proxy or "")])
        self._redactor.hush(*LOGGERS)
        self._connections = Connections(limits, connections, route)

    def get(
        self, url: str, now: datetime, headers: Mapping[str, str] | None = None
    ) -> Answer | Failed:
        """Return the answer to a GET, redirects on the same host followed.

        *headers* go out as they are. *now* is what a Retry-After date counts from.
        """
        return self._followed(Call("GET", url, headers or {}), now)

    def post(self, url: str, body: Mapping[str, object], now: datetime) -> Answer | Failed:
        """Return the answer to a POST of *body* as JSON, repeated as it is after a redirect on
        the same host. *now* as in `get`."""
        sent = json.dumps(body).encode()
        return self._followed(Call("POST", url, {"Content-Type": JSON}, sent), now)

    def post_form(self, url: str, fields: Mapping[str, str], now: datetime) -> Answer | Failed:
        """Return the answer to a POST of *fields* as a form; else as `post`."""
        sent = urlencode(fields).encode()
        return self._followed(Call("POST", url, {"Content-Type": FORM}, sent), now)

    def hide(self, name: str, secret: str) -> None:
        """Mask *secret* from now on. A new one of the same *name* takes the old one's place,
        so that tokens renewed for years do not pile up."""
        self._redactor.hide(name, secret)

    def masked(self, text: str) -> str:
        """Return *text* without this gateway's secrets, nor what an address carries as one."""
        return self._redactor.strike(text)

    def redact(self, text: str) -> str:
        """Return *text* on one line, shortened, and without this gateway's secrets."""
        return self._redactor.line(text)

    def close(self) -> None:
        """Give back pooled connections."""
        self._connections.close()
        self._redactor.release()

    def _followed(self, call: Call, now: datetime) -> Answer | Failed:
        with within(self._limits.deadline) as deadline:
            for _ in range(REDIRECTS + 1):
                gone = self._exchange(call, now, deadline)
                if not isinstance(gone, _Moved):
                    return gone
                if (refused := _refused(call, gone)) is not None:
                    return refused
                call = replace(call, url=gone.url)
        return Failed(Outcome.STATUS, _moved(f"more than {REDIRECTS} redirects"), gone.status)

    def _exchange(self, call: Call, now: datetime, deadline: Deadline) -> Answer | Failed | _Moved:
        if not self._spend(now):
            return Failed(Outcome.QUOTA, QUOTA_SPENT)
        at_home = self._at_home(call.url)
        if not at_home and self._route.proxy_to(call.url) and _written_private(call.url):
            return Failed(Outcome.TRANSPORT, PRIVATE)
        admits: Admits = anywhere if at_home else _is_public
        try:
            found = self._connections.exchange(call, deadline, admits)
        except ExchangeError as error:
            return self._failed(error, deadline)
        return self._received(call.url, found, now, deadline)

    def _at_home(self, url: str) -> bool:
        if self._home is None or (self._homely and url.startswith(self._homely)):
            return True
        return _origin(url) == self._home

    def _failed(self, error: ExchangeError, deadline: Deadline) -> Failed:
        if deadline.passed and error.status is not None:
            return self._too_slow(error.status)
        reason = PRIVATE if error.not_admitted else error.reason
        return Failed(Outcome.TRANSPORT, reason, error.status)

    def _received(
        self, url: str, found: Response, now: datetime, deadline: Deadline
    ) -> Answer | Failed | _Moved:
        status, location = found.status, found.headers.get("Location")
        if status in REDIRECTED and location:
            return _Moved(_joined(url, location), status)
        content_type = found.headers.get("Content-Type", "")
        if not (status == 304 or 200 <= status < 300):
            asked = retry_after(found.headers.get("Retry-After"), LONGEST_RETRY_AFTER, now)
            error_page = found.body if found.whole else b""
            return Failed(
                Outcome.STATUS, of_status(status), status, asked, error_page, content_type
            )
        if deadline.passed:
            return self._too_slow(status)
        if not found.whole:
            return Failed(Outcome.LIMITS, f"larger than {self._limits.body} bytes", status)
        return Answer(status, found.body, content_type, _validators(found.headers), url)

    def _too_slow(self, status: int) -> Failed:
        late = Detail(f"slower than {in_seconds(self._limits.deadline)}", Cause.SLOW)
        return Failed(Outcome.LIMITS, late, status)


def is_private(address: str) -> bool:
    """Return whether *address* (IPv4 or IPv6, as a socket names it) is not on the open internet.

    An IPv4 address inside an IPv6 one counts as itself.
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_multicast or not ip.is_global or any(ip in n for n in RESERVED_IPV4)
    inner = ip.ipv4_mapped or ip.sixtofour
    if any(ip in network for network in CARRYING_IPV4):
        inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    if inner:
        return is_private(str(inner))
    return ip not in UNICAST_IPV6 or not ip.is_global or any(ip in n for n in RESERVED_IPV6)


def _is_public(address: str) -> bool:
    return not is_private(address)


def _written_private(url: str) -> bool:
    """Whether the host in *url* is written as a private address, in whatever notation, or is a name
    of the local network."""
    found = _origin(url)
    if found is None:
        return True  # nothing that could be asked
    host = found[1].strip("[]").rstrip(".").replace("%25", "%")
    try:
        numeric = socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
    except (ValueError, OSError):
        return "." not in host or host.endswith(LOCAL_NAMES)
    return any(is_private(str(found[4][0])) for found in numeric)


@dataclass(frozen=True, slots=True)
class _Moved:
    url: str
    status: int


def _refused(call: Call, moved: _Moved) -> Failed | None:
    """A redirect to another host is most often a login page, and never the same feed. One to
    the same host without TLS would show a cookie or a posted secret to everybody on the way."""
    before, after = _origin(call.url), _origin(moved.url)
    if before is None or after is None:
        kind = "web address" if _reads_as_address(moved.url) else "address at all"
        return Failed(Outcome.STATUS, _moved(f"redirected to no {kind}"), moved.status)
    if after[1] != before[1]:
        line = _moved(f"redirected to another host ({after[1][:80]})")
        return Failed(Outcome.WRONG_ACCOUNT, line, moved.status)
    if (before[0], after[0]) == ("https", "http") and _secret(call):
        line = _moved("redirected from https to http, with a secret")
        return Failed(Outcome.STATUS, line, moved.status)
    return None


def _moved(line: str) -> Detail:
    return Detail(line, Cause.MOVED)


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return location  # refused as no address at all


def _reads_as_address(text: str) -> bool:
    try:
        urlsplit(text)
    except ValueError:
        return False
    return True


def _secret(call: Call) -> bool:
    """Whether more than an address goes out: a cookie, a code, or what is posted."""
    return call.body is not None or not call.headers.keys().isdisjoint(SECRET_HEADERS)


def _origin(url: str) -> Origin | None:
    """Where a request to *url* goes; None for no web address."""
    try:
        return origin(url)
    except ValueError:
        return None


def _begins(home: str) -> str:
    """How every address of *home* begins, as it is written; nothing for what is no address."""
    found = PLAIN_HOME.match(home)
    return f"{found[1]}/" if found and _origin(home) else ""


def _validators(headers: Mapping[str, str]) -> Validators:
    etag, modified = headers.get("ETag"), headers.get("Last-Modified")
    return Validators(_sendable(etag), _sendable(modified))


def _sendable(value: str | None) -> str | None:
    # A folded header cannot be sent back and would make every later request fail.
    return value if value and value.isprintable() else None
