"""Fresh, late, breached, blind or waiting: every boundary, and what holds for every history."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.counted import Tally
from monitor.freshness.evidence import Evidence, gather
from monitor.freshness.verdict import Assessment, Basis, Verdict, assess
from monitor.model import AccountFacts, LastPost, SourceMemory
from monitor.policy import Policy
from tests.rule_values import (
    DAY,
    HOUR,
    HOURS,
    LIMIT,
    MINUTE,
    POLICY,
    POSTED,
    at,
    known,
    ladder,
    shown,
    source,
)

SECOND = timedelta(seconds=1)
FIRST, LAST = at("03-13 09:00"), at("03-19 09:00")  # the first rung and the last chance


def verdict(evidence: Evidence, now: datetime, policy: Policy = POLICY) -> str:
    found = assess(evidence, policy, HOURS, now)
    return f"{found.verdict} {found.rung} {found.reason}{' weak' if found.weak else ''}"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(POSTED, "fresh None young", id="just posted"),
        pytest.param(FIRST - SECOND, "fresh None young", id="a second before the first rung"),
        pytest.param(FIRST, "late 7 proven", id="exactly at the first rung"),
        pytest.param(at("03-16 09:00"), "late 10 proven", id="a rung passed on a Saturday"),
        pytest.param(LAST, "late 13 proven", id="exactly at the last chance"),
        pytest.param(LIMIT - SECOND, "late 13 proven", id="a second before the limit"),
        pytest.param(LIMIT, "breached 14 proven", id="exactly at last post and limit"),
        pytest.param(LIMIT + 30 * DAY, "breached 14 proven", id="long after"),
    ],
)
def test_read_well_at_this_moment(now: datetime, expected: str) -> None:
    assert verdict(known(now), now) == expected


@pytest.mark.parametrize(
    ("now", "evidence", "expected"),
    [
        pytest.param(
            FIRST - SECOND,
            known(FIRST - SECOND, source(POSTED, failing_since=POSTED + DAY)),
            "fresh None young",
            id="fresh is certain: not seeing makes no post older",
        ),
        pytest.param(
            FIRST,
            known(FIRST, source(FIRST - HOUR)),
            "fresh None untried",
            id="the rung's own reading is still to come",
        ),
        pytest.param(
            at("03-16 09:00"),
            known(at("03-16 09:00"), source(at("03-16 08:59"))),
            "late 7 untried",
            id="until then the last rung proven holds",
        ),
        pytest.param(
            FIRST,
            known(FIRST, source(FIRST - HOUR, failing_since=FIRST)),
            "fresh None untried",
            id="F45 the rung's own reading failed: what was proven stands",
        ),
        pytest.param(
            FIRST + HOUR,
            known(FIRST + HOUR, source(FIRST, failing_since=FIRST + HOUR)),
            "late 7 proven",
            id="F45 a failed try takes no knowledge away",
        ),
        pytest.param(
            FIRST + 6 * HOUR,
            known(FIRST + 6 * HOUR, source(FIRST, failing_since=FIRST + HOUR)),
            "blind 7 failing",
            id="F45 until the read interval has passed",
        ),
        pytest.param(
            FIRST + HOUR,
            known(FIRST + HOUR, source(FIRST - HOUR, failing_since=FIRST), source(FIRST + HOUR)),
            "late 7 proven",
            id="one of two sources is enough",
        ),
        pytest.param(
            FIRST + 6 * HOUR + 15 * MINUTE,
            known(FIRST + 6 * HOUR + 15 * MINUTE, source(FIRST)),
            "late 7 proven",
            id="a reading may be a quarter of an hour late",
        ),
        pytest.param(
            FIRST + 6 * HOUR + 16 * MINUTE,
            known(FIRST + 6 * HOUR + 16 * MINUTE, source(FIRST)),
            "blind 7 stale",
            id="no reading within the interval",
        ),
        pytest.param(
            FIRST,
            known(FIRST, source(FIRST, as_of=FIRST - 23 * HOUR)),
            "late 7 proven",
            id="a collector that synced less than a day before",
        ),
        pytest.param(
            FIRST,
            known(FIRST, source(FIRST, as_of=FIRST - 24 * HOUR - MINUTE)),
            "blind 7 unproven",
            id="a collector that synced more than a day before",
        ),
        pytest.param(
            LIMIT,
            known(LIMIT, source(LIMIT, as_of=LIMIT - SECOND)),
            "blind 14 unproven",
            id="no allowance for a breach",
        ),
        pytest.param(
            LIMIT + HOUR,
            known(LIMIT + HOUR, source(LIMIT + HOUR, as_of=LIMIT)),
            "breached 14 proven",
            id="known as of exactly the limit",
        ),
        pytest.param(
            LAST,
            known(LAST, source(LAST, weak=True)),
            "late 13 proven weak",
            id="a weak pulse may warn, marked",
        ),
        pytest.param(
            LIMIT,
            known(LIMIT, source(LIMIT, weak=True)),
            "blind 14 unproven weak",
            id="a weak pulse asserts no breach",
        ),
        pytest.param(
            LIMIT,
            known(LIMIT, source(LIMIT - MINUTE)),
            "late 13 untried",
            id="the limit's own reading is still to come",
        ),
        pytest.param(
            LIMIT,
            known(LIMIT, source(LIMIT + 3650 * DAY)),
            "blind 14 stale",
            id="F20 a reading from the future proves nothing",
        ),
        pytest.param(
            LIMIT,
            known(LIMIT, source(LIMIT - 3 * DAY), awake=LIMIT),
            "late 10 untried",
            id="F19 after our own outage the last rung proven holds",
        ),
        pytest.param(
            LIMIT,
            known(LIMIT, source(), awake=LIMIT),
            "blind 14 never_read",
            id="never read well, and old enough to matter",
        ),
    ],
)
def test_what_readings_prove(now: datetime, evidence: Evidence, expected: str) -> None:
    assert verdict(evidence, now) == expected


@pytest.mark.parametrize(
    ("now", "evidence", "expected"),
    [
        pytest.param(
            POSTED + HOUR, known(POSTED + HOUR, posted=None), "waiting None young", id="F36 new"
        ),
        pytest.param(
            POSTED + HOUR,
            known(POSTED + HOUR, source(failing_since=POSTED), posted=None),
            "blind None failing",
            id="never seen, and it cannot be seen",
        ),
        pytest.param(
            POSTED + HOUR,
            known(POSTED + HOUR, source(), posted=None),
            "waiting None young",
            id="not tried yet",
        ),
        pytest.param(FIRST, known(FIRST, posted=None), "late 7 proven", id="F36 the same ladder"),
        pytest.param(
            LIMIT, known(LIMIT, posted=None), "breached 14 proven", id="F36 the same limit"
        ),
    ],
)
def test_an_account_of_which_no_post_was_ever_seen(
    now: datetime, evidence: Evidence, expected: str
) -> None:
    assert verdict(evidence, now) == expected


RISEN = at("03-12 18:00")  # the platform counted a post then that nothing shows
UNSEEN = RISEN - POSTED


def counting(now: datetime, as_of: datetime | None = None) -> Evidence:
    memory = SourceMemory(tally=Tally(101, POSTED, unseen=1, risen_at=RISEN))
    return known(now, replace(source(now, as_of=as_of), memory=memory))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(FIRST - SECOND, "fresh None young", id="before the first rung"),
        pytest.param(FIRST, "blind 7 unseen", id="at the first rung of the post that was seen"),
        pytest.param(LIMIT, "blind 14 unseen", id="at the limit after it"),
        pytest.param(LIMIT + UNSEEN - SECOND, "blind 14 unseen", id="a second too early"),
        pytest.param(LIMIT + UNSEEN, "breached 14 proven", id="at the limit after the count rose"),
    ],
)
def test_a_count_that_rose_unexplained_is_no_silence_until_the_limit_has_passed_again(
    now: datetime, expected: str
) -> None:
    assert verdict(counting(now), now) == expected


def test_it_says_when_that_is() -> None:
    for now, changes_at in ((LAST, LIMIT), (LIMIT + HOUR, LIMIT + UNSEEN)):
        assert assess(counting(now), POLICY, HOURS, now).changes_at == changes_at


def test_an_unseen_post_that_was_counted_before_the_last_one_does_not_matter() -> None:
    old = SourceMemory(tally=Tally(101, POSTED - DAY, unseen=1, risen_at=POSTED - HOUR))
    evidence = known(LIMIT, replace(source(LIMIT), memory=old))
    assert verdict(evidence, LIMIT) == "breached 14 proven"


ORIGINALS = replace(POLICY, originals_every=30 * DAY)
OVERDUE = POSTED + 30 * DAY


def reposting(
    now: datetime,
    original: datetime | None = POSTED,
    seen_to: datetime | None = None,
    failing: datetime | None = None,
) -> Evidence:
    """The evidence about an account that has reposted a day ago."""
    last = LastPost(now - DAY, "转发", "")
    first = LastPost(original, "通知", "") if original else None
    seen = (source(now, as_of=seen_to, failing_since=failing),)
    facts = AccountFacts("weibo", POSTED, last, last, seen, last_original=first)
    return gather(facts, ORIGINALS, None, now)


@pytest.mark.parametrize(
    ("now", "evidence", "expected"),
    [
        pytest.param(
            OVERDUE - SECOND, reposting(OVERDUE - SECOND), "fresh None young", id="not yet"
        ),
        pytest.param(OVERDUE, reposting(OVERDUE), "breached None originals", id="exactly then"),
        pytest.param(
            OVERDUE, reposting(OVERDUE, original=None), "breached None originals", id="none ever"
        ),
        pytest.param(
            OVERDUE,
            reposting(OVERDUE, seen_to=OVERDUE - HOUR),
            "fresh None young",
            id="no reading reaches that far yet",
        ),
        pytest.param(
            OVERDUE,
            replace(reposting(OVERDUE, failing=OVERDUE - HOUR), standing=False),
            "fresh None young",
            id="never while blind",
        ),
    ],
)
def test_an_account_that_only_reposts_is_over_its_own_limit(
    now: datetime, evidence: Evidence, expected: str
) -> None:
    assert verdict(evidence, now, ORIGINALS) == expected


def test_the_whole_assessment() -> None:
    now = at("03-14 08:00")
    assert assess(known(now), POLICY, HOURS, now) == Assessment(
        verdict=Verdict.LATE,
        reason=Basis.PROVEN,
        quiet_days=8,
        rung=7,
        changes_at=at("03-16 09:00"),
        breach_at=LIMIT,
        publish_by=date(2024, 3, 19),
        weak=False,
    )


@pytest.mark.parametrize(
    ("posted", "breached_at"),
    [
        pytest.param("2023-12-31 23:59:59", "2024-01-14 23:59:59", id="the year's last second"),
        pytest.param("2024-01-01 00:00:00", "2024-01-15 00:00:00", id="the year's first second"),
        pytest.param("2024-02-15 12:00:00", "2024-02-29 12:00:00", id="onto a leap day"),
        pytest.param("2024-02-29 12:00:00", "2024-03-14 12:00:00", id="from a leap day"),
    ],
)
def test_F21_the_limit_is_fourteen_times_24_hours(posted: str, breached_at: str) -> None:
    since, limit = at(posted), at(breached_at)
    before, on = known(limit - SECOND, posted=since), known(limit, posted=since)
    assert assess(before, POLICY, HOURS, limit - SECOND).verdict is Verdict.LATE
    assert assess(on, POLICY, HOURS, limit).verdict is Verdict.BREACHED
    assert assess(on, POLICY, HOURS, limit).breach_at == limit


def test_F24_the_policy_of_today_judges() -> None:
    now = at("03-14 09:00")
    assert verdict(known(now), now) == "late 7 proven"
    assert verdict(known(now), now, Policy("tight", ladder(3, 5, 7))) == "breached 7 proven"
    assert verdict(known(now), now, Policy("easy", ladder(20, 30))) == "fresh None young"


ORDER = [Verdict.FRESH, Verdict.LATE, Verdict.BREACHED]
minutes = st.integers(0, 40 * 24 * 60).map(lambda n: n * MINUTE)


@given(minutes, minutes)
def test_time_alone_never_makes_an_account_fresher(some: timedelta, more: timedelta) -> None:
    early, late = POSTED + some, POSTED + some + more
    verdicts = [assess(known(now), POLICY, HOURS, now).verdict for now in (early, late)]
    assert ORDER.index(verdicts[0]) <= ORDER.index(verdicts[1])


@given(minutes, minutes, minutes, minutes, st.booleans(), st.none() | minutes)
def test_a_newer_post_never_makes_an_account_staler(
    gap: timedelta,
    age: timedelta,
    read: timedelta,
    lag: timedelta,
    weak: bool,
    failing: timedelta | None,
) -> None:
    now = POSTED + gap + age
    seen = source(
        now - read,
        as_of=now - read - lag,
        failing_since=now - failing if failing is not None else None,
        weak=weak,
    )
    older = assess(known(now, seen), POLICY, HOURS, now)
    newer = assess(known(now, seen, posted=POSTED + gap), POLICY, HOURS, now)
    assert newer.quiet_days <= older.quiet_days
    if newer.verdict is Verdict.BREACHED:
        assert older.verdict is Verdict.BREACHED
    if newer.verdict is Verdict.LATE:
        assert older.verdict is not Verdict.FRESH
    if newer.verdict is Verdict.BLIND:
        assert older.verdict is not Verdict.FRESH


@given(minutes, minutes)
def test_the_verdict_changes_only_when_it_says_so(age: timedelta, more: timedelta) -> None:
    now = POSTED + age
    found = assess(known(now), POLICY, HOURS, now)
    later = now + more
    if found.changes_at is None or later < found.changes_at:
        after = assess(known(later), POLICY, HOURS, later)
        assert (after.verdict, after.rung) == (found.verdict, found.rung)
    else:
        assert shown(found.changes_at) is not None
        at_change = assess(known(found.changes_at), POLICY, HOURS, found.changes_at)
        assert at_change.rung != found.rung
