"""The accounts whose calls wait for a reading, and need not be judged each second until then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.judging.due import Asked
from monitor.judging.situation import Situation

AGAIN = timedelta(seconds=10)  # after which they are judged all the same: patience ends


@dataclass(frozen=True, slots=True)
class _Judged:
    """How one was judged last: *at* that instant, after so many *changes* of what is stored."""

    situation: Situation
    changes: int
    at: datetime


class Waiting:
    """Those of one service. What waits for a reading stays as it was until something is stored of
    its account, or what it is judged under changes, which counts as a change of it, too."""

    def __init__(self) -> None:
        self._judged: dict[str, _Judged] = {}

    def as_before(self, asked: Asked, now: datetime) -> dict[str, Situation]:
        """Return those of *asked* that need not be judged at *now*, as they were judged last."""
        return {
            account: one.situation
            for account, one in self._judged.items()
            if account in asked
            and asked[account].changes == one.changes
            and one.at <= now < one.at + AGAIN
        }

    def note(self, waiting: Mapping[str, Situation], asked: Asked, now: datetime) -> None:
        """Take down which are *waiting*: those that were *asked* as they were judged at *now*, the
        others as before."""
        kept = {a: one for a, one in self._judged.items() if a in waiting and a not in asked}
        new = {a: _Judged(s, asked[a].changes, now) for a, s in waiting.items() if a in asked}
        self._judged = kept | new
