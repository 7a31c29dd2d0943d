"""Reading effort follows the deadline."""

from datetime import UTC, datetime, timedelta
from math import sqrt

import pytest

from monitor.polling.schedule import decisive_at, interval, into, next_read_at, overrun, phase

NOW = datetime(2024, 2, 8, 1, 0, tzinfo=UTC)
SIX = timedelta(hours=6)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OF_TEN = (sqrt(11) - 2) ** 2  # with four standard deviations more three of ten stay


def posts(count: int, every: timedelta) -> list[datetime]:
    return [NOW - every * i for i in range(count)]


@pytest.mark.parametrize(
    ("window", "instants", "alert_open", "expected"),
    [
        pytest.param([], [], False, SIX, id="nothing near: the policy's longest wait"),
        pytest.param([], [NOW + 24 * HOUR], False, HOUR / 2, id="a call within 24 h"),
        pytest.param([], [NOW + 25 * HOUR], False, SIX, id="a call beyond 24 h"),
        pytest.param([], [NOW], False, SIX, id="an instant that has come is no longer near"),
        pytest.param([], [], True, HOUR / 2, id="an alert is open"),
        pytest.param(
            posts(10, HOUR), [], False, SIX * (OF_TEN / 6), id="a busy window is not overrun"
        ),
        pytest.param(posts(20, HOUR), [], False, SIX, id="nor one that holds three times as much"),
        pytest.param(posts(9, HOUR), [], False, HOUR * 4, id="one with fewer items is not full"),
        pytest.param(
            [*posts(6, DAY), *(NOW - 13 * DAY - n * HOUR for n in range(4))],
            [],
            False,
            SIX * (OF_TEN / 4),
            id="the busiest six hours count, whatever came before and after",
        ),
        pytest.param(posts(10, HOUR / 60), [], False, HOUR / 12, id="never faster than the cache"),
        pytest.param(posts(10, HOUR * 48), [], False, SIX, id="a quiet window changes nothing"),
    ],
)
def test_interval(
    window: list[datetime], instants: list[datetime], alert_open: bool, expected: timedelta
) -> None:
    assert interval(SIX, window, instants, alert_open, NOW) == expected


def test_a_window_without_a_rate_says_nothing() -> None:
    assert overrun(posts(3, HOUR)) is None
    assert overrun([NOW] * 8) is None, "one push of eight articles is not a rate"


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.99])
def test_a_source_comes_to_its_place_in_a_few_intervals_and_is_never_late(share: float) -> None:
    read = NOW
    for _ in range(12):
        wait = next_read_at(share, SIX, [], 0, read) - read
        assert SIX * 2 / 3 <= wait <= SIX
        read += wait
    assert into(SIX, share, read) < SIX / 50


@pytest.mark.parametrize(
    ("instants", "failures", "expected"),
    [
        pytest.param([], 0, NOW + SIX - phase(0.5, SIX, NOW), id="routine"),
        pytest.param([NOW + HOUR], 0, NOW + HOUR, id="exactly at the next instant"),
        pytest.param(
            [NOW - HOUR], 0, NOW + SIX - phase(0.5, SIX, NOW), id="not at one that is past"
        ),
        pytest.param([], 1, NOW + timedelta(minutes=1), id="the first retry after a minute"),
        pytest.param([], 4, NOW + timedelta(minutes=8), id="doubling"),
        pytest.param([], 99, NOW + SIX - phase(0.5, SIX, NOW), id="never given up, never slower"),
        pytest.param(
            [NOW + timedelta(seconds=5)], 9, NOW + timedelta(seconds=5), id="instants win"
        ),
    ],
)
def test_next_read_at(instants: list[datetime], failures: int, expected: datetime) -> None:
    assert next_read_at(0.5, SIX, instants, failures, NOW) == expected


QUARTER = timedelta(minutes=15)


@pytest.mark.parametrize(
    ("before", "good", "expected"),
    [
        pytest.param(None, True, NOW + HOUR, id="the next instant ahead"),
        pytest.param(NOW, True, NOW + HOUR, id="borne out: the next one"),
        pytest.param(NOW, False, NOW, id="not borne out: it stays"),
        pytest.param(NOW - QUARTER / 2, False, NOW - QUARTER / 2, id="for a quarter of an hour"),
        pytest.param(NOW - QUARTER, False, NOW + HOUR, id="then others come first again"),
        pytest.param(NOW + HOUR / 2, False, NOW + HOUR, id="one ahead is reckoned anew"),
    ],
)
def test_decisive_at(before: datetime | None, good: bool, expected: datetime) -> None:
    instants = [NOW + 2 * HOUR, NOW + HOUR, NOW, NOW - HOUR]
    assert decisive_at(before, instants, good, NOW) == expected


def test_nothing_ahead_has_to_be_confirmed() -> None:
    assert decisive_at(NOW, [NOW], True, NOW) is None
