"""Alerts about gaps of the ledger: stretches in which posts may have been missed.

Where two readings of an account share nothing, more was published between them than a list shows,
and the year's total can only be given as 「不少于」. While the gap is fresh, the console's export
closes it at no cost; so the operator is notified once it is found, and again once none is open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby

from alerts.facts import LedgerFacts
from alerts.model import Alert, Kind, Notice
from alerts.rules.lifecycle import Step
from monitor.judging.cases import ledger_case
from monitor.judging.facts import notified_so_far
from monitor.judging.transitions import AlertTransitions, moves
from monitor.ledger.coverage import Gap, covered_by_imports, uncovered
from monitor.model import Account, Reading
from monitor.register import Register
from monitor.store.base import Store

CHECK_EVERY = timedelta(minutes=10)  # a gap is days old before it is closed
BACK = timedelta(days=400)  # last year's report still needs these gaps
AROUND = timedelta(days=2)  # readings of other sources this near to a gap may cover it

Holes = Mapping[str, Sequence[Gap]]


class LedgerGapAlerts:
    """Moves alerts of the kind `ledger`."""

    def __init__(self, store: Store, register: Register, transitions: AlertTransitions) -> None:
        self._store = store
        self._register = register
        self._transitions = transitions
        self._checked_at: datetime | None = None

    def judge(self, open_now: Mapping[tuple[Kind, str], Alert], now: datetime) -> None:
        """Look for gaps that nothing closes, every ten minutes, and move their alerts."""
        last = self._checked_at
        if last is not None and last <= now < last + CHECK_EVERY:
            return
        self._checked_at = now
        holes = self._holes(now)
        watched = self._register.watched().accounts
        alerted = {subject for kind, subject in open_now if kind is Kind.LEDGER}
        for account_id in sorted((holes.keys() | alerted) & watched.keys()):
            alert = open_now.get((Kind.LEDGER, account_id))
            found = holes.get(account_id, ())
            case = ledger_case(account_id, found, alert, now)
            if moves(alert, case, self._register, None, now):
                self._transitions.move(
                    case, partial(self._facts, watched[account_id], found, now), now
                )

    def _holes(self, now: datetime) -> Holes:
        """The gaps that neither another source nor an import closes, by account."""
        found = self._store.readings.that_found_gaps(now - BACK)
        by_account = groupby(found, key=lambda reading: reading.account)
        holes = {account: self._open(account, list(some), now) for account, some in by_account}
        return {account: gaps for account, gaps in holes.items() if gaps}

    def _open(self, account: str, found: Sequence[Reading], now: datetime) -> list[Gap]:
        imported = covered_by_imports(self._store.imports.spans(account), now)
        holes: dict[datetime, Gap] = {}
        for reading in self._register.covering(found):
            if reading.good and reading.covers_from is None:
                continue  # it would cover nothing without the gap either
            start, end = reading.gap_from, reading.covers_from or reading.as_of
            if start is None or end is None or start >= end:
                continue
            kept = self._store.readings.of_account(account, start - AROUND, end + AROUND)
            near = self._register.covering(kept)
            holes |= {gap.start: gap for gap in uncovered(near, imported, start, end)}
        return [holes[start] for start in sorted(holes)]

    def _facts(
        self,
        account: Account,
        holes: Sequence[Gap],
        now: datetime,
        alert: Alert,
        moved: Step,
        earlier: Sequence[Notice],
    ) -> LedgerFacts:
        """What a message about the newest of *holes* has to say, or about the end of them all."""
        newest = holes[-1] if holes and moved.resolved is None else None
        return LedgerFacts(
            name=account.name,
            platform=account.platform,
            at=now,
            since=newest.start if newest else alert.since,
            gap=newest.reason.value if newest else None,
            gap_end=newest.end if newest else None,
            told=notified_so_far(earlier, self._register) if newest else (),
            link=account.page,
        )
