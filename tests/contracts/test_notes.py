"""Small stored values that several processes change: of those that do at once, one succeeds."""

from concurrent.futures import ThreadPoolExecutor

from monitor.store.base import Store


def test_a_value_takes_the_place_of_the_one_that_is_known(store: Store) -> None:
    assert store.notes.replace("k", None, "first") is True
    assert store.notes.replace("k", None, "second") is False
    assert store.notes.replace("k", "other", "second") is False
    assert store.notes.get("k") == "first"
    assert store.notes.replace("k", "first", "second") is True
    assert store.notes.get("k") == "second"
    assert store.notes.get("another") is None


def test_of_many_at_once_one_succeeds(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda n: store.notes.replace("k", None, str(n)), range(8)))
    assert done.count(True) == 1
    assert store.notes.get("k") == str(done.index(True))
