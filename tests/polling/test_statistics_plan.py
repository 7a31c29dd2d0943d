"""Which past days are asked about, when, and what an answer means for the next question."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from monitor.counted import DayCount
from monitor.ledger.records import KnownDay
from monitor.model import GatewayState, Outcome, SourceState
from monitor.polling.statistics_plan import AGAIN, answered, askable, due, identified, may_ask
from monitor.sources.base import NotAvailable
from tests.rule_values import DAY, HOUR, MINUTE, WECHAT, at

NOW = at("03-18 10:00")
WELL = GatewayState("wechat")
WEEK = [date(2024, 3, n) for n in (17, 16, 15, 14, 13, 12, 11)]


def known(day: int, asked: datetime) -> KnownDay:
    return KnownDay("wechat", DayCount(date(2024, 3, day), 1), "s", asked, asked)


@pytest.mark.parametrize(
    ("now", "days"),
    [
        pytest.param(at("03-18 09:59"), [], id="before ten nothing is final"),
        pytest.param(at("03-18 10:00"), WEEK, id="from ten on, the newest day first"),
        pytest.param(at("03-18 23:59"), WEEK, id="until the day is over"),
    ],
)
def test_the_week_before_is_asked_about_from_ten_on(now: datetime, days: list[date]) -> None:
    assert list(askable(now)) == days


EARLIER = [known(day, at(f"03-{day + 2} 10:00")) for day in range(8, 16)]


@pytest.mark.parametrize(
    ("told", "days"),
    [
        pytest.param([], [17, 16, 15, 14, 13, 12, 11], id="nothing was ever told"),
        pytest.param(
            [*EARLIER, known(16, at("03-17 10:00"))],
            [17, 16],
            id="yesterday, and the day before once more",
        ),
        pytest.param(
            [*EARLIER, known(16, at("03-18 10:00"))], [17], id="asked about once more by now"
        ),
        pytest.param([*EARLIER, known(16, NOW), known(17, NOW)], [], id="all done for today"),
        pytest.param(
            [known(15, NOW - DAY), known(16, NOW), known(17, NOW)],
            [14, 13, 12, 11],
            id="after an outage what was never asked about",
        ),
        pytest.param(
            [*EARLIER[:-1], known(15, NOW + HOUR), known(16, NOW), known(17, NOW)],
            [15],
            id="an answer from the future proves nothing",
        ),
    ],
)
def test_days_that_are_due(told: list[KnownDay], days: list[int]) -> None:
    assert [day.day for day in due(told, NOW)] == days


@pytest.mark.parametrize(
    ("gateway", "asks"),
    [
        pytest.param(None, False, id="never heard of"),
        pytest.param(WELL, True, id="well"),
        pytest.param(replace(WELL, healthy=False), False, id="unhealthy: readings probe it"),
        pytest.param(replace(WELL, not_before=NOW + MINUTE), False, id="it rests"),
        pytest.param(replace(WELL, not_before=NOW), True, id="it has rested"),
        pytest.param(replace(WELL, days_not_before=NOW + MINUTE), False, id="not asked again yet"),
        pytest.param(replace(WELL, days_not_before=NOW), True, id="asked again"),
        pytest.param(replace(WELL, days_not_before=NOW + 3 * DAY), True, id="a clock set back"),
    ],
)
def test_a_gateway_that_rests_is_not_asked(gateway: GatewayState | None, asks: bool) -> None:
    assert may_ask(gateway, NOW) is asks


@pytest.mark.parametrize(
    ("outcome", "asks"),
    [
        pytest.param(Outcome.OK, True, id="read well"),
        pytest.param(Outcome.EMPTY, True, id="all was mass-sent, so its list is empty"),
        pytest.param(Outcome.WRONG_ACCOUNT, False, id="another account's key"),
        pytest.param(None, False, id="never read"),
    ],
)
def test_only_the_accounts_own_source_is_asked(outcome: Outcome | None, asks: bool) -> None:
    assert identified(SourceState(WECHAT, last_outcome=outcome)) is asks


DAY_17 = WEEK[0]
EARLY, REFUSED = (
    NotAvailable("not final", early=True),
    NotAvailable("WeChat says 48001: no permission"),
)
TOLD_OFF = replace(
    WELL,
    days_not_before=NOW + AGAIN,
    days_refusal="statistics not told for 2024-03-17: WeChat says 48001: no permission",
)


@pytest.mark.parametrize(
    ("untold", "after"),
    [
        pytest.param({}, WELL, id="all told"),
        pytest.param(
            {DAY_17: EARLY}, replace(WELL, days_not_before=NOW + AGAIN), id="not final: no refusal"
        ),
        pytest.param({DAY_17: REFUSED}, TOLD_OFF, id="refused: the operator reads why"),
        pytest.param(
            {DAY_17: replace(REFUSED, retry_after=14 * HOUR)},
            replace(TOLD_OFF, days_not_before=NOW + 14 * HOUR),
            id="it asked for more rest",
        ),
        pytest.param(
            {DAY_17: replace(REFUSED, retry_after=MINUTE)}, TOLD_OFF, id="it asked for less"
        ),
    ],
)
def test_what_an_answer_means(untold: dict[date, NotAvailable], after: GatewayState) -> None:
    assert answered(TOLD_OFF, untold, NOW) == after


@pytest.mark.parametrize(
    ("answer", "questions"),
    [
        pytest.param(DayCount(DAY_17, 1), 2, id="told: two a day"),
        pytest.param(EARLY, 28, id="never final: four times the week"),
        pytest.param(REFUSED, 4, id="refused: four a day, however many days wait"),
    ],
)
def test_what_a_day_costs(answer: DayCount | NotAvailable, questions: int) -> None:
    """A month of passes every five minutes, as the service makes them."""
    told: dict[date, KnownDay] = {}
    gateway, asked = WELL, Counter[date]()
    for n in range(30 * 288):
        now = NOW + n * timedelta(minutes=5)
        if not may_ask(gateway, now) or not (days := due(list(told.values()), now)):
            continue
        untold: dict[date, NotAvailable] = {}
        for day in days:
            asked[now.date()] += 1
            if isinstance(answer, DayCount):
                told[day] = KnownDay("a", replace(answer, day=day), "s", now, now)
            else:
                untold[day] = answer
            if answer is REFUSED:
                break
        gateway = answered(gateway, untold, now)
    assert {asked[(NOW + n * DAY).date()] for n in range(2, 29)} == {questions}
