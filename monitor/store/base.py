"""What the service asks of a store. SQLite and PostgreSQL answer alike.

All instants go in and come out aware, in UTC; a naive one is refused. Every method is its own
transaction unless it says otherwise, and may be called from several threads. Failures of the
database surface as `StoreError`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from alerts.delivery.outbox import Outbox
from alerts.model import Alert, Kind, Notice, NoticeState, SilenceException
from alerts.people.handover import Custody, Handover, Records
from alerts.people.roster import DutyEntry
from monitor.ledger.records import (
    Counter,
    Declared,
    ImportedPost,
    ImportedSpan,
    ImportRecord,
    ImportSummary,
    KnownDay,
    PolicyChange,
    Snapshot,
)
from monitor.model import (
    Account,
    AccountFacts,
    DayCount,
    Gateway,
    GatewayState,
    Post,
    PostKind,
    Reading,
    SeenPost,
    SourceMemory,
    SourceState,
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """One reading to store, with what it saw and when the source is to be read next.

    *first*: this is the source's first good reading (undated and future-dated posts of it
    start no clock). *deleted*: keys now known to be deleted. *memory* replaces the old one.
    *counters*: what was counted, as its day's so far; replaces what the source said before.
    *decisive_at*: the earliest instant that a reading of the source has still to bear out.
    """

    reading: Reading
    posts: tuple[SeenPost, ...]
    memory: SourceMemory
    next_read_at: datetime
    first: bool = False
    deleted: tuple[str, ...] = ()
    counters: Counter | None = None
    decisive_at: datetime | None = None


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


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """When the service last ticked and since when it has been awake without an outage."""

    last_tick_at: datetime | None = None
    awake_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class NoticeReport:
    """A notice as `alerts list` shows it: with the error of its newest attempt."""

    notice: Notice
    errors: tuple[str, ...] = field(default=())


class AlertTransaction(Protocol):
    """One subject's alerts, locked against other writers until the block ends."""

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
        """Queue *notices* with the alert, skipping known (alert, occasion, person, channel)."""
        ...

    def withdraw_unsent(self, alert: int, now: datetime) -> None:
        """Mark the alert's notices that were never attempted `withdrawn`."""
        ...

    def notices(self, alert: int) -> Sequence[Notice]:
        """Return every notice of the alert, oldest first."""
        ...

    def records(self, accounts: Collection[str]) -> Records:
        """Return the records as they stand inside this transaction; who holds what only of
        *accounts*."""
        ...

    def handover(self, number: int) -> Handover | None:
        """Return one handover by id, as it stands inside this transaction."""
        ...


class KeepingTransaction(Protocol):
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


