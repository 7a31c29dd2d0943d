"""What is known of a subject beside the sentence that speaks of it: this year and last. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from monitor.reports.check import values
from monitor.reports.check.changes import FALLING, RISING, Change
from monitor.reports.check.claims import Claim, mentions
from monitor.reports.check.document import Sentence
from monitor.reports.check.figures import Figure
from monitor.reports.check.numbers import Quantity
from monitor.reports.check.report import Report
from monitor.reports.check.subjects import Kind, Subject, named

_CHANGED = re.compile(rf"由|从|同比|环比|比|较|是|为|达|翻|增幅|降幅|{RISING}|{FALLING}")
_FOLLOWERS = re.compile("关注|粉丝|订阅|用户")
_POSTED = re.compile("发布|推送|信息|发文|文章")

Span = tuple[Decimal, Decimal]


def subject_at(report: Report, sentence: Sentence, change: Change) -> Subject | None:
    """Return what changed: as its clause names it, else what the number before it counts."""
    ends = [q.start for q in (change.base, change.end) if q and q.start < change.amount.start]
    opening = sentence.text[change.start : min(ends)] if ends else ""
    for clause in (change.clause, opening):
        head = _CHANGED.split(clause)[0]
        if head.strip("、其中并且而,"):
            return named(head, sentence, report.year) or _account(head)
    return _counted(report, sentence, change)


def _counted(report: Report, sentence: Sentence, change: Change) -> Subject | None:
    """Return the subject of the end of *change*, else of the last number before it."""
    told = [(s, q) for s, where, q in _stated(report) if where is sentence]
    if change.end is not None:
        return next((s for s, q in told if q.start == change.end.start), None)
    before = [(q.start, s) for s, q in told if q.end < change.amount.start]
    return max(before, key=lambda one: one[0])[1] if before else None


def _account(text: str) -> Subject | None:
    named_here = [m for m in mentions(text) if m.platform in ("weibo", "wechat")]
    if len(named_here) != 1:
        return None
    measure = "followers_end" if _FOLLOWERS.search(text) else "posts"
    if measure == "posts" and not _POSTED.search(text):
        return None
    return Subject(Kind.ACCOUNT, (named_here[0].platform,), measure)


def account_subject(claim: Claim) -> Subject | None:
    """Return the subject of a *claim* of one account; None for several together."""
    platform = claim.subjects[0].platform if len(claim.subjects) == 1 else ""
    return Subject(Kind.ACCOUNT, (platform,), str(claim.measure)) if platform else None


def figures_now(report: Report, subject: Subject, sentence: Sentence) -> tuple[Span, ...]:
    """Return what the tables, else the text up to *sentence*, say of *subject* this year."""
    sure = (*of_tables(report, subject), *of_ledger(report, subject))
    known = tuple((value, value) for value in sure)
    before = report.sentences[: report.sentences.index(sentence) + 1]
    said = [
        (q.low, q.high)
        for told, where, q in _stated(report)
        if _same(told, subject) and where in before
    ]
    return known + tuple(dict.fromkeys(said))


def figures_before(report: Report, subject: Subject) -> tuple[Decimal, ...]:
    """Return what last year's report said of *subject*; empty where that is not known."""
    previous = report.figures.previous
    if previous is None:
        return ()
    return tuple(dict.fromkeys(v for told, v in previous.figures if _same(told, subject)))


def of_ledger(report: Report, subject: Subject) -> values.Values:
    """Return what the ledger has of the one account on the platform of *subject*, if exact."""
    if subject.kind is not Kind.ACCOUNT:
        return ()
    accounts = report.figures.of(subject.items[0])
    if len(accounts) != 1 or not accounts[0].complete:
        return ()
    counted = {"posts": accounts[0].posts, "followers_end": accounts[0].followers_end}
    value = counted.get(subject.column)
    return () if value is None else (Decimal(value),)


def figures_at_start(report: Report, subject: Subject) -> tuple[int, ...]:
    """Return the followers at the start of the year of the account that *subject* is about."""
    if subject.kind is not Kind.ACCOUNT or subject.column != "followers_end":
        return ()
    known = report.figures.of(subject.items[0])
    starts = [one.followers_start for one in known if one.followers_start is not None]
    return tuple(starts) if len(known) == 1 else ()


def all_figures(report: Report) -> Iterator[Figure]:
    """Yield everything that *report* says of a subject, for the next year's report."""
    for subject in _SUBJECTS:
        yield from ((subject, value) for value in of_tables(report, subject))
    for subject, _, quantity in _stated(report):
        if quantity.exact:
            yield subject, quantity.value


def of_tables(report: Report, subject: Subject) -> values.Values:
    """Return what the three tables say of *subject*."""
    if subject.kind is Kind.REQUESTS and report.requests:
        return values.of_requests(report.requests, subject)
    if subject.kind is Kind.PROCEEDINGS and report.proceedings:
        return values.of_proceedings(report.proceedings, subject)
    tabled = subject.kind in (Kind.DOCUMENTS, Kind.DECISIONS, Kind.CHARGES)
    return (
        values.of_disclosures(report.disclosures, subject) if tabled and report.disclosures else ()
    )


def _stated(report: Report) -> Iterator[tuple[Subject, Sentence, Quantity]]:
    for fact in report.facts:
        yield fact.subject, fact.sentence, fact.quantity
    for claim in report.claims:
        subject = account_subject(claim)
        if subject:
            yield subject, claim.sentence, claim.quantity


def _same(a: Subject, b: Subject) -> bool:
    return a == b or ({a.items, b.items} <= _EQUAL and a.kind == b.kind and a.column == b.column)


_EQUAL = {("new",), ("received",)}
_REQUESTED: Sequence[str] = (
    "received",
    "total",
    "carried_in",
    "carried_out",
    "granted",
    "partly",
    "denied",
    "unavailable",
    "unprocessed",
    "elsewise",
)
_SUBJECTS = (
    *(
        Subject(Kind.REQUESTS, (row,), column)
        for row in _REQUESTED
        for column in ("", "natural", "legal")
    ),
    *(Subject(Kind.PROCEEDINGS, (item,)) for item in ("review", "lawsuit")),
    *(
        Subject(Kind.DOCUMENTS, (verb,), label)
        for verb in ("made", "abolished", "in_force")
        for label in ("规范性文件", "规章")
    ),
    *(Subject(Kind.DECISIONS, (kind,)) for kind in ("行政许可", "行政处罚", "行政强制")),
    Subject(Kind.CHARGES, ("charges",)),
)
