"""How machines that share a database are answered for; a part of `shapes`."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from monitor.machines import Idle, Work


class MachineStatus(TypedDict):
    """One of the machines that share a database. *idle*: why it does less than it could."""

    name: str
    work: Work
    zones: list[str]
    version: str
    configuration: str
    loaded_at: datetime
    last_seen_at: datetime
    alive: bool
    leads: bool
    idle: Idle | None
    clock_off_seconds: float


class ZoneStatus(TypedDict):
    """The visits of one zone's gateways, and how many machines make them. *locked*: the gateways
    that one of them visits."""

    zone: str
    gateways: int
    machines: int
    waiting: int
    running: int
    locked: list[str]
    oldest_waits_since: datetime | None


class ClusterStatus(TypedDict):
    """The machines that share a database, and their zones."""

    machines: list[MachineStatus]
    zones: list[ZoneStatus]
