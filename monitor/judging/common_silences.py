"""Which gateways are doubted because all accounts behind them are silent together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.freshness.together import History, Worktime, history_of, large_enough, together
from monitor.judging.situation import Gateways, read_through
from monitor.model import Account, AccountState, Together
from monitor.polling.canary import Sight, canary_pulse
from monitor.register import Register
from monitor.store.base import Store

# Every group is silent for an hour in some night: less than three of them is no doubt about any,
# and not worth a look at its history.
SHORTEST = timedelta(hours=3)
Known = tuple[frozenset[str], History]  # of which accounts, and what


class CommonSilences:
    """Judges the common silence behind each gateway; remembers what history teaches."""

    def __init__(self, store: Store, register: Register) -> None:
        self._store = store
        self._register = register
        self._known: dict[str, Known] = {}
        self._behind = {gateway: self._read_through(gateway) for gateway in register.gateways}

    def marked(self, states: Gateways, now: datetime) -> Gateways:
        """Return *states* with the doubt of each gateway at *now*."""
        found = {}
        for name, state in states.items():
            behind = self._behind.get(name, [])
            seen = canary_pulse(state.canaries, now).sight is Sight.SEEING
            doubt = None if seen or not large_enough(behind) else self._doubt(name, behind, now)
            found[name] = replace(state, together=doubt)
        return found

    def _read_through(self, gateway: str) -> list[Account]:
        return [
            account
            for account in self._register.accounts.values()
            if account.state is not AccountState.CLOSED and read_through(gateway, account)
        ]

    def _doubt(self, gateway: str, behind: Sequence[Account], now: datetime) -> Together | None:
        accounts = frozenset(a.id for a in behind)
        if self._store.posts.published(accounts, now, now - SHORTEST):
            return None
        worktime = Worktime(self._register.calendar, self._register.hours.zone)
        history = self._history(gateway, accounts, worktime, now)
        return together(history, self._looks(accounts), worktime, now)

    def _history(
        self, gateway: str, accounts: frozenset[str], worktime: Worktime, now: datetime
    ) -> History | None:
        """What was learnt before holds until one of the accounts publishes."""
        of, known = self._known.get(gateway, (frozenset(), None))
        later = known and self._store.posts.published(
            accounts, now, known.newest + timedelta(microseconds=1)
        )
        if known is None or of != accounts or later or known.newest > now:
            known = history_of(self._store.posts.published(accounts, now), worktime)
            if known is not None:
                self._known[gateway] = (accounts, known)
        return known

    def _looks(self, accounts: frozenset[str]) -> list[datetime]:
        """When a person last looked at each of *accounts*."""
        looked: dict[str, datetime] = {}
        for state in self._store.sources.states().values():
            at, account = state.memory.looked_at, state.spec.account
            if at is not None and account in accounts:
                looked[account] = max(at, looked.get(account, at))
        return list(looked.values())
