"""Read dates as feeds and pages write them. Pure.

Known are RFC 822 and ISO 8601 in the spellings of Java, JavaScript, Go and Ruby, and the forms
of Chinese portals: 2026/6/29 15:07:41, 2026年6月29日, 20260629. A zone that is written holds; a
date without one was written in the zone of its gateway. A date without an hour is that whole
local day, one without a second that minute.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from monitor.model import Stated

EXACT, MINUTE, DAY = timedelta(0), timedelta(minutes=1), timedelta(days=1)
OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)
LONGEST_DATE = 120  # characters; beyond it is no date, and expensive to find out
NAMES = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
MONTHS = {name: number for number, name in enumerate(NAMES.split("|"), 1)}
# Hours east of Greenwich: RFC 822's names, and what Java writes of them and besides.
HOURS_EAST = (
    ("z ut utc gmt wet", 0),
    ("est cdt", -5),
    ("edt", -4),
    ("cst mdt", -6),
    ("mst pdt", -7),
    ("pst", -8),
    ("bst cet", 1),
    ("cest eet", 2),
    ("eest msk", 3),
    ("ict", 7),
    ("hkt sgt awst 北京时间 中国标准时间", 8),
    ("jst kst", 9),
    ("aest", 10),
)
ZONES = {name: hours for names, hours in HOURS_EAST for name in names.split()}
# As RFC 822 has it and nearly every feed writes it: read at once.
IN_FULL = re.compile(
    rf"[A-Z][a-z][a-z], (\d\d?) ({NAMES.title()}) ((?:19|20)\d\d) "
    r"([01]\d|2[0-3]):([0-5]\d):([0-5]\d) (?:GMT|([+-])(0\d|1[0-4])([0-5]\d))",
    re.A,
)
# As parsers write what they have read.
IN_ISO = re.compile(
    r"(?:19|20)\d\d-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)",
    re.A,
)
YEAR_FIRST = re.compile(
    r"(?<!\d)(?:(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})(?:\s*日)?"
    r"|(?P<Y>20\d\d)(?P<M>\d\d)(?P<D>\d\d)(?=T|\s|$))",
)
DAY_FIRST = re.compile(
    rf"(?<!\d)(?P<d>\d{{1,2}})[\s-]+(?P<m>{NAMES})[a-z]*[\s,-]+(?P<y>\d{{4}}|\d{{2}})(?!\d|:)", re.I
)
MONTH_FIRST = re.compile(
    rf"\b(?P<m>{NAMES})[a-z]*\.?\s+(?P<d>\d{{1,2}})\b,?(?:\s+(?P<y>\d{{4}})\b)?", re.I
)
LAST_YEAR = re.compile(r"\s(?P<y>\d{4})\s*$")  # where Java's and C's ctime have the year
# 30/11/2026, 11/30/2026: read where only one of the two can be meant.
SLASHED = re.compile(
    r"(?<![\d/.])(?P<a>\d{1,2})(?P<by>[/.])(?P<b>\d{1,2})(?P=by)(?P<y>20\d\d)(?!\d)"
)
HALVES = re.compile(r"[AaPp]\.?[Mm]\b")
# As Java and .NET write a month for readers of Chinese: 30 十一月 2026, 30 11月 2026.
IN_CHINESE = re.compile(
    r"(?<=\d)\s+(?P<m>十[一二]?|[一二三四五六七八九]|1[0-2]|0?[1-9])月,?\s+(?=20\d\d)"
)
DIGITS = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]
EPOCH = re.compile(r"1\d{9}(?:\d{3})?")  # in seconds, or in milliseconds
STAMP = re.compile(r"(20\d\d)(\d\d)(\d\d)([01]\d|2[0-3])([0-5]\d)([0-5]\d)")
CLOCK = re.compile(
    r"(?:(?P<part>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚间|夜间)\s*)?"
    r"(?P<H>\d{1,2})\s*[:：时点]\s*(?P<M>\d{1,2})(?!\d)(?:\s*[:：分]\s*(?P<S>\d\d)(?:[.,]\d+)?)?\s*[分秒]?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?(?![A-Za-z]))?"
)
PACKED_CLOCK = re.compile(r"\s*T(?P<H>\d\d)(?P<M>\d\d)(?P<S>\d\d)?(?:[.,]\d+)?")
OFFSET = re.compile(
    r"\s*(?:(?:GMT|UTC?|Z)\s*)?(?P<sign>[+−-])(?P<h>\d{1,2})(?::?(?P<m>[0-5]\d))?(?!\d)", re.I
)
ZONE_NAME = re.compile(r"\s*(?P<name>[A-Za-z]{1,5}|北京时间|中国标准时间)(?![A-Za-z])")


def instant(text: str, zone: tzinfo | None) -> datetime | None:
    """Return the instant, in UTC, that *text* states; None for no date, or one before 2000.

    *zone*: where a date that names none was written; None: then it proves nothing. A name of
    several meanings (CST) is that of *zone* if it is in use there, else RFC 822's. A date
    without an hour counts from its first minute.
    """
    found = stated(text, zone)
    return found.at if found else None


def stated(text: str, zone: tzinfo | None) -> Stated | None:
    """Return what *text* states, as `instant` reads it, with the end of its minute or day."""
    if found := IN_FULL.fullmatch(text):
        return lasting(_in_full(found), EXACT)
    if IN_ISO.fullmatch(text):
        return lasting(_in_iso(text), EXACT)
    written = unicodedata.normalize("NFKC", text[: LONGEST_DATE + 1]).strip()
    if written.isdecimal() and (counted := _counted(written, zone)):
        return lasting(counted, EXACT)
    if len(text) > LONGEST_DATE or (dated := _day(IN_CHINESE.sub(_month, written))) is None:
        return None
    day, rest = dated
    clock, width, rest = _clock(rest)
    at = datetime.combine(day, clock or time())
    named = _zone(rest, at, zone) if clock else None
    return lasting(sane(at, named or zone), width)


def _in_full(found: re.Match[str]) -> datetime | None:
    day, month, year, hour, minute, second, sign, hours, minutes = found.groups()
    clock = int(hour), int(minute), int(second)
    try:
        written = datetime(int(year), MONTHS[month.lower()], int(day), *clock, tzinfo=UTC)
    except ValueError:
        return None
    if sign is None:
        return written if written >= OLDEST else None
    east = timedelta(hours=int(hours), minutes=int(minutes))
    at = written - east if sign == "+" else written + east
    return at if at >= OLDEST else None


def _counted(text: str, zone: tzinfo | None) -> datetime | None:
    """The instant of a bare number: seconds or milliseconds since 1970, or a stamp of 14 digits."""
    if EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    if (found := STAMP.fullmatch(text)) is None:
        return None
    year, month, day, hour, minute, second = map(int, found.groups())
    try:
        at = datetime.combine(date(year, month, day), time(hour, minute, second))
        return sane(at, zone)
    except ValueError:
        return None


def _month(found: re.Match[str]) -> str:
    """A month that is named in Chinese, as English has it."""
    said = found["m"]
    number = int(said) if said.isdecimal() else DIGITS.index(said) + 1
    return f" {NAMES.split('|')[number - 1]} "


def _in_iso(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return None
    return at if at >= OLDEST else None


def lasting(at: datetime | None, width: timedelta) -> Stated | None:
    """Return *at* as it is stated to within *width*; None for none, and at the calendar's end."""
    if at is None or at > LATEST - width:
        return None
    return Stated(at, at + width if width else None)


