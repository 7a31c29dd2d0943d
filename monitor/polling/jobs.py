"""What a reading needs to know of its account, before it begins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from alerts.model import Kind, Promise
from monitor.model import SourceState
from monitor.polling.reader import ReadJob, nothing_known
from monitor.register import Register
from monitor.store.base import Store

AT_ONCE = 200  # sources that are looked up together
Silent = Mapping[str, Promise | None]  # accounts with an open alert


class ReadJobs:
    """Puts together what is known of accounts that are to be read."""

    def __init__(self, store: Store, register: Register) -> None:
        self._store = store
        self._register = register
        self._shares = _shares(register)

    def of(self, sources: Sequence[SourceState], suspected: bool) -> Iterator[ReadJob]:
        """Yield how each of *sources* is read; in full where its route is *suspected*. What is
        known of them is looked up for some at a time: there may be tens of thousands."""
        silent = {a.subject: a.promise for a in self._store.alerts.open() if a.kind is Kind.SILENCE}
        for start in range(0, len(sources), AT_ONCE):
            yield from self._jobs(sources[start : start + AT_ONCE], suspected, silent)

    def _jobs(
        self, sources: Sequence[SourceState], suspected: bool, silent: Silent
    ) -> Iterator[ReadJob]:
        states = self._store.sources.named([s.spec.id for s in sources])
        counting = self._register.count_reposts(dict.fromkeys(s.spec.account for s in sources))
        facts = self._store.accounts.published(counting)
        alone = [a for a in facts if len(self._register.accounts[a].sources) == 1]
        bare = self._store.posts.none_of(a for a in alone if facts[a].last_post is None)
        for source in sources:
            if (a := source.spec.account) in facts and (state := states.get(source.spec.id)):
                yield ReadJob(
                    self._register.accounts[a],
                    state,
                    facts[a],
                    a in silent,
                    _until(silent.get(a)),
                    suspected or state.failures > 0,
                    self._shares.get(state.spec.id, 0.0),
                    nothing_known if a in bare else partial(self._store.posts.bearing, a),
                )


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
