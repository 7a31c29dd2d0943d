"""What the report says of its accounts against what the ledger knows. Pure.

An account the ledger does not have, or a figure it lacks, is not checked. Where the ledger
has gaps its number is a lower bound: less than that is wrong, more is only doubted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.reports.check.claims import Claim, Measure
from monitor.reports.check.figures import AccountFigures, DeclaredFigures
from monitor.reports.check.findings import Finding, Message, Said, Severity, say
from monitor.reports.check.numbers import POST_UNITS, Quantity
from monitor.reports.check.report import Report

SOCIAL = ("weibo", "wechat")


def posts(report: Report) -> Iterator[Finding]:
    """Yield numbers of posts, originals and reposts that the ledger does not bear out."""
    for claim in report.claims:
        if claim.measure in (Measure.POSTS, Measure.ORIGINALS, Measure.REPOSTS):
            accounts = accounts_of(report, claim)
            values = [_counted(account, claim.measure) for account in accounts]
            if accounts and None not in values:
                known = sum(value or 0 for value in values)
                complete = all(account.complete for account in accounts)
                yield from _held_against(claim, known, accounts, complete=complete)


def followers(report: Report) -> Iterator[Finding]:
    """Yield followers at the start and end of the year that are not the ledger's."""
    for claim in report.claims:
        if claim.measure in (Measure.FOLLOWERS_START, Measure.FOLLOWERS_END):
            accounts = accounts_of(report, claim)
            values = [_counted(account, claim.measure) for account in accounts]
            if not accounts or None in values:
                continue
            known = sum(value or 0 for value in values)
            if not claim.quantity.may_be(known):
                why = say("the ledger's counter says otherwise; the cut-off day may differ")
                yield _finding("ledger-followers", Severity.WARNING, claim, known, why)
            elif not claim.quantity.exact:
                yield _rounded(claim, known)


def declared(report: Report) -> Iterator[Finding]:
    """Yield numbers that differ from those declared elsewhere, as in the website form."""
    for claim in report.claims:
        for other in report.figures.declared:
            if not _same(claim, other):
                continue
            known = _declared(other, claim.measure)
            if known is not None and not claim.quantity.may_be(known):
                why = say("“{document}” declares another number", document=other.document)
                yield _finding("declared", Severity.WARNING, claim, known, why)


def units(report: Report) -> Iterator[Finding]:
    """Yield a unit (条, 篇) other than last year's, or two units for one account."""
    previous = dict(report.figures.previous.units) if report.figures.previous else {}
    for claim in report.claims:
        platform = claim.subjects[0].platform
        before = previous.get(platform)
        unit = claim.quantity.unit
        if claim.measure is Measure.POSTS and before and unit in POST_UNITS - {before}:
            yield Finding(
                "unit",
                Severity.WARNING,
                claim.sentence.place.said(),
                claim.quote,
                before,
                say("last year's report counted this platform in {unit}", unit=before),
            )


def accounts_of(report: Report, claim: Claim) -> tuple[AccountFigures, ...]:
    """Return the ledger's accounts a claim is about; empty where that is not clear."""
    found: list[AccountFigures] = []
    for subject in claim.subjects:
        if subject.platform == "media":
            return tuple(a for a in report.figures.accounts if a.platform in SOCIAL)
        accounts = report.figures.of(subject.platform, subject.name)
        if not accounts and subject.name and _named_otherwise(report, subject.name):
            return ()
        accounts = accounts or report.figures.of(subject.platform)
        if not subject.platform or len(accounts) != 1:
            return ()
        found += accounts
    return tuple(found)


def _named_otherwise(report: Report, name: str) -> bool:
    """Whether *name* is a name of no account of the ledger, so that it is another account."""
    return bool(report.figures.accounts) and all(
        name not in a.name and a.name not in name for a in report.figures.accounts
    )


def _counted(account: AccountFigures, measure: Measure) -> int | None:
    return {
        Measure.POSTS: account.posts,
        Measure.ORIGINALS: account.originals,
        Measure.REPOSTS: account.reposts,
        Measure.FOLLOWERS_START: account.followers_start,
        Measure.FOLLOWERS_END: account.followers_end,
    }[measure]


def _held_against(
    claim: Claim, known: int, accounts: Sequence[AccountFigures], *, complete: bool
) -> Iterator[Finding]:
    stated = claim.quantity
    if stated.may_be(known):
        if complete and not stated.exact:
            yield _rounded(claim, known)
    elif _pushes(claim, accounts):
        why = say("this is the number of mass-sends; reports count articles")
        yield _finding("ledger-posts", Severity.WARNING, claim, known, why)
    elif complete:
        severity = Severity.WARNING if claim.subjects[0].platform == "media" else Severity.ERROR
        why = say("the ledger saw the whole year and counts otherwise")
        yield _finding("ledger-posts", severity, claim, known, why)
    elif stated.high < known:
        why = say("the ledger has gaps and yet has seen more than that")
        yield _finding("ledger-posts", Severity.ERROR, claim, _at_least(known), why)
    elif not _plausible(stated, known):
        why = say("the ledger has gaps, but has seen far fewer")
        yield _finding("ledger-posts", Severity.UNSURE, claim, _at_least(known), why)


def _pushes(claim: Claim, accounts: Sequence[AccountFigures]) -> bool:
    pushes = accounts[0].pushes if len(accounts) == 1 else None
    return claim.measure is Measure.POSTS and pushes is not None and claim.quantity.may_be(pushes)


def _plausible(stated: Quantity, known: int) -> bool:
    return stated.low <= known * 2


def _at_least(known: int) -> Message:
    return say("at least {number}", number=known)


def _rounded(claim: Claim, known: int) -> Finding:
    why = say("the number is rounded although the ledger has it exactly")
    return _finding("rounded", Severity.WARNING, claim, known, why)


def _finding(
    rule: str, severity: Severity, claim: Claim, known: int | Message, why: Said
) -> Finding:
    expected = known if isinstance(known, Message) else str(known)
    return Finding(rule, severity, claim.sentence.place.said(), claim.quote, expected, why)


def _same(claim: Claim, other: DeclaredFigures) -> bool:
    if len(claim.subjects) != 1 or claim.subjects[0].platform != other.platform:
        return False
    return claim.subjects[0].name in (None, other.name)


def _declared(other: DeclaredFigures, measure: Measure) -> int | None:
    if measure is Measure.POSTS:
        return other.posts
    return other.followers if measure is Measure.FOLLOWERS_END else None
