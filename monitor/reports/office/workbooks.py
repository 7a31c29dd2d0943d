"""Workbooks: a year and a month with every post, as Excel files, sheet by sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from alerts.words import Words
from monitor.model import Post
from monitor.reports.month.figures import Month
from monitor.reports.month.view import View
from monitor.reports.office.book import Book
from monitor.reports.office.cells import Json
from monitor.reports.office.month_days import month_days
from monitor.reports.office.month_posts import month_posts
from monitor.reports.office.month_summary import month_summary
from monitor.reports.office.year_account import Evidence, year_account
from monitor.reports.office.year_summary import year_summary

SHEETS = 250  # accounts with a sheet of their own; a workbook of more opens too slowly


def yearly(document: Json, evidence: Mapping[str, Evidence], words: Words) -> bytes:
    """Return the workbook of a year: a summary, and a sheet for each account.

    *document*: the year's figures; *evidence*, by account id: what they rest on. An account
    without evidence has no sheet of its own.
    """
    title = words.text("New-media figures of {year}").format(year=document["year"])
    owner = _owner([one["organisation"] for one in document["accounts"]])
    made = Book(words, title, datetime.fromisoformat(document["known_at"]), owner)
    year_summary(made, document)
    for one in document["accounts"][:SHEETS]:
        if one["id"] in evidence:
            year_account(made, document, one, evidence[one["id"]])
    return made.bytes()


def monthly(month: Month, said: View, posts: Mapping[str, Sequence[Post]], words: Words) -> bytes:
    """Return the workbook of a month: a summary, the days, and every post.

    *posts*, by account id: those of the month, oldest first.
    """
    owner = _owner([one.account.organisation for one in month.accounts])
    made = Book(words, said.title, month.at, owner)
    month_summary(made, month, said)
    month_days(made, month, said)
    month_posts(made, month, posts)
    return made.bytes()


def _owner(organisations: Sequence[str | None]) -> str:
    """Return the one body that all accounts are of; nothing if they are of several."""
    owners = set(organisations)
    return owners.pop() or "" if len(owners) == 1 else ""
