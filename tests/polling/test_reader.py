"""When a reading must not be answerable by a cache in between: once a day, and when it decides."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.model import AccountFacts, LastPost, SourceState
from monitor.polling.reader import ReadJob, unconditional
from tests.rule_values import (
    ACCOUNTS,
    DAY,
    HOUR,
    LIMIT,
    MINUTE,
    POLICY,
    POSTED,
    WEIBO,
    at,
    register,
)

LAST_RUNG = at("03-19 09:00")
RULES = register()
MIDNIGHT = POSTED.replace(hour=0, minute=0, second=0)  # where the first source's day begins


def asked(last: datetime | None, now: datetime) -> bool:
    """Return whether the reading at *now* is unconditional, the newest such one being *last*."""
    state = SourceState(WEIBO, unconditional_at=last)
    facts = AccountFacts("weibo", POSTED, LastPost(POSTED, "", ""), sources=(state,))
    return unconditional(ReadJob(ACCOUNTS["weibo"], state, facts, False), POLICY, RULES, now)


@pytest.mark.parametrize(
    ("last", "now", "expected"),
    [
        pytest.param(None, POSTED, True, id="never so far"),
        pytest.param(MIDNIGHT, MIDNIGHT + DAY - MINUTE, False, id="less than a day ago"),
        pytest.param(MIDNIGHT - MINUTE, MIDNIGHT, True, id="its place in the day has come"),
        pytest.param(POSTED, POSTED + DAY, True, id="a day ago"),
        pytest.param(POSTED + HOUR, POSTED, True, id="by a clock that was ahead"),
        pytest.param(LAST_RUNG - HOUR, LAST_RUNG - MINUTE, False, id="just before the last rung"),
        pytest.param(LAST_RUNG - HOUR, LAST_RUNG, True, id="at the last rung"),
        pytest.param(LAST_RUNG, LAST_RUNG + HOUR, False, id="the last rung is proven"),
        pytest.param(LIMIT - HOUR, LIMIT - MINUTE, False, id="just before the limit"),
        pytest.param(LIMIT - HOUR, LIMIT, True, id="at the limit"),
        pytest.param(LIMIT - HOUR, LIMIT + 5 * HOUR, True, id="the first after the limit"),
        pytest.param(LIMIT, LIMIT + HOUR, False, id="the breach is proven"),
        pytest.param(
            at("03-13 08:00"), at("03-13 10:00"), False, id="a lower rung is no such decision"
        ),
    ],
)
def test_F26_what_decides_is_asked_past_every_cache(
    last: datetime | None, now: datetime, expected: bool
) -> None:
    assert asked(last, now) is expected


def test_F26_an_account_that_never_posted_is_judged_by_since_when_it_is_watched() -> None:
    state = SourceState(WEIBO, unconditional_at=LIMIT - HOUR)
    facts = AccountFacts("weibo", POSTED, sources=(state,))
    job = ReadJob(ACCOUNTS["weibo"], state, facts, False)
    assert unconditional(job, POLICY, RULES, LIMIT)
    later = replace(job, facts=replace(facts, watched_since=POSTED + timedelta(days=1)))
    assert not unconditional(later, POLICY, RULES, LIMIT)
