"""Telegram the other way: commands and buttons, over a real connection, on a real database."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.channels.telegram import Telegram
from alerts.channels.telegram_text import edited, units
from alerts.channels.telegram_updates import Pace
from alerts.delivery.sending import drain
from alerts.model import Acknowledgement, ChannelSettings, Person, Promise, Reach
from monitor.desk.chat import ChatHandler, Notes, addresses
from monitor.register import Register
from monitor.store.base import Store
from tests.alerts.channels.lines import kept, tell_twice
from tests.alerts.channels.servers import TOKEN, BotApi, Given, Web, refused
from tests.rule_values import DAY, MINUTE, at
from tests.web.site import MONDAY, PEOPLE, RULES, WORDS, Office, told_of_many

pytestmark = pytest.mark.long

ZHANG, LI, TWINS, STRANGER, GROUP, SHARED = 1001, 1002, 1007, 4040, -500, -600
OFFERED = ["已知悉", "今日发布", "已设定时发布", "已发布，请核实"]
BRISK = Pace(
    listen=timedelta(seconds=5),
    first=timedelta(milliseconds=10),
    longest=timedelta(milliseconds=50),
    refused=timedelta(milliseconds=50),
    refresh=timedelta(milliseconds=50),
    most=timedelta(milliseconds=50),
)


def reached(person: str, *chats: int) -> Person:
    return replace(PEOPLE[person], reach=tuple(Reach("bot", str(chat)) for chat in chats))


STAFF = {
    "zhang": reached("zhang", ZHANG, SHARED),
    "li": reached("li", LI, SHARED),
    "wang": reached("wang", GROUP, TWINS),
    "zhao": reached("zhao", TWINS),
}
OFFICE = replace(RULES, people=STAFF)


@dataclass
class Line:
    """A bot with inbound updates, its service, and the office behind it."""

    office: Office
    api: BotApi
    web: Web
    bot: Telegram

    def deliver(self, now: str) -> None:
        """Look, judge, and send what is due by the bot."""
        self.office.clock.now = at(now)
        self.office.world.look(at(now))
        drain(
            self.office.store.outbox,
            {"bot": self.bot},
            STAFF,
            WORDS,
            OFFICE.hours,
            at(now),
            self.office.log,
        )

    def listen(self, rules: Register = OFFICE) -> None:
        """Have a bot of the same name listen, as after a start."""
        office = self.office
        handler = ChatHandler(office.desk, office.answers, rules, WORDS, office.clock, office.log)
        self.bot = telegram(self.web.port)
        self.bot.listen(handler, addresses(rules, "bot"), Notes(office.store))


def telegram(port: int) -> Telegram:
    options = {"token": TOKEN, "base_url": f"http://127.0.0.1:{port}"}
    return Telegram(ChannelSettings("bot", "telegram", options), io.StringIO(), pace=BRISK)


@contextmanager
def opened(store: Store, told: bool = True) -> Iterator[Line]:
    """Yield a bot that listens; with *told*, on the Monday after its second call."""
    api = BotApi()
    web = Web(api)
    line = Line(Office(store, rules=OFFICE), api, web, telegram(web.port))
    if told:
        tell_twice(line)
    yield line
    line.bot.close()
    web.close()


@pytest.fixture
def line(sqlite_store: Store) -> Iterator[Line]:
    with opened(sqlite_store) as found:
        yield found


@pytest.fixture(scope="module")
def chat(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """A line that all questions of the table below share."""
    with kept(sqlite_template, tmp_path_factory) as store, opened(store) as found:
        yield found


def said(line: Line, text: str, chat: int = ZHANG) -> Callable[[], bool]:
    return lambda: any(text in message for message in line.api.texts(chat))


def toasted(line: Line, text: str) -> Callable[[], bool]:
    return lambda: any(text in toast.get("text", "") for toast in line.api.toasts)


def ask(line: Line, text: str, expected: str, user: int = ZHANG, chat: int | None = None) -> None:
    line.api.write(user, text, chat)
    line.api.wait(said(line, expected, user if chat is None else chat))


def test_a_message_comes_with_its_buttons(line: Line) -> None:
    assert line.api.labels(ZHANG) == [OFFERED]
    assert "“鞍山民政”微博已12天未更新" in line.api.texts(ZHANG)[-1]


def test_noted_with_one_tap_and_seen_by_everybody_who_was_notified(line: Line) -> None:
    line.api.press(ZHANG, "已知悉")
    line.api.wait(toasted(line, "已记录：张三已知悉。"))
    for chat in (ZHANG, LI):
        line.api.wait(said(line, "———\n张三已知悉（3月18日（周一）09:30）", chat))
    assert line.office.alert().acknowledged == Acknowledgement("zhang", MONDAY)
    assert line.api.labels(ZHANG) == [OFFERED]


def test_published_today(line: Line) -> None:
    line.api.press(LI, "今日发布")
    line.api.wait(said(line, "李四承诺于3月18日（周一）17:30前发布", ZHANG))
    assert line.office.alert().promise == Promise("li", MONDAY, at("03-18 17:30"), False)


def test_published_please_check_is_read_and_answered_below_every_message(line: Line) -> None:
    line.api.press(ZHANG, "已发布，请核实")
    line.api.wait(toasted(line, "正在读取核实，一分钟内在此告知结果"))
    line.office.world.read(MONDAY + MINUTE / 2)
    for chat in (ZHANG, LI):
        line.api.wait(said(line, "已读取，尚未见到新信息", chat))


def test_scheduled_asks_for_the_time_below_the_same_message(line: Line) -> None:
    line.api.press(ZHANG, "已设定时发布")
    line.api.wait(lambda: len(line.api.labels(ZHANG)) == 5)
    assert line.api.labels(ZHANG)[1:] == [
        ["3月18日（周一）17:30"],
        ["3月19日（周二）09:00"],
        ["3月19日（周二）17:30"],
        ["3月20日（周三）09:00"],
    ]
    line.api.press(ZHANG, "3月19日（周二）09:00")
    line.api.wait(said(line, "张三已设定于3月19日（周二）09:00发布"))
    assert line.office.alert().promise == Promise("zhang", MONDAY, at("03-19 09:00"), True)
    line.api.wait(lambda: line.api.labels(ZHANG) == [OFFERED])


def test_an_answer_that_comes_too_late_is_explained_in_a_box(line: Line) -> None:
    line.office.clock.now = at("03-18 17:00")
    line.api.press(ZHANG, "今日发布")
    line.api.wait(toasted(line, "17:00以后不再受理“今日发布”"))
    assert line.api.toasts[-1]["show_alert"] == "true"
    assert line.office.alert().promise is None


def test_when_it_is_over_the_messages_say_so_and_lose_their_buttons(line: Line) -> None:
    line.office.world.look(at("03-18 10:00"), at("03-18 09:50"))
    line.api.wait(said(line, "———\n已解除：已发布新信息（3月18日（周一）10:00）"))
    line.api.wait(lambda: line.office.store.notes.get("telegram:bot:messages") == "[]")
    assert line.api.labels(ZHANG) == line.api.labels(LI) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/status", "“鞍山民政”微博：临近，已12天未更新，最晚3月19日发布"),
        ("/alerts", "#1 “鞍山民政”微博 · 未更新 · 自3月13日（周三）09:00起"),
        ("/alerts", "3月20日（周三）10:00超期。"),
        ("/ack 1", "已记录：张三已知悉。"),
        ("/ack", "已记录：张三已知悉。"),
        ("/ack #1", "已记录：张三已知悉。"),
        ("/ack@a_bot 1", "已记录：张三已知悉。"),
        ("/ack 99", "没有编号为99的告警。"),
        ("/promise 1 17:30", "已记录：张三承诺于3月18日（周一）17:30前发布"),
        ("/promise 明天9点", "已记录：张三承诺于3月19日（周二）09:00前发布"),
        ("/promise 1 soon", "未能识别时间"),
        ("/promise 1 8:00", "3月18日（周一）08:00已过"),
        ("/promise 1 3-21 9:00", "已不早于超期时刻"),
        ("/promise", "请选择已设定的发布时间"),
        ("/posted 1", "已记录：张三称已发布，正在读取核实"),
        ("/posted", "已记录：张三称已发布，正在读取核实"),
        ("/posted 99", "没有编号为99的告警。"),
        ("/posted 1 now", "请注明告警编号"),
        ("/duty", "3月18日（周一）值班：李四\n电话：0412-5550102"),
        ("/duty 明天", "3月19日（周二）值班：李四"),
        ("/duty 3月23日", "3月23日（周六）值班：李四"),
        ("/duty 2024-13-01", "未能识别日期"),
        ("/handover", "当前没有办理中的账号交接。"),
        ("/explain", "“鞍山民政”微博：临近，已12天未更新。"),
        ("/explain weibo", "“鞍山民政”微博：临近，已12天未更新。"),
        ("/explain 鞍山民政", "“鞍山民政”微博：临近，已12天未更新。"),
        ("/help", "/duty  今日值班"),
        ("/start", "/duty  今日值班"),
        ("/nonsense", "发送 /help 查看可用指令"),
        ("你好", "发送 /help 查看可用指令"),
    ],
)
def test_a_command_is_answered(chat: Line, text: str, expected: str) -> None:
    chat.office.clock.now += MINUTE / 10
    chat.api.forget(ZHANG)
    ask(chat, text, expected)


def test_the_menu_is_in_the_service(line: Line) -> None:
    line.api.wait(lambda: line.api.menu)
    assert {"command": "duty", "description": "今日值班"} in line.api.menu
    assert len(line.api.menu) == 9


def test_open_alerts_come_with_buttons_that_name_them(line: Line) -> None:
    ask(line, "/alerts", "#1 “鞍山民政”微博")
    assert line.api.labels(ZHANG) == [[f"#1 {label}" for label in OFFERED]]
    line.api.press(ZHANG, "#1 已知悉")
    line.api.wait(toasted(line, "张三已知悉"))


def test_a_handover_is_accepted_and_confirmed_in_the_chat(line: Line) -> None:
    handovers = line.office.desk.handovers
    handovers.start(["weibo"], "zhang", "li", date(2024, 3, 25), "轮岗", MONDAY)
    ask(line, "/handover", "交接1：“鞍山民政”微博，张三 → 李四，应于3月25日（周一）前完成")
    assert line.api.labels(ZHANG) == [["1. 确认接收"]]
    line.api.press(ZHANG, "1. 确认接收")
    line.api.wait(toasted(line, "尚待李四确认"))
    ask(line, "/handover", "交接1", LI)
    line.api.press(LI, "1. 确认接收")
    line.api.wait(toasted(line, "自即日起由李四管理"))
    line.office.clock.now += MINUTE
    ask(line, "/handover mine 1", "双方确认之后尚未看到新发布的信息", LI)
    line.office.world.read(at("03-18 11:00"), at("03-18 10:30"))
    ask(line, "/handover mine 1", "已记录：李四已发布信息，“鞍山民政”微博的交接完成。", LI)
    ask(line, "/handover mine 1", "此项不适用，或已经回复过。", LI)
    ask(line, "/handover accept 9", "没有编号为9的交接。", LI)


@pytest.fixture
def busy(sqlite_store: Store) -> Iterator[Line]:
    """A bot that has sent notices of thirty accounts at once."""
    api = BotApi()
    web = Web(api)
    line = Line(
        told_of_many(sqlite_store, 30, STAFF, delivered=False), api, web, telegram(web.port)
    )
    line.listen()
    drain(
        sqlite_store.outbox, {"bot": line.bot}, STAFF, WORDS, OFFICE.hours, MONDAY, line.office.log
    )
    yield line
    line.bot.close()
    web.close()


def test_many_alerts_are_one_message_and_noted_with_one_tap(busy: Line) -> None:
    [text] = busy.api.texts(ZHANG)
    assert text.startswith("【共30条】【更新提醒】")
    assert busy.api.labels(ZHANG) == [["全部已知悉", "逐条查看"]]
    busy.api.press(ZHANG, "全部已知悉")
    busy.api.wait(toasted(busy, "已记录：张三已知悉30项告警。"))
    for chat in (ZHANG, LI):
        busy.api.wait(said(busy, "———\n待答复0项，已答复30项，已结束0项", chat))
    assert all(a.acknowledged for a in busy.office.store.alerts.open())


def test_what_came_after_the_message_is_not_noted_with_it(busy: Line) -> None:
    office = busy.office
    spec = office.rules.accounts["a04"].sources[0]
    office.world.read(MONDAY, MONDAY - MINUTE, spec=spec)
    office.world.judge(MONDAY)
    later = MONDAY + 7 * DAY
    office.clock.now = later
    office.world.read(later, spec=spec)
    office.world.judge(later)
    new = next(a for a in office.store.alerts.open() if a.subject == "a04")
    busy.api.press(ZHANG, "全部已知悉")
    busy.api.wait(toasted(busy, "已记录：张三已知悉29项告警。"))
    after = office.store.alerts.by_id(new.id)
    assert after is not None
    assert after.acknowledged is None


def test_many_alerts_are_looked_through_page_by_page(busy: Line) -> None:
    busy.api.press(ZHANG, "逐条查看")
    busy.api.wait(said(busy, "第1页，共3页；未结束的告警共30项。"))
    busy.api.press(ZHANG, "下一页")
    busy.api.wait(said(busy, "第2页，共3页"))
    ask(busy, "/alerts 3", "第3页，共3页")
    ask(busy, "/alerts 99", "第3页，共3页")
    assert ["下一页"] not in busy.api.labels(ZHANG)


def test_a_stranger_gets_one_polite_line_and_nothing_else(line: Line) -> None:
    line.api.write(STRANGER, "/status")
    line.api.wait(said(line, "本机器人仅服务名单内人员", STRANGER))
    line.api.write(STRANGER, "/ack 1")
    line.api.write(STRANGER, "让我看看")
    ask(line, "/help", "/duty")  # by now the stranger's words have been passed over
    assert len(line.api.texts(STRANGER)) == 1
    assert line.office.alert().acknowledged is None


def test_a_stranger_who_presses_a_button_changes_nothing(line: Line) -> None:
    newest = [m for (c, _), m in line.api.messages.items() if c == ZHANG][-1]
    line.api.call_back(STRANGER, "ack:1", {**newest, "chat": {"id": STRANGER, "type": "private"}})
    line.api.wait(toasted(line, "本机器人仅服务名单内人员"))
    assert line.office.alert().acknowledged is None


def test_a_stranger_learns_the_number_an_operator_needs(line: Line) -> None:
    ask(line, "/start", f"请将您的编号告知本单位运维人员：{STRANGER}", STRANGER)


@pytest.mark.parametrize("group", [GROUP, SHARED])
def test_in_a_group_everybody_speaks_for_themselves_alone(line: Line, group: int) -> None:
    ask(line, "/ack 1", "本机器人仅服务名单内人员", STRANGER, group)
    assert line.office.alert().acknowledged is None
    ask(line, "/ack 1", "李四已知悉", LI, group)


@pytest.mark.parametrize("group", [GROUP, SHARED])
def test_a_button_in_a_group_is_pressed_by_somebody_known(line: Line, group: int) -> None:
    line.api.call_back(STRANGER, "ack:1", group_message(group))
    line.api.wait(toasted(line, "本机器人仅服务名单内人员"))
    assert line.office.alert().acknowledged is None
    line.api.call_back(LI, "ack:1", group_message(group))
    line.api.wait(toasted(line, "李四已知悉"))


def group_message(group: int) -> dict[str, Any]:
    return {"message_id": 5, "date": 1708300800, "chat": {"id": group, "type": "supergroup"}}


def test_a_group_that_is_nobodys_yet_is_named_in_the_log(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "alerts")
    ask(line, "/duty", "值班：李四", LI, -700)
    assert [r.getMessage() for r in caplog.records] == [
        "a command came from the Telegram chat -700, which is nobody's address"
    ]


def test_whose_chat_is_anothers_too_reads_so(line: Line) -> None:
    ask(line, "/ack 1", "名单中有多人共用此会话", TWINS)
    assert line.office.alert().acknowledged is None


def test_a_message_passed_on_is_not_taken_for_an_answer(line: Line) -> None:
    sender = {"id": LI, "is_bot": False, "first_name": "四"}
    origin = {"type": "user", "date": 1708300800, "sender_user": sender}
    line.api.feed(
        {
            "message": {
                "message_id": 5,
                "date": 1708300800,
                "text": "/ack 1",
                "forward_origin": origin,
                "from": {"id": ZHANG, "is_bot": False, "first_name": "三"},
                "chat": {"id": ZHANG, "type": "private"},
            }
        }
    )
    line.api.wait(said(line, "转发的消息不作为您本人的回复"))
    assert line.office.alert().acknowledged is None


def test_a_long_answer_comes_whole_in_parts(line: Line) -> None:
    one = OFFICE.accounts["weibo"]
    many = {f"weibo-{n:03}": replace(one, id=f"weibo-{n:03}") for n in range(300)}
    line.bot.close()
    line.listen(replace(OFFICE, accounts=many))
    line.api.forget(ZHANG)
    ask(line, "/explain", "/explain weibo-299")
    assert "\n".join(line.api.texts(ZHANG)).count("/explain weibo-") == 300
    assert len(line.api.texts(ZHANG)) == 2


def test_a_groups_own_talk_and_other_robots_commands_are_not_answered(line: Line) -> None:
    line.api.write(ZHANG, "大家好", SHARED)
    line.api.write(ZHANG, "/ack@another_bot 1", SHARED)
    ask(line, "/help", "/duty", ZHANG, SHARED)
    assert len(line.api.texts(SHARED)) == 1
    assert line.office.alert().acknowledged is None


@pytest.mark.parametrize(
    "update",
    [
        pytest.param({"message": {"message_id": 1}}, id="one that the library cannot read"),
        pytest.param({"my_chat_member": {}}, id="a kind that was not asked for"),
        pytest.param(
            {
                "message": {
                    "message_id": 9,
                    "date": 1708300800,
                    "chat": {"id": ZHANG, "type": "private"},
                }
            },
            id="no text",
        ),
        pytest.param(
            {
                "callback_query": {
                    "id": "q",
                    "from": {"id": ZHANG, "is_bot": False, "first_name": "三"},
                    "chat_instance": "1",
                    "data": "ack:1",
                }
            },
            id="a button of a message out of reach",
        ),
        pytest.param(
            {
                "callback_query": {
                    "id": "q",
                    "from": {"id": ZHANG, "is_bot": False, "first_name": "三"},
                    "chat_instance": "1",
                    "data": "old:thing",
                }
            },
            id="a button of another version",
        ),
    ],
)
def test_an_odd_update_is_passed_over_and_the_next_one_answered(
    line: Line, update: dict[str, Any]
) -> None:
    ask(line, "/duty", "值班：李四")
    line.api.feed(update)
    ask(line, "/help", "/duty")


def test_a_press_that_is_too_old_for_a_toast_is_answered_by_a_message(line: Line) -> None:
    newest = [m for (c, _), m in line.api.messages.items() if c == ZHANG][-1]
    line.api.feed(
        {
            "callback_query": {
                "id": "old",
                "from": {"id": ZHANG, "is_bot": False, "first_name": "三"},
                "message": newest,
                "chat_instance": "1",
                "data": "ack:1",
            }
        }
    )
    line.api.wait(said(line, "已记录：张三已知悉。"))


def test_what_was_answered_is_not_answered_again_after_a_start(line: Line) -> None:
    ask(line, "/help", "/duty")
    offset = line.office.store.notes.get("telegram:bot:offset")
    line.bot.close()
    line.api.write(ZHANG, "/duty")
    line.listen()
    line.api.wait(said(line, "值班：李四"))
    assert [t for t in line.api.texts(ZHANG) if t.startswith("/status")] == [
        t for t in line.api.texts(ZHANG) if "/duty  今日值班" in t
    ]
    line.api.wait(lambda: line.office.store.notes.get("telegram:bot:offset") != offset)


def test_messages_are_edited_across_a_start(line: Line) -> None:
    line.bot.close()
    line.listen()
    line.office.desk.alerts.acknowledge(1, "li", MONDAY)
    line.api.wait(said(line, "李四已知悉"))


DEAFNESS = {
    "F04 another poller": refused(
        409,
        "Conflict: terminated by other getUpdates request; make "
        "sure that only one bot instance is running",
    ),
    "F04 the service is down": Given(502, b"<html>Bad Gateway</html>"),
    "F04 too often": refused(429, "Too Many Requests: retry after 0", retry_after=0),
    "F04 too often, for thirty years": refused(429, "Too Many Requests", retry_after=10**9),
    "F04 the token is refused": refused(401, "Unauthorized"),
    "F04 nonsense": Given(200, b"<html>login</html>"),
}


@pytest.mark.parametrize("trouble", DEAFNESS.values(), ids=DEAFNESS.keys())
def test_a_bot_that_cannot_hear_still_speaks_and_hears_again_later(
    line: Line, trouble: Given, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    line.api.deaf = trouble
    asked = line.api.questions
    line.api.wait(lambda: line.api.questions > asked + 3)
    before = len(line.api.sent)
    line.deliver("03-19 09:00")
    assert len(line.api.sent) > before
    line.api.deaf = None
    ask(line, "/help", "/duty")
    told = [r.getMessage() for r in caplog.records if "not heard" in r.getMessage()]
    assert len(told) == 1
    assert TOKEN not in caplog.text


def test_F72_where_a_webhook_is_set_elsewhere_there_are_no_buttons(sqlite_store: Store) -> None:
    with opened(sqlite_store, told=False) as line:
        line.api.deaf = refused(
            409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook"
        )
        line.listen()
        line.deliver("03-19 09:00")
        assert line.api.sent
        assert not any("reply_markup" in one for one in line.api.sent)
        assert not line.bot.inbound


def test_a_bot_whose_service_is_away_at_the_start_is_begun_again(sqlite_store: Store) -> None:
    with opened(sqlite_store, told=False) as line:
        line.api.deaf = Given(503)
        line.listen()
        line.api.wait(lambda: len(line.web.asked) > 3)
        line.api.deaf = None
        ask(line, "/help", "/duty")


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(refused(403, "Forbidden: bot was blocked by the user"), id="blocked"),
        pytest.param(refused(400, "Bad Request: message can't be edited"), id="too old"),
        pytest.param(
            refused(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=-1004001,
            ),
            id="left behind in the old group",
        ),
    ],
)
def test_a_message_that_cannot_be_edited_is_let_be(line: Line, trouble: Given) -> None:
    line.api.edit_trouble = trouble
    line.office.desk.alerts.acknowledge(1, "zhang", MONDAY)
    line.api.wait(lambda: line.office.store.notes.get("telegram:bot:messages") == "[]")
    line.api.edit_trouble = None
    ask(line, "/help", "/duty")


def test_an_edit_that_is_refused_for_a_while_is_made_good(line: Line) -> None:
    line.api.edit_trouble = refused(429, "Too Many Requests: retry after 0", retry_after=0)
    line.office.desk.alerts.acknowledge(1, "zhang", MONDAY)
    asked = len(line.web.asked)
    line.api.wait(lambda: len(line.web.asked) > asked + 5)
    line.api.edit_trouble = None
    line.api.wait(said(line, "张三已知悉"))


def test_a_bot_that_does_not_listen_sends_no_buttons(sqlite_store: Store) -> None:
    with opened(sqlite_store, told=False) as line:
        line.deliver("03-13 09:00")
        assert [form.get("reply_markup") for form in line.api.sent] == [None]
        assert sqlite_store.notes.get("telegram:bot:messages") is None


def test_listening_ends_with_the_channel(line: Line) -> None:
    line.bot.close()
    assert line.bot._line is None
    nobody: Any = None
    line.bot.listen(nobody, {}, nobody)


def test_a_long_message_keeps_its_end_when_lines_are_added() -> None:
    long = "未" * 4096
    found = edited(long, ("张三已知悉",))
    assert len(found) == 4096
    assert found.endswith("…\n———\n张三已知悉")
    assert edited("短", ()) == "短"
    assert units(edited("😀" * 2048, ("张三已知悉",))) <= 4096


def test_addresses_are_those_of_one_channel() -> None:
    assert addresses(OFFICE, "bot") == {
        "1001": ["zhang"],
        "-600": ["zhang", "li"],
        "1002": ["li"],
        "-500": ["wang"],
        "1007": ["wang", "zhao"],
    }
