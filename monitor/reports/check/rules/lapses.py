"""What the report says of silences, and of there having been none, against the ledger. Pure.

Rules and good intentions (避免, 确保, 不得 …) are not statements of fact and are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from monitor.reports.check.claims import mentions
from monitor.reports.check.document import Sentence, section_place
from monitor.reports.check.figures import AccountFigures, LapseFigure
from monitor.reports.check.findings import Finding, Message, Severity, listed, say
from monitor.reports.check.numbers import quantities
from monitor.reports.check.report import Report

_SILENCE = re.compile(
    r"(?:超过?|逾|连续|近)?(?:两周|二周|2周|14天|14日|十四天|\d+天|半年|\d个?月)(?:以上|内)?(?:不|未|没有|无)(?:及时|按时)?更新|"
    r"(?:逾期|长期)(?:不|未)更新|断更|停更|\d日(?:起|期间|间)?(?:共|连续)?(?:未|没有)(?:及时)?更新|(?:未|没有)(?:及时|按要求|按时)更新|更新不及时"
)
_SUCH_TROUBLE = re.compile(r"(?:此类|类似|该类|上述|同类)(?:问题|情况|现象)")
_NEGATED = re.compile(
    r"(?:未|没有|无|不)(?:再|再次|曾)?(?:发生|出现|存在|有)|不存在|杜绝了|零发生|再未|均未"
)
_AGAIN = re.compile(r"再次|再未|此后|之后|其后|整改后|未再|没有再")
_NOT_A_FACT = re.compile(
    r"避免|防止|杜绝(?!了)|确保|要求|不得|严禁|坚决|规定|提醒|预警|一票否决|如|若|凡|制度|机制|标准|检查指标|督促"
)
_MONTH = re.compile(r"(?:(\d{4})年)?(?<!\d)(\d{1,2})月")
_SPAN = re.compile(r"(\d{1,2})月(\d{1,2})日(?:起)?(?:至|到|-|—|–|~)(?:(\d{1,2})月)?(\d{1,2})日")
_LONGEST = re.compile(
    r"(?:最长|最大)(?:的)?(?:更新)?(?:间隔|时间间隔|更新间隔)[^\d。;]{0,8}(\d+)(?:天|日)"
)
_MONTHS = 12
_PLATFORMS = {"weibo": "微博", "wechat": "微信公众号"}


@dataclass(frozen=True, slots=True)
class _Statement:
    """A sentence about silence: which accounts it is about, and whether it denies one."""

    sentence: Sentence
    accounts: tuple[AccountFigures, ...]
    denied: bool
    again: bool


def lapses(report: Report) -> Iterator[Finding]:
    """Yield statements on silences, and on the longest gap, that the ledger contradicts."""
    confessed: list[date] = []
    for statement in _statements(report):
        if statement.denied:
            yield from _denial(report, statement, confessed)
        else:
            yield from _confession(report, statement)
            confessed += _stated_ends(report, statement)
    for sentence in report.sentences:
        yield from _longest(report, sentence)


def unreported(report: Report) -> Iterator[Finding]:
    """Yield silences of the ledger where the report has no word on silence at all."""
    if any(True for _ in _statements(report)) or not report.section(5):
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
    for sentence in report.sentences:
        for clause in re.split(r"[;。]", sentence.text):
            silence = _SILENCE.search(clause)
            again = spoken and _SUCH_TROUBLE.search(clause)
            if not (silence or again) or _NOT_A_FACT.search(clause):
                continue
            accounts = _named(report, clause) or (accounts if spoken else report.figures.accounts)
            denied = _NEGATED.search(clause) is not None
            yield _Statement(
                Sentence(clause, sentence.place), accounts, denied, bool(_AGAIN.search(clause))
            )
            spoken = True


def _named(report: Report, text: str) -> tuple[AccountFigures, ...]:
    return tuple(
        account
        for mention in mentions(text)
        for account in report.figures.of(mention.platform, mention.name)
        or (() if mention.name else report.figures.of(mention.platform))
    )


def _denial(report: Report, statement: _Statement, confessed: Sequence[date]) -> Iterator[Finding]:
    accounts = report.figures.accounts if not statement.accounts else statement.accounts
    since = max(confessed, default=None) if statement.again else None
    found = [
        (account, lapse)
        for account in accounts
        for lapse in account.lapses
        if since is None or lapse.began > since
    ]
    if found:
        yield Finding(
            "lapse-denied",
            Severity.ERROR,
            statement.sentence.place.said(),
            statement.sentence.quote(0, 80),
            listed(_lapse(account, lapse) for account, lapse in found),
            say("the ledger has silences over the limit that this denies"),
        )


def _confession(report: Report, statement: _Statement) -> Iterator[Finding]:
    accounts = statement.accounts
    if not accounts:
        return
    month = _month(report, statement.sentence.text)
    candidates = [
        (account, lapse)
        for account in accounts
        for lapse in account.lapses
        if month is None or _in_month(lapse, month)
    ]
    if not candidates:
        yield from _unknown_lapse(statement, accounts)
        return
    yield from _wrong_days(statement, candidates)
    yield from _wrong_dates(report, statement, candidates)


def _unknown_lapse(statement: _Statement, accounts: Sequence[AccountFigures]) -> Iterator[Finding]:
    known = [(account, lapse) for account in accounts for lapse in account.lapses]
    if not known and not all(account.complete for account in accounts):
        return
    yield Finding(
        "lapse-unknown",
        Severity.ERROR,
        statement.sentence.place.said(),
        statement.sentence.quote(0, 80),
        listed(_lapse(a, lapse) for a, lapse in known) if known else say("no such silence"),
        say("the ledger has no silence of this account at that time"),
    )


def _wrong_days(
    statement: _Statement, candidates: Sequence[tuple[AccountFigures, LapseFigure]]
) -> Iterator[Finding]:
    # Days without an update, or days between two updates: both are counted in practice.
    fitting = {days for _, lapse in candidates for days in (lapse.days, lapse.days - 1)}
    for days in _stated_days(statement.sentence.text):
        if days not in fitting:
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
    match = _SPAN.search(statement.sentence.text)
    if not match:
        return
    first = _date(report.year, match[1], match[2])
    last = _date(report.year, match[3] or match[1], match[4])
    if first is None or last is None:
        return
    fits = any(_begins(first, lapse) and _ends(last, lapse) for _, lapse in candidates)
    if not fits:
        yield Finding(
            "lapse-dates",
            Severity.WARNING,
            statement.sentence.place.said(),
            match[0],
            listed(_lapse(account, lapse) for account, lapse in candidates),
            say("the dates are not the ledger's"),
        )


def _longest(report: Report, sentence: Sentence) -> Iterator[Finding]:
    match = _LONGEST.search(sentence.text)
    if not match or _NOT_A_FACT.search(sentence.text):
        return
    accounts = _named(report, sentence.text) or report.figures.accounts
    gaps = [a.longest_gap for a in accounts if a.complete and a.longest_gap is not None]
    if len(gaps) != len(accounts) or not gaps or _AGAIN.search(sentence.text):
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
    month = _month(report, statement.sentence.text)
    ends = [
        lapse.began
        for account in statement.accounts
        for lapse in account.lapses
        if month is not None and _in_month(lapse, month)
    ]
    return ends or ([date(report.year, month, 28)] if month else [])


def _month(report: Report, text: str) -> int | None:
    for year, month in _MONTH.findall(text):
        if 1 <= int(month) <= _MONTHS and year in ("", str(report.year)):
            return int(month)
    return None


def _in_month(lapse: LapseFigure, month: int) -> bool:
    last = lapse.ended.month if lapse.ended and lapse.ended.year == lapse.began.year else _MONTHS
    return lapse.began.month <= month <= last


def _stated_days(text: str) -> list[int]:
    return [int(q.value) for q in quantities(text) if q.exact and q.unit == "天"]


def _date(year: int, month: str, day: str) -> date | None:
    try:
        return date(year, int(month), int(day))
    except ValueError:
        return None


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
