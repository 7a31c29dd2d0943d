"""Which answers a message offers, what a link to answer by carries, and what a time means. Pure.

`alerts.rules.lifecycle` and `alerts.people.handover` carry answers out; `links` signs them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from alerts.channels.base import Button, Buttons
from alerts.model import Event, Hours, Kind, Notice, Person
from alerts.people.handover import HANDOVER
from alerts.rules.lifecycle import promise_refusal
from alerts.words import Words

VALID = timedelta(days=30)
TIMES = 5  # common times that are offered
EVENINGS = 3  # days ahead, today included, on which the end of work is offered
ALERTS, PEOPLE = 400, 12  # of one ticket: a link has to stay short
ROWS = 8  # alerts of one message that have buttons of their own
ALL = 0  # in a button's place for an alert: all that its reader was told of
RELATIVE = {"今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2, "today": 0, "tomorrow": 1}
WEEKDAYS = "一二三四五六日"
MORNINGS, AFTERNOONS = ("凌晨", "早上", "早晨", "上午"), ("下午", "傍晚", "晚上")
NOON = "中午"
CLOCK = (
    rf"(?P<part>{'|'.join((*MORNINGS, NOON, *AFTERNOONS))})?\s*"
    r"(?P<hour>\d{1,2})(?:[:：](?P<minute>\d{2})|[点时](?:(?P<minute2>\d{1,2})分?|(?P<half>半))?)"
)
DATE = r"(?:(?P<year>\d{4})[-/年])?(?P<month>\d{1,2})[-/月](?P<day>\d{1,2})日?"
DAY = (
    rf"(?:{DATE}|(?P<relative>{'|'.join(RELATIVE)})"
    rf"|(?P<next>下)?(?:周|星期)(?P<weekday>[{WEEKDAYS}天]))"
)
WHEN = re.compile(rf"(?:{DAY}\s*)?{CLOCK}")
WHICH_DAY = re.compile(DAY)


class Answer(StrEnum):
    """What people may answer."""

    ACKNOWLEDGE = "ack"  # 「已知悉」
    TODAY = "today"  # 「今日发布」
    SCHEDULED = "set"  # 「已设定时发布」, with a time
    ACCEPT = "accept"  # 「确认接收」 of a handover, by either side
    MINE = "mine"  # 「是我发的」, by the new custodian


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a link stands for: these people may answer these alerts, for 30 days."""

    alerts: tuple[int, ...]
    people: tuple[str, ...]
    issued_at: datetime

    def valid(self, now: datetime) -> bool:
        """Whether the link still opens at *now*. One from ahead stems from a clock that
        jumped, and opens."""
        return now < self.issued_at + VALID


def ticket_for(notices: Sequence[Notice], now: datetime) -> Ticket | None:
    """Return the ticket of a message that speaks for *notices*; None if none can be answered."""
    answerable = [n for n in notices if can_be_answered(n)]
    if not answerable:
        return None
    alerts = tuple(dict.fromkeys(n.alert for n in answerable))
    people = tuple(dict.fromkeys(n.person for n in answerable))
    return Ticket(alerts[:ALERTS], people[:PEOPLE], now)


def can_be_answered(notice: Notice) -> bool:
    """Return whether *notice* asks for anything: summaries and ends do not."""
    return notice.alert != 0 and notice.event in (Event.ALERT, Event.REMINDER)


def handover_of(subject: str) -> int | None:
    """Return the handover that an alert's *subject* is; None for another trouble of the kind."""
    number = subject.removeprefix(HANDOVER)
    return int(number) if number != subject and number.isdecimal() else None


def offered(kind: Kind, breach_at: datetime | None, hours: Hours, now: datetime) -> list[Answer]:
    """Return the answers to an open alert of *kind* at *now*, handovers' own aside.

    A post can be promised only for a silence whose limit, *breach_at*, has not passed.
    """
    found = [Answer.ACKNOWLEDGE]
    if kind is not Kind.SILENCE or breach_at is None:
        return found
    if promise_refusal(end_of_today(hours, now), False, breach_at, hours, now) is None:
        found.append(Answer.TODAY)
    if common_times(breach_at, hours, now):
        found.append(Answer.SCHEDULED)
    return found


