"""F54, F77, F78: dates say no more than was written, and kinds no more than was said."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.freshness.evidence import Evidence
from monitor.freshness.verdict import Verdict, assess
from monitor.ledger.instants import finest
from monitor.ledger.lapses import always
from monitor.ledger.periods import year
from monitor.ledger.totals import Period, Rows, totals
from monitor.model import Dating, LastPost, Post, PostKind, SeenPost, Stated
from monitor.sources.dates import stated
from monitor.store.sighting import known, merged, seen
from tests.report_values import WHOLE
from tests.rule_values import DAY, HOUR, HOURS, MINUTE, POLICY, ZONE, at

LATER = at("04-01 00:00")


def day(text: str) -> Stated:
    return Stated(at(f"{text} 00:00"), at(f"{text} 00:00") + DAY)


def minute(text: str) -> Stated:
    return Stated(at(text), at(text) + MINUTE)


def second(text: str) -> Stated:
    return Stated(at(text))


@pytest.mark.parametrize(
    ("written", "width"),
    [
        ("2024-03-05", DAY),
        ("2024年3月5日", DAY),
        ("20240305", DAY),
        ("Tue, 05 Mar 2024", DAY),
        ("2024/3/5 15:07", MINUTE),
        ("2024年3月5日 15:07", MINUTE),
        ("2024-03-05T15:07+08:00", MINUTE),
        ("2024/3/5 15:07:41", None),
        ("Tue, 05 Mar 2024 15:07:41 GMT", None),
        ("20240305T150741Z", None),
    ],
)
def test_F54_a_date_is_as_wide_as_what_was_left_out(written: str, width: timedelta | None) -> None:
    found = stated(written, ZONE)
    assert found is not None
    assert found.until == (found.at + width if width else None)


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        pytest.param([day("03-05"), second("03-05 17:00")], 1, id="an hour of that date"),
        pytest.param([day("03-05"), second("03-04 23:00")], 1, id="an hour of the day before"),
        pytest.param([day("03-05"), second("03-06 13:59")], 1, id="a zone may explain it"),
        pytest.param([day("03-05"), second("03-06 14:00")], 0, id="wholly before: it was re-dated"),
        pytest.param([day("03-05"), minute("03-05 17:00")], 1, id="a minute of that date"),
        pytest.param([minute("03-05 17:00"), second("03-05 17:00:20")], 1, id="its very second"),
        pytest.param([second("03-05 17:00"), second("03-04 17:00")], 1, id="the earliest second"),
        pytest.param([day("03-05"), day("03-04")], 1, id="the earliest day"),
    ],
)
def test_F77_the_finest_statement_holds(said: list[Stated], holds: int) -> None:
    assert [finest(some) for some in permutations(said)] == [said[holds]] * 2


moments = st.integers(0, 9 * 24 * 4).map(lambda n: at("03-01 00:00") + n * HOUR / 4)
statements = st.one_of(
    moments.map(lambda m: Stated(m + timedelta(seconds=11))),
    moments.map(lambda m: Stated(m, m + MINUTE)),
    st.integers(1, 9).map(lambda n: day(f"03-0{n}")),
)
histories = st.lists(st.tuples(statements, moments), min_size=1, max_size=6)


@given(histories, st.randoms(use_true_random=False))
def test_F77_what_is_known_does_not_depend_on_the_order(
    history: list[tuple[Stated, datetime]], random: object
) -> None:
    shown = [
        seen(
            SeenPost("k", "t", "u", PostKind.ORIGINAL, said.at, stated_until=said.until),
            "s",
            LATER + (when - at("03-01 00:00")),
            first=False,
        )
        for said, when in history
    ]
    expected = finest(said for said, _ in history)
    random.shuffle(shown)  # type: ignore[attr-defined]
    for one in (known([reduce(merged, shown)]), known(shown)):
        assert Stated(one.published_at, one.published_until) == expected


def test_F77_an_import_of_days_changes_no_date_that_has_its_hour() -> None:
    read = seen(SeenPost("k", "t", "u", PostKind.ORIGINAL, at("01-05 17:00")), "s", LATER, False)
    dates = day("01-05")
    row = SeenPost("k", "t", "u", PostKind.UNKNOWN, dates.at, stated_until=dates.until)
    assert known([read, seen(row, "import:1", LATER, True)]) == known([read])


def test_F77_a_day_ends_no_later_than_it_was_seen() -> None:
    dates, noon = day("03-05"), at("03-05 12:00")
    row = SeenPost("k", "t", "u", PostKind.ORIGINAL, dates.at, stated_until=dates.until)
    found = known([seen(row, "s", noon, False)])
    assert (found.published_at, found.published_until) == (dates.at, noon)
    assert found.dating is Dating.STATED


@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        pytest.param("03-18 09:00", Verdict.LATE, id="the limit after the day's first minute"),
        pytest.param("03-19 00:00", Verdict.BREACHED, id="the limit after its end"),
    ],
)
def test_F77_rungs_count_from_a_days_start_and_a_breach_from_its_end(
    now: str, verdict: Verdict
) -> None:
    dates, moment = day("03-04"), at(now)
    last = LastPost(dates.at, "t", "u", "s", dates.until)
    evidence = Evidence(
        dates.at, False, last, tried_at=moment, good_read_at=moment, full_to=moment, weak_to=moment
    )
    found = assess(evidence, POLICY, HOURS, moment)
    assert (found.verdict, found.breach_at) == (verdict, at("03-19 00:00"))


YEAR = Period(*year(2024, ZONE))


def post(said: Stated, kind: PostKind = PostKind.ORIGINAL) -> Post:
    made = Post("a", f"k{said.at}", kind, "t", "", said.at, Dating.STATED, LATER, LATER)
    return replace(made, published_until=said.until)


def of_year(*posts: Post) -> Rows:
    return Rows(posts, (), (WHOLE,), (), always(14 * DAY))


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        pytest.param([PostKind.ORIGINAL, PostKind.REPOST], (2, 1, 1), id="both are known"),
        pytest.param([PostKind.ORIGINAL, PostKind.UNKNOWN], (2, None, None), id="one is not"),
    ],
)
def test_F78_an_unknown_kind_is_a_post_and_no_number_of_originals(
    kinds: list[PostKind], expected: tuple[int | None, ...]
) -> None:
    posts = [post(second(f"03-0{n} 09:00"), kind) for n, kind in enumerate(kinds, 1)]
    found = totals(of_year(*posts), YEAR, LATER, ZONE)
    assert (found.posts, found.originals, found.reposts) == expected


def test_F78_a_kind_that_another_source_states_holds() -> None:
    row = SeenPost("k", "t", "u", PostKind.UNKNOWN, at("03-01 09:00"))
    told = seen(replace(row, kind=PostKind.REPOST), "import:2", LATER + HOUR, False)
    assert known([seen(row, "import:1", LATER, False), told]).kind is PostKind.REPOST


@pytest.mark.parametrize(
    ("said", "cut"),
    [
        pytest.param(Stated(at("2023-12-31 12:00"), at("01-01 12:00")), 1, id="over the edge"),
        pytest.param(day("2024-01-01"), 0, id="the first local day"),
        pytest.param(second("2023-12-31 23:59"), 0, id="an instant"),
    ],
)
def test_F77_a_total_whose_edge_cuts_a_date_says_so(said: Stated, cut: int) -> None:
    assert totals(of_year(post(said)), YEAR, LATER, ZONE).cut == cut


def test_F77_days_only_fourteen_dates_apart_are_no_lapse() -> None:
    found = totals(of_year(post(day("01-05")), post(day("01-19"))), YEAR, at("01-20 00:00"), ZONE)
    assert found.lapses == ()
