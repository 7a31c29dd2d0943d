"""Alerts: stored, listed, and changed one subject at a time."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, or_, select

from alerts.model import Acknowledgement, Alert, Kind, Notice, Promise
from alerts.occasion import occasion_of
from alerts.people.handover import Handover, Records
from monitor.errors import StoreError, Told
from monitor.model import AccountFacts
from monitor.store import custody, facts, outbox
from monitor.store.engine import Database, Within, lock
from monitor.store.exceptions import SqlExceptions
from monitor.store.marking import mark_alerted
from monitor.store.mending import mending
from monitor.store.protocols.alerts import Alerts, AlertTransaction, Delivery
from monitor.store.rows import chunks
from monitor.store.schema import alerts

# Kept ready: they are asked for in every transaction.
_OF = (
    select(alerts)
    .where(alerts.c.subject == bindparam("of"), alerts.c.kind == bindparam("which"))
    .limit(1)
)
OPEN = _OF.where(alerts.c.resolved_at.is_(None))
STILL_OPEN = select(alerts).where(alerts.c.resolved_at.is_(None))
LAST_RESOLVED = _OF.where(alerts.c.resolved_at.is_not(None)).order_by(
    alerts.c.resolved_at.desc(), alerts.c.id.desc()
)


@mending
class SqlAlerts(Alerts):
    """The alerts of one database; every method is its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def changing(self, subject: str) -> Iterator[AlertTransaction]:
        with self._database.writing() as connection:
            lock(connection, f"subject:{subject}")
            yield SqlAlertTransaction(connection, subject)

    def open(self, subjects: Collection[str] | None = None) -> Sequence[Alert]:
        wanted = [STILL_OPEN] if subjects is None else map(STILL_OPEN.where, _of(subjects))
        with self._database.reading() as connection:
            # Sorted here: an order by id would have SQLite walk through every alert there ever was.
            found = [alert_of(row) for one in wanted for row in connection.execute(one)]
            return sorted(found, key=lambda alert: alert.id)

    def ended(self, since: datetime, subjects: Collection[str] | None = None) -> Sequence[Alert]:
        lately = select(alerts).where(alerts.c.resolved_at > since)
        wanted = [lately] if subjects is None else map(lately.where, _of(subjects))
        with self._database.reading() as connection:
            found = [alert_of(row) for one in wanted for row in connection.execute(one)]
            return sorted(found, key=lambda alert: (alert.opened_at, alert.id), reverse=True)

    def listed(
        self,
        include_resolved: bool = False,
        at: datetime | None = None,
        subject: str | None = None,
        most: int | None = None,
    ) -> Sequence[Alert]:
        with self._database.reading() as connection:
            wanted = select(alerts).order_by(alerts.c.opened_at.desc(), alerts.c.id.desc())
            wanted = wanted.limit(most)
            if subject is not None:
                wanted = wanted.where(alerts.c.subject == subject)
            if at is not None:
                wanted = wanted.where(alerts.c.opened_at <= at)
            if not include_resolved:
                still = alerts.c.resolved_at.is_(None)
                wanted = wanted.where(
                    still if at is None else or_(still, alerts.c.resolved_at > at)
                )
            return [alert_of(row) for row in connection.execute(wanted)]

    def by_id(self, alert_id: int) -> Alert | None:
        with self._database.reading() as connection:
            return _first(connection, select(alerts).where(alerts.c.id == alert_id))

    def notices_since(self, since: datetime, start: int, most: int) -> Sequence[Notice]:
        with self._database.reading() as connection:
            return outbox.notices_since(connection, since, start, most)

    def notices_of(self, alerts: Collection[int]) -> Mapping[int, Sequence[Notice]]:
        with self._database.reading() as connection:
            return outbox.notices_of(connection, alerts)

    def deliveries_of(self, notices: Collection[str]) -> Mapping[str, Sequence[Delivery]]:
        with self._database.reading() as connection:
            return outbox.deliveries_of(connection, notices)


