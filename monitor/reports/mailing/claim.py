"""The right to mail one month to one person, held in the store while the mail is being sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from alerts.delivery.outbox import LEASE
from monitor.reports.mailing.state import Mailing, written
from monitor.store.protocols.notes import Notes


@dataclass(slots=True)
class Claim:
    """One attempt under way, noted as *state* under *key*. Held for `LEASE`, then by whoever
    claims it; `renew` prolongs that."""

    notes: Notes
    key: str
    state: Mailing

    def renew(self, now: datetime) -> None:
        """Hold it for `LEASE` from *now*, unless it has passed to somebody else."""
        held = replace(self.state, until=now + LEASE)
        if self._replace(held):
            self.state = held

    def end(self, ended: Mailing) -> None:
        """Note how the attempt *ended*. If somebody else is about it by now, only that the mail
        was accepted still counts."""
        if not self._replace(ended) and ended.error is None:
            self.notes.set(self.key, written(ended))

    def _replace(self, state: Mailing) -> bool:
        return self.notes.replace(self.key, written(self.state), written(state))
