"""The life of an alert as stories: what is looked at and answered when, and what is sent."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.facts import SilenceFacts
from alerts.model import (
    Alert,
    Call,
    Event,
    Kind,
    Ladder,
    Notice,
    NoticeState,
    Reason,
)
from alerts.occasion import occasion_of
from alerts.rules.ladder import calls, publish_by
from alerts.rules.lifecycle import Case, Step, acknowledge, notified, promise, step, unheard
from tests.rule_values import (
    CALENDAR,
    DAY,
    DEFAULT,
    HOUR,
    HOURS,
    LIMIT,
    MINUTE,
    POSTED,
    ZONE,
    at,
    ladder,
    shown,
)

OPENED = Alert(
    Kind.SILENCE, "weibo", at("03-13 09:00"), POSTED, rung=7, called_at=at("03-13 09:00")
)
RUNG_7 = occasion_of("rung:7")
SEVENTH = Call(at("03-13 09:00"), 7, Reason.RUNG, ("custodian",), RUNG_7)
NEVER_HEARD = replace(OPENED, called=frozenset({occasion_of("unheard:rung:7")}))


@pytest.mark.parametrize(
    ("before", "moved", "expected"),
    [
        pytest.param(
            None,
            Step(replace(OPENED, called=frozenset({RUNG_7})), SEVENTH),
            Step(NEVER_HEARD, SEVENTH),
            id="it opens",
        ),
        pytest.param(
            NEVER_HEARD,
            Step(
                replace(OPENED, called=NEVER_HEARD.called | {RUNG_7}, called_at=at("03-13 09:01")),
                SEVENTH,
            ),
            Step(None),
            id="and then waits for somebody",
        ),
        pytest.param(
            NEVER_HEARD,
            Step(
                replace(OPENED, since=POSTED - DAY, called=NEVER_HEARD.called | {RUNG_7}), SEVENTH
            ),
            Step(replace(NEVER_HEARD, since=POSTED - DAY)),
            id="recounted meanwhile",
        ),
        pytest.param(
            NEVER_HEARD,
            Step(OPENED, None, Reason.POSTED),
            Step(OPENED, None, Reason.POSTED),
            id="an end is no call",
        ),
    ],
)
def test_a_call_without_a_reachable_recipient_stays_owed(
    before: Alert | None, moved: Step, expected: Step
) -> None:
    assert unheard(before, moved) == expected


class Story:
    """One account's alert of silence, looked at whenever the story says so."""

    def __init__(self, since: datetime = POSTED, steps: Ladder = DEFAULT) -> None:
        self.since, self.steps = since, steps
        self.alert: Alert | None = None
        self.resolved: Alert | None = None
        self.calls: list[tuple[datetime, Call]] = []

    def look(self, now: datetime, ended: Reason | None = None, seeing: bool = True) -> str | None:
        """Read well, or with *seeing* false badly, take a step, and return what is sent."""
        moved = step(self.alert, self.resolved, self.case(now, ended, seeing), HOURS, now)
        if moved.resolved is not None:
            self.alert, self.resolved = None, moved.alert
            return moved.resolved.value
        self.alert = moved.alert or self.alert
        if moved.call is None:
            return None
        self.calls.append((now, moved.call))
        made = "" if moved.call.due_at == now else f" of {shown(moved.call.due_at)}"
        return f"{moved.call.rung} {moved.call.reason} {'+'.join(moved.call.tell)}{made}"

    def case(self, now: datetime, ended: Reason | None, seeing: bool) -> Case:
        due = calls(self.since, self.steps, CALENDAR, HOURS, now)
        return Case(
            Kind.SILENCE,
            "weibo",
            self.since,
            tuple(due) if seeing else (),
            ended,
            rung=max((c.rung for c in due if c.rung), default=None),
            ladder=self.steps,
            closed=self._closed(),
            read_at=now if seeing else None,
        )

    def _closed(self) -> tuple[datetime, datetime] | None:
        stretch = CALENDAR.stretch(publish_by(self.since, self.steps, ZONE))
        if stretch is None:
            return None
        first = datetime.combine(stretch.first, time(), ZONE)
        return first, datetime.combine(stretch.last + DAY, time(), ZONE)

    def acknowledge(self, now: datetime) -> None:
        assert self.alert is not None
        self.alert = acknowledge(self.alert, "zhang", now)

    def promise(self, until: datetime, now: datetime) -> None:
        assert self.alert is not None
        limit = self.since + self.steps.limit
        self.alert = promise(self.alert, "zhang", until, True, limit, HOURS, now)


