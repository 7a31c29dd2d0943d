"""What web services answer to a channel, and what that means for a delivery.

Apart from the exchange itself, which is `http.py`, so that who only looks at addresses and
keys need not load the library that makes requests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from alerts.message import DeliveryError, Failure, Why
from alerts.told import Detail, Told, coded

TOO_MANY = 429
BUSY = frozenset({408, 425, TOO_MANY})
REFUSED = frozenset({401, 403, 407})
GONE = frozenset({404, 410})

UnixTime = Callable[[], float]


@dataclass(frozen=True, slots=True)
class ServiceReply:
    """A complete answer, whatever its status."""

    status: int
    body: bytes = field(repr=False)
    retry_after: timedelta | None = None


def refusal(reply: ServiceReply) -> DeliveryError | None:
    """Return what an HTTP status other than 2xx means for a delivery; None for 2xx."""
    if 200 <= reply.status < 300:
        return None
    failure = _failure(reply.status)
    detail = coded(f"HTTP {reply.status}", *_why(reply.status))
    return DeliveryError(failure, detail, reply.retry_after, bare=True)


def _why(status: int) -> Iterator[Detail]:
    """What *status* says of why, if it does: it carries a code and no words."""
    if status in BUSY:
        yield Detail("", Why.OFTEN if status == TOO_MANY else Why.SLOW)
    elif status in REFUSED:
        yield Detail("", Why.LOGIN)
    elif status in GONE:
        yield Detail("", Why.GONE)
    elif status >= 500:
        yield Detail("", Why.INSIDE)


def url_problem(url: str) -> str | None:
    """Return what is wrong with *url* as a web address, without quoting it; or None."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1)
    except ValueError:
        usable = False
    if not usable or any(c.isspace() for c in url):
        return Told("expected a web address (http:// or https://)")
    return None


def _failure(status: int) -> Failure:
    if status in BUSY or status >= 500 or status < 200:
        return Failure.LATER
    if status in REFUSED or status < 400:
        # A redirect is not followed: another host must not receive what was meant for this one.
        return Failure.CHANNEL
    return Failure.ADDRESS if status in GONE else Failure.MESSAGE
