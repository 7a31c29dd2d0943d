"""What pages ask of every store: readings and alerts of late, and what waits."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts.model import Alert, Kind
from monitor.model import Outcome, Reading
from monitor.store.base import Store
from monitor.store.protocols.ledger import Counts
from tests.store_values import (
    BACKUP,
    DAY,
    GATEWAYS,
    HOUR,
    NOON,
    RSSHUB,
    WEIBO,
    WEWE,
    recorded,
    registered,
)

MADE = {
    (RSSHUB, NOON): Outcome.OK,
    (RSSHUB, NOON + 2 * HOUR): Outcome.UNCHANGED,
    (BACKUP, NOON + HOUR): Outcome.STATUS,
    (WEWE, NOON + HOUR): Outcome.TRANSPORT,
    (RSSHUB, NOON - DAY): Outcome.OK,
}


@pytest.fixture
def read(store: Store) -> Store:
    """Two accounts, read a few times."""
    made = [recorded(source, at, outcome=end) for (source, at), end in MADE.items()]
    registered(store).readings.record(made)
    return store


def places(found: list[Reading]) -> list[tuple[str, timedelta]]:
    return [(one.source, one.started_at - NOON) for one in found]


def test_readings_are_found_newest_first_by_page_and_by_how_they_ended(read: Store) -> None:
    ask, zero = read.readings.lately, timedelta(0)
    newest = [(RSSHUB, 2 * HOUR), (WEWE, HOUR), (BACKUP, HOUR), (RSSHUB, zero)]
    assert sorted(places([*ask(NOON, most=9)])) == sorted(newest)
    assert places([*ask(NOON)]) == newest[:1]
    assert places([*ask(NOON, start=3, most=9)]) == newest[3:]
    assert places([*ask(NOON, good=True, most=9)]) == [newest[0], newest[3]]
    assert sorted(places([*ask(NOON, good=False, most=9)])) == sorted(newest[1:3])
    assert places([*ask(NOON, good=False, gateway="wewe", most=9)]) == [(WEWE, HOUR)]


def test_what_pages_call_good_is_what_a_reading_calls_good(read: Store) -> None:
    found = [*read.readings.lately(NOON - DAY, most=9)]
    good = [*read.readings.lately(NOON - DAY, good=True, most=9)]
    assert good == [one for one in found if one.good]


def test_readings_are_counted_by_gateway(read: Store) -> None:
    assert read.readings.counted(NOON) == {
        "rsshub": Counts(good=2),
        "backup": Counts(failed=1),
        "wewe": Counts(failed=1),
    }


def test_what_left_the_configuration_is_not_among_them(read: Store) -> None:
    read.accounts.sync([WEIBO], GATEWAYS[:2], {}, NOON + DAY)
    assert set(read.readings.counted(NOON)) == {"rsshub", "backup"}
    assert read.readings.lately(NOON, gateway="wewe") == []


def kept(store: Store, subject: str, ended_at: datetime | None) -> Alert:
    alert = Alert(Kind.SILENCE, subject, NOON - DAY, NOON - 2 * DAY)
    with store.alerts.changing(subject) as tx:
        made = tx.save(alert)
        return tx.save(replace(made, resolved_at=ended_at)) if ended_at else made


def test_alerts_that_ended_of_late(store: Store) -> None:
    registered(store)
    kept(store, "weibo-mz", NOON - 3 * HOUR)
    late = kept(store, "weibo-mz", NOON)
    other = kept(store, "wechat-mz", NOON + HOUR)
    kept(store, "weibo-mz", None)
    since = NOON - 2 * HOUR
    assert {one.id for one in store.alerts.ended(since)} == {late.id, other.id}
    assert store.alerts.ended(since, ["weibo-mz"]) == [late]
    assert store.alerts.ended(since, []) == []


def test_the_newest_alert_of_all(store: Store) -> None:
    registered(store)
    kept(store, "weibo-mz", NOON)
    newest = kept(store, "wechat-mz", None)
    assert [one.id for one in store.alerts.listed(True, most=1)] == [newest.id]
    assert store.alerts.notices_since(NOON - DAY, 0, 9) == []


def test_nothing_waits_in_an_empty_store(store: Store) -> None:
    assert store.tallies.unsent() == 0
