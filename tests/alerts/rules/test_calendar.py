"""Working days, closed stretches, and what is only guessed."""

from datetime import date, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules.calendar import MOST_KNOWN, Day, Stretch, calendar, parse_overrides

CALENDAR = calendar()
days = st.dates(date(2004, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("day", "working"),
    [
        pytest.param("2024-02-09", True, id="the Friday before Spring Festival is worked"),
        pytest.param("2024-02-10", False, id="the first day of Spring Festival"),
        pytest.param("2024-02-18", True, id="a Sunday that is worked in exchange"),
        pytest.param("2024-02-24", False, id="an ordinary Saturday"),
        pytest.param("2026-10-10", True, id="a Saturday worked after National Day"),
        pytest.param("2027-05-01", False, id="a fixed day of a year not announced"),
        pytest.param("2027-02-08", True, id="a guess never holds up a message"),
        pytest.param("2027-02-10", True, id="nor does the usual length of a holiday"),
    ],
)
def test_working_days(day: str, working: bool) -> None:
    assert CALENDAR.workday(date.fromisoformat(day)) is working


@pytest.mark.parametrize(
    ("day", "first", "last", "name", "guessed"),
    [
        pytest.param(
            "2024-02-15",
            "2024-02-10",
            "2024-02-17",
            "Spring Festival",
            False,
            id="Spring Festival 2024, ended by a worked Sunday",
        ),
        pytest.param(
            "2024-03-09",
            "2024-03-09",
            "2024-03-10",
            "weekend",
            False,
            id="a weekend",
        ),
        pytest.param(
            "2025-10-04",
            "2025-10-01",
            "2025-10-08",
            "National Day",
            False,
            id="National Day joined with Mid-autumn",
        ),
        pytest.param(
            "2027-02-09",
            "2027-02-05",
            "2027-02-14",
            "Spring Festival",
            True,
            id="a guessed festival reaches to the weekend after its usual length",
        ),
    ],
)
def test_stretches(day: str, first: str, last: str, name: str, guessed: bool) -> None:
    expected = Stretch(date.fromisoformat(first), date.fromisoformat(last), name, guessed)
    assert CALENDAR.stretch(date.fromisoformat(day)) == expected


def test_a_worked_day_has_no_stretch() -> None:
    assert CALENDAR.stretch(date(2024, 2, 18)) is None


def test_a_stretch_counts_its_first_and_last_day() -> None:
    stretch = CALENDAR.stretch(date(2024, 2, 15))
    assert stretch is not None
    assert stretch.days == 8


def test_the_last_workday_before_a_guessed_festival_is_no_guessed_day() -> None:
    assert CALENDAR.previous_workday(date(2027, 2, 9)) == date(2027, 2, 4)


@pytest.mark.parametrize(
    ("day", "name"),
    [("2024-02-10", "Spring Festival"), ("2024-02-18", None), ("2024-03-09", "weekend")],
)
def test_a_day_bears_a_name_only_while_it_is_closed(day: str, name: str | None) -> None:
    assert CALENDAR.name(date.fromisoformat(day)) == name


def test_F22_a_year_without_announcement_is_guessed_and_says_so() -> None:
    assert not CALENDAR.guessed(date(2026, 12, 31))
    assert CALENDAR.guessed(date(2027, 1, 1))


class TestOverrides:
    TABLE = "\ufeff# 2027\n2027\n2027-02-05,closed,Spring Festival\n\n2027-02-20, work\n"

    def test_a_complete_table_ends_the_guessing(self) -> None:
        known = calendar(parse_overrides(self.TABLE, "holidays.csv"))
        assert known.day(date(2027, 2, 5)) == Day(False, True, False, "Spring Festival")
        assert known.day(date(2027, 2, 20)) == Day(True, False, False)
        assert known.day(date(2027, 2, 9)) == Day(True, False, False)
        assert known.day(date(2027, 2, 13)) == Day(False, True, False, "weekend")

    def test_a_table_overrules_an_announced_day(self) -> None:
        known = calendar(parse_overrides("2024-03-07,closed", "holidays.csv"))
        assert known.stretch(date(2024, 3, 7)) == Stretch(
            date(2024, 3, 7), date(2024, 3, 7), "weekend", False
        )
        assert known.workday(date(2024, 3, 8))

    def test_every_bad_line_is_named(self) -> None:
        with pytest.raises(ValueError, match="line 2") as caught:
            parse_overrides("2027-02-05,closed\n2027-13-01,closed\n2027-02-06,holiday", "h.csv")
        assert str(caught.value).splitlines() == [
            'h.csv: line 2: "2027-13-01,closed": expected 2027-02-05,closed or 2027-02-20,work '
            "or a year",
            'h.csv: line 3: "2027-02-06,holiday": expected 2027-02-05,closed or 2027-02-20,work '
            "or a year",
        ]


@given(days)
def test_a_stretch_is_closed_throughout_and_worked_on_both_sides(day: date) -> None:
    stretch = CALENDAR.stretch(day)
    if stretch is None:
        assert CALENDAR.workday(day)
        return
    assert stretch.first <= day <= stretch.last
    inside = [stretch.first + timedelta(days=n) for n in range(stretch.days)]
    assert all(CALENDAR.stretch(one) == stretch for one in inside)
    outside = (stretch.first - timedelta(days=1), stretch.last + timedelta(days=1))
    assert all(CALENDAR.stretch(one) is None for one in outside)


@given(days)
def test_the_next_working_day_is_near_and_worked(day: date) -> None:
    following = CALENDAR.next_workday(day)
    assert day <= following <= day + timedelta(days=10)
    assert CALENDAR.workday(following)


def test_working_days_are_counted_with_both_ends() -> None:
    rules = calendar()
    week = date(2024, 4, 1), date(2024, 4, 7)  # 清明: off from Thursday on, and Sunday is worked
    assert [rules.working_days(*week) for _ in range(2)] == [4, 4]
    assert rules.working_days(date(2024, 4, 7), date(2024, 4, 7)) == 1
    assert rules.working_days(date(2024, 4, 7), date(2024, 4, 6)) == 0


def test_what_a_calendar_was_asked_is_reckoned_once_until_there_is_too_much_of_it() -> None:
    known, reckoned = calendar(), list[int]()

    def answer(n: int) -> int:
        reckoned.append(n)
        return n

    for n in (0, 0, *range(1, MOST_KNOWN + 1), 0):
        assert known.once(n, partial(answer, n)) == n
    assert reckoned == [0, *range(1, MOST_KNOWN + 1), 0]
