"""A gateway's lane: its spacing over all threads, and no waiting once the service stops."""

import time
from datetime import timedelta
from threading import Event

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.polling.local import Lane, run

SPACING = timedelta(milliseconds=20)


def test_requests_keep_their_distance_over_all_threads() -> None:
    started: list[float] = []

    def perform(number: int) -> int:
        started.append(time.monotonic())
        return number

    done = list(run(range(6), perform, Lane(SPACING, Event()), concurrency=4))
    assert sorted(done) == list(range(6))
    assert max(started) - min(started) >= 5 * SPACING.total_seconds()


def test_jobs_whose_turn_has_not_come_are_left_out_when_the_service_stops() -> None:
    stop = Event()

    def perform(number: int) -> int:
        stop.set()
        return number

    assert len(list(run(range(50), perform, Lane(timedelta(hours=1), stop), concurrency=1))) == 1


def test_what_is_no_longer_wanted_takes_no_turn() -> None:
    done: list[int] = []
    lane = Lane(timedelta(hours=1), Event())  # a second turn would never come
    list(run(range(50), done.append, lane, concurrency=2, wanted=lambda n: n == 49))
    assert done == [49]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(), max_size=12), st.integers(1, 5))
def test_every_job_is_done_once(jobs: list[int], concurrency: int) -> None:
    lane = Lane(timedelta(0), Event())
    assert sorted(run(jobs, lambda n: n, lane, concurrency)) == sorted(jobs)
