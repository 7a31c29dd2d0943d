"""Machines of one database: what they say of themselves, and what one at a time holds."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import text

from monitor.clock import utc_now
from monitor.errors import StoreLostError
from monitor.machines import Idle, Machine, Visited, Work
from monitor.store.base import Store
from monitor.store.engine import Database, connect
from monitor.store.server_clock import ServerClock
from monitor.store.sql import open_store
from tests.rule_values import MINUTE, at
from tests.waiting import until

NOW = at("03-18 09:00")
A = Machine("a-1", "a", Work.SERVICE, ("default", "香港"), "1.0", "digest", NOW, NOW)
B = replace(A, id="b-1", name="b", work=Work.WORKER, off=timedelta(seconds=-31), idle=Idle.CLOCK)


def test_a_machine_is_as_it_last_said_until_it_leaves(store: Store) -> None:
    store.machines.beat(B)
    store.machines.beat(A)
    assert store.machines.all() == [A, B]
    later = replace(A, seen_at=NOW + MINUTE)
    store.machines.beat(later)
    assert store.machines.all() == [later, B]
    store.machines.forget(NOW + MINUTE)
    assert store.machines.all() == [later]
    store.machines.leave(A.id)
    assert store.machines.all() == []


def test_a_lease_is_one_machines_until_it_runs_out_or_is_let_go(store: Store) -> None:
    def take(machine: str, after: timedelta = timedelta(0)) -> bool:
        now = NOW + after
        return store.machines.take("leads", machine, now, now + MINUTE)

    assert take("a") is True
    assert take("b") is False
    assert take("a", MINUTE / 2) is True  # it holds it for longer
    assert take("b", MINUTE) is False
    assert store.machines.holder("leads", NOW + MINUTE) == "a"
    assert take("b", 1.5 * MINUTE) is True
    assert take("a", 1.5 * MINUTE) is False
    store.machines.let_go("leads", "a")  # it is not its own any more
    assert store.machines.holder("leads", NOW + 2 * MINUTE) == "b"
    store.machines.leave("b")
    assert store.machines.holder("leads", NOW + 2 * MINUTE) is None
    assert take("a", 2 * MINUTE) is True


def test_of_many_that_want_a_lease_at_once_one_gets_it(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        until = NOW + MINUTE
        names = [str(n) for n in range(8)]
        got = list(pool.map(lambda n: store.machines.take("leads", n, NOW, until), names))
    assert got.count(True) == 1
    assert store.machines.holder("leads", NOW) == str(got.index(True))


def test_the_end_of_a_visit_that_read_nothing_leaves_when_one_did(store: Store) -> None:
    store.machines.visited("rsshub", Visited(NOW, NOW, NOW + MINUTE))
    later = NOW + MINUTE
    store.machines.visited("rsshub", Visited(later, None, later))
    store.machines.visited("wewe", Visited(NOW, None, NOW))
    assert store.machines.visits() == {
        "rsshub": Visited(later, NOW, later),
        "wewe": Visited(NOW, None, NOW),
    }
    assert set(store.machines.visits(["wewe"])) == {"wewe"}


@pytest.mark.postgresql
def test_now_is_what_the_server_says_however_far_off_a_machine_is(postgresql_url: str) -> None:
    store = open_store(postgresql_url, NOW)
    clocks = [ServerClock(store.machines, partial(ahead, off)) for off in OFF]
    said = [clock() for clock in clocks]
    assert [round(clock.compare() / MINUTE) for clock in clocks] == [0, 10, -10]
    assert max(said) - min(said) < MINUTE
    store.close()


def halts(halted: Database, store: Store) -> None:
    """Write many rows, and then nothing more until others have let go of them."""
    rows = [{"key": f"{n}"} for n in range(3)]
    with halted.writing() as connection:
        connection.execute(text("INSERT INTO notes (key, value) VALUES (:key, '')"), rows)
        assert store.machines.let_go_of_halted(MINUTE) == 0  # it may only be slow
        until(lambda: store.machines.let_go_of_halted(timedelta(0)) == 1)
        until(lambda: store.machines.let_go_of_halted(timedelta(0)) == 0)
        store.notes.set("1", "taken")  # nobody holds it any more
        connection.execute(text("SELECT 1"))


@pytest.mark.postgresql
def test_what_a_halted_machine_holds_is_let_go_of_also_after_many_rows_at_once(
    postgresql_url: str,
) -> None:
    store, halted = open_store(postgresql_url, NOW), connect(postgresql_url)
    with pytest.raises(StoreLostError):
        halts(halted, store)
    assert (store.notes.get("0"), store.notes.get("1")) == (None, "taken")
    halted.close()
    store.close()


def ahead(off: timedelta) -> datetime:
    return utc_now() + off


OFF = (timedelta(0), 10 * MINUTE, -10 * MINUTE)


def test_a_file_has_no_clock_of_its_own(sqlite_store: Store) -> None:
    clock = ServerClock(sqlite_store.machines, lambda: NOW)
    assert (clock(), clock.compare()) == (NOW, timedelta(0))