def sane(at: datetime, zone: tzinfo | None) -> datetime | None:
    """Return in UTC the instant of the clock *at* in *zone*; None without a zone, and for one
    before 2000: a zero time stamp would date a post to 1970 for good, as the earliest date
    always holds."""
    if zone is None:
        return None
    try:
        found = at.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if found >= OLDEST else None


def _day(text: str) -> tuple[date, str] | None:
    """The day that *text* names, and what stands beside it."""
    if found := YEAR_FIRST.search(text):
        parts = found["y"] or found["Y"], found["m"] or found["M"], found["d"] or found["D"]
        return _dated(*parts, text[: found.start()] + text[found.end() :])
    if found := DAY_FIRST.search(text):
        return _named(found, found["y"], text[: found.start()] + text[found.end() :])
    if found := MONTH_FIRST.search(text):
        rest = text[: found.start()] + text[found.end() :]
        last = None if found["y"] else LAST_YEAR.search(rest)
        year = found["y"] or (last["y"] if last else "")
        return _named(found, year, rest[: last.start()] if last else rest)
    if found := SLASHED.search(text):
        return _slashed(found, text[: found.start()] + text[found.end() :])
    return None


def _slashed(found: re.Match[str], rest: str) -> tuple[date, str] | None:
    """A date with the year last: the day comes first where dots divide it or it cannot be a month,
    the month where the other cannot, or where the clock has two halves, as in America."""
    first, second = int(found["a"]), int(found["b"])
    if first > 12 or found["by"] == "." or first == second:
        return _dated(found["y"], found["b"], found["a"], rest)
    if second > 12 or HALVES.search(rest):
        return _dated(found["y"], found["a"], found["b"], rest)
    return None


