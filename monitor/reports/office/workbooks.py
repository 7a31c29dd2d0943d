"""Workbooks: a year and a month with every post, as Excel files. The only user of XlsxWriter.

What stands in a cell is text or a number, never a formula: titles come from outside, and one
that begins with = must stay a title. The charts are Excel's own.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from alerts.words import Table, Words, one_line
from monitor.model import Account, Dating, Post
from monitor.reports.month.figures import AccountMonth, Month, Seen
from monitor.reports.month.view import UNKNOWN, View, all_rows, month_label
from monitor.reports.year.figures import is_known
from monitor.reports.year.text import gap_reason, lapse_marks, months_told, total_certain

Json = Mapping[str, Any]
Evidence = Mapping[str, Any]  # one account's, as `report evidence` gives it

FONT = "宋体"
SAFE = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
NAME, TITLE, LINK = 60, 200, 2000  # characters; Excel takes no longer link
LINKS = 60_000  # a sheet holds some five thousand more
SHEETS = 250  # accounts with a sheet of their own; a workbook of more opens too slowly
MARKS = ("=", "+", "-", "@", "\t", "\r")
LONGEST, RESERVED = 31, {"history"}  # of a sheet's name
BADLY_NAMED = re.compile(r"[\[\]:*?/\\']")
GREEN, GREY, RED = "#3F9B5C", "#EEF0F2", "#F6C6C2"
COLOURS = (GREEN, "#4C78A8", "#E0A030", "#8E6BB0", "#7F8A96", "#C0604D")  # accounts in a chart
SHADES = {
    "few": "#CFE9D6",
    "some": "#8FCCA1",
    "many": GREEN,
    "none": GREY,
    "late": RED,
    "unseen": "#FFFFFF",
    "ahead": "#FFFFFF",
}
HEAD_ROW = 3  # where the tables of a sheet begin; what is above it stays in sight
LIST_COLUMN = 15  # where an account's list of posts begins, right of its calendar
DAYS = 31

KINDS: Table = {"original": "original", "repost": "repost", "article": "article"}


FORMATS: Mapping[str, Mapping[str, Any]] = {
    "title": {"bold": True, "font_size": 16},
    "note": {"font_color": "#6B7280", "valign": "top"},
    "head": {
        "bold": True,
        "bg_color": "#E8EDF3",
        "border": 1,
        "border_color": "#C9D1DB",
        "align": "center",
        "text_wrap": True,
    },
    "text": {"border": 1, "border_color": "#E3E6EA"},
    "unknown": {"align": "right", "border": 1, "border_color": "#E3E6EA"},
    "quoted": {"border": 1, "border_color": "#E3E6EA", "quote_prefix": True},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "number": {"num_format": "#,##0", "border": 1, "border_color": "#E3E6EA"},
    "least": {"border": 1, "border_color": "#E3E6EA"},
    "percent": {"num_format": "+0.0%;-0.0%;0.0%", "border": 1, "border_color": "#E3E6EA"},
    "moment": {"align": "center", "border": 1, "border_color": "#E3E6EA"},
    "day": {"align": "center", "border": 1, "border_color": "#E3E6EA"},
    "link": {"font_color": "#0563C1", "underline": 1, "border": 1, "border_color": "#E3E6EA"},
    "axis": {"font_color": "#6B7280", "align": "center", "font_size": 10},
    "section": {"bold": True, "font_size": 12},
}


def _worded_formats(words: Words) -> Mapping[str, Mapping[str, str]]:
    """Number formats that have words in them."""
    least = words.text("at least {posts}").format(posts="").strip()
    return {
        "least": {"num_format": f'"{least}"#,##0'},
        "moment": {"num_format": words.text("d mmm yyyy hh:mm")},
        "day": {"num_format": words.text("d mmm yyyy")},
    }


@dataclass(slots=True)
class _Book:
    """A workbook in the making, with the formats its sheets share."""

    words: Words
    file: io.BytesIO = field(default_factory=io.BytesIO)
    book: Workbook = field(init=False)
    formats: dict[str, Format] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.book = Workbook(
            self.file,
            {
                "in_memory": True,
                "default_date_format": "yyyy-mm-dd hh:mm",
                "default_format_properties": {"font_name": FONT, "font_size": 11},
                **SAFE,
            },
        )

    def form(self, name: str) -> Format:
        """Return the format called *name*."""
        if name not in self.formats:
            rules = {
                "valign": "vcenter",
                **FORMATS[name],
                **_worded_formats(self.words).get(name, {}),
            }
            self.formats[name] = self.book.add_format(rules)
        return self.formats[name]

    def shade(self, tone: str) -> Format:
        """Return the format of one day of a calendar."""
        if tone not in self.formats:
            rule = {
                "bg_color": SHADES[tone],
                "align": "center",
                "valign": "vcenter",
                "font_color": "#FFFFFF" if tone == "many" else "#24292F",
                "border": 1,
                "border_color": "#FFFFFF",
            }
            if tone == "unseen":
                rule |= {"border": 4, "border_color": "#9AA3AD"}
            self.formats[tone] = self.book.add_format(rule)
        return self.formats[tone]

    def sheet(self, name: str) -> Worksheet:
        """Add a sheet under a name as near to *name* as Excel allows and no other has."""
        sheet = self.book.add_worksheet(sheet_name(name, self.names))
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        return sheet

    def bytes(self) -> bytes:
        """Close the workbook and return it."""
        self.book.close()
        return self.file.getvalue()


def yearly(document: Json, evidence: Mapping[str, Evidence], words: Words) -> bytes:
    """Return the workbook of a year: a summary, and a sheet for each account.

    *document*: the year's figures; *evidence*, by account id: what they rest on. An account
    without evidence has no sheet of its own.
    """
    made = _Book(words)
    _year_summary(made, document)
    for one in document["accounts"][:SHEETS]:
        if one["id"] in evidence:
            _year_account(made, document, one, evidence[one["id"]])
    return made.bytes()


def monthly(month: Month, said: View, posts: Mapping[str, Sequence[Post]], words: Words) -> bytes:
    """Return the workbook of a month: a summary, the days, and every post.

    *posts*, by account id: those of the month, oldest first.
    """
    made = _Book(words)
    _month_summary(made, month, said)
    _month_days(made, month, said)
    _month_posts(made, month, posts)
    return made.bytes()


def sheet_name(wanted: str, taken: set[str]) -> str:
    """Return a sheet's name as near to *wanted* as Excel allows, and add it to *taken*."""
    plain = _shortened(BADLY_NAMED.sub(" ", one_line(wanted, 80)).strip(), LONGEST) or "1"
    name, n = plain, 1
    while name.casefold() in taken | RESERVED:
        n += 1
        number = f" ({n})"
        name = _shortened(plain, LONGEST - len(number)) + number
    taken.add(name.casefold())
    return name


