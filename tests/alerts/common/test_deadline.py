"""What ends an exchange in time, and that one thread does it for all."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from datetime import timedelta
from threading import enumerate as threads

import pytest

from alerts.common.deadline import ClosedError, Deadline, Deadlines, within

HOUR, AT_ONCE = timedelta(hours=1), timedelta(0)


def test_a_connection_is_cut_when_its_time_is_over_whatever_is_waited_for_besides() -> None:
    here, there = socket.socketpair()
    with here, there, within(HOUR), within(AT_ONCE) as deadline:
        deadline.watch(here)
        assert there.recv(1) == b""  # comes with the cut, and would never return without it
        assert deadline.passed


def test_a_connection_that_is_made_too_late_is_cut_at_once() -> None:
    here, there = socket.socketpair()
    deadline = Deadline()
    deadline.run_out()
    with here, there:
        deadline.watch(here)
        assert there.recv(1) == b""


def test_a_connection_outlives_its_exchange() -> None:
    here, there = socket.socketpair()
    with here, there:
        with within(HOUR) as deadline:
            deadline.watch(here)
        deadline.run_out()
        here.sendall(b"x")
        assert (there.recv(1), deadline.passed) == (b"x", False)


def test_one_thread_watches_all_deadlines() -> None:
    with ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(within(HOUR))
        assert [thread.name for thread in threads()].count("deadlines") == 1


def test_closing_ends_what_is_under_way_and_nothing_begins_any_more() -> None:
    deadlines = Deadlines()
    with deadlines.within(HOUR) as deadline:
        deadlines.close()
        assert deadline.passed
    with pytest.raises(ClosedError, match="the channel was closed"), deadlines.within(HOUR):
        raise AssertionError("it began")
