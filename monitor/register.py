"""The account register: what is watched, by which rules, and whom it concerns. A value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache

from alerts.model import Hours, Person, Roster
from alerts.people.handover import Records, tight, watched_closely
from alerts.rules.calendar import Calendar
from monitor.errors import Told, UsageError
from monitor.model import Account, AccountState, Gateway, Pulse, Reading
from monitor.policy import Policy

# Kinds that list only part of what is published, unless the operator says that it is all:
# WeChat's own interface leaves out what was mass-sent (docs/gateways/wechat_api.md).
PARTIAL_KINDS = frozenset({"wechat_api", "wechat_component"})
# Kinds that may miss posts, unless `complete = true` says otherwise: we-mp-rss keeps what it
# happened to fetch.
INCOMPLETE_KINDS = frozenset({"we_mp_rss", "by_hand"})
BY_HAND = "by_hand"  # the kind of gateway through which a person looks, when asked
# A person is asked once a week and again the next working day; what they said holds so long.
LOOKED = timedelta(days=9)


@dataclass(frozen=True, slots=True)
class Register:
    """Everything configured that the rules need; the edges get their parts separately.

    *closely*: the accounts watched on the tight ladder, and since when.
    """

    accounts: Mapping[str, Account]
    gateways: Mapping[str, Gateway]
    policies: Mapping[str, Policy]
    people: Mapping[str, Person]
    roster: Roster
    hours: Hours
    calendar: Calendar
    closely: Mapping[str, datetime] = field(default_factory=dict)

    def policy_of(self, account: Account) -> Policy:
        """Return the policy in force for *account*."""
        policy = self.policies[account.policy]
        if self.by_hand(account):
            policy = replace(policy, read_at_most_every=max(policy.read_at_most_every, LOOKED))
        if account.id not in self.closely:
            return policy
        return replace(policy, ladder=tight(policy.ladder))

    def by_hand(self, account: Account) -> bool:
        """Return whether nothing but a person, who is asked, sees *account*."""
        return {self.kind_of(source.gateway) for source in account.sources} == {BY_HAND}

    def kind_of(self, gateway: str) -> str | None:
        """Return the kind of *gateway*; None for one that is not configured any more."""
        return self.gateways[gateway].kind if gateway in self.gateways else None

    def count_reposts(self, accounts: Iterable[str] | None = None) -> dict[str, bool]:
        """Return, by account, whether its reposts count; with *accounts*: of those."""
        wanted = self.accounts if accounts is None else accounts
        known = (self.accounts[account] for account in wanted if account in self.accounts)
        return {a.id: self.policies[a.policy].count_reposts for a in known}

    def covering(self, readings: Iterable[Reading]) -> list[Reading]:
        """Return *readings*, with `covers_from` cleared on those that cannot prove completeness:
        on a weak pulse, through a gateway of a kind that shows only part of what is published; on
        any, through one that is not `complete`."""
        proves = cache(self.proves)
        return [
            one if proves(one.gateway, one.pulse is Pulse.WEAK) else replace(one, covers_from=None)
            for one in readings
        ]

    def proves(self, gateway: str, weak: bool) -> bool:
        """Return whether a good reading through *gateway* can prove that every post was seen, on a
        *weak* pulse or not. One that is not configured any more could."""
        known = self.gateways.get(gateway)
        if known is None:
            return True
        return _complete(known) and not (weak and known.kind in PARTIAL_KINDS)

    def under(self, records: Records) -> Register:
        """Return the register with recorded custodians, recorded duty dates, imported calendars,
        and tight ladders for accounts whose handover is not proven, applied over the
        configuration."""
        held = {
            account: replace(known, custodian=one.person)
            for account, one in records.custody.items()
            if (known := self.accounts.get(account)) and known.custodian != one.person
        }
        return replace(
            self,
            accounts={**self.accounts, **held} if held else self.accounts,
            roster=replace(self.roster, dates=(*self.roster.dates, *records.dates)),
            closely=watched_closely(records.handovers),
            calendar=self.calendar.under(records.workdays),
        )

    def watched(self) -> Register:
        """Return the register without its closed accounts."""
        kept = {a.id: a for a in self.accounts.values() if a.state is not AccountState.CLOSED}
        return replace(self, accounts=kept)

    def custodians(self) -> dict[str, str]:
        """Return the custodian of every account that has one, by account."""
        return {a.id: a.custodian for a in self.accounts.values() if a.custodian}

    def account(self, account: str) -> Account:
        """Return the account of that id. Raises `UsageError` naming the choices."""
        known = self.accounts.get(account)
        if known is None:
            choices = ", ".join(sorted(self.accounts)) or Told("none is configured")
            raise UsageError(
                Told(
                    'accounts.toml: there is no account "{account}"; one of: {choices}',
                    account=account,
                    choices=choices,
                )
            )
        return known

    def person(self, person: str) -> Person:
        """Return the person of that id. Raises `UsageError` naming the choices."""
        known = self.people.get(person)
        if known is None:
            choices = ", ".join(sorted(self.people)) or Told("none is configured")
            raise UsageError(
                Told(
                    'people.toml: there is no person "{person}"; one of: {choices}',
                    person=person,
                    choices=choices,
                )
            )
        return known

    def name(self, person: str) -> str:
        """Return the name of a person; the id of one who is not configured any more."""
        known = self.people.get(person)
        return known.name if known else person


def _complete(gateway: Gateway) -> bool:
    """Return whether *gateway* shows every post: as it is configured, or else as its kind does."""
    if gateway.complete is not None:
        return gateway.complete
    return gateway.kind not in INCOMPLETE_KINDS
