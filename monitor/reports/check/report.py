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
    headings,
    sections,
    sentences,
    trimmed,
)
from monitor.reports.check.figures import Figures
from monitor.reports.check.subjects import Fact, facts, topics
from monitor.reports.check.tables import Disclosures, Proceedings, Requests


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a rule may look at. A table that was not found is None."""

    document: Document
    year: int
    figures: Figures
    headings: tuple[tuple[int, str], ...]
    sections: tuple[Section, ...]
    sentences: tuple[Sentence, ...]
    topics: tuple[str, ...]
    facts: tuple[Fact, ...]
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
        headings=headings(kept),
        sections=parts,
        sentences=said,
        topics=topics(said),
        facts=facts(said, year),
        claims=tuple(claims(said)),
        disclosures=tables.disclosures(kept),
        requests=tables.requests(kept),
        proceedings=tables.proceedings(kept),
    )
