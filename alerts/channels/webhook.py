"""A web address of one's own: one signed JSON request per notice.

The body is the published contract; 2xx means accepted.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import TextIO

from alerts.channels.kind import Kind
from alerts.channels.pool import pooled
from alerts.channels.replies import refusal, url_problem
from alerts.common.deadline import USUAL, Limits
from alerts.message import Link, Message
from alerts.model import ChannelSettings, Notice

SIGNATURE = "X-Freshness-Signature"
ADDRESS = "anything; it is passed on as `to`"


class Webhook:
    """One web address. It keeps no quiet hours: a program reads it."""

    quiet = False
    digest = 0
    inbound = False

    def __init__(self, settings: ChannelSettings, _: TextIO, limits: Limits = USUAL) -> None:
        self._url = settings.options["url"]
        self._secret = settings.options.get("secret", "")
        self._http = pooled([self._url], [self._secret], limits)

    def send(self, message: Message) -> None:
        """Post each notice of *message*. Raises `DeliveryError` unless all are accepted."""
        for notice in message.notices:
            body = _bytes(body_of(notice, message.text, message.resent, message.link))
            headers = {SIGNATURE: signature(self._secret, body)} if self._secret else {}
            reply = self._http.post(self._url, body, headers)
            if (refused := refusal(reply)) is not None:
                raise refused

    def close(self) -> None:
        """End what is under way and give back the connections."""
        self._http.close()


def body_of(notice: Notice, text: str, resent: bool, link: Link | None = None) -> dict[str, object]:
    """Return the contract's body for *notice*, worded in *text*; with where it can be answered, if
    there is a page for it."""
    body: dict[str, object] = {
        "id": notice.id,
        "alert": notice.alert,
        "kind": notice.kind.value,
        "subject": notice.subject,
        "rung": notice.rung,
        "to": notice.address,
        "text": text,
        "resent": resent,
        "event": notice.event.value,
    }
    return body if link is None else {**body, "answer_url": link.url}


def signature(secret: str, body: bytes) -> str:
    """Return the header's value by which a receiver knows that *body* is ours."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def problems(options: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with which option."""
    wrong = url_problem(options.get("url", ""))
    return {"url": wrong} if wrong else {}


def _bytes(body: dict[str, object]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


KIND = Kind(
    Webhook,
    required=frozenset({"url"}),
    optional=frozenset({"secret"}),
    secrets=frozenset({"secret"}),
    address=ADDRESS,
    problems=problems,
)
