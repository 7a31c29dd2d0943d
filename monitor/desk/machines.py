"""How the machines stand that work on one database, and what waits for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from alerts.messages.draft import listed
from alerts.words import Words
from monitor.desk.machine_shapes import ClusterStatus, MachineStatus, ZoneStatus
from monitor.machines import (
    BACKLOG,
    LEADS,
    Idle,
    Machine,
    Waiting,
    Work,
    backlog_read,
    living,
    works_in,
)
from monitor.register import Register
from monitor.store.base import Store

NAMED = 5  # gateways in a line


def cluster_status(store: Store, register: Register, now: datetime) -> ClusterStatus | None:
    """Return the machines on the database of *store* at *now*; None where none ever joined."""
    machines = store.machines.all()
    if not machines:
        return None
    leads = store.machines.holder(LEADS, now)
    kept = store.notes.read(BACKLOG, backlog_read) or []
    gateways: dict[str, int] = {}
    for gateway in register.gateways.values():
        gateways[gateway.zone] = gateways.get(gateway.zone, 0) + 1
    return {
        "machines": [_machine(one, leads, machines, now) for one in machines],
        "zones": _zones(gateways, {one.zone: one for one in kept}, machines, now),
    }


def _machine(
    machine: Machine, leads: str | None, machines: Sequence[Machine], now: datetime
) -> MachineStatus:
    return {
        "name": machine.name,
        "work": machine.work,
        "zones": list(machine.zones),
        "version": machine.version,
        "configuration": machine.configuration,
        "loaded_at": machine.loaded_at,
        "last_seen_at": machine.seen_at,
        "alive": machine in living(machines, now),
        "leads": machine.id == leads,
        "idle": machine.idle,
        "clock_off_seconds": round(machine.off.total_seconds(), 1),
    }


def _zones(
    gateways: Mapping[str, int],
    kept: Mapping[str, Waiting],
    machines: Sequence[Machine],
    now: datetime,
) -> list[ZoneStatus]:
    return [
        {
            "zone": zone,
            "gateways": gateways[zone],
            "machines": len(works_in(zone, machines, now)),
            "waiting": one.waiting,
            "running": one.running,
            "locked": list(one.locked),
            "oldest_waits_since": one.oldest_at,
        }
        for zone in sorted(gateways)
        for one in [kept.get(zone, Waiting(zone))]
    ]


def machine_line(machine: MachineStatus, words: Words) -> str:
    """Return what one machine does as a line."""
    sentence = words.text("machine {name}: {does}; zones {zones}")
    zones = words.listing(machine["zones"])
    return sentence.format(name=machine["name"], does=_does(machine, words), zones=zones)


def _does(machine: MachineStatus, words: Words) -> str:
    if not machine["alive"]:
        gone = words.text("no sign of life since {at}")
        return gone.format(at=words.moment(machine["last_seen_at"]))
    if machine["idle"] == Idle.CONFIGURATION:
        return words.text("idle, for another configuration is in force")
    if machine["idle"] == Idle.CLOCK:
        off = words.text("its clock is {n} s off, so it does not judge")
        return off.format(n=round(abs(machine["clock_off_seconds"])))
    if machine["leads"]:
        return words.text("judges and delivers")
    return words.text("reads") if machine["work"] == Work.WORKER else words.text("stands by")


def zone_line(zone: ZoneStatus, words: Words) -> str:
    """Return how the visits of one zone stand as a line."""
    if not zone["machines"]:
        sentence = words.text("zone {zone}: nobody works in it; its {n} gateways are not read")
        return sentence.format(zone=zone["zone"], n=zone["gateways"])
    return _waits(zone, words) + _under_way(zone, words)


def _waits(zone: ZoneStatus, words: Words) -> str:
    since = zone["oldest_waits_since"]
    if since is None:
        sentence = words.text("zone {zone}: {n} machines; no visit waits")
        return sentence.format(zone=zone["zone"], n=zone["machines"])
    sentence = words.text("zone {zone}: {n} machines; {waiting} visits wait, since {at}")
    facts = {"zone": zone["zone"], "n": zone["machines"], "waiting": zone["waiting"]}
    return sentence.format(**facts, at=words.moment(since))


def _under_way(zone: ZoneStatus, words: Words) -> str:
    if not zone["locked"]:
        return ""
    sentence = words.text("; visited now: {gateways}")
    return sentence.format(gateways=listed(zone["locked"], NAMED, words))
