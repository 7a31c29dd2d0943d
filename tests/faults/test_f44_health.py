"""Health of gateways: one dead account hides nothing, and one failed try takes nothing away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from alerts.model import Kind
from monitor.judging.engine import AlertEngine
from monitor.model import Account, Outcome, SourceSpec
from monitor.store.base import Store
from tests.polling.loopback import Answer, Reading, RssHub, behind, feed
from tests.rule_values import DAY, HOUR, at

pytestmark = pytest.mark.long

START = at("03-06 12:00")
MINUTE = timedelta(minutes=1)
UIDS = [f"{n:05}" for n in range(10001, 10009)]
BROKEN = "66666"
AGES = tuple(timedelta(days=n + 1) for n in range(6))
ERROR: Answer = (503, b"<title>TypeError: screen_name</title>", {})


def alive(_: str, __: datetime) -> bool:
    return False


def broken(_: str) -> Answer:
    return ERROR


class Watched:
    """Accounts behind one RSSHub that a test lets live and die; passes every hour."""

    def __init__(self, store: Store, hub: RssHub, accounts: dict[str, Account]) -> None:
        self.hub, self.store = hub, store
        self.dead: Callable[[str, datetime], bool] = alive
        self.world = Reading(store, accounts, {"rsshub": hub}, START)
        self.engine = AlertEngine(
            store, self.world.rules, lambda _, when: when, lambda *_, **__: None
        )
        hub.answer = self._answer

    def _answer(self, uid: str) -> Answer:
        if self.dead(uid, self.world.now):
            return ERROR
        newest = self.world.now.replace(hour=0, minute=0, second=0)
        return 200, feed(uid, self.world.now, *(self.world.now - newest + age for age in AGES)), {}

    def follow(self, until: datetime, every: timedelta = HOUR) -> None:
        while self.world.now < until:
            self.world.now += every
            self.world.rounds.read_due(self.world.now)
            self.store.notes.beat(self.world.now, START - DAY)
            self.engine.judge(self.world.now, START - DAY)

    def alerts(self) -> list[tuple[str, str]]:
        """Return what was sent about the gateway, oldest first."""
        listed = self.store.alerts.listed(True)
        return [(a.kind.value, a.subject) for a in listed if a.kind is Kind.GATEWAY]

    def verdicts(self) -> set[str]:
        states = dict(self.store.gateways.states())
        found = self.engine.situations(self.world.now, START - DAY, states)
        return {one.assessment.verdict.value for name, one in found.items() if name != BROKEN}


@pytest.fixture
def watched(sqlite_store: Store) -> Iterator[Watched]:
    with RssHub(broken) as hub:
        made = Watched(sqlite_store, hub, behind("rsshub", *UIDS, BROKEN))
        yield made
        made.world.close()


def dying(when: datetime, *uids: str) -> Callable[[str, datetime], bool]:
    return lambda uid, now: uid == BROKEN or (uid in uids and now >= when)


def nightly(_: str, now: datetime) -> bool:
    return 17 <= now.hour < 21  # one to five in the morning, in Shanghai


def flapping(_: str, now: datetime) -> bool:
    return now.hour % 2 == 1


def staggered(uid: str, now: datetime) -> bool:
    return uid == BROKEN or now >= START + DAY + UIDS.index(uid) * HOUR


END = START + 3 * DAY
ALL = dying(START + DAY, *UIDS)
HALF = dying(START + DAY, *UIDS[::2])

COURSES = [
    pytest.param(dying(END), [], id="F44: one account is broken for good"),
    pytest.param(HALF, [], id="F44: half of the accounts die"),
    pytest.param(ALL, [("gateway", "rsshub")], id="F44: all die, beside a broken one"),
    pytest.param(staggered, [("gateway", "rsshub")], id="F44: one dies every hour"),
    pytest.param(flapping, [], id="F44: every other hour is dead"),
    pytest.param(nightly, [("gateway", "rsshub")], id="F44: the same hours every night"),
]


@pytest.mark.parametrize(("dead", "alerts"), COURSES)
def test_F44_what_is_notified_of_a_gateway(
    watched: Watched,
    dead: Callable[[str, datetime], bool],
    alerts: list[tuple[str, str]],
) -> None:
    watched.dead = dead
    watched.follow(END)
    assert watched.alerts() == alerts
    assert watched.verdicts() == {"fresh"}, "a post that is known grows no older by not seeing"


def test_F44_a_dead_gateway_is_notified_within_110_minutes(watched: Watched) -> None:
    died = START + 3 * DAY
    watched.dead = dying(died, *UIDS)
    watched.follow(died)
    assert watched.alerts() == []
    watched.follow(died + 110 * MINUTE, 5 * MINUTE)
    assert watched.alerts() == [("gateway", "rsshub")]


def test_F44_each_family_of_routes_is_judged_by_itself(sqlite_store: Store) -> None:
    other = Account(
        "z", "z", "website", custodian="zhang", sources=(SourceSpec("z", "z", "rsshub", "gov/z/1"),)
    )
    with RssHub(broken) as hub:
        watched = Watched(sqlite_store, hub, {**behind("rsshub", *UIDS[:2]), "z": other})
        watched.dead = lambda uid, now: uid in UIDS and now >= START + HOUR
        watched.follow(START + 12 * HOUR)
        assert watched.alerts() == [("gateway", "rsshub#weibo")]
        [notice] = sqlite_store.alerts.notices_of([1])[1]
        assert {name.partition("（")[0] for name in notice.facts.accounts} == set(UIDS[:2])
        watched.dead = alive
        watched.follow(START + 20 * HOUR)
        assert [a.resolution for a in sqlite_store.alerts.listed(True)] == ["recovered"]
        watched.world.close()


def test_F56_whoever_asks_for_a_reading_gets_one_though_the_gateway_is_sick(
    watched: Watched,
) -> None:
    watched.dead = dying(START, *UIDS)
    watched.follow(START + 2 * HOUR)
    watched.dead = alive
    found = watched.world.rounds.read_accounts(UIDS[:1], watched.world.now)
    assert [one.outcome for one in found] == [Outcome.OK]


def test_F61_what_breaks_the_parser_is_a_failed_reading_like_any_other(watched: Watched) -> None:
    watched.follow(START + HOUR)
    good = watched.hub.answer
    watched.hub.answer = lambda uid: (
        (200, good(uid)[1].replace("第0条".encode(), b"&#x110000;"), {})
        if uid == BROKEN
        else good(uid)
    )
    watched.follow(START + 2 * DAY)
    [state] = [s for s in watched.store.sources.states().values() if s.spec.account == BROKEN]
    assert state.failing_since is not None
    assert state.last_outcome in {Outcome.BROKEN, Outcome.NOT_A_FEED}
    readings = watched.store.readings.of_account(BROKEN, START)
    assert sum(not one.good for one in readings) > 6, "kept, and tried again with growing pauses"
