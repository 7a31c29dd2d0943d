"""Which machine may do what, by what all of them last said."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.machines import (
    LIVES_FOR,
    MOST_OFF,
    Idle,
    Machine,
    Visit,
    Waiting,
    Work,
    backlog,
    backlog_read,
    backlog_written,
    idle,
    outdated,
    ruling,
    stranger,
    unworked,
)
from tests.rule_values import MINUTE, at

NOW = at("03-18 09:00")
SECOND = timedelta(seconds=1)


def machine(
    name: str,
    configuration: str = "new",
    loaded: timedelta = MINUTE,
    seen: timedelta = SECOND,
    work: Work = Work.SERVICE,
    zones: tuple[str, ...] = ("default",),
    off: timedelta = timedelta(0),
    stops: Idle | None = None,
    version: str = "1.0",
) -> Machine:
    """A machine that has *loaded* its configuration, and was *seen*, so long ago."""
    when = (NOW - loaded, NOW - seen)
    return Machine(name, name, work, zones, version, configuration, *when, off, stops)


ME = machine("me", "ours", loaded=2 * MINUTE)


@pytest.mark.parametrize(
    ("others", "why"),
    [
        pytest.param([], None, id="a machine by itself"),
        pytest.param([machine("b", "ours")], None, id="another has read the same files"),
        pytest.param([machine("b", "theirs")], Idle.CONFIGURATION, id="another has newer ones"),
        pytest.param(
            [machine("b", "theirs", loaded=3 * MINUTE)], None, id="another has read older ones"
        ),
        pytest.param(
            [machine("b", "theirs", seen=LIVES_FOR)], None, id="who has read newer ones is dead"
        ),
        pytest.param(
            [machine("b", "theirs", work=Work.WORKER)], None, id="a worker has read newer ones"
        ),
    ],
)
def test_the_configuration_read_last_by_a_living_service_is_in_force(
    others: list[Machine], why: Idle | None
) -> None:
    assert idle(ME, [ME, *others], NOW) is why


@pytest.mark.parametrize(
    ("off", "why"),
    [
        pytest.param(MOST_OFF, None, id="half a minute ahead"),
        pytest.param(-MOST_OFF, None, id="half a minute behind"),
        pytest.param(MOST_OFF + SECOND, Idle.CLOCK, id="further ahead"),
        pytest.param(-MOST_OFF - SECOND, Idle.CLOCK, id="further behind"),
    ],
)
def test_a_machine_whose_clock_is_far_off_does_not_judge(off: timedelta, why: Idle | None) -> None:
    me = machine("me", off=off)
    assert idle(me, [me], NOW) is why


def test_where_no_service_lives_no_configuration_is_in_force() -> None:
    dead, worker = machine("dead", seen=LIVES_FOR), machine("worker", work=Work.WORKER)
    assert ruling([dead, worker], NOW) is None
    assert idle(worker, [dead, worker], NOW) is None


def test_of_two_that_read_in_one_moment_all_believe_the_same() -> None:
    a, b = machine("a", "one"), machine("b", "other")
    assert ruling([a, b], NOW) == ruling([b, a], NOW) == "other"


def test_a_living_machine_of_another_version_is_a_stranger_and_a_dead_one_is_not() -> None:
    old = machine("old", version="0.9")
    assert stranger("1.0", [ME, old], NOW) is old
    assert stranger("1.0", [ME, machine("old", version="0.9", seen=LIVES_FOR)], NOW) is None


@pytest.mark.parametrize(
    ("others", "left"),
    [
        pytest.param([machine("a")], ["hk"], id="nobody ever came"),
        pytest.param([machine("a", zones=("default", "hk"))], [], id="somebody reads for it"),
        pytest.param([machine("a", zones=("default", "hk"), off=-MINUTE)], [], id="a clock is off"),
        pytest.param(
            [machine("a"), machine("b", zones=("hk",), seen=LIVES_FOR)], ["hk"], id="who did died"
        ),
        pytest.param(
            [machine("a"), machine("b", zones=("hk",), stops=Idle.CONFIGURATION)],
            ["hk"],
            id="who would has read other files",
        ),
    ],
)
def test_a_zone_with_gateways_that_nobody_works_in(others: list[Machine], left: list[str]) -> None:
    zones = {"default": ["a", "b"], "hk": ["c"], "empty": []}
    assert unworked(zones, others, NOW) == left


def test_the_backlog_counts_by_zone_and_is_kept_as_text() -> None:
    visits = [
        Visit("a", "default", NOW - MINUTE),
        Visit("b", "default", NOW - 2 * MINUTE),
        Visit("c", "default", NOW - 5 * MINUTE, running=True),
        Visit("d", "gone", NOW),
    ]
    found = backlog(visits, ["default", "hk"])
    assert found == [
        Waiting("default", 2, 1, NOW - 2 * MINUTE, ("c",)),
        Waiting("gone", 1, 0, NOW),
        Waiting("hk"),
    ]
    assert backlog_read(backlog_written(found)) == found
    assert backlog_read('[["hk", 1, 0, null]]') == [Waiting("hk", 1, 0)]  # of another version


WAITS = Visit("a", "hk", NOW)


@pytest.mark.parametrize(
    ("visit", "urgent", "found"),
    [
        pytest.param(WAITS, False, False, id="it waits as it should"),
        pytest.param(replace(WAITS, zone="default"), False, True, id="its gateway has moved"),
        pytest.param(replace(WAITS, zone="no more"), False, True, id="its zone is no more"),
        pytest.param(replace(WAITS, gateway="gone"), False, True, id="its gateway is no more"),
        pytest.param(
            replace(WAITS, zone="default", running=True), True, False, id="what runs is left alone"
        ),
        pytest.param(WAITS, True, True, id="a call waits for it by now"),
        pytest.param(replace(WAITS, urgent=True), True, False, id="it goes before others already"),
        pytest.param(
            replace(WAITS, urgent=True), False, False, id="it may go before others for nothing"
        ),
    ],
)
def test_a_visit_that_waits_otherwise_than_it_should_is_deferred_anew(
    visit: Visit, urgent: bool, found: bool
) -> None:
    zones = {"default": ["b"], "hk": ["a"]}
    assert outdated([visit], zones, {"a": urgent}) == ([visit] if found else [])
