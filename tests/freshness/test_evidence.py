"""What several sources together prove, and what cannot be."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from monitor.counted import ListedDay, Tally
from monitor.freshness.evidence import Evidence, gather
from monitor.model import AccountFacts, LastPost, SourceMemory
from tests.rule_values import DAY, HOUR, MINUTE, POLICY, POSTED, at, known, source

NOW = at("03-14 12:00")


def test_sources_together_know_the_newest_of_each() -> None:
    seen = known(
        NOW,
        source(NOW - 3 * HOUR),
        source(NOW - HOUR, as_of=NOW - 9 * HOUR, weak=True),
        awake=NOW - DAY,
    )
    assert seen == Evidence(
        since=POSTED,
        waiting=False,
        last_post=LastPost(POSTED, "通知", "https://weibo.com/1/a"),
        tried_at=NOW - HOUR,
        good_read_at=NOW - HOUR,
        standing=True,
        full_to=NOW - 3 * HOUR,
        weak_to=NOW - 3 * HOUR,
    )


@pytest.mark.parametrize(
    ("failing", "since"),
    [
        pytest.param([None, NOW - HOUR], None, id="one is well"),
        pytest.param([NOW - 2 * HOUR, NOW - HOUR], NOW - HOUR, id="since the last one failed"),
        pytest.param([NOW + DAY], NOW, id="a failure from the future has begun now"),
    ],
)
def test_an_account_fails_when_all_its_sources_do(
    failing: list[datetime | None], since: datetime | None
) -> None:
    assert known(NOW, *[source(NOW - DAY, failing_since=f) for f in failing]).failing_since == since


@pytest.mark.parametrize(
    ("read", "awake", "stale"),
    [
        pytest.param(NOW - 6 * HOUR - 15 * MINUTE, None, False, id="in time"),
        pytest.param(NOW - 6 * HOUR - 16 * MINUTE, None, True, id="overdue"),
        pytest.param(NOW - 3 * DAY, NOW - HOUR, False, id="F19 we have just woken"),
        pytest.param(NOW - 3 * DAY, NOW - 7 * HOUR, True, id="awake for longer than an interval"),
        pytest.param(NOW - HOUR, NOW + DAY, False, id="awake in the future"),
    ],
)
def test_patience(read: datetime, awake: datetime | None, stale: bool) -> None:
    seen = known(NOW, source(read), awake=awake)
    assert seen.stale_since == (read if stale else None)
    assert seen.lost_since == seen.stale_since


@pytest.mark.parametrize(
    ("tried", "awake", "pending"),
    [
        pytest.param(NOW - DAY, NOW, True, id="not tried since we woke"),
        pytest.param(NOW, NOW, False, id="tried as we woke"),
        pytest.param(None, NOW, True, id="never tried"),
        pytest.param(NOW - DAY, None, False, id="nobody asks since when we are awake"),
        pytest.param(NOW - DAY, NOW - 7 * HOUR, False, id="patience is over"),
        pytest.param(NOW - 5 * HOUR, NOW, False, id="F75 read well within the interval"),
    ],
)
def test_F19_pending_until_tried_after_our_own_outage(
    tried: datetime | None, awake: datetime | None, pending: bool
) -> None:
    assert known(NOW, source(tried), awake=awake).pending is pending


@pytest.mark.parametrize(
    ("every", "passes"),
    [(HOUR, 7), (6 * HOUR, 2), (DAY, 1), (7 * DAY, 1)],
    ids=["every hour", "every six hours", "every day", "every week"],
)
def test_F61_just_woken_never_outlasts_the_read_interval_whoever_drives_the_passes(
    every: timedelta, passes: int
) -> None:
    """Each pass of `tick` from cron is a waking; a source that none of them can try is blind."""
    last_good = NOW - 7 * DAY
    waited = 0
    for number in range(1, 12):
        woken = last_good + number * every
        facts = AccountFacts("a", last_good - DAY, sources=(source(last_good),))
        seen = gather(facts, POLICY, woken, woken, woken - every)
        waited += seen.lost_since is None
    assert waited == passes


@pytest.mark.parametrize(
    ("read", "since"),
    [
        pytest.param(NOW - 6 * HOUR + timedelta(seconds=1), None, id="within the interval"),
        pytest.param(NOW - 6 * HOUR, NOW - HOUR, id="when it has passed"),
    ],
)
def test_F45_a_failed_try_takes_no_knowledge_away(read: datetime, since: datetime | None) -> None:
    failing = source(read, failing_since=NOW - HOUR)
    assert known(NOW, failing).lost_since == since
    older = source(NOW - 7 * HOUR, failing_since=NOW - HOUR)
    assert known(NOW, older, failing).lost_since == since, "whichever source it was"


def test_F20_nothing_counts_from_the_future() -> None:
    seen = known(NOW, source(NOW + DAY), posted=NOW + DAY)
    assert (seen.since, seen.tried_at, seen.good_read_at, seen.full_to) == (NOW, None, None, None)


@pytest.mark.parametrize(
    ("visible", "kept"),
    [
        pytest.param(POSTED, False, id="the newest post is still there"),
        pytest.param(POSTED - DAY, True, id="F32 an older one is the newest still there"),
    ],
)
def test_a_deleted_newest_post_is_recognised(visible: datetime, kept: bool) -> None:
    last, other = LastPost(POSTED, "a", "u"), LastPost(visible, "b", "u")
    seen = gather(AccountFacts("weibo", POSTED, last, other), POLICY, None, NOW)
    assert (seen.since, seen.visible) == (POSTED, other if kept else None)


def test_waiting_counts_from_the_start_of_watching() -> None:
    facts = AccountFacts("weibo", POSTED)
    assert gather(facts, POLICY, None, NOW).since == POSTED
    jumped = AccountFacts("weibo", NOW + DAY)
    assert gather(jumped, POLICY, NOW - HOUR, NOW).since == NOW - HOUR


LAST = LastPost(POSTED, "a", "u")


def listed(day: int, articles: int, *known: datetime) -> ListedDay:
    return ListedDay(date(2024, 3, day), articles, known)


@pytest.mark.parametrize(
    ("statistics", "unseen", "risen_at"),
    [
        pytest.param(None, 0, None, id="nothing is listed since the last post"),
        pytest.param(listed(6, 1, POSTED), 0, None, id="the last post itself"),
        pytest.param(listed(6, 2, POSTED), 1, at("03-07 00:00"), id="another one of the same day"),
        pytest.param(listed(9, 3, POSTED), 3, at("03-10 00:00"), id="a mass-send days later"),
        pytest.param(listed(5, 1), 0, None, id="older than the last post"),
        pytest.param(listed(14, 1), 0, None, id="a day that is not over: a clock set back"),
    ],
)
def test_what_statistics_list_and_nothing_shows_is_unseen(
    statistics: ListedDay | None, unseen: int, risen_at: datetime | None
) -> None:
    seen = gather(AccountFacts("weibo", POSTED, LAST, LAST, listed=statistics), POLICY, None, NOW)
    assert (seen.unseen, seen.risen_at) == (unseen, risen_at)


def test_of_counter_and_statistics_the_later_doubt_counts() -> None:
    tally = Tally(9, POSTED, unseen=7, risen_at=at("03-12 10:00"))
    counting = replace(source(NOW), memory=SourceMemory(tally=tally))
    facts = AccountFacts("weibo", POSTED, LAST, LAST, (counting,), listed=listed(9, 3))
    seen = gather(facts, POLICY, None, NOW)
    assert (seen.unseen, seen.risen_at) == (7, at("03-12 10:00"))
