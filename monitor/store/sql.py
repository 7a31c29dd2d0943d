"""The store in an SQL database: every noun of `base.Store`, on one database."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from alerts.common.log import Log
from monitor.store.access import SqlAccess
from monitor.store.accounts import SqlAccounts
from monitor.store.ahead import undo_ahead
from monitor.store.alerts import SqlAlerts
from monitor.store.backup import backup, check, checkpoint
from monitor.store.base import Store
from monitor.store.behind import undo_behind
from monitor.store.custody import SqlCustody
from monitor.store.damages import SqlDamages
from monitor.store.days import SqlDays
from monitor.store.duty import SqlDuty
from monitor.store.engine import Database, connect
from monitor.store.exceptions import SqlExceptions
from monitor.store.figures import SqlFigures
from monitor.store.follower_counts import SqlFollowerCounts
from monitor.store.gateways import SqlGateways
from monitor.store.imports import SqlImports
from monitor.store.machines import SqlMachines
from monitor.store.migrating import migrate
from monitor.store.notes import SqlNotes
from monitor.store.outbox import SqlOutbox
from monitor.store.posts import SqlPosts
from monitor.store.protocols.notes import Heartbeat
from monitor.store.readings import SqlReadings
from monitor.store.shown import SqlShownAccounts
from monitor.store.sources import SqlSources
from monitor.store.standings import SqlStandings
from monitor.store.summaries import SqlSummaries
from monitor.store.tallies import SqlTallies

CREATED_AT = "created_at"  # note: when this database came into being


def unheard(_: str, /, **__: object) -> None:
    """Say nothing."""


def open_store(url: str, now: datetime, log: Log = unheard) -> Store:
    """Return the store at *url*, made or brought up to date if need be; *say* what that changed.

    Creates the folder of an SQLite file. Raises `StoreError` of one line, without the
    password, if the database cannot be used or a newer version of the program wrote it.
    """
    database = connect(url)
    try:
        migrated = migrate(database)
        if migrated.empty:
            SqlNotes(database).set(CREATED_AT, now.isoformat())
        if migrated.joined:
            log("posts_joined", posts=migrated.joined, copy_from_before=str(migrated.before))
    except BaseException:
        database.close()
        raise
    return SqlStore(database)


class SqlStore(Store):
    """A store in an SQL database; safe to call from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.accounts = SqlAccounts(database)
        self.sources = SqlSources(database)
        self.standings = SqlStandings(database)
        self.shown = SqlShownAccounts(database)
        self.gateways = SqlGateways(database)
        self.readings = SqlReadings(database)
        self.posts = SqlPosts(database)
        self.summaries = SqlSummaries(database)
        self.imports = SqlImports(database)
        self.follower_counts = SqlFollowerCounts(database)
        self.days = SqlDays(database)
        self.figures = SqlFigures(database)
        self.alerts = SqlAlerts(database)
        self.exceptions = SqlExceptions(database)
        self.outbox = SqlOutbox(database)
        self.custody = SqlCustody(database)
        self.duty = SqlDuty(database)
        self.notes = SqlNotes(database)
        self.access = SqlAccess(database)
        self.tallies = SqlTallies(database)
        self.damages = SqlDamages(database)
        self.machines = SqlMachines(database)

    def looking(self) -> AbstractContextManager[None]:
        return self._database.looking()

    def backup_to(self, path: Path) -> None:
        backup(self._database, path)

    def file(self) -> Path | None:
        return self._database.path

    def check(self) -> str | None:
        return check(self._database)

    def checkpoint(self) -> None:
        checkpoint(self._database)

    def undo_ahead(self, now: datetime) -> bool:
        return undo_ahead(self._database, now)

    def undo_behind(self, before: Heartbeat, now: datetime) -> None:
        undo_behind(self._database, before, now)

    def close(self) -> None:
        self._database.close()
