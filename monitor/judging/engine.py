"""From what is known to what is said: assess every account, move its alerts, queue notices.

One transaction a subject: it reads the facts again inside, so that a post which arrived in
between is never overlooked, and commits state and notices together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from alerts.common.local_time import local_day
from alerts.common.log import Say
from alerts.delivery.outbox import Hold
from alerts.message import ChannelOutcome, Refused
from alerts.model import Alert, Call, Facts, Kind, Notice, NoticeState, Reason, SilenceException
from alerts.rules.lifecycle import Case, Step, step
from monitor.errors import MonitorError
from monitor.freshness.evidence import gather
from monitor.freshness.verdict import Assessment, Verdict, assess
from monitor.judging.cases import (
    BY_THE_HOUR,
    CREDENTIAL,
    GATHER,
    OPERATOR,
    QUOTA,
    awaited,
    blind_case,
    credential_case,
    gateway_case,
    originals_case,
    quota_case,
    silence_case,
    waits,
)
from monitor.judging.custody import Keeper
from monitor.judging.facts import (
    SAYS,
    account_end_facts,
    account_facts,
    broken_facts,
    channel_facts,
    credential_facts,
    ended_facts,
    gateway_facts,
    quota_facts,
    with_agreed,
    with_promise,
)
from monitor.judging.ledger_gaps import Books
from monitor.judging.notices import NotBefore
from monitor.judging.situation import Gateways, Situation, Spent
from monitor.judging.transitions import FactsOf, Mover, OpenAlerts, _always, _since_the_start, moves
from monitor.model import Account, AccountFacts, AccountState, Gateway, GatewayState
from monitor.polling.health import patient_since, resting, shadowed
from monitor.polling.quota import budget, ran_short
from monitor.register import Register
from monitor.store.base import Store

# The kinds whose subjects are accounts and gateways, and that end with them.
OWN = frozenset({Kind.SILENCE, Kind.BLIND, Kind.ORIGINALS, Kind.GATEWAY, Kind.LEDGER, Kind.SELF})


class Watch:
    """Moves alerts of the kinds `silence`, `blind`, `originals`, `gateway`, `channel` and `self`,
    and has those about handovers, the roster and the ledger moved."""

    def __init__(self, store: Store, register: Register, not_before: NotBefore, say: Say) -> None:
        self._store = store
        self._register = register
        self._say = say
        self._mover = Mover(store, register, not_before, say)
        self._keeper = Keeper(store, register, self._mover, not_before, say)
        self._books = Books(store, register, self._mover)
        self._verdicts: dict[str, Verdict] = {}
        self._broken: dict[str, str] = {}
        self._gathering: Hold | None = None

    def judge(self, now: datetime, awake_since: datetime) -> None:
        """Assess every account at *now* and move the alerts that have to move.

        *awake_since*: since when the service runs without an outage. An account that our own
        rules cannot judge stops nobody else; the operator is told.
        """
        records = self._keeper.reconcile(now)
        rules = self._register.under(records)
        states = dict(self._store.gateway_states())
        exceptions = self._store.exceptions(now)
        open_now = {(a.kind, a.subject): a for a in self._store.open_alerts()}
        broken: dict[str, Exception] = {}
        facts = self._facts(rules)
        situations = self._assessed(rules, facts, now, awake_since, states, broken)
        short = self._short(states, now)
        for account_id, situation in situations.items():
            self._keep_up(situation)
            try:
                self._judge_account(
                    rules,
                    situation,
                    exceptions.get(account_id),
                    states,
                    short,
                    open_now,
                    awake_since,
                    now,
                )
            except MonitorError:
                raise
            except Exception as error:
                broken[account_id] = error
        self._judge_gateways(situations.values(), states, open_now, awake_since, now)
        self._judge_quotas(situations.values(), short, open_now, now)
        self._report_broken(broken, open_now, now)
        self._close_orphans(open_now.values(), now)
        self._keeper.judge(rules, records, situations, open_now, now)
        self._books.judge(open_now, now)
        self._gathering = _gathering(rules, situations, exceptions, now)

    def gathering(self, now: datetime) -> Hold | None:
        """Return what waits at *now* for other accounts' calls of the same hour, as it was when
        last judged; None a while after the hour in any case."""
        hold = self._gathering
        return hold if hold is not None and now < hold.since + GATHER else None

    def situations(
        self,
        now: datetime,
        awake_since: datetime | None,
        states: Gateways,
        at: datetime | None = None,
        only: str | None = None,
        facts: Mapping[str, AccountFacts] | None = None,
    ) -> Mapping[str, Situation]:
        """Return the situation at *now* of every account that is not closed, by account id.

        With *at*: as it was known then; with *only*: of that account. *facts*: what was just
        read of them. An account that cannot be judged is left out, and the log says why.
        """
        broken: dict[str, Exception] = {}
        rules = self._register.under(self._store.records(at))
        if facts is None:
            facts = self._facts(rules, at, only)
        found = self._assessed(rules, facts, now, awake_since, states, broken)
        for account_id, error in broken.items():
            self._say_broken(account_id, error)
        return found

    def owed(self, now: datetime, awake_since: datetime | None) -> list[tuple[int, Call]]:
        """Return the calls about accounts that `judge` would make at *now* for alerts that are
        open, each with the alert's id. Changes nothing."""
        states, exceptions = dict(self._store.gateway_states()), self._store.exceptions(now)
        open_now = {(a.kind, a.subject): a for a in self._store.open_alerts()}
        rules = self._register.under(self._store.records())
        found, short = [], self._short(states, now)
        for account_id, situation in self.situations(now, awake_since, states).items():
            blamed = _blamed(situation, states, short)
            for case in _cases(rules, situation, exceptions.get(account_id), blamed, now):
                alert = open_now.get((case.kind, account_id))
                call = step(alert, None, case, rules.hours, now).call if alert else None
                found += [(alert.id, call)] if alert and call else []
        return found

    def note_channels(self, outcomes: Iterable[ChannelOutcome], now: datetime) -> None:
        """Open, or end, the alerts about channels after a round of delivery at *now*."""
        by_channel: dict[str, list[ChannelOutcome]] = {}
        for outcome in outcomes:
            by_channel.setdefault(outcome.channel, []).append(outcome)
        if not by_channel:
            return
        open_now = {a.subject: a for a in self._store.open_alerts() if a.kind is Kind.CHANNEL}
        for channel, found in by_channel.items():
            refused = [one for one in found if isinstance(one, Refused)]
            if refused:
                self._refused(channel, refused, now)
            elif channel in open_now and self._delivers_again(open_now[channel], found):
                self._delivers(channel, now)

    def _facts(
        self, rules: Register, at: datetime | None = None, only: str | None = None
    ) -> Mapping[str, AccountFacts]:
        wanted = {a: c for a, c in rules.count_reposts().items() if only in (None, a)}
        return self._store.facts(wanted, at)

    def _assessed(
        self,
        rules: Register,
        facts: Mapping[str, AccountFacts],
        now: datetime,
        awake_since: datetime | None,
        states: Gateways,
        broken: dict[str, Exception],
    ) -> dict[str, Situation]:
        found = {}
        for account in rules.accounts.values():
            if account.id not in facts or account.state is AccountState.CLOSED:
                continue
            try:
                found[account.id] = _situation(
                    rules, account, facts[account.id], states, awake_since, now
                )
            except Exception as error:
                broken[account.id] = error
        return found

    def _judge_account(
        self,
        rules: Register,
        situation: Situation,
        exception: SilenceException | None,
        states: Gateways,
        short: Spent,
        open_now: OpenAlerts,
        awake_since: datetime,
        now: datetime,
    ) -> None:
        account = situation.account
        self._report(situation.assessment, account.id)
        blamed = _blamed(situation, states, short)
        for case in _cases(rules, situation, exception, blamed, now):
            if moves(open_now.get((case.kind, account.id)), case, rules, account, now):
                self._move_account(case, states, awake_since, blamed, now)

    def _keep_up(self, situation: Situation) -> None:
        """Have an account read when its verdict can change next: under rules that have just been
        changed that may be earlier than its last reading planned for."""
        at, planned = situation.assessment.changes_at, situation.planned
        if at is None or not planned or min(planned.values()) <= at:
            return
        for source in planned:
            self._store.plan(source, at)

    def _move_account(
        self, case: Case, states: Gateways, awake_since: datetime, blamed: bool, now: datetime
    ) -> None:
        with self._store.changing(case.subject) as tx:
            rules = self._mover.rules(tx, [case.subject])
            account = rules.accounts[case.subject]
            facts = tx.facts(account.id, rules.policy_of(account).count_reposts)
            if facts is None:
                return
            situation = _situation(rules, account, facts, states, awake_since, now)
            exception = self._store.exceptions(now).get(account.id)
            cases = _cases(rules, situation, exception, blamed, now)
            again = next(c for c in cases if c.kind is case.kind)

            def facts_of(alert: Alert, moved: Step, earlier: Sequence[Notice]) -> Facts:
                if moved.call is None:
                    end = account_end_facts(situation, alert, rules, now)
                    return with_agreed(end, exception, rules)
                over = self._held_back(account.id, moved.call, now)
                closely = rules.closely.get(account.id)
                agreed = over.until if over else None
                call = _not_due_before(moved.call, facts.watched_since, closely, agreed)
                say = SAYS.get(call.reason, account_facts)
                said = say(situation, call, earlier, rules, now)
                return with_agreed(with_promise(said, alert, rules), over, rules)

            self._mover.carry_out(tx, rules, again, facts_of, account, now)

    def _held_back(self, account: str, call: Call, now: datetime) -> SilenceException | None:
        """The agreed silence, over by *now*, during which *call* was due."""
        over = self._store.last_exception(account, now)
        return over if over and over.since <= call.due_at < over.until else None

    def _judge_gateways(
        self,
        situations: Iterable[Situation],
        states: Gateways,
        open_now: OpenAlerts,
        awake_since: datetime,
        now: datetime,
    ) -> None:
        blind = _blind_by_gateway(situations)
        for gateway, state in states.items():
            unread = state.last_tried_at is None or state.last_tried_at < awake_since
            if gateway not in self._register.gateways or (unread and not state.healthy):
                continue
            self._judge_credential(gateway, state, open_now, now)
            case = gateway_case(gateway, state, bool(blind.get(gateway)), now)
            if moves(open_now.get((Kind.GATEWAY, gateway)), case, self._register, None, now):
                self._move_gateway(case, state, blind.get(gateway, []), now)

    def _short(self, states: Gateways, now: datetime) -> Spent:
        """What was spent of the quotas that run short. One whose gateway fails, or asked for
        rest, is not to blame."""
        zone = self._register.hours.zone
        limited = [g for g in self._register.gateways.values() if g.quota is not None]
        spent = self._store.spent(local_day(now, zone)) if limited else {}
        return {
            g.id: spent.get(g.id, 0)
            for g in limited
            if ran_short(budget(g.quota or 0, spent.get(g.id, 0), now, zone), now)
            and (state := states.get(g.id)) is not None
            and state.healthy
            and not resting(state, now)
        }

    def _judge_quotas(
        self, situations: Iterable[Situation], short: Spent, open_now: OpenAlerts, now: datetime
    ) -> None:
        waiting = [s for s in situations if waits(s.evidence, s.assessment, now)]
        for gateway in self._register.gateways.values():
            behind = [s for s in waiting if gateway.id in short and _reads(gateway, s.account)]
            since = min((s.evidence.stale_since or now for s in behind), default=None)
            alert = open_now.get((Kind.GATEWAY, f"{gateway.id}{QUOTA}"))
            if since is None and alert and gateway.quota and self._today(alert.opened_at, now):
                continue  # read for the moment; it will happen again before midnight
            case = quota_case(gateway.id, since, now)
            if moves(alert, case, self._register, None, now):
                accounts = [s.account for s in behind]
                spent = short.get(gateway.id, 0)
                facts = quota_facts(gateway, spent, since, accounts, now)
                self._mover.move(case, _since_the_start(facts), now)

    def _today(self, at: datetime, now: datetime) -> bool:
        zone = self._register.hours.zone
        return local_day(at, zone) == local_day(now, zone)

    def _judge_credential(
        self, gateway: str, state: GatewayState, open_now: OpenAlerts, now: datetime
    ) -> None:
        case = credential_case(gateway, state, now)
        if moves(open_now.get((Kind.GATEWAY, case.subject)), case, self._register, None, now):
            kind = self._register.gateways[gateway].kind
            self._mover.move(case, _always(credential_facts(state, kind, now)), now)

    def _move_gateway(
        self, case: Case, state: GatewayState, blind: Sequence[Account], now: datetime
    ) -> None:
        kind = self._register.gateways[case.subject].kind
        behind = blind or self._behind(case.subject)
        facts = gateway_facts(state, kind, behind, now)
        self._mover.move(case, _since_the_start(facts), now)

    def _report_broken(
        self, broken: Mapping[str, Exception], open_now: OpenAlerts, now: datetime
    ) -> None:
        self._broken = {a: name for a, name in self._broken.items() if a in broken}
        for account_id, error in broken.items():
            self._say_broken(account_id, error)
            facts = broken_facts(self._register.accounts[account_id], error, now)
            call = Call(now, None, Reason.SELF, (OPERATOR,), "judging")
            case = Case(Kind.SELF, account_id, now, (call,))
            if moves(open_now.get((Kind.SELF, account_id)), case, self._register, None, now):
                self._mover.move(case, _always(facts), now)
        for kind, subject in open_now:
            if kind is Kind.SELF and subject in self._register.accounts and subject not in broken:
                over = Case(Kind.SELF, subject, now, (), Reason.RECOVERED)
                self._mover.move(over, self._ended_facts(subject, now), now)

    def _say_broken(self, account: str, error: Exception) -> None:
        name = type(error).__name__
        if self._broken.get(account) != name:
            self._broken[account] = name
            self._say("judging_broke", account=account, error=name, bug=error)

    def _refused(self, channel: str, refused: Sequence[Refused], now: datetime) -> None:
        calls = tuple(
            Call(now, None, Reason.CHANNEL, (OPERATOR,), f"person:{t.person}") for t in refused
        )
        sorts = {t.failure for t in refused}
        facts = channel_facts(
            channel,
            sorts.pop() if len(sorts) == 1 else None,
            [t.detail for t in refused],
            [t.person for t in refused],
            self._register,
            now,
        )
        self._mover.move(Case(Kind.CHANNEL, channel, now, calls), _always(facts), now)

    def _delivers_again(self, alert: Alert, found: Iterable[ChannelOutcome]) -> bool:
        """Whether somebody whom the channel refused has got something through it since: by
        what was *found* just now, or by a notice.

        That others do proves nothing: one person may have blocked us.
        """
        if any(f"person:{one.person}" in alert.told for one in found if one.person):
            return True
        since = alert.called_at or alert.opened_at
        recent = [
            a.id for a in self._store.alerts(True) if not a.resolved_at or a.resolved_at >= since
        ]
        return any(
            notice.channel == alert.subject
            and notice.state is NoticeState.SENT
            and notice.sent_at is not None
            and notice.sent_at >= since
            and f"person:{notice.person}" in alert.told
            for notices in self._store.notices_of(recent).values()
            for notice in notices
        )

    def _delivers(self, channel: str, now: datetime) -> None:
        over = Case(Kind.CHANNEL, channel, now, (), Reason.RECOVERED)
        self._mover.move(over, self._ended_facts(channel, now), now)

    def _close_orphans(self, open_now: Iterable[Alert], now: datetime) -> None:
        """End alerts whose subject is no longer watched, or used."""
        watched = self._register.watched().accounts.keys() | self._register.gateways.keys()
        for alert in open_now:
            subject = alert.subject.removesuffix(CREDENTIAL).removesuffix(QUOTA)
            own = alert.kind in OWN and subject not in watched
            if own or (alert.kind is Kind.CHANNEL and not self._still_used(alert)):
                over = Case(alert.kind, alert.subject, alert.since, (), Reason.ACCOUNT_CLOSED)
                self._mover.move(over, self._ended_facts(alert.subject, now), now)

    def _still_used(self, alert: Alert) -> bool:
        """Whether anybody whom a channel refused is still to be reached by it."""
        return any(
            reach.channel == alert.subject
            for person in self._register.people.values()
            if f"person:{person.id}" in alert.told
            for reach in person.reach
        )

    def _ended_facts(self, subject: str, now: datetime) -> FactsOf:
        account = self._register.accounts.get(subject)
        return lambda alert, _, __: ended_facts(alert, account, now)

    def _behind(self, gateway: str) -> list[Account]:
        known = self._register.gateways[gateway]
        return [a for a in self._register.accounts.values() if _reads(known, a)]

    def _report(self, assessment: Assessment, account: str) -> None:
        if self._verdicts.get(account) is assessment.verdict:
            return
        self._verdicts[account] = assessment.verdict
        self._say(
            "account_assessed",
            account=account,
            verdict=assessment.verdict.value,
            reason=assessment.reason.value,
            quiet_days=assessment.quiet_days,
            rung=assessment.rung,
            changes_at=assessment.changes_at,
        )


