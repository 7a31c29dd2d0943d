"""Which alerts there are, and what people answer to them.

Every request that cannot be met raises `UsageError` with one line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from alerts.answers.answer import end_of_today
from alerts.common.local_time import instant_of, local_iso
from alerts.model import Alert, Kind, Notice, SilenceException
from alerts.rules import lifecycle
from alerts.words import plain
from monitor.desk.shapes import AlertRow, DeliveryRow, NoticeRow
from monitor.errors import Field, Told, UsageError
from monitor.judging.custody import hasten
from monitor.model import AccountState
from monitor.register import Register
from monitor.store.base import Store
from monitor.store.protocols.alerts import Delivery


def posted_of(text: str) -> tuple[str, datetime]:
    """Return who said that a post is there, and when, as it was noted. Raises `ValueError`."""
    by, _, at = text.rpartition(" ")
    return by, instant_of(at)


def posted_key(alert: int) -> str:
    """Return under which key it is kept who said last, and when, that the account of *alert* has
    published."""
    return f"posted:{alert}"


class Alerts:
    """Questions about the alerts of one register and its store, and answers to them."""

    def __init__(self, store: Store, register: Register) -> None:
        self._store = store
        self._register = register
        self._zone = register.hours.zone

    def overview(self, everything: bool = False, at: datetime | None = None) -> list[AlertRow]:
        """Return the open alerts, or all of them; with *at*: as of then."""
        return self.rows(self._store.alerts.listed(everything, at))

    def rows(self, found: Sequence[Alert]) -> list[AlertRow]:
        """Return alerts with their notices and every attempt to send these, in the given order."""
        notices = self._store.alerts.notices_of([a.id for a in found])
        sent = self._store.alerts.deliveries_of([n.id for group in notices.values() for n in group])
        return [_alert(a, notices.get(a.id, ()), sent, self._register) for a in found]

    def notices(self, since: datetime, start: int, most: int) -> list[tuple[Notice, NoticeRow]]:
        """Return the notices made since then with every attempt to send them, the newest first,
        from the *start*th on, at *most* so many."""
        found = self._store.alerts.notices_since(since, start, most)
        sent = self._store.alerts.deliveries_of([n.id for n in found])
        return [(n, _notice(n, sent.get(n.id, ()), self._register)) for n in found]

    def acknowledge(self, alert: int, by: str, now: datetime) -> Alert:
        """Record that *by* has the alert in hand (「已知悉」), and return the alert."""
        self._register.person(by)
        return self._answer(alert, lambda a: lifecycle.acknowledge(a, by, now))

    def promise(
        self, alert: int, by: str, until: datetime, scheduled: bool, now: datetime
    ) -> Alert:
        """Record that a post will be there at *until*; *scheduled*: it is set on the platform
        already (「已设定时发布」)."""
        self._register.person(by)
        known = self._open(alert)
        if known.kind is not Kind.SILENCE:
            raise UsageError(
                Told(
                    "alert {number} is of kind {kind}; only a silence can be promised",
                    number=alert,
                    kind=str(known.kind),
                )
            )
        account = self._register.account(known.subject)
        breach = known.since + self._register.policy_of(account).limit
        hours = self._register.hours
        promised = self._answer(
            alert, lambda a: lifecycle.promise(a, by, until, scheduled, breach, hours, now)
        )
        hasten(self._store, [known.subject], until)  # a reading has to confirm the promise
        return promised

    def promise_today(self, alert: int, by: str, now: datetime) -> Alert:
        """Record a promise to publish by the end of work (「今日发布」); return the alert."""
        return self.promise(alert, by, end_of_today(self._register.hours, now), False, now)

    def posted(self, alert: int, by: str, now: datetime) -> None:
        """Record that *by* says a post is there (「已发布，请核实」), and have the account read at
        once."""
        self._register.person(by)
        known = self._open(alert)
        account = self._register.account(known.subject)
        if not account.sources:
            raise UsageError(
                Told('account "{account}" has no source that is read', account=account.id)
            )
        for source in account.sources:
            self._store.sources.plan(source.id, now, now)
        self._store.notes.set(posted_key(alert), f"{by} {now.isoformat()}")

    def except_(
        self,
        account: str,
        by: str,
        until: datetime,
        reason: str,
        document: str | None,
        now: datetime,
    ) -> SilenceException:
        """Record an agreed silence of *account* until *until*, and return it."""
        if self._register.account(account).state is AccountState.CLOSED:
            raise UsageError(
                Told("{account} is closed; nobody is called about its silence", account=account)
            )
        self._register.person(by)
        if until <= now:
            at = local_iso(until, self._zone)
            raise UsageError(Field("until"), Told(" {at} is not in the future", at=at))
        why, named = plain(reason), plain(document or "")
        if not why:
            raise UsageError(Field("reason"), Told(" is empty; an exception needs its reason"))
        exception = SilenceException(account, by, now, until, why, named or None)
        self._store.exceptions.save(exception)
        return exception

    def _answer(self, alert: int, change: Callable[[Alert], Alert]) -> Alert:
        known = self._open(alert)
        with self._store.alerts.changing(known.subject) as tx:
            current = tx.open_alert(known.kind)
            if current is None or current.id != alert:
                raise UsageError(Told("alert {number} has just been resolved", number=alert))
            try:
                return tx.save(change(current))
            except ValueError as error:
                raise UsageError(error.args[0]) from None

    def _open(self, alert: int) -> Alert:
        known = self._store.alerts.by_id(alert)
        if known is None:
            known_by = Field("the list of alerts")
            raise UsageError(
                Told("there is no alert {number}; see {list}", number=alert, list=known_by)
            )
        if known.resolved_at is not None:
            ended = local_iso(known.resolved_at, self._zone)
            raise UsageError(Told("alert {number} was resolved at {at}", number=alert, at=ended))
        return known


def _alert(
    alert: Alert,
    notices: Sequence[Notice],
    sent: Mapping[str, Sequence[Delivery]],
    register: Register,
) -> AlertRow:
    given, promise = alert.acknowledged, alert.promise
    return {
        "id": alert.id,
        "kind": alert.kind,
        "subject": alert.subject,
        "rung": alert.rung,
        "opened_at": alert.opened_at,
        "resolved_at": alert.resolved_at,
        "reason": alert.resolution,
        "acknowledged_by": given.by if given else None,
        "acknowledged_by_name": register.name(given.by) if given else None,
        "acknowledged_at": given.at if given else None,
        "promise_until": promise.until if promise else None,
        "promised_by": promise.by if promise else None,
        "promised_by_name": register.name(promise.by) if promise else None,
        "promised_at": promise.at if promise else None,
        "scheduled": promise.scheduled if promise else None,
        "unheard_since": lifecycle.unheard_since(alert, notices),
        "notices": [_notice(n, sent.get(n.id, ()), register) for n in notices],
    }


def _notice(notice: Notice, deliveries: Sequence[Delivery], register: Register) -> NoticeRow:
    return {
        "id": notice.id,
        "to": notice.person,
        "name": register.name(notice.person),
        "channel": notice.channel,
        "state": notice.state,
        "waits_until": notice.waits_until,
        "sent_at": notice.sent_at,
        "attempts": notice.attempts,
        "reason": notice.reason,
        "rung": notice.rung,
        "event": notice.event,
        "error": notice.error,
        "deliveries": [_delivery(one) for one in deliveries],
    }


def _delivery(one: Delivery) -> DeliveryRow:
    return {
        "attempt": one.attempt,
        "address": one.address,
        "started_at": one.started_at,
        "ended_at": one.ended_at,
        "state": one.state,
        "error": one.error,
    }
