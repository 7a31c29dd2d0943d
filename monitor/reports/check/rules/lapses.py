"""What the report says of silences, and of there having been none, against the ledger. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from monitor.reports.check.claims import mentions
from monitor.reports.check.document import Sentence, section_place
from monitor.reports.check.figures import AccountFigures, LapseFigure
from monitor.reports.check.findings import Finding, Message, Severity, listed, say
from monitor.reports.check.report import Report
from monitor.reports.check.silences import Silence, clauses, month, silence, span

_LONGEST = re.compile(
    r"(?:(?:最长|最大)(?:的|一次)?(?:更新)?(?:间隔|时间间隔|更新间隔)[^\d。;]{0,8}|"
    r"间隔(?:时间)?(?:最长|最大)[^\d。;]{0,4})(\d+)(?:天|日)"
)
_OTHERS = re.compile(r"(?:其余|其他|另外|另有)(?:的)?(?:\d+个)?(?:政务新媒体)?(?:账号|平台)")
_MONTHS = 12
_PLATFORMS = {"weibo": "微博", "wechat": "微信公众号"}


@dataclass(frozen=True, slots=True)
class _Statement:
    """A clause about silence: which accounts it is about, and what it says."""

    sentence: Sentence
    accounts: tuple[AccountFigures, ...]
    said: Silence


def lapses(report: Report) -> Iterator[Finding]:
    """Yield statements on silences, and on the longest gap, that the ledger contradicts."""
    confessed: list[date] = []
    for statement in _statements(report):
        if statement.said.denied:
            yield from _denial(report, statement, confessed)
        else:
            yield from _confession(report, statement)
            confessed += _stated_ends(report, statement)
    for sentence in report.sentences:
        yield from _longest(report, sentence)


def unreported(report: Report) -> Iterator[Finding]:
    """Yield silences of the ledger where the report has no word on silence at all."""
    told = any(True for _ in _statements(report))
    told = told or any(_LONGEST.search(sentence.text) for sentence in report.sentences)
    if told or not report.section(5):
        return
    for account in report.figures.accounts:
        for lapse in account.lapses:
            yield Finding(
                "lapse-unreported",
                Severity.WARNING,
                section_place(5),
                say("nothing on silences"),
                _lapse(account, lapse),
                say("the ledger has a silence over the limit that the report does not mention"),
            )


def _statements(report: Report) -> Iterator[_Statement]:
    accounts: tuple[AccountFigures, ...] = report.figures.accounts
    spoken = False
    named: list[AccountFigures] = []
    for sentence in report.sentences:
        for clause in clauses(sentence.text):
            said = silence(clause, spoken=spoken)
            if said is None:
                continue
            here = _named(report, clause)
            named += here
            accounts = here or (accounts if spoken else report.figures.accounts)
            if _OTHERS.search(clause):
                accounts = tuple(a for a in report.figures.accounts if a not in named)
            yield _Statement(Sentence(clause, sentence.place), accounts, said)
            spoken = True


def _named(report: Report, text: str) -> tuple[AccountFigures, ...]:
    return tuple(
        account
        for mention in mentions(text)
        for account in report.figures.of(mention.platform, mention.name)
        or (() if mention.name else report.figures.of(mention.platform))
    )


def _denial(report: Report, statement: _Statement, confessed: Sequence[date]) -> Iterator[Finding]:
    accounts = statement.accounts or report.figures.accounts
    since = max(confessed, default=None) if statement.said.again else None
    found = [
        _lapse(account, lapse)
        for account in accounts
        for lapse in account.lapses
        if (since is None or lapse.began > since) and lapse.days >= statement.said.bound
    ]
    if found or (since is None and not statement.said.again):
        found += _gaps_over(statement.said, accounts) if not found else []
    if found:
        yield Finding(
            "lapse-denied",
            Severity.ERROR,
            statement.sentence.place.said(),
            statement.sentence.quote(0, 80),
            listed(found),
            say("the ledger has silences over the limit that this denies"),
        )


def _gaps_over(said: Silence, accounts: Sequence[AccountFigures]) -> list[Message]:
    """Return the longest gaps that pass a bound shorter than that of a lapse."""
    return [
        say("{account}: {days} days", account=a.name, days=a.longest_gap)
        for a in accounts
        if a.complete and a.longest_gap is not None and a.longest_gap > said.bound
    ]


def _confession(report: Report, statement: _Statement) -> Iterator[Finding]:
    accounts = statement.accounts
    if not accounts:
        return
    named = month(statement.sentence.text, report.year)
    candidates = [
        (account, lapse)
        for account in accounts
        for lapse in account.lapses
        if named is None or _in_month(lapse, named)
    ]
    if not candidates:
        yield from _unknown_lapse(statement, accounts)
        return
    yield from _wrong_count(statement)
    yield from _wrong_days(statement, candidates)
    yield from _wrong_dates(report, statement, candidates)


def _unknown_lapse(statement: _Statement, accounts: Sequence[AccountFigures]) -> Iterator[Finding]:
    known = [(account, lapse) for account in accounts for lapse in account.lapses]
    if not known and not all(account.all_lapses for account in accounts):
        return
    yield Finding(
        "lapse-unknown",
        Severity.ERROR,
        statement.sentence.place.said(),
        statement.sentence.quote(0, 80),
        listed(_lapse(a, lapse) for a, lapse in known) if known else say("no such silence"),
        say("the ledger has no silence of this account at that time"),
    )


def _wrong_count(statement: _Statement) -> Iterator[Finding]:
    known = [(account, lapse) for account in statement.accounts for lapse in account.lapses]
    often = statement.said.often
    complete = all(a.all_lapses for a in statement.accounts)
    if often is None or often == len(known) or (often > len(known) and not complete):
        return
    yield Finding(
        "lapse-count",
        Severity.ERROR,
        statement.sentence.place.said(),
        statement.sentence.quote(0, 80),
        say(
            "{count}: {lapses}",
            count=len(known),
            lapses=listed(_lapse(account, lapse) for account, lapse in known),
        ),
        say("the ledger has another number of silences over the limit"),
    )


def _wrong_days(
    statement: _Statement, candidates: Sequence[tuple[AccountFigures, LapseFigure]]
) -> Iterator[Finding]:
    for length in statement.said.lengths:
        if not any(length.fits(lapse.days) for _, lapse in candidates):
            yield Finding(
                "lapse-days",
                Severity.ERROR,
                statement.sentence.place.said(),
                statement.sentence.quote(0, 80),
                listed(_lapse(account, lapse) for account, lapse in candidates),
                say("the number of days is not the ledger's"),
            )


def _wrong_dates(
    report: Report,
    statement: _Statement,
    candidates: Sequence[tuple[AccountFigures, LapseFigure]],
) -> Iterator[Finding]:
    stated = span(statement.sentence.text, report.year)
    if stated is None:
        return
    written, first, last = stated
    if not any(_begins(first, lapse) and _ends(last, lapse) for _, lapse in candidates):
        yield Finding(
            "lapse-dates",
            Severity.WARNING,
            statement.sentence.place.said(),
            written,
            listed(_lapse(account, lapse) for account, lapse in candidates),
            say("the dates are not the ledger's"),
        )


def _longest(report: Report, sentence: Sentence) -> Iterator[Finding]:
    match = _LONGEST.search(sentence.text)
    if not match or re.search("不超过|避免|确保|要求|不得|规定", sentence.text):
        return
    accounts = _named(report, sentence.text) or report.figures.accounts
    gaps = [a.longest_gap for a in accounts if a.complete and a.longest_gap is not None]
    if len(gaps) != len(accounts) or not gaps or re.search("此后|之后|其后|整改后", sentence.text):
        return
    if int(match[1]) != max(gaps):
        yield Finding(
            "longest-gap",
            Severity.ERROR,
            sentence.place.said(),
            sentence.quote(match.start(), match.end()),
            say("{days} days", days=max(gaps)),
            say("the longest gap in the ledger"),
        )


def _stated_ends(report: Report, statement: _Statement) -> list[date]:
    """Return the last day of each silence the statement speaks of: later ones are news."""
    named = month(statement.sentence.text, report.year)
    ends = [
        lapse.began
        for account in statement.accounts
        for lapse in account.lapses
        if named is not None and _in_month(lapse, named)
    ]
    return ends or ([date(report.year, named, 28)] if named else [])


def _in_month(lapse: LapseFigure, month: int) -> bool:
    last = lapse.ended.month if lapse.ended and lapse.ended.year == lapse.began.year else _MONTHS
    return lapse.began.month <= month <= last


def _begins(first: date, lapse: LapseFigure) -> bool:
    """Whether *first* is the day of the last post or the first day without one."""
    return 0 <= (first - lapse.began).days <= 1


def _ends(last: date, lapse: LapseFigure) -> bool:
    """Whether *last* is the day of the next post or the last day without one."""
    return lapse.ended is None or 0 <= (lapse.ended - last).days <= 1


def _lapse(account: AccountFigures, lapse: LapseFigure) -> Message:
    ended = lapse.ended.isoformat() if lapse.ended else say("still lasting")
    return say(
        "{account} ({platform}): {began} to {ended}, {days} days",
        account=account.name,
        platform=_PLATFORMS.get(account.platform, account.platform),
        began=lapse.began.isoformat(),
        ended=ended,
        days=lapse.days,
    )
