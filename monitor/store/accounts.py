"""The registry: accounts, gateways and sources as configured, and policies with their dates.

What left the configuration stays with its history; it is only no longer configured.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from monitor.ledger.records import PolicyChange
from monitor.model import (
    Account,
    AccountFacts,
    AccountState,
    Gateway,
    MissingAccount,
    SourceMemory,
    SourceSpec,
)
from monitor.standing import ALWAYS
from monitor.store import facts, history
from monitor.store.codec import memory_to_json
from monitor.store.engine import Database, lock
from monitor.store.marking import mark
from monitor.store.mending import mending
from monitor.store.naming import next_number
from monitor.store.protocols.accounts import Accounts
from monitor.store.rows import chunks, insert_rows, update_rows
from monitor.store.schema import accounts, gateways, policies, sources, standings
from monitor.store.types import utc

Rows = dict[str, dict[str, Any]]
FORGOTTEN = {
    "next_read_at": None,
    "decisive_at": None,
    "memory": memory_to_json(SourceMemory()),
}
# What a row holds of the configuration; the rest of it is state.
CONFIGURED = {
    "accounts": (
        "id",
        "name",
        "platform",
        "organisation",
        "state",
        "count_reposts",
        "configured",
        "missing_since",
        "dropped_at",
        "dropped_by",
    ),
    "gateways": ("id", "kind", "configured"),
    "sources": ("id", "account", "gateway", "locator", "rank", "configured", "watched"),
}
MISSING = select(
    accounts.c.id, accounts.c.name, accounts.c.platform, accounts.c.missing_since
).where(accounts.c.missing_since.is_not(None))
_id = attrgetter("id")


@mending
class SqlAccounts(Accounts):
    """The accounts of one database; every method is its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sync(
        self,
        accounts: Collection[Account],
        gateways: Collection[Gateway],
        policies: Mapping[str, str],
        now: datetime,
        *,
        count_reposts: Mapping[str, bool] | None = None,
        whole: bool = True,
    ) -> None:
        wanted = _registry(accounts, gateways, policies, count_reposts or {}, whole)
        with self._database.reading() as connection:
            if not _differs(connection, wanted, utc(now)):
                return
        with self._database.writing() as connection:
            lock(connection, "registry")
            _sync(connection, wanted, utc(now))

    def watched(self) -> Collection[str]:
        there = (accounts.c.configured, accounts.c.state != AccountState.CLOSED)
        with self._database.reading() as connection:
            return connection.scalars(select(accounts.c.id).where(*there)).all()

    def watched_since(self) -> Mapping[str, datetime]:
        columns = select(accounts.c.id, accounts.c.watched_since)
        with self._database.reading() as connection:
            return {row.id: row.watched_since for row in connection.execute(columns)}

    def missing(self) -> Sequence[MissingAccount]:
        with self._database.reading() as connection:
            return missing(connection)

    def drop(self, account: str, by: str, now: datetime) -> bool:
        there = (accounts.c.id == account, accounts.c.missing_since.is_not(None))
        gone = {"missing_since": None, "dropped_at": now, "dropped_by": by}
        with self._database.writing() as connection:
            mark(connection, [account])
            return connection.execute(accounts.update().where(*there).values(gone)).rowcount == 1

    def policy_history(self, account: str) -> Sequence[PolicyChange]:
        with self._database.reading() as connection:
            found = connection.execute(
                select(policies.c.since, policies.c.policy)
                .where(policies.c.account == account)
                .order_by(policies.c.id)
            )
            return [PolicyChange(row.since, row.policy) for row in found]

    def published(self, count_reposts: Mapping[str, bool]) -> Mapping[str, AccountFacts]:
        if not count_reposts:
            return {}
        with self._database.reading() as connection:
            return facts.dates(connection, count_reposts)

    def facts(
        self, count_reposts: Mapping[str, bool], at: datetime | None = None
    ) -> Mapping[str, AccountFacts]:
        if not count_reposts:  # of most passes nothing is asked
            return {}
        with self._database.reading() as connection:
            if at is None:
                return facts.now(connection, count_reposts)
            return history.facts(connection, count_reposts, at)


@dataclass(frozen=True, slots=True)
class Registry:
    """The configuration as rows by id: what `sync` makes the tables hold. *whole*: what it does
    not name is no longer configured."""

    accounts: Rows
    gateways: Rows
    sources: Rows
    policies: Mapping[str, str]
    whole: bool


def _registry(
    configured: Iterable[Account],
    through: Iterable[Gateway],
    policies_in_force: Mapping[str, str],
    count_reposts: Mapping[str, bool],
    whole: bool,
) -> Registry:
    """Return the rows that the configuration asks for."""
    known = list(configured)
    return Registry(
        accounts={a.id: _account_row(a, count_reposts.get(a.id, True)) for a in known},
        gateways={g.id: {"id": g.id, "kind": g.kind, "configured": True} for g in through},
        sources={s.id: _source_row(s, a) for a in known for s in a.sources},
        policies=dict(policies_in_force),
        whole=whole,
    )


def _differs(connection: Connection, wanted: Registry, now: datetime) -> bool:
    """Return whether the tables hold anything else than *wanted* asks for."""
    return any(
        _changes(_stored(connection, table), rows, wanted.whole, now) != ([], [])
        for table, rows in _tables(wanted)
    ) or bool(_new_policies(connection, wanted.policies))


