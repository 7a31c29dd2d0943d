"""`python -m tests.soak.soak [SEED] [WEEKS] [DATABASE]`: soaks, and what in them differs from the
model.

Without a seed, five soaks of seeds drawn anew. DATABASE: `postgresql` for two services on a server
of the soak's own, or the address of a server on which databases may be made; else one service on a
file. What differs is printed, and the seed with which it can be seen again. Exit code 1 if anything
differs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import SystemRandom
from tempfile import TemporaryDirectory

from tests.cluster.machines import Server
from tests.soak.judge import Judge
from tests.soak.plan import draw
from tests.soak.play import play

SEEDS, SOAKS = 1_000_000, 5


def differences(seed: int, weeks: int, folder: Path, server: str | None) -> list[str]:
    """Return every difference between the program and the model in the soak of *seed*."""
    plan = draw(seed, weeks)
    return Judge(plan, play(plan, folder, server)).judge()


@contextmanager
def serving(database: str) -> Iterator[str | None]:
    """Yield the address of the server that *database* names; None for a file."""
    if database == "postgresql":
        with closing(Server()) as server:
            yield server.url
    else:
        yield database or None


def main(seed: str, weeks: int, database: str) -> int:
    """Play the soak of *seed*, or several others, and return the exit code."""
    differ = False
    again = f" DATABASE={database}" if database else ""
    with serving(database) as server:
        for one in [int(seed)] if seed else SystemRandom().sample(range(SEEDS), SOAKS):
            with TemporaryDirectory(prefix="soak-") as folder:
                found = differences(one, weeks, Path(folder), server)
            print(*found, sep="\n", end="\n" if found else "")
            said = f"make soak SEED={one} WEEKS={weeks}{again}"
            print(f"{len(found)} differences: {said}", flush=True)
            differ = differ or bool(found)
    return int(differ)


if __name__ == "__main__":
    asked = [*sys.argv[1:], "", "", ""]
    sys.exit(main(asked[0], int(asked[1] or 4), asked[2]))
