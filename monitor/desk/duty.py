"""Who is on duty, and changes of the roster.

Every request that cannot be met raises `UsageError` with one line.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from alerts.common.local_time import local_day
from alerts.model import DutyDay, Roster
from alerts.people.roster import DAY, LOOK, SWAP, DutyEntry, gaps, leader_on, on_duty
from monitor.desk.shapes import DutyGap, DutyShown, RosterSummary
from monitor.errors import Told, UsageError
from monitor.register import Register
from monitor.store.base import Store

CHECKED = timedelta(days=14)  # how far ahead the roster is checked
CONFIGURED = "configuration"  # where a date of the roster comes from, if not recorded


class Duty:
    """Questions and answers about the roster."""

    def __init__(self, store: Store, register: Register) -> None:
        self._store = store
        self._register = register
        self._zone = register.hours.zone

    def show(self, on: date | None, now: datetime) -> DutyShown:
        """Return who is on duty *on* a date, by default today, and who follows when."""
        return self.coming(on or local_day(now, self._zone), 1)[0]

    def coming(self, first: date, days: int) -> list[DutyShown]:
        """Return who is on duty on so many *days* from *first* on, and who follows when."""
        records = self._store.custody.records()
        roster = self._register.under(records).roster
        origin = {entry.day.on: entry.origin for entry in records.duty}
        return [self._shown(first + n * DAY, roster, origin) for n in range(days)]

    def swap(self, on: date, to: str, now: datetime) -> DutyShown:
        """Give the duty of one date to *to*; who leads that day stays. Returns that date's."""
        self._register.person(to)
        if on < local_day(now, self._zone):
            raise UsageError(
                Told("{day} has passed; only a coming day can be swapped", day=str(on))
            )
        roster = self._register.under(self._store.custody.records()).roster
        if on_duty(roster, on) == to:
            raise UsageError(Told("{person} is on duty on {day} already", person=to, day=str(on)))
        day = DutyDay(on, to, leader_on(roster, on))
        self._store.duty.add([DutyEntry(day, now, SWAP)])
        return self.show(on, now)

    def gaps(self, now: datetime, length: timedelta = CHECKED) -> list[DutyGap]:
        """Return where the duty is not covered in the *length* from today on."""
        rules = self._register.under(self._store.custody.records())
        found = gaps(rules.roster, rules.people, local_day(now, self._zone), length)
        return [
            {
                "first": gap.first,
                "last": gap.last,
                "why": gap.why,
                "person": gap.person,
                "name": self._name(gap.person),
            }
            for gap in found
        ]

    def import_roster(self, data: bytes, name: str, check: bool, now: datetime) -> RosterSummary:
        """Import the roster in the file *name*, or with *check* only say what that would do.

        Raises `ImportFileError` with a line for everything that is wrong with it.
        """
        from monitor.imports.roster_file import parse  # noqa: PLC0415 - nothing else here reads files

        file = parse(data, name, self._register.people)
        days = file.days
        roster = self._register.under(self._store.custody.records()).roster
        before = {
            day: DutyDay(day.on, person, leader_on(roster, day.on))
            for day in days
            if (person := on_duty(roster, day.on)) is not None
        }
        others = [day for day in days if before.get(day) != day]
        if not check:
            self._store.duty.add([DutyEntry(day, now, name) for day in others])
        new = len(days) - len(before)
        return RosterSummary(new, len(others) - new, len(days) - len(others), file.ignored)

    def _shown(self, day: date, roster: Roster, origin: Mapping[date, str]) -> DutyShown:
        person, leader = on_duty(roster, day), leader_on(roster, day)
        following = next(
            (d for n in range(LOOK.days) if on_duty(roster, d := day + (n + 1) * DAY) != person),
            None,
        )
        then = on_duty(roster, following) if following else None
        known = self._register.people.get(person or "")
        return {
            "on": day,
            "duty": person,
            "name": self._name(person),
            "phone": known.phone if known else None,
            "reachable": bool(known and known.reach),
            "leader": leader,
            "leader_name": self._name(leader),
            "origin": origin.get(day, CONFIGURED if person else None),
            "next_on": following,
            "next_duty": then,
            "next_name": self._name(then),
        }

    def _name(self, person: str | None) -> str | None:
        return self._register.name(person) if person else None