def _shortened(text: str, units: int) -> str:
    """Return *text* cut to what Excel counts as *units* characters: rare ones count twice."""
    while len(text.encode("utf-16-le")) > 2 * units:
        text = text[:-1]
    return text.strip()


# The year.


def _year_summary(made: _Book, document: Json) -> None:
    words, sheet = made.words, made.sheet(made.words.text("summary"))
    title = words.text("New-media figures of {year}").format(year=document["year"])
    _headed(made, sheet, title, _known(document, words))
    heads = [
        words.text("no."),
        words.text("organisation"),
        words.text("account"),
        words.text("platform"),
        words.text("posts"),
        words.text("originals"),
        words.text("reposts"),
        words.text("articles"),
        words.text("mass-sends"),
        words.text("longest silence (days)"),
        words.text("lapses"),
        words.text("days over the limit"),
        words.text("followers at the start"),
        words.text("followers at the end"),
        words.text("growth"),
        words.text("year on year"),
        words.text("gaps"),
    ]
    widths = (6, 20, 24, 12, 11, 9, 9, 9, 9, 11, 8, 11, 12, 12, 9, 10, 8)
    _heads(made, sheet, heads, widths)
    accounts = document["accounts"]
    for n, one in enumerate(accounts, 1):
        _year_row(made, sheet, HEAD_ROW + n, n, one)
    end = HEAD_ROW + len(accounts) + 1
    sheet.write_string(end, 2, words.text("all social-media accounts"), made.form("text"))
    exact, known = total_certain(document)
    _number(
        made,
        sheet,
        end,
        4,
        document["total_posts"] if known else None,
        "number" if exact else "least",
    )
    sheet.freeze_panes(HEAD_ROW + 1, 3)
    sheet.repeat_rows(HEAD_ROW)
    _months_table(made, sheet, end + 3, document)
    _sentences(made, sheet, end + len(accounts) + 25, document)


