"""Which readings said nothing that others do not say, and are kept as one. Pure.

A run of readings of one source within a local day that showed nothing new is kept as its last one,
which then says how many there were, since when, how they ended, and how long the longest pause
was. What is covered, why it is not, and how often an account was read since any post stay the same.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from alerts.common.local_time import local_day
from monitor.ledger.coverage import TOUCHING
from monitor.model import Folded, Outcome, Reading

NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Fold:
    """A run of readings as it is *kept*, by its last one, and those that are *gone* for it."""

    kept: Reading
    gone: tuple[Reading, ...]


def folds(
    readings: Iterable[Reading],
    moments: Iterable[datetime],
    edges: Iterable[datetime],
    zone: ZoneInfo,
) -> list[Fold]:
    """Return what of an account's *readings*, oldest first, is folded.

    *moments*: from when readings may be counted, such as the dates of posts. *edges*: where what
    is covered begins and ends. No run goes across one of them, nor across a local midnight.
    """
    at, ends = sorted(moments), sorted(edges)
    runs: dict[str, list[list[Reading]]] = {}
    for one in readings:
        of_source = runs.setdefault(one.source, [])
        run = of_source[-1] if of_source else []
        if run and _follows(run[-1], one, zone) and not _parted(run[0], one, at, ends):
            run.append(one)
        else:
            of_source.append([one])
    return [_folded(run) for some in runs.values() for run in some if len(run) > 1]


def _follows(last: Reading, one: Reading, zone: ZoneInfo) -> bool:
    """Whether *one* says what *last*, the one before of its source, said, on the same day."""
    return (
        _says_nothing(last)
        and _says_nothing(one)
        and _alike(last) == _alike(one)
        and local_day(last.first_at, zone) == local_day(one.started_at, zone)
        and _goes_on(last, one)
    )


def _says_nothing(one: Reading) -> bool:
    return one.fresh == 0 and one.gap_from is None and one.title is None


def _alike(one: Reading) -> tuple[object, ...]:
    """What the readings of a run have in common."""
    proves = (one.good, one.pulse, one.covers_from is None, one.as_of is None)
    return (*proves, one.gateway, one.items, one.unseen, one.risen_at)


def _goes_on(last: Reading, one: Reading) -> bool:
    """Whether *one* reaches as far as *last*, and back to it."""
    if last.as_of is None or one.as_of is None:
        return True
    reaches_back = one.covers_from is None or one.covers_from <= last.as_of + TOUCHING
    return reaches_back and one.as_of >= last.as_of


def _parted(
    first: Reading, one: Reading, moments: Sequence[datetime], edges: Sequence[datetime]
) -> bool:
    begin, end = first.first_at, one.started_at
    if bisect_right(moments, begin) != bisect_right(moments, end):
        return True
    begin = min(begin, first.covers_from or begin)
    past = bisect_right(edges, max(end, one.as_of or end))
    return past > 0 and edges[past - 1] >= begin


def _folded(run: Sequence[Reading]) -> Fold:
    last, since = run[-1], [one.covers_from for one in run if one.covers_from]
    parts = [one.folded or Folded(one.started_at, NONE, ((one.outcome, 1),)) for one in run]
    pauses = [after.first_at - before.started_at for before, after in pairwise(run)]
    outcomes: Counter[Outcome] = Counter()
    for one in parts:
        outcomes.update(dict(one.outcomes))
    folded = Folded(
        first_at=run[0].first_at,
        longest_pause=max([*pauses, *(one.longest_pause for one in parts)]),
        outcomes=tuple(sorted(outcomes.items())),
    )
    covers_from = min(since, default=None)
    return Fold(replace(last, covers_from=covers_from, folded=folded), tuple(run[:-1]))
