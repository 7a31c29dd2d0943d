"""The account register: what is watched, by which rules, and whom it concerns. A value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from alerts.calendar import Calendar
from alerts.model import Hours, Person, Roster
from monitor.freshness.policy import Policy
from monitor.model import Account, Gateway


@dataclass(frozen=True, slots=True)
class Register:
    """Everything configured that the rules need; the edges get their parts separately."""

    accounts: Mapping[str, Account]
    gateways: Mapping[str, Gateway]
    policies: Mapping[str, Policy]
    people: Mapping[str, Person]
    roster: Roster
    hours: Hours
    calendar: Calendar

    def policy_of(self, account: Account) -> Policy:
        """Return the policy in force for *account*."""
        return self.policies[account.policy]

    def count_reposts(self) -> dict[str, bool]:
        """Return, by account, whether its reposts count."""
        return {a.id: self.policy_of(a).count_reposts for a in self.accounts.values()}
