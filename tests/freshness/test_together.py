"""All silent together: the doubt about a gateway whose accounts are quiet for far too long."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.freshness.together import (
    HISTORY,
    TIMES,
    Worktime,
    history_of,
    large_enough,
    together,
    weakened,
)
from monitor.freshness.verdict import assess
from monitor.model import Account, AccountFacts, SourceMemory, Together
from tests.rule_values import CALENDAR, DAY, HOUR, HOURS, POLICY, POSTED, ZONE, at, source
from tests.rule_values import known as evidence_known

WORKTIME = Worktime(CALENDAR, ZONE)
START = at("01-01 09:00")
Published = dict[str, list[datetime]]


def daily(last: datetime, accounts: int = 8, start: datetime = START) -> Published:
    """Return the posts of accounts of which each publishes once a day, at nine, ten, eleven …:
    together they are silent for 17 hours at most where there are eight."""
    found: Published = {}
    for n in range(accounts):
        days = range((last - start).days + 1)
        moments = (start + day * DAY + n * HOUR for day in days)
        found[f"a{n}"] = [moment for moment in moments if moment <= last]
    return found


def doubt(published: Published, now: datetime, *looks: datetime) -> Together | None:
    return together(history_of(published, WORKTIME), looks, WORKTIME, now)


@pytest.mark.parametrize(
    ("last", "since"),
    [
        pytest.param("04-09 16:00", "04-11 19:00", id="three times 17 hours in a week"),
        pytest.param("04-12 16:00", "04-16 19:00", id="a weekend does not count"),
        pytest.param("04-30 16:00", "05-07 19:00", id="nor do the holidays of May"),
        pytest.param("09-27 16:00", "09-30 19:00", id="a Sunday that is worked counts"),
    ],
)
def test_the_doubt_begins_at_three_times_the_longest_common_silence(last: str, since: str) -> None:
    published = daily(at(last))
    assert doubt(published, at(since) - timedelta(seconds=1)) is None
    assert doubt(published, at(since)) == Together(at(since), at(last), 17 * HOUR)


@pytest.mark.parametrize(
    ("accounts", "bodies", "enough"),
    [
        pytest.param(8, 3, True, id="eight accounts of three organisations"),
        pytest.param(7, 3, False, id="seven accounts"),
        pytest.param(8, 2, False, id="two organisations"),
        pytest.param(8, 0, False, id="organisations that nobody named"),
    ],
)
def test_of_small_groups_nothing_is_inferred(accounts: int, bodies: int, enough: bool) -> None:
    names = [f"o{n % bodies}" if bodies else None for n in range(accounts)]
    behind = [Account(f"a{n}", "", "weibo", organisation=name) for n, name in enumerate(names)]
    assert large_enough(behind) is enough


# Eight accounts are known since the third post of the last: the two oldest may be pinned.
@pytest.mark.parametrize(
    ("last", "doubted"),
    [
        pytest.param(START + 2 * DAY + HISTORY + 7 * HOUR, True, id="of 90 days"),
        pytest.param(START + 1 * DAY + HISTORY + 7 * HOUR, False, id="of 89 days"),
    ],
)
def test_nothing_is_inferred_without_a_history(last: datetime, doubted: bool) -> None:
    assert (doubt(daily(last), last + 30 * DAY) is not None) is doubted


@pytest.mark.parametrize(
    ("gap_from", "gap_to", "longest"),
    [
        pytest.param("04-15 16:00", "04-19 09:00", 17 * HOUR, id="one that was doubted is not"),
        pytest.param("04-15 16:00", "04-17 09:00", 41 * HOUR, id="one that was not doubted is"),
        pytest.param("02-26 16:00", "03-01 09:00", 89 * HOUR, id="one of the first 90 days is"),
    ],
)
def test_what_silences_teach(gap_from: str, gap_to: str, longest: timedelta) -> None:
    quiet = (at(gap_from), at(gap_to))
    published = {
        account: [moment for moment in of if not quiet[0] < moment < quiet[1]]
        for account, of in daily(at("06-03 16:00")).items()
    }
    history = history_of(published, WORKTIME)
    assert history is not None
    assert history.longest == longest


def test_pinned_posts_of_years_ago_teach_no_patience() -> None:
    pinned = [at("2019-03-01 09:00"), at("2021-03-01 09:00")]
    published = {account: pinned + of for account, of in daily(at("04-09 16:00")).items()}
    assert doubt(published, at("04-11 19:00")) is not None


@pytest.mark.parametrize(
    ("looks", "doubted"),
    [
        pytest.param(["04-11 20:00"] * 2, True, id="two"),
        pytest.param(["04-11 20:00"] * 3, False, id="three"),
        pytest.param(["04-11 20:00"] * 2 + ["04-25 09:00"], True, id="a third that is to come"),
    ],
)
def test_looks_of_a_person_at_three_accounts_are_a_sign_of_life(
    looks: list[str], doubted: bool
) -> None:
    found = doubt(daily(at("04-09 16:00")), at("04-12 09:00"), *map(at, looks))
    assert (found is not None) is doubted


def test_what_was_seen_since_the_doubt_warns_but_asserts_no_breach() -> None:
    limit = POSTED + POLICY.limit
    doubted = {"rsshub": Together(limit - DAY, limit - 3 * DAY, 17 * HOUR)}
    last = evidence_known(limit).last_post
    facts = AccountFacts("weibo", POSTED, last, last, (source(limit),))
    seen = weakened(facts, doubted)
    evidence = replace(
        evidence_known(limit),
        full_to=seen.sources[0].full_as_of,
        uncorroborated=seen.uncorroborated,
    )
    found = assess(evidence, POLICY, HOURS, limit)
    assert (found.verdict, found.weak) == ("blind", True)


@pytest.mark.parametrize(
    ("looked_at", "other", "full_to", "marked"),
    [
        pytest.param(None, None, 0, True, id="nobody"),
        pytest.param(2, None, 2, False, id="a person, later than the newest reading"),
        pytest.param(1, None, 1, True, id="a person, before the newest reading"),
        pytest.param(None, 2, 2, False, id="another gateway"),
    ],
)
def test_who_bears_out_what_a_doubted_gateway_shows(
    looked_at: int | None, other: int | None, full_to: int, marked: bool
) -> None:
    since = at("03-11 09:00")
    here = source(since + 2 * HOUR)
    if looked_at is not None:
        here = replace(here, memory=SourceMemory(looked_at=since + looked_at * HOUR))
    elsewhere = replace(here.spec, id="backup", gateway="backup")
    others = () if other is None else (source(since + other * HOUR, spec=elsewhere),)
    facts = AccountFacts("weibo", POSTED, sources=(here, *others))
    found = weakened(facts, {"rsshub": Together(since, since, HOUR)})
    newest = max(s.full_as_of for s in found.sources if s.full_as_of)
    assert (newest, found.uncorroborated) == (since + full_to * HOUR, marked)


hours = st.lists(st.integers(0, 24 * 200), min_size=3, max_size=40)
groups = st.lists(hours, min_size=8, max_size=10)


def dated(group: list[list[int]]) -> Published:
    return {f"a{n}": [START + hour * HOUR for hour in of] for n, of in enumerate(group)}


@settings(max_examples=60, deadline=None)
@given(groups, st.integers(0, 24 * 400))
def test_any_order_of_posts_gives_one_doubt_and_any_new_post_ends_it(
    group: list[list[int]], hour: int
) -> None:
    published, now = dated(group), START + hour * HOUR + 200 * DAY
    found = doubt(published, now)
    turned = {a: of[::-1] for a, of in reversed(published.items())}
    assert doubt(turned, now) == found
    assert doubt(published | {"a0": [*published["a0"], now]}, now) is None
    if found is not None:
        assert WORKTIME.between(found.quiet_since, found.since) == TIMES * found.longest
        assert found.since <= now


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 24 * 366 * 60), st.integers(1, 24 * 60 * 40))
def test_worktime_measures_what_it_counts(minutes: int, length: int) -> None:
    start, spent = START + timedelta(minutes=minutes), timedelta(minutes=length)
    assert WORKTIME.between(start, WORKTIME.after(start, spent)) == spent
