"""Bring a database to this version's schema before anything else touches it.

Two processes that start at once do not both migrate; a database that a newer version wrote is
refused rather than guessed at.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from monitor.errors import StoreError, Told
from monitor.machines import not_beside
from monitor.store.backup import backup
from monitor.store.engine import Database, lock
from monitor.store.joining import join_doubles
from monitor.store.machines import living_machine

FOLDER = Path(__file__).parent / "migrations"
MARKED = "0401"  # the first schema that knows posts by all their marks
HEAD = "0520"  # known here so that an ordinary start need not load Alembic (0.2 s)


@dataclass(frozen=True, slots=True)
class Migrated:
    """What became of a database: whether it was *empty* before, how many posts that had been
    counted twice were *joined*, and where a copy from *before* that lies."""

    empty: bool = False
    joined: int = 0
    before: Path | None = None


def migrate(database: Database) -> Migrated:
    """Make the schema this version's; return what that changed.

    All steps are one transaction, in which a file is copied first, checked, so that nobody else
    changes it between the two; what is interrupted leaves everything as it was. `ADVANCE` is told
    how far it has come. Raises `StoreError` for a
    newer database, for one that machines work on, and for an SQLite file of another program.
    """
    with database.reading() as connection:
        lock(connection, "migration", shared=True)  # one that is under way is waited for
        at = revision(connection)
    if at == HEAD:
        return Migrated()
    with database.rebuilding() as connection:
        lock(connection, "migration")
        before = revision(connection)
        if before == HEAD:  # another process was quicker
            return Migrated()
        _refuse_strangers(connection, before, database.name)
        _refuse_beside(connection)
        copy = _copied(database, before)
        upgrade(connection, HEAD)
        joined = join_doubles(connection) if before and before < MARKED else 0
        return Migrated(before is None, joined, copy)


def _copied(database: Database, at: str | None) -> Path | None:
    """A checked copy of a file from before it is changed; a server has its own tool for it."""
    if database.path is None or at is None:
        return None
    copy = database.path.with_name(f"{database.path.name}.before-{HEAD}")
    backup(database, copy)
    return copy


def revision(connection: Connection) -> str | None:
    """Return the revision the database is at, None before its first migration."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    at: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return at


def upgrade(connection: Connection, target: str) -> None:
    """Run the migrations up to *target* inside the connection's transaction."""
    from alembic import command  # noqa: PLC0415 - only a database that is behind pays for it
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, target)


def _refuse_beside(connection: Connection) -> None:
    """Raise `StoreError` where a machine works on a server's database: its tables would change
    under it."""
    found = None if connection.dialect.name == "sqlite" else living_machine(connection)
    if found is not None:
        raise StoreError(
            not_beside(found.name, found.version, version("account-freshness-monitor"))
        )


def _refuse_strangers(connection: Connection, before: str | None, name: str) -> None:
    if before is not None and before > HEAD:
        raise StoreError(
            Told(
                "{database} was written by a newer version of this program (schema {before}, this "
                "version knows {known}); update the program or use another database",
                database=name,
                before=before,
                known=HEAD,
            )
        )
    # A PostgreSQL database may be shared with others; a file is ours alone.
    strangers = inspect(connection).get_table_names() if before is None else []
    if strangers and connection.dialect.name == "sqlite":
        raise StoreError(
            Told(
                "{database} belongs to another program: it holds {table}",
                database=name,
                table=strangers[0],
            )
        )
