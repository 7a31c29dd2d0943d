"""What Telegram's errors mean, and how a long text is split."""

from __future__ import annotations

import asyncio
import io
import logging
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from alerts.channels.telegram import Telegram, _Line, classified, may_have_arrived
from alerts.channels.telegram_settings import address_problem, problems
from alerts.channels.telegram_text import parts, units
from alerts.channels.telegram_updates import TelegramUpdates
from alerts.delivery.outbox_memory import MemoryOutbox
from alerts.delivery.sending import drain
from alerts.facts import SilenceFacts
from alerts.message import DeliveryError, Failure, Message
from alerts.model import (
    ChannelSettings,
    Event,
    Hours,
    Kind,
    Notice,
    NoticeState,
    Person,
    Reach,
    Reason,
)
from alerts.occasion import occasion_of
from alerts.words import translator
from tests.alerts.channels.servers import TOKEN, BotApi, Given, Web, free_port, refused
from tests.waiting import PATIENCE

ZONE = ZoneInfo("Asia/Shanghai")
WORDS = translator("zh_CN")
NOON = datetime(2024, 2, 9, 4, tzinfo=UTC)
STAFF = {"zhang": Person("zhang", "张三", reach=(Reach("t", "123"),))}
NOTICE = Notice(
    id="a",
    alert=7,
    kind=Kind.SILENCE,
    subject="weibo",
    occasion=occasion_of("rung:10"),
    reason=Reason.RUNG,
    event=Event.ALERT,
    rung=10,
    person="zhang",
    channel="t",
    address="123",
    facts=SilenceFacts("鞍山民政", "weibo", at=NOON, quiet_days=10, limit_days=14),
    created_at=NOON,
    not_before=NOON,
)
POOL = "Pool timeout: All connections are occupied. Request was *not* sent to Telegram."


def message(text: str, address: str = "123") -> Message:
    return Message(address, text[:20], text, ())


def channel(port: int, **more: str) -> Telegram:
    options = {"token": TOKEN, "base_url": f"http://127.0.0.1:{port}/", **more}
    return Telegram(ChannelSettings("t", "telegram", options), io.StringIO())


@pytest.fixture
def api() -> BotApi:
    return BotApi()


@pytest.fixture
def web(api: BotApi) -> Iterator[Web]:
    server = Web(api)
    yield server
    server.close()


@pytest.fixture
def bot(web: Web) -> Iterator[Telegram]:
    opened = channel(web.port)
    yield opened
    opened.close()


def failure_of(bot: Telegram, sent: Message) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        bot.send(sent)
    return caught.value


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        pytest.param(
            Forbidden("Forbidden: bot was blocked by the user"), Failure.ADDRESS, id="blocked"
        ),
        pytest.param(ChatMigrated(-100), Failure.ADDRESS, id="moved, and moved again"),
        pytest.param(BadRequest("Chat not found"), Failure.ADDRESS, id="no such chat"),
        pytest.param(BadRequest("PEER_ID_INVALID"), Failure.ADDRESS, id="no such peer"),
        pytest.param(
            BadRequest("Not enough rights to send text messages to the chat"),
            Failure.ADDRESS,
            id="muted in the group",
        ),
        pytest.param(BadRequest("Message is too long"), Failure.MESSAGE, id="our text"),
        pytest.param(
            InvalidToken(f"The token `{TOKEN}` was rejected by the server."),
            Failure.CHANNEL,
            id="our token",
        ),
        pytest.param(TimedOut(), Failure.LATER, id="no answer"),
        pytest.param(TimedOut(POOL), Failure.LATER, id="never left"),
        pytest.param(NetworkError("Bad Gateway"), Failure.LATER, id="no network"),
        pytest.param(
            Conflict("terminated by other getUpdates request"), Failure.LATER, id="two pollers"
        ),
        pytest.param(TelegramError("something new"), Failure.LATER, id="unknown"),
    ],
)
def test_an_error_says_what_to_do_next(error: TelegramError, failure: Failure) -> None:
    found, detail, wait = classified(error)
    assert (found, wait, TOKEN in detail) == (failure, None, False)


def test_too_many_messages_wait_as_long_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    found = classified(RetryAfter(timedelta(seconds=35)))
    assert found == (Failure.LATER, "too many messages", timedelta(seconds=35))


