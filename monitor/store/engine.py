"""Open a database and run transactions on it; its failures become `StoreError`s of one line.

The only place that knows how SQLite and PostgreSQL differ in opening, locking and failing.
Knows no table.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, local
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, StatementError
from sqlalchemy.exc import TimeoutError as NoRoom

from monitor.errors import StoreError, StoreLostError, Told
from monitor.files import reason_of
from monitor.store.server_session import ASKED, LOST_AFTER, OURS, WAIT, unfit

EXPECTED = Told("expected sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")
WRITES = "writes"  # execution option of a connection whose transaction is going to write


Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Picture:
    """What one transaction sees, for all that its thread reads meanwhile, and what it has read."""

    connection: Connection
    read: dict[Hashable, Any] = field(default_factory=dict)


class Here(local):
    """What the thread that asks is looking at."""

    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Database:
    """An open database. *name* is fit to be shown: it holds no password.

    *path* and *inode* say which file an SQLite database was when it was opened; *turn* is held
    by whichever thread writes to it: hundreds of gateways read side by side may want to at once,
    and SQLite's own waiting knows no order and ends.
    """

    engine: Engine
    name: str
    path: Path | None = None
    inode: int | None = None
    turn: Lock = field(default_factory=Lock)
    here: Here = field(default_factory=Here)

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Within the block all that this thread reads is by one connection, until it writes; of a
        file it is of one instant."""
        with guarded(self.name), self.engine.connect() as connection:
            self._check_file()
            self.here.picture = Picture(connection)
            try:
                yield
            finally:
                self.here.picture = None

    def once(self, what: Hashable, read: Callable[[Connection], Found]) -> Found:
        """Return what *read* finds; of one picture it is read once for all who ask *what*."""
        with self.reading() as connection:
            picture = self.here.picture
            if picture is None:
                return read(connection)
            if what not in picture.read:
                picture.read[what] = read(connection)
            found: Found = picture.read[what]
            return found

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection in a transaction that only reads: one picture, no lock."""
        if (picture := self.here.picture) is not None:
            with self._seen(picture):
                yield picture.connection
            return
        with guarded(self.name), self.engine.connect() as connection:
            self._check_file()
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection in a transaction that commits at the end of the block.

        On SQLite it holds the write lock from the start, so that nothing read inside can be
        out of date by the time it is written.
        """
        self.here.picture = None  # what is read next shows what is written
        with self._alone(), guarded(self.name), self.engine.connect() as connection:
            self._check_file()
            connection.execution_options(**{WRITES: True})
            with connection.begin():
                yield connection

    @contextmanager
    def _seen(self, picture: Picture) -> Iterator[None]:
        try:
            with guarded(self.name):
                yield
        except BaseException:
            if self.here.picture is picture:  # its transaction may be good for nothing now
                self.here.picture = None
            raise

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if self.path is None:  # a server keeps its writers apart row by row
            yield
            return
        with self.turn:
            yield

    @contextmanager
    def rebuilding(self) -> Iterator[Connection]:
        """Yield a connection for changing the tables themselves, all or nothing.

        SQLite rebuilds a table by copying it, which foreign keys would not let happen; they
        are checked as a whole before the commit instead.
        """
        with guarded(self.name), self.engine.connect() as connection:
            connection.execution_options(**{WRITES: True})
            _switch_foreign_keys(connection, False)
            try:
                with connection.begin():
                    _take_time(connection)
                    yield connection
                    _check_foreign_keys(connection, self.name)
            finally:
                _switch_foreign_keys(connection, True)

    def _check_file(self) -> None:
        # An open connection would go on writing into a file that nobody can find any more.
        if self.path is not None and _inode(self.path) != self.inode:
            raise StoreError(
                Told(
                    "{database} was removed or replaced while in use; start again",
                    database=self.name,
                )
            )

    def close(self) -> None:
        """Give back connections."""
        self.engine.dispose()


@dataclass(frozen=True, slots=True)
class Within:
    """A transaction that is open already: reading and writing by it take part in it."""

    connection: Connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield the connection of the transaction."""
        yield self.connection

    writing = reading

    def once(self, what: Hashable, read: Callable[[Connection], Found]) -> Found:
        """Return what *read* finds."""
        del what
        return read(self.connection)


def connect(url: str) -> Database:
    """Open and return the database at *url*; creates an SQLite file and its folder, but no tables.

    Raises `StoreError` if the address is bad, the file no database, the server unreachable.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        line = Told(
            "service.database is not an address of a database; {expected}", expected=EXPECTED
        )
        raise StoreError(line) from None
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    if parsed.get_backend_name() in ("postgresql", "postgres"):
        return _postgresql(parsed)
    raise StoreError(
        Told(
            'service.database: "{kind}" is not supported; {expected}',
            kind=parsed.drivername,
            expected=EXPECTED,
        )
    )


