"""Posts that are one although they bear two keys: a list without links names no post. Pure.

A console's export may give only a title and a time. Its key is then made of those, and the
same post read through a gateway has another. Such a row is taken for the post that has its
words and its time.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.ledger.periods import midnight
from monitor.model import Post
from monitor.store.base import ImportedPost

NEAR = timedelta(minutes=5)  # between a console's time and a feed's of one post
LEAST = 8  # characters that must agree where one of the two titles is cut short
NAMELESS = "title:"  # how a key begins that is made of words
CUT = re.compile(r"(?:\.{3}|…|全文|展开)+$")

Index = Mapping[date, Sequence[Post]]


def matched(
    rows: Sequence[ImportedPost], known: Mapping[str, Sequence[Post]], zone: ZoneInfo
) -> list[ImportedPost]:
    """Return *rows* with those that name no post put under the key of the one they are.

    *known*: the stored posts that have a name, by account.
    """
    indexes = {account: _index(posts, zone) for account, posts in known.items()}
    return [_matched(row, indexes.get(row.account, {}), zone) for row in rows]


def without_doubles(posts: Sequence[Post], zone: ZoneInfo) -> list[Post]:
    """Return *posts* without those that name no post and are another one of them."""
    nameless = [post for post in posts if post.key.startswith(NAMELESS)]
    if not nameless:
        return list(posts)
    index = _index(posts, zone)
    doubles = {p.key for p in nameless if _same(p.title, p.published_at, index, zone)}
    return [post for post in posts if post.key not in doubles]


def plain(title: str) -> str:
    """Return *title* without what platforms and consoles write differently."""
    text = "".join(unicodedata.normalize("NFKC", title).split())
    return CUT.sub("", text).casefold()


def _index(posts: Iterable[Post], zone: ZoneInfo) -> dict[date, list[Post]]:
    found: dict[date, list[Post]] = {}
    for post in posts:
        if not post.key.startswith(NAMELESS):
            found.setdefault(_day(post.published_at, zone), []).append(post)
    return found


def _matched(row: ImportedPost, index: Index, zone: ZoneInfo) -> ImportedPost:
    post = row.post
    if not post.key.startswith(NAMELESS) or post.stated_at is None:
        return row
    known = _same(post.title, post.stated_at, index, zone)
    if known is None:
        return row
    # The other's date is the better one: a day without its hour would move it to midnight.
    stated_at = known.published_at if _day_only(post.stated_at, zone) else post.stated_at
    return replace(row, post=replace(post, key=known.key, stated_at=stated_at))


def _same(title: str, at: datetime, index: Index, zone: ZoneInfo) -> Post | None:
    wanted = plain(title)
    for post in index.get(_day(at, zone), ()):
        near = _day_only(at, zone) or abs(post.published_at - at) <= NEAR
        if near and _alike(wanted, plain(post.title)):
            return post
    return None


def _alike(one: str, other: str) -> bool:
    shorter = min(len(one), len(other))
    return one == other or (shorter >= LEAST and one[:shorter] == other[:shorter])


def _day_only(at: datetime, zone: ZoneInfo) -> bool:
    return at == midnight(_day(at, zone), zone)


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(UTC).astimezone(zone).date()
