"""One service on PostgreSQL without what several machines share their work with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from monitor.store.sql import open_store
from tests.conftest import BIRTH
from tests.story.processes import environment, shipped
from tests.waiting import PATIENCE, until

pytestmark = [pytest.mark.long, pytest.mark.postgresql]

WITHOUT = (
    "import sys; sys.modules['procrastinate'] = None; "
    "from monitor.commands.main import main; main()"
)


def test_a_service_reads_judges_and_notifies_by_itself(tmp_path: Path, postgresql_url: str) -> None:
    config = shipped(tmp_path)
    monitor = config / "monitor.toml"
    text = monitor.read_text(encoding="utf-8")
    database = f'database = "{postgresql_url}" #'
    monitor.write_text(text.replace("database =", database, 1), encoding="utf-8")
    words = [sys.executable, "-c", WITHOUT, "--config", str(config), "run"]
    with (tmp_path / "log").open("w") as log:
        service = subprocess.Popen(
            words, stdout=log, stderr=log, env=environment(), cwd=config.parent
        )
    store = open_store(postgresql_url, BIRTH)
    try:
        until(lambda: service.poll() is not None or store.notes.heartbeat().last_tick_at)
        until(lambda: service.poll() is not None or not store.sources.untried())
        assert service.poll() is None, (tmp_path / "log").read_text(encoding="utf-8")
        [machine] = store.machines.all()
        assert machine.idle is None
        service.terminate()
        assert service.wait(PATIENCE) == 0
        assert store.machines.all() == []
    finally:
        service.kill()
        service.wait()
        store.close()
