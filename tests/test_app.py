"""A database lives by one clock."""

import pytest

from monitor.driver import Driver, claim
from monitor.store.base import Store


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
