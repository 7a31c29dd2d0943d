"""A gateway's limiter: its spacing over all threads, and no waiting once the service stops."""

import time
from datetime import timedelta
from functools import partial
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.polling.rate_limits import AHEAD, FAILURES, CircuitBreaker, RateLimiter, run

SPACING = timedelta(milliseconds=20)


def test_requests_keep_their_distance_over_all_threads() -> None:
    began = time.monotonic()
    done = list(
        run(range(6), lambda number: number, RateLimiter(SPACING, Event()), 4, CircuitBreaker())
    )
    assert sorted(done) == list(range(6))
    assert time.monotonic() - began >= 5 * SPACING.total_seconds()  # the first goes at once


def test_jobs_whose_turn_has_not_come_are_left_out_when_the_service_stops() -> None:
    stop = Event()

    def perform(number: int) -> int:
        stop.set()
        return number

    limiter = RateLimiter(timedelta(hours=1), stop)
    assert len(list(run(range(50), perform, limiter, 1, CircuitBreaker()))) == 1


def test_what_is_no_longer_wanted_takes_no_turn() -> None:
    done: list[int] = []
    limiter = RateLimiter(timedelta(hours=1), Event())  # a second turn would never come
    list(
        run(
            range(50),
            done.append,
            limiter,
            concurrency=2,
            breaker=CircuitBreaker(),
            wanted=lambda n: n == 49,
        )
    )
    assert done == [49]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(), max_size=12), st.integers(1, 5))
def test_every_job_is_done_once(jobs: list[int], concurrency: int) -> None:
    limiter = RateLimiter(timedelta(0), Event())
    assert sorted(run(jobs, lambda n: n, limiter, concurrency, CircuitBreaker())) == sorted(jobs)


def test_no_job_begins_long_before_somebody_takes_its_result() -> None:
    begun: list[int] = []
    limiter = RateLimiter(timedelta(0), Event())
    results = run(range(100), partial(_noted, begun), limiter, 2, CircuitBreaker())
    next(results)
    results.close()  # waits for those that are under way
    assert len(begun) <= 2 * AHEAD + 1


def _noted(begun: list[int], number: int) -> int:
    begun.append(number)
    return number


@pytest.mark.parametrize(
    ("noted", "on"),
    [
        pytest.param("f" * (FAILURES - 1), False, id="fewer may each fail for themselves"),
        pytest.param("f" * FAILURES, True, id="one after the other"),
        pytest.param("f" * (FAILURES - 1) + ".f", False, id="one in between was read well"),
        pytest.param("r", True, id="it asks for rest"),
        pytest.param("r.", True, id="whatever else was under way"),
    ],
)
def test_F28_a_round_ends_where_going_on_would_be_hammering(noted: str, on: bool) -> None:
    breaker = CircuitBreaker()
    for one in noted:
        breaker.note(failed=one == "f", rest=one == "r")
    assert breaker.on is on


def test_F28_jobs_behind_a_brake_neither_run_nor_wait_for_their_turn() -> None:
    limiter, breaker = RateLimiter(timedelta(hours=1), Event()), CircuitBreaker()

    def perform(number: int) -> int:
        breaker.note(failed=True, rest=True)
        return number

    assert len(list(run(range(50), perform, limiter, 1, breaker))) == 1
