"""A Feishu (飞书) group robot: a signed card, a request of at most 20 KB."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from alerts.channels.group_robot import (
    EVERYBODY,
    Codes,
    GroupRobot,
    cut,
    kind,
    mentioned,
    payload,
    url_problems,
)
from alerts.message import Failure, Link, Message

ADDRESS = 'whom to mention: Feishu user ids, open ids or mailboxes, "all", or "" for nobody'
RATES = ((90, 60.0), (4, 1.0))  # the vendor allows 100 a minute and 5 a second
MOST = 20_000  # bytes of a request, the signature's included
SIGNATURE_ROOM = 200
TITLE = 100
MARKUP = re.compile(r"[\\`*_{}\[\]()#+\-!<>~|&]")
LINK = re.compile(r"(https?://[^\s<>()（）「」，。；、]+)")
CODES = Codes(
    code="code",
    words="msg",
    meanings={
        9499: Failure.MESSAGE,  # bad request
        11246: Failure.MESSAGE,  # the card
        19001: Failure.CHANNEL,  # no such robot
        19002: Failure.MESSAGE,
        19007: Failure.CHANNEL,  # robot switched off
        19021: Failure.CHANNEL,  # signature or time
        19022: Failure.CHANNEL,  # address list
        19024: Failure.CHANNEL,  # keyword
    },
    too_often=frozenset({11232, 11233, 11247}),
    shut=timedelta(seconds=30),
    explanations={
        19001: "the robot was removed from its group, or its url is wrong",
        19021: "check `secret` and the clock",
        19022: "this machine's address is not on the robot's list",
        19024: "the robot wants a keyword that our messages do not contain",
    },
)


class Feishu(GroupRobot):
    """One group robot. Safe to call from several threads."""

    digest = 4000
    codes, rates = CODES, RATES

    def send(self, message: Message) -> None:
        """Say *message* in the group, mentioning its address. Raises `DeliveryError`."""
        proof = signed(self.secret, self.unix_time()) if self.secret else {}
        self.robot.post({**proof, **body_of(message)})


def signed(secret: str, unix_time: float) -> dict[str, str]:
    """Return the fields that prove at *unix_time* that we know *secret*."""
    stamp = str(int(unix_time))
    # The vendor's own way round: what is usually the message is the key, and nothing is signed.
    proof = hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": stamp, "sign": base64.b64encode(proof).decode()}


def body_of(message: Message) -> dict[str, Any]:
    """Return the request's body for *message*, within the limit."""
    most = MOST - SIGNATURE_ROOM
    text = cut(
        _without_title(message), most, lambda kept: len(payload(_body(message, kept))), message.cut
    )
    return _body(message, text)


def escaped(text: str) -> str:
    """Return *text* with all of the card's markup taken for itself; links stay links."""
    pieces = LINK.split(text)
    return "".join(p if i % 2 else MARKUP.sub(_entity, p) for i, p in enumerate(pieces))


def _body(message: Message, text: str) -> dict[str, Any]:
    tail = "".join(map(_mention, mentioned(message.address)))
    content = escaped(text) + (f"\n{tail}" if tail else "")
    return {
        "msg_type": "interactive",
        "card": {
            "config": {"wide_screen_mode": True},
            "header": {"title": {"tag": "plain_text", "content": message.subject[:TITLE]}},
            "elements": [{"tag": "markdown", "content": content}, *_button(message.link)],
        },
    }


def _button(link: Link | None) -> Iterator[dict[str, Any]]:
    if link is not None:
        text = {"tag": "plain_text", "content": link.label}
        button = {"tag": "button", "text": text, "type": "primary", "url": link.url}
        yield {"tag": "action", "actions": [button]}


def _without_title(message: Message) -> str:
    """The card's header says the first line; a card without a body is refused."""
    rest = message.text.removeprefix(message.subject).lstrip("\n")
    whole = len(message.subject) <= TITLE and message.text.startswith(message.subject)
    return rest if whole and rest else message.text


def _mention(name: str) -> str:
    if name in EVERYBODY:
        return "<at id=all></at>"
    return f"<at email={name}></at>" if "@" in name else f"<at id={name}></at>"


def _entity(found: re.Match[str]) -> str:
    return f"&#{ord(found.group())};"


KIND = kind(Feishu, ADDRESS, url_problems)
