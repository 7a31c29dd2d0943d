"""What two libraries know of the circulars, and which of them is believed."""

from datetime import date, timedelta

import pytest

from alerts.rules.announced import (
    Announced,
    announced,
    by_chinesecalendar,
    by_holidays,
    differences,
    lunar,
)


@pytest.mark.parametrize(
    ("day", "known"),
    [
        pytest.param("2026-02-16", Announced(True, "Spring Festival"), id="a day of a festival"),
        pytest.param("2026-02-14", Announced(False, None), id="a Saturday worked in exchange"),
        pytest.param("2026-03-07", Announced(True, "weekend"), id="a weekend"),
        pytest.param("2026-03-09", Announced(False, None), id="a Monday"),
        pytest.param("2027-02-09", None, id="a year whose circular nobody has"),
        pytest.param("2200-02-09", None, id="a year that nobody reckons"),
    ],
)
def test_what_is_announced(day: str, known: Announced | None) -> None:
    assert announced(date.fromisoformat(day)) == known


def test_the_libraries_differ_on_one_day_in_all_years() -> None:
    found = [day for year in range(2004, 2028) for day in differences(year)]
    assert found == [date(2005, 12, 31)]


def test_a_year_that_one_library_lacks_has_no_differences() -> None:
    assert differences(2027) == []


def test_the_second_library_says_the_same_where_the_first_is_asked_no_more() -> None:
    day, unlike = date(2023, 1, 1), []
    while day < date(2027, 1, 1):
        if by_chinesecalendar(day) != by_holidays(day):
            unlike.append((day, by_chinesecalendar(day), by_holidays(day)))
        day += timedelta(days=1)
    assert all(one and other and one.closed == other.closed for _, one, other in unlike)
    # A weekend inside a festival is only a weekend to the second; all else has the same name.
    assert {other.name for _, _, other in unlike if other} <= {"weekend", "Mid-autumn Festival"}


def test_festivalsby_the_moon() -> None:
    assert lunar(2027)[date(2027, 2, 6)] == "Spring Festival"
    assert lunar(2200) == {}
