"""F86, through the rounds: what ends the doubt about a gateway whose accounts are all silent."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.desk.beliefs import Beliefs
from monitor.freshness.verdict import Verdict
from monitor.judging.engine import AlertEngine
from monitor.ledger.records import BY_EYE, ImportedPost
from monitor.model import Account
from monitor.service import Service
from monitor.store.base import Store
from monitor.store.sql import open_store
from tests.faults.passes import Passes
from tests.polling.loopback import Answer, Reading, RssHub, behind, feed
from tests.rule_values import DAY, HOUR, MINUTE, at, silent
from tests.store_values import NOON, RSSHUB, recorded, registered, seen

UIDS = [f"{n}" for n in range(5600000001, 5600000009)]
FIRST, OTHER, THIRD = UIDS[:3]
BUSY = "5600000099"  # a canary
# Each publishes every four days, one of them every twelve hours, up to a Thursday evening.
POSTED = {
    uid: [at("01-02 09:00") + k * 4 * DAY + n * 12 * HOUR for k in range(27)]
    for n, uid in enumerate(UIDS)
}
QUIET, DOUBTED = at("04-18 21:30"), at("04-22 09:05")  # three times twelve hours of working days
LIMIT = at("04-29 22:00")  # of the first and the other one


def accounts(twice: bool) -> dict[str, Account]:
    """Return eight accounts of three bodies; *twice*: the first is read through another gateway
    besides."""
    found = {
        uid: replace(one, organisation=f"局{n % 3}")
        for n, (uid, one) in enumerate(behind("rsshub", *UIDS).items())
    }
    if twice:
        [other] = behind("other", FIRST)[FIRST].sources
        both = (*found[FIRST].sources, replace(other, rank=1))
        found[FIRST] = replace(found[FIRST], sources=both)
    return found


class Group(Passes):
    """Eight accounts behind one gateway that have fallen silent together. *twice*: as above;
    *canary*: whether there is one, which cannot be read at first."""

    def __init__(self, store: Store, twice: bool = False, canary: bool = False) -> None:
        super().__init__(store, [], QUIET)
        self.canary: Answer = (503, b"", {})
        self.news: list[timedelta] = []  # of the first account, by the other gateway alone
        self.other = RssHub(self.shown_elsewhere)
        hubs = {"rsshub": self.hub} | ({"other": self.other} if twice else {})
        canaries = [f"weibo/user/{BUSY}"] if canary else []
        self.world = Reading(store, accounts(twice), hubs, QUIET, canaries=canaries)
        self.engine = AlertEngine(store, self.world.rules, lambda _, when: when, silent)
        self.service = Service(
            store, self.world.rounds, self.engine, self.deliver, self._clock, silent
        )

    def answer(self, uid: str) -> Answer:
        return self.canary if uid == BUSY else self._shown(uid)

    def shown_elsewhere(self, uid: str) -> Answer:
        return self._shown(uid, *self.news)

    def _shown(self, uid: str, *news: timedelta) -> Answer:
        return 200, feed(uid, self.true, *(self.true - when for when in POSTED[uid]), *news), {}

    def told(self) -> list[str]:
        """Return what was said of the silence of all."""
        about = [s.notice for s in self.sent if s.notice.subject == "rsshub#together"]
        return [str(notice.occasion) for notice in about]

    def look(self, now: datetime, *uids: str) -> None:
        """A person looks at these accounts and finds nothing newer."""
        for uid in uids:
            Beliefs(self.store, self.world.rules).nothing_newer(uid, "zhao", now)

    def first_and_other(self) -> list[Verdict]:
        found = self.verdicts()
        return [found[FIRST], found[OTHER]]


Open = Callable[..., Group]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of the group when its silence begins."""
    file = tmp_path_factory.mktemp("lived") / "freshness.db"
    with closing(open_store(f"sqlite:///{file}", QUIET)) as store:
        group = Group(store)
        with group.hub, group.other:
            group.tick(QUIET)
        group.world.close()
    return file


