"""For which stretches of time every post is sure to have been seen, and for which not. Pure.

A good reading covers the time from `covers_from` to `as_of`, and without a `covers_from` none; an
import covers the time from its first row to its last. What nothing covers is a gap,
and every gap has its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.ledger.records import ImportedSpan
from monitor.model import Reading

# A reading made before can cover nothing later; what is older only says since when the
# account has been watched.
BEFORE = timedelta(days=366)

TOUCHING = timedelta(seconds=1)  # stretches this near to each other are one


class GapReason(StrEnum):
    """Why nothing covers a stretch of time."""

    NOT_WATCHED = "not_watched"  # before the account was first read well
    OVERRUN = "overrun"  # more was published between two readings than a window shows
    UNREADABLE = "unreadable"  # readings failed
    NOT_READ = "not_read"  # nobody tried: the service was off
    TO_COME = "to_come"  # not read yet: it lies after the newest good reading
    HALF_SEEN = "half_seen"  # only read through what lists no mass-sends
    LISTED = "listed"  # read, and yet the platform's statistics list more


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time [start, end)."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch for which it is not certain that every post was seen."""

    start: datetime
    end: datetime
    reason: GapReason


def covered(readings: Iterable[Reading], imports: Iterable[Span] = ()) -> list[Span]:
    """Return the covered stretches, oldest first, no two of them touching."""
    proven = [
        Span(reading.covers_from, reading.as_of)
        for reading in readings
        if reading.good and reading.covers_from and reading.as_of
    ]
    return merged([*proven, *imports])


def covered_by_imports(imports: Iterable[ImportedSpan], at: datetime | None = None) -> list[Span]:
    """Return the stretches of which *imports* hold every post; with *at*: of those made by then."""
    made = (one for one in imports if at is None or one.imported_at <= at)
    return [Span(one.start, one.end) for one in made if not one.partial]


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the union of *spans*, oldest first."""
    union: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, s.end)):
        if union and span.start <= union[-1].end + TOUCHING:
            union[-1] = Span(union[-1].start, max(union[-1].end, span.end))
        else:
            union.append(span)
    return union


def without(spans: Iterable[Span], taken: Sequence[Span]) -> list[Span]:
    """Return *spans* less the stretches *taken*, which are apart and oldest first."""
    left = []
    for span in spans:
        at = span.start
        for one in taken:
            if one.start < span.end and one.end > at:
                left.append(Span(at, one.start))
                at = one.end
        left.append(Span(at, span.end))
    return [span for span in left if span.start < span.end]


def gaps(
    spans: Sequence[Span],
    readings: Sequence[Reading],
    start: datetime,
    end: datetime,
    lacking: Sequence[Span] = (),
) -> list[Gap]:
    """Return what of [start, end) the covered *spans* leave open, oldest first, with reasons.

    *readings*: the account's readings, oldest first, from which the reasons follow. *lacking*:
    what was read, but is none of *spans* because statistics list more than is known.
    """
    read = merged([*spans, *lacking]) if lacking else spans
    found = [
        Gap(hole.start, hole.end, _reason(hole, read, readings)) for hole in holes(read, start, end)
    ]
    found += [
        Gap(max(one.start, start), min(one.end, end), GapReason.LISTED)
        for one in lacking
        if one.start < end and one.end > start
    ]
    return sorted(found, key=lambda gap: gap.start)


def holes(spans: Sequence[Span], start: datetime, end: datetime) -> list[Span]:
    """Return what of [start, end) the covered *spans*, oldest first, leave open."""
    open_ones, at = [], start
    for span in spans:
        if span.start > at:
            open_ones.append(Span(at, min(span.start, end)))
        at = max(at, span.end)
        if at >= end:
            break
    if at < end:
        open_ones.append(Span(at, end))
    return [hole for hole in open_ones if hole.end - hole.start > TOUCHING and hole.start < end]


def uncovered(
    readings: Sequence[Reading], imports: Iterable[Span], start: datetime, end: datetime
) -> list[Gap]:
    """Return what of [start, end), which lies between readings, nothing covers.

    *readings*: the account's around it, of all its sources, oldest first.
    """
    found = gaps(covered(readings, imports), readings, start, end)
    return [one for one in found if one.reason not in (GapReason.NOT_WATCHED, GapReason.TO_COME)]


def _reason(hole: Span, spans: Sequence[Span], readings: Sequence[Reading]) -> GapReason:
    tried = [r for r in readings if r.first_at < hole.end and hole.start <= r.started_at]
    half_seen = any(r.good and r.covers_from is None for r in tried)
    if not spans or hole.start < spans[0].start:
        return GapReason.HALF_SEEN if half_seen else GapReason.NOT_WATCHED
    if any(not r.good for r in tried):
        return GapReason.UNREADABLE
    if hole.start >= spans[-1].end:
        return GapReason.HALF_SEEN if half_seen else GapReason.TO_COME
    if any(
        r.gap_from is not None and r.gap_from <= hole.start and r.started_at >= hole.end
        for r in readings
    ):
        return GapReason.OVERRUN
    return GapReason.HALF_SEEN if half_seen else GapReason.NOT_READ
