"""The window of a reading with the dates that hold for its posts. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from monitor.model import SeenPost, SourceMemory, Validators
from monitor.sources.base import Fetched

Window = tuple[tuple[str, datetime], ...]  # keys and dates, the newest first


def window_of(
    posts: Sequence[SeenPost], memory: SourceMemory, now: datetime, unproven: datetime
) -> Window:
    """Return *posts* with their dates, the newest first. *unproven* as in `effective`."""
    before = dict(memory.window)
    dated = [(post.key, effective(post, before, now, unproven)) for post in posts]
    return tuple(sorted(dated, key=lambda one: one[1], reverse=True))


def effective(
    post: SeenPost, before: Mapping[str, datetime], now: datetime, unproven: datetime
) -> datetime:
    """Return the date that holds for *post*: the earliest that was ever stated or taken.

    *before*: the dates taken at earlier readings. *unproven*: the date of a post that states
    none, or one that is still to come at *now*.
    """
    stated = post.stated_at if post.stated_at and post.stated_at <= now else unproven
    return min(stated, before.get(post.key, stated))


def validators_of(fetched: Fetched, memory: SourceMemory) -> Validators:
    """Return the validators to send next time: a 304 need not repeat them."""
    sent = fetched.validators
    return sent if sent.etag or sent.last_modified else memory.validators
