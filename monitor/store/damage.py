"""Which stored values cannot be what this program wrote: found row by row, whoever damaged them.

The database's own check sees pages and indexes, and takes any text for a date. Changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from math import isfinite
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    Integer,
    Table,
    TableClause,
    and_,
    column,
    false,
    func,
    or_,
    select,
    table,
)

from alerts.common.local_time import YEARS
from alerts.model import Kind, Reason
from alerts.rules.calendar import parse_overrides
from monitor.store import schema
from monitor.store.codec import (
    canaries_from_json,
    facts_from_json,
    families_from_json,
    memory_from_json,
    shown_from_json,
)
from monitor.store.protocols.notes import WORKDAYS
from monitor.store.types import (
    EPOCH,
    MICROSECOND,
    Choice,
    CompactDay,
    CompactInstant,
    Digest,
    PlainText,
    UtcDateTime,
)

MOST = 2**31 - 1  # of any number that is kept
LONGEST_RUNG = 1000  # days
FIRST, LAST = ((datetime(year, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND for year in (2, 9999))
MICROSECONDS = timedelta(days=1) // MICROSECOND  # of a day
SECOND, DAY = ("%Y-%m-%d %H:%M:%S", 19), ("%Y-%m-%d", 10)  # as a file spells them, and how long

# What reading a damaged row raises.
UNREADABLE = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    OverflowError,
    RecursionError,
)

Raw = Mapping[str, Any]  # a row as it lies there, by column


@dataclass(frozen=True, slots=True)
class DamagedRow:
    """A row, and those of its columns whose values cannot be."""

    table: Table
    raw: Raw
    columns: tuple[str, ...]

    @property
    def there(self) -> ColumnElement[bool]:
        """What finds the row."""
        keys = self.table.primary_key.columns
        return and_(*(column(key.name) == self.raw[key.name] for key in keys))


def bare(of: Table) -> TableClause:
    """Return the table *of* without the types of its columns: what lies there, as it lies there."""
    return table(of.name, *(column(one.name) for one in of.columns))


def damaged(connection: Connection) -> Iterator[DamagedRow]:
    """Yield every row that holds a value which nothing here can have written."""
    for one in schema.metadata.sorted_tables:
        yield from damaged_in(connection, one)


def damaged_in(connection: Connection, one: Table) -> Iterator[DamagedRow]:
    """Yield those rows of one table."""
    looked_at = select(bare(one))
    if one.name not in LOOKED_INTO:
        looked_at = looked_at.where(or_(*_suspicious(connection, one)))
    for row in connection.execute(looked_at).mappings().all():
        columns = tuple(c.name for c in one.columns if not fits(connection, c, dict(row)))
        if columns:
            yield DamagedRow(one, dict(row), columns)


def _suspicious(connection: Connection, of: Table) -> Iterator[ColumnElement[bool]]:
    """What picks out the rows that are worth a look, as far as the database alone can say; a
    server keeps numbers and instants what they are."""
    yield false()
    for one in of.columns:
        raw: ColumnElement[Any] = column(one.name)
        if isinstance(one.type, Choice):
            yield raw.not_in([member.value for member in one.type.members])
        elif connection.dialect.name == "sqlite" and not isinstance(one.type, PlainText | Digest):
            yield from _misspelt(one, raw)


def _misspelt(one: Column[Any], raw: ColumnElement[Any]) -> Iterator[ColumnElement[bool]]:
    if isinstance(one.type, CompactInstant):
        yield ~raw.between(FIRST, LAST - 1)
    elif isinstance(one.type, CompactDay):
        yield ~raw.between(FIRST // MICROSECONDS, LAST // MICROSECONDS - 1)
    elif isinstance(one.type, Integer | Boolean):
        yield ~raw.between(*_bounds(one))  # any text is greater
    elif isinstance(one.type, UtcDateTime | Date):
        shape, length = SECOND if isinstance(one.type, UtcDateTime) else DAY
        read_as = func.coalesce(func.strftime(shape, raw), "")
        yield raw.is_not(None) & (func.substr(raw, 1, length) != read_as)
        yield ~raw.between("0002", "9999")


def _bounds(one: Column[Any]) -> tuple[int, int]:
    """Between what a number has to lie: a digest may be any, and imports are below nought."""
    if isinstance(one.type, BigInteger):
        return -(2**63), 2**63 - 1
    return -MOST if one.name == "source" else 0, MOST


def fits(connection: Connection, one: Column[Any], row: Raw) -> bool:
    """Return whether *row* holds in the column *one* what may stand there."""
    raw = row[one.name]
    if raw is None:
        return bool(one.nullable)
    try:
        value = _read(connection, one, raw)
        within = LOOKED_INTO.get(one.table.name, {}).get(one.name)
        return _is_sound(one, value) and (within is None or within(row, value))
    except UNREADABLE:
        return False


def _read(connection: Connection, one: Column[Any], raw: Any) -> Any:
    """Return *raw* as it would be read. Raises what is `UNREADABLE`."""
    if isinstance(one.type, Integer | Boolean):
        return raw if isinstance(raw, int) else int("")
    processor = one.type.dialect_impl(connection.dialect).result_processor(connection.dialect, None)
    return processor(raw) if processor else raw


def _is_sound(one: Column[Any], value: Any) -> bool:
    if isinstance(value, date):
        return value.year in YEARS
    low, high = _bounds(one)
    return not isinstance(value, int) or low <= value <= high


def is_of(hint: Any, value: Any) -> bool:
    """Return whether *value*, a dataclass as deep as it goes, is what *hint* says: what comes out
    of JSON may be anything."""
    if NoneType in get_args(hint):
        return value is None or any(is_of(o, value) for o in get_args(hint) if o is not NoneType)
    if get_origin(hint) is tuple:
        return _are_of(get_args(hint), value)
    if is_dataclass(value):
        hints = get_type_hints(type(value))
        said = (is_of(hints[f.name], getattr(value, f.name)) for f in fields(value))
        return isinstance(value, hint) and all(said)
    if isinstance(value, datetime) and (value.tzinfo is None or value.year not in YEARS):
        return False
    if hint is float:  # JSON writes a whole one without a point
        return not isinstance(value, bool) and isinstance(value, int | float) and isfinite(value)
    return isinstance(value, hint) and (hint is bool or not isinstance(value, bool))


def _are_of(hints: tuple[Any, ...], value: Any) -> bool:
    each = [hints[0]] * len(value) if hints[-1] is ... else hints
    return isinstance(value, tuple) and len(each) == len(value) and all(map(is_of, each, value))


def memory_is_sound(text: str) -> bool:
    """Return whether *text* is a source's memory."""
    memory = memory_from_json(text)
    return is_of(type(memory), memory)


