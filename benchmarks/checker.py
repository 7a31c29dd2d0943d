"""How much of what the checker says is true, and how much of what is wrong it says.

    python benchmarks/checker.py [--reports 400] [--first 500000] [--only KIND] [--write FILE]

Invented reports (`checker_reports.py`) are checked as they are, and each again with one error
planted (`checker_errors.py`, `checker_slips.py`). It prints, for reports that the rules were not
written on:

- of correct reports, how many have no error and no warning;
- of all errors and warnings, how many are true: they name the planted error or follow from it;
- of planted errors, how many are reported in their place with the right value, by kind.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import checker_errors
import checker_slips
from checker_facts import Facts
from checker_planting import KINDS, Planted
from checker_reports import Draft, draft, previous

from monitor.reports.check import (
    AccountFigures,
    Figures,
    LapseFigure,
    PreviousReport,
    Severity,
    as_json,
    check,
    previous_of,
)
from monitor.reports.reading.text import from_text

_MEASURED = re.compile(r"(<!-- measured -->\n).*?(\n?<!-- /measured -->)", re.S)
APART = 500_000  # seeds below it were used while the rules were written
assert checker_errors.KINDS is checker_slips.KINDS is KINDS  # both fill it


@dataclass
class Score:
    """What was counted."""

    correct: int = 0
    quiet: int = 0
    reported: int = 0
    true: int = 0
    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    false: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    missed: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def ledger(f: Facts, last: PreviousReport) -> Figures:
    """Return what the ledger knows of the accounts of *f*."""
    lapses = (LapseFigure(*f.lapse, f.longest),) if f.lapse else ()
    weibo = AccountFigures(
        f.account,
        "weibo",
        f.weibo,
        f.originals,
        f.weibo - f.originals,
        complete=True,
        lapses=lapses,
        all_lapses=True,
        longest_gap=f.longest,
    )
    wechat = AccountFigures(
        f.account,
        "wechat",
        f.wechat,
        articles=f.wechat,
        pushes=f.wechat,
        complete=True,
        followers_start=f.followers[0],
        followers_end=f.followers[1],
        all_lapses=True,
        longest_gap=4,
    )
    return Figures(f.year, (weibo, wechat), previous=last)


def findings(paper: Draft, figures: Figures) -> list[dict[str, str]]:
    """Return the errors and warnings of *paper*."""
    found = check(from_text(paper.text()), paper.facts.year, figures)
    return as_json(f for f in found if f.severity is not Severity.UNSURE)


def plants(paper: Draft, seed: int, kinds: int) -> Iterator[tuple[str, Planted]]:
    """Yield some kinds of errors that *paper* has a place for."""
    r = random.Random(seed)
    for name in r.sample(sorted(KINDS), len(KINDS)):
        planted = KINDS[name](paper, r)
        if planted is not None:
            yield name, planted
            kinds -= 1
        if not kinds:
            return


def measured(first: int, count: int, only: str | None) -> Score:
    """Return the score of *count* reports from seed *first* on."""
    score = Score()
    for seed in range(first, first + count):
        paper = draft(seed)
        figures = ledger(paper.facts, previous_of(from_text(previous(paper.facts))))
        _quiet(score, seed, findings(paper, figures))
        for name, planted in plants(paper, seed, 100 if only else 6):
            if only in (None, name):
                _planted(score, seed, name, planted, findings(planted.draft, figures))
    return score


def _quiet(score: Score, seed: int, found: list[dict[str, str]]) -> None:
    score.correct += 1
    score.quiet += not found
    score.reported += len(found)
    for one in found:
        score.false[one["rule"]].append(f"{seed}: {one['said']} → {one['expected']}")


def _planted(
    score: Score, seed: int, name: str, planted: Planted, found: list[dict[str, str]]
) -> None:
    hits = [one for one in found if planted.is_reported_by(one)]
    score.planted[name] += 1
    score.found[name] += bool(hits)
    score.reported += len(found)
    follows = [one for one in found if one in hits or planted.is_near(one)]
    score.true += len(follows) if hits else 0
    if not hits:
        reported = [(o["rule"], o["where"], o["expected"]) for o in found]
        score.missed[name].append(f"{seed}: {planted.said} wants {planted.values}; told {reported}")
    for one in found:
        if one not in follows or not hits:
            score.false[one["rule"]].append(f"{seed} {name}: {one['said']} → {one['expected']}")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def report(score: Score) -> Iterator[str]:
    """Yield the lines of the table."""
    planted, found = sum(score.planted.values()), sum(score.found.values())
    yield "| measure | goal | measured |"
    yield "|---|---|---|"
    true, quiet = _share(score.true, score.reported), _share(score.quiet, score.correct)
    yield f"| errors and warnings that are true | 95 % | {true} of {score.reported} |"
    yield f"| correct reports without any | 95 % | {quiet} of {score.correct} |"
    reported = f"{_share(found, planted)} of {planted}, {len(score.planted)} kinds"
    yield f"| planted errors found in their place with the right value | 90 % | {reported} |"
    yield ""
    weak = {k: n for k, n in score.planted.items() if score.found[k] < n}
    yield "Kinds that were not always found:" if weak else "Every kind was always found."
    yield from [""] if weak else []
    yield from (
        f"- {name}: {score.found[name]} of {n}"
        for name, n in sorted(weak.items(), key=lambda i: score.found[i[0]] / i[1])
    )


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--reports", type=int, default=400)
    options.add_argument("--first", type=int, default=APART)
    options.add_argument("--write", type=Path, help="put the table into this document")
    options.add_argument("--only", help="one kind of error")
    options.add_argument("--show", type=int, default=0, help="examples of what went wrong")
    chosen = options.parse_args()
    score = measured(chosen.first, chosen.reports, chosen.only)
    table = "\n".join(report(score))
    print(table)
    if chosen.write:
        text = chosen.write.read_text(encoding="utf-8")
        made = _MEASURED.sub(lambda match: f"{match[1]}\n{table}\n{match[2]}", text)
        chosen.write.write_text(made, encoding="utf-8")
    for title, wrong in (("FALSE", score.false), ("MISSED", score.missed)):
        for name, lines in wrong.items() if chosen.show else ():
            print(f"\n{title} {name} ({len(lines)})", *lines[: chosen.show], sep="\n  ")


if __name__ == "__main__":
    main()
