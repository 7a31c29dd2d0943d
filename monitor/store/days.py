"""What platforms' statistics say of single days: kept, listed, and what they mean for silence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, ScalarSelect, select

from monitor.counted import DayCount, ListedDay
from monitor.ledger.records import KnownDay
from monitor.model import Dating, LastPost
from monitor.store.engine import Database
from monitor.store.marking import mark
from monitor.store.mending import mending
from monitor.store.protocols.ledger import Days
from monitor.store.rows import columns_of, upsert
from monitor.store.schema import accounts, day_counts, posts

ROUND_ABOUT = timedelta(days=2)  # before the last post: whatever zone a day is of, all of it


@mending
class SqlDays(Days):
    """What statistics say of days in one database; every method is its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, account: str, count: DayCount, source: str, now: datetime) -> None:
        with self._database.writing() as connection:
            mine = (day_counts.c.account == account, day_counts.c.day == count.day)
            before = connection.execute(select(day_counts).where(*mine)).first()
            same = before is not None and _count(before) == count
            upsert(
                connection,
                day_counts,
                {
                    "account": account,
                    **columns_of(count),
                    "source": source,
                    "learned_at": before.learned_at if before is not None and same else now,
                    "asked_at": now,
                },
            )
            mark(connection, [account])

    def known(
        self, account: str, since: date, until: date, at: datetime | None = None
    ) -> Sequence[KnownDay]:
        with self._database.reading() as connection:
            wanted = (
                select(day_counts)
                .where(day_counts.c.account == account)
                .where(day_counts.c.day >= since, day_counts.c.day < until)
                .order_by(day_counts.c.day)
            )
            if at is not None:
                wanted = wanted.where(day_counts.c.learned_at <= at)
            return [
                KnownDay(row.account, _count(row), row.source, row.learned_at, row.asked_at)
                for row in connection.execute(wanted)
            ]


def newest_listed(at: Any = None) -> ScalarSelect[date]:
    """Return the newest day of an account of the surrounding question for which anything is listed;
    with *at*: as far as that was learned by then."""
    day = day_counts.alias("newest_day")
    learned = () if at is None else (day.c.learned_at <= at,)
    return (
        select(day.c.day)
        .where(*learned)
        .where(day.c.account == accounts.c.id, day.c.articles > 0)
        .order_by(day.c.day.desc())
        .limit(1)
        .correlate(accounts)
        .scalar_subquery()
    )


def listed(
    connection: Connection, account: str, day: date | None, articles: int, last: LastPost | None
) -> ListedDay | None:
    """Return the newest *day* for which anything is listed with the posts known around it; None
    if it is overtaken, so that it says nothing of the silence since."""
    if day is None or overtaken(day, last):
        return None
    return ListedDay(day, articles, _dates(connection, account, last) if last else ())


def overtaken(day: date, last: LastPost | None) -> bool:
    """Whether the last post is of a later day than *day*."""
    return last is not None and day < last.published_at.date()


def _dates(connection: Connection, account: str, last: LastPost) -> tuple[datetime, ...]:
    wanted = (
        select(posts.c.published_at)
        .where(posts.c.account == account, posts.c.dating != Dating.UNKNOWN)
        .where(posts.c.published_at >= last.published_at - ROUND_ABOUT)
        .order_by(posts.c.published_at)
    )
    return tuple(connection.scalars(wanted))


def _count(row: Row[Any]) -> DayCount:
    return DayCount(row.day, row.articles, row.notified, row.pushes)
