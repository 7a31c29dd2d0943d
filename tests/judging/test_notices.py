"""A decision as notices: who, by which channel, and every fact the message will speak of."""

import sqlite3
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from alerts.facts import EndFacts, Fault, Notified, SelfFacts, SilenceFacts
from alerts.model import (
    Alert,
    Call,
    Event,
    Kind,
    NoticeState,
    Person,
    Promise,
    Reach,
    Reason,
    Roster,
)
from alerts.occasion import occasion_of
from alerts.people.routing import Recipient
from alerts.rules.ladder import calls
from monitor.errors import StoreError
from monitor.freshness.evidence import Evidence
from monitor.freshness.verdict import assess
from monitor.judging.facts import (
    account_end_facts,
    account_facts,
    broken_facts,
    channel_facts,
    ended_facts,
    gateway_facts,
    with_promise,
)
from monitor.judging.notices import call_notices, end_notices
from monitor.judging.situation import Situation, recipients
from monitor.judging.troubles import Trouble
from monitor.model import LastPost, Outcome, RouteHealth
from monitor.store.codec import facts_from_json, facts_to_json
from tests.rule_values import (
    ACCOUNTS,
    CALENDAR,
    DAY,
    DEFAULT,
    HOUR,
    HOURS,
    LIMIT,
    MINUTE,
    PEOPLE,
    POLICY,
    POSTED,
    at,
    known,
    register,
    source,
)

REGISTER = register()
ACCOUNT = replace(ACCOUNTS["weibo"], page="https://weibo.com/u/1", organisation="鞍山市民政局")
NOW = at("03-18 09:00")
RUNG = Call(NOW, 12, Reason.RUNG, ("custodian", "duty"), occasion_of("rung:12"))
ALERT = Alert(Kind.SILENCE, "weibo", at("03-13 09:00"), POSTED, id=7, rung=7)
FACTS = SilenceFacts("鞍山民政")


def at_once(_: str, when: datetime) -> datetime:
    return when


def situation(evidence: Evidence, now: datetime) -> Situation:
    return Situation(ACCOUNT, POLICY, evidence, assess(evidence, POLICY, HOURS, now))


def people(*names: str) -> list[Recipient]:
    return [Recipient(PEOPLE[name]) for name in names]


def test_one_notice_a_person_by_the_first_channel() -> None:
    made = call_notices(RUNG, ALERT, FACTS, people("zhang", "li"), at_once, NOW)
    assert [(n.person, n.channel, n.address) for n in made] == [
        ("zhang", "wecom", "zhang"),
        ("li", "wecom", "li"),
    ]
    assert {
        (n.alert, n.kind, str(n.occasion), n.reason, n.event, n.rung, n.state) for n in made
    } == {(7, Kind.SILENCE, "rung:12", Reason.RUNG, Event.ALERT, 12, NoticeState.PENDING)}


@pytest.mark.parametrize(
    ("reach", "channels"),
    [
        pytest.param(("wecom", "mail"), ["wecom"], id="the first way"),
        pytest.param((), [], id="no way at all"),
    ],
)
def test_one_notice_a_person(reach: tuple[str, ...], channels: list[str]) -> None:
    someone = Person("zhao", "赵六", reach=tuple(Reach(c, "") for c in reach))
    made = call_notices(RUNG, ALERT, FACTS, [Recipient(someone)], at_once, NOW)
    assert [n.channel for n in made] == channels


BESIDE = Person(
    "zhao", "赵六", reach=(Reach("sms", "13800000000", urgent=True), Reach("wecom", "zhao"))
)
NEAR = replace(FACTS, breach_at=NOW + 47 * HOUR)
FAR = replace(FACTS, breach_at=NOW + 49 * HOUR)


@pytest.mark.parametrize(
    ("reason", "facts", "channels"),
    [
        pytest.param(Reason.RUNG, FAR, ["wecom"], id="a rung long before the limit"),
        pytest.param(Reason.RUNG, NEAR, ["wecom", "sms"], id="a rung at the last chance"),
        pytest.param(Reason.BLIND, NEAR, ["wecom", "sms"], id="the same, unseen"),
        pytest.param(Reason.CLOSURE, FAR, ["wecom", "sms"], id="before a closed stretch"),
        pytest.param(Reason.BREACH, NEAR, ["wecom", "sms"], id="the breach"),
        pytest.param(Reason.REMINDER, NEAR, ["wecom"], id="a reminder of it"),
        pytest.param(Reason.GATEWAY, FACTS, ["wecom"], id="what has no limit"),
    ],
)
def test_a_way_for_urgent_calls_is_used_beside_the_first(
    reason: Reason, facts: SilenceFacts, channels: list[str]
) -> None:
    call = replace(RUNG, reason=reason)
    made = call_notices(call, ALERT, facts, [Recipient(BESIDE)], at_once, NOW)
    assert [n.channel for n in made] == channels


