"""A window is read before it passes, by the hours and the days on which its source publishes."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from math import exp, factorial
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules.calendar import calendar
from monitor.model import HOURS, Pace
from monitor.polling import schedule
from monitor.polling.pace import RARE, bearable, passing, remembered
from monitor.polling.window import Window
from monitor.store.base import Store
from tests.polling.loopback import Reading, RssHub, behind, feed
from tests.rule_values import ZONE, at

CALENDAR = calendar()
SIX, HOUR, DAY = timedelta(hours=6), timedelta(hours=1), timedelta(days=1)
MINUTE = timedelta(minutes=1)
FOUR_WEEKS_AGO = date(2024, 2, 6)
# One an hour on working days from nine to six, for four weeks; nothing at night and on days off.
BY_DAY = Pace(FOUR_WEEKS_AGO, (0,) * HOURS + tuple(20 * (9 <= hour < 18) for hour in range(HOURS)))


def soon(pace: Pace | None, now: str, items: int = 10) -> timedelta | None:
    """Return how soon a window of so many items may pass."""
    return passing(pace, items, SIX, CALENDAR, ZONE, at(now))


def window(*times: str) -> Window:
    return tuple((time, at(time)) for time in times)


def kept(pace: Pace | None, before: Window, shown: Window) -> Pace | None:
    return remembered(pace, before, shown, CALENDAR, ZONE)


@pytest.mark.parametrize(
    ("now", "least", "most"),
    [
        pytest.param("03-06 10:00", 20 * MINUTE, 30 * MINUTE, id="by day within the half hour"),
        pytest.param("03-06 22:00", 5 * HOUR, SIX, id="at night hardly sooner than any"),
        pytest.param("03-06 06:00", HOUR, 4 * HOUR, id="in the morning before its day has begun"),
        pytest.param("03-09 10:00", 2 * HOUR, SIX, id="on a day off later"),
        pytest.param("03-11 10:00", 20 * MINUTE, 30 * MINUTE, id="on Monday as before the weekend"),
        pytest.param("04-07 10:00", 20 * MINUTE, HOUR, id="on a Sunday that is worked"),
        pytest.param("04-05 10:00", 2 * HOUR, SIX, id="on a Friday that is a holiday"),
    ],
)
def test_who_publishes_by_day_is_read_sooner_by_day(
    now: str, least: timedelta, most: timedelta
) -> None:
    found = soon(BY_DAY, now)
    assert found is not None
    assert least <= found <= most


@pytest.mark.parametrize(
    ("pace", "items", "expected"),
    [
        pytest.param(None, 10, None, id="nothing is known of its hours"),
        pytest.param(BY_DAY, 9, SIX, id="a window with fewer items than any gateway's is not full"),
        pytest.param(Pace(FOUR_WEEKS_AGO), 10, SIX, id="nothing was published"),
        pytest.param(BY_DAY, 100, SIX, id="a hundred do not pass in six hours"),
    ],
)
def test_what_cannot_pass_is_read_as_seldom_as_any(
    pace: Pace | None, items: int, expected: timedelta | None
) -> None:
    assert soon(pace, "03-06 10:00", items) == expected


def test_a_source_of_a_day_is_taken_to_publish_by_day_and_night() -> None:
    fresh = kept(None, (), window(*(f"03-05 {hour}:00" for hour in range(20, 9, -1))))
    found = soon(fresh, "03-06 03:00")
    assert found is not None
    assert found < SIX / 3


@pytest.mark.parametrize("items", [8, 18, 48])
def test_so_many_come_less_often_than_once_in_ten_million(items: int) -> None:
    mean = bearable(items)
    chance = sum(exp(-mean) * mean**n / factorial(n) for n in range(items, items + 60))
    assert RARE / 100 < chance < RARE


hours = st.lists(st.integers(0, 60), min_size=2 * HOURS, max_size=2 * HOURS)
moments = st.datetimes(datetime(2024, 3, 6), datetime(2024, 12, 31))


@given(hours, hours, moments, st.integers(10, 40))
def test_who_has_published_more_at_any_hour_is_never_read_later(
    some: Sequence[int], more: Sequence[int], now: datetime, items: int
) -> None:
    moment = now.replace(tzinfo=ZONE)
    both = [tuple(some), tuple(a + b for a, b in zip(some, more, strict=True))]
    slow, fast = (
        passing(Pace(FOUR_WEEKS_AGO, one), items, SIX, CALENDAR, ZONE, moment) for one in both
    )
    assert slow is not None
    assert fast is not None
    assert timedelta(0) < fast <= slow + timedelta(microseconds=9)
    assert slow <= SIX


@pytest.mark.parametrize(
    ("before", "shown", "expected"),
    [
        pytest.param(("03-06 09:00",), ("03-06 09:00",), [], id="nothing new is shown"),
        pytest.param(
            ("03-06 09:00",), ("03-06 10:30", "03-06 09:00"), [(HOURS + 10, 1)], id="one is new"
        ),
        pytest.param(
            ("03-08 09:00",),
            ("03-09 23:59", "03-10 00:00", "03-08 09:00"),
            [(0, 1), (23, 1)],
            id="two of days off",
        ),
        pytest.param(
            ("03-06 10:00", "03-06 09:00"),
            ("03-06 09:00", "03-05 09:00"),
            [],
            id="a newer one is gone, and an older one shows",
        ),
        pytest.param((), ("03-06 10:00",), [(HOURS + 10, 1)], id="the first after an empty one"),
    ],
)
def test_what_is_new_is_remembered_by_its_hour(
    before: Sequence[str], shown: Sequence[str], expected: list[tuple[int, float]]
) -> None:
    pace = kept(Pace(FOUR_WEEKS_AGO), window(*before), window(*shown))
    assert pace is not None
    assert [(place, count) for place, count in enumerate(pace.hours) if count] == expected


def test_the_first_window_is_known_since_its_oldest_item_that_is_no_pin() -> None:
    pace = kept(None, (), window("03-06 10:00", "03-05 09:00", "01-02 08:00", "01-01 08:00"))
    assert pace is not None
    assert (pace.since, sum(pace.hours)) == (date(2024, 3, 5), 2)
    assert kept(None, (), window("03-06 10:00", "03-05 09:00")) is None, "both may be pins"
    assert kept(None, (), ()) is None


def test_eight_weeks_are_remembered_as_if_they_were_four() -> None:
    old = Pace(date(2024, 1, 1), (0,) * HOURS + (1,) + (40,) * (HOURS - 1))
    kept_still = kept(old, window("02-25 09:00"), window("02-25 10:00", "02-25 09:00"))
    assert kept_still is not None
    assert kept_still.since == old.since, "eight weeks less a day"
    halved = kept(old, window("02-26 09:00"), window("02-26 10:00", "02-26 09:00"))
    assert halved is not None
    assert halved.since == date(2024, 1, 29)
    assert halved.hours[HOURS : HOURS + 11] == (0.5, *(20,) * 9, 20.5)
    assert not any(halved.hours[:HOURS])


def posts(draw: Random) -> Iterator[datetime]:
    """Up to twenty a working day, from nine to six; none on days off. Twelve weeks of them."""
    for n in range(84):
        day = at("03-04 00:00") + n * DAY
        if CALENDAR.workday(day.astimezone(ZONE).date()):
            yield from sorted(
                day + (9 + 9 * draw.random()) * HOUR for _ in range(draw.randint(0, 20))
            )


def overrun(published: Sequence[datetime], hourly: bool) -> tuple[int, int]:
    """Return how often a window of ten showed nothing but what was new and what may be pins, and
    how often it was read, by its hours or not."""
    now, seen, pace, missed, readings = published[10], 11, None, 0, 0
    before: Window = ()
    while now < published[-1]:
        known = sum(post <= now for post in published[: seen + 40])
        missed, readings = missed + (known - seen >= 8), readings + 1
        shown = tuple((str(n), published[n]) for n in range(known - 1, known - 11, -1))
        pace = kept(pace, before, shown)
        left = passing(pace, 10, SIX, CALENDAR, ZONE, now) if hourly else None
        now += schedule.interval(SIX, [post for _, post in shown], [], False, now, left)
        before, seen = shown, known
    return missed, readings


def test_no_window_of_a_busy_account_passes_unseen() -> None:
    published = list(posts(Random(1)))
    without, as_many = overrun(published, hourly=False)
    missed, readings = overrun(published, hourly=True)
    assert without > 0
    assert missed == 0
    assert readings < 3 * as_many


def test_a_reading_keeps_the_hours_and_plans_the_next_by_them(sqlite_store: Store) -> None:
    now = at("03-06 10:00")
    ages = [n * 10 * MINUTE for n in range(13)]
    hub = RssHub(lambda uid: (200, feed(uid, now, *ages), {}))
    with hub:
        world = Reading(sqlite_store, behind("rsshub", "11111"), {"rsshub": hub}, now)
        world.rounds.read_due(now)
        world.close()
    [state] = sqlite_store.sources.states().values()
    pace = state.memory.pace
    assert pace is not None
    assert (pace.since, sum(pace.hours)) == (date(2024, 3, 6), 11)
    left = passing(pace, 13, SIX, CALENDAR, ZONE, now)
    assert left is not None
    assert left < SIX
    assert state.next_read_at is not None
    assert now + left * 2 / 3 <= state.next_read_at <= now + left
