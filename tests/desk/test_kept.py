"""One page of many accounts: the same as all of them sorted, at the price of its own rows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from alerts.words import translator
from monitor.desk.accounts import Accounts
from monitor.desk.kept import AccountsNow, KeptAccounts
from monitor.machines import Machine, Work
from monitor.standing import LOOKS, NEVER, Shown
from monitor.store.base import Store
from monitor.store.protocols.shown import Held, Wanted
from tests.judging.test_engine import World
from tests.rule_values import ACCOUNTS as ACCOUNTS_OF_RULES
from tests.rule_values import POSTED, at, register
from tests.store_values import DAY, GATEWAYS, NOON, WEIBO

NUMBERS = range(30)
ACCOUNTS = [replace(WEIBO, id=f"a{n:02}", name=f"账号{n * 7 % 30:02}", sources=()) for n in NUMBERS]


def shown(n: int) -> Shown:
    """Return the *n*th account."""
    one, look = ACCOUNTS[n], LOOKS[n * 5 % 6]
    breach_at = NOON + timedelta(hours=n * 11 % 7)
    searched = f"{one.id} {one.name}"
    said = (one.id, one.name, "weibo", look, "fresh", "young", True, NOON, breach_at)
    return Shown(*said, date(2024, 3, 20), searched, read_at=NOON + timedelta(minutes=n))


def known(store: Store, outdated: Sequence[int]) -> AccountsNow:
    """Return all accounts, of which the *outdated* ones are kept otherwise than they stand."""
    store.accounts.sync(ACCOUNTS, GATEWAYS, {}, NOON)
    wrong = {n: replace(shown(n), look="blind", name="", read_at=NOON + DAY) for n in outdated}
    held = {ACCOUNTS[n].id: Held(wrong.get(n, shown(n)), NEVER, 0) for n in NUMBERS}
    store.shown.keep(held)
    anew = {ACCOUNTS[n].id: shown(n) for n in outdated}
    return AccountsNow(store.shown, store.sources, anew, [*anew])


@pytest.mark.parametrize(
    "outdated", [[], [3], range(0, 30, 3), range(29), NUMBERS], ids=lambda some: f"{len(some)} anew"
)
def test_a_page_is_that_part_of_all(sqlite_store: Store, outdated: Sequence[int]) -> None:
    now = known(sqlite_store, outdated)
    everybody = [shown(n) for n in NUMBERS]
    urgent = sorted(everybody, key=lambda one: (LOOKS.index(one.look), one.breach_at, one.id))
    named = sorted(everybody, key=lambda one: (one.name, one.id))
    some = [one for one in urgent if one.look in ("late", "fresh") and "1" in one.searched]
    for wanted, whole in (
        (Wanted(), urgent),
        (Wanted(by_name=True), named),
        (Wanted(("late", "fresh"), ("1",)), some),
    ):
        assert now.number(wanted) == len(whole)
        for start, most in product((0, 1, 7, 29, 40), (1, 5, 50)):
            assert [*now.slice(wanted, start, most)] == whole[start : start + most]


@pytest.mark.parametrize(("asked", "number"), [(1, 1), (3, 3), (9, 3)])
def test_beyond_the_last_page_is_the_last(sqlite_store: Store, asked: int, number: int) -> None:
    page = known(sqlite_store, [4]).page(Wanted(), asked, 12)
    assert (page.number, page.total) == (number, 30)
    assert len(page.shown) == (6 if number == 3 else 12)


def test_all_accounts_in_numbers(sqlite_store: Store) -> None:
    sums = known(sqlite_store, [5, 11]).sums()
    assert dict(sums.by_look()) == dict.fromkeys(LOOKS, 5)
    assert sums.read_at == NOON + timedelta(minutes=29)
    for look, first in sums.first.items():
        mine = [shown(n) for n in NUMBERS if shown(n).look == look]
        assert first == min(mine, key=lambda one: (one.breach_at, one.id))


def test_nobody_is_judged_for_a_page_once_all_were(sqlite_store: Store) -> None:
    world = World(sqlite_store)
    world.read(POSTED, POSTED)
    now = at("03-08 09:00")
    sqlite_store.notes.beat(now, world.awake)
    kept = KeptAccounts(sqlite_store, world.engine)
    assert world.engine.outdated(now, world.awake) is None
    before = kept.at(now).all()
    world.judge(now)
    assert world.engine.outdated(now, world.awake) == set()
    assert kept.at(now).all() == before == [kept.one("weibo", now)]
    world.read(now, now)
    assert world.engine.outdated(now, world.awake) == {"weibo"}
    assert [one.last_post_at for one in kept.at(now).all()] == [now]


def test_a_page_of_status_is_the_most_urgent_part_of_it(sqlite_store: Store) -> None:
    world = World(sqlite_store, register(accounts=ACCOUNTS_OF_RULES))
    world.read(POSTED, POSTED)
    now = POSTED + 8 * DAY
    desk = Accounts(sqlite_store, world.rules, world.engine, translator("en"))
    page = desk.status_page(9, now)
    assert (page["page"], page["total"]) == (1, 2)
    assert sorted(a["id"] for a in page["accounts"]) == sorted(ACCOUNTS_OF_RULES)
    whole = desk.status(now)
    assert all(account in whole["accounts"] for account in page["accounts"])
    assert page["gateways"] == whole["gateways"]
    assert page["cluster"] is whole["cluster"] is None
    assert desk.first_picture(now) == whole
    me = Machine("a-1", "甲机", Work.SERVICE, ("default",), "1.2.3", "digest", now, now)
    sqlite_store.machines.beat(me)
    assert desk.status_page(1, now)["cluster"] == desk.status(now)["cluster"] is not None


def test_the_first_picture_of_many_accounts_is_a_page(sqlite_store: Store) -> None:
    some = next(iter(ACCOUNTS_OF_RULES.values()))
    many = {f"a{n}": replace(some, id=f"a{n}", sources=()) for n in range(51)}
    world = World(sqlite_store, register(accounts=many))
    now = POSTED + 8 * DAY
    world.judge(now)
    seen = Accounts(sqlite_store, world.rules, world.engine, translator("en")).first_picture(now)
    assert (len(seen["accounts"]), seen["page"], seen["total"]) == (50, 1, 51)
