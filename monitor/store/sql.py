"""The store: one method, one transaction. What each does is told in `base.py`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from alerts.delivery.outbox import Outbox
from alerts.model import Alert, Notice, SilenceException
from alerts.people.handover import Handover, Records
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
    SourceState,
)
from monitor.store import accounts as registry
from monitor.store import (
    alerts,
    custody,
    days,
    duty,
    facts,
    figures,
    history,
    imports,
    notes,
    outbox,
    posts,
    readings,
    sources,
    spending,
)
from monitor.store.backup import backup
from monitor.store.base import Delivery, Heartbeat, Recorded, Store
from monitor.store.engine import Database, connect, lock
from monitor.store.migrating import migrate
from monitor.store.types import utc

CREATED_AT = "created_at"  # note: when this database came into being


def open_store(url: str, now: datetime) -> Store:
    """Return the store at *url*, made or brought up to date if need be.

    Creates the folder of an SQLite file. Raises `StoreError` of one line, without the
    password, if the database cannot be used or a newer version of the program wrote it.
    """
    database = connect(url)
    try:
        if migrate(database):
            with database.writing() as connection:
                notes.set_note(connection, CREATED_AT, now.isoformat())
    except BaseException:
        database.close()
        raise
    return SqlStore(database)


class SqlStore:
    """A store in an SQL database; safe to call from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.outbox: Outbox = outbox.SqlOutbox(database)

    def sync(
        self,
        accounts: Collection[Account],
        gateways: Collection[Gateway],
        policies: Mapping[str, str],
        now: datetime,
        *,
        count_reposts: Mapping[str, bool] | None = None,
    ) -> None:
        """Make the registry match the configuration."""
        wanted = registry.registry(accounts, gateways, policies, count_reposts or {})
        with self._database.reading() as connection:
            if not registry.differs(connection, wanted):
                return
        with self._database.writing() as connection:
            lock(connection, "registry")
            registry.sync(connection, wanted, utc(now))

    def policy_history(self, account: str) -> Sequence[PolicyChange]:
        """Return the account's policies and since when each was in force."""
        with self._database.reading() as connection:
            return registry.policy_history(connection, account)

    def due_sources(self, now: datetime, limit: int | None = None) -> Sequence[SourceState]:
        """Return the sources to be read at *now*, longest overdue first."""
        with self._database.reading() as connection:
            return sources.due(connection, now, limit)

    def source_states(self, at: datetime | None = None) -> Mapping[str, SourceState]:
        """Return every configured source's state by source id, or as it was *at* an instant."""
        with self._database.reading() as connection:
            return sources.states(connection) if at is None else history.states(connection, at)

    def gateway_states(self) -> Mapping[str, GatewayState]:
        """Return every configured gateway's state by gateway id."""
        with self._database.reading() as connection:
            return sources.gateway_states(connection)

    def save_gateways(self, states: Iterable[GatewayState]) -> None:
        """Replace the stored states."""
        with self._database.writing() as connection:
            sources.save_gateways(connection, states)

    def spend(self, gateway: str, day: date, quota: int) -> bool:
        """Count one more request, unless that makes more than *quota* on *day*."""
        with self._database.writing() as connection:
            return spending.spend(connection, gateway, day, quota)

    def spent(self, day: date) -> Mapping[str, int]:
        """Return how many requests were counted on *day*, by gateway."""
        with self._database.reading() as connection:
            return spending.spent(connection, day)

    def record(self, batch: Sequence[Recorded]) -> Mapping[str, int]:
        """Store readings, posts and source states in one transaction."""
        if not batch:
            return {}
        with self._database.writing() as connection:
            return readings.record(connection, batch)

    def plan(self, source: str, next_read_at: datetime) -> None:
        """Move a source's next reading."""
        with self._database.writing() as connection:
            sources.plan(connection, source, next_read_at)

    def facts(
        self, count_reposts: Mapping[str, bool], at: datetime | None = None
    ) -> Mapping[str, AccountFacts]:
        """Return the accounts' facts as they stand, or as they were known *at* an instant."""
        with self._database.reading() as connection:
            if at is None:
                return facts.now(connection, count_reposts)
            return history.facts(connection, count_reposts, at)

    def posts(
        self, account: str, since: datetime | None = None, until: datetime | None = None
    ) -> Sequence[Post]:
        """Return the account's posts in [since, until), oldest first."""
        with self._database.reading() as connection:
            return posts.listed(connection, account, since, until)

    def counts(
        self, since: datetime, until: datetime, at: datetime | None = None
    ) -> Mapping[str, Mapping[PostKind, int]]:
        """Return how many posts each account has in [since, until), by kind."""
        with self._database.reading() as connection:
            if at is None:
                return posts.counts(connection, since, until)
            return history.counts(connection, since, until, at)

    def readings(
        self, account: str, since: datetime, until: datetime | None = None
    ) -> Sequence[Reading]:
        """Return the account's readings in [since, until), oldest first."""
        with self._database.reading() as connection:
            return readings.of_account(connection, account, since, until)

    def readings_that_found_gaps(self, since: datetime) -> Sequence[Reading]:
        """Return the readings since then that did not reach back to the one before."""
        with self._database.reading() as connection:
            return readings.that_found_gaps(connection, since)

    @contextmanager
    def changing(self, subject: str) -> Iterator[alerts.SubjectTransaction]:
        """Open a transaction on one subject's alerts; leaving the block commits."""
        with self._database.writing() as connection:
            lock(connection, f"subject:{subject}")
            yield alerts.SubjectTransaction(connection, subject)

    def open_alerts(self) -> Sequence[Alert]:
        """Return every open alert."""
        with self._database.reading() as connection:
            return alerts.open_alerts(connection)

    def alerts(
        self,
        include_resolved: bool = False,
        at: datetime | None = None,
        subject: str | None = None,
    ) -> Sequence[Alert]:
        """Return open alerts, or all, newest first."""
        with self._database.reading() as connection:
            return alerts.listed(connection, include_resolved, at, subject)

    def alert(self, alert_id: int) -> Alert | None:
        """Return one alert by id."""
        with self._database.reading() as connection:
            return alerts.one(connection, alert_id)

    def notices_of(self, alerts: Collection[int]) -> Mapping[int, Sequence[Notice]]:
        """Return every notice of the alerts, oldest first, by alert id."""
        with self._database.reading() as connection:
            return outbox.notices_of(connection, alerts)

    def deliveries(self, notices: Collection[str]) -> Mapping[str, Sequence[Delivery]]:
        """Return every attempt to send the notices, oldest first, by notice id."""
        with self._database.reading() as connection:
            return outbox.deliveries_of(connection, notices)

    def save_exception(self, exception: SilenceException) -> None:
        """Store an agreed silence."""
        with self._database.writing() as connection:
            alerts.save_exception(connection, exception)

    def exceptions(self, at: datetime) -> Mapping[str, SilenceException]:
        """Return the exceptions in force at *at*, by account."""
        with self._database.reading() as connection:
            return alerts.exceptions_at(connection, at)

    def exceptions_of(self, account: str, at: datetime) -> Sequence[SilenceException]:
        """Return all exceptions of the account agreed by *at*, oldest first."""
        with self._database.reading() as connection:
            return alerts.exceptions_of(connection, account, at)

    def last_exception(self, account: str, now: datetime) -> SilenceException | None:
        """Return the account's exception that ended last, by *now*."""
        with self._database.reading() as connection:
            return alerts.last_exception(connection, account, now)

    def records(self, at: datetime | None = None) -> Records:
        """Return the records as they stand, or as they were known *at* an instant."""
        with self._database.reading() as connection:
            return custody.records(connection, at)

    def running_handovers(self) -> Sequence[Handover]:
        """Return the handovers that run, oldest first."""
        with self._database.reading() as connection:
            return custody.running(connection)

    def handovers(self) -> Sequence[Handover]:
        """Return every handover, ended ones too, oldest first."""
        with self._database.reading() as connection:
            return custody.every(connection)

    @contextmanager
    def keeping(self) -> Iterator[custody.KeepingTransaction]:
        """Open a transaction on the records of custody; leaving the block commits."""
        with self._database.writing() as connection:
            lock(connection, "custody")
            yield custody.KeepingTransaction(connection)

    def add_duty(self, entries: Sequence[DutyEntry]) -> None:
        """Store dates of the roster, all or none."""
        with self._database.writing() as connection:
            lock(connection, "duty")
            duty.add(connection, entries)

    def sum_up_shift(
        self, day: date, person: str, notices: Collection[Notice], now: datetime
    ) -> bool:
        """Queue the summary of a take-over, unless it was before; return whether."""
        with self._database.writing() as connection:
            return duty.sum_up(connection, day, person, notices, now)

    def shift_summed_up(self, day: date, person: str) -> bool:
        """Return whether the summary of a take-over was queued."""
        with self._database.reading() as connection:
            return duty.summed_up(connection, day, person)

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
        """Store an import in one transaction, or with *dry_run* only say what it would do."""
        if dry_run:
            with self._database.reading() as connection:
                return imports.would_import(connection, posts, counters, now)
        about = imports.About(name, partial, covers_from, covers_until)
        with self._database.writing() as connection:
            return imports.do_import(connection, posts, counters, about, now)

    def undo_import(self, import_id: int, now: datetime) -> ImportSummary | None:
        """Take an import back."""
        with self._database.writing() as connection:
            return imports.undo(connection, import_id, now)

    def imports(self) -> Sequence[ImportRecord]:
        """Return every import, undone ones too, oldest first."""
        with self._database.reading() as connection:
            return imports.records(connection)

    def import_spans(self, account: str) -> Sequence[ImportedSpan]:
        """Return what imports in force hold of the account, the oldest import first."""
        with self._database.reading() as connection:
            return imports.spans(connection, account)

    def recounted(self, account: str) -> Sequence[Post]:
        """Return the account's posts as they follow from their sightings alone."""
        with self._database.reading() as connection:
            return posts.recounted(connection, account)

    def snapshots(self, year: int | None = None) -> Sequence[Snapshot]:
        """Return the frozen figures of *year*, or of all, the oldest version first."""
        with self._database.reading() as connection:
            return figures.snapshots_of(connection, year)

    def snapshot_evidence(self, year: int, version: int, account: str) -> str | None:
        """Return what the account's figures of that version rest on."""
        with self._database.reading() as connection:
            return figures.evidence_of(connection, year, version, account)

    def save_snapshot(self, snapshot: Snapshot) -> None:
        """Store frozen figures for ever."""
        with self._database.writing() as connection:
            lock(connection, "snapshots")
            figures.save_snapshot(connection, snapshot)

    def declare(self, figure: Declared, now: datetime) -> None:
        """Store a published figure."""
        with self._database.writing() as connection:
            figures.declare(connection, figure, now)

    def declared(self, year: int) -> Sequence[Declared]:
        """Return the published figures of *year*, by account, figure and source."""
        with self._database.reading() as connection:
            return figures.declared_in(connection, year)

    def counters(self, account: str, since: date, until: date) -> Sequence[Counter]:
        """Return the account's counters of the days in [since, until), oldest first."""
        with self._database.reading() as connection:
            return imports.counters_of(connection, account, since, until)

    def counters_by_account(self, since: date, until: date) -> Mapping[str, Sequence[Counter]]:
        """Return every account's counters of the days in [since, until), the newest first."""
        with self._database.reading() as connection:
            return imports.counters_by_account(connection, since, until)

    def keep_day(self, account: str, count: DayCount, source: str, now: datetime) -> None:
        """Store what the statistics say of one day, in place of what they said before."""
        with self._database.writing() as connection:
            days.keep(connection, account, count, source, now)

    def known_days(
        self, account: str, since: date, until: date, at: datetime | None = None
    ) -> Sequence[KnownDay]:
        """Return what the statistics say of the account's days in [since, until)."""
        with self._database.reading() as connection:
            return days.known(connection, account, since, until, at)

    def heartbeat(self) -> Heartbeat:
        """Return the service's heartbeat."""
        with self._database.reading() as connection:
            return notes.heartbeat(connection)

    def beat(self, now: datetime, awake_since: datetime) -> None:
        """Store the heartbeat."""
        with self._database.writing() as connection:
            notes.beat(connection, now, awake_since)

    def note(self, key: str) -> str | None:
        """Return a small stored value."""
        with self._database.reading() as connection:
            return notes.note(connection, key)

    def set_note(self, key: str, value: str) -> None:
        """Store a small value."""
        with self._database.writing() as connection:
            notes.set_note(connection, key, value)

    def replace_note(self, key: str, known: str | None, value: str) -> bool:
        """Store a small value in the place of a known one; return whether that was there."""
        with self._database.writing() as connection:
            return notes.replace_note(connection, key, known, value)

    def backup_to(self, path: Path) -> None:
        """Write a whole, checked copy of an SQLite database to *path*."""
        backup(self._database, path)

    def close(self) -> None:
        """Give back connections."""
        self._database.close()