def play(story: Story, scenes: Sequence[tuple[str, str]]) -> list[str | None]:
    """Return what each scene sends: `look`, `blind`, `ack`, `promise …`, `posted`, `ends …`."""
    told: list[str | None] = []
    for when, what in scenes:
        now = at(when)
        verb, _, rest = what.partition(" ")
        match verb:
            case "ack":
                story.acknowledge(now)
            case "promise":
                story.promise(at(rest), now)
            case "posted":
                story.since = at(rest) if rest else now
                told.append(story.look(now))
            case "ends":
                told.append(story.look(now, Reason(rest)))
            case "rules":
                story.steps = ladder(*map(int, rest.split("/")))
                told.append(story.look(now))
            case _:
                told.append(story.look(now, seeing=verb == "look"))
    return told


SCENES = [
    pytest.param(
        [
            ("03-13 08:59", "look"),
            ("03-13 09:00", "look"),
            ("03-13 09:01", "look"),
            ("03-18 09:00", "look"),
            ("03-19 09:00", "look"),
            ("03-20 09:59", "look"),
            ("03-20 10:00", "look"),
            ("03-20 10:01", "look"),
            ("03-21 09:00", "look"),
            ("03-21 18:00", "look"),
            ("03-22 08:00", "posted"),
            ("03-22 09:00", "look"),
        ],
        [
            None,
            "7 rung custodian",
            None,
            "12 rung custodian+duty+deputy",
            "13 rung custodian+duty+deputy",
            None,
            "14 breach custodian+duty+deputy",
            None,
            "14 reminder custodian+duty+deputy",
            None,
            "posted",
            None,
        ],
        id="up the ladder, over the limit, and a post",
    ),
    pytest.param(
        [("03-13 09:00", "look"), ("03-13 17:00", "posted"), ("03-20 09:00", "look")],
        ["7 rung custodian", "posted", "7 rung custodian"],
        id="the next silence is an alert of its own",
    ),
    pytest.param(
        [("03-13 09:00", "blind"), ("03-13 11:00", "look"), ("03-18 09:00", "blind")],
        [None, "7 rung custodian of 03-13 09:00", None],
        id="while blind it does not climb; what was missed is made good, dated truly",
    ),
    pytest.param(
        [("03-13 09:00", "look"), ("03-14 09:00", "blind"), ("03-14 10:00", "posted")],
        ["7 rung custodian", None, "posted"],
        id="a newer post ends it however it was seen",
    ),
    pytest.param(
        [("03-23 15:00", "look"), ("03-23 15:01", "look"), ("03-25 09:00", "look")],
        [
            "14 breach custodian+duty+deputy of 03-20 10:00",
            None,
            "14 reminder custodian+duty+deputy",
        ],
        id="F18 off for days across the limit: told at once, once, of the true instant",
    ),
    pytest.param(
        [
            ("03-13 09:00", "look"),
            ("03-13 10:00", "ack"),
            ("03-18 09:00", "look"),
        ],
        ["7 rung custodian", "12 rung custodian+duty+deputy"],
        id="F11 the next rung is told over an acknowledgement",
    ),
    pytest.param(
        [
            ("03-20 10:00", "look"),
            ("03-20 20:00", "ack"),
            ("03-21 09:00", "look"),
            ("03-21 19:59", "look"),
            ("03-21 20:00", "look"),
            ("03-22 09:00", "look"),
        ],
        [
            "14 breach custodian+duty+deputy",
            None,
            None,
            "14 reminder custodian+duty+deputy",
            "14 reminder custodian+duty+deputy",
        ],
        id="F11 an acknowledgement keeps the same rung quiet for a day, then it resumes",
    ),
    pytest.param(
        [
            ("03-20 10:00", "look"),
            ("03-20 10:05", "ack"),
            ("03-20 15:00", "rules 7/10/12/13/14"),
            ("03-21 09:00", "look"),
            ("03-21 10:04", "look"),
            ("03-21 10:05", "look"),
        ],
        [
            "14 breach custodian+duty+deputy",
            None,
            None,
            None,
            "14 reminder custodian+duty+deputy",
        ],
        id="F14 an answer survives whatever comes in between",
    ),
    pytest.param(
        [
            ("03-13 09:00", "look"),
            ("03-13 10:00", "promise 03-18 15:00"),
            ("03-18 09:00", "look"),
            ("03-18 14:59", "look"),
            ("03-18 15:00", "look"),
            ("03-19 09:00", "look"),
        ],
        [
            "7 rung custodian",
            None,
            None,
            "12 promise custodian+duty+deputy",
            "13 rung custodian+duty+deputy",
        ],
        id="a promise keeps a rung quiet; at its time the higher rung's people hear of it",
    ),
    pytest.param(
        [
            ("03-13 09:00", "look"),
            ("03-13 10:00", "promise 03-14 10:00"),
            ("03-14 10:00", "blind"),
            ("03-14 10:30", "look"),
            ("03-14 11:00", "look"),
        ],
        ["7 rung custodian", None, "7 promise custodian+duty of 03-14 10:00", None],
        id="a promise is checked by a reading of its time or later, and goes one rung up",
    ),
    pytest.param(
        [
            ("03-13 09:00", "look"),
            ("03-13 10:00", "promise 03-14 10:00"),
            ("03-14 09:30", "posted"),
            ("03-14 10:00", "look"),
        ],
        ["7 rung custodian", "posted", None],
        id="a promise that was kept",
    ),
    pytest.param(
        [
            ("03-13 09:00", "look"),
            ("03-13 10:00", "promise 03-20 09:30"),
            ("03-18 09:00", "look"),
            ("03-19 09:00", "look"),
            ("03-20 09:30", "look"),
            ("03-20 10:00", "look"),
        ],
        [
            "7 rung custodian",
            None,
            "13 rung custodian+duty+deputy",
            "13 promise custodian+duty+deputy",
            "14 breach custodian+duty+deputy",
        ],
        id="a promise hides neither the last chance nor the limit",
    ),
    pytest.param(
        [
            ("03-13 09:00", "look"),
            ("03-13 10:00", "ends exception"),
            ("03-18 09:00", "ends exception"),
            ("03-18 12:00", "look"),
        ],
        ["7 rung custodian", "exception", None, "12 rung custodian+duty+deputy of 03-18 09:00"],
        id="an exception ends the alert; at its end everything is derived anew",
    ),
    pytest.param(
        [
            ("03-13 09:00", "look"),
            ("03-13 10:00", "ends account_closed"),
            ("03-20 10:00", "ends account_closed"),
        ],
        ["7 rung custodian", "account_closed", None],
        id="F24 an account is closed",
    ),
    pytest.param(
        [("03-13 09:00", "look"), ("03-13 10:00", "rules 20/30"), ("03-26 09:00", "look")],
        ["7 rung custodian", "rule_changed", "20 rung custodian"],
        id="F24 the limit is raised: nothing is due any more",
    ),
    pytest.param(
        [
            ("03-20 10:00", "look"),
            ("03-20 11:00", "rules 10/20"),
            ("03-20 11:01", "look"),
            ("03-26 10:00", "look"),
        ],
        [
            "14 breach custodian+duty+deputy",
            "rule_changed",
            "10 rung custodian of 03-18 09:00",
            "20 breach custodian+duty",
        ],
        id="F24 what was told under the old limit does not hide the new one",
    ),
    pytest.param(
        [("03-13 09:00", "look"), ("03-13 10:00", "rules 3/5/7"), ("03-14 09:00", "look")],
        [
            "7 rung custodian",
            "7 breach custodian+duty+deputy",
            "7 reminder custodian+duty+deputy",
        ],
        id="F24 the limit is lowered: told at once",
    ),
    pytest.param(
        [
            ("03-18 09:00", "look"),
            ("03-18 10:00", "posted 03-08 10:00"),
            ("03-18 10:01", "look"),
            ("03-20 09:00", "look"),
        ],
        ["12 rung custodian+duty+deputy", "posted", None, "12 rung custodian+duty+deputy"],
        id="a post found late ends the alert and opens none before the next call",
    ),
    pytest.param(
        [("03-13 09:00", "look"), ("03-13 08:59", "look"), ("03-13 09:30", "look")],
        ["7 rung custodian", None, None],
        id="F20 a clock set back by a minute repeats nothing and ends nothing",
    ),
    pytest.param(
        [
            ("03-20 10:00", "look"),
            ("03-21 08:00", "posted 03-07 08:00"),
            ("03-22 09:00", "look"),
            ("03-22 10:00", "posted 03-08 11:00"),
        ],
        ["14 breach custodian+duty+deputy", None, "14 reminder custodian+duty+deputy", "posted"],
        id="an old post found late does not end what is over its limit all the same",
    ),
    pytest.param(
        [("2034-03-13 09:00", "look"), ("03-13 09:00", "look"), ("03-13 09:01", "look")],
        [
            "14 breach custodian+duty+deputy of 03-20 10:00",
            "rule_changed",
            "7 rung custodian of 03-13 09:00",
        ],
        id="F20 ten years ahead and back: what the clock caused is void",
    ),
]


