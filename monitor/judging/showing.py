"""Keeps what readers see of accounts, and makes it of those of which what is kept does not hold."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.judging.accounts import Pass, Situations
from monitor.judging.due import Asked
from monitor.judging.shown import posts_since, published_of, shown_of, shown_until
from monitor.model import AccountFacts
from monitor.register import Register
from monitor.standing import Shown
from monitor.store.base import Store
from monitor.store.protocols.shown import Held

FactsOf = Mapping[str, AccountFacts]


class Showing:
    """What is shown of the accounts of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, situations: Situations, facts: FactsOf, rules: Register) -> dict[str, Shown]:
        """Return what is shown of the accounts of *situations*, made of *facts*, by account."""
        zone = rules.hours.zone
        known = {account: facts[account] for account in situations if account in facts}
        since = {account: posts_since(one, zone) for account, one in known.items()}
        posts = self._store.posts.lately(since)
        found = {}
        for account, one in known.items():
            situation = situations[account]
            said, reposts = posts.get(account, ()), situation.policy.count_reposts
            published = published_of(one, said, reposts, zone)
            found[account] = shown_of(situation, one, published, rules)
        return found

    def keep(self, situations: Situations, facts: FactsOf, asked: Asked, this: Pass) -> None:
        """Store it of those that were *asked* and of which what is kept does not hold in *this*
        pass."""
        mine = {
            account: situation
            for account, situation in situations.items()
            if account in asked and asked[account].holds_until <= this.now
        }
        shown = self.of(mine, facts, this.rules)
        self._store.shown.keep(
            {
                account: Held(
                    shown[account],
                    shown_until(situation, facts[account], this.rules, this.now),
                    asked[account].changes,
                )
                for account, situation in mine.items()
            }
        )

    def wrong(self, situations: Situations, facts: FactsOf, rules: Register) -> set[str]:
        """Return the accounts of *situations* of which something else is kept."""
        kept = self._store.shown.of(list(situations))
        right = self.of(situations, facts, rules)
        return {account for account, one in right.items() if kept.get(account) != one}
