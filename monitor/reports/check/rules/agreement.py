"""What the text says must be what the tables say, and what it said of the fee before. Pure.

Which row and column a number belongs to is found by `subjects`; what may stand for it, by
`values`. A number of another scope is no fact and is not compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from monitor.reports.check import values
from monitor.reports.check.findings import Finding, Message, Severity, say
from monitor.reports.check.numbers import Quantity, percents, prints_as, quantities, shown
from monitor.reports.check.report import Report
from monitor.reports.check.subjects import Fact, Kind

_FEE = re.compile(r"处理费")
_NO_FEE = re.compile(
    r"(?:未|没有|不|无|免)[^,。;]{0,10}(?:收取|产生|发生|收)|无(?:收取)?信息处理费|处理费为?零"
)
_PART_OF_A_FEE = re.compile("其中|各|分别")


def requests(report: Report) -> Iterator[Finding]:
    """Yield numbers of requests in the text that are not those of table 三."""
    for fact in _of(report, Kind.REQUESTS):
        known = values.of_requests(report.requests, fact.subject) if report.requests else ()
        row = values.row_named(fact.subject)
        why = say("table 三, row “{row}”, says otherwise", row=row)
        yield from _compared("text-table3", Severity.ERROR, fact, known, why)


def proceedings(report: Report) -> Iterator[Finding]:
    """Yield numbers of 复议 and 诉讼 in the text that are not those of table 四."""
    for fact in _of(report, Kind.PROCEEDINGS):
        table = report.proceedings
        known = values.of_proceedings(table, fact.subject) if table else ()
        why = say("table 四 says otherwise ({kind})", kind=values.proceeding_named(fact.subject))
        yield from _compared("text-table4", Severity.ERROR, fact, known, why)


def disclosures(report: Report) -> Iterator[Finding]:
    """Yield documents, decisions and charges in the text that are not those of table 二."""
    for fact in _of(report, Kind.DOCUMENTS, Kind.DECISIONS, Kind.CHARGES):
        table = report.disclosures
        known = values.of_disclosures(table, fact.subject) if table else ()
        row = fact.subject.column or fact.subject.items[0]
        label = "行政事业性收费" if fact.subject.kind is Kind.CHARGES else row
        why = say("table 二, row “{row}”, says otherwise", row=label)
        yield from _compared("text-table2", Severity.WARNING, fact, known, why)


def rates(report: Report) -> Iterator[Finding]:
    """Yield a 办结率, 答复率 or 纠正率 that the tables do not give."""
    for sentence, topic in zip(report.sentences, report.topics, strict=True):
        for printed in percents(sentence.text):
            lead = re.split("[,;。]", sentence.text[: printed.start])[-1]
            known = _known_rates(report, lead, topic)
            if known and not any(prints_as(value, printed) for value in known):
                yield Finding(
                    "rate",
                    Severity.ERROR,
                    sentence.place.said(),
                    sentence.quote(printed.start - len(lead), printed.end),
                    f"{known[0]:.1f}%",
                    say("the tables give another rate"),
                )


def fees(report: Report) -> Iterator[Finding]:
    """Yield statements on the fee that contradict the first one."""
    stated = [(s, amount) for s in report.sentences if (amount := _fee(s.text)) is not None]
    for sentence, amount in stated[1:]:
        first, value = stated[0]
        if amount != value:
            yield Finding(
                "fee",
                Severity.ERROR,
                sentence.place.said(),
                sentence.quote(0, 60),
                first.quote(0, 60),
                say("the report says two different things about 信息处理费"),
            )


def _of(report: Report, *kinds: Kind) -> Iterator[Fact]:
    return (fact for fact in report.facts if fact.subject.kind in kinds)


def _compared(
    rule: str, severity: Severity, fact: Fact, known: values.Values, why: Message
) -> Iterator[Finding]:
    if known and not any(fact.quantity.may_be(value) for value in known):
        expected = _in_its_unit(known[0], fact.quantity)
        yield Finding(rule, severity, fact.sentence.place.said(), fact.quote(), expected, why)


def _in_its_unit(value: Decimal, stated: Quantity) -> str:
    if stated.unit == "元" and "万" in stated.raw:
        return f"{shown(value / 10_000)}万元" if value else "0"
    return shown(value)


def _known_rates(report: Report, lead: str, topic: str) -> list[Decimal]:
    if re.search(r"复议[^,。;]{0,8}(?:纠正|纠错)率", lead) and report.proceedings:
        table = report.proceedings
        corrected, total, pending = table.value(0, 1), table.value(0), table.value(0, 3)
        if corrected is None or total is None or pending is None:
            return []
        return _shares(corrected, [total, total - pending])
    named = re.search(r"(?:申请|依申请公开[^,。;]{0,4})?(办结|答复|办复)率[^,。;]{0,4}$", lead)
    about = topic == "requests" or re.search("申请", lead)
    if not named or not about or re.search(r"按|及时|期|热线|留言|信|诉求|工单|网", lead):
        return []
    return _of_concluded(report)


def _of_concluded(report: Report) -> list[Decimal]:
    table = report.requests
    if table is None:
        return []
    new, carried = table.value("new"), table.value("carried_in")
    total, out = table.value("total"), table.value("carried_out")
    if new is None or carried is None or total is None or out is None:
        return []
    # All that fell due was answered, or: all of this year's.
    shares = [*_shares(total, [new + carried, new]), *_shares(new - out, [new])]
    return [*shares, Decimal(100)]


def _shares(part: Decimal, wholes: list[Decimal]) -> list[Decimal]:
    return [part * 100 / whole for whole in wholes if whole]


def _fee(text: str) -> Decimal | None:
    """Return the fee that *text* says was charged, 0 for none; None if it says nothing of it."""
    if not _FEE.search(text):
        return None
    amounts = [q for q in quantities(text) if q.unit == "元"]
    if amounts:
        return amounts[0].value
    return Decimal(0) if _NO_FEE.search(text) else None
