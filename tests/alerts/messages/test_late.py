"""A message that goes out late says what held when it was decided, and what holds by then."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from alerts.delivery.sending import drain
from alerts.facts import GatewayFacts, SilenceFacts
from alerts.message import DeliveryError, Failure, Message
from alerts.messages.late import LATE
from alerts.messages.render import render
from alerts.model import Event, Kind, Notice, Reason
from alerts.words import translator
from tests.alerts.delivery.test_sending import (
    HOURS,
    MINUTE,
    NOON,
    PEOPLE,
    WORDS,
    Heard,
    Line,
    notice,
    outbox_of,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUIET = SilenceFacts(
    "鞍山民政", "weibo", at=NOON, since=NOON - 13 * DAY, quiet_days=13, limit_days=14
)
DECIDED = "迟发：本通知按2月9日（周五）12:00的情况拟定，{}才发出。"
MORNING = "2月10日（周六）12:00"


def silence(**changes: Any) -> Notice:
    """Return a rung's notice, decided at noon of the 9th."""
    return notice("n1", facts=replace(QUIET, **changes))


CASES = [
    pytest.param(silence(), LATE - MINUTE, [], id="in time: nothing is said"),
    pytest.param(
        silence(),
        LATE,
        [DECIDED.format("2月9日（周五）12:15")],
        id="late on the same day: since when",
    ),
    pytest.param(
        silence(),
        DAY,
        [DECIDED.format(MORNING), "截至发出时，已14天未更新。"],
        id="a day late: how many days it is by now",
    ),
    pytest.param(
        silence(breach_at=NOON + HOUR),
        2 * HOUR,
        [DECIDED.format("2月9日（周五）14:00"), "其间已于2月9日（周五）13:00超过规定时限。"],
        id="the limit has passed meanwhile",
    ),
    pytest.param(
        silence(breach_at=NOON + 2 * HOUR),
        2 * HOUR,
        [DECIDED.format("2月9日（周五）14:00"), "其间已于2月9日（周五）14:00超过规定时限。"],
        id="the limit passes at this very instant",
    ),
    pytest.param(
        silence(breach_at=NOON - HOUR),
        HOUR,
        [DECIDED.format("2月9日（周五）13:00")],
        id="the limit had passed before: the message says so anyway",
    ),
    pytest.param(
        silence(promise_until=NOON + HOUR),
        HOUR,
        [DECIDED.format("2月9日（周五）13:00"), "其间承诺的发布时间（2月9日（周五）13:00）已过。"],
        id="a promised time has passed meanwhile",
    ),
    pytest.param(
        replace(
            silence(quiet_since=NOON - 13 * DAY, since=NOON - DAY),
            kind=Kind.BLIND,
            reason=Reason.BLIND,
        ),
        DAY,
        [
            DECIDED.format(MORNING),
            "截至发出时，距最近一次可见的更新已14天，其间是否更新尚无法读取。",
        ],
        id="cannot be seen: the days are those of what was last seen",
    ),
    pytest.param(
        notice("n1", kind=Kind.GATEWAY, facts=GatewayFacts("rsshub", at=NOON, gateway="rsshub")),
        DAY,
        [DECIDED.format(MORNING)],
        id="a gateway's trouble: since when",
    ),
    pytest.param(
        replace(silence(), event=Event.RESOLVED, reason=Reason.POSTED),
        DAY,
        [DECIDED.format(MORNING)],
        id="an end counts no days",
    ),
]


@pytest.mark.parametrize(("late", "by", "expected"), CASES)
def test_F64_what_held_then_and_what_holds_now(
    late: Notice, by: timedelta, expected: list[str]
) -> None:
    said = render(late, WORDS, HOURS, False, NOON + by).text.split("\n")
    in_time = render(late, WORDS, HOURS, False).text.split("\n")
    assert [line for line in said if line not in in_time] == expected
    assert said[0] == in_time[0]
    assert said[-1] == in_time[-1] == "2024年2月9日（周五）12:00"


def test_F64_in_english_too() -> None:
    said = render(silence(), translator("en"), HOURS, False, NOON + DAY).text
    assert "By now it has been 14 days without a new post." in said


@pytest.mark.parametrize("beside", [0, 2], ids=["alone", "among others in one message"])
def test_F64_a_channel_that_was_down_delivers_with_the_line(beside: int) -> None:
    down = DeliveryError(Failure.LATER, "503")
    others = [notice(f"n{2 + n}", "li", facts=QUIET) for n in range(beside)]
    outbox, chat = outbox_of(notice("n1", "li", facts=QUIET), *others), Line(lambda _: down)

    def round_at(now: datetime) -> list[Message]:
        drain(outbox, {"chat": chat}, PEOPLE, WORDS, HOURS, now, Heard())
        return chat.messages

    assert "迟发" not in round_at(NOON + MINUTE)[-1].text
    chat.answer = lambda _: None
    assert round_at(NOON + 3 * HOUR)[-1].text.count("迟发：") == 1 + beside
