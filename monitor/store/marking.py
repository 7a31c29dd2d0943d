"""Makes accounts due whenever something is stored that judging goes by."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, bindparam

from monitor.standing import ALWAYS
from monitor.store.engine import lock
from monitor.store.rows import chunks
from monitor.store.schema import standings

STANDINGS = "standings"  # the lock of who changes several rows: their order would differ
MARKED = {"due_at": ALWAYS, "changes": standings.c.changes + 1}
UNSHOWN = {**MARKED, "holds_until": ALWAYS}
NAMED = standings.update().where(standings.c.account.in_(bindparam("marked", expanding=True)))
MARKING = NAMED.values(UNSHOWN)
ALERTING = standings.update().where(standings.c.account == bindparam("marked")).values(MARKED)


def mark(connection: Connection, accounts: Collection[str] | None) -> None:
    """Make *accounts* (None: all) due: something that judging goes by is being stored of them.

    Comes last in a transaction: who changes several rows keeps others that do waiting.
    """
    if accounts is None or len(accounts) > 1:
        lock(connection, STANDINGS)
    if accounts is None:
        mark_where(connection)
        return
    for some in chunks(sorted(accounts)):
        connection.execute(MARKING, {"marked": some})


def mark_alerted(connection: Connection, account: str) -> None:
    """Make *account* due, an alert of which is being stored: what is shown of it stays so."""
    connection.execute(ALERTING, {"marked": account})


def mark_where(connection: Connection, *which: ColumnElement[bool]) -> None:
    """Make the accounts due whose standings meet *which*."""
    connection.execute(standings.update().where(*which).values(UNSHOWN))
