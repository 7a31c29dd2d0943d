"""How long a server asks to wait, in any of the ways in which servers say it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.common.retry_after import retry_after

NOW = datetime(2024, 2, 19, 1, tzinfo=UTC)
MOST = timedelta(hours=6)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        pytest.param("120", timedelta(minutes=2), id="seconds"),
        pytest.param(" 120 ", timedelta(minutes=2), id="seconds with blanks"),
        pytest.param("0", timedelta(0), id="at once"),
        pytest.param("１２", timedelta(seconds=12), id="digits of another script"),
        pytest.param("Mon, 19 Feb 2024 01:05:00 GMT", timedelta(minutes=5), id="a date"),
        pytest.param("Mon, 19 Feb 2024 09:05:00 +0800", timedelta(minutes=5), id="with a zone"),
        pytest.param("Mon, 19 Feb 2024 01:05:00", timedelta(minutes=5), id="no zone: GMT"),
        pytest.param("Mon, 19 Feb 2024 00:05:00 GMT", timedelta(0), id="the past"),
        pytest.param("Thu, 21 Mar 2024 01:05:00 GMT", MOST, id="31 days ahead"),
        pytest.param("9" * 400, MOST, id="absurd"),
        pytest.param("-5", None, id="negative"),
        pytest.param("soon", None, id="no date"),
        pytest.param("Mon, 99 Feb 2024 01:05:00 GMT", None, id="no such day"),
        pytest.param("", None, id="empty"),
        pytest.param(None, None, id="absent"),
    ],
)
def test_F27_retry_after_is_read_as_written(value: str | None, wait: timedelta | None) -> None:
    assert retry_after(value, MOST, NOW) == wait


@given(st.text())
def test_any_retry_after_is_a_wait_within_bounds_or_none(value: str) -> None:
    wait = retry_after(value, MOST, NOW)
    assert wait is None or timedelta(0) <= wait <= MOST