def end_of_today(hours: Hours, now: datetime) -> datetime:
    """Return the instant that 「今日发布」 promises at *now*."""
    return _at(now.astimezone(hours.zone).date(), hours.today_until, hours.zone)


def common_times(breach_at: datetime, hours: Hours, now: datetime) -> list[datetime]:
    """Return times for which a post may well be scheduled, all before *breach_at*, soonest first:
    the beginning and end of work of the coming days, and the last morning in time."""
    today = now.astimezone(hours.zone).date()
    last = breach_at.astimezone(hours.zone).date() - timedelta(days=1)
    days = [today + timedelta(days=n) for n in range(EVENINGS)]
    wanted = [(day, at) for day in days for at in (hours.call_at, hours.today_until)]
    instants = {_at(day, at, hours.zone) for day, at in wanted if now < _at(day, at, hours.zone)}
    soonest = sorted(at for at in instants if at < breach_at)[:TIMES]
    final = _at(last, hours.call_at, hours.zone)
    return soonest if final <= now or final in soonest else sorted({*soonest[: TIMES - 1], final})


def parse_time(text: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return the instant that *text* names, as people write it; None if it names none.

    「17:30」 「明天上午9点半」 「周四 9:00」 「2月15日 10:00」 「2-15 10:00」, or ISO 8601. A date
    without a year is the one nearest ahead, one of the last month excepted: that is a slip, and
    past. A weekday is the nearest one, today included; 「下周」 is the week after this one.
    """
    cleaned = " ".join(text.split())
    found = WHEN.fullmatch(cleaned)
    try:
        if found is None:
            return _iso(cleaned, zone)
        return _at(_day(found, now.astimezone(zone).date()), _time(found), zone)
    except (ValueError, OverflowError):
        return None


def parse_day(text: str, zone: ZoneInfo, now: datetime) -> date | None:
    """Return the date that *text* names, written as for `parse_time`; None if it names none."""
    cleaned = "".join(text.split())
    found = WHICH_DAY.fullmatch(cleaned)
    try:
        if found is None:
            return date.fromisoformat(cleaned)
        return _day(found, now.astimezone(zone).date())
    except (ValueError, OverflowError):
        return None


def _time(found: re.Match[str]) -> time:
    """Raises `ValueError` for what no clock shows, and for a midnight of either day."""
    hour, part = int(found["hour"]), found["part"]
    if part in AFTERNOONS and hour == 12 and part != "下午":
        raise ValueError
    if (part in AFTERNOONS and hour < 12) or (part == NOON and hour < 3):
        hour += 12
    half = 30 if found["half"] else 0
    return time(hour, int(found["minute"] or found["minute2"] or half))


def _day(found: re.Match[str], today: date) -> date:
    if found["weekday"] is not None:
        return _weekday(found, today)
    if found["month"] is None:
        return today + timedelta(days=RELATIVE.get(found["relative"] or "", 0))
    month, day = int(found["month"]), int(found["day"])
    if found["year"] is not None:
        return date(int(found["year"]), month, day)
    this_year = date(today.year, month, day)
    past = this_year < today - timedelta(days=31)
    return date(today.year + 1, month, day) if past else this_year


def _weekday(found: re.Match[str], today: date) -> date:
    wanted = WEEKDAYS.index(found["weekday"].replace("天", "日"))
    if found["next"]:
        return today + timedelta(days=7 - today.weekday() + wanted)
    return today + timedelta(days=(wanted - today.weekday()) % 7)


def _iso(text: str, zone: ZoneInfo) -> datetime | None:
    moment = datetime.fromisoformat(text)
    if len(text) <= len("2024-02-15"):
        return None  # a day is no time
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _at(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


# Buttons, and what comes back when one is pressed: `<answer>:<alert>[:<minutes of Unix time>]`.


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a button stood for. *until*: the time it named."""

    answer: Answer
    alert: int
    until: datetime | None = None


def data_of(pressed: Pressed) -> str:
    """Return what a button carries."""
    parts = [pressed.answer.value, str(pressed.alert)]
    if pressed.until is not None:
        parts.append(str(int(pressed.until.timestamp()) // 60))
    return ":".join(parts)


def pressed_of(data: str) -> Pressed | None:
    """Return what a button that carried *data* stood for; None if it is none of ours."""
    found = re.fullmatch(r"([a-z]{1,8}):(\d{1,15})(?::(\d{1,9}))?", data, re.ASCII)
    if found is None or found[1] not in set(Answer):
        return None
    until = datetime.fromtimestamp(int(found[3]) * 60, UTC) if found[3] else None
    return Pressed(Answer(found[1]), int(found[2]), until)


def label(answer: Answer, words: Words) -> str:
    """Return what is written on the button of *answer*."""
    return {
        Answer.ACKNOWLEDGE: words.text("Noted"),
        Answer.TODAY: words.text("Will publish today"),
        Answer.SCHEDULED: words.text("Already scheduled"),
        Answer.ACCEPT: words.text("Accept the handover"),
        Answer.MINE: words.text("I published it"),
    }[answer]


def buttons(
    notices: Sequence[Notice],
    people: Mapping[str, Person],
    words: Words,
    hours: Hours,
    now: datetime,
) -> Buttons:
    """Return the buttons below a message that speaks for *notices*: a row an alert, numbered as
    in the message where it speaks for several; for many, one row for all of them."""
    calls = calls_of(notices)
    if many(calls):
        return (for_all(words, now),)
    rows = []
    for number, notice in enumerate(calls, 1):
        before = f"{number}. " if len(calls) > 1 else ""
        row = tuple(
            Button(before + label(answer, words), data_of(Pressed(answer, notice.alert)))
            for answer in _of_notice(notice, people, hours, now)
        )
        rows += [row] if row else []
    return tuple(dict.fromkeys(rows))


def calls_of(notices: Sequence[Notice]) -> list[Notice]:
    """Return one notice of each call that *notices* make, in their order: several people at one
    address get the same call."""
    return list({(n.alert, n.occasion): n for n in reversed(notices)}.values())[::-1]


def many(notices: Sequence[Notice]) -> bool:
    """Return whether *notices* are of more alerts than have buttons of their own."""
    return len({n.alert for n in notices if can_be_answered(n)}) > ROWS


def for_all(words: Words, now: datetime) -> tuple[Button, ...]:
    """Return the row that acknowledges all alerts that its reader was told of up to *now*, or
    lists them."""
    return (
        Button(words.text("All noted"), data_of(Pressed(Answer.ACKNOWLEDGE, ALL, now))),
        Button(words.text("One by one"), "/alerts"),
    )


def time_buttons(
    alert: int, breach_at: datetime, words: Words, hours: Hours, now: datetime
) -> Buttons:
    """Return a row for each time for which a post may well be scheduled."""
    return tuple(
        (Button(words.moment(at), data_of(Pressed(Answer.SCHEDULED, alert, at))),)
        for at in common_times(breach_at, hours, now)
    )


def _of_notice(
    notice: Notice, people: Mapping[str, Person], hours: Hours, now: datetime
) -> Iterator[Answer]:
    if not can_be_answered(notice):
        return
    yield from _of_handover(notice, people)
    yield from offered(notice.kind, notice.facts.breach_at, hours, now)


def _of_handover(notice: Notice, people: Mapping[str, Person]) -> Iterator[Answer]:
    """A message tells the two sides of a handover by their names."""
    told, person = notice.facts.handover, people.get(notice.person)
    if told is None or person is None or handover_of(notice.subject) is None:
        return
    if person.name in told.awaiting:
        yield Answer.ACCEPT
    elif not told.awaiting and told.unproven and person.name == told.taker:
        yield Answer.MINE
