"""Whether an account kept its limit in a stretch of time: yes, no, or not to be judged. Pure.

One judgement for every paper and page. What was not seen is neither a lapse nor kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from monitor.ledger.coverage import Span
from monitor.ledger.lapses import EXACT, Lapse, Limits, lapses


class Judged(StrEnum):
    """What is certain of a stretch of time."""

    KEPT = "kept"
    LAPSED = "lapsed"
    NOT_JUDGED = "not_judged"


def judged(
    posts: Sequence[datetime],
    limits: Limits,
    stretch: Span,
    zone: ZoneInfo,
    seen: Sequence[Span],
    ends: Mapping[datetime, datetime] = EXACT,
) -> Judged:
    """Return whether the limit was kept in *stretch*.

    *posts*: the dates of those that are known, oldest first, from before the stretch on, and the
    first one after it; *ends* and *seen* as `lapses` takes them. Lapsed: a silence that was seen
    reached the limit. Kept: the posts that are known leave no room for one, however much of the
    rest was not seen. Otherwise nothing may be said.
    """
    if _touching(lapses(posts, limits, stretch.end, zone, seen, ends), stretch):
        return Judged.LAPSED
    widest = _widest(posts, limits, stretch, zone, ends)
    known_before = any(at <= stretch.start for at in posts)
    return Judged.KEPT if known_before and not widest else Judged.NOT_JUDGED


def _widest(
    posts: Sequence[datetime],
    limits: Limits,
    stretch: Span,
    zone: ZoneInfo,
    ends: Mapping[datetime, datetime],
) -> bool:
    """Whether any silence may have reached the limit: from the earliest that the one post can
    have been to the latest that the next can."""
    latest = [ends.get(at, at) for at in posts]
    pairs = zip(posts, [*latest[1:], stretch.end], strict=True) if posts else ()
    return any(
        _touching(lapses([before, after], limits, after, zone)[:1], stretch)
        for before, after in pairs
        if after > before
    )


def _touching(found: Iterable[Lapse], stretch: Span) -> bool:
    return any(
        one.breached_at < stretch.end and (one.ended_at or stretch.end) > stretch.start
        for one in found
    )
