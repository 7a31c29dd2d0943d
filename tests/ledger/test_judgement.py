"""Kept, lapsed, or not to be judged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ledger.coverage import Span
from monitor.ledger.judgement import Judged, judged
from monitor.ledger.lapses import always
from tests.rule_values import DAY, ZONE, at

START = at("03-01 00:00")
LIMIT = always(14 * DAY)


def span(first: float, last: float) -> Span:
    return Span(START + first * DAY, START + last * DAY)


MONTH, ALL = span(0, 31), [span(-60, 60)]


@pytest.mark.parametrize(
    ("posts", "seen", "expected"),
    [
        pytest.param([-1, 9, 20], ALL, Judged.KEPT, id="seen, and a post in time each time"),
        pytest.param([-1, 9, 20], [], Judged.KEPT, id="known posts alone leave no room"),
        pytest.param([-1, 9, 24], ALL, Judged.LAPSED, id="seen, and a silence reached the limit"),
        pytest.param([-1, 9, 24], [], Judged.NOT_JUDGED, id="the silence was not seen"),
        pytest.param([-1, 9, 24], [span(8, 23)], Judged.LAPSED, id="seen up to the limit"),
        pytest.param([-1, 9, 24], [span(8, 22)], Judged.NOT_JUDGED, id="seen, but not so long"),
        pytest.param([-30, -9], ALL, Judged.LAPSED, id="a silence that began before"),
        pytest.param([-30, -16, -9, 2, 13, 24], ALL, Judged.KEPT, id="a lapse that ended before"),
        pytest.param([2, 13, 24], ALL, Judged.NOT_JUDGED, id="nothing is known of before"),
        pytest.param([-1, 9, 20, 40], ALL, Judged.KEPT, id="reached only after it"),
        pytest.param([], ALL, Judged.NOT_JUDGED, id="no post at all"),
    ],
)
def test_F79_a_stretch_is_judged_by_what_was_seen(
    posts: list[float], seen: list[Span], expected: Judged
) -> None:
    dates = [START + n * DAY for n in posts]
    assert judged(dates, LIMIT, MONTH, ZONE, seen) is expected


@pytest.mark.parametrize(
    ("posts", "expected"),
    [
        pytest.param([-1, 9, 22], Judged.KEPT, id="thirteen days, and at most fourteen less a bit"),
        pytest.param([-1, 9, 23], Judged.NOT_JUDGED, id="between thirteen and fifteen days"),
        pytest.param([-1, 9, 24], Judged.LAPSED, id="fourteen days at the least"),
    ],
)
def test_F77_days_without_an_hour_leave_a_day_to_both_sides(
    posts: list[float], expected: Judged
) -> None:
    dates = [START + n * DAY for n in posts]
    ends = {one: one + DAY - DAY / 86_400 for one in dates}
    assert judged(dates, LIMIT, MONTH, ZONE, ALL, ends) is expected


days = st.lists(st.integers(-40, 60), unique=True, max_size=12).map(sorted)
seen_days = st.lists(st.integers(-60, 60), unique=True, max_size=6).map(sorted)


@given(days, days, seen_days)
def test_F79_what_was_not_seen_never_makes_a_false_judgement(
    there: list[int], shown: list[int], edges: list[int]
) -> None:
    """Whatever part of the truth is known, a judgement that is given is true."""
    seen = [span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    dates = [START + n * DAY for n in there]
    known = [
        at_
        for n, at_ in zip(there, dates, strict=True)
        if n in shown or any(s.start <= at_ <= s.end for s in seen)
    ]
    truth = judged(dates, LIMIT, MONTH, ZONE, [span(-90, 90)])
    found = judged(known, LIMIT, MONTH, ZONE, seen)
    assert found in (truth, Judged.NOT_JUDGED) or truth is Judged.NOT_JUDGED
