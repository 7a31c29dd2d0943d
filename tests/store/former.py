"""A database as earlier versions kept it, with what one of today holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    Text,
    func,
    inspect,
    select,
)

from monitor.model import Reading
from monitor.store.engine import Database, connect
from monitor.store.merging import load_where
from monitor.store.migrating import upgrade
from monitor.store.readings import FIELDS, SqlReadings, _folded_row
from monitor.store.rows import columns_of
from monitor.store.schema import accounts, metadata
from monitor.store.types import UtcDateTime
from tests.store_values import DAY, NOON

LAST_LOOSE = "0470"  # the last schema that kept posts, sightings and marks apart
Row = dict[str, Any]
LOOSE = MetaData()


def _table(name: str, texts: str, instants: str, numbers: str = "", flags: str = "") -> Table:
    kinds: dict[Any, str] = {Text(): texts, UtcDateTime(): instants, Integer(): numbers}
    kinds[Boolean()] = flags
    columns = [Column(one, kind) for kind, names in kinds.items() for one in names.split()]
    return Table(name, LOOSE, *columns)


READINGS = _table(
    "readings",
    "source account gateway outcome pulse detail title outcomes",
    "started_at as_of covers_from gap_from risen_at first_at",
    "status items fresh unseen tried longest_pause",
    "unconditional",
)
POSTS = _table(
    "posts",
    "account key kind title url push dating source",
    "published_at first_seen_at deleted_at published_until",
    "id",
)
SIGHTINGS = _table(
    "sightings",
    "source kind title url push said",
    "stated_at stated_first_at first_seen_at last_seen_at deleted_at stated_until unseen_at",
    "post",
    "on_first_reading",
)
MARKS = _table("marks", "mark", "", "post")


def write_as_before(now: str, before: str, schema: str = LAST_LOOSE) -> None:
    """Write what the database at the address *now* holds into the empty one at *before*, as a
    version whose newest *schema* that was would have kept it."""
    source, target = connect(now), connect(before)
    with source.reading() as kept, target.rebuilding() as connection:
        upgrade(connection, schema)
        there = set(inspect(connection).get_table_names())
        for table in metadata.sorted_tables:
            if table.name in there and table.name not in LOOSE.tables:
                rows = kept.execute(select(table)).mappings()
                _write(connection, table, [dict(row) for row in rows])
        for table, loose in _loose(kept, source):
            if table.name in there:
                _write(connection, table, loose)
    source.close()
    target.close()


def _write(connection: Connection, table: Table, rows: list[Row]) -> None:
    names = {column["name"] for column in inspect(connection).get_columns(table.name)}
    connection.execute(table.delete())
    for row in rows:
        connection.execute(table.insert().values({n: v for n, v in row.items() if n in names}))
    numbered = "id" in names and isinstance(table.c.id.type, Integer)
    if rows and numbered and connection.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, "id")
        last = func.setval(sequence, func.max(table.c.id), type_=Integer)
        connection.execute(select(last).select_from(table).having(sequence.is_not(None)))


def _loose(kept: Connection, database: Database) -> Iterator[tuple[Table, list[Row]]]:
    entries = load_where(kept).items()
    yield (
        POSTS,
        [{"id": e.id, "account": a, "key": k, **columns_of(e.stored)} for (a, k), e in entries],
    )
    yield (
        SIGHTINGS,
        [
            {"post": entry.id, **columns_of(seen), "said": seen.said.hex()}
            for _, entry in entries
            for seen in entry.before.values()
        ],
    )
    yield MARKS, [{"post": e.id, "mark": mark} for _, e in entries for mark in e.borne]
    known = kept.scalars(select(accounts.c.id)).all()
    made = (SqlReadings(database).of_account(a, NOON - 9999 * DAY) for a in known)
    yield READINGS, [_reading(one) for some in made for one in some]


def _reading(one: Reading) -> Row:
    folded = _folded_row(one, {}) if one.folded else {}
    return {**folded, **{name: getattr(one, name) for name in FIELDS}}