def _known(document: Json, words: Words) -> str:
    at = words.moment(datetime.fromisoformat(document["known_at"]), year=True)
    if document["frozen"]:
        return words.text("Version {version}, frozen; known at {at}").format(
            version=document["version"], at=at
        )
    return words.text("Not frozen; known at {at}").format(at=at)


def _year_row(made: _Book, sheet: Worksheet, row: int, number: int, one: Json) -> None:
    words, followers, compared = made.words, one["followers"], one["year_on_year"]
    longest = one["longest_gap"]
    sheet.write_number(row, 0, number, made.form("number"))
    _text(made, sheet, row, 1, one["organisation"] or "")
    _text(made, sheet, row, 2, one["name"])
    _text(made, sheet, row, 3, words.platform(one["platform"]))
    form = "number" if one["complete"] else "least"
    known = is_known(one)
    _number(made, sheet, row, 4, one["posts"] if known else None, form)
    for column, key in enumerate(("originals", "reposts", "articles", "pushes"), 5):
        _number(made, sheet, row, column, one[key] if known else None)
    _number(made, sheet, row, 9, longest["days"] if longest and known else None)
    _number(made, sheet, row, 10, len(one["lapses"]) if known else None)
    _number(made, sheet, row, 11, one["days_in_breach"] if known else None)
    _number(made, sheet, row, 12, followers["start"])
    _number(made, sheet, row, 13, followers["end"])
    _number(made, sheet, row, 14, followers["growth"], "percent")
    _number(made, sheet, row, 15, compared["growth"], "percent")
    _number(made, sheet, row, 16, len(one["gaps"]))


def _months_table(made: _Book, sheet: Worksheet, top: int, document: Json) -> None:
    """Posts of each month by account, and a chart of them."""
    words, accounts = made.words, document["accounts"]
    sheet.write_string(top - 1, 2, words.text("Posts by month"), made.form("section"))
    sheet.write_string(top, 2, words.text("account"), made.form("head"))
    for month in range(1, 13):
        label = words.text("month {n}").format(n=month)
        sheet.write_string(top, 3 + month, label, made.form("head"))
    for n, one in enumerate(accounts, 1):
        _text(made, sheet, top + n, 2, _called(one["name"], one["platform"], words))
        for month, posts in enumerate(months_told(one, document, words.zone), 4):
            _number(made, sheet, top + n, month, posts)
    if accounts:
        chart = made.book.add_chart({"type": "column"})
        for n, (_, colour) in enumerate(zip(accounts, COLOURS, strict=False), 1):
            # Named by a cell: a name from outside might be taken for the place of one.
            series = _series(sheet.get_name(), [sheet.get_name(), top + n, 2], top, top + n, 4, 15)
            chart.add_series({**series, "fill": {"color": colour}})
        _dress(chart, words.text("Posts by month"), words)
        sheet.insert_chart(top + len(accounts) + 2, 2, chart, {"x_scale": 1.9, "y_scale": 1.1})


def _series(
    sheet: str, name: str | list[str | int], heads: int, row: int, first: int, last: int
) -> dict[str, Any]:
    return {
        "name": name,
        "categories": [sheet, heads, first, heads, last],
        "values": [sheet, row, first, row, last],
        "gap": 80,
    }


def _dress(chart: Any, title: str, words: Words) -> None:
    chart.set_title({"name": title, "name_font": {"size": 12, "bold": False}})
    chart.set_legend({"position": "bottom"})
    chart.set_y_axis(
        {
            "major_gridlines": {"visible": True, "line": {"color": "#E3E6EA"}},
            "num_format": "0",
            "name": words.text("(posts)"),
            "min": 0,
            "name_font": {"bold": False, "size": 9},
        }
    )


