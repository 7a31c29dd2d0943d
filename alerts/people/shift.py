"""When somebody takes over the duty, and for how long. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from alerts.common.local_time import local_instant
from alerts.model import Hours, Roster
from alerts.people.roster import DAY, DutyEntry, on_duty

LONGEST = 62  # days of one shift; a longer one is no shift but a standing duty


@dataclass(frozen=True, slots=True)
class Shift:
    """*person* is on duty from *first* to *last*; *due_at*: when they get the summary."""

    person: str
    first: date
    last: date
    due_at: datetime


def current_shift(
    roster: Roster, recorded: Iterable[DutyEntry], hours: Hours, since: datetime, now: datetime
) -> Shift | None:
    """Return the shift that runs at *now*. None if nobody is on duty, or if it was taken over
    before *since*, when nobody took notice of shifts yet.

    It is summed up at the calling hour of its first day; where the roster was changed only
    after that (*recorded*), at the change.
    """
    today = now.astimezone(hours.zone).date()
    person = on_duty(roster, today)
    first = _first(roster, person, today)
    if person is None or first is None:
        return None
    changed = max((e.recorded_at for e in recorded if e.day.on == first), default=since)
    called = local_instant(first, hours.call_at, hours.zone)
    if called < since:
        return None
    return Shift(person, first, _last(roster, person, today), max(called, changed))


def _first(roster: Roster, person: str | None, today: date) -> date | None:
    for n in range(LONGEST):
        if on_duty(roster, today - (n + 1) * DAY) != person:
            return today - n * DAY
    return None


def _last(roster: Roster, person: str, today: date) -> date:
    for n in range(LONGEST):
        if on_duty(roster, today + (n + 1) * DAY) != person:
            return today + n * DAY
    return today + timedelta(days=LONGEST)
