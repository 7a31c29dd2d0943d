"""Which gateways are doubted because all accounts behind them are silent together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.freshness.together import History, Worktime, coming, history_of, large_enough
from monitor.judging.situation import Gateways
from monitor.model import Account, AccountState, GatewayState, Together
from monitor.polling.canary import Sight, canary_pulse
from monitor.register import Register
from monitor.standing import NEVER
from monitor.store.base import Store

# Every group is silent for an hour in some night: less than three of them is no doubt about any,
# and not worth a look at its history.
SHORTEST = timedelta(hours=3)
Known = tuple[frozenset[str], History]  # of which accounts, and what


@dataclass(frozen=True, slots=True)
class Settled:
    """The *doubt* about a gateway that there was at *since*, and until when it stays so if nothing
    of its accounts is stored."""

    doubt: Together | None
    since: datetime
    until: datetime


class CommonSilences:
    """Judges the common silence behind each gateway; remembers what history teaches."""

    def __init__(self, store: Store, register: Register) -> None:
        self._store = store
        self._register = register
        self._known: dict[str, Known] = {}
        self._settled: dict[str, Settled] = {}
        self._behind = self._read_through()
        self._large = {g for g, behind in self._behind.items() if large_enough(behind)}

    def marked(
        self, states: Mapping[str, GatewayState], now: datetime, changed: Collection[str] | None
    ) -> Gateways:
        """Return *states* with the doubt of each gateway at *now*. *changed*: the accounts of which
        anything may have been stored since this was asked last; None: any."""
        self._unsettle(changed)
        found = {}
        for name, state in states.items():
            behind = self._behind.get(name, [])
            seen = canary_pulse(state.canaries, now).sight is Sight.SEEING
            doubt = None if seen or name not in self._large else self._doubt(name, behind, now)
            found[name] = replace(state, together=doubt)
        return found

    def behind(self, gateway: str) -> Sequence[Account]:
        """Return the accounts that are read through *gateway*, but closed ones."""
        return self._behind.get(gateway, [])

    def _unsettle(self, changed: Collection[str] | None) -> None:
        if changed is None:
            self._settled.clear()
            return
        known = (self._register.accounts.get(account) for account in changed)
        for gateway in {s.gateway for account in known if account for s in account.sources}:
            self._settled.pop(gateway, None)

    def _read_through(self) -> dict[str, list[Account]]:
        behind: dict[str, list[Account]] = {gateway: [] for gateway in self._register.gateways}
        for account in self._register.accounts.values():
            if account.state is not AccountState.CLOSED:
                for gateway in {s.gateway for s in account.sources} & behind.keys():
                    behind[gateway].append(account)
        return behind

    def _doubt(self, gateway: str, behind: Sequence[Account], now: datetime) -> Together | None:
        settled = self._settled.get(gateway)
        if settled is None or not settled.since <= now < settled.until:
            settled = self._settled[gateway] = self._judged(gateway, behind, now)
        return settled.doubt

    def _judged(self, gateway: str, behind: Sequence[Account], now: datetime) -> Settled:
        accounts = frozenset(a.id for a in behind)
        lately = self._store.posts.published(accounts, now, now - SHORTEST, gateway)
        if lately:
            return Settled(None, now, max(max(of) for of in lately.values()) + SHORTEST)
        worktime = Worktime(self._register.calendar, self._register.hours.zone)
        history = self._history(gateway, accounts, worktime, now)
        looks = self._looks(accounts)
        doubt = coming(history, looks, worktime, now)
        ahead = [at for at in (*looks, doubt.since if doubt else now) if at > now]
        there = doubt is not None and doubt.since <= now
        return Settled(doubt if there else None, now, min(ahead, default=NEVER))

    def _history(
        self, gateway: str, accounts: frozenset[str], worktime: Worktime, now: datetime
    ) -> History | None:
        """What was learnt before holds until the gateway shows something newer. What it does not
        show, and another gateway, an import or a person does, is no sign of its life."""
        of, known = self._known.get(gateway, (frozenset(), None))
        later = known and self._store.posts.published(
            accounts, now, known.newest + timedelta(microseconds=1), gateway
        )
        if known is None or of != accounts or later or known.newest > now:
            known = history_of(self._shown(gateway, accounts, now), worktime)
            if known is not None:
                self._known[gateway] = (accounts, known)
        return known

    def _shown(
        self, gateway: str, accounts: frozenset[str], now: datetime
    ) -> Mapping[str, Sequence[datetime]]:
        """What *accounts* published up to the newest post that *gateway* has shown."""
        shown = self._store.posts.published(accounts, now, None, gateway)
        newest = max((at for of in shown.values() for at in of), default=None)
        return self._store.posts.published(accounts, newest) if newest else {}

    def _looks(self, accounts: frozenset[str]) -> list[datetime]:
        """When a person last looked at each of *accounts*."""
        looked: dict[str, datetime] = {}
        known = (self._register.accounts[account] for account in accounts)
        through = {source.gateway for account in known for source in account.sources}
        behind = (state for gateway in through for state in self._store.sources.behind(gateway))
        for state in behind:
            at, account = state.memory.looked_at, state.spec.account
            if at is not None and account in accounts:
                looked[account] = max(at, looked.get(account, at))
        return list(looked.values())
