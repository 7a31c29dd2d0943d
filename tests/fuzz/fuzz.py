"""`make fuzz`: a hundred thousand new inputs for each parser, within bounds of memory and time.

    python -m tests.fuzz.fuzz [INPUTS] [PARSER…]

By as many processes as there are processors. What fails is printed as short as it fails, and kept
below .hypothesis for the next run, which tries it first; put it among the parser's seeds.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from multiprocessing import get_context
from pathlib import Path
from random import Random
from types import FrameType

from hypothesis import HealthCheck, Phase, given, settings

from tests.fuzz.gateways import Outside
from tests.fuzz.inputs import AT_ONCE, NUMBERS, made
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
    """What came of one turn: seconds of processor time, and what failed, if anything."""

    parser: str
    inputs: int
    seconds: float
    failed: str = ""


def turn(name: str, inputs: int) -> Turn:
    """Try what failed before, the seeds and so many new *inputs*."""
    began = _spent()
    try:
        _try(name, inputs)
    except AssertionError as error:
        return Turn(name, inputs, _spent() - began, str(error))
    return Turn(name, inputs, _spent() - began)


def _try(name: str, inputs: int) -> None:
    parser = table()[name]
    seeds = (*parser.seeds, *_kept(name))
    for seed in seeds:
        _each(name, parser, seed)

    # Derived from numbers that nobody has drawn before, in each process others.
    start = Random(f"{os.getpid()} {time.monotonic_ns()}").getrandbits(64)

    @settings(
        max_examples=max(inputs // AT_ONCE, 1),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(NUMBERS)
    def any_input(number: int) -> None:
        for data in made(number ^ start, seeds):
            _each(name, parser, data)

    any_input()


def _each(name: str, parser: Parser, data: bytes) -> None:
    signal.alarm(MOST_SECONDS)
    try:
        tried_shortly(parser, data)
    except AssertionError:
        signal.alarm(0)
        short = _shortened(parser, data)
        folder = KEPT / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / blake2b(short, digest_size=8).hexdigest()).write_bytes(short)
        tried_shortly(parser, short)
        raise
    finally:
        signal.alarm(0)


def _shortened(parser: Parser, data: bytes) -> bytes:
    until = time.monotonic() + SHORTENING

    def fails(less: bytes) -> bool:
        if time.monotonic() > until:
            return False
        signal.alarm(MOST_SECONDS)
        try:
            tried_shortly(parser, less)
        except AssertionError:
            return True
        finally:
            signal.alarm(0)
        return False

    return shortest(fails, data)


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
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    signal.signal(signal.SIGALRM, _too_slow)


def _too_slow(_: int, __: FrameType | None) -> None:
    raise TimeoutError(f"longer than {MOST_SECONDS} s")


def turns(names: list[str], inputs: int) -> Iterator[Turn]:
    """Yield what came of each turn, as it ends."""
    cores, spawn = os.cpu_count() or 1, get_context("spawn")
    with ProcessPoolExecutor(cores, mp_context=spawn, initializer=ready) as pool:
        sizes = [min(TURN, inputs - done) for done in range(0, inputs, TURN)]
        asked = [pool.submit(turn, name, size) for name in names for size in sizes]
        for done in as_completed(asked):
            yield done.result()


def main(arguments: list[str]) -> int:
    """Fuzz the parsers named, or all; return 1 if one of them failed."""
    inputs = int(arguments[0]) if arguments else INPUTS
    names = arguments[1:] or list(NAMES)
    if unknown := set(names) - set(NAMES):
        print(f"fuzz: no parser is called {', '.join(sorted(unknown))}; {', '.join(NAMES)}")
        return 2
    found: dict[str, list[Turn]] = defaultdict(list)
    failed = set()
    for one in turns(names, inputs):
        found[one.parser].append(one)
        if one.failed and one.parser not in failed:
            print(f"{one.parser}: {one.failed}", flush=True)
            failed.add(one.parser)
        if sum(each.inputs for each in found[one.parser]) == inputs:
            took = sum(each.seconds for each in found[one.parser])
            said = "FAILED" if one.parser in failed else "ok"
            print(f"{one.parser}: {inputs} inputs, {took:.0f} s of a processor, {said}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
