"""Lines below the rows of a console's sheet: a sum, or where the numbers are from. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

SUM = re.compile(
    r"(?:本[页表月年]|全[年部]|以上)?(?:合计|总计|共计|小计|汇总|总数|累计|平均值?|均值|total|sum)"
    r"(?:\W.*)?|(?:共计?|总共)\d.*",
    re.I,
)
NOTE = re.compile(
    r"(?:数据|信息)?来源[:：].*|(?:数据来源|导出时间|统计时间|备注|说明)\W.*"
    r"|(?:(?:数据|统计)(?:截[至止]|时段|周期|区间|范围|口径)|截[至止]|以上(?:数据|统计)).*"
    r"|(?:导出|制表|填表|填报|审核|统计)(?:人员?|单位|日期|时间)?[:：].*|注\d?[:：].*|以下空白|以下为空"
)
# What has its date in the cell beside it.
DATED = re.compile(
    r"(?:导出|统计|制表|填表|填报)(?:日期|时间)[:：]?|(?:数据|统计)?截[至止](?:日期|时间)?[:：]?"
)
TOTAL = re.compile(
    r"(?:(?:本[页表月年]|全[年部]|以上)?(?:合计|总计|共计|总数)|共|总共|total)\W*(\d[\d,]*(?=\D|$))?",
    re.I,
)
WHOLE = re.compile(r"\d[\d,]{0,8}")
EDGE = "—-–=*·.~ "


def footer(record: Sequence[str], dates: Callable[[str], bool]) -> str | None:
    """Return the first words of *record* where it stands below the rows: they say so, and no cell
    of it is a date, as *dates* tells, but for one that they announce. None for a row."""
    cells = [cell for cell in map(str.strip, record) if cell]
    if not cells:
        return None
    words = _plain(cells[0])
    if DATED.fullmatch(words) and len(cells) == len(("words", "date")):
        return cells[0]
    below = SUM.fullmatch(words) or NOTE.fullmatch(words)
    return cells[0] if below and not any(map(dates, cells)) else None


def total(record: Sequence[str], columns: Sequence[str | None]) -> int:
    """Return how many posts a sum below them states: in its words, or in one of the *columns* that
    are known; a sum of any other column is none of posts. 0 if it states none."""
    match = TOTAL.match(_plain(next(filter(None, map(str.strip, record)))))
    if match is None:
        return 0
    known = [cell.strip() for cell, name in zip(record, columns, strict=False) if name]
    stated = match[1] or next(filter(WHOLE.fullmatch, known), "0")
    return int(stated.replace(",", ""))


def _plain(cell: str) -> str:
    return "".join(cell.split()).strip(EDGE)