def test_the_end_is_not_told_by_a_way_for_urgent_calls() -> None:
    called = call_notices(RUNG, ALERT, NEAR, [Recipient(BESIDE)], at_once, NOW)
    earlier = [replace(n, state=NoticeState.SENT, attempts=1) for n in called]
    made = end_notices(ALERT, Reason.POSTED, FACTS, earlier, at_once, NOW + HOUR, {"sms"})
    assert [n.channel for n in made] == ["wecom"]


def test_who_stands_in_reads_why() -> None:
    to = [Recipient(PEOPLE["li"], fallback_for="deputy")]
    [made] = call_notices(RUNG, ALERT, FACTS, to, at_once, NOW)
    assert made.facts.fallback_for == "deputy"


def test_a_notice_is_the_same_however_often_it_is_made() -> None:
    first, again = (
        call_notices(RUNG, ALERT, FACTS, people("zhang"), at_once, now)[0].id
        for now in (NOW, NOW + HOUR)
    )
    other = call_notices(
        replace(RUNG, occasion=occasion_of("rung:13")), ALERT, FACTS, people("zhang"), at_once, NOW
    )[0].id
    assert first == again != other


def test_a_reminder_is_another_event() -> None:
    reminder = Call(NOW, 14, Reason.REMINDER, (), occasion_of("reminder:2024-03-21"))
    [made] = call_notices(reminder, ALERT, FACTS, people("zhang"), at_once, NOW)
    assert made.event is Event.REMINDER


def test_the_end_goes_to_everybody_who_may_have_been_notified() -> None:
    earlier = [
        replace(n, state=state, attempts=attempts)
        for n, state, attempts in zip(
            call_notices(RUNG, ALERT, FACTS, people("zhang", "li", "wang"), at_once, NOW),
            (NoticeState.SENT, NoticeState.RETRYING, NoticeState.PENDING),
            (1, 1, 0),
            strict=True,
        )
    ]
    made = end_notices(ALERT, Reason.POSTED, FACTS, earlier, at_once, NOW + HOUR)
    assert [(n.person, str(n.occasion), n.event, n.rung) for n in made] == [
        ("zhang", "end", Event.RESOLVED, None),
        ("li", "end", Event.RESOLVED, None),
    ]


def test_everything_a_message_says_of_a_silence() -> None:
    earlier = [
        replace(n, state=NoticeState.SENT, attempts=1, sent_at=at("03-13 09:01"))
        for n in call_notices(RUNG, ALERT, FACTS, people("zhang"), at_once, at("03-13 09:00"))
    ]
    facts = account_facts(situation(known(NOW), NOW), RUNG, earlier, REGISTER, NOW)
    assert facts == SilenceFacts(
        name="鞍山民政",
        platform="weibo",
        organisation="鞍山市民政局",
        at=NOW,
        since=POSTED,
        last_post_title="通知",
        quiet_days=12,
        limit_days=14,
        breach_at=LIMIT,
        publish_by=date(2024, 3, 19),
        as_of=NOW,
        link="https://weibo.com/u/1",
        custodian="zhang",
        call_name="zhang",
        call_phone="0412-5",
        told=(Notified("zhang", at("03-13 09:01")),),
        next_at=at("03-19 09:00"),
        next_names=("zhang", "li", "wang"),
    )


def test_who_is_notified_next_is_who_is_on_duty_then() -> None:
    turns = Roster(("li", "zhao"), date(2024, 3, 12), timedelta(days=7))  # zhao from the 19th
    facts = account_facts(
        situation(known(NOW), NOW), RUNG, [], replace(REGISTER, roster=turns), NOW
    )
    assert (facts.next_at, facts.next_names) == (at("03-19 09:00"), ("zhang", "zhao", "wang"))


def test_what_a_message_says_before_the_spring_festival() -> None:
    since, now = at("02-02 10:00"), at("02-08 09:00")
    [call] = calls(since, DEFAULT, CALENDAR, HOURS, now)
    facts = account_facts(situation(known(now, posted=since), now), call, [], REGISTER, now)
    assert (facts.publish_by, facts.closed_from, facts.closed_to, facts.closed_name) == (
        date(2024, 2, 15),
        date(2024, 2, 10),
        date(2024, 2, 17),
        "Spring Festival",
    )
    assert (facts.last_workday, facts.guessed) == (date(2024, 2, 9), False)


@pytest.mark.parametrize(
    ("reason", "late", "due_at"),
    [
        pytest.param(Reason.RUNG, 15 * MINUTE, None, id="a quarter of an hour is in time"),
        pytest.param(Reason.RUNG, 16 * MINUTE, NOW, id="later is made good"),
        pytest.param(Reason.BLIND, 30 * MINUTE, None, id="a question waits for retries first"),
        pytest.param(Reason.BLIND, 31 * MINUTE, NOW, id="a question later than that"),
    ],
)
def test_F18_a_call_made_good_says_when_it_was_due(
    reason: Reason, late: timedelta, due_at: datetime | None
) -> None:
    now, call = NOW + late, replace(RUNG, reason=reason)
    facts = account_facts(situation(known(now), now), call, [], REGISTER, now)
    assert facts.due_at == due_at


