"""What next year's report has to agree with, from last year's report. Pure."""

from __future__ import annotations

import re

from monitor.reports.check import tables
from monitor.reports.check.document import Document, Paragraph, is_title
from monitor.reports.check.figures import Figures, PreviousReport
from monitor.reports.check.known_figures import all_figures
from monitor.reports.check.numbers import POST_UNITS
from monitor.reports.check.report import Report, taken_apart


def previous_of(document: Document) -> PreviousReport:
    """Return what next year's report has to agree with, from last year's report."""
    year = _year(document)
    report = taken_apart(document, year, Figures(year))
    units = {
        claim.subjects[0].platform: claim.quantity.unit
        for claim in report.claims
        if len(claim.subjects) == 1 and claim.quantity.unit in POST_UNITS
    }
    return PreviousReport(
        carried=_carried(report),
        rules_in_force=_in_force(report, "规章"),
        documents_in_force=_in_force(report, "行政规范性文件"),
        texts=tuple(
            (part.number, tuple(p.plain for p in part.paragraphs))
            for part in report.sections
            if part.number
        ),
        units=tuple((platform, unit) for platform, unit in units.items() if platform),
        figures=tuple(all_figures(report)),
    )


def _year(document: Document) -> int:
    """Return the year that the first title names; 0 where none does."""
    texts = (b.plain for b in document.blocks if isinstance(b, Paragraph))
    named = (re.search(r"(20\d\d)年", text) for text in texts if is_title(text))
    return next((int(year[1]) for year in named if year), 0)


def _carried(report: Report) -> tuple[int | None, ...] | None:
    row = report.requests.rows.get("carried_out") if report.requests else None
    if row is None:
        return None
    values = (row.value(column) for column in range(len(tables.APPLICANTS)))
    return tuple(None if value is None else int(value) for value in values)


def _in_force(report: Report, label: str) -> int | None:
    row = report.disclosures.rows.get(label) if report.disclosures else None
    value = row.value(2) if row and len(row.cells) == 3 else None
    return None if value is None else int(value)
