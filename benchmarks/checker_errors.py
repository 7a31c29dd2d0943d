"""Errors as people make them, planted one at a time into the reports of `checker_reports.py`.

Each kind changes one thing of a draft and says where it must be told and with which value; it
returns None where the draft has no such thing.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from checker_reports import (
    DENIED,
    LABELS,
    RESULTS,
    UNAVAILABLE,
    UNPROCESSED,
    Draft,
    Facts,
    han,
    pct,
    table_four,
    table_three,
    table_two,
)

ONE, FIVE, SIX = ("section 一",), ("section 五",), ("section 六",)
PLACES = {
    "title": ("title", "opening", "signature"),
    "opening": ("opening",),
    "proactive": ONE,
    "requests": ONE,
    "documents": ONE,
    "platform": ONE,
    "guard": ONE,
    "one": ONE,
    "two": ("table 二",),
    "three": ("table 三",),
    "four": ("table 四",),
    "problems": FIVE,
    "fee": SIX,
    "signature": ("signature",),
    "date": ("date of signature", "section 六"),
}


@dataclass(frozen=True)
class Planted:
    """A draft with one error: *said* stands there, one of *values* is right."""

    draft: Draft
    said: str
    values: tuple[str, ...]
    places: tuple[str, ...]
    table: bool = False

    def is_told_by(self, one: dict[str, str]) -> bool:
        """Return whether a finding tells this error."""
        here = any(place in one["where"] for place in self.places)
        return here and any(_holds(one["expected"], value) for value in self.values or ("",))

    def is_near(self, one: dict[str, str]) -> bool:
        """Return whether a finding follows from it: of a cell, wherever the text tells it too."""
        return self.table or any(place in one["where"] for place in self.places)


def _holds(text: str, value: str) -> bool:
    return (
        re.search(rf"(?<![\d.]){re.escape(value)}(?![\d])", text) is not None
        if value[:1].isdigit()
        else value in text
    )


Kind = Callable[[Draft, random.Random], Planted | None]
KINDS: dict[str, Kind] = {}


def off(n: int, r: random.Random, *never: int) -> int:
    """Return another number than *n*, near it, that none of *never* is."""
    some = [n + d for d in (1, 2, 3, -1, -2, 10, 9) if n + d > 0 and n + d not in never]
    return r.choice(some)


def _find(paper: Draft, part: str, pattern: str) -> tuple[int, re.Match[str]] | None:
    for i, line in enumerate(paper.parts[part]):
        if match := re.search(pattern, line):
            return i, match
    return None


def _put(
    paper: Draft, part: str, at: int, match: re.Match[str], new: str, group: int | str = 1
) -> Draft:
    line = paper.parts[part][at]
    changed = line[: match.start(group)] + new + line[match.end(group) :]
    lines = paper.parts[part]
    return paper.but(part, *lines[:at], changed, *lines[at + 1 :])


def number(
    name: str,
    part: str,
    pattern: str,
    *,
    words: bool = False,
    never: Callable[[Facts], tuple[int, ...]] = lambda f: (),
) -> None:
    """Add a kind: the number that *pattern* finds in *part* is another than it was."""

    def plant(paper: Draft, r: random.Random) -> Planted | None:
        found = _find(paper, part, pattern)
        if found is None:
            return None
        at, match = found
        n = int(match[1])
        new = off(n, r, *never(paper.facts))
        if words and not 2 <= new < 1000:
            return None
        written = han(new) if words else str(new)
        return Planted(_put(paper, part, at, match, written), written, (str(n),), PLACES[part])

    KINDS[name] = plant


def replaced(
    name: str,
    part: str,
    pattern: str,
    new: Callable[[re.Match[str], Facts], str | None],
    values: Callable[[re.Match[str], Facts], tuple[str, ...]],
    places: tuple[str, ...] | None = None,
) -> None:
    """Add a kind: what *pattern* finds is written as *new*; *values* are right."""

    def plant(paper: Draft, r: random.Random) -> Planted | None:
        found = _find(paper, part, pattern)
        if found is None:
            return None
        at, match = found
        written = new(match, paper.facts)
        if written is None or written == match[0]:
            return None
        changed = _put(paper, part, at, match, written, 0)
        return Planted(changed, written, values(match, paper.facts), places or PLACES[part])

    KINDS[name] = plant


def figures(
    name: str,
    part: str,
    change: Callable[[Facts, random.Random], tuple[Facts, tuple[str, ...]] | None],
    table: Callable[[Facts], list[str]],
) -> None:
    """Add a kind: a cell of a table is another."""

    def plant(paper: Draft, r: random.Random) -> Planted | None:
        changed = change(paper.facts, r)
        if changed is None:
            return None
        facts, values = changed
        new = paper.but(part, paper.parts[part][0], *table(facts))
        return Planted(new, "a cell", values, PLACES[part], table=True)

    KINDS[name] = plant


def _both(f: Facts) -> tuple[int, ...]:
    return (f.of("new") + f.of("carried_in"), f.of("new"), f.of("total"))


# ---------------------------------------------------------------- text against table 三

_NEW = r"(?:新收|收到|受理)(?:政府信息公开申请|依申请公开|公开申请)(\d+)(?=[件宗（])"
number("new applications", "requests", _NEW, never=_both)
number("new applications in words", "requests", _NEW, words=True, never=_both)
number("carried in", "requests", r"(?:上年结转|结转上年度申请|上年度结转|\d{4}年结转的)(\d+)")
number("carried over", "requests", r"(?:继续办理|剩余|其余|结转下一年度)(\d+)(?=[件宗])")
number("concluded", "requests", r"(?:办结|办理完毕)(\d+)(?=[件宗])", never=_both)
number(
    "concluded in words", "requests", r"(?:办结|办理完毕)(\d+)(?=[件宗])", words=True, never=_both
)
number("granted", "requests", r"予以公开(\d+)件")
number("partly granted", "requests", r"(?<!和)部分公开(\d+)件")
number(
    "granted and partly together",
    "requests",
    r"予以公开和部分公开(\d+)件",
    never=lambda f: (f.of("granted"), f.of("partly")),
)
number("refused", "requests", r"不予公开(\d+)件")
number("not available", "requests", r"无法提供(\d+)件")
number("not processed", "requests", r"不予处理(\d+)件")
number("other results", "requests", r"其他处理(\d+)件")
number(
    "natural persons",
    "requests",
    r"自然人(?:申请|提出政府信息公开申请)?(\d+)件",
    never=lambda f: (f.requests["new"][0] + f.requests["carried_in"][0],),
)
number(
    "legal persons",
    "requests",
    r"法人(?:或|和|或者)其他组织(?:申请|提出政府信息公开申请)?(\d+)件",
    never=lambda f: (f.legal + sum(f.requests["carried_in"][1:6]),),
)
replaced(
    "a share of natural persons",
    "requests",
    r"自然人申请\d+件，占([\d.]+)%",
    lambda m, f: m[0].replace(m[1], f"{float(m[1]) - 6:.1f}") if float(m[1]) > 10 else None,
    lambda m, f: (m[1] + "%",),
)
replaced(
    "a share of those granted",
    "requests",
    r"予以公开\d+件，占([\d.]+)%",
    lambda m, f: m[0].replace(m[1], f"{float(m[1]) - 7:.1f}") if float(m[1]) > 10 else None,
    lambda m, f: (m[1] + "%", pct(f.of("granted"), f.of("new"))),
)
replaced(
    "none received",
    "requests",
    r"(?:全年新收|共收到|全年受理|本年度收到|新收到)[^，（]*",
    lambda m, f: "本年度未收到政府信息公开申请",
    lambda m, f: (str(f.of("new")),),
)
replaced(
    "a total of new and carried in",
    "requests",
    r"共计?(\d+)件(?=[；，]已?办)",
    lambda m, f: m[0].replace(m[1], str(int(m[1]) + 2)),
    lambda m, f: (m[1],),
)

# ---------------------------------------------------------------- growth

_PCT = r"(增长|下降)([\d.]+)%"


def _turned(word: str) -> str:
    return "下降" if word == "增长" else "增长"


def _shift(text: str, by: float) -> str:
    return f"{abs(float(text) + by):.1f}"


replaced(
    "growth of applications",
    "requests",
    _PCT,
    lambda m, f: f"{m[1]}{_shift(m[2], 5.3)}%",
    lambda m, f: (m[2] + "%",),
)
replaced(
    "growth in the wrong direction",
    "requests",
    _PCT,
    lambda m, f: f"{_turned(m[1])}{m[2]}%" if float(m[2]) > 2 else None,
    lambda m, f: (m[1] + m[2] + "%",),
)
replaced(
    "points for a percentage",
    "requests",
    _PCT,
    lambda m, f: f"{m[1]}{m[2]}个百分点",
    lambda m, f: ("%",),
)
replaced(
    "growth in words",
    "requests",
    _PCT,
    lambda m, f: f"{m[1]}百分之{han(int(float(m[2])) + 7)}",
    lambda m, f: (m[2] + "%",),
)
replaced(
    "growth in tenths",
    "requests",
    r"(增长)([\d.]+)%",
    lambda m, f: f"{m[1]}{han(min(9, int(float(m[2]) // 10) + 3))}成" if float(m[2]) < 60 else None,
    lambda m, f: (m[2] + "%",),
)
replaced(
    "a base that last year's report has otherwise",
    "requests",
    r"(?:比上年的|\d{4}年（|由上年的)(\d+)件",
    lambda m, f: (
        m[0].replace(m[1] + "件", f"{int(m[1]) + 3}件") if m[1] == str(f.before["new"]) else None
    ),
    lambda m, f: (m[1],),
)
replaced(
    "growth of what was disclosed",
    "proactive",
    r"(?<!较上年)(增长|下降)([\d.]+)%",
    lambda m, f: f"{m[1]}{_shift(m[2], 4.4)}%",
    lambda m, f: (m[2] + "%",),
)
replaced(
    "growth of posts",
    "platform",
    r"(?<=条)(增长|下降)([\d.]+)%",
    lambda m, f: f"{m[1]}{_shift(m[2], 6.1)}%",
    lambda m, f: (m[2] + "%",),
)
replaced(
    "growth of followers as a share of the end value",
    "platform",
    r"(增长)([\d.]+)%",
    lambda m, f: (
        f"增长{pct(f.followers[1] - f.followers[0], f.followers[1])}"
        if m[2] + "%" == pct(f.followers[1] - f.followers[0], f.followers[0])
        else None
    ),
    lambda m, f: (m[2] + "%",),
)
replaced(
    "followers' increase",
    "platform",
    r"增加(\d+)人",
    lambda m, f: f"增加{int(m[1]) + 20}人",
    lambda m, f: (m[1], pct(f.followers[1] - f.followers[0], f.followers[0])),
)
replaced(
    "a multiple",
    "platform",
    r"是年初的([\d.]+)倍",
    lambda m, f: f"是年初的{float(m[1]) + 0.4:.1f}倍",
    lambda m, f: (m[1] + "倍",),
)
replaced(
    "doubled",
    "platform",
    r"增加\d+人，增长[\d.]+%",
    lambda m, f: "翻了一番" if Decimal(f.followers[1]) / f.followers[0] < Decimal("1.85") else None,
    lambda m, f: (f"{Decimal(f.followers[1]) / f.followers[0]:.1f}",),
)
replaced(
    "points between two rates",
    "guard",
    r"提高到90\.2%，提高2个百分点",
    lambda m, f: "提高到90.2%，提高3个百分点",
    lambda m, f: ("2",),
)

# ---------------------------------------------------------------- table 四, table 二

number("reviews", "requests", r"行政复议(\d+)[件起]")
number("lawsuits", "requests", r"行政诉讼(\d+)[件起]", never=lambda f: (f.proceedings[9],))
number("reviews upheld", "requests", r"结果维持(\d+)件")
number("reviews corrected", "requests", r"结果纠正(\d+)件")
number("both proceedings", "requests", r"行政复议、行政诉讼共(\d+)件")
replaced(
    "no proceedings",
    "requests",
    r"(?:全年因|发生)[^。]*行政诉讼\d+件。|因政府信息公开引发行政复议[^。]*。",
    lambda m, f: "未发生因政府信息公开引起的行政复议、行政诉讼。" if f.reviews else None,
    lambda m, f: (str(f.reviews),),
)
number("documents made", "documents", r"(?:制发|制定|出台)行政规范性文件(\d+)件")
number(
    "documents abolished",
    "documents",
    r"废止(?:行政规范性文件)?(\d+)件(?=[，。])(?<!失效2件、废止4件)",
)
number("documents in force", "documents", r"现行有效(?:行政规范性文件)?(\d+)件")
number("permits", "documents", r"行政许可决定(\d+)件")
number("penalties", "documents", r"行政处罚决定(\d+)件")
replaced(
    "charges",
    "guard",
    r"$",
    lambda m, f: f"收取行政事业性收费{float(f.charges) + 8:g}万元。",
    lambda m, f: (f.charges,),
)


def _cell(
    f: Facts, r: random.Random, rows: tuple[str, ...], column: int | None = None
) -> tuple[Facts, str, int, int]:
    key, at = r.choice(rows), r.randrange(7) if column is None else column
    row = list(f.requests[key])
    was = row[at]
    row[at] = was + r.choice((1, 2, 5))
    return replace(f, requests={**f.requests, key: row}), key, at, was


figures(
    "a result's cell",
    "three",
    lambda f, r: (_cell(f, r, RESULTS, r.randrange(6))[0], ()),
    table_three,
)
figures(
    "a total's cell",
    "three",
    lambda f, r: (lambda c: (c[0], (str(c[3]),)))(
        _cell(f, r, ("new", "carried_in", "granted", "total", "not_held"), 6)
    ),
    table_three,
)
figures(
    "the balance",
    "three",
    lambda f, r: (_cell(f, r, ("carried_out",), r.randrange(6))[0], ()),
    table_three,
)


def _proceeding(f: Facts, r: random.Random) -> tuple[Facts, tuple[str, ...]]:
    cells = list(f.proceedings)
    at = r.choice((4, 9, 14))
    cells[at] += 1
    return replace(f, proceedings=cells), (str(f.proceedings[at]),)


figures("a sum of table 四", "four", _proceeding, table_four)
figures(
    "documents in force after last year's",
    "two",
    lambda f, r: (
        replace(f, documents=[*f.documents[:2], f.documents[2] + 2]),
        (str(f.documents[2]),),
    ),
    table_two,
)


def _not_a_number(paper: Draft, r: random.Random) -> Planted | None:
    lines = paper.parts["three"]
    at = next(i for i, line in enumerate(lines) if line.startswith("一、本年新收"))
    cells = lines[at].split("\t")
    new = "\t".join([*cells[:2], cells[2] + "件", *cells[3:]])
    return Planted(
        paper.but("three", *lines[:at], new, *lines[at + 1 :]),
        "a word in a cell",
        (),
        ("table 三",),
        table=True,
    )


def _blank(paper: Draft, r: random.Random) -> Planted | None:
    lines = paper.parts["three"]
    at = next(i for i, line in enumerate(lines) if "属于国家秘密" in line)
    new = lines[at].replace("\t0\t0\t0", "\t/\t/\t/", 1)
    return Planted(
        paper.but("three", *lines[:at], new, *lines[at + 1 :]),
        "strokes",
        ("0",),
        ("table 三",),
        table=True,
    )


def _carried(paper: Draft, r: random.Random) -> Planted | None:
    """Carried in and new shifted by one: all sums hold, but last year's report says otherwise."""
    f = paper.facts
    moved, new = list(f.requests["carried_in"]), list(f.requests["new"])
    if new[0] < 2:
        return None
    for column in (0, 6):
        moved[column] += 1
        new[column] -= 1
    facts = replace(f, requests={**f.requests, "carried_in": moved, "new": new})
    return Planted(
        paper.but("three", paper.parts["three"][0], *table_three(facts)),
        "carried in",
        (str(f.of("carried_in")),),
        ("table 三",),
        table=True,
    )


