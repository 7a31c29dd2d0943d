"""A growth must be that of its two numbers: those beside it, of the tables, or of last year.

Growth is (end - base) / base in every published report in which it can be worked out again.
Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from monitor.reports.check.changes import COUNTED, Change, Way, changes
from monitor.reports.check.document import Sentence
from monitor.reports.check.findings import Finding, Message, Severity, say
from monitor.reports.check.known_figures import (
    figures_at_start,
    figures_before,
    figures_now,
    subject_at,
)
from monitor.reports.check.numbers import Quantity, percent, prints_as, shown
from monitor.reports.check.report import Report
from monitor.reports.check.subjects import Subject

_SINCE_JANUARY = re.compile("年初|上年末|上年底|去年底")

Span = tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class _Ends:
    """Everything a change may start from and lead to, the most literal first."""

    bases: tuple[Span, ...]
    ends: tuple[Span, ...]


def growth(report: Report) -> Iterator[Finding]:
    """Yield changes that are not those of their two numbers, and 百分点 of what is no rate."""
    for sentence in report.sentences:
        for change in changes(sentence.text, report.year):
            subject = subject_at(report, sentence, change)
            yield from _judged(sentence, change, _ends(report, change, subject, sentence))
            yield from _quoted(report, sentence, change, subject)


def _ends(report: Report, change: Change, subject: Subject | None, sentence: Sentence) -> _Ends:
    bases, ends = _span(change.base), _span(change.end)
    if subject is None:
        return _Ends(bases, ends)
    if change.base is None and change.last_year:
        bases = tuple((v, v) for v in figures_before(report, subject))
    if change.base is None and not bases and _SINCE_JANUARY.search(change.clause):
        bases = tuple((Decimal(v), Decimal(v)) for v in figures_at_start(report, subject))
    if change.end is None:
        ends = figures_now(report, subject, sentence)
    return _Ends(bases, ends)


def _span(quantity: Quantity | None) -> tuple[Span, ...]:
    return ((quantity.low, quantity.high),) if quantity else ()


def _judged(sentence: Sentence, change: Change, found: _Ends) -> Iterator[Finding]:
    if not found.bases or not found.ends:
        return
    rates = change.base is not None and change.base.unit == "%"
    if change.way is Way.POINTS and not rates:
        yield _points(sentence, change, found)
    elif not any(_fits(change, b, e) for b in found.bases for e in found.ends):
        yield from _wrong(sentence, change, found, rates=rates)


def _fits(change: Change, base: Span, end: Span) -> bool:
    """Return whether *change* can be that from *base* to *end*."""
    corners = [(b, e) for b in base for e in end]
    sign = -1 if change.rising is False else 1
    if change.way is Way.POINTS or (change.way is Way.COUNT):
        least, most = _least_and_most([sign * (e - b) for b, e in corners])
        return least <= change.amount.high and most >= change.amount.low
    if any(b <= 0 for b, _ in corners):
        return True
    if change.way is Way.TIMES:
        return _is_multiple(change.amount, [e / b for b, e in corners])
    factor = 1 if change.amount.unit == "倍" else 100
    values = [sign * (e - b) * factor / b for b, e in corners]
    least, most = _least_and_most(values)
    return any(prints_as(v, change.amount) for v in values) or (
        least <= change.amount.value <= most
    )


def _is_multiple(amount: Quantity, ratios: Sequence[Decimal]) -> bool:
    if amount.unit == "番":
        return any(amount.low <= ratio <= amount.high for ratio in ratios)
    return any(prints_as(ratio, amount) for ratio in ratios)


def _least_and_most(values: Sequence[Decimal]) -> Span:
    return min(values), max(values)


def _wrong(sentence: Sentence, change: Change, found: _Ends, *, rates: bool) -> Iterator[Finding]:
    base = change.base.value if change.base else found.bases[0][0]
    end = change.end.value if change.end else found.ends[0][0]
    loose = any(low != high for low, high in (found.bases[0], found.ends[0]))
    if change.way is Way.COUNT and loose:
        return
    yield Finding(
        "growth",
        Severity.ERROR,
        sentence.place.said(),
        sentence.quote(change.start, change.amount.end),
        _right(change, base, end, rates=rates),
        _explained(change, base, end, rates=rates),
    )


def _right(change: Change, base: Decimal, end: Decimal, *, rates: bool) -> str:
    """Return the change that *base* and *end* give, with its direction where that was wrong."""
    turned = change.rising is not None and end != base and (end > base) is not change.rising
    word = ("增长" if end > base else "下降") if turned else ""
    if change.way is Way.COUNT:
        return word.replace("长", "加").replace("下降", "减少") + shown(abs(end - base))
    if change.way is Way.TIMES:
        return f"{(end / base):.1f}倍"
    if rates:
        return f"{word}{shown(abs(end - base))}个百分点"
    if change.amount.unit == "倍":
        return f"{word}{abs(end - base) / base:.1f}倍"
    return word + percent(abs(end - base), base, max(1, change.amount.decimals))


def _explained(change: Change, base: Decimal, end: Decimal, *, rates: bool) -> Message:
    difference = abs(end - base)
    facts = {"base": shown(base), "end": shown(end), "difference": shown(difference)}
    if change.rising is not None and end != base and (end > base) is not change.rising:
        return say("from {base} to {end} is a change in the other direction", **facts)
    if change.way is not Way.PERCENT or rates or not end:
        return say("{end} - {base} = {difference}", **facts)
    places = max(1, change.amount.decimals)
    facts |= {
        "right": percent(difference, base, places),
        "share": percent(difference, end, places),
    }
    if _near(difference * 100 / end, change.amount):
        return say(
            "{end} - {base} = {difference}, which is {right} of the base {base}; the printed "
            "figure fits {share}, the share of the end value {end}",
            **facts,
        )
    return say(
        "{end} - {base} = {difference}, which is {right} of the base {base} (and {share} of the "
        "end value)",
        **facts,
    )


def _near(share: Decimal, printed: Quantity) -> bool:
    # 38.7 % was printed as 40 %: rounded to the ten.
    return prints_as(share, printed) or abs(share - printed.value) <= Decimal("2.5")


def _points(sentence: Sentence, change: Change, found: _Ends) -> Finding:
    base, end = found.bases[0][0], found.ends[0][0]
    right = percent(abs(end - base), base, max(1, change.amount.decimals)) if base else "%"
    return Finding(
        "growth",
        Severity.ERROR,
        sentence.place.said(),
        sentence.quote(change.start, change.amount.end),
        right,
        say("percentage points compare two rates; these are counts, whose growth is a percentage"),
    )


def _quoted(
    report: Report, sentence: Sentence, change: Change, subject: Subject | None
) -> Iterator[Finding]:
    """Yield last year's number as quoted where last year's report has another."""
    base = change.base
    if subject is None or base is None or not change.last_year or base.unit not in COUNTED:
        return
    before = figures_before(report, subject)
    if before and not any(base.may_be(value) for value in before):
        yield Finding(
            "previous-figure",
            Severity.ERROR,
            sentence.place.said(),
            sentence.quote(change.start, change.amount.end),
            shown(before[0]),
            say("last year's report has this number"),
        )
