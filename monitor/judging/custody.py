"""Custody and the roster: their records, their alerts, and the summary at a change of shift.

What is due is decided by `alerts.people`; this is the order of steps between its rules and the
store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial

from alerts.common.local_time import instant_of
from alerts.common.log import Log
from alerts.model import Alert, Kind, Reason
from alerts.people import handover as custody
from alerts.people import roster
from alerts.people.handover import CUSTODY, HANDOVER, Records
from alerts.people.roster import gaps, roster_case
from alerts.people.shift import Shift, current_shift
from alerts.rules.lifecycle import Case
from monitor.errors import MonitorError
from monitor.judging import custody_facts as said
from monitor.judging.notices import NotBefore
from monitor.judging.rules_in_force import InForce
from monitor.judging.situation import Situation, recipients
from monitor.judging.transitions import AlertTransitions, FactsOf, moves
from monitor.register import Register
from monitor.store.base import Store
from monitor.store.protocols.alerts import AlertTransaction

KEPT_SINCE = "custody_kept_since"  # note: the first pass that kept custody

Situations = Mapping[str, Situation]
Everyone = Callable[[], Situations]
OpenAlerts = Mapping[tuple[Kind, str], Alert]


class CustodyAlerts:
    """Moves alerts of the kinds `handover` and `roster`, and notifies who takes over the duty."""

    def __init__(
        self,
        store: Store,
        register: Register,
        transitions: AlertTransitions,
        not_before: NotBefore,
        log: Log,
    ) -> None:
        self._store = store
        self._register = register
        self._transitions = transitions
        self._not_before = not_before
        self._log = log

    def reconcile(self, records: Records, now: datetime) -> bool:
        """Apply changes of custodian made in accounts.toml to *records*; return whether there were
        any.

        It names the first custodian of an account; where it comes to name another than the
        record does, a handover is opened.
        """
        configured = self._register.watched().custodians()
        new = custody.newly_configured(configured, records)
        if not new and not custody.first_records(configured, records.custody, now):
            return False
        with self._store.custody.changing() as tx:
            before = tx.records()
            first = custody.first_records(configured, before.custody, now)
            found = custody.disagreements(configured, before, now, self._register.hours)
            tx.hold(first)
            opened = [tx.save_handover(handover) for handover in found]
            tx.configure(custody.newly_configured(configured, before))
        for handover in opened:
            self._log("handover_opened", handover=handover.id, by=handover.started_by)
            # Their next readings follow a ladder that has just become tighter.
            hasten(self._store, handover.accounts, now)
        return True

    def judge(
        self,
        inforce: InForce,
        situations: Situations,
        everyone: Everyone,
        open_now: OpenAlerts,
        now: datetime,
    ) -> None:
        """Move the alerts about handovers, custody and the roster, and sum up a shift that has
        just been taken over. What one of them breaks stops none of the others.

        *situations*: of all accounts whose handover runs, at least; *everyone*: returns those of
        all accounts."""
        rules = inforce.rules
        steps: list[Callable[[], None]] = [
            *self._handovers(inforce, situations, open_now, now),
            *self._orphans(inforce, open_now, now),
            partial(self._roster, rules, open_now, now),
            partial(self._shift, rules, inforce.records, everyone, now),
        ]
        for one in steps:
            try:
                one()
            except MonitorError:
                raise
            except Exception as error:
                self._log("keeping_broke", error=type(error).__name__, bug=error)

    def _handovers(
        self, inforce: InForce, situations: Situations, open_now: OpenAlerts, now: datetime
    ) -> Iterable[Callable[[], None]]:
        rules = inforce.rules
        newest = {account: s.evidence.last_post for account, s in situations.items()}
        posted = {account: post.published_at for account, post in newest.items() if post}
        running = {f"{HANDOVER}{h.id}": h for h in inforce.records.handovers}
        alerted = {subject for subject, _ in _about(open_now, HANDOVER)}
        watched = inforce.watched.accounts
        for subject in sorted(running.keys() | alerted):
            handover = running.get(subject)
            if handover is not None:
                case = custody.handover_case(
                    handover, watched, posted, rules.calendar, rules.hours, now
                )
                if not moves(open_now.get((Kind.HANDOVER, subject)), case, rules, None, now):
                    continue
            yield partial(self._move_handover, subject, now)

    def _move_handover(self, subject: str, now: datetime) -> None:
        with self._store.alerts.changing(subject) as tx:
            handover = tx.handover(int(subject.removeprefix(HANDOVER)))
            if handover is None:
                return
            rules = self._transitions.rules(tx)
            watched = rules.watched().accounts
            posted = _posted(tx, handover.accounts, rules)
            case = custody.handover_case(
                handover, watched, posted, rules.calendar, rules.hours, now
            )
            facts = partial(said.handover_facts, handover, rules, now)
            self._transitions.carry_out(tx, rules, case, facts, None, now)

    def _orphans(
        self, inforce: InForce, open_now: OpenAlerts, now: datetime
    ) -> Iterable[Callable[[], None]]:
        rules, records = inforce.rules, inforce.records
        left = {f"{CUSTODY}{account}": account for account in inforce.orphaned}
        alerted = dict(_about(open_now, CUSTODY))
        for subject, account in left.items():
            case = self._orphan(rules, records, account, alerted.get(subject), now)
            if moves(alerted.get(subject), case, rules, None, now):
                yield partial(self._move_orphan, account, alerted.get(subject), now)
        for subject in sorted(alerted.keys() - left.keys()):
            yield partial(self._move_orphan, subject.removeprefix(CUSTODY), alerted[subject], now)

    def _move_orphan(self, account: str, alert: Alert | None, now: datetime) -> None:
        with self._store.alerts.changing(f"{CUSTODY}{account}") as tx:
            records = tx.records([account])
            rules = self._register.under(records)
            case = self._orphan(rules, records, account, alert, now)
            facts = partial(said.orphan_facts, account, records, rules, now)
            self._transitions.carry_out(tx, rules, case, facts, None, now)

    def _orphan(
        self, rules: Register, records: Records, account: str, alert: Alert | None, now: datetime
    ) -> Case:
        known = rules.watched().accounts.get(account)
        since = alert.opened_at if alert else now
        subject = f"{CUSTODY}{account}"
        if known is None:
            return Case(Kind.HANDOVER, subject, since, (), Reason.ACCOUNT_CLOSED)
        if known.custodian is None or known.custodian in rules.people:
            return Case(Kind.HANDOVER, subject, since, (), Reason.FILLED)
        takers = [h.taker for h in records.handovers if account in h.unproven()]
        tell = takers or ([known.backup] if known.backup else [])
        return custody.orphan_case(
            account, known.custodian, tell, rules.calendar, rules.hours, now, since
        )

    def _roster(self, rules: Register, open_now: OpenAlerts, now: datetime) -> None:
        alert = open_now.get((Kind.ROSTER, roster.SUBJECT))
        if not moves(alert, _gaps(rules, now)[0], rules, None, now):
            return
        with self._store.alerts.changing(roster.SUBJECT) as tx:
            rules = self._transitions.rules(tx)
            case, facts = _gaps(rules, now)
            self._transitions.carry_out(tx, rules, case, facts, None, now)

    def _shift(self, rules: Register, records: Records, everyone: Everyone, now: datetime) -> None:
        shift = current_shift(rules.roster, records.duty, rules.hours, self._since(now), now)
        if shift is None or now < shift.due_at:
            return
        if self._store.duty.summed_up(shift.first, shift.person):
            return
        to = recipients((roster.DUTY,), None, rules, now)
        if not to:
            return  # sent as soon as somebody can be reached, within the shift
        facts = said.shift_facts(shift, rules, records, everyone(), self._store.alerts.open(), now)
        notices = said.shift_notices(shift, facts, to, self._not_before, now)
        if self._store.duty.sum_up(shift.first, shift.person, notices, now):
            self._say_shift(shift, [n.person for n in notices])

    def _say_shift(self, shift: Shift, to: Iterable[str]) -> None:
        self._log(
            "shift_summed_up",
            person=shift.person,
            first=shift.first.isoformat(),
            last=shift.last.isoformat(),
            to=",".join(to),
        )

    def _since(self, now: datetime) -> datetime:
        """When custody was first kept on this database: by then nobody had been summed up."""
        noted = self._store.notes.read(KEPT_SINCE, instant_of)
        if noted is None:
            self._store.notes.set(KEPT_SINCE, now.isoformat())
        return noted or now


def hasten(store: Store, accounts: Iterable[str], at: datetime) -> None:
    """Have *accounts* read no later than *at*."""
    known = store.accounts.facts(dict.fromkeys(accounts, True))
    for state in (state for facts in known.values() for state in facts.sources):
        if state.next_read_at is not None and state.next_read_at > at:
            store.sources.plan(state.spec.id, at, at)


def _posted(tx: AlertTransaction, accounts: Iterable[str], rules: Register) -> dict[str, datetime]:
    counting = rules.count_reposts()
    found = {a: tx.facts(a, counting.get(a, True)) for a in accounts}
    return {a: f.last_post.published_at for a, f in found.items() if f and f.last_post}


def _about(open_now: OpenAlerts, prefix: str) -> list[tuple[str, Alert]]:
    return [
        (subject, alert)
        for (kind, subject), alert in open_now.items()
        if kind is Kind.HANDOVER and subject.startswith(prefix)
    ]


def _gaps(rules: Register, now: datetime) -> tuple[Case, FactsOf]:
    """What is due of the roster's gaps at *now*, and what is said of them."""
    today = now.astimezone(rules.hours.zone).date()
    found = gaps(rules.roster, rules.people, today, roster.LOOK)
    case = roster_case(rules.roster, found, rules.calendar, rules.hours, now)
    return case, partial(said.roster_facts, found, rules, now)
