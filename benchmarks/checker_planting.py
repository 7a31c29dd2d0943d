"""How one error is planted into a draft, and when a finding reports it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from checker_facts import Facts, han
from checker_reports import Draft

ONE, FIVE, SIX = ("section 一",), ("section 五",), ("section 六",)
PLACES = {
    "title": ("title", "opening", "signature"),
    "opening": ("opening",),
    "proactive": ONE,
    "requests": ONE,
    "documents": ONE,
    "platform": ONE,
    "guard": ONE,
    "one": ONE,
    "two": ("table 二",),
    "three": ("table 三",),
    "four": ("table 四",),
    "problems": FIVE,
    "fee": SIX,
    "signature": ("signature",),
    "date": ("date of signature", "section 六"),
}


@dataclass(frozen=True)
class Planted:
    """A draft with one error: *said* stands there, one of *values* is right."""

    draft: Draft
    said: str
    values: tuple[str, ...]
    places: tuple[str, ...]
    table: bool = False

    def is_reported_by(self, one: dict[str, str]) -> bool:
        """Return whether a finding reports this error."""
        here = any(place in one["where"] for place in self.places)
        return here and any(_holds(one["expected"], value) for value in self.values or ("",))

    def is_near(self, one: dict[str, str]) -> bool:
        """Return whether a finding follows from it: of a cell, wherever the text states it too."""
        return self.table or any(place in one["where"] for place in self.places)


def _holds(text: str, value: str) -> bool:
    return (
        re.search(rf"(?<![\d.]){re.escape(value)}(?![\d])", text) is not None
        if value[:1].isdigit()
        else value in text
    )


Kind = Callable[[Draft, random.Random], Planted | None]
KINDS: dict[str, Kind] = {}


def off(n: int, r: random.Random, *never: int) -> int:
    """Return another number than *n*, near it, that none of *never* is."""
    some = [n + d for d in (1, 2, 3, -1, -2, 10, 9) if n + d > 0 and n + d not in never]
    return r.choice(some)


def _find(paper: Draft, part: str, pattern: str) -> tuple[int, re.Match[str]] | None:
    for i, line in enumerate(paper.parts[part]):
        if match := re.search(pattern, line):
            return i, match
    return None


def _put(
    paper: Draft, part: str, at: int, match: re.Match[str], new: str, group: int | str = 1
) -> Draft:
    line = paper.parts[part][at]
    changed = line[: match.start(group)] + new + line[match.end(group) :]
    lines = paper.parts[part]
    return paper.but(part, *lines[:at], changed, *lines[at + 1 :])


def number(
    name: str,
    part: str,
    pattern: str,
    *,
    words: bool = False,
    never: Callable[[Facts], tuple[int, ...]] = lambda f: (),
) -> None:
    """Add a kind: the number that *pattern* finds in *part* is another than it was."""

    def plant(paper: Draft, r: random.Random) -> Planted | None:
        found = _find(paper, part, pattern)
        if found is None:
            return None
        at, match = found
        n = int(match[1])
        new = off(n, r, *never(paper.facts))
        if words and not 2 <= new < 1000:
            return None
        written = han(new) if words else str(new)
        return Planted(_put(paper, part, at, match, written), written, (str(n),), PLACES[part])

    KINDS[name] = plant


def replaced(
    name: str,
    part: str,
    pattern: str,
    new: Callable[[re.Match[str], Facts], str | None],
    values: Callable[[re.Match[str], Facts], tuple[str, ...]],
    places: tuple[str, ...] | None = None,
) -> None:
    """Add a kind: what *pattern* finds is written as *new*; *values* are right."""

    def plant(paper: Draft, r: random.Random) -> Planted | None:
        found = _find(paper, part, pattern)
        if found is None:
            return None
        at, match = found
        written = new(match, paper.facts)
        if written is None or written == match[0]:
            return None
        changed = _put(paper, part, at, match, written, 0)
        return Planted(changed, written, values(match, paper.facts), places or PLACES[part])

    KINDS[name] = plant


def figures(
    name: str,
    part: str,
    change: Callable[[Facts, random.Random], tuple[Facts, tuple[str, ...]] | None],
    table: Callable[[Facts], list[str]],
) -> None:
    """Add a kind: a cell of a table is another."""

    def plant(paper: Draft, r: random.Random) -> Planted | None:
        changed = change(paper.facts, r)
        if changed is None:
            return None
        facts, values = changed
        new = paper.but(part, paper.parts[part][0], *table(facts))
        return Planted(new, "a cell", values, PLACES[part], table=True)

    KINDS[name] = plant
