"""Sums, growth and shares that can be worked out again from the numbers beside them. Pure.

A number said loosely (万, 余, 约) is given the room it asks for; a list that may be partial
is doubted, never condemned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from monitor.reports.check.document import Sentence
from monitor.reports.check.findings import Finding, Message, Severity, say
from monitor.reports.check.numbers import (
    Quantity,
    percents,
    prints_as,
    quantities,
    shown,
)
from monitor.reports.check.report import Report

_COUNTING = frozenset("条篇件起宗个人次项家份期")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_FILLER = "\u3000"
_NOT_PART = re.compile(
    r"较|比|增|减|下降|阅读|浏览|访问|点赞|粉丝|关注|订阅|累计|新增|平均|每|同时|此外|另|还|均|各|超过|达到|"
    r"^[,;、]?(?:全年)?(?:共|总计|合计)"
)
_OPENING = re.compile(r"其中|,(?:主要)?(?:包括|包含|分别为|分别是)[:,]?")
_OPEN_LIST = re.compile(r"等|主要|含|以及其他")
_EXCLUSIVE = (("原创", "转"), ("自然人", "法人"), ("网上", "线下"), ("线上", "线下"))
_TOTALLING = re.compile(r",(?:共计|合计|总计|共)[^,。;\d]{0,6}$")


def parts(report: Report) -> Iterator[Finding]:
    """Yield 「其中」 lists and bracketed lists that cannot add up to the number before them."""
    for sentence in report.sentences:
        for total, items, text in _lists(sentence.text):
            yield from _judged(sentence, total, items, text)


def totals(report: Report) -> Iterator[Finding]:
    """Yield a 「共计」 that is not the sum of the numbers listed just before it."""
    for sentence in report.sentences:
        found = quantities(sentence.text)
        for i, total in enumerate(found):
            if _TOTALLING.search(sentence.text[: total.start]):
                yield from _totalled(sentence, total, _run(sentence.text, found[:i], total))


def _lists(text: str) -> Iterator[tuple[Quantity, list[Quantity], str]]:
    # What stands in brackets belongs to the number before it, not to the list around it.
    flat = _BRACKETS.sub(lambda match: _FILLER * len(match[0]), text)
    for match in _OPENING.finditer(flat):
        base = _number_before(flat, match.start())
        if base:
            tail = re.split("其中|。", flat[match.end() :])[0]
            yield base, _items(tail, base.unit), tail
    for match in _BRACKETS.finditer(text):
        base = _number_before(text, match.start())
        if base and base.end == match.start():
            items = _items(match[1].removeprefix("其中"), base.unit)
            if len(items) > 1:
                yield base, items, match[1]


def _number_before(text: str, position: int) -> Quantity | None:
    """Return the last counted number in *text* that ends at most a few characters before."""
    found = [q for q in quantities(text[:position]) if q.unit in _COUNTING]
    near = found[-1] if found else None
    between = text[near.end : position].replace(_FILLER, "") if near else ""
    return near if re.fullmatch(r"[^\d。;]{0,12}", between) else None


def _items(text: str, unit: str) -> list[Quantity]:
    """Return the numbers counted in *unit* that are listed from the start of *text* on."""
    items: list[Quantity] = []
    end = 0
    for quantity in quantities(text):
        between = text[end : quantity.start]
        if _NOT_PART.search(between) and items:
            break
        end = quantity.end
        if quantity.unit == unit and not _NOT_PART.search(between):
            items.append(quantity)
    return items


def _judged(
    sentence: Sentence, total: Quantity, items: Sequence[Quantity], text: str
) -> Iterator[Finding]:
    runs = [items[:count] for count in range(1, len(items) + 1)]
    # A list may be followed by the next one: what adds up early is not judged by what follows.
    if not items or any(_adds_up(run, total) for run in runs[1:]):
        return
    chosen = min(
        (runs[_before_semicolon(text, items) - 1], items),
        key=lambda run: abs(_added(run) - total.value),
    )
    severity, why = _verdict(chosen, total, text)
    if severity:
        yield Finding(
            "parts",
            severity,
            sentence.place.said(),
            sentence.quote(max(0, total.start - 12), total.start + len(total.raw) + 60),
            _sum(chosen, total),
            why,
        )


def _verdict(
    items: Sequence[Quantity], total: Quantity, text: str
) -> tuple[Severity | None, Message]:
    less = say("the parts do not add up to the whole; if others are left out, say 等")
    if sum((item.low for item in items), Decimal(0)) > total.high:
        return Severity.ERROR, say(
            "the parts cannot be more than the whole; if their scope differs, say so"
        )
    if _adds_up(items, total) or len(items) < 2 or _OPEN_LIST.search(text):
        return None, less
    exclusive = any(a in text and b in text for a, b in _EXCLUSIVE)
    return Severity.ERROR if exclusive else Severity.UNSURE, less


def _before_semicolon(text: str, items: Sequence[Quantity]) -> int:
    """Return how many of *items* stand before the first semicolon after the second of them."""
    stop = text.find(";", items[min(1, len(items) - 1)].end)
    return sum(stop < 0 or item.end <= stop for item in items)


def _adds_up(items: Sequence[Quantity], total: Quantity) -> bool:
    low = sum((item.low for item in items), Decimal(0))
    high = sum((item.high for item in items), Decimal(0))
    return low <= total.high and high >= total.low


def _added(items: Sequence[Quantity]) -> Decimal:
    return sum((item.value for item in items), Decimal(0))


def _sum(items: Sequence[Quantity], total: Quantity) -> str:
    terms = " + ".join(shown(item.value) for item in items)
    return f"{terms} = {shown(_added(items))} ≠ {shown(total.value)}"


def _run(text: str, before: Sequence[Quantity], total: Quantity) -> list[Quantity]:
    """Return the numbers of the total's unit that lead up to it without a break."""
    run: list[Quantity] = []
    start = total.start
    for quantity in reversed(before):
        between = text[quantity.end : start]
        if quantity.unit != total.unit or re.search("[。;]", between):
            break
        run.insert(0, quantity)
        start = quantity.start
        if re.search("[;。]|共计|合计|总计", text[max(0, start - 8) : start]):
            break
    return run


