"""A quota of requests a day lasts the day, and nobody behind it starves."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.common.local_time import local_day
from monitor.model import SourceSpec, SourceState
from monitor.polling.quota import (
    affordable,
    budget,
    demand,
    look_every,
    pace,
    portion,
    ran_short,
    routine,
)
from tests.rule_values import DAY, HOUR, MINUTE, ZONE, at

NOON = at("03-06 12:00")
SIX = 6 * HOUR


def source(
    name: str,
    tried: datetime | None = None,
    planned: timedelta = SIX,
    decisive_at: datetime | None = None,
) -> SourceState:
    """Return a source last tried then, that was to be read again after *planned*."""
    return SourceState(
        SourceSpec(name, name, "g", name),
        next_read_at=tried + planned if tried else None,
        last_tried_at=tried,
        decisive_at=decisive_at,
    )


def test_the_day_is_that_of_the_zone() -> None:
    assert local_day(at("03-06 00:00"), ZONE) == local_day(at("03-06 23:59"), ZONE)
    assert local_day(at("03-06 23:59"), ZONE) != local_day(at("03-07 00:00"), ZONE)
    today = budget(10, 3, NOON, ZONE)
    assert (today.start, today.end, today.left) == (at("03-06 00:00"), at("03-07 00:00"), 7)


def test_a_day_of_25_hours_is_as_long_as_it_is() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    autumn = budget(10, 0, datetime(2024, 10, 27, 12, tzinfo=berlin), berlin)
    assert autumn.end - autumn.start == 25 * HOUR


@pytest.mark.parametrize(
    ("quota", "for_routine"), [(1, 1), (2, 1), (9, 8), (10, 9), (11, 9), (100, 90), (1000, 900)]
)
def test_a_tenth_is_kept(quota: int, for_routine: int) -> None:
    assert routine(quota) == for_routine


@pytest.mark.parametrize(
    ("now", "quota", "expected"),
    [
        pytest.param("03-06 00:00", 1000, 38, id="an hour's worth at midnight"),
        pytest.param("03-06 12:00", 1000, 488, id="half a day and an hour"),
        pytest.param("03-06 23:00", 1000, 900, id="all but the kept tenth an hour before"),
        pytest.param("03-06 23:59", 1000, 900, id="and never more"),
        pytest.param("03-06 00:00", 1, 1, id="one a day is made at once"),
        pytest.param("03-06 00:00", 4, 1, id="three a day: the first at once …"),
        pytest.param("03-06 08:00", 4, 2, id="… the second after a third of it …"),
        pytest.param("03-06 16:00", 4, 3, id="… and the last after two"),
    ],
)
def test_pace(now: str, quota: int, expected: int) -> None:
    assert pace(budget(quota, 0, at(now), ZONE), at(now)) == expected


@pytest.mark.parametrize(
    ("spent", "short"),
    [
        pytest.param(449, True, id="its even share of half a day, but for a minute"),
        pytest.param(487, True, id="as far ahead as it may be"),
        pytest.param(1000, True, id="all of it"),
        pytest.param(120, False, id="a fraction: whoever is not read, it is not for the quota"),
    ],
)
def test_ran_short(spent: int, short: bool) -> None:
    assert ran_short(budget(1000, spent, NOON, ZONE), NOON) is short


def test_a_new_day_that_begins_short_is_not_taken_for_ample() -> None:
    midnight = at("03-07 00:00")
    assert ran_short(budget(1000, 0, midnight, ZONE), midnight)


NEW = source("new")
LATE = source("late", NOON - 9 * HOUR)
RUNG = source("rung", NOON - HOUR, decisive_at=NOON)
TOMORROW = source("tomorrow", NOON - 7 * HOUR, decisive_at=NOON + DAY)
ALERTED = source("alerted", NOON - HOUR, HOUR / 2)
DUE = [NEW, LATE, TOMORROW, ALERTED, RUNG]  # as the store gives them: the longest overdue first


@pytest.mark.parametrize(
    ("spent", "expected"),
    [
        pytest.param(0, "rung new late tomorrow alerted", id="ample: all of them"),
        pytest.param(485, "rung new late", id="three are left by now"),
        pytest.param(488, "rung", id="routine has to wait"),
        pytest.param(999, "rung", id="what is decisive may take the last one"),
        pytest.param(1000, "", id="spent"),
        pytest.param(5000, "", id="a quota that was lowered during the day"),
    ],
)
def test_portion(spent: int, expected: str) -> None:
    read = portion(DUE, budget(1000, spent, NOON, ZONE), NOON)
    assert " ".join(state.spec.id for state in read) == expected


def test_decisive_readings_share_what_is_left_in_the_order_they_are_due() -> None:
    crowd = [source(f"{n}", NOON - HOUR, decisive_at=NOON) for n in range(9)]
    assert portion(crowd, budget(100, 97, NOON, ZONE), NOON) == tuple(crowd[:3])


@pytest.mark.parametrize(
    ("spent", "routinely", "decisively"),
    [(487, True, True), (488, False, True), (999, False, True), (1000, False, False)],
)
def test_each_reading_asks_anew_whether_it_is_affordable(
    spent: int, routinely: bool, decisively: bool
) -> None:
    """One that needs several requests may have taken the others' portion."""
    known = budget(1000, spent, NOON, ZONE)
    assert affordable(LATE, known, NOON) is routinely
    assert affordable(RUNG, known, NOON) is decisively


