"""Blind, not silent: the platform's own count of posts beside what its list shows. Pure.

The count rises when something is published, whether or not the list shows it (lists leave posts
out for visitors, at random or for good). A rise that no post explains means that the account
was not silent, so no silence may be asserted across it. Decides nothing about verdicts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.counted import Tally
from monitor.model import SeenPost

LAG = timedelta(days=1)  # list and count are cached apart; which is ahead differs


def tallied(
    before: Tally | None, posts: int | None, new: Sequence[SeenPost], now: datetime
) -> Tally | None:
    """Return the tally after a reading at *now* that counted *posts* and showed *new* ones.

    *posts* is None where nothing was counted: then nothing changes, but *new* must be given
    again with the next count. *new*: public posts of the window not known before, pins and
    reposts among them. A count that falls (a deletion) lets unseen posts go first.
    """
    if posts is None:
        return before
    if before is None or before.settled_at > now:
        return Tally(posts, now)
    shown = sum(_explains(post, before.settled_at - LAG) for post in new)
    carried = before.ahead if before.ahead_at and now - before.ahead_at < LAG else 0
    net = before.unseen + posts - before.posts - shown - carried
    unseen, ahead = max(net, 0), min(max(-net, 0), shown + carried)
    return Tally(
        posts=posts,
        settled_at=before.settled_at if unseen else now,
        unseen=unseen,
        risen_at=_risen_at(before, unseen, now),
        ahead=ahead,
        ahead_at=(now if shown else before.ahead_at) if ahead else None,
    )


def _explains(post: SeenPost, since: datetime) -> bool:
    """An old post that comes back was counted long ago and explains no rise of today."""
    return post.stated_at is None or post.stated_at >= since


def _risen_at(before: Tally, unseen: int, now: datetime) -> datetime | None:
    if unseen > before.unseen:
        return now
    return before.risen_at if unseen else None
