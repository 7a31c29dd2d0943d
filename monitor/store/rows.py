"""Small ways of writing rows that several nouns share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Table, bindparam
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

Item = TypeVar("Item")
Row = Mapping[str, Any]

MANY = 500  # values of one IN list


def chunks(items: Iterable[Item], size: int = MANY) -> Iterator[Sequence[Item]]:
    """Yield *items* in lists of at most *size*, each item once, in the given order."""
    known = list(dict.fromkeys(items))
    for start in range(0, len(known), size):
        yield known[start : start + size]


def columns_of(value: Any) -> dict[str, Any]:
    """Return a dataclass as a row, field by field; `asdict` would copy every value deeply."""
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert *rows* at once; nothing for none."""
    if rows:
        connection.execute(table.insert(), [dict(row) for row in rows])


def insert_new(connection: Connection, table: Table, rows: Sequence[Row]) -> int:
    """Insert *rows*, leaving out any that a unique key refuses; return how many went in."""
    if not rows:
        return 0
    first = next(iter(table.primary_key.columns))
    statement = _insert(connection, table).on_conflict_do_nothing().returning(first)
    return len(connection.execute(statement, [dict(row) for row in rows]).all())


def upsert(connection: Connection, table: Table, row: Row) -> None:
    """Insert *row*, or replace the one with the same primary key."""
    keys = [column.name for column in table.primary_key.columns]
    statement = _insert(connection, table).values(**row)
    others = {name: statement.excluded[name] for name in row if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=others))


def update_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Set the other columns of each of *rows* where its primary key is; all rows alike."""
    if not rows:
        return
    keys = [column for column in table.primary_key.columns if column.name in rows[0]]
    statement = table.update().where(*(column == bindparam(_key(column)) for column in keys))
    connection.execute(statement, [_renamed(row, keys) for row in rows])


def _key(column: Column[Any]) -> str:
    return f"key_{column.name}"


def _renamed(row: Row, keys: Sequence[Column[Any]]) -> dict[str, Any]:
    names = {column.name: _key(column) for column in keys}
    return {names.get(name, name): value for name, value in row.items()}


def _insert(connection: Connection, table: Table) -> Any:
    insert = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    return insert(table)
