"""`make fuzz`: a hundred thousand new inputs for each parser, within bounds of memory and time.

    python -m tests.fuzz.fuzz [INPUTS] [PARSER…] [--jobs PROCESSES]

By as many processes as there are processors, unless told otherwise. For each parser a line is
printed: the inputs, the seconds of a processor and the most memory that a process held. What fails
is printed as short as it fails, and kept below .hypothesis for the next run, which tries it first;
put it among the parser's seeds.
"""

from __future__ import annotations

import argparse
import logging
import os
import resource
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from multiprocessing import get_context
from pathlib import Path
from random import Random
from types import FrameType

from hypothesis import HealthCheck, Phase, given, settings

from tests.fuzz.gateways import Outside
from tests.fuzz.inputs import AT_ONCE, AT_ONCE_APART, NUMBERS, made
from tests.fuzz.parser import Parser, shortest, tried_shortly
from tests.fuzz.parsers import NAMES, parsers

INPUTS = 100_000
TURN = 5_000  # inputs that one process tries at a time
MOST_SECONDS = 20  # for one input
MOST_MEMORY = 6 << 30  # bytes
SHORTENING = 30.0  # seconds
KEPT = Path(".hypothesis") / "fuzz"


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of one turn: seconds of processor time, the most MB that the process held, and
    what failed, if anything."""

    parser: str
    inputs: int
    seconds: float
    most: int
    failed: str = ""


def turn(name: str, inputs: int) -> Turn:
    """Try what failed before, the seeds and so many new *inputs*."""
    began, failed = _spent(), ""
    _forget_most()
    try:
        _try(name, inputs)
    except AssertionError as error:
        failed = str(error)
    return Turn(name, inputs, _spent() - began, _most(), failed)


def _forget_most() -> None:
    """Have the system count the most memory of this process from now on."""
    with suppress(OSError):  # no Linux: it counts from the start
        Path("/proc/self/clear_refs").write_text("5")


def _most() -> int:
    """The most MB since then, of this process: those it began have bounds of their own."""
    with suppress(OSError):
        said = Path("/proc/self/status").read_text()
        return int(said.partition("VmHWM:")[2].split()[0]) >> 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def _try(name: str, inputs: int) -> None:
    parser = table()[name]
    seeds = (*parser.seeds, *_kept(name))
    _each(name, parser, *seeds)

    # Derived from numbers that nobody has drawn before, in each process others.
    start = Random(f"{os.getpid()} {time.monotonic_ns()}").getrandbits(64)
    at_once = min(AT_ONCE_APART if parser.apart else AT_ONCE, inputs)

    @settings(
        max_examples=-(-inputs // at_once),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(NUMBERS)
    def any_input(number: int) -> None:
        _each(name, parser, *made(number ^ start, seeds, at_once))

    any_input()


def _each(name: str, parser: Parser, *inputs: bytes) -> None:
    try:
        with _soon(len(inputs)):
            tried_shortly(parser, *inputs)
    except AssertionError:
        data = next((data for data in inputs if _fails(parser, data)), b"")
        short = _shortened(parser, data)
        folder = KEPT / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / blake2b(short, digest_size=8).hexdigest()).write_bytes(short)
        tried_shortly(parser, short)
        raise


@contextmanager
def _soon(inputs: int) -> Iterator[None]:
    """Raise `TimeoutError` in a block that goes on too long for so many *inputs*."""
    signal.alarm(MOST_SECONDS * inputs)
    try:
        yield
    finally:
        signal.alarm(0)


def _fails(parser: Parser, data: bytes) -> bool:
    try:
        with _soon(1):
            tried_shortly(parser, data)
    except AssertionError:
        return True
    return False


def _shortened(parser: Parser, data: bytes) -> bytes:
    until = time.monotonic() + SHORTENING
    return shortest(lambda less: time.monotonic() < until and _fails(parser, less), data)


def _kept(name: str) -> list[bytes]:
    folder = KEPT / name
    return [path.read_bytes() for path in sorted(folder.iterdir())] if folder.is_dir() else []


def _spent() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


@cache
def table() -> dict[str, Parser]:
    """The parsers of this process."""
    return parsers(Outside())


def ready() -> None:
    """Bound this process, which tries parsers."""
    os.environ["RUST_BACKTRACE"] = "0"
    logging.disable(logging.CRITICAL)  # libraries say at length what they cannot read
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    signal.signal(signal.SIGALRM, _too_slow)


def _too_slow(_: int, __: FrameType | None) -> None:
    raise TimeoutError(f"longer than {MOST_SECONDS} s")


def turns(names: list[str], inputs: int, jobs: int) -> Iterator[Turn]:
    """Yield what came of each turn, as it ends, by so many processes."""
    spawn = get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=spawn, initializer=ready) as pool:
        sizes = [min(TURN, inputs - done) for done in range(0, inputs, TURN)]
        asked = [pool.submit(turn, name, size) for name in names for size in sizes]
        for done in as_completed(asked):
            yield done.result()


def told(found: list[Turn]) -> str:
    """Return what came of all the turns of one parser."""
    inputs, took = sum(one.inputs for one in found), sum(one.seconds for one in found)
    said = "FAILED" if any(one.failed for one in found) else "ok"
    most = max(one.most for one in found)
    return f"{found[0].parser}: {inputs} inputs, {took:.0f} s of a processor, {most} MB, {said}"


def wanted(arguments: list[str]) -> argparse.Namespace:
    """Return what is asked for. Exits where a parser is unknown."""
    asked = argparse.ArgumentParser("fuzz", description="Fuzz the parsers named, or all.")
    asked.add_argument("inputs", nargs="?", type=int, default=INPUTS)
    asked.add_argument("parser", nargs="*", choices=[*NAMES, []])
    asked.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    return asked.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Fuzz the parsers named, or all; return 1 if one of them failed."""
    asked = wanted(arguments)
    found: dict[str, list[Turn]] = defaultdict(list)
    failed = set()
    for one in turns(asked.parser or list(NAMES), asked.inputs, asked.jobs):
        found[one.parser].append(one)
        if one.failed and one.parser not in failed:
            print(f"{one.parser}: {one.failed}", flush=True)
            failed.add(one.parser)
        if sum(each.inputs for each in found[one.parser]) == asked.inputs:
            print(told(found[one.parser]), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
