"""F86: all accounts behind one gateway are silent together, so it may be the gateway's silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from alerts.facts import SilenceFacts, TogetherFacts
from alerts.model import Kind
from monitor.desk.beliefs import Beliefs
from monitor.freshness.verdict import Verdict
from monitor.model import Account
from monitor.store.base import Store
from tests.judging.test_engine import World
from tests.polling.loopback import behind
from tests.rule_values import DAY, HOUR, at, facts_in, register

UIDS = [f"{n}" for n in range(5600000001, 5600000009)]
FIRST = at("01-02 09:00")
LAST = at("04-09 16:00")  # 17 hours were they silent together at most: doubted from 04-11 19:00 on
DOUBTED = at("04-11 19:00")


def accounts(bodies: int = 3) -> dict[str, Account]:
    """Return eight accounts behind one gateway, of so many organisations."""
    return {
        uid: replace(account, organisation=f"局{n % bodies}", page=f"https://weibo.com/u/{uid}")
        for n, (uid, account) in enumerate(behind("rsshub", *UIDS).items())
    }


class Group(World):
    """Eight accounts that publish once a day each until they are silent together; the first
    published last a day and a half before the others stopped."""

    def __init__(self, store: Store, bodies: int = 3) -> None:
        super().__init__(store, register(accounts=accounts(bodies)))
        self.awake = FIRST
        days = (LAST - FIRST).days + 1
        for n, account in enumerate(self.rules.accounts.values()):
            posted = [FIRST + day * DAY + n * HOUR for day in range(days)]
            self.read(LAST, *posted, spec=account.sources[0])
        self.judge(LAST)

    def pass_(self, now: datetime) -> list[str]:
        """Read everything well and judge."""
        for account in self.rules.accounts.values():
            self.read(now, spec=account.sources[0])
        return self.judge(now)

    def verdicts(self, now: datetime) -> set[Verdict]:
        states = dict(self.store.gateways.states())
        found = self.engine.situations(now, self.awake, states)
        return {one.assessment.verdict for one in found.values()}


@pytest.fixture
def group(sqlite_store: Store) -> Group:
    return Group(sqlite_store)


def test_the_operator_is_notified_once_with_three_pages_to_look_at(group: Group) -> None:
    assert group.pass_(DOUBTED - HOUR) == []
    assert group.pass_(DOUBTED) == ["gateway together zhao@wecom"]
    told = facts_in(group.notices()[-1], TogetherFacts)
    assert [page.partition(" ")[2] for page in told.pages] == [
        f"https://weibo.com/u/{uid}" for uid in UIDS[:3]
    ]
    group.deliver(DOUBTED)
    assert group.pass_(DOUBTED + 5 * HOUR) == []


def test_of_two_organisations_it_is_the_silence_itself(sqlite_store: Store) -> None:
    assert Group(sqlite_store, bodies=2).pass_(DOUBTED) == []


def test_rungs_go_on_as_not_borne_out(group: Group) -> None:
    group.pass_(DOUBTED)
    group.pass_(at("04-16 09:00"))
    called = [n for n in group.notices() if n.kind is Kind.SILENCE]
    assert {facts_in(n, SilenceFacts).weak for n in called} == {True}
    assert len(called) == len(UIDS)


def test_a_breach_is_told_as_blind(group: Group) -> None:
    group.pass_(DOUBTED)
    group.pass_(LAST + 14 * DAY)
    assert group.verdicts(LAST + 14 * DAY) == {Verdict.BLIND}


def test_a_breach_is_asserted_of_the_account_at_which_a_person_looked(group: Group) -> None:
    group.pass_(DOUBTED)
    limit = LAST + 14 * DAY
    group.pass_(limit)
    Beliefs(group.store, group.rules).nothing_newer(UIDS[-1], "zhao", limit + HOUR)
    assert group.verdicts(limit + HOUR) == {Verdict.BLIND, Verdict.BREACHED}


def test_looks_at_three_accounts_end_the_doubt(group: Group) -> None:
    group.pass_(DOUBTED)
    group.deliver(DOUBTED)
    for uid in UIDS[:3]:
        Beliefs(group.store, group.rules).nothing_newer(uid, "zhao", DOUBTED + HOUR)
    assert group.judge(DOUBTED + 2 * HOUR) == ["gateway end zhao@wecom"]


def test_the_first_new_post_ends_the_doubt(group: Group) -> None:
    group.pass_(DOUBTED)
    group.deliver(DOUBTED)
    spec = group.rules.accounts[UIDS[0]].sources[0]
    group.read(DOUBTED + HOUR, DOUBTED + HOUR, spec=spec)
    assert group.judge(DOUBTED + HOUR) == ["gateway end zhao@wecom"]
    assert group.alerts() == ["gateway rsshub#together recovered"]
