"""Slips of accounts, silences, names, years and dates, as people make them.

Each kind changes one thing of a draft and says where a finding must name it, with which value; there
is none where the draft has no such thing.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

from checker_facts import han
from checker_planting import FIVE, KINDS, ONE, Planted, number, replaced
from checker_reports import Draft

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
    r"(?<!季度)(微信公众号(?:发布|推送)信息\d+)条",
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
    "signed late",
    "date",
    r"年1月",
    lambda m, f: "年2月" if f.signed.day <= 28 else None,  # a day that February has
    lambda m, f: (f"{f.signed.year}-01-31",),
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