@pytest.mark.parametrize(
    ("quota", "canaries", "every"),
    [
        pytest.param(1000, 2, HOUR / 2, id="ample: every half hour"),
        pytest.param(240, 2, 2 * HOUR, id="a tenth of the quota"),
        pytest.param(10, 3, 5 * HOUR, id="never so seldom that it proves nothing"),
    ],
)
def test_canaries_take_a_tenth(quota: int, canaries: int, every: timedelta) -> None:
    assert look_every(quota, canaries, HOUR / 2) == every


def test_demand() -> None:
    assert demand([SIX] * 30) == 120
    assert demand([SIX, 5 * HOUR]) == 9
    assert demand([]) == 0


class Lived:
    """Sources read for some days as a quota allows, a request each."""

    def __init__(self, sources: list[SourceState], quota: int, days: int) -> None:
        self.waits = {s.spec.id: s.next_read_at - s.last_tried_at for s in sources}  # type: ignore[operator]
        self.states, self.quota = {s.spec.id: s for s in sources}, quota
        self.read: Counter[str] = Counter()
        self.at: list[datetime] = []
        for step in range(days * 144):
            self._look(MIDNIGHT + step * 10 * MINUTE)

    def on(self, day: datetime) -> list[datetime]:
        """Return when something was read on the day that begins then."""
        return [at for at in self.at if day <= at < day + DAY]

    def _look(self, now: datetime) -> None:
        due = [s for s in self.states.values() if s.next_read_at and s.next_read_at <= now]
        due.sort(key=lambda s: (s.next_read_at, s.spec.id))
        today = budget(self.quota, 0, now, ZONE)
        known = replace(today, spent=len(self.on(today.start)))
        for state in portion(due, known, now):
            name = state.spec.id
            self.at.append(now)
            self.read[name] += 1
            self.states[name] = source(name, now, self.waits[name])


MIDNIGHT = at("03-06 00:00")
BEFORE = at("03-05 18:00")


@settings(max_examples=20, deadline=None)
@given(quiet=st.integers(1, 12), alerted=st.integers(0, 6), quota=st.integers(8, 40))
def test_nobody_starves_however_small_the_quota(quiet: int, alerted: int, quota: int) -> None:
    """Accounts with an open alert want twelve times as much, and leave the others theirs."""
    crowd = [source(f"quiet{n}", BEFORE) for n in range(quiet)]
    crowd += [source(f"alerted{n}", BEFORE, HOUR / 2) for n in range(alerted)]
    lived = Lived(crowd, quota, days=8)
    assert all(len(lived.on(MIDNIGHT + n * DAY)) <= routine(quota) for n in range(8))
    share = 8 * routine(quota) // len(crowd)
    wanted = {"quiet": 8 * 4, "alerted": 8 * 48}
    for name, read in lived.read.items():
        assert read >= min(share, wanted[name.rstrip("0123456789")]) // 2
    assert len(lived.read) == len(crowd)


def test_a_day_is_spread_and_its_tenth_is_left() -> None:
    lived = Lived([source(f"{n}", BEFORE) for n in range(60)], quota=100, days=2)
    for day in (MIDNIGHT, MIDNIGHT + DAY):
        by_hour = Counter(at.astimezone(ZONE).hour for at in lived.on(day))
        assert sum(by_hour.values()) == 90
        assert max(by_hour.values()) <= 8
        assert set(range(23)) <= set(by_hour)
