"""The first sheet of a month: every account in a line, and what is to be said of it."""

from __future__ import annotations

from datetime import datetime, time

from xlsxwriter.worksheet import Worksheet

from monitor.reports.month.figures import AccountMonth, Month
from monitor.reports.month.view import View, all_rows, month_label
from monitor.reports.office.book import GREEN, Book
from monitor.reports.office.cells import HEAD_ROW, headed, headings, number_cell, text_cell


def month_summary(made: Book, month: Month, said: View) -> None:
    """Add the sheet to *made*."""
    words, sheet = made.words, made.sheet(made.words.text("summary"))
    headed(made, sheet, made.title, f"{said.headline}  {said.known}")
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
    headings(made, sheet, heads, (6, 20, 24, 12, 10, 10, 10, 12, 20, 16, 10, 12))
    rows = all_rows(month, words)
    for row, (one, told) in enumerate(zip(month.accounts, rows, strict=True), HEAD_ROW + 1):
        sheet.write_number(row, 0, told.number, made.form("number"))
        for column, text in enumerate((told.organisation, told.name, told.platform), 1):
            text_cell(made, sheet, row, column, text)
        _month_numbers(made, sheet, row, one)
        text_cell(made, sheet, row, 11, told.state)
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


def _month_numbers(made: Book, sheet: Worksheet, row: int, one: AccountMonth) -> None:
    zone, found = made.words.zone, one.totals
    own = None if one.unread else found.posts
    number_cell(made, sheet, row, 4, own, "number" if found.complete else "least")
    for column, earlier in ((5, one.last_month), (6, one.last_year)):
        form = "number" if earlier is None or earlier.complete else "least"
        number_cell(made, sheet, row, column, earlier.posts if earlier else None, form)
    longest = found.longest_gap
    number_cell(made, sheet, row, 7, longest.days if longest and not one.unread else None)
    if one.last_post_at:
        at = one.last_post_at.astimezone(zone).replace(tzinfo=None)
        sheet.write_datetime(row, 8, at, made.form("moment"))
    else:
        text_cell(made, sheet, row, 8, "")
    if one.publish_by:
        sheet.write_datetime(row, 9, datetime.combine(one.publish_by, time()), made.form("day"))
    else:
        text_cell(made, sheet, row, 9, "")
    number_cell(made, sheet, row, 10, found.followers.end.value if found.followers.end else None)


def _month_chart(made: Book, sheet: Worksheet, month: Month, top: int) -> int:
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
    about = f"{names[0]} {words.text('Posts')}"
    sheet.insert_chart(top, 1, chart, {"x_scale": 1.6, "y_scale": 1.0, "description": about})
    return top + 16
