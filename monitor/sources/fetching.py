"""The way from an address to a `Fetched` that all kinds of feed share.

What proves that the gateway is alive differs by kind and is passed in. Judging the window
beside what is known is not done here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from alerts.told import Detail, code_in, coded
from monitor.causes import Cause
from monitor.ledger.identity import account_identity
from monitor.model import Outcome, Pulse
from monitor.sources import feed
from monitor.sources.answers import Answer, Failed, conditional, unconditional
from monitor.sources.base import Fetched, NotAvailable, ReadRequest, SelfReport
from monitor.sources.pages import reason

if TYPE_CHECKING:
    from monitor.sources.http import Http


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an answer proves of its gateway, as of when, and why it proves no more."""

    pulse: Pulse
    as_of: datetime | None
    detail: str = ""


Witness = Callable[[Answer], Evidence]
Parser = Callable[[Answer], feed.Window | feed.NotAFeed]
Found = TypeVar("Found")
KEPT = timedelta(seconds=60)  # one list serves all accounts of a round

UNASKED = Failed(
    Outcome.STATUS,
    Detail(
        "HTTP 304 although nothing was said to be known: a cache in between is at fault",
        Cause.OLD_COPY,
    ),
    304,
)

NO_WINDOW = feed.Window((), "", "")


@dataclass(frozen=True, slots=True)
class FeedRequest:
    """One feed to get.

    *expected*: the identity its link must name, where it names one; *besides*: others that
    are the same account, which has moved. *by_items*: the links of the items show whose they
    are, too. *parse*: how to read the body, for what is no feed. *zone*: where dates that name
    none were written; None: they prove nothing.
    """

    url: str
    request: ReadRequest
    witness: Witness
    expected: str | None = None
    besides: tuple[str, ...] = ()
    by_items: bool = False
    updated_counts: bool = False
    parse: Parser | None = None
    zone: tzinfo | None = None


class Shared(Generic[Found]):
    """One question whose answer serves all sources of a gateway for a minute.

    A failure is not kept. Safe to call from several threads; only one of them asks.
    """

    def __init__(self, ask: Callable[[datetime], Found | Failed]) -> None:
        self._ask = ask
        self._known: tuple[datetime, Found] | None = None
        self._lock = Lock()

    def get(self, now: datetime) -> Found | Failed:
        """Return the answer as of at most a minute before *now*."""
        with self._lock:
            if self._known and timedelta(0) <= now - self._known[0] < KEPT:
                return self._known[1]
            found = self._ask(now)
            if not isinstance(found, Failed):
                self._known = (now, found)
            return found


def fetch(http: Http, wanted: FeedRequest) -> Fetched:
    """Return what the feed at the wanted's address says. Every failure is a value."""
    request = wanted.request
    validators = request.memory.validators
    headers = unconditional() if request.unconditional else conditional(validators)
    answer = http.get(wanted.url, request.now, headers)
    if isinstance(answer, Failed):
        return failed(http, request, answer)
    if answer.status == 304:
        asked = not request.unconditional and (validators.etag or validators.last_modified)
        return _unchanged(wanted, answer) if asked else failed(http, request, UNASKED)
    return _read(http, wanted, answer)


def failed(http: Http, request: ReadRequest, failure: Failed) -> Fetched:
    """Return the failure with the reason its error page gives, without secrets."""
    return Fetched(
        outcome=failure.outcome,
        started_at=request.now,
        status=failure.status,
        detail=_why(http, failure),
        retry_after=failure.retry_after,
        unconditional=request.unconditional,
    )


def not_available(http: Http, failure: Failed) -> NotAvailable:
    """Return the failure of a question about a day, with its reason, without secrets."""
    why = _why(http, failure)
    return NotAvailable(why, retry_after=failure.retry_after, alone=failure.alone)


def not_reported(http: Http, failure: Failed) -> SelfReport:
    """Return the failure of a question about the gateway itself, with its reason, without
    secrets."""
    return SelfReport(failure.outcome, _why(http, failure))


def _why(http: Http, failure: Failed) -> str:
    # Masked before it is quoted: a quotation cut inside a secret would show its beginning.
    said = reason(http.masked(feed.decoded(failure.body, failure.content_type)))
    line = f"{failure.detail}: {said}" if said else failure.detail
    # That a page stands there says less than the status it came with.
    told = (failure.detail, said) if code_in(said) == Cause.PAGE else (said, failure.detail)
    return coded(http.redact(line), *told)


def _read(http: Http, wanted: FeedRequest, answer: Answer) -> Fetched:
    request = wanted.request
    digest = feed.digest(answer.body)
    if digest == request.memory.body_hash and not request.unconditional:
        return _unchanged(wanted, answer)
    window = wanted.parse(answer) if wanted.parse else _parsed(wanted, answer)
    if isinstance(window, feed.NotAFeed):
        return failed(http, request, Failed(Outcome.NOT_A_FEED, window.detail, answer.status))
    named = _named(wanted, window)
    if (detail := _foreign(wanted, named)) is not None:
        return replace(
            failed(http, request, Failed(Outcome.WRONG_ACCOUNT, detail, answer.status)),
            identity=named[-1],
        )
    return _proven(wanted, answer, window, digest, named)


def _parsed(wanted: FeedRequest, answer: Answer) -> feed.Window | feed.NotAFeed:
    return feed.parse(
        answer.body,
        answer.content_type,
        wanted.request.platform,
        wanted.updated_counts,
        wanted.zone,
        answer.url,
    )


def _named(wanted: FeedRequest, window: feed.Window) -> list[str]:
    """The accounts that the window names, those it may name first."""
    links = [window.link, *(post.url for post in window.posts if wanted.by_items)]
    platform, fine = wanted.request.platform, (wanted.expected, *wanted.besides)
    found = {account_identity(platform, link) for link in links} - {None}
    return sorted((name for name in found if name), key=lambda name: (name not in fine, name))


def _foreign(wanted: FeedRequest, named: list[str]) -> str | None:
    """Why these are not the posts of the account asked for; None if they are."""
    if wanted.expected is None:
        several = " and ".join(named[:3])
        return f"posts of several accounts: {several}" if len(named) > 1 else None
    if named and named[-1] not in (wanted.expected, *wanted.besides):
        return f"the feed is that of {named[-1]}, not of {wanted.expected}"
    return None


def _unchanged(wanted: FeedRequest, answer: Answer) -> Fetched:
    return _proven(wanted, answer, None, wanted.request.memory.body_hash)


def _proven(
    wanted: FeedRequest,
    answer: Answer,
    window: feed.Window | None,
    digest: str | None,
    named: Sequence[str] = (),
) -> Fetched:
    """What *answer* says, as of when its gateway proves it: a *window*, or that nothing changed."""
    proof, shown = wanted.witness(answer), window or NO_WINDOW
    said = "; ".join(filter(None, (proof.detail, shown.remark)))
    return Fetched(
        outcome=Outcome.OK if window else Outcome.UNCHANGED,
        started_at=wanted.request.now,
        as_of=proof.as_of,
        pulse=proof.pulse,
        posts=shown.posts if window else None,
        validators=answer.validators,
        body_hash=digest,
        identity=(wanted.expected or named[0]) if named else None,
        title=shown.title if window else None,
        status=answer.status,
        detail=coded(said, proof.detail) if said else "",
        unconditional=wanted.request.unconditional,
        column=shown.column,
    )
