"""Requests through gateways that have a quota, counted by local day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection, select

from monitor.store.rows import insert_new
from monitor.store.schema import spending


def spend(connection: Connection, gateway: str, day: date, quota: int) -> bool:
    """Count one more request, unless that makes more than *quota* on *day*."""
    insert_new(connection, spending, [{"gateway": gateway, "day": day, "requests": 0}])
    requests = spending.c.requests
    there = (spending.c.gateway == gateway, spending.c.day == day, requests < quota)
    one_more = spending.update().where(*there).values(requests=requests + 1)
    return connection.execute(one_more).rowcount == 1


def spent(connection: Connection, day: date) -> Mapping[str, int]:
    """Return how many requests were counted on *day*, by gateway."""
    counted = select(spending.c.gateway, spending.c.requests)
    rows = connection.execute(counted.where(spending.c.day == day, spending.c.requests > 0))
    return {row.gateway: row.requests for row in rows}
