"""The check of a finished annual report (政府信息公开工作年度报告). Pure: values in, values out.

`check` holds a parsed document against the form, against itself, and against what the ledger
and last year's report know. Every rule is described in docs/report-check.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from monitor.reports.check.document import Document
from monitor.reports.check.figures import (
    AccountFigures,
    DeclaredFigures,
    Figures,
    LapseFigure,
    PreviousReport,
)
from monitor.reports.check.findings import (
    Finding,
    Severity,
    as_json,
    as_text,
    found_trouble,
    render,
)
from monitor.reports.check.last_year import previous_of
from monitor.reports.check.report import Report, taken_apart
from monitor.reports.check.rules import (
    agreement,
    growth,
    identities,
    lapses,
    ledger,
    lists,
    names,
    previous,
    shares,
    sharing,
    stamps,
    template,
)

__all__ = [
    "RULES",
    "AccountFigures",
    "DeclaredFigures",
    "Figures",
    "Finding",
    "LapseFigure",
    "PreviousReport",
    "Severity",
    "as_json",
    "as_text",
    "check",
    "found_trouble",
    "previous_of",
    "render",
]

RULES: tuple[Callable[[Report], Iterator[Finding]], ...] = (
    template.structure,
    template.headings,
    template.repeated,
    template.misnumbered,
    template.rows,
    template.labels,
    template.remarks,
    template.tables_found,
    template.cited_form,
    template.problems,
    template.fee,
    template.length,
    stamps.title,
    stamps.period,
    stamps.body,
    stamps.headings,
    stamps.run_together,
    stamps.impossible,
    stamps.written,
    stamps.dated,
    names.signed,
    names.bodies,
    names.cited,
    identities.identities,
    identities.cells,
    agreement.requests,
    agreement.proceedings,
    agreement.disclosures,
    agreement.rates,
    agreement.fees,
    lists.parts,
    lists.totals,
    growth.growth,
    shares.shares,
    shares.beyond_whole,
    sharing.unfilled,
    sharing.respectively,
    sharing.digit_runs,
    sharing.stated_twice,
    ledger.posts,
    ledger.followers,
    ledger.declared,
    ledger.units,
    lapses.lapses,
    lapses.unreported,
    previous.carried_over,
    previous.in_force,
    previous.quoted,
    previous.copied,
)
_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.UNSURE: 2}


def check(document: Document, year: int, figures: Figures | None = None) -> list[Finding]:
    """Return everything found in *document*, the report of *year*, the surest first.

    Without *figures* the report is held against itself and the form alone.
    """
    report = taken_apart(document, year, figures or Figures(year))
    found = [finding for rule in RULES for finding in rule(report)]
    return sorted(dict.fromkeys(found), key=lambda finding: _ORDER[finding.severity])
