"""What keeps a database sound: a daily backup of its file, and a daily look at what is kept.

One checked copy a local day, the newest ones kept. What goes wrong stops nothing else: the operator
is notified once, until it is right again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from alerts.common.local_time import local_day
from monitor.app import App
from monitor.errors import StoreError
from monitor.judging.cases import BACKUP, KEPT

Free = Callable[[Path], int]
DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"  # in the name of a copy
ROOM = 2  # times the size of the database that has to be free


def free_bytes(folder: Path) -> int:
    """Return how many bytes are free where *folder* lies. Raises `OSError`."""
    return shutil.disk_usage(folder).free


def back_up(app: App, free: Free = free_bytes) -> None:
    """Write today's backup, unless there is one or the database is a server's.

    Damaged rows are mended before. Older ones beyond `backups_keep` are removed. If there is too
    little room, or it cannot be written, there is an alert of kind `self` until one is written
    again.
    """
    file, folder = app.store.file(), app.settings.backups
    if file is None or folder is None:
        return
    now = app.clock()
    copy = copy_of(folder, file, local_day(now, app.settings.zone))
    if copy.exists():
        return
    app.store.damages.mend()
    try:
        _write(app, file, copy, free)
    except (StoreError, OSError) as error:
        app.log("backup_failed", error=str(error))
        why = app.words.text("the daily backup was not made: see the log")
        app.engine.note_own(BACKUP, why, now)
        return
    except _NoRoomError:
        app.log("backup_skipped", reason="too little room on the disk")
        trouble = app.words.text("the daily backup was not made: too little room on the disk")
        app.engine.note_own(BACKUP, trouble, now)
        return
    app.engine.note_own(BACKUP, None, now)
    for old in surplus(copies(folder, file), app.settings.backups_keep):
        old.unlink(missing_ok=True)


def recheck(app: App) -> list[str]:
    """Hold what is kept of all accounts against their facts; return the accounts of which it was
    wrong. They are judged anew, and the operator is notified, until all of it is right."""
    now = app.clock()
    recounted = app.store.posts.recounted_days()
    judged = app.engine.disagreeing(now, app.store.notes.heartbeat().awake_since)
    wrong = sorted({*judged, *recounted})
    if wrong:
        app.log("standings_wrong", accounts=",".join(wrong))
    said = app.words.text("what was kept of {n} accounts was wrong; they were judged anew")
    app.engine.note_own(KEPT, said.format(n=len(wrong)) if wrong else None, now)
    return wrong


class _NoRoomError(Exception):
    """There is too little room for a copy."""


def _write(app: App, file: Path, copy: Path, free: Free) -> None:
    copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for cut_short in copy.parent.glob(f".{file.stem}-{DAY}.db.*.part"):
        cut_short.unlink(missing_ok=True)
    if free(copy.parent) < ROOM * file.stat().st_size:
        raise _NoRoomError
    app.store.backup_to(copy)
    app.log("backup_written", file=str(copy))


def copy_of(folder: Path, file: Path, day: date) -> Path:
    """Return where the backup of *day* of the database *file* lies."""
    return folder / f"{file.stem}-{day.isoformat()}.db"


def copies(folder: Path, file: Path) -> list[Path]:
    """Return the daily backups of the database *file*, and nothing else that lies there."""
    return [path for path in folder.glob(f"{file.stem}-{DAY}.db") if path.is_file()]


def last_backup(app: App) -> datetime | None:
    """Return when the newest daily backup was written; None if there is none."""
    file, folder = app.store.file(), app.settings.backups
    if file is None or folder is None:
        return None
    written = [path.stat().st_mtime for path in copies(folder, file)]
    return datetime.fromtimestamp(max(written), UTC) if written else None


def surplus(found: Sequence[Path], keep: int) -> list[Path]:
    """Return which of the backups *found* go, so that the newest *keep* stay."""
    return sorted(found)[:-keep]
