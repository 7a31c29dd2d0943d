"""What all accounts are judged under besides what is stored of each: a change of it makes due
whom it concerns. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import blake2b

from alerts.model import SilenceException
from monitor.judging.situation import Gateways, Spent
from monitor.model import GatewayState
from monitor.polling.health import resting
from monitor.register import Register

RULES = 1  # another number where a new version judges what is stored otherwise


@dataclass(frozen=True, slots=True)
class JudgedUnder:
    """*everywhere*: what concerns every account. *gateways*: what concerns those behind each;
    *agreed*: each account's agreed silence; both as digests."""

    everywhere: str
    gateways: Mapping[str, str]
    agreed: Mapping[str, str]

    def text(self) -> str:
        """Return this as `read_back` reads it."""
        return json.dumps([self.everywhere, dict(self.gateways), dict(self.agreed)])


def read_back(text: str | None) -> JudgedUnder:
    """Return what `JudgedUnder.text` gave; for None something that nothing is like."""
    return JudgedUnder(*json.loads(text)) if text else JudgedUnder("", {}, {})


def configured(register: Register) -> str:
    """Return a digest of the configuration, in whatever order its files name things."""
    digest = blake2b(digest_size=12)
    for part in _parts(register):
        digest.update(repr(part).encode())
    return digest.hexdigest()


def _parts(register: Register) -> Iterator[object]:
    """One after the other: the whole of it is as long as all files together."""
    yield RULES
    for one in fields(register):
        value = getattr(register, one.name)
        yield one.name
        yield from sorted(value.items()) if isinstance(value, Mapping) else (value,)


def judged_under(
    configuration: str,
    states: Gateways,
    short: Spent,
    exceptions: Mapping[str, SilenceException],
    awake: tuple[datetime | None, datetime | None],
    register: Register,
    now: datetime,
) -> JudgedUnder:
    """Return what accounts are judged under at *now*. *configuration*: as `configured` returns it;
    *awake*: since when the service is, and when it fell asleep before."""
    return JudgedUnder(
        everywhere=_digest(configuration, awake),
        gateways={
            name: _digest(_of_gateway(state, now), _of_quota(name, short, register))
            for name, state in states.items()
        },
        agreed={account: _digest(one) for account, one in exceptions.items()},
    )


def stirred(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    """Return the names whose digests differ."""
    names = before.keys() | after.keys()
    return {name for name in names if before.get(name) != after.get(name)}


def _of_gateway(state: GatewayState, now: datetime) -> object:
    """What its accounts are judged by: of a healthy family nothing but since when it is well."""
    families = [
        (one.family, one.healthy, one.failing_since, one.well_since) for one in state.families
    ]
    whole = (state.healthy, state.failing_since, state.well_since)
    return whole, families, state.together, resting(state, now)


def _of_quota(gateway: str, short: Spent, register: Register) -> object:
    known = register.gateways.get(gateway)
    most = known.quota if known else None
    return gateway in short, most is not None and short.get(gateway, 0) >= most


def _digest(*parts: object) -> str:
    return blake2b(repr(parts).encode(), digest_size=12).hexdigest()
