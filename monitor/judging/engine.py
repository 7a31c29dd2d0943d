"""From what is known to who is notified: one pass over every subject, in order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from alerts.common.log import Log
from alerts.delivery.outbox import Hold
from alerts.message import ChannelOutcome
from alerts.model import Alert, Call, Kind, Reason
from alerts.occasion import On
from alerts.people.handover import Records
from alerts.rules.lifecycle import Case
from monitor.errors import MonitorError
from monitor.judging.accounts import (
    AccountAlerts,
    Broken,
    Pass,
    Situations,
    Unread,
    assessed,
    owed,
    reading_due_of,
    standings,
    unread,
)
from monitor.judging.cases import (
    BACKUP,
    BY_THE_HOUR,
    GATHER,
    KEPT,
    awaited,
)
from monitor.judging.channels import ChannelAlerts
from monitor.judging.common_silences import CommonSilences
from monitor.judging.custody import CustodyAlerts
from monitor.judging.damaged import LOOKED_BACK, damage_case, damage_facts, of_accounts, of_nobody
from monitor.judging.damaged import SUBJECT as DAMAGED
from monitor.judging.due import Asked, DueAccounts
from monitor.judging.gateways import GatewayAlerts
from monitor.judging.ledger_gaps import LedgerGapAlerts
from monitor.judging.missing import SUBJECT, moving
from monitor.judging.notices import NotBefore
from monitor.judging.own import OwnAlerts
from monitor.judging.rules_in_force import InForce, RulesInForce
from monitor.judging.showing import Showing
from monitor.judging.situation import Gateways, Situation, recipients
from monitor.judging.transitions import AlertTransitions, OpenAlerts, always, at_the_end, moves
from monitor.judging.waiting import Waiting
from monitor.model import AccountFacts, GatewayState, MissingAccount
from monitor.register import Register
from monitor.standing import ALWAYS, Shown, Standing
from monitor.store.base import Store

# The kinds whose subjects are accounts and gateways, and that end with them.
OWN = frozenset(
    {Kind.SILENCE, Kind.BLIND, Kind.ORIGINALS, Kind.LOOK, Kind.GATEWAY, Kind.LEDGER, Kind.SELF}
)


class AlertEngine:
    """Opens, escalates and resolves alerts of every kind, each through the class of its kind."""

    def __init__(self, store: Store, register: Register, not_before: NotBefore, log: Log) -> None:
        self._store = store
        self._register = register
        self._rules = RulesInForce(store, register)
        self._transitions = AlertTransitions(store, register, self._rules, not_before, log)
        self._accounts = AccountAlerts(store, register, self._transitions, log)
        self._gateways = GatewayAlerts(store, register, self._transitions)
        self._channels = ChannelAlerts(store, register, self._transitions)
        self._custody = CustodyAlerts(store, register, self._transitions, not_before, log)
        self._gaps = LedgerGapAlerts(store, register, self._transitions)
        self._own = OwnAlerts(store, register, self._transitions)
        self._silences = CommonSilences(store, register)
        self._due = DueAccounts(store, register)
        self._waiting = Waiting()
        self._showing = Showing(store)
        zones = {f"{On.ZONE}:{gateway.zone}" for gateway in register.gateways.values()}
        self._watched = register.watched().accounts.keys() | register.gateways.keys() | zones
        self._seen: InForce | None = None
        self._gathering: Hold | None = None

    def judge(self, now: datetime, awake_since: datetime) -> None:
        """Assess the accounts that are due at *now* and move the alerts that have to move.

        *awake_since*: since when the service runs without an outage. An account that our own
        rules cannot judge stops nobody else; the operator is notified. What breaks on a damaged
        row is judged again without it.
        """
        try:
            self._judge(now, awake_since, mended=False)
        except MonitorError:
            raise
        except Exception:
            if not self._store.damages.mend():
                raise
            self._judge(now, awake_since, mended=True)

    def _judge(self, now: datetime, awake_since: datetime, mended: bool) -> None:
        """Do the above. *mended*: what is broken still is not for a damaged row."""
        inforce = self._reconciled(now)
        missing = self._store.accounts.missing()
        this = self._pass(inforce, missing, awake_since, now)
        due = self._due.asked(this)
        waiting = self._waiting.as_before(due, now)
        asked = {account: kept for account, kept in due.items() if account not in waiting}
        situations, judged, broken = self._judged(this, asked, _handed_over(inforce.records))
        situations = waiting | situations
        if not mended and self._accounts.are_new(broken) and self._store.damages.mend():
            self._judge(now, awake_since, mended=True)
            return
        blind = self._due.blind(asked, judged)
        self._gateways.judge(situations.values(), blind, partial(self._situations_of, this), this)
        self._judge_damage(broken, this)
        for over in _orphans(this.open_now.values(), self._watched, self._channels.used):
            account = self._register.accounts.get(over.subject)
            self._transitions.move(over, at_the_end(account, now), now)
        everyone = partial(self._everyone, this)
        self._custody.judge(inforce, situations, everyone, this.open_now, now)
        self._gaps.judge(this.open_now, now)
        self._own.judge_calendar(this)
        self._own.judge_missing(missing, this)
        awaiting = _awaiting(situations, this)
        self._waiting.note({a: situations[a] for a in awaiting}, asked, now)
        self._gathering = _gathering(awaiting, situations, this)
        self._due.keep(asked, judged, broken)

    def gathering(self, now: datetime) -> Hold | None:
        """Return what waits at *now* for other accounts' calls of the same hour to the same people,
        as it was when last judged; None a while after the hour in any case."""
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
    ) -> Situations:
        """Return the situation at *now* of every account that is not closed, by account id.

        With *at*: as it was known then; with *only*: of that account. *facts*: what was just
        read of them. An account that cannot be judged is left out, and the log says why.
        """
        rules = (
            self._rules.now().rules
            if at is None
            else self._register.under(self._store.custody.records(at))
        )
        wanted = rules.accounts if only is None else [only]
        if facts is None:
            facts = self._facts(rules, wanted, at)
        slept_at = self._store.notes.heartbeat().slept_at if at is None else None
        if only is not None and only in rules.accounts:
            through = {source.gateway for source in rules.accounts[only].sources}
            states = {name: state for name, state in states.items() if name in through}
        states = self._marked(states, now) if at is None else states
        found, broken = assessed(rules, facts, states, awake_since, now, slept_at)
        if self._accounts.are_new(broken) and self._store.damages.mend():
            facts = self._facts(rules, wanted, at)
            found, broken = assessed(rules, facts, states, awake_since, now, slept_at)
        for account_id, error in broken.items():
            self._accounts.log_broken(account_id, error)
        return found

    def owed(
        self, now: datetime, awake_since: datetime | None
    ) -> tuple[list[tuple[int, Call]], list[Unread]]:
        """Return the calls about accounts that `judge` would make at *now* for alerts that are
        open, each with the alert's id, and those that wait for a reading. Changes nothing."""
        missing = self._store.accounts.missing()
        this = self._pass(self._rules.now(), missing, awake_since, now)
        facts = self._facts(this.rules, self._store.standings.due(now))
        situations, _ = self._assessed(this, facts)
        waiting = reading_due_of(situations, this)
        tried = self._store.sources.last_tried() if waiting else {}
        return owed(situations, this), unread(waiting, tried, this)

    def disagreeing(self, now: datetime, awake_since: datetime | None) -> list[str]:
        """Return the accounts of which something else is kept than their facts come to at *now*;
        they will be judged anew."""
        this = self._pass(self._rules.now(), self._store.accounts.missing(), awake_since, now)
        return self._due.disagreeing(this, partial(self._standings, this))

    def _standings(self, this: Pass, accounts: Collection[str]) -> dict[str, Standing]:
        facts = self._facts(this.rules, accounts)
        situations, _ = self._assessed(this, facts)
        found = standings(situations, facts, this)
        for account in self._showing.wrong(situations, facts, this.rules):
            found[account] = replace(found[account], due_at=ALWAYS)
        return found

    def rules(self) -> Register:
        """Return the register under the records as they stand."""
        return self._rules.now().rules

    def outdated(self, now: datetime, awake_since: datetime | None) -> Collection[str] | None:
        """Return the accounts of which what is kept to be shown does not hold at *now*; None for
        all."""
        return self._due.outdated(self._looked(self._rules.now(), awake_since, now, {}))

    def shown(
        self, accounts: Collection[str], now: datetime, awake_since: datetime | None
    ) -> Mapping[str, Shown]:
        """Return what is to be shown at *now* of those of *accounts* that are not closed."""
        rules = self._rules.now().rules
        facts = self._facts(rules, [a for a in accounts if a in rules.accounts])
        only = next(iter(facts)) if len(facts) == 1 else None
        states = dict(self._store.gateways.states()) if facts else {}
        found = self.situations(now, awake_since, states, None, only, facts) if facts else {}
        return self._showing.of(found, facts, rules)

    def note_channels(self, outcomes: Iterable[ChannelOutcome], now: datetime) -> None:
        """Open, or end, the alerts about channels after a round of delivery at *now*."""
        self._channels.note(outcomes, now)

    def note_own(self, subject: str, trouble: str | None, now: datetime) -> None:
        """Open the alert about our own work on *subject*, whose *trouble* is worded, or end it."""
        self._own.note(subject, trouble, now)

    def _reconciled(self, now: datetime) -> InForce:
        """Return what is in force once changes of custodian in accounts.toml are applied."""
        inforce = self._rules.now()
        if inforce is not self._seen and self._custody.reconcile(inforce.records, now):
            inforce = self._rules.now()
        self._seen = inforce
        return inforce

    def _pass(
        self,
        inforce: InForce,
        missing: Sequence[MissingAccount],
        awake_since: datetime | None,
        now: datetime,
    ) -> Pass:
        open_now = moving(self._store.alerts.open(), missing, inforce.records.handovers)
        return self._looked(inforce, awake_since, now, open_now)

    def _looked(
        self, inforce: InForce, awake_since: datetime | None, now: datetime, open_now: OpenAlerts
    ) -> Pass:
        states = self._marked(self._store.gateways.states(), now)
        return Pass(
            now,
            awake_since,
            inforce.rules,
            states,
            self._gateways.short(states, now),
            self._store.exceptions.in_force(now),
            open_now,
            self._store.notes.heartbeat().slept_at,
        )

    def _marked(self, states: Mapping[str, GatewayState], now: datetime) -> Gateways:
        return self._silences.marked(states, now, self._due.changed(now))

    def _judged(
        self, this: Pass, asked: Asked, handed_over: Collection[str]
    ) -> tuple[dict[str, Situation], dict[str, Standing], Broken]:
        """Judge the accounts *asked*, and those *handed_over*. Return the situations of the latter
        and of those that others are judged by, how all stand, and what those raised that cannot
        be judged."""
        situations: dict[str, Situation] = {}
        judged: dict[str, Standing] = {}
        broken: Broken = {}
        for some in self._due.by_place({*asked, *handed_over}):
            facts = self._facts(this.rules, some)
            found, failed = self._assessed(this, facts)
            self._showing.keep(found, facts, asked, this)
            stand = self._accounts.judge(found, facts, this, failed)
            matter = {a for a in found if a not in stand or stand[a].due_at == ALWAYS}
            situations |= {a: s for a, s in found.items() if a in matter or a in handed_over}
            judged |= stand
            broken |= failed
        return situations, judged, broken

    def _situations_of(self, this: Pass, accounts: Collection[str]) -> list[Situation]:
        """Return the situations of *accounts*, whether they are due or not."""
        found: list[Situation] = []
        for some in self._due.by_place(accounts):
            found += self._assessed(this, self._facts(this.rules, some))[0].values()
        return found

    def _everyone(self, this: Pass) -> Situations:
        return self._assessed(this, self._facts(this.rules, this.rules.accounts))[0]

    def _assessed(
        self, this: Pass, facts: Mapping[str, AccountFacts]
    ) -> tuple[dict[str, Situation], Broken]:
        return assessed(this.rules, facts, this.states, this.awake_since, this.now, this.slept_at)

    def _facts(
        self, rules: Register, accounts: Collection[str], at: datetime | None = None
    ) -> Mapping[str, AccountFacts]:
        found = self._store.accounts.facts(rules.count_reposts(accounts), at)
        return {account: found[account] for account in accounts if account in found}

    def _judge_damage(self, broken: Broken, this: Pass) -> None:
        """Notify the operator of accounts that cannot be judged, and of damaged rows."""
        now = this.now
        damages = self._store.damages.note(now, now - LOOKED_BACK)
        situations, _ = self._assessed(this, self._facts(this.rules, {d.subject for d in damages}))
        self._accounts.report_broken(broken, of_accounts(damages, situations, now), this)
        others = of_nobody(damages, self._register.accounts, now)
        case = damage_case(DAMAGED, others, now)
        if moves(this.open_now.get((Kind.SELF, DAMAGED)), case, this.rules, None, now):
            facts = always(damage_facts(None, others, now))
            self._transitions.move(case, facts if others else at_the_end(None, now), now)


