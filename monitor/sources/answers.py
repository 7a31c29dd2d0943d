"""What comes of one exchange with a gateway, and what may be said and spent in it. Pure.

Apart from the exchange itself, which is `http.py`, so that who only looks at addresses and
answers need not load the library that makes requests.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from monitor.model import Outcome, Validators

LONGEST_RETRY_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one exchange may cost. *deadline* counts from the first byte sent to the last read.

    RSSHub holds a request for up to 60 s while another one fetches the same route, so the
    default deadline is well above that. *body* counts bytes after decompression.
    """

    connect: timedelta = timedelta(seconds=10)
    deadline: timedelta = timedelta(seconds=90)
    body: int = 2_000_000


USUAL = Limits()


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer: 2xx with its body, or 304 without one."""

    status: int
    body: bytes = field(repr=False)
    content_type: str = ""
    validators: Validators = Validators()
    url: str = field(default="", repr=False)  # where it came from, after redirects


@dataclass(frozen=True, slots=True)
class Failed:
    """No usable answer. *body* is the start of an error page, for its reason."""

    outcome: Outcome
    detail: str
    status: int | None = None
    retry_after: timedelta | None = None
    body: bytes = field(default=b"", repr=False)
    content_type: str = ""


def conditional(validators: Validators) -> dict[str, str]:
    """Return the request headers that send *validators* back verbatim."""
    sent = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in sent.items() if value}


def unconditional() -> dict[str, str]:
    """Return the request headers that no cache in between may answer from its store."""
    return {"Cache-Control": "no-cache"}


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Return how long a Retry-After header asks to wait at *now*: seconds or an HTTP date.

    None for nothing usable, zero for the past, at most a day. A date without a zone is GMT
    (RFC 9110, 5.6.7).
    """
    text = (value or "").strip()
    if text.isdecimal():
        return timedelta(seconds=min(int(text[:9]), LONGEST_RETRY_AFTER.total_seconds()))
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    wait = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    return min(max(wait, timedelta(0)), LONGEST_RETRY_AFTER)
