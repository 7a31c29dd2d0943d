"""What comes in by Telegram: commands, pressed buttons, and messages that move with their alert.

Runs on the loop that sends, beside it: whatever breaks here is written down and begun again, and
never keeps a message from being sent. Decides nothing; a `ChatHandler` answers.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain

from telegram import (
    Bot,
    BotCommand,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    Update,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from alerts.answers.buttons import ROWS, names_a_time
from alerts.channels.base import ChatHandler, Memory
from alerts.channels.telegram_kept import Kept, KeptMessages, deaf_key
from alerts.channels.telegram_text import edited, parts
from alerts.message import Button, Buttons, Reply, Standing

TOAST = 190  # characters that are shown at the press of a button
SHORT_TOAST = 20  # a longer one is shown as a box that is closed by hand
STRANGERS = 500  # who have got their one line
UNCHANGED = "not modified"
FIRST_WORD = timedelta(seconds=3)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How long is waited for what."""

    listen: timedelta = timedelta(seconds=25)  # one question for updates
    first: timedelta = timedelta(seconds=1)  # after a failure, doubling …
    longest: timedelta = timedelta(seconds=60)  # … up to this
    refused: timedelta = timedelta(minutes=5)  # after the token was refused
    refresh: timedelta = timedelta(seconds=10)  # between two looks at how alerts stand
    most: timedelta = timedelta(hours=1)  # however long the service asks us to wait


USUAL_PACE = Pace()


