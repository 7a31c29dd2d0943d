"""One account's sheet in a year: calendar, posts, lapses, gaps and followers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from xlsxwriter.worksheet import Worksheet

from alerts.common.local_time import real_date
from alerts.words import Words
from monitor.model import Dating
from monitor.reports.office.book import GREEN, Book
from monitor.reports.office.cells import (
    DAYS,
    HEAD_ROW,
    Json,
    called,
    day_cell,
    headed,
    headings,
    kind_worded,
    known_at,
    link_cell,
    local_moment,
    moment_worded,
    number_cell,
    text_cell,
    tone_of,
)
from monitor.reports.office.charts import dressed, series_of
from monitor.reports.year.text import gap_reason, lapse_marks, months_told

Evidence = Mapping[str, Any]  # one account's, as `report evidence` gives it
LIST_COLUMN = 15  # where an account's list of posts begins, right of its calendar


def year_account(made: Book, document: Json, one: Json, found: Evidence) -> None:
    """Add the sheet of the account *one*, whose evidence is *found*, to *made*."""
    words = made.words
    name = called(one["name"], one["platform"], words)
    sheet = made.sheet(name)
    title = words.text("{account} in {year}").format(account=name, year=document["year"])
    headed(made, sheet, title, known_at(document, words))
    posts = [post for month in found["months"] for post in month["list"]]
    _calendar(made, sheet, document, one, posts)
    _listed(made, sheet, [*posts, *found["undated"]], one["platform"])
    row = _account_chart(made, sheet, HEAD_ROW + DAYS + 3)
    row = _lapses(made, sheet, row, one)
    row = _gaps(made, sheet, row, one)
    _follower_table(made, sheet, row, one)
    sheet.freeze_panes(HEAD_ROW + 1, 0)
    sheet.repeat_rows(HEAD_ROW)


def _calendar(
    made: Book, sheet: Worksheet, document: Json, one: Json, posts: Sequence[Json]
) -> None:
    """Days down, months across; each day's posts, with the colours of the mail."""
    words, zone, year = made.words, made.words.zone, document["year"]
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
            known = real_date(year, month, day)
            if known is not None:
                n = on.get(known, 0)
                tone = tone_of(n, known in late, known in unseen)
                day_cell(made, sheet, HEAD_ROW + day, month, n, tone, words)
    for day in range(1, DAYS + 1):
        sheet.write_number(HEAD_ROW + day, 0, day, made.form("axis"))
    total = HEAD_ROW + DAYS + 1
    sheet.write_string(total, 0, words.text("sum"), made.form("head"))
    for month, known_of in enumerate(months_told(one, document, zone), 1):
        number_cell(made, sheet, total, month, known_of, "head")


def _by_day(posts: Sequence[Json], zone: ZoneInfo) -> dict[date, int]:
    found: dict[date, int] = {}
    for post in posts:
        if post["counted"]:
            on = local_moment(post["published_at"], zone).date()
            found[on] = found.get(on, 0) + 1
    return found


def _days_of(stretches: Sequence[Json], start: str, zone: ZoneInfo) -> set[date]:
    """The local days that *stretches* touch; a lapse's last day has a post again."""
    found: set[date] = set()
    for one in stretches:
        first = local_moment(one[start], zone).date()
        last = local_moment(one["to"], zone).date() if one["to"] else first
        found |= {date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)}
    return found


def _listed(made: Book, sheet: Worksheet, posts: Sequence[Json], platform: str) -> None:
    words, left = made.words, LIST_COLUMN
    heads = [
        words.text("published at"),
        words.text("kind"),
        words.text("title"),
        words.text("link"),
        words.text("remarks"),
    ]
    headings(made, sheet, heads, (20, 9, 60, 12, 18), left)
    for row, post in enumerate(posts, HEAD_ROW + 1):
        at = local_moment(post["published_at"], words.zone).replace(tzinfo=None)
        sheet.write_datetime(row, left, at, made.form("moment"))
        text_cell(made, sheet, row, left + 1, kind_worded(post["kind"], platform, words))
        text_cell(made, sheet, row, left + 2, post["title"])
        link_cell(made, sheet, row, left + 3, post["url"])
        text_cell(made, sheet, row, left + 4, words.listing(list(_remarks(post, words))))
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


def _account_chart(made: Book, sheet: Worksheet, top: int) -> int:
    total = HEAD_ROW + DAYS + 1
    chart = made.book.add_chart({"type": "column"})
    series = series_of(sheet.get_name(), made.words.text("posts"), HEAD_ROW, total, 1, 12)
    chart.add_series({**series, "fill": {"color": GREEN}, "data_labels": {"value": True}})
    title = made.words.text("Posts by month")
    dressed(chart, title, made.words)
    chart.set_legend({"none": True})
    looks = {"x_scale": 1.12, "y_scale": 0.9, "description": f"{sheet.get_name()} {title}"}
    sheet.insert_chart(top, 0, chart, looks)
    return top + 15


def _lapses(made: Book, sheet: Worksheet, top: int, one: Json) -> int:
    words = made.words
    rows = [
        (
            moment_worded(lapse["from"], words),
            moment_worded(lapse["to"], words) if lapse["to"] else words.text("lasting"),
            words.days(lapse["days"]) + lapse_marks(lapse, words),
        )
        for lapse in one["lapses"]
    ]
    return _small_table(made, sheet, top, words.text("Over the limit"), rows)


def _gaps(made: Book, sheet: Worksheet, top: int, one: Json) -> int:
    words = made.words
    rows = [
        (
            moment_worded(gap["from"], words),
            moment_worded(gap["to"], words),
            gap_reason(gap["reason"], words),
        )
        for gap in one["gaps"]
    ]
    return _small_table(made, sheet, top, words.text("Not seen"), rows)


def _follower_table(made: Book, sheet: Worksheet, top: int, one: Json) -> int:
    words, found, rows = made.words, one["followers"], []
    for key, label in (("start", words.text("start")), ("end", words.text("end"))):
        level = found[f"{key}_at"]
        if found[key] is not None and level:
            day = words.day(date.fromisoformat(level["day"]), year=True)
            mark = "" if level["exact"] else words.text("not of that very day")
            rows.append((label, f"{found[key]:,}", words.listing([day, mark] if mark else [day])))
    return _small_table(made, sheet, top, words.text("Followers"), rows)


def _small_table(
    made: Book, sheet: Worksheet, top: int, title: str, rows: Sequence[tuple[str, str, str]]
) -> int:
    """Write rows of three texts below the calendar; return the row after them."""
    sheet.write_string(top, 0, title, made.form("section"))
    for row, texts in enumerate(rows or [(made.words.text("none"), "", "")], top + 1):
        for text, (first, last) in zip(texts, ((0, 3), (4, 7), (8, 12)), strict=True):
            sheet.merge_range(row, first, row, last, "", made.form("text"))
            sheet.write_string(row, first, text, made.form("text"))
    return top + max(len(rows), 1) + 2
