"""Quantities in Chinese official prose: value, unit, and how exactly they are meant. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache

# Longer ones first: 个百分点 is not 个.
_LONG_UNITS = "个百分点|条次|人次|件次|"
UNITS = _LONG_UNITS + "|".join("条篇件起宗人个次期项家部份元天日周月年号户名位场批倍%‰")
_LONGEST = 30  # characters; longer ones are codes
_MOST_DECIMALS = 6
DATE_UNITS = frozenset({"年", "月", "日", "号", "周"})
REQUEST_UNITS = frozenset({"件", "份", "起", "宗", "项", "次", "条"})
POST_UNITS = frozenset({"条", "篇"})
CHINESE_DIGITS = dict(zip("一两二三四五六七八九", (1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_SCALES = {"": 1, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}

NUMBER = r"\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?"
_QUANTITY = re.compile(
    rf"(?P<about>大?约|近|超过|超|逾|突破)?(?P<digits>{NUMBER})(?P<odd>余|多)?(?P<scale>[百千万亿]?)"
    rf"(?P<more>余|多|以上|左右)?(?P<unit>{UNITS})?(?P<after>以上|左右)?"
)
_ABOVE = frozenset({"超过", "超", "逾", "突破", "余", "多", "以上"})


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number in a sentence. It means something from *low* to *high*; *start* and *end* are
    its place in the sentence, *raw* how it is written, *decimals* those printed."""

    value: Decimal
    unit: str
    low: Decimal
    high: Decimal
    decimals: int
    raw: str
    start: int
    end: int

    @property
    def exact(self) -> bool:
        """Whether it is meant to the last digit."""
        return self.low == self.high

    def may_be(self, value: Decimal | int) -> bool:
        """Return whether *value* can have been written like this."""
        return self.low <= value <= self.high


@lru_cache(maxsize=512)  # every rule asks for the numbers of every sentence
def quantities(text: str) -> tuple[Quantity, ...]:
    """Return the quantities of plain *text* in order; dates and document numbers are none."""
    found = map(_quantity, _QUANTITY.finditer(text))
    return tuple(q for q in found if not _is_label(q, text))


def percents(text: str) -> list[Quantity]:
    """Return the percentages among the quantities of *text*."""
    return [q for q in quantities(text) if q.unit == "%"]


def counted(text: str, units: frozenset[str]) -> list[Quantity]:
    """Return the quantities of *text* that are counted in one of *units*."""
    return [q for q in quantities(text) if q.unit in units]


def number(text: str) -> Decimal:
    """Return the value of a number as `NUMBER` matches it."""
    return Decimal(text.replace(",", ""))


def shown(value: Decimal | int) -> str:
    """Return *value* as it is written in a report, without idle zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(part: Decimal, whole: Decimal, decimals: int = 1) -> str:
    """Return *part* of *whole* in per cent, rounded half up, as printed: `63.2%`."""
    with localcontext() as context:
        context.prec = 60  # no number in a file is too long to be divided
        places = Decimal(1).scaleb(-min(decimals, _MOST_DECIMALS))
        return f"{(part * 100 / whole).quantize(places, ROUND_HALF_UP)}%"


def prints_as(value: Decimal, printed: Quantity) -> bool:
    """Return whether *value* may be printed so: rounded, cut off, or as loosely as it says.

    Both happen in published reports: 66.7 % printed as 66 %, 43.79 % as 43.8 %.
    """
    step = Decimal(1).scaleb(-printed.decimals)
    if printed.exact:
        return printed.value - step / 2 <= value < printed.value + step
    return printed.low - step <= value <= printed.high + step


def _quantity(match: re.Match[str]) -> Quantity:
    digits, scale = match["digits"], Decimal(_SCALES[match["scale"]])
    decimals = len(digits.partition(".")[2])
    value = number(digits) * scale
    step = _step(digits, decimals) * scale
    low, high = _meant(match, value, step)
    return Quantity(value, match["unit"] or "", low, high, decimals, match[0], *match.span())


def _meant(match: re.Match[str], value: Decimal, step: Decimal) -> tuple[Decimal, Decimal]:
    hints = {match[name] for name in ("about", "odd", "more", "after")} - {None}
    if hints & _ABOVE:
        return value, value + step
    if hints:
        return value - step, value + step
    # 85.4万 was 854000 only by chance: it is rounded or cut off at its last digit.
    rounded = match["scale"] in {"万", "亿"}
    return (value - step / 2, value + step) if rounded else (value, value)


def _step(digits: str, decimals: int) -> Decimal:
    if decimals:
        return Decimal(1).scaleb(-decimals)
    return Decimal(10) ** (len(digits) - len(digits.rstrip("0")) if digits.strip("0") else 0)


def _is_label(q: Quantity, text: str) -> bool:
    before = text[max(0, q.start - 1) : q.start]
    after = text[q.end : q.end + 1]
    return (
        len(q.raw) > _LONGEST
        or q.unit in DATE_UNITS
        or before in {"〔", "[", "第", "-", "/", "."}
        or (q.unit == "" and after in {"〕", "]", "-", "/", "."})
    )
