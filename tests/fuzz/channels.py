"""What the services answer by which messages go out, and what people send there to a bot."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import closing, suppress
from datetime import timedelta
from functools import cache, partial
from io import StringIO
from threading import Thread
from typing import Any

from telegram import Bot
from telegram.error import TelegramError
from telegram.request import BaseRequest

from alerts.channels.mail import Mail
from alerts.channels.telegram import classified
from alerts.channels.telegram_kept import KeptMessages
from alerts.channels.telegram_updates import Pace, TelegramUpdates
from alerts.message import DeliveryError
from alerts.model import ChannelSettings
from tests.fuzz.doors import doors
from tests.fuzz.gateways import Outside
from tests.fuzz.parser import Parser, as_json

STATUSES = (200, 400, 429, 502)
NO_WAIT = timedelta(0)
PACE = Pace(NO_WAIT, NO_WAIT, NO_WAIT, NO_WAIT, timedelta(days=1), NO_WAIT)
CHAT = {"id": 1, "type": "private", "first_name": "张三"}
SENT = {"message_id": 7, "date": 1708045207, "chat": CHAT, "text": "一"}
FROM = {"id": 1, "is_bot": False, "first_name": "张三"}
REPLIES = (
    {"ok": True, "result": SENT},
    {"ok": False, "error_code": 429, "description": "Too Many Requests: retry after 3",
     "parameters": {"retry_after": 3}},
    {"ok": False, "error_code": 429, "description": "x", "parameters": {"retry_after": 10**9}},
    {"ok": False, "error_code": 400, "description": "Bad Request: group chat was upgraded",
     "parameters": {"migrate_to_chat_id": -1001}},
)  # fmt: skip
UPDATES = (
    [{"update_id": 5, "message": SENT | {"from": FROM, "text": "/list@robot 1"}},
     {"update_id": 6, "message": SENT | {"text": "是", "entities": [{"type": "bold",
      "offset": 0, "length": 1}]}}],
    [{"update_id": 8, "callback_query": {"id": "9", "from": FROM, "chat_instance": "x",
      "data": "ack:1", "message": SENT | {"reply_markup": {"inline_keyboard": [[
          {"text": "好", "callback_data": "ack:1"}]]}}}}],
)  # fmt: skip
DIALOGUES = (
    b"220 mx.test ESMTP\r\n250-mx.test\r\n250-SIZE 1000\r\n250 AUTH LOGIN PLAIN CRAM-MD5\r\n"
    b"334 VXNlcm5hbWU6\r\n235 ok\r\n250 ok\r\n250 ok\r\n354 go on\r\n250 2.0.0 queued\r\n221 bye",
    b"220 mx.test\r\n250-mx.test\r\n250 AUTH PLAIN\r\n535 5.7.8 no\r\n221 bye\r\n",
    b"220 mx\r\n250 AUTH PLAIN\r\n235 ok\r\n250 ok\r\n550 5.1.1 \xd3\xca\xcf\xe4\r\n250 ok\r\n",
    b"421-too many\r\n421 connections\r\n",
)


class Service(BaseRequest):
    """The library's way to Telegram: what is asked about has always the same answer. The second
    question for updates has none: `again` is set."""

    def __init__(self) -> None:
        self.status, self.body = 200, b""
        self.again = asyncio.Event()
        self._asked = False

    @property
    def read_timeout(self) -> float:
        """Any."""
        return 1.0

    async def initialize(self) -> None:
        """Open nothing."""

    async def shutdown(self) -> None:
        """Close nothing."""

    async def do_request(self, url: str, *_: Any, **__: Any) -> tuple[int, bytes]:
        """Answer."""
        if url.endswith("getMe"):
            return 200, as_json({"ok": True, "result": FROM | {"username": "robot"}})
        if not url.endswith("getUpdates"):
            return 200, as_json({"ok": True, "result": SENT})
        if self._asked:
            self.again.set()
            await asyncio.Event().wait()
        self._asked = True
        return self.status, self.body


class Replying(Service):
    """The same, with one answer to whatever is asked."""

    async def do_request(self, *_: Any, **__: Any) -> tuple[int, bytes]:
        """Answer."""
        return self.status, self.body


class Memory(dict[str, str]):
    """What a channel keeps, for as long as this lives."""

    def recall(self, key: str) -> str | None:
        """Return what was kept under *key*."""
        return self.get(key)

    def keep(self, key: str, value: str) -> None:
        """Keep *value* under *key*."""
        self[key] = value


@cache
def loop() -> asyncio.AbstractEventLoop:
    """The loop of this process that talks with Telegram."""
    made = asyncio.new_event_loop()
    Thread(target=made.run_forever, daemon=True).start()
    return made


def _done(act: Coroutine[Any, Any, object]) -> object:
    return asyncio.run_coroutine_threadsafe(act, loop()).result()


def channels(outside: Outside) -> Iterator[tuple[str, Parser]]:
    """Yield the parsers of what services and people say; mail is handed in at *outside*."""
    replies = tuple(map(as_json, REPLIES))
    yield "telegram replies", Parser(lambda data: _done(_replied(data)), replies)
    updates = tuple(as_json({"ok": True, "result": one}) for one in UPDATES)
    yield "telegram updates", Parser(lambda data: _done(_updated(data)), (*updates, *replies))
    kept = (
        b'[[1, 7, [1], "\xe4\xb8\x80", [[["a", "ack:1"]]], []]]',
        b'{"shown": []}',
        b"[[1e400, 7, [1], 1, [], []]]",
        b"[" * 3000,
    )
    yield "telegram messages", Parser(lambda data: _done(_recalled(data)), kept)
    yield "mail", Parser(partial(_mailed, outside), DIALOGUES, (DeliveryError,))


async def _replied(data: bytes) -> object:
    """What is made of *data* as the answer to a message."""
    found: list[object] = []
    for status in STATUSES:
        service = Replying()
        service.status, service.body = status, data
        bot = Bot("1:a", request=service, get_updates_request=service)
        try:
            found.append(await bot.send_message(1, "x"))
        except TelegramError as error:
            found.append(classified(error))
        except Exception as error:  # as the channel does: it is no Bot API's
            found.append(error)
    return found


async def _updated(data: bytes) -> None:
    """Whatever comes as updates, it is asked for more; and what was read does not come again."""
    service, memory = Service(), Memory()
    service.body = data
    bot = Bot("1:a", request=service, get_updates_request=service)
    updates = TelegramUpdates("t", doors().chat, {"1": ["zhang"]}, memory, str, PACE)
    running = asyncio.ensure_future(updates.run(bot))
    await service.again.wait()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def _recalled(data: bytes) -> object:
    return await KeptMessages(Memory(k=data.decode("utf-8", "replace")), "k").all()


def _mailed(outside: Outside, data: bytes) -> object:
    """What is made of *data* as all that a mail server says."""
    options = {"host": "127.0.0.1", "port": str(outside.says(data)), "security": "none"}
    login = {"sender": "watch@anshan.test", "username": "watch", "password": "x"}
    with closing(Mail(ChannelSettings("m", "mail", options | login), StringIO())) as mail:
        return mail.send_mail(["li@anshan.test", "wang@anshan.test"], "x", "x")
