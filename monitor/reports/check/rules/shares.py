"""Rates and shares that can be worked out again from the numbers beside them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from monitor.reports.check.claims import Claim, Measure
from monitor.reports.check.document import Sentence
from monitor.reports.check.findings import Finding, Severity, say
from monitor.reports.check.known_figures import of_tables
from monitor.reports.check.numbers import Quantity, percents, prints_as, quantities, shown
from monitor.reports.check.report import Report
from monitor.reports.check.rules.ledger import accounts_of
from monitor.reports.check.rules.lists import number_before
from monitor.reports.check.subjects import Kind, Subject

_COUNTING = frozenset("条篇件起宗个人次项家份期")

_SHARE_NAME = re.compile(
    r"(?P<name>合格|达标|答复|办结|原创|回复)率(?:达到?|为|均为|均达|约|是|共)*$|"
    r"(?P<share>占(?:(?:全部|已)?(?:办结|申请|新收|受理)?(?:总数|总量|件数|申请)的?)?(?:比例|比重|比)?)"
    r"(?:达到?|为|约)*$"
)
_NUMERATORS = {
    "合格": r"合格",
    "达标": r"达标",
    "答复": r"答复|回复",
    "回复": r"答复|回复",
    "办结": r"办结|办理",
    "原创": r"原创",
}
_WHOLE = 100
# A 完成率 may pass its target; these are parts of a whole.
_NEVER_BEYOND = re.compile(
    r"(?:合格|达标|答复|办结|原创|回复|满意|整改|公开|纠正|电子化|覆盖|占比?)(?:率|度)?"
    r"(?:均|都)?(?:达到?|为|是|约)*$"
)
_ADVERB = re.compile("大约|大概|约|仅|只|共|即|分别|的|比例|比重|其中")
_APPLICANTS = (("natural", re.compile("自然人|公民(?![、,和]法人)")), ("legal", re.compile("法人")))
_ROWS = ("received", "total")
_IN_TIME = re.compile(r"按时|按期|及时|期限|结转|满意")


def shares(report: Report) -> Iterator[Finding]:
    """Yield a rate (合格率, 答复率, 原创率 …) that its numerator and whole do not give."""
    for i, sentence in enumerate(report.sentences):
        for printed in percents(sentence.text):
            match = _SHARE_NAME.search(sentence.text[: printed.start])
            if match and match["name"] == "原创":
                yield from _originals(report, sentence, printed)
            elif match and match["name"]:
                yield from _named_share(sentence, printed, match["name"])
            elif match:
                earlier = [s.text for s in report.sentences[:i] if s.place == sentence.place]
                yield from _bare_share(report, sentence, printed, match.start(), earlier)


def beyond_whole(report: Report) -> Iterator[Finding]:
    """Yield a rate of things done or content that is over 100 %."""
    for sentence in report.sentences:
        for printed in percents(sentence.text):
            if printed.low > _WHOLE and _NEVER_BEYOND.search(sentence.text[: printed.start]):
                yield Finding(
                    "rate",
                    Severity.ERROR,
                    sentence.place.said(),
                    sentence.quote(max(0, printed.start - 20), printed.end),
                    say("100% at most"),
                    say("a part is never more than the whole"),
                )


def _originals(report: Report, sentence: Sentence, printed: Quantity) -> Iterator[Finding]:
    """Yield a 原创率 that is not that of the account's originals and posts."""
    told = [c for c in report.claims if c.sentence is sentence]
    parts = [c for c in told if c.measure is Measure.ORIGINALS]
    posts = [c for c in report.claims if c.measure is Measure.POSTS]
    if not parts:
        before = [c for c in posts if c.sentence is sentence and c.quantity.end <= printed.start]
        known = _known_originals(report, before[-1:])
        if known:
            yield from _wrong_rate(sentence, printed, [known])
        else:
            yield from _named_share(sentence, printed, "原创")
        return
    part = parts[-1].quantity.value
    wholes = [c.quantity.value for c in posts if _alike(c, parts[-1])]
    yield from _wrong_rate(sentence, printed, [(part, whole) for whole in wholes if whole])


def _known_originals(report: Report, told: Sequence[Claim]) -> tuple[Decimal, Decimal] | None:
    """Return the originals and posts that the ledger knows of the one account that is *told* of."""
    accounts = {a for claim in told for a in accounts_of(report, claim)}
    known = accounts.pop() if len(accounts) == 1 else None
    if known is None or not known.complete or known.originals is None or not known.posts:
        return None
    return Decimal(known.originals), Decimal(known.posts)


def _wrong_rate(
    sentence: Sentence, printed: Quantity, known: Sequence[tuple[Decimal, Decimal]]
) -> Iterator[Finding]:
    """Yield *printed* where none of the parts and wholes that are *known* gives it."""
    values = [part * 100 / whole for part, whole in known]
    if values and not any(prints_as(value, printed) for value in values):
        part, whole = known[0]
        yield Finding(
            "rate",
            Severity.ERROR,
            sentence.place.said(),
            sentence.quote(max(0, printed.start - 30), printed.end),
            f"{values[0]:.1f}%",
            say("{part} of {whole}", part=shown(part), whole=shown(whole)),
        )


