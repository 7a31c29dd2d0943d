"""What may be asked about custody, handovers and the roster, done. Returns values.

Every request that cannot be met raises `UsageError` with one line.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from alerts.model import DutyDay
from alerts.people import handover as custody
from alerts.people.handover import Custody, Handover, Records
from alerts.people.roster import DAY, LOOK, SWAP, DutyEntry, Gap, gaps, leader_on, on_duty
from monitor.errors import Field, UsageError
from monitor.judging.custody import hasten
from monitor.judging.custody_facts import awaited
from monitor.register import Register
from monitor.store.base import Store
from monitor.store.protocols.custody import CustodyTransaction

Json = dict[str, Any]
CHECKED = timedelta(days=14)  # how far ahead the roster is checked
CONFIGURED = "configuration"  # where a date of the roster comes from, if not recorded


@dataclass(frozen=True, slots=True)
class RosterSummary:
    """What an import of a roster did, or would do: days by whether they change anything.

    *ignored*: the headings of columns that nobody read.
    """

    new: int
    changed: int
    known: int
    ignored: tuple[str, ...] = ()


class CustodyDesk:
    """Questions and answers about who holds accounts and who is on duty."""

    def __init__(self, store: Store, register: Register) -> None:
        self._store = store
        self._register = register
        self._zone = register.hours.zone

    def start(
        self,
        accounts: Sequence[str],
        giver: str,
        taker: str,
        due: date,
        reason: str,
        now: datetime,
    ) -> Handover:
        """Start a handover of *accounts*, all of which *giver* has to hold."""
        self._register.person(taker)
        for account in accounts:
            self._register.account(account)
        with self._keeping() as tx:
            records = tx.records()
            for account in accounts:
                self._held_by(account, giver, records)
            started = custody.start(
                giver,
                taker,
                accounts,
                due,
                reason,
                giver,
                records.handovers,
                now,
                self._register.hours,
            )
            saved = tx.save_handover(started)
        hasten(self._store, accounts, now)  # their ladder has just become tighter
        return saved

    def accept(self, handover: int, by: str, now: datetime) -> Handover:
        """Accept for one side. When both have, the new custodian holds the accounts."""
        self._register.person(by)

        def accepted(known: Handover) -> Handover:
            left = known.giver not in self._register.people
            return custody.accept(known, by, now, left)

        return self._change(handover, accepted)

    def confirm(self, handover: int, by: str, now: datetime) -> Handover:
        """Record that the new custodian published what was seen since both sides accepted."""
        self._register.person(by)
        counting = self._register.count_reposts()

        def confirmed(known: Handover) -> Handover:
            facts = self._store.accounts.facts({a: counting.get(a, True) for a in known.accounts})
            posts = {a: f.last_post.published_at if f.last_post else None for a, f in facts.items()}
            return custody.confirm(known, by, posts, now)

        return self._change(handover, confirmed)

    def check(self, handover: int, by: str, items: Collection[str], now: datetime) -> Handover:
        """Record that *items* of the checklist have been passed on."""
        self._register.person(by)
        return self._change(handover, lambda known: custody.check(known, by, items, now))

    def cancel(self, handover: int, by: str, now: datetime) -> Handover:
        """Call a handover off. What was accepted and is not proven goes back."""
        self._register.person(by)
        return self._change(handover, lambda known: custody.cancel(known, by, now), now)

    def handovers(self, everything: bool = False) -> list[Json]:
        """Return the handovers that run, or all of them, oldest first."""
        found = self._store.custody.handovers() if everything else self._store.custody.running()
        return [self._handover(handover) for handover in found]

    def custodians(self) -> list[Json]:
        """Return who holds each account, since when, and when they last confirmed it."""
        records = self._store.custody.records()
        moving = {a: h.id for h in records.handovers for a in h.unproven()}
        return [
            self._custodian(account, configured.custodian, records, moving)
            for account, configured in self._register.watched().accounts.items()
        ]

    def confirm_custody(self, account: str, by: str, now: datetime) -> Custody:
        """Record that *by*, who has to be its custodian, still holds *account*."""
        self._register.account(account)
        self._register.person(by)
        with self._keeping() as tx:
            records = tx.records()
            self._held_by(account, by, records)
            if account not in records.custody:
                tx.hold([Custody(account, by, now, now)])
            tx.confirm(account, by, now)
            return tx.records().custody[account]

    def duty(self, on: date | None, now: datetime) -> Json:
        """Return who is on duty *on* a date, by default today, and who follows when."""
        day = on or now.astimezone(self._zone).date()
        records = self._store.custody.records()
        roster = self._register.under(records).roster
        person, leader = on_duty(roster, day), leader_on(roster, day)
        origin = {entry.day.on: entry.origin for entry in records.duty}
        following = next(
            (d for n in range(LOOK.days) if on_duty(roster, d := day + (n + 1) * DAY) != person),
            None,
        )
        then = on_duty(roster, following) if following else None
        known = self._register.people.get(person or "")
        return {
            "on": day.isoformat(),
            "duty": person,
            "name": self._name(person),
            "phone": known.phone if known else None,
            "reachable": bool(known and known.reach),
            "leader": leader,
            "leader_name": self._name(leader),
            "origin": origin.get(day, CONFIGURED if person else None),
            "next_on": following.isoformat() if following else None,
            "next_duty": then,
            "next_name": self._name(then),
        }

    def swap(self, on: date, to: str, now: datetime) -> Json:
        """Give the duty of one date to *to*; who leads that day stays. Returns that `duty`."""
        self._register.person(to)
        if on < now.astimezone(self._zone).date():
            raise UsageError(f"{on} has passed; only a coming day can be swapped")
        roster = self._register.under(self._store.custody.records()).roster
        if on_duty(roster, on) == to:
            raise UsageError(f"{to} is on duty on {on} already")
        day = DutyDay(on, to, leader_on(roster, on))
        self._store.duty.add([DutyEntry(day, now, SWAP)])
        return self.duty(on, now)

    def gaps(self, now: datetime, length: timedelta = CHECKED) -> list[Json]:
        """Return where the duty is not covered in the *length* from today on."""
        today = now.astimezone(self._zone).date()
        rules = self._register.under(self._store.custody.records())
        return [self._gap(gap) for gap in gaps(rules.roster, rules.people, today, length)]

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

    @contextmanager
    def _keeping(self) -> Iterator[CustodyTransaction]:
        """A transaction in which what makes no sense is wrong use."""
        try:
            with self._store.custody.changing() as tx:
                yield tx
        except ValueError as error:
            raise UsageError(str(error)) from None

    def _change(
        self,
        number: int,
        change: Callable[[Handover], Handover],
        called_off_at: datetime | None = None,
    ) -> Handover:
        with self._keeping() as tx:
            known = tx.handover(number)
            if known is None:
                raise UsageError(
                    f"there is no handover {number}; see ", Field("the list of handovers")
                )
            changed = tx.save_handover(change(known))
            held = tx.records().custody
            if called_off_at is None:
                tx.hold(custody.taken_over(changed, held))
            else:
                tx.hold(custody.given_back(changed, held, called_off_at))
            return changed

    def _held_by(self, account: str, person: str, records: Records) -> None:
        configured = self._register.accounts[account].custodian
        holder = custody.custodian_of(account, records.custody, configured)
        if holder is None:
            raise UsageError(f'"{account}" has no custodian; name the first one in accounts.toml')
        if holder != person:
            raise UsageError(f'"{account}" is held by {holder}, not by {person}')

    def _handover(self, h: Handover) -> Json:
        return {
            "id": h.id,
            "state": h.state.value,
            "from": h.giver,
            "from_name": self._name(h.giver),
            "to": h.taker,
            "to_name": self._name(h.taker),
            "accounts": list(h.accounts),
            "due": h.due.isoformat(),
            "reason": h.reason,
            "started_at": self._iso(h.started_at),
            "started_by": h.started_by,
            "accepted": {
                "from": self._iso(h.giver_accepted_at),
                "to": self._iso(h.taker_accepted_at),
            },
            "awaiting": awaited(h, self._register) if h.running else [],
            "proven": {account: self._iso(h.proven.get(account)) for account in h.accounts},
            "checklist": {item: self._iso(h.checked.get(item)) for item in custody.CHECKLIST},
            "cancelled_at": self._iso(h.cancelled_at),
            "cancelled_by": h.cancelled_by,
        }

    def _custodian(
        self,
        account: str,
        configured: str | None,
        records: Records,
        moving: Mapping[str, int],
    ) -> Json:
        held = records.custody.get(account)
        holder = custody.custodian_of(account, records.custody, configured)
        known = self._register.accounts[account]
        return {
            "account": account,
            "name": known.name,
            "platform": known.platform,
            "custodian": holder,
            "custodian_name": self._name(holder),
            "left": holder is not None and holder not in self._register.people,
            "since": self._iso(held.since if held else None),
            "confirmed_at": self._iso(held.confirmed_at if held else None),
            "configured": configured,
            "handover": moving.get(account),
        }

    def _gap(self, gap: Gap) -> Json:
        return {
            "first": gap.first.isoformat(),
            "last": gap.last.isoformat(),
            "why": gap.why.value,
            "person": gap.person,
            "name": self._name(gap.person),
        }

    def _name(self, person: str | None) -> str | None:
        return self._register.name(person) if person else None

    def _iso(self, at: datetime | None) -> str | None:
        return at.astimezone(self._zone).isoformat(timespec="seconds") if at else None
