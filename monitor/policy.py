"""What is demanded of an account. A value; stdlib and `alerts.model` only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from alerts.model import Ladder


@dataclass(frozen=True, slots=True)
class Policy:
    """One named policy of the configuration.

    *originals_every*: demand at least one original in any such stretch, besides the limit.
    *read_at_most_every*: the longest wait between two readings of a source.
    """

    name: str
    ladder: Ladder
    count_reposts: bool = True
    originals_every: timedelta | None = None
    read_at_most_every: timedelta = timedelta(hours=6)

    @property
    def limit(self) -> timedelta:
        """How long an account may be quiet."""
        return self.ladder.limit
