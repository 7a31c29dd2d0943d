"""A whole, checked copy of a database, made while others go on writing."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from monitor.errors import StoreError, Told
from monitor.files import reason_of
from monitor.store.engine import Database, guarded, private
from monitor.store.pg_dump import dump


def backup(database: Database, path: Path) -> None:
    """Write a copy of *database* to *path*, a server's as `pg_restore` reads it. Raises
    `StoreError`; *path* is then as it was."""
    target = path.absolute()
    if target == database.path:
        raise StoreError(
            Told(
                "{database} cannot be backed up onto itself; name another file",
                database=database.name,
            )
        )
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.stat()  # what is not there is named as the system does
        _copy(database, part)
        part.replace(target)
    except OSError as error:
        line = Told(
            "backup {file} cannot be written: {reason}", file=str(target), reason=reason_of(error)
        )
        raise StoreError(line) from None
    finally:
        part.unlink(missing_ok=True)


def check(database: Database) -> str | None:
    """Return the first thing that the integrity check of *database* finds wrong."""
    if database.path is None:
        return None
    with database.reading() as connection:
        found: str = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
    return None if found == "ok" else " ".join(found.split())


def checkpoint(database: Database) -> None:
    """Bring the log into the main file of *database*, as far as no reader needs it."""
    if database.path is None:
        return
    with guarded(database.name), database.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()


def _copy(database: Database, part: Path) -> None:
    private(part)
    if database.path is None:
        dump(database, part)
        return flush(part)
    with guarded(Told("backup {file}", file=str(part))), database.engine.connect() as connection:
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        with closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
            # One file that can be carried away, without a log beside it.
            copy.execute("PRAGMA journal_mode = DELETE")
            found = copy.execute("PRAGMA integrity_check").fetchone()[0]
    if found != "ok":
        raise StoreError(
            Told(
                "{database} is damaged, its copy was thrown away: {found}",
                database=database.name,
                found=found,
            )
        )
    return flush(part)


def flush(path: Path) -> None:
    """Have *path* on the disk before it takes the place of an older copy."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
