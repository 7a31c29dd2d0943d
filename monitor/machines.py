"""The machines that work on one database: who of them may lead, and who may read. Pure.

Each says every few seconds that it lives, on which configuration and how its clock runs. All
instants are by the database's clock.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.common.local_time import instant_of
from monitor.errors import Told

BEAT = timedelta(seconds=4)  # from one sign of life to the next
LIVES_FOR = timedelta(seconds=20)  # a machine counts as alive after its last sign of life
LEAD = timedelta(seconds=12)  # the lead is held without a sign of life
SPARE = timedelta(seconds=2)  # before the lead ends for others it ends for who has it
LEADS = "leads"  # the lease of the machine that leads
BACKLOG = "visits_backlog"  # note: the visits that wait and run, by zone
MOST_OFF = timedelta(seconds=30)  # a clock may be, for its machine to judge


Held = Callable[[], bool]  # whether a visit is still its maker's


class Work(StrEnum):
    """What a machine is there for."""

    SERVICE = "service"  # judges and delivers, one of them at a time, and reads
    WORKER = "worker"  # reads


class Idle(StrEnum):
    """Why a machine does less than it could."""

    CLOCK = "clock"  # it is too far off: the machine does not judge
    CONFIGURATION = "configuration"  # another one is in force: it neither judges nor reads


@dataclass(frozen=True, slots=True)
class Machine:
    """One process on one machine.

    *configuration*: a digest of what it has read, and *loaded_at* when it did. *off*: how far its
    own clock is ahead of the database's. *idle*: why it does less than it could; None: it does not.
    """

    id: str
    name: str
    work: Work
    zones: tuple[str, ...]
    version: str
    configuration: str
    loaded_at: datetime
    seen_at: datetime
    off: timedelta = timedelta(0)
    idle: Idle | None = None


@dataclass(frozen=True, slots=True)
class Visited:
    """What is kept of a gateway's last visit: when it ended, when one last read anything, and when
    the gateway may be asked again."""

    ended_at: datetime
    read_at: datetime | None
    free_at: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """The visit of a gateway, *queued_at* an instant, perhaps *running*, and made before others
    where it is *urgent*."""

    gateway: str
    zone: str
    queued_at: datetime
    running: bool = False
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """The visits of one zone: how many wait and since when the oldest does, how many run, and
    which gateways those hold the locks of."""

    zone: str
    waiting: int = 0
    running: int = 0
    oldest_at: datetime | None = None
    locked: tuple[str, ...] = ()


def living(machines: Iterable[Machine], now: datetime) -> list[Machine]:
    """Return those of *machines* that have lately said that they live."""
    return [one for one in machines if one.seen_at > now - LIVES_FOR]


def ruling(machines: Iterable[Machine], now: datetime) -> str | None:
    """Return the configuration that is in force: of the services that live, the one read last;
    None if none lives. Workers follow: what they have read is not meant to end a service."""
    services = [one for one in living(machines, now) if one.work is Work.SERVICE]
    newest = max(services, key=lambda one: (one.loaded_at, one.id), default=None)
    return newest.configuration if newest else None


def idle(me: Machine, machines: Iterable[Machine], now: datetime) -> Idle | None:
    """Return why *me* does less than it could, given all *machines*."""
    rules = ruling(machines, now)
    if rules is not None and rules != me.configuration:
        return Idle.CONFIGURATION
    return Idle.CLOCK if abs(me.off) > MOST_OFF else None


def stranger(version: str, machines: Iterable[Machine], now: datetime) -> Machine | None:
    """Return a living machine of another version than *version*: two do not work side by side."""
    return next((one for one in living(machines, now) if one.version != version), None)


def not_beside(machine: str, other: str, mine: str) -> Told:
    """Return why version *mine* does not work beside *machine*, which is of version *other*."""
    return Told(
        "{machine} works on this database with version {other}, and this is version {mine}; stop "
        "it first, or let both be of one version",
        machine=machine,
        other=other,
        mine=mine,
    )


def unworked(
    zones: Mapping[str, Collection[str]], machines: Iterable[Machine], now: datetime
) -> list[str]:
    """Return those of *zones*, which have gateways, that no machine which reads works in."""
    known = list(machines)
    return sorted(z for z, found in zones.items() if found and not works_in(z, known, now))


def works_in(zone: str, machines: Iterable[Machine], now: datetime) -> list[Machine]:
    """Return those of *machines* that read in *zone*."""
    reading = (one for one in living(machines, now) if one.idle is not Idle.CONFIGURATION)
    return [one for one in reading if zone in one.zones]


def outdated(
    visits: Iterable[Visit], zones: Mapping[str, Collection[str]], waiting: Mapping[str, bool]
) -> list[Visit]:
    """Return those of *visits* that wait otherwise than they would if they were deferred now: in a
    zone of *zones* that their gateway is not in any more, or behind others though a call waits for
    it, as *waiting* says of its gateway."""
    return [
        one
        for one in visits
        if not one.running
        and (
            one.gateway not in zones.get(one.zone, ())
            or (waiting.get(one.gateway, False) and not one.urgent)
        )
    ]


def backlog(visits: Iterable[Visit], zones: Collection[str]) -> list[Waiting]:
    """Return how many visits wait and run in each of *zones*, and in others that have any."""
    found = list(visits)
    names = sorted({*zones, *(one.zone for one in found)})
    return [_waiting(zone, [one for one in found if one.zone == zone]) for zone in names]


def _waiting(zone: str, visits: Collection[Visit]) -> Waiting:
    queued = [one.queued_at for one in visits if not one.running]
    locked = tuple(sorted(one.gateway for one in visits if one.running))
    return Waiting(zone, len(queued), len(locked), min(queued, default=None), locked)


def backlog_written(found: Iterable[Waiting]) -> str:
    """Return a backlog as `backlog_read` reads it."""
    return json.dumps([_written(one) for one in found])


def _written(one: Waiting) -> list[object]:
    oldest = one.oldest_at.isoformat() if one.oldest_at else None
    return [one.zone, one.waiting, one.running, oldest, *one.locked]


def backlog_read(text: str) -> list[Waiting]:
    """Return the backlog that *text* holds. Raises `ValueError`, `TypeError` or `LookupError` for
    a text that holds none."""
    return [
        Waiting(
            str(zone),
            int(waiting),
            int(running),
            instant_of(oldest) if oldest else None,
            tuple(map(str, locked)),
        )
        for zone, waiting, running, oldest, *locked in json.loads(text)
    ]