def _totalled(sentence: Sentence, total: Quantity, run: list[Quantity]) -> Iterator[Finding]:
    if len(run) < 2 or total.unit not in _COUNTING:
        return
    if any(_adds_up(run[first:], total) for first in range(len(run) - 1)):
        return
    yield Finding(
        "total",
        Severity.WARNING,
        sentence.place.said(),
        sentence.quote(run[0].start, total.end),
        _sum(run, total),
        say("the total is not the sum of the numbers listed before it"),
    )


# ---------------------------------------------------------------- shares

_SHARE_NAME = re.compile(
    r"(?P<name>合格|达标|答复|办结|原创|回复)率(?:达到?|为|均为|均达|约|是|共)*$|(?P<share>占比?)(?:达到?|为|约|比|总数的?)*$"
)
_NUMERATORS = {
    "合格": r"合格",
    "达标": r"达标",
    "答复": r"答复|回复",
    "回复": r"答复|回复",
    "办结": r"办结|办理",
    "原创": r"原创",
}
_IN_TIME = re.compile(r"按时|按期|及时|期限|结转|满意")


def shares(report: Report) -> Iterator[Finding]:
    """Yield a rate (合格率, 答复率, 原创率 …) that its numerator and whole do not give."""
    for i, sentence in enumerate(report.sentences):
        for printed in percents(sentence.text):
            match = _SHARE_NAME.search(sentence.text[: printed.start])
            if match and match["name"]:
                yield from _named_share(sentence, printed, match["name"])
            elif match:
                earlier = [s.text for s in report.sentences[:i] if s.place == sentence.place]
                yield from _bare_share(sentence, printed, match.start(), earlier)


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
    sentence: Sentence, printed: Quantity, position: int, earlier: Sequence[str]
) -> Iterator[Finding]:
    part = _number_before(sentence.text, position)
    if part is None or part.value == 0:
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
    yield Finding(
        "rate",
        Severity.UNSURE,
        sentence.place.said(),
        sentence.quote(max(0, part.start - 12), printed.end),
        f"{_share(part, largest, negative=False):.2f}%",
        say("{part} of {whole}", part=shown(part.value), whole=shown(largest.value)),
    )
