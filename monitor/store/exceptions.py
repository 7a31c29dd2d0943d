"""Agreed silences, which keep alerts quiet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from alerts.model import SilenceException
from monitor.store.engine import Database, Within
from monitor.store.marking import mark
from monitor.store.mending import mending
from monitor.store.protocols.alerts import Exceptions
from monitor.store.schema import exceptions
from monitor.store.types import UtcDateTime

# Kept ready: each transaction on an account's alerts asks for them.
_AT = bindparam("at", type_=UtcDateTime())
IN_FORCE = (
    select(exceptions)
    .where(exceptions.c.since <= _AT, exceptions.c.until > _AT)
    .order_by(exceptions.c.until, exceptions.c.id)
)
OF_ACCOUNT = (
    select(exceptions)
    .where(exceptions.c.account == bindparam("of"), exceptions.c.since <= _AT)
    .order_by(exceptions.c.since, exceptions.c.id)
)


@mending
class SqlExceptions(Exceptions):
    """The agreed silences of one database, or of one transaction on it."""

    def __init__(self, database: Database | Within) -> None:
        self._database = database

    def save(self, exception: SilenceException) -> None:
        with self._database.writing() as connection:
            connection.execute(
                exceptions.insert(),
                [
                    {
                        "account": exception.account,
                        "by": exception.by,
                        "since": exception.since,
                        "until": exception.until,
                        "reason": exception.reason,
                        "document": exception.document,
                    }
                ],
            )
            mark(connection, [exception.account])

    def in_force(self, at: datetime) -> Mapping[str, SilenceException]:
        def read(connection: Connection) -> Mapping[str, SilenceException]:
            rows = connection.execute(IN_FORCE, {"at": at})
            return {row.account: _exception(row) for row in rows}

        return self._database.once((IN_FORCE, at), read)

    def of_account(self, account: str, at: datetime) -> Sequence[SilenceException]:
        with self._database.reading() as connection:
            rows = connection.execute(OF_ACCOUNT, {"of": account, "at": at})
            return [_exception(row) for row in rows]


def _exception(row: Row[Any]) -> SilenceException:
    return SilenceException(row.account, row.by, row.since, row.until, row.reason, row.document)
