"""Posts that are one although they bear two keys. Pure.

A console's export may give only a title and a time. Its key is then made of those, and the
same post read through a gateway has another. Such a row is taken for the post that has its
words and its time.

When a WeChat account migrates (账号迁移), its old articles are listed again under the new
account's number. Such an article is taken for the one that was seen before.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

from monitor.ledger.days import BEIJING
from monitor.ledger.periods import midnight
from monitor.ledger.records import ImportedPost
from monitor.model import Dating, Post

NEAR = timedelta(minutes=5)  # between a console's time and a feed's of one post
LEAST = 8  # characters that must agree where one of the two titles is cut short
NAMELESS = "title:"  # how a key begins that is made of words
ARTICLE = "wx:"  # how the key of a WeChat article begins
MIGRATED = 3  # as many articles listed again in one reading are a migration, not a chance
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
    """Return one account's *posts* without those that are another one of them: those that name
    no post, and articles that a migration listed again."""
    nameless = [post for post in posts if post.key.startswith(NAMELESS)]
    index = _index(posts, zone) if nameless else {}
    doubles = {p.key for p in nameless if _same(p.title, p.published_at, index, zone)}
    doubles |= _listed_again(posts, zone)
    return [post for post in posts if post.key not in doubles]


def alike(posts: Iterable[Any]) -> bool:
    """Return whether any two of *posts*, of one account, may be one that is listed again: articles
    of one title and day, under two keys, of which one was seen first before the other."""
    return bool(_pairs(posts, BEIJING))


def _listed_again(posts: Iterable[Post], zone: ZoneInfo) -> set[str]:
    """The keys of articles that were known before under another one.

    The same words and the same second are one article. Of one day only, they are where the
    account's number is another one, or where the same reading listed many again: an office may
    well publish two notices of one title in one day.
    """
    pairs = _pairs(posts, zone)
    exact = [
        later
        for earlier, later in pairs
        if later.published_at == earlier.published_at and later.published_until is None
    ]
    at_once = Counter(post.first_seen_at for post in exact)
    moved = {at for at, n in at_once.items() if n >= MIGRATED}
    return {post.key for post in exact} | {
        later.key
        for earlier, later in pairs
        if later.first_seen_at in moved or _renumbered(earlier.key, later.key)
    }


def _pairs(posts: Iterable[Post], zone: ZoneInfo) -> list[tuple[Post, Post]]:
    """Articles of one title and day under two keys, the one seen first before the other."""
    alike: dict[tuple[str, date], list[Post]] = {}
    for post in posts:
        if post.key.startswith(ARTICLE) and post.title and post.dating is Dating.STATED:
            alike.setdefault((plain(post.title), _day(post.published_at, zone)), []).append(post)
    found = (combinations(sorted(some, key=_seen), 2) for some in alike.values())
    return [
        (one, other)
        for pairs in found
        for one, other in pairs
        if one.first_seen_at < other.first_seen_at
    ]


def _seen(post: Post) -> datetime:
    return post.first_seen_at


def _renumbered(one: str, other: str) -> bool:
    """Whether two keys name their account, and another one."""
    numbers = [key.removeprefix(ARTICLE).split("/") for key in (one, other)]
    return all(len(parts) == 3 for parts in numbers) and numbers[0][0] != numbers[1][0]


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
    # The other's date is the better one where a bare midnight stands for a day.
    day_only = post.stated_until is None and _day_only(post.stated_at, zone)
    stated_at = known.published_at if day_only else post.stated_at
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