def _orphans(
    open_now: Iterable[Alert], watched: Collection[str], used: Callable[[Alert], bool]
) -> Iterator[Case]:
    """The ends of alerts whose subject is no longer *watched*, or used."""
    for alert in open_now:
        subject, _, _ = alert.subject.partition("#")
        own = alert.kind in OWN and subject not in watched and not _of_ourselves(alert)
        if own or (alert.kind is Kind.CHANNEL and not used(alert)):
            yield Case(alert.kind, alert.subject, alert.since, (), Reason.ACCOUNT_CLOSED)


def _handed_over(records: Records) -> set[str]:
    return {account for handover in records.handovers for account in handover.accounts}


def _awaiting(situations: Situations, this: Pass) -> dict[str, Call]:
    """The calls that wait for a reading, and that others of the hour wait for, by account."""
    return {
        account: call
        for account, situation in situations.items()
        if account not in this.exceptions
        and (call := awaited(situation, this.rules, this.now)) is not None
    }


def _gathering(waiting: Mapping[str, Call], situations: Situations, this: Pass) -> Hold | None:
    if not waiting:
        return None
    people = {
        one.person.id
        for account, call in waiting.items()
        for one in recipients(call.tell, situations[account].account, this.rules, this.now)
    }
    return Hold(min(call.due_at for call in waiting.values()), BY_THE_HOUR, frozenset(people))


def _of_ourselves(alert: Alert) -> bool:
    ours = (f"{On.CALENDAR}:", SUBJECT, DAMAGED, BACKUP, KEPT)
    return alert.subject.startswith(ours)
