"""Who holds which account, and how it passes from one person to the next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from alerts.people.handover import Custody, Handover, Records, as_of
from monitor.store import duty
from monitor.store.engine import Database, lock
from monitor.store.marking import mark
from monitor.store.mending import mending
from monitor.store.notes import CHANGED, imported_workdays, note_change
from monitor.store.protocols.custody import CustodyRecords, CustodyTransaction
from monitor.store.rows import chunks, insert_new, upsert
from monitor.store.schema import (
    configured_custodians,
    confirmations,
    custody,
    handover_accounts,
    handover_checks,
    handovers,
    notes,
)


@mending
class SqlCustody(CustodyRecords):
    """The records of custody in one database; every method is its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def records(self, at: datetime | None = None) -> Records:
        with self._database.reading() as connection:
            return records(connection, at)

    def revision(self) -> str | None:
        return self._database.once(REVISION, revision)

    def running(self) -> Sequence[Handover]:
        with self._database.reading() as connection:
            return [h for h in _known(connection, None) if h.running]

    def handovers(self) -> Sequence[Handover]:
        return self._database.once(handovers, partial(_built, wanted=ALL_HANDOVERS))

    @contextmanager
    def changing(self) -> Iterator[CustodyTransaction]:
        with self._database.writing() as connection:
            lock(connection, "custody")
            yield SqlCustodyTransaction(connection)
            note_change(connection)


