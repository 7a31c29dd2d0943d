"""Rounds over real HTTP and a real database: who is read, who rests, who is never given up."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from threading import Lock

import pytest

from alerts.model import Alert, Kind, Promise
from alerts.people.handover import Handover
from monitor.model import Outcome, SourceMemory
from monitor.model import Reading as Taken
from monitor.polling import rounds
from monitor.polling.rate_limits import FAILURES
from monitor.polling.reader import Read
from monitor.sources.base import Fetched, ReadRequest
from monitor.store.base import Store
from monitor.store.protocols.ledger import Recorded
from tests.polling.loopback import Answer, Reading, RssHub, behind, feed
from tests.rule_values import at

NOW = at("03-06 12:00")
AGES = tuple(timedelta(days=n + 1) for n in range(6))
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def seen(uid: str) -> Answer:
    return 200, feed(uid, NOW, *AGES), {"Content-Type": "application/xml"}


def broken(**headers: str) -> Callable[[str], Answer]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: (503, b"<html>Looks like something went wrong</html>", named)


@contextmanager
def reading(store: Store, hub: RssHub, *uids: str) -> Iterator[Reading]:
    with hub:
        world = Reading(store, behind("rsshub", *uids), {"rsshub": hub}, NOW)
        yield world
        world.close()


def test_what_was_read_is_stored_and_not_due_again(store: Store) -> None:
    with reading(store, RssHub(seen), "11111", "22222") as world:
        found = world.rounds.read_due(NOW)
        assert {r.outcome for r in found} == {Outcome.OK}
        assert world.rounds.read_due(NOW + MINUTE) == []
        assert [len(store.posts.of_account(uid)) for uid in ("11111", "22222")] == [6, 6]
        planned = [s.next_read_at for s in store.sources.states().values()]
        assert all(next_at and next_at > NOW + HOUR for next_at in planned)


def test_an_old_silence_is_read_closely_from_the_first_reading_on(sqlite_store: Store) -> None:
    """What is seen for the first time today need not be from today."""
    quiet = RssHub(lambda uid: (200, feed(uid, NOW, *(10 * DAY + age for age in AGES)), {}))
    with reading(sqlite_store, quiet, "11111") as world:
        world.rounds.read_due(NOW)
        [state] = sqlite_store.sources.states().values()
        assert state.next_read_at is not None
        assert state.next_read_at <= NOW + HOUR / 2  # the next rung is within a day


def test_after_a_mark_on_a_day_off_the_account_is_read_closely_until_its_call(
    sqlite_store: Store,
) -> None:
    saturday = at("03-09 10:00")  # the call is on Monday
    quiet = RssHub(lambda uid: (200, feed(uid, saturday, *(6 * DAY + age for age in AGES)), {}))
    with reading(sqlite_store, quiet, "11111") as world:
        world.now = saturday
        world.rounds.read_due(saturday)
        [state] = sqlite_store.sources.states().values()
        assert state.next_read_at is not None
        assert state.next_read_at <= saturday + HOUR / 2


def test_an_account_that_is_handed_over_is_read_by_the_tight_ladder(sqlite_store: Store) -> None:
    later = NOW + 24 * HOUR  # two days after the post; the tight ladder begins at three
    hub = RssHub(seen)
    with reading(sqlite_store, hub, "11111", "22222") as world:
        world.rounds.read_due(NOW)
        hub.answer = lambda uid: (200, feed(uid, later, *AGES[1:]), {})
        world.now = later
        handover = Handover("zhang", "li", ("11111",), date(2024, 3, 20), "轮岗", NOW)
        with sqlite_store.custody.changing() as tx:
            tx.save_handover(handover)
        world.rounds.read_due(world.now)
        planned = {s.spec.account: s.next_read_at for s in sqlite_store.sources.states().values()}
        assert planned["11111"] is not None
        assert planned["11111"] <= world.now + HOUR / 2
        assert planned["22222"] is not None
        assert planned["22222"] > world.now + HOUR


def test_an_account_is_read_at_the_instant_for_which_a_post_is_promised(
    sqlite_store: Store,
) -> None:
    until = NOW + 40 * MINUTE  # between two readings
    with reading(sqlite_store, RssHub(seen), "11111") as world:
        world.rounds.read_due(NOW)
        with sqlite_store.alerts.changing("11111") as tx:
            silent = Alert(Kind.SILENCE, "11111", NOW, NOW, promise=Promise("zhang", NOW, until))
            tx.save(silent)
        world.now = NOW + 20 * MINUTE
        world.rounds.read_accounts(["11111"], world.now)
        [state] = sqlite_store.sources.states().values()
        assert state.next_read_at == until


def test_read_accounts_asks_whatever_the_interval(sqlite_store: Store) -> None:
    with reading(sqlite_store, RssHub(seen), "11111", "22222") as world:
        world.rounds.read_due(NOW)
        world.rounds.read_accounts(["11111"], NOW + MINUTE)
        assert dict(world.said[-1:])["source_read"]["source"] == "11111@rsshub"


def test_F28_a_gateway_that_asks_for_rest_is_left_alone_and_nobody_else_is(
    sqlite_store: Store,
) -> None:
    sick, well = RssHub(broken(Retry_After="3600")), RssHub(seen)
    accounts = behind("sick", "11111", "22222") | behind("well", "33333")
    with sick, well:
        world = Reading(sqlite_store, accounts, {"sick": sick, "well": well}, NOW)
        world.rounds.read_due(NOW)
        asked = sick.asked.total()
        assert asked <= 2  # the second one may have been under way
        for minutes in range(1, 60):
            world.now = NOW + minutes * MINUTE
            world.rounds.read_due(world.now)
            assert world.rounds.read_accounts(["11111"], world.now) == []
        assert sick.asked.total() == asked
        assert len(sqlite_store.posts.of_account("33333")) == 6
        world.now = NOW + HOUR
        world.rounds.read_due(world.now)
        assert asked < sick.asked.total() <= asked + 2  # it asked for rest again
        world.close()


FORTY = [f"{n:05}" for n in range(10001, 10041)]


def test_F28_a_dead_gateway_is_probed_by_one_source_with_growing_pauses(
    sqlite_store: Store,
) -> None:
    hub = RssHub(broken())
    with reading(sqlite_store, hub, *FORTY) as world:
        world.rounds.read_due(NOW)
        asked = hub.asked.total()
        assert FAILURES <= asked < FAILURES + 4  # as many were under way
        for minutes in range(1, 4 * 60):
            world.now = NOW + minutes * MINUTE
            world.rounds.read_due(world.now)
        assert 8 <= hub.asked.total() - asked <= 14
        assert max(hub.asked.values()) <= 2  # another source each time, so that one may be well


def test_F27_a_round_ends_where_the_gateway_asks_for_rest(sqlite_store: Store) -> None:
    hub = RssHub(broken(Retry_After="1800"))
    with reading(sqlite_store, hub, *FORTY) as world:
        world.rounds.read_due(NOW)
        assert 1 <= hub.asked.total() <= 4  # as many were under way
        world.now = NOW + HOUR / 2
        hub.answer = lambda uid: (200, feed(uid, world.now, *AGES), {})
        world.rounds.read_due(world.now)
        world.rounds.read_due(world.now)
        assert len(hub.asked) == 40  # nobody was forgotten


def test_F06_a_few_accounts_of_their_own_trouble_end_no_round(sqlite_store: Store) -> None:
    bad = set(FORTY[::4])
    hub = RssHub(lambda uid: broken()(uid) if uid in bad else seen(uid))
    with reading(sqlite_store, hub, *FORTY) as world:
        world.rounds.read_due(NOW)
        assert len(hub.asked) == 40
        assert sqlite_store.gateways.states()["rsshub"].healthy


def test_a_round_of_a_slow_gateway_ends_after_a_while(sqlite_store: Store) -> None:
    """An account that has become more urgent meanwhile comes first in the next one."""
    hub, one_by_one = RssHub(seen), Lock()
    with reading(sqlite_store, hub, *FORTY) as world:

        def slow(uid: str) -> Answer:
            with one_by_one:
                world.now += MINUTE
            return 200, feed(uid, world.now, *AGES), {}

        hub.answer = slow
        world.rounds.read_gateway("rsshub", world.now)
        assert 5 <= hub.asked.total() <= 8
        world.rounds.read_gateway("rsshub", world.now)
        assert 10 <= len(hub.asked) <= 16


def probed(store: Store) -> datetime | None:
    """Return when the one family of routes is probed next."""
    families = store.gateways.states()["rsshub"].families
    return families[0].probe_at if families else None


def test_F29_a_source_that_keeps_failing_is_never_given_up(sqlite_store: Store) -> None:
    hub = RssHub(broken())
    with reading(sqlite_store, hub, "11111") as world:
        following = world.now
        for _ in range(100):
            [state] = sqlite_store.sources.states().values()
            world.now = max(state.next_read_at or world.now, probed(sqlite_store) or world.now)
            world.rounds.read_due(world.now)
            planned = sqlite_store.sources.states()["11111@rsshub"].next_read_at
            assert planned is not None
            following = planned
            assert following <= world.now + 6 * HOUR
        hub.answer = lambda uid: (200, feed(uid, world.now, *AGES), {})
        world.now = max(following, probed(sqlite_store) or following)
        [healed] = world.rounds.read_due(world.now)
        assert healed.good
        assert sqlite_store.gateways.states()["rsshub"].healthy


def test_F30_a_crowd_behind_one_gateway_does_not_starve_an_account_behind_another(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "AT_ONCE", 20)
    crowd, few = RssHub(seen), RssHub(seen)
    accounts = behind("crowd", *(f"{n}" for n in range(20001, 20061))) | behind("few", "33333")
    with crowd, few:
        world = Reading(sqlite_store, accounts, {"crowd": crowd, "few": few}, NOW)
        world.rounds.read_due(NOW)
        assert (crowd.asked.total(), few.asked.total()) == (20, 1)
        world.rounds.read_due(NOW)
        world.rounds.read_due(NOW)
        assert (len(crowd.asked), few.asked.total()) == (60, 1)
        planned = {s.next_read_at for s in sqlite_store.sources.states().values()}
        assert len(planned) > 50  # spread, so that they do not all come together again
        world.close()


class Poisoned:
    """A source with a bug for one account."""

    def read(self, request: ReadRequest) -> Fetched:
        if request.source.account == "11111":
            raise RuntimeError("a bug")
        return Fetched(Outcome.TRANSPORT, request.now, detail="no answer")

    def close(self) -> None:
        """Nothing to give back."""


def test_F06_a_source_with_a_bug_stops_nobody_else_and_is_tried_again_later(
    sqlite_store: Store,
) -> None:
    with RssHub(seen) as hub:
        accounts = behind("rsshub", "11111", "22222")
        world = Reading(sqlite_store, accounts, {"rsshub": hub}, NOW, {"rsshub": Poisoned()})
        found = world.rounds.read_due(NOW)
        assert [r.account for r in found] == ["11111", "22222"]
        assert found[0].outcome is Outcome.BROKEN
        bugs = [facts for event, facts in world.said if event == "reading_broke"]
        assert [(b["source"], str(b["bug"])) for b in bugs] == [("11111@rsshub", "a bug")]
        assert sqlite_store.sources.states()["11111@rsshub"].next_read_at == NOW + MINUTE


def test_nothing_is_read_once_the_service_is_stopping(sqlite_store: Store) -> None:
    hub = RssHub(seen)
    with reading(sqlite_store, hub, "11111") as world:
        world.stop.set()
        assert world.rounds.read_due(NOW) == []
        assert hub.asked.total() == 0


def test_F44_whoever_fails_has_the_source_that_was_well_last_asked_at_once(
    sqlite_store: Store,
) -> None:
    hub = RssHub(seen)
    with reading(sqlite_store, hub, "11111", "22222") as world:
        world.rounds.read_due(NOW)
        hub.answer = lambda uid: broken()(uid) if uid == "11111" else seen(uid)
        world.now = NOW + HOUR
        found = world.rounds.read_accounts(["11111"], world.now)
        assert [(r.account, r.good) for r in found] == [("11111", False), ("22222", True)]
        assert sqlite_store.gateways.states()["rsshub"].healthy
        hub.answer = broken()
        world.now += HOUR
        for _ in range(2):  # nobody else is left to ask: a quarter of an hour decides
            world.rounds.read_accounts(["22222"], world.now)
            world.now += 15 * MINUTE
        assert not sqlite_store.gateways.states()["rsshub"].healthy


def test_a_visit_gives_way_but_reads_first_what_has_to_confirm_something(
    sqlite_store: Store,
) -> None:
    with reading(sqlite_store, RssHub(seen), "11111", "22222") as world:
        states = sqlite_store.sources.states()
        sqlite_store.sources.plan(next(iter(states)), NOW, NOW, NOW)
        found = world.rounds.read_gateway("rsshub", NOW, gives_way=lambda: True)
        assert [r.account for r in found] == ["11111"]
        assert world.rounds.shared.waiting(NOW) == {"rsshub": False}
        assert len(world.rounds.read_gateway("rsshub", NOW)) == 1
        assert world.rounds.shared.waiting(NOW) == {}


def test_a_gateway_that_rests_or_has_no_quota_left_waits_for_nobody(sqlite_store: Store) -> None:
    with reading(sqlite_store, RssHub(broken(Retry_After="600")), "11111", "22222") as world:
        world.rounds.read_gateway("rsshub", NOW)
        assert sqlite_store.sources.due_behind(NOW + MINUTE) == {"rsshub": False}
        assert world.rounds.shared.waiting(NOW + MINUTE) == {}
        assert world.rounds.shared.waiting(NOW + 11 * MINUTE) == {"rsshub": False}


class Stopwatch:
    """Reads on which a test has passed so many seconds."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.mark.parametrize(
    ("came", "stored"),
    [
        pytest.param([4, 8, 12], [(4, 1), (8, 1), (12, 1)], id="what comes slowly, each at once"),
        pytest.param([4, 4.1, 4.2], [(4, 1), (4.2, 2)], id="what comes fast, after the first"),
        pytest.param(
            [0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2],
            [(0, 1), (0.6, 3), (1.2, 3)],
            id="twice a second at most",
        ),
        pytest.param([1] * 250, [(1, 1), (1, 100), (1, 100), (1, 49)], id="a hundred at a time"),
        pytest.param([], [], id="nothing"),
    ],
)
def test_what_was_read_waits_for_nothing_that_comes_slowly(
    came: list[float], stored: list[tuple[float, int]]
) -> None:
    watch = Stopwatch()
    one = Read(Recorded(Taken("x", "x", "x", NOW, Outcome.OK), (), SourceMemory(), NOW), None)

    def reads() -> Iterator[Read]:
        for watch.seconds in came:
            yield one

    assert [(watch.seconds, len(some)) for some in rounds.batches(reads(), watch)] == stored
