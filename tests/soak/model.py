"""What the rules demand for one account, written without the program. Pure.

A silence is the time after the newest post that was shown. `calls` lists everything that has to
be said while it lasts, each with its instant, rung and recipients; `verdict` says what holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar

ZONE = ZoneInfo("Asia/Shanghai")
NINE, HALF_PAST_THREE = time(9), time(15, 30)
MORNING, NIGHT = time(7), time(22)
DAY = timedelta(days=1)
LONG_STRETCH = 5  # closed days from which people are called two working days ahead


@dataclass(frozen=True)
class Rule:
    """A ladder: the days of each rung, its limit last, with the roles that it notifies."""

    ladder: tuple[tuple[int, tuple[str, ...]], ...]

    @property
    def limit(self) -> int:
        """Days without a post after which the account is breached."""
        return self.ladder[-1][0]

    @property
    def last_chance(self) -> int:
        """The highest rung below the limit."""
        return self.ladder[-2][0]

    def tells(self, rung: int) -> tuple[str, ...]:
        """Return the roles that *rung* notifies."""
        return dict(self.ladder)[rung]


CUSTODIAN, DUTY, DEPUTY = "custodian", "duty", "deputy"
DEFAULT = Rule(
    (
        (7, (CUSTODIAN,)),
        (10, (CUSTODIAN, DUTY)),
        (12, (CUSTODIAN, DUTY, DEPUTY)),
        (13, (CUSTODIAN, DUTY, DEPUTY)),
        (14, (CUSTODIAN, DUTY, DEPUTY)),
    )
)
STRICT = Rule(
    (
        (5, (CUSTODIAN,)),
        (7, (CUSTODIAN, DUTY)),
        (9, (CUSTODIAN, DUTY, DEPUTY)),
        (10, (CUSTODIAN, DUTY, DEPUTY)),
    )
)
RULES = {"default": DEFAULT, "strict": STRICT}


@dataclass(frozen=True, order=True)
class Call:
    """One thing to be said: when, as of which rung, why, and to which roles."""

    at: datetime
    rung: int
    why: str  # rung, closure, publish_day, limit, reminder, promise
    tell: tuple[str, ...]


def local(at: datetime) -> date:
    """Return the local date of *at*."""
    return at.astimezone(ZONE).date()


def instant(day: date, hour: time) -> datetime:
    """Return the instant of a local day and hour."""
    return datetime.combine(day, hour, ZONE).astimezone(UTC)


def awake(at: datetime) -> datetime:
    """Return *at*, or seven o'clock if that lies in the night."""
    here = at.astimezone(ZONE)
    if MORNING <= here.time() < NIGHT:
        return at
    return instant(here.date() + (DAY if here.time() >= NIGHT else timedelta(0)), MORNING)


def working(day: date) -> bool:
    """Whether offices are open."""
    return bool(chinese_calendar.is_workday(day))


def working_from(day: date) -> date:
    """Return *day*, or the next working day."""
    while not working(day):
        day += DAY
    return day


def working_before(day: date) -> date:
    """Return the last working day before *day*."""
    day -= DAY
    while not working(day):
        day -= DAY
    return day


def stretch(day: date) -> tuple[date, date] | None:
    """Return the first and last of the closed days around *day*, or None on a working day."""
    if working(day):
        return None
    return working_before(day) + DAY, working_from(day) - DAY


def breach_at(last: datetime, rule: Rule) -> datetime:
    """Return the instant at which the account is breached."""
    return last + rule.limit * DAY


def publish_by(last: datetime, rule: Rule) -> date:
    """Return the last whole day on which publishing is certainly in time."""
    return local(breach_at(last, rule)) - DAY


def calls(last: datetime, rule: Rule, until: datetime) -> list[Call]:
    """Return what has to be said up to *until* if nothing is published after *last*."""
    found = [*rungs(last, rule), *before_closure(last, rule), *on_publish_day(last, rule)]
    end = breach_at(last, rule)
    found.append(Call(end, rule.limit, "limit", rule.tells(rule.limit)))
    found += reminders(end, rule, until)
    return sorted(call for call in found if call.at <= until)


def rungs(last: datetime, rule: Rule) -> Iterator[Call]:
    """R1: at nine, that many days after the post or on the next working day."""
    for days, tell in rule.ladder[:-1]:
        day = working_from(local(last) + days * DAY)
        yield Call(instant(day, NINE), days, "rung", tell)


def before_closure(last: datetime, rule: Rule) -> Iterator[Call]:
    """R2: on the last working day before a closed stretch that holds the last chance."""
    found = stretch(publish_by(last, rule))
    if found is None:
        return
    first, final = found
    eve = working_before(first)
    hours = [instant(eve, NINE), instant(eve, HALF_PAST_THREE)]
    if (final - first).days + 1 >= LONG_STRETCH:
        hours.append(instant(working_before(eve), NINE))
    for at in hours:
        late = at == instant(eve, HALF_PAST_THREE)
        if at >= last + DAY or (late and at > last):
            yield Call(at, rule.last_chance, "closure", rule.tells(rule.last_chance))


def on_publish_day(last: datetime, rule: Rule) -> Iterator[Call]:
    """R3: somebody is on duty on a closed day."""
    day = publish_by(last, rule)
    if not working(day):
        yield Call(instant(day, NINE), rule.last_chance, "publish_day", (DUTY,))


def reminders(end: datetime, rule: Rule, until: datetime) -> Iterator[Call]:
    """R4: at nine on each working day while the account is breached."""
    day = local(end)
    while instant(day, NINE) <= until:
        if working(day) and instant(day, NINE) > end:
            yield Call(instant(day, NINE), rule.limit, "reminder", rule.tells(rule.limit))
        day += DAY


def verdict(last: datetime, rule: Rule, at: datetime) -> tuple[str, int | None]:
    """Return the verdict and the highest rung passed, if everything is seen."""
    if at >= breach_at(last, rule):
        return "breached", rule.limit
    passed = [r for r, _ in rule.ladder[:-1] if at >= instant(local(last) + r * DAY, NINE)]
    return ("late", passed[-1]) if passed else ("fresh", None)


def quiet_days(last: datetime, at: datetime) -> int:
    """Return the whole local dates from the last post to *at*."""
    return (local(at) - local(last)).days