class SqlCustodyTransaction(CustodyTransaction):
    """The records of custody inside a transaction that keeps other writers of them waiting."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def records(self) -> Records:
        """Return the records as they stand inside this transaction."""
        return records(self._connection)

    def handover(self, number: int) -> Handover | None:
        """Return one handover by id."""
        return handover(self._connection, number)

    def save_handover(self, changed: Handover) -> Handover:
        """Store *changed* (insert when its id is 0) and return it with its id."""
        return save_handover(self._connection, changed)

    def hold(self, held: Collection[Custody]) -> None:
        """Store who holds accounts from now on."""
        hold(self._connection, held)

    def confirm(self, account: str, by: str, now: datetime) -> None:
        """Store that *by* confirmed at *now* to hold *account*."""
        row = {"account": account, "at": now, "by": by}
        insert_new(self._connection, confirmations, [row])

    def configure(self, custodians: Mapping[str, str]) -> None:
        """Store whom the configuration has been seen to name."""
        for account, person in custodians.items():
            upsert(self._connection, configured_custodians, {"account": account, "person": person})


ALL_HANDOVERS = select(handovers)
REVISION = select(notes.c.value).where(notes.c.key == CHANGED)


def revision(connection: Connection) -> str | None:
    """Return a text that is another one after each change of what `records` returns."""
    return connection.scalar(REVISION)


def records(
    connection: Connection,
    at: datetime | None = None,
    accounts: Collection[str] | None = None,
) -> Records:
    """Return the records as they stand, or as they were known *at* an instant; who holds what
    only of *accounts* where that is given."""
    return Records(
        custody=_custody(connection, at, accounts),
        configured=_configured(connection, accounts),
        handovers=tuple(h for h in _known(connection, at) if h.running),
        duty=duty.entries(connection, at),
        workdays=imported_workdays(connection),
    )


def handover(connection: Connection, number: int) -> Handover | None:
    """Return one handover by id."""
    found = _built(connection, select(handovers).where(handovers.c.id == number))
    return found[0] if found else None


def save_handover(connection: Connection, changed: Handover) -> Handover:
    """Store *changed* and return it with its id."""
    mark(connection, changed.accounts)
    row = _row(changed)
    if changed.id == 0:
        made = connection.execute(handovers.insert().returning(handovers.c.id), [row])
        changed = replace(changed, id=made.scalar_one())
    else:
        connection.execute(handovers.update().where(handovers.c.id == changed.id).values(row))
    for place, account in enumerate(changed.accounts):
        upsert(
            connection,
            handover_accounts,
            {
                "handover": changed.id,
                "account": account,
                "place": place,
                "proven_at": changed.proven.get(account),
            },
        )
    insert_new(
        connection,
        handover_checks,
        [
            {"handover": changed.id, "item": item, "checked_at": at}
            for item, at in changed.checked.items()
        ],
    )
    return changed


def hold(connection: Connection, held: Collection[Custody]) -> None:
    """Store who holds accounts, and since when they have said so."""
    mark(connection, {one.account for one in held})
    for one in held:
        # Replaces what began at the same instant: where the clock stands still, all does.
        upsert(
            connection, custody, {"account": one.account, "since": one.since, "person": one.person}
        )
        if one.confirmed_at > one.since:
            row = {"account": one.account, "at": one.confirmed_at, "by": one.person}
            insert_new(connection, confirmations, [row])


def _custody(
    connection: Connection, at: datetime | None, accounts: Collection[str] | None
) -> dict[str, Custody]:
    """The newest row of each account; what confirms an earlier one does not count for it."""
    confirmed = dict(_rows(connection, _last_confirmed(at), confirmations, accounts))
    wanted = select(custody.c.account, custody.c.since, custody.c.person).order_by(custody.c.since)
    if at is not None:
        wanted = wanted.where(custody.c.since <= at)
    found = {}
    for account, since, person in _rows(connection, wanted, custody, accounts):
        said = confirmed.get(account)
        found[account] = Custody(account, person, since, max(since, said or since))
    return found


def _last_confirmed(at: datetime | None) -> Select[Any]:
    newest = func.max(confirmations.c.at, type_=confirmations.c.at.type)
    wanted = select(confirmations.c.account, newest).group_by(confirmations.c.account)
    return wanted if at is None else wanted.where(confirmations.c.at <= at)


def _configured(connection: Connection, accounts: Collection[str] | None) -> dict[str, str]:
    wanted = select(configured_custodians.c.account, configured_custodians.c.person)
    return dict(_rows(connection, wanted, configured_custodians, accounts))


def _rows(
    connection: Connection, wanted: Select[Any], table: Any, accounts: Collection[str] | None
) -> Iterable[Any]:
    if accounts is None:
        yield from map(tuple, connection.execute(wanted))
        return
    for some in chunks(accounts):
        yield from map(tuple, connection.execute(wanted.where(table.c.account.in_(some))))


def _known(connection: Connection, at: datetime | None) -> Sequence[Handover]:
    """The handovers that may run, or may have run *at* an instant."""
    if at is not None:
        found = _built(connection, select(handovers).where(handovers.c.started_at <= at))
        return [then for h in found if (then := as_of(h, at)) is not None]
    unproven = select(handover_accounts.c.handover).where(handover_accounts.c.proven_at.is_(None))
    may_run = (handovers.c.cancelled_at.is_(None), handovers.c.id.in_(unproven))
    return _built(connection, select(handovers).where(*may_run))


def _built(connection: Connection, wanted: Select[Any]) -> Sequence[Handover]:
    rows = connection.execute(wanted.order_by(handovers.c.id)).all()
    accounts: dict[int, dict[str, datetime | None]] = {row.id: {} for row in rows}
    checked: dict[int, dict[str, datetime]] = {row.id: {} for row in rows}
    for some in chunks(accounts):
        proofs = select(handover_accounts).where(handover_accounts.c.handover.in_(some))
        for row in connection.execute(proofs.order_by(handover_accounts.c.place)):
            accounts[row.handover][row.account] = row.proven_at
        checks = select(handover_checks).where(handover_checks.c.handover.in_(some))
        for row in connection.execute(checks):
            checked[row.handover][row.item] = row.checked_at
    return [_handover(row, accounts[row.id], checked[row.id]) for row in rows]


def _handover(
    row: Row[Any], accounts: Mapping[str, datetime | None], checked: Mapping[str, datetime]
) -> Handover:
    return Handover(
        giver=row.giver,
        taker=row.taker,
        accounts=tuple(accounts),
        due=row.due,
        reason=row.reason,
        started_at=row.started_at,
        started_by=row.started_by,
        id=row.id,
        giver_accepted_at=row.giver_accepted_at,
        taker_accepted_at=row.taker_accepted_at,
        proven={account: at for account, at in accounts.items() if at is not None},
        checked=checked,
        cancelled_at=row.cancelled_at,
        cancelled_by=row.cancelled_by,
    )


def _row(changed: Handover) -> dict[str, Any]:
    return {
        "giver": changed.giver,
        "taker": changed.taker,
        "due": changed.due,
        "reason": changed.reason,
        "started_at": changed.started_at,
        "started_by": changed.started_by,
        "giver_accepted_at": changed.giver_accepted_at,
        "taker_accepted_at": changed.taker_accepted_at,
        "cancelled_at": changed.cancelled_at,
        "cancelled_by": changed.cancelled_by,
    }
