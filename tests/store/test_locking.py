"""One service at a time on a database in a file, by a lock that ends with its process."""

import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Event

import pytest

from monitor.errors import StoreError
from monitor.store.locking import alone, beside, led

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
    with led(url, Event()), led(url, Event()), beside(url):
        pass
