"""How an account stood when it was last judged, and what readers see of that. Values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from monitor.model import Doubt, Outcome

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)  # due at every pass, or since something was stored
NEVER = datetime(9998, 1, 1, tzinfo=UTC)  # not due until something is stored


@dataclass(frozen=True, slots=True)
class Standing:
    """One account as it was last judged. *due_at*: when it can next stand otherwise though nothing
    of it is stored. What follows is its assessment; None of an account that is closed, or was never
    judged."""

    due_at: datetime
    verdict: str | None = None
    reason: str | None = None
    rung: int | None = None
    since: datetime | None = None
    breach_at: datetime | None = None
    changes_at: datetime | None = None
    weak: bool | None = None


WITH_POSTS = re.compile("[1-9]")
UNCHECKED = "unchecked"  # nothing has tried to read it yet
LOOKS = ("breached", "late", "blind", UNCHECKED, "waiting", "fresh")  # the most urgent first


@dataclass(frozen=True, slots=True)
class Unbelieved:
    """What was seen of an account and is not believed: since when, why, the newest item's title."""

    since: datetime
    reason: Doubt
    newest: str


@dataclass(frozen=True, slots=True)
class Published:
    """Posts around the newest one that counts: what is later has none, so this ages with nobody.

    *counted*: the local day of the newest post that counts; *in_month*, *in_year*: how many count
    in that day's month and year. *days*: posts a day from the day *first* on, a digit each, 9 for
    more.
    """

    counted: date | None = None
    in_month: int = 0
    in_year: int = 0
    first: date | None = None
    days: str = ""

    def month_to(self, today: date) -> int:
        """Return how many posts count in the month of *today*."""
        counted = self.counted
        same = counted is not None and counted.replace(day=1) == today.replace(day=1)
        return self.in_month if same else 0

    def year_to(self, today: date) -> int:
        """Return how many posts count in the year of *today*."""
        return self.in_year if self.counted is not None and self.counted.year == today.year else 0

    def by_day(self, since: date, until: date) -> dict[date, int]:
        """Return the days from *since* to *until* with posts, and how many."""
        begin = (since - (self.first or until)).days
        end = max(begin + (until - since).days + 1, 0)
        found = WITH_POSTS.finditer(self.days, max(begin, 0), end)
        return {since + timedelta(days=one.start() - begin): int(one[0]) for one in found}


@dataclass(frozen=True, slots=True)
class Shown:
    """What readers see of one account, as it was last judged; no field of it ages by itself.

    *look*: one of `LOOKS`; *checked*: whether it was ever looked at with success; *since*: from
    when its quiet days count; *outcomes*: how each of its sources was read last, in their order;
    *searched*: what is searched. *shown_as*: its name on the platform.
    """

    id: str
    name: str
    platform: str
    look: str
    verdict: str
    reason: str
    checked: bool
    since: datetime
    breach_at: datetime
    publish_by: date
    searched: str
    rung: int | None = None
    last_post_at: datetime | None = None
    last_post_until: datetime | None = None
    last_post_title: str | None = None
    last_post_url: str | None = None
    visible_at: datetime | None = None
    original_at: datetime | None = None
    read_at: datetime | None = None
    outcomes: tuple[Outcome | None, ...] = ()
    unbelieved: Unbelieved | None = None
    followers: int | None = None
    platform_posts: int | None = None
    other_name: str | None = None
    shown_as: str | None = None
    renamed_from: str | None = None
    renamed_at: datetime | None = None
    published: Published = Published()