def _all_are(read: Callable[[str], tuple[Any, ...]]) -> Callable[[Raw, str], bool]:
    return lambda _, text: all(is_of(type(one), one) for one in read(text))


def _lines(_: Raw, text: str) -> bool:
    lines = json.loads(text)
    return isinstance(lines, list) and all(isinstance(line, str) for line in lines)


def _facts(row: Raw, text: str) -> bool:
    facts = facts_from_json(text, Kind(row["kind"]), Reason(row["reason"]))
    return is_of(type(facts), facts)


def _note(row: Raw, text: str) -> bool:
    """Whether a note reads that the store itself reads; the others' readers know theirs."""
    return not row["key"].startswith(WORKDAYS) or bool(parse_overrides(text, WORKDAYS))


def _shown(row: Raw, text: str) -> bool:
    shown = shown_from_json(text)
    return is_of(type(shown), shown) and shown.id == row["account"]


# Tables few or dear enough to be looked at row by row, and how their texts have to read.
LOOKED_INTO: Mapping[str, Mapping[str, Callable[[Raw, Any], bool]]] = {
    "sources": {"memory": lambda _, text: memory_is_sound(text)},
    "gateways": {
        "warnings": _lines,
        "canaries": _all_are(canaries_from_json),
        "families": _all_are(families_from_json),
    },
    "alerts": {"told": _lines, "rung": lambda _, rung: rung <= LONGEST_RUNG},
    "notices": {"facts": _facts, "rung": lambda _, rung: rung <= LONGEST_RUNG},
    "notes": {"value": _note},
    "shown_accounts": {"said": _shown},
}
