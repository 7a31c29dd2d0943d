"""What judging works on: one account at one instant, and whom its messages mean. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from alerts.people.routing import Recipient, route
from monitor.freshness.evidence import Evidence
from monitor.freshness.verdict import Assessment
from monitor.model import Account, GatewayState
from monitor.policy import Policy
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
