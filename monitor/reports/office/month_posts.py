"""The last sheet of a month: every post."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlsxwriter.worksheet import Worksheet

from monitor.model import Account, Post
from monitor.reports.month.figures import Month
from monitor.reports.month.view import month_label
from monitor.reports.office.book import Book
from monitor.reports.office.cells import (
    HEAD_ROW,
    headed,
    headings,
    kind_worded,
    link_cell,
    text_cell,
)


def month_posts(made: Book, month: Month, posts: Mapping[str, Sequence[Post]]) -> None:
    """Add the sheet to *made*. *posts*: by account id, oldest first."""
    words, sheet = made.words, made.sheet(made.words.text("list of posts"))
    headed(made, sheet, words.text("Posts in {month}").format(month=month_label(month, words)), "")
    heads = [
        words.text("account"),
        words.text("platform"),
        words.text("published at"),
        words.text("kind"),
        words.text("title"),
        words.text("link"),
    ]
    headings(made, sheet, heads, (24, 12, 20, 9, 60, 12))
    row = HEAD_ROW
    for one in month.accounts:
        for row, post in enumerate(posts.get(one.account.id, ()), row + 1):  # noqa: B020
            _post_row(made, sheet, row, one.account, post)
    if row > HEAD_ROW:
        sheet.autofilter(HEAD_ROW, 0, row, 5)
    sheet.freeze_panes(HEAD_ROW + 1, 0)
    sheet.repeat_rows(HEAD_ROW)


def _post_row(made: Book, sheet: Worksheet, row: int, account: Account, post: Post) -> None:
    words = made.words
    text_cell(made, sheet, row, 0, account.name)
    text_cell(made, sheet, row, 1, words.platform(account.platform))
    at = post.published_at.astimezone(words.zone).replace(tzinfo=None)
    sheet.write_datetime(row, 2, at, made.form("moment"))
    text_cell(made, sheet, row, 3, kind_worded(post.kind.value, account.platform, words))
    text_cell(made, sheet, row, 4, post.title)
    link_cell(made, sheet, row, 5, post.url)
