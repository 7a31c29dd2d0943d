"""What ends an exchange in time, and that one thread does it for all."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import ExitStack
from datetime import timedelta
from threading import enumerate as threads
from weakref import ref

import pytest

from alerts.common.deadline import ClosedError, Deadline, Deadlines, within

HOUR, AT_ONCE = timedelta(hours=1), timedelta(0)
FORKED = """
import os, socket
from datetime import timedelta
from alerts.common.deadline import within
here, there = socket.socketpair()
with within(timedelta(hours=1)):
    if child := os.fork():
        os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    with within(timedelta(0)) as deadline:
        deadline.watch(here)
        os._exit(len(there.recv(1)))
"""
ENDING = """
from datetime import timedelta
from alerts.common.deadline import within
within(timedelta(hours=1)).__enter__()
"""


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


def test_deadlines_run_out_in_their_order_not_in_that_of_their_beginning() -> None:
    pairs = [socket.socketpair() for _ in range(3)]
    lengths = [timedelta(hours=1), timedelta(milliseconds=20), AT_ONCE]
    with ExitStack() as stack:
        for (here, _), length in zip(pairs, lengths, strict=True):
            stack.enter_context(within(length)).watch(here)
        assert [pairs[number][1].recv(1) for number in (2, 1)] == [b"", b""]
        pairs[0][0].sendall(b"x")  # the longest is not cut
        assert pairs[0][1].recv(1) == b"x"
    for here, there in pairs:
        here.close()
        there.close()


def test_what_was_granted_later_holds() -> None:
    here, there = socket.socketpair()
    with here, there, within(timedelta(milliseconds=20)) as longer, within(AT_ONCE) as other:
        longer.watch(here)
        longer.extend(HOUR)
        other.watch(there)
        assert here.recv(1) == b""  # the other one was cut
        assert (other.passed, longer.passed) == (True, False)


def test_exchanges_that_are_over_leave_nothing_behind() -> None:
    gone = []
    for _ in range(50):
        with within(HOUR) as deadline:
            gone.append(ref(deadline))
    del deadline
    with within(HOUR):
        assert [left for left in gone if left()] == []


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(FORKED, id="a forked process has a thread of its own"),
        pytest.param(ENDING, id="a process ends whatever is waited for"),
    ],
)
def test_processes(program: str) -> None:
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
