"""Run as a process: decides and delivers, and dies at the first step, then at the second …

`python dying_ticks.py CONFIG DATABASE WEBHOOK`. A step is a transaction about to begin or to be
committed. What was read before is in DATABASE; each pass over it has a copy and the path
WEBHOOK/<step> of its own, and is followed by one that lives. Prints how many steps there are.
"""

import os
import shutil
import signal
import sys
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from alerts.delivery.outbox import LEASE
from monitor import app
from monitor.settings import loading

NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)


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


def read(config: Path, database: Path) -> None:
    """Make a pass's readings alone."""
    with opened(config, database, "http://127.0.0.1:9/none", NOON, reading=True) as one:
        one.service.wake()
        one.rounds.read_due(NOON)


def tell(config: Path, database: Path, hook: str, at: datetime, dies_at: int) -> None:
    """Decide and deliver."""
    with opened(config, database, hook, at) as one:
        die_at(dies_at)
        one.service.judge()
        one.service.deliver()


def opened(
    config: Path, database: Path, hook: str, at: datetime, reading: bool = False
) -> AbstractContextManager[app.App]:
    settings = loading.load(config, {"HOOK": hook})
    url = f"sqlite:///{database}"
    return app.opened(settings, lambda *_, **__: None, reading=reading, at=at, url=url)


def in_a_process(config: Path, database: Path, hook: str, at: datetime, dies_at: int) -> bool:
    """Make one pass in a process of its own; return whether it came to its end."""
    child = os.fork()
    if child == 0:
        tell(config, database, hook, at, dies_at)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
    return not os.WIFSIGNALED(status)


def main(config: Path, template: Path, hook: str) -> None:
    read(config, template)
    ended, step = False, 0
    while not ended:
        step += 1
        database = template.with_name(f"{step}.db")
        shutil.copyfile(template, database)
        address = f"{hook}/{step}"
        ended = in_a_process(config, database, address, NOON, step)
        if not ended:
            in_a_process(config, database, address, NOON + LEASE, 0)
    print(step - 1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