class SqlAlertTransaction(AlertTransaction):
    """One subject's alerts inside a transaction that keeps other writers of it waiting."""

    def __init__(self, connection: Connection, subject: str) -> None:
        self._connection = connection
        self._subject = subject
        self.exceptions = SqlExceptions(Within(connection))

    def facts(self, account: str, count_reposts: bool = True) -> AccountFacts | None:
        """Return the account's facts as they stand inside this transaction."""
        return facts.now(self._connection, {account: count_reposts}).get(account)

    def open_alert(self, kind: Kind) -> Alert | None:
        """Return the subject's open alert of *kind*."""
        return _first(self._connection, OPEN, self._of(kind))

    def last_resolved(self, kind: Kind) -> Alert | None:
        """Return the subject's most recently resolved alert of *kind*."""
        return _first(self._connection, LAST_RESOLVED, self._of(kind))

    def save(self, alert: Alert) -> Alert:
        """Store *alert* (insert when its id is 0) and return it with its id."""
        return save(self._connection, alert)

    def add_notices(self, notices: Collection[Notice]) -> int:
        """Queue *notices* with the alert; return how many were new."""
        return outbox.add(self._connection, notices)

    def withdraw_unsent(self, alert: int, now: datetime) -> None:
        """Mark the alert's notices that were never attempted `withdrawn`."""
        del now
        outbox.withdraw_unsent(self._connection, alert)

    def notices(self, alert: int) -> Sequence[Notice]:
        """Return every notice of the alert, oldest first."""
        return outbox.notices_of(self._connection, [alert]).get(alert, ())

    def made_since(self, kind: Kind, since: datetime) -> Sequence[Notice]:
        """Return the notices of the subject's alerts of *kind* made at or after *since*."""
        return outbox.made_since(self._connection, kind, self._subject, since)

    def records(self, accounts: Collection[str]) -> Records:
        """Return the records as they stand inside this transaction."""
        return custody.records(self._connection, accounts=accounts)

    def records_revision(self) -> str | None:
        """Return the revision of the records as they stand inside this transaction."""
        return custody.revision(self._connection)

    def handover(self, number: int) -> Handover | None:
        """Return one handover by id, as it stands inside this transaction."""
        return custody.handover(self._connection, number)

    def _of(self, kind: Kind) -> dict[str, Any]:
        return {"of": self._subject, "which": kind}


def _of(subjects: Collection[str]) -> Iterator[ColumnElement[bool]]:
    return (alerts.c.subject.in_(some) for some in chunks(subjects))


def save(connection: Connection, alert: Alert) -> Alert:
    """Store *alert* and return it with its id. Raises `StoreError` if it has one but is gone."""
    row = _row(alert)
    mark_alerted(connection, alert.subject)
    if alert.id == 0:
        made = connection.execute(alerts.insert().returning(alerts.c.id), [row])
        return replace(alert, id=made.scalar_one())
    changed = connection.execute(alerts.update().where(alerts.c.id == alert.id).values(row))
    if changed.rowcount != 1:
        raise StoreError(Told("there is no alert {number} to be changed", number=alert.id))
    return alert


def _first(
    connection: Connection, wanted: Any, asked: Mapping[str, Any] | None = None
) -> Alert | None:
    row = connection.execute(wanted.limit(1) if asked is None else wanted, asked).first()
    return None if row is None else alert_of(row)


def _row(alert: Alert) -> dict[str, Any]:
    known, promise = alert.acknowledged, alert.promise
    return {
        "kind": alert.kind,
        "subject": alert.subject,
        "opened_at": alert.opened_at,
        "since": alert.since,
        "rung": alert.rung,
        "told": json.dumps(sorted(map(str, alert.called)), ensure_ascii=False),
        "called_at": alert.called_at,
        "acknowledged_by": known.by if known else None,
        "acknowledged_at": known.at if known else None,
        "promised_by": promise.by if promise else None,
        "promised_at": promise.at if promise else None,
        "promised_until": promise.until if promise else None,
        "promise_scheduled": promise.scheduled if promise else None,
        "resolved_at": alert.resolved_at,
        "resolution": alert.resolution,
    }


def alert_of(row: Row[Any]) -> Alert:
    """Return the alert that *row* describes."""
    return Alert(
        kind=row.kind,
        subject=row.subject,
        opened_at=row.opened_at,
        since=row.since,
        id=row.id,
        rung=row.rung,
        called=frozenset(map(occasion_of, json.loads(row.told))),
        called_at=row.called_at,
        acknowledged=_acknowledgement(row),
        promise=_promise(row),
        resolved_at=row.resolved_at,
        resolution=row.resolution,
    )


def _acknowledgement(row: Row[Any]) -> Acknowledgement | None:
    if row.acknowledged_by is None:
        return None
    return Acknowledgement(row.acknowledged_by, row.acknowledged_at)


def _promise(row: Row[Any]) -> Promise | None:
    if row.promised_by is None:
        return None
    return Promise(row.promised_by, row.promised_at, row.promised_until, row.promise_scheduled)
