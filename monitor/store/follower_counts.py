"""Followers and posts as platforms counted them, by account and day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from monitor.ledger.records import FollowerCount
from monitor.store.engine import Database
from monitor.store.mending import mending
from monitor.store.protocols.ledger import FollowerCounts
from monitor.store.schema import counters

COUNTER = tuple(FollowerCount.__dataclass_fields__)


@mending
class SqlFollowerCounts(FollowerCounts):
    """The follower counts of one database; every method is its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_account(self, account: str, since: date, until: date) -> Sequence[FollowerCount]:
        with self._database.reading() as connection:
            rows = connection.execute(
                select(counters)
                .where(
                    counters.c.account == account, counters.c.day >= since, counters.c.day < until
                )
                .order_by(counters.c.day, counters.c.provenance)
            )
            return [follower_count(row) for row in rows]

    def by_account(self, since: date, until: date) -> Mapping[str, Sequence[FollowerCount]]:
        with self._database.reading() as connection:
            found: dict[str, list[FollowerCount]] = {}
            rows = connection.execute(
                select(counters)
                .where(counters.c.day >= since, counters.c.day < until)
                .order_by(counters.c.day.desc(), counters.c.provenance.desc())
            )
            for row in rows:
                found.setdefault(row.account, []).append(follower_count(row))
            return found


def follower_count(row: Row[Any]) -> FollowerCount:
    """Return the count that a row says."""
    return FollowerCount(**{name: getattr(row, name) for name in COUNTER})
