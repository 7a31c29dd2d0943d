"""What a year's figures rest on, as it is told month by month."""

from datetime import datetime

import pytest

from monitor.ledger.coverage import Span
from monitor.ledger.totals import Rows, totals
from monitor.reports.year.evidence import evidence, evidence_text
from tests.report_values import AFTER, CHINESE, MZ_WEIBO, YEAR, ZONE, at, ledger, post

FROM_MARCH = ledger(
    post("2024-04-10T10:00"), covered=(Span(at("2024-03-10T00:00"), at("2024-12-31T23:59:59")),)
)
UNSEEN = [f"2024-0{month}：未知" for month in (1, 2, 3)]


def months(rows: Rows, now: datetime) -> list[str]:
    """Return the lines of the months that *rows* give at *now*."""
    found = totals(rows, YEAR, now, ZONE)
    made = evidence(2024, MZ_WEIBO, rows, found, (), (), {}, YEAR, now, ZONE)
    lines = evidence_text(made, CHINESE).splitlines()
    return [line for line in lines if line.startswith("2024-")]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(
            AFTER,
            [*UNSEEN, "2024-04：1条", "2024-05：0条"],
            id="months before the watch, and the one in which it began, are not 0",
        ),
        pytest.param(
            at("2024-04-20T09:00"),
            [*UNSEEN, "2024-04：1条（截至2024年4月20日（周六）09:00）"],
            id="months ahead are none at all",
        ),
        pytest.param(
            at("2024-05-01T02:29"),
            [*UNSEEN, "2024-04：1条", "2024-05：0条（截至2024年5月1日（周三）02:29）"],
            id="the first hours of a month without a post are not the month",
        ),
    ],
)
def test_F79_what_was_not_seen_is_not_called_0(now: datetime, expected: list[str]) -> None:
    assert months(FROM_MARCH, now)[: len(expected)] == expected
    assert len(months(FROM_MARCH, now)) == (12 if now == AFTER else now.astimezone(ZONE).month)


def test_a_month_with_a_gap_is_a_lower_bound() -> None:
    rows = ledger(post("2024-03-20T10:00"), covered=FROM_MARCH.covered)
    assert months(rows, AFTER)[2] == "2024-03：不少于1条"
