"""A server for WeCom robots on the loopback: its frames, its limits, one connection a robot.

It closes what breaks the protocol and keeps what it did not like in `complaints`.
"""

from __future__ import annotations

import json
import logging
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Condition, Thread
from typing import Any

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

BOT, SECRET = "aib-4711", "bot-s3cret/wörd"
PER_MINUTE = 30
SOON = 60.0  # seconds in which anything comes, however busy the machine is
QUIET = logging.getLogger("tests.bot_server")  # it would log what the robot sends
QUIET.setLevel(logging.CRITICAL)


@dataclass
class Card:
    """A card as it stands now in the chat *chat*."""

    chat: str
    shown: dict[str, Any]

    @property
    def labels(self) -> list[str]:
        return [button["text"] for button in self.shown["button_list"]]

    @property
    def text(self) -> str:
        return f"{self.shown['main_title']['title']}\n{self.shown['sub_title_text']}"


@dataclass
class BotServer:
    """What the vendor's side does. `chats`: who has written to the robot before."""

    chats: set[str] = field(default_factory=lambda: {"zhang", "li", "wang", "wrGROUP"})
    context: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        self.said: list[tuple[str, str]] = []  # chat and text, cards' too
        self.cards: dict[str, Card] = {}
        self.complaints: list[str] = []
        self.logins = self.beats = 0
        self.refuse: tuple[int, str] | None = None  # what subscribing is answered
        self.trouble: tuple[int, str] | None = None  # what every message is answered
        self.down: HTTPStatus | None = None  # what a handshake is answered
        self.mute = False  # take everything, answer nothing
        self._number = 0
        self._asked: dict[str, str] = {}  # events that may still be answered, and for which card
        self._answered: dict[str, dict[str, Any]] = {}
        self._seen: set[str] = set()
        self._live: ServerConnection | None = None
        self._changed = Condition()
        self._server = serve(
            self._serve,
            "127.0.0.1",
            0,
            ssl=self.context,
            process_request=self._handshake,
            compression=None,
            close_timeout=0.2,
            logger=QUIET,
        )
        self.port: int = self._server.socket.getsockname()[1]
        self._thread = Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self.hang_up()
        self._thread.join(5)

    def wait(self, happened: Callable[[], Any]) -> None:
        """Wait until *happened*, looking whenever a frame has come."""
        with self._changed:
            assert self._changed.wait_for(happened, timeout=SOON), self.complaints

    def texts(self, chat: str) -> list[str]:
        return [text for where, text in self.said if where == chat]

    def card(self, chat: str) -> Card:
        """Return the newest card of *chat*."""
        return [card for card in self.cards.values() if card.chat == chat][-1]

    def press(self, user: str, label: str, chat: str | None = None, msgid: str = "") -> None:
        """Let *user* press a button of the newest card of their chat, or of the group *chat*."""
        task, card = [(t, c) for t, c in self.cards.items() if c.chat == (chat or user)][-1]
        key = next(b["key"] for b in card.shown["button_list"] if b["text"] == label)
        event = {"card_type": "button_interaction", "event_key": key, "task_id": task}
        self._tell(
            "aibot_event_callback",
            user,
            chat,
            msgid,
            task,
            event=_event("template_card_event", event),
        )

    def write(self, user: str, text: str, chat: str | None = None) -> str:
        """Let *user* write; return the id under which it may be answered."""
        self.chats.add(chat or user)
        said = {"msgtype": "text", "text": {"content": text}}
        return self._tell("aibot_msg_callback", user, chat, "", "", **said)

    def enter(self, user: str) -> str:
        return self._tell(
            "aibot_event_callback", user, None, "", "", event=_event("enter_chat", {})
        )

    def answer_to(self, about: str) -> str:
        """Return what was answered to what came under the id *about*; "" for nothing yet."""
        body = self._answered.get(about, {})
        return str(body.get("stream", body.get("text", {})).get("content", ""))

    def hang_up(self) -> None:
        """Lose the connection, as a network does."""
        live = self._live
        if live is not None:
            with suppress(OSError):
                live.socket.shutdown(2)

    def log_in_elsewhere(self) -> None:
        """Another program has subscribed with the same robot."""
        live, self._live = self._live, None
        assert live is not None
        self._end(live)

    def _handshake(self, _: ServerConnection, __: Request) -> Response | None:
        if self.down is None:
            return None
        return Response(self.down, self.down.phrase, Headers([("Content-Length", "0")]))

    def _serve(self, connection: ServerConnection) -> None:
        with suppress(ConnectionClosed, OSError):
            for text in connection:
                if not self.mute:
                    self._take(connection, text)
                with self._changed:
                    self._changed.notify_all()

    def _take(self, connection: ServerConnection, text: str | bytes) -> None:
        try:
            assert isinstance(text, str), "a frame is text"
            frame = json.loads(text)
            req_id, cmd = frame["headers"]["req_id"], frame["cmd"]
            assert len(text.encode()) <= 64 * 1024, "a frame is too long"
            if cmd != "aibot_subscribe":
                assert connection is self._live, "subscribe first"
            answer = getattr(self, f"_{cmd}")(connection, req_id, frame.get("body", {}))
        except (AssertionError, KeyError, ValueError, AttributeError) as wrong:
            self.complaints.append(f"{type(wrong).__name__}: {wrong}")
            connection.close(1002)
            return
        code, words = answer or (0, "ok")
        said = {"headers": {"req_id": req_id}, "errcode": code, "errmsg": words}
        connection.send(json.dumps(said))

    def _aibot_subscribe(
        self, connection: ServerConnection, req_id: str, body: dict[str, Any]
    ) -> tuple[int, str] | None:
        self.logins += 1
        self._new(req_id)
        if self.refuse:
            return self.refuse
        if (body["bot_id"], body["secret"]) != (BOT, SECRET):
            return 40001, f"invalid secret {body['secret']}"
        before, self._live = self._live, connection
        if before is not None:
            self._end(before)
        return None

    def _ping(self, _: ServerConnection, req_id: str, body: dict[str, Any]) -> None:
        assert not body, "a heartbeat has no body"
        self._new(req_id)
        self.beats += 1

    def _aibot_send_msg(
        self, _: ServerConnection, req_id: str, body: dict[str, Any]
    ) -> tuple[int, str] | None:
        self._new(req_id)
        return self.trouble or self._sent(body["chatid"], body)

    def _sent(self, chat: str, body: dict[str, Any]) -> tuple[int, str] | None:
        assert body["chat_type"] == (2 if chat.startswith("wr") else 1), "the kind of chat"
        if chat not in self.chats:
            return 93006, "invalid chatid"
        if len(self.texts(chat)) >= PER_MINUTE:
            return 45009, "api freq out of limit"
        if body["msgtype"] == "markdown":
            return self._text(chat, body["markdown"]["content"])
        if body["msgtype"] != "template_card":
            return 40008, "invalid message type"
        assert body["template_card"]["task_id"] not in self.cards, "a card of its own"
        return self._put(Card(chat, body["template_card"]))

    def _text(self, chat: str, content: str) -> tuple[int, str] | None:
        if not 0 < len(content.encode()) <= 4096:
            return 45002, "content size out of limit"
        self._say(chat, content)
        return None

    def _aibot_respond_update_msg(
        self, _: ServerConnection, req_id: str, body: dict[str, Any]
    ) -> tuple[int, str] | None:
        task = self._asked.pop(req_id, "")
        if not task:
            return 846605, "invalid req_id"
        assert body["response_type"] == "update_template_card"
        shown = body["template_card"]
        assert shown["task_id"] == task, "the card that was pressed"
        if body.get("userids"):
            self._say(",".join(body["userids"]), Card("", shown).text)
            return None
        return self._put(Card(self.cards[task].chat, shown))

    def _aibot_respond_msg(
        self, _: ServerConnection, req_id: str, body: dict[str, Any]
    ) -> tuple[int, str] | None:
        if self._asked.pop(req_id, None) != "":
            return 846605, "invalid req_id"
        assert body["msgtype"] == "stream"
        assert body["stream"]["finish"] is True
        assert len(body["stream"]["content"].encode()) <= 20480
        self._answered[req_id] = body
        return None

    def _aibot_respond_welcome_msg(
        self, _: ServerConnection, req_id: str, body: dict[str, Any]
    ) -> tuple[int, str] | None:
        if self._asked.pop(req_id, None) != "":
            return 846605, "invalid req_id"
        self._answered[req_id] = body
        return None

    def _put(self, card: Card) -> tuple[int, str] | None:
        shown = card.shown
        assert shown["card_type"] == "button_interaction"
        short = len(shown["main_title"]["title"]) <= 26 and len(shown["sub_title_text"]) <= 112
        few = 1 <= len(shown["button_list"]) <= 6
        labels = all(
            1 <= len(b["text"]) <= 11 and len(b["key"]) <= 1024 for b in shown["button_list"]
        )
        if not (short and few and labels):
            return 40058, "a part of the card is too long"
        self.cards[shown["task_id"]] = card
        self._say(card.chat, card.text)
        return None

    def _say(self, chat: str, text: str) -> None:
        with self._changed:
            self.said.append((chat, text))

    def _new(self, req_id: str) -> None:
        assert req_id, "an id"
        assert req_id not in self._seen, "an id of its own"
        self._seen.add(req_id)

    def _tell(
        self, cmd: str, user: str, chat: str | None, msgid: str, task: str, **more: Any
    ) -> str:
        self._number += 1
        req_id = f"event-{self._number}"
        self._asked[req_id] = task
        where = {"chatid": chat, "chattype": "group"} if chat else {"chattype": "single"}
        body = {"msgid": msgid or f"m{self._number}", "aibotid": BOT, "from": {"userid": user}}
        said = {"cmd": cmd, "headers": {"req_id": req_id}, "body": {**body, **where, **more}}
        live = self._live
        assert live is not None
        live.send(json.dumps(said))
        return req_id

    def _end(self, connection: ServerConnection) -> None:
        event = {"eventtype": "disconnected_event"}
        said = {
            "cmd": "aibot_event_callback",
            "headers": {"req_id": "gone"},
            "body": {"event": event},
        }
        with suppress(ConnectionClosed, OSError):
            connection.send(json.dumps(said))


def _event(kind: str, more: dict[str, Any]) -> dict[str, Any]:
    return {"eventtype": kind, **({kind: more} if more else {})}
