"""Look whether everything the service needs is there, and say it in one line each.

Reads every gateway once without storing anything; sends nothing to anybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from alerts.model import Person
from alerts.roster import on_duty
from monitor.model import Account, GatewayState, SourceMemory, SourceSpec
from monitor.polling.canary import Sight, canary_pulse
from monitor.register import Register
from monitor.sources.base import Fetched, ReadRequest, Source
from monitor.store.base import Store

LOOK_AHEAD = timedelta(days=14)
STOPPED = timedelta(minutes=15)


class Level(StrEnum):
    """How bad a finding is; only a problem makes the command exit with 1."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report."""

    check: str
    level: Level
    detail: str


def examine(
    warnings: tuple[str, ...],
    register: Register,
    store: Store,
    sources: Mapping[str, Source],
    channels: Mapping[str, str],
    now: datetime,
) -> list[Finding]:
    """Return every finding at *now*. *channels*: channel id → kind."""
    return [
        *(Finding("configuration", Level.WARNING, warning) for warning in warnings),
        _configured(register),
        service(store.heartbeat().last_tick_at, now),
        *_gateways(register, sources, now),
        *_canaries(register, store.gateway_states(), now),
        *_people(register, channels),
        *_roster(register, now),
        _calendar(register, now),
    ]


def _configured(register: Register) -> Finding:
    accounts, gateways = len(register.accounts), len(register.gateways)
    detail = f"{accounts} accounts, {gateways} gateways, {len(register.people)} people"
    level = Level.OK if accounts and gateways else Level.WARNING
    return Finding("configuration", level, detail)


def service(beat: datetime | None, now: datetime) -> Finding:
    """Return whether the service, whose last pass was at *beat*, runs at *now*."""
    if beat is None:
        return Finding("service", Level.WARNING, "the service has not run on this database yet")
    if not beat <= now <= beat + STOPPED:
        return Finding("service", Level.WARNING, f"the last pass was at {_local(beat, now)}")
    return Finding("service", Level.OK, f"the last pass was at {_local(beat, now)}")


def _local(at: datetime, now: datetime) -> str:
    return at.astimezone(now.tzinfo).isoformat(timespec="seconds")


def _gateways(
    register: Register, sources: Mapping[str, Source], now: datetime
) -> Iterator[Finding]:
    for gateway_id, source in sources.items():
        found = _first_source(register, gateway_id)
        if found is None:
            yield Finding(f"gateway {gateway_id}", Level.WARNING, "no account is read through it")
            continue
        account, spec = found
        yield from _probed(gateway_id, source.read(_request(account, spec, now)))


def _first_source(register: Register, gateway: str) -> tuple[Account, SourceSpec] | None:
    return next(
        (
            (account, spec)
            for account in register.accounts.values()
            for spec in account.sources
            if spec.gateway == gateway
        ),
        None,
    )


def _request(account: Account, spec: SourceSpec, now: datetime) -> ReadRequest:
    return ReadRequest(spec, account.platform, SourceMemory(), now, unconditional=True)


def _probed(gateway: str, fetched: Fetched) -> Iterator[Finding]:
    check = f"gateway {gateway}"
    if not fetched.outcome.answered:
        yield Finding(check, Level.PROBLEM, f"{fetched.outcome.value}: {fetched.detail}")
        return
    posts = len(fetched.posts or ())
    yield Finding(check, Level.OK, f"answers, {posts} posts, pulse {fetched.pulse.value}")
    yield from (Finding(check, Level.WARNING, warning) for warning in fetched.warnings)


def _canaries(
    register: Register, states: Mapping[str, GatewayState], now: datetime
) -> Iterator[Finding]:
    """What the canaries said when they were last looked at; they are not read for this."""
    for gateway in register.gateways.values():
        if gateway.canary:
            known = states[gateway.id].canaries if gateway.id in states else ()
            said = canary_pulse(known, now)
            detail = f"by its canaries: {said.sight.value}"
            level = Level.PROBLEM if said.sight is Sight.BLIND else Level.OK
            shown = f"{detail}, {said.detail}" if said.detail else detail
            yield Finding(f"gateway {gateway.id}", level, shown)


def _people(register: Register, channels: Mapping[str, str]) -> Iterator[Finding]:
    for person in register.people.values():
        if not person.reach:
            yield Finding(f"person {person.id}", Level.WARNING, "cannot be reached by any channel")
    for channel, kind in channels.items():
        using = _users(register.people, channel)
        detail = f"{kind}, used by {len(using)} people"
        yield Finding(f"channel {channel}", Level.OK if using else Level.WARNING, detail)


def _users(people: Mapping[str, Person], channel: str) -> list[Person]:
    return [p for p in people.values() if any(r.channel == channel for r in p.reach)]


def _roster(register: Register, now: datetime) -> Iterator[Finding]:
    if any("duty" in person.roles for person in register.people.values()):
        return
    today = now.astimezone(register.hours.zone).date()
    days = [today + timedelta(days=n) for n in range(LOOK_AHEAD.days)]
    gaps = [day for day in days if on_duty(register.roster, day) is None]
    if gaps:
        yield Finding("roster", Level.WARNING, f"nobody is on duty on {_first(gaps)}")


def _first(days: list[date]) -> str:
    rest = f" and {len(days) - 1} more days" if len(days) > 1 else ""
    return days[0].isoformat() + rest


def _calendar(register: Register, now: datetime) -> Finding:
    ahead = now.astimezone(register.hours.zone).date() + timedelta(days=60)
    if register.calendar.guessed(ahead):
        return Finding(
            "calendar",
            Level.WARNING,
            f"holidays of {ahead.year} are not announced yet: reckoned, not known",
        )
    return Finding("calendar", Level.OK, f"holidays are known up to {ahead.isoformat()}")
