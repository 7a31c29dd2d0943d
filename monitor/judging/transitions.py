"""Carry out what the life cycle decides: alert and notices, in one transaction a subject.

What is due is decided elsewhere. Who is on duty or holds an account is read again inside the
transaction, so that a handover committed just before is respected: the new custodian is notified.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from alerts.common.log import Log
from alerts.facts import Facts
from alerts.model import Alert, Call, Event, Kind, Notice, NoticeState, Reason
from alerts.people.routing import Recipient
from alerts.rules.correction import ahead, correction, goes_on, kept_calls
from alerts.rules.daily import LOOK_BACK, ONCE_A_DAY, again_at
from alerts.rules.lifecycle import STEPS_AT_ONCE, Case, Step, nothing_new, step, unheard
from monitor.judging.facts import ended_facts
from monitor.judging.notices import NotBefore, call_notices, end_notices
from monitor.judging.rules_in_force import RulesInForce
from monitor.judging.situation import recipients
from monitor.model import Account
from monitor.register import Register
from monitor.store.base import Store
from monitor.store.protocols.alerts import AlertTransaction

OpenAlerts = Mapping[tuple[Kind, str], Alert]

UNDERWAY = frozenset({NoticeState.PENDING, NoticeState.SENT, NoticeState.RETRYING})

FactsOf = Callable[[Alert, Step, Sequence[Notice]], Facts]


class AlertTransitions:
    """Opens, escalates and resolves alerts, one subject at a time."""

    def __init__(
        self,
        store: Store,
        register: Register,
        rules: RulesInForce,
        not_before: NotBefore,
        log: Log,
    ) -> None:
        self._store = store
        self._rules = rules
        self._register = register
        self._not_before = not_before
        self._log = log

    def move(self, case: Case, facts_of: FactsOf, now: datetime) -> None:
        """Move the alert of a subject that is no account, or no longer one."""
        with self._store.alerts.changing(case.subject) as tx:
            self.carry_out(tx, self.rules(tx), case, facts_of, None, now)

    def rules(self, tx: AlertTransaction, accounts: Collection[str] = ()) -> Register:
        """Return the register as the records have it inside *tx*, with the custodians of
        *accounts*."""
        return self._rules.within(tx, accounts)

    def carry_out(
        self,
        tx: AlertTransaction,
        rules: Register,
        case: Case,
        facts_of: FactsOf,
        account: Account | None,
        now: datetime,
    ) -> None:
        """Save what becomes of the alert and queue what is to be said of it."""
        queued = self._corrected(tx, rules, case, facts_of, now)
        told_before: Sequence[Notice] = ()
        for _ in range(STEPS_AT_ONCE):
            moved, own, to = _stepped(tx, case, rules, account, now)
            if moved.alert is None:
                break
            earlier = [*told_before, *own]
            alert = tx.save(moved.alert)
            facts = facts_of(alert, moved, earlier)
            if moved.call is not None:
                said = self._call(tx, alert, moved.call, facts, to, now)
                queued = [*_still_true(queued, said), *said]
            elif moved.resolved is not None:
                told_before = own if moved.resolved is Reason.RULE_CHANGED else ()
                queued += self._end(tx, alert, moved.resolved, facts, own, now)
        tx.add_notices(queued)

    def _corrected(
        self,
        tx: AlertTransaction,
        rules: Register,
        case: Case,
        facts_of: FactsOf,
        now: datetime,
    ) -> list[Notice]:
        """Take back what a clock that ran ahead has called; return what is to be said of that."""
        alert = tx.open_alert(case.kind)
        if alert is None or not ahead(alert, now):
            return []
        notices = _own(tx, alert, tx.last_resolved(case.kind))
        of_now = [n for n in notices if n.alert == alert.id or n.created_at <= now]
        found = correction(alert, of_now, case, rules.hours, now)
        said: list[Notice] = []
        if found is not None and found.ended is not None:
            over = tx.save(found.ended)
            facts = facts_of(over, Step(over, None, Reason.CORRECTED), found.untrue)
            said = self._end(tx, over, Reason.CORRECTED, facts, found.untrue, now)
        if found is not None and found.alert is not None:
            tx.save(found.alert)
        return said

    def _call(
        self,
        tx: AlertTransaction,
        alert: Alert,
        call: Call,
        facts: Facts,
        to: Sequence[Recipient],
        now: datetime,
    ) -> list[Notice]:
        made = call_notices(call, alert, facts, to, self._not_before, now)
        notices = self._once_a_day(made, tx, now)
        self._log(
            "call_made" if to else "call_unheard",
            alert=alert.id,
            kind=alert.kind.value,
            subject=alert.subject,
            reason=call.reason.value,
            rung=call.rung,
            due_at=call.due_at,
            to=",".join(n.person for n in notices),
        )
        return notices

    def _once_a_day(
        self, made: Sequence[Notice], tx: AlertTransaction, now: datetime
    ) -> list[Notice]:
        """*made*, each not before its person may be told of the same cause again."""
        if not made or made[0].kind not in ONCE_A_DAY:
            return list(made)
        earlier, hours = tx.made_since(made[0].kind, now - LOOK_BACK), self._register.hours
        again = {n.person: again_at(n.person, earlier, hours, now) for n in made}
        later = [(n, self._not_before(n.channel, again[n.person])) for n in made]
        return [replace(n, not_before=max(n.not_before, at)) for n, at in later]

    def _end(
        self,
        tx: AlertTransaction,
        alert: Alert,
        reason: Reason,
        facts: Facts,
        earlier: Sequence[Notice],
        now: datetime,
    ) -> list[Notice]:
        tx.withdraw_unsent(alert.id, now)
        self._log(
            "alert_ended",
            alert=alert.id,
            kind=alert.kind.value,
            subject=alert.subject,
            reason=reason.value,
        )
        everybody = self._register.people.values()
        scarce = {one.channel for person in everybody for one in person.reach if one.urgent}
        return end_notices(alert, reason, facts, earlier, self._not_before, now, scarce)


def _new_to(
    to: Sequence[Recipient], call: Call | None, earlier: Sequence[Notice]
) -> Sequence[Recipient]:
    """Return *to* without those who were notified of a higher rung of the same alert: for each
    person rungs only climb, also after a change of ladder (a handover begins)."""
    if call is None or call.reason is not Reason.RUNG:
        return to
    notified = {
        n.person
        for n in earlier
        if n.reason is Reason.RUNG and n.state in UNDERWAY and (n.rung or 0) > (call.rung or 0)
    }
    return [one for one in to if one.person.id not in notified]


def _around(alert: Alert, call: Call, rules: Register, now: datetime) -> Sequence[Recipient]:
    """Return the recipients of *call* by the channels other than the one that does not deliver;
    empty for an alert of another kind, or if no other channel reaches anybody."""
    if alert.kind is not Kind.CHANNEL:
        return ()
    people = {
        person.id: replace(
            person, reach=tuple(r for r in person.ways if r.channel != alert.subject)
        )
        for person in rules.people.values()
    }
    return recipients(call.tell, None, replace(rules, people=people), now)


def _still_true(ends: Sequence[Notice], said: Sequence[Notice]) -> list[Notice]:
    """Return *ends* without those to people whom *said* notifies that it goes on."""
    called = {notice.person for notice in said}
    return [n for n in ends if n.event is not Event.RESOLVED or n.person not in called]


def moves(
    alert: Alert | None, case: Case, rules: Register, account: Account | None, now: datetime
) -> bool:
    """Return whether *case* may move *alert*; a quick check that saves most transactions."""
    if alert is None and (not case.calls or case.ended is not None):
        return False
    if alert is not None and ahead(alert, now):
        return True
    moved = step(alert, None, case, rules.hours, now)
    return _reached(alert, moved, rules, account, now)[0].alert is not None


def _stepped(
    tx: AlertTransaction, case: Case, rules: Register, account: Account | None, now: datetime
) -> tuple[Step, Sequence[Notice], Sequence[Recipient]]:
    alert = tx.open_alert(case.kind)
    before = tx.last_resolved(case.kind)
    own = _own(tx, alert, before) if alert else ()
    moved = step(alert, before, case, rules.hours, now)
    moved, to = _reached(alert, moved, rules, account, now)
    new_to = _new_to(to, moved.call, own)
    if alert is not None and to and not new_to:
        moved = nothing_new(alert, moved)
    return moved, own, new_to


def _own(tx: AlertTransaction, alert: Alert, before: Alert | None) -> Sequence[Notice]:
    """The notices of *alert*, with those that hold of the ones of this silence which ended as
    corrected, if it goes on from the one *before*."""
    own = tx.notices(alert.id)
    if not goes_on(alert, before):
        return own
    earlier = (n for n in tx.made_since(alert.kind, alert.since) if n.alert != alert.id)
    return [*kept_calls(alert, earlier), *own]


def _reached(
    alert: Alert | None, moved: Step, rules: Register, account: Account | None, now: datetime
) -> tuple[Step, Sequence[Recipient]]:
    """What becomes of *alert*, and who is notified. If no recipient is reachable, the call stays
    due and nothing is queued."""
    if moved.call is None or moved.alert is None:
        return moved, ()
    around = _around(moved.alert, moved.call, rules, now)
    to = around or recipients(moved.call.tell, account, rules, now)
    # A channel's refusal is an event: nothing would derive the call anew.
    if to or moved.alert.kind is Kind.CHANNEL:
        return moved, to
    return unheard(alert, moved), ()


def always(facts: Facts) -> FactsOf:
    """Return a function that gives *facts*, whatever becomes of the alert."""
    return lambda _, __, ___: facts


def since_the_start(facts: Facts) -> FactsOf:
    """Return a function that gives *facts*, dated from when the alert began."""
    return lambda alert, _, __: replace(facts, since=alert.since)


def at_the_end(account: Account | None, now: datetime) -> FactsOf:
    """Return a function that gives what is known of the end of an alert about *account*, or about
    what is no account."""
    return lambda alert, _, __: ended_facts(alert, account, now)
