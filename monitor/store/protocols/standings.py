"""How each account stood when it was last judged, and until when that holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from monitor.standing import ALWAYS, Standing


@dataclass(frozen=True, slots=True)
class Kept:
    """A standing, and how often something of its account had been *changes* by then.
    *holds_until*: until when what is shown of it holds."""

    standing: Standing
    changes: int
    holds_until: datetime = field(default=ALWAYS, compare=False)


class Standings(Protocol):
    """The standings of all accounts that were ever configured.

    Whatever stores something that judging goes by makes its account due, in the same transaction.
    """

    def due(self, now: datetime) -> Mapping[str, Kept]:
        """Return what is kept of the accounts that are to be judged at *now*, by account."""
        ...

    def changes(self, now: datetime) -> Mapping[str, int]:
        """Return how often something was stored of the accounts that are to be judged at *now*."""
        ...

    def settled(self, now: datetime) -> Mapping[str, Kept]:
        """Return what is kept of the accounts that are not due at *now*, by account."""
        ...

    def blind(self) -> Collection[str]:
        """Return the accounts that could not be seen when they were last judged."""
        ...

    def keep(self, judged: Mapping[str, Standing], known: Mapping[str, Kept]) -> None:
        """Store how accounts stand that were *judged*, by account, some in each transaction: what
        else is stored waits for its end. One of which something was stored since it was *known*
        stays due."""
        ...

    def under(self) -> str | None:
        """Return what accounts were last judged under, as `stir` stored it."""
        ...

    def stir(
        self, under: str, accounts: Collection[str] | None, gateways: Collection[str] = ()
    ) -> None:
        """Store what accounts are judged *under* from now on, and make due those of *accounts*
        (None: all), and those behind *gateways*."""
        ...