KINDS |= {
    "a word in a cell": _not_a_number,
    "strokes in cells": _blank,
    "carried in otherwise than last year's report": _carried,
}

# ---------------------------------------------------------------- lists and totals

replaced(
    "a part of what was disclosed",
    "proactive",
    r"(?<=门户网站|政府网站)(?:公开信息)?(\d+)条(?=，政务)",
    lambda m, f: m[0].replace(m[1], str(int(m[1]) + 100)),
    lambda m, f: (str(f.disclosed),),
)
replaced(
    "a digit less in a part",
    "proactive",
    r"(?<=门户网站|政府网站)(?:公开信息)?(\d+)条(?=，政务)",
    lambda m, f: m[0].replace(m[1], str(int(m[1]) - 10)) if f.site % 100 >= 10 else None,
    lambda m, f: (str(f.disclosed),),
)
replaced(
    "originals and reposts",
    "platform",
    r"转发(\d+)条",
    lambda m, f: f"转发{int(m[1]) + 3}条",
    lambda m, f: (str(f.weibo), str(f.weibo - f.originals)),
)
replaced(
    "a sum of accounts",
    "platform",
    r"合计(\d+)条",
    lambda m, f: f"合计{int(m[1]) + 10}条",
    lambda m, f: (m[1],),
)
replaced(
    "two totals run together",
    "platform",
    r"(分别|依次)发布信息(\d+)条、(\d+)条",
    lambda m, f: f"{m[1]}发布信息{m[2]}{m[3]}条",
    lambda m, f: (f"{f.weibo}、{f.wechat}",),
)
replaced(
    "one number for two accounts",
    "platform",
    r"(分别|依次)发布信息(\d+)条、(\d+)条",
    lambda m, f: f"{m[1]}发布信息{m[2]}条",
    lambda m, f: ("2 numbers", "、"),
)
replaced(
    "disclosed twice",
    "guard",
    r"$",
    lambda m, f: f"全年主动公开政府信息{f.disclosed + 27}条。",
    lambda m, f: (str(f.disclosed),),
)
replaced(
    "a number left out",
    "proactive",
    r"(?<=主动公开政府信息)\d+条|(?<=政务新媒体)(?:发布信息)?\d+条",
    lambda m, f: re.sub(r"\d+", "", m[0]),
    lambda m, f: (),
)
replaced("a percentage left out", "requests", _PCT, lambda m, f: f"{m[1]}%", lambda m, f: ())
replaced(
    "a number still to be filled in",
    "platform",
    r"(?<=微信公众号)(?:推送信息|发布信息)\d+条|更新\d+条",
    lambda m, f: re.sub(r"\d+", "××", m[0]),
    lambda m, f: (),
)

