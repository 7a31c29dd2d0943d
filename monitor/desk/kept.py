"""How accounts stand, from what is kept of each: one page of many costs what its rows cost.

Of an account of which what is kept does not hold any more it is made anew; the service's next pass
keeps it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.judging.engine import AlertEngine
from monitor.standing import LOOKS, Shown
from monitor.store.base import Store
from monitor.store.protocols.accounts import Sources
from monitor.store.protocols.shown import FoundAccounts, Wanted

Outdated = tuple[datetime | None, Collection[str] | None]
MANY = 5_000  # accounts that are outdated; of more, what is kept of others helps nobody


@dataclass(frozen=True, slots=True)
class Page:
    """Those of the accounts asked for that fit on one page, and how many there are in *total*."""

    number: int
    total: int
    shown: Sequence[Shown]


@dataclass(frozen=True, slots=True)
class Sums:
    """All accounts in numbers: *counts* by look and platform; *first*: of those with each look the
    one whose limit passes, or passed, first; *read_at*: the newest good reading of any; *behind*:
    how many are read through each gateway that was asked for; *doubtful*: how many of these are
    fresh."""

    counts: Mapping[tuple[str, str], int]
    first: Mapping[str, Shown]
    read_at: datetime | None
    behind: Mapping[str, int]
    doubtful: int = 0

    def by_look(self) -> Mapping[str, int]:
        """Return how many accounts have each look."""
        found = Counter[str]()
        for (look, _), n in self.counts.items():
            found[look] += n
        return found


class KeptAccounts:
    """Questions about how accounts stand now. Safe to use from several threads."""

    def __init__(self, store: Store, engine: AlertEngine) -> None:
        self._store = store
        self._engine = engine

    def at(self, now: datetime, most: int | None = None) -> AccountsNow:
        """Return the accounts as they stand at *now*; as they were last judged where more than
        *most* are to be made anew."""
        return self._at(now, most, *self._outdated(now))

    def one(self, account: str, now: datetime) -> Shown | None:
        """Return how *account* stands at *now*; None if it is closed, or cannot be judged."""
        return self._one(account, now, *self._outdated(now))

    def one_among(self, account: str, now: datetime, most: int) -> tuple[Shown | None, AccountsNow]:
        """Return what `one` does, and the accounts as `at` does."""
        known = self._outdated(now)
        return self._one(account, now, *known), self._at(now, most, *known)

    def _outdated(self, now: datetime) -> Outdated:
        awake = self._store.notes.heartbeat().awake_since
        return awake, self._engine.outdated(now, awake)

    def _at(
        self,
        now: datetime,
        most: int | None,
        awake: datetime | None,
        outdated: Collection[str] | None,
    ) -> AccountsNow:
        whole = outdated is None or len(outdated) > MANY
        anew = self._engine.rules().accounts if outdated is None or whole else outdated
        if most is not None and len(anew) > most:
            return AccountsNow(self._store.shown, self._store.sources, {}, ())
        made = self._engine.shown(anew, now, awake) if anew else {}
        kept = Nothing() if whole else self._store.shown
        return AccountsNow(kept, self._store.sources, made, () if whole else made)

    def _one(
        self,
        account: str,
        now: datetime,
        awake: datetime | None,
        outdated: Collection[str] | None,
    ) -> Shown | None:
        if outdated is None or account in outdated:
            return self._engine.shown([account], now, awake).get(account)
        return self._store.shown.of([account]).get(account)


class AccountsNow:
    """The accounts at one instant. *anew*: what was made of those that are *outdated*."""

    def __init__(
        self,
        kept: FoundAccounts,
        sources: Sources,
        anew: Mapping[str, Shown],
        outdated: Collection[str],
    ) -> None:
        self._kept = kept
        self._sources = sources
        self._anew = anew
        self._outdated = outdated

    def all(self) -> list[Shown]:
        """Return every account, in no order."""
        return [*self._kept.all(self._outdated), *self._anew.values()]

    def page(self, wanted: Wanted, number: int, size: int) -> Page:
        """Return the page of that *number*, from 1 on; the last one for one beyond it."""
        mine = self._fitting(wanted)
        total = self._kept.number(wanted, self._outdated) + len(mine)
        number = min(number, max((total - 1) // size + 1, 1))
        return Page(number, total, self._slice(wanted, mine, (number - 1) * size, size))

    def slice(self, wanted: Wanted, start: int, most: int) -> Sequence[Shown]:
        """Return those *wanted* from the *start*th on, at *most* so many."""
        return self._slice(wanted, self._fitting(wanted), start, most)

    def number(self, wanted: Wanted) -> int:
        """Return how many are *wanted*."""
        return self._kept.number(wanted, self._outdated) + len(self._fitting(wanted))

    def worst(self, organisations: Collection[str], of: Callable[[str], str]) -> Mapping[str, str]:
        """Return the most urgent look of each of *organisations* that has an account which is not
        fresh. *of*: the organisation of an account."""
        kept = self._kept.worst(organisations, self._outdated).items()
        anew = ((of(one.id), one.look) for one in self._anew.values() if one.look != "fresh")
        looks = [*kept, *(one for one in anew if one[0] in organisations)]
        return dict(sorted(looks, key=lambda one: -LOOKS.index(one[1])))

    def read_at(self) -> datetime | None:
        """Return when the newest good reading of any account was made."""
        read = [one.read_at for one in self._anew.values() if one.read_at]
        kept = self._kept.read_at(self._outdated)
        return max([*read, *([kept] if kept else [])], default=None)

    def sums(self, gateways: Sequence[str] = ()) -> Sums:
        """Return all accounts in numbers, and how many are behind each of *gateways*."""
        counts = Counter(self._kept.counts(self._outdated))
        counts.update((one.look, one.platform) for one in self._anew.values())
        firsts = (self.slice(Wanted((look,)), 0, 1) for look in {look for look, _ in counts})
        return Sums(
            counts,
            {one.look: one for first in firsts for one in first},
            self.read_at(),
            {gateway: self.number(Wanted(gateway=gateway)) for gateway in gateways},
            sum(self.number(Wanted(("fresh",), gateway=gateway)) for gateway in gateways),
        )

    def _fitting(self, wanted: Wanted) -> list[Shown]:
        """Those made anew that are wanted."""
        if not self._anew:
            return []
        behind = self._behind(wanted.gateway) if wanted.gateway else None
        return [
            one
            for one in self._anew.values()
            if (wanted.looks is None or one.look in wanted.looks)
            and all(word in one.searched for word in wanted.words)
            and (behind is None or one.id in behind)
        ]

    def _behind(self, gateway: str) -> set[str]:
        return {state.spec.account for state in self._sources.behind(gateway)}

    def _slice(
        self, wanted: Wanted, mine: Sequence[Shown], start: int, most: int
    ) -> Sequence[Shown]:
        # However many of those made anew come first, what is left out of the others is before all
        # that is wanted.
        begin = max(start - len(mine), 0)
        kept = self._kept.found(wanted, self._outdated, begin, most + start - begin)
        merged = sorted([*kept, *mine], key=_order(wanted))
        return merged[start - begin : start - begin + most]


def _order(wanted: Wanted) -> Callable[[Shown], tuple[object, ...]]:
    if wanted.by_name:
        return lambda one: (one.name, one.id)
    return lambda one: (LOOKS.index(one.look), one.breach_at, one.id)


class Nothing(FoundAccounts):
    """What is kept where nothing of it holds."""

    def all(self, but: Collection[str]) -> Sequence[Shown]:
        """Return none."""
        del but
        return []

    def found(self, wanted: Wanted, but: Collection[str], start: int, most: int) -> Sequence[Shown]:
        """Return none."""
        del wanted, but, start, most
        return []

    def number(self, wanted: Wanted, but: Collection[str]) -> int:
        """Return that there are none."""
        del wanted, but
        return 0

    def counts(self, but: Collection[str]) -> Mapping[tuple[str, str], int]:
        """Return that there are none."""
        del but
        return {}

    def worst(self, organisations: Collection[str], but: Collection[str]) -> Mapping[str, str]:
        """Return that there is none."""
        del organisations, but
        return {}

    def read_at(self, but: Collection[str]) -> datetime | None:
        """Return that none was read."""
        del but
        return None
