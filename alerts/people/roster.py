"""Who is on duty on a day, and on which days nobody is. Pure.

The table of dates first, what was recorded later before what was written earlier, then the
rotation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from alerts.common.local_time import local_instant
from alerts.model import Call, DutyDay, Hours, Kind, Person, Reason, Roster
from alerts.occasion import Occasion
from alerts.rules.calendar import Calendar
from alerts.rules.lifecycle import Case

SUBJECT = "roster"  # of the one alert about everything that the roster lacks
SWAP = "swap"  # the origin of a date that somebody took over
DUTY, HEAD = "duty", "deputy"  # the role that stands in for a roster, and who mends it
DAY = timedelta(days=1)
AHEAD = timedelta(days=7)  # how long before its first day a gap is called
LOOK = timedelta(days=60)  # how far ahead somebody who cannot be reached is looked for
NEAR = "near"  # the occasion of the last word before a gap
LOOK_BACK = 366  # days of a gap after which it counts as having been there always


@dataclass(frozen=True, slots=True)
class DutyEntry:
    """One date of the roster as it was recorded. *origin*: `swap`, or the imported file's name."""

    day: DutyDay
    recorded_at: datetime
    origin: str


class Why(StrEnum):
    """Why a day of duty is not covered."""

    NOBODY = "nobody"
    UNREACHABLE = "unreachable"  # the person has no channel
    UNKNOWN = "unknown"  # the person is not among the people any more


@dataclass(frozen=True, slots=True)
class Gap:
    """Consecutive days, *first* to *last*, on which the duty is not covered."""

    first: date
    last: date
    why: Why
    person: str | None = None


def on_duty(roster: Roster, day: date) -> str | None:
    """Return the id of the person on duty (值班员) on *day*; None if the roster names nobody."""
    dated = _dated(roster.dates, day)
    return dated.duty if dated else _rotation(roster, day)


def leader_on(roster: Roster, day: date) -> str | None:
    """Return the id of the leader of the shift (带班领导) on *day*; None if there is none."""
    dated = _dated(roster.dates, day)
    return dated.leader if dated else None


def gaps(roster: Roster, people: Mapping[str, Person], first: date, length: timedelta) -> list[Gap]:
    """Return where the duty is not covered in the *length* from *first* on, oldest first.

    An office without any roster has no gaps; a day without an entry is none where people have
    the role, because they are notified then.
    """
    if not (roster.rotation or roster.dates):
        return []
    stand_in = any(DUTY in person.roles and person.reach for person in people.values())
    found: list[Gap] = []
    for n in range(length.days):
        day = first + n * DAY
        gap = _gap(on_duty(roster, day), people, stand_in, day)
        if gap is not None:
            _append(found, gap)
    return found


def roster_case(
    roster: Roster, found: Sequence[Gap], calendar: Calendar, hours: Hours, now: datetime
) -> Case:
    """Return what is due at *now* of the gaps *found* in the next sixty days.

    Each is called on a working day a week before it begins and again on the last one before it;
    somebody who cannot be reached once, and again before each shift.
    """
    today = now.astimezone(hours.zone).date()
    near = [g for g in found if g.why is not Why.NOBODY or g.first <= today + AHEAD]
    calls = [call for gap in near for call in _calls(gap, roster, calendar, hours)]
    ended = None if near else Reason.FILLED
    return Case(Kind.ROSTER, SUBJECT, now, tuple(calls), ended)


def _calls(gap: Gap, roster: Roster, calendar: Calendar, hours: Hours) -> Iterator[Call]:
    began = _began(gap, roster)
    stretch = Occasion(gap.why, str(began or "always"))
    # Somebody who cannot be reached is one trouble, however many shifts it concerns.
    ahead = Occasion(gap.why, gap.person) if gap.person else stretch
    near = Occasion(NEAR, f"{gap.person or ''}:{stretch}")
    for before, occasion in ((AHEAD, ahead), (timedelta(0), near)):
        day = (began or gap.first) - before
        told_on = day if calendar.workday(day) else calendar.previous_workday(day)
        due_at = local_instant(told_on, hours.call_at, hours.zone)
        yield Call(due_at, None, Reason.ROSTER, (HEAD,), occasion)


def _began(gap: Gap, roster: Roster) -> date | None:
    """The gap's first day, its past days included, so that it stays one gap while it runs;
    None if it has been there as long as can be seen."""
    for n in range(1, LOOK_BACK):
        if on_duty(roster, gap.first - n * DAY) != gap.person:
            return gap.first - (n - 1) * DAY
    return None


def _gap(person: str | None, people: Mapping[str, Person], stand_in: bool, day: date) -> Gap | None:
    if person is None:
        return None if stand_in else Gap(day, day, Why.NOBODY)
    if person not in people:
        return Gap(day, day, Why.UNKNOWN, person)
    return None if people[person].reach else Gap(day, day, Why.UNREACHABLE, person)


def _append(found: list[Gap], gap: Gap) -> None:
    last = found[-1] if found else None
    if last and (last.why, last.person, last.last + DAY) == (gap.why, gap.person, gap.first):
        found[-1] = Gap(last.first, gap.last, gap.why, gap.person)
    else:
        found.append(gap)


def _dated(dates: Iterable[DutyDay], day: date) -> DutyDay | None:
    """The last entry for *day*: what was added later corrects what stood before."""
    found = None
    for entry in dates:
        if entry.on == day:
            found = entry
    return found


def _rotation(roster: Roster, day: date) -> str | None:
    if not roster.rotation or roster.starts is None or day < roster.starts:
        return None
    turns = (day - roster.starts).days // roster.every.days
    return roster.rotation[turns % len(roster.rotation)]
