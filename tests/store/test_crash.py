"""The process is killed between any two writes; what is left is whole."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from alerts.delivery.outbox import LEASE
from alerts.model import NoticeState
from monitor.store.engine import connect
from monitor.store.sql import open_store
from tests.store_values import NOON, WEIBO, alerted, registered

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]

# Opens and ends alerts without end, each with two notices, one of which it claims; says every step.
WORKER = """
import sys
from dataclasses import replace
from alerts.model import Reason
from monitor.store.sql import open_store
from tests.store_values import *
store = registered(open_store(sys.argv[1], NOON))
n = 0
while True:
    n += 1
    posts = (seen(f"{n}/{i}") for i in range(20))
    store.readings.record([recorded(RSSHUB, NOON + n * HOUR, *posts)])
    print("recorded", flush=True)
    alert = alerted(store, "zhang", "li")
    print("opened", flush=True)
    store.outbox.claim(NOON, 1)
    print("claimed", flush=True)
    with store.alerts.changing(alert.subject) as tx:
        tx.save(replace(alert, resolved_at=NOON, resolution=Reason.POSTED))
        tx.withdraw_unsent(alert.id, NOON)
    print("ended", flush=True)
"""

BROKEN = {
    "an open alert without its notices": "SELECT id FROM alerts"
    " WHERE (SELECT count(*) FROM notices WHERE alert = alerts.id) <> 2",
    "a notice without its alert": "SELECT id FROM notices"
    " WHERE alert NOT IN (SELECT id FROM alerts)",
    "an ended alert with notices never tried": "SELECT n.id FROM notices n"
    " JOIN alerts a ON a.id = n.alert WHERE a.resolved_at IS NOT NULL"
    " AND n.state = 'pending' AND n.attempts = 0",
    "a claim without its attempt": "SELECT id FROM notices"
    " WHERE attempts <> (SELECT count(*) FROM deliveries WHERE notice = notices.id)",
    "half a batch": "SELECT started_at FROM reading_rows"
    " WHERE 20 <> (SELECT count(*) FROM posts WHERE first_seen_at = started_at)",
    "a post without a sighting": "SELECT id FROM posts"
    " WHERE last_seen_at IS NULL AND id NOT IN (SELECT post FROM sightings)",
}


def killed_after(url: str, lines: int) -> None:
    """Run the worker on the database and kill −9 it while it goes on after *lines* steps."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, url], stdout=subprocess.PIPE, env=environment
    ) as worker:
        assert worker.stdout is not None
        for _ in range(lines):
            assert worker.stdout.readline()
        worker.send_signal(signal.SIGKILL)


@pytest.mark.parametrize("lines", [1, 2, 3, 4, 13, 26])
def test_F01_a_kill_between_any_two_writes_leaves_everything_whole(
    database_url: str, lines: int
) -> None:
    killed_after(database_url, lines)
    database = connect(database_url)
    with database.reading() as connection:
        found = {what: connection.execute(text(sql)).all() for what, sql in BROKEN.items()}
        whole = (
            connection.dialect.name != "sqlite"
            or connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
        )
    database.close()
    assert found == {what: [] for what in BROKEN}
    assert whole in (True, "ok")


CLAIM_AND_DIE = """
import os, signal, sys
from monitor.store.sql import open_store
from tests.store_values import NOON
assert len(open_store(sys.argv[1], NOON).outbox.claim(NOON)) == 1
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_F03_a_kill_while_sending_resumes_when_the_lease_has_run_out(database_url: str) -> None:
    store = registered(open_store(database_url, NOON))
    alert = alerted(store, "zhang")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    died = subprocess.run(
        [sys.executable, "-c", CLAIM_AND_DIE, database_url], env=environment, check=False
    )
    assert died.returncode == -signal.SIGKILL
    assert store.outbox.claim(NOON) == ()
    (again,) = store.outbox.claim(NOON + LEASE)
    assert (again.alert, again.attempts, again.state) == (alert.id, 2, NoticeState.PENDING)
    assert again.subject == WEIBO.id
    assert again.resent
    store.close()
