"""What was frozen stays; what is known later makes the next version, with what changed."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ledger.records import Snapshot
from monitor.ledger.snapshot import FIGURES, Change, canonical, changes, digest, frozen, sound
from tests.report_values import AFTER, DAY

FOLLOWERS = {"start": 4877, "end": 7959, "growth": 0.63}
LAPSE = {"from": "2024-02-02T10:00:00+08:00", "to": "2024-02-19T10:00:00+08:00", "days": 17}


def account(name: str = "weibo", **figures: Any) -> dict[str, Any]:
    usual = dict.fromkeys(FIGURES) | {"posts": 284, "followers": FOLLOWERS, "lapses": [LAPSE]}
    return {"id": name, "name": "鞍山民政", **usual, **figures}


def document(*accounts: dict[str, Any], **other: Any) -> dict[str, Any]:
    known = list(accounts) or [account()]
    return {
        "year": 2024,
        "version": 0,
        "frozen": False,
        "known_at": "2025-01-06T09:00:00+08:00",
        "accounts": known,
        "total_posts": sum(a["posts"] for a in known),
        "sentences": ["284条"],
        **other,
    }


FIRST = frozen(document(), {"weibo": {"posts": []}}, [], AFTER)

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), values))
def test_equal_documents_have_equal_bytes(one: dict[str, Any]) -> None:
    turned = dict(reversed(one.items()))
    assert canonical(turned) == canonical(one)
    assert json.loads(canonical(one)) == one


def test_the_first_version_says_that_it_is_frozen_and_carries_its_evidence() -> None:
    said = json.loads(FIRST.document)
    assert (FIRST.year, FIRST.version, FIRST.made_at) == (2024, 1, AFTER)
    assert (said["version"], said["frozen"], said["changes"]) == (1, True, [])
    assert said["frozen_at"] == "2025-01-06T09:00:00+08:00"
    assert FIRST.digest == digest(FIRST.document)
    assert FIRST.evidence == {"weibo": '{\n  "posts": []\n}\n'}


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(document(), id="nothing at all"),
        pytest.param(document(known_at="2025-02-01T09:00:00+08:00"), id="the day"),
        pytest.param(document(sentences=["二百八十四条"]), id="the wording"),
        pytest.param(document(account(name="weibo") | {"name": "鞍山民政发布"}), id="a name"),
        pytest.param(document(account(note="new key")), id="a key that is no figure"),
    ],
)
def test_F43_a_year_frozen_again_without_new_figures_is_the_same_version(
    again: dict[str, Any],
) -> None:
    assert frozen(again, {}, [FIRST], AFTER + DAY) is FIRST


def test_F43_what_is_known_later_makes_the_next_version_with_what_changed() -> None:
    second = frozen(document(account(posts=286)), {}, [FIRST], AFTER + DAY)
    assert second.version == 2
    assert json.loads(second.document)["changes"] == [
        {"account": "weibo", "figure": "posts", "was": 284, "now": 286},
        {"account": None, "figure": "total_posts", "was": 284, "now": 286},
    ]
    third = frozen(document(), {}, [FIRST, second], AFTER + 2 * DAY)
    assert (third.version, json.loads(third.document)["changes"][0]["was"]) == (3, 286)


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        pytest.param(document(), [], id="nothing"),
        pytest.param(
            document(account(followers=FOLLOWERS | {"end": 7960, "growth": 0.64})),
            [
                Change("weibo", "followers.end", 7959, 7960),
                Change("weibo", "followers.growth", 0.63, 0.64),
            ],
            id="part of a figure",
        ),
        pytest.param(
            document(account(lapses=[])),
            [Change("weibo", "lapses", [LAPSE], [])],
            id="a lapse that was none",
        ),
        pytest.param(
            document(account(), account("wechat", posts=0)),
            [Change("wechat", "account", False, True)],
            id="an account that came",
        ),
        pytest.param(
            document(account("wechat")),
            [Change("weibo", "account", True, False), Change("wechat", "account", False, True)],
            id="an account in another's place",
        ),
    ],
)
def test_changes_are_listed_figure_by_figure(new: dict[str, Any], expected: list[Change]) -> None:
    assert changes(document(), new) == expected


@pytest.mark.parametrize(
    ("snapshot", "expected"),
    [
        pytest.param(FIRST, True, id="as it was frozen"),
        pytest.param(
            replace(FIRST, document=FIRST.document.replace("284", "285")), False, id="altered"
        ),
    ],
)
def test_a_version_that_was_altered_is_noticed(snapshot: Snapshot, expected: bool) -> None:
    assert sound(snapshot) is expected