class TelegramUpdates:
    """Listens for one bot, until its task is cancelled."""

    def __init__(
        self,
        name: str,
        handler: ChatHandler,
        people: Mapping[str, Sequence[str]],
        memory: Memory,
        line: Callable[[str], str],
        pace: Pace = USUAL_PACE,
    ) -> None:
        """*name*: the channel's id. *people*: ids by address. *line*: strikes secrets out."""
        self._handler = handler
        self._people = people
        self._memory = memory
        self._line = line
        self._pace = pace
        self._offset_key = f"telegram:{name}:offset"
        self._kept = KeptMessages(memory, f"telegram:{name}:messages")
        self._strangers: dict[tuple[int, int], None] = {}
        self._username: str | None = None
        self._moved = asyncio.Event()
        self._first_word = asyncio.Event()
        self._inbound = False
        self._name = name
        self._deaf: str | None = None

    @property
    def inbound(self) -> bool:
        """Whether what people write to the bot comes to us, as far as is known."""
        return self._inbound

    async def listens(self, within: timedelta = FIRST_WORD) -> bool:
        """Return whether anybody listens, once that is known; False where it is not *within*."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within.total_seconds()):
                await self._first_word.wait()
        return self._inbound

    @property
    def kept(self) -> KeptMessages:
        """The messages that are edited while their alerts move."""
        return self._kept

    async def run(self, bot: Bot) -> None:
        """Receive updates and edit messages without end. Errors are logged, and it starts again."""
        # Of this loop: the thread before may have died with its own.
        self._moved, self._first_word = asyncio.Event(), asyncio.Event()
        self._kept.begin()
        await asyncio.gather(self._for_ever(self._listen, bot), self._for_ever(self._follow, bot))

    async def _for_ever(self, act: Callable[[Bot], Awaitable[None]], bot: Bot) -> None:
        """Repeat *act* without end. The same trouble is logged once: an outage is one line."""
        wait, logged = self._pace.first, ""
        while True:
            try:
                await act(bot)
                wait, logged = self._pace.first, ""
            except Exception as error:
                said = _said(error, self._line)
                if said != logged:
                    logger.warning("Telegram is not heard for the moment: %s", said)
                rest, wait, logged = (
                    _rest(error, wait, self._pace),
                    min(wait * 2, self._pace.longest),
                    said,
                )
                await asyncio.sleep(rest.total_seconds())

    async def _listen(self, bot: Bot) -> None:
        """Ask for updates once, and answer each."""
        if self._username is None:
            await self._introduce(bot)
        known = await asyncio.to_thread(self._memory.recall, self._offset_key)
        try:
            updates = await bot.get_updates(
                offset=int(known) if known else None,
                # The first time only to know whether anybody listens.
                timeout=self._pace.listen if self._inbound else timedelta(0),
                allowed_updates=[Update.MESSAGE, Update.CALLBACK_QUERY],
            )
        except TelegramError as error:
            await self._note(self._inbound and not _elsewhere(error), error)
            raise
        except Exception:
            # An unreadable update would be delivered again each time; numbers rise by one.
            if known:
                await asyncio.to_thread(self._memory.keep, self._offset_key, str(int(known) + 1))
            raise
        await self._note(True)
        for update in updates:
            try:
                await self._received(bot, update)
            except TelegramError as error:
                logger.warning("a Telegram update went unanswered: %s", self._line(error.message))
            except Exception as error:
                logger.warning("a Telegram update was not understood: %s", type(error).__name__)
            # Also of one that raises: it must not be delivered again each time.
            await asyncio.to_thread(self._memory.keep, self._offset_key, str(update.update_id + 1))

    async def _note(self, heard: bool, error: Exception | None = None) -> None:
        """Note whether anybody listens; that another tool does, for `doctor`, too."""
        self._inbound = heard
        self._first_word.set()
        deaf = _said(error, self._line) if error is not None and _elsewhere(error) else ""
        if deaf != self._deaf:
            self._deaf = deaf
            await asyncio.to_thread(self._memory.keep, deaf_key(self._name), deaf)

    async def _introduce(self, bot: Bot) -> None:
        commands = [BotCommand(name, what) for name, what in self._handler.commands()]
        self._username = (await bot.get_me()).username
        await bot.set_my_commands(commands)

    async def _received(self, bot: Bot, update: Update) -> None:
        if update.callback_query is not None:
            await self._pressed(bot, update.callback_query)
        elif update.message is not None and update.message.text:
            await self._written(bot, update.message, update.message.text)

    async def _written(self, bot: Bot, message: Message, text: str) -> None:
        private = message.chat.type == "private"
        command = _own_command(text, self._username)
        if command is None and not (private and not text.startswith("/")):
            return  # a group's own handler, or another bot's command
        user = message.from_user.id if message.from_user else message.chat_id
        if not private and str(message.chat_id) not in self._people:
            logger.info(
                "a command came from the Telegram chat %s, which is nobody's address",
                message.chat_id,
            )
        who = self._who(user)
        if who is None:
            await self._turn_away(bot, message.chat_id, user)
            return
        if message.forward_origin is not None:
            # Forwarded: the words are somebody else's, not the sender's.
            await self._log(bot, message.chat_id, Reply(self._handler.forwarded()))
            return
        reply = await asyncio.to_thread(self._handler.command, who, command or text)
        await self._log(bot, message.chat_id, reply)
        self._moved.set()

    async def _pressed(self, bot: Bot, query: CallbackQuery) -> None:
        where = query.message
        chat = where.chat.id if where is not None else query.from_user.id
        who = self._who(query.from_user.id)
        if who is None:
            toast = self._unknown(query.from_user.id)
            await bot.answer_callback_query(query.id, toast[:TOAST], show_alert=True)
            return
        reply = await asyncio.to_thread(self._handler.pressed, who, query.data or "")
        try:
            await _toast(bot, query.id, reply.toast)
        except BadRequest:
            # Too old to be answered at the button; the person who pressed it still has to know.
            reply = replace(reply, text=reply.text or reply.toast)
        if reply.more and isinstance(where, Message):
            await self._add_rows(bot, where, reply.more)
        await self._log(bot, chat, reply)
        self._moved.set()

    async def _add_rows(self, bot: Bot, message: Message, more: Buttons) -> None:
        kept = await self._kept.buttons_of(message.chat_id, message.message_id)
        own = _rows_shown(message) if kept is None else kept
        try:
            await bot.edit_message_reply_markup(
                message.chat_id, message.message_id, reply_markup=keyboard((*own, *more))
            )
        except BadRequest as error:
            if UNCHANGED not in error.message.lower():
                raise

    async def _log(self, bot: Bot, chat: int, reply: Reply) -> None:
        pieces = list(parts(reply.text))
        for number, piece in enumerate(pieces, 1):
            await bot.send_message(
                chat,
                piece,
                reply_markup=keyboard(reply.buttons) if number == len(pieces) else None,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )

    def _who(self, user: int) -> str | None:
        """Return the one person whose own chat is *user*'s. Being in a group proves nothing:
        what is answered is recorded under a name."""
        found = self._people.get(str(user), ())
        return found[0] if len(found) == 1 else None

    def _unknown(self, user: int) -> str:
        several = len(self._people.get(str(user), ())) > 1
        return self._handler.ambiguous() if several else self._handler.stranger(user)

    async def _turn_away(self, bot: Bot, chat: int, user: int) -> None:
        """One polite line for each, and nothing else."""
        if (chat, user) in self._strangers:
            return
        self._strangers[chat, user] = None
        if len(self._strangers) > STRANGERS:
            del self._strangers[next(iter(self._strangers))]
        logger.info("a stranger wrote to the Telegram bot: user %s, in the chat %s", user, chat)
        await bot.send_message(chat, self._unknown(user))

    async def _follow(self, bot: Bot) -> None:
        """Edit the messages whose alerts have moved; then wait for the next look."""
        kept = await self._kept.all()
        wanted = {number for one in kept for number in one.alerts}
        standing = await asyncio.to_thread(self._handler.standing, wanted) if wanted else {}
        for one in kept:
            await self._edit(bot, one, self._lines(one, standing), _still_open(one, standing))
        try:
            async with asyncio.timeout(self._pace.refresh.total_seconds()):
                await self._moved.wait()
        except TimeoutError:
            pass
        self._moved.clear()

    def _lines(self, one: Kept, standing: Mapping[int, Standing]) -> tuple[str, ...]:
        """What stands below a message: what became of each alert, of many how many there are."""
        found = [standing[number] for number in one.alerts if number in standing]
        if len(one.alerts) <= ROWS:
            return tuple(chain.from_iterable(each.lines for each in found))
        ended = sum(not each.open for each in found)
        answered = sum(each.open and bool(each.lines) for each in found)
        if not ended + answered:
            return ()
        return (self._handler.summed(len(found) - ended - answered, answered, ended),)

    async def _edit(self, bot: Bot, one: Kept, lines: tuple[str, ...], still_open: bool) -> None:
        if lines == one.shown and still_open:
            return
        try:
            await bot.edit_message_text(
                edited(one.text, lines),
                one.chat,
                one.message,
                reply_markup=keyboard(one.buttons) if still_open else None,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        except BadRequest as error:
            # Deleted, or not to be edited any more: let it be.
            still_open = still_open and UNCHANGED in error.message.lower()
        except (Forbidden, ChatMigrated):
            still_open = False  # they have blocked the bot; it stayed behind in the old group
        await self._kept.settle(one, lines, still_open)


def keyboard(buttons: Buttons) -> InlineKeyboardMarkup | None:
    """Return *buttons* as the library wants them; None for none."""
    if not buttons:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(b.label, callback_data=b.data) for b in row] for row in buttons]
    )


def _rest(error: Exception, wait: timedelta, pace: Pace) -> timedelta:
    match error:
        case RetryAfter():
            asked = error.retry_after
            return min(
                asked if isinstance(asked, timedelta) else timedelta(seconds=asked), pace.most
            )
        case InvalidToken():
            return pace.refused
    return wait


def _said(error: Exception, line: Callable[[str], str]) -> str:
    match error:
        case Conflict() if _elsewhere(error):
            return (
                "a webhook of another tool is set for the bot, so nobody can listen and "
                "messages carry the link; take it away (deleteWebhook) or use a bot of its own"
            )
        case Conflict():
            return "another program listens for the same bot; only one can"
        case InvalidToken():
            return "the bot's token is refused"
        case TelegramError():
            return line(error.message)
    return type(error).__name__


def _own_command(text: str, username: str | None) -> str | None:
    """*text* as a command without our name; None if it is none, or another bot's."""
    if not text.startswith("/"):
        return None
    first, space, rest = text.partition(" ")
    name, at, bot = first.partition("@")
    ours = not at or (username or "").lower() == bot.lower()
    return f"{name}{space}{rest}" if ours else None


def _elsewhere(error: Exception) -> bool:
    """Whether what people write goes to a webhook that another tool has set."""
    return isinstance(error, Conflict) and "webhook" in error.message.lower()


async def _toast(bot: Bot, query: str, text: str) -> None:
    box = len(text) > SHORT_TOAST
    await bot.answer_callback_query(query, text[:TOAST] or None, show_alert=box)


def _rows_shown(message: Message) -> Buttons:
    """The rows that stand below a message now, without those of times, which were added later."""
    markup = message.reply_markup
    rows = markup.inline_keyboard if markup else ()
    return tuple(
        tuple(Button(b.text, str(b.callback_data)) for b in row)
        for row in rows
        if not any(names_a_time(str(b.callback_data)) for b in row)
    )


def _still_open(one: Kept, standing: Mapping[int, Standing]) -> bool:
    return any(standing[number].open for number in one.alerts if number in standing)
