"""Run as a process: `freshness tick --at` that is killed at a step, or whose disk fills up.

`python dying_pass.py CONFIG INSTANT killed|disk STEP`. A step is a transaction about to begin or
to be committed. With `disk` no file may grow by more than STEP pages of 4 KiB; where the database
is a server's, it is lost from that step on.
"""

import os
import resource
import runpy
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

PAGE = 4096


def die_at(step: int) -> None:
    """Have this process killed when it comes to its *step*."""
    passed = 0

    def count(*_: Any) -> None:
        nonlocal passed
        passed += 1
        if passed == step:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "begin", count)
    event.listen(Engine, "commit", count)


def lose_server(step: int) -> None:
    """Have every connection break from the *step* on."""
    passed = 0

    def count(connection: Any) -> None:
        nonlocal passed
        passed += 1
        if passed >= step:
            connection.connection.driver_connection.close()

    event.listen(Engine, "begin", count)
    event.listen(Engine, "commit", count)


def fill_disk(database: Path, pages: int) -> None:
    """Let no file of this process become larger than *database* is, and *pages*."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    most = (pages if pages % 2 else pages + database.stat().st_size // PAGE) * PAGE
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def main(config: str, at: str, how: str, step: int) -> None:
    if how == "killed":
        die_at(step)
    elif (database := Path(config).parent / "freshness.db").exists():
        fill_disk(database, step)
    else:
        lose_server(step)
    sys.argv = ["freshness", "--config", config, "tick", "--at", at]
    runpy.run_module("monitor", run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
