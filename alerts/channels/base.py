"""The shape every channel has: one `send`, which returns or raises `DeliveryError`.

To add a kind, touch: a file here, one line in `registry.py`, one case in
`tests/contracts/test_channels.py`, and the table of kinds in the documentation.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol, runtime_checkable

from alerts.message import Message, Reply, Standing


class Channel(Protocol):
    """One configured channel, safe to call from several threads.

    *quiet*: whether it keeps the quiet hours. *digest*: the bytes of UTF-8, link included, that
    a message for several notices may have, within what the service takes and a person reads; 0
    where each notice has a message of its own.
    """

    quiet: bool
    digest: int

    @property
    def inbound(self) -> bool:
        """Whether people can write to it now."""
        ...

    def send(self, message: Message) -> None:
        """Deliver *message*, judging the service's reply body too. Raises `DeliveryError`."""
        ...

    def close(self) -> None:
        """Stop threads and give back connections."""
        ...


@runtime_checkable
class Probed(Protocol):
    """A channel that can be tried without anything being sent."""

    def probe(self) -> None:
        """Connect and log in. Raises `DeliveryError` saying what is refused."""
        ...


class ChatHandler(Protocol):
    """What a channel asks of the program for people's messages. Texts in, texts out; never raises
    for what people write; may be called from several threads."""

    def command(self, person: str, text: str) -> Reply:
        """Return the answer to *text*, which *person* wrote."""
        ...

    def pressed(self, person: str, data: str) -> Reply:
        """Do what the button with *data* stands for, for *person*, and return the answer."""
        ...

    def stranger(self, number: int | str) -> str:
        """Return the one line for somebody who is not among the people. *number*: their own, as
        the service knows them."""
        ...

    def ambiguous(self) -> str:
        """Return the one line for somebody whose chat several people share."""
        ...

    def forwarded(self) -> str:
        """Return the line for somebody who passed on another's message."""
        ...

    def standing(self, alerts: Collection[int]) -> Mapping[int, Standing]:
        """Return how each of *alerts* stands, without those that are not known any more."""
        ...

    def summed(self, waiting: int, answered: int, ended: int) -> str:
        """Return the line that says how many alerts of one message wait, were answered, ended."""
        ...

    def commands(self) -> Sequence[tuple[str, str]]:
        """Return the commands there are, without their slash, and what each is for."""
        ...


class Memory(Protocol):
    """What a channel keeps over restarts: small texts by key."""

    def recall(self, key: str) -> str | None:
        """Return what was kept under *key*."""
        ...

    def keep(self, key: str, value: str) -> None:
        """Keep *value* under *key* instead of what was there."""
        ...


@runtime_checkable
class Inbound(Protocol):
    """A channel that people can write to."""

    def listen(
        self, handler: ChatHandler, people: Mapping[str, Sequence[str]], memory: Memory
    ) -> None:
        """Begin to listen, until the channel is closed. *people*: their ids by address; nobody
        else is listened to. What goes wrong with listening never touches sending."""
        ...
