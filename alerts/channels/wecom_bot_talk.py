"""What a WeCom robot says, and what it does with what people write and press."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import chain
from typing import Any
from uuid import uuid4

from alerts.channels.base import ChatHandler
from alerts.channels.group_robot import Allowance, Monotonic
from alerts.channels.wecom_bot_cards import Kept, KeptCards
from alerts.channels.wecom_bot_frames import (
    ENTERED,
    PRESSED,
    RENEW,
    RESPOND,
    SEND,
    WELCOME,
    WRITTEN,
    Chat,
    Heard,
    card,
    cards_of,
    flat,
    markdown,
    renewal,
    shown_card,
    with_lines,
)
from alerts.channels.wecom_bot_line import BotLine, Pace
from alerts.message import Button, Reply, Standing

RATES = ((28, 60.0), (950, 3600.0))  # of one chat; the vendor allows 30 and 1,000
REMEMBERED = 500  # ids of what came in: the vendor repeats what it is not sure we have got
CUT = "…"


class Talk:
    """What one robot says, within the rate of each chat. Raises `DeliveryError` for what the vendor
    does not take."""

    def __init__(self, line: BotLine, monotonic: Monotonic) -> None:
        self._line = line
        self._monotonic = monotonic
        self._allowances: dict[str, Allowance] = {}

    def wait(self, chat: Chat) -> timedelta | None:
        """Use up one message to *chat* and return None, or return how long to wait for it."""
        made = Allowance(RATES, self._monotonic)
        return self._allowances.setdefault(chat.address, made).take()

    def say(self, chat: Chat, text: str, ending: str = CUT) -> None:
        """Say *text* in *chat*; where it is too long it ends in *ending*."""
        self._line.ask(SEND, markdown(chat, text, ending))

    def show(self, chat: Chat, title: str, below: str, row: tuple[Button, ...]) -> str:
        """Show a card in *chat*, and return its id."""
        task = uuid4().hex
        self._line.ask(SEND, card(chat, shown_card(task, title, below, row)))
        return task

    def answer(self, cmd: str, body: Mapping[str, Any], what: Heard) -> None:
        """Answer *what* came in."""
        self._line.ask(cmd, body, what.about)


class Ears:
    """What is done with what people write and press: all of it by one thread."""

    def __init__(
        self,
        talk: Talk,
        handler: ChatHandler,
        people: Mapping[str, Sequence[str]],
        kept: KeptCards,
        monotonic: Monotonic,
    ) -> None:
        self._kept = kept
        self._talk, self._handler, self._people = talk, handler, people
        self._monotonic = monotonic
        self._looked = monotonic()
        self._seen: OrderedDict[str, None] = OrderedDict()

    def due(self, pace: Pace) -> bool:
        """Return whether it is time to look how alerts stand, and count it as begun."""
        if self._monotonic() - self._looked < pace.refresh.total_seconds():
            return False
        self._looked = self._monotonic()
        return True

    def show(
        self,
        chat: Chat,
        about: tuple[int, ...],
        title: str,
        below: str,
        row: tuple[Button, ...],
    ) -> None:
        """Show a card that speaks of the alerts *about* in *chat*. Raises `DeliveryError`."""
        task = self._talk.show(chat, title, below, row)
        self._kept.add(Kept(task, chat, about, title, below, row, self._lines(about)))

    def take(self, what: Heard) -> None:
        """Answer *what* came in, once."""
        if what.id in self._seen:
            return
        self._seen[what.id] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        if what.what == PRESSED:
            self._pressed(what)
        elif what.what == WRITTEN and what.text:
            self._written(what)
        elif what.what == ENTERED and self._who(what.user) is None:
            text = {"msgtype": "text", "text": {"content": self._turned_away(what.user)}}
            self._talk.answer(WELCOME, text, what)

    def follow(self) -> None:
        """Tell each chat what others have answered to its cards; forget those that are over."""
        kept = self._kept.all()
        standing = {alerts: self._handler.standing(alerts) for alerts in {k.alerts for k in kept}}
        told = {(k.chat, k.alerts, line) for k in kept for line in k.shown}
        for one in kept:
            found = standing[one.alerts].values()
            if not any(each.open for each in found):
                self._kept.drop(one.task)
                continue
            lines = lines_of(found)
            fresh = [line for line in lines if (one.chat, one.alerts, line) not in told]
            told |= {(one.chat, one.alerts, line) for line in fresh}
            if lines != one.shown and self._tell(one, fresh):
                self._kept.shown(one.task, lines)

    def _tell(self, one: Kept, fresh: Sequence[str]) -> bool:
        """Say *fresh*, and return whether it was said: a card is renewed only for who presses it,
        everybody else gets a text."""
        if not fresh:
            return True
        if self._talk.wait(one.chat) is not None:
            return False
        self._talk.say(one.chat, "\n".join((one.title, *fresh)))
        return True

    def _pressed(self, what: Heard) -> None:
        who = self._who(what.user)
        if who is None:
            self._renew(what, Reply(toast=self._turned_away(what.user)))
            return
        reply = self._handler.pressed(who, what.key)
        self._renew(what, reply)
        self._reply(what.chat, reply)

    def _renew(self, what: Heard, reply: Reply) -> None:
        """Show on the card what became of the press: the vendor allows five seconds for it."""
        known = self._kept.of(what.task)
        if known is None:
            if reply.toast:
                self._talk.say(what.chat, reply.toast)
            return
        lines = self._lines(known.alerts)
        said = (reply.toast,) if reply.toast else lines
        row = flat(reply.more) or known.row
        shown = shown_card(known.task, known.title, with_lines(known.below, said), row)
        # A stranger's press changes what the stranger sees, not what the group does.
        only = what.user if what.chat.group and self._who(what.user) is None else None
        self._talk.answer(RENEW, renewal(shown, only), what)
        self._kept.shown(known.task, lines)

    def _written(self, what: Heard) -> None:
        who = self._who(what.user)
        reply = (
            Reply(self._turned_away(what.user))
            if who is None
            else self._handler.command(who, what.text)
        )
        stream = {"id": uuid4().hex, "finish": True, "content": reply.text or reply.toast}
        if stream["content"]:
            self._talk.answer(RESPOND, {"msgtype": "stream", "stream": stream}, what)
        self._reply(what.chat, Reply(buttons=reply.buttons))

    def _reply(self, chat: Chat, reply: Reply) -> None:
        if reply.text:
            self._talk.say(chat, reply.text)
        for row in cards_of(reply.buttons):
            self._talk.show(chat, "↓", "", row)

    def _lines(self, alerts: tuple[int, ...]) -> tuple[str, ...]:
        return lines_of(self._handler.standing(alerts).values()) if alerts else ()

    def _who(self, user: str) -> str | None:
        """The one person whose own chat is *user*'s. Being in a group proves nothing."""
        found = self._people.get(user, ())
        return found[0] if len(found) == 1 else None

    def _turned_away(self, user: str) -> str:
        several = len(self._people.get(user, ())) > 1
        return self._handler.ambiguous() if several else self._handler.stranger(user)


def lines_of(standing: Iterable[Standing]) -> tuple[str, ...]:
    """Return what stands of several alerts, a line each."""
    return tuple(chain.from_iterable(one.lines for one in standing))
