"""A gateway's quota over real HTTP and a real database: counted, kept to, and lasting the day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import Outcome, SourceSpec, SourceState
from monitor.polling.quota import Budget, portion
from monitor.store.base import Store
from monitor.store.sql import open_store
from tests.polling.loopback import Answer, Reading, RssHub, behind, feed
from tests.rule_values import DAY, HOUR, LIMIT, MINUTE, POSTED, ZONE, at

MIDNIGHT = at("03-20 00:00")
ORDINARY = [f"{n}" for n in range(20001, 20012)]
SILENT = "33333"  # its limit passes on the 20th at 10:00, and is told of then


class Metered(RssHub):
    """An RSSHub that refuses whatever is beyond its own quota a local day."""

    def __init__(self, quota: int) -> None:
        super().__init__(self._answer)
        self.quota = quota
        self.now = MIDNIGHT
        self.days: Counter[str] = Counter()

    def _answer(self, uid: str) -> Answer:
        day = f"{self.now.astimezone(ZONE):%m-%d}"
        self.days[day] += 1
        if self.days[day] > self.quota:
            return 429, b"over quota", {}
        newest = self.now - POSTED if uid == SILENT else HOUR
        return 200, feed(uid, self.now, *(newest + n * HOUR for n in range(6))), {}


def world(
    store: Store, hub: Metered, *uids: str, quota: int, canaries: Sequence[str] = ()
) -> Reading:
    return Reading(
        store,
        behind("rsshub", *uids),
        {"rsshub": hub},
        hub.now,
        quotas={"rsshub": quota},
        canaries=canaries,
    )


def live(reading: Reading, hub: Metered, until: datetime) -> None:
    """Look every ten minutes at what is due."""
    while reading.now < until:
        reading.rounds.read_due(reading.now)
        reading.now = hub.now = reading.now + 10 * MINUTE


def test_F27_a_quota_lasts_the_day_over_a_restart_and_what_is_decisive_is_read_at_its_instant(
    sqlite_url: str,
) -> None:
    """Twelve accounts want at least 48 readings a day, and 20 requests are allowed."""
    with Metered(20) as hub:
        hub.now = MIDNIGHT - DAY
        store = open_store(sqlite_url, hub.now)
        before = world(store, hub, *ORDINARY, SILENT, quota=20)
        live(before, hub, MIDNIGHT + 9 * HOUR)
        by_nine = before.spent("rsshub")
        before.close()
        store.close()

        again = open_store(sqlite_url, hub.now)
        after = world(again, hub, *ORDINARY, SILENT, quota=20)
        assert after.spent("rsshub") == by_nine == hub.days["03-20"]
        assert 6 <= by_nine <= 12
        live(after, hub, MIDNIGHT + DAY)
        proof = [r for r in again.readings.of_account(SILENT, LIMIT) if r.started_at == LIMIT]
        readings = [
            r for uid in (*ORDINARY, SILENT) for r in again.readings.of_account(uid, POSTED)
        ]
        after.close()
        again.close()
    assert [(r.good, r.as_of) for r in proof] == [(True, LIMIT)]
    assert all(r.good for r in readings), "the gateway never had to refuse"
    assert 18 <= hub.days["03-19"] <= 20
    assert 18 <= hub.days["03-20"] <= 20
    asked = Counter(r.account for r in readings)
    assert len(asked) == 12
    assert min(asked.values()) >= 2


def test_F27_a_spent_quota_rests_until_midnight_and_is_no_failure(sqlite_store: Store) -> None:
    """A person may have the kept tenth; what comes beyond it is not asked and not recorded."""
    with Metered(4) as hub:
        hub.now = MIDNIGHT + 20 * HOUR
        reading = world(sqlite_store, hub, *ORDINARY, quota=4)
        reading.rounds.read_due(hub.now)
        assert hub.asked.total() == 3
        shown = reading.rounds.read_accounts(ORDINARY, hub.now)
        assert [r.good for r in shown] == [True]
        live(reading, hub, MIDNIGHT + DAY)
        assert reading.rounds.read_accounts(ORDINARY, hub.now - MINUTE) == []
        assert hub.asked.total() == 4
        state = sqlite_store.gateways.states()["rsshub"]
        assert (state.healthy, state.not_before) == (True, None)
        assert {s.last_outcome for s in sqlite_store.sources.states().values()} == {
            None,
            Outcome.OK,
        }
        reading.rounds.read_due(hub.now)
        assert hub.asked.total() == 5, "a new day"
        reading.close()


def test_every_request_counts_also_a_redirect_and_one_that_fails(sqlite_store: Store) -> None:
    with Metered(1) as hub:
        reading = world(sqlite_store, hub, "20001", quota=100)
        plain = hub.answer
        hub.answer = lambda uid: (
            (302, b"", {"Location": "/weibo/user/99999"}) if uid == "20001" else plain(uid)
        )
        reading.rounds.read_due(hub.now)
        assert (reading.spent("rsshub"), hub.asked.total()) == (2, 2)
        hub.answer = lambda _: (503, b"", {})
        reading.now = hub.now = MIDNIGHT + 7 * HOUR
        reading.rounds.read_due(hub.now)
        assert (reading.spent("rsshub"), hub.asked.total()) == (3, 3)
        reading.close()


def test_a_reading_that_needs_several_requests_leaves_the_tenth_alone(sqlite_store: Store) -> None:
    """Sixty readings are due and ninety requests may be made, but each is redirected once."""
    with Metered(1000) as hub:
        hub.now = MIDNIGHT + 23 * HOUR
        crowd = [f"{n}" for n in range(20001, 20061)]
        reading = world(sqlite_store, hub, *crowd, quota=100)
        plain = hub.answer
        hub.answer = lambda uid: (
            plain(f"2{uid[1:]}")
            if uid.startswith("1")
            else (302, b"", {"Location": f"/weibo/user/1{uid[1:]}"})
        )
        reading.rounds.read_gateway("rsshub", hub.now)
        reading.close()
    assert 90 <= hub.asked.total() <= 97, "those under way are read to their end"


def test_canaries_count_and_are_looked_at_less_often(sqlite_store: Store) -> None:
    with Metered(100) as hub:
        reading = world(sqlite_store, hub, *ORDINARY, quota=40, canaries=("weibo/user/44444",))
        live(reading, hub, MIDNIGHT + DAY)
        assert 4 <= hub.asked["44444"] <= 5
        reading.now = MIDNIGHT + 12 * HOUR
        assert reading.spent("rsshub") == hub.asked.total() <= 40
        reading.close()


def test_a_canary_that_the_quota_kept_from_being_asked_is_not_failing(sqlite_store: Store) -> None:
    with Metered(100) as hub:
        canaries = ("weibo/user/44444", "weibo/user/55555")
        reading = world(sqlite_store, hub, "20001", quota=1, canaries=canaries)
        reading.rounds.read_due(hub.now)
        looked = sqlite_store.gateways.states()["rsshub"].canaries
        assert dict(hub.asked) == {"44444": 1}
        assert [s.last_outcome for s in looked] == [Outcome.OK, None]
        assert [s.failures for s in looked] == [0, 0]
        reading.close()


def test_F30_a_crowd_behind_a_gateway_with_a_quota_holds_up_nobody_behind_another(
    sqlite_store: Store,
) -> None:
    crowded, free = Metered(6), Metered(1000)
    accounts = behind("crowd", *ORDINARY) | behind("few", SILENT)
    with crowded, free:
        reading = Reading(
            sqlite_store, accounts, {"crowd": crowded, "few": free}, MIDNIGHT, quotas={"crowd": 6}
        )
        while reading.now < MIDNIGHT + DAY:
            crowded.now = free.now = reading.now
            reading.rounds.read_due(reading.now)
            reading.now += HOUR / 2
        reading.close()
    assert len(crowded.asked) == crowded.asked.total() == 5, "five different ones, one is kept"
    assert free.asked.total() >= 24 * 2 - 4, "its limit is near: every half hour"


def sources(count: int, at_once: Callable[[int], bool]) -> list[SourceState]:
    before = MIDNIGHT - 6 * HOUR
    return [
        SourceState(
            SourceSpec(f"{n}", f"{n}", "crowd", f"{n}"),
            MIDNIGHT,
            before,
            decisive_at=MIDNIGHT if at_once(n) else None,
        )
        for n in range(count)
    ]


@settings(max_examples=10, deadline=None)
@given(quota=st.integers(1, 5_000), spent=st.integers(0, 5_000), minutes=st.integers(0, 1439))
def test_of_ten_thousand_the_decisive_ones_are_read_first_and_the_quota_is_kept_to(
    quota: int, spent: int, minutes: int
) -> None:
    now = MIDNIGHT + timedelta(minutes=minutes)
    due = sources(10_000, lambda n: n % 500 == 0)
    known = Budget(quota, spent, MIDNIGHT, MIDNIGHT + DAY)
    read = portion(due, known, now)
    first = min(20, known.left)
    assert [s.decisive_at for s in read[:first]] == [MIDNIGHT] * first
    assert len(read) <= known.left
    assert len(set(read)) == len(read)


@pytest.mark.parametrize("retry_after", ["-5", "", "9" * 40, "Thu, 21 Mar 2099 01:05:00 GMT"])
def test_F27_an_absurd_retry_after_stops_nobody_for_ever(
    sqlite_store: Store, retry_after: str
) -> None:
    with Metered(100) as hub:
        reading = Reading(sqlite_store, behind("rsshub", "20001"), {"rsshub": hub}, MIDNIGHT)
        plain = hub.answer
        hub.answer = lambda _: (429, b"", {"Retry-After": retry_after})
        reading.rounds.read_due(MIDNIGHT)
        hub.answer = plain
        live(reading, hub, MIDNIGHT + DAY + HOUR)
        assert sqlite_store.gateways.states()["rsshub"].healthy
        reading.close()
    assert hub.asked.total() > 1
