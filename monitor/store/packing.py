"""How a post and its sightings stand in rows: what one would repeat of the other stands once. Pure.

A post that one source shows is one row, its sighting in it. One that several show has a row for
each sighting, without the words that are the post's own. What is packed is unpacked the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from json.encoder import encode_basestring as as_json
from typing import Any

from monitor.model import SeenPost
from monitor.store.rows import columns_of
from monitor.store.sighting import Known, Sighting, dated, digest

Row = dict[str, Any]
WITHIN = (
    "last_seen_at",
    "on_first_reading",
    "said",
    "stated_at",
    "stated_first_at",
    "stated_until",
    "unseen_at",
)  # what a post's row holds of its one sighting
NONE_WITHIN: Mapping[str, None] = dict.fromkeys(WITHIN)
WORDS = ("kind", "title", "url")  # which a sighting's own row leaves out where they are the post's


def post_row(known: Known, sightings: Mapping[str, Sighting]) -> Row:
    """Return the row of a post, all that its *sightings* come to, with its sighting if it is one
    that fits in."""
    row = columns_of(known)
    if len(sightings) == 1:
        (seen,) = sightings.values()
        if fits(known, seen):
            row.update(_within(known, seen))
            return row
    row.update(NONE_WITHIN)
    return row


def first_row(post: SeenPost, source: int | None, at: datetime, first: bool) -> Row:
    """Return the row of a post of which nothing is known yet, as the source of that number has
    shown it: the one that `post_row` gives for its sighting, in a third of the time."""
    stated_at, seen_at = post.stated_at, post.seen_at
    first_seen_at = at if seen_at is None or at < seen_at else seen_at
    published_at, dating, until = dated(
        stated_at, post.stated_until, post.unseen_at, first_seen_at, first
    )
    return {
        "kind": post.kind,
        "title": post.title,
        "url": post.url,
        "push": post.push or None,
        "published_at": published_at,
        "dating": dating,
        "first_seen_at": first_seen_at,
        "source": source,
        "deleted_at": None,
        "published_until": until,
        "last_seen_at": at,
        "on_first_reading": first,
        "said": digest(post),
        "stated_at": stated_at,
        "stated_first_at": None if stated_at is None or first_seen_at == at else at,
        "stated_until": post.stated_until,
        "unseen_at": post.unseen_at,
    }


def sighting_rows(known: Known, sightings: Mapping[str, Sighting]) -> dict[str, Row]:
    """Return the rows of the *sightings* of a post by source; none where the post's holds it."""
    if len(sightings) == 1 and fits(known, next(iter(sightings.values()))):
        return {}
    return {source: _own_row(known, seen) for source, seen in sightings.items()}


def fits(known: Known, seen: Sighting) -> bool:
    """Return whether *seen*, the one sighting of a post, can stand in the post's row."""
    dated = seen.stated_at is not None
    return (
        dated == (seen.stated_first_at is not None)
        and seen.source == known.source
        and seen.first_seen_at == known.first_seen_at
        and seen.deleted_at == known.deleted_at
        and seen.kind is known.kind
        and (seen.title, seen.url, seen.push) == (known.title, known.url, known.push)
    )


def _within(known: Known, seen: Sighting) -> Row:
    first = seen.stated_first_at
    return {
        "last_seen_at": seen.last_seen_at,
        "on_first_reading": seen.on_first_reading,
        "said": seen.said,
        "stated_at": seen.stated_at,
        "stated_first_at": None if first == known.first_seen_at else first,
        "stated_until": seen.stated_until,
        "unseen_at": seen.unseen_at,
    }


def unpacked_within(known: Known, values: tuple[Any, ...]) -> Sighting:
    """Return the sighting in a post's row out of the values of `WITHIN`."""
    last_seen_at, on_first_reading, said, stated_at, first, until, unseen_at = values
    return Sighting(
        known.source,
        known.kind,
        known.title,
        known.url,
        known.push,
        stated_at,
        None if stated_at is None else first or known.first_seen_at,
        known.first_seen_at,
        last_seen_at,
        bool(on_first_reading),
        said or b"",
        known.deleted_at,
        until,
        unseen_at,
    )


def _own_row(known: Known, seen: Sighting) -> Row:
    row = columns_of(seen)
    for name in WORDS:
        if row[name] == getattr(known, name):
            row[name] = None
    return row


def unpacked(known: Known, values: tuple[Any, ...]) -> Sighting:
    """Return the sighting of a post out of a row of its own, its values as `Sighting` has them."""
    seen = Sighting(*values)
    return replace(
        seen,
        kind=seen.kind or known.kind,
        title=known.title if seen.title is None else seen.title,
        url=known.url if seen.url is None else seen.url,
    )


def marks_text(key: str, marks: Iterable[str]) -> str | None:
    """Return the *marks* of a post as its row keeps them: its key is one of them anyhow."""
    others = sorted({*marks} - {key})
    return f"[{','.join(map(as_json, others))}]" if others else None


def marks_of(key: str, text: str | None) -> frozenset[str]:
    """Return the marks of a post; its key alone where the rest was damaged."""
    with suppress(ValueError, RecursionError):
        read = json.loads(text or "[]")
        if isinstance(read, list):
            return frozenset({key, *(one for one in read if isinstance(one, str))})
    return frozenset({key})


def mark_digest(account: str, mark: str) -> int:
    """Return by which number a *mark* of the account's posts is looked up."""
    found = blake2b(f"{account}\n{mark}".encode(), digest_size=8).digest()
    return int.from_bytes(found, signed=True)
