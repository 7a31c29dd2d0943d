"""A lapse is a gap of at least the limit; its days are local dates."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.ledger.lapses import Lapse, lapses, longest
from monitor.ledger.periods import month_of, year

ZONE = ZoneInfo("Asia/Shanghai")
LIMIT = timedelta(days=14)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


FEBRUARY_2 = local("2024-02-02T10:00")


@pytest.mark.parametrize(
    ("next_post", "expected"),
    [
        pytest.param("2024-02-16T09:59", [], id="a minute before the limit is no lapse"),
        pytest.param(
            "2024-02-16T10:00",
            [Lapse(FEBRUARY_2, local("2024-02-16T10:00"), 14)],
            id="exactly the limit is one",
        ),
        pytest.param(
            "2024-02-19T00:05",
            [Lapse(FEBRUARY_2, local("2024-02-19T00:05"), 17)],
            id="days are local dates, not spans of 24 hours",
        ),
    ],
)
def test_a_gap_between_two_posts(next_post: str, expected: list[Lapse]) -> None:
    posts = [FEBRUARY_2, local(next_post)]
    assert lapses(posts, LIMIT, posts[-1], ZONE) == expected


def test_a_lapse_that_still_lasts_has_no_end() -> None:
    now = local("2024-02-16T10:00")
    assert lapses([FEBRUARY_2], LIMIT, now, ZONE) == [Lapse(FEBRUARY_2, None, 14)]


def test_the_longest_gap_counts_dates() -> None:
    posts = [local("2024-02-02T23:59"), local("2024-02-04T00:00"), local("2024-02-05T00:00")]
    assert longest(posts, ZONE) == 2
    assert longest(posts[:1], ZONE) is None


@pytest.mark.parametrize(
    ("at", "start", "end"),
    [
        ("2024-12-31T23:59:59", "2024-12-01T00:00", "2025-01-01T00:00"),
        ("2025-01-01T00:00:00", "2025-01-01T00:00", "2025-02-01T00:00"),
        ("2024-02-29T12:00:00", "2024-02-01T00:00", "2024-03-01T00:00"),
    ],
)
def test_a_month_begins_and_ends_at_local_midnight(at: str, start: str, end: str) -> None:
    assert month_of(local(at), ZONE) == (local(start), local(end))


def test_a_year_begins_and_ends_at_local_midnight() -> None:
    assert year(2024, ZONE) == (local("2024-01-01T00:00"), local("2025-01-01T00:00"))
