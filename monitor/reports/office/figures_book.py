"""The form of an annual report's remaining figures as a sheet to fill in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from xlsxwriter.worksheet import Worksheet

from alerts.words import Words
from monitor.reports.office.book import Book
from monitor.reports.year.figures_form import (
    FIRST_VALUE,
    KEY_COLUMN,
    LABEL_COLUMN,
    SECTIONS,
    Field,
    note,
)
from monitor.reports.year.report_form import TITLE

WIDTHS = (28, 48, 16)  # of the keys, the labels and the values
VALUES = 7  # columns that a row fills at most: six applicants and their sum


def figures_workbook(year: int, words: Words, filled: Mapping[str, Any] | None = None) -> bytes:
    """Return the form of *year* to fill in: a key, a label and empty cells in each row.

    *filled*, by key: what is filled in already.
    """
    given = {**(filled or {}), "year": year}
    made = Book(words, f"{year}年{TITLE}", datetime(year + 1, 1, 1, tzinfo=words.zone))
    sheet = made.sheet(TITLE)
    sheet.set_column(KEY_COLUMN, KEY_COLUMN, WIDTHS[0])
    sheet.set_column(LABEL_COLUMN, LABEL_COLUMN, WIDTHS[1])
    sheet.set_column(FIRST_VALUE, FIRST_VALUE + VALUES - 1, WIDTHS[2])
    sheet.write_string(0, LABEL_COLUMN, made.title, made.form("title"))
    sheet.write_string(1, LABEL_COLUMN, note(words), made.form("note"))
    row = 3
    for heading, fields in SECTIONS:
        sheet.write_string(row, LABEL_COLUMN, heading, made.form("section"))
        for n, field in enumerate(fields, row + 1):
            _field(made, sheet, n, field, given.get(field.key))
        row += len(fields) + 2
    return made.bytes()


def _field(made: Book, sheet: Worksheet, row: int, field: Field, given: Any) -> None:
    sheet.write_string(row, KEY_COLUMN, field.key, made.form("note"))
    label = f"{field.label}：{'、'.join(field.columns)}" if field.columns else field.label
    sheet.write_string(row, LABEL_COLUMN, label, made.form("wrapped"))
    for column in range(FIRST_VALUE, FIRST_VALUE + max(1, len(field.columns))):
        sheet.write_blank(row, column, None, made.form("text"))
    for column, value in enumerate(_values(given), FIRST_VALUE):
        if isinstance(value, int | Decimal):
            sheet.write_number(row, column, value, made.form("text"))
        else:
            sheet.write_string(row, column, str(value), made.form("text"))


def _values(given: Any) -> Sequence[Any]:
    match given:
        case None:
            return []
        case dict():
            return list(given.values())
        case list():
            return given
    return [given]
