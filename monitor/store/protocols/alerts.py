"""Alerts with their notices, and the agreed silences that keep them quiet."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from alerts.model import Alert, Kind, Notice, NoticeState, SilenceException
from alerts.people.handover import Handover, Records
from monitor.model import AccountFacts


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to send a notice. Without *ended_at* it was cut off, is under way,
    or ended in doubt whether it had arrived.

    *address* is fit to be shown: of an address that is a URL only scheme and host are kept.
    *state*: what became of the notice; *error*: one line, None when it was accepted.
    """

    notice: str
    attempt: int
    channel: str
    address: str
    started_at: datetime
    ended_at: datetime | None = None
    state: NoticeState | None = None
    error: str | None = None


class Exceptions(Protocol):
    """The agreed silences."""

    def save(self, exception: SilenceException) -> None:
        """Store an agreed silence."""
        ...

    def in_force(self, at: datetime) -> Mapping[str, SilenceException]:
        """Return the exceptions in force at *at*, by account (the longest where several)."""
        ...

    def of_account(self, account: str, at: datetime) -> Sequence[SilenceException]:
        """Return all exceptions of the account agreed by *at*, those that are over too, oldest
        first."""
        ...

    def last_ended(self, account: str, now: datetime) -> SilenceException | None:
        """Return the account's exception that ended last, by *now*; None if none has."""
        ...


class AlertTransaction(Protocol):
    """One subject's alerts, locked against other writers until the block ends.

    *exceptions*: the agreed silences, read inside this transaction.
    """

    exceptions: Exceptions

    def facts(self, account: str, count_reposts: bool = True) -> AccountFacts | None:
        """Return the account's facts as they stand inside this transaction."""
        ...

    def open_alert(self, kind: Kind) -> Alert | None:
        """Return the subject's open alert of *kind*."""
        ...

    def last_resolved(self, kind: Kind) -> Alert | None:
        """Return the subject's most recently resolved alert of *kind*."""
        ...

    def save(self, alert: Alert) -> Alert:
        """Store *alert* (insert when its id is 0) and return it with its id."""
        ...

    def add_notices(self, notices: Collection[Notice]) -> int:
        """Queue *notices* with the alert, skipping known (alert, occasion, person, channel);
        return how many were new."""
        ...

    def withdraw_unsent(self, alert: int, now: datetime) -> None:
        """Mark the alert's notices that were never attempted `withdrawn`."""
        ...

    def notices(self, alert: int) -> Sequence[Notice]:
        """Return every notice of the alert, oldest first."""
        ...

    def made_since(self, kind: Kind, since: datetime) -> Sequence[Notice]:
        """Return the notices of the subject's alerts of *kind*, ended ones too, that were made at
        or after *since*."""
        ...

    def records(self, accounts: Collection[str]) -> Records:
        """Return the records as they stand inside this transaction; who holds what only of
        *accounts*."""
        ...

    def records_revision(self) -> str | None:
        """Return what `CustodyRecords.revision` does, as it stands inside this transaction."""
        ...

    def handover(self, number: int) -> Handover | None:
        """Return one handover by id, as it stands inside this transaction."""
        ...


class Alerts(Protocol):
    """The alerts, their notices, and every attempt to send those."""

    def changing(self, subject: str) -> AbstractContextManager[AlertTransaction]:
        """Open a transaction on one subject's alerts (`BEGIN IMMEDIATE`, or a row lock).
        Leaving the block commits; an exception rolls back alerts and notices together."""
        ...

    def open(self, subjects: Collection[str] | None = None) -> Sequence[Alert]:
        """Return every open alert, oldest first; with *subjects*: those of them alone."""
        ...

    def ended(self, since: datetime, subjects: Collection[str] | None = None) -> Sequence[Alert]:
        """Return the alerts that ended later than *since*, of *subjects* alone if given, newest
        first."""
        ...

    def listed(
        self,
        include_resolved: bool = False,
        at: datetime | None = None,
        subject: str | None = None,
        most: int | None = None,
    ) -> Sequence[Alert]:
        """Return open alerts, or all, newest first; with *at*: those opened by then, where open
        means open at that instant; with *subject*: of that subject; with *most*: at most so
        many."""
        ...

    def by_id(self, alert_id: int) -> Alert | None:
        """Return one alert by id."""
        ...

    def notices_since(self, since: datetime, start: int, most: int) -> Sequence[Notice]:
        """Return the notices made since then, whatever they are of, the newest first, from the
        *start*th on, at *most* so many."""
        ...

    def notices_of(self, alerts: Collection[int]) -> Mapping[int, Sequence[Notice]]:
        """Return every notice of the alerts, oldest first, by alert id."""
        ...

    def deliveries_of(self, notices: Collection[str]) -> Mapping[str, Sequence[Delivery]]:
        """Return every attempt to send the notices, oldest first, by notice id."""
        ...
