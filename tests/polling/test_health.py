"""A family of routes is sick when a source and its witness fail since the newest good answer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.freshness.evidence import gather
from monitor.freshness.verdict import assess
from monitor.judging.cases import gateway_case
from monitor.model import (
    AccountFacts,
    Gateway,
    GatewayState,
    Outcome,
    RouteHealth,
    SourceSpec,
    SourceState,
)
from monitor.polling.health import (
    backed_off,
    expected_until,
    family_of,
    judged,
    patient_since,
    readable,
    resting,
    shadowed,
    sick_since,
    witness,
)
from tests.rule_values import HOURS, POLICY

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


OWN = Outcome.EMPTY
BROKEN = source("broken", good=9000, failing=8000)
SICKNESS = [
    pytest.param([], None, None, id="nothing was tried yet"),
    pytest.param([source("a", good=1)], None, None, id="read well"),
    pytest.param([source("a", good=90, failing=15)], 15, None, id="the only source, for 15 min"),
    pytest.param([source("a", good=90, failing=14)], None, None, id="the only source, for less"),
    pytest.param([source("a", failing=30)], 30, None, id="the only source, never read well"),
    pytest.param(
        [source("a", failing=9), source("b", failing=8)], 9, None, id="two, neither ever read well"
    ),
    pytest.param(
        [source("a", good=90, failing=5), source("b", good=40, tried=40)],
        None,
        "b",
        id="F44: one fails: who was well last is asked",
    ),
    pytest.param(
        [source("a", good=90, failing=5), source("b", good=40, failing=0)],
        5,
        None,
        id="F44: the witness fails too",
    ),
    pytest.param(
        [source("a", good=90, failing=5), source("b", good=4, tried=4)],
        None,
        None,
        id="F44: the witness is well: the account is to blame",
    ),
    pytest.param(
        [source("a", good=90, failing=5), source("b", good=5, tried=5)],
        None,
        None,
        id="F44: at the same instant the good answer wins",
    ),
    pytest.param(
        [BROKEN, source("b", good=20, failing=9), source("c", good=30, tried=30)],
        None,
        "c",
        id="F44: who was well last fails: another is asked",
    ),
    pytest.param(
        [BROKEN, source("b", good=20, failing=9), source("c", good=30, failing=1)],
        9,
        None,
        id="F44: an account broken for good does not hide the death of all others",
    ),
    pytest.param(
        [source("broken", good=9000, failing=8000), source("b", good=40, failing=15)],
        15,
        None,
        id="F44: the last that saw, alone beside a broken one, for 15 min",
    ),
    pytest.param(
        [source("a", good=90, failing=30, outcome=OWN)], None, None, id="a lone empty window"
    ),
    pytest.param(
        [source(n, good=90, failing=30, outcome=OWN) for n in "ab"],
        30,
        None,
        id="F16: empty windows all around are a soft block",
    ),
    pytest.param(
        [source(n, good=90, failing=30, outcome=Outcome.WRONG_ACCOUNT) for n in "ab"],
        30,
        None,
        id="F16: all are redirected to one login page",
    ),
    pytest.param(
        [source(n, good=90, failing=30, outcome=Outcome.BROKEN) for n in "ab"],
        30,
        None,
        id="F61: our reader breaks on everybody's answer",
    ),
    pytest.param(
        [source(n, good=90, failing=30, outcome=Outcome.SHRUNKEN) for n in "ab"],
        None,
        None,
        id="posts taken down are the accounts' own doing, however many",
    ),
    pytest.param(
        [source("a", good=-60, failing=30)], 30, None, id="a good answer that lies ahead is none"
    ),
    pytest.param(
        [source("a", good=90, failing=-5), source("b", good=90, failing=-5)],
        None,
        None,
        id="nor is a failure",
    ),
]


@pytest.mark.parametrize(("sources", "since", "asked"), SICKNESS)
def test_F44_sick_by_run_of_failures_and_witness(
    sources: list[SourceState], since: int | None, asked: str | None
) -> None:
    found = witness(sources, NOW)
    assert sick_since(sources, NOW) == (None if since is None else NOW - since * MINUTE)
    assert (found.spec.id if found else None) == asked


AGES = st.integers(min_value=0, max_value=10_000)
SOURCES = st.lists(st.tuples(AGES, st.none() | AGES), min_size=2, max_size=6).map(
    lambda found: [
        source(str(n), good=good if failing is None else max(good, failing + 1), failing=failing)
        for n, (good, failing) in enumerate(found)
    ]
)


@given(SOURCES)
def test_F44_an_account_that_is_broken_for_good_changes_no_gateways_health(
    sources: list[SourceState],
) -> None:
    broken = source("broken", good=30_000, failing=20_000)
    assert sick_since([*sources, broken], NOW) == sick_since(sources, NOW)
    assert witness([*sources, broken], NOW) == witness(sources, NOW)


@given(SOURCES, st.booleans())
def test_F44_nor_any_other_accounts_verdict_or_its_gateways_alert(
    sources: list[SourceState], blinds: bool
) -> None:
    def seen(*besides: SourceState) -> object:
        state = judged("g", {"weibo": [*sources, *besides]}, None, NOW)
        route = state.families[0]
        facts = [AccountFacts(s.spec.account, NOW, sources=(s,)) for s in sources]
        evidence = [
            gather(shadowed(one, {one.sources[0].spec.id: route}), POLICY, None, NOW)
            for one in facts
        ]
        verdicts = [assess(one, POLICY, HOURS, NOW) for one in evidence]
        return verdicts, gateway_case("g", route, blinds, NOW)

    assert seen(source("broken", good=30_000, failing=20_000)) == seen()


@given(SOURCES)
def test_a_good_answer_ends_every_sickness(sources: list[SourceState]) -> None:
    assert sick_since([*sources, source("well", good=0)], NOW) is None


@pytest.mark.parametrize(
    ("kind", "locator", "family"),
    [
        pytest.param("rsshub", "weibo/user/1", "weibo", id="of RSSHub the path's first part"),
        pytest.param("rsshub", "/wechat/ce/1?limit=5", "wechat", id="with a slash before it"),
        pytest.param("rsshub", "zhihu#column", "zhihu", id="and nothing but a mark after it"),
        pytest.param("feed", "weibo/user/1", "website", id="else the platform"),
    ],
)
def test_the_family_of_a_route(kind: str, locator: str, family: str) -> None:
    assert family_of(Gateway("g", kind, ""), "website", locator) == family


def test_each_family_is_judged_by_itself_and_the_gateway_sums_them_up() -> None:
    dead = [source("a", good=90, failing=30), source("b", failing=20)]
    after = judged("g", {"weibo": dead, "zhihu": [source("c", good=1)]}, None, NOW)
    assert [(r.family, r.healthy) for r in after.families] == [("weibo", False), ("zhihu", True)]
    assert (after.healthy, after.failing_since) == (False, NOW - 30 * MINUTE)
    assert (after.last_outcome, after.last_pulse_at) == (Outcome.TRANSPORT, NOW - MINUTE)


SICK = RouteHealth("weibo", False, NOW - 90 * MINUTE, 3)


@pytest.mark.parametrize(
    ("before", "well_since", "outage"),
    [
        pytest.param(SICK, NOW, (NOW - 90 * MINUTE, NOW), id="an outage is over"),
        pytest.param(
            replace(SICK, failing_since=NOW - 5 * MINUTE), None, None, id="cleared at once"
        ),
        pytest.param(RouteHealth("weibo"), None, None, id="it never failed"),
        pytest.param(
            RouteHealth("weibo", well_since=NOW - MINUTE), NOW - MINUTE, None, id="it stays well"
        ),
    ],
)
def test_since_when_a_family_is_well_again(
    before: RouteHealth, well_since: datetime | None, outage: object
) -> None:
    [after] = judged(
        "g", {"weibo": [source("a", good=0)]}, GatewayState("g", families=(before,)), NOW
    ).families
    assert (after.healthy, after.well_since, after.outage) == (True, well_since, outage)


def test_an_outage_at_the_hours_of_yesterdays_is_expected_until_those_are_over() -> None:
    yesterday = (NOW - 25 * 60 * MINUTE, NOW - 21 * 60 * MINUTE)
    like = replace(SICK, failing_since=NOW, outage=yesterday)
    assert expected_until(like) == yesterday[1] + 25 * 60 * MINUTE
    assert expected_until(replace(like, failing_since=NOW + 4 * 60 * MINUTE)) is None
    assert expected_until(replace(like, outage=None)) is None


def test_after_an_outage_no_account_is_blind_before_being_read_again() -> None:
    well = RouteHealth("weibo", well_since=NOW - MINUTE)
    assert patient_since([well], NOW - 90 * MINUTE) == NOW - MINUTE
    assert patient_since([well], NOW) == NOW
    assert patient_since([RouteHealth("weibo")], NOW - MINUTE) == NOW - MINUTE
    assert patient_since([well], None) is None


@pytest.mark.parametrize(
    ("route", "asked", "rest", "probe"),
    [
        pytest.param(RouteHealth("w"), None, None, None, id="healthy and nothing asked"),
        pytest.param(RouteHealth("w"), 5 * MINUTE, 5 * MINUTE, None, id="Retry-After is respected"),
        pytest.param(RouteHealth("w", False, NOW, 1), None, None, MINUTE, id="backs off a minute"),
        pytest.param(
            RouteHealth("w", False, NOW, 99), None, None, 30 * MINUTE, id="at most half an hour"
        ),
        pytest.param(RouteHealth("w", False, NOW, 1), 9 * MINUTE, 9 * MINUTE, MINUTE, id="both"),
    ],
)
def test_F56_what_a_gateway_asks_for_is_kept_apart_from_our_own_back_off(
    route: RouteHealth, asked: timedelta | None, rest: timedelta | None, probe: timedelta | None
) -> None:
    after = backed_off(GatewayState("g", families=(route,)), asked, NOW)
    assert after.not_before == (NOW + rest if rest else None)
    assert after.families[0].probe_at == (NOW + probe if probe else None)
    assert backed_off(after, None, NOW).not_before == after.not_before, "until it is over"


def test_a_sick_family_is_probed_by_one_source_at_a_time() -> None:
    due = [source("a"), source("b"), source("c")]
    ill = RouteHealth("weibo", healthy=False, failing_since=NOW - 30 * MINUTE)
    assert list(readable(RouteHealth("weibo"), due, NOW)) == due
    assert list(readable(replace(ill, probe_at=NOW + MINUTE), due, NOW)) == []
    assert list(readable(replace(ill, probe_at=NOW), due, NOW)) == due[:1]
    assert list(readable(ill, [], NOW)) == []


def test_the_probe_was_not_tried_since_or_is_overdue_longest_whatever_is_decisive() -> None:
    rung = replace(source("a"), next_read_at=NOW, decisive_at=NOW)
    late, new = replace(source("b"), next_read_at=NOW - MINUTE), source("c")
    untried, older = source("d", good=40, tried=40), source("e", good=50, tried=50)
    ill = RouteHealth("weibo", healthy=False, failing_since=NOW - 30 * MINUTE)
    assert list(readable(ill, [rung, late], NOW)) == [late]
    assert list(readable(ill, [rung, new, late], NOW)) == [new]
    assert list(readable(ill, [rung, older, untried, late], NOW)) == [untried]


def test_a_rest_beyond_a_day_is_a_clock_that_jumped() -> None:
    assert resting(GatewayState("g", not_before=NOW + timedelta(days=1)), NOW)
    assert not resting(GatewayState("g", not_before=NOW + timedelta(days=1, seconds=1)), NOW)
    assert not resting(None, NOW)


def test_sources_behind_a_dead_family_count_as_failing() -> None:
    began, tried = NOW - 30 * MINUTE, NOW - MINUTE
    dead = RouteHealth("weibo", False, began, 3, tried, None, Outcome.STATUS, "503")
    untried = source("a", good=40, tried=40)
    (after,) = shadowed(AccountFacts("x", NOW, sources=(untried,)), {"a": dead}).sources
    assert (after.failing_since, after.last_tried_at) == (began, tried)
    assert (after.last_outcome, after.last_detail) == (Outcome.STATUS, "503")
    well = {"a": RouteHealth("weibo")}
    (same,) = shadowed(AccountFacts("x", NOW, sources=(untried,)), well).sources
    assert same == untried
