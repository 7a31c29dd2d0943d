"""Alerts about our own work: what a caller found, the calendar's next year, missing accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alerts.common.local_time import local_day
from alerts.facts import SelfFacts
from alerts.model import Kind
from monitor.judging.accounts import Pass
from monitor.judging.cases import calendar_case, own_case
from monitor.judging.missing import SUBJECT, missing_case, missing_facts
from monitor.judging.transitions import AlertTransitions, always, at_the_end, moves
from monitor.model import MissingAccount
from monitor.register import Register
from monitor.store.base import Store


class OwnAlerts:
    """Moves alerts of the kind `self` that are about no account."""

    def __init__(self, store: Store, register: Register, transitions: AlertTransitions) -> None:
        self._store = store
        self._register = register
        self._transitions = transitions

    def note(self, subject: str, trouble: str | None, now: datetime) -> None:
        """Open the alert about our own work on *subject*, whose *trouble* is worded, or end it."""
        alerts = {a.subject: a for a in self._store.alerts.open() if a.kind is Kind.SELF}
        case = own_case(subject, trouble is not None, now)
        if moves(alerts.get(case.subject), case, self._register, None, now):
            facts = SelfFacts(trouble, at=now, since=now) if trouble is not None else None
            facts_of = always(facts) if facts is not None else at_the_end(None, now)
            self._transitions.move(case, facts_of, now)

    def judge_calendar(self, this: Pass) -> None:
        """Notify the operator of a year whose working days are not known yet."""
        today = local_day(this.now, this.rules.hours.zone)
        for year in (today.year, today.year + 1):
            case = calendar_case(year, this.rules.calendar, this.rules.hours, this.now)
            alert = this.open_now.get((Kind.SELF, case.subject))
            if moves(alert, case, this.rules, None, this.now):
                facts = SelfFacts(str(year), at=this.now, since=case.since, unannounced=year)
                facts_of = always(facts) if case.ended is None else at_the_end(None, this.now)
                self._transitions.move(case, facts_of, this.now)

    def judge_missing(self, missing: Sequence[MissingAccount], this: Pass) -> None:
        """Notify the operator of accounts that are *missing* from the configuration."""
        case = missing_case(missing, this.now)
        if moves(this.open_now.get((Kind.SELF, SUBJECT)), case, this.rules, None, this.now):
            facts = always(missing_facts(missing, this.now))
            facts_of = facts if case.ended is None else at_the_end(None, this.now)
            self._transitions.move(case, facts_of, this.now)
