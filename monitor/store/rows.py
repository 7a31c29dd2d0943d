"""Small ways of writing rows that several nouns share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Table, bindparam, text

from monitor.store.types import Column, by_column

Item = TypeVar("Item")
Row = Mapping[str, Any]

MANY = 500  # values of one IN list
NEWEST = text("SELECT seq FROM sqlite_sequence WHERE name = :of")
NEXT = text("SELECT nextval(pg_get_serial_sequence(:of, 'id')) FROM generate_series(1, :many)")


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


def insert_missing(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert *rows*, leaving out any that a unique key refuses; nothing for none."""
    if rows:
        _run(connection, _inserting(connection.dialect, table, tuple(rows[0]), True), rows)


def insert_new(connection: Connection, table: Table, rows: Sequence[Row]) -> int:
    """Insert *rows*, leaving out any that a unique key refuses; return how many went in."""
    if not rows:
        return 0
    return _run(connection, _inserting(connection.dialect, table, tuple(rows[0]), True), rows)


def upsert(connection: Connection, table: Table, row: Row) -> None:
    """Insert *row*, or replace the one with the same primary key."""
    upsert_rows(connection, table, [row])


def upsert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert each of *rows*, all alike, or replace the one with the same primary key."""
    if rows:
        statement = _upserting(connection.dialect.name, table, tuple(rows[0]))
        connection.execute(statement, [dict(row) for row in rows])


def add_rows(connection: Connection, table: Table, rows: Sequence[Row], sum_of: str) -> None:
    """Insert each of *rows*, or add its *sum_of* to that of the one with the same primary key."""
    if rows:
        _run(connection, _adding(connection.dialect, table, sum_of), rows)


def update_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Set the other columns of each of *rows* where its primary key is; all rows alike."""
    if rows:
        _run(connection, _updating(connection.dialect, table, tuple(rows[0])), rows)


def execute_rows(connection: Connection, statement: Any, rows: Sequence[Row]) -> int:
    """Run *statement* with the values of each of *rows*; return how many rows it changed."""
    return _run(connection, _given(connection.dialect, statement), rows)


def new_ids(connection: Connection, table: Table, many: int) -> Sequence[int]:
    """Return the ids of the next *many* rows of *table*, which nobody else is given."""
    if not many:
        return ()
    if connection.dialect.name == "sqlite":  # where a writer is alone
        last = connection.scalar(NEWEST, {"of": table.name}) or 0
        return range(last + 1, last + 1 + many)
    return connection.scalars(NEXT, {"of": table.name, "many": many}).all()


def delete_rows(connection: Connection, table: Table, keys: Sequence[Row]) -> None:
    """Delete the rows with these primary keys; nothing for none."""
    if keys:
        _run(connection, _deleting(connection.dialect, table), keys)


# Kept ready: most writes are small, and building a statement costs more than running it.
@cache
def _upserting(dialect: str, table: Table, names: tuple[str, ...]) -> Any:
    keys = [column.name for column in table.primary_key.columns]
    statement = _insert(dialect, table)
    others = {name: statement.excluded[name] for name in names if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=others)


@cache
def _adding(dialect: Dialect, table: Table, sum_of: str) -> _Ready:
    values = {column.name: bindparam(column.name, type_=column.type) for column in table.c}
    statement = _insert(dialect.name, table).values(values)
    total = table.c[sum_of] + statement.excluded[sum_of]
    keys = list(table.primary_key.columns)
    return _ready(
        dialect, statement.on_conflict_do_update(index_elements=keys, set_={sum_of: total})
    )


@cache
def _inserting(
    dialect: Dialect, table: Table, names: tuple[str, ...], missing: bool = False
) -> _Ready:
    values = {name: bindparam(name, type_=table.c[name].type) for name in names}
    statement = _insert(dialect.name, table).values(values)
    return _ready(dialect, statement.on_conflict_do_nothing() if missing else statement)


@cache
def _updating(dialect: Dialect, table: Table, names: tuple[str, ...]) -> _Ready:
    keys = {column.name for column in table.primary_key.columns}
    said = {name: bindparam(f"set_{name}", type_=table.c[name].type) for name in names}
    rows = [table.c[name] == said[name] for name in names if name in keys]
    values = {name: value for name, value in said.items() if name not in keys}
    return _ready(dialect, table.update().where(*rows).values(values))


@cache
def _given(dialect: Dialect, statement: Any) -> _Ready:
    return _ready(dialect, statement)


@cache
def _deleting(dialect: Dialect, table: Table) -> _Ready:
    keys = table.primary_key.columns
    wanted = [key == bindparam(f"set_{key.name}", type_=key.type) for key in keys]
    return _ready(dialect, table.delete().where(*wanted))


@dataclass(frozen=True, slots=True)
class _Ready:
    """A statement in the words of one database, and how its values are written there.

    *places*: what each place is called in it. *values*: those of a row in that order, and *stored*
    what makes all that stand in one place storable.
    """

    text: str
    places: tuple[str, ...]
    values: Callable[[Row], tuple[Any, ...]]
    stored: tuple[Column, ...]
    positional: bool

    def parameters(self, rows: Sequence[Row]) -> list[Any]:
        """Return the values of *rows*, at least one, as the driver takes them."""
        columns = zip(*map(self.values, rows), strict=True)
        pairs = zip(self.stored, columns, strict=True)
        found = zip(*(stored(values) for stored, values in pairs), strict=True)
        if self.positional:
            return list(found)
        return [dict(zip(self.places, one, strict=True)) for one in found]


def _ready(dialect: Dialect, statement: Any) -> _Ready:
    made = statement.compile(dialect=dialect)
    order = tuple(made.positiontup if made.positional else made.binds)
    stored = tuple(
        by_column(made.binds[one].type.dialect_impl(dialect).bind_processor(dialect))
        for one in order
    )
    return _Ready(str(made), order, _in_order(order), stored, made.positional)


def _in_order(places: Sequence[str]) -> Callable[[Row], tuple[Any, ...]]:
    """What takes the values for *places* out of a row."""
    names = [place.removeprefix("set_") for place in places]
    if len(names) > 1:
        return itemgetter(*names)
    return lambda row: (row[names[0]],)


def _run(connection: Connection, ready: _Ready, rows: Sequence[Row]) -> int:
    """Run *ready* for all of *rows* by the driver itself: SQLAlchemy would spend on each row what
    storing it costs. Return how many rows of the table it changed."""
    done = connection.exec_driver_sql(ready.text, ready.parameters(rows))
    return done.rowcount


def _insert(dialect: str, table: Table) -> Any:
    # The dialect in use is loaded already; the other one would only cost time.
    return import_module(f"sqlalchemy.dialects.{dialect}").insert(table)
