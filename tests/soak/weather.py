"""What may have kept the program from speaking: broken channels, and passes that died."""

from __future__ import annotations

from datetime import datetime

from tests.soak import model
from tests.soak.plan import Plan
from tests.soak.play import Seen
from tests.soak.watched import SETTLED

PASSES = 3  # whole ones after trouble until everything must have come


class Weather:
    """The plan's troubles, and the passes made so far."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.whole: list[datetime] = []
        self.befallen: list[datetime] = []

    def passed(self, seen: Seen) -> None:
        """Note a pass."""
        (self.whole if seen.whole else self.befallen).append(seen.at)

    def broken(self, what: str, start: datetime, end: datetime) -> bool:
        """Whether *what* was broken at any time between; a gateway also by its only account."""
        behind = [a.id for a in self._plan.accounts if a.gateway == what]
        whats = {what, *behind} if len(behind) == 1 else {what}
        return any(
            t.what in whats and t.start <= end and t.end >= start for t in self._plan.troubles
        )

    def troubled(self, person: str, since: datetime, at: datetime) -> bool:
        """Whether something kept messages from *person* in that time."""
        died = any(since <= b <= at for b in self.befallen)
        return died or any(self.broken(c, since, at) for c in self._reach(person))

    def settled(self, last: datetime, at: datetime) -> bool:
        """Whether what went wrong at *last* must have been made good by *at*."""
        after = [w for w in self.whole if last < w <= at]
        return at - last >= SETTLED and len(after) >= PASSES

    def deliverable(self, person: str, since: datetime, at: datetime) -> bool:
        """Whether what was due for *person* since then must have come by the pass at *at*."""
        if model.awake(at) != at:
            return False
        if not self.troubled(person, since, at):
            return True
        reach = self._reach(person)
        ends = [t.end for t in self._plan.troubles if t.what in reach and t.start <= at]
        last = max([*(min(e, at) for e in ends), *(b for b in self.befallen if b <= at)])
        return self.settled(last, at)

    def _reach(self, person: str) -> tuple[str, ...]:
        return next(p.reach for p in self._plan.people if p.id == person)
