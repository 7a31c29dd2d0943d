"""`make fuzz`: a hundred thousand new inputs for each parser, within bounds of memory and time.

    python -m tests.fuzz.fuzz [INPUTS] [PARSER…]

What fails is printed, and kept in .hypothesis for the next run; put it among the parser's seeds.
"""

from __future__ import annotations

import resource
import signal
import sys
import time
from contextlib import closing
from pathlib import Path
from types import FrameType

from hypothesis import HealthCheck, given, settings
from hypothesis.database import DirectoryBasedExampleDatabase

from tests.fuzz.inputs import AT_ONCE, NUMBERS, made
from tests.fuzz.parsers import Outside, Parser, parsers, tried

INPUTS = 100_000
MOST_SECONDS = 20  # for one input
MOST_MEMORY = 4 << 30  # bytes
KEPT = Path(".hypothesis") / "fuzz"


def fuzz(name: str, parser: Parser, wanted: int) -> bool:
    """Return whether *parser* answered or refused its seeds and *wanted* other inputs."""

    @settings(
        max_examples=max(wanted // AT_ONCE, 1),
        deadline=None,
        derandomize=False,
        database=DirectoryBasedExampleDatabase(KEPT / name),
        suppress_health_check=list(HealthCheck),
    )
    @given(NUMBERS)
    def any_input(number: int) -> None:
        for data in made(number, parser.seeds):
            signal.alarm(MOST_SECONDS)
            tried(parser, data)
            signal.alarm(0)

    try:
        any_input()
    except Exception as error:
        signal.alarm(0)
        print(f"{name}: {error!r}", *getattr(error, "__notes__", ()), sep="\n", flush=True)
        return False
    return True


def _too_slow(_: int, __: FrameType | None) -> None:
    raise TimeoutError(f"longer than {MOST_SECONDS} s")


def main(arguments: list[str]) -> int:
    """Fuzz the parsers named, or all; return 1 if one of them failed."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    signal.signal(signal.SIGALRM, _too_slow)
    number = int(arguments[0]) if arguments else INPUTS
    failed = []
    with closing(Outside()) as outside:
        for name, parser in parsers(outside).items():
            if arguments[1:] and name not in arguments[1:]:
                continue
            began = time.monotonic()
            well = fuzz(name, parser, number)
            took = time.monotonic() - began
            print(
                f"{name}: {number} inputs, {took:.0f} s, {'ok' if well else 'FAILED'}", flush=True
            )
            failed += [] if well else [name]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