@pytest.mark.parametrize(("scenes", "told"), SCENES)
def test_a_silence(scenes: list[tuple[str, str]], told: list[str | None]) -> None:
    assert play(Story(), scenes) == told


SPRING = [
    pytest.param(
        [
            ("02-08 09:00", "look"),
            ("02-09 09:00", "look"),
            ("02-09 15:30", "look"),
            ("02-12 09:00", "look"),
            ("02-15 09:00", "look"),
            ("02-16 10:00", "look"),
            ("02-17 09:00", "look"),
            ("02-18 09:00", "look"),
            ("02-19 10:00", "posted"),
        ],
        [
            "13 closure custodian+duty+deputy",
            "13 closure custodian+duty+deputy",
            "13 closure custodian+duty+deputy",
            None,
            "13 publish_day duty",
            "14 breach custodian+duty+deputy",
            None,
            "14 reminder custodian+duty+deputy",
            "posted",
        ],
        id="the lapse of 2024",
    ),
    pytest.param(
        [
            ("02-08 09:00", "look"),
            ("02-08 10:00", "ack"),
            ("02-09 09:00", "look"),
            ("02-09 15:30", "look"),
        ],
        [
            "13 closure custodian+duty+deputy",
            "13 closure custodian+duty+deputy",
            "13 closure custodian+duty+deputy",
        ],
        id="calls before closed days come whether or not somebody acknowledged",
    ),
    pytest.param(
        [
            ("02-08 09:00", "look"),
            ("02-08 10:00", "promise 02-09 17:30"),
            ("02-09 09:00", "look"),
            ("02-09 15:30", "look"),
            ("02-09 17:30", "look"),
        ],
        [
            "13 closure custodian+duty+deputy",
            "13 closure custodian+duty+deputy",
            "13 closure custodian+duty+deputy",
            "13 promise custodian+duty+deputy",
        ],
        id="and before a promise for a working day",
    ),
    pytest.param(
        [
            ("02-08 09:00", "look"),
            ("02-08 10:00", "promise 02-12 10:00"),
            ("02-09 09:00", "look"),
            ("02-09 15:30", "look"),
            ("02-12 10:00", "look"),
            ("02-15 09:00", "look"),
        ],
        [
            "13 closure custodian+duty+deputy",
            None,
            None,
            "13 promise custodian+duty+deputy",
            "13 publish_day duty",
        ],
        id="a post scheduled for the closed days replaces them by one check at its time",
    ),
    pytest.param(
        [("02-15 12:00", "look"), ("02-15 12:01", "look")],
        ["13 publish_day duty+custodian+deputy of 02-15 09:00", None],
        id="several missed calls are one, to everybody whom any of them concerns",
    ),
]


