"""Readings that say nothing new are kept as one; what anybody asks of them stays the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ledger.coverage import Span, covered, gaps
from monitor.ledger.folding import Fold, folds
from monitor.model import Outcome, Pulse, Reading
from tests.report_values import DAY, ZONE, at

MONDAY = at("2024-03-04")
HOUR = timedelta(hours=1)


def hour(n: float) -> datetime:
    return MONDAY + n * HOUR


def good(n: float, since: float, **other: object) -> Reading:
    made = Reading("s", "a", "g", hour(n), Outcome.UNCHANGED, hour(n), Pulse.FULL, items=10)
    return replace(made, covers_from=hour(since), **other)  # type: ignore[arg-type]


def bad(n: float, outcome: Outcome = Outcome.TRANSPORT) -> Reading:
    return Reading("s", "a", "g", hour(n), outcome, detail=f"at {n}")


def kept(readings: Iterable[Reading], found: Sequence[Fold]) -> list[Reading]:
    """*readings* as they are kept once *found* is folded."""
    instead = {(fold.kept.source, fold.kept.started_at): fold.kept for fold in found}
    gone = {(one.source, one.started_at) for fold in found for one in fold.gone}
    names = ((one, (one.source, one.started_at)) for one in readings)
    return [instead.get(name, one) for one, name in names if name not in gone]


def test_a_run_is_kept_as_its_last_reading_which_says_what_it_stands_for() -> None:
    run = [good(1, 0), good(7, 1), replace(good(13, 7), outcome=Outcome.OK), good(18, 13)]
    [fold] = folds(run, [], [], ZONE)
    folded = fold.kept.folded
    assert folded is not None
    assert (fold.kept.started_at, fold.kept.as_of) == (hour(18), hour(18))
    assert (fold.kept.covers_from, fold.kept.first_at) == (hour(0), hour(1))
    assert (fold.kept.tried, folded.longest_pause) == (4, 6 * HOUR)
    assert dict(folded.outcomes) == {Outcome.OK: 1, Outcome.UNCHANGED: 3}
    assert fold.gone == tuple(run[:-1])


def test_failures_are_folded_with_the_last_detail() -> None:
    [fold] = folds([bad(1), bad(2, Outcome.STATUS), bad(4)], [], [], ZONE)
    assert (fold.kept.detail, fold.kept.tried, fold.kept.good) == ("at 4", 3, False)
    assert fold.kept.folded is not None
    assert dict(fold.kept.folded.outcomes) == {Outcome.TRANSPORT: 2, Outcome.STATUS: 1}


@pytest.mark.parametrize(
    ("readings", "moments", "edges"),
    [
        pytest.param([good(23, 22), good(25, 23)], [], [], id="across a local midnight"),
        pytest.param([good(1, 0), good(2, 1, fresh=1)], [], [], id="one that showed a post"),
        pytest.param([good(1, 0), good(2, 1, title="新名")], [], [], id="one with another name"),
        pytest.param([good(1, 0), good(2, 1, items=9)], [], [], id="a window of another length"),
        pytest.param([good(1, 0), good(2, 1.5)], [], [], id="a stretch between that none covers"),
        pytest.param([good(1, 0), good(2, 1, gap_from=hour(1))], [], [], id="one that found a gap"),
        pytest.param([good(1, 0), good(2, 1, unseen=1)], [], [], id="a platform's count that rose"),
        pytest.param([good(1, 0), bad(2)], [], [], id="a failure after a good one"),
        pytest.param(
            [good(1, 0), good(2, 1, pulse=Pulse.WEAK)], [], [], id="a gateway's weaker pulse"
        ),
        pytest.param([good(1, 0), good(2, 1, gateway="h")], [], [], id="another gateway"),
        pytest.param(
            [good(1, 0), replace(good(2, 0), as_of=hour(0.5))], [], [], id="an older state"
        ),
        pytest.param([good(1, 0), good(2, 1)], [hour(1.5)], [], id="across a post's date"),
        pytest.param([good(1, 0), good(2, 1)], [], [hour(1.5)], id="across an edge of coverage"),
    ],
)
def test_nothing_is_folded(
    readings: list[Reading], moments: list[datetime], edges: list[datetime]
) -> None:
    assert folds(readings, moments, edges, ZONE) == []
    assert folds([good(1, 0), good(2, 1)], [], [], ZONE) != []


def test_what_is_folded_already_is_folded_no_more() -> None:
    readings = [good(1, 0), good(2, 1), bad(3), bad(4), good(30, 2), good(32, 30)]
    once = kept(readings, folds(readings, [], [], ZONE))
    assert [one.tried for one in once] == [2, 2, 2]
    assert folds(once, [], [], ZONE) == []


# Against the readings as they were made


def _at(n: float, seen_to: float, lag: float) -> Reading:
    """A good reading of hour *n* that shows what there was *lag* hours before."""
    return replace(good(n, min(seen_to, n - lag)), as_of=hour(n - lag))


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Reading], list[datetime]]:
    """What two sources read in three days, with outages, lags and gaps, and dates of posts."""
    made: list[Reading] = []
    for source in ("s", "t"):
        n, seen_to = draw(st.integers(0, 5)), 0.0
        while n < 72:
            kind = draw(st.sampled_from(("same", "same", "same", "new", "gap", "half", "bad")))
            lag = draw(st.sampled_from((0.0, 0.0, 0.0, 0.5)))
            read = bad(n) if kind == "bad" else _at(n, seen_to, lag)
            if kind == "new":
                read = replace(read, fresh=1)
            elif kind == "gap":
                read = replace(read, covers_from=hour(n - 0.5), gap_from=hour(seen_to))
            elif kind == "half":
                read = replace(read, covers_from=None)
            seen_to = seen_to if kind == "bad" else n - lag
            made.append(replace(read, source=source))
            n += draw(st.sampled_from((1, 1, 2, 3, 9)))
    posts = draw(st.lists(st.floats(0, 72, allow_nan=False), max_size=4))
    return sorted(made, key=lambda one: (one.started_at, one.source)), [hour(n) for n in posts]


def edges_of(spans: Iterable[Span]) -> list[datetime]:
    return [at for span in spans for at in (span.start, span.end)]


def count(readings: Iterable[Reading], since: datetime) -> tuple[int, int]:
    mine = [one for one in readings if one.started_at >= since]
    return sum(one.tried for one in mine), sum(one.tried for one in mine if one.good)


def proof(readings: Iterable[Reading], span: Span) -> tuple[int, datetime | None, datetime | None]:
    """What the evidence of a year says of one covered stretch."""
    mine = [
        one
        for one in readings
        if one.as_of and one.covers_from and one.covers_from < span.end and one.as_of > span.start
    ]
    first = min((one.first_at for one in mine), default=None)
    return sum(r.tried for r in mine), first, max((r.started_at for r in mine), default=None)


@given(histories(), st.lists(st.tuples(st.integers(0, 72), st.integers(1, 9)), max_size=2))
def test_coverage_gaps_their_reasons_and_counts_are_as_they_were(
    history: tuple[list[Reading], list[datetime]], handed_in: list[tuple[int, int]]
) -> None:
    readings, posts = history
    imports = [Span(hour(start), hour(start + long)) for start, long in handed_in]
    edges = edges_of([*covered(readings), *covered(readings, imports), *imports])
    found = folds(readings, posts, edges, ZONE)
    after = kept(readings, found)
    assert sum(one.tried for one in after) == len(readings)
    for more in ([], imports):
        spans = covered(readings, more)
        assert covered(after, more) == spans
        for start, end in ((0, 72), (24, 48), (24, 72)):
            window = (hour(start), hour(end))
            assert gaps(spans, after, *window) == gaps(spans, readings, *window)
        assert [proof(after, span) for span in spans] == [proof(readings, span) for span in spans]
    for since in (MONDAY, MONDAY + DAY, *posts):
        assert count(after, since) == count(readings, since)
