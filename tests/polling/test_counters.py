"""A count that rises while no post is shown: the account is not silent, we are blind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.counted import Tally
from monitor.ledger.unseen import silent_since
from monitor.model import PostKind, SeenPost
from monitor.polling.counters import tallied

NOON = datetime(2024, 2, 19, 4, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

Step = tuple[float, int | None, list[float | None]]


def at(hours: float) -> datetime:
    return NOON + hours * HOUR


def post(hours: float | None) -> SeenPost:
    stated = None if hours is None else at(hours)
    return SeenPost(f"weibo:{hours}", "x", "u", PostKind.ORIGINAL, stated)


def told(*steps: Step) -> Tally | None:
    """Readings, each as (hours since noon, the count, dates of the new posts shown)."""
    tally: Tally | None = None
    for hours, posts, new in steps:
        tally = tallied(tally, posts, [post(one) for one in new], at(hours))
    return tally


@pytest.mark.parametrize(
    ("steps", "tally"),
    [
        pytest.param([(0, None, [])], None, id="nothing was ever counted"),
        pytest.param([(0, 284, [-1, -90])], Tally(284, at(0)), id="the first count settles"),
        pytest.param([(0, 284, []), (6, 284, [])], Tally(284, at(6)), id="silence"),
        pytest.param([(0, 284, []), (6, 285, [5])], Tally(285, at(6)), id="a post is shown"),
        pytest.param(
            [(0, 284, []), (6, 285, [None])], Tally(285, at(6)), id="a post without a date"
        ),
        pytest.param(
            [(0, 284, []), (6, 285, [])],
            Tally(285, at(0), unseen=1, risen_at=at(6)),
            id="counted and not shown: blind",
        ),
        pytest.param(
            [(0, 284, []), (6, 285, []), (12, 285, []), (60, None, [])],
            Tally(285, at(0), unseen=1, risen_at=at(6)),
            id="still not shown",
        ),
        pytest.param(
            [(0, 284, []), (6, 285, []), (12, 287, [])],
            Tally(287, at(0), unseen=3, risen_at=at(12)),
            id="more of them",
        ),
        pytest.param(
            [(0, 284, []), (6, 285, []), (12, 286, [11])],
            Tally(286, at(0), unseen=1, risen_at=at(6)),
            id="another is shown, that one is not",
        ),
        pytest.param(
            [(0, 284, []), (6, 285, []), (80, 285, [5])], Tally(285, at(80)), id="shown at last"
        ),
        pytest.param(
            [(0, 284, []), (6, 285, [-100])],
            Tally(285, at(0), unseen=1, risen_at=at(6)),
            id="an old post that comes back explains nothing",
        ),
        pytest.param(
            [(0, 284, []), (6, 284, [5]), (7, 285, [])],
            Tally(285, at(7)),
            id="the list was ahead of the count",
        ),
        pytest.param(
            [(0, 284, []), (6, 284, [5])],
            Tally(284, at(6), ahead=1, ahead_at=at(6)),
            id="the list is ahead",
        ),
        pytest.param(
            [(0, 284, []), (6, 284, [5]), (30, 285, [])],
            Tally(285, at(6), unseen=1, risen_at=at(30)),
            id="a day later that is no excuse",
        ),
        pytest.param(
            [(0, 284, []), (6, 285, []), (7, 285, [-1])],
            Tally(285, at(7)),
            id="the count was ahead of the list",
        ),
        pytest.param([(0, 284, []), (6, 283, [])], Tally(283, at(6)), id="a post was deleted"),
        pytest.param(
            [(0, 284, []), (6, 283, []), (12, 284, [])],
            Tally(284, at(6), unseen=1, risen_at=at(12)),
            id="a deletion excuses no later rise",
        ),
        pytest.param(
            [(0, 284, []), (6, 285, []), (12, 284, [])],
            Tally(284, at(12)),
            id="the unseen one was deleted",
        ),
        pytest.param(
            [(6, 284, []), (0, 285, [])], Tally(285, at(0)), id="a clock that jumped starts anew"
        ),
    ],
)
def test_tallied(steps: list[Step], tally: Tally | None) -> None:
    assert told(*steps) == tally


@pytest.mark.parametrize(
    ("tally", "since"),
    [
        pytest.param(None, at(-100), id="nothing counted"),
        pytest.param(Tally(284, at(0)), at(-100), id="all explained: since the last post"),
        pytest.param(
            Tally(285, at(-6), unseen=1, risen_at=at(0)), at(0), id="since the unexplained rise"
        ),
        pytest.param(
            Tally(285, at(-160), unseen=1, risen_at=at(-150)), at(-100), id="a newer post was seen"
        ),
    ],
)
def test_silent_since(tally: Tally | None, since: datetime) -> None:
    assert silent_since(at(-100), tally) == since


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), min_size=1, max_size=30))
def test_what_is_never_shown_is_counted_and_nothing_else(published: list[tuple[int, int]]) -> None:
    tally, count = tallied(None, 100, [], at(0)), 100
    for hour, (shown, hidden) in enumerate(published, start=1):
        count += shown + hidden
        tally = tallied(tally, count, [post(hour - 0.5)] * shown, at(hour))
    assert tally is not None
    assert tally.unseen == sum(hidden for _, hidden in published)


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=30))
def test_an_account_that_only_deletes_and_shows_is_never_blind(changes: list[int]) -> None:
    tally, count = tallied(None, 1000, [], at(0)), 1000
    for hour, change in enumerate(changes, start=1):
        count += change
        tally = tallied(tally, count, [post(hour - 0.5)] * max(change, 0), at(hour))
        assert tally is not None
        assert (tally.unseen, tally.risen_at) == (0, None)
