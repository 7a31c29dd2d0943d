"""How accounts stood at an instant of the past, from what was known then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.common.local_time import local_day
from monitor.desk.status import Picture
from monitor.judging.engine import AlertEngine
from monitor.judging.shown import shown_of
from monitor.judging.situation import family_behind
from monitor.ledger.periods import month_of, year_of
from monitor.ledger.records import FollowerCount
from monitor.model import GatewayState, PostKind, SourceState
from monitor.polling.health import judged
from monitor.register import Register
from monitor.standing import Published, Shown
from monitor.store.base import Store

REMEMBERED = timedelta(days=60)  # how far back counts are looked for


class Past:
    """Questions about the accounts of one register and its store as they were known."""

    def __init__(self, store: Store, register: Register, engine: AlertEngine) -> None:
        self._store = store
        self._register = register
        self._engine = engine
        self._zone = register.hours.zone

    def shown(self, at: datetime, only: str | None) -> tuple[list[Shown], Picture]:
        """Return what was to be shown of every account *at* an instant, or of *only* one, and what
        was recorded besides them."""
        counting = self._register.count_reposts()
        wanted = counting if only is None else {only: counting[only]}
        facts = self._store.accounts.facts(wanted, at)
        gateways = self._gateways(at, (x for one in facts.values() for x in one.sources))
        awake = self._store.notes.heartbeat().awake_since
        found = self._engine.situations(at, awake, gateways, at, only, facts)
        published, counted = self._published(at), self._counted(at)
        shown = [
            _counted_last(
                shown_of(s, facts[a], published.get(a, Published()), self._register),
                counted.get(a, ()),
            )
            for a, s in found.items()
        ]
        return shown, Picture(at, gateways, self._store.exceptions.in_force(at), {})

    def gateways_at(self, at: datetime) -> dict[str, GatewayState]:
        """Return the gateways as they must have looked *at* an instant from their sources then."""
        return self._gateways(at, self._store.sources.states(at).values())

    def _gateways(self, at: datetime, sources: Iterable[SourceState]) -> dict[str, GatewayState]:
        behind: dict[str, list[SourceState]] = {g: [] for g in self._register.gateways}
        for source in sources:
            behind.setdefault(source.spec.gateway, []).append(source)
        return {g: judged(g, self._families(states), None, at) for g, states in behind.items()}

    def _families(self, states: Iterable[SourceState]) -> dict[str, list[SourceState]]:
        groups: dict[str, list[SourceState]] = {}
        for state in states:
            account = self._register.accounts.get(state.spec.account)
            family = family_behind(self._register, account, state.spec) if account else None
            groups.setdefault(family or "", []).append(state)
        return groups

    def _counts(self, since: datetime, until: datetime, at: datetime) -> dict[str, int]:
        counting = self._register.count_reposts()
        return {
            account: sum(
                n
                for kind, n in kinds.items()
                if kind is not PostKind.REPOST or counting.get(account, True)
            )
            for account, kinds in self._store.posts.counts(since, until, at).items()
        }

    def _published(self, at: datetime) -> Mapping[str, Published]:
        """What had been published of each account by *at* in its month and year so far."""
        today = local_day(at, self._zone)
        month = self._counts(*month_of(at, self._zone), at)
        year = self._counts(*year_of(at, self._zone), at)
        return {a: Published(today, month.get(a, 0), n) for a, n in year.items()}

    def _counted(self, at: datetime) -> Mapping[str, Sequence[FollowerCount]]:
        """What was counted on the days before *at*, the newest first."""
        day = local_day(at, self._zone)
        return self._store.follower_counts.by_account(day - REMEMBERED, day)


def _counted_last(shown: Shown, counted: Sequence[FollowerCount]) -> Shown:
    """*shown*, with what was counted last."""
    return replace(
        shown,
        followers=next((one.followers for one in counted if one.followers is not None), None),
        platform_posts=next((one.posts for one in counted if one.posts is not None), None),
    )
