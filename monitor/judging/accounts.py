"""Alerts about single accounts: silence, blindness, reposts only, and what judging broke on.

One transaction an account: it reads the facts again inside, so that a post which arrived in
between is never overlooked, and commits state and notices together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter

from alerts.common.log import Log
from alerts.facts import Facts, SelfFacts
from alerts.model import Alert, Call, Kind, Notice, Reason, SilenceException
from alerts.occasion import Occasion, On
from alerts.rules.lifecycle import Case, Step, step
from monitor.errors import MonitorError
from monitor.freshness.verdict import Verdict
from monitor.judging.cases import (
    OPERATOR,
    blind_case,
    look_case,
    originals_case,
    reading_due,
    silence_case,
    urgency,
)
from monitor.judging.damaged import damage_case, damage_facts
from monitor.judging.facts import (
    FACTS_OF,
    account_end_facts,
    account_facts,
    broken_facts,
    look_facts,
    with_agreed,
    with_promise,
)
from monitor.judging.situation import (
    Gateways,
    Hindrance,
    Situation,
    Spent,
    hindrance,
    situation_of,
)
from monitor.judging.standing import standing_of
from monitor.judging.transitions import AlertTransitions, OpenAlerts, always, at_the_end, moves
from monitor.model import AccountFacts, AccountState
from monitor.register import Register
from monitor.standing import Standing
from monitor.store.base import Store
from monitor.store.protocols.damages import Damage

ABOUT_ACCOUNTS = (Kind.SILENCE, Kind.BLIND, Kind.ORIGINALS)
Situations = Mapping[str, Situation]
Broken = dict[str, Exception]  # what judging an account raised, by account


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass of judging looks at besides the accounts' situations.

    *rules*: the register under the records. *short*: requests of the day by gateway, of those
    whose quota runs short. *exceptions*: agreed silences in force, by account.
    *slept_at*: the service's last pass before *awake_since*.
    """

    now: datetime
    awake_since: datetime | None
    rules: Register
    states: Gateways
    short: Spent
    exceptions: Mapping[str, SilenceException]
    open_now: OpenAlerts
    slept_at: datetime | None = None


