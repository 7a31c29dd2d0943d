"""Lists against the number that they take apart or add up. Pure.

A list of parts is held against the number before it; one that may be partial is doubted, never
condemned, unless a single digit put right would make it add up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from monitor.reports.check.document import Sentence
from monitor.reports.check.findings import Finding, Message, Severity, say
from monitor.reports.check.known_figures import of_tables
from monitor.reports.check.numbers import Quantity, quantities, shown
from monitor.reports.check.report import Report

_COUNTING = frozenset("条篇件起宗个人次项家份期") | {"条次", "件次"}
_BRACKETS = re.compile(r"\(([^()]*)\)")
_FILLER = "\u3000"
_NOT_PART = re.compile(
    r"较|比|增|减|下降|阅读|浏览|访问|点赞|粉丝|关注|订阅|累计|新增|平均|每|同时|此外|另|还|均|各|超过|达到|"
    r"^[,;、]?(?:全年)?(?:共|总计|合计)"
)
_OPENING = re.compile(r"其中|,(?:主要)?(?:包括|包含|分别为|分别是)[:,]?")
_WHOLE = re.compile(r"(?<!主要)(?:包括|包含|分别为|分别是)")
_OPEN_LIST = re.compile(r"等|主要|含|以及其他")
_REST = re.compile(r"其[他它](?!处理|组织)|其余")
_EXCLUSIVE = (("原创", "转"), ("自然人", "法人"), ("网上", "线下"), ("线上", "线下"))
_TOTALLING = re.compile(r",(?:共计|合计|总计|共)(?P<verb>[^,。;\d]{0,6})$")
_COMPARED = re.compile(r"(?:上年|去年|上一年度?|同期)[^,。;\d]{0,6}$|(?:比|较)[^,。;]{0,8}$")
_ITS_OWN = re.compile("办|答复|结转|审|解决|培训|累计|阅读|访问|关注|粉丝|参|开展|召开")


@dataclass(frozen=True, slots=True)
class _List:
    """*items* that take apart one of *totals*, the likeliest last; *text* has them from *start*."""

    totals: tuple[Quantity, ...]
    items: tuple[Quantity, ...]
    text: str
    start: int
    said: str
    whole: bool


def parts(report: Report) -> Iterator[Finding]:
    """Yield 「其中」 lists and bracketed lists that cannot add up to the number before them."""
    before: Sentence | None = None
    for sentence in report.sentences:
        follows = before is not None and before.place == sentence.place
        tabled = _tabled(report, sentence)
        for found in _lists(sentence, before if follows else None):
            if not {item.start for item in found.items} <= tabled:
                yield from _judged(sentence, found)
        before = sentence


def _tabled(report: Report, sentence: Sentence) -> set[int]:
    """Return where the numbers stand that a table decides; no list has to."""
    return {
        fact.quantity.start
        for fact in report.facts
        if fact.sentence is sentence and of_tables(report, fact.subject)
    }


def totals(report: Report) -> Iterator[Finding]:
    """Yield a 「共计」 that is not the sum of the numbers listed just before it."""
    for sentence in report.sentences:
        flat = _flat(sentence.text)
        found = quantities(flat)
        for i, total in enumerate(found):
            match = _TOTALLING.search(flat[: total.start])
            if match and not _ITS_OWN.search(match["verb"]):
                yield from _totalled(sentence, total, _run(flat, found[:i], total))


def number_before(text: str, position: int) -> Quantity | None:
    """Return the last counted number in *text* that ends at most a few characters before."""
    found = [q for q in quantities(text[:position]) if q.unit in _COUNTING]
    near = found[-1] if found else None
    between = text[near.end : position].replace(_FILLER, "") if near else ""
    return near if re.fullmatch(r"[^\d。;]{0,12}", between) else None


def _flat(text: str) -> str:
    # What stands in brackets belongs to the number before it, not to the list around it.
    return _BRACKETS.sub(lambda match: _FILLER * len(match[0]), text)


def _lists(sentence: Sentence, before: Sentence | None) -> Iterator[_List]:
    text, flat = sentence.text, _flat(sentence.text)
    for match in _OPENING.finditer(flat):
        base = number_before(flat, match.start())
        stop = re.search("其中|。", flat[match.end() :])
        listed = flat[: match.end() + stop.start()] if stop else flat
        tail = listed[match.end() :]
        whole = _WHOLE.search(match[0]) is not None
        if base:
            said = text[max(0, base.start - 12) : base.end + 60]
            others = _others(flat[: base.start], base)
            items = _items(listed, base.unit, match.end())
            yield _List((*others, base), items, listed, match.end(), said, whole)
        elif match.start() == 0 and before is not None:
            yield from _continued(before, listed, tail, text)
    for match in _BRACKETS.finditer(text):
        base = number_before(text, match.start())
        if base and base.end == match.start():
            said = text[max(0, base.start - 12) : base.end + 60]
            items = _items(text[: match.end(1)], base.unit, match.start(1))
            if len(items) > 1:
                yield _List((base,), items, text[: match.end(1)], match.start(1), said, whole=False)


def _continued(before: Sentence, listed: str, tail: str, text: str) -> Iterator[_List]:
    """Yield a list that opens the sentence after its total."""
    flat = _flat(before.text)
    for unit in dict.fromkeys(q.unit for q in quantities(tail) if q.unit in _COUNTING):
        known = tuple(
            q for q in quantities(flat) if q.unit == unit and not _COMPARED.search(flat[: q.start])
        )
        items = _items(listed, unit, len(listed) - len(tail))
        if known and items:
            start = len(listed) - len(tail)
            yield _List(known, items, listed, start, (before.text + text)[-90:], whole=False)
        return


def _others(text: str, base: Quantity) -> tuple[Quantity, ...]:
    return tuple(q for q in quantities(text) if q.unit == base.unit and q.value >= base.value)


def _items(text: str, unit: str, start: int) -> tuple[Quantity, ...]:
    """Return the numbers counted in *unit* that are listed from *start* of *text* on."""
    items: list[Quantity] = []
    end = start
    for quantity in (q for q in quantities(text) if q.start >= start):
        between = text[end : quantity.start]
        if _NOT_PART.search(between) and items:
            break
        end = quantity.end
        if quantity.unit == unit and not _NOT_PART.search(between):
            items.append(quantity)
    return tuple(items)


def _judged(sentence: Sentence, found: _List) -> Iterator[Finding]:
    items, total = found.items, found.totals[-1]
    runs = [items[:count] for count in range(1, len(items) + 1)]
    # A list may be followed by the next one: what adds up early is not judged by what follows.
    if not items or any(_adds_up(run, known) for run in runs[1:] for known in found.totals):
        return
    chosen = min(
        (runs[_before_semicolon(found.text, items) - 1], items),
        key=lambda run: abs(_added(run) - total.value),
    )
    severity, why = _verdict(chosen, found)
    if severity:
        yield Finding(
            "parts",
            severity,
            sentence.place.said(),
            f"「{found.said.strip('。')}」",
            _sum(chosen, total),
            why,
        )


def _verdict(items: Sequence[Quantity], found: _List) -> tuple[Severity | None, Message]:
    total, text, own = found.totals[-1], found.text, found.text[found.start :]
    less = say("the parts do not add up to the whole; if others are left out, say 等")
    several = len(found.totals) > 1
    first = items[: _before_first_semicolon(text, items)]
    most = sum((q.high for q in found.totals), Decimal(0)) if several else total.high
    if sum((item.low for item in first), Decimal(0)) > most:
        return Severity.ERROR, say(
            "the parts cannot be more than the whole; if their scope differs, say so"
        )
    if len(first) < len(items) and (len(first) == 1 or _added(items) > total.value):
        return None, less  # what follows the semicolon is another subject's
    if several or len(items) < 2 or _OPEN_LIST.search(own) or _adds_up(items, total):
        return None, less
    return _severity(items, found), less


def _severity(items: Sequence[Quantity], found: _List) -> Severity | None:
    """Return how sure it is that a list that comes to less than its total is wrong."""
    total, own = found.totals[-1], found.text[found.start :]
    if any(a in own and b in own for a, b in _EXCLUSIVE):
        return Severity.ERROR
    if any(q.unit in _COUNTING and q.unit != total.unit for q in quantities(own)):
        return None  # 12条、16期: what is counted otherwise belongs to the whole too
    rest = _REST.search(found.text[items[-2].end : items[-1].start])
    sure = found.whole or rest or _one_digit_off(items, total)
    return Severity.WARNING if sure else Severity.UNSURE


def _one_digit_off(items: Sequence[Quantity], total: Quantity) -> bool:
    """Return whether one digit of one number put right makes *items* add up to *total*."""
    missing = total.value - _added(items)
    if not all(q.exact and q.decimals == 0 for q in (*items, total)) or not missing:
        return False
    if abs(missing) * 5 > total.value:
        return False
    rights = [(q.value, q.value + missing) for q in items] + [(total.value, total.value - missing)]
    return any(_differ_by_a_digit(str(a), str(b)) for a, b in rights if b > 0)


def _differ_by_a_digit(a: str, b: str) -> bool:
    if len(a) != len(b) or len(a) < 2:
        return False
    apart = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    swapped = len(apart) == 2 and apart[1] == apart[0] + 1
    return len(apart) == 1 or (swapped and sorted(a) == sorted(b))


def _before_first_semicolon(text: str, items: Sequence[Quantity]) -> int:
    stop = text.find(";", items[0].end)
    return sum(stop < 0 or item.end <= stop for item in items)


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
