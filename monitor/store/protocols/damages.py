"""Rows that were found damaged, and what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Damage:
    """A row of *place*, a table, that held values which cannot be in *columns*.

    *subject*: the account, gateway or note that it was about; empty where it was none's alone.
    *noted_at*: when judging first took note of it.
    """

    subject: str
    place: str
    columns: tuple[str, ...]
    noted_at: datetime


class Damages(Protocol):
    """What no longer reads as it was written. It harms what it is about and nothing else: it is
    set right as far as the rest of the record shows, and kept as it was found."""

    def mend(self) -> int:
        """Look at every row, set aside those that are damaged, and return how many were."""
        ...

    def note(self, now: datetime, since: datetime) -> Sequence[Damage]:
        """Return what was noted after *since*, with what is new noted at *now*."""
        ...
