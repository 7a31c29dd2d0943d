"""Posts are counted by days in the transaction that stores them, and a period by those counts."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import create_engine, text

from monitor.ledger.days import day_of
from monitor.model import Dating, PostKind
from monitor.store.base import Store
from monitor.store.sql import open_store
from tests.rule_values import at
from tests.store_values import (
    DAY,
    HOUR,
    NOON,
    RSSHUB,
    WECHAT,
    WEIBO,
    WEWE,
    recorded,
    registered,
    seen,
)

MIDNIGHT = at("02-01 00:00")  # in Beijing, at which NOON's day begins
DATES = [MIDNIGHT + n * HOUR for n in (-49, -25, -24, -1, 0, 1, 11, 23, 24, 25, 49)]
KINDS = (PostKind.ORIGINAL, PostKind.REPOST)


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with posts on both sides of midnights, and one of which no date is known."""
    read = recorded(
        RSSHUB,
        NOON + 9 * DAY,
        *(seen(f"k{n}", date, KINDS[n % 2]) for n, date in enumerate(DATES)),
        seen("undated"),
        first=True,
    )
    registered(store).readings.record([read, recorded(WEWE, NOON, seen("w", NOON - HOUR))])
    return store


def one_by_one(store: Store, since: datetime, until: datetime) -> dict[str, dict[PostKind, int]]:
    found: dict[str, dict[PostKind, int]] = {}
    for account in (WEIBO.id, WECHAT.id):
        for post in store.posts.of_account(account, since, until):
            if post.dating is not Dating.UNKNOWN:
                kinds = found.setdefault(account, {})
                kinds[post.kind] = kinds.get(post.kind, 0) + 1
    return found


BOUNDS = {
    "whole days": (MIDNIGHT - DAY, MIDNIGHT + DAY),
    "whole days and what is left of two": (MIDNIGHT - 25 * HOUR, MIDNIGHT + 25 * HOUR),
    "the last hour of a day and a day": (MIDNIGHT - HOUR, MIDNIGHT + DAY),
    "a day and the first hour of the next": (MIDNIGHT, MIDNIGHT + 25 * HOUR),
    "two ends of days without one between": (MIDNIGHT - HOUR, MIDNIGHT + 2 * HOUR),
    "within one day": (MIDNIGHT + HOUR, MIDNIGHT + 12 * HOUR),
    "nothing": (MIDNIGHT, MIDNIGHT),
    "all that is conceivable": (datetime.min.replace(tzinfo=NOON.tzinfo), NOON + 99 * DAY),
}


@pytest.mark.parametrize(("since", "until"), BOUNDS.values(), ids=BOUNDS)
def test_a_period_has_as_many_posts_as_lie_in_it(
    filled: Store, since: datetime, until: datetime
) -> None:
    # Rows are asked from a year on that any calendar has.
    rows_since = max(since, NOON - 9999 * DAY)
    assert filled.posts.counts(since, until) == one_by_one(filled, rows_since, until)


def test_what_is_dated_anew_taken_back_or_vanishes_is_counted_anew(filled: Store) -> None:
    read = recorded(
        RSSHUB, NOON + 10 * DAY, seen("k9", MIDNIGHT - 30 * HOUR), seen("undated", NOON)
    )
    filled.readings.record([read])
    whole = (NOON - 99 * DAY, NOON + 99 * DAY)
    assert filled.posts.counts(*whole) == one_by_one(filled, *whole)
    assert filled.posts.recounted_days() == []


HAND = {
    "a number that is another": "UPDATE post_days SET posts = 99",
    "a day that is gone": "DELETE FROM post_days",
    "a day too many": "INSERT INTO post_days (day, account, kind, posts)"
    " SELECT 1, account, kind, posts FROM post_days GROUP BY account",
}


@pytest.mark.parametrize("statement", HAND.values(), ids=HAND)
def test_counts_that_were_changed_by_hand_are_found_and_set_right(
    sqlite_url: str, statement: str
) -> None:
    store = registered(open_store(sqlite_url, NOON))
    store.readings.record([recorded(RSSHUB, NOON, seen("k", NOON - DAY))])
    right = store.posts.counts(NOON - 9 * DAY, NOON + DAY)
    assert day_of(NOON - DAY) != day_of(NOON)
    engine = create_engine(sqlite_url)
    with engine.begin() as by_hand:
        by_hand.execute(text(statement))
    engine.dispose()
    assert store.posts.recounted_days() == [WEIBO.id]
    assert store.posts.recounted_days() == []
    assert store.posts.counts(NOON - 9 * DAY, NOON + DAY) == right
    store.close()
