"""What is shown of an account says what judging it anew would say, until its instant."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from alerts.common.local_time import local_day
from monitor.judging.shown import STRIP, posts_since, published_of, shown_of, shown_until
from monitor.model import AccountFacts, Dating, LastPost, PostKind
from monitor.standing import ALWAYS, Published
from tests.judging.test_standing import EXAMPLES, Drawn
from tests.rule_values import DAY, HOUR, POSTED, at

ZONE = ZoneInfo("Asia/Shanghai")
ORIGINAL, REPOST = PostKind.ORIGINAL, PostKind.REPOST
FACTS = AccountFacts("weibo", POSTED - 300 * DAY, LastPost(at("03-06 10:00"), "通知", ""))
POSTS = [
    (at("03-06 10:00"), ORIGINAL, Dating.STATED),
    (at("03-06 09:00"), ORIGINAL, Dating.STATED),
    (at("03-01 00:30"), ORIGINAL, Dating.STATED),
    (at("02-29 23:30"), REPOST, Dating.STATED),
    (at("03-07 10:00"), ORIGINAL, Dating.UNKNOWN),
    (at("01-01 00:30"), ORIGINAL, Dating.STATED),
    (at("01-01 00:30") - HOUR, ORIGINAL, Dating.STATED),
]


@pytest.mark.parametrize("block", range(2))
def test_until_its_instant_what_is_shown_is_what_would_be_made_anew(block: int) -> None:
    held = 0
    for seed in range(block * EXAMPLES, (block + 1) * EXAMPLES):
        one = Drawn(seed)
        kept = shown_of(one.situation(one.now), one.facts, Published(), one.rules)
        until = shown_until(one.situation(one.now), one.facts, one.rules, one.now)
        for later in (one.now + (until - one.now) * n / 7 for n in range(7)):
            assert shown_of(one.situation(later), one.facts, Published(), one.rules) == kept
            held += later > one.now
    assert held > EXAMPLES


def test_what_lies_ahead_of_a_clock_holds_at_no_time() -> None:
    one = Drawn(1)
    ahead = replace(one.facts, watched_since=one.now + HOUR)
    assert shown_until(one.situation(one.now), ahead, one.rules, one.now) == ALWAYS


@pytest.mark.parametrize(
    ("today", "month", "year"),
    [
        pytest.param(date(2024, 3, 8), 3, 5, id="in the month of the newest"),
        pytest.param(date(2024, 4, 1), 0, 5, id="in the month after"),
        pytest.param(date(2025, 3, 8), 0, 0, id="a year later"),
    ],
)
def test_posts_are_counted_of_the_month_and_the_year_so_far(
    today: date, month: int, year: int
) -> None:
    published = published_of(FACTS, POSTS, count_reposts=True, zone=ZONE)
    assert (published.month_to(today), published.year_to(today)) == (month, year)


def test_reposts_count_only_where_the_policy_says_so() -> None:
    published = published_of(FACTS, POSTS, count_reposts=False, zone=ZONE)
    assert (published.in_month, published.in_year) == (3, 4)


def test_days_are_local_ones_and_hold_every_post() -> None:
    published = published_of(FACTS, POSTS, count_reposts=False, zone=ZONE)
    assert published.by_day(date(2024, 2, 29), date(2024, 3, 7)) == {
        date(2024, 2, 29): 1,
        date(2024, 3, 1): 1,
        date(2024, 3, 6): 2,
        date(2024, 3, 7): 1,
    }


def test_a_day_of_many_posts_is_one_digit() -> None:
    many = [(at("03-06 10:00"), ORIGINAL, Dating.STATED)] * 30
    published = published_of(FACTS, many, count_reposts=True, zone=ZONE)
    assert published.by_day(date(2024, 3, 1), date(2024, 3, 9)) == {date(2024, 3, 6): 9}
    assert published.in_month == 30


@pytest.mark.parametrize(
    "now", [at("03-06 10:00"), at("12-31 23:59")], ids=["at the last post", "months later"]
)
def test_no_look_at_a_strip_or_a_year_needs_an_older_post(now: datetime) -> None:
    since = posts_since(FACTS, ZONE)
    year = datetime(local_day(now, ZONE).year, 1, 1, tzinfo=ZONE)
    assert since <= min(now - STRIP, year)


def test_of_an_account_without_a_post_nothing_is_counted() -> None:
    published = published_of(replace(FACTS, last_post=None), [], count_reposts=True, zone=ZONE)
    assert published.month_to(date(2024, 3, 8)) == published.year_to(date(2024, 3, 8)) == 0
    assert published.by_day(date(2024, 1, 1), date(2024, 3, 8)) == {}
