"""A Telegram bot: plain text, split where it is longer than the service takes.

Decides what each of the library's errors means for a delivery. python-telegram-bot, which only
this file and `telegram_updates` know, is not safe to call from several threads: one thread with
an event loop of its own does all the talking, from the first message on, and listens too.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
from collections.abc import Coroutine, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from datetime import timedelta
from threading import Lock, Thread
from typing import Any, TextIO

from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions
from telegram import Message as Sent
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from alerts.answers.answer import can_be_answered
from alerts.channels.base import ChatHandler, Memory
from alerts.channels.refusals import passing, why_of
from alerts.channels.telegram_text import parts
from alerts.channels.telegram_updates import USUAL_PACE, Pace, TelegramUpdates, keyboard
from alerts.common.deadline import CLOSED, USUAL, Limits, in_seconds
from alerts.common.redaction import Redactor, keys_of
from alerts.common.tls import authorities, trust
from alerts.message import DeliveryError, Failure, Message, Why
from alerts.model import ChannelSettings
from alerts.told import Detail, coded

OFFICIAL = "https://api.telegram.org"
CLOSING = 5.0  # seconds
LOGGERS = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.proxy",
    "telegram.Bot",
    "telegram.ext.ExtBot",
    "telegram.request.BaseRequest",
    "telegram.request.HTTPXRequest",
)
# The Bot API's own texts (core.telegram.org/bots/api; tdlib/telegram-bot-api, Client.cpp).
NO_SUCH_CHAT = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "chat_id is empty",
    "not enough rights",
    "have no rights",
    "chat_write_forbidden",
    "group chat was deactivated",
    "need administrator rights",
    "topic_closed",
    "topic_deleted",
    "message thread not found",
    "user_is_blocked",
    "chat_restricted",
    "channel_private",
)
REFUSED_TEXT = (
    "too long",
    "is empty",
    "must be non-empty",
    "can't parse",
    "button_",
    "reply_markup",
    "url_invalid",
    "entity",
)
# What the library says of the network, in its own words and those of the system.
NETWORK = (
    (re.compile(r"[Cc]onnection refused"), Why.NOT_RUNNING),
    (re.compile(r"[Nn]ame or service|getaddrinfo|name resolution|nodename"), Why.HOST),
    (re.compile(r"certificate|SSL|TLS"), Why.CERTIFICATE),
    (re.compile(r"Bad Gateway|Internal Server Error|[Gg]ateway|Unavailable"), Why.INSIDE),
)
CUT_OFF = ("httpx.ReadError", "httpx.RemoteProtocolError")  # as the library quotes them
TOKEN_REFUSED = "the bot's token is refused, or `base_url` is no Bot API server"

logger = logging.getLogger(__name__)


class Telegram:
    """One bot. Safe to call from several threads; `send` waits until the service has answered."""

    quiet = True
    digest = 4000

    def __init__(
        self,
        settings: ChannelSettings,
        _: TextIO,
        limits: Limits = USUAL,
        pace: Pace = USUAL_PACE,
    ) -> None:
        self._id = settings.id
        self._pace = pace
        self._updates: TelegramUpdates | None = None
        self._token = settings.options["token"]
        self._root = settings.options.get("base_url", OFFICIAL).rstrip("/")
        self._proxy = settings.options.get("proxy")
        self._limits = limits
        secrets = [self._token, self._token.partition(":")[2], *keys_of(self._proxy or "")]
        self._redactor = Redactor(secrets)
        self._redactor.hush(*LOGGERS)
        self._moved: dict[str, int] = {}
        self._line: _Line | None = None
        self._closed = False
        self._lock = Lock()

    @property
    def inbound(self) -> bool:
        """Whether people can write to the bot: somebody listens."""
        return self._updates is not None and self._updates.inbound

    def send(self, message: Message) -> None:
        """Deliver *message*, in several parts where it is long. Raises `DeliveryError`."""
        try:
            line = self._opened()
            line.run(self._deliver(line.bot, message), self._limits.seconds[1] + CLOSING)
        except TelegramError as error:
            # "from None": the library's own texts quote the token.
            raise self._classified(error, may_have_arrived(error)) from None
        except _InPartError as begun:
            raise self._classified(begun.error, doubtful=True) from None
        except (CancelledError, RuntimeError) as error:
            doubtful = isinstance(error, CancelledError)
            raise DeliveryError(Failure.LATER, CLOSED, doubtful=doubtful) from None
        except TimeoutError:
            raise DeliveryError(Failure.LATER, self._too_slow(), doubtful=True) from None
        except Exception as error:
            # An answer that is no Bot API's fails deep inside the library, as a KeyError mostly.
            detail = Detail(
                f"the answer is not the Bot API's ({type(error).__name__})", Why.UNCLEAR
            )
            raise DeliveryError(Failure.LATER, detail) from None

    def listen(
        self, handler: ChatHandler, people: Mapping[str, Sequence[str]], memory: Memory
    ) -> None:
        """Begin to listen, until the channel is closed; returns at once.

        Messages have buttons from now on. What goes wrong with listening is logged and tried
        again, and never touches sending.
        """
        line = self._redactor.line
        self._updates = TelegramUpdates(self._id, handler, people, memory, line, self._pace)
        with suppress(RuntimeError):  # closed already
            self._opened()

    def close(self) -> None:
        """End what is under way, stop the thread and give back the connections."""
        with self._lock:
            self._closed = True
            line, self._line = self._line, None
        if line is not None:
            line.stop()
        self._redactor.release()

    async def _deliver(self, bot: Bot, message: Message) -> None:
        async with asyncio.timeout(self._limits.deadline.total_seconds()):
            # No button while taps are not received; the link still works.
            updates = self._updates
            if updates is not None and not await updates.listens():
                updates = None
            pieces = list(parts(message.text if updates else message.linked))
            below = keyboard(message.buttons) if updates else None
            sent = await self._say_all(bot, message.address, pieces, below)
        if updates is not None and message.buttons:
            await self._keep(updates, sent, message)

    async def _say_all(
        self, bot: Bot, address: str, pieces: Sequence[str], below: InlineKeyboardMarkup | None
    ) -> Sent:
        """Say *pieces* one after the other, and return the last, which has the buttons."""
        sent = await self._log(bot, address, pieces[0], None if pieces[1:] else below)
        try:
            for number, piece in enumerate(pieces[1:], 2):
                sent = await self._log(
                    bot, address, piece, below if number == len(pieces) else None
                )
        except TelegramError as error:
            raise _InPartError(error) from None
        return sent

    async def _keep(self, updates: TelegramUpdates, sent: Sent, message: Message) -> None:
        """It has been sent: whatever fails now must not have it sent again."""
        try:
            about = [n.alert for n in message.notices if can_be_answered(n)]
            text = sent.text or ""
            await updates.kept.add(sent.chat_id, sent.message_id, about, text, message.buttons)
        except Exception as error:
            logger.warning("a Telegram message will not be edited: %s", type(error).__name__)

    async def _log(
        self, bot: Bot, address: str, text: str, below: InlineKeyboardMarkup | None
    ) -> Sent:
        try:
            return await self._call(bot, self._moved.get(address, address), text, below)
        except ChatMigrated as moved:
            # Once: the new id is kept, so that the rest of this run needs no detour.
            sent = await self._call(bot, moved.new_chat_id, text, below)
            self._moved[address] = moved.new_chat_id
            logger.warning(
                "the Telegram chat %s has become %s: change the address in people.toml",
                address,
                moved.new_chat_id,
            )
            return sent

    async def _call(
        self, bot: Bot, chat: int | str, text: str, below: InlineKeyboardMarkup | None
    ) -> Sent:
        return await bot.send_message(
            chat_id=chat,
            text=text,
            reply_markup=below,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )

    def _opened(self) -> _Line:
        with self._lock:
            if self._closed:
                raise RuntimeError
            if self._line is None or not self._line.alive:
                self._line = self._new_line()
            if self._updates is not None:
                self._line.follow(self._updates)
            return self._line

    def _new_line(self) -> _Line:
        # Without it the library warns on every 429 and gives its wait as a bare number.
        os.environ.setdefault("PTB_TIMEDELTA", "1")
        sending, receiving = self._request(), self._request()
        bot = Bot(
            self._token,
            base_url=f"{self._root}/bot",
            base_file_url=f"{self._root}/file/bot",
            request=sending,
            get_updates_request=receiving,
        )
        return _Line(bot, (sending, receiving))

    def _request(self) -> HTTPXRequest:
        connect, whole = self._limits.seconds
        return HTTPXRequest(
            connection_pool_size=8,
            connect_timeout=connect,
            read_timeout=whole,
            write_timeout=whole,
            pool_timeout=whole,
            proxy=self._proxy,
            httpx_kwargs={
                "trust_env": False,  # the proxy is a setting, never the machine's
                "verify": trust() if authorities() else True,
            },
        )

    def _classified(self, error: TelegramError, doubtful: bool) -> DeliveryError:
        failure, detail, wait = classified(error)
        return DeliveryError(failure, self._redactor.line(detail), wait, doubtful)

    def _too_slow(self) -> str:
        late = f"no answer within {in_seconds(self._limits.deadline)}, it may have arrived"
        return Detail(late, Why.SLOW)


def classified(error: TelegramError) -> tuple[Failure, str, timedelta | None]:
    """Return what to do about *error*, in which words, and how long the service asks to wait."""
    # Order matters: BadRequest and TimedOut are NetworkErrors, and only the latter is temporary.
    match error:
        case RetryAfter():
            return Failure.LATER, Detail("too many messages", Why.OFTEN), _wait(error)
        case Forbidden() | ChatMigrated():
            return Failure.ADDRESS, error.message, None
        case BadRequest():
            said = coded(error.message, why_of(error.message))
            return _refused(error.message), said, None
        case InvalidToken():
            return Failure.CHANNEL, TOKEN_REFUSED, None
    return Failure.LATER, _passing(error), None


def _passing(error: TelegramError) -> str:
    if may_have_arrived(error):
        return Detail("no answer in time, it may have arrived", Why.SLOW)
    if _unconnected(error):
        return Detail("no connection in time", Why.SLOW)
    return coded(error.message, why_of(error.message, _network(error)))


def _network(error: TelegramError) -> Why | None:
    """What is said of an error of the network in the library's own words: there are no others."""
    if not isinstance(error, NetworkError):
        return None
    said = (why for words, why in NETWORK if words.search(error.message))
    return next(said, Why.CUT_OFF)


