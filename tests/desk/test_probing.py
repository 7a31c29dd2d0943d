"""Every source behind every gateway is asked, within what the gateway allows, or said untried."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.clock import utc_now
from monitor.desk.probing import probed
from monitor.desk.shapes import Finding, Level
from monitor.model import Account, Gateway, SourceSpec
from monitor.sources import registry
from tests.adding import UID, weibo
from tests.faults.seeing import Answer, Site
from tests.rule_values import register

CHECK = "gateway hub"
GONE = "1900000001"


def looked(
    *uids: str, gone: bool = False, quick: bool = False, quota: int | None = None
) -> tuple[list[Finding], int]:
    """Return what is found of accounts of these *uids*, and how many requests were made.

    *gone*: the gateway answers for nobody but the first."""

    def answer(path: str, _: object) -> Answer:
        uid = path.split("?", maxsplit=1)[0].rpartition("/")[2]
        if gone and uid != uids[0]:
            return 503, "Error: Cookies expired", {}
        return 200, weibo(uid), {"Content-Type": "application/rss+xml; charset=utf-8"}

    with Site(answer) as site:
        hub = Gateway("hub", "rsshub", site.url, spacing=timedelta(0), concurrency=1, quota=quota)
        specs = {uid: SourceSpec(uid, f"a{uid}", "hub", f"weibo/user/{uid}") for uid in uids}
        accounts = {
            f"a{uid}": Account(f"a{uid}", f"局{uid[-1]}", "weibo", sources=(spec,))
            for uid, spec in specs.items()
        }
        rules = replace(register(accounts=accounts), gateways={"hub": hub})
        with closing(registry.build(hub)) as source:
            calls: list[None] = []
            found = probed(rules, {"hub": source}, utc_now(), quick, lambda: calls.append(None))
    return found, len(calls)


MANY = tuple(f"190000000{n}" for n in range(8))
UNTRIED = Level.UNTRIED


@pytest.mark.parametrize(
    ("more", "asked", "expected"),
    [
        pytest.param(
            {}, 8, [(Level.OK, "answers for 8 of 8 sources, 32 items, pulse full")], id="all"
        ),
        pytest.param(
            {"quick": True},
            1,
            [
                (Level.OK, "answers for 1 of 8 sources, 4 items, pulse full"),
                (UNTRIED, "7 of 8 sources not tried"),
            ],
            id="one, where that is enough",
        ),
        pytest.param(
            {"quota": 100},
            1,
            [
                (Level.OK, "answers for 1 of 8 sources, 4 items, pulse full"),
                (UNTRIED, "7 of 8 sources not tried"),
            ],
            id="one, where requests are counted",
        ),
    ],
)
def test_as_many_are_asked_as_the_gateway_allows(
    more: dict[str, int], asked: int, expected: list[tuple[Level, str]]
) -> None:
    found, calls = looked(*MANY, **more)  # type: ignore[arg-type]
    assert (calls, found) == (asked, [Finding(CHECK, *one) for one in expected])


def test_one_that_fails_is_named_beside_those_that_answer() -> None:
    found, _ = looked(UID, GONE, gone=True)
    assert [one.level for one in found] == [Level.OK, Level.PROBLEM]
    assert found[0].detail.startswith("answers for 1 of 2 sources")
    assert found[1].detail.startswith(f"局1 (a{GONE}): status: HTTP 503")


def test_a_gateway_that_fails_five_times_is_left_alone() -> None:
    found, calls = looked(*MANY, gone=True)
    assert calls == 6
    assert [one.level for one in found] == [Level.OK, Level.PROBLEM, UNTRIED]
    assert found[1].detail.count("局") == 5  # they fail alike: one line
    assert found[2].detail == "2 of 8 sources not tried"
