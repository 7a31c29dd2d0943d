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
REQUEST_UNITS = frozenset({"件", "件次", "份", "起", "宗", "项", "次", "条"})
POST_UNITS = frozenset({"条", "篇"})
_HAN = "零〇一二两三四五六七八九十百千"
CHINESE_DIGITS = dict(zip("一两二三四五六七八九", (1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_DIGITS = {**dict(zip("零〇一二三四五六七八九", (0, *range(10)), strict=True)), "两": 2}
_TENTH = {**CHINESE_DIGITS, "半": 5}
_TENS = {"十": 10, "百": 100, "千": 1000}
_COUNTED_ONE = frozenset({"件", "份", "宗", "篇", "元", "个百分点", "天", "成"})
_SCALES = {"": 1, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}

# 四成, 六成八; 成 before anything else is no share.
_TENTHS = "成(?=[一二三四五六七八九半]?(?:[,。;)以左多余]|$))"
_TENTH_MORE = "(?:(?<=成)(?P<tenth>[一二三四五六七八九半]))?"
NUMBER = r"\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?"
_ABOUT = r"(?P<about>大?约|近|超过|超|逾|突破|不足|将近|接近)?"
_QUANTITY = re.compile(
    rf"{_ABOUT}(?P<digits>{NUMBER})(?P<odd>余|多)?(?P<scale>[百千万亿]?)"
    rf"(?P<more>余|多|以上|左右)?(?P<unit>{UNITS}|{_TENTHS})?{_TENTH_MORE}(?P<after>以上|左右)?"
)
# Words are numbers only before a unit of what is counted: 一个, 三审三校, 一起 are none.
_SPOKEN = rf"[{_HAN}]+(?:点[{_HAN}]+)?"
_IN_WORDS = re.compile(
    rf"{_ABOUT}(?<![第数几上一每{_HAN}])(?P<words>{_SPOKEN})(?P<odd>余|多)?"
    r"(?P<unit>个百分点|件次|条次|人次|件(?!事)|份|宗|起|条(?!龙|线)|篇|万?元|人(?!民|大|员)|天|"
    rf"{_TENTHS}){_TENTH_MORE}(?P<after>以上|左右|多|余)?"
)
_PERCENT_IN_WORDS = re.compile(
    rf"{_ABOUT}百分之(?P<words>{_SPOKEN}|{NUMBER})(?P<odd>余|多)?(?P<after>以上|左右)?"
)
_DOUBLED = re.compile(r"翻了?(?P<words>[一两二三])番")
_ABOVE = frozenset({"超过", "超", "逾", "突破", "余", "多", "以上"})
_BELOW = frozenset({"近", "不足", "将近", "接近"})


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


@lru_cache(maxsize=2048)  # every rule asks for the numbers of every sentence
def quantities(text: str) -> tuple[Quantity, ...]:
    """Return the quantities of plain *text* in order; dates and document numbers are none.

    Those in words are among them: 三十八件, 百分之四十, 四成 (40 %), 翻一番 (twice: unit 番).
    """
    found = [q for q in map(_quantity, _QUANTITY.finditer(text)) if not _is_label(q, text)]
    found += filter(None, map(_spoken, _IN_WORDS.finditer(text)))
    found += map(_spoken_percent, _PERCENT_IN_WORDS.finditer(text))
    found += map(_doubled, _DOUBLED.finditer(text))
    return _apart(found)


def in_words(words: str) -> Decimal:
    """Return the value of a Chinese numeral below 100 million: 三百零八, 二点五, 二〇二四."""
    whole, _, fraction = words.partition("点")
    if fraction:
        return in_words(whole) + Decimal(f"0.{_digits_of(fraction)}")
    if not re.search("[十百千]", whole):
        return Decimal(_digits_of(whole))
    total = digit = 0
    for sign in whole:
        if sign in _TENS:
            total, digit = total + (digit or 1) * _TENS[sign], 0
        else:
            digit = _DIGITS[sign]
    return Decimal(total + digit)


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


def _digits_of(words: str) -> str:
    return "".join(str(_DIGITS[sign]) for sign in words)


def _apart(found: list[Quantity]) -> tuple[Quantity, ...]:
    """Return the quantities of *found* in order, of those that overlap the one that is longer."""
    kept: list[Quantity] = []
    for quantity in sorted(found, key=lambda q: (q.start, -q.end)):
        if not kept or quantity.start >= kept[-1].end:
            kept.append(quantity)
    return tuple(kept)


def _quantity(match: re.Match[str]) -> Quantity:
    digits, scale = match["digits"], Decimal(_SCALES[match["scale"]])
    decimals = len(digits.partition(".")[2])
    value = number(digits) * scale
    step = _step(digits, decimals) * scale
    if match["unit"] == "成":
        return _tenths(match, value)
    low, high = _meant(match, value, step)
    return Quantity(value, match["unit"] or "", low, high, decimals, match[0], *match.span())


def _spoken(match: re.Match[str]) -> Quantity | None:
    """Return a number in words; None for phrases such as 一条 and 一人, which are no counts."""
    value, unit = in_words(match["words"]), match["unit"]
    if (value == 1 and unit not in _COUNTED_ONE) or re.match("[百千]", match["words"]):
        return None
    if unit == "成":
        return _tenths(match, value)
    if unit == "万元":
        value, unit = value * 10_000, "元"
    low, high = _meant(match, value, _step(str(value), 0))
    return Quantity(value, unit, low, high, 0, match[0], *match.span())


def _spoken_percent(match: re.Match[str]) -> Quantity:
    words = match["words"]
    value = number(words) if words[0].isdecimal() else in_words(words)
    decimals = len(str(value).partition(".")[2])
    low, high = _meant(match, value, _step(str(value), decimals))
    return Quantity(value, "%", low, high, decimals, match[0], *match.span())


def _tenths(match: re.Match[str], value: Decimal) -> Quantity:
    """Return 四成 as 40 %, give or take half a tenth, 六成八 as 68 %."""
    percent_of = value * 10 + (_TENTH[match["tenth"]] if match["tenth"] else 0)
    hints = {match["about"], match["odd"], match["after"]}
    step = Decimal(1 if match["tenth"] else 10)
    low = percent_of - (0 if hints & _ABOVE else step if hints & _BELOW else step / 2)
    high = percent_of + (step if hints & _ABOVE else 0 if hints & _BELOW else step / 2)
    room = (Decimal(low), Decimal(high))
    return Quantity(percent_of, "%", *room, 0, match[0], *match.span())


def _doubled(match: re.Match[str]) -> Quantity:
    value = Decimal(2) ** CHINESE_DIGITS[match["words"]]
    room = (value * Decimal("0.95"), value * Decimal("1.1"))
    return Quantity(value, "番", *room, 0, match[0], *match.span())


def _meant(match: re.Match[str], value: Decimal, step: Decimal) -> tuple[Decimal, Decimal]:
    named = match.groupdict()
    hints = {named.get(name) for name in ("about", "odd", "more", "after")} - {None}
    if hints & _ABOVE:
        return value, value + step
    if hints & _BELOW:
        return value - step, value
    if hints:
        return value - step, value + step
    # 85.4万 was 854000 only by chance: it is rounded or cut off at its last digit.
    rounded = named.get("scale") in {"万", "亿"}
    return (value - step / 2, value + step) if rounded else (value, value)


def _step(digits: str, decimals: int) -> Decimal:
    if decimals:
        return Decimal(1).scaleb(-decimals)
    return Decimal(10) ** (len(digits) - len(digits.rstrip("0")) if digits.strip("0") else 0)


def _is_label(q: Quantity, text: str) -> bool:
    before = text[max(0, q.start - 1) : q.start]
    after = text[q.end : q.end + 1]
    named = text.rfind("“", 0, q.start) > text.rfind("”", 0, q.start)
    return (
        len(q.raw) > _LONGEST
        or (named and not q.unit)
        or q.unit in DATE_UNITS
        or before in {"〔", "[", "第", "-", "/", "."}
        or (q.unit == "" and after in {"〕", "]", "-", "/", "."})
    )
