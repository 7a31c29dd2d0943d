"""The long connection of a WeCom robot: one thread that connects, subscribes, listens and goes on.

The vendor keeps one connection a robot: a newer one ends the older with an event of its own. It
wants a heartbeat of its own every thirty seconds, and none of the protocol's (opensquilla #582).
The only file that knows websockets.
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as LateError
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from threading import Condition, Event, Thread
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from websockets.exceptions import InvalidHandshake, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect

from alerts.channels.group_robot import payload, read, verdict
from alerts.channels.refusals import passing
from alerts.channels.replies import ServiceReply, refusal
from alerts.channels.wecom_bot_frames import (
    CODES,
    ELSEWHERE,
    HAPPENED,
    PING,
    SUBSCRIBE,
    WRITTEN,
    Heard,
    answered,
    frame,
    heard,
)
from alerts.common.deadline import CLOSED, Limits
from alerts.common.tls import trust, why
from alerts.message import DeliveryError, Failure, Why
from alerts.told import Detail

LOGGERS = ("websockets.client",)
MOST = 256 * 1024  # bytes of one frame
CLOSING = 1.0  # seconds
OTHER_LOGIN = "another program has connected with the same robot; only one can"

logger = logging.getLogger(__name__)
Line = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Pace:
    """How long is waited for what."""

    first: timedelta = timedelta(seconds=1)  # after a failure, doubling …
    longest: timedelta = timedelta(minutes=1)  # … up to this
    refused: timedelta = timedelta(minutes=5)  # after id and secret were refused
    elsewhere: timedelta = timedelta(minutes=1)  # after another login
    beat: timedelta = timedelta(seconds=30)
    tick: timedelta = timedelta(seconds=1)  # between two looks at what else is due
    refresh: timedelta = timedelta(seconds=10)  # between two looks at how alerts stand


USUAL_PACE = Pace()


@dataclass(frozen=True, slots=True)
class Login:
    """Where the robot's server is, and who the robot is."""

    url: str
    bot: str
    secret: str


class _EndedError(DeliveryError):
    """What ends a connection, and how long to *rest* before the next."""

    def __init__(self, failure: Failure, detail: str, rest: timedelta | None = None) -> None:
        super().__init__(failure, detail)
        self.rest = rest