def server_address(url: str, schema: str) -> str | None:
    """Return the address of the PostgreSQL database at *url* as PostgreSQL's own library reads it,
    with its tables in *schema*; None for a file."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return None
    found = parsed.query.get("options", "")
    asked = found if isinstance(found, str) else " ".join(found)
    options = f"{ASKED} {asked} -c search_path={schema}"
    full = {**LOST_AFTER, **parsed.query, "options": options}
    rendered = parsed.set(drivername="postgresql", query=full).render_as_string(False)
    where, mark, query = rendered.partition("?")
    return where + mark + query.replace("+", "%20")  # a plus is no space to that library


def lock(connection: Connection, name: str, shared: bool = False) -> None:
    """Keep every other transaction that asks for *name* waiting until this one ends; one that
    *shared* asks for it, only those that do not.

    SQLite needs none: its writers are alone already.
    """
    if connection.dialect.name == "postgresql":
        held = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
        connection.execute(select(held(func.hashtextextended(name, 0))))


@contextmanager
def guarded(name: str) -> Iterator[None]:
    """Turn the library's and the drivers' errors inside the block into `StoreError`."""
    try:
        yield
    except DBAPIError as error:
        kind = StoreLostError if out_of_reach(error.orig) else StoreError
        raise kind(_failed(name, error.orig)) from error
    except StatementError as error:
        if isinstance(error.orig, ValueError):  # a naive instant: the caller's mistake
            raise error.orig from None
        raise
    except (NoRoom, sqlite3.Error, UnicodeDecodeError) as error:  # in the words of the driver
        raise StoreError(_failed(name, error)) from error


def _failed(name: str, error: BaseException | None) -> Told:
    return Told("{database} {problem}", database=name, problem=_reason(error))


def _sqlite(url: URL) -> Database:
    path = _path(url)
    name = named(path)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        line = Told(
            "{database} cannot be created: {reason}", database=name, reason=reason_of(error)
        )
        raise StoreError(line) from None
    _refuse_emptied(path, name)
    private(path)
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        connect_args={} if "timeout" in url.query else {"timeout": WAIT},
        max_overflow=20,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _on_sqlite_connect)
    event.listen(engine, "begin", _on_sqlite_begin)
    with guarded(name), engine.connect() as connection:
        _keep_log_ahead(connection)
    return Database(engine, name, path, _inode(path))


def named(where: str | Path) -> Told:
    """Return how the database that is in *where* is called."""
    return Told("database {where}", where=str(where))


def file_of(url: str) -> Path | None:
    """Return the file of the SQLite database at *url*; None for a server's."""
    parsed = make_url(url)
    return _path(parsed) if parsed.get_backend_name() == "sqlite" else None


def lock_file(path: Path) -> Path:
    """Return the file beside the database at *path* by which a service holds it."""
    return path.with_name(f"{path.name}.lock")


