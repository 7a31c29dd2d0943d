"""Alerts about gateways: one that fails, one whose quota does not reach, a credential that ends."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import cached_property

from alerts.common.local_time import local_day
from alerts.model import Kind
from monitor.judging.accounts import Pass
from monitor.judging.cases import (
    QUOTA,
    credential_case,
    doubt_case,
    doubt_of,
    doubted_together,
    doubtful,
    gateway_case,
    quota_case,
    together_case,
    waits,
)
from monitor.judging.facts import (
    credential_facts,
    doubt_facts,
    gateway_facts,
    quota_facts,
    together_facts,
)
from monitor.judging.situation import (
    Behind,
    Gateways,
    Situation,
    Spent,
    by_route,
    read_through,
)
from monitor.judging.transitions import AlertTransitions, always, moves, since_the_start
from monitor.judging.troubles import Trouble, troubles
from monitor.model import Account, Gateway, GatewayState
from monitor.polling.health import resting
from monitor.polling.quota import budget, ran_short
from monitor.register import Register
from monitor.store.base import Store

ByRoute = Mapping[Behind, Sequence[Account]]
SituationsOf = Callable[[Collection[str]], Sequence[Situation]]


class GatewayAlerts:
    """Moves alerts of the kind `gateway`."""

    def __init__(self, store: Store, register: Register, transitions: AlertTransitions) -> None:
        self._store = store
        self._register = register
        self._transitions = transitions
        self._settled: dict[str, frozenset[str]] = {}  # the doubts of which all is said

    def judge(
        self,
        situations: Collection[Situation],
        blind: Collection[Account],
        situations_of: SituationsOf,
        this: Pass,
    ) -> None:
        """Move the alerts that have to move. *situations*: of the accounts that are due, among
        them all that are doubtful or wait to be read; *blind*: those of all that cannot be seen.
        *situations_of*: gives those of accounts that are not due, too."""
        self._judge_health(blind, this)
        self._judge_quotas(situations, this)
        self._judge_doubts(situations, situations_of, this)
        self._judge_silences(this)

    def short(self, states: Gateways, now: datetime) -> Spent:
        """Return what was spent of the quotas that run short. One whose gateway fails, or asked
        for rest, is not to blame."""
        zone = self._register.hours.zone
        limited = [g for g in self._register.gateways.values() if g.quota is not None]
        spent = self._store.gateways.spent(local_day(now, zone)) if limited else {}
        return {
            g.id: spent.get(g.id, 0)
            for g in limited
            if ran_short(budget(g.quota or 0, spent.get(g.id, 0), now, zone), now)
            and (state := states.get(g.id)) is not None
            and state.healthy
            and not resting(state, now)
        }

    def _judge_health(self, unseen: Collection[Account], this: Pass) -> None:
        blind = by_route(self._register, unseen)
        for gateway, state in this.states.items():
            tried_at, awake_since = state.last_tried_at, this.awake_since
            unread = tried_at is None or (awake_since is not None and tried_at < awake_since)
            if gateway not in self._register.gateways or (unread and not state.healthy):
                continue
            self._judge_credential(gateway, state, this)
            for trouble in troubles(state, {s for k, s in this.open_now if k is Kind.GATEWAY}):
                routes = [(gateway, family) for family in trouble.families]
                self._judge_trouble(trouble, routes, blind, this)

    def _judge_trouble(
        self, trouble: Trouble, routes: Sequence[Behind], blind: ByRoute, this: Pass
    ) -> None:
        unseen = [a for one in routes for a in blind.get(one, ())]
        case = gateway_case(trouble.subject, trouble.route, bool(unseen), this.now)
        alert = this.open_now.get((Kind.GATEWAY, trouble.subject))
        if moves(alert, case, self._register, None, this.now):
            kind = self._register.gateways[trouble.gateway].kind
            everybody = [a for one in routes for a in self._behind.get(one, ())]
            concerned = tuple(dict.fromkeys(unseen or everybody))
            facts = gateway_facts(trouble, kind, concerned, this.now)
            self._transitions.move(case, since_the_start(facts), this.now)

    def _judge_credential(self, gateway: str, state: GatewayState, this: Pass) -> None:
        case = credential_case(gateway, state, this.now)
        alert = this.open_now.get((Kind.GATEWAY, case.subject))
        if moves(alert, case, self._register, None, this.now):
            kind = self._register.gateways[gateway].kind
            facts = credential_facts(state, kind, this.now)
            self._transitions.move(case, always(facts), this.now)

    def _judge_quotas(self, situations: Collection[Situation], this: Pass) -> None:
        waiting = [s for s in situations if waits(s, this.now)]
        for gateway in self._register.gateways.values():
            short = gateway.id in this.short
            behind = [s for s in waiting if short and read_through(gateway.id, s.account)]
            self._judge_quota(gateway, behind, this)

    def _judge_doubts(
        self, situations: Collection[Situation], situations_of: SituationsOf, this: Pass
    ) -> None:
        """Doubts of one gateway are one message, that of the account's first source."""
        found: dict[str, list[Situation]] = {}
        for situation in situations:
            for first in situation.account.sources[:1]:
                found.setdefault(first.gateway, []).append(situation)
        for gateway in self._register.gateways.values():
            doubted = [s for s in found.get(gateway.id, []) if doubtful(s, this.now)]
            self._judge_doubted(gateway, doubted, situations_of, this)

    def _judge_doubted(
        self,
        gateway: Gateway,
        doubted: Sequence[Situation],
        situations_of: SituationsOf,
        this: Pass,
    ) -> None:
        """What is doubted is held against all behind the gateway, once for the same doubts."""
        doubts = frozenset(f"{s.account.id} {doubt_of(s)}" for s in doubted)
        if doubted and self._settled.get(gateway.id) == doubts:
            return
        behind = situations_of(self._first_behind(gateway.id)) if doubted else ()
        case = doubt_case(gateway.id, doubted, behind, this.now)
        alert = this.open_now.get((Kind.GATEWAY, case.subject))
        if moves(alert, case, self._register, None, this.now):
            facts = doubt_facts(gateway, doubted_together(doubted, behind), this.now)
            self._transitions.move(case, always(facts), this.now)
            self._settled.pop(gateway.id, None)
        elif case.calls:
            self._settled[gateway.id] = doubts

    def _first_behind(self, gateway: str) -> list[str]:
        """The accounts whose first source is behind *gateway*."""
        watched = self._register.watched().accounts.values()
        return [a.id for a in watched if [s.gateway for s in a.sources[:1]] == [gateway]]

    @cached_property
    def _behind(self) -> ByRoute:
        return by_route(self._register, self._register.accounts.values())

    def _judge_silences(self, this: Pass) -> None:
        for gateway, state in this.states.items():
            case = together_case(gateway, state.together, this.now)
            alert = this.open_now.get((Kind.GATEWAY, case.subject))
            if moves(alert, case, self._register, None, this.now):
                watched = self._register.watched().accounts.values()
                behind = [account for account in watched if read_through(gateway, account)]
                facts = together_facts(state, behind, this.now)
                self._transitions.move(case, since_the_start(facts), this.now)

    def _judge_quota(self, gateway: Gateway, behind: Sequence[Situation], this: Pass) -> None:
        now = this.now
        since = min((s.evidence.stale_since or now for s in behind), default=None)
        alert = this.open_now.get((Kind.GATEWAY, f"{gateway.id}{QUOTA}"))
        if since is None and alert and gateway.quota and self._today(alert.opened_at, now):
            return  # read for the moment; it will happen again before midnight
        case = quota_case(gateway.id, since, now)
        if moves(alert, case, self._register, None, now):
            accounts = [s.account for s in behind]
            facts = quota_facts(gateway, this.short.get(gateway.id, 0), since, accounts, now)
            self._transitions.move(case, since_the_start(facts), now)

    def _today(self, at: datetime, now: datetime) -> bool:
        zone = self._register.hours.zone
        return local_day(at, zone) == local_day(now, zone)
