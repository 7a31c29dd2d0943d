"""When somebody takes over the duty."""

from dataclasses import replace
from datetime import date

import pytest

from alerts.model import DutyDay, Roster
from alerts.people.roster import SWAP, DutyEntry
from alerts.people.shift import Shift, current_shift
from tests.rule_values import HOURS, at

WEEKS = Roster(("zhang", "li"), date(2024, 3, 4))
LONG_AGO = at("01-01 00:00")
WEDNESDAY = DutyEntry(DutyDay(date(2024, 3, 13), "wang"), at("03-13 10:30"), SWAP)


def shift(person: str, first: str, last: str, due: str) -> Shift:
    return Shift(person, date.fromisoformat(first), date.fromisoformat(last), at(due))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param("03-03 12:00", None, id="before the roster begins"),
        pytest.param(
            "03-11 00:00",
            shift("li", "2024-03-11", "2024-03-17", "03-11 09:00"),
            id="from midnight of the first day",
        ),
        pytest.param(
            "03-17 23:59",
            shift("li", "2024-03-11", "2024-03-17", "03-11 09:00"),
            id="to midnight after the last",
        ),
    ],
)
def test_the_shift_that_runs(now: str, expected: Shift | None) -> None:
    assert current_shift(WEEKS, (), HOURS, LONG_AGO, at(now)) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(
            "03-12 12:00",
            shift("li", "2024-03-11", "2024-03-12", "03-11 09:00"),
            id="the days before the swap",
        ),
        pytest.param(
            "03-13 12:00",
            shift("wang", "2024-03-13", "2024-03-13", "03-13 10:30"),
            id="the swapped day, from the swap on",
        ),
        pytest.param(
            "03-14 12:00",
            shift("li", "2024-03-14", "2024-03-17", "03-14 09:00"),
            id="the days after it",
        ),
    ],
)
def test_a_swap_makes_three_shifts(now: str, expected: Shift) -> None:
    swapped = replace(WEEKS, dates=(WEDNESDAY.day,))
    assert current_shift(swapped, (WEDNESDAY,), HOURS, LONG_AGO, at(now)) == expected


def test_a_shift_from_before_anybody_looked_is_none() -> None:
    assert current_shift(WEEKS, (), HOURS, at("03-11 09:01"), at("03-12 09:00")) is None
    assert current_shift(WEEKS, (), HOURS, at("03-11 09:00"), at("03-12 09:00")) is not None


def test_a_standing_duty_is_no_shift() -> None:
    always = Roster(("li",), date(2020, 1, 6))
    assert current_shift(always, (), HOURS, LONG_AGO, at("03-12 09:00")) is None
