"""Bring everything stored of an account together, for figures to be made of it.

Reads the store and decides nothing. One account at a time, so that thousands fit in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from monitor.freshness.evidence import SLACK
from monitor.ledger.coverage import BEFORE, Span, covered, covered_by_imports, merged, without
from monitor.ledger.days import lacking
from monitor.ledger.doubles import without_doubles
from monitor.ledger.rules import limits, reposts_counted, rules
from monitor.ledger.totals import Period, Rows, believed
from monitor.model import Account, Reading
from monitor.register import Register
from monitor.store.base import Store

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Seen:
    """What an account's readings cover, and those of them that say why other time is not."""

    covered: Sequence[Span]
    readings: Sequence[Reading]


def rows_of(
    store: Store,
    register: Register,
    account: Account,
    period: Period,
    now: datetime,
    seen: Seen | None = None,
) -> Rows:
    """Return everything stored of *account* that its figures of *period* rest on at *now*.

    The register has the policy in force now; earlier ones come from the store. *seen*: what of
    its readings matters, where that is known; else it is all of them.
    """
    policy, zone = register.policy_of(account), register.hours.zone
    known = rules(store.accounts.policy_history(account.id), policy)
    if seen is None:
        read = register.covering(store.readings.of_account(account.id, period.start - BEFORE))
        seen = Seen(covered(read), read)
    imports = merged(covered_by_imports(store.imports.spans(account.id)))
    posts = without_doubles(store.posts.of_account(account.id), zone)
    whole = merged([*seen.covered, *imports])
    days = store.days.known(account.id, FIRST_DAY, LAST_DAY, now)
    short = lacking(posts, {one.count.day: one.count.articles for one in days}, whole, imports)
    return Rows(
        posts=posts,
        readings=seen.readings,
        covered=without(whole, short),
        lacking=short,
        counters=believed(store.follower_counts.of_account(account.id, FIRST_DAY, LAST_DAY)),
        limits=limits(known, policy),
        count_reposts=reposts_counted(known, min(period.end, now), policy),
        read_within=policy.read_at_most_every + SLACK,
        agreed=store.exceptions.of_account(account.id, now),
    )


class LedgerRows(Mapping[str, Rows]):
    """Every configured account's rows for *period*, each brought when it is asked for."""

    def __init__(self, store: Store, register: Register, period: Period, now: datetime) -> None:
        self._store = store
        self._register = register
        self._period = period
        self._now = now

    def __getitem__(self, account: str) -> Rows:
        """Return the rows of *account*. Raises `KeyError` for one not configured."""
        known = self._register.accounts[account]
        return rows_of(self._store, self._register, known, self._period, self._now)

    def __contains__(self, account: object) -> bool:
        """Return whether *account* is configured; brings nothing."""
        return account in self._register.accounts

    def __iter__(self) -> Iterator[str]:
        """Go through the accounts in the order of the configuration."""
        return iter(self._register.accounts)

    def __len__(self) -> int:
        """Return how many accounts are configured."""
        return len(self._register.accounts)
