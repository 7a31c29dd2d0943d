"""Notices at rest: queued with their alert, claimed by one sender at a time, settled after.

Implements `alerts.delivery.outbox.Outbox`. What becomes of a notice is decided there; this file
keeps the promise that two senders never hold one notice at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    tuple_,
)

from alerts.delivery.outbox import LEASE, LONGEST_WAIT, SKEW, TOGETHER, After, Hold
from alerts.model import Event, Kind, Notice, NoticeState
from alerts.occasion import Occasion, On
from monitor.store import facts
from monitor.store.codec import facts_from_json, facts_to_json
from monitor.store.engine import Database
from monitor.store.mending import mending
from monitor.store.protocols.alerts import Delivery
from monitor.store.rows import chunks, insert_new, insert_rows
from monitor.store.schema import accounts, alerts, deliveries, notices
from monitor.store.types import UtcDateTime

WAITS = notices.c.state.in_((NoticeState.PENDING, NoticeState.RETRYING))
# What is about an account that vanished from the configuration waits until it returns.
MISSING = select(accounts.c.id).where(accounts.c.missing_since.is_not(None))
OF_ALERTS = (
    select(notices)
    .where(notices.c.alert.in_(bindparam("some", expanding=True)))
    .order_by(notices.c.created_at, notices.c.number)
)
ALERT = select(alerts).where(alerts.c.id == bindparam("of"))
ARRIVED = (
    select(notices.c.number)
    .where(
        notices.c.alert == bindparam("of"),
        notices.c.occasion == bindparam("about", type_=notices.c.occasion.type),
        notices.c.person == bindparam("to"),
        notices.c.id != bindparam("this"),
        notices.c.state == NoticeState.SENT,
    )
    .limit(1)
)
ENDING = (
    deliveries.update()
    .where(deliveries.c.notice == bindparam("of"), deliveries.c.attempt == bindparam("nth"))
    .values({name: bindparam(name) for name in ("ended_at", "state", "error")})
)
UNTIED = 0  # the alert of a notice that belongs to none
NOW, HONEST, LONGEST_LEASE, LATEST = (
    bindparam(name, type_=UtcDateTime()) for name in ("now", "honest", "longest_lease", "latest")
)


@mending
class SqlOutbox:
    """The outbox of one database; every method is its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(
        self,
        now: datetime,
        limit: int = 100,
        hold: Hold | None = None,
        busy: Collection[str] = (),
    ) -> Sequence[Notice]:
        """Return notices that may be sent at *now*, leased to the caller, oldest first."""
        with self._database.reading() as connection:  # spares the write lock when idle
            if connection.scalar(ANY_CLAIMABLE, _instants(now)) is None:
                return ()
            if (hold or busy) and connection.scalar(_any(hold, busy), _instants(now)) is None:
                return ()
        with self._database.writing() as connection:
            return claim(connection, now, limit, hold, busy)

    def renew(self, notices: Sequence[Notice], now: datetime) -> None:
        """Let the caller hold those of *notices* that he still holds for `LEASE` from *now*."""
        with self._database.writing() as connection:
            renew(connection, notices, now)

    def still_holds(self, notice: Notice) -> bool:
        """Return whether the reason for *notice* still stands."""
        with self._database.reading() as connection:
            return still_holds(connection, notice)

    def settle(self, notice: Notice, result: After, now: datetime, error: str | None) -> None:
        """Record the attempt and what becomes of *notice*; ends its lease."""
        with self._database.writing() as connection:
            settle(connection, notice, result, now, error)

    def withdraw(self, notice: Notice, now: datetime) -> None:
        """Mark *notice* withdrawn: its reason no longer stands."""
        with self._database.writing() as connection:
            withdraw(connection, notice, now)

    def add(self, notices: Collection[Notice]) -> int:
        """Store *notices* that are not known yet; return how many that were."""
        with self._database.writing() as connection:
            return add(connection, notices)

    def next_due_at(self, now: datetime) -> datetime | None:
        """Return when the next notice becomes claimable, or None if none is waiting."""
        with self._database.reading() as connection:
            return next_due_at(connection, now)


