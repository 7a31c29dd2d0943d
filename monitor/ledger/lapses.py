"""Where an account was quiet for longer than its limit. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Lapse:
    """One silence that reached the limit: from the last post before to the next post.

    *days* counts the whole local dates between the two; *ended_at* is None while it lasts.
    """

    began_at: datetime
    ended_at: datetime | None
    days: int


def lapses(
    posts: Sequence[datetime], limit: timedelta, now: datetime, zone: ZoneInfo
) -> list[Lapse]:
    """Return the lapses in *posts* (oldest first) up to *now*. Exactly the limit is a lapse."""
    found = [
        Lapse(before, after, _days(before, after, zone))
        for before, after in pairwise(posts)
        if after - before >= limit
    ]
    if posts and now - posts[-1] >= limit:
        found.append(Lapse(posts[-1], None, _days(posts[-1], now, zone)))
    return found


def longest(posts: Sequence[datetime], zone: ZoneInfo) -> int | None:
    """Return the longest gap between two posts in whole local dates; None below two posts."""
    return max((_days(a, b, zone) for a, b in pairwise(posts)), default=None)


def _days(before: datetime, after: datetime, zone: ZoneInfo) -> int:
    return (after.astimezone(zone).date() - before.astimezone(zone).date()).days