@pytest.mark.parametrize(("scenes", "told"), SPRING)
def test_a_silence_into_the_spring_festival(
    scenes: list[tuple[str, str]], told: list[str | None]
) -> None:
    assert play(Story(since=at("02-02 10:00")), scenes) == told


def test_a_silence_that_turns_out_to_be_longer_stays_one_alert() -> None:
    story = Story(since=at("03-08 10:00"))
    assert play(story, [("03-15 09:00", "look")]) == ["7 rung custodian"]
    story.since = POSTED
    assert story.look(at("03-15 10:00")) is None
    assert story.alert is not None
    assert story.alert.since == POSTED
    assert play(story, [("03-18 09:00", "look"), ("03-18 09:30", "posted 03-07 10:00")]) == [
        "12 rung custodian+duty+deputy",
        "posted",
    ]


def test_the_alert_keeps_what_was_notified_and_answered() -> None:
    story = Story()
    play(
        story,
        [("03-13 09:00", "look"), ("03-13 10:00", "ack"), ("03-13 11:00", "promise 03-15 09:00")],
    )
    play(story, [("03-19 09:00", "look")])
    assert story.alert is not None
    assert story.alert.acknowledged is not None
    assert story.alert.promise is not None
    assert (story.alert.rung, story.alert.called_at) == (13, at("03-19 09:00"))
    assert {str(one) for one in story.alert.called} >= {
        "rung:7",
        "rung:12",
        "rung:13",
        "promise:2024-03-15T09:00:00",
    }


