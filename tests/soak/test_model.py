"""The model itself, on the examples that the design gives."""

from datetime import UTC, date, datetime

import pytest

from tests.soak import model
from tests.soak.model import DEFAULT, STRICT, ZONE, Rule
from tests.soak.plan import AccountPlan, Event
from tests.soak.watched import Watched


def here(text: str) -> datetime:
    """Return an instant written as `02-01 10:00` of 2024, local time."""
    return datetime.strptime(f"2024-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("last", "rule", "expected"),
    [
        pytest.param(
            "03-04 15:00",
            DEFAULT,
            [
                "03-11 09:00 7 rung",
                "03-14 09:00 10 rung",
                "03-15 09:00 13 closure",
                "03-15 15:30 13 closure",
                "03-17 09:00 13 publish_day",
                "03-18 09:00 12 rung",
                "03-18 09:00 13 rung",
                "03-18 15:00 14 limit",
                "03-19 09:00 14 reminder",
            ],
            id="a last chance on a Sunday is called on Friday, twice",
        ),
        pytest.param(
            "02-02 10:00",
            DEFAULT,
            [
                "02-08 09:00 13 closure",
                "02-09 09:00 7 rung",
                "02-09 09:00 13 closure",
                "02-09 15:30 13 closure",
                "02-15 09:00 13 publish_day",
                "02-16 10:00 14 limit",
            ],
            id="before the eight days of Spring Festival people are called from two days ahead",
        ),
        pytest.param(
            "03-05 23:00",
            STRICT,
            [
                "03-11 09:00 5 rung",
                "03-12 09:00 7 rung",
                "03-14 09:00 9 rung",
                "03-15 23:00 10 limit",
                "03-18 09:00 10 reminder",
            ],
            id="the limit is an instant, and reminders come on working days alone",
        ),
    ],
)
def test_what_has_to_be_said_in_a_silence(last: str, rule: Rule, expected: list[str]) -> None:
    until = here(expected[-1][:11])
    found = model.calls(here(last), rule, until)
    said = [f"{c.at.astimezone(ZONE):%m-%d %H:%M} {c.rung} {c.why}" for c in found]
    assert said == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        pytest.param("03-11 08:59", ("fresh", None), id="before nine of the seventh day"),
        pytest.param("03-11 09:00", ("late", 7), id="at nine of the seventh day"),
        pytest.param("03-18 14:59", ("late", 13), id="a minute before the limit"),
        pytest.param("03-18 15:00", ("breached", 14), id="at exactly the limit"),
    ],
)
def test_a_verdict_begins_with_its_boundary(at: str, expected: tuple[str, int | None]) -> None:
    assert model.verdict(here("03-04 15:00"), DEFAULT, here(at)) == expected


def test_publish_by_is_the_last_whole_day() -> None:
    assert model.publish_by(here("02-02 10:00"), DEFAULT) == date(2024, 2, 15)


@pytest.mark.parametrize(
    ("agreed", "expected"),
    [
        pytest.param([], ["03-04 5 rung", "03-06 7 rung"], id="nothing was agreed"),
        pytest.param(
            [Event(here("02-29 12:00"), "except", "a", "2024-03-07T12:00:00+08:00")],
            ["03-07 7 exception over"],
            id="an exception goes on under it",
        ),
        pytest.param(
            [Event(here("02-29 12:00"), "promise", "a", "2024-03-07T12:00:00+08:00")],
            ["03-07 7 promise"],
            id="a promise goes on under it",
        ),
    ],
)
def test_another_ladder_ends_no_agreement(agreed: list[Event], expected: list[str]) -> None:
    plan = AccountPlan("a", "甲县民政", "weibo", "hub", "weibo/user/1", "default", "zhang", ())
    one = Watched(plan, DEFAULT, here("03-07 20:00"))
    one.falls_silent(here("02-28 10:00"), here("02-28 10:00"))
    for event in (*agreed, Event(here("03-01 12:00"), "policy", "a", "strict")):
        one.happened(event)
    assert one.silence is not None
    due = [c for c in one.silence.calls if c not in one.silence.optional]
    assert [f"{c.at.astimezone(ZONE):%m-%d} {c.rung} {c.why}" for c in due] == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        pytest.param("silence", ["03-20 09:00"], id="the limit was told by the alert it answers"),
        pytest.param("blind", ["03-19 09:00", "03-20 09:00"], id="the limit was but asked about"),
    ],
)
def test_an_acknowledgement_holds_for_the_rung_of_its_alert(kind: str, expected: list[str]) -> None:
    plan = AccountPlan("a", "甲县民政", "weibo", "hub", "weibo/user/1", "default", "zhang", ())
    one = Watched(plan, DEFAULT, here("03-20 20:00"))
    one.falls_silent(here("03-04 15:00"), here("03-04 15:00"))
    assert one.silence is not None
    limit = next(c for c in one.silence.calls if c.why == "limit")
    one.silence.hears("zhang", [limit], kind)
    one.happened(Event(here("03-18 16:00"), "ack", "a"))
    reminders = [c.at for c in one.silence.calls if c.why == "reminder"]
    assert [f"{at.astimezone(ZONE):%m-%d %H:%M}" for at in reminders] == expected
