"""`python -m tests.soak.soak SEED WEEKS`: play one soak and print what differs from the model.

Exit code 1, and the seed in the last line, if anything differs.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.soak.judge import Judge
from tests.soak.plan import draw
from tests.soak.play import play


def differences(seed: int, weeks: int, folder: Path) -> list[str]:
    """Return every difference between the program and the model in the soak of *seed*."""
    plan = draw(seed, weeks)
    return Judge(plan, play(plan, folder)).judge()


def main(seed: int, weeks: int) -> int:
    with TemporaryDirectory(prefix="soak-") as folder:
        found = differences(seed, weeks, Path(folder))
    print(*found, sep="\n", end="\n" if found else "")
    print(f"seed {seed}, {weeks} weeks: {len(found)} differences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