def _blamed(situation: Situation, states: Gateways, short: Spent) -> bool:
    """Whether a gateway of the account is unhealthy, or its quota kept it from being read."""
    through = {s.gateway for s in situation.account.sources}
    unread = situation.evidence.stale_since and not situation.evidence.failing_since
    if unread and through & short.keys():
        return True
    return any(not states[g].healthy for g in through if g in states)


def _reads(gateway: Gateway, account: Account) -> bool:
    return any(s.gateway == gateway.id for s in account.sources)


def _gathering(
    rules: Register,
    situations: Mapping[str, Situation],
    exceptions: Mapping[str, SilenceException],
    now: datetime,
) -> Hold | None:
    waiting = [
        since
        for account, s in situations.items()
        if account not in exceptions
        and (since := awaited(s.evidence, s.assessment, s.policy, rules.calendar, rules.hours, now))
    ]
    return Hold(min(waiting), BY_THE_HOUR) if waiting else None


def _blind_by_gateway(situations: Iterable[Situation]) -> dict[str, list[Account]]:
    found: dict[str, list[Account]] = {}
    for situation in situations:
        if situation.assessment.verdict is Verdict.BLIND:
            for gateway in {s.gateway for s in situation.account.sources}:
                found.setdefault(gateway, []).append(situation.account)
    return found


def _situation(
    rules: Register,
    account: Account,
    facts: AccountFacts,
    states: Gateways,
    awake_since: datetime | None,
    now: datetime,
) -> Situation:
    policy = rules.policy_of(account)
    patient = patient_since(facts, states, awake_since)
    evidence = gather(shadowed(facts, states), policy, patient, now)
    assessment = assess(evidence, policy, rules.hours, now)
    planned = {s.spec.id: s.next_read_at for s in facts.sources if s.next_read_at is not None}
    return Situation(account, policy, evidence, assessment, planned)


def _cases(
    rules: Register, s: Situation, exception: SilenceException | None, blamed: bool, now: datetime
) -> tuple[Case, ...]:
    known = (s.account, s.evidence, s.assessment, s.policy, rules.calendar, rules.hours, exception)
    about = (s.account, s.evidence, s.assessment, s.policy, rules.hours, exception)
    return (
        silence_case(*known, now),
        blind_case(*known, blamed, now),
        originals_case(*about, now),
    )


def _not_due_before(call: Call, *since: datetime | None) -> Call:
    """Nothing was due before the account was watched, a step of the tight ladder not before the
    handover for which it is tight, and none in an agreed silence."""
    return replace(call, due_at=max(filter(None, (call.due_at, *since))))
