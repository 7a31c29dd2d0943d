"""What goes to a channel and what comes of it: values without behaviour. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from alerts.model import Notice
from alerts.told import Cut, Detail, coded


class Failure(StrEnum):
    """What to do about a failed delivery; four kinds because there are four responses."""

    LATER = "later"  # the network or the service: try again
    ADDRESS = "address"  # this person cannot be reached this way any more
    MESSAGE = "message"  # our text was refused: our bug
    CHANNEL = "channel"  # our credentials: keep the message, notify the operator


class Why(StrEnum):
    """Why a delivery failed: by this people are told of it, and what to do."""

    LIBRARY = "library"
    NOT_RUNNING = Cut.NOT_RUNNING.value
    HOST = Cut.HOST.value
    SLOW = Cut.SLOW.value
    CERTIFICATE = Cut.CERTIFICATE.value
    CUT_OFF = Cut.CUT_OFF.value
    OFTEN = "often"
    RECIPIENT = "recipient"
    SENDER = "sender"
    TEXT = "text"
    LOGIN = "login"
    KEYWORD = "keyword"
    SIGNATURE = "signature"
    UNLISTED = "unlisted"
    UNENCRYPTED = "unencrypted"
    NO_LOGIN = "no_login"
    GONE = "gone"
    INSIDE = "inside"
    UNCLEAR = "unclear"
    BROKE = "broke"
    LATER = "later"
    QUIET = "quiet"
    STOPPED = "stopped"
    QUEUED = "queued"
    LEFT = "left"
    NO_CHANNEL = "no_channel"


# Of what says nothing nearer.
USUALLY = {
    Failure.LATER: Why.LATER,
    Failure.ADDRESS: Why.RECIPIENT,
    Failure.MESSAGE: Why.TEXT,
    Failure.CHANNEL: Why.LOGIN,
}


class DeliveryError(Exception):
    """A delivery failed. `detail` is one line free of secrets, which carries why; `wait` what the
    service asked.

    `doubtful`: it was handed over, and nobody knows whether it was accepted. `bare`: there is a
    status alone, and no words that say why.
    """

    def __init__(
        self,
        failure: Failure,
        detail: str,
        wait: timedelta | None = None,
        doubtful: bool = False,
        bare: bool = False,
    ) -> None:
        self.failure = failure
        self.detail = coded(detail, detail, Detail("", USUALLY[failure]))
        self.wait = wait
        self.doubtful = doubtful
        self.bare = bare
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class Delivers:
    """A channel has taken a message; *person*: for whom, where one person was tried."""

    channel: str
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A channel delivers nothing more to *person* until somebody sees to it: a message failed
    for good, or our credentials are refused. *detail*: one line free of secrets; *failure*: of
    which sort it is, if that is known."""

    channel: str
    person: str
    detail: str
    failure: Failure | None = None


ChannelOutcome = Delivers | Refused


@dataclass(frozen=True, slots=True)
class Link:
    """A page on which a message can be answered, and what is written on the way there."""

    url: str = field(repr=False)  # anybody who has it may answer
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
    *heading*: for readers of a log, which alert it is of and to whom it goes.
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


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered to a command, or to a button that was pressed.

    *text*: a message of its own, with *buttons* below it; "" for none. *toast*: said at once to
    who pressed a button. *more*: rows of buttons to add below the message it stood under.
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
