"""Who leads a database in a file: a lock of the operating system, which ends with its process.

The lock's file lies beside the database, survives a restore, and says by not being empty that
a service has led the database. A PostgreSQL server needs none: machines on it say that they live.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Event

from monitor.errors import StoreError, Told
from monitor.files import reason_of
from monitor.store.engine import connect, file_of, lock_file, named
from monitor.store.machines import living_machine

PATIENCE = 30.0  # seconds a second service waits for the first to end
LOOK_EVERY = 0.5
LED = b"led by freshness run\n"


@contextmanager
def led(url: str, stop: Event, patience: float = PATIENCE) -> Iterator[None]:
    """Be the only service on the database at *url* for the block.

    Waits up to *patience* seconds, or until *stop*, for another to end. Raises `StoreError`.
    """
    with _locked(file_of(url), fcntl.LOCK_EX, stop, patience) as held:
        if held is not None:
            os.pwrite(held, LED, 0)
        yield


@contextmanager
def beside(url: str) -> Iterator[None]:
    """Make passes on the database at *url* for the block, as others of the kind may at once.

    Raises `StoreError` where a service leads it, or machines work on a server's."""
    _refuse_beside_machines(url)
    with _locked(file_of(url), fcntl.LOCK_SH):
        yield


def _refuse_beside_machines(url: str) -> None:
    if file_of(url) is not None:
        return
    with closing(connect(url)) as database, database.reading() as connection:
        if living_machine(connection) is not None:
            raise _in_use(database.name)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Have the database file at *path* without any service on it. Raises `StoreError`."""
    with _locked(path, fcntl.LOCK_EX):
        yield


@contextmanager
def _locked(
    path: Path | None, how: int, stop: Event | None = None, patience: float = 0
) -> Iterator[int | None]:
    """Hold the lock of the database at *path*; a server's database has no path and no lock."""
    if path is None:
        yield None
        return
    held = _opened(path)
    try:
        _wait(path, held, how, stop or Event(), patience)
        yield held
    finally:
        os.close(held)


def _opened(path: Path) -> int:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(lock_file(path), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        why = reason_of(error)
        line = Told("{database} cannot be locked: {reason}", database=named(path), reason=why)
        raise StoreError(line) from None


def _wait(path: Path, held: int, how: int, stop: Event, patience: float) -> None:
    for _ in range(int(patience / LOOK_EVERY)):
        if _taken(held, how):
            return
        if stop.wait(LOOK_EVERY):
            break
    if not _taken(held, how):
        raise _in_use(named(path))


def _in_use(database: str) -> StoreError:
    return StoreError(
        Told(
            "{database} is in use: `freshness run` works on it; stop that first", database=database
        )
    )


def _taken(held: int, how: int) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(held, how | fcntl.LOCK_NB)
        return True
    return False
