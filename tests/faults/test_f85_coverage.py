"""F85, F88: a gap needs the possibility of one, and what was not seen is no silence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.ledger.coverage import Span
from monitor.ledger.lapses import always, lapses, longest
from monitor.model import (
    Account,
    Outcome,
    PostKind,
    Pulse,
    SeenPost,
    SourceMemory,
    SourceSpec,
    SourceState,
)
from monitor.polling.answer import Judgement, judge
from monitor.sources.base import Fetched
from tests.rule_values import DAY, ZONE, at

START = at("03-04 09:00")
SPEC = SourceSpec("s", "a", "g", "r")
ACCOUNT = Account("a", "鞍山民政", "weibo", sources=(SPEC,))
Shows = Callable[[Sequence[float], float], Sequence[float]]


def after(days: float) -> datetime:
    return START + days * DAY


def look(shown: Sequence[float], day: float, state: SourceState, pulse: Pulse) -> Judgement:
    """Judge what is shown on *day*: posts, named by the day on which they were published."""
    now = after(day)
    posts = tuple(SeenPost(f"p{n}", "t", "u", PostKind.ORIGINAL, after(n)) for n in shown)
    return judge(Fetched(Outcome.OK, now, now, pulse, posts), state, ACCOUNT, None, now)


def played(
    posts: Sequence[float], shows: Shows, days: Sequence[float], pulse: Pulse = Pulse.FULL
) -> list[Judgement]:
    """Read on each of *days* what a list *shows* of the *posts* that are there by then."""
    state, found = SourceState(SPEC), []
    for day in days:
        there = sorted((n for n in posts if n <= day), reverse=True)
        one = look(shows(there, day), day, state, pulse)
        found.append(one)
        good = one.reading.as_of if one.reading.good else state.weak_as_of
        state = replace(state, memory=one.memory, weak_as_of=good, last_good_at=good)
    return found


def of_days(number: float) -> Shows:
    return lambda there, day: [n for n in there if day - number < n]


def newest(number: int) -> Shows:
    return lambda there, _: there[:number]


def pinned(*pins: float, room: int) -> Shows:
    """Pins keep their places, whatever comes."""

    def shows(there: Sequence[float], day: float) -> Sequence[float]:
        held = [n for n in there if n in pins]
        return [*held, *[n for n in there if n not in pins][: room - len(held)]]

    return shows


HALF_DAYS = [n / 2 for n in range(24)]
TEN_OLD = [-n for n in range(1, 11)]


@pytest.mark.parametrize(
    ("posts", "shows", "days", "gaps"),
    [
        pytest.param([-3, 0, 3, 9], of_days(7), HALF_DAYS, 0, id="a list of seven days"),
        pytest.param([*TEN_OLD, 5], newest(10), [0, 10], 0, id="one new among ten"),
        pytest.param([*TEN_OLD], newest(10), [0, 10], 0, id="the newest shown is the newest known"),
        pytest.param(
            [*TEN_OLD, *(n / 4 for n in range(1, 40))], newest(10), [0, 9], 1, id="nothing shared"
        ),
        pytest.param(
            [*TEN_OLD, *(n / 4 for n in range(1, 40))],
            pinned(-1, -2, room=10),
            [0, 9],
            1,
            id="two pins are all that stayed",
        ),
        pytest.param(
            [-1, *(n / 4 for n in range(1, 40))],
            pinned(-1, room=2),
            [0, 9],
            0,
            id="all that was known is still there, in fewer than any list holds",
        ),
        pytest.param([0, 1, 2], newest(1), [0.5, 2.5], 1, id="a list of one that shows another"),
        pytest.param([-3, 0, 3, 9], newest(1), HALF_DAYS, 0, id="a list of one, seldom replaced"),
        pytest.param([-3, 0, 3, 9], newest(2), HALF_DAYS, 0, id="a list of two"),
        pytest.param([-6, -3, 0, 3, 9], newest(3), HALF_DAYS, 0, id="a list of three"),
        pytest.param([-1, 0, 1, 2, 3], newest(2), HALF_DAYS, 0, id="a list of two, daily replaced"),
        pytest.param(
            [-3, 0, 3, 9], pinned(-3, room=2), HALF_DAYS, 0, id="a pin, and one seldom replaced"
        ),
        pytest.param(
            [-3, 0, 0.3, 0.6, 0.9, 1.2],
            pinned(-3, room=2),
            [0, 0.5, 1, 1.5],
            3,
            id="a pin, and one replaced at each reading",
        ),
        pytest.param(
            [-3, 0, 3.1, 3.2, 3.3], newest(2), [0, 3, 3.5], 1, id="nothing stayed of a list of two"
        ),
        pytest.param(
            [-3, 0, 0.3, 0.9, 1.4], newest(1), [0, 0.5, 1, 1.5], 3, id="a busy list of one"
        ),
    ],
)
def test_F85_a_gap_needs_the_possibility_of_one(
    posts: list[float], shows: Shows, days: list[float], gaps: int
) -> None:
    found = played(posts, shows, days)
    assert sum(one.reading.gap_from is not None for one in found) == gaps


def test_F85_a_window_below_half_of_the_most_it_held_was_not_full() -> None:
    memory = SourceMemory(window=tuple((f"p{n}", after(n)) for n in (-3, -9)), most=20)
    state = SourceState(SPEC, weak_as_of=after(-2), last_good_at=after(-2), memory=memory)
    shown = [0, -0.1, *(-n / 10 for n in range(2, 9)), -3]
    gaps = [
        look(shown, 1, replace(state, memory=replace(memory, most=most)), Pulse.FULL).reading
        for most in (2 * len(shown) + 1, 2 * len(shown))
    ]
    assert [one.gap_from for one in gaps] == [None, after(-2)]


@pytest.mark.parametrize(
    ("shows", "pulse", "outcome"),
    [
        pytest.param(of_days(7), Pulse.FULL, Outcome.OK, id="it drops what is older: silent"),
        pytest.param(of_days(7), Pulse.WEAK, Outcome.EMPTY, id="its gateway proves too little"),
        pytest.param(
            lambda there, day: there if day < 8 else [],
            Pulse.FULL,
            Outcome.EMPTY,
            id="it never dropped anything by age",
        ),
    ],
)
def test_F88_an_empty_list_of_days_proves_a_silence_longer_than_those(
    shows: Shows, pulse: Pulse, outcome: Outcome
) -> None:
    found = played([-3, 0], shows, HALF_DAYS, pulse)
    assert found[-1].reading.outcome is outcome


def test_F88_a_younger_post_than_the_bound_cannot_have_aged_out() -> None:
    shows = of_days(7)
    found = played([-3, 0, 5], lambda t, day: [] if day > 8 else shows(t, day), HALF_DAYS)
    assert found[-1].reading.outcome is Outcome.EMPTY


@example(posts=[15.5, 29.1, 29.2, 29.3], room=3, every=5.8)
@given(
    st.lists(st.integers(1, 400).map(lambda n: n / 10), unique=True, max_size=40),
    st.integers(2, 12),
    st.integers(1, 100).map(lambda n: n / 10),
)
def test_F85_what_a_full_list_lost_is_always_a_gap(
    posts: list[float], room: int, every: float
) -> None:
    old = [-float(n) for n in range(1, room + 1)]
    days = [n * every for n in range(int(40 / every) + 1)]
    found = played([*old, *posts], newest(room), days)
    shown = {key for one in found for key in (p.key for p in one.posts)}
    # What comes after the newest good reading is not covered yet.
    last = max(day for day, one in zip(days, found, strict=True) if one.reading.good)
    lost = [n for n in posts if n <= last and f"p{n}" not in shown]
    spans = [(o.reading.gap_from, o.reading.covers_from) for o in found if o.reading.gap_from]
    assert all(any(a <= after(n) and b and after(n) <= b for a, b in spans) for n in lost)


def span(first: float, last: float) -> Span:
    return Span(after(first), after(last))


WHOLE = span(-400, 400)


@pytest.mark.parametrize(
    ("posts", "seen", "found", "longest_gap"),
    [
        pytest.param([0, 20], [WHOLE], [(0, 20), (20, None)], 20, id="seen from post to post"),
        pytest.param([-392, 2, 5], [span(0, 30)], [(5, None)], 25, id="an old pin is no neighbour"),
        pytest.param(
            [0, 20], [span(-9, 5), span(9, 40)], [(20, None)], 20, id="not seen at the limit"
        ),
        pytest.param(
            [0, 30], [span(-9, 20), span(25, 32)], [(0, 30)], 20, id="seen up to the limit"
        ),
        pytest.param([0, 20], [], [], None, id="nothing was seen"),
        pytest.param([0], [span(-1, 10)], [], 10, id="seen for ten days, and not since"),
    ],
)
def test_F85_lapses_and_the_longest_gap_lie_in_what_was_seen(
    posts: list[float],
    seen: list[Span],
    found: list[tuple[float, float | None]],
    longest_gap: int | None,
) -> None:
    dates, now = [after(n) for n in posts], after(40)
    broken = lapses(dates, always(14 * DAY), now, ZONE, seen)
    assert [(x.began_at, x.ended_at) for x in broken] == [
        (after(a), None if b is None else after(b)) for a, b in found
    ]
    quiet = longest(dates, now, ZONE, seen)
    assert (quiet.days if quiet else None) == longest_gap


def test_F77_a_silence_is_certain_only_from_the_end_of_a_day_without_an_hour() -> None:
    dates, limit = [at("03-04 00:00"), at("03-18 00:00")], always(14 * DAY)
    assert len(lapses(dates, limit, dates[-1], ZONE)) == 1
    assert lapses(dates, limit, dates[-1], ZONE, ends={dates[0]: dates[0] + DAY}) == []
