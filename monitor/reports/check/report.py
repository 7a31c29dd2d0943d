"""A report taken apart once for all rules. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.reports.check import tables
from monitor.reports.check.claims import Claim, claims
from monitor.reports.check.document import (
    Document,
    Paragraph,
    Section,
    Sentence,
    sections,
    sentences,
    trimmed,
)
from monitor.reports.check.figures import Figures, PreviousReport
from monitor.reports.check.numbers import POST_UNITS
from monitor.reports.check.tables import Disclosures, Proceedings, Requests


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a rule may look at. A table that was not found is None."""

    document: Document
    year: int
    figures: Figures
    sections: tuple[Section, ...]
    sentences: tuple[Sentence, ...]
    claims: tuple[Claim, ...]
    disclosures: Disclosures | None
    requests: Requests | None
    proceedings: Proceedings | None

    def section(self, number: int) -> Section | None:
        """Return section *number*, or None where the report has none."""
        return next((part for part in self.sections if part.number == number), None)

    def text(self, number: int) -> str:
        """Return the plain text of section *number*, "" where there is none."""
        part = self.section(number)
        return "\n".join(p.plain for p in part.paragraphs) if part else ""

    @property
    def title(self) -> Paragraph | None:
        """Its first paragraph that can be a title, or None."""
        from_opening = self.sections[0].paragraphs
        return next((p for p in from_opening if p.plain.endswith("报告")), None)


def taken_apart(document: Document, year: int, figures: Figures) -> Report:
    """Return *document* as the rules read it, to be held against *year* and *figures*."""
    kept = trimmed(document)
    parts = sections(kept)
    said = sentences(parts)
    return Report(
        document=kept,
        year=year,
        figures=figures,
        sections=parts,
        sentences=said,
        claims=tuple(claims(said)),
        disclosures=tables.disclosures(kept),
        requests=tables.requests(kept),
        proceedings=tables.proceedings(kept),
    )


def previous_of(document: Document) -> PreviousReport:
    """Return what next year's report has to agree with, from last year's report."""
    report = taken_apart(document, 0, Figures(0))
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
    )


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
