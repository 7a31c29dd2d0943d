"""Small ways of writing rows that several nouns share."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Table, bindparam

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
    statement = _insert(connection.dialect.name, table).on_conflict_do_nothing().returning(first)
    return len(connection.execute(statement, [dict(row) for row in rows]).all())


def upsert(connection: Connection, table: Table, row: Row) -> None:
    """Insert *row*, or replace the one with the same primary key."""
    connection.execute(_upserting(connection.dialect.name, table, tuple(row)), [dict(row)])


def update_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Set the other columns of each of *rows* where its primary key is; all rows alike."""
    if not rows:
        return
    keys = _keys(table, rows[0])
    connection.execute(_updating(table, tuple(rows[0])), [_renamed(row, keys) for row in rows])


# Kept ready: most writes are small, and building a statement costs more than running it.
@cache
def _upserting(dialect: str, table: Table, names: tuple[str, ...]) -> Any:
    keys = [column.name for column in table.primary_key.columns]
    statement = _insert(dialect, table)
    others = {name: statement.excluded[name] for name in names if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=others)


@cache
def _updating(table: Table, names: tuple[str, ...]) -> Any:
    return table.update().where(*(c == bindparam(_key(c)) for c in _keys(table, names)))


def _keys(table: Table, names: Container[str]) -> list[Column[Any]]:
    return [column for column in table.primary_key.columns if column.name in names]


def _key(column: Column[Any]) -> str:
    return f"key_{column.name}"


def _renamed(row: Row, keys: Sequence[Column[Any]]) -> dict[str, Any]:
    names = {column.name: _key(column) for column in keys}
    return {names.get(name, name): value for name, value in row.items()}


def _insert(dialect: str, table: Table) -> Any:
    # The dialect in use is loaded already; the other one would only cost time.
    return import_module(f"sqlalchemy.dialects.{dialect}").insert(table)
