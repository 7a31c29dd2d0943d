"""What judging works on: one account at one instant, and whom its messages mean. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from alerts.people.routing import Recipient, route
from monitor.freshness.evidence import Evidence, gather
from monitor.freshness.verdict import Assessment, Verdict, assess
from monitor.model import Account, AccountFacts, GatewayState
from monitor.policy import Policy
from monitor.polling.health import patient_since, shadowed
from monitor.register import Register

Gateways = dict[str, GatewayState]
Spent = Mapping[str, int]  # requests of the day by gateway, of those whose quota runs short


@dataclass(frozen=True, slots=True)
class Situation:
    """One account at one instant, with everything its messages speak of.

    *planned*: when each of its sources is read next; one that was never read is left out.
    """

    account: Account
    policy: Policy
    evidence: Evidence
    assessment: Assessment
    planned: Mapping[str, datetime] = field(default_factory=dict)


def recipients(
    tell: Sequence[str], account: Account | None, register: Register, now: datetime
) -> tuple[Recipient, ...]:
    """Return whom *tell* means at *now*, each person once."""
    day = now.astimezone(register.hours.zone).date()
    custodian = account.custodian if account else None
    backup = account.backup if account else None
    return route(tell, custodian, backup, register.people, register.roster, day)


def situation_of(
    rules: Register,
    account: Account,
    facts: AccountFacts,
    states: Gateways,
    awake_since: datetime | None,
    now: datetime,
) -> Situation:
    """Return the situation of *account* at *now*, given its *facts* and its gateways' *states*.

    *awake_since*: since when the service runs without an outage; None where that is not to count.
    """
    policy = rules.policy_of(account)
    patient = patient_since(facts, states, awake_since)
    evidence = gather(shadowed(facts, states), policy, patient, now)
    assessment = assess(evidence, policy, rules.hours, now)
    planned = {s.spec.id: s.next_read_at for s in facts.sources if s.next_read_at is not None}
    return Situation(account, policy, evidence, assessment, planned)


def blamed(situation: Situation, states: Gateways, short: Spent) -> bool:
    """Return whether a gateway of the account is unhealthy, or its quota kept it from being
    read: then the gateway's own alert tells of it."""
    through = {s.gateway for s in situation.account.sources}
    unread = situation.evidence.stale_since and not situation.evidence.failing_since
    if unread and through & short.keys():
        return True
    return any(not states[g].healthy for g in through if g in states)


def read_through(gateway: str, account: Account) -> bool:
    """Return whether *account* has a source behind *gateway*."""
    return any(s.gateway == gateway for s in account.sources)


def blind_by_gateway(situations: Iterable[Situation]) -> dict[str, list[Account]]:
    """Return the blind accounts behind each gateway."""
    found: dict[str, list[Account]] = {}
    for situation in situations:
        if situation.assessment.verdict is Verdict.BLIND:
            for gateway in {s.gateway for s in situation.account.sources}:
                found.setdefault(gateway, []).append(situation.account)
    return found
