"""Days of a platform's statistics beside posts: whose a post is, and what nothing shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.counted import ListedDay
from monitor.ledger.coverage import Span
from monitor.ledger.days import begin, day_of, end, lacking, on_their_days
from monitor.ledger.unseen import unshown
from monitor.model import Dating, Post, PostKind
from tests.rule_values import MINUTE, at, shown

D14, D15, D16, D17 = (date(2024, 3, n) for n in (14, 15, 16, 17))


def article(moment: datetime) -> Post:
    return Post("a", f"{moment}", PostKind.ARTICLE, "t", "", moment, Dating.STATED, moment, moment)


def test_a_day_is_beijings() -> None:
    assert (begin(D16), end(D16)) == (at("03-16 00:00"), at("03-17 00:00"))
    assert (day_of(at("03-16 00:00")), day_of(at("03-16 00:00") - MINUTE)) == (D16, D15)


def placed(listed: dict[date, int], posts: Sequence[str]) -> dict[date, list[str | None]]:
    found = on_their_days([at(p) for p in posts], lambda moment: moment, listed)
    return {day: [shown(moment) for moment in moments] for day, moments in found.items()}


@pytest.mark.parametrize(
    ("listed", "posts", "expected"),
    [
        pytest.param(
            {D16: 1},
            ["03-15 10:00", "03-16 10:00", "03-17 10:00"],
            {D16: ["03-16 10:00"]},
            id="each to its own day",
        ),
        pytest.param({D16: 2}, [], {D16: []}, id="nothing known"),
        pytest.param(
            {D15: 0, D16: 1},
            ["03-15 23:50"],
            {D15: [], D16: ["03-15 23:50"]},
            id="from before midnight, and the next day lacks one",
        ),
        pytest.param(
            {D15: 1, D16: 0},
            ["03-16 00:30"],
            {D15: ["03-16 00:30"], D16: []},
            id="from after midnight, and the day before lacks one",
        ),
        pytest.param(
            {D15: 1, D16: 0},
            ["03-16 00:31"],
            {D15: [], D16: ["03-16 00:31"]},
            id="not around midnight any more",
        ),
        pytest.param(
            {D15: 1, D16: 1},
            ["03-15 23:50"],
            {D15: ["03-15 23:50"], D16: []},
            id="both lack one: it stays where it is",
        ),
        pytest.param(
            {D15: 0, D16: 0},
            ["03-15 23:50"],
            {D15: ["03-15 23:50"], D16: []},
            id="nobody lacks one: it stays where it is",
        ),
        pytest.param(
            {D16: 1},
            ["03-15 23:50"],
            {D16: ["03-15 23:50"]},
            id="a day nobody knows gives what the next one lacks",
        ),
        pytest.param(
            {D16: 0},
            ["03-16 23:50"],
            {D16: []},
            id="a day nobody knows takes what is too many",
        ),
        pytest.param(
            {D15: 0, D17: 0},
            ["03-15 23:50", "03-17 00:10"],
            {D15: [], D17: []},
            id="also from both sides",
        ),
    ],
)
def test_to_which_day_a_post_belongs(
    listed: dict[date, int], posts: list[str], expected: dict[date, list[str]]
) -> None:
    assert placed(listed, posts) == expected


MOMENTS = st.datetimes(datetime(2024, 3, 14), datetime(2024, 3, 19)).map(
    lambda local: at(f"{local:%m-%d %H:%M}")
)
LISTED = st.dictionaries(st.sampled_from([D15, D16, D17]), st.integers(0, 3))


@given(listed=LISTED, posts=st.lists(MOMENTS, max_size=8, unique=True))
def test_a_post_is_of_one_day_and_moving_it_never_makes_a_day_differ_more(
    listed: dict[date, int], posts: list[datetime]
) -> None:
    found = on_their_days(posts, lambda moment: moment, listed)
    every = [moment for moments in found.values() for moment in moments]
    assert len(every) == len(set(every))
    for day, moments in found.items():
        own = sum(day_of(moment) == day for moment in posts)
        assert abs(len(moments) - listed[day]) <= abs(own - listed[day])


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        pytest.param(None, None, id="no statistics"),
        pytest.param(ListedDay(D16, 2), (at("03-17 00:00"), 2), id="nothing of it was seen"),
        pytest.param(
            ListedDay(D16, 2, (at("03-16 10:00"),)), (at("03-17 00:00"), 1), id="one of two"
        ),
        pytest.param(ListedDay(D16, 1, (at("03-16 10:00"),)), None, id="all of it"),
        pytest.param(ListedDay(D16, 1, (at("03-15 23:45"),)), None, id="around midnight"),
        pytest.param(
            ListedDay(D16, 1, (at("03-14 10:00"),)), (at("03-17 00:00"), 1), id="another day's"
        ),
        pytest.param(
            ListedDay(D16, 1, (at("03-16 10:00"), at("03-16 11:00"))),
            None,
            id="more than are listed",
        ),
    ],
)
def test_what_is_listed_and_not_known(
    listed: ListedDay | None, expected: tuple[datetime, int] | None
) -> None:
    assert unshown(listed) == expected


@pytest.mark.parametrize(
    ("listed", "posts", "imports", "expected"),
    [
        pytest.param({D16: 1}, ["03-16 10:00"], [], [], id="all are known"),
        pytest.param({D15: 1, D16: 2}, ["03-16 10:00"], [], [D15, D16], id="fewer are known"),
        pytest.param({D16: 0}, ["03-16 10:00"], [], [], id="more are known"),
        pytest.param({D15: 1}, ["03-16 00:10"], [], [], id="one from around midnight makes it up"),
        pytest.param({D14: 1, D17: 1}, [], [], [], id="days not wholly seen have gaps"),
        pytest.param(
            {D15: 1, D16: 1},
            [],
            [("03-15 00:00", "03-16 00:00")],
            [D16],
            id="exported for a whole day",
        ),
        pytest.param({D16: 1}, [], [("03-16 08:00", "03-18 00:00")], [D16], id="not for all of it"),
    ],
)
def test_a_day_lacks_what_the_statistics_list_besides(
    listed: dict[date, int],
    posts: Sequence[str],
    imports: Sequence[tuple[str, str]],
    expected: list[date],
) -> None:
    known = [article(at(moment)) for moment in posts]
    seen = [Span(at("03-14 00:01"), at("03-17 23:59"))]
    exported = [Span(at(first), at(last)) for first, last in imports]
    found = lacking(known, listed, seen, exported)
    assert found == [Span(begin(day), end(day)) for day in expected]


@pytest.mark.parametrize("other", [{"kind": PostKind.ORIGINAL}, {"dating": Dating.UNKNOWN}])
def test_only_articles_that_have_a_date_make_up_for_listed_ones(other: dict[str, Any]) -> None:
    seen = [Span(begin(D16), end(D16))]
    known = replace(article(at("03-16 10:00")), **other)
    assert lacking([known], {D16: 1}, seen, []) == seen
