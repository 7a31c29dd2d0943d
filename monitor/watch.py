"""From what is known to what is said: assess every account, move its alerts, queue notices.

One transaction a subject: it reads the facts again inside, so that a post which arrived in
between is never overlooked, and commits state and notices together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from alerts.lifecycle import Case, Step, step
from alerts.model import Alert, Facts, Kind, Notice, Reason, SilenceException
from monitor import notices as told
from monitor.freshness.cases import blind_case, gateway_case, silence_case
from monitor.freshness.evidence import gather
from monitor.freshness.verdict import Assessment, Verdict, assess
from monitor.model import Account, AccountFacts, GatewayState
from monitor.notices import NotBefore, Situation
from monitor.polling.health import shadowed
from monitor.register import Register
from monitor.say import Say
from monitor.store.base import AlertTransaction, Store

OPERATOR = ("operator",)


class Watch:
    """Moves alerts of the kinds `silence`, `blind` and `gateway`."""

    def __init__(self, store: Store, register: Register, not_before: NotBefore, say: Say) -> None:
        self._store = store
        self._register = register
        self._not_before = not_before
        self._say = say
        self._verdicts: dict[str, Verdict] = {}

    def judge(self, now: datetime, awake_since: datetime) -> None:
        """Assess every account at *now* and move the alerts that have to move."""
        states = dict(self._store.gateway_states())
        exceptions = self._store.exceptions(now)
        open_now = {(a.kind, a.subject): a for a in self._store.open_alerts()}
        situations = self.situations(now, awake_since, states)
        blind = self._blind_by_gateway(situations.values())
        for account_id, situation in situations.items():
            self._report(situation.assessment, account_id)
            blamed = any(not states[s.gateway].healthy for s in situation.account.sources
                         if s.gateway in states)  # fmt: skip
            for case in self._cases(situation, exceptions.get(account_id), blamed, now):
                if _moves(open_now.get((case.kind, account_id)), case, self._register, now):
                    self._move_account(case, states, awake_since, blamed, now)
        for gateway, state in states.items():
            case = gateway_case(gateway, state, bool(blind.get(gateway)), now)
            if _moves(open_now.get((Kind.GATEWAY, gateway)), case, self._register, now):
                self._move_gateway(case, state, blind.get(gateway, []), now)
        self._close_orphans(open_now.values(), now)

    def situations(
        self, now: datetime, awake_since: datetime | None, states: dict[str, GatewayState],
        at: datetime | None = None,
    ) -> Mapping[str, Situation]:  # fmt: skip
        """Return every configured account's situation at *now*, by account id."""
        facts = self._store.facts(self._register.count_reposts(), at)
        return {
            a.id: self._situation(a, facts[a.id], states, awake_since, now)
            for a in self._register.accounts.values()
            if a.id in facts
        }

    def _situation(
        self,
        account: Account,
        facts: AccountFacts,
        states: dict[str, GatewayState],
        awake_since: datetime | None,
        now: datetime,
    ) -> Situation:
        policy = self._register.policy_of(account)
        evidence = gather(shadowed(facts, states), policy, awake_since, now)
        assessment = assess(evidence, policy, self._register.hours, now)
        return Situation(account, policy, evidence, assessment)

    def _cases(
        self, s: Situation, exception: SilenceException | None, blamed: bool, now: datetime
    ) -> tuple[Case, Case]:
        r = self._register
        rules = (s.account, s.evidence, s.assessment, s.policy, r.calendar, r.hours, exception)
        return silence_case(*rules, now), blind_case(*rules, blamed, now)

    def _move_account(
        self,
        case: Case,
        states: dict[str, GatewayState],
        awake_since: datetime,
        blamed: bool,
        now: datetime,
    ) -> None:
        account = self._register.accounts[case.subject]
        with self._store.changing(case.subject) as tx:
            facts = tx.facts(account.id, self._register.policy_of(account).count_reposts)
            if facts is None:
                return
            situation = self._situation(account, facts, states, awake_since, now)
            exception = self._store.exceptions(now).get(account.id)
            cases = self._cases(situation, exception, blamed, now)
            again = next(c for c in cases if c.kind is case.kind)
            self._carry_out(tx, again, situation, now)

    def _carry_out(
        self, tx: AlertTransaction, case: Case, situation: Situation, now: datetime
    ) -> None:
        moved, earlier = _stepped(tx, case, self._register, now)
        if moved.alert is None:
            return
        alert = tx.save(moved.alert)
        if moved.resolved is not None:
            facts = told.account_end_facts(situation, alert, self._register, now)
            self._end(tx, alert, moved.resolved, facts, earlier, now)
        if moved.call is not None:
            facts = told.account_facts(situation, moved.call, earlier, self._register, now)
            facts = told.with_promise(facts, alert, self._register)
            self._call(tx, alert, moved, facts, situation.account, now)

    def _move_gateway(
        self, case: Case, state: GatewayState, blind: list[Account], now: datetime
    ) -> None:
        kind = self._register.gateways[case.subject].kind
        behind = blind or self._behind(case.subject)
        facts = told.gateway_facts(state, kind, behind, now)
        with self._store.changing(case.subject) as tx:
            moved, earlier = _stepped(tx, case, self._register, now)
            if moved.alert is None:
                return
            alert = tx.save(moved.alert)
            if moved.resolved is not None:
                self._end(tx, alert, moved.resolved, facts, earlier, now)
            if moved.call is not None:
                self._call(tx, alert, moved, facts, None, now)

    def _call(
        self,
        tx: AlertTransaction,
        alert: Alert,
        moved: Step,
        facts: Facts,
        account: Account | None,
        now: datetime,
    ) -> None:
        call = moved.call
        assert call is not None
        to = told.recipients(call.tell, account, self._register, now)
        tx.add_notices(told.call_notices(call, alert, facts, to, self._not_before, now))
        self._say(
            "call_made",
            alert=alert.id,
            kind=alert.kind.value,
            subject=alert.subject,
            reason=call.reason.value,
            rung=call.rung,
            due_at=call.due_at,
            to=",".join(r.person.id for r in to),
        )

    def _end(
        self,
        tx: AlertTransaction,
        alert: Alert,
        reason: Reason,
        facts: Facts,
        earlier: list[Notice],
        now: datetime,
    ) -> None:
        tx.withdraw_unsent(alert.id, now)
        tx.add_notices(told.end_notices(alert, reason, facts, earlier, self._not_before, now))
        self._say(
            "alert_ended",
            alert=alert.id,
            kind=alert.kind.value,
            subject=alert.subject,
            reason=reason.value,
        )

    def _close_orphans(self, open_now: Iterable[Alert], now: datetime) -> None:
        """End alerts whose subject has left the configuration."""
        known = set(self._register.accounts) | set(self._register.gateways)
        for alert in open_now:
            if alert.subject in known or alert.kind is Kind.CHANNEL:
                continue
            case = Case(alert.kind, alert.subject, alert.since, (), Reason.ACCOUNT_CLOSED)
            with self._store.changing(alert.subject) as tx:
                moved, earlier = _stepped(tx, case, self._register, now)
                if moved.alert is not None and moved.resolved is not None:
                    ended = tx.save(moved.alert)
                    facts = Facts(name=alert.subject, at=now, since=alert.since)
                    self._end(tx, ended, moved.resolved, facts, earlier, now)

    def _behind(self, gateway: str) -> list[Account]:
        return [
            a
            for a in self._register.accounts.values()
            if any(s.gateway == gateway for s in a.sources)
        ]

    def _blind_by_gateway(self, situations: Iterable[Situation]) -> dict[str, list[Account]]:
        found: dict[str, list[Account]] = {}
        for situation in situations:
            if situation.assessment.verdict is Verdict.BLIND:
                for gateway in {s.gateway for s in situation.account.sources}:
                    found.setdefault(gateway, []).append(situation.account)
        return found

    def _report(self, assessment: Assessment, account: str) -> None:
        if self._verdicts.get(account) is assessment.verdict:
            return
        self._verdicts[account] = assessment.verdict
        self._say(
            "account_assessed",
            account=account,
            verdict=assessment.verdict.value,
            reason=assessment.reason,
            quiet_days=assessment.quiet_days,
            rung=assessment.rung,
            changes_at=assessment.changes_at,
        )


def _stepped(
    tx: AlertTransaction, case: Case, register: Register, now: datetime
) -> tuple[Step, list[Notice]]:
    alert = tx.open_alert(case.kind)
    moved = step(alert, tx.last_resolved(case.kind), case, register.hours, now)
    return moved, list(tx.notices(alert.id)) if alert else []


def _moves(alert: Alert | None, case: Case, register: Register, now: datetime) -> bool:
    """Return whether *case* may move *alert*; a hint that spares most transactions."""
    if alert is None and (not case.calls or case.ended is not None):
        return False
    return step(alert, None, case, register.hours, now).alert is not None