class BotLine:
    """One robot's connection. Safe to call from several threads; begins with the first question.

    *hears* is given what people write and press, *idle* is called between; both by this thread, so
    neither may take long. *line* strikes secrets out.
    """

    def __init__(
        self,
        login: Login,
        limits: Limits,
        pace: Pace,
        line: Line,
        hears: Callable[[Heard], None],
        idle: Callable[[], None],
    ) -> None:
        self._login, self._limits, self._pace, self._line = login, limits, pace, line
        self._hears, self._idle = hears, idle
        self._changed = Condition()
        self._waiting: dict[str, Future[Mapping[str, Any]]] = {}
        self._connection: ClientConnection | None = None
        self._trouble: DeliveryError | None = None
        self._over = Event()
        self._thread: Thread | None = None
        self._socket: socket.socket | None = None
        self._beats: tuple[float, int] = (0.0, 0)  # when the last was sent; how many are unanswered

    @property
    def up(self) -> bool:
        """Whether the robot is connected and let in."""
        return self._connection is not None

    def begin(self) -> None:
        """Connect, and stay connected until it is closed; returns at once."""
        with self._changed:
            if self._thread is None and not self._over.is_set():
                self._thread = Thread(target=self._run, name="wecom-bot", daemon=True)
                self._thread.start()

    def ask(self, cmd: str, body: Mapping[str, Any], about: str = "") -> None:
        """Send a frame and wait for the vendor's yes. *about*: the id of what it answers.

        Raises `DeliveryError`; a frame that went out and was not answered is doubtful.
        """
        self.begin()
        end = time.monotonic() + self._limits.seconds[1]
        connection = self._connected(end)
        said = self._exchanged(connection, cmd, body, about, end)
        if (error := self._verdict(said)) is not None:
            raise error

    def close(self) -> None:
        """End what is under way, and the thread."""
        with self._changed:
            self._over.set()
            connection, thread = self._connection, self._thread
            self._changed.notify_all()
        self._drop()
        with suppress(Exception):
            if connection is not None:
                connection.close()
            elif self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)
        if thread is not None:
            thread.join(CLOSING)

    def _connected(self, end: float) -> ClientConnection:
        """The connection, waited for; what keeps it from coming is raised."""
        with self._changed:
            self._changed.wait_for(self._decided, max(end - time.monotonic(), 0))
            if self._over.is_set():
                raise DeliveryError(Failure.LATER, CLOSED)
            if self._connection is not None:
                return self._connection
            late = Detail("no connection in time", Why.SLOW)
            raise self._trouble or DeliveryError(Failure.LATER, late)

    def _decided(self) -> bool:
        return bool(self._connection or self._trouble or self._over.is_set())

    def _exchanged(
        self,
        connection: ClientConnection,
        cmd: str,
        body: Mapping[str, Any],
        about: str,
        end: float,
    ) -> Mapping[str, Any]:
        req_id = about or f"{cmd}_{uuid4().hex}"
        answer: Future[Mapping[str, Any]] = Future()
        self._waiting[req_id] = answer
        try:
            connection.send(frame(cmd, req_id, body))
            return answer.result(max(end - time.monotonic(), 0))
        except (WebSocketException, OSError, LateError):
            lost = Detail("no answer to what was sent; it may have arrived", Why.SLOW)
            raise DeliveryError(Failure.LATER, lost, doubtful=True) from None
        finally:
            self._waiting.pop(req_id, None)

    def _verdict(self, said: Mapping[str, Any]) -> DeliveryError | None:
        return verdict(ServiceReply(200, payload(said)), CODES, self._line)

    def _run(self) -> None:
        """Connect again and again. The same trouble is logged once: an outage is one line."""
        wait, logged = self._pace.first, ""
        while not self._over.is_set():
            try:
                self._one_connection()
            except _EndedError as error:
                trouble, rest = DeliveryError(error.failure, error.detail), error.rest or wait
            except Exception as error:
                trouble, rest = DeliveryError(Failure.LATER, _said(error)), wait
            else:
                return
            worked = self._lost(trouble)
            if trouble.detail != logged and not self._over.is_set():
                logger.warning("the WeCom robot is not heard for the moment: %s", trouble.detail)
            logged = trouble.detail
            wait = self._pace.first if worked else min(wait * 2, self._pace.longest)
            self._over.wait(rest.total_seconds())
            self._trouble = None

    def _one_connection(self) -> None:
        """Connect, and listen until it is closed. Raises what ends it otherwise."""
        parts, limit = urlsplit(self._login.url), self._limits.seconds[0]
        secure = parts.scheme == "wss"
        port = parts.port or (443 if secure else 80)
        # Ours, so that no redirect leads elsewhere, and closing cuts one that is half made.
        self._socket = socket.create_connection((parts.hostname or "", port), limit)
        with connect(
            self._login.url,
            sock=self._socket,
            ssl=trust() if secure else None,
            proxy=None,  # never the machine's
            compression=None,
            open_timeout=limit,
            ping_interval=None,
            close_timeout=CLOSING,
            max_size=MOST,
        ) as connection:
            try:
                self._subscribe(connection)
                with self._changed:
                    self._connection, self._trouble = connection, None
                    self._changed.notify_all()
                self._listen(connection)
            finally:
                connection.close()

    def _subscribe(self, connection: ClientConnection) -> None:
        login, req_id = self._login, f"{SUBSCRIBE}_{uuid4().hex}"
        body = {"bot_id": login.bot, "secret": login.secret}
        connection.send(frame(SUBSCRIBE, req_id, body))
        said = read(_bytes(connection.recv(timeout=self._limits.seconds[1])))
        error = self._verdict(said)
        if answered(said) != req_id:
            other = Detail("the answer is not that of a WeCom robot's server", Why.UNCLEAR)
            raise _EndedError(Failure.LATER, other)
        if error is not None:
            later = passing(error.detail) or said.get("errcode") == -1
            failure = Failure.LATER if later else Failure.CHANNEL
            raise _EndedError(failure, error.detail, None if later else self._pace.refused)
        self._beats = time.monotonic(), 0

    def _listen(self, connection: ClientConnection) -> None:
        while not self._over.is_set():
            with suppress(TimeoutError):
                self._take(read(_bytes(connection.recv(timeout=self._pace.tick.total_seconds()))))
            self._beat(connection)
            self._idle()

    def _take(self, said: Mapping[str, Any]) -> None:
        about = answered(said)
        if about is not None:
            self._answer(about, said)
        elif said.get("cmd") in (WRITTEN, HAPPENED):
            what = heard(said)
            if what.what == ELSEWHERE:
                raise _EndedError(Failure.LATER, OTHER_LOGIN, self._pace.elsewhere)
            self._hears(what)

    def _answer(self, about: str, said: Mapping[str, Any]) -> None:
        if about.startswith(PING):
            self._beats = self._beats[0], 0
        waiting = self._waiting.get(about)
        if waiting is not None and not waiting.done():
            waiting.set_result(said)

    def _beat(self, connection: ClientConnection) -> None:
        last, unanswered = self._beats
        if time.monotonic() - last < self._pace.beat.total_seconds():
            return
        if unanswered > 1:
            unheard = Detail("two heartbeats were not answered", Why.SLOW)
            raise _EndedError(Failure.LATER, unheard)
        connection.send(frame(PING, f"{PING}_{uuid4().hex}"))
        self._beats = time.monotonic(), unanswered + 1

    def _lost(self, trouble: DeliveryError) -> bool:
        """Let go of the connection; return whether there was one."""
        with self._changed:
            worked, self._connection = self._connection is not None, None
            self._trouble = trouble
            self._changed.notify_all()
        self._drop()
        return worked

    def _drop(self) -> None:
        """End what waits for an answer: none comes any more."""
        for waiting in list(self._waiting.values()):
            with suppress(Exception):
                waiting.set_exception(ConnectionError())


def _bytes(found: str | bytes) -> bytes:
    return found.encode() if isinstance(found, str) else found


def _said(error: Exception) -> str:
    match error:
        case InvalidStatus():
            refused = refusal(ServiceReply(error.response.status_code, b""))
            return refused.detail if refused else f"HTTP {error.response.status_code}"
        case InvalidHandshake():
            return Detail("the answer is not that of a WebSocket server", Why.UNCLEAR)
        case WebSocketException():
            return Detail("the connection was closed", Why.CUT_OFF)
    return why(error) or type(error).__name__