ALERT = Alert(Kind.SILENCE, "weibo", at("03-13 09:00"), POSTED, id=7, rung=7)


@pytest.mark.parametrize(
    ("until", "scheduled", "now", "error"),
    [
        ("03-18 09:00", False, "03-18 09:00", "2024-03-18T09:00+08:00 is not in the future"),
        ("03-20 10:00", True, "03-18 09:00", "only an exception may pass the limit"),
        ("03-21 10:00", True, "03-20 12:00", "only an exception may pass the limit"),
        ("03-18 17:30", False, "03-18 17:00", "not accepted from 17:00 on"),
    ],
)
def test_a_promise_that_is_refused(until: str, scheduled: bool, now: str, error: str) -> None:
    with pytest.raises(ValueError, match=error.replace("+", r"\+")) as refused:
        promise(ALERT, "zhang", at(until), scheduled, LIMIT, HOURS, at(now))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("until", "scheduled", "now"),
    [
        pytest.param("03-18 17:30", False, "03-18 16:59", id="today, in time"),
        pytest.param("03-18 17:30", True, "03-18 17:10", id="scheduled for today"),
        pytest.param("03-19 17:30", False, "03-18 17:10", id="tomorrow"),
        pytest.param("03-18 18:00", False, "03-18 17:10", id="a time of its own"),
        pytest.param("03-20 09:59", False, "03-18 17:10", id="just before the limit"),
    ],
)
def test_a_promise_that_is_taken(until: str, scheduled: bool, now: str) -> None:
    taken = promise(ALERT, "zhang", at(until), scheduled, LIMIT, HOURS, at(now)).promise
    assert taken is not None
    assert (taken.by, taken.at, taken.until) == ("zhang", at(now), at(until))


def test_nobody_can_answer_an_alert_that_has_ended() -> None:
    ended = replace(ALERT, resolved_at=at("03-14 09:00"), resolution=Reason.POSTED)
    with pytest.raises(ValueError, match="alert 7 has ended"):
        acknowledge(ended, "zhang", at("03-14 10:00"))
    with pytest.raises(ValueError, match="alert 7 has ended"):
        promise(ended, "zhang", at("03-15 10:00"), False, LIMIT, HOURS, at("03-14 10:00"))


def notice(person: str, channel: str, state: NoticeState, attempts: int, day: int = 13) -> Notice:
    return Notice(
        f"{person}/{channel}/{day}",
        7,
        Kind.SILENCE,
        "weibo",
        occasion_of(f"rung:{day}"),
        Reason.RUNG,
        Event.ALERT,
        7,
        person,
        channel,
        "",
        SilenceFacts("鞍山民政"),
        at(f"03-{day} 09:00"),
        at(f"03-{day} 09:00"),
        state,
        attempts,
    )


