"""Every outbox keeps the Protocol's promise: the one in memory, and the one in each database."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerts.delivery.outbox import LEASE, LONGEST_WAIT, TOGETHER, After, Hold, Outbox
from alerts.delivery.outbox_memory import MemoryOutbox
from alerts.facts import EndFacts
from alerts.model import Event, Kind, Notice, NoticeState, Reason
from alerts.occasion import occasion_of
from alerts.told import Detail, code_in
from monitor.store.sql import open_store
from tests.conftest import BIRTH

NOW = datetime(2024, 2, 9, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SENT = After(NoticeState.SENT)
LATER = After(NoticeState.RETRYING, not_before=NOW + timedelta(hours=1))


@pytest.fixture(
    params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def outbox(request: pytest.FixtureRequest) -> Iterator[Outbox]:
    """An empty outbox of each kind."""
    if request.param == "memory":
        yield MemoryOutbox()
        return
    store = open_store(request.getfixturevalue(f"{request.param}_url"), BIRTH)
    yield store.outbox
    store.close()


def notice(id_: str, **changes: Any) -> Notice:
    usual = Notice(
        id=id_,
        alert=0,
        kind=Kind.SILENCE,
        subject="weibo-anshanmz",
        occasion=occasion_of(id_),
        reason=Reason.POSTED,
        event=Event.RESOLVED,
        rung=None,
        person="zhang",
        channel="mail",
        address="z@x.cn",
        facts=EndFacts("鞍山民政"),
        created_at=NOW,
        not_before=NOW,
    )
    return replace(usual, **changes)


def ids(notices: Iterable[Notice]) -> list[str]:
    return [n.id for n in notices]


def test_a_claim_leases_what_is_due_oldest_first(outbox: Outbox) -> None:
    young = notice("young", created_at=NOW + SECOND)
    outbox.add([young, notice("old"), notice("ahead", not_before=NOW + SECOND)])
    claimed = outbox.claim(NOW)
    leased: dict[str, Any] = {"attempts": 1, "lease_until": NOW + LEASE}
    assert claimed == [replace(notice("old"), **leased), replace(young, **leased)]


def test_a_claim_takes_no_more_than_asked_for(outbox: Outbox) -> None:
    outbox.add([notice("a"), notice("b", created_at=NOW + SECOND, address="l@x.cn")])
    assert [ids(outbox.claim(NOW, 1)), ids(outbox.claim(NOW, 1))] == [["a"], ["b"]]


def test_what_goes_to_the_same_address_comes_along(outbox: Outbox) -> None:
    also = [notice(f"z{n}", created_at=NOW + n * SECOND) for n in range(1, 150)]
    other = notice("b", created_at=NOW + SECOND, address="l@x.cn")
    outbox.add([notice("a"), other, notice("c", channel="chat"), *also])
    assert ids(outbox.claim(NOW, 1)) == ["a", *(n.id for n in also)]


def test_no_claim_is_without_bounds(outbox: Outbox) -> None:
    outbox.add([notice(f"z{n:04}") for n in range(TOGETHER + 1)])
    assert [len(outbox.claim(NOW)), ids(outbox.claim(NOW))] == [TOGETHER, [f"z{TOGETHER:04}"]]


def test_what_is_held_waits_unless_it_is_older_or_about_something_else(outbox: Outbox) -> None:
    held = Hold(NOW, frozenset({Reason.RUNG}))
    rung = {"reason": Reason.RUNG, "event": Event.ALERT}
    old = notice("old", created_at=NOW - SECOND, **rung)
    outbox.add([notice("young", **rung), notice("other"), old])
    assert ids(outbox.claim(NOW, hold=held)) == ["old", "other"]
    assert ids(outbox.claim(NOW, hold=held)) == []
    assert ids(outbox.claim(NOW)) == ["young"]


def test_what_is_held_for_some_people_keeps_nobody_else_waiting(outbox: Outbox) -> None:
    rung = {"reason": Reason.RUNG, "event": Event.ALERT}
    outbox.add([notice("a", person="zhang", **rung), notice("b", person="li", **rung)])
    held = Hold(NOW, frozenset({Reason.RUNG}), frozenset({"zhang"}))
    assert ids(outbox.claim(NOW, hold=held)) == ["b"]
    assert ids(outbox.claim(NOW)) == ["a"]


def test_what_was_tried_once_is_held_no_more(outbox: Outbox) -> None:
    outbox.add([notice("a", reason=Reason.RUNG, event=Event.ALERT)])
    [first] = outbox.claim(NOW)
    outbox.settle(first, LATER, NOW, "503")
    held = Hold(NOW, frozenset({Reason.RUNG}))
    assert ids(outbox.claim(NOW + timedelta(hours=1), hold=held)) == ["a"]


def test_nobody_else_holds_a_claimed_notice_until_its_lease_ends(outbox: Outbox) -> None:
    outbox.add([notice("a")])
    outbox.claim(NOW)
    assert ids(outbox.claim(NOW + LEASE - SECOND)) == []
    [again] = outbox.claim(NOW + LEASE)
    assert (again.attempts, again.resent) == (2, True)


def test_a_settled_failure_is_no_doubt_about_the_next_attempt(outbox: Outbox) -> None:
    outbox.add([notice("a")])
    [first] = outbox.claim(NOW)
    outbox.settle(first, LATER, NOW, "503")
    assert ids(outbox.claim(NOW + SECOND)) == []
    [again] = outbox.claim(NOW + timedelta(hours=1))
    assert (again.state, again.attempts, again.error, again.resent) == (
        NoticeState.RETRYING,
        2,
        "503",
        False,
    )


def test_why_it_failed_is_kept_with_its_code(outbox: Outbox) -> None:
    outbox.add([notice("a")])
    [first] = outbox.claim(NOW)
    outbox.settle(first, LATER, NOW, Detail("HTTP 503", "inside"))
    [again] = outbox.claim(NOW + timedelta(hours=1))
    assert (again.error, code_in(again.error or "")) == ("HTTP 503", "inside")


def test_a_failure_that_leaves_it_open_whether_it_arrived_is_a_doubt(outbox: Outbox) -> None:
    outbox.add([notice("a")])
    [first] = outbox.claim(NOW)
    outbox.settle(first, replace(LATER, doubtful=True), NOW, "no answer within 25 s")
    assert ids(outbox.claim(NOW + SECOND)) == []
    [again] = outbox.claim(NOW + timedelta(hours=1))
    assert (again.state, again.attempts, again.error, again.resent) == (
        NoticeState.RETRYING,
        2,
        "no answer within 25 s",
        True,
    )


def test_the_doubt_stays_after_a_later_failure(outbox: Outbox) -> None:
    outbox.add([notice("a")])
    outbox.claim(NOW)
    [second] = outbox.claim(NOW + LEASE)
    outbox.settle(second, LATER, NOW + LEASE, "503")
    [third] = outbox.claim(NOW + timedelta(hours=1))
    assert (third.attempts, third.resent) == (3, True)


@pytest.mark.parametrize("state", [NoticeState.SENT, NoticeState.FAILED])
def test_what_has_ended_is_never_claimed_again(outbox: Outbox, state: NoticeState) -> None:
    outbox.add([notice("a")])
    [claimed] = outbox.claim(NOW)
    outbox.settle(claimed, After(state), NOW, None)
    assert ids(outbox.claim(NOW + LONGEST_WAIT)) == []
    assert outbox.next_due_at(NOW) is None


def test_what_was_withdrawn_is_never_claimed_again(outbox: Outbox) -> None:
    outbox.add([notice("a")])
    [claimed] = outbox.claim(NOW)
    outbox.withdraw(claimed, NOW)
    assert ids(outbox.claim(NOW + LONGEST_WAIT)) == []


def test_a_failure_reported_after_the_lease_has_passed_on_counts_no_more(outbox: Outbox) -> None:
    outbox.add([notice("a")])
    [slow] = outbox.claim(NOW)
    [quick] = outbox.claim(NOW + LEASE)
    outbox.settle(slow, After(NoticeState.FAILED), NOW + LEASE, "gone")
    outbox.settle(quick, SENT, NOW + LEASE, None)
    outbox.settle(slow, LATER, NOW + LEASE, "503")
    assert outbox.next_due_at(NOW) is None


def test_the_same_message_to_the_same_person_and_channel_is_kept_once(outbox: Outbox) -> None:
    assert outbox.add([notice("a"), notice("b")]) == 2
    assert outbox.add([notice("a2", occasion=occasion_of("a")), notice("c")]) == 1
    assert outbox.add([notice("a3", occasion=occasion_of("a"), channel="chat")]) == 1
    assert sorted(ids(outbox.claim(NOW))) == ["a", "a3", "b", "c"]


@pytest.mark.parametrize(
    ("changes", "due_at"),
    [
        pytest.param({}, NOW, id="due now"),
        pytest.param(
            {"not_before": NOW + timedelta(hours=3)}, NOW + timedelta(hours=3), id="due later"
        ),
        pytest.param(
            {"not_before": NOW + LONGEST_WAIT + SECOND}, NOW, id="a clock that jumped is no excuse"
        ),
    ],
)
def test_when_the_next_notice_is_due(
    outbox: Outbox, changes: dict[str, Any], due_at: datetime
) -> None:
    outbox.add([notice("a", **changes)])
    assert outbox.next_due_at(NOW) == due_at
    assert ids(outbox.claim(due_at)) == ["a"]


def test_a_leased_notice_is_due_when_its_lease_ends(outbox: Outbox) -> None:
    outbox.add([notice("a")])
    outbox.claim(NOW)
    assert outbox.next_due_at(NOW) == NOW + LEASE


def test_an_ending_always_holds(outbox: Outbox) -> None:
    assert outbox.still_holds(notice("a"))


def test_what_somebody_has_had_by_another_channel_holds_no_more(outbox: Outbox) -> None:
    same = {"occasion": occasion_of("rung:10")}
    outbox.add(
        [
            notice("a", channel="chat", **same),
            notice("b", **same),
            notice("c", person="li", **same),
        ]
    )
    by_id = {claimed.id: claimed for claimed in outbox.claim(NOW)}
    assert outbox.still_holds(by_id["a"])
    outbox.settle(by_id["b"], After(NoticeState.SENT), NOW, None)
    assert not outbox.still_holds(by_id["a"])
    assert outbox.still_holds(by_id["c"])  # another person's


def test_an_empty_outbox_waits_for_nothing(outbox: Outbox) -> None:
    assert (list(outbox.claim(NOW)), outbox.next_due_at(NOW)) == ([], None)


@pytest.mark.parametrize(
    ("behind", "taken"),
    [
        pytest.param(timedelta(milliseconds=500), False, id="half a second"),
        pytest.param(timedelta(minutes=1), False, id="a minute"),
        pytest.param(timedelta(minutes=1, seconds=1), True, id="more: that clock ran ahead"),
    ],
)
def test_F63_a_lease_holds_between_two_honest_clocks(
    outbox: Outbox, behind: timedelta, taken: bool
) -> None:
    outbox.add([notice("a")])
    outbox.claim(NOW + behind)
    assert bool(outbox.claim(NOW)) is taken


def test_F66_a_renewed_lease_runs_from_its_renewal(outbox: Outbox) -> None:
    outbox.add([notice("a")])
    held = outbox.claim(NOW)
    outbox.renew(held, NOW + timedelta(minutes=1))
    ends_at = NOW + timedelta(minutes=1) + LEASE
    assert outbox.next_due_at(NOW) == ends_at
    assert [ids(outbox.claim(at)) for at in (NOW + LEASE, ends_at - SECOND, ends_at)] == [
        [],
        [],
        ["a"],
    ]


def test_F66_only_who_holds_a_notice_renews_its_lease(outbox: Outbox) -> None:
    outbox.add([notice("a")])
    slow = outbox.claim(NOW)
    outbox.claim(NOW + LEASE)
    outbox.renew(slow, NOW + LEASE + timedelta(minutes=1))
    assert outbox.next_due_at(NOW + LEASE) == NOW + 2 * LEASE


@pytest.mark.parametrize(
    ("result", "due_at"),
    [
        pytest.param(SENT, None, id="sent"),
        pytest.param(LATER, NOW + timedelta(hours=1), id="put back"),
    ],
)
def test_F66_what_is_settled_is_not_leased_anew(
    outbox: Outbox, result: After, due_at: datetime | None
) -> None:
    outbox.add([notice("a")])
    [held] = outbox.claim(NOW)
    outbox.settle(held, result, NOW, None)
    outbox.renew([held], NOW + timedelta(hours=1))
    assert outbox.next_due_at(NOW) == due_at


def test_F66_nothing_of_a_busy_channel_is_claimed_or_comes_along(outbox: Outbox) -> None:
    outbox.add([notice("a"), notice("b", channel="chat"), notice("c", channel="page")])
    assert ids(outbox.claim(NOW, busy={"mail", "page"})) == ["b"]
    assert ids(outbox.claim(NOW)) == ["a", "c"]
