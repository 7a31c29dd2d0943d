"""A WeCom robot (智能机器人) on its long connection: messages out, buttons and commands in.

No address of ours has to be reachable: the robot connects outwards, and what people press comes
back on the same socket. `wecom_bot_line` holds that socket, `wecom_bot_frames` its words.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TextIO

from alerts.answers.answer import can_be_answered
from alerts.channels.base import ChatHandler, Memory
from alerts.channels.group_robot import Monotonic
from alerts.channels.wecom_bot_cards import KeptCards
from alerts.channels.wecom_bot_frames import HOME, Chat, Heard, cards_of, chat_of, fits
from alerts.channels.wecom_bot_line import LOGGERS, USUAL_PACE, BotLine, Login, Pace
from alerts.channels.wecom_bot_talk import Ears, Talk
from alerts.common.deadline import USUAL, Limits
from alerts.common.redaction import Redactor
from alerts.message import DeliveryError, Failure, Message, Why
from alerts.model import ChannelSettings
from alerts.told import Detail

logger = logging.getLogger(__name__)


class WeComBot:
    """One robot. Safe to call from several threads; `send` waits for the vendor's yes."""

    quiet = True
    digest = 2000

    def __init__(
        self,
        settings: ChannelSettings,
        _: TextIO,
        limits: Limits = USUAL,
        pace: Pace = USUAL_PACE,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        options = settings.options
        self._id, self._pace, self._monotonic = settings.id, pace, monotonic
        self._redactor = Redactor([options["secret"]])
        self._redactor.hush(*LOGGERS)
        login = Login(options.get("base_url", HOME), options["bot_id"], options["secret"])
        self._line = BotLine(login, limits, pace, self._redactor.line, self._heard, self._idle)
        self._talk = Talk(self._line, monotonic)
        self._ears: Ears | None = None
        self._work = ThreadPoolExecutor(1, thread_name_prefix="wecom-bot-answers")

    @property
    def inbound(self) -> bool:
        """Whether people can write to the robot: somebody listens."""
        return self._ears is not None and self._line.up

    def send(self, message: Message) -> None:
        """Deliver *message*: as a card where it can be answered and is short, else as a text, with
        cards for its buttons below. Raises `DeliveryError`."""
        chat = chat_of(message.address)
        if (wait := self._talk.wait(chat)) is not None:
            spent = Detail("this chat's allowance is used up", Why.OFTEN)
            raise DeliveryError(Failure.LATER, spent, wait)
        if self._ears is None or not message.buttons:
            self._talk.say(chat, message.linked, message.cut)
        else:
            self._ask(self._ears, chat, message)

    def listen(
        self, handler: ChatHandler, people: Mapping[str, Sequence[str]], memory: Memory
    ) -> None:
        """Begin to listen, until the channel is closed; returns at once."""
        kept = KeptCards(memory, f"wecom_bot:{self._id}:cards")
        self._ears = Ears(self._talk, handler, people, kept, self._monotonic)
        self._line.begin()

    def close(self) -> None:
        """End what is under way, stop the threads and hang up."""
        self._line.close()
        self._work.shutdown(wait=False, cancel_futures=True)
        self._redactor.release()

    def _ask(self, ears: Ears, chat: Chat, message: Message) -> None:
        title, below = message.subject, message.text.removeprefix(message.subject).strip()
        rows = list(cards_of(message.buttons))
        about = tuple(dict.fromkeys(n.alert for n in message.notices if can_be_answered(n)))
        if len(rows) == 1 and fits(title, below):
            ears.show(chat, about, title, below, rows[0])
            return
        self._talk.say(chat, message.linked, message.cut)
        try:
            for row in rows:
                ears.show(chat, about, title, "", row)
        except DeliveryError as error:
            # The text is there: whatever fails now must not have it sent again.
            logger.warning("a WeCom robot's buttons did not go out: %s", error.detail)

    def _heard(self, what: Heard) -> None:
        ears = self._ears
        if ears is not None:
            self._later(lambda: ears.take(what))

    def _idle(self) -> None:
        ears = self._ears
        if ears is not None and ears.due(self._pace):
            self._later(ears.follow)

    def _later(self, act: Callable[[], None]) -> None:
        """Do *act* beside the thread that listens. What breaks there is written down."""

        def done() -> None:
            try:
                act()
            except DeliveryError as error:
                logger.warning("a WeCom robot's answer did not go out: %s", error.detail)
            except Exception as error:
                logger.warning("what came to a WeCom robot broke: %s", type(error).__name__)

        with suppress(RuntimeError):  # closed already
            self._work.submit(done)
