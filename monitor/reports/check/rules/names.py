"""Who reports, and on what basis: body, decree and form must be one and the same. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.reports.check.document import Sentence
from monitor.reports.check.findings import Finding, Severity, say
from monitor.reports.check.report import Report

_TITLE = re.compile(r"^(?P<a>.*?)(?:关于)?20\d\d年(?:度)?(?P<b>.*?)(?:政府信息公开|信息公开)")
_BODY = re.compile(
    r"[^,。:;\d“”《》]{2,40}(?:局|委|委员会|政府|办公室|办|厅|院|中心|处|所|站|镇|乡|街道|支队|总队|分局|联合会|集团|大学|学院)"
)
_DATED = re.compile(r"20\d\d年|二[〇○零]|20\d\d[./-]")
_SPEAKING = re.compile(
    r"^(?:20\d\d年(?:度)?(?:以来)?,)?(?P<body>[^,。:;\d“”《》、]{2,24}(?:局|委员会|厅|办公室))"
    r"(?:认真|严格|坚持|高度重视|深入|切实|始终|全面贯彻|按照|积极|扎实|持续|不断|紧紧|紧扣|主动公开|共收到|编制)"
)
_PLACE = re.compile(r"^[^,。]{1,8}?(?:省|市|县|区|旗|州|盟)")
_LAST = 6  # paragraphs in which a signature is looked for

_DECREE = re.compile(r"信息公开条例》?[^,。;]{0,14}?国务院令(?:\(?第?)(?P<no>\d+)号")
_FORM = re.compile(
    r"年度报告格式[》〉>]?(?:的通知)?[》〉>]?(?:等)?[^\d,。;]{0,4}\((?P<cited>[^()]{2,24}号)\)"
)
_FEE_RULE = re.compile(
    r"信息处理费管理办法[》〉>]?(?:的通知)?[》〉>]?[^\d,。;]{0,4}\((?P<cited>[^()]{2,24}号)\)"
)
_DECREE_NUMBER = "国务院令第711号"
_FORM_NUMBER = "国办公开办函〔2021〕30号"
_FEE_NUMBER = "国办函〔2020〕109号"


def signed(report: Report) -> Iterator[Finding]:
    """Yield a signature that is not the body of the title."""
    titled, signature = _titled(report), _signature(report)
    if titled and signature and not _same(titled, signature):
        yield Finding(
            "signature",
            Severity.WARNING,
            say("signature"),
            signature,
            titled,
            say("title and signature name two different bodies"),
        )


def bodies(report: Report) -> Iterator[Finding]:
    """Yield a paragraph that speaks as another body of the same place, as copied text does."""
    titled = _titled(report)
    place = _PLACE.match(titled) if titled else None
    if not titled or not place or titled == place[0] or titled.endswith("政府"):
        return
    for sentence in _openings(report):
        match = _SPEAKING.match(sentence.text)
        body = match["body"] if match else ""
        if body.startswith(place[0]) and not _same(titled, body):
            yield Finding(
                "another-body",
                Severity.WARNING,
                sentence.place.said(),
                sentence.quote(0, 40),
                titled,
                say("the report is another body's"),
            )


def cited(report: Report) -> Iterator[Finding]:
    """Yield the regulations, the form or the rules of the fee cited by a wrong number."""
    for sentence in report.sentences:
        if (decree := _DECREE.search(sentence.text)) and decree["no"] != "711":
            yield _miscited(sentence, decree[0], _DECREE_NUMBER)
        for pattern, right in ((_FORM, _FORM_NUMBER), (_FEE_RULE, _FEE_NUMBER)):
            match = pattern.search(sentence.text)
            if match and not _cites(match["cited"], right):
                yield _miscited(sentence, match["cited"], right)


def _miscited(sentence: Sentence, said: str, right: str) -> Finding:
    return Finding(
        "cited-form",
        Severity.WARNING,
        sentence.place.said(),
        said,
        right,
        say("the document is cited by another number than its own"),
    )


def _cites(cited: str, right: str) -> bool:
    # The trial form's number has a rule of its own; kinds of brackets make no difference.
    return _bare(cited) == _bare(right) or "60号" in cited


def _bare(number: str) -> str:
    return re.sub(r"[^\w]|第", "", number)


def _openings(report: Report) -> Iterator[Sentence]:
    last = None
    for sentence in report.sentences:
        if sentence.place != last and sentence.place.section in (0, 1):
            yield sentence
        last = sentence.place


def _titled(report: Report) -> str:
    """Return the body that the title names; "" where it names none."""
    match = _TITLE.match(report.title.plain) if report.title else None
    if not match:
        return ""
    body = match["a"] or match["b"]
    return re.sub(r"^(?:关于|中共)|[<《〈\s]|的$", "", body)


def _signature(report: Report) -> str:
    """Return the body that signs: the line before the date, or what stands before it."""
    lines = [p.plain for p in report.sections[-1].paragraphs[-_LAST:]]
    for i, line in enumerate(lines):
        dated = _DATED.search(line)
        if not dated or len(line) > 60 or "。" in line:
            continue
        before = line[: dated.start()] or (lines[i - 1] if i else "")
        return before if _BODY.fullmatch(before) else ""
    return lines[-1] if lines and _BODY.fullmatch(lines[-1]) else ""


def _same(a: str, b: str) -> bool:
    """Return whether two names can be one body's: the shorter is spelt with the longer's."""
    short, long = sorted((re.sub("(?:人民)?政府", "", name) for name in (a, b)), key=len)
    return set(short) <= set(long)
