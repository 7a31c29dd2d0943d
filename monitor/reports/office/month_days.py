"""The second sheet of a month: accounts down, days across."""

from __future__ import annotations

from monitor.reports.month.figures import Month, Seen
from monitor.reports.month.view import View
from monitor.reports.office.book import Book
from monitor.reports.office.cells import HEAD_ROW, day_cell, headed, headings, text_cell, tone_of


def month_days(made: Book, month: Month, said: View) -> None:
    """Add the sheet to *made*."""
    words, sheet = made.words, made.sheet(made.words.text("days"))
    headed(made, sheet, said.title, words.text("posts of each day; ? where not all was seen"))
    heads = [words.text("account"), words.text("platform")]
    headings(made, sheet, heads, (24, 12))
    days = month.accounts[0].days if month.accounts else ()
    for column, day in enumerate(days, 2):
        sheet.write_number(HEAD_ROW, column, day.on.day, made.form("head"))
    sheet.set_column(2, 1 + max(len(days), 1), 4)
    for row, one in enumerate(month.accounts, HEAD_ROW + 1):
        text_cell(made, sheet, row, 0, one.account.name)
        text_cell(made, sheet, row, 1, words.platform(one.account.platform))
        for column, day in enumerate(one.days, 2):
            unseen = day.seen in (Seen.NOT, Seen.PARTLY)
            ahead = day.seen is Seen.TO_COME and not day.posts
            tone = "ahead" if ahead else tone_of(day.posts, day.late, unseen)
            day_cell(made, sheet, row, column, day.posts, tone, words)
    sheet.freeze_panes(HEAD_ROW + 1, 2)
    sheet.repeat_rows(HEAD_ROW)