class Store(Protocol):
    """The ledger, the state of reading, the alerts and their notices."""

    outbox: Outbox

    def sync(
        self,
        accounts: Collection[Account],
        gateways: Collection[Gateway],
        policies: Mapping[str, str],
        now: datetime,
        *,
        count_reposts: Mapping[str, bool] | None = None,
    ) -> None:
        """Make the registry match the configuration.

        A new account's `watched_since` is *now*; accounts and sources that left the
        configuration keep their rows and history but are no longer read. A source that now
        reads something else (another locator, gateway or account) forgets its window and
        validators and is due at once. *policies* maps an account's id to a canonical text of
        the policy in force; a change is kept with its date. *count_reposts*: as for `facts`
        (they count where it says nothing); `Outbox.still_holds` goes by it. Writes nothing
        when nothing changed.
        """
        ...

    def policy_history(self, account: str) -> Sequence[PolicyChange]:
        """Return the account's policies and since when each was in force, oldest first."""
        ...

    def due_sources(self, now: datetime, limit: int | None = None) -> Sequence[SourceState]:
        """Return configured sources of accounts not closed with `next_read_at` unset, not
        later than *now*, or so far ahead (over 32 days) that the clock must have jumped;
        those whose `decisive_at` has come first, then the longest overdue, capped at *limit*
        per gateway."""
        ...

    def source_states(self, at: datetime | None = None) -> Mapping[str, SourceState]:
        """Return every configured source's state by source id. With *at*: as its readings up
        to that instant left it; what it remembers is not kept."""
        ...

    def gateway_states(self) -> Mapping[str, GatewayState]:
        """Return every configured gateway's state by gateway id."""
        ...

    def save_gateways(self, states: Iterable[GatewayState]) -> None:
        """Replace the stored states; a gateway that was never configured is left out."""
        ...

    def spend(self, gateway: str, day: date, quota: int) -> bool:
        """Count one more request through *gateway* on *day*, unless that makes more than
        *quota*; return whether it may be made. Of any number of processes that ask at once,
        no more than *quota* are told so."""
        ...

    def spent(self, day: date) -> Mapping[str, int]:
        """Return how many requests were counted on *day*, by gateway; one that made none is
        left out."""
        ...

    def record(self, batch: Sequence[Recorded]) -> Mapping[str, int]:
        """Store readings, posts and source states in one transaction.

        Posts merge by (account, key): the date is the earliest ever stated or seen, the first
        sighting decides `Dating.UNKNOWN`, `last_seen_at` is the newest, a post seen again is
        no longer deleted. Recording the same reading twice changes nothing.
        Return how many posts were new, by source id.
        """
        ...

    def plan(self, source: str, next_read_at: datetime) -> None:
        """Move a source's next reading."""
        ...

    def facts(
        self,
        count_reposts: Mapping[str, bool],
        at: datetime | None = None,
    ) -> Mapping[str, AccountFacts]:
        """Return the facts of the accounts named in *count_reposts* (account id → whether
        reposts count). With *at*: as they were known at that instant."""
        ...

    def posts(
        self, account: str, since: datetime | None = None, until: datetime | None = None
    ) -> Sequence[Post]:
        """Return the account's posts in [since, until), oldest first."""
        ...

    def counts(
        self, since: datetime, until: datetime, at: datetime | None = None
    ) -> Mapping[str, Mapping[PostKind, int]]:
        """Return how many posts each account has in [since, until), by kind; with *at*: as
        known then. Deleted posts count, posts of unknown date do not."""
        ...

    def readings(
        self, account: str, since: datetime, until: datetime | None = None
    ) -> Sequence[Reading]:
        """Return the account's readings in [since, until), oldest first."""
        ...

    def readings_that_found_gaps(self, since: datetime) -> Sequence[Reading]:
        """Return the readings made since then that did not reach back to the one before of their
        source, by account, oldest first."""
        ...

    def changing(self, subject: str) -> AbstractContextManager[AlertTransaction]:
        """Open a transaction on one subject's alerts (`BEGIN IMMEDIATE`, or a row lock).
        Leaving the block commits; an exception rolls back alerts and notices together."""
        ...

    def open_alerts(self) -> Sequence[Alert]:
        """Return every open alert."""
        ...

    def alerts(
        self,
        include_resolved: bool = False,
        at: datetime | None = None,
        subject: str | None = None,
    ) -> Sequence[Alert]:
        """Return open alerts, or all, newest first; with *at*: those opened by then; with
        *subject*: of that subject."""
        ...

    def alert(self, alert_id: int) -> Alert | None:
        """Return one alert by id."""
        ...

    def notices_of(self, alerts: Collection[int]) -> Mapping[int, Sequence[Notice]]:
        """Return every notice of the alerts, oldest first, by alert id."""
        ...

    def deliveries(self, notices: Collection[str]) -> Mapping[str, Sequence[Delivery]]:
        """Return every attempt to send the notices, oldest first, by notice id."""
        ...

    def save_exception(self, exception: SilenceException) -> None:
        """Store an agreed silence."""
        ...

    def exceptions(self, at: datetime) -> Mapping[str, SilenceException]:
        """Return the exceptions in force at *at*, by account (the longest where several)."""
        ...

    def exceptions_of(self, account: str, at: datetime) -> Sequence[SilenceException]:
        """Return all exceptions of the account agreed by *at*, those that are over too, oldest
        first."""
        ...

    def last_exception(self, account: str, now: datetime) -> SilenceException | None:
        """Return the account's exception that ended last, by *now*; None if none has."""
        ...

    def records(self, at: datetime | None = None) -> Records:
        """Return who holds what, the handovers that run and the recorded dates of the roster;
        with *at*: as they were known at that instant."""
        ...

    def running_handovers(self) -> Sequence[Handover]:
        """Return the handovers that run, oldest first."""
        ...

    def handovers(self) -> Sequence[Handover]:
        """Return every handover, ended ones too, oldest first."""
        ...

    def keeping(self) -> AbstractContextManager[KeepingTransaction]:
        """Open a transaction on the records of custody. Leaving the block commits."""
        ...

    def add_duty(self, entries: Sequence[DutyEntry]) -> None:
        """Store dates of the roster, all or none; each overrules what was stored of its day."""
        ...

    def sum_up_shift(
        self, day: date, person: str, notices: Collection[Notice], now: datetime
    ) -> bool:
        """Queue *notices*, the summary for *person* who takes over on *day*, unless one was
        queued for that day and person before; return whether it was queued now."""
        ...

    def shift_summed_up(self, day: date, person: str) -> bool:
        """Return whether the summary for *person*, who takes over on *day*, was queued."""
        ...

    def import_rows(
        self,
        posts: Sequence[ImportedPost],
        counters: Sequence[Counter],
        name: str,
        now: datetime,
        dry_run: bool = False,
        *,
        partial: bool = False,
        covers_from: datetime | None = None,
        covers_until: datetime | None = None,
    ) -> ImportSummary:
        """Store an import in one transaction; the same rows again change nothing.

        Imported posts count as stated by a source named `import:<id>`. With *dry_run*: only
        say what it would do. *partial*: it does not claim to hold every post of its time.
        *covers_from*, *covers_until*: the time the file was exported for, if that is known."""
        ...

    def undo_import(self, import_id: int, now: datetime) -> ImportSummary | None:
        """Take an import back: what only it knew vanishes, what it had changed goes back.

        Return how many posts and counters vanished (`new`), changed back (`changed`) and stay
        as they are (`known`); None when there is no such import or it was undone before."""
        ...

    def imports(self) -> Sequence[ImportRecord]:
        """Return every import, undone ones too, oldest first."""
        ...

    def import_spans(self, account: str) -> Sequence[ImportedSpan]:
        """Return what imports in force hold of the account, the oldest import first, partial
        ones too. None reaches beyond the instant at which it was made."""
        ...

    def recounted(self, account: str) -> Sequence[Post]:
        """Return the account's posts as they follow from their sightings alone, oldest first:
        the same as `posts`, unless somebody changed the database by hand."""
        ...

    def snapshots(self, year: int | None = None) -> Sequence[Snapshot]:
        """Return the frozen figures of *year*, or of all, the oldest version first; without
        their evidence."""
        ...

    def snapshot_evidence(self, year: int, version: int, account: str) -> str | None:
        """Return what the account's figures of that version rest on, as it was saved."""
        ...

    def save_snapshot(self, snapshot: Snapshot) -> None:
        """Store frozen figures for ever. Raises `StoreError` if there is such a version."""
        ...

    def declare(self, figure: Declared, now: datetime) -> None:
        """Store a published figure; it replaces what the same source said of it before."""
        ...

    def declared(self, year: int) -> Sequence[Declared]:
        """Return the published figures of *year*, by account, figure and source."""
        ...

    def counters(self, account: str, since: date, until: date) -> Sequence[Counter]:
        """Return the account's counters of the days in [since, until), oldest first; one a
        day and provenance."""
        ...

    def counters_by_account(self, since: date, until: date) -> Mapping[str, Sequence[Counter]]:
        """Return every account's counters of the days in [since, until), by account, the newest
        first."""
        ...

    def keep_day(self, account: str, count: DayCount, source: str, now: datetime) -> None:
        """Store what the statistics, asked through *source* at *now*, say of one day.

        It replaces what they said of that day before; the same again changes nothing but when
        they were last asked."""
        ...

    def known_days(
        self, account: str, since: date, until: date, at: datetime | None = None
    ) -> Sequence[KnownDay]:
        """Return what the statistics say of the account's days in [since, until), oldest first;
        with *at*: as far as that was learned by then."""
        ...

    def heartbeat(self) -> Heartbeat:
        """Return the service's heartbeat."""
        ...

    def beat(self, now: datetime, awake_since: datetime) -> None:
        """Store the heartbeat."""
        ...

    def note(self, key: str) -> str | None:
        """Return a small stored value (driven-by mark, sample anchor …)."""
        ...

    def set_note(self, key: str, value: str) -> None:
        """Store a small value."""
        ...

    def replace_note(self, key: str, known: str | None, value: str) -> bool:
        """Store a small value if *known* is stored there now (None: nothing); return whether it
        was. Of several that replace the same value at once, one succeeds."""
        ...

    def backup_to(self, path: Path) -> None:
        """Write a whole, checked copy of an SQLite database to *path*, replacing it at once.

        Others may go on writing meanwhile. Raises `StoreError` if that fails (*path* is then
        as it was), and on PostgreSQL, which has its own tool for it."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...