def _sentences(made: _Book, sheet: Worksheet, top: int, document: Json) -> None:
    words = made.words
    sheet.write_string(top, 2, words.text("Sentences for the report"), made.form("section"))
    row = top + 1
    for section in document["sections"]:
        for sentence in section["sentences"]:
            sheet.write_string(row, 1, section["section"], made.form("note"))
            sheet.merge_range(row, 2, row, 15, "", made.form("wrapped"))
            sheet.write_string(row, 2, sentence, made.form("wrapped"))
            sheet.set_row(row, 34)
            row += 1


def _year_account(made: _Book, document: Json, one: Json, found: Evidence) -> None:
    words = made.words
    name = _called(one["name"], one["platform"], words)
    sheet = made.sheet(name)
    title = words.text("{account} in {year}").format(account=name, year=document["year"])
    _headed(made, sheet, title, _known(document, words))
    posts = [post for month in found["months"] for post in month["list"]]
    _calendar(made, sheet, document["year"], one, posts)
    _listed(made, sheet, [*posts, *found["undated"]])
    row = _account_chart(made, sheet, HEAD_ROW + DAYS + 3)
    row = _lapses(made, sheet, row, one)
    row = _gaps(made, sheet, row, one)
    _follower_table(made, sheet, row, one)
    sheet.freeze_panes(HEAD_ROW + 1, 0)
    sheet.repeat_rows(HEAD_ROW)


def _calendar(made: _Book, sheet: Worksheet, year: int, one: Json, posts: Sequence[Json]) -> None:
    """Days down, months across; each day's posts, with the colours of the mail."""
    words, zone = made.words, made.words.zone
    on = _by_day(posts, zone)
    late = _days_of(one["lapses"], "breached_at", zone)
    unseen = _days_of(one["gaps"], "from", zone)
    sheet.set_column(0, 0, 5)
    sheet.set_column(1, 12, 5.5)
    sheet.set_column(13, 14, 3)
    sheet.write_string(HEAD_ROW, 0, words.text("day"), made.form("head"))
    for month in range(1, 13):
        label = words.text("month {n}").format(n=month)
        sheet.write_string(HEAD_ROW, month, label, made.form("head"))
        for day in range(1, DAYS + 1):
            known = _date(year, month, day)
            if known is not None:
                n = on.get(known, 0)
                tone = _tone(n, known in late, known in unseen)
                _square(made, sheet, HEAD_ROW + day, month, n, tone, words)
    for day in range(1, DAYS + 1):
        sheet.write_number(HEAD_ROW + day, 0, day, made.form("axis"))
    total = HEAD_ROW + DAYS + 1
    sheet.write_string(total, 0, words.text("sum"), made.form("head"))
    for month, n in enumerate(one["months"], 1):
        sheet.write_number(total, month, n, made.form("head"))


def _square(
    made: _Book, sheet: Worksheet, row: int, column: int, n: int, tone: str, words: Words
) -> None:
    if n:
        sheet.write_number(row, column, n, made.shade(tone))
    elif tone == "unseen":
        sheet.write_string(row, column, words.text("?"), made.shade(tone))
    else:
        sheet.write_blank(row, column, None, made.shade(tone))


def _tone(n: int, late: bool, unseen: bool) -> str:
    if n:
        return "many" if n >= 4 else "some" if n >= 2 else "few"
    if unseen:
        return "unseen"
    return "late" if late else "none"


def _by_day(posts: Sequence[Json], zone: ZoneInfo) -> dict[date, int]:
    found: dict[date, int] = {}
    for post in posts:
        if post["counted"]:
            on = _instant(post["published_at"], zone).date()
            found[on] = found.get(on, 0) + 1
    return found


def _days_of(stretches: Sequence[Json], start: str, zone: ZoneInfo) -> set[date]:
    """The local days that *stretches* touch; a lapse's last day has a post again."""
    found: set[date] = set()
    for one in stretches:
        first = _instant(one[start], zone).date()
        last = _instant(one["to"], zone).date() if one["to"] else first
        found |= {date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)}
    return found


