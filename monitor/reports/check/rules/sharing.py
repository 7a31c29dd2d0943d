"""Numbers handed out with 「分别」, digits run together, and one quantity stated twice. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from monitor.reports.check.claims import Claim, Distribution, Measure, announced, distributions
from monitor.reports.check.document import Sentence
from monitor.reports.check.findings import Finding, Message, Said, Severity, listed, say
from monitor.reports.check.numbers import POST_UNITS, Quantity, quantities, shown
from monitor.reports.check.report import Report

_TOO_LONG = 6  # digits; no account publishes 100,000 items a year
_LONGEST_RUN, _MOST = 24, 4  # beyond, a proposal would be a guess
_DISCLOSED = re.compile(
    r"主动公开(?:各类|各项)?(?:政府|政务)?信息(?:共计|总计|累计|共|数|数量|达|为)*(?=\d)"
)
_NARROWER = re.compile(
    r"通过|其中|在[^,。;]*(?:栏目|网站|平台)|利用|网站|公众号|微博|专栏|季度|月|比|较|每"
)


def respectively(report: Report) -> Iterator[Finding]:
    """Yield 「分别」 with fewer or more numbers than there are accounts before it."""
    for sentence in report.sentences:
        for share in distributions(sentence.text):
            yield from _handed_out(report, sentence, share)


def digit_runs(report: Report) -> Iterator[Finding]:
    """Yield a total of an account that is too long to be one number."""
    for claim in report.claims:
        value = claim.quantity
        shared = any(value in d.numbers for d in distributions(claim.sentence.text))
        if claim.measure is Measure.POSTS and len(_digits(value)) >= _TOO_LONG and not shared:
            split = _splits(report, value, len(claim.subjects))
            yield Finding(
                "digit-run",
                Severity.WARNING,
                claim.sentence.place.said(),
                claim.quote,
                _proposal(split) if split else say("a number that an account can reach in a year"),
                say("two numbers may have run together"),
            )


def stated_twice(report: Report) -> Iterator[Finding]:
    """Yield an account's total, or the number disclosed, that is stated twice and differs."""
    seen: dict[tuple[str, str], list[Claim]] = {}
    for claim in report.claims:
        platform = claim.subjects[0].platform if len(claim.subjects) == 1 else ""
        if claim.measure in (Measure.POSTS, Measure.FOLLOWERS_END) and platform:
            seen.setdefault((claim.measure, platform), []).append(claim)
    for stated in seen.values():
        yield from _differing(stated)
    yield from _disclosed(report)


def _handed_out(report: Report, sentence: Sentence, share: Distribution) -> Iterator[Finding]:
    wanted = announced(sentence.text[: share.start]) or len(share.subjects)
    got = len(share.numbers)
    number = share.numbers[0]
    if got == wanted or wanted < 2 or number.unit not in (POST_UNITS | {"人", "个", ""}):
        return
    last = share.numbers[-1]
    split = _splits(report, number, wanted) if got == 1 else []
    yield Finding(
        "respectively",
        Severity.ERROR if len(share.subjects) in (0, wanted) else Severity.WARNING,
        sentence.place.said(),
        sentence.quote(share.start, last.end),
        _proposal(split) if split else say("{count} numbers", count=wanted),
        say(
            "“分别” after {wanted} accounts wants {wanted} numbers; there are {got}",
            wanted=wanted,
            got=got,
        )
        if got > 1
        else say(
            "“分别” after {wanted} accounts wants {wanted} numbers; there is one, as if a "
            "separator had been lost",
            wanted=wanted,
        ),
    )


def _proposal(split: Sequence[str]) -> Message:
    return say("{numbers} (sum {total})", numbers="、".join(split), total=sum(map(int, split)))


def _splits(report: Report, run: Quantity, count: int) -> list[str]:
    """Return how *run* falls into *count* numbers: as the ledger or a stated sum has it, else
    in the most even way; empty where it cannot."""
    digits = _digits(run)
    options = _ways(digits, count) if count <= _MOST and len(digits) <= _LONGEST_RUN else []
    known = _known(report)
    sums = {int(q.value) for s in report.sentences for q in quantities(s.text) if q != run}
    for way in options:
        if all(int(part) in known for part in way):
            return way
    for way in options:
        if sum(map(int, way)) in sums:
            return way
    return min(options, key=lambda way: max(map(int, way)) - min(map(int, way)), default=[])


def _known(report: Report) -> set[int]:
    accounts = report.figures.accounts
    return {n for a in accounts for n in (a.posts, a.followers_end) if n is not None}


def _ways(digits: str, count: int) -> list[list[str]]:
    if count < 2:
        return [[digits]] if digits and digits[0] != "0" else []
    return [
        [digits[:cut], *rest]
        for cut in range(1, len(digits))
        if digits[0] != "0"
        for rest in _ways(digits[cut:], count - 1)
    ]


def _digits(quantity: Quantity) -> str:
    return shown(quantity.value) if quantity.exact and quantity.decimals == 0 else ""


def _differing(stated: Sequence[Claim]) -> Iterator[Finding]:
    first = stated[0]
    for other in stated[1:]:
        names = {first.subjects[0].name, other.subjects[0].name} - {None}
        a, b = first.quantity, other.quantity
        if len(names) < 2 and (a.high < b.low or b.high < a.low):
            yield _twice(other.sentence, other.quote, first.quote, first.sentence.place.said())


def _disclosed(report: Report) -> Iterator[Finding]:
    found: list[tuple[Sentence, Quantity]] = []
    for sentence in report.sentences:
        for match in _DISCLOSED.finditer(sentence.text):
            before = re.split("[,。;]", sentence.text[: match.start()])[-1]
            quantity = next(
                (q for q in quantities(sentence.text) if q.start >= match.end() - 2), None
            )
            if quantity and quantity.unit in POST_UNITS and not _NARROWER.search(before):
                found.append((sentence, quantity))
    for sentence, quantity in found[1:]:
        first, value = found[0]
        if quantity.high < value.low or value.high < quantity.low:
            yield _twice(
                sentence,
                sentence.quote(max(0, quantity.start - 12), quantity.end),
                first.quote(max(0, value.start - 12), value.end),
                first.place.said(),
            )


def _twice(sentence: Sentence, said: str, first: str, place: Said) -> Finding:
    return Finding(
        "stated-twice",
        Severity.WARNING,
        sentence.place.said(),
        said,
        listed((first, say("as in {place}", place=place))),
        say(
            "the same quantity is stated twice with different numbers; if the scope differs, say so"
        ),
    )