def test_the_library_is_asked_for_waits_as_lengths(
    bot: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PTB_TIMEDELTA", raising=False)
    bot.send(message("x"))
    assert os.environ["PTB_TIMEDELTA"] == "1"


@pytest.mark.parametrize(
    ("error", "cause", "doubtful"),
    [
        pytest.param(TimedOut(), httpx.ReadTimeout(""), True, id="no answer in time"),
        pytest.param(TimedOut(), httpx.ConnectTimeout(""), False, id="no connection in time"),
        pytest.param(TimedOut(POOL), httpx.PoolTimeout(""), False, id="never left"),
        pytest.param(NetworkError("httpx.ReadError: "), httpx.ReadError(""), True, id="hung up"),
        pytest.param(
            NetworkError("httpx.ConnectError: no"), httpx.ConnectError(""), False, id="refused"
        ),
        pytest.param(NetworkError("Bad Gateway"), None, False, id="the service is down"),
        pytest.param(BadRequest("Message is too long"), None, False, id="our text"),
    ],
)
def test_a_message_without_an_answer_may_have_arrived(
    error: TelegramError, cause: Exception | None, doubtful: bool
) -> None:
    error.__cause__ = cause
    said = classified(error)[1]
    assert (may_have_arrived(error), "may have arrived" in said) == (doubtful, doubtful)


def test_a_message_that_arrived_in_part_is_sent_again_as_such(bot: Telegram, api: BotApi) -> None:
    api.trouble_after = (1, refused(429, "Too Many Requests: retry after 3", retry_after=3))
    error = failure_of(bot, message("一\n" * 3000))
    assert (error.failure, error.wait, error.doubtful) == (
        Failure.LATER,
        timedelta(seconds=3),
        True,
    )
    assert len(api.sent) == 1


def test_F02_a_message_whose_answer_was_lost_is_sent_again_with_the_mark(
    bot: Telegram, api: BotApi
) -> None:
    """The service took it, and its answer never came."""
    api.lost = 1
    outbox = MemoryOutbox()
    outbox.add([NOTICE])
    for now in (NOON, NOON + timedelta(minutes=1)):
        drain(outbox, {"t": bot}, STAFF, WORDS, Hours(ZONE), now, lambda *_, **__: None)
    first, again = api.sent
    assert "重发" not in first["text"]
    assert again["text"].split("\n")[0] == first["text"].split("\n")[0] + "（重发）"
    assert [n.state for n in outbox.notices] == [NoticeState.SENT]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("一\n二", ["一\n二"], id="short"),
        pytest.param("12345\n678\n", ["12345\n678\n"], id="exactly as long as allowed"),
        pytest.param("12345\n6789\n", ["12345\n", "6789\n"], id="one too long: at the line"),
        pytest.param("123\n456\n789\n", ["123\n456\n", "789\n"], id="as many lines as fit"),
        pytest.param("1" * 12, ["1" * 5, "1" * 5 + "11"], id="a line longer than a message"),
        pytest.param("😀" * 6, ["😀" * 5, "😀"], id="an emoji counts for two"),
        pytest.param("12345\n\n\n\n\n\n\n\n", ["12345\n\n\n\n\n"], id="no empty message"),
    ],
)
def test_a_text_is_split_at_lines(text: str, expected: list[str]) -> None:
    assert list(parts(text, 10)) == expected


@any_of(st.text(max_size=200), st.integers(min_value=2, max_value=40))
def test_nothing_is_lost_in_splitting(text: str, most: int) -> None:
    pieces = list(parts(text, most))
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(units(piece) <= most for piece in pieces)


def test_a_long_message_arrives_whole_in_parts_the_service_takes(
    bot: Telegram, api: BotApi
) -> None:
    text = "".join(f"{n:04}😀账号已未更新，请核查。\n" for n in range(600))
    bot.send(message(text))
    # The service strips the ends of what it shows.
    assert "".join(form["text"] for form in api.sent) == text
    assert len(api.sent) == 3


def test_links_are_not_unfolded(bot: Telegram, api: BotApi) -> None:
    bot.send(message("见 https://weibo.com/u/1 <b>*粗*</b>"))
    [form] = api.sent
    assert form == {
        "chat_id": "123",
        "text": "见 https://weibo.com/u/1 <b>*粗*</b>",
        "link_preview_options": '{"is_disabled": true}',
    }