def _listed(made: _Book, sheet: Worksheet, posts: Sequence[Json]) -> None:
    words, left = made.words, LIST_COLUMN
    heads = [
        words.text("published at"),
        words.text("kind"),
        words.text("title"),
        words.text("link"),
        words.text("remarks"),
    ]
    _heads(made, sheet, heads, (20, 9, 60, 12, 18), left)
    for row, post in enumerate(posts, HEAD_ROW + 1):
        at = _instant(post["published_at"], words.zone).replace(tzinfo=None)
        sheet.write_datetime(row, left, at, made.form("moment"))
        _text(made, sheet, row, left + 1, _kind(post["kind"], words))
        _text(made, sheet, row, left + 2, post["title"])
        _link(made, sheet, row, left + 3, post["url"])
        _text(made, sheet, row, left + 4, words.listing(list(_remarks(post, words))))
    if posts:
        sheet.autofilter(HEAD_ROW, left, HEAD_ROW + len(posts), left + 4)


def _remarks(post: Json, words: Words) -> Iterator[str]:
    if post["dating"] == Dating.UNKNOWN.value:
        yield words.text("without a date, not counted")
    elif post["dating"] == Dating.SEEN.value:
        yield words.text("dated when first seen")
    if post["deleted_at"]:
        yield words.text("deleted since")
    if not post["counted"] and post["dating"] != Dating.UNKNOWN.value:
        yield words.text("not counted")


def _account_chart(made: _Book, sheet: Worksheet, top: int) -> int:
    total = HEAD_ROW + DAYS + 1
    chart = made.book.add_chart({"type": "column"})
    series = _series(sheet.get_name(), made.words.text("posts"), HEAD_ROW, total, 1, 12)
    chart.add_series({**series, "fill": {"color": GREEN}, "data_labels": {"value": True}})
    _dress(chart, made.words.text("Posts by month"), made.words)
    chart.set_legend({"none": True})
    sheet.insert_chart(top, 0, chart, {"x_scale": 1.12, "y_scale": 0.9})
    return top + 15


def _lapses(made: _Book, sheet: Worksheet, top: int, one: Json) -> int:
    words = made.words
    rows = [
        (
            _worded(lapse["from"], words),
            _worded(lapse["to"], words) if lapse["to"] else words.text("lasting"),
            words.days(lapse["days"]) + lapse_marks(lapse, words),
        )
        for lapse in one["lapses"]
    ]
    return _small_table(made, sheet, top, words.text("Over the limit"), rows)


def _gaps(made: _Book, sheet: Worksheet, top: int, one: Json) -> int:
    words = made.words
    rows = [
        (_worded(gap["from"], words), _worded(gap["to"], words), gap_reason(gap["reason"], words))
        for gap in one["gaps"]
    ]
    return _small_table(made, sheet, top, words.text("Not seen"), rows)


def _follower_table(made: _Book, sheet: Worksheet, top: int, one: Json) -> int:
    words, found, rows = made.words, one["followers"], []
    for key, label in (("start", words.text("start")), ("end", words.text("end"))):
        level = found[f"{key}_at"]
        if found[key] is not None and level:
            day = words.day(date.fromisoformat(level["day"]), year=True)
            mark = "" if level["exact"] else words.text("not of that very day")
            rows.append((label, f"{found[key]:,}", words.listing([day, mark] if mark else [day])))
    return _small_table(made, sheet, top, words.text("Followers"), rows)


def _small_table(
    made: _Book, sheet: Worksheet, top: int, title: str, rows: Sequence[tuple[str, str, str]]
) -> int:
    """Write rows of three texts below the calendar; return the row after them."""
    sheet.write_string(top, 0, title, made.form("section"))
    for row, texts in enumerate(rows or [(made.words.text("none"), "", "")], top + 1):
        for text, (first, last) in zip(texts, ((0, 3), (4, 7), (8, 12)), strict=True):
            sheet.merge_range(row, first, row, last, "", made.form("text"))
            sheet.write_string(row, first, text, made.form("text"))
    return top + max(len(rows), 1) + 2


# The month.


