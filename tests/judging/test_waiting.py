"""Whose call waits for a reading is judged anew when something is stored, or after a while."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from alerts.delivery.outbox import Hold
from monitor.judging.accounts import Pass
from monitor.judging.cases import BY_THE_HOUR
from monitor.judging.situation import Situation, situation_of
from monitor.judging.waiting import AGAIN, Waiting
from monitor.model import AccountFacts, LastPost
from monitor.standing import ALWAYS, Standing
from monitor.store.protocols.standings import Kept
from tests.rule_values import ACCOUNTS, POSTED, at, register, source

NINE = at("03-13 09:00")
SECOND = timedelta(seconds=1)
RULES = register()


def situation(read_at: datetime) -> Situation:
    """Return that of an account whose first rung is passed at nine, read last at *read_at*."""
    facts = AccountFacts("weibo", POSTED, LastPost(POSTED, "", ""), sources=(source(read_at),))
    return situation_of(RULES, ACCOUNTS["weibo"], facts, {}, POSTED, NINE)


WAITS, READ = situation(at("03-13 08:00")), situation(NINE)


def due(**changes: int) -> Mapping[str, Kept]:
    return {account: Kept(Standing(ALWAYS), count) for account, count in changes.items()}


def made_at(now: datetime) -> Pass:
    return Pass(now, POSTED, RULES, {}, {}, {}, {})


@pytest.mark.parametrize(
    ("later", "asked", "as_before"),
    [
        pytest.param(SECOND, due(a=1, b=1), {"a", "b"}, id="nothing was stored of either"),
        pytest.param(SECOND, due(a=2, b=1), {"b"}, id="one was read"),
        pytest.param(SECOND, due(b=1, new=1), {"b"}, id="one is due no more, and another is"),
        pytest.param(SECOND, due(read=1), set(), id="what had been read is judged anew"),
        pytest.param(AGAIN - SECOND, due(a=1), {"a"}, id="a moment before patience may end"),
        pytest.param(AGAIN, due(a=1), set(), id="patience may have ended"),
        pytest.param(-SECOND, due(a=1), set(), id="the clock was set back"),
    ],
)
def test_what_waits_stays_as_it_was_until_something_is_stored(
    later: timedelta, asked: Mapping[str, Kept], as_before: set[str]
) -> None:
    waiting = Waiting()
    waiting.note({"a": WAITS, "b": WAITS, "read": READ}, due(a=1, b=1, read=1), made_at(NINE))
    judged, others = waiting.apart(asked, NINE + later)
    assert others.keys() == as_before
    assert judged.keys() == asked.keys() - as_before


def test_who_is_not_judged_anew_does_not_wait_longer_for_that() -> None:
    waiting = Waiting()
    both = {"a": WAITS, "b": WAITS}
    waiting.note(both, due(a=1, b=1), made_at(NINE))
    waiting.note(both, due(b=2), made_at(NINE + 6 * SECOND))
    _, others = waiting.apart(due(a=1, b=2), NINE + AGAIN)
    assert others.keys() == {"b"}


def test_who_was_called_waits_no_more_and_holds_nobody() -> None:
    waiting = Waiting()
    holds = []
    for now, one in ((NINE, WAITS), (NINE + SECOND, READ)):
        waiting.note({"a": one}, due(a=1), made_at(now))
        holds.append(waiting.hold)
    assert holds == [Hold(NINE, BY_THE_HOUR, frozenset({"zhang"})), None]
    assert waiting.apart(due(a=2), NINE + SECOND) == (due(a=2), {})
