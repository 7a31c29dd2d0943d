"""How far one mail has come: when it may be tried, what an attempt leaves, and that it is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery.outbox import LONGEST_WAIT
from alerts.message import DeliveryError, Failure
from alerts.model import Hours
from monitor.reports.mailing.state import (
    Mailing,
    Stage,
    begun,
    ended,
    key,
    mail_id,
    read,
    ready,
    written,
)
from tests.report_values import ZONE, at

NOW = at("2024-03-01T09:00")
HOURS = Hours(ZONE)
MINUTE = timedelta(minutes=1)
LATER = DeliveryError(Failure.LATER, "451 later")


def waiting(attempts: int = 1, until: datetime | None = NOW) -> Mailing:
    return Mailing(Stage.WAITING, attempts, until)


@pytest.mark.parametrize(
    ("known", "may"),
    [
        pytest.param(None, True, id="never begun"),
        pytest.param(waiting(), True, id="its wait ends now"),
        pytest.param(waiting(until=NOW + MINUTE), False, id="it waits"),
        pytest.param(waiting(until=NOW + LONGEST_WAIT + MINUTE), True, id="a clock that jumped"),
        pytest.param(Mailing(Stage.SENDING, 1, NOW + MINUTE), False, id="somebody is about it"),
        pytest.param(Mailing(Stage.SENDING, 1, NOW - MINUTE), True, id="somebody died over it"),
        pytest.param(Mailing(Stage.SENT, 1, sent_at=NOW), False, id="sent"),
        pytest.param(Mailing(Stage.SKIPPED), False, id="skipped"),
    ],
)
def test_when_an_attempt_may_be_made(known: Mailing | None, may: bool) -> None:
    assert ready(known, NOW) is may


def test_an_attempt_is_claimed_for_two_minutes_and_counted() -> None:
    first = begun(None, NOW)
    assert first == Mailing(Stage.SENDING, 1, NOW + 2 * MINUTE)
    assert begun(first, NOW + 2 * MINUTE) == Mailing(
        Stage.SENDING, 2, NOW + 4 * MINUTE, resent=True
    )


@pytest.mark.parametrize(
    ("attempts", "error", "minutes"),
    [
        pytest.param(1, LATER, 0.5, id="first"),
        pytest.param(4, LATER, 4, id="doubling"),
        pytest.param(30, LATER, 60, id="at most an hour"),
        pytest.param(1, DeliveryError(Failure.LATER, "x", timedelta(minutes=7)), 7, id="as asked"),
        pytest.param(1, DeliveryError(Failure.LATER, "x", timedelta(days=9)), 60, id="but an hour"),
        pytest.param(1, DeliveryError(Failure.CHANNEL, "535"), 60, id="our key is refused"),
        pytest.param(1, DeliveryError(Failure.ADDRESS, "550"), 360, id="the address is refused"),
        pytest.param(1, DeliveryError(Failure.MESSAGE, "554"), 360, id="the mail is refused"),
    ],
)
def test_how_long_it_waits_after_a_failure(
    attempts: int, error: DeliveryError, minutes: float
) -> None:
    after = ended(Mailing(Stage.SENDING, attempts, NOW), error, HOURS, NOW)
    assert after == Mailing(
        Stage.WAITING, attempts, NOW + timedelta(minutes=minutes), error=error.detail
    )


def test_a_wait_that_ends_at_night_ends_in_the_morning() -> None:
    late = at("2024-03-01T21:59:45")
    after = ended(begun(None, late), LATER, HOURS, late)
    assert after.until == at("2024-03-02T07:00")


@pytest.mark.parametrize(("before", "doubtful"), [(True, False), (False, True), (True, True)])
def test_a_doubt_whether_it_arrived_stays(before: bool, doubtful: bool) -> None:
    error = DeliveryError(Failure.LATER, "no answer within 45 s", doubtful=doubtful)
    after = ended(Mailing(Stage.SENDING, 2, NOW, resent=before), error, HOURS, NOW)
    assert after.resent is True
    assert begun(after, NOW).resent is True


def test_what_was_accepted_is_over() -> None:
    after = ended(Mailing(Stage.SENDING, 3, NOW, error="451", resent=True), None, HOURS, NOW)
    assert after == Mailing(Stage.SENT, 3, sent_at=NOW, resent=True)
    assert ready(after, NOW + timedelta(days=400)) is False


INSTANTS = st.none() | st.datetimes(
    min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1), timezones=st.just(ZONE)
)


@given(
    st.builds(
        Mailing,
        st.sampled_from(Stage),
        st.integers(0, 99),
        INSTANTS,
        INSTANTS,
        st.none() | st.text(),
        st.booleans(),
    )
)
def test_what_is_written_can_be_read(mailing: Mailing) -> None:
    assert read(written(mailing)) == mailing


def test_the_key_and_the_id_are_of_month_and_person_alone() -> None:
    assert key(2024, 2, "wang") == "monthly:2024-02:wang"
    ids = {mail_id(y, m, p, "anshan.test") for y in (2023, 2024) for m in (1, 2) for p in "ab"}
    assert len(ids) == 8
    assert mail_id(2024, 2, "王 <x>", "anshan.test") == mail_id(2024, 2, "王 <x>", "anshan.test")
    assert mail_id(2024, 2, "王 <x>", "anshan.test").isascii()
