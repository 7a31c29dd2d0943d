"""A handover: accepted by both, proven by a post that the new custodian claims."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.custody import (
    Custody,
    Handover,
    HandoverState,
    accept,
    cancel,
    confirm,
    custodian_of,
    disagreements,
    orphaned,
    start,
    taken_over,
    tight,
    troubles,
    unconfirmed,
    watched_closely,
)
from alerts.model import Hours, Ladder, Rung

ZONE = ZoneInfo("Asia/Shanghai")
HOURS = Hours(ZONE)
NOW = datetime(2024, 2, 1, 2, 0, tzinfo=UTC)  # a Thursday, 10:00 local
DUE = date(2024, 2, 5)


def hour(n: float) -> datetime:
    return NOW + timedelta(hours=n)


def handover(*accounts: str) -> Handover:
    made = start("zhang", "li", accounts or ("weibo",), DUE, "轮岗", "zhang", (), NOW, HOURS)
    return replace(made, id=7)


def accepted(*accounts: str) -> Handover:
    return accept(accept(handover(*accounts), "zhang", hour(1)), "li", hour(2))


def test_both_sides_accept_in_any_order() -> None:
    first = accept(handover(), "li", hour(1))
    assert (first.state, first.accepted_at) == (HandoverState.OPEN, None)
    both = accept(first, "zhang", hour(3))
    assert (both.state, both.accepted_at) == (HandoverState.ACCEPTED, hour(3))
    assert accept(both, "li", hour(9)) == both


def test_it_is_proven_by_a_post_after_the_acceptance_that_is_claimed() -> None:
    known = accepted("weibo", "wechat")
    once = confirm(known, "li", {"weibo": hour(3), "wechat": hour(1)}, hour(4))
    assert (once.state, once.unproven()) == (HandoverState.ACCEPTED, ("wechat",))
    twice = confirm(once, "li", {"weibo": hour(3), "wechat": hour(5)}, hour(6))
    assert (twice.state, twice.unproven()) == (HandoverState.PROVEN, ())
    assert twice.proven == {"weibo": hour(4), "wechat": hour(6)}


REFUSED = [
    pytest.param(
        lambda: accept(handover(), "wang", NOW),
        "handover 7 is between zhang and li; wang cannot accept it",
        id="a third person accepts",
    ),
    pytest.param(
        lambda: confirm(accepted(), "zhang", {"weibo": hour(3)}, hour(4)),
        "only li, who takes over, can confirm handover 7",
        id="the old custodian claims the post",
    ),
    pytest.param(
        lambda: confirm(handover(), "li", {"weibo": hour(3)}, hour(4)),
        "handover 7 has not been accepted by both sides yet",
        id="a claim before the acceptance",
    ),
    pytest.param(
        lambda: confirm(accepted(), "li", {"weibo": hour(2)}, hour(4)),
        "no post has been seen on weibo since both sides accepted",
        id="a post at the very instant of the acceptance is not after it",
    ),
    pytest.param(
        lambda: accept(cancel(handover(), "zhang", NOW), "li", hour(1)),
        "handover 7 is cancelled already",
        id="after the end",
    ),
    pytest.param(
        lambda: start("li", "li", ("weibo",), DUE, "r", "li", (), NOW, HOURS),
        "li cannot hand over to themselves",
        id="to oneself",
    ),
    pytest.param(
        lambda: start("li", "wang", ("weibo",), DUE, "r", "li", (accepted(),), NOW, HOURS),
        "weibo is already being handed over, by handover 7",
        id="twice at once",
    ),
    pytest.param(
        lambda: start("li", "wang", ("weibo",), date(2024, 1, 31), "r", "li", (), NOW, HOURS),
        "due 2024-01-31 has passed",
        id="due in the past",
    ),
    pytest.param(
        lambda: start("li", "wang", ("weibo",), DUE, "  ", "li", (), NOW, HOURS),
        "a handover needs its reason",
        id="without a reason",
    ),
]


@pytest.mark.parametrize(("act", "text"), REFUSED)
def test_what_makes_no_sense_is_refused_in_one_line(act: object, text: str) -> None:
    with pytest.raises(ValueError) as caught:
        act()  # type: ignore[operator]
    assert str(caught.value) == text


def test_a_cancelled_handover_may_be_started_again() -> None:
    gone = cancel(handover(), "zhang", NOW)
    again = start("zhang", "li", ("weibo",), DUE, "r", "zhang", (gone,), NOW, HOURS)
    assert again.state is HandoverState.OPEN


def test_custody_passes_with_the_acceptance_and_is_confirmed_by_the_proof() -> None:
    before = {"weibo": Custody("weibo", "zhang", hour(-99), hour(-99))}
    assert taken_over(handover(), before) == []
    held = Custody("weibo", "li", hour(2), hour(2))
    assert taken_over(accepted(), before) == [held]
    assert taken_over(accepted(), {"weibo": held}) == []
    proven = confirm(accepted(), "li", {"weibo": hour(3)}, hour(4))
    assert taken_over(proven, {"weibo": held}) == [Custody("weibo", "li", hour(2), hour(4))]


def test_the_record_rules_and_the_configuration_names_the_first() -> None:
    records = {"weibo": Custody("weibo", "li", NOW, NOW)}
    assert custodian_of("weibo", records, "zhang") == "li"
    assert custodian_of("wechat", records, "zhang") == "zhang"


def test_a_configuration_that_disagrees_opens_one_handover_a_pair() -> None:
    records = {a: Custody(a, "zhang", NOW, NOW) for a in ("a", "b", "c", "d")}
    configured = {"a": "li", "b": "li", "c": "zhang", "d": "li", "new": "li", "e": None}
    found = disagreements(configured, records, [handover("d")], NOW, HOURS)
    assert [(h.giver, h.taker, h.accounts, h.due) for h in found] == [
        ("zhang", "li", ("a", "b"), date(2024, 2, 8))
    ]


def test_accounts_are_watched_closely_from_the_start_to_the_proof() -> None:
    assert watched_closely([handover()]) == {"weibo"}
    assert watched_closely([accepted("weibo", "wechat")]) == {"weibo", "wechat"}
    done = confirm(accepted(), "li", {"weibo": hour(3)}, hour(4))
    assert watched_closely([done, cancel(handover("wechat"), "li", NOW)]) == frozenset()


def ladder(*days: int) -> Ladder:
    return Ladder(timedelta(days=days[-1]), tuple(Rung(n, (f"r{n}",)) for n in days))


@pytest.mark.parametrize(
    ("usual", "expected"),
    [
        pytest.param(
            ladder(7, 10, 12, 13, 14),
            [(3, "r7"), (5, "r10"), (7, "r12"), (13, "r13"), (14, "r14")],
            id="three early steps, the last chance and the limit",
        ),
        pytest.param(ladder(5, 6, 7), [(3, "r5"), (5, "r6"), (6, "r6"), (7, "r7")], id="weekly"),
        pytest.param(ladder(9), [(3, "r9"), (5, "r9"), (7, "r9"), (9, "r9")], id="a bare limit"),
        pytest.param(ladder(2, 3), [(2, "r2"), (3, "r3")], id="tight already"),
    ],
)  # fmt: skip
def test_the_tight_ladder(usual: Ladder, expected: list[tuple[int, str]]) -> None:
    found = tight(usual)
    assert [(r.days, r.tell[0]) for r in found.rungs] == expected
    assert found.limit == usual.limit


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("known", "now", "expected"),
    [
        pytest.param(handover(), "2024-02-02T09:59", [], id="a day to accept it"),
        pytest.param(handover(), "2024-02-02T10:00", ["unaccepted"], id="not accepted in a day"),
        pytest.param(accepted(), "2024-02-05T08:59", [], id="before its day's morning"),
        pytest.param(accepted(), "2024-02-05T09:00", ["due"], id="its day"),
        pytest.param(accepted(), "2024-02-06T09:00", ["due", "overdue"], id="the day after"),
        pytest.param(cancel(handover(), "li", NOW), "2024-02-09T09:00", [], id="called off"),
        pytest.param(
            confirm(accepted(), "li", {"weibo": hour(3)}, hour(4)), "2024-02-09T09:00", [],
            id="proven",
        ),
    ],
)  # fmt: skip
def test_troubles(known: Handover, now: str, expected: list[str]) -> None:
    assert [trouble.value for _, trouble in troubles(known, at(now), HOURS)] == expected


def test_a_custodian_who_left_orphans_the_account() -> None:
    assert orphaned({"a": "zhang", "b": "gone", "c": None}, {"zhang"}) == [("b", "gone")]


def test_custody_is_to_be_confirmed_every_ninety_days() -> None:
    old = Custody("b", "li", hour(0), hour(0))
    older = replace(old, account="a", confirmed_at=hour(-1))
    fresh = replace(old, account="c", confirmed_at=hour(1))
    assert unconfirmed([old, fresh, older], NOW + timedelta(days=90)) == [older, old]
