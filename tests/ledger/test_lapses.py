"""A lapse is a gap of at least the limit; its days are local dates."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.model import SilenceException
from monitor.ledger.lapses import (
    Lapse,
    Limit,
    Quiet,
    always,
    days_in_breach,
    lapses,
    longest,
    noted,
)
from monitor.ledger.periods import month_of, year

ZONE = ZoneInfo("Asia/Shanghai")
LIMIT = always(timedelta(days=14))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


FEBRUARY_2 = local("2024-02-02T10:00")
REACHED = local("2024-02-16T10:00")


@pytest.mark.parametrize(
    ("next_post", "expected"),
    [
        pytest.param("2024-02-16T09:59", [], id="a minute before the limit is no lapse"),
        pytest.param(
            "2024-02-16T10:00",
            [Lapse(FEBRUARY_2, REACHED, 14, REACHED)],
            id="exactly the limit is one",
        ),
        pytest.param(
            "2024-02-19T00:05",
            [Lapse(FEBRUARY_2, local("2024-02-19T00:05"), 17, REACHED)],
            id="days are local dates, not spans of 24 hours",
        ),
    ],
)
def test_a_gap_between_two_posts(next_post: str, expected: list[Lapse]) -> None:
    posts = [FEBRUARY_2, local(next_post)]
    assert lapses(posts, LIMIT, posts[-1], ZONE) == expected


def test_a_lapse_that_still_lasts_has_no_end() -> None:
    assert lapses([FEBRUARY_2], LIMIT, REACHED, ZONE) == [Lapse(FEBRUARY_2, None, 14, REACHED)]


@pytest.mark.parametrize(
    ("changed", "limit", "breached_at"),
    [
        pytest.param("2024-02-12T00:00", 7, "2024-02-12T00:00", id="stricter in the middle of it"),
        pytest.param("2024-02-05T00:00", 7, "2024-02-09T10:00", id="stricter before it was due"),
        pytest.param("2024-02-12T00:00", 20, None, id="relaxed in time"),
        pytest.param("2024-02-17T00:00", 20, "2024-02-16T10:00", id="relaxed too late"),
        pytest.param("2024-03-01T00:00", 3, "2024-02-16T10:00", id="stricter only afterwards"),
    ],
)
def test_F24_a_silence_is_judged_by_the_limit_then_in_force(
    changed: str, limit: int, breached_at: str | None
) -> None:
    limits = [*LIMIT, Limit(local(changed), timedelta(days=limit))]
    found = lapses([FEBRUARY_2, local("2024-02-19T09:00")], limits, local("2024-03-02T00:00"), ZONE)
    reached = [lapse.breached_at for lapse in found if lapse.began_at == FEBRUARY_2]
    assert reached == ([local(breached_at)] if breached_at else [])


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        pytest.param("2024-01-01", "2025-01-01", 3, id="16, 17 and 18 February"),
        pytest.param("2024-02-17", "2024-02-18", 1, id="one day of them"),
        pytest.param("2024-03-01", "2024-04-01", 0, id="none"),
    ],
)
def test_days_out_of_compliance(start: str, end: str, days: int) -> None:
    found = lapses([FEBRUARY_2, local("2024-02-19T09:00")], LIMIT, local("2024-02-20T00:00"), ZONE)
    assert days_in_breach(found, local(start), local(end), ZONE) == days


@pytest.mark.parametrize(
    ("since", "until", "ended", "touches"),
    [
        pytest.param("2024-02-05", "2024-02-10", "2024-02-19T09:00", True, id="inside it"),
        pytest.param("2024-01-20", "2024-02-03", "2024-02-19T09:00", True, id="over its start"),
        pytest.param("2024-02-18", "2024-03-09", "2024-02-19T09:00", True, id="over its end"),
        pytest.param("2024-01-20", "2024-02-02T10:00", "2024-02-19T09:00", False, id="before it"),
        pytest.param("2024-02-19T09:00", "2024-03-09", "2024-02-19T09:00", False, id="after it"),
        pytest.param("2024-02-19T08:00", "2024-03-09", None, True, id="while it lasts"),
        pytest.param("2024-02-19T10:00", "2024-03-09", None, False, id="not agreed yet"),
    ],
)
def test_a_lapse_is_noted_with_what_was_agreed(
    since: str, until: str, ended: str | None, touches: bool
) -> None:
    agreed = SilenceException("a", "wang", local(since), local(until), "检修")
    end = local(ended) if ended else None
    lapse = Lapse(FEBRUARY_2, end, 17, FEBRUARY_2 + timedelta(days=14))
    found = noted(lapse, [agreed], local("2024-02-19T09:00"))
    assert found == replace(lapse, exceptions=(agreed,) if touches else ())


def test_the_longest_stretch_counts_dates_and_the_running_one() -> None:
    posts = [local("2024-02-02T23:59"), local("2024-02-04T00:00"), local("2024-02-05T00:00")]
    day = date.fromisoformat
    now = local("2024-02-05T12:00")
    assert longest(posts, now, ZONE) == Quiet(2, day("2024-02-02"), day("2024-02-04"))
    assert longest(posts, local("2024-02-09T12:00"), ZONE) == Quiet(4, day("2024-02-05"), None)
    assert longest([], now, ZONE) is None


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