def _month_summary(made: _Book, month: Month, said: View) -> None:
    words, sheet = made.words, made.sheet(made.words.text("summary"))
    _headed(made, sheet, said.title, f"{said.headline}  {said.known}")
    heads = [
        words.text("no."),
        words.text("organisation"),
        words.text("account"),
        words.text("platform"),
        words.text("posts"),
        words.text("month before"),
        words.text("year before"),
        words.text("longest silence (days)"),
        words.text("last post"),
        words.text("publish by"),
        words.text("followers"),
        words.text("state"),
    ]
    _heads(made, sheet, heads, (6, 20, 24, 12, 10, 10, 10, 12, 20, 16, 10, 12))
    rows = all_rows(month, words)
    for row, (one, told) in enumerate(zip(month.accounts, rows, strict=True), HEAD_ROW + 1):
        sheet.write_number(row, 0, told.number, made.form("number"))
        for column, text in enumerate((told.organisation, told.name, told.platform), 1):
            _text(made, sheet, row, column, text)
        _month_numbers(made, sheet, row, one)
        _text(made, sheet, row, 11, told.state)
    sheet.freeze_panes(HEAD_ROW + 1, 3)
    sheet.repeat_rows(HEAD_ROW)
    row = _month_chart(made, sheet, month, HEAD_ROW + len(rows) + 2)
    for title, lines in (
        (words.text("Problems"), said.problems),
        (words.text("Publish next"), said.ahead),
        (words.text("Reminders and answers"), said.answered),
        (words.text("How well it could be read"), said.gateways),
    ):
        if lines:
            sheet.write_string(row, 1, title, made.form("section"))
            for row, line in enumerate(lines, row + 1):  # noqa: B020 - goes on below
                sheet.write_string(row, 1, line)
            row += 2


def _month_numbers(made: _Book, sheet: Worksheet, row: int, one: AccountMonth) -> None:
    zone, found = made.words.zone, one.totals
    own = None if one.unread else found.posts
    _number(made, sheet, row, 4, own, "number" if found.complete else "least")
    for column, earlier in ((5, one.last_month), (6, one.last_year)):
        form = "number" if earlier is None or earlier.complete else "least"
        _number(made, sheet, row, column, earlier.posts if earlier else None, form)
    longest = found.longest_gap
    _number(made, sheet, row, 7, longest.days if longest and not one.unread else None)
    if one.last_post_at:
        at = one.last_post_at.astimezone(zone).replace(tzinfo=None)
        sheet.write_datetime(row, 8, at, made.form("moment"))
    else:
        _text(made, sheet, row, 8, "")
    if one.publish_by:
        sheet.write_datetime(row, 9, datetime.combine(one.publish_by, time()), made.form("day"))
    else:
        _text(made, sheet, row, 9, "")
    _number(made, sheet, row, 10, found.followers.end.value if found.followers.end else None)


def _month_chart(made: _Book, sheet: Worksheet, month: Month, top: int) -> int:
    if not month.accounts:
        return top
    words, last = made.words, HEAD_ROW + min(len(month.accounts), 20)
    chart = made.book.add_chart({"type": "bar"})
    names = (month_label(month, words), words.text("month before"))
    for column, name, colour in zip((4, 5), names, (GREEN, "#B9C2CC"), strict=True):
        chart.add_series(
            {
                "name": name,
                "categories": [sheet.get_name(), HEAD_ROW + 1, 2, last, 3],
                "values": [sheet.get_name(), HEAD_ROW + 1, column, last, column],
                "fill": {"color": colour},
            }
        )
    chart.set_title({"name": words.text("Posts"), "name_font": {"size": 12, "bold": False}})
    chart.set_legend({"position": "bottom"})
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis({"major_gridlines": {"visible": True, "line": {"color": "#E3E6EA"}}})
    sheet.insert_chart(top, 1, chart, {"x_scale": 1.6, "y_scale": 1.0})
    return top + 16


def _month_days(made: _Book, month: Month, said: View) -> None:
    """Accounts down, days across."""
    words, sheet = made.words, made.sheet(made.words.text("days"))
    _headed(made, sheet, said.title, words.text("posts of each day; ? where not all was seen"))
    heads = [words.text("account"), words.text("platform")]
    _heads(made, sheet, heads, (24, 12))
    days = month.accounts[0].days if month.accounts else ()
    for column, day in enumerate(days, 2):
        sheet.write_number(HEAD_ROW, column, day.on.day, made.form("head"))
    sheet.set_column(2, 1 + max(len(days), 1), 4)
    for row, one in enumerate(month.accounts, HEAD_ROW + 1):
        _text(made, sheet, row, 0, one.account.name)
        _text(made, sheet, row, 1, words.platform(one.account.platform))
        for column, day in enumerate(one.days, 2):
            unseen = day.seen in (Seen.NOT, Seen.PARTLY)
            ahead = day.seen is Seen.TO_COME and not day.posts
            tone = "ahead" if ahead else _tone(day.posts, day.late, unseen)
            _square(made, sheet, row, column, day.posts, tone, words)
    sheet.freeze_panes(HEAD_ROW + 1, 2)
    sheet.repeat_rows(HEAD_ROW)


