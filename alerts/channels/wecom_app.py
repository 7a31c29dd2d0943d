"""An app of WeCom (企业微信应用): messages to members by their user id.

A short message that can be answered is a card with the way to its page; every other is a text of
at most 2,048 bytes. Both also reach personal WeChat where the company's plug-in (微信插件) is
followed. A private deployment such as 政务微信 speaks the same under another `base_url`. The
vendor's documents: https://developer.work.weixin.qq.com/document/path/90236 (send), /91039
(token), /90313 (codes).
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import timedelta
from html import escape
from typing import Any, TextIO
from urllib.parse import urlencode

from alerts.channels.group_robot import Codes, Monotonic, cut, octets, payload, read, verdict
from alerts.channels.kind import Kind
from alerts.channels.pool import pooled
from alerts.channels.replies import url_problem
from alerts.common.deadline import USUAL, Limits
from alerts.message import DeliveryError, Failure, Link, Message, Why
from alerts.model import ChannelSettings
from alerts.told import Detail, Told

HOME = "https://qyapi.weixin.qq.com"
ADDRESS = Told("a member's user id (UserID); several with |")
USERS = re.compile(r"[\w.@-]{1,64}(?:\|[\w.@-]{1,64})*")
TEXT = 2048  # bytes
TITLE, BELOW = 36, 160  # characters of a card that every client shows
EARLY = timedelta(minutes=5)  # a token is renewed so long before it ends
STALE = frozenset({40014, 42001, 41001})  # the token was taken back, or has ended
CODES = Codes(
    code="errcode",
    words="errmsg",
    meanings={
        -1: Failure.LATER,  # busy
        40001: Failure.CHANNEL,  # the app's secret
        40013: Failure.CHANNEL,  # the company's id
        40014: Failure.LATER,
        40056: Failure.CHANNEL,  # the app's number
        41001: Failure.LATER,
        42001: Failure.LATER,
        44004: Failure.MESSAGE,  # empty
        45002: Failure.MESSAGE,  # too long
        40058: Failure.MESSAGE,
        48002: Failure.CHANNEL,  # the app may not send
        60011: Failure.CHANNEL,  # nor see this member
        60020: Failure.CHANNEL,  # not from this address
        60111: Failure.ADDRESS,  # no such member
        81013: Failure.ADDRESS,  # nobody of those named
        301002: Failure.CHANNEL,  # another app's secret
    },
    too_often=frozenset({45009, 45033}),
    shut=timedelta(minutes=1),
    explanations={
        60020: "add this machine's public address to the app's trusted addresses (企业可信IP)",
        60011: "add the member to those who can see the app (可见范围)",
        81013: "no such member, or outside those who can see the app (可见范围)",
    },
)


class WeComApp:
    """One app. Safe to call from several threads."""

    quiet = True
    digest = 1800
    inbound = False

    def __init__(
        self,
        settings: ChannelSettings,
        _: TextIO,
        limits: Limits = USUAL,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        options = settings.options
        self._home = options.get("base_url", HOME).rstrip("/")
        self._corp, self._secret = options["corp_id"], options["secret"]
        self._agent = int(options["agent_id"])
        self._monotonic = monotonic
        self._http = pooled([self._home], [self._secret], limits)
        self._token: tuple[str, float] | None = None  # and until when it is used

    def send(self, message: Message) -> None:
        """Send *message* to its address. Raises `DeliveryError`."""
        body = payload(body_of(message, self._agent))
        said = self._sent(body)
        if said.get("errcode") in STALE:
            self._token = None
            said = self._sent(body)
        if missed := said.get("invaliduser"):
            detail = self._http.line(f"not a member who can see the app: {missed}")
            raise DeliveryError(Failure.ADDRESS, detail)

    def close(self) -> None:
        """End what is under way and give back the connections."""
        self._http.close()

    def _sent(self, body: bytes) -> Mapping[str, Any]:
        """What the vendor said to *body*: a yes, or that the token has ended."""
        query = urlencode({"access_token": self._known_token()})
        reply = self._http.post(f"{self._home}/cgi-bin/message/send?{query}", body)
        said, error = read(reply.body), verdict(reply, CODES, self._http.line)
        if error is not None and said.get("errcode") not in STALE:
            raise error
        return said

    def _known_token(self) -> str:
        known = self._token
        if known is None or known[1] <= self._monotonic():
            # Several threads may ask at once: until it ends the vendor gives each the same one.
            known = self._token = self._new_token()
        return known[0]

    def _new_token(self) -> tuple[str, float]:
        query = urlencode({"corpid": self._corp, "corpsecret": self._secret})
        try:
            reply = self._http.get(f"{self._home}/cgi-bin/gettoken?{query}")
        except DeliveryError as error:  # nothing was handed over yet
            raise DeliveryError(error.failure, error.detail, error.wait) from None
        if (refused := verdict(reply, CODES, self._http.line)) is not None:
            refused.doubtful = False
            raise refused
        return self._token_of(read(reply.body))

    def _token_of(self, said: Mapping[str, Any]) -> tuple[str, float]:
        token, lasts = said.get("access_token"), said.get("expires_in")
        if not isinstance(token, str) or not isinstance(lasts, int):
            raise DeliveryError(
                Failure.LATER, Detail("the answer holds no access_token", Why.UNCLEAR)
            )
        return token, self._monotonic() + max(lasts - EARLY.total_seconds(), 0)


def body_of(message: Message, agent: int) -> dict[str, Any]:
    """Return the request's body for *message* from the app numbered *agent*."""
    below = message.text.removeprefix(message.subject).strip()
    link, fits = message.link, len(message.subject) <= TITLE and len(below) <= BELOW
    said = _card(message.subject, below, link) if link and fits else _text(message)
    return {"touser": message.address, "agentid": agent, **said}


def _card(title: str, below: str, link: Link) -> dict[str, Any]:
    jump = {"type": 1, "url": link.url}
    card = {
        "card_type": "text_notice",
        "main_title": {"title": title},
        "sub_title_text": below,
        "jump_list": [jump | {"title": link.label}],
        "card_action": jump,
    }
    return {"msgtype": "template_card", "template_card": card}


def _text(message: Message) -> dict[str, Any]:
    link = message.link
    tail = f'\n<a href="{escape(link.url)}">{escape(link.label)}</a>' if link else ""
    content = cut(message.text, TEXT - octets(tail), octets, message.cut) + tail
    return {"msgtype": "text", "text": {"content": content}}


def address_problem(address: str) -> str | None:
    """Return what is wrong with *address*, or None."""
    return None if USERS.fullmatch(address) else Told("expected {what}", what=ADDRESS)


def problems(options: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with which option."""
    found = {}
    if wrong := url_problem(options.get("base_url", HOME)):
        found["base_url"] = wrong
    if not options.get("agent_id", "").isdecimal():
        found["agent_id"] = Told("expected the app's number (AgentId)")
    return found


KIND = Kind(
    WeComApp,
    required=frozenset({"corp_id", "agent_id", "secret"}),
    optional=frozenset({"base_url"}),
    secrets=frozenset({"secret"}),
    address=ADDRESS,
    address_problem=address_problem,
    problems=problems,
)
