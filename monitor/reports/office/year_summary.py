"""The first sheet of a year: every account in a line, its months, and the sentences."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from monitor.reports.office.book import COLOURS, Book
from monitor.reports.office.cells import (
    HEAD_ROW,
    Json,
    called,
    headed,
    headings,
    known_at,
    number_cell,
    text_cell,
)
from monitor.reports.office.charts import dressed, series_of
from monitor.reports.year.figures import is_known
from monitor.reports.year.text import months_told, total_certain


def year_summary(made: Book, document: Json) -> None:
    """Add the sheet to *made*."""
    words, sheet = made.words, made.sheet(made.words.text("summary"))
    headed(made, sheet, made.title, known_at(document, words))
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
    headings(made, sheet, heads, widths)
    accounts = document["accounts"]
    for n, one in enumerate(accounts, 1):
        _year_row(made, sheet, HEAD_ROW + n, n, one)
    end = HEAD_ROW + len(accounts) + 1
    sheet.write_string(end, 2, words.text("all social-media accounts"), made.form("text"))
    exact, known = total_certain(document)
    number_cell(
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


def _year_row(made: Book, sheet: Worksheet, row: int, number: int, one: Json) -> None:
    words, followers, compared = made.words, one["followers"], one["year_on_year"]
    longest = one["longest_gap"]
    sheet.write_number(row, 0, number, made.form("number"))
    text_cell(made, sheet, row, 1, one["organisation"] or "")
    text_cell(made, sheet, row, 2, one["name"])
    text_cell(made, sheet, row, 3, words.platform(one["platform"]))
    form = "number" if one["complete"] else "least"
    known = is_known(one)
    number_cell(made, sheet, row, 4, one["posts"] if known else None, form)
    for column, key in enumerate(("originals", "reposts", "articles", "pushes"), 5):
        number_cell(made, sheet, row, column, one[key] if known else None)
    number_cell(made, sheet, row, 9, longest["days"] if longest and known else None)
    number_cell(made, sheet, row, 10, len(one["lapses"]) if known else None)
    number_cell(made, sheet, row, 11, one["days_in_breach"] if known else None)
    number_cell(made, sheet, row, 12, followers["start"])
    number_cell(made, sheet, row, 13, followers["end"])
    number_cell(made, sheet, row, 14, followers["growth"], "percent")
    number_cell(made, sheet, row, 15, compared["growth"], "percent")
    number_cell(made, sheet, row, 16, len(one["gaps"]))


def _months_table(made: Book, sheet: Worksheet, top: int, document: Json) -> None:
    """Posts of each month by account, and a chart of them."""
    words, accounts = made.words, document["accounts"]
    sheet.write_string(top - 1, 2, words.text("Posts by month"), made.form("section"))
    sheet.write_string(top, 2, words.text("account"), made.form("head"))
    for month in range(1, 13):
        label = words.text("month {n}").format(n=month)
        sheet.write_string(top, 3 + month, label, made.form("head"))
    for n, one in enumerate(accounts, 1):
        text_cell(made, sheet, top + n, 2, called(one["name"], one["platform"], words))
        for month, posts in enumerate(months_told(one, document, words.zone), 4):
            number_cell(made, sheet, top + n, month, posts)
    if accounts:
        chart = made.book.add_chart({"type": "column"})
        for n, (_, colour) in enumerate(zip(accounts, COLOURS, strict=False), 1):
            # Named by a cell: a name from outside might be taken for the place of one.
            series = series_of(
                sheet.get_name(), [sheet.get_name(), top + n, 2], top, top + n, 4, 15
            )
            chart.add_series({**series, "fill": {"color": colour}})
        title = words.text("Posts by month")
        dressed(chart, title, words)
        sheet.insert_chart(
            top + len(accounts) + 2,
            2,
            chart,
            {"x_scale": 1.9, "y_scale": 1.1, "description": title},
        )


def _sentences(made: Book, sheet: Worksheet, top: int, document: Json) -> None:
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
