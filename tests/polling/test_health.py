"""A gateway is unhealthy when no source was read well since its oldest running failure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import AccountFacts, GatewayState, Outcome, SourceSpec, SourceState
from monitor.polling.health import (
    backed_off,
    judged,
    patient_since,
    probe,
    readable,
    resting,
    shadowed,
)

NOW = datetime(2024, 2, 8, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def source(
    name: str,
    good: int | None = None,
    failing: int | None = None,
    tried: int = 0,
    outcome: Outcome = Outcome.TRANSPORT,
) -> SourceState:
    """Build a source: last good, failing since and last tried, in minutes before NOW."""
    return SourceState(
        spec=SourceSpec(name, f"account-{name}", "g", name),
        last_tried_at=NOW - tried * MINUTE,
        last_outcome=outcome if failing is not None else Outcome.OK,
        last_good_at=None if good is None else NOW - good * MINUTE,
        failing_since=None if failing is None else NOW - failing * MINUTE,
        failures=0 if failing is None else 3,
    )


@pytest.mark.parametrize(
    ("sources", "healthy"),
    [
        pytest.param([], True, id="nothing was tried yet"),
        pytest.param([source("a", good=1)], True, id="read well"),
        pytest.param([source("a", good=90, failing=30)], False, id="the only source fails"),
        pytest.param([source("a", failing=30)], False, id="never read well"),
        pytest.param(
            [source("a", good=5, tried=5), source("b", good=90, failing=30)],
            True,
            id="another was read well since: the account is to blame",
        ),
        pytest.param(
            [source("a", good=40, tried=40), source("b", good=90, failing=30)],
            False,
            id="the other was read well before the failure began: it proves nothing",
        ),
        pytest.param(
            [source("a", good=90, failing=30, outcome=Outcome.EMPTY)],
            True,
            id="an empty window is the account's own trouble",
        ),
        pytest.param(
            [source(n, good=90, failing=30, outcome=Outcome.EMPTY) for n in "ab"],
            False,
            id="F16: empty windows all around are a soft block",
        ),
        pytest.param(
            [source(n, good=90, failing=30, outcome=Outcome.WRONG_ACCOUNT) for n in "ab"],
            False,
            id="F16: all are redirected to one login page",
        ),
        pytest.param(
            [source(n, good=90, failing=30, outcome=Outcome.EMPTY) for n in "ab"]
            + [source("c", good=20, tried=20)],
            True,
            id="another was read well since they were empty",
        ),
        pytest.param(
            [source(n, good=90, failing=30, outcome=Outcome.SHRUNKEN) for n in "ab"],
            True,
            id="posts taken down are the accounts' own doing, however many",
        ),
    ],
)
def test_judged(sources: list[SourceState], healthy: bool) -> None:
    assert judged("g", sources, None, NOW).healthy is healthy


def test_a_failing_gateway_tells_since_when_and_why() -> None:
    after = judged("g", [source("a", good=90, failing=30), source("b", failing=20)], None, NOW)
    assert after.failing_since == NOW - 30 * MINUTE
    assert after.last_outcome is Outcome.TRANSPORT
    assert after.last_pulse_at == NOW - 90 * MINUTE


@pytest.mark.parametrize(
    ("before", "well_since"),
    [
        pytest.param(GatewayState("g", False, NOW - 90 * MINUTE, 3), NOW, id="an outage is over"),
        pytest.param(GatewayState("g", False, NOW - 5 * MINUTE, 1), None, id="cleared at once"),
        pytest.param(
            GatewayState("g", False, NOW - MINUTE, 1, well_since=NOW - 60 * MINUTE),
            NOW - 60 * MINUTE,
            id="cleared at once, an hour after an outage",
        ),
        pytest.param(GatewayState("g"), None, id="it never failed"),
        pytest.param(
            GatewayState("g", well_since=NOW - MINUTE), NOW - MINUTE, id="it goes on being well"
        ),
    ],
)
def test_since_when_a_gateway_is_well_again(
    before: GatewayState, well_since: datetime | None
) -> None:
    assert judged("g", [source("a", good=0)], before, NOW).well_since == well_since


def test_after_a_gateways_outage_nobody_is_told_as_blind_before_being_read_again() -> None:
    facts = AccountFacts("x", NOW, sources=(source("a"), source("b")))
    well = GatewayState("g", well_since=NOW - MINUTE)
    assert patient_since(facts, {"g": well}, NOW - 90 * MINUTE) == NOW - MINUTE
    assert patient_since(facts, {"g": well}, NOW) == NOW
    assert patient_since(facts, {"g": GatewayState("g")}, NOW - MINUTE) == NOW - MINUTE
    assert patient_since(facts, {"g": well}, None) is None


def test_a_good_reading_that_lies_ahead_proves_nothing() -> None:
    assert not judged("g", [source("a", good=-60, failing=30)], None, NOW).healthy


@pytest.mark.parametrize(
    ("state", "asked", "rest"),
    [
        pytest.param(GatewayState("g"), None, None, id="healthy and nothing asked"),
        pytest.param(GatewayState("g"), 5 * MINUTE, 5 * MINUTE, id="Retry-After is respected"),
        pytest.param(GatewayState("g", False, NOW, 1), None, MINUTE, id="backs off a minute"),
        pytest.param(
            GatewayState("g", False, NOW, 99), None, 30 * MINUTE, id="at most half an hour"
        ),
        pytest.param(GatewayState("g", False, NOW, 1), 9 * MINUTE, 9 * MINUTE, id="the longer one"),
    ],
)
def test_backed_off(state: GatewayState, asked: timedelta | None, rest: timedelta | None) -> None:
    assert backed_off(state, asked, NOW).not_before == (NOW + rest if rest else None)


def test_a_resting_gateway_is_left_alone_and_an_unhealthy_one_probed() -> None:
    due = [source("a"), source("b"), source("c")]
    assert list(readable(None, due, NOW)) == due
    assert list(readable(GatewayState("g", not_before=NOW + MINUTE), due, NOW)) == []
    assert list(readable(GatewayState("g", not_before=NOW), due, NOW)) == due
    assert list(readable(GatewayState("g", healthy=False), due, NOW)) == due[:1]


def test_the_probe_of_an_unhealthy_gateway_is_overdue_longest_whatever_is_decisive() -> None:
    rung = replace(source("a"), next_read_at=NOW, decisive_at=NOW)
    late, new = replace(source("b"), next_read_at=NOW - MINUTE), source("c")
    ill = GatewayState("g", healthy=False)
    assert list(readable(ill, [rung, late], NOW)) == [late]
    assert list(readable(ill, [rung, new, late], NOW)) == [new]


def test_a_rest_beyond_a_day_is_a_clock_that_jumped() -> None:
    assert resting(GatewayState("g", not_before=NOW + timedelta(days=1)), NOW)
    assert not resting(GatewayState("g", not_before=NOW + timedelta(days=1, seconds=1)), NOW)


def test_the_probe_is_the_witness_that_was_well_last() -> None:
    failing = GatewayState("g", healthy=False, failing_since=NOW - 30 * MINUTE)
    well, older = source("a", good=40, tried=40), source("b", good=50, tried=50)
    broken = source("c", good=90, failing=30)
    assert probe(failing, [older, well, broken]) == well
    assert probe(failing, [broken]) is None
    assert probe(GatewayState("g"), [well]) is None


def test_sources_behind_a_dead_gateway_count_as_failing() -> None:
    began, tried = NOW - 30 * MINUTE, NOW - MINUTE
    dead = GatewayState("g", False, began, 3, tried, None, Outcome.STATUS, "503")
    untried = source("a", good=40, tried=40)
    (after,) = shadowed(AccountFacts("x", NOW, sources=(untried,)), {"g": dead}).sources
    assert (after.failing_since, after.last_tried_at) == (began, tried)
    assert (after.last_outcome, after.last_detail) == (Outcome.STATUS, "503")
    (same,) = shadowed(AccountFacts("x", NOW, sources=(untried,)), {"g": GatewayState("g")}).sources
    assert same == untried
