"""The line to a mail server, and how long is waited for what on it.

A server may take minutes to scan a mail. A client that hangs up before it has answered sends
the mail again and again, so the times are the standard's: RFC 5321, 4.5.3.2.
"""

from __future__ import annotations

import smtplib
import socket
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from alerts.common.deadline import USUAL, Deadline, Limits
from alerts.common.tls import trust

HELO = "[127.0.0.1]"  # asking for our own name can hang on a machine without a name server
GO_ON = 354  # the answer to DATA: what is sent next is the text


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited for a connection, for the answer to a command (and for the greeting),
    and for the answer to the text."""

    connect: timedelta = timedelta(seconds=10)
    command: timedelta = timedelta(minutes=5)
    text: timedelta = timedelta(minutes=10)


USUAL_PATIENCE = Patience()


def patience(limits: Limits) -> Patience:
    """Return the standard's times; where *limits* are not the usual ones, these for each step."""
    if limits is USUAL:
        return USUAL_PATIENCE
    return Patience(min(limits.connect, limits.deadline), limits.deadline, limits.deadline)


def connected(host: str, port: int, tls: bool, times: Patience, deadline: Deadline) -> smtplib.SMTP:
    """Return a line to the server, which has greeted. *deadline* runs for each step anew, and is
    `asked` once all of a text is handed over. Raises `OSError` and `smtplib.SMTPException`."""
    return (_SecureLine if tls else _Line)(host, port, times, deadline)


class _Watched:
    _deadline: Deadline
    _times: Patience
    _text_next = False

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        # Only where the deadline cannot cut: while a line becomes a secure one.
        connection.settimeout(2 * self._times.text.total_seconds())
        self._deadline.watch(connection)
        return connection

    def getreply(self) -> tuple[int, bytes]:
        self._deadline.extend(self._times.text if self._deadline.asked else self._times.command)
        reply: tuple[int, bytes] = super().getreply()  # type: ignore[misc]
        self._text_next = reply[0] == GO_ON
        return reply

    def send(self, s: Any) -> None:
        if self._text_next:
            self._deadline.extend(self._times.text)
        super().send(s)  # type: ignore[misc]
        self._deadline.asked = self._deadline.asked or self._text_next


class _Line(_Watched, smtplib.SMTP):
    def __init__(self, host: str, port: int, times: Patience, deadline: Deadline) -> None:
        self._deadline, self._times = deadline, times
        super().__init__(host, port, HELO, times.connect.total_seconds())


class _SecureLine(_Watched, smtplib.SMTP_SSL):
    def __init__(self, host: str, port: int, times: Patience, deadline: Deadline) -> None:
        self._deadline, self._times = deadline, times
        wait = times.connect.total_seconds()
        super().__init__(host, port, HELO, timeout=wait, context=trust())
