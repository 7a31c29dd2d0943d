"""Links that nobody else can make: a ticket, signed. The only user of itsdangerous."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

from alerts.answers import Ticket

SALT = "answer"
PATH = "a"  # what an address of an answer page begins with
EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LONGEST = 2000  # characters of a token; ours are far shorter


class Signer:
    """Signs tickets with one secret, and tells its own tokens from all others."""

    def __init__(self, secret: str) -> None:
        self._serializer = URLSafeSerializer(
            secret,
            salt=SALT,
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def token(self, ticket: Ticket) -> str:
        """Return *ticket* as letters fit for an address; its minute of issue is kept."""
        issued = (ticket.issued_at - EPOCH) // MINUTE
        signed: str = self._serializer.dumps([list(ticket.alerts), list(ticket.people), issued])
        return signed

    def ticket(self, token: str) -> Ticket | None:
        """Return the ticket of *token*; None if it is not one of ours, whole and unchanged."""
        if len(token) > LONGEST:
            return None
        try:
            alerts, people, issued = self._serializer.loads(token)
            return Ticket(tuple(alerts), tuple(people), EPOCH + issued * MINUTE)
        except (BadData, ValueError, TypeError, OverflowError):
            return None


def address(public_url: str, token: str) -> str:
    """Return the address of the page on which *token* can be answered."""
    return f"{public_url.rstrip('/')}/{PATH}/{token}"
