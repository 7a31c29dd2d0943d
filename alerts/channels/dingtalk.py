"""A DingTalk (钉钉) group robot: signed markdown, a request of at most 20,000 bytes."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import quote_plus

from alerts.channels.group_robot import (
    EVERYBODY,
    MOBILE,
    Codes,
    GroupRobot,
    cut,
    kind,
    mentioned,
    payload,
    unmarked,
    url_problems,
)
from alerts.message import Failure, Message

ADDRESS = 'whom to mention: phone numbers or DingTalk user ids, "all", or "" for nobody'
RATES = ((18, 60.0),)  # the vendor allows 20 a minute, then is deaf for ten minutes
MOST = 20_000  # bytes of a request
TITLE = 60  # characters of a notification's preview
REFUSED = "keyword, signature or address list of the robot refused it; check `secret` and the clock"
CODES = Codes(
    code="errcode",
    words="errmsg",
    meanings={
        -1: Failure.LATER,  # busy
        40035: Failure.MESSAGE,
        43004: Failure.MESSAGE,
        300001: Failure.CHANNEL,  # no such token
        300005: Failure.CHANNEL,
        310000: Failure.CHANNEL,  # keyword, signature or address list
        400013: Failure.CHANNEL,  # the group was dissolved
        400101: Failure.CHANNEL,  # no such token
        400102: Failure.CHANNEL,  # robot switched off
        400105: Failure.MESSAGE,  # message type
        400106: Failure.CHANNEL,  # no such robot
        430101: Failure.MESSAGE,  # a link held unsafe
        430102: Failure.MESSAGE,  # wording held improper
        430103: Failure.MESSAGE,
        430104: Failure.MESSAGE,
    },
    too_often=frozenset({130101, 410100, 90018, 90030}),
    shut=timedelta(minutes=10),
    explanations={310000: REFUSED, 400013: "the group was dissolved"},
)


class DingTalk(GroupRobot):
    """One group robot. Safe to call from several threads."""

    digest = 4000
    codes, rates = CODES, RATES

    def send(self, message: Message) -> None:
        """Say *message* in the group, mentioning its address. Raises `DeliveryError`."""
        query = signed(self.secret, self.unix_time()) if self.secret else ""
        self.robot.post(body_of(message), query)


def signed(secret: str, unix_time: float) -> str:
    """Return the query that proves at *unix_time* that we know *secret*."""
    stamp = str(round(unix_time * 1000))
    proof = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    return f"&timestamp={stamp}&sign={quote_plus(base64.b64encode(proof))}"


def body_of(message: Message) -> dict[str, Any]:
    """Return the request's body for *message*, within the limit."""
    text = cut(
        _markdown(message.text), MOST, lambda kept: len(payload(_body(message, kept))), message.cut
    )
    return _body(message, text)


def _body(message: Message, text: str) -> dict[str, Any]:
    names = mentioned(message.address)
    persons = [n for n in names if n not in EVERYBODY]
    # Only those named in the text itself are really mentioned.
    ends = [" ".join(f"@{name}" for name in persons)] if persons else []
    if message.link is not None:
        ends.insert(0, f"[{message.link.label}]({message.link.url})")
    return {
        "msgtype": "markdown",
        "markdown": {
            "title": message.subject[:TITLE],
            "text": "  \n".join([text, *ends]),
        },
        "at": {
            "atMobiles": [n for n in persons if MOBILE.fullmatch(n)],
            "atUserIds": [n for n in persons if not MOBILE.fullmatch(n)],
            "isAtAll": bool(EVERYBODY.intersection(names)),
        },
    }


def _markdown(text: str) -> str:
    """A single line break would be swallowed."""
    return unmarked(text).replace("\n", "  \n")


KIND = kind(DingTalk, ADDRESS, partial(url_problems, parameter="access_token=…"))
