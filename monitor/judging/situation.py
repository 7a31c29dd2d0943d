"""What judging works on: one account at one instant, and whom its messages mean. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from alerts.people.routing import Recipient, route
from monitor.freshness.evidence import Evidence, gather
from monitor.freshness.together import weakened
from monitor.freshness.verdict import Assessment, assess
from monitor.model import Account, AccountFacts, GatewayState, RouteHealth, SourceSpec
from monitor.policy import Policy
from monitor.polling.belief import other_name
from monitor.polling.health import family_of, patient_since, resting, route_of, shadowed
from monitor.register import Register

Gateways = dict[str, GatewayState]
Spent = Mapping[str, int]  # requests of the day by gateway, of those whose quota runs short


@dataclass(frozen=True, slots=True)
class Situation:
    """One account at one instant, with everything its messages speak of.

    *planned*: when each of its sources is read next; one that was never read is left out.
    *other_name*: what it is called where it is read, where that is another name.
    *patient*: since when it may be waited for.
    """

    account: Account
    policy: Policy
    evidence: Evidence
    assessment: Assessment
    planned: Mapping[str, datetime] = field(default_factory=dict)
    other_name: str | None = None
    patient: datetime | None = None


def recipients(
    tell: Sequence[str], account: Account | None, register: Register, now: datetime
) -> tuple[Recipient, ...]:
    """Return whom *tell* stands for at *now*, each person once."""
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
    slept_at: datetime | None = None,
) -> Situation:
    """Return the situation of *account* at *now*, given its *facts* and its gateways' *states*.

    *awake_since*: since when the service runs without an outage; None where that is not to count.
    *slept_at*: its last pass before that.
    """
    policy = rules.policy_of(account)
    routes = routes_of(rules, account, states)
    patient = patient_since(routes.values(), awake_since)
    doubted = {name: state.together for name, state in states.items() if state.together}
    borne_out = weakened(shadowed(facts, routes), doubted)
    evidence = gather(borne_out, policy, patient, now, slept_at)
    assessment = assess(evidence, policy, rules.hours, now)
    planned = {s.spec.id: s.next_read_at for s in facts.sources if s.next_read_at is not None}
    seen = other_name(account, [s.memory for s in facts.sources])
    return Situation(account, policy, evidence, assessment, planned, seen, patient)


@dataclass(frozen=True, slots=True)
class Hindrance:
    """What keeps an account from being read that is not its own. *blamed*: a gateway,
    and the operator is notified of that instead; *untriable*: it cannot be read at the moment."""

    blamed: bool = False
    untriable: bool = False


def routes_of(rules: Register, account: Account, states: Gateways) -> dict[str, RouteHealth]:
    """Return the health of the routes through which *account* is read, by source."""
    return {
        spec.id: route_of(states[spec.gateway], family)
        for spec in account.sources
        if spec.gateway in states and (family := family_behind(rules, account, spec)) is not None
    }


def family_behind(rules: Register, account: Account, spec: SourceSpec) -> str | None:
    """Return the family of routes of *account*'s source; None if its gateway is gone."""
    gateway = rules.gateways.get(spec.gateway)
    return family_of(gateway, account.platform, spec.locator) if gateway else None


def hindrance(
    situation: Situation, rules: Register, states: Gateways, short: Spent, now: datetime
) -> Hindrance:
    """Return what hinders the account of *situation* at *now*."""
    through = {s.gateway for s in situation.account.sources}
    quotas = {g: rules.gateways[g].quota for g in through if g in rules.gateways}
    shut = {g for g in through if resting(states.get(g), now)}
    shut |= {g for g, most in quotas.items() if most is not None and short.get(g, 0) >= most}
    # A person has the day to look; at the limit nobody waits for them.
    unseen = rules.by_hand(situation.account) and situation.assessment.breach_at <= now
    untriable = unseen or (bool(through) and shut == through)
    return Hindrance(_blamed(situation, rules, states, short), untriable)


def _blamed(situation: Situation, rules: Register, states: Gateways, short: Spent) -> bool:
    """Whether a gateway of the account is unhealthy, or its quota kept it from being
    read: then the gateway's own alert says so."""
    through = {s.gateway for s in situation.account.sources}
    unread = situation.evidence.stale_since and not situation.evidence.failing_since
    if unread and through & short.keys():
        return True
    routes = routes_of(rules, situation.account, states)
    return any(not route.healthy for route in routes.values())


def read_through(gateway: str, account: Account) -> bool:
    """Return whether *account* has a source behind *gateway*."""
    return any(s.gateway == gateway for s in account.sources)


Behind = tuple[str, str | None]  # a gateway and one family of its routes


def by_route(rules: Register, accounts: Iterable[Account]) -> dict[Behind, list[Account]]:
    """Return *accounts* by the gateways and families of routes through which they are read."""
    found: dict[Behind, list[Account]] = {}
    for account in accounts:
        for behind in {(s.gateway, family_behind(rules, account, s)) for s in account.sources}:
            found.setdefault(behind, []).append(account)
    return found
