"""The workbook of the accounts as configured: a list that can be read back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from alerts.words import Table, Words
from monitor.reports.office.book import Book
from monitor.reports.office.cells import LINK, text_cell

# Each heading is one that a list of accounts is read by, in every language.
HEADINGS: Table = {
    "name": "Name",
    "platform": "Platform",
    "link": "Link",
    "custodian": "Custodian",
    "state": "State",
}
WIDTHS = (30, 14, 56, 18, 14)  # characters, by column
UNDATED = datetime(2000, 1, 1, tzinfo=UTC)  # the list has no age: the same accounts, the same file


def accounts_workbook(rows: Sequence[Sequence[str]], words: Words) -> bytes:
    """Return the workbook of *rows*: of each account what `HEADINGS` names."""
    title, translate = words.text("Accounts"), words.text
    made = Book(words, title, UNDATED)
    sheet = made.sheet(title)
    sheet.freeze_panes(1, 1)
    for column, (heading, width) in enumerate(zip(HEADINGS.values(), WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, translate(heading), made.form("head"))
    for number, row in enumerate(rows, 1):
        for column, text in enumerate(row):
            text_cell(made, sheet, number, column, text, LINK)
    sheet.autofilter(0, 0, len(rows), len(HEADINGS) - 1)
    return made.bytes()
