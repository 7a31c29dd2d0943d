"""What the three tables of a report say of a subject: every value it may be given. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import product

from monitor.reports.check.findings import Message, say
from monitor.reports.check.subjects import Kind, Subject
from monitor.reports.check.tables import (
    LABELS,
    OUTCOMES,
    PROCEEDINGS,
    Disclosures,
    Proceedings,
    Requests,
)

_COLUMNS = {
    "natural": (0,),
    "business": (1,),
    "research": (2,),
    "charity": (3,),
    "lawyers": (4,),
    "legal": (1, 2, 3, 4, 5),
    "": (6,),
}
_DENIED = [
    "secret",
    "forbidden",
    "stability",
    "third_party",
    "internal",
    "process",
    "enforcement",
    "query",
]
_UNAVAILABLE = ("not_held", "not_ready", "unclear")
_UNPROCESSED = ("petition", "repeated", "published", "abusive", "confirm")
_ELSEWISE = ("late_correction", "late_fee", "other")
# Each a choice of sums of rows, "-" for one taken off: what is received may be given with what
# was carried in, what was answered without what was not.
_ROWS: dict[str, tuple[tuple[str, ...], ...]] = {
    "new": (("new",),),
    "received": (("new",), ("new", "carried_in")),
    "handled": (("new",), ("new", "carried_in"), ("total",)),
    "total": (("total",),),
    "answered": (
        ("total",),
        ("granted", "partly", *_DENIED, *_UNAVAILABLE),
        ("new",),
        ("new", "-carried_out"),
    ),
    "carried_in": (("carried_in",),),
    "carried_out": (("carried_out",),),
    "granted": (("granted",),),
    "partly": (("partly",),),
    "denied": (tuple(_DENIED),),
    "unavailable": (_UNAVAILABLE,),
    "absent": (("not_held",), ("not_held", "not_ready"), _UNAVAILABLE),
    "unprocessed": (_UNPROCESSED,),
    "elsewise": (_ELSEWISE, ("other_2019",)),
}
_NAMES = {
    "received": "new",
    "handled": "total",
    "answered": "total",
    "absent": "not_held",
}
_GROUPS = {
    "denied": "（三）不予公开",
    "unavailable": "（四）无法提供",
    "unprocessed": "（五）不予处理",
    "elsewise": "（六）其他处理",
}
_OUTCOMES = {"upheld": 0, "corrected": 1, "other": 2, "pending": 3, "": 4}
_VERBS = {"made": 0, "abolished": 1, "in_force": 2}
_TEN_THOUSAND = Decimal(10_000)

Values = tuple[Decimal, ...]


def of_requests(table: Requests, subject: Subject) -> Values:
    """Return what table 三 says of *subject*, the most literal first; empty if it cannot."""
    choices = [_choices(table, item, subject.column) for item in subject.items]
    if not all(choices):
        return ()
    together = [sum(values, Decimal(0)) for values in product(*choices)]
    if len(choices) == 1:
        return tuple(dict.fromkeys(together))
    return tuple(dict.fromkeys([*together, *(value for some in choices for value in some)]))


def _choices(table: Requests, item: str, column: str) -> list[Decimal]:
    sums = [_sum(table, rows, column) for rows in _ROWS[item]]
    return [value for value in sums if value is not None]


def _sum(table: Requests, rows: Sequence[str], column: str) -> Decimal | None:
    total = Decimal(0)
    for row in rows:
        for place in _COLUMNS[column]:
            value = table.value(row.removeprefix("-"), place)
            if value is None:
                return None
            total += -value if row.startswith("-") else value
    return total


def of_proceedings(table: Proceedings, subject: Subject) -> Values:
    """Return what table 四 says of *subject*: of several kinds their sum, then each."""
    outcome = _OUTCOMES[subject.column]
    groups = {
        "review": table.value(0, outcome),
        "direct": table.value(1, outcome),
        "after": table.value(2, outcome),
    }
    direct, after = groups["direct"], groups["after"]
    groups["lawsuit"] = None if direct is None or after is None else direct + after
    values = [groups[item] for item in subject.items]
    if None in values:
        return ()
    known = [value or Decimal(0) for value in values]
    return tuple(dict.fromkeys([sum(known, Decimal(0)), *(known if len({*known}) == 1 else [])]))


def of_disclosures(table: Disclosures, subject: Subject) -> Values:
    """Return what table 二 says of *subject*; charges are in yuan."""
    if subject.kind is Kind.DOCUMENTS:
        label = "规章" if subject.column == "规章" else "行政规范性文件"
        return _cell(table, label, _VERBS[subject.items[0]], cells=3)
    if subject.kind is Kind.DECISIONS:
        return _cell(table, subject.items[0], 0)
    return tuple(value * _TEN_THOUSAND for value in _cell(table, "行政事业性收费", 0))


def _cell(table: Disclosures, label: str, column: int, cells: int = 1) -> Values:
    row = table.rows.get(label)
    value = row.value(column) if row and len(row.cells) >= cells else None
    return () if value is None else (value,)


def row_named(subject: Subject) -> str:
    """Return how the form calls the row of a subject of table 三."""
    item = subject.items[0]
    return _GROUPS.get(item) or LABELS[_NAMES.get(item, item)]


def proceeding_named(subject: Subject) -> Message:
    """Return how a subject of table 四 is called."""
    names = {
        "review": "行政复议",
        "lawsuit": "行政诉讼",
        "direct": PROCEEDINGS[1],
        "after": PROCEEDINGS[2],
    }
    name = "、".join(names[item] for item in subject.items)
    outcome = OUTCOMES[_OUTCOMES[subject.column]]
    return say("{kind}, {outcome}", kind=name, outcome=outcome)
