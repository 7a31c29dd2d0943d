"""Who is called when: rules R1 to R4, each boundary, and what holds for every silence."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.model import Hours, Ladder, Reason, Rung
from alerts.rules.calendar import calendar, parse_overrides
from alerts.rules.ladder import calls, marks, next_call, publish_by, quiet_days, waking

ZONE = ZoneInfo("Asia/Shanghai")
HOURS = Hours(ZONE)
CALENDAR = calendar()


def ladder(*days: int, every_day: bool = False) -> Ladder:
    rungs = tuple(Rung(n, ("custodian", "duty")[: 1 + (n > days[0])]) for n in days)
    return Ladder(timedelta(days=days[-1]), rungs, every_day)


DEFAULT = ladder(7, 10, 12, 13, 14)
WEEKLY = ladder(3, 5, 6, 7)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def told(since: str, until: str, steps: Ladder = DEFAULT) -> list[str]:
    return [
        f"{call.due_at.astimezone(ZONE):%m-%d %H:%M} {call.rung} {call.reason}"
        for call in calls(at(since), steps, CALENDAR, HOURS, at(until))
    ]


@pytest.mark.parametrize(
    ("since", "now", "days"),
    [
        pytest.param("2024-03-04T23:59", "2024-03-05T00:00", 1, id="a minute over midnight"),
        pytest.param("2024-03-04T00:00", "2024-03-04T23:59", 0, id="the same date"),
        pytest.param("2024-02-28T12:00", "2024-03-01T00:00", 2, id="over a leap day"),
        pytest.param("2023-12-31T23:59:59", "2024-01-01T00:00", 1, id="over the year's end"),
        pytest.param("2024-03-05T12:00", "2024-03-04T12:00", 0, id="never negative"),
    ],
)
def test_quiet_days(since: str, now: str, days: int) -> None:
    assert quiet_days(at(since), at(now), ZONE) == days


def test_the_last_day_to_publish_is_the_one_before_the_limit() -> None:
    assert publish_by(at("2026-11-14T10:00"), DEFAULT, ZONE) == date(2026, 11, 27)
    assert publish_by(at("2024-02-02T00:00"), DEFAULT, ZONE) == date(2024, 2, 15)


def test_marks_follow_the_rule_not_the_working_week() -> None:
    shown = [
        (f"{m.astimezone(ZONE):%m-%d %H:%M}", n)
        for m, n in marks(at("2024-03-02T16:30"), DEFAULT, HOURS)
    ]
    assert shown == [
        ("03-09 09:00", 7),
        ("03-12 09:00", 10),
        ("03-14 09:00", 12),
        ("03-15 09:00", 13),
        ("03-16 16:30", 14),
    ]


SPRING = [
    "02-08 09:00 13 closure",
    "02-09 09:00 13 closure",
    "02-09 15:30 13 closure",
    "02-15 09:00 13 publish_day",
    "02-16 10:20 14 breach",
    "02-18 09:00 14 reminder",
    "02-19 09:00 14 reminder",
]


@pytest.mark.parametrize(
    ("since", "until", "steps", "expected"),
    [
        pytest.param(
            "2024-02-02T10:20",
            "2024-02-19T09:00",
            DEFAULT,
            SPRING,
            id="February 2024",
        ),
        pytest.param(
            "2024-03-04T10:00",
            "2024-03-18T10:00",
            DEFAULT,
            [
                "03-11 09:00 7 rung",
                "03-14 09:00 10 rung",
                "03-15 09:00 13 closure",
                "03-15 15:30 13 closure",
                "03-17 09:00 13 publish_day",
                "03-18 09:00 13 rung",
                "03-18 10:00 14 breach",
            ],
            id="the last day is a Sunday: called on Friday, and again on Monday before the limit",
        ),
        pytest.param(
            "2024-03-05T10:00",
            "2024-03-19T10:00",
            DEFAULT,
            [
                "03-12 09:00 7 rung",
                "03-15 09:00 10 rung",
                "03-18 09:00 13 rung",
                "03-19 10:00 14 breach",
            ],
            id="rung 12 falls on a Sunday and is overtaken by 13 on Monday",
        ),
        pytest.param(
            "2024-03-06T23:30",
            "2024-03-21T09:00",
            DEFAULT,
            [
                "03-13 09:00 7 rung",
                "03-18 09:00 12 rung",
                "03-19 09:00 13 rung",
                "03-21 07:00 14 breach",
            ],
            id="a limit at half past eleven at night is told at seven",
        ),
        pytest.param(
            "2024-02-09T10:00",
            "2024-02-16T10:00",
            WEEKLY,
            ["02-09 15:30 6 closure", "02-15 09:00 6 publish_day", "02-16 10:00 7 breach"],
            id="no closure call about a post younger than a day, except the very last",
        ),
        pytest.param(
            "2024-02-09T16:00",
            "2024-02-16T16:00",
            WEEKLY,
            ["02-15 09:00 6 publish_day", "02-16 16:00 7 breach"],
            id="a post after the last call before the holiday",
        ),
        pytest.param(
            "2024-02-02T10:20",
            "2024-02-17T09:00",
            ladder(7, 10, 12, 13, 14, every_day=True),
            [
                "02-09 09:00 7 rung",
                "02-12 09:00 10 rung",
                "02-14 09:00 12 rung",
                "02-15 09:00 13 rung",
                "02-16 10:20 14 breach",
                "02-17 09:00 14 reminder",
            ],
            id="an office staffed all week is called on the day itself",
        ),
    ],
)
def test_calls(since: str, until: str, steps: Ladder, expected: list[str]) -> None:
    assert told(since, until, steps) == expected


def test_a_call_is_due_at_its_instant_and_not_before() -> None:
    assert told("2024-03-05T10:00", "2024-03-12T08:59:59") == []
    assert told("2024-03-05T10:00", "2024-03-12T09:00") == ["03-12 09:00 7 rung"]


def test_the_duty_officer_alone_is_called_on_the_last_day() -> None:
    due = calls(at("2024-02-02T10:20"), DEFAULT, CALENDAR, HOURS, at("2024-02-15T12:00"))
    assert [c.tell for c in due if c.reason is Reason.PUBLISH_DAY] == [("duty",)]


def test_F22_a_deadline_that_crosses_into_a_year_without_announcement() -> None:
    """31 December 2026 is a Thursday; whatever 2027 will bring, nothing fails."""
    assert told("2026-12-20T10:00", "2027-01-04T09:00") == [
        "12-28 09:00 7 rung",
        "12-30 09:00 10 rung",
        "12-31 09:00 13 closure",
        "12-31 15:30 13 closure",
        "01-02 09:00 13 publish_day",
        "01-03 10:00 14 breach",
        "01-04 09:00 14 reminder",
    ]


def test_an_operators_table_moves_the_calls() -> None:
    closed = calendar(parse_overrides("2024-03-15,closed\n2024-03-14,closed", "holidays.csv"))
    due = calls(at("2024-03-04T10:00"), DEFAULT, closed, HOURS, at("2024-03-14T00:00"))
    assert [f"{c.due_at.astimezone(ZONE):%m-%d %H:%M} {c.reason}" for c in due] == [
        "03-11 09:00 rung",
        "03-13 09:00 closure",
        "03-13 15:30 closure",
    ]


@pytest.mark.parametrize(
    ("local", "told_at"),
    [
        ("2024-03-04T21:59:59", "2024-03-04T21:59:59"),
        ("2024-03-04T22:00", "2024-03-05T07:00"),
        ("2024-03-05T06:59:59", "2024-03-05T07:00"),
        ("2024-03-05T07:00", "2024-03-05T07:00"),
    ],
)
def test_the_night_is_quiet(local: str, told_at: str) -> None:
    assert waking(at(local), HOURS) == at(told_at)


def test_quiet_hours_may_lie_within_one_day() -> None:
    noon = Hours(ZONE, quiet_from=time(12), quiet_until=time(13))
    assert waking(at("2024-03-04T12:30"), noon) == at("2024-03-04T13:00")
    assert waking(at("2024-03-04T23:00"), noon) == at("2024-03-04T23:00")


moments = st.datetimes(
    datetime(2024, 1, 1, tzinfo=None),
    datetime(2026, 11, 1, tzinfo=None),
    timezones=st.just(UTC),
)
ladders = st.sampled_from([DEFAULT, WEEKLY, ladder(5, 8, 9, 10), ladder(14), ladder(1, 2)])


@settings(max_examples=300)
@given(moments, st.sampled_from([DEFAULT, ladder(5, 7, 9, 10)]))
def test_every_silence_is_notified_on_a_working_day_with_time_left(
    since: datetime, steps: Ladder
) -> None:
    breach_at = since + steps.limit
    due = calls(since, steps, CALENDAR, HOURS, breach_at)
    in_time = [
        c
        for c in due
        if c.reason is not Reason.BREACH
        and CALENDAR.workday(c.due_at.astimezone(ZONE).date())
        and breach_at - c.due_at >= timedelta(hours=1)
    ]
    assert in_time, due


@given(moments, ladders)
def test_calls_climb_come_once_and_end_in_the_limit(since: datetime, steps: Ladder) -> None:
    due = calls(since, steps, CALENDAR, HOURS, since + steps.limit + timedelta(hours=10))
    rungs = [c.rung or 0 for c in due]
    assert rungs == sorted(rungs)
    assert len({c.occasion for c in due}) == len(due)
    assert all(c.due_at > since for c in due)
    assert due[-1].reason is Reason.BREACH


@given(moments, ladders, st.timedeltas(timedelta(0), timedelta(days=28)))
def test_what_is_next_is_the_first_call_not_yet_due(
    since: datetime, steps: Ladder, later: timedelta
) -> None:
    now = since + later
    following = next_call(since, steps, CALENDAR, HOURS, now)
    assert following is not None
    assert following.due_at > now
    # Not counted from the first one: reminders older than thirty days are left out.
    ahead = [c for c in calls(since, steps, CALENDAR, HOURS, following.due_at) if c.due_at > now]
    assert ahead[0] == following


@given(moments, ladders, st.timedeltas(timedelta(0), timedelta(days=28)), st.integers(0, 50))
def test_looking_further_ahead_changes_no_call(
    since: datetime, steps: Ladder, ahead: timedelta, hours: int
) -> None:
    near = calls(since, steps, CALENDAR, HOURS, since + ahead)
    far = calls(since, steps, CALENDAR, HOURS, since + ahead + timedelta(hours=hours))
    assert far[: len(near)] == near


@settings(max_examples=40)
@given(moments, ladders, st.lists(moments, max_size=3))
def test_calls_are_the_same_whatever_a_calendar_was_asked_before(
    since: datetime, steps: Ladder, asked_before: list[datetime]
) -> None:
    asked, new = calendar(), calendar()
    day = since.astimezone(ZONE).replace(hour=0, minute=0)
    for other in [*asked_before, day, day + timedelta(hours=23, minutes=59)]:
        calls(other, steps, asked, HOURS, other + steps.limit)
    until = since + steps.limit
    assert calls(since, steps, asked, HOURS, until) == calls(since, steps, new, HOURS, until)


def test_an_old_silence_keeps_only_its_latest_reminders() -> None:
    due = calls(at("2018-08-27T10:00"), DEFAULT, CALENDAR, HOURS, at("2024-03-04T12:00"))
    reminders = [c for c in due if c.reason is Reason.REMINDER]
    assert str(reminders[-1].occasion) == "reminder:2024-03-04"
    assert len(reminders) < 30
