"""The shape every channel has: one `send`, which returns or raises `DeliveryError`.

To add a kind, touch: a file here, one line in `registry.py`, one case in
`tests/contracts/test_channels.py`, and the table of kinds in the documentation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from alerts.model import Notice


class Failure(StrEnum):
    """What to do about a failed delivery; four kinds because there are four responses."""

    LATER = "later"  # the network or the service: try again
    ADDRESS = "address"  # this person cannot be reached this way any more
    MESSAGE = "message"  # our text was refused: our bug
    CHANNEL = "channel"  # our credentials: keep the message, tell the operator


class DeliveryError(Exception):
    """A delivery failed. `detail` is one line free of secrets; `wait` what the service asked."""

    def __init__(self, failure: Failure, detail: str, wait: timedelta | None = None) -> None:
        self.failure = failure
        self.detail = detail
        self.wait = wait
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class Message:
    """One rendered message: what is sent to one address in one go.

    *notices* are those it speaks for (several only where `Channel.digests`). *subject* is its
    first line; *text* the whole in plain text, first line included. *resent* marks 重发.
    """

    address: str
    subject: str
    text: str
    notices: tuple[Notice, ...]
    resent: bool = False


class Channel(Protocol):
    """One configured channel, safe to call from several threads.

    *quiet*: whether it keeps the quiet hours. *digests*: whether several notices to one
    address may share a message.
    """

    quiet: bool
    digests: bool

    def send(self, message: Message) -> None:
        """Deliver *message*, judging the service's reply body too. Raises `DeliveryError`."""
        ...

    def close(self) -> None:
        """Stop threads and give back connections."""
        ...


Channels = dict[str, Channel]
