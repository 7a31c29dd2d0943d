"""Standings: what is kept of each account's last judgement, and which accounts are due."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, literal_column, select

from monitor.standing import Standing
from monitor.store.engine import Database, lock
from monitor.store.marking import STANDINGS, mark, mark_where
from monitor.store.mending import mending
from monitor.store.notes import NOTE
from monitor.store.protocols.standings import Kept, Standings
from monitor.store.rows import chunks, columns_of, upsert
from monitor.store.schema import notes, sources, standings
from monitor.store.types import UtcDateTime

UNDER = "judged_under"  # note: what accounts were last judged under
FIELDS = tuple(Standing.__dataclass_fields__)
BESIDES = (standings.c.account, standings.c.changes, standings.c.holds_until)
COLUMNS = (*BESIDES, *(standings.c[name] for name in FIELDS))
# Kept ready: they are asked for at every pass; building them costs more than running them.
AT = bindparam("at", type_=UtcDateTime())
DUE = select(*COLUMNS).where(standings.c.due_at <= AT)
SETTLED = select(*COLUMNS).where(standings.c.due_at > AT)
CHANGES = select(standings.c.account, standings.c.changes).where(standings.c.due_at <= AT)
BLIND = select(standings.c.account).where(standings.c.verdict == literal_column("'blind'"))
KEEPING = (
    standings.update()
    .where(
        and_(
            standings.c.account == bindparam("of"),
            standings.c.changes == bindparam("known"),
        )
    )
    .values({name: bindparam(f"new_{name}") for name in FIELDS})
)


@mending
class SqlStandings(Standings):
    """The standings of one database; every method is its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, now: datetime) -> Mapping[str, Kept]:
        return self._read(DUE, now)

    def changes(self, now: datetime) -> Mapping[str, int]:
        with self._database.reading() as connection:
            rows = connection.execute(CHANGES, {"at": now})
            return {row.account: row.changes for row in rows}

    def settled(self, now: datetime) -> Mapping[str, Kept]:
        return self._read(SETTLED, now)

    def blind(self) -> Collection[str]:
        with self._database.reading() as connection:
            return connection.scalars(BLIND).all()

    def keep(self, judged: Mapping[str, Standing], known: Mapping[str, Kept]) -> None:
        changed = (
            account
            for account in sorted(judged)
            if account in known and judged[account] != known[account].standing
        )
        for some in chunks(changed):
            rows = [{"of": a, "known": known[a].changes, **_values(judged[a])} for a in some]
            with self._database.writing() as connection:
                lock(connection, STANDINGS)
                connection.execute(KEEPING, rows)

    def under(self) -> str | None:
        with self._database.reading() as connection:
            return connection.scalar(NOTE, {"of": UNDER})

    def stir(
        self, under: str, accounts: Collection[str] | None, gateways: Collection[str] = ()
    ) -> None:
        with self._database.writing() as connection:
            lock(connection, STANDINGS)
            upsert(connection, notes, {"key": UNDER, "value": under})
            mark(connection, accounts)
            if gateways and accounts is not None:
                behind = select(sources.c.account).where(sources.c.gateway.in_(gateways))
                mark_where(connection, standings.c.account.in_(behind))

    def _read(self, wanted: Any, at: datetime) -> Mapping[str, Kept]:
        with self._database.reading() as connection:
            return {row.account: _kept(row) for row in connection.execute(wanted, {"at": at})}


def _kept(row: Row[Any]) -> Kept:
    stood = Standing(**{name: getattr(row, name) for name in FIELDS})
    return Kept(stood, row.changes, row.holds_until)


def _values(standing: Standing) -> dict[str, Any]:
    return {f"new_{name}": value for name, value in columns_of(standing).items()}
