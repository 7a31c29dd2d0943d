"""What goes over the long connection of a WeCom robot, and what comes: frames and cards. Pure.

Every frame is an object in JSON with `headers.req_id`. Ours have a `cmd`; the vendor's answer to
one has its `req_id`, an `errcode` and no `cmd`. The vendor's documents:
https://developer.work.weixin.qq.com/document/path/101463 (frames and limits), /101027 (what comes
in), /101031 (cards renewed), /101032 (cards). Sizes of a card are those that every client shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import Any

from alerts.channels.group_robot import Codes, cut, octets, payload
from alerts.message import Button, Buttons, Failure
from alerts.told import Told

HOME = "wss://openws.work.weixin.qq.com"
SUBSCRIBE, PING, SEND = "aibot_subscribe", "ping", "aibot_send_msg"
RESPOND, RENEW, WELCOME = (
    "aibot_respond_msg",
    "aibot_respond_update_msg",
    "aibot_respond_welcome_msg",
)
WRITTEN, HAPPENED = "aibot_msg_callback", "aibot_event_callback"
ELSEWHERE, PRESSED, ENTERED = "disconnected_event", "template_card_event", "enter_chat"
GROUP = "group:"
ADDRESS = Told("a member's user id, or \"{group}\" and a group's id", group=GROUP)
CHAT = re.compile(rf"(?:{GROUP})?[\w.@-]{{1,64}}")
MARKDOWN = 4096  # bytes
TITLE, BELOW = 26, 112  # characters
LABEL = 11  # the vendor advises ten; a day and an hour late in the year have one more
ASIDE = re.compile(r"（[^）]*）")  # a weekday
BUTTONS = 6  # of one card
SEPARATOR = "\n———\n"
CODES = Codes(
    code="errcode",
    words="errmsg",
    meanings={
        -1: Failure.LATER,  # busy
        40001: Failure.CHANNEL,
        40003: Failure.ADDRESS,  # no such member
        40008: Failure.MESSAGE,  # a kind of message that may not be sent
        40058: Failure.MESSAGE,  # a part that is too long, or of the wrong shape
        44004: Failure.MESSAGE,
        45002: Failure.MESSAGE,
        60111: Failure.ADDRESS,
        81013: Failure.ADDRESS,
        93006: Failure.ADDRESS,  # no such chat
    },
    too_often=frozenset({45009, 45033, 45047}),
    shut=timedelta(minutes=1),
    explanations={93006: "let the person or group write to the robot once"},
)


@dataclass(frozen=True, slots=True)
class Chat:
    """Where a message goes: one person's chat, or a group's."""

    id: str
    group: bool = False

    @property
    def address(self) -> str:
        """The chat as it is written in a configuration."""
        return f"{GROUP}{self.id}" if self.group else self.id


def chat_of(address: str) -> Chat:
    """Return the chat that *address* stands for."""
    return Chat(address.removeprefix(GROUP), address.startswith(GROUP))


def frame(cmd: str, req_id: str, body: Mapping[str, Any] | None = None) -> str:
    """Return a frame as it is sent."""
    whole = {"cmd": cmd, "headers": {"req_id": req_id}}
    return payload(whole if body is None else whole | {"body": body}).decode()


def markdown(chat: Chat, text: str, ending: str) -> dict[str, Any]:
    """Return the body of an unsolicited message; *ending* says that it was cut."""
    content = cut(text, MARKDOWN, octets, ending)
    return _to(chat) | {"msgtype": "markdown", "markdown": {"content": content}}


def card(chat: Chat, shown: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of an unsolicited card that is *shown*."""
    return _to(chat) | {"msgtype": "template_card", "template_card": shown}


def renewal(shown: Mapping[str, Any], only: str | None) -> dict[str, Any]:
    """Return the body that renews a card somebody has pressed; for *only* one, in a group."""
    whom = {"userids": [only]} if only else {}
    return {"response_type": "update_template_card", "template_card": shown, **whom}