@pytest.mark.parametrize(
    ("address", "failure", "detail"),
    [
        ("403", Failure.ADDRESS, "Forbidden: bot was blocked by the user"),
        ("404", Failure.ADDRESS, "Chat not found"),
    ],
)
def test_a_chat_that_is_lost_is_named_as_the_service_names_it(
    bot: Telegram, address: str, failure: Failure, detail: str
) -> None:
    error = failure_of(bot, message("x", address))
    assert (error.failure, error.detail) == (failure, detail)


def test_a_group_that_moved_is_followed_once_and_said_aloud(
    bot: Telegram, api: BotApi, web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    for text in ("一", "二"):
        bot.send(message(text, str(BotApi.GROUP)))
    assert [(f["chat_id"], f["text"]) for f in api.sent] == [
        (str(BotApi.MOVED_TO), "一"),
        (str(BotApi.MOVED_TO), "二"),
    ]
    assert len(web.asked) == 3
    assert [r.getMessage() for r in caplog.records] == [
        "the Telegram chat -4001 has become -1004001: change the address in people.toml"
    ]


def test_it_asks_nothing_before_the_first_message(web: Web) -> None:
    channel(web.port).close()
    assert web.asked == []


def test_F04_it_works_again_once_the_service_does(api: BotApi, web: Web, bot: Telegram) -> None:
    api.trouble = Given(502, b"<html>")
    assert failure_of(bot, message("一")).failure is Failure.LATER
    api.trouble = None
    bot.send(message("一"))
    assert [form["text"] for form in api.sent] == ["一"]


def test_a_thread_that_died_is_replaced(bot: Telegram, api: BotApi) -> None:
    bot.send(message("一"))
    first = bot._line
    assert first is not None
    first.stop()
    bot.send(message("二"))
    assert bot._line is not first
    assert [form["text"] for form in api.sent] == ["一", "二"]


def test_a_server_that_is_no_bot_api_looks_like_a_refused_token(bot: Telegram, web: Web) -> None:
    web.answer = lambda _: Given(404, b"nothing here")
    error = failure_of(bot, message("x"))
    assert (error.failure, "base_url" in error.detail) == (Failure.CHANNEL, True)


def test_the_proxy_is_the_one_configured(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    plain = channel(web.port)
    plain.send(message("一"))
    plain.close()
    behind = channel(free_port(), proxy=f"http://127.0.0.1:{web.port}")
    web.answer = lambda _: Given(503)
    failure_of(behind, message("二"))
    behind.close()
    assert len(web.asked) == 2


@pytest.mark.parametrize(
    ("address", "fine"),
    [
        ("123", True),
        ("-1001234567890", True),
        ("@anshanmz", True),
        ("", False),
        ("zhang", False),
        ("12 34", False),
        ("@", False),
        ("１２", False),
    ],
)
def test_an_address_is_a_chat_or_a_problem(address: str, fine: bool) -> None:
    assert (address_problem(address) is None) is fine


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"token": TOKEN}, set()),
        ({"token": TOKEN, "base_url": "http://bot-api:8081", "proxy": "http://proxy:3128"}, set()),
        ({"token": "open-sesame"}, {"token"}),
        ({"token": TOKEN, "base_url": "bot-api:8081"}, {"base_url"}),
        ({"token": TOKEN, "proxy": "socks5://proxy:1080"}, {"proxy"}),
    ],
)
def test_a_wrong_option_is_named_and_not_quoted(options: dict[str, str], wrong: set[str]) -> None:
    found: dict[str, Any] = problems(options)
    assert set(found) == wrong
    assert not any(value in text for text in found.values() for value in options.values())


class Latecomer(TelegramUpdates):
    """Listens, and begins something more when it is to end."""

    def __init__(self) -> None:
        self.begun, self.late = threading.Event(), list[asyncio.Task[None]]()

    async def run(self, bot: Bot) -> None:
        """Wait to be cancelled."""
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.late.append(asyncio.get_running_loop().create_task(asyncio.sleep(3600)))


def test_nothing_is_left_pending_when_the_thread_ends() -> None:
    """What begins while the rest is cancelled is cancelled too, and no connection half begun."""
    updates, line = Latecomer(), _Line(Bot("1:a"), ())
    line.follow(updates)
    assert updates.begun.wait(PATIENCE)
    line.stop()
    assert [task.cancelled() for task in updates.late] == [True]
