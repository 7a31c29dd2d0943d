"""What a time means as people write it in a chat. Pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.common.local_time import local_instant

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
        return local_instant(_day(found, now.astimezone(zone).date()), _time(found), zone)
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
