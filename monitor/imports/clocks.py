"""The hour of a post as people and workbooks write it, put as ISO 8601 writes it. Pure."""

from __future__ import annotations

import re

HALVES = "凌晨|早上|早晨|上午|中午|下午|傍晚|晚上"
SPOKEN = re.compile(
    rf"(?P<half>{HALVES})?\s*(?<!\d)(?P<H>\d{{1,2}})\s*"
    r"(?:[:：]\s*(?P<M>\d{2})(?:\s*[:：]\s*(?P<S>\d{2}))?"
    r"|[时点]\s*(?:(?P<m>\d{1,2})\s*分)?\s*(?:(?P<s>\d{1,2})\s*秒)?)"
    r"\s*(?P<noon>[AaPp]\.?[Mm]\.?)?"
)
ALONE = re.compile(r"\d{1,2}[:：]\d{2}(?:[:：]\d{2})?")
# A workbook keeps an hour as a part of a day, or on the day from which it counts.
PART = re.compile(r"0?\.\d+")
FIRST_DAY = re.compile(r"(?:1899-12-3[01]|1900-01-0[01])[ T]")
MIDNIGHT = re.compile(r"[ T]0?0:00(?::00)?$")
NOON, DAY = 12, 86_400


def tidied(text: str) -> str:
    """Return *text* with the hour at its end written as 09:30, where a person wrote 上午9时30分,
    9点 or 3:30 PM; as it is otherwise."""
    found = SPOKEN.search(text)
    if found is None or found.end() != len(text):
        return text
    if ALONE.fullmatch(found[0].strip()):
        return text
    hour = _of_day(int(found["H"]), found["half"] or "", (found["noon"] or "").lower()[:1])
    minute, second = found["M"] or found["m"] or "0", found["S"] or found["s"]
    clock = f"{hour:02}:{minute.zfill(2)}" + (f":{second.zfill(2)}" if second else "")
    return f"{text[: found.start()].strip()} {clock}".strip()


def with_hour(day: str, hour: str) -> str:
    """Return the date that two columns hold, a *day* and an *hour*; the second alone where it
    holds both."""
    clock = _clock(hour)
    if not clock or not ALONE.fullmatch(clock):
        return clock or day
    first, *rest = re.split("[:：]", clock)
    return f"{MIDNIGHT.sub('', day)} {':'.join((first.zfill(2), *rest))}"


def _clock(hour: str) -> str:
    if PART.fullmatch(hour):
        minutes, second = divmod(round(float(hour) * DAY), 60)
        return f"{minutes // 60 % 24:02}:{minutes % 60:02}:{second:02}"
    return tidied(FIRST_DAY.sub("", hour))


def _of_day(hour: int, half: str, noon: str) -> int:
    if half in ("下午", "傍晚", "晚上") or noon == "p":
        return hour + NOON if hour < NOON else hour
    if half == "中午":
        return hour + NOON if hour <= NOON // 3 else hour
    return 0 if hour == NOON and (half or noon) else hour
