"""One service at a time on a database in a file, by a lock that ends with its process."""

import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from monitor.errors import StoreError
from monitor.machines import LIVES_FOR, Machine, Work
from monitor.store.locking import alone, beside, led
from monitor.store.sql import open_store
from tests.conftest import BIRTH

HOLDS = """
import sys
from threading import Event
from monitor.store.locking import led
with led(sys.argv[1], Event()):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database would be."""
    return tmp_path / "data" / "freshness.db"


Way = Callable[[Path], AbstractContextManager[None]]


def leading(path: Path) -> AbstractContextManager[None]:
    return led(f"sqlite:///{path}", Event(), patience=0)


def ticking(path: Path) -> AbstractContextManager[None]:
    return beside(f"sqlite:///{path}")


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        pytest.param(leading, leading, False, id="two services"),
        pytest.param(leading, ticking, False, id="a tick beside a service"),
        pytest.param(leading, alone, False, id="a restore while a service runs"),
        pytest.param(ticking, ticking, True, id="two ticks"),
        pytest.param(ticking, alone, False, id="a restore during a tick"),
    ],
)
def test_F71_who_may_work_side_by_side(path: Path, first: Way, second: Way, together: bool) -> None:
    with first(path):
        if together:
            with second(path):
                pass
        else:
            with pytest.raises(StoreError, match=r"freshness\.db is in use"), second(path):
                pass
    with second(path):
        pass


@pytest.mark.postgresql
def test_F71_a_tick_waits_until_no_machine_works_on_a_server(
    postgresql_url: str, unmigrated_postgresql_url: str
) -> None:
    with beside(postgresql_url), beside(unmigrated_postgresql_url):
        pass
    with closing(open_store(postgresql_url, BIRTH)) as store:
        now = store.machines.clock()
        assert now is not None
        one = Machine("a", "a", Work.WORKER, ("default",), "1.0", "digest", now, now)
        store.machines.beat(one)
        with pytest.raises(StoreError, match="is in use"), beside(postgresql_url):
            pass
        store.machines.beat(replace(one, seen_at=now - LIVES_FOR))
        with beside(postgresql_url):
            pass


def test_a_killed_service_holds_nothing(path: Path) -> None:
    held = subprocess.Popen(
        [sys.executable, "-c", HOLDS, f"sqlite:///{path}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with held:
        assert held.stdout is not None
        assert held.stdout.readline() == "held\n"
        with pytest.raises(StoreError), leading(path):
            pass
        held.send_signal(signal.SIGKILL)
    with leading(path):
        pass


def test_a_second_service_gets_the_database_when_the_first_ends(path: Path) -> None:
    asked = Event()

    class Stop(Event):
        """Notes that it is being waited for, and ends the first service then."""

        def wait(self, timeout: float | None = None) -> bool:
            asked.set()
            first.__exit__(None, None, None)
            return False

    first = leading(path)
    first.__enter__()
    with led(f"sqlite:///{path}", Stop()):
        assert asked.is_set()


def test_a_second_service_that_is_stopped_waits_no_longer(path: Path) -> None:
    stop = Event()
    stop.set()
    with leading(path), pytest.raises(StoreError), led(f"sqlite:///{path}", stop):
        pass


def test_a_server_keeps_any_number_apart() -> None:
    url = "postgresql://watch@db.example/freshness"
    with led(url, Event()), led(url, Event()):
        pass
