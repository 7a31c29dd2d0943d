"""What reading costs: N feeds in RSSHub's shape from a local server, read by three programs.

    python benchmarks/reading.py [--feeds 2000] [--pairs 5] [--threads 8] [--json]
    python benchmarks/reading.py --memory [--feeds 10000]

The service's own code, as `freshness read` puts it together; the least that it could cost
(`reading_limit.py`: pycurl, fastfeedparser, plain SQLite, no judgement); and `reader`. Each in a
process of its own, one after the other, as often as there are pairs. Three rounds: nothing is
known yet, every answer is 304, and 5 % of the feeds have one more post. Printed are the medians
over the pairs of ratios within a pair: only ratios travel from one machine to another. With
`--memory` the service's code alone reads the feeds once each round; printed is its peak.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.reading_server import served

NEEDED = ("fastfeedparser", "pycurl", "reader")
PROGRAMS = ("limit", "freshness", "reader")
ROUNDS = ("cold", "all 304", "5 % changed")

Pair = Mapping[str, Mapping[str, Any]]


def is_there(name: str) -> bool:
    """Return whether a module can be imported."""
    return importlib.util.find_spec(name) is not None


def missing(is_there: Callable[[str], bool] = is_there) -> str | None:
    """Return what to install before anything can be measured; None if all is there."""
    absent = [name for name in NEEDED if not is_there(name)]
    if not absent:
        return None
    named = ", ".join(absent)
    return f"{named}: not installed; pip install 'account-freshness-monitor[bench]'"


def run(program: str, url: str, feeds: int, threads: int) -> Any:
    """Return what the rounds of one program cost."""
    script = str(Path(__file__).with_name("reading_programs.py"))
    command = [sys.executable, script, program, url, str(feeds), str(threads)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"{program} failed: {done.stderr.decode(errors='replace')[-500:]}")
    return json.loads(done.stdout)


def ratio(pairs: Sequence[Pair], which: str, round_: str, one: str, other: str) -> float:
    """Return the median over *pairs* of what *one* took beside *other*."""
    return median(
        pair[one]["rounds"][round_][which] / pair[other]["rounds"][round_][which] for pair in pairs
    )


def each(pairs: Sequence[Pair], program: str, round_: str, feeds: int) -> float:
    """Return the median of milliseconds of processor time a feed."""
    return median(1000 * pair[program]["rounds"][round_]["cpu"] / feeds for pair in pairs)


def table(pairs: Sequence[Pair], feeds: int) -> dict[str, dict[str, float]]:
    """Return what there is to say, by round."""
    return {
        name: {
            "processor time, limit = 1": ratio(pairs, "cpu", name, "freshness", "limit"),
            "reader's, limit = 1": ratio(pairs, "cpu", name, "reader", "limit"),
            "feeds a second, reader's = 1": ratio(pairs, "wall", name, "reader", "freshness"),
            "ms a feed": each(pairs, "freshness", name, feeds),
            "limit's ms a feed": each(pairs, "limit", name, feeds),
        }
        for name in ROUNDS
    }


def main() -> None:
    """Run the programs and print the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--feeds", type=int, default=2000)
    options.add_argument("--pairs", type=int, default=5)
    options.add_argument("--threads", type=int, default=8)
    options.add_argument("--json", action="store_true")
    options.add_argument("--memory", action="store_true")
    asked = options.parse_args()
    if asked.memory:
        with served() as url:
            peak = run("freshness", url, asked.feeds, asked.threads)["peak"]
        print(f"{asked.feeds} feeds: at most {peak:.0f} MB")
        return
    if (lacking := missing()) is not None:
        raise SystemExit(lacking)
    with served() as url:
        pairs = [
            {name: run(name, url, asked.feeds, asked.threads) for name in PROGRAMS}
            for _ in range(asked.pairs)
        ]
    show(pairs, asked.feeds, asked.json)


def show(pairs: Sequence[Pair], feeds: int, as_json: bool) -> None:
    """Print what was measured."""
    found, peaks = table(pairs, feeds), {name: _peak(pairs, name) for name in PROGRAMS}
    if as_json:
        print(json.dumps({"feeds": feeds, "rounds": found, "peak_mb": peaks}, indent=2))
        return
    print(f"{feeds} feeds, {len(pairs)} pairs")
    print(f"{'':<32}", *(f"{name:>12}" for name in ROUNDS))
    for line in found[ROUNDS[0]]:
        print(f"{line:<32}", *(f"{found[name][line]:>12.2f}" for name in ROUNDS))
    print("peak of memory:", ", ".join(f"{name} {mb:.0f} MB" for name, mb in peaks.items()))


def _peak(pairs: Sequence[Pair], program: str) -> float:
    return max(float(pair[program]["peak"]) for pair in pairs)


if __name__ == "__main__":
    main()
