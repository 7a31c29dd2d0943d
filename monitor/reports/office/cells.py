"""Cells and headings as every sheet writes them, and how what is in them is worded.

What stands in a cell is text or a number, never a formula: titles come from outside, and one
that begins with = must stay a title.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from xlsxwriter.worksheet import Worksheet

from alerts.platforms import unit_of
from alerts.words import Table, Words, one_line
from monitor.reports.month.view import UNKNOWN
from monitor.reports.office.book import Book

Json = Mapping[str, Any]

NAME, TITLE, LINK = 60, 200, 2000  # characters; Excel takes no longer link
LINKS = 60_000  # a sheet holds some five thousand more
MARKS = ("=", "+", "-", "@", "\t", "\r")
HEAD_ROW = 3  # where the tables of a sheet begin; what is above it stays in sight
DAYS = 31
KINDS: Table = {
    "original": "original",
    "repost": "repost",
    "article": "article",
    "work": "work",
    "post": "item",
}


def day_cell(
    made: Book, sheet: Worksheet, row: int, column: int, n: int, tone: str, words: Words
) -> None:
    """Write how many posts a day has, in the colour of *tone*; a question mark if it is unseen."""
    if n:
        sheet.write_number(row, column, n, made.shade(tone))
    elif tone == "unseen":
        sheet.write_string(row, column, words.text("?"), made.shade(tone))
    else:
        sheet.write_blank(row, column, None, made.shade(tone))


def tone_of(n: int, late: bool, unseen: bool) -> str:
    """Return the tone of a day with *n* posts."""
    if n:
        return "many" if n >= 4 else "some" if n >= 2 else "few"
    if unseen:
        return "unseen"
    return "late" if late else "none"


def headed(made: Book, sheet: Worksheet, title: str, note: str) -> None:
    """Write the title of *sheet* and a line below it."""
    sheet.write_string(0, 0, title, made.form("title"))
    sheet.set_row(0, 26)
    sheet.write_string(1, 0, note, made.form("note"))


def headings(
    made: Book, sheet: Worksheet, heads: Sequence[str], widths: Sequence[float], left: int = 0
) -> None:
    """Write the headings of a table that begins in column *left*."""
    sheet.set_row(HEAD_ROW, 32)
    for column, (head, width) in enumerate(zip(heads, widths, strict=True), left):
        sheet.set_column(column, column, width)
        sheet.write_string(HEAD_ROW, column, head, made.form("head"))


def text_cell(
    made: Book, sheet: Worksheet, row: int, column: int, text: str, most: int = TITLE
) -> None:
    """Write *text*, *most* characters of it, as text whatever it looks like; also if the cell is
    edited later."""
    line = one_line(text, most)
    sheet.write_string(row, column, line, made.form("quoted" if line[:1] in MARKS else "text"))


def number_cell(
    made: Book, sheet: Worksheet, row: int, column: int, n: float | None, form: str = "number"
) -> None:
    """Write *n* in the format *form*; None as not known."""
    if n is None:
        sheet.write_string(row, column, UNKNOWN, made.form("unknown"))
    else:
        sheet.write_number(row, column, n, made.form(form))


def link_cell(made: Book, sheet: Worksheet, row: int, column: int, url: str) -> None:
    """Write a link that can be followed, of the web alone; any other as text."""
    plain = one_line(url, LINK)
    safe = plain.startswith(("https://", "http://")) and len(plain) < LINK and row < LINKS
    if not safe:
        text_cell(made, sheet, row, column, plain)
        return
    sheet.write_url(row, column, plain, made.form("link"), made.words.text("open"))


def called(name: str, platform: str, words: Words) -> str:
    """Return an account's name with its platform."""
    return words.text("{name} ({platform})").format(
        name=one_line(name, NAME), platform=words.platform(platform)
    )


def kind_worded(kind: str, platform: str, words: Words) -> str:
    """Return what a kind of post is called on *platform*: an article of Douyin is a work."""
    translate = words.text  # the table's sentences are known where it stands
    kind = unit_of(platform) if kind == "article" else kind
    return translate(KINDS[kind]) if kind in KINDS else kind


def moment_worded(iso: str, words: Words) -> str:
    """Return an instant in ISO 8601 as local date and time in words."""
    return words.moment(datetime.fromisoformat(iso), year=True)


def local_moment(iso: str, zone: ZoneInfo) -> datetime:
    """Return an instant in ISO 8601 as one in *zone*."""
    return datetime.fromisoformat(iso).astimezone(zone)


def known_at(document: Json, words: Words) -> str:
    """Return as of when the year's figures are known, and which version they are."""
    at = words.moment(datetime.fromisoformat(document["known_at"]), year=True)
    if document["frozen"]:
        return words.text("Version {version}, frozen; known at {at}").format(
            version=document["version"], at=at
        )
    return words.text("Not frozen; known at {at}").format(at=at)
