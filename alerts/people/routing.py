"""Whom a role means on a day, and who stands in when nobody fills it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from alerts.facts import Facts, breach_of
from alerts.model import Person, Reach, Reason, Roster
from alerts.people.roster import on_duty

CUSTODIAN, BACKUP, DUTY, DEPUTY, OPERATOR = "custodian", "backup", "duty", "deputy", "operator"
ROLES = (CUSTODIAN, BACKUP, DUTY, DEPUTY, OPERATOR)
# Who stands in, in this order, for a role that nobody fills or whose people cannot be reached.
STAND_IN = (DUTY, CUSTODIAN, OPERATOR)
LAST_CHANCE = timedelta(days=2)  # so long before its limit nothing about an account can wait
AT_THE_END = frozenset({Reason.BREACH, Reason.CLOSURE, Reason.PUBLISH_DAY})
ON_THE_WAY = frozenset({Reason.RUNG, Reason.PROMISE, Reason.BLIND})


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to notify. *fallback_for*: the role, or person, they stand in for; None if meant."""

    person: Person
    fallback_for: str | None = None


def route(
    tell: Sequence[str],
    custodian: str | None,
    backup: str | None,
    people: Mapping[str, Person],
    roster: Roster,
    day: date,
) -> tuple[Recipient, ...]:
    """Return whom *tell* (roles or person ids) stands for on *day*, each reachable person once.

    Empty if neither they nor anybody who stands in for them can be reached.
    """
    holders = {CUSTODIAN: custodian, BACKUP: backup, DUTY: on_duty(roster, day)}
    found: dict[str, Recipient] = {}
    missing = []
    for name in tell:
        meant = [p for p in _meant(name, holders, people) if p.ways]
        for person in meant:
            found.setdefault(person.id, Recipient(person))
        if not meant:
            missing.append(name)
    for name in missing:
        for person in _stand_ins(name, holders, people):
            # Also who is notified anyway has to know that nobody else is.
            if person.id not in found or found[person.id].fallback_for is None:
                found[person.id] = Recipient(person, name)
    return tuple(found.values())


def urgent(reason: Reason, facts: Facts, now: datetime) -> bool:
    """Return whether a call for *reason* is one of the last chance or of the breach itself."""
    limit = breach_of(facts)
    near = limit is not None and limit - now <= LAST_CHANCE
    return reason in AT_THE_END or (reason in ON_THE_WAY and near)


def ways_for(person: Person, pressing: bool) -> tuple[Reach, ...]:
    """Return by which ways *person* gets a call: the first, and if it is *pressing* all those
    that are for such calls."""
    beside = [one for one in person.reach if one.urgent and pressing]
    return (*person.ways[:1], *beside)


def _meant(
    name: str, holders: Mapping[str, str | None], people: Mapping[str, Person]
) -> Iterator[Person]:
    """The holder of a role that one person holds, else all who have the role, else the person."""
    holder = people.get(holders.get(name) or "")
    if holder is not None:
        yield holder
    elif name in ROLES:
        # Custody and back-up belong to an account; nobody holds those of all of them.
        if name not in (CUSTODIAN, BACKUP):
            yield from (person for person in people.values() if name in person.roles)
    elif name in people:
        yield people[name]


def _stand_ins(
    name: str, holders: Mapping[str, str | None], people: Mapping[str, Person]
) -> Sequence[Person]:
    """The first role in line that somebody reachable fills."""
    # Who backs up the custodian is best replaced by the custodian.
    line = (CUSTODIAN, DUTY, OPERATOR) if name == BACKUP else STAND_IN
    for role in line:
        standing = [p for p in _meant(role, holders, people) if p.ways]
        if standing and role != name:
            return standing
    return ()