class AccountAlerts:
    """Moves alerts of the kinds `silence`, `blind`, `originals` and `self`."""

    def __init__(
        self, store: Store, register: Register, transitions: AlertTransitions, log: Log
    ) -> None:
        self._store = store
        self._register = register
        self._transitions = transitions
        self._log = log
        self._verdicts: dict[str, Verdict] = {}
        self._broken: dict[str, str] = {}

    def judge(
        self,
        situations: Situations,
        facts: Mapping[str, AccountFacts],
        this: Pass,
        broken: Broken,
    ) -> dict[str, Standing]:
        """Move the alerts that have to move; add to *broken* what an account raised. Return how
        the others stand, of which *facts* are known.

        An account that our own rules cannot judge stops nobody else.
        """
        found = {}
        for account_id, situation in situations.items():
            self._keep_up(situation, this)
            try:
                found[account_id] = self._judge(situation, facts[account_id], this)
            except MonitorError:
                raise
            except Exception as error:
                broken[account_id] = error
        return found

    def are_new(self, broken: Broken) -> bool:
        """Return whether any of *broken* could be judged the last time."""
        return bool(broken.keys() - self._broken.keys())

    def report_broken(
        self, broken: Broken, damaged: Mapping[str, Sequence[Damage]], this: Pass
    ) -> None:
        """Open, or end, the alerts about accounts that could not be judged, or of which something
        stored was *damaged*."""
        self._broken = {a: name for a, name in self._broken.items() if a in broken}
        for account_id in damaged.keys() - broken.keys():
            damages = damaged[account_id]
            facts = damage_facts(self._register.accounts[account_id], damages, this.now)
            self._report(damage_case(account_id, damages, this.now), facts, this)
        for account_id, error in broken.items():
            self.log_broken(account_id, error)
            facts = broken_facts(self._register.accounts[account_id], error, this.now)
            call = Call(this.now, None, Reason.SELF, (OPERATOR,), Occasion(On.JUDGING))
            self._report(Case(Kind.SELF, account_id, this.now, (call,)), facts, this)
        for kind, subject in this.open_now:
            account = self._register.accounts.get(subject)
            well = subject not in broken and subject not in damaged
            if kind is Kind.SELF and account is not None and well:
                over = Case(Kind.SELF, subject, this.now, (), Reason.RECOVERED)
                self._transitions.move(over, at_the_end(account, this.now), this.now)

    def _report(self, case: Case, facts: SelfFacts, this: Pass) -> None:
        alert = this.open_now.get((Kind.SELF, case.subject))
        if moves(alert, case, self._register, None, this.now):
            self._transitions.move(case, always(facts), this.now)

    def log_broken(self, account: str, error: Exception) -> None:
        """Log that *account* cannot be judged, once for each sort of error."""
        name = type(error).__name__
        if self._broken.get(account) != name:
            self._broken[account] = name
            self._log("judging_broke", account=account, error=name, bug=error)

    def _judge(self, situation: Situation, facts: AccountFacts, this: Pass) -> Standing:
        account = situation.account
        self._log_change(situation)
        hindered = hindrance(situation, this.rules, this.states, this.short, this.now)
        exception = this.exceptions.get(account.id)
        silence = this.open_now.get((Kind.SILENCE, account.id))
        for case in account_cases(situation, this.rules, exception, hindered, this.now, silence):
            alert = this.open_now.get((case.kind, account.id))
            if moves(alert, case, this.rules, account, this.now):
                self._move(case, this, hindered)
        return standing(situation, facts, hindered, this)

    def _keep_up(self, situation: Situation, this: Pass) -> None:
        """Have an account read when its verdict can change next: under rules that have just been
        changed that may be earlier than its last reading planned for. What a call waits for is
        read now, the limit first."""
        at, planned = situation.assessment.changes_at, situation.planned
        call = None
        if situation.account.id not in this.exceptions:
            call = reading_due(situation, this.rules, this.now)
        if call is not None:
            at = this.now - urgency(call, situation.policy.ladder)
        if at is None or not planned or min(planned.values()) <= at:
            return
        if this.rules.by_hand(situation.account):
            return
        decisive_at = call.due_at if call else None
        for source in planned:
            self._store.sources.bring_forward(source, at, this.now, decisive_at)

    def _move(self, case: Case, this: Pass, hindered: Hindrance) -> None:
        now = this.now
        with self._store.alerts.changing(case.subject) as tx:
            rules = self._transitions.rules(tx, [case.subject])
            account = rules.accounts[case.subject]
            facts = tx.facts(account.id, rules.policy_of(account).count_reposts)
            if facts is None:
                return
            situation = situation_of(
                rules, account, facts, this.states, this.awake_since, now, this.slept_at
            )
            silences = tx.exceptions.of_account(account.id, now)
            exception, over = in_force_and_over(silences, now)
            silence = tx.open_alert(Kind.SILENCE)
            cases = account_cases(situation, rules, exception, hindered, now, silence)
            again = next(c for c in cases if c.kind is case.kind)
            said = _Telling(situation, rules, facts.watched_since, exception, over, silence, now)
            self._transitions.carry_out(tx, rules, again, said.facts, account, now)

    def _log_change(self, situation: Situation) -> None:
        assessment, account = situation.assessment, situation.account.id
        if self._verdicts.get(account) is assessment.verdict:
            return
        self._verdicts[account] = assessment.verdict
        self._log(
            "account_assessed",
            account=account,
            verdict=assessment.verdict.value,
            checked=situation.evidence.good_read_at is not None,
            reason=assessment.reason.value,
            quiet_days=assessment.quiet_days,
            rung=assessment.rung,
            changes_at=assessment.changes_at,
        )


@dataclass(frozen=True, slots=True)
class _Telling:
    """What is known of an account inside the transaction that moves its alert.

    *agreed*: the agreed silence in force; *over*: the last one that has ended. *silence*: the
    open alert about its silence, on which a post may be promised.
    """

    situation: Situation
    rules: Register
    watched_since: datetime
    agreed: SilenceException | None
    over: SilenceException | None
    silence: Alert | None
    now: datetime

    def facts(self, alert: Alert, moved: Step, earlier: Sequence[Notice]) -> Facts:
        """Return what the message about *moved* is about."""
        if moved.call is None:
            end = account_end_facts(self.situation, alert, self.rules, self.now)
            return with_agreed(end, self.agreed, self.rules)
        if alert.kind is Kind.LOOK:
            return look_facts(self.situation, moved.call, self.now)
        held = self._held_back(moved.call)
        closely = self.rules.closely.get(self.situation.account.id)
        agreed = held.until if held else None
        call = _not_due_before(moved.call, self.watched_since, closely, agreed)
        facts_of = FACTS_OF.get(call.reason, account_facts)
        said = facts_of(self.situation, call, earlier, self.rules, self.now)
        promised = self.silence if self.silence and alert.kind is Kind.BLIND else alert
        return with_agreed(with_promise(said, promised, self.rules), held, self.rules)

    def _held_back(self, call: Call) -> SilenceException | None:
        """The agreed silence, over by now, during which *call* was due."""
        over = self.over
        return over if over and over.since <= call.due_at < over.until else None


