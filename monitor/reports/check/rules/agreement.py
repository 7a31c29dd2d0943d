"""What the text says must be what the tables say, and what it said of the fee before. Pure.

Only clauses that plainly speak of the same quantity are compared: a count by channel, by kind
of applicant or of another year is not the table's total.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from monitor.reports.check.document import Sentence
from monitor.reports.check.findings import Finding, Severity, say
from monitor.reports.check.numbers import REQUEST_UNITS, Quantity, counted, quantities, shown
from monitor.reports.check.report import Report
from monitor.reports.check.tables import LABELS, Proceedings

_REQUESTS = re.compile(r"(?:信息公开|依申请公开|公开)[^,。;]{0,12}(?:申请|诉求)|依申请公开")
_RECEIVED = re.compile(r"新收|收到|接到|接收|受理|办理|收")
_NARROWER = re.compile(
    r"其中|通过|网络|网上|线上|线下|信函|邮件|邮寄|当面|现场|传真|自然人|法人|企业|机构|部门|县|区级|乡镇|街道|"
    r"同比|比上年|较上年|去年|比\d{4}|较\d{4}|每|平均|热线|信箱|留言|指导|组织|转办|季度"
)
_NONE_RECEIVED = re.compile(
    r"(?:未|没有)(?:收到|接到|受理)(?:过|任何)?[^,。;]{0,12}(?:公开申请|依申请|申请公开|信息公开的申请)"
)
_CARRIED_IN = re.compile(r"(?:上年度?|上一年度?|去年)结转|结转上年度?")
_CARRIED_OUT = re.compile(r"结转(?:至|到)?下(?:一)?年度?|结转(?:至|到)?\d{4}年度?")
_PROCEEDING = re.compile(
    r"(?P<kind>行政复议|复议|行政诉讼|诉讼)(?:案件|申请|情况|事项|案)?(?:共|为|的)?"
)
_BOTH = re.compile(
    r"复议(?:案件|申请)?(?:、|和|及|与|或)(?:提起)?(?:行政)?诉讼(?:案件|情况|的情况|案)?(?P<each>均|各)?(?:为|共)?"
)
_NO_PROCEEDING = re.compile(
    r"(?:未|没有|无)(?:发生|收到|出现|产生|因|被)?[^。;\d]{0,30}(?:复议|诉讼)"
)
_ABOUT_DISCLOSURE = re.compile(r"信息公开|依申请|公开工作")
_FEE = re.compile(r"处理费")
_NO_FEE = re.compile(
    r"(?:未|没有|不|无|免)[^,。;]{0,10}(?:收取|产生|发生|收)|无(?:收取)?信息处理费|处理费为?零"
)
_DECREED = re.compile(r"(?:制发|制定|出台|新制定|印发)(?:并公开|并公布)?(?:了)?(?:行政)?规范性文件")
_ABOLISHED = re.compile(r"废止(?:了)?(?:行政)?规范性文件")
_IN_FORCE = re.compile(r"现行有效(?:的)?(?:行政)?规范性文件")
_DECIDED = re.compile(
    r"(?:作出|做出|办理|处理)(?:各类)?(?P<kind>行政许可|行政处罚|行政强制)(?:决定)?"
)


def requests(report: Report) -> Iterator[Finding]:
    """Yield numbers of requests in the text that are not those of table 三."""
    if report.requests is None:
        return
    for sentence in report.sentences:
        for clause, start in _clauses(sentence.text):
            yield from _received(report, sentence, clause, start)
            yield from _carried(report, sentence, clause, start)


def proceedings(report: Report) -> Iterator[Finding]:
    """Yield numbers of 复议 and 诉讼 in the text that are not those of table 四."""
    table = report.proceedings
    if table is None:
        return
    for sentence in report.sentences:
        if sentence.place.section != 4 and not _ABOUT_DISCLOSURE.search(sentence.text):
            continue
        if _BOTH.search(sentence.text):
            yield from _both(table, sentence)
        else:
            yield from _each(table, sentence)


def disclosures(report: Report) -> Iterator[Finding]:
    """Yield numbers of 规范性文件 and decisions in the text that are not those of table 二."""
    for sentence in report.sentences:
        for column, pattern in enumerate((_DECREED, _ABOLISHED, _IN_FORCE)):
            if match := pattern.search(sentence.text):
                yield from _disclosed(report, sentence, match, "行政规范性文件", column)
        if match := _DECIDED.search(sentence.text):
            yield from _disclosed(report, sentence, match, match["kind"], 0)


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


def _clauses(text: str) -> Iterator[tuple[str, int]]:
    for match in re.finditer(r"[^,。;()]+", text):
        yield match[0], match.start()


def _received(report: Report, sentence: Sentence, clause: str, start: int) -> Iterator[Finding]:
    if _NONE_RECEIVED.search(clause):
        if _total(report, "new"):
            yield _differs(report, sentence, clause, "new")
        return
    if not (_REQUESTS.search(clause) and _RECEIVED.search(clause)):
        return
    if _NARROWER.search(sentence.text[max(0, start - 4) : start] + clause):
        return
    if _CARRIED_IN.search(clause) or _CARRIED_OUT.search(clause):
        return
    stated = next(iter(counted(clause, REQUEST_UNITS)), None)
    if stated and not _fits(report, stated, clause):
        yield _differs(report, sentence, clause, "new")


def _fits(report: Report, stated: Quantity, clause: str) -> bool:
    new, carried = _total(report, "new"), _total(report, "carried_in")
    allowed = [value for value in (new,) if value is not None]
    if new is not None and carried is not None and not re.search("新收", clause):
        allowed.append(new + carried)
    if re.search("办理", clause) and (concluded := _total(report, "total")) is not None:
        allowed.append(concluded)
    return not allowed or any(stated.may_be(value) for value in allowed)


def _carried(report: Report, sentence: Sentence, clause: str, start: int) -> Iterator[Finding]:
    near = sentence.text[start : start + len(clause)]
    for key, pattern in (("carried_in", _CARRIED_IN), ("carried_out", _CARRIED_OUT)):
        match = pattern.search(near)
        if not match or not _about_requests(sentence):
            continue
        stated = next((q for q in counted(near, REQUEST_UNITS) if q.start >= match.end()), None)
        value = _total(report, key)
        if stated and value is not None and not stated.may_be(value):
            yield _differs(report, sentence, clause, key)


def _about_requests(sentence: Sentence) -> bool:
    return sentence.place.section == 3 or re.search("申请|公开", sentence.text) is not None


def _total(report: Report, key: str) -> Decimal | None:
    return report.requests.value(key) if report.requests else None


def _differs(report: Report, sentence: Sentence, clause: str, key: str) -> Finding:
    value = _total(report, key)
    return Finding(
        "text-table3",
        Severity.ERROR,
        sentence.place.said(),
        sentence.quote() if len(sentence.text) < 60 else f"「{clause}」",
        shown(value if value is not None else Decimal(0)),
        say("table 三, row “{row}”, says otherwise", row=LABELS[key]),
    )


def _both(table: Proceedings, sentence: Sentence) -> Iterator[Finding]:
    values = (_reviews(table), _lawsuits(table))
    match = _BOTH.search(sentence.text)
    if match is None or None in values:
        return
    reviews, lawsuits = (value or Decimal(0) for value in values)
    stated = _just_after(sentence.text, match.end())
    if _NO_PROCEEDING.search(sentence.text[: match.end()]) and stated is None:
        if reviews or lawsuits:
            yield _proceeding(sentence, match.group(), reviews + lawsuits)
    elif stated is not None:
        each = match["each"] or stated.value == 0
        right = (reviews, lawsuits) if each else (reviews + lawsuits,)
        if not all(stated.may_be(value) for value in right):
            yield _proceeding(sentence, match.group(), reviews + lawsuits)


def _each(table: Proceedings, sentence: Sentence) -> Iterator[Finding]:
    for match in _PROCEEDING.finditer(sentence.text):
        review = "复议" in match["kind"]
        value = _reviews(table) if review else _lawsuits(table)
        stated = _just_after(sentence.text, match.end())
        before = re.split("[,。;、]", sentence.text[: match.end()])[-1]
        none = stated is None and _NO_PROCEEDING.search(before)
        wrong = bool(value) if none else stated is not None and not stated.may_be(value or 0)
        # A lawsuit after a review is one of two groups; its own number is not the sum.
        after_review = re.search("复议后|未经复议", before) is not None
        if value is not None and wrong and not after_review:
            yield _proceeding(sentence, match["kind"], value)


def _just_after(text: str, position: int) -> Quantity | None:
    found = (q for q in quantities(text) if q.start >= position)
    first = next(found, None)
    if first is None or first.unit not in REQUEST_UNITS:
        return None
    return first if re.fullmatch(r"[^\d,。;]{0,4}", text[position : first.start]) else None


def _reviews(table: Proceedings) -> Decimal | None:
    return table.value(0)


def _lawsuits(table: Proceedings) -> Decimal | None:
    direct, after = table.value(1), table.value(2)
    return None if direct is None or after is None else direct + after


def _proceeding(sentence: Sentence, kind: str, value: Decimal) -> Finding:
    return Finding(
        "text-table4",
        Severity.ERROR,
        sentence.place.said(),
        sentence.quote(0, 80),
        shown(value),
        say("table 四 says otherwise ({kind})", kind=kind),
    )


def _disclosed(
    report: Report, sentence: Sentence, match: re.Match[str], label: str, column: int
) -> Iterator[Finding]:
    row = report.disclosures.rows.get(label) if report.disclosures else None
    stated = _just_after(sentence.text, match.end())
    if row is None or stated is None or column >= len(row.cells):
        return
    value = row.value(column)
    if value is not None and not stated.may_be(value):
        yield Finding(
            "text-table2",
            Severity.WARNING,
            sentence.place.said(),
            sentence.quote(max(0, match.start() - 4), stated.end),
            shown(value),
            say("table 二, row “{row}”, says otherwise", row=row.label),
        )


def _fee(text: str) -> Decimal | None:
    """Return the fee that *text* says was charged, 0 for none; None if it says nothing of it."""
    if not _FEE.search(text):
        return None
    amount = next((q.value for q in quantities(text) if q.unit == "元"), None)
    if amount is not None:
        return amount
    return Decimal(0) if _NO_FEE.search(text) else None
