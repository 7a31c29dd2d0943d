"""The published request of a web address of one's own."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from alerts.channels.webhook import Webhook, problems, signature
from alerts.facts import SilenceFacts
from alerts.message import DeliveryError, Failure, Message
from alerts.model import ChannelSettings, Event, Kind, Notice, Reason
from alerts.occasion import occasion_of
from tests.alerts.channels.servers import SECRET, Given, Receiver, Web

NOW = datetime(2024, 2, 19, 1, 0, tzinfo=UTC)
NOTICE = Notice(
    id="5f0c-1",
    alert=7,
    kind=Kind.SILENCE,
    subject="weibo-anshanmz",
    occasion=occasion_of("rung-10"),
    reason=Reason.RUNG,
    event=Event.ALERT,
    rung=10,
    person="zhang",
    channel="hook",
    address="office",
    facts=SilenceFacts("鞍山民政"),
    created_at=NOW,
    not_before=NOW,
)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def web(receiver: Receiver) -> Iterator[Web]:
    server = Web(receiver)
    yield server
    server.close()


@pytest.fixture
def hook(web: Web) -> Iterator[Webhook]:
    options = {"url": f"http://127.0.0.1:{web.port}/in", "secret": SECRET}
    opened = Webhook(ChannelSettings("hook", "webhook", options), io.StringIO())
    yield opened
    opened.close()


def test_the_body_is_the_contracts(hook: Webhook, receiver: Receiver) -> None:
    hook.send(Message("office", "标题", "标题\n正文", (NOTICE,)))
    assert receiver.taken == [
        {
            "id": "5f0c-1",
            "alert": 7,
            "kind": "silence",
            "subject": "weibo-anshanmz",
            "rung": 10,
            "to": "office",
            "text": "标题\n正文",
            "resent": False,
            "event": "alert",
        }
    ]


def test_F02_a_repeat_has_the_same_id_and_says_that_it_is_one(
    hook: Webhook, receiver: Receiver
) -> None:
    hook.send(Message("office", "x", "x", (NOTICE,)))
    hook.send(Message("office", "x", "x", (NOTICE,), resent=True))
    assert [(b["id"], b["resent"]) for b in receiver.taken] == [
        ("5f0c-1", False),
        ("5f0c-1", True),
    ]


def test_every_notice_is_a_request_of_its_own(hook: Webhook, receiver: Receiver) -> None:
    recovery = replace(NOTICE, id="5f0c-2", rung=None, event=Event.RESOLVED)
    hook.send(Message("office", "x", "x", (NOTICE, recovery)))
    assert [(b["id"], b["rung"], b["event"]) for b in receiver.taken] == [
        ("5f0c-1", 10, "alert"),
        ("5f0c-2", None, "resolved"),
    ]


def test_without_a_secret_nothing_is_signed(web: Web) -> None:
    web.answer = lambda _: Given(200)
    options = {"url": f"http://127.0.0.1:{web.port}/in"}
    hook = Webhook(ChannelSettings("hook", "webhook", options), io.StringIO())
    hook.send(Message("office", "x", "x", (NOTICE,)))
    hook.close()
    [asked] = web.asked
    assert "X-Freshness-Signature" not in asked.headers
    assert asked.headers["Content-Type"] == "application/json; charset=utf-8"
    assert json.loads(asked.body)["text"] == "x"


def test_the_signature_is_the_one_openssl_reckons() -> None:
    assert signature("abc", b'{"id": "1"}') == (
        "sha256=72e2af262a008e2ebb77483809c4cc1bcc0927580039a68c66d2d834483a6535"
    )


def test_a_receiver_with_another_secret_refuses_us(web: Web) -> None:
    options = {"url": f"http://127.0.0.1:{web.port}/in", "secret": "another"}
    hook = Webhook(ChannelSettings("hook", "webhook", options), io.StringIO())
    with pytest.raises(DeliveryError) as caught:
        hook.send(Message("office", "x", "x", (NOTICE,)))
    hook.close()
    assert (caught.value.failure, caught.value.detail) == (Failure.CHANNEL, "HTTP 401")


@pytest.mark.parametrize(("url", "fine"), [("https://a.test/x", True), ("a.test/x", False)])
def test_its_address_is_a_web_address(url: str, fine: bool) -> None:
    assert (problems({"url": url}) == {}) is fine