def _alike(posts: Claim, originals: Claim) -> bool:
    names = {m.name for m in (*posts.subjects, *originals.subjects)} - {None}
    platforms = {m.platform for m in (*posts.subjects, *originals.subjects)}
    single = len(posts.subjects) == len(originals.subjects) == 1
    return single and len(platforms) == 1 and len(names) <= 1


def _named_share(sentence: Sentence, printed: Quantity, name: str) -> Iterator[Finding]:
    before = [q for q in quantities(sentence.text[: printed.start]) if q.unit in _COUNTING]
    part = _numerator(sentence.text, before, _NUMERATORS[name])
    if part is None or (name in ("答复", "办结") and _IN_TIME.search(sentence.text)):
        return
    others = [q for q in before if q.unit == part.unit and q is not part]
    wholes = [q for q in others if q.value >= part.value] or others[-1:]
    if not wholes:
        return
    negative = _is_negative(sentence.text, part)
    values = [_share(part, whole, negative=negative) for whole in wholes if whole.value]
    if not values or any(prints_as(value, printed) for value in values):
        return
    yield Finding(
        "rate",
        Severity.ERROR if len(wholes) == 1 and values[0] <= 100 else Severity.UNSURE,
        sentence.place.said(),
        sentence.quote(max(0, wholes[0].start - 6), printed.end),
        f"{values[0]:.2f}%",
        say(
            "{part} of {whole}",
            part=shown(wholes[0].value - part.value if negative else part.value),
            whole=shown(wholes[0].value),
        ),
    )


def _numerator(text: str, before: Sequence[Quantity], word: str) -> Quantity | None:
    """Return the last number that *word* names just before it or just after it."""
    for quantity in reversed(before):
        clause = re.split("[,。;]", text[: quantity.start])[-1]
        after = text[quantity.end : quantity.end + 8]
        if re.search(word, clause) or re.match(rf"[^,。;\d]{{0,7}}不?{word}(?!率)", after):
            return quantity
    return None


def _is_negative(text: str, part: Quantity) -> bool:
    before = re.split("[,。;]", text[: part.start])[-1]
    around = before + re.split("[,。;]", text[part.end : part.end + 12])[0]
    return "不合格" in around or "不达标" in around


def _share(part: Quantity, whole: Quantity, *, negative: bool) -> Decimal:
    value = whole.value - part.value if negative else part.value
    return value * 100 / whole.value


def _bare_share(
    report: Report, sentence: Sentence, printed: Quantity, position: int, earlier: Sequence[str]
) -> Iterator[Finding]:
    part = number_before(sentence.text, position)
    if part is None or part.value == 0:
        return
    between = sentence.text[part.end : position]
    if "," in between and _ADVERB.sub("", between.rpartition(",")[2]):
        yield from _share_of_applicants(report, sentence, between, printed)
        return
    counted = _requests_told(report, sentence, part)
    if counted is not None:
        yield from _share_of_requests(report, sentence, part, printed)
        return
    texts = (*earlier, sentence.text[: part.start])
    wholes = [
        q
        for text in texts
        for q in quantities(text)
        if q.unit == part.unit and q.value >= part.value
    ]
    if not wholes or any(prints_as(_share(part, w, negative=False), printed) for w in wholes):
        return
    largest = max(wholes, key=lambda q: q.value)
    plain = len({q.value for q in wholes}) == 1 and "其中" in sentence.text[: part.start]
    yield Finding(
        "rate",
        Severity.ERROR if plain else Severity.UNSURE,
        sentence.place.said(),
        sentence.quote(max(0, part.start - 12), printed.end),
        f"{_share(part, largest, negative=False):.2f}%",
        say("{part} of {whole}", part=shown(part.value), whole=shown(largest.value)),
    )


def _requests_told(report: Report, sentence: Sentence, part: Quantity) -> Subject | None:
    return next(
        (
            fact.subject
            for fact in report.facts
            if fact.sentence is sentence
            and fact.quantity.start == part.start
            and fact.subject.kind is Kind.REQUESTS
        ),
        None,
    )


def _share_of_applicants(
    report: Report, sentence: Sentence, named: str, printed: Quantity
) -> Iterator[Finding]:
    """Yield a share of the applicants who are *named*, but not counted, that table 三 does not
    give."""
    column = next((name for name, known in _APPLICANTS if known.search(named)), None)
    if column is None:
        return
    rows = [(Subject(Kind.REQUESTS, (r,), column), Subject(Kind.REQUESTS, (r,))) for r in _ROWS]
    known = [
        (part, whole)
        for one, all_of in rows
        for part in of_tables(report, one)
        for whole in of_tables(report, all_of)
        if whole
    ]
    yield from _wrong_rate(sentence, printed, known)


def _share_of_requests(
    report: Report, sentence: Sentence, part: Quantity, printed: Quantity
) -> Iterator[Finding]:
    """Yield a share of the year's applications that table 三 does not give."""
    wholes = [
        whole
        for row in _ROWS
        for whole in of_tables(report, Subject(Kind.REQUESTS, (row,)))
        if whole
    ]
    values = [part.value * 100 / whole for whole in wholes]
    if values and not any(prints_as(value, printed) for value in values):
        yield Finding(
            "rate",
            Severity.ERROR,
            sentence.place.said(),
            sentence.quote(max(0, part.start - 12), printed.end),
            f"{values[0]:.1f}%",
            say("{part} of {whole}", part=shown(part.value), whole=shown(wholes[0])),
        )
