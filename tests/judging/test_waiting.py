"""Whose call waits for a reading is judged anew when something is stored, or after a while."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from monitor.judging.situation import Situation, situation_of
from monitor.judging.waiting import AGAIN, Waiting
from monitor.model import AccountFacts, LastPost
from monitor.standing import ALWAYS, Standing
from monitor.store.protocols.standings import Kept
from tests.rule_values import ACCOUNTS, POSTED, at, register

NINE = at("03-13 09:00")
SECOND = timedelta(seconds=1)
FACTS = AccountFacts("weibo", POSTED, LastPost(POSTED, "", ""))
ONE: Situation = situation_of(register(), ACCOUNTS["weibo"], FACTS, {}, None, NINE)


def due(**changes: int) -> Mapping[str, Kept]:
    return {account: Kept(Standing(ALWAYS), count) for account, count in changes.items()}


@pytest.mark.parametrize(
    ("later", "asked", "as_before"),
    [
        pytest.param(SECOND, due(a=1, b=1), {"a", "b"}, id="nothing was stored of either"),
        pytest.param(SECOND, due(a=2, b=1), {"b"}, id="one was read"),
        pytest.param(SECOND, due(b=1, c=1), {"b"}, id="one is due no more, and another is"),
        pytest.param(AGAIN - SECOND, due(a=1), {"a"}, id="a moment before patience may end"),
        pytest.param(AGAIN, due(a=1), set(), id="patience may have ended"),
        pytest.param(-SECOND, due(a=1), set(), id="the clock was set back"),
    ],
)
def test_what_waits_stays_as_it_was_until_something_is_stored(
    later: timedelta, asked: Mapping[str, Kept], as_before: set[str]
) -> None:
    waiting = Waiting()
    waiting.note({"a": ONE, "b": ONE}, due(a=1, b=1, other=1), NINE)
    assert waiting.as_before(asked, NINE + later).keys() == as_before


def test_who_is_not_judged_anew_waits_no_longer_for_that() -> None:
    waiting = Waiting()
    waiting.note({"a": ONE, "b": ONE}, due(a=1, b=1), NINE)
    waiting.note({"a": ONE, "b": ONE}, due(b=2), NINE + 6 * SECOND)
    later = waiting.as_before(due(a=1, b=2), NINE + AGAIN)
    assert later.keys() == {"b"}


def test_who_was_called_waits_no_more() -> None:
    waiting = Waiting()
    waiting.note({"a": ONE}, due(a=1), NINE)
    waiting.note({}, due(), NINE + SECOND)
    assert waiting.as_before(due(a=1), NINE + SECOND) == {}
