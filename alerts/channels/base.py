"""The shape every channel has: one `send`, which returns or raises `DeliveryError`.

To add a kind, touch: a file here, one line in `registry.py`, one case in
`tests/contracts/test_channels.py`, and the table of kinds in the documentation.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

from alerts.model import Notice


class Failure(StrEnum):
    """What to do about a failed delivery; four kinds because there are four responses."""

    LATER = "later"  # the network or the service: try again
    ADDRESS = "address"  # this person cannot be reached this way any more
    MESSAGE = "message"  # our text was refused: our bug
    CHANNEL = "channel"  # our credentials: keep the message, tell the operator


class DeliveryError(Exception):
    """A delivery failed. `detail` is one line free of secrets; `wait` what the service asked.

    `doubtful`: it was on its way, and nobody knows whether it has arrived.
    """

    def __init__(
        self,
        failure: Failure,
        detail: str,
        wait: timedelta | None = None,
        doubtful: bool = False,
    ) -> None:
        self.failure = failure
        self.detail = detail
        self.wait = wait
        self.doubtful = doubtful
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class Link:
    """A page on which a message can be answered, and what is written on the way there."""

    url: str = field(repr=False)  # whoever has it may answer
    label: str
    colon: str = "："  # between the two in a line of plain text

    @property
    def line(self) -> str:
        """The link as a line of plain text."""
        return f"{self.label}{self.colon}{self.url}"


@dataclass(frozen=True, slots=True)
class Button:
    """A button below a message. *data* (at most 64 bytes) comes back when it is pressed."""

    label: str
    data: str


Buttons = tuple[tuple[Button, ...], ...]  # rows of them


@dataclass(frozen=True, slots=True)
class Message:
    """One rendered message: what is sent to one address in one go.

    *notices* are those it speaks for (several only where `Channel.digest`). *subject* is its
    first line; *text* the whole in plain text, first line included. *resent* marks 重发. It can
    be answered by *buttons*, where the channel has such, else by *link*; a channel that cuts
    the text never cuts the link, and ends the text in *cut*. *language*: its tag, as for a page.
    *heading*: for whoever reads along in a log, which alert it is of and to whom it goes.
    """

    address: str
    subject: str
    text: str
    notices: tuple[Notice, ...]
    resent: bool = False
    link: Link | None = None
    buttons: Buttons = ()
    cut: str = "（内容过长，已截断）"
    language: str = "zh-CN"
    heading: str = ""

    @property
    def linked(self) -> str:
        """The whole in plain text, the link included."""
        return self.text if self.link is None else f"{self.text}\n{self.link.line}"


class Channel(Protocol):
    """One configured channel, safe to call from several threads.

    *quiet*: whether it keeps the quiet hours. *digest*: the bytes of UTF-8, link included, that
    a message for several notices may have, within what the service takes and a person reads; 0
    where each notice has a message of its own.
    """

    quiet: bool
    digest: int

    @property
    def hears(self) -> bool:
        """Whether people can write to it now."""
        ...

    def send(self, message: Message) -> None:
        """Deliver *message*, judging the service's reply body too. Raises `DeliveryError`."""
        ...

    def close(self) -> None:
        """Stop threads and give back connections."""
        ...


Channels = dict[str, Channel]


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered to a command, or to a button that was pressed.

    *text*: a message of its own, with *buttons* below it; "" for none. *toast*: said at once to
    whoever pressed a button. *more*: rows of buttons to add below the message it stood under.
    """

    text: str = ""
    buttons: Buttons = ()
    toast: str = ""
    more: Buttons = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """How an alert stands: *lines* for below its messages, and whether it is still *open*."""

    lines: tuple[str, ...]
    open: bool


class Talk(Protocol):
    """What a channel that hears asks of the program. Texts in, texts out, and never raises for
    what people say; may be called from several threads."""

    def command(self, person: str, text: str) -> Reply:
        """Return the answer to *text*, which *person* wrote."""
        ...

    def pressed(self, person: str, data: str) -> Reply:
        """Do what the button with *data* stands for, for *person*, and return the answer."""
        ...

    def stranger(self, number: int) -> str:
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
class Hearing(Protocol):
    """A channel that people can write to."""

    def listen(self, talk: Talk, people: Mapping[str, Sequence[str]], memory: Memory) -> None:
        """Begin to listen, until the channel is closed. *people*: their ids by address; nobody
        else is listened to. What goes wrong with listening never touches sending."""
        ...