def _sync(connection: Connection, wanted: Registry, now: datetime) -> None:
    """Make the tables hold what *wanted* asks for; a new account is watched since *now*."""
    touched: set[str] = set()
    for table, rows in _tables(wanted):
        new, changed = _changes(_stored(connection, table), rows, wanted.whole, now)
        fresh = [{**row, **_fresh(table, now)} for row in new]
        insert_rows(connection, table, _numbered(connection, fresh) if table is sources else fresh)
        for row in changed:
            update_rows(connection, table, [row])
        touched |= _touched(connection, table, new, changed)
    texts = _new_policies(connection, wanted.policies)
    insert_rows(
        connection,
        policies,
        [{"account": account, "since": now, "policy": policy} for account, policy in texts.items()],
    )
    mark(connection, touched)


def _numbered(connection: Connection, new: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """*new* sources, each with the number by which its readings will name it."""
    first = next_number(connection) if new else 0
    return [{**row, "number": first + place} for place, row in enumerate(new)]


def _touched(
    connection: Connection,
    table: Table,
    new: Sequence[Mapping[str, Any]],
    changed: Sequence[Mapping[str, Any]],
) -> set[str]:
    """The accounts of rows that were put into *table*; a new one has its standing made."""
    ids = [row["id"] for row in (*new, *changed)]
    if table is accounts:
        rows = [{"account": row["id"], "due_at": ALWAYS, "holds_until": ALWAYS} for row in new]
        insert_rows(connection, standings, rows)
        return set(ids)
    if table is not sources:
        return set()
    of = (select(sources.c.account).where(sources.c.id.in_(some)) for some in chunks(ids))
    return {account for one in of for account in connection.scalars(one)}


def missing(connection: Connection) -> Sequence[MissingAccount]:
    """Return the accounts that are missing from the configuration, by id."""
    # Sorted here: an order by id would have SQLite walk through every account.
    return sorted((MissingAccount(*row) for row in connection.execute(MISSING)), key=_id)


def lock_accounts(connection: Connection, ids: Collection[str]) -> None:
    """Keep other writers of these accounts' posts waiting until the transaction ends.

    SQLite needs none: its writers are alone already.
    """
    if connection.dialect.name == "sqlite":
        return
    for some in chunks(sorted(ids)):
        rows = select(accounts.c.id).where(accounts.c.id.in_(some)).order_by(accounts.c.id)
        connection.execute(rows.with_for_update(key_share=True)).all()


def _tables(wanted: Registry) -> Iterable[tuple[Table, Rows]]:
    return ((accounts, wanted.accounts), (gateways, wanted.gateways), (sources, wanted.sources))


def _account_row(account: Account, count_reposts: bool) -> dict[str, Any]:
    return {
        "id": account.id,
        "name": account.name,
        "platform": account.platform,
        "organisation": account.organisation,
        "state": account.state,
        "count_reposts": count_reposts,
        "configured": True,
        "missing_since": None,
        "dropped_at": None,
        "dropped_by": None,
    }


def _source_row(source: SourceSpec, account: Account) -> dict[str, Any]:
    return {
        "id": source.id,
        "account": account.id,
        "gateway": source.gateway,
        "locator": source.locator,
        "rank": source.rank,
        "configured": True,
        "watched": account.state is not AccountState.CLOSED,
    }


def _fresh(table: Table, now: datetime) -> dict[str, Any]:
    """What a row of *table* starts with besides what is configured."""
    if table is accounts:
        return {"watched_since": now}
    if table is gateways:
        return {"healthy": True, "failures": 0, "last_detail": ""}
    return {"last_detail": "", "failures": 0, "memory": FORGOTTEN["memory"]}


def _stored(connection: Connection, table: Table) -> Rows:
    columns = [table.c[name] for name in CONFIGURED[table.name]]
    return {row.id: dict(row._mapping) for row in connection.execute(select(*columns))}


def _changes(
    stored: Rows, wanted: Rows, whole: bool, now: datetime
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return rows to insert and rows (with their id) to update."""
    new = [row for key, row in wanted.items() if key not in stored]
    changed = [
        _changed(stored[key], row)
        for key, row in wanted.items()
        if key in stored and stored[key] != row
    ]
    left = [row for key, row in stored.items() if key not in wanted and row["configured"]]
    return new, changed + [_gone(row, now) for row in left if whole]


def _gone(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    """An account that was not closed before it left is missing."""
    gone: dict[str, Any] = {"id": row["id"], "configured": False}
    if row.get("state", AccountState.CLOSED) is not AccountState.CLOSED:
        gone["missing_since"] = now
    return gone | {"watched": False} if "watched" in row else gone


def _changed(stored: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    # Validators and window belong to what was read there; elsewhere they prove nothing.
    moved = any(stored.get(name) != row.get(name) for name in ("account", "gateway", "locator"))
    return {**row, **FORGOTTEN} if moved else row


def _new_policies(connection: Connection, wanted: Mapping[str, str]) -> dict[str, str]:
    rows: Iterable[Row[Any]] = connection.execute(
        select(policies.c.account, policies.c.policy).order_by(policies.c.id)
    )
    newest = {row.account: row.policy for row in rows}
    return {account: policy for account, policy in wanted.items() if newest.get(account) != policy}
