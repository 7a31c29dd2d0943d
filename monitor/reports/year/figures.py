"""The figures a report is written from: every account's totals of one period. Values; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from alerts.model import SilenceException
from monitor.ledger.lapses import Limits, Quiet, in_force
from monitor.ledger.totals import Period, Rows, Totals, totals
from monitor.model import Account

# The portal stands apart: its pages are no posts of a new-media account.
PORTALS = frozenset({"website"})


@dataclass(frozen=True, slots=True)
class AccountFigures:
    """One account and its totals."""

    account: Account
    totals: Totals

    @property
    def social(self) -> bool:
        """Whether it is a social-media account (政务新媒体), not the portal."""
        return self.account.platform not in PORTALS


@dataclass(frozen=True, slots=True)
class AccountYear:
    """One account's year: its totals, and what is said about them.

    *months*: posts of each month. *limit*: the one in force at the end; *limits*: those before
    it, too. *after_lapses*: the
    longest silence after the last lapse ended. *before*: posts of the year before, and why the
    two may not be compared, if so (*refused*).
    """

    account: Account
    totals: Totals
    months: tuple[int, ...]
    limit: timedelta
    count_reposts: bool = True
    after_lapses: Quiet | None = None
    before: int | None = None
    refused: str | None = None
    limits: Limits = ()

    def limit_at(self, at: datetime) -> timedelta:
        """Return the limit in force *at* an instant."""
        return in_force(self.limits, at) if self.limits else self.limit

    @property
    def social(self) -> bool:
        """Whether it is a social-media account (政务新媒体), not the portal."""
        return self.account.platform not in PORTALS


@dataclass(frozen=True, slots=True)
class Figures:
    """All accounts' totals of *period*, in the order of the configuration."""

    period: Period
    accounts: tuple[AccountFigures, ...]

    @property
    def total_posts(self) -> int:
        """Posts of all social-media accounts together."""
        return sum(a.totals.posts for a in self.accounts if a.social)

    @property
    def complete(self) -> bool:
        """Whether every account's total is exact."""
        return all(a.totals.complete for a in self.accounts)


def figures(
    accounts: Iterable[Account],
    rows: Mapping[str, Rows],
    period: Period,
    now: datetime,
    zone: ZoneInfo,
) -> Figures:
    """Return the figures of *period* as known at *now*, of the accounts that *rows* holds."""
    found = [
        AccountFigures(a, totals(rows[a.id], period, now, zone)) for a in accounts if a.id in rows
    ]
    return Figures(period, tuple(found))


def is_known(account: Mapping[str, Any]) -> bool:
    """Return whether a year's document, or evidence, knows anything of its *account*. An older
    one did not say."""
    known: bool = account.get("known", True)
    return known


def exception_row(one: SilenceException, zone: ZoneInfo) -> dict[str, str | None]:
    """Return an agreed silence as documents name it."""
    return {
        "since": one.since.astimezone(zone).isoformat(timespec="seconds"),
        "until": one.until.astimezone(zone).isoformat(timespec="seconds"),
        "reason": one.reason,
        "document": one.document,
    }
