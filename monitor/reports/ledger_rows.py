"""Bring everything stored of an account together, for figures to be made of it.

Reads the store and decides nothing. One account at a time, so that thousands fit in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from monitor.freshness.evidence import SLACK
from monitor.ledger.coverage import BEFORE, covered, covered_by_imports, merged, without
from monitor.ledger.days import lacking
from monitor.ledger.doubles import without_doubles
from monitor.ledger.records import IMPORT, FollowerCount
from monitor.ledger.rules import limits, reposts_counted, rules
from monitor.ledger.totals import Counted, Period, Rows
from monitor.model import Account
from monitor.register import Register
from monitor.store.base import Store

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(9999, 12, 31)


def rows_of(
    store: Store, register: Register, account: Account, period: Period, now: datetime
) -> Rows:
    """Return everything stored of *account* that its figures of *period* rest on at *now*.

    The register has the policy in force now; earlier ones come from the store.
    """
    policy, zone = register.policy_of(account), register.hours.zone
    known = rules(store.accounts.policy_history(account.id), policy)
    readings = register.covering(store.readings.of_account(account.id, period.start - BEFORE))
    imports = merged(covered_by_imports(store.imports.spans(account.id)))
    posts = without_doubles(store.posts.of_account(account.id), zone)
    seen = covered(readings, imports)
    days = store.days.known(account.id, FIRST_DAY, LAST_DAY, now)
    short = lacking(posts, {one.count.day: one.count.articles for one in days}, seen, imports)
    return Rows(
        posts=posts,
        readings=readings,
        covered=without(seen, short),
        lacking=short,
        counters=_counted(store.follower_counts.of_account(account.id, FIRST_DAY, LAST_DAY)),
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


def _counted(counters: Sequence[FollowerCount]) -> list[Counted]:
    """Oldest day first; of one day the newest import last, for the last one is believed."""
    ordered = sorted(counters, key=lambda c: (c.day, _age(c.provenance or "")))
    return [Counted(c.day, c.followers, c.posts, c.provenance or "") for c in ordered]


def _age(provenance: str) -> tuple[int, str]:
    number = provenance.removeprefix(IMPORT)
    return (int(number), "") if number.isdecimal() and number != provenance else (0, provenance)
