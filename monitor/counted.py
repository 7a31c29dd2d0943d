"""What platforms count and list: followers, posts, the articles of a day. Frozen; stdlib only.

Every `datetime` is aware and in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Counters:
    """What a platform counts of an account at one reading; None where it does not say.

    *exact*: whether *followers* is ("145.5万" is not, and stands still while it grows).
    *posts* is given only where it is exact.
    """

    followers: int | None = None
    posts: int | None = None
    exact: bool = True


@dataclass(frozen=True, slots=True)
class DayCount:
    """What a platform's statistics list for one day of its own calendar, known afterwards.

    *articles*: all of the day; *notified*: those that the followers were notified of (群发),
    in *pushes* mass-sends.
    """

    day: date
    articles: int
    notified: int = 0
    pushes: int = 0


@dataclass(frozen=True, slots=True)
class ListedDay:
    """The newest day for which a platform's statistics list anything: how many *articles*.

    *dates*: those of the posts known from two days before the account's last post on.
    """

    day: date
    articles: int
    dates: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """What is kept of a source's counts between readings.

    *posts*: the newest count. *settled_at*: the newest reading at which the posts shown
    explained it. *unseen*: posts counted since and never shown; *risen_at*: the newest reading
    at which those grew more. *ahead*: posts shown that the count has yet to follow, since
    *ahead_at*.
    """

    posts: int
    settled_at: datetime
    unseen: int = 0
    risen_at: datetime | None = None
    ahead: int = 0
    ahead_at: datetime | None = None
