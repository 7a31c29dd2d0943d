"""How sources are named in the rows of which there are millions: by a number.

A source's is that of its row; an import's, which shows posts like a source, its own below nought.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, case, cast, func, literal, select

from monitor.ledger.records import IMPORT
from monitor.store.rows import chunks
from monitor.store.schema import sources

Numbers = Mapping[str, int]  # by which rows name sources and imports, by their ids


def numbers_of(connection: Connection, ids: Iterable[str]) -> dict[str, int]:
    """Return the numbers of the sources and imports *ids*, as far as there are such."""
    wanted = list(ids)
    found = {one: -int(one.removeprefix(IMPORT)) for one in wanted if one.startswith(IMPORT)}
    for some in chunks(one for one in wanted if one not in found):
        named = select(sources.c.id, sources.c.number).where(sources.c.id.in_(some))
        found |= dict(map(tuple, connection.execute(named)))
    return found


def name_of(number: Any) -> ColumnElement[str]:
    """Return the id of the source, or import, that the column *number* names."""
    of = sources.alias("named")
    source = select(of.c.id).where(of.c.number == number).correlate_except(of).scalar_subquery()
    return case((number < 0, literal(IMPORT) + cast(-number, Text)), else_=source)


def next_number(connection: Connection) -> int:
    """Return the number of the next source that comes to be known."""
    return int(connection.scalar(select(func.coalesce(func.max(sources.c.number), 0))) or 0) + 1
