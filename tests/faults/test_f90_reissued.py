"""F48, F90: a gateway issues the links of most of its accounts anew, read through the rounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event

import pytest

from alerts.facts import DoubtFacts
from alerts.model import Notice
from monitor.freshness.verdict import Verdict
from monitor.judging.engine import AlertEngine
from monitor.model import Account, Gateway, SourceSpec
from monitor.polling.rounds import Rounds
from monitor.sources import registry
from monitor.store.base import Store
from tests.faults.seeing import Answer, Site
from tests.rule_values import DAY, HOUR, MINUTE, ZONE, at, facts_in, register, silent

NAMES = ("a", "b", "c", "d")
START = at("03-06 12:00")
DATES = [START - n * DAY - HOUR for n in range(2, 10)]
DAYS, SECONDS = "%Y-%m-%d", "%Y-%m-%d %H:%M:%S"


def shown(account: str, address: str, dates: str) -> Answer:
    """Return the list of *account*, its links below *address*."""
    items = "".join(
        f"<item><title>{account}第{n}号通知</title><link>{address}/{account}/{n}.html</link>"
        f"<pubDate>{posted.astimezone(ZONE).strftime(dates)}</pubDate></item>"
        for n, posted in enumerate(DATES)
    )
    head = "<title>通知公告</title><link>http://p.example/</link>"
    text = f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'
    return 200, text, {"Content-Type": "application/xml"}


class Portals:
    """Lists of four accounts behind one gateway. *anew*: whose links change at each visit."""

    def __init__(self, store: Store) -> None:
        self.store, self.now, self.visits = store, START, 0
        self.address, self.dates, self.anew = "http://old.example", DAYS, frozenset[str]()
        self.site = Site(self._answer)
        gateway = Gateway("g", "feed", self.site.url, trusted=True, spacing=timedelta(0))
        accounts = {name: self._account(name) for name in NAMES}
        rules = replace(register(accounts=accounts), gateways={"g": gateway})
        store.accounts.sync(accounts.values(), [gateway], dict.fromkeys(NAMES, "p"), START)
        self.source = registry.build(gateway)
        self.rounds = Rounds(store, {"g": self.source}, rules, lambda: self.now, silent, Event())
        self.engine = AlertEngine(store, rules, lambda _, when: when, silent)

    def _account(self, name: str) -> Account:
        specs = (SourceSpec(f"{name}@g", name, "g", f"{name}.xml"),)
        return Account(name, f"某{name}局", "website", custodian="zhang", sources=specs)

    def _answer(self, path: str, _: object) -> Answer:
        name = path.strip("/").removesuffix(".xml")
        self.visits += 1
        address = f"{self.address}/v{self.visits}" if name in self.anew else self.address
        return shown(name, address, self.dates)

    def follow(self, until: datetime, every: timedelta = 20 * MINUTE) -> None:
        """Read what is due, and judge, again and again until then."""
        while self.now < until:
            self.now += every
            self.rounds.read_due(self.now)
            self.store.notes.beat(self.now, START - DAY)
            self.engine.judge(self.now, START - DAY)

    def doubts(self) -> list[Notice]:
        """Return what was said of what is seen."""
        mine = [a.id for a in self.store.alerts.listed(True) if a.subject == "g#doubt"]
        return [n for some in self.store.alerts.notices_of(mine).values() for n in some]

    def counts(self) -> set[int]:
        """Return how many posts the accounts have."""
        return {len(self.store.posts.of_account(name)) for name in NAMES}

    def verdicts(self) -> set[Verdict]:
        states = dict(self.store.gateways.states())
        found = self.engine.situations(self.now, START - DAY, states).values()
        return {one.assessment.verdict for one in found}


@pytest.fixture
def portals(sqlite_store: Store) -> Iterator[Portals]:
    made = Portals(sqlite_store)
    with made.site:
        made.follow(START + HOUR)
        yield made
    made.source.close()


def test_F90_links_made_anew_for_all_at_each_visit_are_one_message(portals: Portals) -> None:
    portals.anew = frozenset(NAMES)
    portals.follow(START + 12 * HOUR)
    [said] = portals.doubts()
    assert (said.person, facts_in(said, DoubtFacts).doubts) == ("zhao", len(NAMES))
    assert portals.counts() == {len(DATES)}
    assert portals.verdicts() == {Verdict.FRESH}


def test_F90_when_links_are_as_before_the_doubt_is_over(portals: Portals) -> None:
    portals.anew = frozenset(NAMES)
    portals.follow(START + 12 * HOUR)
    portals.anew = frozenset()
    portals.follow(START + 20 * HOUR)
    assert [a for a in portals.store.alerts.open() if a.subject == "g#doubt"] == []
    assert portals.counts() == {len(DATES)}


@pytest.mark.long
def test_F90_those_of_one_account_are_a_message_about_that_one(portals: Portals) -> None:
    portals.anew = frozenset("b")
    portals.follow(START + 12 * HOUR)
    [said] = portals.doubts()
    assert facts_in(said, DoubtFacts).account == "b"


def test_F48_a_gateway_that_moves_shows_the_same_posts(sqlite_store: Store) -> None:
    portals = Portals(sqlite_store)
    portals.dates = SECONDS
    with portals.site:
        portals.follow(START + HOUR)
        portals.address = "http://new.example"
        portals.follow(START + 12 * HOUR)
    portals.source.close()
    assert portals.doubts() == []
    assert portals.counts() == {len(DATES)}
