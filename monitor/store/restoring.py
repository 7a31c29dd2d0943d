"""Put a backup in the place of a database in a file, the old one kept aside."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from itertools import count
from pathlib import Path

from monitor.errors import Field, StoreError, Told, UsageError
from monitor.files import reason_of
from monitor.store.backup import flush
from monitor.store.engine import file_of, guarded, named, private
from monitor.store.locking import alone
from monitor.store.migrating import HEAD
from monitor.store.protocols.access import LOGGED_IN

BESIDE = ("-wal", "-shm")  # what SQLite keeps beside a database that is open


def restore(url: str, copy: Path, now: datetime, force: bool = False) -> Path | None:
    """Put the backup *copy* in the place of the database at *url*; with *force* also where there
    is one. Returns where the old one is kept. Its owner is the one that the copy names;
    nobody is logged in to the page any more.

    Raises `StoreError`, and changes nothing, if the copy is none of ours or damaged, or if a
    service runs; `UsageError` if a database is there and *force* is not.
    """
    path = file_of(url)
    if path is None:
        raise StoreError(
            Told("a PostgreSQL database is restored with pg_restore or psql, not here")
        )
    with alone(path):
        there = path.exists() and path.stat().st_size > 0
        if there and not force:
            raise UsageError(
                Told(
                    "database {path} is there already; {force} keeps it aside",
                    path=str(path),
                    force=Field("force"),
                )
            )
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            _read_back(copy, part)
            aside = _set_aside(path, now) if there else None
            _clear(path)
            part.replace(path)
        except OSError as error:
            line = Told(
                "{database} cannot be restored: {reason}",
                database=named(path),
                reason=reason_of(error),
            )
            raise StoreError(line) from None
        finally:
            part.unlink(missing_ok=True)
    return aside


def _read_back(copy: Path, part: Path) -> None:
    """Write *copy* to *part*, whole and checked."""
    if not copy.is_file():
        raise StoreError(Told("backup {file} is not there, or is no file", file=str(copy)))
    private(part)
    with guarded(Told("backup {file}", file=str(copy))), closing(_opened(copy)) as source:
        _check(source, copy)
        with closing(sqlite3.connect(part)) as target:
            source.backup(target)
            _end_sessions(target)
            target.execute("PRAGMA journal_mode = DELETE")
    flush(part)


def _opened(copy: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True)


def _check(source: sqlite3.Connection, copy: Path) -> None:
    if not _whole(source):
        raise StoreError(
            Told("backup {file} is damaged or cut off; take another one", file=str(copy))
        )
    ours = source.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    at = source.execute("SELECT version_num FROM alembic_version").fetchone() if ours else None
    if at is None or not isinstance(at[0], str):
        raise StoreError(Told("backup {file} is no database of this program", file=str(copy)))
    if at[0] > HEAD:
        raise StoreError(
            Told("backup {file} was written by a newer version; update the program", file=str(copy))
        )


def _whole(source: sqlite3.Connection) -> bool:
    try:
        return bool(source.execute("PRAGMA integrity_check").fetchone() == ("ok",))
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorname.startswith("SQLITE_CORRUPT"):
            return False
        raise


def _end_sessions(target: sqlite3.Connection) -> None:
    """Whoever has logged out since the copy was made would be let in by it again."""
    if target.execute("SELECT 1 FROM sqlite_master WHERE name = 'passes'").fetchone():
        with target:
            target.execute("DELETE FROM passes WHERE scope = ?", [LOGGED_IN])


def _set_aside(path: Path, now: datetime) -> Path:
    stem = f"{path.name}.before-restore-{now:%Y%m%dT%H%M%SZ}"
    names = (f"{stem}-{n}" if n else stem for n in count())
    aside = next(p for p in map(path.with_name, names) if not p.exists())
    # Everything into the one file that is kept; a damaged one stays as it is.
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as old:
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for end in BESIDE:
        with suppress(FileNotFoundError):
            Path(f"{path}{end}").rename(f"{aside}{end}")
    path.rename(aside)
    return aside


def _clear(path: Path) -> None:
    """A log that is left over would be played onto the restored database."""
    for end in BESIDE:
        Path(f"{path}{end}").unlink(missing_ok=True)
