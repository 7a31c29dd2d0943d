"""What every store promises about custody, handovers and the roster, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest

from alerts.facts import Item, Section, ShiftFacts
from alerts.model import DutyDay, Event, Kind, Notice, Reason
from alerts.people.handover import Custody, Handover, Records, accept, cancel, check, confirm
from alerts.people.roster import SWAP, DutyEntry
from monitor.errors import StoreError
from monitor.store.base import Store
from tests.store_values import DAY, HOUR, NOON, WECHAT, WEIBO, notice, registered, silence

STARTED = Handover(
    "zhang", "li", (WECHAT.id, WEIBO.id), date(2024, 2, 5), "轮岗", NOON, started_by="zhang"
)


def held(person: str, since: int = 0, account: str = WEIBO.id) -> Custody:
    return Custody(account, person, NOON + since * HOUR, NOON + since * HOUR)


def started(store: Store) -> Handover:
    with registered(store).custody.changing() as tx:
        return tx.save_handover(STARTED)


def test_an_empty_store_has_no_records(store: Store) -> None:
    assert store.custody.records() == Records()
    assert store.custody.handovers() == []


def test_the_newest_custody_of_an_account_is_the_one_in_force(store: Store) -> None:
    with registered(store).custody.changing() as tx:
        tx.hold([held("zhang"), held("zhang", account=WECHAT.id)])
        tx.hold([held("li", 5)])
        assert tx.records().custody[WEIBO.id] == held("li", 5)
    assert store.custody.records().custody == {
        WEIBO.id: held("li", 5),
        WECHAT.id: held("zhang", account=WECHAT.id),
    }
    assert store.custody.records(NOON + 4 * HOUR).custody[WEIBO.id] == held("zhang")
    assert store.custody.records(NOON - HOUR).custody == {}


def test_what_begins_at_the_same_instant_replaces_what_did(store: Store) -> None:
    with registered(store).custody.changing() as tx:
        tx.hold([held("zhang")])
        tx.hold([held("li")])
    assert store.custody.records().custody == {WEIBO.id: held("li")}


def test_custody_is_confirmed_by_whoever_holds_it_now(store: Store) -> None:
    with registered(store).custody.changing() as tx:
        tx.hold([held("zhang")])
        tx.confirm(WEIBO.id, "zhang", NOON + HOUR)
        tx.confirm(WEIBO.id, "zhang", NOON + 2 * HOUR)
    known = store.custody.records()
    assert known.custody[WEIBO.id] == replace(held("zhang"), confirmed_at=NOON + 2 * HOUR)
    assert store.custody.records(NOON + HOUR).custody[WEIBO.id].confirmed_at == NOON + HOUR
    with store.custody.changing() as tx:
        tx.hold([held("li", 3)])
    # What the predecessor said does not count.
    assert store.custody.records().custody[WEIBO.id] == held("li", 3)
    with store.custody.changing() as tx:
        tx.hold([replace(held("li", 3), confirmed_at=NOON + DAY)])
    assert store.custody.records().custody[WEIBO.id].confirmed_at == NOON + DAY


def test_whom_the_configuration_named_is_kept(store: Store) -> None:
    with registered(store).custody.changing() as tx:
        tx.configure({WEIBO.id: "zhang", WECHAT.id: "zhang"})
        tx.configure({WEIBO.id: "li"})
    assert store.custody.records().configured == {WEIBO.id: "li", WECHAT.id: "zhang"}


def test_a_handover_comes_back_as_it_was_at_every_step(store: Store) -> None:
    known = started(store)
    assert known == replace(STARTED, id=known.id)
    steps: list[Callable[[Handover], Handover]] = [
        lambda h: accept(h, "li", NOON + HOUR),
        lambda h: check(h, "li", ["password"], NOON + HOUR),
        lambda h: accept(h, "zhang", NOON + 2 * HOUR),
        lambda h: check(h, "zhang", ["password", "phone"], NOON + 3 * HOUR),
        lambda h: confirm(h, "li", {WEIBO.id: NOON + 3 * HOUR}, NOON + 4 * HOUR),
    ]
    for step in steps:
        with store.custody.changing() as tx:
            before = tx.handover(known.id)
            assert before is not None
            known = tx.save_handover(step(before))
        assert store.custody.running() == [known]
        assert store.custody.records().handovers == (known,)
    with store.custody.changing() as tx:
        assert tx.handover(99) is None


def test_what_has_ended_runs_no_more_and_is_kept(store: Store) -> None:
    first = started(store)
    with store.custody.changing() as tx:
        called_off = tx.save_handover(cancel(first, "zhang", NOON + HOUR))
        proven = accept(replace(STARTED, accounts=(WEIBO.id,)), "zhang", NOON + 2 * HOUR)
        proven = tx.save_handover(accept(proven, "li", NOON + 2 * HOUR))
        proven = tx.save_handover(
            confirm(proven, "li", {WEIBO.id: NOON + 3 * HOUR}, NOON + 4 * HOUR)
        )
    assert store.custody.running() == []
    assert store.custody.records().handovers == ()
    assert store.custody.handovers() == [called_off, proven]


def test_handovers_are_known_as_of_an_instant(store: Store) -> None:
    known = started(store)
    with store.custody.changing() as tx:
        tx.save_handover(cancel(accept(known, "li", NOON + HOUR), "zhang", NOON + 2 * HOUR))
    assert store.custody.records(NOON - HOUR).handovers == ()
    assert store.custody.records(NOON).handovers == (known,)
    assert store.custody.records(NOON + HOUR).handovers == (accept(known, "li", NOON + HOUR),)
    assert store.custody.records(NOON + 2 * HOUR).handovers == ()


def test_records_and_handovers_roll_back_together(store: Store) -> None:
    registered(store)
    with suppress(ZeroDivisionError), store.custody.changing() as tx:
        tx.save_handover(STARTED)
        tx.hold([held("li")])
        raise ZeroDivisionError
    assert (store.custody.handovers(), store.custody.records()) == ([], Records())


def test_an_account_that_was_never_configured_cannot_be_held(store: Store) -> None:
    with (
        pytest.raises(StoreError, match="does not fit"),
        registered(store).custody.changing() as tx,
    ):
        tx.hold([held("li", account="nobody")])


def test_writers_of_the_records_wait_for_one_another(store: Store) -> None:
    number = started(store).id

    def tick(item: str) -> None:
        with store.custody.changing() as tx:
            known = tx.handover(number)
            assert known is not None
            tx.save_handover(check(known, "li", [item], NOON + HOUR))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(tick, ("password", "phone", "wechat", "scheduled")))
    assert store.custody.handovers()[0].unchecked() == ()


def test_a_subject_sees_the_records_of_its_own_moment(store: Store) -> None:
    number = started(store).id
    with store.custody.changing() as tx:
        tx.hold([held("zhang"), held("zhang", account=WECHAT.id)])
    store.duty.add([DutyEntry(DutyDay(date(2024, 2, 1), "li"), NOON, SWAP)])
    with store.alerts.changing(WEIBO.id) as tx:
        seen = tx.records([WEIBO.id])
        assert (list(seen.custody), len(seen.handovers), len(seen.duty)) == ([WEIBO.id], 1, 1)
        assert tx.records([]).custody == {}
        assert tx.handover(number) == replace(STARTED, id=number)


# The roster and the shifts


def entry(day: int, duty: str, after: int = 0, leader: str | None = None) -> DutyEntry:
    return DutyEntry(DutyDay(date(2024, 2, day), duty, leader), NOON + after * HOUR, "二月.xlsx")


def test_the_newest_entry_of_a_date_counts(store: Store) -> None:
    store.duty.add([entry(1, "zhang", leader="wang"), entry(2, "zhang")])
    store.duty.add([entry(1, "li", 2)])
    assert store.custody.records().duty == (entry(2, "zhang"), entry(1, "li", 2))
    assert store.custody.records(NOON + HOUR).duty == (
        entry(1, "zhang", leader="wang"),
        entry(2, "zhang"),
    )


def summary(person: str) -> Notice:
    facts = ShiftFacts(
        "李四",
        until=date(2024, 2, 7),
        sections=(Section("publish", 9, (Item("鞍山民政", on=date(2024, 2, 6), days=3),)),),
    )
    return replace(
        notice(silence(), person, f"shift:2024-02-01:{person}"),
        kind=Kind.ROSTER,
        event=Event.SUMMARY,
        reason=Reason.SHIFT,
        rung=None,
        facts=facts,
    )


def test_a_take_over_is_summed_up_once(store: Store) -> None:
    day = date(2024, 2, 1)
    assert not store.duty.summed_up(day, "li")
    assert store.duty.sum_up(day, "li", [summary("li")], NOON)
    assert store.duty.summed_up(day, "li")
    # The same person on the same day, by another channel by now: no second one.
    other = replace(summary("li"), id="other", channel="mail")
    assert not store.duty.sum_up(day, "li", [other], NOON + HOUR)
    assert store.duty.sum_up(day, "wang", [summary("wang")], NOON + HOUR)
    claimed = store.outbox.claim(NOON + HOUR)
    assert [(n.person, n.channel) for n in claimed] == [("li", "wecom"), ("wang", "wecom")]
    assert claimed[0].facts == summary("li").facts
    assert all(store.outbox.still_holds(n) for n in claimed)


def test_a_summary_that_cannot_be_queued_is_not_marked_as_made(store: Store) -> None:
    naive = replace(summary("li"), created_at=NOON.replace(tzinfo=None))
    with pytest.raises(ValueError, match="naive"):
        store.duty.sum_up(date(2024, 2, 1), "li", [naive], NOON)
    assert not store.duty.summed_up(date(2024, 2, 1), "li")
