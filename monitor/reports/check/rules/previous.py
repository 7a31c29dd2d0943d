"""What must agree with last year's report, and what must not be its copy. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from monitor.reports.check.changes import changes
from monitor.reports.check.document import Place, section_place
from monitor.reports.check.figures import PreviousReport
from monitor.reports.check.findings import Finding, Severity, say
from monitor.reports.check.known_figures import figures_before
from monitor.reports.check.numbers import quantities, shown
from monitor.reports.check.report import Report
from monitor.reports.check.subjects import named
from monitor.reports.check.tables import APPLICANTS, LABELS

_LAST_YEARS = r"(?:(?:上|去)(?:一)?年(?:度)?|{year}年(?:度)?)(?:同期)?(?:全年|共)*(?!结转|未办)"
_OF_SEVERAL = re.compile(r"\d|分别|各")
_TOLD = (1, 5)  # the sections in the bureau's own words; the others are forms
_ALIKE = 0.9
_LONG_ENOUGH = 60
_FEWEST = 200
_LONGEST = 20_000  # characters; to compare longer ones takes minutes, and nobody writes them


def carried_over(report: Report) -> Iterator[Finding]:
    """Yield columns whose 上年结转 is not what last year's report carried over."""
    previous = report.figures.previous
    if previous is None or previous.carried is None or report.requests is None:
        return
    for column, (name, before) in enumerate(zip(APPLICANTS, previous.carried, strict=True)):
        now = report.requests.value("carried_in", column)
        if now is not None and before is not None and now != before:
            yield Finding(
                "carried-over",
                Severity.ERROR,
                say(
                    "table 三, row “{row}”, column “{column}”",
                    row=LABELS["carried_in"],
                    column=name,
                ),
                shown(now),
                str(before),
                say("last year's report carried over this number"),
            )


def in_force(report: Report) -> Iterator[Finding]:
    """Yield documents in force that do not follow from last year's, as they may after a review."""
    previous = report.figures.previous
    if previous is None or report.disclosures is None:
        return
    known = {"规章": previous.rules_in_force, "行政规范性文件": previous.documents_in_force}
    for label, before in known.items():
        row = report.disclosures.rows.get(label)
        if row is None or before is None or len(row.cells) != 3:
            continue
        made, abolished, now = (row.value(column) for column in range(3))
        if made is None or abolished is None or now is None or now == before + made - abolished:
            continue
        yield Finding(
            "in-force",
            Severity.WARNING,
            say("table {table}, row “{row}”", table="二", row=row.label),
            shown(now),
            f"{before} + {made} - {abolished} = {before + made - abolished}",
            say("in force last year + made - abolished; expiry or a review may explain it"),
        )


def quoted(report: Report) -> Iterator[Finding]:
    """Yield a number given as last year's (上年收到申请35件) that last year's report has not."""
    told = re.compile(_LAST_YEARS.format(year=report.year - 1))
    for sentence in report.sentences:
        bases = [c.base.start for c in changes(sentence.text, report.year) if c.base]
        for quantity in quantities(sentence.text):
            clause = re.split("[,;。:(]", sentence.text[: quantity.start])[-1]
            rest = told.sub("", clause)
            if quantity.start in bases or not told.match(clause) or _OF_SEVERAL.search(rest):
                continue
            subject = named(rest, sentence, report.year)
            before = figures_before(report, subject) if subject else ()
            if before and not any(quantity.may_be(value) for value in before):
                yield Finding(
                    "previous-figure",
                    Severity.ERROR,
                    sentence.place.said(),
                    sentence.quote(quantity.start - len(clause), quantity.end),
                    shown(before[0]),
                    say("last year's report has this number"),
                )


def copied(report: Report) -> Iterator[Finding]:
    """Yield sections, else long paragraphs, that are last year's but for their numbers."""
    if report.figures.previous is None:
        return
    for number in _TOLD:
        part = report.section(number)
        now = [p.plain for p in part.paragraphs] if part else []
        before = _before(report.figures.previous, number)
        share = _likeness("".join(now), "".join(before))
        if share >= _ALIKE and len("".join(now)) >= _FEWEST:
            yield Finding(
                "copied",
                Severity.WARNING,
                section_place(number),
                say("{share}% the same as last year's", share=int(share * 100)),
                say("this year's own account"),
                say("reports that repeat last year's (内容雷同) are criticised"),
            )
        else:
            yield from _paragraphs(number, now, before)


def _paragraphs(number: int, now: Sequence[str], before: Sequence[str]) -> Iterator[Finding]:
    known = {_bare(text) for text in before}
    for place, text in enumerate(now, 1):
        if len(text) >= _LONG_ENOUGH and _bare(text) in known:
            yield Finding(
                "copied",
                Severity.UNSURE,
                Place(number, place).said(),
                f"「{text[:40]}…」",
                say("this year's own account"),
                say("this paragraph is last year's, word for word but for its numbers"),
            )


def _before(previous: PreviousReport, number: int) -> Sequence[str]:
    return dict(previous.texts).get(number, ())


def _likeness(now: str, before: str) -> float:
    if not now or not before or max(len(now), len(before)) > _LONGEST:
        return 0.0
    return SequenceMatcher(None, _bare(now), _bare(before), autojunk=False).ratio()


def _bare(text: str) -> str:
    return re.sub(r"[\d\s,.%]+", "", text)
