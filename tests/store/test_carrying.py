"""A database of before is carried over whole, by both kinds of database, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from monitor.counted import DayCount
from monitor.ledger.folding import Fold
from monitor.ledger.records import ImportedPost
from monitor.model import Folded, Outcome, PostKind
from monitor.store.base import Store
from monitor.store.engine import connect
from monitor.store.migrating import revision
from monitor.store.sql import open_store
from monitor.store.watching import ADVANCE
from tests.store.former import LAST_LOOSE, write_as_before
from tests.store_values import (
    BACKUP,
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

COUNTS = {WEIBO.id: True, WECHAT.id: False}
MARKED = replace(seen("k9", NOON - DAY), marks=("k9", "guid:9", "title:它@20240101T000000Z"))
OPEN = replace(seen("k8", NOON - DAY), stated_until=NOON - DAY + timedelta(minutes=1))
LAST = NOON + 10 * DAY


def lived(store: Store) -> None:
    """What sources and imports show in ten days: whatever a post or a reading may be like."""
    plain = [seen(f"k{n}", NOON - n * HOUR) for n in range(3)]
    coming = seen("k5", NOON + 3 * DAY, title="明天")
    undated = replace(seen("k6", kind=PostKind.UNKNOWN), unseen_at=NOON - HOUR)
    old = seen("k7", datetime.fromisoformat("1969-12-31T23:59:59.123456+00:00"))
    for one in (
        recorded(RSSHUB, NOON, *plain, undated, first=True),
        recorded(RSSHUB, NOON + HOUR, *plain, coming, MARKED, OPEN, old),
        recorded(BACKUP, NOON + 2 * HOUR, *plain[:2], replace(MARKED, title="公告"), first=True),
        recorded(RSSHUB, NOON + 3 * HOUR, *plain[:1], deleted=("k1", "k2")),
        recorded(RSSHUB, NOON + 4 * HOUR, plain[2]),
        recorded(
            WEWE, NOON + HOUR, seen("w1", NOON, PostKind.REPOST), seen("w2", kind=PostKind.ARTICLE)
        ),
        *(recorded(WEWE, NOON + n * HOUR, outcome=Outcome.TRANSPORT) for n in range(20, 26)),
    ):
        store.readings.record([one])
    gap = recorded(WEWE, NOON + 2 * DAY)
    found = replace(gap.reading, gap_from=NOON, title="新名", unseen=2, risen_at=NOON + DAY)
    store.readings.record([replace(gap, reading=found)])
    rows = [ImportedPost(WEIBO.id, seen(f"k{n}", NOON - 2 * n * HOUR)) for n in (1, 20, 21)]
    for name, some in (("a.csv", rows), ("b.csv", rows[1:])):
        store.imports.add(some, [], name, NOON + 3 * DAY)
    store.imports.undo(2, NOON + 4 * DAY)
    store.days.keep(WECHAT.id, DayCount(date(2024, 1, 31), 2), WEWE, NOON)
    failed = [one for one in store.readings.of_account(WECHAT.id, NOON) if not one.good]
    kept = replace(
        failed[-1], folded=Folded(failed[0].started_at, HOUR, ((Outcome.TRANSPORT, len(failed)),))
    )
    store.readings.fold([Fold(kept, tuple(failed[:-1]))])


def said(store: Store) -> list[Any]:
    """All that is said of the accounts, now and at earlier instants."""
    moments = [NOON + n * HOUR for n in (0, 1, 2, 3, 5, 48, 100)]
    found: list[Any] = [store.accounts.facts(COUNTS), store.imports.listed()]
    found += [store.posts.counts(NOON - 9000 * DAY, LAST), store.posts.recounted_days()]
    for account in COUNTS:
        found += [
            store.posts.of_account(account),
            store.posts.recounted(account),
            store.readings.of_account(account, NOON - 9000 * DAY),
            store.imports.spans(account),
            store.posts.bearing(account, ["k0", "guid:9", "k21", "nothing"]),
            store.days.known(account, date.min, date.max),
        ]
    for at in moments:
        found.append(store.accounts.facts(COUNTS, at))
        found.append(store.posts.counts(NOON - 9000 * DAY, LAST, at))
    found.append(store.readings.that_found_gaps(NOON - DAY))
    return found


def goes_on(store: Store) -> list[Any]:
    """What comes of two more readings and of taking the import back."""
    later = [
        recorded(RSSHUB, LAST, replace(MARKED, title="更正"), OPEN, seen("k30", LAST)),
        recorded(WEWE, LAST, seen("w1", NOON, PostKind.REPOST), seen("w3", LAST)),
    ]
    new = store.readings.record(later)
    return [new, said(store), store.imports.undo(1, LAST), said(store)]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def before(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/before.db"
    found: str = request.getfixturevalue("unmigrated_postgresql_url")
    return found


@pytest.fixture
def now(tmp_path: Path) -> Iterator[Store]:
    """A store of today in which much has happened."""
    store = registered(open_store(f"sqlite:///{tmp_path}/now.db", NOON), now=NOON - DAY)
    lived(store)
    yield store
    store.close()


def test_all_that_was_stored_says_the_same_and_goes_on_as_it_would_have(
    now: Store, before: str, tmp_path: Path
) -> None:
    write_as_before(f"sqlite:///{tmp_path}/now.db", before)
    store = open_store(before, NOON)
    assert said(store) == said(now)
    assert goes_on(store) == goes_on(now)
    store.close()


@pytest.mark.long
def test_what_is_interrupted_is_as_it_was_and_is_done_the_next_time(
    now: Store, before: str, tmp_path: Path
) -> None:
    write_as_before(f"sqlite:///{tmp_path}/now.db", before)
    parts: list[tuple[int, int]] = []

    def interrupted(done: int, total: int) -> None:
        parts.append((done, total))
        if 0 < done < total:
            raise KeyboardInterrupt

    token = ADVANCE.set(interrupted)
    with pytest.raises(KeyboardInterrupt):
        open_store(before, NOON)
    ADVANCE.set(lambda done, total: parts.append((done, total)))
    database = connect(before)
    with database.reading() as connection:
        assert revision(connection) == LAST_LOOSE
        assert connection.scalar(text("SELECT count(*) FROM marks WHERE mark = 'guid:9'")) == 1
    database.close()
    parts.clear()
    store = open_store(before, NOON)
    ADVANCE.reset(token)
    assert said(store) == said(now)
    # Three sources, two accounts; these again, twice.
    assert parts == [(0, 5), (3, 5), (5, 5), *[(0, 2), (2, 2)] * 2]
    store.close()


@pytest.mark.long
def test_no_id_of_a_post_is_given_twice(now: Store, before: str, tmp_path: Path) -> None:
    del now
    write_as_before(f"sqlite:///{tmp_path}/now.db", before)
    store = open_store(before, NOON)
    store.readings.record([recorded(RSSHUB, LAST, seen("new", LAST))])
    store.close()
    database = connect(before)
    with database.reading() as connection:
        ids = connection.execute(text("SELECT id, key FROM posts ORDER BY id")).all()
    database.close()
    assert ids[-1].key == "new"
