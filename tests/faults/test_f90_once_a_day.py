"""One cause, one message a person a day, however often it comes and goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from alerts.delivery.outbox import LONGEST_WAIT
from alerts.delivery.sending import drain
from alerts.message import Delivers, Refused
from alerts.model import Alert, Event, Kind, Ladder, Notice, NoticeState, Reason
from alerts.rules.audit import REACH_WITHIN, Check, audit
from alerts.rules.daily import again_at
from monitor.ledger.records import ImportedPost
from monitor.model import SourceSpec
from monitor.policy import Policy
from monitor.store.base import Store
from tests.alerts.delivery.test_sending import WORDS, Heard, Line, notice
from tests.judging.test_engine import START, World
from tests.judging.test_ledger_gaps import reading
from tests.rule_values import ACCOUNTS, DAY, HOUR, HOURS, MINUTE, POLICY, POSTED, at, register
from tests.store_values import seen

CALLS = (Event.ALERT, Event.REMINDER)
Happens = Callable[[World, datetime, int], None]  # a world, the instant, and how often before


def _gateway_flaps(world: World, now: datetime, nth: int) -> None:
    """Two hours of failing, an hour of answers, and again."""
    world.fail(now) if nth % 3 else world.read(now)


def _gateway_fails(world: World, now: datetime, nth: int) -> None:
    world.fail(now) if nth else world.read(now)


def _channel_flaps(world: World, now: datetime, nth: int) -> None:
    world.read(now)
    refused, fine = Refused("wecom", "zhang", "invalid key"), Delivers("wecom", "zhang")
    world.engine.note_channels([refused if nth % 2 else fine], now)


def _channel_refuses_others(world: World, now: datetime, nth: int) -> None:
    world.read(now)
    world.engine.note_channels([Refused("wecom", ("zhang", "li", "wang")[nth % 3], "no")], now)


def _judging_breaks(world: World, now: datetime, nth: int) -> None:
    nonsense = Policy("poison", Ladder(14 * DAY, ()))
    account = replace(ACCOUNTS["wechat"], sources=(), policy="poison" if nth % 2 else "default")
    policies = {"default": POLICY, "poison": nonsense}
    world.restart(register(policies, {"wechat": account, "weibo": ACCOUNTS["weibo"]}))
    world.read(now)


def _gaps_come_and_are_filled(world: World, now: datetime, nth: int) -> None:
    if nth % 2:
        world.store.readings.record([reading(now, now - 10 * MINUTE, gap=now - 40 * MINUTE)])
    else:
        rows = [ImportedPost("weibo", seen(f"i{nth}", now - HOUR))]
        since = now - 2 * HOUR
        world.store.imports.add(rows, [], "x.csv", now, covers_from=since, covers_until=now)
    world.restart(world.rules)


TROUBLES = [
    pytest.param(Kind.GATEWAY, _gateway_flaps, 3, id="a gateway that fails every other hour"),
    pytest.param(Kind.GATEWAY, _gateway_fails, 1, id="a gateway that stays dead"),
    pytest.param(Kind.CHANNEL, _channel_flaps, 3, id="a channel that refuses now and then"),
    pytest.param(Kind.CHANNEL, _channel_refuses_others, 2, id="a channel that refuses ever others"),
    pytest.param(Kind.SELF, _judging_breaks, 3, id="an account that breaks and mends"),
    pytest.param(Kind.LEDGER, _gaps_come_and_are_filled, 3, id="a ledger with ever new gaps"),
]


def _sent_in(world: World, happens: Happens, days: int) -> Iterator[Notice]:
    """Let it happen every hour of some days, and yield what goes out of such troubles."""
    began = at("03-11 00:00")
    for nth in range(days * 24):
        happens(world, began + nth * HOUR, nth)
        for now in (began + nth * HOUR, began + nth * HOUR + 50 * MINUTE):
            world.judge(now)
            world.deliver(now)
    yield from (n for n in world.notices() if n.state is NoticeState.SENT)


@pytest.mark.long
@pytest.mark.parametrize(("kind", "happens", "days_told"), TROUBLES)
def test_F90_a_cause_is_told_once_a_day(
    sqlite_store: Store, kind: Kind, happens: Happens, days_told: int
) -> None:
    world = World(sqlite_store)
    world.read(START + HOUR, POSTED, at("03-10 12:00"))
    own = [n for n in _sent_in(world, happens, 3) if n.kind is kind]
    calls = {(n.person, n.sent_at) for n in own if n.event in CALLS}
    per_day = Counter((person, _day(when)) for person, when in calls)
    assert sorted(day for _, day in per_day) == [f"03-{11 + n}" for n in range(days_told)]
    assert set(per_day.values()) == {1}
    ends = [n for n in own if n.event is Event.RESOLVED]
    assert len(ends) <= len(calls)  # of what nobody was called for, no end is told


def _day(when: datetime | None) -> str:
    return f"{when + 8 * HOUR:%m-%d}" if when else "never"


def test_F90_calls_before_closed_days_go_at_their_hours(sqlite_store: Store) -> None:
    world = World(sqlite_store)
    world.read(at("03-22 10:00"), at("03-22 10:00"))
    instants = [at("04-03 09:00"), at("04-03 15:30")]
    for now in instants:
        world.look(now)
        world.deliver(now)
    told = [n for n in world.notices() if n.reason is Reason.CLOSURE and n.person == "zhang"]
    assert [n.sent_at for n in told] == instants


@pytest.mark.long
def test_F90_what_a_dead_gateway_leaves_unanswered_is_one_message_a_day(
    sqlite_store: Store,
) -> None:
    sources = [SourceSpec(f"a{n}@rsshub", f"a{n}", "rsshub", f"weibo/user/{n}") for n in range(4)]
    accounts = {s.account: replace(ACCOUNTS["weibo"], id=s.account, sources=(s,)) for s in sources}
    world = World(sqlite_store, register(accounts=accounts))
    chat, mail = Line(), Line()
    for spec in sources:
        world.read(POSTED, POSTED, spec=spec)
    dead_since = at("03-24 12:00")
    for nth in range(4 * 24):
        now = dead_since + nth * HOUR
        for spec in sources:
            world.fail(now, spec=spec)
        world.judge(now)
        by, people = {"wecom": chat, "mail": mail}, world.rules.people
        drain(sqlite_store.outbox, by, people, WORDS, HOURS, now, Heard())
    asked = [m.notices for m in (*chat.messages, *mail.messages) if m.notices[0].kind is Kind.BLIND]
    got = Counter((some[0].person, str(some[0].occasion)) for some in asked)
    reminders = {key: n for key, n in got.items() if key[1].startswith("reminder:")}
    assert {day for _, day in reminders} >= {"reminder:2024-03-26", "reminder:2024-03-27"}
    assert set(reminders.values()) == {1}


NOON = at("03-12 12:00")
NEXT = at("03-13 09:00")
SENT, PENDING, WITHDRAWN = NoticeState.SENT, NoticeState.PENDING, NoticeState.WITHDRAWN


def told(when: datetime, state: NoticeState = SENT, **changes: Any) -> Notice:
    """Return a notice about a gateway, decided *when*."""
    usual = notice("n1", "zhao", kind=Kind.GATEWAY, created_at=when, not_before=when)
    return replace(usual, state=state, sent_at=when if state is SENT else None, **changes)


AGAIN = [
    pytest.param([], NOON, id="never told: now"),
    pytest.param([told(NOON - 3 * HOUR)], NEXT, id="told this morning: tomorrow"),
    pytest.param([told(NOON - DAY)], NOON, id="told yesterday: now"),
    pytest.param([told(NOON + DAY)], NOON, id="told by a clock that ran ahead: now"),
    pytest.param([told(NOON - HOUR, person="li")], NOON, id="another was told: now"),
    pytest.param(
        [told(NOON - HOUR, event=Event.RESOLVED)], NOON, id="an end of another day's call: now"
    ),
    pytest.param([told(NOON - HOUR, WITHDRAWN)], NOON, id="it was withdrawn untried: now"),
    pytest.param(
        [told(NOON - HOUR, WITHDRAWN, attempts=2)], NEXT, id="it may have arrived: tomorrow"
    ),
    pytest.param([told(NOON - HOUR, PENDING)], NEXT, id="it is about to go out: tomorrow"),
    pytest.param(
        [replace(told(NOON - HOUR, PENDING), not_before=NEXT)], NEXT, id="one waits: with it"
    ),
    pytest.param(
        [
            told(NOON - 3 * HOUR, event=Event.REMINDER),
            replace(told(NOON - HOUR, PENDING), not_before=NEXT),
        ],
        NEXT,
        id="told, and one waits: with it",
    ),
    pytest.param(
        [replace(told(NOON - DAY), sent_at=NOON - HOUR)], NEXT, id="held from yesterday: tomorrow"
    ),
]


def test_F90_no_call_is_held_longer_than_the_outbox_believes() -> None:
    early = at("03-12 00:00")
    assert again_at("zhao", [told(early)], HOURS, early) <= early + LONGEST_WAIT


@pytest.mark.parametrize(("earlier", "expected"), AGAIN)
def test_F90_when_a_person_may_be_called_again(earlier: list[Notice], expected: datetime) -> None:
    assert again_at("zhao", earlier, HOURS, NOON) == expected


def test_F90_a_call_that_is_held_does_not_withhold_the_heartbeat() -> None:
    alert = Alert(Kind.GATEWAY, "rsshub", NOON, NOON, id=1)
    held = replace(told(NOON, PENDING), not_before=NEXT)

    def found(now: datetime) -> list[Check]:
        return [one.check for one in audit({}, NOON, [alert], [held], [], HOURS, now)]

    assert found(NEXT - MINUTE) == []
    assert found(NEXT + REACH_WITHIN) == [Check.UNREACHED]