# ---------------------------------------------------------------- accounts against the ledger

number(
    "posts on Weibo",
    "platform",
    r"(?:微博发布信息|微博全年发布信息|官方微博更新|(?:分别|依次)发布信息)(\d+)条",
)
number(
    "posts on WeChat",
    "platform",
    r"(?<!季度)(?:微信公众号发布信息|微信公众号推送信息|官方微信更新)(\d+)条",
)
number("originals", "platform", r"原创(\d+)条(?=，转|、转)")
replaced(
    "a share of originals",
    "platform",
    r"原创率([\d.]+)%",
    lambda m, f: f"原创率{float(m[1]) - 5:.1f}%",
    lambda m, f: (m[1] + "%",),
)
number("followers at the end", "platform", r"(?:粉丝数达|订阅数为)(\d+)[人个]")
replaced(
    "a silence denied",
    "problems",
    r"^.*$",
    lambda m, f: "年内未发生超过两周不更新的情况。" if f.lapse else None,
    lambda m, f: (str(f.longest),),
)
replaced(
    "a silence denied by a bound",
    "problems",
    r"^.*$",
    lambda m, f: "各账号更新间隔均不超过14天。" if f.lapse else None,
    lambda m, f: (str(f.longest),),
)
replaced(
    "a silence not told",
    "problems",
    r"^.*$",
    lambda m, f: "解读形式比较单一。" if f.lapse else None,
    lambda m, f: (str(f.longest),),
)
replaced(
    "days of a silence",
    "problems",
    r"(?:共|连续)(\d+)天",
    lambda m, f: m[0].replace(m[1], str(int(m[1]) + 6)),
    lambda m, f: (str(f.longest),),
)
replaced(
    "days of a silence in words",
    "problems",
    r"(?:共|连续)(\d+)天",
    lambda m, f: m[0].replace(m[1], han(int(m[1]) + 8)),
    lambda m, f: (str(f.longest),),
)
replaced(
    "a silence of three months",
    "problems",
    r"(?<!避免)超过两周|半个多月|超过半个月",
    lambda m, f: "超过三个月" if f.lapse else None,
    lambda m, f: (str(f.longest),),
)
replaced(
    "dates of a silence",
    "problems",
    r"(\d+)月(\d+)日至(\d+)月(\d+)日",
    lambda m, f: (
        (
            lambda a, b: (
                f"{a.month}月{a.day}日至{b.month}月{b.day}日"
                if a.month == f.lapse[0].month
                else None
            )
        )(f.lapse[0] + timedelta(days=3), f.lapse[1] + timedelta(days=3))
        if f.lapse
        else None
    ),
    lambda m, f: (str(f.longest),),
)
replaced(
    "two silences for one",
    "problems",
    r"^.*$",
    lambda m, f: (
        f"“{f.account}”微博{f.lapse[0].month}月起先后两次出现超过两周未更新的情况。"
        if f.lapse
        else None
    ),
    lambda m, f: ("1",),
)
replaced(
    "a silence of the other account",
    "problems",
    r"^.*$",
    lambda m, f: (
        f"“{f.account}”微信公众号{f.lapse[0].month}月出现超过两周未更新的情况。"
        if f.lapse
        else None
    ),
    lambda m, f: ("no such silence",),
)
replaced(
    "the longest interval",
    "problems",
    r"^.*$",
    lambda m, f: f"全年最长更新间隔{f.longest + 2}天，互动不够。" if not f.lapse else None,
    lambda m, f: (str(f.longest),),
)
replaced(
    "a copy of another unit",
    "platform",
    r"(微信公众号(?:发布|推送)信息\d+)条",
    lambda m, f: m[1] + "篇",
    lambda m, f: ("条",),
)

