"""Which stretches of time the readings of each source cover: kept with them, in one transaction.

What is kept is what `monitor.ledger.coverage` makes of the readings; a reading only ever adds to
it, and folding leaves it as it is. Where readings are taken out it is made anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, select

from monitor.ledger.coverage import TOUCHING, Span, merged
from monitor.model import Outcome, Pulse, Reading
from monitor.store.rows import chunks, execute_rows, insert_rows, upsert_rows
from monitor.store.schema import accounts, readings, sources, stretches
from monitor.store.types import CompactInstant

Row = dict[str, Any]
Place = tuple[int, bool]  # a source's number, whether its pulse was weak
Covered = tuple[list[Span], Any]  # the stretches, and when the last reading was made

_S = stretches.c
_FROM, _TO, _READ = (bindparam(name, type_=CompactInstant()) for name in ("a", "z", "read"))
_MINE = (_S.source == bindparam("of"), _S.weak == bindparam("with"))
_OTHER = stretches.alias("other")
_NEWEST = select(func.max(_OTHER.c.since)).where(
    _OTHER.c.source == bindparam("of"), _OTHER.c.weak == bindparam("with"), _OTHER.c.since <= _FROM
)
# The one stretch that a reading goes on from, if there is one.
EXTENDING = (
    stretches.update()
    .where(*_MINE, _S.since == _NEWEST.scalar_subquery())
    .where(_S.until >= bindparam("reach", type_=CompactInstant()))
    .values(
        until=case((_S.until < _TO, _TO), else_=_S.until),
        read_at=case((_S.read_at < _READ, _READ), else_=_S.read_at),
    )
)
# As `Reading.good` says.
COVERING = (
    readings.c.outcome.in_([one for one in Outcome if one.answered]),
    readings.c.pulse != Pulse.NONE,
    readings.c.as_of.is_not(None),
    readings.c.covers_from.is_not(None),
)


def cover(connection: Connection, made: Iterable[tuple[int, Reading]]) -> None:
    """Keep what readings, oldest first and each with its source's number, newly cover."""
    rows = [_row(number, one) for number, one in made if one.good and one.covers_from]
    if rows and execute_rows(connection, EXTENDING, rows) != len(rows):
        _begin(connection, rows)


def miscovered(connection: Connection, named: Collection[str]) -> set[str]:
    """Return those of the accounts *named* whose readings cover something else than is kept."""
    right, kept = _right(connection, named), _kept(connection, named)
    wrong = {
        place[0] for place in right.keys() | kept.keys() if right.get(place) != kept.get(place)
    }
    return {
        account
        for some in chunks(wrong)
        for account in connection.scalars(
            select(sources.c.account).where(sources.c.number.in_(some))
        )
    }


def recover(connection: Connection, named: Collection[str] | None = None) -> None:
    """Make what the readings of the accounts *named* (None: all) cover anew."""
    wanted = connection.scalars(select(accounts.c.id)).all() if named is None else named
    for some in chunks(wanted):
        mine = select(sources.c.number).where(sources.c.account.in_(some))
        connection.execute(stretches.delete().where(_S.source.in_(mine)))
        found = _right(connection, some).items()
        rows = [
            {"source": n, "weak": weak, "since": one.start, "until": one.end, "read_at": read_at}
            for (n, weak), (spans, read_at) in found
            for one in spans
        ]
        insert_rows(connection, stretches, rows)


def _row(number: int, one: Reading) -> Row:
    assert one.covers_from is not None
    return {
        "of": number,
        "with": one.pulse is Pulse.WEAK,
        "a": one.covers_from,
        "reach": one.covers_from - TOUCHING,
        "z": one.as_of,
        "read": one.started_at,
    }


def _begin(connection: Connection, rows: Sequence[Row]) -> None:
    """Keep those of *rows* that go on from no stretch; what belongs to one may stand as two."""
    known = _kept(connection, None, {row["of"] for row in rows})
    new: dict[Place, list[Row]] = {}
    for row in rows:
        spans, _ = known.get((row["of"], row["with"]), ([], None))
        if not any(one.start <= row["a"] and row["z"] <= one.end for one in spans):
            new.setdefault((row["of"], row["with"]), []).append(row)
    upsert_rows(
        connection,
        stretches,
        [
            {"source": n, "weak": weak, "since": one.start, "until": one.end}
            | {"read_at": max(row["read"] for row in some)}
            for (n, weak), some in new.items()
            for one in merged(Span(row["a"], row["z"]) for row in some)
        ],
    )


def _right(connection: Connection, named: Collection[str]) -> dict[Place, Covered]:
    r = readings.c
    wanted = select(r.source, r.pulse, r.covers_from, r.as_of, r.started_at).where(*COVERING)
    mine = wanted.join(sources, sources.c.number == r.source).where(sources.c.account.in_(named))
    return _covered(
        ((n, pulse is Pulse.WEAK), Span(since, until), at)
        for n, pulse, since, until, at in connection.execute(mine)
    )


def _kept(
    connection: Connection, named: Collection[str] | None, numbers: Collection[int] = ()
) -> dict[Place, Covered]:
    wanted = select(_S.source, _S.weak, _S.since, _S.until, _S.read_at)
    if named is not None:
        wanted = wanted.join(sources, sources.c.number == _S.source)
        parts = [wanted.where(sources.c.account.in_(named))]
    else:
        parts = [wanted.where(_S.source.in_(some)) for some in chunks(numbers)]
    return _covered(
        ((n, weak), Span(since, until), at)
        for part in parts
        for n, weak, since, until, at in connection.execute(part)
    )


def _covered(rows: Iterable[tuple[Place, Span, Any]]) -> dict[Place, Covered]:
    found: dict[Place, tuple[list[Span], list[Any]]] = {}
    for place, span, at in rows:
        spans, moments = found.setdefault(place, ([], []))
        spans.append(span)
        moments.append(at)
    return {place: (merged(spans), max(moments)) for place, (spans, moments) in found.items()}
