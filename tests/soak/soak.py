"""`python -m tests.soak.soak [SEED] [WEEKS]`: soaks, and what in them differs from the model.

Without a seed, five soaks of seeds drawn anew. What differs is printed, and the seed with which it
can be seen again. Exit code 1 if anything differs.
"""

from __future__ import annotations

import sys
from pathlib import Path
from random import SystemRandom
from tempfile import TemporaryDirectory

from tests.soak.judge import Judge
from tests.soak.plan import draw
from tests.soak.play import play

SEEDS, SOAKS = 1_000_000, 5


def differences(seed: int, weeks: int, folder: Path) -> list[str]:
    """Return every difference between the program and the model in the soak of *seed*."""
    plan = draw(seed, weeks)
    return Judge(plan, play(plan, folder)).judge()


def main(seed: str, weeks: int) -> int:
    """Play the soak of *seed*, or several others, and return the exit code."""
    differ = False
    for one in [int(seed)] if seed else SystemRandom().sample(range(SEEDS), SOAKS):
        with TemporaryDirectory(prefix="soak-") as folder:
            found = differences(one, weeks, Path(folder))
        print(*found, sep="\n", end="\n" if found else "")
        print(f"{len(found)} differences: make soak SEED={one} WEEKS={weeks}", flush=True)
        differ = differ or bool(found)
    return int(differ)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "", int((sys.argv[2:] or ["4"])[0])))
