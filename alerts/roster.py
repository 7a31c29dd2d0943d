"""Who is on duty on a day. Pure: the table of dates first, then the rotation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from alerts.model import DutyDay, Roster


def on_duty(roster: Roster, day: date) -> str | None:
    """Return the id of the person on duty (值班员) on *day*; None if the roster names nobody."""
    dated = _dated(roster.dates, day)
    return dated.duty if dated else _rotation(roster, day)


def leader_on(roster: Roster, day: date) -> str | None:
    """Return the id of the leader of the shift (带班领导) on *day*; None if there is none."""
    dated = _dated(roster.dates, day)
    return dated.leader if dated else None


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
