"""Numbers handed out with 「分别」, digits run together, and one quantity stated twice. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from monitor.reports.check.claims import Claim, Distribution, Measure, announced, distributions
from monitor.reports.check.document import Sentence
from monitor.reports.check.findings import Finding, Message, Said, Severity, listed, say
from monitor.reports.check.known_figures import of_tables
from monitor.reports.check.numbers import POST_UNITS, Quantity, quantities, shown
from monitor.reports.check.report import Report
from monitor.reports.check.subjects import Fact, Subject

_TOO_LONG = 6  # digits; no account publishes 100,000 items a year
_LONGEST_RUN, _MOST = 24, 4  # beyond, a proposal would be a guess


_UNFILLED = re.compile(
    r"(?:新媒体|微博|公众号|微信|网站|信息|发布|公开|推送|平台|渠道|方式|增加|减少|共|达|为|计)(?:条|篇)(?=[,。;、)])|"
    r"(?:共|收到|受理|新收|接收|结转|增加|减少|诉讼|复议|废止|制发|有效|申请数量为)件(?=[,。;、)])|"
    r"(?:增长|下降|增幅|降幅|率|率为|率达|达|占|占比)%|(?:年初|年底|年末)的?人(?=[,。;、)增提减下])|"
    r"(?:关注数|粉丝数|订阅数|增加|达|至)人(?=[,。;、)])|(?:处理费|收费)(?:万)?元(?=[,。;、)])|"
    r"[×✕_＿□○●*?]+(?:条|件|篇|人|次|份|个|%|元|万元|年|月|日)|(?<![A-Za-z])[Xx]{1,4}(?:条|件|篇|人次|人|份|%|元)"
)


def unfilled(report: Report) -> Iterator[Finding]:
    """Yield a unit that lacks its number."""
    for sentence in report.sentences:
        for match in _UNFILLED.finditer(sentence.text):
            yield Finding(
                "number-missing",
                Severity.WARNING,
                sentence.place.said(),
                sentence.quote(max(0, match.start() - 16), match.end()),
                say("a number before its unit"),
                say("the number is missing, or still to be filled in"),
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
        counted = claim.measure in (Measure.POSTS, Measure.FOLLOWERS_END) and platform
        if counted and not _anothers(report, claim):
            seen.setdefault((claim.measure, platform), []).append(claim)
    for stated in seen.values():
        yield from _differing(stated)
    yield from _untabled(report)


def _anothers(report: Report, claim: Claim) -> bool:
    """Return whether a claim names an account that the ledger does not have."""
    name, known = claim.subjects[0].name or "", report.figures.of(claim.subjects[0].platform)
    return bool(name and known) and all(
        name not in one.name and one.name not in name for one in known
    )


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


def _untabled(report: Report) -> Iterator[Finding]:
    """Yield facts that no table decides, stated again with another number."""
    first: dict[Subject, Fact] = {}
    for fact in report.facts:
        before = first.setdefault(fact.subject, fact)
        a, b = before.quantity, fact.quantity
        if (a.high < b.low or b.high < a.low) and not of_tables(report, fact.subject):
            yield _twice(
                fact.sentence,
                fact.sentence.quote(max(0, b.start - 12), b.end),
                before.sentence.quote(max(0, a.start - 12), a.end),
                before.sentence.place.said(),
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
