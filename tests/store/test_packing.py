"""What a post and its sightings would both say is stored once, and read as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import PostKind, SeenPost
from monitor.store import packing
from monitor.store.sighting import Sighting, known, seen
from tests.store_values import BACKUP, DAY, HOUR, NOON, RSSHUB

POST = SeenPost("k", "通知", "https://x.cn/1", PostKind.ORIGINAL, NOON - DAY)
ONE = seen(POST, RSSHUB, NOON, first=False)
IMPORTED = seen(POST, "import:3", NOON + DAY, first=True)

# Sightings of one post, and how many rows they take beside the post's own.
STANDING: dict[str, tuple[list[Sighting], int]] = {
    "one sighting stands in the post's row": ([ONE], 0),
    "so does one without a date": ([seen(replace(POST, stated_at=None), RSSHUB, NOON, True)], 0),
    "and one of a date to come": (
        [seen(replace(POST, stated_at=NOON + DAY), RSSHUB, NOON, False)],
        0,
    ),
    "and one whose date was stated later": ([replace(ONE, stated_first_at=NOON + HOUR)], 0),
    "and one that is lost": ([replace(ONE, deleted_at=NOON + HOUR)], 0),
    "one that was lost and found again says more": (
        [replace(ONE, deleted_at=NOON + HOUR, last_seen_at=NOON + DAY)],
        1,
    ),
    "one whose date nobody knows the first sight of": ([replace(ONE, stated_first_at=None)], 1),
    "two sources that say the same": ([ONE, replace(ONE, source=BACKUP)], 2),
    "a source and an import that say otherwise": (
        [ONE, replace(IMPORTED, title="公告", kind=PostKind.UNKNOWN, push="p1")],
        2,
    ),
}


def stored(shown: list[Sighting]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    by_source = {one.source: one for one in shown}
    come_to = known(shown)
    return packing.post_row(come_to, by_source), packing.sighting_rows(come_to, by_source)


def read(shown: list[Sighting]) -> list[Sighting]:
    """What is read of the rows that *shown* are stored in."""
    row, others = stored(shown)
    come_to = known(shown)
    if row["last_seen_at"] is not None:
        assert others == {}
        return [packing.unpacked_within(come_to, tuple(row[name] for name in packing.WITHIN))]
    return [packing.unpacked(come_to, tuple(one.values())) for one in others.values()]


@pytest.mark.parametrize(("shown", "rows"), STANDING.values(), ids=STANDING)
def test_a_sighting_is_read_as_it_was_stored(shown: list[Sighting], rows: int) -> None:
    assert read(shown) == shown
    assert len(stored(shown)[1]) == rows


def test_words_that_are_the_posts_own_stand_there_alone() -> None:
    _, rows = stored([ONE, replace(ONE, source=BACKUP, url="https://m.x.cn/1")])
    words = {source: [row[name] for name in packing.WORDS] for source, row in rows.items()}
    assert words == {BACKUP: [None] * 3, RSSHUB: [None, None, POST.url]}


moments = st.integers(-3, 3).map(lambda n: NOON + n * HOUR)
sightings = st.builds(
    replace,
    st.just(ONE),
    source=st.sampled_from([RSSHUB, BACKUP, "import:1"]),
    kind=st.sampled_from(PostKind),
    title=st.sampled_from(["一", "二"]),
    push=st.none() | st.just("p"),
    stated_at=st.none() | moments,
    stated_first_at=st.none() | moments,
    first_seen_at=moments,
    last_seen_at=moments,
    on_first_reading=st.booleans(),
    said=st.binary(max_size=8),
    deleted_at=st.none() | moments,
    stated_until=st.none() | moments,
    unseen_at=st.none() | moments,
)


@given(st.lists(sightings, min_size=1, max_size=3, unique_by=lambda one: one.source))
def test_whatever_was_shown_is_read_as_it_was_stored(shown: list[Sighting]) -> None:
    assert read(shown) == shown


@given(sightings)
def test_one_sighting_comes_to_what_it_comes_to_beside_its_like(shown: Sighting) -> None:
    assert known([shown]) == known([shown, replace(shown, source=f"{shown.source}~")])


MARKS = {
    "its key alone is not written": ({"k"}, None),
    "what else it bears is": ({"k", "title:1@2", 'guid:"它"'}, '["guid:\\"它\\"","title:1@2"]'),
}


@pytest.mark.parametrize(("marks", "text"), MARKS.values(), ids=MARKS)
def test_marks_are_read_as_they_were_stored(marks: set[str], text: str | None) -> None:
    assert packing.marks_text("k", marks) == text
    assert packing.marks_of("k", text) == marks


@pytest.mark.parametrize("text", ["x", "7", "[1, null]", "{}", ""])
def test_of_damaged_marks_the_key_is_left(text: str) -> None:
    assert packing.marks_of("k", text) == {"k"}


def test_marks_are_looked_up_by_a_number_of_their_account() -> None:
    found = {packing.mark_digest(a, m) for a in ("a", "b") for m in ("guid:1", "guid:2")}
    assert len(found) == 4
    assert all(-(2**63) <= one < 2**63 for one in found)


new_posts = st.builds(
    replace,
    st.just(POST),
    push=st.none() | st.just("p"),
    stated_at=st.none() | moments,
    stated_until=st.none() | moments,
    unseen_at=st.none() | moments,
    seen_at=st.none() | moments,
)


@given(new_posts, moments, st.booleans())
def test_the_row_of_a_new_post_is_the_one_that_its_sighting_comes_to(
    post: SeenPost, at: datetime, first: bool
) -> None:
    shown = seen(post, RSSHUB, at, first)
    row = packing.post_row(known([shown]), {RSSHUB: shown})
    assert packing.first_row(post, 7, at, first) == {**row, "source": 7}
