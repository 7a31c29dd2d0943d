"""The way from an address to a `Fetched` that all kinds of feed share.

What proves that the gateway is alive differs by kind and is passed in. Judging the window
beside what is known is not done here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.ledger.identity import account_identity
from monitor.model import Outcome, Pulse
from monitor.sources import feed
from monitor.sources.base import Fetched, ReadRequest
from monitor.sources.http import Answer, Failed, Http, conditional, unconditional
from monitor.sources.pages import reason


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an answer proves of its gateway, as of when, and why it proves no more."""

    pulse: Pulse
    as_of: datetime | None
    detail: str = ""


Witness = Callable[[Answer], Evidence]

UNASKED = Failed(
    Outcome.STATUS,
    "HTTP 304 although nothing was said to be known: a cache in between is at fault",
    304,
)


@dataclass(frozen=True, slots=True)
class Errand:
    """One feed to get. *expected*: the identity its link must name, where it names one."""

    url: str
    request: ReadRequest
    witness: Witness
    expected: str | None = None
    updated_counts: bool = False


def fetch(http: Http, errand: Errand) -> Fetched:
    """Return what the feed at the errand's address says. Every failure is a value."""
    request = errand.request
    validators = request.memory.validators
    headers = unconditional() if request.unconditional else conditional(validators)
    answer = http.get(errand.url, request.now, headers)
    if isinstance(answer, Failed):
        return failed(http, request, answer)
    if answer.status == 304:
        asked = not request.unconditional and (validators.etag or validators.last_modified)
        return _unchanged(errand, answer) if asked else failed(http, request, UNASKED)
    return _read(http, errand, answer)


def failed(http: Http, request: ReadRequest, failure: Failed) -> Fetched:
    """Return the failure with the reason its error page gives, without secrets."""
    # Masked before it is quoted: a quotation cut inside a secret would show its beginning.
    said = reason(http.masked(feed.decoded(failure.body, failure.content_type)))
    return Fetched(
        outcome=failure.outcome,
        started_at=request.now,
        status=failure.status,
        detail=http.redact(f"{failure.detail}: {said}" if said else failure.detail),
        retry_after=failure.retry_after,
        unconditional=request.unconditional,
    )


def _read(http: Http, errand: Errand, answer: Answer) -> Fetched:
    request = errand.request
    digest = feed.digest(answer.body)
    if digest == request.memory.body_hash and not request.unconditional:
        return _unchanged(errand, answer)
    window = feed.parse(answer.body, answer.content_type, request.platform, errand.updated_counts)
    if isinstance(window, feed.NotAFeed):
        return failed(http, request, Failed(Outcome.NOT_A_FEED, window.detail, answer.status))
    identity = account_identity(request.platform, window.link)
    if identity and errand.expected and identity != errand.expected:
        detail = f"the feed is that of {identity}, not of {errand.expected}"
        return replace(
            failed(http, request, Failed(Outcome.WRONG_ACCOUNT, detail, answer.status)),
            identity=identity,
        )
    return replace(
        _unchanged(errand, answer),
        outcome=Outcome.OK,
        posts=window.posts,
        body_hash=digest,
        identity=identity,
        title=window.title,
    )


def _unchanged(errand: Errand, answer: Answer) -> Fetched:
    proof = errand.witness(answer)
    return Fetched(
        outcome=Outcome.UNCHANGED,
        started_at=errand.request.now,
        as_of=proof.as_of,
        pulse=proof.pulse,
        validators=answer.validators,
        body_hash=errand.request.memory.body_hash,
        status=answer.status,
        detail=proof.detail,
        unconditional=errand.request.unconditional,
    )
