"""What makes a column storable does so as with each of its values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite

from alerts.told import Detail
from monitor.model import Outcome
from monitor.store import types
from tests.store_values import DAY, NOON

COLUMNS: dict[str, tuple[Any, Sequence[Any]]] = {
    "texts that are fit to be stored": (types.PlainText(), ["通知", None, "", "通知"]),
    "texts of which one holds a zero": (types.PlainText(), ["通知", "a\0b", None]),
    "texts of which one ends in half a character": (types.PlainText(), ["a\ud83d", "\ude00b"]),
    "equal details, of which one carries a code": (
        types.DetailText(),
        ["lost", Detail("lost", "reset"), "lost"],
    ),
    "instants, of which some are the same": (types.UtcDateTime(), [NOON, None, NOON + DAY, NOON]),
    "instants of a table of many rows": (types.CompactInstant(), [None, NOON, NOON]),
    "days": (types.CompactDay(), [NOON.date(), NOON.date(), None]),
    "members of an enumeration": (types.Choice(Outcome), [Outcome.OK, Outcome.EMPTY, Outcome.OK]),
    "bytes": (types.Digest(), [b"1", None]),
}
DIALECTS: Sequence[Dialect] = [kind() for kind in (sqlite.dialect, postgresql.dialect)]


def processor(column: Any, dialect: Dialect) -> Any:
    return column.dialect_impl(dialect).bind_processor(dialect)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda d: d.name)
@pytest.mark.parametrize(("column", "values"), COLUMNS.values(), ids=COLUMNS)
def test_a_column_is_stored_as_its_values_are(
    column: Any, values: Sequence[Any], dialect: Dialect
) -> None:
    stored = processor(column, dialect)
    one_by_one = [value if stored is None else stored(value) for value in values]
    assert list(types.by_column(stored)(values)) == one_by_one


@pytest.mark.parametrize("column", [types.UtcDateTime(), types.CompactInstant()])
def test_an_instant_without_a_zone_is_refused_among_others(column: Any) -> None:
    stored = processor(column, DIALECTS[0])
    with pytest.raises(ValueError, match="naive"):
        list(types.by_column(stored)([NOON, datetime(2026, 1, 1)]))
