"""A real process dies at each step between decision and record; no message is lost for it."""

import importlib.util
import json
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from pytest_httpserver import HTTPServer

from alerts.delivery.outbox import LEASE
from alerts.model import NoticeState
from monitor.store.sql import open_store
from tests.waiting import PATIENCE

pytestmark = pytest.mark.long

SCRIPT = Path(__file__).with_name("dying_sender.py")
ROOT = SCRIPT.parents[3]


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dying_sender", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


sender = loaded()


def started(database: str, url: str, step: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(SCRIPT), database, url, step]
    return subprocess.Popen(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)})


def bodies(server: HTTPServer) -> list[tuple[str, bool]]:
    """What the webhook got: each notice's id, and whether it was marked as sent again."""
    found = [json.loads(request.get_data()) for request, _ in server.log]
    return [(body["id"], body["resent"]) for body in found]


@pytest.fixture
def hook(httpserver: HTTPServer) -> str:
    """The address of a real receiver that accepts everything."""
    httpserver.expect_request("/hook", method="POST").respond_with_data("ok")
    return httpserver.url_for("/hook")


@pytest.mark.parametrize(
    ("step", "before", "after"),
    [
        pytest.param("decided", [], [("notice-1", False)], id="F01 after the decision"),
        pytest.param("claimed", [], [("notice-1", True)], id="F03 after the claim"),
        pytest.param(
            "sent",
            [("notice-1", False)],
            [("notice-1", False), ("notice-1", True)],
            id="F02 after sending, before the record",
        ),
        pytest.param(
            "settled", [("notice-1", False)], [("notice-1", False)], id="after the record"
        ),
    ],
)
def test_a_killed_process_loses_no_message(
    step: str,
    before: list[tuple[str, bool]],
    after: list[tuple[str, bool]],
    sqlite_url: str,
    hook: str,
    httpserver: HTTPServer,
) -> None:
    assert started(sqlite_url, hook, step).wait(PATIENCE) == -signal.SIGKILL
    assert bodies(httpserver) == before
    store = open_store(sqlite_url, sender.NOW)
    sender.deliver(store, hook, sender.NOW + LEASE)
    [alert] = store.alerts.open()
    [notice] = store.alerts.notices_of([alert.id])[alert.id]
    assert (bodies(httpserver), notice.state) == (after, NoticeState.SENT)
    store.close()


def test_F01_a_process_killed_inside_the_decision_has_decided_nothing(
    sqlite_url: str, hook: str, httpserver: HTTPServer
) -> None:
    assert started(sqlite_url, hook, "half decided").wait(PATIENCE) == -signal.SIGKILL
    store = open_store(sqlite_url, sender.NOW)
    assert list(store.alerts.open()) == []
    sender.decide(store)
    sender.deliver(store, hook, sender.NOW)
    assert bodies(httpserver) == [("notice-1", False)]
    store.close()


def test_F05_three_processes_on_one_database_send_each_message_once(
    database_url: str, hook: str, httpserver: HTTPServer
) -> None:
    store = open_store(database_url, sender.NOW)
    sender.decide(store, count=250)
    store.close()
    running = [started(database_url, hook, "never") for _ in range(3)]
    assert [process.wait(PATIENCE) for process in running] == [0, 0, 0]
    expected = [(f"notice-{number}", False) for number in range(1, 251)]
    assert sorted(bodies(httpserver)) == sorted(expected)
