"""Who holds which account, who hands it over to whom, and who is on duty."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

from alerts.model import Notice
from alerts.people.handover import Custody, Handover, Records
from alerts.people.roster import DutyEntry


class CustodyTransaction(Protocol):
    """The records of custody, locked against other writers of them until the block ends."""

    def records(self) -> Records:
        """Return the records as they stand inside this transaction."""
        ...

    def handover(self, number: int) -> Handover | None:
        """Return one handover by id."""
        ...

    def save_handover(self, changed: Handover) -> Handover:
        """Store *changed* (insert when its id is 0) and return it with its id."""
        ...

    def hold(self, held: Collection[Custody]) -> None:
        """Store who holds accounts, since when, and when they last said so. What was stored
        before is kept; of an account the newest *since* is the one in force."""
        ...

    def confirm(self, account: str, by: str, now: datetime) -> None:
        """Store that *by* confirmed at *now* to hold *account*."""
        ...

    def configure(self, custodians: Mapping[str, str]) -> None:
        """Store, by account, whom the configuration has been seen to name."""
        ...


class CustodyRecords(Protocol):
    """Who holds which account, and the handovers."""

    def revision(self) -> str | None:
        """Return a text that is another one after each change of what `records` returns."""
        ...

    def records(self, at: datetime | None = None) -> Records:
        """Return who holds what, the handovers that run and the recorded dates of the roster;
        with *at*: as they were known at that instant."""
        ...

    def running(self) -> Sequence[Handover]:
        """Return the handovers that run, oldest first."""
        ...

    def handovers(self) -> Sequence[Handover]:
        """Return every handover, ended ones too, oldest first."""
        ...

    def changing(self) -> AbstractContextManager[CustodyTransaction]:
        """Open a transaction on the records of custody. Leaving the block commits."""
        ...


class Duty(Protocol):
    """The recorded dates of the roster, and which changes of shift have been summed up."""

    def add(self, entries: Sequence[DutyEntry]) -> None:
        """Store dates of the roster, all or none; each overrules what was stored of its day."""
        ...

    def sum_up(self, day: date, person: str, notices: Collection[Notice], now: datetime) -> bool:
        """Queue *notices*, the summary for *person* who takes over on *day*, unless one was
        queued for that day and person before; return whether it was queued now."""
        ...

    def summed_up(self, day: date, person: str) -> bool:
        """Return whether the summary for *person*, who takes over on *day*, was queued."""
        ...
