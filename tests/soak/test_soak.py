"""A short soak of the real program, and proof that its judge sees every kind of fault.

`make soak` plays longer ones; `make soak SEED=…` the same one again.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.soak.field import Got
from tests.soak.judge import Judge
from tests.soak.plan import Plan, draw
from tests.soak.play import Log, Seen, play

ON_SERVER = 26
SEED, WEEKS = 1952, 1  # an account vanishes and returns, and a clock steps


@pytest.fixture(scope="module")
def soak(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Log]:
    """One week, played once."""
    plan = draw(SEED, WEEKS)
    return plan, play(plan, tmp_path_factory.mktemp("soak"))


def test_a_week_of_troubles_is_told_as_the_rules_say(soak: tuple[Plan, Log]) -> None:
    assert Judge(*soak).judge() == [], f"make soak SEED={SEED} WEEKS={WEEKS}"


@pytest.mark.long
@pytest.mark.postgresql
def test_so_is_a_week_over_two_services_on_one_server(
    tmp_path: Path, postgresql_server: str
) -> None:
    plan = draw(ON_SERVER, WEEKS)
    found = Judge(plan, play(plan, tmp_path, postgresql_server)).judge()
    assert found == [], f"make soak SEED={ON_SERVER} WEEKS={WEEKS} DATABASE=postgresql"


def is_call(got: Got) -> bool:
    """Whether a webhook got a call about a silence."""
    return got.body.get("kind") == "silence" and got.body["event"] in ("alert", "reminder")


def without_calls(log: Log) -> Log:
    passes = [replace(s, got=tuple(g for g in s.got if not is_call(g))) for s in log.passes]
    return replace(log, passes=tuple(passes))


def with_call(log: Log, change: Callable[[Got], Got], later: int = 0) -> Log:
    """Return *log* with its first call made anew by *change*, *later* passes on."""
    at, call = next((n, g) for n, s in enumerate(log.passes) for g in s.got if is_call(g))
    passes = list(log.passes)
    if not later:
        passes[at] = replace(passes[at], got=tuple(g for g in passes[at].got if g is not call))
    passes[at + later] = added(passes[at + later], change(call))
    return replace(log, passes=tuple(passes))


def added(seen: Seen, got: Got) -> Seen:
    return replace(seen, got=(*seen.got, got))


def body(**changes: Any) -> Callable[[Got], Got]:
    """Return what gives a message another content."""
    return lambda got: replace(got, body=got.body | changes)


def with_status(log: Log, **changes: Any) -> Log:
    """Return *log* with other facts of the first account in its last status."""
    passes = list(log.passes)
    at = max(n for n, s in enumerate(passes) if s.status)
    status = deepcopy(passes[at].status)
    status["accounts"][0] |= changes
    passes[at] = replace(passes[at], status=status)
    return replace(log, passes=tuple(passes))


def with_year(log: Log) -> Log:
    years = deepcopy(log.years)
    next(iter(next(iter(years.values())).values()))["posts"] += 1
    return replace(log, years=years)


def unread(log: Log) -> Log:
    return replace(log, passes=tuple(replace(s, shown=s.shown[:1]) for s in log.passes))


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        pytest.param(without_calls, "lost", id="calls that never came"),
        pytest.param(
            lambda log: with_call(log, body(), 1), "doubled without", id="a call that comes twice"
        ),
        pytest.param(
            lambda log: with_call(log, body(id="other"), 1),
            "false or doubled",
            id="the same call under another number",
        ),
        pytest.param(
            lambda log: with_call(log, body(rung=3)), "wrong rung", id="a rung that is not due"
        ),
        pytest.param(
            lambda log: with_call(log, body(kind="gateway", subject="hub")),
            "false",
            id="a gateway that is well",
        ),
        pytest.param(
            lambda log: with_call(log, body(kind="roster")), "false", id="a gap in a full roster"
        ),
        pytest.param(
            lambda log: with_status(log, posts_this_year=400), "wrong count", id="too many posts"
        ),
        pytest.param(
            lambda log: with_status(log, quiet_days=40), "wrong fact", id="too many quiet days"
        ),
        pytest.param(
            lambda log: with_status(log, verdict="waiting"), "wrong verdict", id="a wrong verdict"
        ),
        pytest.param(with_year, "wrong count", id="a total that is one too high"),
        pytest.param(unread, "unread", id="accounts that are left unread"),
    ],
)
def test_the_judge_sees(soak: tuple[Plan, Log], change: Callable[[Log], Log], finding: str) -> None:
    plan, log = soak
    assert any(finding in found for found in Judge(plan, change(log)).judge())