# ---------------------------------------------------------------- names, years, dates


def _another(body: str) -> str:
    return "民政局" if body != "民政局" else "教育局"


replaced(
    "signed by another body",
    "signature",
    r"^.*$",
    lambda m, f: f.place + _another(f.body),
    lambda m, f: (f.name,),
)
replaced(
    "another body in the text",
    "one",
    r"(?<=年，)[^，。认]+(?=认真)",
    lambda m, f: f.place + _another(f.body) if not f.body.endswith("办公室") else None,
    lambda m, f: (f.name,),
    ONE,
)
replaced(
    "the title's year",
    "title",
    r"20\d\d",
    lambda m, f: str(f.year - 1),
    lambda m, f: (str(f.year),),
)
replaced(
    "the period's year",
    "opening",
    r"(20\d\d)(?=年1月1日)",
    lambda m, f: str(f.year - 1),
    lambda m, f: (f"{f.year}年1月1日",),
)
replaced(
    "the period's last day",
    "opening",
    r"12月31日",
    lambda m, f: "12月30日",
    lambda m, f: ("12月31日",),
)
replaced(
    "year and month run together",
    "opening",
    r"(20\d\d)年1月1日",
    lambda m, f: f"{m[1]}1月1日",
    lambda m, f: (f"{f.year}年1月1日",),
)
replaced(
    "last year's sentence",
    "one",
    r"^(20\d\d)年",
    lambda m, f: f"{f.year - 1}年",
    lambda m, f: (str(f.year),),
    ONE,
)
replaced(
    "a year in a heading",
    "five",
    r"^五、存在",
    lambda m, f: f"五、{f.year - 1}年存在",
    lambda m, f: (str(f.year),),
    FIVE,
)
replaced(
    "a decree's number",
    "opening",
    r"第711号",
    lambda m, f: "第771号",
    lambda m, f: ("国务院令第711号",),
)
replaced(
    "the old regulations",
    "opening",
    r"第711号",
    lambda m, f: "第492号",
    lambda m, f: ("国务院令第711号",),
)
replaced(
    "the form's issuing code",
    "opening",
    r"国办公开办函〔",
    lambda m, f: "国办公开函〔",
    lambda m, f: ("国办公开办函〔2021〕30号",),
)
replaced(
    "the form's number",
    "opening",
    r"〔2021〕30号",
    lambda m, f: "〔2021〕13号",
    lambda m, f: ("国办公开办函〔2021〕30号",),
)
replaced(
    "the trial form",
    "opening",
    r"〔2021〕30号",
    lambda m, f: "〔2019〕60号",
    lambda m, f: ("国办公开办函〔2021〕30号",),
)
replaced(
    "the fee rule's number",
    "fee",
    r"〔2020〕109号",
    lambda m, f: "〔2020〕190号",
    lambda m, f: ("国办函〔2020〕109号",),
)
replaced(
    "leading zeros in the date",
    "date",
    r"年1月(\d+)日",
    lambda m, f: f"年01月{int(m[1]):02d}日",
    lambda m, f: (f"{f.signed.year}年1月{f.signed.day}日",),
)
replaced(
    "a date in words",
    "date",
    r"^.*$",
    lambda m, f: (
        f"二〇{han(f.signed.year % 100 // 10)}{han(f.signed.year % 10)}年一月{han(f.signed.day)}日"
    ),
    lambda m, f: (f"{f.signed.year}年1月{f.signed.day}日",),
)
replaced(
    "a date with dots",
    "date",
    r"^.*$",
    lambda m, f: f"{f.signed.year}.1.{f.signed.day}",
    lambda m, f: (f"{f.signed.year}年1月{f.signed.day}日",),
)
replaced(
    "signed late", "date", r"年1月", lambda m, f: "年2月", lambda m, f: (f"{f.signed.year}-01-31",)
)
replaced(
    "signed before the year was over",
    "date",
    r"^20\d\d",
    lambda m, f: str(f.year),
    lambda m, f: (str(f.year + 1),),
)
replaced("a date without its day", "date", r"\d+日$", lambda m, f: "", lambda m, f: ())
replaced("a day that is not", "guard", r"$", lambda m, f: "6月31日召开培训会。", lambda m, f: ())


def _twice(paper: Draft, r: random.Random) -> Planted | None:
    again = paper.but("fee", *paper.parts["fee"], *paper.parts["five"], *paper.parts["problems"])
    return Planted(again, "五 again", ("五",), FIVE)


def _missing(paper: Draft, r: random.Random) -> Planted | None:
    parts = {k: v for k, v in paper.parts.items() if k not in ("four",)}
    return Planted(replace(paper, parts=parts), "no 四", ("四",), ("section 四",))


KINDS |= {"a section that stands twice": _twice, "a section left out": _missing}
replaced(
    "section five says nothing",
    "problems",
    r"^.*$",
    lambda m, f: "无。" if not f.lapse else None,
    lambda m, f: (),
)
replaced(
    "the fee told otherwise",
    "guard",
    r"$",
    lambda m, f: f"全年收取信息处理费{f.fee + 300}元。",
    lambda m, f: (),
    ("section 一", "section 六"),
)
replaced(
    "no word on the fee", "fee", r"^.*$", lambda m, f: "无其他需要报告的事项。", lambda m, f: ()
)
_ = (DENIED, LABELS, UNAVAILABLE, UNPROCESSED)
