"""F70: what vanishes from the configuration is missing, not closed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.delivery.outbox import After
from alerts.messages.render import render
from alerts.model import Kind, NoticeState
from alerts.words import translator
from monitor.desk.desk import Desk
from monitor.errors import UsageError
from monitor.model import Account, AccountState
from monitor.running.run import vanished
from monitor.store.base import Store
from tests.judging.test_engine import World
from tests.rule_values import ACCOUNTS, DAY, HOUR, HOURS, POSTED, ZONE, at, register

WORDS = translator("zh_CN", ZONE)
CLOSED = replace(ACCOUNTS["weibo"], state=AccountState.CLOSED)
WEEK = at("03-13 09:00")  # the first rung
# The other one is closed, so that nothing is sent about it.
OTHER = {"wechat": replace(ACCOUNTS["wechat"], state=AccountState.CLOSED)}
BOTH = register(accounts={"weibo": ACCOUNTS["weibo"], **OTHER})
ONE = register(accounts=OTHER)


def told(store: Store) -> World:
    """A world in which the custodian was notified of a week's silence."""
    world = World(store, BOTH)
    world.look(WEEK, POSTED)
    for notice in store.outbox.claim(WEEK):
        store.outbox.settle(notice, After(NoticeState.SENT), WEEK, None)
    return world


def desk(world: World) -> Desk:
    """What may be asked of the world."""
    return Desk(world.store, world.rules, world.engine, WORDS)


def test_F70_the_alerts_of_a_missing_account_are_frozen_and_only_the_operator_is_notified(
    sqlite_store: Store,
) -> None:
    world = told(sqlite_store)
    world.restart(ONE)
    heard = world.judge(WEEK + HOUR) + world.judge(WEEK + 5 * DAY)
    [operator] = heard
    assert operator.startswith("self missing:weibo@")
    assert operator.endswith(" zhao@wecom")
    assert sorted((a.kind.value, a.subject) for a in sqlite_store.alerts.open()) == [
        ("self", "missing:accounts"),
        ("silence", "weibo"),
    ]


def test_F70_accounts_that_vanish_together_are_one_message_with_their_names(
    sqlite_store: Store,
) -> None:
    world = World(sqlite_store, register(accounts=ACCOUNTS))
    world.restart(register(accounts={}))
    world.engine.judge(WEEK + HOUR, world.awake)
    [notice] = [n for n in world.fresh() if n.kind is Kind.SELF]
    message = render(notice, WORDS, HOURS, resent=False)
    assert "2个账号未经注销即从配置中消失：鞍山民政、鞍山民政" in message.text
    assert "freshness accounts drop" in message.text


def test_F70_what_was_queued_before_waits_and_goes_when_the_account_is_back(
    sqlite_store: Store,
) -> None:
    world = World(sqlite_store, BOTH)
    world.look(WEEK, POSTED)
    world.restart(ONE)
    gone = [n.subject for n in sqlite_store.outbox.claim(WEEK + HOUR)]
    due = sqlite_store.outbox.next_due_at(WEEK + HOUR)
    world.restart(BOTH)
    assert (gone, due) == ([], None)
    assert [n.subject for n in sqlite_store.outbox.claim(WEEK + HOUR)] == ["weibo"]


def test_F70_one_that_returns_goes_on_where_it_was(sqlite_store: Store) -> None:
    world = told(sqlite_store)
    world.restart(ONE)
    world.judge(WEEK + HOUR)
    world.restart(BOTH)
    assert world.look(WEEK + 2 * HOUR) == []
    assert sorted(world.look(at("03-18 09:00"))) == [
        "silence rung:12 li@wecom",
        "silence rung:12 wang@wecom",
        "silence rung:12 zhang@wecom",
    ]


def test_F70_one_that_is_dropped_is_closed_and_those_notified_learn_it(sqlite_store: Store) -> None:
    world = told(sqlite_store)
    world.restart(ONE)
    world.judge(WEEK + HOUR)
    desk(world).accounts.drop(["weibo"], "zhao", WEEK + 2 * HOUR)
    assert world.judge(WEEK + 2 * HOUR) == ["silence end zhang@wecom"]
    assert desk(world).accounts.status(WEEK + 3 * HOUR)["missing"] == []


DROPS = [
    pytest.param("wechat", "is in accounts.toml", id="one that is configured"),
    pytest.param("nobody", "one of: weibo", id="one that nobody knows"),
]


@pytest.mark.parametrize(("account", "said"), DROPS)
def test_only_what_is_missing_can_be_dropped_and_nothing_is_where_one_is_not(
    sqlite_store: Store, account: str, said: str
) -> None:
    world = told(sqlite_store)
    world.restart(ONE)
    with pytest.raises(UsageError, match=said):
        desk(world).accounts.drop(["weibo", account], "zhao", WEEK + HOUR)
    assert [m["id"] for m in desk(world).accounts.status(WEEK + HOUR)["missing"]] == ["weibo"]


def test_status_and_the_list_name_what_is_missing(sqlite_store: Store) -> None:
    world = told(sqlite_store)
    world.restart(ONE)
    listed = {row["id"]: row for row in desk(world).accounts.listed()}
    assert listed["wechat"]["gateways"] == ["wewe"]
    assert listed["weibo"]["state"] == "missing"
    assert listed["weibo"]["missing_since"] is not None
    assert "起从配置中消失" in desk(world).accounts.status_text(WEEK + HOUR).splitlines()[0]


def test_F70_one_that_was_closed_before_it_left_is_not_missing(sqlite_store: Store) -> None:
    world = World(sqlite_store, register(accounts={**ACCOUNTS, "weibo": CLOSED}))
    world.restart(ONE)
    assert list(sqlite_store.accounts.missing()) == []


def test_a_command_beside_the_service_takes_nothing_away_from_it(sqlite_store: Store) -> None:
    told(sqlite_store)
    sqlite_store.accounts.sync([], [], {}, WEEK, whole=False)
    assert list(sqlite_store.accounts.missing()) == []
    assert list(sqlite_store.sources.states()) == ["wechat@wewe", "weibo@rsshub"]


def some(count: int, closed: int = 0) -> dict[str, Account]:
    """Return *count* accounts, the last *closed* of them closed."""
    states = [AccountState.RUNNING] * (count - closed) + [AccountState.CLOSED] * closed
    return {f"a{n}": Account(f"a{n}", "某局", "weibo", state=s) for n, s in enumerate(states)}


RELOADS = [
    pytest.param(some(4), some(1), ["a1", "a2", "a3"], id="three of four: refused"),
    pytest.param(some(4), {}, ["a0", "a1", "a2", "a3"], id="all: refused"),
    pytest.param(some(4), some(2), [], id="half: taken over"),
    pytest.param(some(3), {}, [], id="all of three: taken over"),
    pytest.param(some(6, closed=3), some(1), [], id="the closed do not count"),
    pytest.param(some(4), some(5), [], id="none: taken over"),
]


@pytest.mark.parametrize(("before", "after", "refused"), RELOADS)
def test_F70_a_reload_that_loses_most_of_four_or_more_accounts_is_refused(
    before: dict[str, Account], after: dict[str, Account], refused: list[str]
) -> None:
    assert vanished(before, after) == refused
