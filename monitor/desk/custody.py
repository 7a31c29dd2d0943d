"""Who holds which account, and how accounts are passed on from one person to the next.

Every request that cannot be met raises `UsageError` with one line.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from alerts.people import handover
from alerts.people.handover import Custody, Handover, Records
from alerts.words import plain
from monitor.desk.shapes import CustodianRow, HandoverRow
from monitor.errors import Field, Told, UsageError
from monitor.judging.custody import hasten
from monitor.judging.custody_facts import awaited
from monitor.register import Register
from monitor.store.base import Store
from monitor.store.protocols.custody import CustodyTransaction


class Handovers:
    """Questions and answers about handovers."""

    def __init__(self, store: Store, register: Register) -> None:
        self._store = store
        self._register = register

    def overview(self, everything: bool = False) -> list[HandoverRow]:
        """Return the handovers that run, or all of them, oldest first."""
        found = self._store.custody.handovers() if everything else self._store.custody.running()
        return [_handover(one, self._register) for one in found]

    def start(
        self,
        accounts: Sequence[str],
        giver: str,
        taker: str,
        due: date,
        reason: str,
        now: datetime,
    ) -> Handover:
        """Start and return a handover of *accounts*, all of which *giver* has to hold."""
        self._register.person(taker)
        for account in accounts:
            self._register.account(account)
        with _keeping(self._store) as tx:
            records = tx.records()
            for account in accounts:
                _held_by(account, giver, records, self._register)
            started = handover.start(
                giver,
                taker,
                accounts,
                due,
                plain(reason),
                giver,
                records.handovers,
                now,
                self._register.hours,
            )
            saved = tx.save_handover(started)
        hasten(self._store, accounts, now)  # their ladder has just become tighter
        return saved

    def accept(self, number: int, by: str, now: datetime) -> Handover:
        """Accept for *by*'s side. When both have, the new custodian holds the accounts."""
        self._register.person(by)

        def accepted(known: Handover) -> Handover:
            left = known.giver not in self._register.people
            return handover.accept(known, by, now, left)

        return self._change(number, accepted)

    def confirm(self, number: int, by: str, now: datetime) -> Handover:
        """Record that *by*, the new custodian, published what was seen since both sides accepted
        (「是我发的」)."""
        self._register.person(by)
        counting = self._register.count_reposts()

        def confirmed(known: Handover) -> Handover:
            facts = self._store.accounts.facts({a: counting.get(a, True) for a in known.accounts})
            posts = {a: f.last_post.published_at if f.last_post else None for a, f in facts.items()}
            return handover.confirm(known, by, posts, now)

        return self._change(number, confirmed)

    def check(self, number: int, by: str, items: Collection[str], now: datetime) -> Handover:
        """Record that *items* of the checklist have been passed on; return the handover."""
        self._register.person(by)
        return self._change(number, lambda known: handover.check(known, by, items, now))

    def cancel(self, number: int, by: str, now: datetime) -> Handover:
        """Call a handover off. What was accepted and is not proven goes back."""
        self._register.person(by)
        return self._change(number, lambda known: handover.cancel(known, by, now), now)

    def _change(
        self,
        number: int,
        change: Callable[[Handover], Handover],
        called_off_at: datetime | None = None,
    ) -> Handover:
        with _keeping(self._store) as tx:
            known = tx.handover(number)
            if known is None:
                raise UsageError(
                    Told(
                        "there is no handover {number}; see {list}",
                        number=number,
                        list=Field("the list of handovers"),
                    )
                )
            changed = tx.save_handover(change(known))
            held = tx.records().custody
            if called_off_at is None:
                tx.hold(handover.taken_over(changed, held))
            else:
                tx.hold(handover.given_back(changed, held, called_off_at))
            return changed


class Custodians:
    """Questions and answers about who holds which account."""

    def __init__(self, store: Store, register: Register) -> None:
        self._store = store
        self._register = register

    def overview(self) -> list[CustodianRow]:
        """Return who holds each account, since when, and when they last confirmed it."""
        records = self._store.custody.records()
        moving = {a: h.id for h in records.handovers for a in h.unproven()}
        return [
            _custodian(account, records, moving, self._register)
            for account in self._register.watched().accounts
        ]

    def confirm(self, account: str, by: str, now: datetime) -> Custody:
        """Record that *by*, its custodian, still holds *account*; return the custody."""
        self._register.account(account)
        self._register.person(by)
        with _keeping(self._store) as tx:
            records = tx.records()
            _held_by(account, by, records, self._register)
            if account not in records.custody:
                tx.hold([Custody(account, by, now, now)])
            tx.confirm(account, by, now)
            return tx.records().custody[account]


@contextmanager
def _keeping(store: Store) -> Iterator[CustodyTransaction]:
    """A transaction in which a rule that refuses raises `UsageError`."""
    try:
        with store.custody.changing() as tx:
            yield tx
    except ValueError as error:
        raise UsageError(error.args[0]) from None


def _held_by(account: str, person: str, records: Records, register: Register) -> None:
    configured = register.accounts[account].custodian
    holder = handover.custodian_of(account, records.custody, configured)
    if holder is None:
        raise UsageError(
            Told(
                '"{account}" has no custodian; name the first one in accounts.toml', account=account
            )
        )
    if holder != person:
        raise UsageError(
            Told(
                '"{account}" is held by {holder}, not by {person}',
                account=account,
                holder=holder,
                person=person,
            )
        )


def _handover(h: Handover, register: Register) -> HandoverRow:
    return {
        "id": h.id,
        "state": h.state,
        "from": h.giver,
        "from_name": register.name(h.giver),
        "to": h.taker,
        "to_name": register.name(h.taker),
        "accounts": list(h.accounts),
        "due": h.due,
        "reason": h.reason,
        "started_at": h.started_at,
        "started_by": h.started_by,
        "accepted": {"from": h.giver_accepted_at, "to": h.taker_accepted_at},
        "awaiting": awaited(h, register) if h.running else [],
        "proven": {account: h.proven.get(account) for account in h.accounts},
        "checklist": {item: h.checked.get(item) for item in handover.CHECKLIST},
        "cancelled_at": h.cancelled_at,
        "cancelled_by": h.cancelled_by,
    }


def _custodian(
    account: str, records: Records, moving: Mapping[str, int], register: Register
) -> CustodianRow:
    known, held = register.accounts[account], records.custody.get(account)
    holder = handover.custodian_of(account, records.custody, known.custodian)
    return {
        "account": account,
        "name": known.name,
        "platform": known.platform,
        "custodian": holder,
        "custodian_name": register.name(holder) if holder else None,
        "left": holder is not None and holder not in register.people,
        "since": held.since if held else None,
        "confirmed_at": held.confirmed_at if held else None,
        "configured": known.custodian,
        "handover": moving.get(account),
    }
