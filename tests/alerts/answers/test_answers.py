"""Which answers a message offers, what its buttons carry, and what a time means."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.answers.answer import Answer, Ticket, common_times, handover_of, offered, ticket_for
from alerts.answers.buttons import ALL, Pressed, buttons, data_of, names_a_time, pressed_of
from alerts.answers.times import parse_day, parse_time
from alerts.facts import Facts, HandoverFacts, HandoverProgress, SilenceFacts
from alerts.message import Button
from alerts.model import Event, Kind, Notice, Person, Reason
from alerts.occasion import occasion_of
from alerts.words import translator
from tests.rule_values import DAY, HOUR, HOURS, LIMIT, MINUTE, ZONE, at, shown

WORDS = translator("zh_CN")
NOW = at("03-18 09:00")  # a Monday; the limit is on the 20th at 10:00
ACK, TODAY, SCHEDULED = Answer.ACKNOWLEDGE, Answer.TODAY, Answer.SCHEDULED
POSTED = Answer.POSTED
PEOPLE = {"zhang": Person("zhang", "张三"), "li": Person("li", "李四")}


def notice(
    alert: int = 7,
    person: str = "zhang",
    occasion: str = "rung:12",
    kind: Kind = Kind.SILENCE,
    event: Event = Event.ALERT,
    subject: str = "weibo",
    facts: Facts | None = None,
) -> Notice:
    return Notice(
        f"{alert}{person}{occasion}",
        alert,
        kind,
        subject,
        occasion_of(occasion),
        Reason.RUNG,
        event,
        12,
        person,
        "wecom",
        "",
        facts or SilenceFacts("鞍山民政", breach_at=LIMIT),
        NOW,
        NOW,
    )


@pytest.mark.parametrize(
    ("kind", "now", "expected"),
    [
        pytest.param(Kind.SILENCE, "03-18 09:00", [ACK, TODAY, SCHEDULED, POSTED], id="a morning"),
        pytest.param(Kind.SILENCE, "03-18 16:59", [ACK, TODAY, SCHEDULED, POSTED], id="in time"),
        pytest.param(Kind.SILENCE, "03-18 17:00", [ACK, SCHEDULED, POSTED], id="too late today"),
        pytest.param(
            Kind.SILENCE, "03-20 08:00", [ACK, SCHEDULED, POSTED], id="the limit is today"
        ),
        pytest.param(Kind.SILENCE, "03-20 09:30", [ACK, POSTED], id="no common time is left"),
        pytest.param(Kind.SILENCE, "03-20 10:00", [ACK, POSTED], id="the limit has passed"),
        pytest.param(Kind.BLIND, "03-18 09:00", [ACK, POSTED], id="what cannot be seen"),
        pytest.param(Kind.ORIGINALS, "03-18 09:00", [ACK, POSTED], id="nothing but reposts"),
        pytest.param(Kind.GATEWAY, "03-18 09:00", [ACK], id="a gateway"),
    ],
)
def test_what_can_be_answered(kind: Kind, now: str, expected: list[Answer]) -> None:
    assert offered(kind, LIMIT, HOURS, at(now)) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(
            "03-13 09:00",
            ["03-13 17:30", "03-14 09:00", "03-14 17:30", "03-15 09:00", "03-19 09:00"],
            id="far ahead: and the last morning",
        ),
        pytest.param(
            "03-18 10:00",
            ["03-18 17:30", "03-19 09:00", "03-19 17:30", "03-20 09:00"],
            id="near the limit",
        ),
        pytest.param("03-20 08:00", ["03-20 09:00"], id="the last hour"),
        pytest.param("03-20 10:00", [], id="over"),
    ],
)
def test_common_times_lie_ahead_and_before_the_limit(now: str, expected: list[str]) -> None:
    assert [shown(t) for t in common_times(LIMIT, HOURS, at(now))] == expected


@given(st.integers(0, 30 * 24 * 60))
def test_no_common_time_is_one_that_would_be_refused(minutes: int) -> None:
    now = at("03-01 00:00") + minutes * MINUTE
    times = common_times(LIMIT, HOURS, now)
    assert times == sorted(set(times))
    assert all(now < t < LIMIT for t in times)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("17:30", "03-18 17:30", id="a time of today"),
        pytest.param("17：30", "03-18 17:30", id="with the wide colon"),
        pytest.param("9点", "03-18 09:00", id="an hour in words"),
        pytest.param("9点30分", "03-18 09:30", id="an hour and minutes in words"),
        pytest.param("明天9点", "03-19 09:00", id="tomorrow"),
        pytest.param("后天 10:15", "03-20 10:15", id="the day after"),
        pytest.param("3月19日 10:00", "03-19 10:00", id="a date in Chinese"),
        pytest.param("3-19  10:00", "03-19 10:00", id="a date in digits"),
        pytest.param("3/9 10:00", "03-09 10:00", id="a slip: last week"),
        pytest.param("1月5日9:00", "2025-01-05 09:00", id="the next January"),
        pytest.param("2024-03-19 10:00", "03-19 10:00", id="a whole date"),
        pytest.param("2024-03-19T10:00+08:00", "03-19 10:00", id="ISO 8601"),
        pytest.param("2024-03-19T02:00Z", "03-19 10:00", id="ISO 8601 elsewhere"),
        pytest.param("明天", None, id="no time"),
        pytest.param("2024-03-19", None, id="a day is no time"),
        pytest.param("25:00", None, id="no such hour"),
        pytest.param("2月30日 9:00", None, id="no such day"),
        pytest.param("9999-12-31T23:59-08:00", None, id="beyond every calendar"),
        pytest.param("soon", None, id="words"),
        pytest.param("", None, id="nothing"),
        ("明天上午9点", "03-19 09:00"),
        ("下午3点", "03-18 15:00"),
        ("15点半", "03-18 15:30"),
        ("明天下午3点半", "03-19 15:30"),
        ("下午15:30", "03-18 15:30"),
        ("中午12点", "03-18 12:00"),
        ("中午1点", "03-18 13:00"),
        ("晚上8:05", "03-18 20:05"),
        ("晚上12点", None),
        ("周四 9:00", "03-21 09:00"),
        ("周一下午4点", "03-18 16:00"),
        ("星期日10点", "03-24 10:00"),
        ("下周一 9:00", "03-25 09:00"),
        ("周四", None),
        ("0001-01-01 01:00", None),
        ("0001-01-01T01:00", None),
    ],
)
def test_a_time_as_people_write_it(text: str, expected: str | None) -> None:
    assert parse_time(text, ZONE, NOW) == (at(expected) if expected else None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03-20", date(2024, 3, 20)),
        ("3月20日", date(2024, 3, 20)),
        ("3-20", date(2024, 3, 20)),
        ("1月2日", date(2025, 1, 2)),
        ("今天", date(2024, 3, 18)),
        ("明天", date(2024, 3, 19)),
        ("周六", date(2024, 3, 23)),
        ("下周六", date(2024, 3, 30)),
        ("2月30日", None),
        ("soon", None),
        ("9点", None),
    ],
)
def test_a_day_as_people_write_it(text: str, expected: date | None) -> None:
    assert parse_day(text, ZONE, NOW) == expected


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_times(text: str) -> None:
    parse_time(text, ZONE, NOW)
    parse_day(text, ZONE, NOW)
    pressed_of(text)


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))


@given(st.sampled_from(Answer), st.integers(0, 10**12), st.none() | MOMENTS)
def test_a_button_brings_back_what_it_stood_for(
    answer: Answer, alert: int, until: datetime | None
) -> None:
    whole = until.replace(second=0, microsecond=0) if until else None
    data = data_of(Pressed(answer, alert, whole))
    assert len(data) <= 64
    assert pressed_of(data) == Pressed(answer, alert, whole)


@pytest.mark.parametrize("data", ["", "ack", "ack:", "drop:7", "ack:7:8:9", "ack:x", "ack:٧"])
def test_a_foreign_button_stands_for_nothing(data: str) -> None:
    assert pressed_of(data) is None


def test_the_buttons_of_one_message() -> None:
    assert buttons([notice()], PEOPLE, WORDS, HOURS, NOW) == (
        (
            Button("已知悉", "ack:7"),
            Button("今日发布", "today:7"),
            Button("已设定时发布", "set:7"),
            Button("已发布，请核实", "posted:7"),
        ),
    )


def test_the_buttons_of_several_are_numbered_as_the_message_is() -> None:
    several = [
        notice(7),
        notice(7, "li"),
        notice(8, kind=Kind.GATEWAY),
        notice(9, event=Event.RESOLVED),
        notice(10, kind=Kind.BLIND),
    ]
    rows = buttons(several, PEOPLE, WORDS, HOURS, NOW)
    assert [[b.label for b in row] for row in rows] == [
        ["1. 已知悉", "1. 今日发布", "1. 已设定时发布", "1. 已发布，请核实"],
        ["2. 已知悉"],
        ["4. 已知悉", "4. 已发布，请核实"],
    ]


@pytest.mark.parametrize(
    ("person", "facts", "expected"),
    [
        pytest.param(
            "zhang",
            HandoverProgress(occasion_of("unaccepted"), "张三", "李四", awaiting=("张三",)),
            ["accept:7", "ack:7"],
            id="a side that has not accepted",
        ),
        pytest.param(
            "li",
            HandoverProgress(occasion_of("unaccepted"), "张三", "李四", awaiting=("张三",)),
            ["ack:7"],
            id="a side that has",
        ),
        pytest.param(
            "li",
            HandoverProgress(occasion_of("due"), "张三", "李四", unproven=("鞍山民政",)),
            ["mine:7", "ack:7"],
            id="who takes over, once both have",
        ),
        pytest.param(
            "zhang",
            HandoverProgress(occasion_of("due"), "张三", "李四", unproven=("鞍山民政",)),
            ["ack:7"],
            id="who gives away, once both have",
        ),
    ],
)
def test_a_handover_offers_each_side_its_own(
    person: str, facts: HandoverProgress, expected: list[str]
) -> None:
    told = notice(
        7,
        person,
        kind=Kind.HANDOVER,
        subject="handover:3",
        facts=HandoverFacts("鞍山民政", handover=facts),
    )
    [row] = buttons([told], PEOPLE, WORDS, HOURS, NOW)
    assert [b.data for b in row] == expected


@pytest.mark.parametrize(
    ("subject", "handover"),
    [("handover:3", 3), ("custody:weibo", None), ("handover:", None), ("weibo", None)],
)
def test_which_handover_an_alert_is_about(subject: str, handover: int | None) -> None:
    assert handover_of(subject) == handover


def test_a_ticket_covers_what_a_message_says_to_whom() -> None:
    said = [notice(7), notice(7, "li"), notice(8, "li"), notice(9, event=Event.RESOLVED)]
    assert ticket_for(said, NOW) == Ticket((7, 8), ("zhang", "li"), NOW)


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(notice(event=Event.RESOLVED), id="an end"),
        pytest.param(replace(notice(0), event=Event.SUMMARY), id="a summary"),
    ],
)
def test_nothing_to_answer_is_no_ticket(told: Notice) -> None:
    assert ticket_for([told], NOW) is None
    assert buttons([told], PEOPLE, WORDS, HOURS, NOW) == ()


@pytest.mark.parametrize(
    ("age", "valid"),
    [
        (timedelta(0), True),
        (30 * DAY - MINUTE, True),
        (30 * DAY, False),
        (-MINUTE, True),
        (-HOUR, False),
    ],
)
def test_a_ticket_is_valid_for_thirty_days(age: timedelta, valid: bool) -> None:
    assert Ticket((7,), ("zhang",), NOW).valid(NOW + age) is valid


@pytest.mark.parametrize(
    ("data", "named"),
    [
        pytest.param(data_of(Pressed(Answer.SCHEDULED, 7, NOW)), True, id="a time for a post"),
        pytest.param(data_of(Pressed(Answer.SCHEDULED, 7)), False, id="already scheduled"),
        pytest.param(data_of(Pressed(Answer.ACKNOWLEDGE, ALL, NOW)), False, id="all noted by now"),
        pytest.param("/alerts", False, id="a command"),
        pytest.param("a:b:c", False, id="none of ours"),
    ],
)
def test_a_button_names_a_time_or_does_not(data: str, named: bool) -> None:
    assert names_a_time(data) is named
