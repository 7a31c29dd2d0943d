"""The figures a report is written from: every account's totals of one period. Values; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.ledger.totals import Period, Rows, Totals, totals
from monitor.model import Account

# Totals of accounts on these are added up; the portal is told apart.
SOCIAL = frozenset({"weibo", "wechat"})


@dataclass(frozen=True, slots=True)
class AccountFigures:
    """One account and its totals."""

    account: Account
    totals: Totals

    @property
    def social(self) -> bool:
        """Whether it is a social-media account (政务新媒体), not the portal."""
        return self.account.platform in SOCIAL


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
    accounts: Iterable[Account], rows: Mapping[str, Rows], period: Period,
    now: datetime, zone: ZoneInfo,
) -> Figures:  # fmt: skip
    """Return the figures of *period* as known at *now*, of the accounts that *rows* holds."""
    found = [
        AccountFigures(a, totals(rows[a.id], period, now, zone)) for a in accounts if a.id in rows
    ]
    return Figures(period, tuple(found))