def private(path: Path) -> None:
    """Make an empty file that only its owner may read, where there is none.

    One that cannot be made is reported by whoever goes on to write it."""
    with suppress(OSError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _refuse_emptied(path: Path, name: str) -> None:
    """An empty file is no new database where a service has led one."""
    mark = lock_file(path)
    with suppress(OSError):
        if path.stat().st_size == 0 and mark.stat().st_size > 0:
            raise StoreError(
                Told(
                    "{database} is empty, and `freshness run` has worked on it: put a backup there "
                    "by `freshness restore FILE`, or remove {mark} to begin anew",
                    database=name,
                    mark=str(mark),
                )
            )


def _path(url: URL) -> Path:
    name = (url.database or "").removeprefix("file:")
    if name in ("", ":memory:") or url.query.get("mode") == "memory":
        raise StoreError(
            Told("service.database: a database in memory forgets everything; name a file")
        )
    return Path(name).absolute()


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except OSError:
        return None


def _keep_log_ahead(connection: Connection) -> None:
    """Let readers and a writer work side by side (write-ahead log), for good."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    if raw.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        raw.execute("PRAGMA journal_mode = WAL")


def _take_time(connection: Connection) -> None:
    """Let this transaction work, and think between two statements, for as long as it has to."""
    if connection.dialect.name == "postgresql":
        for limit in ("idle_in_transaction_session_timeout", "statement_timeout"):
            connection.exec_driver_sql(f"SET LOCAL {limit} = 0")


def _switch_foreign_keys(connection: Connection, on: bool) -> None:
    raw = connection.connection.driver_connection
    if isinstance(raw, sqlite3.Connection):  # outside of any transaction, where it has effect
        raw.execute(f"PRAGMA foreign_keys = {'ON' if on else 'OFF'}")


def _check_foreign_keys(connection: Connection, name: str) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise StoreError(
            Told(
                "{database} holds a row of {table} that belongs to no {other}",
                database=name,
                table=broken[0],
                other=broken[2],
            )
        )


def _on_sqlite_connect(raw: sqlite3.Connection, _: Any) -> None:
    # The driver's own transaction handling begins too late, and never for a SELECT.
    raw.isolation_level = None
    raw.execute("PRAGMA foreign_keys = ON")
    raw.execute("PRAGMA synchronous = FULL")


def _on_sqlite_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    raw = connection.connection.driver_connection  # its own way would cost what a statement does
    assert isinstance(raw, sqlite3.Connection)
    raw.execute("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(url: URL) -> Database:
    options = f"{ASKED} -c lock_timeout={WAIT}s {url.query.get('options', '')}"
    try:
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            connect_args={**LOST_AFTER, "application_name": OURS, **url.query, "options": options},
            max_overflow=20,
            pool_pre_ping=True,
            hide_parameters=True,
        )
    except ImportError:
        raise StoreError(
            Told(
                "service.database: PostgreSQL's driver is not installed; {command}",
                command='pip install "account-freshness-monitor[postgresql]"',
            )
        ) from None
    name = named(_shown(url))
    with guarded(name), engine.connect() as connection:
        refused = unfit(connection, name)
    if refused is not None:
        engine.dispose()
        raise StoreError(refused)
    return Database(engine, name)


def _shown(url: URL) -> str:
    user = f"{url.username}@" if url.username else ""
    port = f":{url.port}" if url.port else ""
    return f"postgresql://{user}{url.host or ''}{port}/{url.database or ''}"


SQLITE_REASONS = {
    "SQLITE_BUSY": Told("is locked by another process"),
    "SQLITE_LOCKED": Told("is locked by another process"),
    "SQLITE_READONLY": Told("cannot be written: it is read-only"),
    "SQLITE_FULL": Told("cannot be written: the disk is full"),
    "SQLITE_CORRUPT": Told("is damaged; restore a backup"),
    "SQLITE_NOTADB": Told("is not an SQLite database"),
    "SQLITE_CANTOPEN": Told("cannot be opened: the file or its folder is not accessible"),
    "SQLITE_IOERR": Told("cannot be read or written: the disk fails or is full"),
    "SQLITE_CONSTRAINT": Told("refused a row that does not fit"),
}
POSTGRESQL_REASONS = {
    "08": Told("is unreachable"),
    "23": Told("refused a row that does not fit"),
    "25006": Told("cannot be written: it is read-only"),
    "25P03": Told("has ended a transaction that stood still"),
    "28": Told("refuses the login"),
    "3D000": Told("does not exist"),
    "53100": Told("cannot be written: the disk is full"),
    "53": Told("has no room for another connection or more work"),
    "55P03": Told("is locked by another process"),
    "57": Told("is unreachable: it is shutting down or starting"),
    "58": Told("cannot be read or written: its disk fails"),
    "XX": Told("is damaged; restore a backup"),
}


def out_of_reach(error: BaseException | None) -> bool:
    """Return whether *error* says that a server cannot be reached, and may be at any moment."""
    if not type(error).__module__.startswith("psycopg"):
        return False
    import psycopg  # noqa: PLC0415 - a database in a file never loads it

    state = error.sqlstate if isinstance(error, psycopg.Error) else None
    return isinstance(error, psycopg.OperationalError) and (state or "08").startswith(("08", "57P"))


def _reason(error: BaseException | None) -> str:
    if isinstance(error, sqlite3.Error):
        return _sqlite_reason(error)
    if type(error).__module__.startswith("psycopg"):
        import psycopg  # noqa: PLC0415 - a database in a file never loads it

        assert isinstance(error, psycopg.Error)
        lost = isinstance(error, psycopg.OperationalError)
        return _postgresql_reason(error.sqlstate, lost, _line(error))
    return _unknown(_line(error))


def _sqlite_reason(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorname", None) or ""
    plain = "_".join(code.split("_")[:2])
    reason = SQLITE_REASONS.get(plain) or _unknown(_line(error))
    return _with(reason, _line(error)) if plain == "SQLITE_CONSTRAINT" else reason


def _postgresql_reason(state: str | None, lost: bool, line: str) -> str:
    if state is None:
        return Told("is unreachable: {reason}", reason=line) if lost else _unknown(line)
    for prefix in (state, state[:2]):
        if prefix in POSTGRESQL_REASONS:
            return _with(POSTGRESQL_REASONS[prefix], line)
    return _unknown(line)


def _unknown(line: str) -> Told:
    return Told("failed: {reason}", reason=line)


def _with(problem: Told, line: str) -> Told:
    return Told("{problem} ({reason})", problem=problem, reason=line)


def _line(error: BaseException | None) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
