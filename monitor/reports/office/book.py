"""A workbook in the making: its formats, and sheets with names that Excel takes."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from alerts.words import Words, one_line

FONT = "宋体"
SAFE = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
LONGEST, RESERVED = 31, {"history"}  # of a sheet's name
BADLY_NAMED = re.compile(r"[\[\]:*?/\\']")
GREEN, GREY, RED = "#2F7D48", "#EEF0F2", "#F6C6C2"
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


class Book:
    """A workbook in the making, with the formats its sheets share; *made_at* is what it says of
    its age: the same content is the same file."""

    def __init__(self, words: Words, title: str, made_at: datetime, author: str = "") -> None:
        self.words, self.title = words, title
        self.file = io.BytesIO()
        self.book = Workbook(
            self.file,
            {
                "in_memory": True,
                "default_date_format": "yyyy-mm-dd hh:mm",
                "default_format_properties": {"font_name": FONT, "font_size": 11},
                **SAFE,
            },
        )
        made = {"title": title, "author": author, "created": made_at.astimezone(UTC)}
        self.book.set_properties(made)
        self.formats: dict[str, Format] = {}
        self.names: set[str] = set()

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