@pytest.fixture
def doubted(lived: Path, tmp_path: Path) -> Iterator[Open]:
    """What opens the group when its gateway has come into doubt."""
    with ExitStack() as stack:

        def opened(twice: bool = False, canary: bool = False) -> Group:
            file = shutil.copy(lived, tmp_path)
            store = stack.enter_context(closing(open_store(f"sqlite:///{file}", QUIET)))
            group = Group(store, twice, canary)
            stack.enter_context(group.hub)
            stack.enter_context(group.other)
            stack.callback(group.world.close)
            group.tick(DOUBTED)
            assert group.told() == ["together"]
            return group

        yield opened


def test_without_a_witness_no_breach_is_asserted(doubted: Open) -> None:
    group = doubted()
    group.tick(LIMIT)
    assert group.first_and_other() == [Verdict.BLIND, Verdict.BLIND]


def test_a_canary_that_is_seen_posting_ends_the_doubt(doubted: Open) -> None:
    group = doubted(canary=True)
    hours = [DOUBTED - n * HOUR for n in range(9)]
    group.canary = (200, feed(BUSY, DOUBTED, *(DOUBTED - when for when in hours)), {})
    group.tick(DOUBTED + HOUR)
    assert group.told() == ["together", "end"]
    hours += [LIMIT - n * HOUR for n in range(9)]
    group.canary = (200, feed(BUSY, LIMIT, *(LIMIT - when for when in hours)), {})
    group.tick(LIMIT)
    assert group.first_and_other() == [Verdict.BREACHED, Verdict.BREACHED]


def test_another_gateway_bears_out_the_account_that_it_shows(doubted: Open) -> None:
    group = doubted(twice=True)
    group.tick(LIMIT)
    assert group.first_and_other() == [Verdict.BREACHED, Verdict.BLIND]
    assert group.told() == ["together"]


def test_what_another_gateway_alone_shows_is_no_sign_of_life_of_this_one(doubted: Open) -> None:
    group = doubted(twice=True)
    group.news = [HOUR]
    group.tick(LIMIT)
    assert group.first_and_other() == [Verdict.FRESH, Verdict.BLIND]
    assert group.told() == ["together"]


def test_an_update_that_a_person_alone_saw_is_none_either(doubted: Open) -> None:
    group = doubted()
    Beliefs(group.store, group.world.rules).updated_today(FIRST, "zhao", DOUBTED + HOUR)
    group.tick(DOUBTED + 2 * HOUR)
    assert group.verdicts()[FIRST] is Verdict.FRESH
    assert group.told() == ["together"]


def test_one_look_bears_out_one_account_and_three_the_gateway(doubted: Open) -> None:
    group = doubted()
    group.tick(LIMIT)
    for minutes in range(1, 4):
        group.look(LIMIT + minutes * MINUTE, FIRST)
    group.tick(LIMIT + HOUR)
    assert (group.first_and_other(), group.told()) == (
        [Verdict.BREACHED, Verdict.BLIND],
        ["together"],
    )
    group.look(LIMIT + HOUR + MINUTE, OTHER, THIRD)
    group.tick(LIMIT + 2 * HOUR)
    assert group.told() == ["together", "end"]
    assert set(group.verdicts().values()) <= {Verdict.BREACHED, Verdict.LATE}


def test_what_a_gateway_has_shown_itself_is_distinguished(store: Store) -> None:
    shown = [seen("a", NOON - 2 * DAY), seen(f"{BY_EYE}2024-02-19", NOON - HOUR)]
    registered(store).readings.record([recorded(RSSHUB, NOON, *shown)])
    rows = [ImportedPost("weibo-mz", seen("b", NOON - DAY))]
    store.imports.add(rows, [], "export.csv", NOON, False)
    gateway = store.sources.states()[RSSHUB].spec.gateway
    [all_of_it] = store.posts.published(["weibo-mz"], NOON).values()
    [of_gateway] = store.posts.published(["weibo-mz"], NOON, None, gateway).values()
    assert all_of_it == [NOON - 2 * DAY, NOON - DAY, NOON - HOUR]
    assert of_gateway == [NOON - 2 * DAY]
