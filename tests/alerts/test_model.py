"""Values that outlive the version that made them."""

from datetime import datetime

import pytest

from alerts.model import NoticeState, notice_id
from alerts.occasion import occasion_of
from tests.rule_values import HOUR
from tests.store_values import NOON, notice, silence


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        pytest.param(
            (7, "rung:12", "zhang", "wecom"),
            "e21226dd-8559-519b-b3f1-390a0e0f56f8",
            id="a call of an alert",
        ),
        pytest.param(
            (0, "shift:2024-02-05:li", "li", "mail"),
            "51ca52ea-30c4-5131-b001-4534bb000b51",
            id="a summary, which belongs to no alert",
        ),
        pytest.param(
            (3, "end", "王五", "telegram"),
            "56af3ecd-1389-5190-9ee1-56ed8b2fc78e",
            id="an end, to somebody whose id is Chinese",
        ),
    ],
)
def test_a_notice_keeps_its_id_over_versions(
    about: tuple[int, str, str, str], expected: str
) -> None:
    alert, occasion, person, channel = about
    assert notice_id(alert, occasion_of(occasion), person, channel) == expected


@pytest.mark.parametrize(
    ("state", "not_before", "expected"),
    [
        pytest.param(NoticeState.PENDING, NOON, None, id="one that may go at once does not wait"),
        pytest.param(
            NoticeState.PENDING, NOON + HOUR, NOON + HOUR, id="quiet hours hold it back until then"
        ),
        pytest.param(
            NoticeState.RETRYING, NOON + HOUR, NOON + HOUR, id="what failed waits for its next try"
        ),
        pytest.param(NoticeState.SENT, NOON + HOUR, None, id="what was sent waits no more"),
        pytest.param(NoticeState.WITHDRAWN, NOON + HOUR, None, id="what was withdrawn never goes"),
    ],
)
def test_a_notice_says_until_when_it_is_held_back(
    state: NoticeState, not_before: datetime, expected: datetime | None
) -> None:
    made = notice(silence(), state=state, not_before=not_before)
    assert made.waits_until == expected
