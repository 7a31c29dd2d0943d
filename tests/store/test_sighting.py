"""What a post is known to be does not depend on the order in which it was learnt."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import reduce
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.ledger.records import ImportedPost
from monitor.model import Dating, Post, PostKind, SeenPost
from monitor.store import merging
from monitor.store.engine import connect
from monitor.store.protocols.ledger import Recorded
from monitor.store.sighting import Sighting, as_known_at, known, merged, seen
from monitor.store.sql import open_store
from tests.store_values import (
    BACKUP,
    HOUR,
    NOON,
    RSSHUB,
    WECHAT,
    WEIBO,
    WEWE,
    recorded,
    registered,
)
from tests.store_values import seen as item

hours = st.integers(-48, 48).map(lambda n: NOON + n * HOUR)
items = st.builds(
    SeenPost,
    key=st.sampled_from("abc"),
    title=st.sampled_from(["一", "二", "三"]),
    url=st.just(""),
    kind=st.sampled_from(PostKind),
    stated_at=st.none() | hours,
    push=st.none() | st.sampled_from(["p", "q"]),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Recorded]:
    """Readings of three sources, each at an instant of its own, undated and future dates too."""
    instants = draw(st.lists(hours, unique=True, min_size=1, max_size=8))
    return [
        recorded(
            draw(st.sampled_from([RSSHUB, BACKUP, WEWE])),
            at,
            *draw(st.lists(items, max_size=3, unique_by=lambda one: one.key)),
            first=draw(st.booleans()),
        )
        for at in instants
    ]


def sightings(history: Sequence[Recorded], key: str, source: str) -> list[Sighting]:
    return [
        seen(post, source, one.reading.started_at, one.first)
        for one in history
        for post in one.posts
        if (post.key, one.reading.source) == (key, source)
    ]


@given(histories(), st.randoms(use_true_random=False))
def test_sightings_of_one_source_add_up_to_the_same_in_any_order(
    history: list[Recorded], shuffled: random.Random
) -> None:
    for key in "abc":
        one = sightings(history, key, RSSHUB)
        other = shuffled.sample(one, len(one))
        assert not one or reduce(merged, one) == reduce(merged, other)


@given(histories())
def test_a_posts_date_is_the_earliest_stated_or_seen(history: list[Recorded]) -> None:
    for key in "abc":
        found = [s for source in (RSSHUB, BACKUP) for s in sightings(history, key, source)]
        if found:
            dates = [s.stated_at for s in found if s.stated_at] + [s.first_seen_at for s in found]
            by_source = {
                s.source: reduce(merged, [o for o in found if o.source == s.source]) for s in found
            }
            assert known(by_source.values()).published_at == min(dates)


def ledger(folder: str, batches: Sequence[Sequence[Recorded]]) -> list[list[Post]]:
    """Return the posts of both accounts after recording *batches* in that order."""
    store = registered(open_store(f"sqlite:///{folder}/{len(list(Path(folder).iterdir()))}", NOON))
    for batch in batches:
        store.readings.record(batch)
    try:
        return [list(store.posts.of_account(account.id)) for account in (WEIBO, WECHAT)]
    finally:
        store.close()


@pytest.mark.long
@settings(max_examples=15, deadline=None)
@given(histories(), st.randoms(use_true_random=False), st.integers(1, 8))
def test_F31_the_ledger_is_the_same_in_whatever_order_and_batches_readings_arrive(
    history: list[Recorded], shuffled: random.Random, size: int
) -> None:
    mixed = shuffled.sample(history, len(history))
    with TemporaryDirectory() as folder:
        assert ledger(folder, [[one] for one in history]) == ledger(
            folder, [mixed[n : n + size] for n in range(0, len(mixed), size)]
        )


@settings(max_examples=15, deadline=None)
@given(histories(), st.lists(items, max_size=4), st.lists(items, max_size=4))
def test_F42_a_recount_from_the_raw_rows_is_what_is_stored(
    history: list[Recorded], first: list[SeenPost], second: list[SeenPost]
) -> None:
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/x.db"
        store = registered(open_store(url, NOON))
        for n, rows in enumerate((first, second)):
            store.imports.add([ImportedPost(WEIBO.id, p) for p in rows], [], f"{n}", NOON)
            store.readings.record(history[n::2])
        store.imports.undo(1, NOON)
        assert store.posts.recounted_days() == []
        store.close()
        database = connect(url)
        with database.reading() as connection:
            for account in (WEIBO, WECHAT):
                for entry in merging.load_account(connection, account.id).values():
                    assert entry.stored == entry.known
        database.close()


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        pytest.param(NOON - HOUR, None, id="not seen yet"),
        pytest.param(NOON, (NOON, Dating.SEEN, None), id="seen, its date not stated yet"),
        pytest.param(NOON + HOUR, (NOON - HOUR, Dating.STATED, None), id="its date was stated"),
        pytest.param(NOON + 2 * HOUR, (NOON - HOUR, Dating.STATED, NOON + 2 * HOUR), id="gone"),
        pytest.param(NOON + 3 * HOUR, (NOON - HOUR, Dating.STATED, None), id="back again"),
    ],
)
def test_a_sighting_as_it_was_known(
    at: datetime, expected: tuple[datetime, Dating, datetime | None] | None
) -> None:
    history = [
        seen(item("a"), RSSHUB, NOON, first=False),
        seen(item("a", NOON - HOUR), RSSHUB, NOON + HOUR, first=False),
        seen(item("a", NOON - HOUR), RSSHUB, NOON + 3 * HOUR, first=False),
    ]
    whole = replace(reduce(merged, history), deleted_at=NOON + 2 * HOUR)
    then = as_known_at(whole, at)
    post = known([then]) if then else None
    assert expected == (post and (post.published_at, post.dating, post.deleted_at))
