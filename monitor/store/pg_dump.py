"""A whole, checked copy of a PostgreSQL database, made by PostgreSQL's own tools."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from monitor.errors import StoreError, Told
from monitor.store.engine import Database

DUMP, RESTORE = "pg_dump", "pg_restore"
MOST_SECONDS = 3600


def dump(database: Database, path: Path) -> None:
    """Write *database* to *path*, in the form that `pg_restore` reads, and read its contents back.

    Raises `StoreError` where the tools are missing or refuse, e.g. a server newer than they are.
    """
    if not (shutil.which(DUMP) and shutil.which(RESTORE)):
        raise StoreError(
            Told(
                "{database}: a copy of a PostgreSQL database is made with {tool}, which is not "
                "here; install PostgreSQL's client programs",
                database=database.name,
                tool=DUMP,
            )
        )
    url = database.engine.url
    address = url.set(drivername="postgresql")._replace(password=None)
    wanted = address.render_as_string(hide_password=False)
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    _run(database, [DUMP, "-F", "custom", "-f", str(path), "-d", wanted], secret)
    _run(database, [RESTORE, "-l", str(path)], {})


def _run(database: Database, command: list[str], secret: dict[str, str]) -> None:
    done = subprocess.run(
        command,
        env={**os.environ, "LC_ALL": "C", **secret},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=MOST_SECONDS,
        check=False,
    )
    if done.returncode:
        said = " ".join(done.stderr.split()) or f"{command[0]} failed"
        line = Told("{database} cannot be backed up: {reason}", database=database.name, reason=said)
        raise StoreError(line)