def claim(
    connection: Connection,
    now: datetime,
    limit: int,
    hold: Hold | None = None,
    busy: Collection[str] = (),
) -> Sequence[Notice]:
    """Lease to the caller the *limit* oldest claimable notices, and what else goes to their
    addresses; only rows that changed are his."""
    claimable, order = _claimable(hold, busy), (notices.c.created_at, notices.c.number)
    address = notices.c.channel, notices.c.address
    oldest = select(*address).where(*claimable).order_by(*order).limit(limit).subquery()
    due = (
        select(notices.c.number)
        .where(*claimable, tuple_(*address).in_(select(*oldest.c)))
        .order_by(*order)
        .limit(TOGETHER)
        .with_for_update(skip_locked=True)
    )
    numbers = connection.scalars(due, _instants(now)).all()
    leased = (
        notices.update()
        .where(notices.c.number.in_(numbers), *claimable)
        .values(attempts=notices.c.attempts + 1, lease_until=now + LEASE)
        .returning(notices)
    )
    rows = connection.execute(leased, _instants(now)).all()
    claimed = [notice_of(row) for row in sorted(rows, key=lambda r: (r.created_at, r.number))]
    open_ended = _open_ended(connection, [notice.id for notice in claimed])
    insert_rows(connection, deliveries, [_attempt(notice, now) for notice in claimed])
    return [replace(notice, resent=notice.id in open_ended) for notice in claimed]


def renew(connection: Connection, held: Collection[Notice], now: datetime) -> None:
    """Lease *held* anew, those aside that are settled or have passed to another sender."""
    own = tuple_(notices.c.id, notices.c.attempts).in_([(n.id, n.attempts) for n in held])
    leased = notices.c.lease_until.is_not(None)
    connection.execute(notices.update().where(own, leased).values(lease_until=now + LEASE))


def still_holds(connection: Connection, notice: Notice) -> bool:
    """Return whether *notice*'s alert is open and, for a silence, no newer post is known; that no
    shorter limit has been called since; and that its person has not had it by another channel."""
    if _arrived_otherwise(connection, notice):
        return False
    if notice.event is Event.RESOLVED or notice.alert == UNTIED:
        return True
    alert = connection.execute(ALERT, {"of": notice.alert}).first()
    if alert is None or alert.resolved_at is not None or _shortened(notice, alert.rung):
        return False
    if alert.kind is Kind.ORIGINALS:
        return not facts.newer_original(connection, alert.subject, alert.since)
    if alert.kind is not Kind.SILENCE:
        return True
    return not facts.newer_counted(connection, alert.subject, alert.since)


def _shortened(notice: Notice, called: int | None) -> bool:
    """Whether *notice* calls a limit, and by now the alert has *called* a lower one."""
    limit = notice.occasion.kind == On.BREACH
    return limit and called is not None and notice.rung is not None and called < notice.rung


def _arrived_otherwise(connection: Connection, notice: Notice) -> bool:
    this = {
        "of": notice.alert,
        "about": notice.occasion,
        "to": notice.person,
        "this": notice.id,
    }
    return connection.scalar(ARRIVED, this) is not None


def settle(
    connection: Connection, notice: Notice, result: After, now: datetime, error: str | None
) -> None:
    """Record the attempt. A claim that has passed to another sender meanwhile no longer
    decides what becomes of the notice, unless the message is out."""
    # The end of an attempt in doubt is not known.
    ended_at = None if result.doubtful else now
    _end_attempt(connection, notice, ended_at, result.state, error)
    sent = result.state is NoticeState.SENT
    mine = notices.c.attempts == notice.attempts
    changes: dict[str, Any] = {"state": result.state, "lease_until": None, "error": error}
    if sent:
        changes["sent_at"] = func.coalesce(notices.c.sent_at, now)
    if result.not_before is not None:
        changes |= {"not_before": result.not_before, "planned_at": now}
    unsent = notices.c.state != NoticeState.SENT
    mark = notices.update().where(notices.c.id == notice.id, unsent)
    connection.execute((mark if sent else mark.where(mine)).values(changes))