def may_have_arrived(error: TelegramError) -> bool:
    """Return whether a message that ended in *error* may have arrived: it was sent, and
    no answer came."""
    if isinstance(error, TimedOut):
        return "not* sent" not in error.message and not _unconnected(error)
    return isinstance(error, NetworkError) and error.message.startswith(CUT_OFF)


def _unconnected(error: TelegramError) -> bool:
    # The library calls this a time-out like any other; it is what a blocked service looks like.
    return type(error.__cause__).__name__ == "ConnectTimeout"


def _refused(reason: str) -> Failure:
    """A bad request is for good only where its words leave no doubt."""
    said = reason.lower()
    if passing(said):
        return Failure.LATER
    if any(words in said for words in NO_SUCH_CHAT):
        return Failure.ADDRESS
    return Failure.MESSAGE if any(words in said for words in REFUSED_TEXT) else Failure.LATER


class _InPartError(Exception):
    """The beginning of a long message is there, and the rest failed."""

    def __init__(self, error: TelegramError) -> None:
        self.error = error
        super().__init__()


class _Line:
    """The thread that talks to the service; what receives updates runs on the same loop."""

    def __init__(self, bot: Bot, requests: tuple[HTTPXRequest, ...]) -> None:
        self.bot = bot
        self._requests = requests
        self._listens = False
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._run, name="telegram", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the thread still talks."""
        return self._thread.is_alive()

    def run(self, coroutine: Coroutine[Any, Any, None], most: float) -> None:
        """Do *coroutine* on the loop and wait for it. Raises what it raises.

        *most* seconds, for the moment in which the thread ends: then nobody does it.
        """
        try:
            future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        except RuntimeError:
            coroutine.close()
            raise
        future.result(most)

    def follow(self, updates: TelegramUpdates) -> None:
        """Listen beside the sends from now on; asked again, it does already."""
        if not self._listens:
            self._listens = True
            asyncio.run_coroutine_threadsafe(updates.run(self.bot), self._loop)

    def stop(self) -> None:
        """Cancel what is under way and end the thread."""
        try:
            self._loop.call_soon_threadsafe(self._loop.stop)
        except RuntimeError:
            return  # it had ended by itself
        self._thread.join(CLOSING)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.run_until_complete(self._hang_up())
            self._loop.close()

    async def _hang_up(self) -> None:
        await self._cancel_all()
        await self._loop.shutdown_default_executor()
        # The bot is never initialised: that asks the service, and would fail while it is away.
        for request in self._requests:
            await request.shutdown()
        await self._cancel_all()

    async def _cancel_all(self) -> None:
        """Cancel every task, and those that came in meanwhile: none is left pending."""
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)


def _wait(error: RetryAfter) -> timedelta:
    wait = error.retry_after
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)
