"""Machines: their signs of life, who of them leads, and the ends of visits."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, inspect, or_, select, text

from monitor.machines import LIVES_FOR, Idle, Machine, Visited, Work
from monitor.store.engine import Database
from monitor.store.protocols.machines import Machines
from monitor.store.rows import insert_new, upsert
from monitor.store.schema import leases, machines, visits
from monitor.store.server_session import OURS
from monitor.store.types import UtcDateTime

HALTED = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND usename = current_user AND application_name = :ours "
    "AND state LIKE 'idle in transaction%' AND state_change < clock_timestamp() - :after"
)

LIVING = text(
    "SELECT name, version FROM machines WHERE seen_at > clock_timestamp() - :lives LIMIT 1"
)


def living_machine(connection: Connection) -> Row[Any] | None:
    """Return name and version of a machine that works on a server's database, in whatever version
    its tables are; None if none does."""
    if not inspect(connection).has_table("machines"):
        return None
    return connection.execute(LIVING, {"lives": LIVES_FOR}).first()


class SqlMachines(Machines):
    """The machines of one database; every method is its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def clock(self) -> datetime | None:
        if self._database.path is not None:
            return None
        with self._database.reading() as connection:
            return connection.scalar(select(func.clock_timestamp(type_=UtcDateTime())))

    def let_go_of_halted(self, after: timedelta) -> int:
        if self._database.path is not None:
            return 0
        with self._database.reading() as connection:
            return len(connection.execute(HALTED, {"after": after, "ours": OURS}).all())

    def beat(self, machine: Machine) -> None:
        with self._database.writing() as connection:
            upsert(connection, machines, _row(machine))

    def all(self) -> Sequence[Machine]:
        with self._database.reading() as connection:
            wanted = select(machines).order_by(machines.c.name, machines.c.id)
            return [_machine(row) for row in connection.execute(wanted)]

    def leave(self, machine: str) -> None:
        with self._database.writing() as connection:
            connection.execute(leases.delete().where(leases.c.machine == machine))
            connection.execute(machines.delete().where(machines.c.id == machine))

    def forget(self, before: datetime) -> None:
        with self._database.writing() as connection:
            connection.execute(machines.delete().where(machines.c.seen_at < before))

    def take(self, lease: str, machine: str, now: datetime, until: datetime) -> bool:
        with self._database.writing() as connection:
            new = {"name": lease, "machine": machine, "until": until}
            if insert_new(connection, leases, [new]):
                return True
            free = or_(leases.c.machine == machine, leases.c.until <= now)
            taking = leases.update().where(leases.c.name == lease, free)
            return connection.execute(taking.values(machine=machine, until=until)).rowcount == 1

    def let_go(self, lease: str, machine: str) -> None:
        held = (leases.c.name == lease, leases.c.machine == machine)
        with self._database.writing() as connection:
            connection.execute(leases.delete().where(*held))

    def holder(self, lease: str, now: datetime) -> str | None:
        held = select(leases.c.machine).where(leases.c.name == lease, leases.c.until > now)
        with self._database.reading() as connection:
            return connection.scalar(held)

    def visited(self, gateway: str, visited: Visited) -> None:
        row = {"gateway": gateway, "ended_at": visited.ended_at, "free_at": visited.free_at}
        read = {"read_at": visited.read_at} if visited.read_at else {}
        with self._database.writing() as connection:
            upsert(connection, visits, row | read)

    def visits(self, gateways: Collection[str] | None = None) -> Mapping[str, Visited]:
        wanted = select(visits)
        if gateways is not None:
            wanted = wanted.where(visits.c.gateway.in_(gateways))
        with self._database.reading() as connection:
            return {
                row.gateway: Visited(row.ended_at, row.read_at, row.free_at)
                for row in connection.execute(wanted)
            }


def _row(machine: Machine) -> dict[str, Any]:
    return {
        "id": machine.id,
        "name": machine.name,
        "work": machine.work.value,
        "zones": json.dumps(machine.zones, ensure_ascii=False),
        "version": machine.version,
        "configuration": machine.configuration,
        "loaded_at": machine.loaded_at,
        "seen_at": machine.seen_at,
        "off_seconds": machine.off.total_seconds(),
        "idle": machine.idle.value if machine.idle else None,
    }


def _machine(row: Row[Any]) -> Machine:
    return Machine(
        id=row.id,
        name=row.name,
        work=Work(row.work),
        zones=tuple(json.loads(row.zones)),
        version=row.version,
        configuration=row.configuration,
        loaded_at=row.loaded_at,
        seen_at=row.seen_at,
        off=timedelta(seconds=row.off_seconds),
        idle=Idle(row.idle) if row.idle else None,
    )
