"""The workbook of many checked drafts: a row for each finding, to be sorted and filtered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alerts.words import Table, Words
from monitor.reports.check.findings import COLUMNS
from monitor.reports.office.book import Book

WIDTHS = (30, 9, 24, 50, 30, 40, 18)  # characters, by column
HEADINGS: Table = {
    "file": "file",
    "severity": "severity",
    "where": "place",
    "said": "stands there",
    "expected": "expected",
    "why": "why",
    "rule": "rule",
}


def drafts_workbook(rows: Sequence[Sequence[str]], made_at: datetime, words: Words) -> bytes:
    """Return the workbook of *rows*, each with the `COLUMNS` of a checked draft."""
    title, translate = words.text("checked drafts"), words.text
    made = Book(words, title, made_at)
    sheet = made.sheet(title)
    sheet.freeze_panes(1, 1)
    for column, (name, width) in enumerate(zip(COLUMNS, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, translate(HEADINGS[name]), made.form("head"))
    for number, row in enumerate(rows, 1):
        for column, text in enumerate(row):
            sheet.write_string(number, column, text, made.form("wrapped"))
    sheet.autofilter(0, 0, len(rows), len(COLUMNS) - 1)
    return made.bytes()
