"""What one look at the store sees: by one connection, each thing once, of a file one instant."""

from threading import Thread

import pytest
from sqlalchemy import text

from monitor.errors import StoreError
from monitor.store.base import Store
from monitor.store.engine import connect
from tests.store.test_effort import statements
from tests.store_values import HOUR, NOON


def beaten(store: Store) -> None:
    store.notes.beat(NOON + HOUR, NOON)


def meanwhile(store: Store) -> None:
    other = Thread(target=beaten, args=[store])
    other.start()
    other.join()


def test_what_others_write_meanwhile_is_not_seen_before_the_look_is_over(
    sqlite_store: Store,
) -> None:
    store = sqlite_store
    store.notes.set("a note", "before")
    with store.looking():
        assert store.notes.get("a note") == "before"
        other = Thread(target=store.notes.set, args=("a note", "after"))
        other.start()
        other.join()
        seen = store.notes.get("a note")
    assert store.notes.get("a note") == "after"
    assert seen == "before"


def test_the_same_is_read_once(store: Store) -> None:
    with store.looking(), statements(store) as run:
        first = store.notes.heartbeat()
        assert store.notes.heartbeat() == first
        assert store.exceptions.in_force(NOON) == store.exceptions.in_force(NOON) == {}
        assert store.exceptions.in_force(NOON + HOUR) == {}
    assert len(run) == 3


def test_what_it_writes_itself_is_seen_at_once(store: Store) -> None:
    with store.looking():
        assert store.notes.heartbeat().last_tick_at is None
        beaten(store)
        assert store.notes.heartbeat().last_tick_at == NOON + HOUR


def test_after_it_all_is_read_anew(store: Store) -> None:
    with store.looking():
        assert store.notes.heartbeat().last_tick_at is None
    meanwhile(store)
    assert store.notes.heartbeat().last_tick_at == NOON + HOUR


def test_another_threads_look_is_its_own(store: Store) -> None:
    with store.looking():
        assert store.notes.heartbeat().last_tick_at is None
        meanwhile(store)
        seen = []
        other = Thread(target=lambda: seen.append(store.notes.heartbeat().last_tick_at))
        other.start()
        other.join()
    assert seen == [NOON + HOUR]


def test_a_failure_within_it_spoils_nothing_that_follows(database_url: str) -> None:
    database = connect(database_url)
    with database.looking():
        with pytest.raises(StoreError), database.reading() as connection:
            connection.execute(text("SELECT nothing FROM nowhere"))
        with database.reading() as connection:
            assert connection.scalar(text("SELECT 1")) == 1
    database.close()
