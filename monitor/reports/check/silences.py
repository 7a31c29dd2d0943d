"""What a clause says of silence: how long, how often, when, or that there was none. Pure.

Rules and good intentions (避免, 确保, 不得 …) are not statements of fact and are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from monitor.reports.check.numbers import CHINESE_DIGITS, in_words

_DAYS = {"天": 1, "日": 1, "周": 7, "星期": 7, "个星期": 7, "个月": 30, "年": 365}
_HALVES = {"半个月": 15, "半年": 182}
_COUNT = r"\d{1,3}|[一两二三四五六七八九十]+"
_LENGTH = re.compile(
    rf"(?P<over>超过|超|逾|多于|大于|近|将近|约)?(?:(?P<half>半个多?月|大?半个月|半月|半年)|"
    rf"(?<![\d月第每至到—–~-])(?P<n>{_COUNT})(?P<and_half>个半)?"
    r"(?P<unit>天|日(?!至|到|起|-|—|~)|周|个?星期|个多?月|年(?!\d|初|末|底|度|内|\d月))(?:零(?P<odd>[一二三四五六]|\d)天)?"
    r"(?P<week_half>(?<=周)半)?)"
    r"(?P<more>以上|多|余)?(?!内至少|至少)"
)
_UPDATED = (
    r"(?:不|未|没有|无|未能)(?:能|有|曾|进行|再)*(?:及时|按时|按要求|按规定|任何)*(?:内容|信息)?更新|"
    r"停更|断更|停止更新|零更新"
)
_NO_UPDATE = re.compile(_UPDATED)
_NO_POST = re.compile(
    rf"{_UPDATED}|(?:未|没有|无)(?:能|有|再)*(?:发布|推送|发文|发声)(?:任何|新的)*(?:信息|内容|文章|微博|消息)?"
)
_UNTIMELY = re.compile(
    r"(?:逾期|长期)(?:不|未)更新|断更|停更|\d日(?:起|期间|间)?(?:共|连续)?(?:未|没有)(?:及时)?更新|"
    r"(?:未|没有)(?:及时|按要求|按时|按规定)更新|更新不及时"
)
_INTERVAL = re.compile(
    r"(?:更新|发布|发文|推送)(?:的)?(?:时间)?(?:间隔|周期)|间隔(?:时间)?[^,;。]{0,6}(?:更新|发布)|两次(?:更新|发布)[^,;。]{0,6}间隔"
)
_WITHIN = re.compile(
    r"(?:未|不|没有|从未|未曾)(?:曾|有|再)?(?:超过|超出|大于|突破|多于|超)|小于|低于|以内|之内"
)
_PACE = re.compile(
    r"(?!.*(?:其余|其他|其它)).*(?:均|都|全部)[^,;。]{0,6}(?:每周|每日|每天)(?:至少|都|均)?(?:更新|发布).*"
)
_SUCH_TROUBLE = re.compile(r"(?:此类|类似|该类|上述|同类)(?:问题|情况|现象)")
_NEGATED = re.compile(
    r"(?:未|没有|无|不)(?:再|再次|曾)?(?:发生|出现|存在|有)|不存在|杜绝了|零发生|再未|均未|从未|未曾|"
    r"(?:未|没有|无|零)(?:任何|一次|一起)?(?:断更|停更)"
)
_AGAIN = re.compile(r"再次|再未|此后|之后|其后|整改后|未再|没有再")
_NOT_A_FACT = re.compile(
    r"避免|防止|杜绝(?!了)|确保|要求|不得|严禁|坚决|规定|提醒|预警|一票否决|如(?!实|期)|若|凡|制度|机制|标准|检查指标|督促|"
    r"力争|承诺|应当|必须|将(?!近)"
)
_OFTEN = re.compile(
    r"(?P<m>[两二三四五六]|\d)[次度](?=[^,。;]{0,4}(?:超过|连续|长达|未|出现|发生))|"
    r"(?:先后|共|累计|共计|曾|发生|出现|有)(?:发生|出现|有)?(?P<n>[一两二三四五六]|\d)次"
)
_SPLIT = re.compile(r"[;。]|,(?=(?:整改|此|之|其)后|年内未|再未|未再|后续)")
_MONTH = re.compile(r"(?:(\d{4})年)?(?<!\d)(\d{1,2})月")
_SPAN = re.compile(r"(\d{1,2})月(\d{1,2})日(?:起)?(?:至|到|-|—|–|~)(?:(\d{1,2})月)?(\d{1,2})日")
_MONTHS = 12
_TOLERANCE = 0.2
_WEEK, _FORTNIGHT = 7, 14


@dataclass(frozen=True, slots=True)
class Length:
    """How long a silence is said to be: from *least* to *most* days; *exact* if to the day."""

    least: int
    most: int
    exact: bool

    def fits(self, days: int) -> bool:
        """Return whether a silence of *days* may be worded so; days without a post may be meant."""
        return self.least <= days <= self.most or (self.exact and days - 1 == self.least)


@dataclass(frozen=True, slots=True)
class Silence:
    """What one clause says. *bound* is the number of days that a denial says was never passed,
    *often* how many silences there were."""

    text: str
    denied: bool
    again: bool
    lengths: tuple[Length, ...]
    bound: int
    often: int | None


def clauses(text: str) -> list[str]:
    """Return the clauses of plain *text* that each say one thing of silences."""
    return [clause for clause in _SPLIT.split(text) if clause]


def silence(clause: str, *, spoken: bool) -> Silence | None:
    """Return what *clause* says of silences, None if nothing; *spoken*: one was stated before."""
    if _NOT_A_FACT.search(clause):
        return None
    lengths = list(_LENGTH.finditer(clause))
    spaced = _INTERVAL.search(clause) or "更新" in clause
    within = lengths and spaced and _WITHIN.search(clause)
    told = (lengths and _NO_POST.search(clause)) or _UNTIMELY.search(clause)
    told = told or (_NO_UPDATE.search(clause) and _SPAN.search(clause))
    again = spoken and _SUCH_TROUBLE.search(clause)
    paced = not (within or told or lengths) and _PACE.fullmatch(clause)
    if not (within or told or again or paced):
        return None
    often = _OFTEN.search(clause)
    return Silence(
        clause,
        denied=bool(within or paced) or _NEGATED.search(clause) is not None,
        again=_AGAIN.search(clause) is not None,
        lengths=tuple(map(_length, lengths)),
        bound=_bound(clause, lengths),
        often=_count(often["n"] or often["m"]) if often else None,
    )


def _bound(clause: str, lengths: Sequence[re.Match[str]]) -> int:
    if lengths:
        return _length(lengths[0]).least
    return _WEEK if _PACE.fullmatch(clause) else _FORTNIGHT


def _length(match: re.Match[str]) -> Length:
    over = match["over"] or ""
    if match["half"]:
        days = _HALVES["半年" if "年" in match["half"] else "半个月"]
    else:
        unit = match["unit"]
        days = _number(match["n"]) * _DAYS.get(unit, _DAYS["个月"])
        days += 15 if match["and_half"] else 3 if match["week_half"] else 0
        days += _number(match["odd"]) if match["odd"] else 0
    if over in ("近", "将近", "约"):
        return Length(int(days * (1 - _TOLERANCE)), int(days * (1 + _TOLERANCE)), exact=False)
    many = "多" in (match["half"] or match["unit"])
    if over or match["more"] or many:
        # 半个月 is the common word for two weeks.
        return Length(_FORTNIGHT if match["half"] else days, 10_000, exact=False)
    if match["unit"] in ("天", "日"):
        return Length(days, days, exact=True)
    return Length(int(days * (1 - _TOLERANCE)), int(days * (1 + _TOLERANCE)) + 1, exact=False)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else int(in_words(text))


def _count(text: str) -> int:
    return CHINESE_DIGITS.get(text) or int(Decimal(text))


def month(text: str, year: int) -> int | None:
    """Return the first month of *year* that *text* names, None where there is none."""
    for named, number in _MONTH.findall(text):
        if 1 <= int(number) <= _MONTHS and named in ("", str(year)):
            return int(number)
    return None


def span(text: str, year: int) -> tuple[str, date, date] | None:
    """Return the first and last day of the stretch that *text* names, as written and as dates."""
    match = _SPAN.search(text)
    if not match:
        return None
    first = _date(year, match[1], match[2])
    last = _date(year, match[3] or match[1], match[4])
    return (match[0], first, last) if first and last else None


def _date(year: int, number: str, day: str) -> date | None:
    try:
        return date(year, int(number), int(day))
    except ValueError:
        return None
