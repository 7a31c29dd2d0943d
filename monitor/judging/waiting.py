"""The accounts whose calls wait for a reading, and need not be judged each second until then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.delivery.outbox import Hold
from alerts.model import Call
from monitor.judging.accounts import Pass, Situations
from monitor.judging.cases import BY_THE_HOUR, awaited
from monitor.judging.due import Asked
from monitor.judging.situation import Situation, recipients

AGAIN = timedelta(seconds=10)  # after which they are judged all the same: patience ends


@dataclass(frozen=True, slots=True)
class _Judged:
    """How one was judged last: *at* that instant, after so many *changes* of what is stored."""

    situation: Situation
    changes: int
    at: datetime


class Waiting:
    """Those of one service. What waits for a reading stays as it was until something is stored of
    its account, or what it is judged under changes, which counts as a change of it, too.

    *hold*: what waits for their calls, as of the last pass.
    """

    def __init__(self) -> None:
        self.hold: Hold | None = None
        self._judged: dict[str, _Judged] = {}

    def apart(self, due: Asked, now: datetime) -> tuple[Asked, Situations]:
        """Return those of *due* that are to be judged at *now*, and the others, as they were judged
        last."""
        before = {
            account: one.situation
            for account, one in self._judged.items()
            if account in due
            and due[account].changes == one.changes
            and one.at <= now < one.at + AGAIN
        }
        return {account: kept for account, kept in due.items() if account not in before}, before

    def note(self, situations: Situations, asked: Asked, this: Pass) -> None:
        """Take down whose calls wait in *this* pass, of *situations*: those that were *asked* as
        they were judged in it, the others as before."""
        calls = {
            account: call
            for account, situation in situations.items()
            if account not in this.exceptions
            and (call := awaited(situation, this.rules, this.now)) is not None
        }
        kept = {a: one for a, one in self._judged.items() if a in calls and a not in asked}
        new = {
            account: _Judged(situations[account], asked[account].changes, this.now)
            for account in calls
            if account in asked
        }
        self._judged = kept | new
        self.hold = _hold([(call, situations[a]) for a, call in calls.items()], this)


def _hold(waiting: list[tuple[Call, Situation]], this: Pass) -> Hold | None:
    if not waiting:
        return None
    people = {
        one.person.id
        for call, situation in waiting
        for one in recipients(call.tell, situation.account, this.rules, this.now)
    }
    return Hold(min(call.due_at for call, _ in waiting), BY_THE_HOUR, frozenset(people))