def _named(found: re.Match[str], year: str, rest: str) -> tuple[date, str] | None:
    month, century = MONTHS[found["m"].lower()], "20" if len(year) == 2 else ""
    return _dated(century + year, str(month), found["d"], rest) if year else None


def _dated(year: str, month: str, day: str, rest: str) -> tuple[date, str] | None:
    try:
        return date(int(year), int(month), int(day)), rest
    except ValueError:
        return None


def _clock(text: str) -> tuple[time | None, timedelta, str]:
    """The time of day in *text*, None for none or an impossible one; how much it leaves open;
    and what follows it."""
    found = PACKED_CLOCK.match(text) or CLOCK.search(text)
    if found is None:
        return None, DAY, text
    half = (found.groupdict().get("half") or "").lower()[:1]
    part = found.groupdict().get("part") or ""
    hour = _spoken(part, int(found["H"]))
    hour = hour % 12 + 12 * (half == "p") if half else hour
    try:
        # Some write the last second of a day as 24:00, and a leap second as :60.
        clock = time(min(hour, 23), int(found["M"]), min(int(found["S"] or 0), 59))
    except ValueError:
        return None, DAY, text
    width = EXACT if found["S"] else MINUTE
    return clock, width, text[found.end() :] + " " + text[: found.start()]


def _spoken(part: str, hour: int) -> int:
    """The hour of the day of an *hour* of a *part* of it: 下午3 is 15, 凌晨12 is 0."""
    if part in ("下午", "傍晚", "晚上", "晚间", "夜间") or (part == "中午" and hour < 3):
        return hour + 12 if hour < 12 else hour
    return 0 if part == "凌晨" and hour == 12 else hour


def _zone(text: str, at: datetime, usual: tzinfo | None) -> tzinfo | None:
    """The zone named in *text*, which follows a time of day; None for none that is known."""
    if found := OFFSET.match(text):
        length = timedelta(hours=int(found["h"]), minutes=int(found["m"] or 0))
        east = length if found["sign"] == "+" else -length
        return timezone(east) if length < timedelta(hours=24) else None
    if (found := ZONE_NAME.match(text)) is None:
        return None
    name = found["name"].lower()
    if usual is not None and (at.replace(tzinfo=usual).tzname() or "").lower() == name:
        return usual
    return timezone(timedelta(hours=ZONES[name])) if name in ZONES else None