def test_a_question_says_since_when_nothing_can_be_read() -> None:
    evidence = known(NOW, source(at("03-14 09:00"), failing_since=at("03-14 10:00")))
    blind = replace(RUNG, reason=Reason.BLIND)
    facts = account_facts(situation(evidence, NOW), blind, [], REGISTER, NOW)
    assert (facts.since, facts.quiet_days, facts.as_of, facts.quiet_since) == (
        at("03-14 10:00"),
        12,
        at("03-14 09:00"),
        POSTED,
    )


def test_a_promise_stands_with_its_giver() -> None:
    promised = replace(ALERT, promise=Promise("zhang", NOW, NOW + HOUR))
    facts = with_promise(FACTS, promised, REGISTER)
    assert (facts.promise_by, facts.promise_until) == ("zhang", NOW + HOUR)
    assert with_promise(FACTS, ALERT, REGISTER) == FACTS


def test_the_end_of_a_silence_names_the_post_that_ended_it() -> None:
    now = at("03-21 09:00")
    facts = account_end_facts(
        situation(known(now, posted=at("03-20 17:00")), now), ALERT, REGISTER, now
    )
    assert facts == EndFacts(
        name="鞍山民政",
        platform="weibo",
        organisation="鞍山市民政局",
        at=now,
        since=POSTED,
        limit_days=14,
        link="https://weibo.com/u/1",
        quiet_days=1,
        post_at=at("03-20 17:00"),
        post_title="通知",
        lasted_days=14,
    )


def test_the_end_of_a_blindness_says_how_long_it_lasted() -> None:
    blind = replace(ALERT, kind=Kind.BLIND, opened_at=at("03-18 08:00"))
    facts = account_end_facts(situation(known(NOW), NOW), blind, REGISTER, NOW)
    assert (facts.since, facts.quiet_days, facts.post_at) == (at("03-18 08:00"), 12, None)


def test_what_is_said_of_a_gateway() -> None:
    route = RouteHealth(
        "weibo", healthy=False, failing_since=at("03-18 08:00"), last_outcome=Outcome.TRANSPORT
    )
    trouble = Trouble("rsshub", "rsshub", ("weibo",), route)
    facts = gateway_facts(trouble, "rsshub", [ACCOUNT], NOW)
    assert (facts.name, facts.since, facts.outcome, facts.accounts) == (
        "rsshub",
        at("03-18 08:00"),
        "transport",
        ("鞍山民政（weibo）",),
    )
    refused = replace(trouble, route=replace(route, last_detail="refused"))
    assert gateway_facts(refused, "", [], NOW).gateway_error == "refused"


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        pytest.param(StoreError("x"), Fault.DATABASE, id="the database's, as the store says it"),
        pytest.param(sqlite3.OperationalError("x"), Fault.DATABASE, id="the database's, raw"),
        pytest.param(PermissionError("x"), Fault.FILES, id="the system's"),
        pytest.param(MemoryError(), Fault.MEMORY, id="no memory"),
        pytest.param(KeyError("x"), Fault.BUG, id="a mistake of ours"),
    ],
)
def test_an_error_of_our_own_is_of_one_sort_and_stays_so_stored(
    error: Exception, fault: Fault
) -> None:
    facts = broken_facts(ACCOUNT, error, NOW)
    stored = facts_from_json(facts_to_json(facts), Kind.SELF, Reason.SELF)
    assert isinstance(stored, SelfFacts)
    assert (facts.fault, stored.fault) == (fault, fault)


def test_what_is_said_of_a_channel_and_of_ourselves() -> None:
    facts = channel_facts(
        "wecom", "channel", ["bad key", "bad key"], ["zhang", "gone", "zhang"], REGISTER, NOW
    )
    assert (facts.name, facts.gateway_error, facts.failure, facts.unreached) == (
        "wecom",
        "bad key",
        "channel",
        ("zhang", "gone"),
    )
    broken = broken_facts(ACCOUNT, ValueError("token=secret"), NOW)
    assert (broken.name, broken.gateway_error) == ("鞍山民政", "ValueError")
    assert (broken.accounts, broken.link) == (("鞍山民政（weibo）",), "https://weibo.com/u/1")


def test_the_end_of_what_is_no_longer_watched() -> None:
    facts = ended_facts(ALERT, None, POSTED + 9 * DAY + HOUR)
    assert (facts.name, facts.since, facts.lasted_days) == ("weibo", POSTED, 9)
    assert ended_facts(ALERT, ACCOUNT, NOW).name == "鞍山民政"


def test_whom_roles_mean_on_the_day() -> None:
    found = recipients(("custodian", "duty", "operator"), ACCOUNT, REGISTER, NOW)
    assert [r.person.id for r in found] == ["zhang", "li", "zhao"]
    nobody = recipients(("custodian",), None, REGISTER, NOW)
    assert [(r.person.id, r.fallback_for) for r in nobody] == [("li", "custodian")]


def test_a_deleted_newest_post_stands_with_the_newest_still_there() -> None:
    evidence = replace(known(NOW), visible=LastPost(POSTED - DAY, "旧", ""))
    facts = account_facts(situation(evidence, NOW), RUNG, [], REGISTER, NOW)
    assert (facts.since, facts.visible_since) == (POSTED, POSTED - DAY)
