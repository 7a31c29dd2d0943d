"""Where the duty is not covered, and when that is notified."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from alerts.model import DutyDay, Person, Reason, Roster
from alerts.people.roster import LOOK, Gap, Why, gaps, on_duty, roster_case
from tests.rule_values import CALENDAR, DAY, HOURS, PEOPLE, at, shown

MON = date(2024, 3, 4)
WEEKS = Roster(("zhang", "li"), MON)
MUTE = {**PEOPLE, "li": replace(PEOPLE["li"], reach=())}
ROLE = {**PEOPLE, "li": replace(PEOPLE["li"], roles=("duty",))}


def day(n: int) -> date:
    return MON + n * DAY


@pytest.mark.parametrize(
    ("roster", "people", "expected"),
    [
        pytest.param(Roster(), PEOPLE, [], id="an office without a roster"),
        pytest.param(WEEKS, PEOPLE, [], id="a rotation of people who can be reached"),
        pytest.param(
            Roster(dates=(DutyDay(day(0), "li"), DutyDay(day(3), "li"))),
            PEOPLE,
            [Gap(day(1), day(2), Why.NOBODY), Gap(day(4), day(13), Why.NOBODY)],
            id="days without an entry",
        ),
        pytest.param(
            Roster(dates=(DutyDay(day(0), "li"),)), ROLE, [], id="people with the role stand in"
        ),
        pytest.param(
            WEEKS, MUTE, [Gap(day(7), day(13), Why.UNREACHABLE, "li")], id="a week of somebody mute"
        ),
        pytest.param(
            replace(WEEKS, dates=(DutyDay(day(2), "gone"), DutyDay(day(3), "gone"))),
            PEOPLE,
            [Gap(day(2), day(3), Why.UNKNOWN, "gone")],
            id="somebody who left",
        ),
        pytest.param(
            replace(WEEKS, starts=day(3)),
            PEOPLE,
            [Gap(day(0), day(2), Why.NOBODY)],
            id="before the rotation begins",
        ),
    ],
)
def test_gaps(roster: Roster, people: dict[str, Person], expected: list[Gap]) -> None:
    assert gaps(roster, people, MON, timedelta(days=14)) == expected


def test_a_later_entry_corrects_an_earlier_one() -> None:
    entries = (DutyDay(day(0), "li"), DutyDay(day(0), "wang"))
    assert on_duty(replace(WEEKS, dates=entries), day(0)) == "wang"


def called(roster: Roster, people: dict[str, Person], now: str) -> tuple[list[str], Reason | None]:
    moment = at(now)
    found = gaps(roster, people, moment.astimezone(HOURS.zone).date(), LOOK)
    case = roster_case(roster, found, CALENDAR, HOURS, moment)
    return [f"{shown(c.due_at)} {c.occasion}" for c in case.calls if c.due_at <= moment], case.ended


UNTIL_SATURDAY = Roster(dates=tuple(DutyDay(day(n), "li") for n in range(13)))  # to 16 March


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param("03-07 09:00", [], id="more than a week before"),
        # The gap begins on Sunday the 17th: a week before is a Sunday.
        pytest.param("03-10 08:00", ["03-08 09:00 nobody:2024-03-17"], id="a week before"),
        pytest.param(
            "03-15 09:00",
            ["03-08 09:00 nobody:2024-03-17", "03-15 09:00 near::nobody:2024-03-17"],
            id="on the last working day before it",
        ),
        pytest.param(
            "04-20 09:00",
            ["03-08 09:00 nobody:2024-03-17", "03-15 09:00 near::nobody:2024-03-17"],
            id="the same gap for as long as it lasts",
        ),
    ],
)
def test_when_a_gap_is_notified(now: str, expected: list[str]) -> None:
    assert called(UNTIL_SATURDAY, PEOPLE, now)[0] == expected


def test_a_gap_that_was_always_there_is_one_gap() -> None:
    long_ago = Roster(dates=(DutyDay(date(2020, 1, 1), "li"),))
    assert [c.split()[2] for c in called(long_ago, PEOPLE, "03-07 09:30")[0]] == [
        "nobody:always",
        "near::nobody:always",
    ]


@pytest.mark.parametrize(
    ("roster", "people", "now", "ended"),
    [
        pytest.param(UNTIL_SATURDAY, PEOPLE, "03-07 09:00", Reason.FILLED, id="none for a week"),
        pytest.param(UNTIL_SATURDAY, PEOPLE, "03-10 09:00", None, id="one within the week"),
        # Between two shifts of somebody whom nothing reaches all is not well.
        pytest.param(WEEKS, MUTE, "03-18 09:00", None, id="somebody mute, next in a week"),
        pytest.param(WEEKS, PEOPLE, "03-18 09:00", Reason.FILLED, id="everybody can be reached"),
    ],
)
def test_when_it_is_over(
    roster: Roster, people: dict[str, Person], now: str, ended: Reason | None
) -> None:
    assert called(roster, people, now)[1] is ended
