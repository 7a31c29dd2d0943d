"""Whatever stores something that judging goes by makes its account due, and no other."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, event

from alerts.model import SilenceException
from alerts.people.handover import Custody, Handover
from monitor.counted import DayCount
from monitor.ledger.records import ImportedPost
from monitor.model import SourceMemory
from monitor.standing import ALWAYS, NEVER, Standing
from monitor.store.base import Store
from monitor.store.protocols.standings import Kept
from monitor.store.rows import MANY
from tests.store_values import (
    DAY,
    HOUR,
    NOON,
    RSSHUB,
    WECHAT,
    WEIBO,
    alerted,
    recorded,
    registered,
    seen,
)

SETTLED = Standing(NOON + HOUR, "fresh", "young", None, NOON - DAY, NOON + DAY, NOON + HOUR, False)
EVERYBODY = {WEIBO.id, WECHAT.id}


def settled(store: Store) -> Store:
    """Return *store* with both accounts judged, and due in an hour."""
    known = store.standings.due(NOON)
    store.standings.keep(dict.fromkeys(known, SETTLED), known)
    assert not store.standings.due(NOON)
    return store


def imported(store: Store) -> None:
    store.imports.add([ImportedPost(WEIBO.id, seen("x", NOON - DAY))], [], "a.csv", NOON)


def taken_back(store: Store) -> None:
    imported(store)
    settled(store)
    store.imports.undo(1, NOON)


def held(store: Store) -> None:
    with store.custody.changing() as tx:
        tx.hold([Custody(WEIBO.id, "zhang", NOON, NOON)])


def handed_over(store: Store) -> None:
    one = Handover("zhang", "li", (WEIBO.id,), date(2024, 3, 1), "leaves", NOON, "li")
    with store.custody.changing() as tx:
        tx.save_handover(one)


def agreed(store: Store) -> None:
    store.exceptions.save(SilenceException(WEIBO.id, "li", NOON, NOON + DAY, "moves", None))


def failing(store: Store) -> None:
    with suppress(ZeroDivisionError), store.alerts.changing(WEIBO.id):
        raise ZeroDivisionError


WRITERS: list[tuple[str, Callable[[Store], object], set[str]]] = [
    ("a reading", lambda s: s.readings.record([recorded(RSSHUB, NOON)]), {WEIBO.id}),
    ("an import", imported, {WEIBO.id}),
    ("an import that is taken back", taken_back, {WEIBO.id}),
    ("what is remembered of a source", lambda s: s.sources.remember(RSSHUB, _same), {WEIBO.id}),
    (
        "a day of the statistics",
        lambda s: s.days.keep(WECHAT.id, DayCount(NOON.date(), 1, 1, 1), "wewe", NOON),
        {WECHAT.id},
    ),
    ("an agreed silence", agreed, {WEIBO.id}),
    ("an alert, or an answer to it", alerted, {WEIBO.id}),
    ("a look that changes nothing", failing, set()),
    ("who holds an account", held, {WEIBO.id}),
    ("a handover", handed_over, {WEIBO.id}),
    ("a calendar", lambda s: s.notes.keep_workdays(2025, "2025-01-01 休"), EVERYBODY),
    (
        "another name in the configuration",
        lambda s: registered(s, replace(WEIBO, name="民政"), WECHAT),
        {WEIBO.id},
    ),
    (
        "another way of reading it",
        lambda s: registered(s, replace(WEIBO, sources=WEIBO.sources[:1]), WECHAT),
        {WEIBO.id},
    ),
    ("a clock that was set back", lambda s: s.undo_ahead(NOON - DAY), EVERYBODY),
    ("the plan of a reading", lambda s: s.sources.plan(RSSHUB, NOON, NOON), set()),
    ("one brought forward", lambda s: s.sources.bring_forward(RSSHUB, NOON, NOON), set()),
]


def _same(memory: SourceMemory) -> SourceMemory:
    return memory


@pytest.mark.parametrize(
    ("write", "concerned"), [pytest.param(w, c, id=name) for name, w, c in WRITERS]
)
def test_what_is_stored_makes_due_whom_it_concerns(
    store: Store, write: Callable[[Store], object], concerned: set[str]
) -> None:
    registered(store).readings.record([recorded(RSSHUB, NOON - HOUR)])
    settled(store)
    write(store)
    assert set(store.standings.due(NOON)) == concerned


def test_a_new_account_is_due(store: Store) -> None:
    assert set(registered(store).standings.due(NOON)) == EVERYBODY


def test_an_account_is_due_again_at_its_instant(store: Store) -> None:
    settled(registered(store))
    assert set(store.standings.settled(NOON)) == EVERYBODY
    assert set(store.standings.due(NOON + HOUR)) == EVERYBODY
    assert store.standings.due(NOON + HOUR)[WEIBO.id].standing == SETTLED


def test_what_is_stored_while_an_account_is_judged_is_judged_again(store: Store) -> None:
    known = registered(store).standings.due(NOON)
    store.readings.record([recorded(RSSHUB, NOON)])
    store.standings.keep(dict.fromkeys(known, SETTLED), known)
    assert set(store.standings.due(NOON)) == {WEIBO.id}


def test_how_many_stand_is_stored_some_at_a_time(store: Store) -> None:
    many = [replace(WEIBO, id=f"a{n}", sources=()) for n in range(2 * MANY + 1)]
    known = registered(store, *many).standings.due(NOON)
    commits = list[object]()

    def note(connection: object) -> None:
        commits.append(connection)

    event.listen(Engine, "commit", note)
    try:
        store.standings.keep(dict.fromkeys(known, SETTLED), known)
    finally:
        event.remove(Engine, "commit", note)
    assert (len(known), len(commits)) == (len(many), 3)
    assert store.standings.due(NOON) == {}


def test_the_blind_ones_are_found_without_looking_at_the_others(store: Store) -> None:
    known = registered(store).standings.due(NOON)
    blind = replace(SETTLED, verdict="blind", due_at=NEVER)
    store.standings.keep({WEIBO.id: blind, WECHAT.id: SETTLED}, known)
    assert store.standings.blind() == [WEIBO.id]


def test_a_change_of_what_all_are_judged_under_makes_due_whom_it_concerns(store: Store) -> None:
    settled(registered(store))
    store.standings.stir("other rules", [], ["wewe"])
    assert store.standings.under() == "other rules"
    assert set(store.standings.due(NOON)) == {WECHAT.id}
    store.standings.stir("other rules again", None)
    assert store.standings.due(NOON)[WEIBO.id] == Kept(replace(SETTLED, due_at=ALWAYS), 2)
    assert set(store.standings.due(NOON)) == EVERYBODY


def test_the_records_have_another_revision_after_each_change(store: Store) -> None:
    revisions = [registered(store).custody.revision()]
    for change in (held, handed_over, lambda s: s.notes.keep_workdays(2025, "2025-01-01 休")):
        change(store)
        revisions.append(store.custody.revision())
    assert len(set(revisions)) == len(revisions)
    assert store.custody.revision() == revisions[-1]
