"""Messages on a text stream: for the demo, for trying things out, and for a log of one's own."""

from __future__ import annotations

from threading import Lock
from typing import TextIO

from alerts.channels.kind import Kind
from alerts.message import DeliveryError, Failure, Message, Why
from alerts.model import ChannelSettings
from alerts.told import Detail

RULE = "─" * 72


class Console:
    """One text stream. It has no quiet hours: people look at it when they choose to.

    Every notice is shown by itself, under a rule and the message's heading; the message's own
    last line says when it was decided.
    """

    quiet = False
    digest = 0
    inbound = False

    def __init__(self, _: ChannelSettings, out: TextIO) -> None:
        self._out = out
        self._lock = Lock()

    def send(self, message: Message) -> None:
        """Print *message*. Raises `DeliveryError` if the stream is closed or gone."""
        lines = (RULE, message.heading, message.linked)
        shown = "".join(f"{line}\n" for line in lines if line)
        encoding = getattr(self._out, "encoding", None) or "utf-8"
        printable = shown.encode(encoding, "replace").decode(encoding)
        try:
            with self._lock:
                self._out.write(printable)
                self._out.flush()
        except (OSError, ValueError) as error:
            detail = Detail(f"cannot print: {type(error).__name__}", Why.BROKE)
            raise DeliveryError(Failure.LATER, detail) from None

    def close(self) -> None:
        """Nothing is held; the stream is not ours to close."""


KIND = Kind(
    lambda settings, out, _: Console(settings, out),
    required=frozenset(),
    optional=frozenset(),
    secrets=frozenset(),
    address='anything, e.g. ""',
)
