"""Dates as portals write them beside their links. Pure.

A day without an hour is that whole local day; one without a year is the latest that is not ahead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from monitor.model import Stated
from monitor.sources.dates import MINUTE, lasting, sane

FAR = timedelta(hours=1)  # a date without a year lies at most so far ahead
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LONGEST = 80  # characters of a text that is a date and nothing else
UNITS = {
    "分钟": timedelta(minutes=1),
    "分": timedelta(minutes=1),
    "小时": timedelta(hours=1),
    "天": DAY,
    "日": DAY,
    "周": 7 * DAY,
    "星期": 7 * DAY,
}
SPOKEN = {"刚刚": 0, "今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2}
CLOCK = (
    r"""(?:[\sT]{0,9}(?P<H>2[0-3]|[01]?\d)[:时](?P<M>[0-5]\d)(?:[:分](?P<S>[0-5]\d))?[秒分]?)?"""
)
STAMP = re.compile(
    rf"""(?<![\d/.-])
    (?: (?P<y>20\d\d)\s*[-/.年]\s*(?P<m>1[0-2]|0?[1-9])\s*[-/.月]\s*(?P<d>3[01]|[12]\d|0?[1-9])
      | (?P<m2>1[0-2]|0?[1-9])\s*[-/月]\s*(?P<d2>3[01]|[12]\d|0?[1-9])
    )(?:\s*日|(?![\d/.-]))
    {CLOCK}""",
    re.X,
)
# What is a date only where nothing else stands beside it.
SHORT = re.compile(
    rf"""(?: (?P<y>[0-4]\d)[-/.年](?P<m>1[0-2]|0?[1-9])[-/.月](?P<d>3[01]|[12]\d|0?[1-9])日?
      | (?P<y3>20\d\d)(?P<m3>0[1-9]|1[0-2])(?P<d3>0[1-9]|[12]\d|3[01]) ){CLOCK}""",
    re.X,
)
AGO = re.compile(r"(?P<n>\d{1,3}|半)\s*个?(?P<unit>分钟|分|小时|天|日|周|星期)之?前")
RECENT = re.compile(rf"(?P<word>{'|'.join(SPOKEN)}){CLOCK}", re.X)
BEFORE = r"[\[(【〔\s]*(?:(?:发布|发表|更新|编辑)?(?:时间|日期|于)?\s*:?\s*)?"
AFTER = r"(?:Z|\+08:?00)?\s*(?:发布|发表|更新)?[\])】〕\s]*"
FRAMED = tuple(
    re.compile(BEFORE + rf"(?P<date>{form.pattern})" + AFTER, re.X)
    for form in (STAMP, SHORT, AGO, RECENT)
)
AT_AN_EDGE = re.compile(
    r"^[\[(【]?(?P<first>20\d\d[-/.]\d\d?[-/.]\d\d?)[\])】]?(?!\S)"
    r"|(?<!\S)[\[(【]?(?P<last>20\d\d[-/.]\d\d?[-/.]\d\d?)[\])】]?$"
)
IN_ADDRESS = re.compile(
    r"(?<!\d)(?P<y>20\d\d)(?P<mark>[-/_]?)(?P<m>0[1-9]|1[0-2])[-/_]?(?P<d>0[1-9]|[12]\d|3[01])(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Written:
    """A date as it is written: a day, with or without its year, or so long ago. *width*: how
    much of it is left open."""

    year: int | None = None
    month: int = 0
    day: int = 0
    clock: time = time()
    ago: timedelta | None = None
    width: timedelta = DAY


def alone(text: str) -> Written | None:
    """Return the date that *text* is, in brackets or after 发布时间 perhaps; None if it is
    anything besides."""
    plain = plain_digits(text.strip()) if len(text) < LONGEST else ""
    found = next(filter(None, (form.fullmatch(plain) for form in FRAMED)), None)
    return _written(found) if found and plain else None


def within(text: str) -> list[Written]:
    """Return the dates in *text*. One without a year may be anything, 3/15 is a campaign."""
    return [_written(found) for found in STAMP.finditer(plain_digits(text))]


def at_an_edge(title: str) -> Written | None:
    """Return the date in figures that begins or ends *title*, apart from its words; None for
    none: a date among the words is what the title speaks of."""
    found = AT_AN_EDGE.search(plain_digits(title.strip()))
    dates = within(found["first"] or found["last"]) if found else []
    return dates[0] if dates else None


def in_address(url: str) -> Written | None:
    """Return the day in a path such as `/art/2026/11/21/`, `/202611/t20261121_9.html`."""
    found = IN_ADDRESS.search(url.partition("?")[0])
    return Written(int(found["y"]), int(found["m"]), int(found["d"])) if found else None


def moment(written: Written, now: datetime, zone: tzinfo) -> Stated | None:
    """Return what *written* stands for in *zone*, in UTC; None for no such day."""
    today = now.astimezone(zone)
    if written.ago is not None:
        return lasting(_ago(written.ago, written.clock, today), written.width)
    for year in [written.year] if written.year else [today.year + 1, today.year, today.year - 1]:
        try:
            day = date(year, written.month, written.day)
        except ValueError:
            continue
        at = datetime.combine(day, written.clock)
        if written.year or at.replace(tzinfo=zone) <= today + FAR:
            return lasting(sane(at, zone), written.width)
    return None


def plain_digits(text: str) -> str:
    """Return *text* with digits and marks of full width as ordinary ones."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def _ago(length: timedelta, clock: time, today: datetime) -> datetime:
    """So many days are that day's first minute; of hours and minutes one more, the longest that
    is still called so."""
    if length % DAY == timedelta(0):
        return datetime.combine((today - length).date(), clock, today.tzinfo).astimezone(UTC)
    return (today - length - timedelta(hours=1)).astimezone(UTC)


def _written(found: re.Match[str]) -> Written:
    parts = found.groupdict()
    hour, minute, second = (int(parts.get(name) or 0) for name in "HMS")
    clock, width = time(hour, minute, second), _width(parts)
    if parts.get("unit"):
        ago = UNITS[parts["unit"]] * (0.5 if parts["n"] == "半" else int(parts["n"]))
        return Written(ago=ago, width=DAY if ago % DAY == timedelta(0) else HOUR)
    if word := parts.get("word"):
        return Written(ago=timedelta(days=SPOKEN[word]), clock=clock, width=width)
    year, month, day = (
        next((int(parts[n]) for n in (name, f"{name}2", f"{name}3") if parts.get(n)), 0)
        for name in "ymd"
    )
    return Written(year + 2000 * (0 < year < 100) or None, month, day, clock, width=width)


def _width(parts: Mapping[str, str | None]) -> timedelta:
    if parts.get("H") is None:
        return DAY
    return MINUTE if parts.get("S") is None else timedelta(0)
