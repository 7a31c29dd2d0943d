"""Wrong figures as people write them: against the tables, in growth, in lists.

Each kind changes one thing of a draft and says where a finding must name it, with which value; there
is none where the draft has no such thing.
"""

from __future__ import annotations

import random
import re
from dataclasses import replace
from decimal import Decimal

from checker_facts import RESULTS, Facts, han, pct, table_four, table_three, table_two
from checker_planting import KINDS, Planted, figures, number, replaced
from checker_reports import Draft


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
