"""What came to be known between two versions of a year's figures, by what each rested on. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from alerts.words import Words, one_line

Json = Mapping[str, Any]
TITLE = 30
SAME = ("counted", "kind", "published_at")  # of a post, what its figures rest on


def later(before: Json, after: Json, words: Words) -> list[str]:
    """Return in sentences why an account's figures differ, by the evidence of two versions."""
    return [
        line for part in (_imports, _posts, _gaps, _rest) for line in part(before, after, words)
    ]


def _imports(before: Json, after: Json, words: Words) -> Iterator[str]:
    known = {one["id"] for one in before["imports"]}
    for one in after["imports"]:
        if one["id"] not in known:
            said = words.text("{file} was imported at {at}: {n} posts")
            at = words.moment(datetime.fromisoformat(one["imported_at"]), year=True)
            yield said.format(file=one_line(one["file"], TITLE), at=at, n=one["posts"])
    for one in known - {one["id"] for one in after["imports"]}:
        yield words.text("import {n} was taken back").format(n=f"#{one}")


def _posts(before: Json, after: Json, words: Words) -> Iterator[str]:
    was, now = _by_key(before), _by_key(after)
    both = [key for key in was if key in now]
    new = [now[key] for key in now if key not in was]
    gone = [was[key] for key in was if key not in now]
    deleted = [now[k] for k in both if now[k]["deleted_at"] and not was[k]["deleted_at"]]
    other = [now[k] for k in both if any(now[k][s] != was[k][s] for s in SAME)]
    for posts, said in (
        (new, words.text("posts that became known: {n} ({posts})")),
        (gone, words.text("posts that fell out: {n} ({posts})")),
        (deleted, words.text("posts that were deleted: {n} ({posts})")),
        (other, words.text("posts dated or counted otherwise: {n} ({posts})")),
    ):
        if posts:
            yield said.format(n=len(posts), posts=_named(posts, words))


def _by_key(proof: Json) -> dict[str, Json]:
    listed = [post for month in proof["months"] for post in month["list"]]
    return {post["key"]: post for post in (*listed, *proof["undated"])}


def _named(posts: Sequence[Json], words: Words) -> str:
    """The first of *posts*, each by its day and title."""
    first = [
        words.text("{day} “{title}”").format(
            day=words.short_day(datetime.fromisoformat(post["published_at"]).date()),
            title=one_line(post["title"], TITLE),
        )
        for post in posts[:3]
    ]
    return words.listing(first) + ("…" if len(posts) > len(first) else "")


def _gaps(before: Json, after: Json, words: Words) -> Iterator[str]:
    was, now = ({(one["from"], one["to"]) for one in proof["gaps"]} for proof in (before, after))
    closed, opened = len(was - now), len(now - was)
    if closed:
        yield words.text("gaps that were closed: {n}").format(n=closed)
    if opened:
        yield words.text("gaps that were found: {n}").format(n=opened)


def _rest(before: Json, after: Json, words: Words) -> Iterator[str]:
    if before["counters"] != after["counters"]:
        yield words.text("another number of followers became known")
    if before["rules"] != after["rules"] or before["count_reposts"] != after["count_reposts"]:
        yield words.text("another rule holds")
    if before.get("exceptions", []) != after.get("exceptions", []):
        yield words.text("agreed silences changed")
