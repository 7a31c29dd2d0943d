"""Links that nobody else can make: a ticket, signed. The only user of itsdangerous."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise

from itsdangerous import BadData, URLSafeSerializer

from alerts.answers.answer import Ticket

SALT = "answer"
PATH = "a"  # what an address of an answer page begins with
EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LONGEST = 8000  # characters of a token; ours are far shorter


class Signer:
    """Signs tickets with one secret, and recognises its own tokens; also those signed with the
    *former* one, while a secret is being exchanged."""

    def __init__(self, secret: str, former: str | None = None) -> None:
        self._serializer = URLSafeSerializer(
            [former, secret] if former else secret,  # the last one signs
            salt=SALT,
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def token(self, ticket: Ticket) -> str:
        """Return *ticket* as letters fit for an address; its minute of issue is kept."""
        issued = (ticket.issued_at - EPOCH) // MINUTE
        signed: str = self._serializer.dumps([issued, list(ticket.people), *_steps(ticket.alerts)])
        return signed

    def ticket(self, token: str) -> Ticket | None:
        """Return the ticket of *token*; None if it is not one of ours, whole and unchanged."""
        if len(token) > LONGEST:
            return None
        try:
            issued, people, *steps = self._serializer.loads(token)
            return Ticket(tuple(accumulate(steps)), tuple(people), EPOCH + issued * MINUTE)
        except (BadData, ValueError, TypeError, OverflowError):
            return None


def _steps(alerts: Sequence[int]) -> list[int]:
    """The first number, and each other as its distance from the one before: alerts that share a
    message mostly follow each other, and equal small steps pack well."""
    return [*alerts[:1], *(after - before for before, after in pairwise(alerts))]


def address(public_url: str, token: str) -> str:
    """Return the address of the page on which *token* can be answered."""
    return f"{public_url.rstrip('/')}/{PATH}/{token}"