def shown_card(task: str, title: str, below: str, row: Sequence[Button]) -> dict[str, Any]:
    """Return a card with at most `BUTTONS` buttons; *task* is its id, which no other has."""
    style = [1, *[2] * len(row)]
    listed = [
        {"text": _label(one.label), "style": style[place], "key": one.data}
        for place, one in enumerate(row)
    ]
    return {
        "card_type": "button_interaction",
        "task_id": task,
        "main_title": {"title": title if len(title) <= TITLE else f"{title[: TITLE - 1]}…"},
        "sub_title_text": below[:BELOW],
        "button_list": listed,
    }


def _label(text: str) -> str:
    return (text if len(text) <= LABEL else ASIDE.sub("", text))[:LABEL]


def fits(title: str, below: str) -> bool:
    """Return whether a card shows all of a message."""
    return len(title) <= TITLE and len(below) <= BELOW


def cards_of(buttons: Buttons) -> Iterator[tuple[Button, ...]]:
    """Yield the buttons of each card: rows stay together as long as a card has room."""
    held: tuple[Button, ...] = ()
    for row in buttons:
        if held and len(held) + len(row) > BUTTONS:
            yield held
            held = ()
        held += row[:BUTTONS]
    if held:
        yield held


def flat(buttons: Buttons) -> tuple[Button, ...]:
    """Return *buttons* as one row that a card has room for."""
    return tuple(chain.from_iterable(buttons))[:BUTTONS]


def with_lines(below: str, lines: Sequence[str]) -> str:
    """Return a card's text with *lines* below it; what there is no room for is cut above them."""
    if not lines:
        return below
    tail = "\n".join(lines)[:BELOW]
    room = BELOW - len(tail) - len(SEPARATOR)
    return f"{below[:room]}{SEPARATOR}{tail}" if room > 0 and below else tail


@dataclass(frozen=True, slots=True)
class Heard:
    """What came in: *what* is a callback's `cmd`, or an event's kind. *key*: of the button that was
    pressed, on the card *task*. *about*: by which id it is answered; *id*: its own."""

    what: str
    about: str
    id: str
    user: str
    chat: Chat
    text: str = ""
    key: str = ""
    task: str = ""


def heard(said: Mapping[str, Any]) -> Heard:
    """Return what the vendor's frame *said* tells. Parts that are not there are empty."""
    body, about = _part(said, "body"), _req_id(said)
    event = _part(body, "event")
    kind = _text(event.get("eventtype"))
    pressed = _part(event, PRESSED) or event
    user = _text(_part(body, "from").get("userid")) or _text(_part(event, "from").get("userid"))
    group = body.get("chattype") == "group"
    return Heard(
        what=kind if said.get("cmd") == HAPPENED else _text(said.get("cmd")),
        about=about,
        id=_text(body.get("msgid")) or about,
        user=user,
        chat=Chat(_text(body.get("chatid")) if group else user, group),
        text=_words(_text(_part(body, "text").get("content")), group),
        key=_text(pressed.get("event_key")),
        task=_text(pressed.get("task_id")),
    )


def answered(said: Mapping[str, Any]) -> str | None:
    """Return which of our frames *said* answers; None for one that is no answer."""
    return None if "cmd" in said else _req_id(said)


def _req_id(said: Mapping[str, Any]) -> str:
    return _text(_part(said, "headers").get("req_id"))


def _to(chat: Chat) -> dict[str, Any]:
    return {"chatid": chat.id, "chat_type": 2 if chat.group else 1}


def _words(text: str, group: bool) -> str:
    """What was written, without the robot's name, by which it is called in a group."""
    return re.sub(r"^\s*@\S+\s*", "", text) if group else text.strip()


def _part(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = said.get(name)
    return found if isinstance(found, dict) else {}


def _text(found: object) -> str:
    return found if isinstance(found, str) else ""
