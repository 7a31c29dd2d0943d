"""F61, F62, F63, F75: what a clock that is wrong may cause, and what it may not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import pytest

from alerts.facts import SilenceFacts
from alerts.model import Reason
from monitor.freshness.verdict import Verdict
from monitor.model import Outcome
from monitor.store.base import Store
from tests.faults.passes import Passes, Sent
from tests.rule_values import DAY, HOUR, MINUTE, POSTED, ZONE, at
from tests.store_values import NOON, RSSHUB, recorded, registered, seen

UID = "5600000001"
NONE = timedelta(0)
# A regular poster before, and then silence since `POSTED`; the oldest first.
HISTORY = [POSTED - n * 2 * DAY for n in reversed(range(8))]


def undone(store: Store, *ahead: timedelta) -> tuple[bool, list[datetime], datetime | None]:
    """Read well at noon and then at noon and each of *ahead*, and come to noon and an hour."""
    registered(store).readings.record([recorded(RSSHUB, NOON, seen("a", NOON - DAY))])
    for late in ahead:
        store.readings.record([recorded(RSSHUB, NOON + late, seen("a", NOON - DAY), seen("b"))])
    found = store.undo_ahead(NOON + HOUR)
    kept = [r.started_at for r in store.readings.of_account("weibo-mz", NOON - 9 * DAY)]
    return found, kept, store.sources.states()[RSSHUB].last_good_at


def test_F62_readings_dated_ahead_prove_nothing_and_their_sources_are_due(store: Store) -> None:
    assert undone(store, 2 * DAY) == (True, [NOON], NOON)
    state = store.sources.states()[RSSHUB]
    assert (state.next_read_at, state.last_tried_at) == (None, NOON)
    assert state.memory.validators.etag is None


def test_F62_a_first_sight_dated_ahead_becomes_the_newest_good_reading_before_it(
    store: Store,
) -> None:
    undone(store, 2 * DAY)
    found = {p.key: p for p in store.posts.of_account("weibo-mz")}
    assert (found["b"].published_at, found["b"].first_seen_at) == (NOON, NOON)
    assert found["a"].published_at == NOON - DAY


def test_F62_a_date_that_was_stated_is_never_undercut_by_that(store: Store) -> None:
    registered(store).readings.record([recorded(RSSHUB, NOON)])
    stated = NOON + 30 * MINUTE
    store.readings.record([recorded(RSSHUB, NOON + 2 * DAY, seen("c", stated))])
    store.undo_ahead(NOON + HOUR)
    assert [p.published_at for p in store.posts.of_account("weibo-mz")] == [stated]


def test_F62_a_clock_that_is_behind_for_a_pass_makes_no_post_older(store: Store) -> None:
    registered(store).readings.record([recorded(RSSHUB, NOON)])
    shown = [seen("a", NOON - DAY), seen("d", NOON + 6 * DAY)]
    store.readings.record([recorded(RSSHUB, NOON + 9 * DAY, *shown)])
    behind = NOON + HOUR
    store.undo_ahead(behind)
    for when in (behind, NOON + 10 * DAY):
        store.readings.record([recorded(RSSHUB, when, *shown)])
    found = {p.key: p.published_at for p in store.posts.of_account("weibo-mz")}
    assert found == {"a": NOON - DAY, "d": NOON + 6 * DAY}


@pytest.mark.parametrize(
    ("right", "published_at"),
    [
        pytest.param(NOON + HOUR, NOON + 10 * MINUTE, id="the clock is set right by a step"),
        pytest.param(NOON + 5 * MINUTE, NOON - 2 * HOUR, id="before the date that is stated"),
        pytest.param(NOON - 90 * MINUTE, NOON - 2 * HOUR, id="the clock goes on as it was set"),
    ],
)
def test_F62_what_a_clock_that_is_behind_saw_first_counts_from_its_date(
    store: Store, right: datetime, published_at: datetime
) -> None:
    registered(store).readings.record([recorded(RSSHUB, NOON)])
    store.notes.beat(NOON, NOON - DAY)
    behind = NOON - 2 * HOUR
    store.undo_ahead(behind)
    store.notes.beat(behind, behind)
    store.readings.record([recorded(RSSHUB, behind, seen("e", NOON + 10 * MINUTE))])
    before = store.notes.heartbeat()
    assert (before.back_at, before.back_from) == (behind, NOON)
    store.undo_behind(before, right)
    store.notes.beat(right, right)
    assert [p.published_at for p in store.posts.of_account("weibo-mz")] == [published_at]
    assert store.notes.heartbeat().back_from == (NOON if right < NOON else None)


def test_F63_two_honest_clocks_void_nothing_of_each_other(store: Store) -> None:
    assert undone(store, HOUR + MINUTE) == (False, [NOON, NOON + HOUR + MINUTE], NOON + 61 * MINUTE)


def test_F62_a_clock_before_everything_that_was_read_is_wrong_and_destroys_nothing(
    store: Store,
) -> None:
    registered(store).readings.record([recorded(RSSHUB, NOON)])
    store.undo_ahead(NOON - 9000 * DAY)
    assert store.sources.states()[RSSHUB].next_read_at is None
    assert [r.started_at for r in store.readings.of_account("weibo-mz", NOON)] == [NOON]


def test_F62_what_failed_by_a_clock_ahead_is_no_failure(store: Store) -> None:
    registered(store).readings.record([recorded(RSSHUB, NOON)])
    store.readings.record([recorded(RSSHUB, NOON + DAY, outcome=Outcome.STATUS)])
    store.undo_ahead(NOON + HOUR)
    state = store.sources.states()[RSSHUB]
    assert (state.failing_since, state.failures) == (None, 0)


def played(
    store: Store, passes: list[tuple[datetime, timedelta]], same_host: bool = True
) -> Passes:
    """Make *passes*, each at a true instant by a clock that is off by so much. *same_host*: the
    gateway goes by that clock too."""
    told = Passes(store, list(HISTORY), passes[0][0])
    told.same_host = same_host
    with told.hub:
        told.open([UID], passes[0][0] + passes[0][1])
        for true, off in passes:
            told.tick(true, off)
        told.verdict = told.verdicts()[UID]
        told.world.close()
    return told


def calls(sent: list[Sent]) -> list[str]:
    """Return the calls to the custodian, and the corrections, in order."""
    mine = [s for s in sent if s.notice.person == "zhang"]
    return [str(s.notice.occasion) if s.call else s.notice.reason.value for s in mine]


def test_F62_a_call_by_a_clock_ahead_is_corrected_once_and_made_again_when_it_is_due(
    sqlite_store: Store,
) -> None:
    right = [(at(when), NONE) for when in ("03-12 10:00", "03-12 12:00", "03-13 09:30")]
    ahead = (at("03-12 09:30"), 4 * DAY)
    told = played(sqlite_store, [(at("03-12 09:00"), NONE), ahead, *right])
    assert calls(told.sent) == ["rung:7", "corrected", "rung:7"]
    assert told.verdict is Verdict.LATE


def test_F62_what_a_fast_clock_called_and_is_due_by_now_stays_said(sqlite_store: Store) -> None:
    told = played(
        sqlite_store,
        [(at("03-13 08:30"), HOUR), (at("03-13 09:10"), NONE), (at("03-13 10:10"), NONE)],
    )
    assert calls(told.sent) == ["rung:7"]


@dataclass(frozen=True, slots=True)
class Play:
    """Passes *every* so often from *start* on; *off* before pass number *until*."""

    every: timedelta
    start: datetime
    count: int
    off: timedelta
    until: int
    same_host: bool


def drawn(seed: int) -> Play:
    """Return a play: the silence reaches a call in its second half, the clock steps before."""
    random = Random(seed)
    every, count = random.choice([(14 * MINUTE, 24), (HOUR, 24), (DAY, 18)])
    target = at("03-20 10:00") if every == DAY else at("03-13 09:00")
    start = target - every * (count - random.randint(2, 6)) + random.randint(0, 59) * MINUTE
    size = random.choice([3 * MINUTE, HOUR, 7 * HOUR, DAY, 4 * DAY])
    off, until = random.choice([size, -size]), random.randint(1, count // 2)
    return Play(every, start, count, off, until, random.choice([True, False]))


@pytest.mark.parametrize("seed", range(12))
def test_F62_whenever_the_clock_steps_what_is_sent_after_is_right_and_nothing_goes_twice(
    sqlite_store: Store, seed: int
) -> None:
    play = drawn(seed)
    told = played(
        sqlite_store,
        [
            (play.start + n * play.every, play.off if n < play.until else NONE)
            for n in range(play.count)
        ],
        play.same_host,
    )
    right = [s for s in told.sent if s.right]
    asked = [s.call for s in right if s.call]
    assert len(asked) == len(set(asked)), play
    for one in right:
        facts = one.notice.facts
        if isinstance(facts, SilenceFacts) and one.notice.reason is not Reason.BLIND:
            days = (one.at.astimezone(ZONE).date() - POSTED.astimezone(ZONE).date()).days
            assert facts.quiet_days in (days, days - 1), play
    assert told.verdict in (Verdict.LATE, Verdict.BREACHED), play
    expected = "rung:7" if play.every != DAY else "breach"
    assert any(str(s.notice.occasion) == expected for s in told.sent), play


def test_F62_a_first_start_by_a_clock_ahead_is_read_anew_at_once(sqlite_store: Store) -> None:
    told = played(sqlite_store, [(at("03-13 09:30"), 5 * HOUR), (at("03-13 09:50"), NONE)])
    assert sqlite_store.sources.states()[f"{UID}@rsshub"].last_good_at == at("03-13 09:50")
    assert told.verdict is Verdict.LATE
