"""What comes of one exchange with a gateway, and what may be said and spent in it. Pure.

Apart from the exchange itself, which is `http.py`, so that who only looks at addresses and
answers need not load the library that makes requests.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alerts.common.deadline import Limits
from monitor.model import Outcome, Validators

LONGEST_RETRY_AFTER = timedelta(days=1)


# RSSHub holds a request for up to 60 s while another one fetches the same route.
FEED_BODY, PAGE_BODY = 15_000_000, 3_000_000  # bytes: a feed may hold whole articles
USUAL = Limits(deadline=timedelta(seconds=90), body=FEED_BODY)

# Counts one more request at an instant; False: the day's quota is spent, it must not be made.
Spend = Callable[[datetime], bool]


def unmetered(_: datetime) -> bool:
    """Return True: the gateway has no quota."""
    return True


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
    """No usable answer. *body* is the start of an error page, for its reason. *alone*: it concerns
    the account that was asked about, and no other one behind the gateway."""

    outcome: Outcome
    detail: str
    status: int | None = None
    retry_after: timedelta | None = None
    body: bytes = field(default=b"", repr=False)
    content_type: str = ""
    alone: bool = False


def conditional(validators: Validators) -> dict[str, str]:
    """Return the request headers that send *validators* back verbatim."""
    sent = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in sent.items() if value}


def unconditional() -> dict[str, str]:
    """Return the request headers that no cache in between may answer from its store."""
    return {"Cache-Control": "no-cache"}
