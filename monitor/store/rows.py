"""Small ways of writing rows that several nouns share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Table, bindparam

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
        _run(connection, _inserting(connection.dialect, table, tuple(rows[0])), rows)


def insert_new(connection: Connection, table: Table, rows: Sequence[Row]) -> int:
    """Insert *rows*, leaving out any that a unique key refuses; return how many went in."""
    if not rows:
        return 0
    first = next(iter(table.primary_key.columns))
    statement = _insert(connection.dialect.name, table).on_conflict_do_nothing().returning(first)
    return len(connection.execute(statement, [dict(row) for row in rows]).all())


def upsert(connection: Connection, table: Table, row: Row) -> None:
    """Insert *row*, or replace the one with the same primary key."""
    upsert_rows(connection, table, [row])


def upsert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert each of *rows*, all alike, or replace the one with the same primary key."""
    if rows:
        statement = _upserting(connection.dialect.name, table, tuple(rows[0]))
        connection.execute(statement, [dict(row) for row in rows])


def update_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Set the other columns of each of *rows* where its primary key is; all rows alike."""
    if rows:
        _run(connection, _updating(connection.dialect, table, tuple(rows[0])), rows)


# Kept ready: most writes are small, and building a statement costs more than running it.
@cache
def _upserting(dialect: str, table: Table, names: tuple[str, ...]) -> Any:
    keys = [column.name for column in table.primary_key.columns]
    statement = _insert(dialect, table)
    others = {name: statement.excluded[name] for name in names if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=others)


@cache
def _inserting(dialect: Dialect, table: Table, names: tuple[str, ...]) -> _Ready:
    values = {name: bindparam(name, type_=table.c[name].type) for name in names}
    return _ready(dialect, table.insert().values(values))


@cache
def _updating(dialect: Dialect, table: Table, names: tuple[str, ...]) -> _Ready:
    keys = {column.name for column in table.primary_key.columns}
    said = {name: bindparam(f"set_{name}", type_=table.c[name].type) for name in names}
    rows = [table.c[name] == said[name] for name in names if name in keys]
    values = {name: value for name, value in said.items() if name not in keys}
    return _ready(dialect, table.update().where(*rows).values(values))


@dataclass(frozen=True, slots=True)
class _Ready:
    """A statement in the words of one database, and how its values are written there.

    *places*: the value of each place, in order, and what makes it storable.
    """

    text: str
    places: tuple[tuple[str, str, Callable[[Any], Any]], ...]
    positional: bool

    def parameters(self, row: Row) -> Any:
        """Return the values of one row as the driver takes them."""
        if self.positional:
            return tuple([stored(row[name]) for _, name, stored in self.places])
        return {place: stored(row[name]) for place, name, stored in self.places}


def _ready(dialect: Dialect, statement: Any) -> _Ready:
    made = statement.compile(dialect=dialect)
    order = made.positiontup if made.positional else list(made.binds)
    places = tuple((key, key.removeprefix("set_"), _stored(dialect, made, key)) for key in order)
    return _Ready(str(made), places, made.positional)


def _stored(dialect: Dialect, made: Any, key: str) -> Callable[[Any], Any]:
    return made.binds[key].type.dialect_impl(dialect).bind_processor(dialect) or _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _run(connection: Connection, ready: _Ready, rows: Sequence[Row]) -> None:
    """Run *ready* for all of *rows* by the driver itself: SQLAlchemy would spend on each row what
    storing it costs."""
    connection.exec_driver_sql(ready.text, [ready.parameters(row) for row in rows])


def _insert(dialect: str, table: Table) -> Any:
    # The dialect in use is loaded already; the other one would only cost time.
    return import_module(f"sqlalchemy.dialects.{dialect}").insert(table)
