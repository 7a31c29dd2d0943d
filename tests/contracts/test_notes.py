"""Small stored values that several processes change: of those that do at once, one succeeds."""

from concurrent.futures import ThreadPoolExecutor

from monitor.store.base import Store


def test_a_value_takes_the_place_of_the_one_that_is_known(store: Store) -> None:
    assert store.replace_note("k", None, "first") is True
    assert store.replace_note("k", None, "second") is False
    assert store.replace_note("k", "other", "second") is False
    assert store.note("k") == "first"
    assert store.replace_note("k", "first", "second") is True
    assert store.note("k") == "second"
    assert store.note("another") is None


def test_of_many_at_once_one_succeeds(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda n: store.replace_note("k", None, str(n)), range(8)))
    assert done.count(True) == 1
    assert store.note("k") == str(done.index(True))
