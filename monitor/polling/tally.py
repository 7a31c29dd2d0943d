"""Counts the readings of one process, and how long they took. Safe to use from several threads."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

from monitor.model import Outcome

BOUNDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)  # seconds


@dataclass(frozen=True)
class Spread:
    """How many readings took up to each of `BOUNDS`, or longer, and how long all took together."""

    counts: tuple[int, ...] = (0,) * (len(BOUNDS) + 1)
    seconds: float = 0.0


class Tally:
    """The readings since the process began."""

    def __init__(self) -> None:
        self._outcomes = Counter[tuple[str, Outcome]]()
        self._counts = defaultdict[str, list[int]](lambda: [0] * (len(BOUNDS) + 1))
        self._seconds = defaultdict[str, float](float)
        self._lock = Lock()

    def add(self, gateway: str, outcome: Outcome, seconds: float) -> None:
        """Count one reading through *gateway*."""
        with self._lock:
            self._outcomes[gateway, outcome] += 1
            self._counts[gateway][bisect_left(BOUNDS, seconds)] += 1
            self._seconds[gateway] += seconds

    def outcomes(self) -> Mapping[tuple[str, Outcome], int]:
        """Return how many readings ended how, by gateway."""
        with self._lock:
            return dict(self._outcomes)

    def spreads(self) -> Mapping[str, Spread]:
        """Return how long the readings through each gateway took."""
        with self._lock:
            return {
                gateway: Spread(tuple(counts), self._seconds[gateway])
                for gateway, counts in self._counts.items()
            }
