"""What became of the silences that people were told about."""

from dataclasses import replace
from datetime import datetime

import pytest

from alerts.model import (
    Acknowledgement,
    Alert,
    Event,
    Facts,
    Kind,
    Notice,
    NoticeState,
    Promise,
    Reason,
)
from alerts.outcomes import Outcomes, by_account, outcomes
from tests.rule_values import HOUR, MINUTE, at

MARCH, APRIL = at("03-01 00:00"), at("04-01 00:00")
OPENED = at("03-13 09:00")
ALERT = Alert(
    Kind.SILENCE, "weibo", OPENED, at("03-06 10:00"), id=1, rung=7, told=frozenset({"rung:7"})
)
POSTED = replace(ALERT, resolved_at=OPENED + 30 * HOUR, resolution=Reason.POSTED)
NOTHING = Outcomes(0, 0, 0, None, 0)


def notice(
    alert: int = 1,
    person: str = "zhang",
    sent_at: datetime | None = OPENED + MINUTE,
    state: NoticeState = NoticeState.SENT,
    reason: Reason = Reason.RUNG,
    post_at: datetime | None = None,
) -> Notice:
    ended = reason is Reason.POSTED
    return Notice(
        f"{alert}-{person}-{reason}",
        alert,
        Kind.SILENCE,
        "weibo",
        "rung:7",
        reason,
        Event.RESOLVED if ended else Event.ALERT,
        None if ended else 7,
        person,
        "wecom",
        person,
        Facts("鞍山民政", post_at=post_at),
        OPENED,
        OPENED,
        state,
        1,
        sent_at=sent_at,
    )


END = notice(reason=Reason.POSTED, post_at=OPENED + 24 * HOUR + MINUTE)
TOLD, ALSO = notice(), notice(person="li", sent_at=OPENED + 61 * MINUTE)


@pytest.mark.parametrize(
    ("alerts", "notices", "expected"),
    [
        pytest.param([], [], NOTHING, id="nothing happened"),
        pytest.param([ALERT], [], Outcomes(1, 0, 0, None, 0), id="nobody was reached yet"),
        pytest.param([ALERT], [TOLD, ALSO], Outcomes(1, 2, 0, None, 0), id="two were told"),
        pytest.param(
            [ALERT],
            [replace(TOLD, state=NoticeState.RETRYING, sent_at=None)],
            Outcomes(1, 0, 0, None, 0),
            id="what is under way has not arrived",
        ),
        pytest.param(
            [POSTED],
            [TOLD, ALSO, END],
            Outcomes(1, 2, 0, 24.0, 0),
            id="a post a day after the first message",
        ),
        pytest.param(
            [POSTED],
            [TOLD],
            Outcomes(1, 1, 0, 30.0, 0),
            id="the post's own time is not known: when it was seen",
        ),
        pytest.param(
            [POSTED],
            [TOLD, replace(END, facts=Facts("", post_at=OPENED))],
            Outcomes(1, 1, 0, None, 0),
            id="the post was there before the message",
        ),
        pytest.param(
            [replace(POSTED, resolution=Reason.EXCEPTION)],
            [TOLD],
            Outcomes(1, 1, 0, None, 0),
            id="it ended without a post",
        ),
        pytest.param(
            [replace(ALERT, acknowledged=Acknowledgement("zhang", OPENED))],
            [TOLD],
            Outcomes(1, 1, 1, None, 0),
            id="acknowledged",
        ),
        pytest.param(
            [
                replace(
                    ALERT,
                    acknowledged=Acknowledgement("zhang", OPENED),
                    promise=Promise("zhang", OPENED, APRIL),
                )
            ],
            [],
            Outcomes(1, 0, 1, None, 0),
            id="promised as well: answered once",
        ),
        pytest.param(
            [replace(ALERT, told=frozenset({"rung:7", "breach"}))],
            [],
            Outcomes(1, 0, 0, None, 1),
            id="the limit passed",
        ),
        pytest.param(
            [replace(ALERT, kind=Kind.GATEWAY)],
            [TOLD],
            NOTHING,
            id="a gateway's trouble is nobody's silence",
        ),
        pytest.param(
            [replace(ALERT, opened_at=MARCH)],
            [],
            Outcomes(1, 0, 0, None, 0),
            id="the first instant belongs to the month",
        ),
        pytest.param([replace(ALERT, opened_at=APRIL)], [], NOTHING, id="the last one does not"),
        pytest.param(
            [ALERT], [notice(alert=2)], Outcomes(1, 0, 0, None, 0), id="messages of another alert"
        ),
    ],
)
def test_outcomes(alerts: list[Alert], notices: list[Notice], expected: Outcomes) -> None:
    assert outcomes(alerts, notices, MARCH, APRIL) == expected


def test_the_median_is_that_of_the_silences_that_a_post_ended() -> None:
    waits = {1: 2, 2: 10, 3: 100}
    alerts = [
        replace(POSTED, id=n, resolved_at=OPENED + hours * HOUR + MINUTE)
        for n, hours in waits.items()
    ]
    found = outcomes([*alerts, ALERT], [notice(alert=n) for n in waits], MARCH, APRIL)
    assert found.median_hours_to_post == 10.0


def test_each_account_by_itself() -> None:
    other = replace(ALERT, id=2, subject="wechat", told=frozenset({"breach"}))
    found = by_account([ALERT, other], [TOLD, notice(alert=2)], MARCH, APRIL)
    assert found == {
        "wechat": Outcomes(1, 1, 0, None, 1),
        "weibo": Outcomes(1, 1, 0, None, 0),
    }
