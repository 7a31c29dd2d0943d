"""What a year follows from is kept in the transaction of its facts, and made anew where wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from random import Random

import pytest
from sqlalchemy import create_engine, text

from monitor.ledger.records import ImportedPost
from monitor.model import Outcome, PostKind, Pulse, SeenPost
from monitor.store.base import Store
from monitor.store.protocols.ledger import Recorded
from monitor.store.sql import open_store
from tests.store_values import BACKUP, DAY, HOUR, NOON, RSSHUB, WECHAT, WEWE, recorded, registered


def article(key: str, hours: float, title: str = "公告", push: str | None = "p1") -> SeenPost:
    """Return an article of so many hours after noon."""
    at = NOON + hours * HOUR
    return SeenPost(f"wx:{key}", title, f"https://e.cn/{key}", PostKind.ARTICLE, at, push)


def covering(source: str, begin: float, end: float, *posts: SeenPost) -> Recorded:
    """Return a reading that covers so many hours after noon."""
    made = recorded(source, NOON + end * HOUR, *posts)
    return replace(made, reading=replace(made.reading, covers_from=NOON + begin * HOUR))


@pytest.fixture
def by_hand(sqlite_url: str) -> Iterator[tuple[Store, str]]:
    """A store in which something of each kind is kept of the WeChat account, with its address."""
    with closing(registered(open_store(sqlite_url, NOON))) as store:
        store.readings.record([covering(WEWE, 0, 6, article("1", 1), article("2", 2, "通知"))])
        store.readings.record([covering(WEWE, 6, 12, article("3", 7, push=None))])
        yield store, sqlite_url


def changed(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def rows(url: str, wanted: str) -> list[tuple[object, ...]]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(wanted))]
    engine.dispose()
    return found


HAND = {
    "stretches that are gone": "DELETE FROM stretches",
    "a stretch that is longer": "UPDATE stretches SET until = until + 3600000000",
    "a reading that is newer": "UPDATE stretches SET read_at = read_at + 1",
    "what no reading covers": "INSERT INTO stretches SELECT source, 1, since, until, read_at"
    " FROM stretches",
    "pushes that are gone": "DELETE FROM push_days",
    "a push with more articles": "UPDATE push_days SET posts = 9",
    "a push too many": "INSERT INTO push_days SELECT account, day, 'p9', 1 FROM push_days",
    "a doubled day that is gone": "DELETE FROM doubled_days",
    "a doubled day too many": "INSERT INTO doubled_days SELECT account, 1 FROM doubled_days",
}


@pytest.mark.parametrize("statement", HAND.values(), ids=HAND)
def test_what_was_changed_by_hand_is_found_and_made_anew(
    by_hand: tuple[Store, str], statement: str
) -> None:
    store, url = by_hand
    tables = ("stretches", "push_days", "doubled_days")
    right = [rows(url, f"SELECT * FROM {table}") for table in tables]
    assert all(right)
    changed(url, statement)
    assert store.posts.recounted_days() == [WECHAT.id]
    assert store.posts.recounted_days() == []
    assert [rows(url, f"SELECT * FROM {table}") for table in tables] == right


DAMAGED = {
    "an end that is none": "UPDATE stretches SET until = 'soon'",
    "a day that is none": "UPDATE push_days SET day = 'today'",
}


@pytest.mark.parametrize("statement", DAMAGED.values(), ids=DAMAGED)
def test_what_cannot_be_is_mended_out_of_the_facts(
    by_hand: tuple[Store, str], statement: str
) -> None:
    store, url = by_hand
    changed(url, statement)
    assert store.damages.mend() == 1
    assert store.posts.recounted_days() == []


def test_readings_that_go_on_are_one_stretch_and_a_gap_begins_another(
    by_hand: tuple[Store, str],
) -> None:
    store, url = by_hand
    assert rows(url, "SELECT count(*) FROM stretches") == [(1,)]
    store.readings.record([covering(WEWE, 13, 14)])
    assert rows(url, "SELECT count(*) FROM stretches") == [(2,)]
    store.readings.record([covering(WEWE, 11, 15)])
    assert store.posts.recounted_days() == []


def test_what_readings_cover_is_kept_in_whatever_order_they_are_stored(store: Store) -> None:
    registered(store)
    draw = Random(1)
    made = [
        covering(source, hour - draw.choice((1, 3, 5)), hour)
        for source in (RSSHUB, BACKUP, WEWE)
        for hour in range(0, 90, 3)
    ]
    draw.shuffle(made)
    for n in range(0, len(made), 9):
        some = made[n : n + 9]
        weak = replace(some[0], reading=replace(some[0].reading, pulse=Pulse.WEAK))
        failed = recorded(RSSHUB, NOON + (200 + n) * HOUR, outcome=Outcome.TRANSPORT)
        store.readings.record([weak, *some[1:], failed])
    assert store.posts.recounted_days() == []


def test_readings_of_a_clock_ahead_cover_nothing_any_more(store: Store) -> None:
    registered(store).readings.record([covering(WEWE, 0, 6)])
    store.readings.record([covering(WEWE, 6, 600)])
    assert store.undo_ahead(NOON + 7 * HOUR)
    assert store.posts.recounted_days() == []


Step = Sequence[SeenPost]
COURSES: dict[str, list[Step]] = {
    "one title on two days": [[article("1", 0)], [article("2", 24)]],
    "one title twice in one reading": [[article("1", 0), article("2", 1)]],
    "one title again on the same day": [[article("1", 0)], [article("2", 1)]],
    "one title again in the same batch, seen at two times": [
        [article("1", 0), replace(article("2", 1), seen_at=NOON + HOUR)]
    ],
    "a title that becomes another": [
        [article("1", 0)],
        [article("2", 1)],
        [article("2", 1, "更正")],
    ],
    "a title that becomes that of another": [
        [article("1", 0)],
        [article("2", 1, "通知")],
        [article("2", 1, "公告")],
    ],
    "a date that moves to the day of another": [
        [article("1", 0)],
        [article("2", 25)],
        [article("2", 1)],
    ],
    "a push that becomes known": [[article("1", 0, push=None)], [article("1", 0)]],
}


@pytest.mark.parametrize("course", COURSES.values(), ids=COURSES)
def test_pushes_and_doubles_follow_their_articles(
    sqlite_store: Store, course: Sequence[Step]
) -> None:
    registered(sqlite_store)
    for n, shown in enumerate(course):
        sqlite_store.readings.record([covering(WEWE, 30 + n, 31 + n, *shown)])
        assert sqlite_store.posts.recounted_days() == []


def test_an_import_and_its_undoing_leave_what_was_kept(by_hand: tuple[Store, str]) -> None:
    store, url = by_hand
    tables = ("push_days", "doubled_days")
    before = [rows(url, f"SELECT * FROM {table}") for table in tables]
    some = [ImportedPost(WECHAT.id, article(f"{n}", n)) for n in range(9)]
    made = store.imports.add(some, [], "a.csv", NOON + DAY)
    assert store.posts.recounted_days() == []
    assert [rows(url, f"SELECT * FROM {table}") for table in tables] != before
    assert made.id is not None
    store.imports.undo(made.id, NOON + DAY)
    assert store.posts.recounted_days() == []
    assert [rows(url, f"SELECT * FROM {table}") for table in tables] == before
