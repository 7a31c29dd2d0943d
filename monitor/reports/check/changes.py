"""How much something is said to have grown or fallen: by what, from what, to what. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from monitor.reports.check.numbers import Quantity, quantities

COUNTED = frozenset("条篇件起宗个人次项家份期名位户") | {"人次", "件次", "条次"}
RISING = r"提升|增加|增长|上升|提高|上涨|增多|增|升|扩大|涨"
FALLING = r"减少|下降|降低|下滑|回落|降|减"


class Way(StrEnum):
    """How a change is worded."""

    PERCENT = "percent"
    POINTS = "points"
    TIMES = "times"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Change:
    """One change. *rising* is None for 是…的N倍. *base* and *end* are its two numbers where the
    sentence has them, *clause* what stands before it, and *last_year* whether the year before
    is what it is compared with; *start* is where its words begin."""

    amount: Quantity
    way: Way
    rising: bool | None
    base: Quantity | None
    end: Quantity | None
    clause: str
    last_year: bool
    start: int


_BY = re.compile(
    rf"(?:(?P<up>增幅|涨幅|净增|新增|{RISING})|(?P<down>降幅|{FALLING}))(?:率|幅度|幅)?(?P<to>达到?|为|了|约|近|超过?|逾)*$"
)
_TIMES_OF = re.compile(r"(?:是|为|达到?|相当于)[^,。;\d]{0,12}的$")
_MULTIPLE = frozenset({"倍", "番"})
_N = r"\d[\d,.]*[余多]?万?"
_U = "[人个条篇件名位次户起宗份%]"
_FROM_TO = re.compile(
    rf"(?:由|从)[^。;]*?(?P<a>{_N})(?P<ua>{_U}?)[^\d。;]{{0,12}}?"
    rf"(?:{RISING}|{FALLING})?[^\d。;]{{0,4}}?(?:至|到|为|成)[^\d。;]{{0,12}}?(?P<b>{_N})(?P<ub>{_U}?)"
)
_THAN = re.compile(
    rf"(?:比|较|同比)(?:[^\d。;,增减升降多少]|\d{{4}}年)*?\(?(?P<a>{_N})(?P<ua>{_U})\)?"
)
_BEFORE = re.compile(
    rf"(?:上年|去年|上一年)(?:度)?(?:同期)?(?!结转|未办)[^\d,。;结增减升降多少]{{0,10}}?(?P<a>{_N})(?P<ua>{_U})"
)
_YEAR_PAIR = re.compile(rf"(?P<year>20\d\d)年[^。;\d]{{0,20}}?(?P<n>{_N})(?P<u>{_U})")
_ADDED = re.compile(rf",?(?:共|净|新)?(?:{RISING}|{FALLING}|净增|新增)了?\d[\d,]*(?:{_U}|人次)")
_BY_COUNT = re.compile(
    rf"(?P<b>\d[\d,]*)(?P<u>{_U}),?(?:比|较|同比)[^\d。;]{{0,8}}"
    rf"(?:(?P<up>{RISING}|净增|新增)|(?P<down>{FALLING}))了?(?P<n>\d[\d,]*)(?P=u)"
)
_LAST_YEAR = re.compile(r"同比|(?:比|较|与)(?:上|去)(?:一)?年|(?:上|去)(?:一)?年|(?:比|较)20\d\d年")
_COMPARED = re.compile("环比|年初|季度|上月|上半年|比|较|由|从")
_REACH = 40


def changes(text: str, year: int) -> Iterator[Change]:
    """Yield every change that plain *text* of the report of *year* states, in order."""
    numbers = quantities(text)
    pairs = list(_pairs(text, year, numbers))
    end, before = 0, None
    for i, amount in enumerate(numbers):
        told = _told(text[end : amount.start], amount)
        end = amount.end
        if told:
            way, rising = told
            base, last = _nearest(text, pairs, amount) or _after(text, numbers, i)
            last = last or _led_to(before, base, rising)
            before = _change(text, amount, way, rising, base, last)
            yield before


def _led_to(before: Change | None, base: Quantity | None, rising: bool | None) -> Quantity | None:
    """Return what *base* has become by a count told just before: 较上年的60件增加6件、增长10%."""
    counted = before is not None and before.way is Way.COUNT and before.rising is rising
    if before is None or base is None or not counted or before.base is not base:
        return None
    if not (base.exact and before.amount.exact):
        return None
    value = base.value + (before.amount.value if rising else -before.amount.value)
    return replace(base, value=value, low=value, high=value)


def _told(lead: str, amount: Quantity) -> tuple[Way, bool | None] | None:
    verb = _BY.search(lead)
    if amount.unit in _MULTIPLE:
        if amount.unit == "番":
            return Way.TIMES, None
        if _TIMES_OF.search(lead):
            return Way.TIMES, None
    if not verb:
        return None
    rising = verb["up"] is not None
    if amount.unit in {"%", "倍"}:
        return Way.PERCENT, rising
    if amount.unit == "个百分点":
        return Way.POINTS, rising
    by = verb["to"] in (None, "了", "约", "近") and amount.unit in COUNTED
    return (Way.COUNT, rising) if by and verb["up"] != "新增" else None


def _change(
    text: str,
    amount: Quantity,
    way: Way,
    rising: bool | None,
    base: Quantity | None,
    end: Quantity | None,
) -> Change:
    opened = max(text.rfind(mark, 0, amount.start) for mark in ",;。()") + 1
    clause = text[opened : amount.start]
    first = min(
        [q.start for q in (base, end) if q is not None and q.start <= amount.start] or [opened]
    )
    start = max(text.rfind(mark, 0, first) for mark in ",;。") + 1
    about = text[max(start, amount.start - _REACH) : amount.end + _REACH]
    # A growth that names nothing it is compared with is one over the year before.
    last_year = bool(_LAST_YEAR.search(about)) or not _COMPARED.search(about)
    return Change(amount, way, rising, base, end, clause, last_year, start)


@dataclass(frozen=True, slots=True)
class _Pair:
    base: Quantity
    end: Quantity | None
    position: int


def _pairs(text: str, year: int, numbers: tuple[Quantity, ...]) -> Iterator[_Pair]:
    for match in _FROM_TO.finditer(text):
        base, end = _at(numbers, match.start("a")), _at(numbers, match.start("b"))
        if base and end and alike(base, end):
            yield _Pair(base, end, end.end)
    for pattern in (_THAN, _BEFORE):
        for match in pattern.finditer(text):
            base = _at(numbers, match.start("a"))
            before = [q for q in numbers if base and q.end <= match.start() and alike(q, base)]
            if base and base.unit != "%":
                yield _Pair(base, before[-1] if before else None, match.end())
    yield from _by_year(text, year, numbers)
    yield from _by_count(text, numbers)


def _by_count(text: str, numbers: tuple[Quantity, ...]) -> Iterator[_Pair]:
    for match in _BY_COUNT.finditer(text):
        end, added = _at(numbers, match.start("b")), _at(numbers, match.start("n"))
        if end and added and end.exact and added.exact:
            value = end.value - (added.value if match["up"] else -added.value)
            yield _Pair(replace(end, value=value, low=value, high=value), end, match.end())


def _by_year(text: str, year: int, numbers: tuple[Quantity, ...]) -> Iterator[_Pair]:
    told = {int(m["year"]): _at(numbers, m.start("n")) for m in _YEAR_PAIR.finditer(text)}
    base, end = told.get(year - 1), told.get(year)
    if base and end and alike(base, end) and len(told) == 2 and not re.search("比|较", text):
        yield _Pair(base, end, max(base.end, end.end))


def _nearest(
    text: str, pairs: list[_Pair], amount: Quantity
) -> tuple[Quantity | None, Quantity | None] | None:
    """Return the two numbers just before *amount*, where only its own words lie between."""
    for pair in pairs:
        if pair.position <= amount.start <= pair.position + _REACH:
            between = _ADDED.sub("", text[pair.position : amount.start])
            if not re.search(r"[。;\d]", between):
                return pair.base, pair.end
    return None


_AFTERWARDS = re.compile(r"[,(](?:而)?(?:上|去)(?:一)?年(?:度)?(?:同期)?(?:为|是|共|收到|有)*$")


def _after(
    text: str, numbers: tuple[Quantity, ...], i: int
) -> tuple[Quantity | None, Quantity | None]:
    """Return the number of the year before where it stands just after the change."""
    following = numbers[i + 1] if i + 1 < len(numbers) else None
    between = text[numbers[i].end : following.start] if following else ""
    return (following, None) if following and _AFTERWARDS.match(between) else (None, None)


def _at(numbers: tuple[Quantity, ...], start: int) -> Quantity | None:
    return next((q for q in numbers if q.start <= start < q.end), None)


def alike(a: Quantity, b: Quantity) -> bool:
    """Return whether two numbers can be of one kind by their units."""
    return a.unit == b.unit or ("" in (a.unit, b.unit) and "%" not in (a.unit, b.unit))
