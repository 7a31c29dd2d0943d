"""Figures of a period: exact at midnight, by kind, with what they rest on."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ledger.coverage import Gap, GapReason, Span, covered
from monitor.ledger.lapses import Quiet, always
from monitor.ledger.periods import year
from monitor.ledger.totals import (
    Counted,
    Followers,
    Level,
    Period,
    Rows,
    followers,
    months_of,
    posts_of_months,
    totals,
)
from monitor.model import Dating, Outcome, Post, PostKind, Pulse, Reading

ZONE = ZoneInfo("Asia/Shanghai")
YEAR = Period(*year(2024, ZONE))
AFTER = datetime(2025, 1, 20, tzinfo=UTC)
ALL = Span(datetime(2023, 1, 1, tzinfo=UTC), AFTER)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def post(at: str, kind: PostKind = PostKind.ORIGINAL, push: str | None = None) -> Post:
    moment = local(at)
    return Post(
        "a", f"k{at}{kind}", kind, "t", "", moment, Dating.STATED, moment, moment, push=push
    )


def rows(*posts: Post, covered: tuple[Span, ...] = (ALL,), **more: object) -> Rows:
    ordered = sorted(posts, key=lambda p: p.published_at)
    base = Rows(ordered, (), covered, (), always(timedelta(days=14)))
    return replace(base, **more)  # type: ignore[arg-type]


def test_a_year_ends_exactly_at_local_midnight() -> None:
    found = totals(
        rows(
            post("2023-12-31T23:59:59"),
            post("2024-01-01T00:00:00"),
            post("2024-12-31T23:59:59"),
            post("2025-01-01T00:00:00"),
        ),
        YEAR,
        AFTER,
        ZONE,
    )
    assert found.posts == 2


def test_kinds_are_distinguished_and_pushes_counted_by_their_second() -> None:
    found = totals(
        rows(
            post("2024-03-01T09:00"),
            post("2024-03-02T09:00", PostKind.REPOST),
            post("2024-03-03T09:00", PostKind.ARTICLE, "a"),
            post("2024-03-03T09:00:01", PostKind.ARTICLE, "a"),
            post("2024-03-04T09:00", PostKind.ARTICLE),
        ),
        YEAR,
        AFTER,
        ZONE,
    )
    figures = (found.posts, found.originals, found.reposts, found.articles, found.pushes)
    assert figures == (5, 1, 1, 3, 2)


def test_reposts_count_only_where_the_policy_says_so() -> None:
    some = (post("2024-03-01T09:00"), post("2024-03-20T09:00", PostKind.REPOST))
    found = totals(rows(*some, count_reposts=False), YEAR, AFTER, ZONE)
    assert (found.posts, found.reposts) == (1, 1)
    assert [lapse.began_at for lapse in found.lapses] == [local("2024-03-01T09:00")]


def test_deleted_posts_were_published_all_the_same() -> None:
    gone = replace(post("2024-03-01T09:00"), deleted_at=local("2024-03-05T09:00"))
    found = totals(rows(gone, post("2024-03-02T09:00")), YEAR, AFTER, ZONE)
    assert (found.posts, found.deleted, found.complete) == (2, 1, True)


def test_a_post_without_a_date_is_in_no_total_and_makes_it_a_lower_bound() -> None:
    undated = replace(post("2024-03-01T09:00"), dating=Dating.UNKNOWN)
    found = totals(rows(undated, post("2024-03-02T09:00")), YEAR, AFTER, ZONE)
    assert (found.posts, found.undated, found.complete) == (1, 1, False)


def test_F42_a_gap_makes_a_total_a_lower_bound() -> None:
    found = totals(
        rows(post("2024-03-01T09:00"), covered=(Span(local("2024-02-01T00:00"), AFTER),)),
        YEAR,
        AFTER,
        ZONE,
    )
    assert [(g.start, g.end) for g in found.gaps] == [(YEAR.start, local("2024-02-01T00:00"))]
    assert not found.complete


def test_the_lapse_of_february_2024() -> None:
    found = totals(
        rows(
            post("2024-01-31T10:00"),
            post("2024-02-02T10:20"),
            post("2024-02-19T09:00"),
            *(post(f"2024-{m:02}-{d:02}T09:00") for m in range(3, 13) for d in (1, 11, 21)),
        ),
        YEAR,
        AFTER,
        ZONE,
    )
    assert [(x.began_at, x.ended_at, x.days) for x in found.lapses] == [
        (local("2024-02-02T10:20"), local("2024-02-19T09:00"), 17)
    ]
    assert found.days_in_breach == 3
    assert found.longest_gap == Quiet(17, date(2024, 2, 2), date(2024, 2, 19))


@pytest.mark.parametrize(
    ("posts", "expected"),
    [
        pytest.param(
            ["2023-12-25T09:00", "2024-01-10T09:00", "2024-12-30T09:00"],
            [("2023-12-25T09:00", 16), ("2024-01-10T09:00", 355)],
            id="a lapse that began in December is January's too",
        ),
        pytest.param(
            ["2024-12-20T09:00", "2025-01-01T09:00"],
            [],
            id="no lapse, although the year ends",
        ),
        pytest.param(
            ["2024-12-20T09:00", "2025-01-10T09:00"],
            [],
            id="what is reached only in January is not last year's",
        ),
        pytest.param(
            ["2023-11-01T09:00", "2023-12-01T09:00", "2023-12-31T09:00", "2024-01-10T09:00"],
            [("2024-01-10T09:00", 357)],
            id="what ended before the year is not the year's",
        ),
    ],
)
def test_lapses_at_the_edge_of_a_year(posts: list[str], expected: list[tuple[str, int]]) -> None:
    found = totals(rows(*map(post, posts)), YEAR, AFTER, ZONE)
    assert [(x.began_at, x.days) for x in found.lapses] == [(local(a), n) for a, n in expected]


def test_the_longest_gap_ends_with_the_period() -> None:
    """The next post may be seen months later, in a year that is not asked for."""
    posts = [f"2024-{m:02}-{d:02}T09:00" for m in range(1, 13) for d in range(1, 28, 9)]
    ledger_rows = rows(*map(post, [*posts, "2024-12-30T09:00", "2025-01-19T09:00"]))
    found = totals(ledger_rows, YEAR, AFTER, ZONE)
    assert found.longest_gap == Quiet(13, date(2024, 1, 19), date(2024, 2, 1))


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        pytest.param(
            [("2023-12-30", 4800), ("2023-12-31", 4877), ("2024-12-31", 7959)],
            Followers(
                Level(4877, day("2023-12-31"), True),
                Level(7959, day("2024-12-31"), True),
                3082 / 4877,
            ),
            id="both ends known: 63.2 %",
        ),
        pytest.param(
            [("2024-03-01", 5000), ("2024-11-30", 6000)],
            Followers(
                Level(5000, day("2024-03-01"), False), Level(6000, day("2024-11-30"), False), 0.2
            ),
            id="first and last inside the year, marked",
        ),
        pytest.param(
            [("2024-03-01", 0), ("2024-11-30", 6000)],
            Followers(
                Level(0, day("2024-03-01"), False), Level(6000, day("2024-11-30"), False), None
            ),
            id="no growth from nothing",
        ),
        pytest.param(
            [("2023-12-31", 4877)],
            Followers(Level(4877, day("2023-12-31"), True), None, None),
            id="no end",
        ),
        pytest.param([("2025-01-01", 9000)], Followers(None, None, None), id="only afterwards"),
    ],
)
def test_followers(counts: list[tuple[str, int]], expected: Followers) -> None:
    known = [Counted(day(on), followers=n) for on, n in counts]
    assert followers(known, YEAR, ZONE) == expected


def test_a_running_year_is_judged_up_to_now() -> None:
    now = local("2024-03-01T12:00")
    found = totals(
        rows(post("2024-02-20T09:00"), post("2024-06-01T09:00"), covered=(Span(YEAR.start, now),)),
        YEAR,
        now,
        ZONE,
    )
    assert (found.posts, found.complete, found.longest_gap) == (
        1,
        True,
        Quiet(10, date(2024, 2, 20), None),
    )


READ_WITHIN = timedelta(hours=6, minutes=15)
RUNS = local("2024-03-01T12:00")


def read(started_at: str, as_of: str | None = None, good: bool = True) -> Reading:
    known = local(as_of or started_at)
    outcome = Outcome.OK if good else Outcome.TRANSPORT
    return Reading(
        "s",
        "a",
        "g",
        local(started_at),
        outcome,
        as_of=known if good else None,
        pulse=Pulse.FULL,
        covers_from=YEAR.start if good else None,
    )


@pytest.mark.parametrize(
    ("readings", "as_of", "gaps"),
    [
        pytest.param(
            [read("2024-03-01T06:00")], "2024-03-01T06:00", [], id="the next reading is to come"
        ),
        pytest.param(
            [read("2024-03-01T06:00"), read("2024-03-01T11:00", good=False)],
            "2024-03-01T06:00",
            [],
            id="one that failed since is no gap yet",
        ),
        pytest.param(
            [read("2024-03-01T11:55", "2024-02-29T18:00")],
            "2024-02-29T18:00",
            [],
            id="a collector that synced in the evening",
        ),
        pytest.param(
            [read("2024-03-01T05:44")],
            None,
            [("2024-03-01T05:44", "2024-03-01T12:00", GapReason.TO_COME)],
            id="longer than an interval ago",
        ),
        pytest.param(
            [read("2024-03-01T05:00"), read("2024-03-01T11:00", good=False)],
            None,
            [("2024-03-01T05:00", "2024-03-01T12:00", GapReason.UNREADABLE)],
            id="readings fail for longer than an interval",
        ),
        pytest.param(
            [read("2024-03-01T11:55", "2024-02-29T11:54")],
            None,
            [("2024-02-29T11:54", "2024-03-01T12:00", GapReason.TO_COME)],
            id="a collector whose state is older than a day",
        ),
        pytest.param(
            [read("2024-03-01T06:00"), replace(read("2024-03-01T11:00"), covers_from=None)],
            "2024-03-01T06:00",
            [],
            id="what shows only a part makes nothing known",
        ),
        pytest.param(
            [read("2024-03-02T06:00")], None, [], id="a reading that lies ahead proves nothing"
        ),
    ],
)
def test_the_open_end_of_a_running_year_is_no_gap_while_it_is_read_as_it_should_be(
    readings: list[Reading], as_of: str | None, gaps: list[tuple[str, str, GapReason]]
) -> None:
    ledger = rows(
        post("2024-02-20T09:00"),
        covered=tuple(covered(readings)),
        readings=readings,
        read_within=READ_WITHIN,
    )
    found = totals(ledger, YEAR, RUNS, ZONE)
    assert found.as_of == (local(as_of) if as_of else None)
    assert found.gaps == tuple(Gap(local(a), local(b), why) for a, b, why in gaps)
    assert found.complete is (not gaps)


def test_a_running_year_keeps_the_gaps_before_its_open_end() -> None:
    readings = [replace(read("2024-03-01T11:00"), covers_from=local("2024-02-10T00:00"))]
    ledger = rows(covered=tuple(covered(readings)), readings=readings, read_within=READ_WITHIN)
    found = totals(ledger, YEAR, RUNS, ZONE)
    assert [(gap.start, gap.end) for gap in found.gaps] == [(YEAR.start, local("2024-02-10T00:00"))]


def test_a_year_that_is_over_is_exact_to_its_last_second() -> None:
    readings = [read("2024-12-31T23:00")]
    ledger = rows(covered=tuple(covered(readings)), readings=readings, read_within=READ_WITHIN)
    found = totals(ledger, YEAR, local("2025-01-01T00:10"), ZONE)
    assert (found.as_of, found.gaps) == (
        None,
        (Gap(local("2024-12-31T23:00"), YEAR.end, GapReason.TO_COME),),
    )


@pytest.mark.parametrize(
    ("posts", "spans", "known"),
    [
        pytest.param([], (), False, id="never watched"),
        pytest.param(
            ["2023-12-30T09:00", "2025-01-02T09:00"],
            (Span(YEAR.end, AFTER),),
            False,
            id="watched since the year was over",
        ),
        pytest.param([], (Span(local("2024-12-31T00:00"), AFTER),), True, id="watched at its end"),
        pytest.param(["2024-05-01T09:00"], (), True, id="a single post is known"),
    ],
)
def test_of_a_year_that_nobody_watched_nothing_is_known(
    posts: list[str], spans: tuple[Span, ...], known: bool
) -> None:
    assert totals(rows(*map(post, posts), covered=spans), YEAR, AFTER, ZONE).known is known


moments = st.datetimes(
    datetime(2023, 11, 1),
    datetime(2025, 1, 15),
    timezones=st.just(UTC),
)
kinds = st.sampled_from([kind for kind in PostKind if kind is not PostKind.UNKNOWN])
ledgers = st.lists(st.tuples(moments, kinds), max_size=60, unique_by=lambda one: one[0])


def ledger(found: list[tuple[datetime, PostKind]]) -> Rows:
    made = [
        Post("a", f"{at}{kind}", kind, "t", "", at, Dating.STATED, at, at) for at, kind in found
    ]
    return rows(*made)


@given(ledgers, st.sampled_from(["posts", "originals", "reposts", "articles", "deleted"]))
def test_the_months_add_up_to_the_year(found: list[tuple[datetime, PostKind]], figure: str) -> None:
    all_rows = ledger(found)
    months = [totals(all_rows, month, AFTER, ZONE) for month in months_of(YEAR, ZONE)]
    assert len(months) == 12
    assert sum(getattr(one, figure) for one in months) == getattr(
        totals(all_rows, YEAR, AFTER, ZONE), figure
    )


@given(ledgers, st.booleans())
def test_the_posts_of_months_are_what_their_totals_say(
    found: list[tuple[datetime, PostKind]], count_reposts: bool
) -> None:
    all_rows, months = replace(ledger(found), count_reposts=count_reposts), months_of(YEAR, ZONE)
    now = YEAR.end - timedelta(days=40)
    assert posts_of_months(all_rows, months, now) == [
        totals(all_rows, month, now, ZONE).posts for month in months
    ]


@given(ledgers, moments, kinds)
def test_one_more_post_never_makes_the_record_worse(
    found: list[tuple[datetime, PostKind]], at: datetime, kind: PostKind
) -> None:
    one_more = [*(one for one in found if one[0] != at), (at, kind)]
    if len(one_more) == len(found) or not any(when < YEAR.start for when, _ in found):
        return
    before, after = (totals(ledger(x), YEAR, AFTER, ZONE) for x in (found, one_more))
    assert after.posts >= before.posts
    assert after.days_in_breach <= before.days_in_breach
