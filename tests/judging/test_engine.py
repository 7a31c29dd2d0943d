"""From readings to notices on a real database: who is notified of what, and only once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from alerts.delivery.outbox import After, Hold
from alerts.facts import ChannelFacts, EndFacts, SilenceFacts
from alerts.message import Delivers, Failure, Refused
from alerts.messages.render import render
from alerts.model import (
    Alert,
    Kind,
    Ladder,
    Notice,
    NoticeState,
    Person,
    Reach,
    Reason,
    Roster,
    SilenceException,
)
from alerts.rules.lifecycle import acknowledge, promise, unheard_since
from alerts.words import translator
from monitor.freshness.verdict import Verdict
from monitor.judging.cases import BY_THE_HOUR
from monitor.judging.engine import AlertEngine
from monitor.model import (
    Account,
    AccountState,
    Outcome,
    Pulse,
    Reading,
    SourceMemory,
    SourceSpec,
)
from monitor.policy import Policy
from monitor.polling import health
from monitor.register import Register
from monitor.store.base import Store
from monitor.store.protocols.alerts import AlertTransaction
from monitor.store.protocols.ledger import Recorded
from tests.rule_values import (
    ACCOUNTS,
    DAY,
    HOUR,
    HOURS,
    LIMIT,
    MINUTE,
    PEOPLE,
    POLICY,
    POSTED,
    WECHAT,
    WEIBO,
    ZONE,
    at,
    facts_in,
    ladder,
    register,
)
from tests.store_values import seen

START = at("03-01 00:00")
ONLY_WEIBO = {"weibo": ACCOUNTS["weibo"]}


class World:
    """One store, and an engine over it that may be started anew at any moment."""

    def __init__(self, store: Store, rules: Register | None = None) -> None:
        self.store, self.said = store, list[tuple[str, dict[str, Any]]]()
        self.rules = rules or register(accounts=ONLY_WEIBO)
        self.awake = START
        self.restart(self.rules)
        self.known = set[str]()

    def restart(self, rules: Register) -> None:
        """Start the engine anew, perhaps under other rules."""
        self.rules = rules
        self.store.accounts.sync(
            rules.accounts.values(),
            rules.gateways.values(),
            {},
            START,
            count_reposts=rules.count_reposts(),
        )
        self.engine = AlertEngine(self.store, rules, _awake_hours, self._log)

    def _log(self, event: str, /, **facts: Any) -> None:
        self.said.append((event, facts))

    def read(
        self,
        now: datetime,
        *posted: datetime,
        spec: SourceSpec = WEIBO,
        outcome: Outcome = Outcome.OK,
    ) -> None:
        """Store a reading that saw posts of these dates, and judge its gateway."""
        good = outcome.answered
        reading = Reading(
            spec.id,
            spec.account,
            spec.gateway,
            now,
            outcome,
            as_of=now if good else None,
            pulse=Pulse.FULL if good else Pulse.NONE,
        )
        posts = tuple(seen(f"{spec.account}{when:%m%d%H}", when) for when in posted)
        memory = SourceMemory(ever_good=True)
        self.store.readings.record([Recorded(reading, posts, memory, now + 6 * HOUR)])
        states = [s for s in self.store.sources.states().values() if s.spec.gateway == spec.gateway]
        before = self.store.gateways.states().get(spec.gateway)
        self.store.gateways.save([health.judged(spec.gateway, {"weibo": states}, before, now)])

    def fail(self, now: datetime, spec: SourceSpec = WEIBO) -> None:
        """Store a reading that got no answer."""
        self.read(now, spec=spec, outcome=Outcome.TRANSPORT)

    def judge(self, now: datetime) -> list[str]:
        """Judge, and return what was newly queued: kind, occasion, person, channel."""
        self.engine.judge(now, self.awake)
        return [f"{n.kind} {n.occasion} {n.person}@{n.channel}" for n in self.fresh()]

    def look(self, now: datetime, *posted: datetime) -> list[str]:
        """Read well and judge."""
        self.read(now, *posted)
        return self.judge(now)

    def fresh(self) -> list[Notice]:
        """Return the notices queued since this was last asked."""
        found = [n for n in self.notices() if n.id not in self.known]
        self.known |= {n.id for n in found}
        return found

    def notices(self) -> list[Notice]:
        """Return every notice, oldest first."""
        alerts = [a.id for a in self.store.alerts.listed(True)]
        found = [n for some in self.store.alerts.notices_of(alerts).values() for n in some]
        return sorted(found, key=lambda n: (n.created_at, n.alert, str(n.occasion), n.person))

    def deliver(self, now: datetime) -> None:
        """Send everything that waits."""
        for notice in self.store.outbox.claim(now):
            self.store.outbox.settle(notice, After(NoticeState.SENT), now, None)

    def alerts(self) -> list[str]:
        """Return every alert as kind, subject and how it ended, oldest first."""
        found = sorted(self.store.alerts.listed(True), key=lambda a: a.id)
        return [f"{a.kind} {a.subject} {a.resolution or 'open'}" for a in found]


def _awake_hours(channel: str, when: datetime) -> datetime:
    """Mail at any hour; chat not before seven in the morning."""
    local = when + 8 * HOUR
    if channel == "mail" or local.hour >= 7:
        return when
    return when - timedelta(hours=local.hour, minutes=local.minute) + 7 * HOUR


@pytest.fixture
def world(sqlite_store: Store) -> World:
    made = World(sqlite_store)
    made.read(POSTED, POSTED)
    return made


def test_a_silence_from_the_first_rung_to_the_post_that_ends_it(world: World) -> None:
    assert world.look(at("03-13 09:00")) == ["silence rung:7 zhang@wecom"]
    world.deliver(at("03-13 09:00"))
    assert world.look(at("03-13 09:05")) == []
    assert world.look(at("03-18 09:00")) == [
        "silence rung:12 li@wecom",
        "silence rung:12 wang@wecom",
        "silence rung:12 zhang@wecom",
    ]
    assert world.look(at("03-18 09:30"), at("03-18 09:10")) == ["silence end zhang@wecom"]
    assert [n.state for n in world.notices() if str(n.occasion) == "rung:12"] == [
        NoticeState.WITHDRAWN
    ] * 3
    end = world.notices()[-1]
    said = facts_in(end, EndFacts)
    assert (said.post_at, said.lasted_days) == (at("03-18 09:10"), 12)
    assert world.alerts() == ["silence weibo posted"]


class Meanwhile:
    """The store, in which something happens just before an alert is changed."""

    def __init__(self, store: Store, happens: Any) -> None:
        self._store = store
        self.alerts: Any = AlertsMeanwhile(store, happens)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class AlertsMeanwhile:
    """The alerts of that store."""

    def __init__(self, store: Store, happens: Any) -> None:
        self._alerts, self._happens = store.alerts, happens

    def __getattr__(self, name: str) -> Any:
        return getattr(self._alerts, name)

    @contextmanager
    def changing(self, subject: str) -> Iterator[AlertTransaction]:
        self._happens()
        with self._alerts.changing(subject) as tx:
            yield tx


def test_F08_a_post_that_arrives_while_judging_is_not_overlooked(world: World) -> None:
    world.read(at("03-13 09:00"))
    store = Meanwhile(world.store, lambda: world.read(at("03-13 09:00:01"), at("03-13 08:59")))
    AlertEngine(store, world.rules, _awake_hours, world._log).judge(at("03-13 09:00"), START)
    assert world.notices() == []


def test_F06_a_poisoned_account_stops_nobody_and_is_notified(sqlite_store: Store) -> None:
    nonsense = Policy("poison", Ladder(14 * DAY, ()))
    poisoned = replace(ACCOUNTS["wechat"], id="a-poison", policy="poison", sources=())
    accounts = {"a-poison": poisoned, **ONLY_WEIBO}
    policies = {"default": POLICY, "poison": nonsense}
    world = World(sqlite_store, register(policies, accounts))
    world.read(POSTED, POSTED)
    assert world.look(at("03-13 09:00")) == [
        "silence rung:7 zhang@wecom",
        "self judging zhao@wecom",
    ]
    [told] = [n for n in world.notices() if n.kind is Kind.SELF]
    assert told.reason is Reason.SELF
    world.deliver(at("03-13 09:00"))
    assert world.look(at("03-13 09:01")) == []
    broke = [facts for event, facts in world.said if event == "judging_broke"]
    assert [(f["account"], f["error"]) for f in broke] == [("a-poison", "IndexError")]
    world.restart(
        register(accounts={"a-poison": replace(poisoned, policy="default"), **ONLY_WEIBO})
    )
    assert "self end zhao@wecom" in world.look(at("03-13 09:02"))


def test_F10_a_restart_within_a_wait_changes_nothing(world: World) -> None:
    told = []
    for hour in range(0, 16 * 24, 3):
        now = at("03-12 09:00") + hour * HOUR
        world.restart(world.rules)
        told += world.look(now)
    assert [t.split()[1] for t in told if t.endswith("zhang@wecom")] == [
        "rung:7",
        "rung:12",
        "rung:13",
        "breach",
        *[f"reminder:2024-03-{d}" for d in (21, 22, 25, 26, 27)],
    ]


def test_F10_a_message_of_the_night_waits_for_the_morning(sqlite_store: Store) -> None:
    world = World(sqlite_store)
    world.read(at("03-06 02:00"), at("03-06 02:00"))
    world.read(at("03-13 09:00"))
    world.judge(at("03-13 09:00"))
    world.fail(at("03-14 03:00"))
    # What is notified at night for another reason, e.g. that a gateway blinds an account.
    world.fail(at("03-14 03:20"))  # the only source: a quarter of an hour decides
    assert world.judge(at("03-14 03:45")) == ["gateway failing zhao@wecom"]
    [waiting] = [n for n in world.notices() if n.kind is Kind.GATEWAY]
    world.restart(world.rules)
    assert world.judge(at("03-14 03:20")) == []
    assert waiting.not_before == at("03-14 07:00")


def test_F11_answers_are_kept_and_run_out(world: World) -> None:
    world.look(LIMIT)
    [alert] = world.store.alerts.open()
    with world.store.alerts.changing("weibo") as tx:
        tx.save(acknowledge(alert, "zhang", LIMIT + HOUR))
    assert world.look(at("03-21 09:00")) == []
    world.restart(world.rules)
    assert len(world.look(at("03-21 11:00"))) == 3
    [alert] = world.store.alerts.open()
    assert alert.acknowledged is not None


def test_F18_off_for_three_days_across_the_limit(world: World) -> None:
    world.look(at("03-19 09:00"))
    world.fresh()
    world.awake = at("03-22 14:00")
    assert world.judge(world.awake) == []
    assert [t.split()[1] for t in world.look(at("03-22 14:01"))] == ["breach"] * 3
    breach = next(n for n in world.notices() if str(n.occasion) == "breach")
    assert (breach.facts.due_at, breach.facts.at) == (LIMIT, at("03-22 14:01"))
    assert world.look(at("03-22 14:02")) == []


def test_a_limit_made_good_in_the_morning_is_not_said_again_at_nine(world: World) -> None:
    world.look(at("03-19 09:00"))
    world.fresh()
    world.awake = at("03-22 07:30")
    assert [t.split()[1] for t in world.look(at("03-22 07:31"))] == ["breach"] * 3
    assert world.look(at("03-22 09:00")) == []
    assert world.look(at("03-23 09:00")) == []  # a Saturday
    assert [t.split()[1] for t in world.look(at("03-25 09:00"))] == ["reminder:2024-03-25"] * 3


def test_F19_nobody_is_judged_before_being_read_again(world: World) -> None:
    world.look(at("03-12 09:00"))
    world.awake = at("03-19 08:00")
    assert world.judge(at("03-19 08:00")) == []
    assert world.judge(at("03-19 14:15")) == []
    # Patience has run out: it is notified as what it is.
    assert {t.split()[0] for t in world.judge(at("03-19 14:16"))} == {"blind"}
    # The account had posted all along.
    assert world.look(at("03-19 15:00"), at("03-15 10:00")) == []
    assert world.alerts() == ["blind weibo posted"]


def test_F16_one_dead_gateway_is_one_message(sqlite_store: Store) -> None:
    specs = [SourceSpec(f"w{n}@rsshub", f"w{n}", "rsshub", f"weibo/user/{n}") for n in range(40)]
    accounts = {
        s.account: Account(s.account, f"账号{s.account}", "weibo", custodian="zhang", sources=(s,))
        for s in specs
    }
    world = World(sqlite_store, register(accounts=accounts))
    for spec in specs:
        world.read(at("03-06 10:00"), at("03-06 10:00"), spec=spec)
        world.read(at("03-14 11:00"), spec=spec)
    world.judge(at("03-14 11:00"))
    world.fresh()
    world.fail(at("03-14 12:00"), spec=specs[7])
    assert world.judge(at("03-14 13:00")) == [], "one that fails alone accuses nobody"
    world.fail(at("03-14 13:00"), spec=specs[9])  # the witness: read well last of all
    assert world.judge(at("03-14 13:00")) == ["gateway failing zhao@wecom"]
    world.deliver(at("03-14 13:00"))
    [told] = [n for n in world.notices() if n.kind is Kind.GATEWAY]
    assert len(told.facts.accounts) == 40
    assert world.judge(at("03-17 12:00")) == []
    # A rung that falls due meanwhile goes to its own people only, as a question.
    asked = world.judge(at("03-18 09:00"))
    assert len(asked) == 120
    assert {a.split()[2] for a in asked} == {"zhang@wecom", "li@wecom", "wang@wecom"}
    world.read(at("03-18 10:00"), spec=specs[7])
    ended = world.judge(at("03-18 10:00"))
    assert [e for e in ended if e.startswith("gateway")] == ["gateway end zhao@wecom"]
    [end] = [n for n in world.notices() if n.kind is Kind.GATEWAY and str(n.occasion) == "end"]
    assert end.facts.since == at("03-14 12:00")


def test_a_blindness_carries_the_rung_and_says_how_long_it_lasted(sqlite_store: Store) -> None:
    world = World(sqlite_store, register())
    world.read(POSTED, POSTED)
    other = SourceSpec("wechat@rsshub", "wechat", "rsshub", "x")
    both = replace(ACCOUNTS["wechat"], sources=(WECHAT, other))
    world.restart(register(accounts={**ONLY_WEIBO, "wechat": both}))
    world.read(POSTED, at("03-05 10:00"), spec=other)
    world.read(at("03-17 10:00"), at("03-16 10:00"), spec=other)
    world.read(at("03-17 10:00"))
    world.judge(at("03-17 10:00"))
    world.deliver(at("03-17 10:00"))
    world.fresh()
    # The account is on its own: another one behind the same gateway is read well.
    world.fail(at("03-18 08:00"))
    world.read(at("03-18 08:05"), spec=other)
    told = world.judge(at("03-18 09:00"))
    assert told == [
        "blind rung:12 li@wecom",
        "blind rung:12 wang@wecom",
        "blind rung:12 zhang@wecom",
        "blind rung:12 zhao@wecom",
    ]
    world.deliver(at("03-18 09:00"))
    asked = next(n for n in world.notices() if n.kind is Kind.BLIND)
    said = facts_in(asked, SilenceFacts)
    assert (asked.rung, said.since, said.quiet_days) == (12, at("03-18 08:00"), 12)
    assert (said.quiet_since, said.as_of) == (POSTED, at("03-17 10:00"))
    world.read(at("03-18 11:00"))
    told = world.judge(at("03-18 11:00"))
    assert [t.split()[:2] for t in told] == [["silence", "rung:12"]] * 3 + [["blind", "end"]] * 4
    end = next(n for n in world.notices() if n.kind is Kind.BLIND and str(n.occasion) == "end")
    assert (end.reason, end.facts.since) == (Reason.RECOVERED, at("03-18 09:00"))
    assert world.alerts()[-1] == "blind weibo recovered"


def test_a_promise_that_ends_while_nobody_can_see_is_asked_for_and_named(world: World) -> None:
    world.look(at("03-13 09:00"))
    world.deliver(at("03-13 09:00"))
    world.fresh()
    until, given = at("03-18 12:00"), at("03-14 10:00")
    with world.store.alerts.changing("weibo") as tx:
        alert = tx.open_alert(Kind.SILENCE)
        assert alert is not None
        tx.save(promise(alert, "zhang", until, False, LIMIT, HOURS, given))
    world.read(at("03-18 08:00"))
    world.fail(at("03-18 08:30"))
    assert [t for t in world.judge(at("03-18 09:30")) if t.startswith("blind")] == []
    told = world.judge(until + 15 * MINUTE)
    assert [t.split()[1:] for t in told if t.startswith("blind")] == [
        ["rung:12", f"{name}@wecom"] for name in ("li", "wang", "zhang", "zhao")
    ]
    said = [facts_in(n, SilenceFacts) for n in world.notices() if n.kind is Kind.BLIND]
    assert {(one.promise_by, one.promise_until, one.due_at) for one in said} == {
        ("zhang", until, None)
    }
    assert [t for t in world.judge(until + HOUR) if t.startswith("blind")] == []


def test_F62_who_was_called_before_a_clock_ran_ahead_hears_of_the_end(world: World) -> None:
    world.look(at("03-13 09:00"))
    world.deliver(at("03-13 09:00"))
    world.look(at("03-18 09:00"))
    world.deliver(at("03-18 09:00"))
    world.fresh()
    world.store.undo_ahead(at("03-13 10:00"))
    assert world.look(at("03-13 10:00")) == [
        f"silence end {name}@wecom" for name in ("li", "wang", "zhang")
    ]
    world.deliver(at("03-13 10:00"))
    assert world.look(at("03-14 10:00"), at("03-14 08:00")) == ["silence end zhang@wecom"]
    assert world.alerts() == ["silence weibo corrected", "silence weibo posted"]


UNREACHABLE = replace(
    register(accounts=ONLY_WEIBO),
    people={name: replace(one, reach=()) for name, one in PEOPLE.items()},
    roster=Roster(),
)


def heard(world: World) -> list[str]:
    return [event for event, _ in world.said if event.startswith("call_")]


def test_F41_a_call_without_a_reachable_recipient_is_still_owed(sqlite_store: Store) -> None:
    world = World(sqlite_store, UNREACHABLE)
    world.read(POSTED, POSTED)
    for day in ("03-13 09:00", "03-13 09:01", "03-14 09:00", "03-18 09:00", "03-18 09:01"):
        assert world.look(at(day)) == []
    [alert] = sqlite_store.alerts.open()
    assert (alert.rung, alert.called_at) == (12, at("03-18 09:00"))
    assert heard(world) == ["call_unheard", "call_unheard"], "once a rung, not at every look"
    world.restart(register(accounts=ONLY_WEIBO))
    assert world.judge(at("03-18 10:00")) == [
        "silence rung:12 li@wecom",
        "silence rung:12 wang@wecom",
        "silence rung:12 zhang@wecom",
    ]
    assert {n.facts.due_at for n in world.notices()} == {at("03-18 09:00")}
    assert world.look(at("03-18 10:01")) == []
    assert heard(world) == ["call_unheard", "call_unheard", "call_made"]
    assert world.look(at("03-19 09:00"))[0].startswith("silence rung:13")


def test_an_alert_that_reached_nobody_ends_like_any_other(sqlite_store: Store) -> None:
    world = World(sqlite_store, UNREACHABLE)
    world.read(POSTED, POSTED)
    world.look(at("03-13 09:00"))
    assert world.look(at("03-14 09:00"), at("03-14 08:00")) == []
    assert world.alerts() == ["silence weibo posted"]


def test_who_was_notified_before_everybody_lost_their_reach_is_notified_of_the_next_rung_later(
    sqlite_store: Store,
) -> None:
    world = World(sqlite_store)
    world.read(POSTED, POSTED)
    assert world.look(at("03-13 09:00")) == ["silence rung:7 zhang@wecom"]
    world.restart(UNREACHABLE)
    assert world.look(at("03-18 09:00")) == []
    [alert] = sqlite_store.alerts.open()
    assert unheard_since(alert, world.notices()) == at("03-18 09:00")
    world.restart(register(accounts=ONLY_WEIBO))
    assert len(world.look(at("03-18 09:05"))) == 3
    [alert] = sqlite_store.alerts.open()
    assert unheard_since(alert, world.notices()) is None


@pytest.mark.parametrize(
    ("rules", "told", "alerts"),
    [
        pytest.param(
            register({"default": Policy("default", ladder(20, 30))}, ONLY_WEIBO),
            ["silence end zhang@wecom"],
            ["silence weibo rule_changed"],
            id="the limit is raised",
        ),
        pytest.param(
            register({"default": Policy("default", ladder(3, 5, 7))}, ONLY_WEIBO),
            ["silence breach li@wecom", "silence breach wang@wecom", "silence breach zhang@wecom"],
            ["silence weibo open"],
            id="the limit is lowered",
        ),
        pytest.param(
            register(accounts={"weibo": replace(ACCOUNTS["weibo"], state=AccountState.CLOSED)}),
            ["silence end zhang@wecom"],
            ["silence weibo account_closed"],
            id="the account is closed",
        ),
        pytest.param(
            register(accounts={"weibo": replace(ACCOUNTS["weibo"], state=AccountState.CLOSING)}),
            [],
            ["silence weibo open"],
            id="an account about to be closed keeps its duty",
        ),
    ],
)
def test_F24_the_rules_change_within_a_silence(
    world: World, rules: Register, told: list[str], alerts: list[str]
) -> None:
    world.look(at("03-13 09:00"))
    world.deliver(at("03-13 09:00"))
    world.fresh()
    world.restart(rules)
    world.read(at("03-13 10:30"))
    assert world.judge(at("03-13 10:30")) == told
    assert world.alerts() == alerts


def test_F24_a_rule_that_has_become_stricter_is_read_for_in_time(world: World) -> None:
    world.look(at("03-10 08:00"))  # nothing is due before the 13th: read again at 14:00
    world.restart(register({"default": Policy("default", ladder(4, 5))}, ONLY_WEIBO))
    world.judge(at("03-10 08:30"))
    [state] = world.store.sources.states().values()
    assert state.next_read_at == at("03-10 09:00")


def test_F24_what_is_asked_for_while_accounts_are_judged_is_read_no_later(world: World) -> None:
    world.restart(register())
    for spec in (WEIBO, WECHAT):
        world.read(at("03-10 08:00"), POSTED, spec=spec)
    stricter, now = register({"default": Policy("default", ladder(4, 5))}), at("03-10 08:30")
    asked = list[str]()

    def ask(event: str, /, account: str = "", **_: Any) -> None:
        """While the first account is judged, somebody asks for both."""
        if event == "account_assessed" and not asked:
            asked.append(account)
            for spec in (WEIBO, WECHAT):
                world.store.sources.plan(spec.id, now, now)

    world.restart(stricter)
    AlertEngine(world.store, stricter, _awake_hours, ask).judge(now, world.awake)
    states = world.store.sources.states()
    assert (len(asked), {states[s.id].next_read_at for s in (WEIBO, WECHAT)}) == (1, {now})


def test_F24_a_rule_that_still_calls_begins_anew_at_once(world: World) -> None:
    world.look(LIMIT)
    world.deliver(LIMIT)
    world.fresh()
    world.restart(register({"default": Policy("default", ladder(10, 20))}, ONLY_WEIBO))
    # Whom it goes on for is not also notified that it has ended.
    assert world.look(LIMIT + HOUR) == [
        "silence end li@wecom",
        "silence end wang@wecom",
        "silence rung:10 zhang@wecom",
    ]
    assert world.alerts() == ["silence weibo rule_changed", "silence weibo open"]
    goes_on = world.notices()[-1]
    assert [one.name for one in goes_on.facts.told] == ["zhang", "li", "wang"]


def test_an_agreed_silence_is_quiet_and_true(world: World) -> None:
    world.look(at("03-13 09:00"))
    world.deliver(at("03-13 09:00"))
    world.fresh()
    agreed = SilenceException("weibo", "wang", at("03-13 10:00"), at("03-25 10:00"), "改版")
    world.store.exceptions.save(agreed)
    assert world.look(at("03-13 10:00")) == ["silence end zhang@wecom"]
    assert world.look(LIMIT + HOUR) == []
    situation = world.engine.situations(LIMIT + HOUR, START, {})["weibo"]
    assert situation.assessment.verdict is Verdict.BREACHED
    assert [t.split()[1] for t in world.look(at("03-25 10:00"))] == ["breach"] * 3
    end, over = (
        next(n for n in world.notices() if str(n.occasion) == o) for o in ("end", "breach")
    )
    said = facts_in(end, EndFacts)
    assert (said.agreed_by, said.agreed_until, said.agreed_why) == (
        "wang",
        at("03-25 10:00"),
        "改版",
    )
    # Nothing was missed: it was agreed to say nothing.
    assert (facts_in(over, SilenceFacts).agreed_until, over.facts.due_at) == (
        at("03-25 10:00"),
        None,
    )


def test_a_channel_that_refuses_is_notified_by_another_and_once(world: World) -> None:
    now = at("03-13 09:00")
    world.look(now)
    world.fresh()
    refused = Refused("wecom", "zhang", "invalid key")
    world.engine.note_channels([refused], now)
    told = world.fresh()
    assert [f"{n.occasion} {n.person}@{n.channel}" for n in told] == ["person:zhang zhao@mail"]
    said = facts_in(told[0], ChannelFacts)
    assert (said.gateway_error, said.unreached) == ("invalid key", ("zhang",))
    world.engine.note_channels([refused, Delivers("mail")], now + HOUR)
    assert world.fresh() == []
    assert world.alerts() == ["silence weibo open", "channel wecom open"]


@pytest.mark.parametrize(
    ("reaches", "told"),
    [
        pytest.param({"zhao": ("wecom", "mail")}, "zhao@mail", id="another way"),
        pytest.param({"zhao": ("wecom",)}, "li@mail for operator", id="another person"),
        pytest.param(
            dict.fromkeys(PEOPLE, ("wecom",)), "zhao@wecom", id="nothing else reaches anybody"
        ),
    ],
)
def test_a_broken_channel_is_notified_around_it(
    world: World, reaches: dict[str, tuple[str, ...]], told: str
) -> None:
    people = {
        name: replace(p, reach=tuple(Reach(c, name) for c in reaches.get(name, ("wecom", "mail"))))
        for name, p in PEOPLE.items()
    }
    world.restart(replace(world.rules, people=people))
    world.engine.note_channels([Refused("wecom", "zhang", "invalid key")], at("03-13 09:00"))
    [one] = world.fresh()
    stands_in = f" for {one.facts.fallback_for}" if one.facts.fallback_for else ""
    assert f"{one.person}@{one.channel}{stands_in}" == told


@pytest.mark.parametrize(
    "people",
    [
        pytest.param({k: p for k, p in PEOPLE.items() if k != "zhang"}, id="who was refused left"),
        pytest.param(
            {k: replace(p, reach=(Reach("mail", k),)) for k, p in PEOPLE.items()},
            id="nobody uses the channel any more",
        ),
    ],
)
def test_a_channel_that_nobody_waits_for_is_no_trouble(
    world: World, people: dict[str, Person]
) -> None:
    world.engine.note_channels([Refused("wecom", "zhang", "invalid key")], at("03-13 09:00"))
    world.judge(at("03-13 09:01"))
    assert world.alerts()[0] == "channel wecom open"
    world.restart(replace(world.rules, people=people))
    world.judge(at("03-13 09:02"))
    assert world.alerts()[0] == "channel wecom account_closed"


def test_a_channel_works_again_when_it_reaches_somebody_it_refused(world: World) -> None:
    now = at("03-13 09:00")
    world.look(now)
    world.engine.note_channels([Refused("wecom", "zhang", "invalid key")], now)
    delivers = [Delivers("wecom")]
    world.engine.note_channels(delivers, now + HOUR)
    assert world.alerts()[-1] == "channel wecom open"
    world.deliver(now + 2 * HOUR)
    world.engine.note_channels(delivers, now + 2 * HOUR)
    assert world.alerts()[-1] == "channel wecom recovered"
    assert [n.person for n in world.notices() if str(n.occasion) == "end"] == ["zhao"]
    world.judge(now + 3 * HOUR)
    assert world.alerts()[-1] == "channel wecom recovered"


def test_several_who_are_refused_together_are_one_message(world: World) -> None:
    now = at("03-13 09:00")
    outcomes = [Refused("wecom", person, "invalid key") for person in ("zhang", "li")]
    world.engine.note_channels(outcomes, now)
    [told] = world.fresh()
    said = facts_in(told, ChannelFacts)
    assert said.gateway_error == "invalid key"
    assert said.unreached == ("zhang", "li")


@pytest.mark.parametrize(
    ("failures", "expected"),
    [
        ([Failure.ADDRESS, Failure.ADDRESS], "address"),
        ([Failure.ADDRESS, Failure.CHANNEL], None),
    ],
)
def test_a_channels_trouble_is_named_where_it_is_of_one_sort(
    world: World, failures: list[Failure], expected: str | None
) -> None:
    people = ("zhang", "li")
    outcomes = [
        Refused("wecom", *of, why)
        for of, why in zip(((p, "no") for p in people), failures, strict=True)
    ]
    world.engine.note_channels(outcomes, at("03-13 09:00"))
    [told] = world.fresh()
    assert facts_in(told, ChannelFacts).failure == expected


def test_verdicts_are_logged_when_they_change(world: World) -> None:
    for minutes in (0, 1, 60, 61):
        world.look(at("03-13 08:59") + minutes * MINUTE)
    verdicts = [facts["verdict"] for event, facts in world.said if event == "account_assessed"]
    assert verdicts == ["fresh", "late"]


def test_every_alert_belongs_to_one_trouble(world: World) -> None:
    for day in range(30):
        world.look(at("03-12 09:00") + day * DAY, *([at("03-22 10:00")] if day > 10 else []))
    alerts: list[Alert] = sorted(world.store.alerts.listed(True), key=lambda a: a.id)
    assert [(a.since, a.resolution) for a in alerts] == [
        (POSTED, Reason.POSTED),
        (at("03-22 10:00"), None),
    ]


def test_F09_what_was_over_before_it_was_sent_is_sent_to_nobody_twice(world: World) -> None:
    """Who was notified is notified of the end; whose message still waited gets neither."""
    world.look(at("03-13 09:00"))
    world.deliver(at("03-13 09:00"))
    world.look(at("03-18 09:00"))  # to three people, and nothing is sent yet
    world.look(at("03-18 09:01"), at("03-18 09:00:30"))
    world.deliver(at("03-18 09:02"))
    sent = [(n.person, str(n.occasion)) for n in world.notices() if n.state is NoticeState.SENT]
    assert sent == [("zhang", "rung:7"), ("zhang", "end")]


@pytest.mark.long
def test_F15_while_over_the_limit_one_reminder_a_working_day_and_no_more(world: World) -> None:
    told = []
    for half_hours in range(2 * 24 * 6):
        now = LIMIT + half_hours * 30 * MINUTE
        told += [one for one in world.look(now) if one.endswith("zhang@wecom")]
        world.deliver(now)
    assert [one.split()[1] for one in told] == [
        "breach",
        "reminder:2024-03-21",
        "reminder:2024-03-22",
        "reminder:2024-03-25",
        "reminder:2024-03-26",
    ]


@pytest.mark.long
def test_F17_a_restart_every_night_for_a_month_moves_no_call(world: World) -> None:
    told = []
    for hours in range(30 * 24):
        now = POSTED + hours * HOUR
        if now.hour == 19:  # three in the morning
            world.restart(world.rules)
        for one in world.look(now):
            if one.endswith("zhang@wecom"):
                told.append((one.split()[1], now))
        world.deliver(now)
    first = dict(reversed(told))
    assert {
        occasion: first[occasion] for occasion in ("rung:7", "rung:12", "rung:13", "breach")
    } == {
        "rung:7": at("03-13 09:00"),
        "rung:12": at("03-18 09:00"),
        "rung:13": at("03-19 09:00"),
        "breach": LIMIT,
    }
    assert len(told) == len(first)


# A quota of the day


def limited(quota: int | None) -> Register:
    rules = register(accounts=ONLY_WEIBO)
    gateways = {g.id: replace(g, quota=quota) for g in rules.gateways.values()}
    return replace(rules, gateways=gateways)


def starving(store: Store, spent: int) -> World:
    """An account past its first rung, last read on time for it, behind a quota of ten."""
    world = World(store, limited(10))
    world.read(POSTED, POSTED)
    assert world.look(at("03-13 09:00")) == ["silence rung:7 zhang@wecom"]
    for _ in range(spent):
        assert store.gateways.spend("rsshub", date(2024, 3, 13), 10)
    return world


@pytest.mark.parametrize(
    ("spent", "said"),
    [
        pytest.param(10, "【配额用完】采集网关rsshub今日10次请求配额已用完", id="all of it"),
        pytest.param(
            7, "【配额不足】采集网关rsshub每日10次请求配额不够用", id="as much as may be by now"
        ),
    ],
)
def test_a_quota_that_does_not_reach_is_notified_as_that_and_not_as_a_broken_gateway(
    sqlite_store: Store, spent: int, said: str
) -> None:
    world = starving(sqlite_store, spent)
    assert world.judge(at("03-13 15:15")) == []
    assert world.judge(at("03-13 15:16")) == ["gateway quota zhao@wecom"]
    [notice] = world.notices()[-1:]
    text = render(notice, translator("zh_CN", ZONE), HOURS, resent=False).text
    assert text.splitlines()[0] == f"{said}，1个账号未能按时读取：“鞍山民政”微博"
    world.deliver(at("03-13 15:16"))
    assert world.look(at("03-13 17:00")) == [], "it may happen again before midnight"
    assert world.look(at("03-14 00:05")) == ["gateway end zhao@wecom"]
    assert world.alerts() == ["silence weibo open", "gateway rsshub#quota recovered"]
    [ended] = [n for n in world.notices() if str(n.occasion) == "end"]
    text = render(ended, translator("zh_CN", ZONE), HOURS, resent=False).text
    assert text.splitlines()[0] == "【已恢复】采集网关rsshub所读账号已恢复按时读取"
    assert ended.facts.since == at("03-13 09:00")


def test_an_account_that_is_not_read_though_the_quota_is_ample_is_notified_by_itself(
    sqlite_store: Store,
) -> None:
    world = starving(sqlite_store, 2)
    assert world.judge(at("03-13 15:16")) == []
    assert world.judge(at("03-14 09:15")) == ["blind unread zhao@wecom"]


def test_a_rung_that_nothing_bears_out_for_the_quota_is_a_question_to_its_people(
    sqlite_store: Store,
) -> None:
    world = starving(sqlite_store, 10)
    world.judge(at("03-13 15:16"))
    for _ in range(10):
        sqlite_store.gateways.spend("rsshub", date(2024, 3, 18), 10)
    assert world.judge(at("03-18 09:15")) == [
        "blind rung:12 li@wecom",
        "blind rung:12 wang@wecom",
        "blind rung:12 zhang@wecom",
    ]


def test_without_a_quota_any_more_its_alert_ends(sqlite_store: Store) -> None:
    world = starving(sqlite_store, 10)
    world.judge(at("03-13 15:16"))
    world.deliver(at("03-13 15:16"))
    world.restart(limited(None))
    assert world.judge(at("03-13 15:20")) == ["gateway end zhao@wecom"]


MANY = [f"account-{n}" for n in range(5)]


def office_of_five(store: Store) -> tuple[World, list[SourceSpec]]:
    specs = [SourceSpec(f"{a}@rsshub", a, "rsshub", f"weibo/user/{a}") for a in MANY]
    accounts = {s.account: replace(ACCOUNTS["weibo"], id=s.account, sources=(s,)) for s in specs}
    world = World(store, register(accounts=accounts))
    for spec in specs:
        world.read(POSTED, POSTED, spec=spec)
        world.read(at("03-13 08:00"), spec=spec)
    return world, specs


def test_calls_of_one_hour_wait_until_every_account_was_read_since(sqlite_store: Store) -> None:
    world, specs = office_of_five(sqlite_store)
    nine = at("03-13 09:00")
    for n, spec in enumerate(specs[:4]):
        world.read(nine + n * MINUTE, spec=spec)
        assert len(world.judge(nine + n * MINUTE)) == 1
        held = world.engine.gathering(nine + n * MINUTE)
        assert held is not None
        assert not world.store.outbox.claim(nine + n * MINUTE, hold=held)
    world.read(nine + 5 * MINUTE, spec=specs[4])
    world.judge(nine + 5 * MINUTE)
    assert world.engine.gathering(nine + 5 * MINUTE) is None
    claimed = world.store.outbox.claim(nine + 5 * MINUTE)
    assert {n.subject for n in claimed} == set(MANY)


def test_each_is_called_with_its_own_reading_while_others_wait_from_second_to_second(
    sqlite_store: Store,
) -> None:
    world, specs = office_of_five(sqlite_store)
    nine, second = at("03-13 09:00"), timedelta(seconds=1)
    assert world.judge(nine) == []
    for n, spec in enumerate(specs, 1):
        now = nine + n * second
        world.read(now, spec=spec)
        assert len(world.judge(now)) == 1
        assert (world.engine.gathering(now) is None) == (n == len(specs))


def test_a_call_waits_for_those_to_the_same_person_alone(sqlite_store: Store) -> None:
    specs = [SourceSpec(f"{a}@rsshub", a, "rsshub", f"weibo/user/{a}") for a in MANY[:3]]
    held_by = dict(zip(specs, ("zhang", "zhang", "chen"), strict=True))
    accounts = {
        s.account: replace(ACCOUNTS["weibo"], id=s.account, sources=(s,), custodian=person)
        for s, person in held_by.items()
    }
    world, nine = World(sqlite_store, register(accounts=accounts)), at("03-13 09:00")
    for spec in specs:
        world.read(POSTED, POSTED, spec=spec)
        world.read(at("03-13 08:00"), spec=spec)
    for spec in (specs[0], specs[2]):
        world.read(nine, spec=spec)
    world.judge(nine)
    held = world.engine.gathering(nine)
    assert held is not None
    claimed = sqlite_store.outbox.claim(nine, hold=held)
    assert {n.subject for n in claimed if n.kind is Kind.SILENCE} == {MANY[2]}
    world.read(nine + MINUTE, spec=specs[1])
    world.judge(nine + MINUTE)
    assert world.engine.gathering(nine + MINUTE) is None


def test_they_wait_no_longer_than_a_quarter_of_an_hour_allows(sqlite_store: Store) -> None:
    world, specs = office_of_five(sqlite_store)
    nine = at("03-13 09:00")
    world.read(nine, spec=specs[0])
    world.judge(nine)
    assert world.engine.gathering(nine + 11 * MINUTE) is not None
    assert world.engine.gathering(nine + 12 * MINUTE) is None
    world.judge(nine + 12 * MINUTE)
    assert world.engine.gathering(nine + 12 * MINUTE) is None


def test_nobody_waits_for_what_cannot_be_read(sqlite_store: Store) -> None:
    world, specs = office_of_five(sqlite_store)
    nine = at("03-13 09:00")
    for spec in specs[:4]:
        world.read(nine, spec=spec)
    world.fail(nine - MINUTE, spec=specs[4])
    world.judge(nine)
    assert world.engine.gathering(nine) is None


def test_the_limit_is_notified_at_its_instant_even_if_others_are_read_late(
    sqlite_store: Store,
) -> None:
    world, specs = office_of_five(sqlite_store)
    nine = at("03-18 09:00")
    held = Hold(nine, BY_THE_HOUR)
    for spec in specs:
        world.read(at("03-20 10:00"), spec=spec)
    world.judge(at("03-20 10:00"))
    assert {n.reason for n in world.store.outbox.claim(at("03-20 10:00"), hold=held)} == {
        Reason.BREACH
    }


def test_what_was_due_before_the_account_was_watched_is_not_made_good(sqlite_store: Store) -> None:
    world = World(sqlite_store)  # watched since 1 March
    world.read(START + MINUTE, START - 11 * DAY)
    told = world.judge(START + MINUTE)
    assert told == ["silence rung:10 li@wecom", "silence rung:10 zhang@wecom"]
    assert {n.facts.due_at for n in world.notices()} == {None}


def test_next_years_working_days_are_asked_for_until_they_are_imported(world: World) -> None:
    december = at("2027-12-01 09:00")
    world.awake = december
    assert "self calendar:2027-12-01 zhao@wecom" in world.look(december)
    world.store.notes.keep_workdays(2028, "2028\n")
    world.look(december + HOUR)
    assert "self calendar:2028 recovered" in world.alerts()


def test_imported_working_days_move_calls(world: World) -> None:
    world.store.notes.keep_workdays(2028, "2028\n2028-03-08,closed\n")
    assert not world.rules.under(world.store.custody.records()).calendar.workday(date(2028, 3, 8))


# What a pass looks at


def test_a_pass_with_nothing_due_asks_nobody(world: World) -> None:
    world.look(POSTED + HOUR, POSTED)
    world.judge(POSTED + HOUR + MINUTE)
    assert not world.store.standings.due(POSTED + HOUR + 2 * MINUTE)


def test_what_is_kept_and_wrong_is_found_and_judged_anew(world: World) -> None:
    now = POSTED + HOUR
    world.look(now, POSTED)
    (known,) = world.store.standings.settled(now).values()
    wrong = replace(known.standing, verdict="late", due_at=now + 30 * DAY)
    world.store.standings.keep({"weibo": wrong}, {"weibo": known})
    assert world.engine.disagreeing(now, world.awake) == ["weibo"]
    world.judge(now)
    assert world.engine.disagreeing(now, world.awake) == []
    assert world.store.standings.settled(now)["weibo"].standing == known.standing