def withdraw(connection: Connection, notice: Notice, now: datetime) -> None:
    """Mark *notice* withdrawn if it is still waiting."""
    _end_attempt(connection, notice, now, NoticeState.WITHDRAWN, None)
    connection.execute(_withdrawn().where(notices.c.id == notice.id))


def withdraw_unsent(connection: Connection, alert: int) -> None:
    """Mark the alert's notices that were never attempted withdrawn."""
    connection.execute(_withdrawn().where(notices.c.alert == alert, notices.c.attempts == 0))


def add(
    connection: Connection, new: Collection[Notice], begun: Collection[int] = frozenset()
) -> int:
    """Store the notices of *new* that are not known yet; return how many that were. None is known
    of alerts that have just *begun*."""
    known = {
        (row.alert, row.occasion, row.person, row.channel)
        for some in chunks(notice.alert for notice in new if notice.alert not in begun)
        for row in connection.execute(
            select(notices.c.alert, notices.c.occasion, notices.c.person, notices.c.channel).where(
                notices.c.alert.in_(some)
            )
        )
    }
    return insert_new(connection, notices, [_row(n) for n in new if _name(n) not in known])


def next_due_at(connection: Connection, now: datetime) -> datetime | None:
    """Return when the next waiting notice becomes claimable; None if none is waiting."""
    found: datetime | None = connection.scalar(_next_due_at(), _instants(now))
    return found


@cache  # asked for every other second; building it costs more than running it
def _next_due_at() -> Any:
    not_before, lease = notices.c.not_before, notices.c.lease_until
    runs = and_(lease > NOW, lease <= LONGEST_LEASE, lease > not_before)
    ahead = notices.c.planned_at > HONEST
    jumped = or_(not_before > LATEST, and_(ahead, not_before > NOW))
    due_at = case((runs, lease), (jumped, NOW), else_=not_before)
    frozen = notices.c.subject.in_(MISSING)
    return select(func.min(due_at, type_=not_before.type)).where(WAITS, ~frozen)


def notices_of(
    connection: Connection, of_alerts: Collection[int]
) -> Mapping[int, Sequence[Notice]]:
    """Return every notice of the alerts, oldest first, by alert id."""
    found: dict[int, list[Notice]] = {}
    for some in chunks(of_alerts):
        for row in connection.execute(OF_ALERTS, {"some": some}):
            found.setdefault(row.alert, []).append(notice_of(row))
    return found


def notices_since(
    connection: Connection, since: datetime, start: int, most: int
) -> Sequence[Notice]:
    """Return the notices made since then, the newest first, from the *start*th on."""
    made = select(notices).where(notices.c.created_at >= since)
    newest = made.order_by(notices.c.number.desc()).offset(start).limit(most)
    return [notice_of(row) for row in connection.execute(newest)]


def made_since(
    connection: Connection, kind: Kind, subject: str, since: datetime
) -> Sequence[Notice]:
    """Return the notices about *subject*, of its alerts of *kind*, made at or after *since*."""
    own = select(alerts.c.id).where(alerts.c.kind == kind, alerts.c.subject == subject)
    made = select(notices).where(notices.c.alert.in_(own), notices.c.created_at >= since)
    return [notice_of(row) for row in connection.execute(made)]


def deliveries_of(
    connection: Connection, of_notices: Collection[str]
) -> Mapping[str, Sequence[Delivery]]:
    """Return every attempt to send the notices, oldest first, by notice id."""
    found: dict[str, list[Delivery]] = {}
    for some in chunks(of_notices):
        rows = connection.execute(
            select(deliveries)
            .where(deliveries.c.notice.in_(some))
            .order_by(deliveries.c.notice, deliveries.c.attempt)
        )
        for row in rows:
            found.setdefault(row.notice, []).append(Delivery(**row._mapping))
    return found


def shown_address(address: str) -> str:
    """Return *address* fit to be kept in a log: of a URL, which may hold a key, the host."""
    if "://" not in address:
        return address
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname or ''}/…"