@pytest.mark.parametrize(
    ("state", "attempts", "told"),
    [
        (NoticeState.SENT, 1, True),
        (NoticeState.PENDING, 0, False),
        (NoticeState.PENDING, 1, True),
        (NoticeState.RETRYING, 1, True),
        (NoticeState.FAILED, 1, False),
        (NoticeState.FAILED, 2, True),
        (NoticeState.WITHDRAWN, 0, False),
        (NoticeState.WITHDRAWN, 1, False),
        (NoticeState.WITHDRAWN, 2, True),
    ],
)
def test_who_may_have_been_notified(state: NoticeState, attempts: int, told: bool) -> None:
    one = notice("zhang", "wecom", state, attempts)
    assert notified([one]) == ([one] if told else [])


def test_everybody_is_notified_of_the_end_once_on_each_channel_used() -> None:
    first = notice("zhang", "wecom", NoticeState.SENT, 1)
    newer = notice("zhang", "wecom", NoticeState.SENT, 1, day=18)
    second = notice("zhang", "mail", NoticeState.SENT, 1)
    other = notice("li", "wecom", NoticeState.SENT, 1, day=18)
    assert notified([newer, first, second, other]) == [newer, second, other]


since_any = st.integers(0, 730 * 24 * 60).map(lambda n: at("2024-01-01 00:00") + n * MINUTE)
late = st.integers(0, 9).map(lambda n: n * MINUTE)


@settings(deadline=None)
@given(since_any, st.sampled_from([DEFAULT, ladder(3, 5, 6, 7), ladder(5, 8, 9, 10)]), late)
def test_no_call_is_later_than_the_rules_say_and_none_comes_twice(
    since: datetime, steps: Ladder, delay: timedelta
) -> None:
    story, until = Story(since, steps), since + steps.limit + 4 * DAY
    planned = calls(since, steps, CALENDAR, HOURS, until)
    for moment in sorted({c.due_at + after for c in planned for after in (timedelta(0), delay)}):
        story.look(moment)
    due = [(c.due_at, c.occasion) for c in planned]
    assert [(now, call.occasion) for now, call in story.calls] == [
        (when, what) for i, (when, what) in enumerate(due) if when not in [d for d, _ in due[:i]]
    ]
    assert story.alert is not None
    assert story.alert.called == {c.occasion for c in planned}


answers = st.lists(
    st.tuples(st.sampled_from(["ack", "promise"]), st.integers(0, 8 * 24), st.integers(1, 96)),
    max_size=6,
)


@settings(deadline=None)
@given(answers)
def test_no_answer_hides_the_limit(given_answers: list[tuple[str, int, int]]) -> None:
    story = Story()
    story.look(at("03-13 09:00"))
    for kind, after, lasts in sorted(given_answers, key=lambda one: one[1]):
        now = at("03-13 09:00") + after * HOUR
        story.look(now)
        if kind == "ack":
            story.acknowledge(now)
        elif now + lasts * HOUR < LIMIT:
            story.promise(now + lasts * HOUR, now)
    story.look(max(LIMIT, at("03-13 09:00") + max([0, *(a for _, a, _ in given_answers)]) * HOUR))
    breaches = [(now, c) for now, c in story.calls if c.reason is Reason.BREACH]
    assert len(breaches) == 1


@settings(deadline=None)
@given(
    st.integers(7 * 24, 30 * 24),
    st.integers(0, 7 * 24),
    st.sampled_from(["look", "blind"]),
    answers,
)
def test_a_newer_post_always_ends_the_alert_and_opens_none(
    after: int, age: int, how: str, given_answers: list[tuple[str, int, int]]
) -> None:
    story = Story()
    now = POSTED + after * HOUR
    story.look(now)
    if story.alert is None:
        return
    for kind, _, lasts in given_answers:
        if kind == "ack":
            story.acknowledge(now)
        elif now + lasts * HOUR < LIMIT:
            story.promise(now + lasts * HOUR, now)
    story.since = now + HOUR - min(age * HOUR, now - POSTED)
    assert story.look(now + HOUR, seeing=how == "look") == "posted"
    assert story.look(now + HOUR) is None
