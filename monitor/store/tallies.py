"""Counts for metrics: notices by how they ended, and the size of the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, select, text

from alerts.model import NoticeState
from monitor.store.engine import Database
from monitor.store.mending import mending
from monitor.store.protocols.notes import ChannelRecord, Tallies
from monitor.store.schema import deliveries, notices

WAITING = (NoticeState.PENDING, NoticeState.RETRYING)


@mending
class SqlTallies(Tallies):
    """The counts of one database; every method is its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ended(self) -> Mapping[tuple[str, NoticeState], int]:
        columns = (notices.c.channel, notices.c.state)
        wanted = select(*columns, func.count()).where(notices.c.state.not_in(WAITING))
        with self._database.reading() as connection:
            rows = connection.execute(wanted.group_by(*columns))
            return {(channel, state): n for channel, state, n in rows}

    def channels(self) -> Mapping[str, ChannelRecord]:
        with self._database.reading() as connection:
            accepted, refused = (
                {row.channel: row for row in connection.execute(_last(bad))}
                for bad in (False, True)
            )
        return {
            channel: ChannelRecord(
                accepted[channel].ended_at if channel in accepted else None,
                refused[channel].ended_at if channel in refused else None,
                refused[channel].error if channel in refused else None,
            )
            for channel in {*accepted, *refused}
        }

    def unsent(self) -> int:
        wanted = select(func.count()).where(notices.c.state.in_(WAITING))
        with self._database.reading() as connection:
            return connection.scalar(wanted) or 0

    def oldest_unsent(self) -> datetime | None:
        oldest = func.min(notices.c.created_at, type_=notices.c.created_at.type)
        with self._database.reading() as connection:
            found: datetime | None = connection.scalar(
                select(oldest).where(notices.c.state.in_(WAITING))
            )
            return found

    def sent(self, after: datetime) -> Sequence[tuple[datetime, datetime]]:
        wanted = select(notices.c.created_at, notices.c.sent_at).where(notices.c.sent_at > after)
        with self._database.reading() as connection:
            rows = connection.execute(wanted.order_by(notices.c.sent_at))
            return [(row.created_at, row.sent_at) for row in rows]

    def size(self) -> int:
        if self._database.path is not None:
            return self._database.path.stat().st_size
        with self._database.reading() as connection:
            return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)


def _last(refused: bool) -> Select[Any]:
    """The newest attempt of each channel that was refused, or that was not."""
    ended, error = deliveries.c.ended_at, deliveries.c.error
    of = and_(ended.is_not(None), error.is_not(None) if refused else error.is_(None))
    newest = select(deliveries.c.channel, func.max(ended, type_=ended.type).label("at"))
    last = newest.where(of).group_by(deliveries.c.channel).subquery()
    mine = and_(deliveries.c.channel == last.c.channel, ended == last.c.at, of)
    return select(deliveries.c.channel, ended, error).join(last, mine)