def _any(hold: Hold | None, busy: Collection[str]) -> Any:
    return select(notices.c.number).where(*_claimable(hold, busy)).limit(1)


def _claimable(
    hold: Hold | None = None, busy: Collection[str] = ()
) -> tuple[ColumnElement[bool], ...]:
    not_before, lease = notices.c.not_before, notices.c.lease_until
    return (
        WAITS,
        notices.c.subject.not_in(MISSING),
        *(_free(hold) if hold else ()),
        *((notices.c.channel.not_in(busy),) if busy else ()),
        or_(not_before <= NOW, not_before > LATEST, notices.c.planned_at > HONEST),
        or_(lease.is_(None), lease <= NOW, lease > LONGEST_LEASE),
    )


def _instants(now: datetime) -> dict[str, datetime]:
    """What statements about *now* are asked with."""
    return {
        "now": now,
        "honest": now + SKEW,
        "longest_lease": now + LEASE + SKEW,
        "latest": now + LONGEST_WAIT,
    }


def _free(hold: Hold) -> Iterator[ColumnElement[bool]]:
    """What `Hold.holds` says, of a row."""
    other = notices.c.reason.not_in(hold.reasons)
    others = () if hold.people is None else (notices.c.person.not_in(hold.people),)
    yield or_(notices.c.created_at < hold.since, notices.c.attempts > 0, other, *others)


# Kept ready: it is asked for every other second; building it costs more than running it.
ANY_CLAIMABLE = _any(None, ())


def _withdrawn() -> Any:
    return notices.update().where(WAITS).values(state=NoticeState.WITHDRAWN, lease_until=None)


def _attempt(notice: Notice, now: datetime) -> dict[str, Any]:
    return {
        "notice": notice.id,
        "attempt": notice.attempts,
        "channel": notice.channel,
        "address": shown_address(notice.address),
        "started_at": now,
    }


def _open_ended(connection: Connection, of_notices: Collection[str]) -> set[str]:
    """The notices with an attempt whose end is not known: it may have gone out."""
    found: set[str] = set()
    for some in chunks(of_notices):
        open_ended = (deliveries.c.notice.in_(some), deliveries.c.ended_at.is_(None))
        found |= set(connection.scalars(select(deliveries.c.notice).where(*open_ended)))
    return found


def _end_attempt(
    connection: Connection,
    notice: Notice,
    ended_at: datetime | None,
    state: NoticeState,
    error: str | None,
) -> None:
    ended = {"ended_at": ended_at, "state": state, "error": error}
    connection.execute(ENDING, {"of": notice.id, "nth": notice.attempts, **ended})


def _name(notice: Notice) -> tuple[int, Occasion, str, str]:
    return notice.alert, notice.occasion, notice.person, notice.channel


def _row(notice: Notice) -> dict[str, Any]:
    return {
        "id": notice.id,
        "alert": notice.alert,
        "kind": notice.kind,
        "subject": notice.subject,
        "occasion": notice.occasion,
        "reason": notice.reason,
        "event": notice.event,
        "rung": notice.rung,
        "person": notice.person,
        "channel": notice.channel,
        "address": notice.address,
        "facts": facts_to_json(notice.facts),
        "created_at": notice.created_at,
        "not_before": notice.not_before,
        "state": notice.state,
        "attempts": notice.attempts,
        "lease_until": notice.lease_until,
        "sent_at": notice.sent_at,
        "error": notice.error,
        "planned_at": notice.created_at,
    }


def notice_of(row: Row[Any]) -> Notice:
    """Return the notice that *row* describes."""
    return Notice(
        id=row.id,
        alert=row.alert,
        kind=row.kind,
        subject=row.subject,
        occasion=row.occasion,
        reason=row.reason,
        event=row.event,
        rung=row.rung,
        person=row.person,
        channel=row.channel,
        address=row.address,
        facts=facts_from_json(row.facts, row.kind, row.reason),
        created_at=row.created_at,
        not_before=row.not_before,
        state=row.state,
        attempts=row.attempts,
        lease_until=row.lease_until,
        sent_at=row.sent_at,
        error=row.error,
    )
