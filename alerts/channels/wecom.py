"""A WeCom (企业微信) group robot: markdown of at most 4,096 bytes.

Markdown can mention members by their id only; a phone number or 「all」 needs a plain text,
which holds half as much. WeChat, where many read along, shows no markdown: `plain` sends text.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from alerts.channels.group_robot import (
    EVERYBODY,
    MOBILE,
    Codes,
    GroupRobot,
    cut,
    kind,
    mentioned,
    octets,
    unmarked,
    url_problems,
)
from alerts.message import Failure, Message
from alerts.told import Told

ADDRESS = 'whom to mention: WeCom user ids or phone numbers, "all", or "" for nobody'
RATES = ((18, 60.0),)  # the vendor allows 20 a minute
MARKDOWN, TEXT = 4096, 2048  # bytes
CODES = Codes(
    code="errcode",
    words="errmsg",
    meanings={
        -1: Failure.LATER,  # busy
        40001: Failure.CHANNEL,
        40008: Failure.MESSAGE,  # message type
        40035: Failure.MESSAGE,
        40058: Failure.MESSAGE,  # too long, or a parameter of the wrong shape
        44004: Failure.MESSAGE,  # empty
        45002: Failure.MESSAGE,  # too long
        93000: Failure.CHANNEL,  # no such robot, or removed from the group
        93004: Failure.CHANNEL,  # robot switched off
        93008: Failure.CHANNEL,  # robot not in the group
    },
    too_often=frozenset({45009, 45033}),
    shut=timedelta(minutes=1),
    explanations={93000: "the robot was removed from its group, or its url is wrong"},
)


class WeCom(GroupRobot):
    """One group robot. Safe to call from several threads."""

    digest = 2000
    codes, rates = CODES, RATES

    def send(self, message: Message) -> None:
        """Say *message* in the group, mentioning its address. Raises `DeliveryError`."""
        self.robot.post(body_of(message, self.plain))


def body_of(message: Message, plain: bool = False) -> dict[str, Any]:
    """Return the request's body for *message*; *plain*: as text, whomever it mentions."""
    names = mentioned(message.address)
    mobiles = [n for n in names if MOBILE.fullmatch(n)]
    everybody = ["@all"] if EVERYBODY.intersection(names) else []
    members = [n for n in names if n not in mobiles and n not in EVERYBODY]
    link = message.link
    if plain or mobiles or everybody:
        return {
            "msgtype": "text",
            "text": {
                "content": _within(message, message.text, TEXT, f"\n{link.line}" if link else ""),
                "mentioned_list": members + everybody,
                "mentioned_mobile_list": mobiles,
            },
        }
    tail = "".join(f"\n<@{name}>" for name in members)
    if link is not None:
        tail = f"\n[{link.label}]({link.url}){tail}"
    content = _within(message, unmarked(message.text), MARKDOWN, tail)
    return {"msgtype": "markdown", "markdown": {"content": content}}


def problems(options: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with which option."""
    found = url_problems(options, "key=…")
    if options.get("plain", "false") not in ("true", "false"):
        found["plain"] = Told("expected true or false")
    return found


def _within(message: Message, text: str, most: int, tail: str) -> str:
    """The end, a link or a name, is never what is cut."""
    return cut(text, most - octets(tail), octets, message.cut) + tail


# This vendor signs nothing; a secret is taken so that the three are alike.
KIND = kind(WeCom, ADDRESS, problems, frozenset({"plain"}))
