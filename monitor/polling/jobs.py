"""What a reading needs to know of its account, before it begins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from alerts.model import Kind, Promise
from monitor.model import SourceState
from monitor.polling.reader import ReadJob, nothing_known
from monitor.register import Register
from monitor.store.base import Store


class ReadJobs:
    """Puts together what is known of accounts that are to be read."""

    def __init__(self, store: Store, register: Register) -> None:
        self._store = store
        self._register = register
        self._shares = _shares(register)

    def of(self, sources: Sequence[SourceState], suspected: bool) -> list[ReadJob]:
        """Return how each of *sources* is read; in full where its route is *suspected*."""
        accounts = {s.spec.account for s in sources}
        counting = {a: c for a, c in self._register.count_reposts().items() if a in accounts}
        facts = self._store.accounts.published(counting)
        alone = [a for a in facts if len(self._register.accounts[a].sources) == 1]
        bare = self._store.posts.none_of(a for a in alone if facts[a].last_post is None)
        silent = {a.subject: a.promise for a in self._store.alerts.open() if a.kind is Kind.SILENCE}
        return [
            ReadJob(
                self._register.accounts[a],
                state,
                facts[a],
                a in silent,
                _until(silent.get(a)),
                suspected or state.failures > 0,
                self._shares.get(state.spec.id, 0.0),
                nothing_known if a in bare else partial(self._store.posts.bearing, a),
            )
            for state in sources
            if (a := state.spec.account) in facts
        ]


def _shares(register: Register) -> dict[str, float]:
    """Where in each interval, between 0 and 1, a source is read, so that those of one gateway are
    spread evenly: a gateway that dies is then soon found."""
    behind: dict[str, list[str]] = defaultdict(list)
    for account in register.accounts.values():
        for spec in account.sources:
            behind[spec.gateway].append(spec.id)
    return {
        source: place / len(group)
        for group in behind.values()
        for place, source in enumerate(sorted(group))
    }


def _until(promise: Promise | None) -> datetime | None:
    return promise.until if promise else None
