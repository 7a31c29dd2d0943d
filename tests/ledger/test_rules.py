"""Policies are written down so that what was in force is known years later."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.model import Ladder, Rung
from monitor.ledger.lapses import Limit, always
from monitor.ledger.records import PolicyChange
from monitor.ledger.rules import Rule, limits, reposts_counted, rules, written
from monitor.policy import Policy
from tests.report_values import DAY, FORTNIGHT, POLICY, at

THEN, LATER, NOW = at("2024-01-01"), at("2024-06-01"), at("2025-01-01")
WEEKLY = Policy("weekly", Ladder(7 * DAY, (Rung(7, ("duty",)),)), count_reposts=False)


def test_a_policy_is_written_with_its_lengths_in_seconds() -> None:
    said = written(replace(POLICY, originals_every=30 * DAY))
    assert said == (
        '{"count_reposts":true,"every_day":false,"ladder":[[7,["custodian"]],[14,["duty"]]],'
        '"limit":1209600,"originals_every":2592000,"policy":"default","read_at_most_every":21600}'
    )


# As it was kept by the first versions of the program.
REPR = (
    "strict: Policy(name='strict', ladder=Ladder(limit=datetime.timedelta(days=10), "
    "rungs=(Rung(days=10, tell=('duty',)),), every_day=False), count_reposts=False, "
    "originals_every=None, read_at_most_every=datetime.timedelta(seconds=21600))"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(written(WEEKLY), Rule(THEN, "weekly", 7 * DAY, False), id="as it is written"),
        pytest.param(REPR, Rule(THEN, "strict", 10 * DAY, False), id="as it was written once"),
        pytest.param(
            REPR.replace("days=10)", "days=1, seconds=7)"),
            Rule(THEN, "strict", timedelta(days=1, seconds=7), False),
            id="days and seconds",
        ),
        pytest.param(
            "14 days", Rule(THEN, "default", FORTNIGHT, True), id="text that says nothing"
        ),
        pytest.param("[14]", Rule(THEN, "default", FORTNIGHT, True), id="JSON of another kind"),
        pytest.param(
            '{"limit": true, "count_reposts": 1}',
            Rule(THEN, "default", FORTNIGHT, True),
            id="values of another kind",
        ),
        pytest.param(
            '{"limit": -5}', Rule(THEN, "default", FORTNIGHT, True), id="a limit below zero"
        ),
    ],
)
def test_what_was_in_force_is_read_back(text: str, expected: Rule) -> None:
    assert rules([PolicyChange(THEN, text)], POLICY) == [expected]


def test_a_change_of_something_else_makes_no_new_rule() -> None:
    slower = replace(POLICY, read_at_most_every=12 * timedelta(hours=1))
    history = [PolicyChange(THEN, written(POLICY)), PolicyChange(LATER, written(slower))]
    assert rules(history, POLICY) == [Rule(THEN, "default", FORTNIGHT, True)]


def test_a_lapse_is_judged_by_the_limit_in_force_then() -> None:
    history = [PolicyChange(THEN, written(POLICY)), PolicyChange(LATER, written(WEEKLY))]
    known = rules(history, WEEKLY)
    assert limits(known, WEEKLY) == [Limit(THEN, FORTNIGHT), Limit(LATER, 7 * DAY)]
    assert limits([], WEEKLY) == always(7 * DAY)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        pytest.param(THEN - DAY, True, id="before the first rule: as the first has it"),
        pytest.param(LATER - DAY, True, id="before the change"),
        pytest.param(LATER, False, id="from the change on"),
    ],
)
def test_whether_reposts_counted_at_an_instant(moment: object, expected: bool) -> None:
    history = [PolicyChange(THEN, written(POLICY)), PolicyChange(LATER, written(WEEKLY))]
    assert reposts_counted(rules(history, POLICY), moment, POLICY) is expected  # type: ignore[arg-type]


def test_without_history_reposts_count_as_they_do_now() -> None:
    assert [reposts_counted([], NOW, one) for one in (POLICY, WEEKLY)] == [True, False]
