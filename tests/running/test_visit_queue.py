"""The queue of visits on a real PostgreSQL: no gateway is visited twice at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from threading import Event, Lock, Thread

import psycopg
import pytest

from monitor.errors import StoreError
from monitor.machines import Held, Visit
from monitor.running.visit_queue import SCHEMA, VisitQueue, needed, open_queue
from tests.rule_values import at
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.postgresql
NOW = at("03-18 09:00")


def visit(gateway: str, zone: str = "default") -> Visit:
    return Visit(gateway, zone, NOW)


@pytest.fixture
def queue(postgresql_database: str) -> Iterator[VisitQueue]:
    made = needed(open_queue(postgresql_database))
    yield made
    made.close()
    with psycopg.connect(postgresql_database, autocommit=True) as connection:
        connection.execute(f"TRUNCATE {SCHEMA}.procrastinate_jobs CASCADE")


class Working:
    """Somebody who makes visits: each lasts until it is let go."""

    def __init__(self, queue: VisitQueue, *zones: str, at_once: int = 1) -> None:
        self.made: list[str] = []
        self.running: set[str] = set()
        self.goes_on, self._stop, self._lock = Event(), Event(), Lock()
        parts = (zones or ("default",), at_once, self._make, lambda _: None, self._stop.is_set)
        self._thread = Thread(target=queue.work, args=parts, daemon=True)

    def __enter__(self) -> "Working":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.goes_on.set()
        self._stop.set()
        self._thread.join(PATIENCE)

    def _make(self, gateway: str, _: Held) -> None:
        with self._lock:
            assert gateway not in self.running
            self.running.add(gateway)
            self.made.append(gateway)
        self.goes_on.wait(PATIENCE)
        with self._lock:
            self.running.discard(gateway)


def test_a_gateway_waits_once_and_is_visited_by_one(queue: VisitQueue) -> None:
    assert queue.defer(visit("a")) is True
    assert queue.defer(visit("a")) is False
    assert queue.visits() == [visit("a")]
    with Working(queue) as first, Working(queue) as second:
        until(lambda: first.made or second.made)
        assert queue.visits() == [Visit("a", "default", NOW, running=True)]
        assert queue.defer(visit("a")) is True  # it may wait again, but not run
        assert queue.defer(visit("b")) is True
        until(lambda: len(first.made) + len(second.made) == 2)
        assert first.running | second.running == {"a", "b"}
        for one in (first, second):
            one.goes_on.set()
        until(lambda: not queue.visits())
        assert sorted(first.made + second.made) == ["a", "a", "b"]


def test_what_is_urgent_comes_first_and_each_zone_has_its_own(queue: VisitQueue) -> None:
    for one in (visit("a"), visit("b"), visit("far", "hk")):
        queue.defer(one)
    queue.defer(replace(visit("c"), urgent=True))
    with Working(queue) as near:
        near.goes_on.set()
        until(lambda: len(near.made) == 3)
        assert near.made == ["c", "a", "b"]
        until(lambda: queue.visits() == [visit("far", "hk")])
    with Working(queue, "hk") as far:
        until(lambda: far.made == ["far"])


def test_what_waits_can_be_taken_off_and_what_runs_cannot(queue: VisitQueue) -> None:
    queue.defer(visit("a"))
    queue.defer(visit("b"))
    queue.take_off("a")
    queue.take_off("a")
    assert queue.visits() == [visit("b")]
    with Working(queue) as one:
        until(lambda: one.made)
        queue.take_off("b")
        assert queue.visits() == [Visit("b", "default", NOW, running=True)]


def test_what_a_broken_visit_leaves_behind_is_nothing(queue: VisitQueue) -> None:
    def breaks(_: str, __: Held) -> None:
        done.set()
        raise OSError("broken")

    done, stop = Event(), Event()
    queue.defer(visit("a"))
    parts = (("default",), 1, breaks, lambda _: None, stop.is_set)
    thread = Thread(target=queue.work, args=parts, daemon=True)
    thread.start()
    assert done.wait(PATIENCE)
    until(lambda: not queue.visits())
    stop.set()
    thread.join(PATIENCE)


def test_who_makes_a_visit_sees_that_it_was_taken_off(
    queue: VisitQueue, postgresql_database: str
) -> None:
    def makes(_: str, held: Held) -> None:
        stop.set()
        found.append(held())
        with psycopg.connect(postgresql_database, autocommit=True) as connection:
            connection.execute(f"TRUNCATE {SCHEMA}.procrastinate_jobs CASCADE")
        found.append(held())

    found: list[bool] = []
    stop = Event()
    queue.defer(visit("a"))
    queue.work(("default",), 1, makes, lambda _: None, stop.is_set)
    assert found == [True, False]


CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"


@pytest.mark.long
def test_a_visit_that_ends_while_the_database_is_lost_gives_its_gateway_back(
    queue: VisitQueue, postgresql_database: str
) -> None:
    def makes(gateway: str, _: Held) -> None:
        made.append(gateway)
        if len(made) == 1:
            with psycopg.connect(postgresql_database, autocommit=True) as connection:
                connection.execute(f"{CUT} AND pid <> pg_backend_pid()")

    def works() -> None:
        while not stop.is_set():
            with suppress(StoreError):
                queue.work(("default",), 1, makes, lambda _: None, stop.is_set)

    def is_given_back() -> bool:
        with suppress(StoreError):
            return not queue.visits() and queue.defer(visit("a"))
        return False

    made: list[str] = []
    stop = Event()
    queue.defer(visit("a"))
    thread = Thread(target=works, daemon=True)
    thread.start()
    until(lambda: made)
    until(is_given_back)
    until(lambda: made == ["a", "a"])
    stop.set()
    thread.join(PATIENCE)


def test_its_tables_are_made_once_whoever_comes_first(unmigrated_postgresql_url: str) -> None:
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(open_queue, [unmigrated_postgresql_url] * 3))
    for one in made:
        assert needed(one).visits() == []
        needed(one).close()


def test_those_of_another_version_give_way_and_what_waited_is_deferred_again(
    queue: VisitQueue, postgresql_database: str
) -> None:
    queue.defer(visit("a"))
    with psycopg.connect(postgresql_database, autocommit=True) as connection:
        connection.execute(f"COMMENT ON SCHEMA {SCHEMA} IS '1.0'")
    newer = needed(open_queue(postgresql_database))
    assert newer.visits() == []
    assert newer.defer(visit("a"))
    newer.close()


def test_a_file_has_no_queue() -> None:
    assert open_queue("sqlite:///data/freshness.db") is None
