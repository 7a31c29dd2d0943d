"""Our number beside another's: the same, explained by a class of posts, or unexplained."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from monitor.counted import DayCount
from monitor.ledger.coverage import Span
from monitor.ledger.reconcile import Against, Cause, Line, reconcile
from monitor.ledger.records import Declared, ImportedSpan, KnownDay
from monitor.ledger.totals import Counted, Rows, totals
from monitor.model import Dating, Outcome, Post, PostKind, Pulse, Reading
from tests.report_values import AFTER, YEAR, ZONE, at, ledger, post

NEW_YEARS_EVE, LAST_DAY = date(2023, 12, 31), date(2024, 12, 31)
ORIGINALS = [post(f"2024-{month:02}-05T10:00") for month in range(1, 13)]
REPOSTS = [post(f"2024-{month:02}-15T10:00", PostKind.REPOST) for month in range(1, 4)]
DELETED = [post("2024-07-07T10:00", deleted_at=at("2024-08-01"))]
ARTICLES = [
    post(f"2024-0{month}-10T10:00:0{n}", PostKind.ARTICLE, push=f"p{month}")
    for month in range(1, 5)
    for n in (0, 1)
]
UNPUSHED = [post("2024-09-09T10:00", PostKind.ARTICLE)]
GAPPED = (Span(at("2023-01-01"), at("2024-05-01")), Span(at("2024-06-01"), AFTER))


def lines(
    rows: Rows,
    exports: Sequence[ImportedSpan] = (),
    published: Sequence[Declared] = (),
    known: Sequence[KnownDay] = (),
) -> list[Line]:
    return reconcile(rows, totals(rows, YEAR, AFTER, ZONE), known, exports, published, YEAR, ZONE)


def causes(line: Line) -> list[tuple[Cause, int]]:
    return [(one.cause, one.posts) for one in line.differences]


def counted(before: int, after: int, origin: str = "import:1") -> tuple[Counted, ...]:
    return (
        Counted(NEW_YEARS_EVE, posts=before, origin=origin),
        Counted(LAST_DAY, posts=after, origin="import:2"),
    )


@pytest.mark.parametrize(
    ("rows", "rise", "expected"),
    [
        pytest.param(ledger(*ORIGINALS, *REPOSTS), 15, [], id="the same"),
        pytest.param(
            ledger(*ORIGINALS, *DELETED), 12, [(Cause.DELETED, -1)], id="a post was deleted since"
        ),
        pytest.param(
            ledger(*ORIGINALS, *REPOSTS, count_reposts=False),
            15,
            [(Cause.REPOSTS, 3)],
            id="the platform counts reposts, the policy does not",
        ),
        pytest.param(
            ledger(*ORIGINALS, *REPOSTS, *DELETED),
            12,
            [(Cause.DELETED, -1), (Cause.REPOSTS, -3)],
            id="two classes together",
        ),
        pytest.param(
            ledger(*ARTICLES, *UNPUSHED), 8, [(Cause.UNPUSHED, -1)], id="an article without a send"
        ),
        pytest.param(
            ledger(*ORIGINALS, covered=GAPPED), 14, [(Cause.MISSED, 2)], id="missed in a gap"
        ),
        pytest.param(
            ledger(*ORIGINALS), 14, [(Cause.UNEXPLAINED, 2)], id="more, and there is no gap"
        ),
        pytest.param(
            ledger(*ORIGINALS, covered=GAPPED),
            11,
            [(Cause.UNEXPLAINED, -1)],
            id="fewer: a gap explains nothing",
        ),
    ],
)
def test_the_platforms_counter(rows: Rows, rise: int, expected: list[tuple[Cause, int]]) -> None:
    (line,) = lines(replace(rows, counters=counted(1000, 1000 + rise)))
    assert (line.theirs, causes(line)) == (rise, expected)
    assert line.explained is (Cause.UNEXPLAINED not in dict(expected))


def test_a_counter_is_held_against_the_days_between_its_counts() -> None:
    early = post("2024-01-02T10:00")
    taken = (
        Counted(date(2024, 1, 4), posts=5, origin="a"),
        Counted(LAST_DAY, posts=17, origin="a"),
    )
    (line,) = lines(ledger(early, *ORIGINALS, counters=taken))
    assert (line.ours, line.theirs, line.name) == (12, 12, "a")
    assert (line.since, line.until) == (at("2024-01-05"), at("2025-01-01"))


@pytest.mark.parametrize(
    "counters",
    [
        pytest.param((), id="no count at all"),
        pytest.param((Counted(LAST_DAY, posts=5),), id="one count"),
        pytest.param(
            (Counted(NEW_YEARS_EVE, posts=5), Counted(LAST_DAY, followers=9)),
            id="no count of posts",
        ),
    ],
)
def test_nothing_is_said_without_two_counts(counters: tuple[Counted, ...]) -> None:
    assert lines(ledger(*ORIGINALS, counters=counters)) == []


def export(*posts: Post, start: str = "2024-01-01", end: str = "2024-12-31") -> ImportedSpan:
    dates = {one.key: one.published_at for one in posts}
    return ImportedSpan(3, "导出.xlsx", AFTER, at(start), at(end), dates)


@pytest.mark.parametrize(
    ("rows", "listed", "expected"),
    [
        pytest.param(ledger(*ORIGINALS), ORIGINALS, [], id="post for post the same"),
        pytest.param(
            ledger(*ORIGINALS, *DELETED), ORIGINALS, [(Cause.DELETED, -1)], id="deleted since"
        ),
        pytest.param(
            ledger(*ORIGINALS, *REPOSTS), ORIGINALS, [(Cause.REPOSTS, -3)], id="originals only"
        ),
        pytest.param(
            ledger(*ORIGINALS, *REPOSTS, count_reposts=False),
            [*ORIGINALS, *REPOSTS],
            [(Cause.REPOSTS, 3)],
            id="it lists reposts, which do not count",
        ),
        pytest.param(
            ledger(*ARTICLES, *UNPUSHED), ARTICLES, [(Cause.UNPUSHED, -1)], id="mass-sends only"
        ),
        pytest.param(
            ledger(*ORIGINALS), ORIGINALS[:-1], [(Cause.UNEXPLAINED, -1)], id="it lacks one"
        ),
        pytest.param(
            ledger(*ORIGINALS, *REPOSTS),
            [*ORIGINALS, *REPOSTS[:-1]],
            [(Cause.UNEXPLAINED, -1)],
            id="it lists reposts, but not this one",
        ),
    ],
)
def test_a_consoles_export(
    rows: Rows, listed: Sequence[Post], expected: list[tuple[Cause, int]]
) -> None:
    (line,) = lines(rows, [export(*listed)])
    assert (line.theirs, causes(line)) == (len(listed), expected)


def test_an_export_is_held_against_its_own_time() -> None:
    (line,) = lines(ledger(*ORIGINALS), [export(*ORIGINALS[:3], end="2024-03-05T10:00")])
    assert (line.ours, line.theirs, causes(line)) == (3, 3, [])


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(replace(export(*ORIGINALS), partial=True), id="a partial one"),
        pytest.param(export(*ORIGINALS, start="2022-01-01", end="2022-12-31"), id="another year"),
    ],
)
def test_an_export_that_claims_nothing_of_the_year_is_left_out(one: ImportedSpan) -> None:
    assert lines(ledger(*ORIGINALS), [one]) == []


def test_posts_that_only_an_import_knows_are_told_and_those_readings_should_have_seen() -> None:
    unread = [
        post("2024-02-02T10:00", source="import:3"),
        post("2024-09-02T10:00", source="import:3"),
    ]
    good = Reading(
        "weibo-mz@rsshub",
        "weibo-mz",
        "rsshub",
        at("2024-03-01"),
        Outcome.OK,
        as_of=at("2024-03-01"),
        pulse=Pulse.FULL,
        covers_from=at("2024-01-01"),
    )
    (line,) = lines(ledger(*unread, readings=(good,)), [export(*unread)])
    assert (line.unseen, line.covered, line.explained) == (2, 1, False)


def declared(figure: str, value: int) -> Declared:
    return Declared("weibo-mz", 2024, figure, value, "2024年度报告")


FOLLOWED = (Counted(NEW_YEARS_EVE, followers=4877), Counted(LAST_DAY, followers=7959))


@pytest.mark.parametrize(
    ("rows", "said", "ours", "expected"),
    [
        pytest.param(ledger(*ORIGINALS), declared("posts", 12), 12, [], id="the same"),
        pytest.param(
            ledger(*ORIGINALS, *REPOSTS),
            declared("posts", 12),
            15,
            [(Cause.REPOSTS, -3)],
            id="originals were published",
        ),
        pytest.param(
            ledger(*ARTICLES), declared("posts", 4), 8, [(Cause.SENDS, -4)], id="sends were counted"
        ),
        pytest.param(
            ledger(*ORIGINALS, *DELETED),
            declared("posts", 12),
            13,
            [(Cause.DELETED, -1)],
            id="without the deleted one",
        ),
        pytest.param(
            ledger(*ORIGINALS, covered=GAPPED),
            declared("posts", 40),
            12,
            [(Cause.MISSED, 28)],
            id="more than was seen, and there is a gap",
        ),
        pytest.param(
            ledger(*ORIGINALS), declared("posts", 40), 12, [(Cause.UNEXPLAINED, 28)], id="more"
        ),
        pytest.param(
            ledger(*ORIGINALS, *REPOSTS),
            declared("originals", 15),
            12,
            [(Cause.UNEXPLAINED, 3)],
            id="another figure has no classes",
        ),
        pytest.param(
            ledger(counters=FOLLOWED), declared("followers_end", 7959), 7959, [], id="followers"
        ),
        pytest.param(
            ledger(counters=FOLLOWED, covered=GAPPED),
            declared("followers_start", 4900),
            4877,
            [(Cause.UNEXPLAINED, 23)],
            id="a gap explains no followers",
        ),
        pytest.param(
            ledger(),
            declared("followers_end", 7959),
            None,
            [(Cause.UNEXPLAINED, 7959)],
            id="nothing of ours to compare",
        ),
    ],
)
def test_what_was_published(
    rows: Rows, said: Declared, ours: int | None, expected: list[tuple[Cause, int]]
) -> None:
    (line,) = lines(rows, published=[said])
    assert (line.ours, line.theirs, line.name) == (ours, said.value, "2024年度报告")
    assert causes(line) == expected


def test_posts_without_a_date_are_on_no_side() -> None:
    undated = post("2024-02-02T10:00", dating=Dating.UNKNOWN)
    (line,) = lines(ledger(*ORIGINALS, undated), [export(*ORIGINALS, undated)])
    assert (line.ours, line.theirs) == (12, 12)


# The platform's statistics, day by day


def known(*days: tuple[str, int, int], source: str = "wechat-mz@own") -> list[KnownDay]:
    """Days as (day, articles, mass-sends)."""
    return [
        KnownDay("wechat-mz", DayCount(date.fromisoformat(day), n, n, pushes), source, AFTER, AFTER)
        for day, n, pushes in days
    ]


def article(moment: str, **other: object) -> Post:
    return post(moment, PostKind.ARTICLE, **other)


MARCH = [article("2024-03-05T10:00"), article("2024-03-05T10:01"), article("2024-03-09T10:00")]


@pytest.mark.parametrize(
    ("rows", "days", "expected", "differing"),
    [
        pytest.param(
            ledger(*MARCH),
            known(("2024-03-05", 2, 1), ("2024-03-06", 0, 0)),
            [],
            [],
            id="the same on every day that is known",
        ),
        pytest.param(
            ledger(*MARCH),
            known(("2024-03-05", 2, 1), ("2024-03-07", 3, 1)),
            [(Cause.UNEXPLAINED, 3)],
            [("2024-03-07", 0, 3)],
            id="a mass-send that no reading showed",
        ),
        pytest.param(
            ledger(*MARCH, covered=GAPPED),
            known(("2024-05-31", 1, 1)),
            [(Cause.MISSED, 1)],
            [("2024-05-31", 0, 1)],
            id="missed in a gap",
        ),
        pytest.param(
            ledger(*MARCH, covered=GAPPED),
            known(("2024-04-30", 1, 1)),
            [(Cause.UNEXPLAINED, 1)],
            [("2024-04-30", 0, 1)],
            id="the gap is of other days",
        ),
        pytest.param(
            ledger(MARCH[0], replace(MARCH[1], deleted_at=at("2024-03-05T20:00"))),
            known(("2024-03-05", 1, 1)),
            [(Cause.DELETED, -1)],
            [("2024-03-05", 2, 1)],
            id="deleted since",
        ),
        pytest.param(
            ledger(replace(MARCH[0], push="p1"), MARCH[1]),
            known(("2024-03-05", 1, 1)),
            [(Cause.UNPUSHED, -1)],
            [("2024-03-05", 2, 1)],
            id="only mass-sends are listed, after all",
        ),
        pytest.param(
            ledger(*MARCH),
            known(("2024-03-05", 1, 1), ("2024-03-09", 2, 1)),
            [(Cause.UNEXPLAINED, 1), (Cause.UNEXPLAINED, -1)],
            [("2024-03-05", 2, 1), ("2024-03-09", 1, 2)],
            id="what one day has too many another does not lack",
        ),
        pytest.param(
            ledger(article("2024-03-05T23:50")),
            known(("2024-03-05", 0, 0), ("2024-03-06", 1, 1)),
            [],
            [],
            id="around midnight a post is of the day that lacks one",
        ),
        pytest.param(
            ledger(article("2024-03-05T10:00", dating=Dating.UNKNOWN)),
            known(("2024-03-05", 1, 1)),
            [(Cause.UNEXPLAINED, 1)],
            [("2024-03-05", 0, 1)],
            id="a post without a date is of none",
        ),
    ],
)
def test_statistics_by_day(
    rows: Rows,
    days: list[KnownDay],
    expected: list[tuple[Cause, int]],
    differing: list[tuple[str, int, int]],
) -> None:
    line = lines(rows, known=days)[0]
    assert (line.against, line.figure, line.name) == (
        Against.STATISTICS,
        "articles",
        "wechat-mz@own",
    )
    assert (causes(line), line.known_days) == (expected, len(days))
    assert [(d.day.isoformat(), d.ours, d.theirs) for d in line.differing] == differing
    assert line.theirs - (line.ours or 0) == sum(n for _, n in expected)


def test_only_days_that_are_known_and_lie_in_the_period_are_compared() -> None:
    days = known(
        ("2023-12-31", 5, 1), ("2024-03-05", 2, 1), ("2024-03-09", 1, 1), ("2025-01-01", 5, 1)
    )
    (line,) = lines(ledger(*MARCH, article("2024-03-07T10:00")), known=days)
    assert (line.ours, line.theirs, line.known_days) == (3, 3, 2)
    assert (line.since, line.until) == (at("2024-03-05"), at("2024-03-10"))


def test_no_day_in_the_period_is_no_comparison() -> None:
    assert lines(ledger(*MARCH), known=known(("2023-12-31", 5, 1))) == []


SENT = [replace(one, push="p1") for one in MARCH[:2]]


@pytest.mark.parametrize(
    ("rows", "pushes", "ours", "expected"),
    [
        pytest.param(ledger(*SENT), (1, 0), 1, [], id="the same"),
        pytest.param(ledger(*SENT), (1, 2), 1, [(Cause.UNEXPLAINED, 2)], id="one day had more"),
        pytest.param(
            ledger(*SENT, article("2024-03-07T10:00")),
            (1, 0),
            2,
            [(Cause.UNPUSHED, -1)],
            id="published without a mass-send",
        ),
        pytest.param(
            ledger(*SENT, article("2024-03-07T10:00"), article("2024-03-07T11:00")),
            (1, 1),
            3,
            [(Cause.UNPUSHED, -1)],
            id="of two that do not say it one was of the other's",
        ),
        pytest.param(
            ledger(*[replace(one, deleted_at=AFTER) for one in SENT]),
            (0, 0),
            1,
            [(Cause.DELETED, -1)],
            id="all of one was deleted",
        ),
        pytest.param(
            ledger(replace(SENT[0], deleted_at=AFTER), SENT[1]),
            (0, 0),
            1,
            [(Cause.UNEXPLAINED, -1)],
            id="only a part of it was deleted",
        ),
    ],
)
def test_mass_sends_are_compared_where_posts_say_which_they_belong_to(
    rows: Rows, pushes: tuple[int, int], ours: int, expected: list[tuple[Cause, int]]
) -> None:
    fifth, seventh = pushes
    _, line = lines(rows, known=known(("2024-03-05", 2, fifth), ("2024-03-07", 2, seventh)))
    assert (line.figure, line.ours, line.theirs) == ("pushes", ours, sum(pushes))
    assert causes(line) == expected
