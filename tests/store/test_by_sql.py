"""What people find who ask the database by SQL: readings as they are told of, not as stored."""

from dataclasses import replace

from sqlalchemy import text

from alerts.told import Detail
from monitor.model import Outcome
from monitor.store.base import Store
from tests.store_values import GATEWAY_OF, NOON, RSSHUB, recorded, registered


def test_readings_stand_under_their_account_with_legible_words(store: Store) -> None:
    registered(store)
    one = recorded(RSSHUB, NOON, outcome=Outcome.STATUS)
    failed = replace(one.reading, detail=Detail("HTTP 503", "busy"))
    store.readings.record([replace(one, reading=failed)])
    account, gateway = GATEWAY_OF[RSSHUB]
    with store._database.reading() as connection:  # type: ignore[attr-defined]
        [row] = connection.execute(
            text("SELECT * FROM readings WHERE account = :a ORDER BY started_at DESC LIMIT 1"),
            {"a": account},
        )
    found = (row.source, row.gateway, row.outcome, row.detail, str(row.started_at)[:19])
    assert found == (RSSHUB, gateway, "status", "HTTP 503", f"{NOON:%Y-%m-%d %H:%M:%S}")
