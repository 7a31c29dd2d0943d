"""A database lives by one clock."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.app import opened
from monitor.clock import utc_now
from monitor.driver import Driver, claim, last_pass
from monitor.machines import Machine, Work
from monitor.settings import sample
from monitor.settings.loading import load
from monitor.store.base import Store
from monitor.store.sql import open_store
from tests.rule_values import HOUR, at


@pytest.mark.parametrize(
    ("before", "driver", "granted"),
    [
        pytest.param([], Driver.RUN, True, id="the service takes a new one"),
        pytest.param([], Driver.TICK, True, id="a clock set by hand takes a new one"),
        pytest.param([Driver.RUN], Driver.RUN, True, id="the service keeps its own"),
        pytest.param([Driver.RUN], Driver.TICK, False, id="what the service led is not driven"),
        pytest.param([Driver.TICK], Driver.RUN, False, id="what was driven is not led"),
        pytest.param(
            [Driver.TICK, Driver.RUN], Driver.TICK, True, id="who was refused has changed nothing"
        ),
    ],
)
def test_a_database_has_one_clock_for_good(
    sqlite_store: Store, before: list[Driver], driver: Driver, granted: bool
) -> None:
    for earlier in before:
        claim(sqlite_store, earlier)
    assert claim(sqlite_store, driver) is granted


@pytest.mark.postgresql
def test_whether_the_service_runs_goes_by_the_clock_of_its_database(postgresql_url: str) -> None:
    with closing(open_store(postgresql_url, utc_now())) as store:
        beat = store.machines.clock()
        assert beat is not None
        store.notes.beat(beat, beat)
    last, now = last_pass(postgresql_url, lambda: utc_now() - HOUR)
    assert last == beat
    assert beat < now < beat + HOUR / 2


NOW = at("03-18 09:00")
ONE = Machine("a-1", "甲机", Work.SERVICE, ("default",), "1.0", "x", NOW, NOW)


@pytest.mark.parametrize(
    ("machines", "shared"),
    [
        ([], False),
        ([ONE], False),
        ([ONE, replace(ONE, id="a-2", work=Work.WORKER)], False),
        ([ONE, replace(ONE, id="b-1", name="乙机")], True),
        ([ONE, replace(ONE, id="b-1", name="乙机", seen_at=NOW - HOUR)], False),
    ],
    ids=["none", "one", "two processes of one", "two", "one that died"],
)
def test_several_machines_have_files_of_their_own(
    tmp_path: Path, machines: list[Machine], shared: bool
) -> None:
    sample.write(tmp_path / "config")
    with opened(load(tmp_path / "config", {}), lambda *_, **__: None, clock=lambda: NOW) as app:
        for one in machines:
            app.store.machines.beat(one)
        assert app.shared() == shared
