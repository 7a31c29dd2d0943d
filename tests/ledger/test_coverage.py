"""Which stretches are covered, which are gaps, and why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ledger.coverage import Gap, GapReason, Span, covered, gaps, merged, without
from monitor.model import Outcome, Pulse, Reading

START = datetime(2024, 1, 1, tzinfo=UTC)


def hour(n: float) -> datetime:
    return START + timedelta(hours=n)


def good(at: float, since: float, gap: float | None = None) -> Reading:
    return Reading(
        "s",
        "a",
        "g",
        hour(at),
        Outcome.OK,
        hour(at),
        Pulse.FULL,
        covers_from=hour(since),
        gap_from=None if gap is None else hour(gap),
    )


def half(at: float) -> Reading:
    """A reading that shows only part of what is published."""
    return replace(good(at, 0), pulse=Pulse.WEAK, covers_from=None)


def bad(at: float) -> Reading:
    return Reading("s", "a", "g", hour(at), Outcome.TRANSPORT)


Hole = tuple[float, float, str]


def holes(readings: list[Reading], imports: list[Span] | None = None) -> list[Hole]:
    found = gaps(covered(readings, imports or []), readings, START, hour(48))
    return [(_hours(g.start), _hours(g.end), g.reason.value) for g in found]


def test_what_is_lacking_is_a_gap_beside_those_of_the_readings() -> None:
    readings = [good(12, -9), bad(20), good(30, 24), good(48, 30)]
    days = [Span(hour(-9), hour(3)), Span(hour(30), hour(40))]
    seen = without(covered(readings), days)
    assert seen == [Span(hour(3), hour(12)), Span(hour(24), hour(30)), Span(hour(40), hour(48))]
    found = gaps(seen, readings, START, hour(36), days)
    assert [(_hours(g.start), _hours(g.end), g.reason.value) for g in found] == [
        (0, 3, "listed"),
        (12, 24, "unreadable"),
        (30, 36, "listed"),
    ]


def _hours(at: datetime) -> float:
    return (at - START) / timedelta(hours=1)


@pytest.mark.parametrize(
    ("readings", "imports", "expected"),
    [
        pytest.param([good(48, -9)], [], [], id="one window that reaches back far enough"),
        pytest.param([good(24, -9), good(48, 24)], [], [], id="unbroken readings"),
        pytest.param([], [], [(0, 48, "not_watched")], id="never read"),
        pytest.param([good(48, 30)], [], [(0, 30, "not_watched")], id="watched from then on"),
        pytest.param(
            [good(10, -1), good(40, 35, gap=10), good(48, 40)],
            [],
            [(10, 35, "overrun")],
            id="a burst between two readings",
        ),
        pytest.param(
            [good(10, -1), bad(12), bad(20), good(40, 35, gap=10), good(48, 40)],
            [],
            [(10, 35, "unreadable")],
            id="failed readings explain the burst that was missed",
        ),
        pytest.param([good(10, -1)], [], [(10, 48, "to_come")], id="nothing read since"),
        pytest.param([half(10), half(47)], [], [(0, 48, "half_seen")], id="never seen whole"),
        pytest.param(
            [good(10, -1), half(20), good(48, 30)],
            [],
            [(10, 30, "half_seen")],
            id="what shows only a part closes nothing",
        ),
        pytest.param(
            [good(10, -1), half(20), good(40, 35, gap=10), good(48, 40)],
            [],
            [(10, 35, "overrun")],
            id="nor does it explain a burst",
        ),
        pytest.param(
            [good(10, -1), half(20), bad(21), good(48, 30)],
            [],
            [(10, 30, "unreadable")],
            id="nor does it stand in for what failed",
        ),
        pytest.param([good(10, -1), half(40)], [], [(10, 48, "half_seen")], id="half seen since"),
        pytest.param([good(10, -1), bad(20)], [], [(10, 48, "unreadable")], id="blind until now"),
        pytest.param(
            [good(40, 35), good(48, 40)],
            [Span(hour(-1), hour(35))],
            [],
            id="an import closes it",
        ),
        pytest.param(
            [good(48, 30)],
            [Span(hour(10), hour(20))],
            [(0, 10, "not_watched"), (20, 30, "not_read")],
            id="an import in the middle leaves both ends",
        ),
        pytest.param([bad(1), bad(47)], [], [(0, 48, "not_watched")], id="never read well"),
    ],
)
def test_gaps(readings: list[Reading], imports: list[Span], expected: list[Hole]) -> None:
    assert holes(readings, imports) == expected


def test_a_gap_carries_its_bounds_and_reason() -> None:
    found = gaps([], [], START, hour(1))
    assert found == [Gap(START, hour(1), GapReason.NOT_WATCHED)]


spans = st.lists(
    st.tuples(st.integers(0, 100), st.integers(0, 30)).map(lambda t: Span(hour(t[0]), hour(sum(t))))
)


@given(spans, st.randoms())
def test_the_order_of_stretches_does_not_matter(some: list[Span], rng: object) -> None:
    assert merged(some) == merged(list(reversed(some))) == merged(merged(some))


@given(spans)
def test_gaps_and_coverage_fill_the_period_without_overlap(some: list[Span]) -> None:
    union = merged(some)
    inside = [Span(max(s.start, START), min(s.end, hour(80))) for s in union]
    whole = sum((s.end - s.start for s in inside if s.end > s.start), timedelta(0))
    whole += sum((g.end - g.start for g in gaps(union, [], START, hour(80))), timedelta(0))
    assert whole == timedelta(hours=80)


@given(spans, spans)
def test_more_evidence_never_opens_a_gap(some: list[Span], more: list[Span]) -> None:
    def missing(found: list[Span]) -> timedelta:
        return sum(
            (g.end - g.start for g in gaps(merged(found), [], START, hour(80))), timedelta(0)
        )

    assert missing(some + more) <= missing(some)
