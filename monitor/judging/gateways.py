"""Alerts about gateways: one that fails, one whose quota does not reach, a credential that ends."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from alerts.common.local_time import local_day
from alerts.model import Kind
from alerts.rules.lifecycle import Case
from monitor.judging.accounts import Pass
from monitor.judging.cases import QUOTA, credential_case, gateway_case, quota_case, waits
from monitor.judging.facts import credential_facts, gateway_facts, quota_facts
from monitor.judging.situation import Gateways, Situation, Spent, blind_by_gateway, read_through
from monitor.judging.transitions import AlertTransitions, always, moves, since_the_start
from monitor.model import Account, Gateway, GatewayState
from monitor.polling.health import resting
from monitor.polling.quota import budget, ran_short
from monitor.register import Register
from monitor.store.base import Store


class GatewayAlerts:
    """Moves alerts of the kind `gateway`."""

    def __init__(self, store: Store, register: Register, transitions: AlertTransitions) -> None:
        self._store = store
        self._register = register
        self._transitions = transitions

    def judge(self, situations: Collection[Situation], this: Pass) -> None:
        """Move the alerts that have to move, given the accounts' *situations*."""
        self._judge_health(situations, this)
        self._judge_quotas(situations, this)

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

    def _judge_health(self, situations: Collection[Situation], this: Pass) -> None:
        blind, now = blind_by_gateway(situations), this.now
        for gateway, state in this.states.items():
            tried_at, awake_since = state.last_tried_at, this.awake_since
            unread = tried_at is None or (awake_since is not None and tried_at < awake_since)
            if gateway not in self._register.gateways or (unread and not state.healthy):
                continue
            self._judge_credential(gateway, state, this)
            case = gateway_case(gateway, state, bool(blind.get(gateway)), now)
            alert = this.open_now.get((Kind.GATEWAY, gateway))
            if moves(alert, case, self._register, None, now):
                self._move(case, state, blind.get(gateway, []), now)

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

    def _move(
        self, case: Case, state: GatewayState, blind: Sequence[Account], now: datetime
    ) -> None:
        kind = self._register.gateways[case.subject].kind
        every = self._register.accounts.values()
        behind = blind or [a for a in every if read_through(case.subject, a)]
        self._transitions.move(case, since_the_start(gateway_facts(state, kind, behind, now)), now)
