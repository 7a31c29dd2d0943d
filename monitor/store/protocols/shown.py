"""What readers see of accounts, kept as it was last judged, and found by index."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from monitor.standing import Shown


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which accounts are asked for: of one of *looks* (None: of any), with every one of *words* in
    what is searched, read through *gateway*; by name, or the most urgent first."""

    looks: tuple[str, ...] | None = None
    words: tuple[str, ...] = ()
    gateway: str | None = None
    by_name: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """What is *shown* of an account and *until* when that holds; None of one that is not watched.
    *changes*: how often something of it had been stored when it was judged."""

    shown: Shown | None
    until: datetime
    changes: int


class FoundAccounts(Protocol):
    """What is shown of accounts, found among all.

    Whoever asks says which are to be left out, *but*: those of which what is kept does not hold.
    """

    def all(self, but: Collection[str]) -> Sequence[Shown]:
        """Return what is shown of all accounts."""
        ...

    def found(self, wanted: Wanted, but: Collection[str], start: int, most: int) -> Sequence[Shown]:
        """Return what is shown of those *wanted*, from the *start*th on, at *most* so many."""
        ...

    def number(self, wanted: Wanted, but: Collection[str]) -> int:
        """Return how many are *wanted*."""
        ...

    def counts(self, but: Collection[str]) -> Mapping[tuple[str, str], int]:
        """Return how many accounts there are, by look and platform."""
        ...

    def worst(self, organisations: Collection[str], but: Collection[str]) -> Mapping[str, str]:
        """Return the most urgent look of each of *organisations* that has an account which is not
        fresh; an account of none is of ""."""
        ...

    def read_at(self, but: Collection[str]) -> datetime | None:
        """Return when the newest good reading of any account was made."""
        ...


class ShownAccounts(FoundAccounts, Protocol):
    """What is shown of the accounts that are watched."""

    def keep(self, held: Mapping[str, Held]) -> None:
        """Store what is shown, by account. Where something was stored since it was judged, it does
        not hold."""
        ...

    def outdated(self, now: datetime) -> Collection[str]:
        """Return the accounts of which what is kept does not hold at *now*."""
        ...

    def of(self, accounts: Collection[str]) -> Mapping[str, Shown]:
        """Return what is shown of *accounts*, as far as anything is, whether it holds or not."""
        ...