def _month_posts(made: _Book, month: Month, posts: Mapping[str, Sequence[Post]]) -> None:
    words, sheet = made.words, made.sheet(made.words.text("list of posts"))
    _headed(made, sheet, words.text("Posts in {month}").format(month=month_label(month, words)), "")
    heads = [
        words.text("account"),
        words.text("platform"),
        words.text("published at"),
        words.text("kind"),
        words.text("title"),
        words.text("link"),
    ]
    _heads(made, sheet, heads, (24, 12, 20, 9, 60, 12))
    row = HEAD_ROW
    for one in month.accounts:
        for row, post in enumerate(posts.get(one.account.id, ()), row + 1):  # noqa: B020
            _post_row(made, sheet, row, one.account, post)
    if row > HEAD_ROW:
        sheet.autofilter(HEAD_ROW, 0, row, 5)
    sheet.freeze_panes(HEAD_ROW + 1, 0)
    sheet.repeat_rows(HEAD_ROW)


def _post_row(made: _Book, sheet: Worksheet, row: int, account: Account, post: Post) -> None:
    words = made.words
    _text(made, sheet, row, 0, account.name)
    _text(made, sheet, row, 1, words.platform(account.platform))
    at = post.published_at.astimezone(words.zone).replace(tzinfo=None)
    sheet.write_datetime(row, 2, at, made.form("moment"))
    _text(made, sheet, row, 3, _kind(post.kind.value, words))
    _text(made, sheet, row, 4, post.title)
    _link(made, sheet, row, 5, post.url)


# Cells.


def _headed(made: _Book, sheet: Worksheet, title: str, note: str) -> None:
    sheet.write_string(0, 0, title, made.form("title"))
    sheet.set_row(0, 26)
    sheet.write_string(1, 0, note, made.form("note"))


def _heads(
    made: _Book, sheet: Worksheet, heads: Sequence[str], widths: Sequence[float], left: int = 0
) -> None:
    sheet.set_row(HEAD_ROW, 32)
    for column, (head, width) in enumerate(zip(heads, widths, strict=True), left):
        sheet.set_column(column, column, width)
        sheet.write_string(HEAD_ROW, column, head, made.form("head"))


def _text(made: _Book, sheet: Worksheet, row: int, column: int, text: str) -> None:
    """Write *text* as text whatever it looks like; also if the cell is edited later."""
    line = one_line(text, TITLE)
    sheet.write_string(row, column, line, made.form("quoted" if line[:1] in MARKS else "text"))


def _number(
    made: _Book, sheet: Worksheet, row: int, column: int, n: float | None, form: str = "number"
) -> None:
    if n is None:
        sheet.write_string(row, column, UNKNOWN, made.form("unknown"))
    else:
        sheet.write_number(row, column, n, made.form(form))


def _link(made: _Book, sheet: Worksheet, row: int, column: int, url: str) -> None:
    """Write a link that can be followed, of the web alone; any other as text."""
    plain = one_line(url, LINK)
    safe = plain.startswith(("https://", "http://")) and len(plain) < LINK and row < LINKS
    if not safe:
        _text(made, sheet, row, column, plain)
        return
    sheet.write_url(row, column, plain, made.form("link"), made.words.text("open"))


def _called(name: str, platform: str, words: Words) -> str:
    return words.text("{name} ({platform})").format(
        name=one_line(name, NAME), platform=words.platform(platform)
    )


def _kind(kind: str, words: Words) -> str:
    translate = words.text  # the table's sentences are known where it stands
    return translate(KINDS[kind]) if kind in KINDS else kind


def _worded(iso: str, words: Words) -> str:
    return words.moment(datetime.fromisoformat(iso), year=True)


def _instant(iso: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(iso).astimezone(zone)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
