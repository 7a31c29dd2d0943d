"""Alerts and the agreed silences that keep them quiet."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from alerts.model import Acknowledgement, Alert, Kind, Notice, Promise, SilenceException
from alerts.occasion import occasion_of
from alerts.people.handover import Handover, Records
from monitor.errors import StoreError
from monitor.model import AccountFacts
from monitor.store import custody, facts, outbox
from monitor.store.schema import alerts, exceptions


class SubjectTransaction:
    """One subject's alerts inside a transaction that keeps other writers of it waiting."""

    def __init__(self, connection: Connection, subject: str) -> None:
        self._connection = connection
        self._subject = subject

    def facts(self, account: str, count_reposts: bool = True) -> AccountFacts | None:
        """Return the account's facts as they stand inside this transaction."""
        return facts.now(self._connection, {account: count_reposts}).get(account)

    def open_alert(self, kind: Kind) -> Alert | None:
        """Return the subject's open alert of *kind*."""
        return _first(self._connection, self._of(kind).where(alerts.c.resolved_at.is_(None)))

    def last_resolved(self, kind: Kind) -> Alert | None:
        """Return the subject's most recently resolved alert of *kind*."""
        ended = self._of(kind).where(alerts.c.resolved_at.is_not(None))
        return _first(
            self._connection, ended.order_by(alerts.c.resolved_at.desc(), alerts.c.id.desc())
        )

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

    def records(self, accounts: Collection[str]) -> Records:
        """Return the records as they stand inside this transaction."""
        return custody.records(self._connection, accounts=accounts)

    def handover(self, number: int) -> Handover | None:
        """Return one handover by id, as it stands inside this transaction."""
        return custody.handover(self._connection, number)

    def _of(self, kind: Kind) -> Any:
        return select(alerts).where(alerts.c.subject == self._subject, alerts.c.kind == kind)


def save(connection: Connection, alert: Alert) -> Alert:
    """Store *alert* and return it with its id. Raises `StoreError` if it has one but is gone."""
    row = _row(alert)
    if alert.id == 0:
        made = connection.execute(alerts.insert().returning(alerts.c.id), [row])
        return replace(alert, id=made.scalar_one())
    changed = connection.execute(alerts.update().where(alerts.c.id == alert.id).values(row))
    if changed.rowcount != 1:
        raise StoreError(f"there is no alert {alert.id} to be changed")
    return alert


def open_alerts(connection: Connection) -> Sequence[Alert]:
    """Return every open alert, oldest first."""
    # Sorted here: an order by id would have SQLite walk through every alert there ever was.
    rows = connection.execute(select(alerts).where(alerts.c.resolved_at.is_(None)))
    return sorted((alert_of(row) for row in rows), key=lambda alert: alert.id)


def listed(
    connection: Connection, resolved_too: bool, at: datetime | None, subject: str | None = None
) -> Sequence[Alert]:
    """Return open alerts, or all, newest first; with *at*: those opened by then, and open
    means open at that instant; with *subject*: of that subject."""
    wanted = select(alerts).order_by(alerts.c.opened_at.desc(), alerts.c.id.desc())
    if subject is not None:
        wanted = wanted.where(alerts.c.subject == subject)
    if at is not None:
        wanted = wanted.where(alerts.c.opened_at <= at)
    if not resolved_too:
        still = alerts.c.resolved_at.is_(None)
        wanted = wanted.where(still if at is None else or_(still, alerts.c.resolved_at > at))
    return [alert_of(row) for row in connection.execute(wanted)]


def one(connection: Connection, alert_id: int) -> Alert | None:
    """Return one alert by id."""
    return _first(connection, select(alerts).where(alerts.c.id == alert_id))


def save_exception(connection: Connection, exception: SilenceException) -> None:
    """Store an agreed silence."""
    connection.execute(
        exceptions.insert(),
        [
            {
                "account": exception.account,
                "by": exception.by,
                "since": exception.since,
                "until": exception.until,
                "reason": exception.reason,
                "document": exception.document,
            }
        ],
    )


def exceptions_at(connection: Connection, at: datetime) -> Mapping[str, SilenceException]:
    """Return the exceptions in force at *at*, by account; the longest where several."""
    rows = connection.execute(
        select(exceptions)
        .where(exceptions.c.since <= at, exceptions.c.until > at)
        .order_by(exceptions.c.until, exceptions.c.id)
    )
    return {row.account: _exception(row) for row in rows}


def exceptions_of(connection: Connection, account: str, at: datetime) -> Sequence[SilenceException]:
    """Return all exceptions of the account agreed by *at*, oldest first."""
    mine = select(exceptions).where(exceptions.c.account == account, exceptions.c.since <= at)
    rows = connection.execute(mine.order_by(exceptions.c.since, exceptions.c.id))
    return [_exception(row) for row in rows]


def last_exception(connection: Connection, account: str, now: datetime) -> SilenceException | None:
    """Return the account's exception that ended last, by *now*."""
    over = select(exceptions).where(exceptions.c.account == account, exceptions.c.until <= now)
    newest = over.order_by(exceptions.c.until.desc(), exceptions.c.id.desc()).limit(1)
    row = connection.execute(newest).first()
    return None if row is None else _exception(row)


def _first(connection: Connection, wanted: Any) -> Alert | None:
    row = connection.execute(wanted.limit(1)).first()
    return None if row is None else alert_of(row)


def _row(alert: Alert) -> dict[str, Any]:
    known, promise = alert.acknowledged, alert.promise
    return {
        "kind": alert.kind,
        "subject": alert.subject,
        "opened_at": alert.opened_at,
        "since": alert.since,
        "rung": alert.rung,
        "told": json.dumps(sorted(map(str, alert.told)), ensure_ascii=False),
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
        told=frozenset(map(occasion_of, json.loads(row.told))),
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


def _exception(row: Row[Any]) -> SilenceException:
    return SilenceException(row.account, row.by, row.since, row.until, row.reason, row.document)
