"""Which accounts a pass looks at: what was stored of, and those whose instant has come."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.freshness.verdict import Verdict
from monitor.judging.accounts import Broken, Pass
from monitor.judging.judged_under import JudgedUnder, configured, judged_under, read_back, stirred
from monitor.model import Account
from monitor.register import Register
from monitor.standing import ALWAYS, NEVER, Standing
from monitor.store.base import Store
from monitor.store.protocols.shown import Held
from monitor.store.protocols.standings import Kept

CLOSED = Standing(NEVER)
AT_ONCE = 500  # accounts whose facts are held in memory together
Asked = Mapping[str, Kept]
StandingsOf = Callable[[Collection[str]], Mapping[str, Standing]]


class DueAccounts:
    """Finds the accounts that are due, and keeps how they stand once they were judged."""

    def __init__(self, store: Store, register: Register) -> None:
        self._store = store
        self._register = register
        self._places = {account: place for place, account in enumerate(register.accounts)}
        self._configured: str | None = None
        self._asked_at: datetime | None = None
        self._asked: Collection[str] = ()
        self._noticed: Mapping[str, int] = {}

    def changed(self, now: datetime) -> Collection[str] | None:
        """Return the accounts of which something may have been stored since this was asked last;
        None before the first pass, and where the clock was set back since."""
        back = self._asked_at is None or now < self._asked_at
        before, self._noticed = self._noticed, self._store.standings.changes(now)
        asked, self._asked = self._asked, ()
        new = {a for a, changes in self._noticed.items() if before.get(a) != changes}
        return None if back else {*asked, *new}

    def asked(self, this: Pass) -> Asked:
        """Return what is kept of the accounts that are due in *this* pass, by account: all of them
        if what all are judged under has changed since they were judged."""
        under, before = self._under(this), read_back(self._store.standings.under())
        back = self._asked_at is not None and this.now < self._asked_at
        if under.everywhere != before.everywhere or back:
            self._store.standings.stir(under.text(), None)
        elif under != before:
            concerned = stirred(before.agreed, under.agreed)
            behind = stirred(before.gateways, under.gateways)
            self._store.standings.stir(under.text(), concerned, behind)
        due = self._store.standings.due(this.now)
        self._asked_at, self._asked = this.now, due.keys()
        return due

    def by_place(self, accounts: Collection[str]) -> Iterator[Sequence[str]]:
        """Yield those of *accounts* that are configured, in the order of the configuration, some
        at a time: what is known of all of them at once may be too much."""
        known = (account for account in accounts if account in self._places)
        return _by(AT_ONCE, sorted(known, key=self._places.__getitem__))

    def blind(self, asked: Asked, judged: Mapping[str, Standing]) -> list[Account]:
        """Return the accounts that cannot be seen, as configured: as they were *judged* those that
        were *asked*, by what is kept the others."""
        kept = (a for a in self._store.standings.blind() if a not in asked)
        found = [
            *(account for account in kept if account in self._places),
            *(a for a, one in judged.items() if one.verdict == Verdict.BLIND),
        ]
        found.sort(key=self._places.__getitem__)
        return [self._register.accounts[account] for account in found]

    def keep(self, asked: Asked, judged: Mapping[str, Standing], broken: Broken) -> None:
        """Store how accounts stand that were *judged*. Those that could not be stay due; of closed
        ones nothing is due until something is stored of them."""
        found = {a: judged.get(a, CLOSED) for a in asked if a not in broken}
        self._store.standings.keep(found, asked)
        ends = {a: NEVER for a in found if a not in judged} | dict.fromkeys(broken, ALWAYS)
        self._store.shown.keep(
            {
                account: Held(None, until, asked[account].changes)
                for account, until in ends.items()
                if account in asked and asked[account].holds_until != until
            }
        )

    def outdated(self, this: Pass) -> Collection[str] | None:
        """Return the accounts of which what is kept to be shown does not hold in *this* pass; None
        for all, under other rules."""
        under, before = self._under(this), read_back(self._store.standings.under())
        if under.everywhere != before.everywhere:
            return None
        behind = self._behind(stirred(before.gateways, under.gateways))
        return {*behind, *self._store.shown.outdated(this.now)}

    def disagreeing(self, this: Pass, standings_of: StandingsOf) -> list[str]:
        """Return the accounts that are not due in *this* pass and stand otherwise than is kept of
        them, by *standings_of*; they are due from now on."""
        under, before = self._under(this), read_back(self._store.standings.under())
        if under.everywhere != before.everywhere:
            return []  # all are due as soon as they are judged under it
        behind = self._behind(stirred(before.gateways, under.gateways))
        moved = stirred(before.agreed, under.agreed) | behind
        settled = self._store.standings.settled(this.now)
        known = {a: k for a, k in settled.items() if a not in moved and k.standing != CLOSED}
        found = []
        for some in _by(AT_ONCE, sorted(known)):
            judged = standings_of(some)
            found += [a for a in judged if _differs(known[a].standing, judged[a])]
        # What was stored meanwhile made its account due, and says nothing about what was kept.
        still = self._store.standings.settled(this.now) if found else {}
        wrong = [account for account in found if still.get(account) == known[account]]
        if wrong:
            self._store.standings.stir(before.text(), wrong)
        return wrong

    def _behind(self, gateways: Collection[str]) -> set[str]:
        return {
            account.id
            for account in (self._register.accounts.values() if gateways else ())
            if any(source.gateway in gateways for source in account.sources)
        }

    def _under(self, this: Pass) -> JudgedUnder:
        if self._configured is None:
            self._configured = configured(self._register)
        awake = (this.awake_since, this.slept_at)
        parts = (self._configured, this.states, this.short, this.exceptions, awake)
        return judged_under(*parts, self._register, this.now)


def _by(size: int, accounts: Sequence[str]) -> Iterator[Sequence[str]]:
    return (accounts[start : start + size] for start in range(0, len(accounts), size))


def _differs(kept: Standing, judged: Standing) -> bool:
    """Whether an account stands otherwise, or is to be judged sooner, than is kept of it."""
    return kept != replace(judged, due_at=kept.due_at) or judged.due_at < kept.due_at
