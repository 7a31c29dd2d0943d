"""A WeCom robot both ways: cards and their buttons on one socket, over a real database."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from alerts.channels.wecom_bot import WeComBot
from alerts.channels.wecom_bot_frames import (
    BELOW,
    Chat,
    Heard,
    answered,
    cards_of,
    heard,
    with_lines,
)
from alerts.channels.wecom_bot_line import OTHER_LOGIN, Pace
from alerts.channels.wecom_bot_settings import KIND
from alerts.common.deadline import Limits
from alerts.delivery.sending import drain
from alerts.message import Button, DeliveryError, Failure, Message
from alerts.model import Acknowledgement, ChannelSettings, Promise, Reach
from monitor.desk.chat import ChatHandler, Notes, addresses
from monitor.store.base import Store
from tests.alerts.channels import servers
from tests.alerts.channels.bot_server import BOT, SECRET, BotServer
from tests.alerts.channels.lines import kept, tell_twice
from tests.rule_values import at
from tests.waiting import PATIENCE, until
from tests.web.site import MONDAY, PEOPLE, RULES, WORDS, Office

OFFERED = ["已知悉", "今日发布", "已设定时发布", "已发布，请核实"]
BRISK = Pace(
    first=timedelta(milliseconds=10),
    longest=timedelta(milliseconds=50),
    refused=timedelta(milliseconds=50),
    elsewhere=timedelta(milliseconds=50),
    tick=timedelta(milliseconds=10),
    refresh=timedelta(milliseconds=20),
)
STAFF = {
    name: replace(PEOPLE[name], reach=(Reach("bot", name),)) for name in ("zhang", "li", "wang")
}
OFFICE = replace(RULES, people=STAFF)


def robot(server: BotServer, pace: Pace = BRISK, limits: Limits | None = None) -> WeComBot:
    scheme = "wss" if server.context else "ws"
    home = f"{scheme}://127.0.0.1:{server.port}"
    settings = ChannelSettings(
        "bot", "wecom_bot", {"bot_id": BOT, "secret": SECRET, "base_url": home}
    )
    return WeComBot(settings, io.StringIO(), limits or Limits(), pace)


@dataclass
class Line:
    """A robot that people can write to, its server, and the office behind it."""

    office: Office
    server: BotServer
    bot: WeComBot

    def deliver(self, now: str) -> None:
        self.office.clock.now = at(now)
        self.office.world.look(at(now))
        box = self.office.store.outbox
        drain(box, {"bot": self.bot}, STAFF, WORDS, OFFICE.hours, at(now), self.office.log)

    def listen(self) -> None:
        office = self.office
        handler = ChatHandler(office.desk, office.answers, OFFICE, WORDS, office.clock, office.log)
        self.bot.listen(handler, addresses(OFFICE, "bot"), Notes(office.store))

    def told(self, chat: str, words: str) -> None:
        self.server.wait(lambda: any(words in text for text in self.server.texts(chat)))


@contextmanager
def opened(store: Store) -> Iterator[Line]:
    """Yield a robot that listens, on the Monday after its second call."""
    server = BotServer()
    line = Line(Office(store, rules=OFFICE), server, robot(server))
    try:
        tell_twice(line)
        yield line
        assert server.complaints == []
    finally:
        line.bot.close()
        server.close()


@pytest.fixture
def line(sqlite_store: Store) -> Iterator[Line]:
    with opened(sqlite_store) as found:
        yield found


@pytest.fixture(scope="module")
def shared(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """A line for what changes nothing."""
    with kept(sqlite_template, tmp_path_factory) as store, opened(store) as found:
        yield found


@pytest.fixture
def server() -> Iterator[BotServer]:
    made = BotServer()
    yield made
    made.close()


def failure(bot: WeComBot, text: str = "你好", address: str = "zhang") -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        bot.send(Message(address, text, text, ()))
    return caught.value


# Out, and back on the same socket.


def test_a_message_too_long_for_a_card_is_a_text_with_the_card_below(shared: Line) -> None:
    text, card = shared.server.texts("zhang")[-2:]
    assert "“鞍山民政”微博已12天未更新" in text
    assert card.startswith("【更新提醒】“鞍山民政”微博已12天未更新，最晚应…")
    assert shared.server.card("zhang").labels == OFFERED


def test_noted_with_one_tap_and_told_to_everybody_who_was_notified(line: Line) -> None:
    line.server.press("zhang", "已知悉")
    line.server.wait(lambda: "已记录：张三已知悉。" in line.server.card("zhang").text)
    line.told("li", "张三已知悉（3月18日（周一）09:30）")
    assert line.office.alert().acknowledged == Acknowledgement("zhang", MONDAY)
    assert line.server.card("zhang").labels == OFFERED


def test_what_another_channel_records_is_told_once(line: Line) -> None:
    line.office.desk.alerts.acknowledge(line.office.alert().id, "wang", MONDAY)
    line.told("zhang", "王敏已知悉")
    line.office.desk.alerts.promise_today(line.office.alert().id, "li", MONDAY)
    line.told("zhang", "李四承诺于3月18日（周一）17:30前发布")
    assert sum("王敏已知悉" in text for text in line.server.texts("zhang")) == 1


def test_scheduled_asks_for_the_time_on_the_same_card(line: Line) -> None:
    line.server.press("zhang", "已设定时发布")
    times = ["3月18日17:30", "3月19日09:00", "3月19日17:30", "3月20日09:00"]
    line.server.wait(lambda: line.server.card("zhang").labels == times)
    line.server.press("zhang", line.server.card("zhang").labels[1])
    line.server.wait(lambda: line.office.alert().promise)
    assert line.office.alert().promise == Promise("zhang", MONDAY, at("03-19 09:00"), True)


def test_a_press_that_is_repeated_counts_once(line: Line) -> None:
    line.server.press("zhang", "已知悉", msgid="same")
    line.server.press("zhang", "今日发布", msgid="same")
    line.server.press("li", "已知悉")
    line.told("zhang", "李四已知悉")
    assert line.office.alert().promise is None


def test_a_command_is_answered_where_it_was_written(shared: Line) -> None:
    about = shared.server.write("zhang", "/status")
    shared.server.wait(lambda: "临近，已12天未更新" in shared.server.answer_to(about))


@pytest.mark.parametrize("enters", [True, False], ids=["who enters", "who writes"])
def test_a_stranger_reads_the_id_to_be_put_on_the_list(shared: Line, enters: bool) -> None:
    about = shared.server.enter("qian") if enters else shared.server.write("qian", "你好")
    shared.server.wait(
        lambda: "请将您的编号告知本单位运维人员：qian" in shared.server.answer_to(about)
    )


def test_when_it_is_over_its_cards_are_forgotten(line: Line) -> None:
    line.office.world.look(at("03-18 10:00"), at("03-18 09:50"))
    until(lambda: line.office.store.notes.get("wecom_bot:bot:cards") == "[]")


# The connection.


def test_a_connection_that_is_lost_is_made_again(server: BotServer) -> None:
    bot = robot(server)
    bot.send(Message("zhang", "一", "一", ()))
    server.hang_up()
    server.wait(lambda: server.logins == 2)
    bot.send(Message("zhang", "二", "二", ()))
    bot.close()
    assert server.texts("zhang") == ["一", "二"]


def more_logins(server: BotServer, before: int) -> bool:
    return server.logins > before


def test_another_login_is_said_once_and_the_robot_comes_back(
    server: BotServer, caplog: pytest.LogCaptureFixture
) -> None:
    bot = robot(server)
    bot.send(Message("zhang", "一", "一", ()))
    for _ in range(2):
        before = server.logins
        server.log_in_elsewhere()
        server.wait(partial(more_logins, server, before))
    bot.send(Message("zhang", "二", "二", ()))
    bot.close()
    assert server.texts("zhang") == ["一", "二"]
    said = [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]
    assert [OTHER_LOGIN in one for one in said] == [True]


def test_a_heartbeat_is_the_vendors_own(server: BotServer) -> None:
    bot = robot(server, replace(BRISK, beat=timedelta(milliseconds=5)))
    bot.send(Message("zhang", "一", "一", ()))
    server.wait(lambda: server.beats >= 3)
    bot.close()
    assert server.complaints == []


def test_heartbeats_without_an_answer_end_the_connection(server: BotServer) -> None:
    bot = robot(server, replace(BRISK, beat=timedelta(milliseconds=5)))
    bot.send(Message("zhang", "一", "一", ()))
    server.mute = True
    until(lambda: not bot.inbound and not bot._line.up)
    server.mute = False
    server.wait(lambda: server.logins >= 2)
    bot.close()


def test_what_was_sent_and_not_answered_may_have_arrived(server: BotServer) -> None:
    bot = robot(server, limits=Limits(timedelta(seconds=PATIENCE), timedelta(seconds=0.4)))
    bot.send(Message("zhang", "一", "一", ()))
    server.mute = True
    error = failure(bot)
    bot.close()
    assert (error.failure, error.doubtful) == (Failure.LATER, True)


def test_a_chat_that_never_wrote_to_the_robot_says_what_to_do(server: BotServer) -> None:
    bot = robot(server)
    error = failure(bot, address="qian")
    bot.close()
    assert error.failure is Failure.ADDRESS
    assert "write to the robot once" in error.detail


def test_the_twenty_ninth_message_of_a_minute_waits(server: BotServer) -> None:
    bot = robot(server)
    for number in range(28):
        bot.send(Message("zhang", str(number), str(number), ()))
    error = failure(bot)
    bot.send(Message("group:wrGROUP", "一", "一", ()))
    bot.close()
    assert (error.failure, len(server.texts("zhang"))) == (Failure.LATER, 28)
    assert error.wait is not None
    assert server.texts("wrGROUP") == ["一"]


def test_an_office_authority_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = servers.certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(both))
    secure = BotServer(context=servers.serving(both))
    bot = robot(secure)
    bot.send(Message("zhang", "一", "一", ()))
    bot.close()
    secure.close()
    assert secure.texts("zhang") == ["一"]


# Frames.


ROW = (Button("已知悉", "ack:1"), Button("今日发布", "today:1"), Button("已设定时发布", "set:1"))


@pytest.mark.parametrize(
    ("rows", "sizes"),
    [
        pytest.param((), [], id="nothing to press"),
        pytest.param((ROW,), [3], id="one alert"),
        pytest.param((ROW, ROW, ROW), [6, 3], id="three alerts: rows stay together"),
        pytest.param((ROW * 3,), [6], id="a row longer than a card"),
    ],
)
def test_how_buttons_fill_cards(rows: tuple[tuple[Button, ...], ...], sizes: list[int]) -> None:
    assert [len(row) for row in cards_of(rows)] == sizes


@pytest.mark.parametrize("below", ["", "短", "长" * BELOW])
@pytest.mark.parametrize("lines", [[], ["张三已知悉"], ["长" * 200]])
def test_lines_below_a_cards_text_fit(below: str, lines: list[str]) -> None:
    found = with_lines(below, lines)
    assert len(found) <= BELOW
    assert all(line[:BELOW] in found for line in lines)


NESTED = {
    "cmd": "aibot_event_callback",
    "headers": {"req_id": "r"},
    "body": {
        "msgid": "m",
        "chattype": "group",
        "chatid": "wr1",
        "from": {"userid": "zhang"},
        "event": {
            "eventtype": "template_card_event",
            "template_card_event": {"event_key": "ack:1", "task_id": "t"},
        },
    },
}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(
            NESTED,
            Heard("template_card_event", "r", "m", "zhang", Chat("wr1", True), "", "ack:1", "t"),
            id="a button pressed in a group",
        ),
        pytest.param(
            {
                "cmd": "aibot_msg_callback",
                "headers": {"req_id": "r"},
                "body": {
                    "chattype": "group",
                    "chatid": "wr1",
                    "from": {"userid": "zhang"},
                    "text": {"content": "@值守 /status"},
                },
            },
            Heard("aibot_msg_callback", "r", "r", "zhang", Chat("wr1", True), "/status"),
            id="a command in a group",
        ),
        pytest.param({}, Heard("", "", "", "", Chat("")), id="nothing of all that"),
        pytest.param(
            {"cmd": 7, "headers": [], "body": {"event": "x", "from": None}},
            Heard("", "", "", "", Chat("")),
            id="parts of other types",
        ),
    ],
)
def test_what_comes_in(said: dict[str, object], expected: Heard) -> None:
    assert heard(said) == expected


def test_an_answer_has_no_command() -> None:
    assert answered({"headers": {"req_id": "r"}, "errcode": 0}) == "r"
    assert answered(NESTED) is None


@pytest.mark.parametrize(
    ("address", "right"),
    [("zhang", True), ("group:wrGROUP_1", True), ("", False), ("group:", False), ("a b", False)],
)
def test_an_address(address: str, right: bool) -> None:
    assert (KIND.address_problem(address) is None) is right


def test_an_address_that_is_no_sockets_is_named() -> None:
    assert list(KIND.problems({"base_url": "https://a.test"})) == ["base_url"]