def assessed(
    rules: Register,
    facts: Mapping[str, AccountFacts],
    states: Gateways,
    awake_since: datetime | None,
    now: datetime,
    slept_at: datetime | None = None,
) -> tuple[dict[str, Situation], Broken]:
    """Return the situation at *now* of every account of *facts* that is not closed, and what
    judging raised of those that have none."""
    found: dict[str, Situation] = {}
    broken: Broken = {}
    all_of_them = len(facts) == len(rules.accounts)
    for account_id in rules.accounts if all_of_them else facts:
        account = rules.accounts.get(account_id)
        if account is None or account_id not in facts or account.state is AccountState.CLOSED:
            continue
        try:
            found[account.id] = situation_of(
                rules, account, facts[account.id], states, awake_since, now, slept_at
            )
        except Exception as error:
            broken[account.id] = error
    return found, broken


def account_cases(
    situation: Situation,
    rules: Register,
    exception: SilenceException | None,
    hindered: Hindrance,
    now: datetime,
    silence: Alert | None,
) -> tuple[Case, ...]:
    """Return what is due of an account at *now*, a case a kind. *silence*: its open alert about
    that."""
    return (
        silence_case(situation, rules, exception, now),
        blind_case(situation, rules, exception, hindered, now, silence),
        originals_case(situation, rules, exception, now),
        look_case(situation, rules, exception, now),
    )


def in_force_and_over(
    silences: Sequence[SilenceException], now: datetime
) -> tuple[SilenceException | None, SilenceException | None]:
    """Return which of an account's agreed *silences* is in force at *now*, the longest, and which
    was over last by then."""
    running = [one for one in silences if one.since <= now < one.until]
    over = [one for one in silences if one.until <= now]
    until = attrgetter("until")
    return max(running, key=until, default=None), max(over, key=until, default=None)


def standing(
    situation: Situation, facts: AccountFacts, hindered: Hindrance, this: Pass
) -> Standing:
    """Return how the account of *situation* stands in *this* pass. One with a call for which
    nobody was found is asked again at every pass."""
    mine = [this.open_now.get((kind, situation.account.id)) for kind in ABOUT_ACCOUNTS]
    alerts = [alert for alert in mine if alert is not None]
    unheard = bool(alerts) and bool(_owed(situation, hindered, this))
    return standing_of(situation, facts, alerts, unheard, this.rules, this.now)


def standings(
    situations: Situations, facts: Mapping[str, AccountFacts], this: Pass
) -> dict[str, Standing]:
    """Return how the accounts of *situations* stand in *this* pass, by account."""
    found = {}
    for account, situation in situations.items():
        hindered = hindrance(situation, this.rules, this.states, this.short, this.now)
        found[account] = standing(situation, facts[account], hindered, this)
    return found


def owed(situations: Situations, this: Pass) -> list[tuple[int, Call]]:
    """Return the calls that judging would make now for alerts that are open, each with the
    alert's id."""
    found = []
    for situation in situations.values():
        hindered = hindrance(situation, this.rules, this.states, this.short, this.now)
        found += _owed(situation, hindered, this)
    return found


def _owed(situation: Situation, hindered: Hindrance, this: Pass) -> list[tuple[int, Call]]:
    found, account = [], situation.account.id
    exception = this.exceptions.get(account)
    silence = this.open_now.get((Kind.SILENCE, account))
    for case in account_cases(situation, this.rules, exception, hindered, this.now, silence):
        alert = this.open_now.get((case.kind, account))
        call = step(alert, None, case, this.rules.hours, this.now).call if alert else None
        found += [(alert.id, call)] if alert and call else []
    return found


@dataclass(frozen=True, slots=True)
class Unread:
    """A call about *account* that is due and only waits for a reading. *busy_at*: until when that
    could not be made, its gateways resting, used up or reading others."""

    account: str
    occasion: Occasion
    busy_at: datetime


def reading_due_of(situations: Situations, this: Pass) -> list[tuple[Situation, Call]]:
    """Return the situations in which a call only waits for a reading which nobody has tried, each
    with that call."""
    due = [(s, reading_due(s, this.rules, this.now)) for s in situations.values()]
    return [
        (situation, call)
        for situation, call in due
        if call and situation.account.sources and situation.account.id not in this.exceptions
        # Behind a person nothing can be read: they are asked.
        if not this.rules.by_hand(situation.account)
    ]


def unread(
    waiting: Iterable[tuple[Situation, Call]], tried: Mapping[str, datetime], this: Pass
) -> list[Unread]:
    """Return the calls that are *waiting* for a reading. *tried*: when anything was last read, or
    tried, through each gateway."""
    found = []
    for situation, call in waiting:
        through = {source.gateway for source in situation.account.sources}
        shut = hindrance(situation, this.rules, this.states, this.short, this.now).untriable
        busy_at = this.now if shut else max(tried.get(g, call.due_at) for g in through)
        found.append(Unread(situation.account.id, call.occasion, busy_at))
    return found


def _not_due_before(call: Call, *since: datetime | None) -> Call:
    """Nothing was due before the account was watched, a step of the tight ladder not before the
    handover for which it is tight, and none in an agreed silence."""
    return replace(call, due_at=max(filter(None, (call.due_at, *since))))
