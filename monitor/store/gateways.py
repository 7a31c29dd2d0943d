"""Gateways: their states, and the requests counted by local day where there is a quota."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, select

from monitor.model import GatewayState
from monitor.store.codec import (
    canaries_from_json,
    canaries_to_json,
    families_from_json,
    families_to_json,
)
from monitor.store.engine import Database
from monitor.store.mending import mending
from monitor.store.protocols.accounts import Gateways
from monitor.store.rows import insert_new, update_rows
from monitor.store.schema import gateways, spending

CONFIGURED_GATEWAYS = select(gateways).where(gateways.c.configured).order_by(gateways.c.id)


@mending
class SqlGateways(Gateways):
    """The gateways of one database; every method is its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def states(self) -> Mapping[str, GatewayState]:
        def read(connection: Connection) -> Mapping[str, GatewayState]:
            return {row.id: gateway_state(row) for row in connection.execute(CONFIGURED_GATEWAYS)}

        return self._database.once(CONFIGURED_GATEWAYS, read)

    def save(self, states: Iterable[GatewayState]) -> None:
        with self._database.writing() as connection:
            update_rows(connection, gateways, [gateway_row(state) for state in states])

    def spend(self, gateway: str, day: date, quota: int) -> bool:
        with self._database.writing() as connection:
            insert_new(connection, spending, [{"gateway": gateway, "day": day, "requests": 0}])
            requests = spending.c.requests
            there = (spending.c.gateway == gateway, spending.c.day == day, requests < quota)
            one_more = spending.update().where(*there).values(requests=requests + 1)
            return connection.execute(one_more).rowcount == 1

    def spent(self, day: date) -> Mapping[str, int]:
        with self._database.reading() as connection:
            counted = select(spending.c.gateway, spending.c.requests)
            rows = connection.execute(counted.where(spending.c.day == day, spending.c.requests > 0))
            return {row.gateway: row.requests for row in rows}


@lru_cache(1024)  # a row that says the same is not read again
def gateway_state(row: Row[Any]) -> GatewayState:
    """Return what a row of the table says."""
    return GatewayState(
        gateway=row.id,
        healthy=row.healthy,
        failing_since=row.failing_since,
        failures=int(row.failures),
        last_tried_at=row.last_tried_at,
        last_pulse_at=row.last_pulse_at,
        last_outcome=row.last_outcome,
        last_detail=row.last_detail,
        not_before=row.not_before,
        warnings=tuple(json.loads(row.warnings)),
        ends_at=row.ends_at,
        well_since=row.well_since,
        canaries=canaries_from_json(row.canaries),
        families=families_from_json(row.families),
        days_not_before=row.days_not_before,
        days_refusal=row.days_refusal,
    )


def gateway_row(state: GatewayState) -> dict[str, Any]:
    """Return *state* as a row of the table."""
    return {
        "id": state.gateway,
        "healthy": state.healthy,
        "failing_since": state.failing_since,
        "failures": state.failures,
        "last_tried_at": state.last_tried_at,
        "last_pulse_at": state.last_pulse_at,
        "last_outcome": state.last_outcome,
        "last_detail": state.last_detail,
        "not_before": state.not_before,
        "warnings": json.dumps(state.warnings),
        "ends_at": state.ends_at,
        "well_since": state.well_since,
        "canaries": canaries_to_json(state.canaries),
        "families": families_to_json(state.families),
        "days_not_before": state.days_not_before,
        "days_refusal": state.days_refusal,
    }
