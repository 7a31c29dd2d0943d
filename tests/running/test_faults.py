"""What the log says of loops that break: enough, and once."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from monitor.clock import utc_now
from monitor.errors import StoreError, StoreLostError
from monitor.running.faults import LATE, Faults
from monitor.running.membership import Alone
from monitor.running.run import patient
from monitor.running.signals import Signals

GONE, FULL, BUG = StoreLostError("gone"), StoreError("the disk is full"), OSError("broken")


@dataclass
class Said:
    """A log, and the time."""

    events: list[str] = field(default_factory=list)
    now: float = 0.0

    def __call__(self, event: str, /, **facts: Any) -> None:
        self.events.append(
            " ".join([event, *(str(facts[k]) for k in ("job", "error") if k in facts)])
        )


@pytest.fixture
def said() -> Said:
    return Said()


@pytest.fixture
def faults(said: Said) -> Faults:
    return Faults(said, lambda: said.now)


@pytest.mark.parametrize(
    ("ends", "lines"),
    [
        pytest.param([None, None], [], id="nothing of what does its work"),
        pytest.param(
            [FULL, FULL], ["job_broke judge the disk is full"], id="one line of one cause"
        ),
        pytest.param(
            [FULL, None, FULL],
            ["job_broke judge the disk is full"] * 2,
            id="again after it was mended",
        ),
        pytest.param(
            [FULL, StoreError("locked")],
            ["job_broke judge the disk is full", "job_broke judge locked"],
            id="another cause",
        ),
        pytest.param([BUG, BUG], ["job_broke judge OSError"] * 2, id="every error of the program"),
        pytest.param([GONE, GONE, None], ["database_lost gone"], id="one line of a lost database"),
    ],
)
def test_of_one_loop_the_log_says(
    ends: list[Exception | None], lines: list[str], said: Said, faults: Faults
) -> None:
    for end in ends:
        faults.note("judge", end)
    assert said.events == lines


def test_that_the_database_is_lost_is_said_once_for_all_loops(said: Said, faults: Faults) -> None:
    for loop in ("judge", "deliver", "judge"):
        faults.note(loop, GONE)
    faults.lost(GONE)
    faults.found()
    faults.found()
    assert said.events == ["database_lost gone", "database_is_back"]
    faults.note("deliver", GONE)  # it has waited for it until now
    assert len(said.events) == 2
    said.now += LATE + 1
    faults.note("deliver", GONE)
    assert said.events[2:] == ["database_lost gone"]


def test_that_it_is_lost_again_at_once_is_said_by_who_asks_for_it(
    said: Said, faults: Faults
) -> None:
    for _ in range(2):
        faults.lost(GONE)
        faults.found()
    assert said.events == ["database_lost gone", "database_is_back"] * 2


def test_who_has_joined_goes_on_when_the_database_is_lost_while_it_is_opened(said: Said) -> None:
    member, signals = Alone(utc_now, said), Signals()
    for error in (GONE, GONE):
        signals.wakened.set()  # as by a machine that has changed: it does not wait any longer
        with patient(member, signals):
            raise error
    assert said.events == ["database_lost gone"]
    with pytest.raises(StoreError), patient(member, signals):
        raise FULL
