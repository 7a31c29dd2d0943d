"""Checks whether everything the service needs is there: one finding, one line, each.

Stores nothing and sends nothing to anybody; says `ok` only of what it has tried or looked up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.channels.base import Channel, Probed
from alerts.channels.telegram_kept import deaf_key
from alerts.common.local_time import local_day, local_iso
from alerts.message import DeliveryError
from alerts.model import Person
from alerts.people.handover import BY_CONFIGURATION, Handover, Records
from alerts.people.roster import Gap, Why, gaps
from alerts.platforms import BY_ALIAS, BY_ID
from alerts.rules.announced import differences
from alerts.rules.audit import AUDIT, Audited, audit_read
from monitor.desk.probing import Advance, behind, nobody_watches, probed
from monitor.desk.shapes import Finding, Level
from monitor.model import (
    Gateway,
    GatewayState,
    SourceState,
)
from monitor.polling import quota
from monitor.polling.belief import other_name
from monitor.polling.canary import READ_EVERY, Sight, canary_pulse
from monitor.register import Register
from monitor.reports.mailing import state as mailing
from monitor.reports.mailing.monthly import mail_of
from monitor.reports.month.figures import last_due
from monitor.sources.base import Source
from monitor.store.base import Store
from monitor.wording import one_of, quoted

SIGHTS = {Sight.SEEING: Level.OK, Sight.BLIND: Level.PROBLEM, Sight.UNKNOWN: Level.UNTRIED}
LOOK_AHEAD = timedelta(days=14)
STOPPED = timedelta(minutes=15)


def examine(
    warnings: tuple[str, ...],
    register: Register,
    store: Store,
    sources: Mapping[str, Source],
    channels: Mapping[str, str],
    now: datetime,
    monthly_to: Sequence[str] = (),
    *,
    quick: bool = False,
    advance: Advance = nobody_watches,
) -> list[Finding]:
    """Return every finding at *now*. *channels*: channel id → kind. *monthly_to*: who is to get
    the month's mail. *quick*, *advance*: as for `probed`."""
    records, states = store.custody.records(), store.gateways.states()
    return [
        *(Finding("configuration", Level.WARNING, warning) for warning in warnings),
        _configured(register),
        service(store.notes.heartbeat().last_tick_at, register.hours.zone, now),
        *audited(store.notes.read(AUDIT, audit_read), now),
        *_quotas(register, store, now),
        *probed(register, sources, now, quick, advance),
        *_platforms(register),
        *_names(register, store.sources.states()),
        *_canaries(register, states, now),
        *_statistics(states),
        *_crowded(register.watched()),
        *_people(register, channels),
        *_deaf(store, channels),
        *_roster(register.under(records), now),
        *_custody(register, records),
        *_calendar(register.under(store.custody.records()), now),
        *_monthly(register, store, channels, monthly_to, now),
    ]


def _configured(register: Register) -> Finding:
    accounts, gateways = len(register.accounts), len(register.gateways)
    detail = f"{accounts} accounts, {gateways} gateways, {len(register.people)} people"
    level = Level.OK if accounts and gateways else Level.WARNING
    return Finding("configuration", level, detail)


def service(beat: datetime | None, zone: ZoneInfo, now: datetime) -> Finding:
    """Return whether the service, whose last pass was at *beat*, runs at *now*."""
    if beat is None:
        return Finding("service", Level.WARNING, "the service has not run on this database yet")
    level = Level.OK if beat <= now <= beat + STOPPED else Level.WARNING
    last = local_iso(beat, zone)
    return Finding("service", level, f"the last pass was at {last}")


def audited(audit: Audited | None, now: datetime) -> Iterator[Finding]:
    """Yield what the service's newest *audit* found; nothing before the first one, or once it is
    old, which `service` reports."""
    if audit is None or not audit.at <= now <= audit.at + STOPPED:
        return
    for reason in audit.amiss:
        yield Finding("audit", Level.PROBLEM, f"{reason}; the watch outside is not pinged")
    if not audit.amiss:
        detail = "every loop runs, and every call has reached its people"
        yield Finding("audit", Level.OK, detail)


def _monthly(
    register: Register,
    store: Store,
    channels: Mapping[str, str],
    people: Sequence[str],
    now: datetime,
) -> Iterator[Finding]:
    """Who cannot be mailed the month's report, and whose mail was refused so far."""
    mail = {channel for channel, kind in channels.items() if kind == "mail"}
    number, month = last_due(register.calendar, register.hours, now)
    for person in people:
        check = f"monthly report to {person}"
        way = mail_of(register.people.get(person), mail)
        if way is None:
            detail = "cannot be mailed; add a reach with a channel of kind mail in people.toml"
            yield Finding(check, Level.PROBLEM, detail)
            continue
        state = store.notes.read(mailing.key(number, month, person), mailing.read)
        if state is not None and state.error is not None:
            detail = f"{number}-{month:02} not accepted in {state.attempts} attempts: {state.error}"
            yield Finding(check, Level.PROBLEM, detail)
        else:
            tried = (
                Level.OK
                if state is not None and state.stage is mailing.Stage.SENT
                else Level.UNTRIED
            )
            yield Finding(check, tried, f"goes to {way.address}")


def _platforms(register: Register) -> Iterator[Finding]:
    """Accounts of a platform that is not known: their posts are known by their links alone."""
    for account in register.accounts.values():
        if account.platform not in BY_ID:
            meant = BY_ALIAS.get(account.platform.lower())
            near = f'did you mean "{meant}"?' if meant else one_of(account.platform, BY_ID)
            detail = f"no platform is called {quoted(account.platform)}; {near}"
            yield Finding(f"account {account.id}", Level.WARNING, detail)


def _names(register: Register, states: Mapping[str, SourceState]) -> Iterator[Finding]:
    """Accounts that are called otherwise where they are read."""
    for account in register.watched().accounts.values():
        memories = [states[s.id].memory for s in account.sources if s.id in states]
        seen = other_name(account, memories)
        if seen is not None:
            answer = f"freshness confirm {account.id} --name NAME --by PERSON"
            detail = f'configured as "{account.name}", seen as "{seen}"; if that is right: {answer}'
            yield Finding(f"account {account.id}", Level.WARNING, detail)


def _quotas(register: Register, store: Store, now: datetime) -> Iterator[Finding]:
    """What was spent of each gateway's quota today, and quotas that cannot suffice."""
    spent = store.gateways.spent(local_day(now, register.hours.zone))
    for gateway in register.gateways.values():
        if gateway.quota is None:
            continue
        check, asked = f"gateway {gateway.id}", spent.get(gateway.id, 0)
        level = Level.OK if asked < gateway.quota else Level.WARNING
        yield Finding(check, level, f"{asked} of {gateway.quota} requests made today")
        waits = _waits(register, gateway)
        needed, most = quota.demand(waits), quota.routine(gateway.quota)
        if needed > most:
            detail = (
                f"{_readers(waits)} are {needed} requests a day at least, and the quota of "
                f"{gateway.quota} leaves {most} for them: raise read_at_most_every or the quota, "
                "or read some through another gateway"
            )
            yield Finding(check, Level.WARNING, detail)


def _waits(register: Register, gateway: Gateway) -> list[timedelta]:
    """How long each source behind *gateway*, and each canary, waits between two readings."""
    sources = [
        register.policies[account.policy].read_at_most_every
        for account, _ in behind(register.watched(), gateway.id)
    ]
    looks = len(gateway.canary)
    every = quota.look_every(gateway.quota or 1, looks, READ_EVERY)
    return [*sources, *[every] * looks]


def _readers(waits: Sequence[timedelta]) -> str:
    """How many are read how often, e.g. "30 every 6h, 2 every 30m"."""
    counted = Counter(waits)
    return ", ".join(f"{n} every {_length(wait)}" for wait, n in sorted(counted.items()))


def _length(wait: timedelta) -> str:
    hours, minutes = divmod(round(wait / timedelta(minutes=1)), 60)
    return f"{hours}h{minutes}m" if hours and minutes else f"{hours}h" if hours else f"{minutes}m"


def _crowded(watched: Register) -> Iterator[Finding]:
    """Gateways with more accounts than can be read as often as their policies say."""
    for gateway in watched.gateways.values():
        readers = list(behind(watched, gateway.id))
        once = len(readers) * gateway.spacing
        policies = [watched.policy_of(account) for account, _ in readers]
        every = min((policy.read_at_most_every for policy in policies), default=once)
        if once > every:
            detail = (
                f"{len(readers)} accounts, {_long(gateway.spacing)} apart, take {_long(once)}, but "
                f"are to be read every {_long(every)}: lower spacing or raise read_at_most_every"
            )
            yield Finding(f"gateway {gateway.id}", Level.WARNING, detail)


def _long(length: timedelta) -> str:
    seconds = length.total_seconds()
    return f"{seconds / 3600:.1f} h" if seconds >= 3600 else f"{seconds:g} s"


def _canaries(
    register: Register, states: Mapping[str, GatewayState], now: datetime
) -> Iterator[Finding]:
    """What the canaries showed when the service last read them; nothing is read now."""
    for gateway in register.gateways.values():
        if gateway.canary:
            known = states[gateway.id].canaries if gateway.id in states else ()
            said = canary_pulse(known, now)
            detail = f"by its canaries: {said.sight.value}"
            level = SIGHTS[said.sight]
            shown = f"{detail}, {said.detail}" if said.detail else detail
            yield Finding(f"gateway {gateway.id}", level, shown)


def _statistics(states: Mapping[str, GatewayState]) -> Iterator[Finding]:
    """Gateways that refused their statistics when the service last asked for them."""
    for state in states.values():
        if state.days_refusal:
            yield Finding(f"gateway {state.gateway}", Level.WARNING, state.days_refusal)


def _people(register: Register, channels: Mapping[str, str]) -> Iterator[Finding]:
    if not any(person.reach for person in register.people.values()):
        yield Finding("people", Level.PROBLEM, "nobody can be reached; no alert reaches anybody")
    for person in register.people.values():
        if not person.reach:
            yield Finding(f"person {person.id}", Level.WARNING, "cannot be reached by any channel")
    for channel, kind in channels.items():
        if not _users(register.people, channel):
            yield Finding(f"channel {channel}", Level.WARNING, f"{kind}, used by nobody")


def stored(store: Store) -> Finding:
    """Return what the database's own check finds."""
    wrong = store.check()
    if wrong is None:
        return Finding("database", Level.OK, "its own check finds nothing wrong")
    return Finding("database", Level.PROBLEM, f"is damaged, restore a backup: {wrong}")


def kept(wrong: Sequence[str]) -> Finding:
    """Return whether what is kept of the accounts is right; *wrong*: those of which it was not."""
    if not wrong:
        return Finding(
            "standings", Level.OK, "what is kept of the accounts agrees with their facts"
        )
    detail = f"what was kept of {', '.join(wrong)} was wrong; they are judged anew"
    return Finding("standings", Level.PROBLEM, detail)


def reached(
    people: Mapping[str, Person], kinds: Mapping[str, str], channels: Mapping[str, Channel]
) -> Iterator[Finding]:
    """Try every channel that somebody uses as far as it can be without sending anything.

    *kinds*, *channels*: by channel id."""
    for channel, kind in kinds.items():
        using = len(_users(people, channel))
        if using:
            level, detail = _tried(channels[channel])
            yield Finding(f"channel {channel}", level, f"{kind}, used by {using} people: {detail}")


def _tried(opened: Channel) -> tuple[Level, str]:
    if not isinstance(opened, Probed):
        return Level.UNTRIED, "not tried, for that would send a message"
    try:
        opened.probe()
    except DeliveryError as error:
        return Level.PROBLEM, error.detail
    return Level.OK, "connects and logs in"


def _deaf(store: Store, channels: Mapping[str, str]) -> Iterator[Finding]:
    """Bots for which nobody of ours can listen, as the service found when it last ran."""
    for channel in (name for name, kind in channels.items() if kind == "telegram"):
        if why := store.notes.get(deaf_key(channel)):
            yield Finding(f"channel {channel}", Level.WARNING, f"is not heard: {why}")


def _users(people: Mapping[str, Person], channel: str) -> list[Person]:
    return [p for p in people.values() if any(r.channel == channel for r in p.reach)]


def _roster(rules: Register, now: datetime) -> Iterator[Finding]:
    today = local_day(now, rules.hours.zone)
    if not (rules.roster.rotation or rules.roster.dates):
        if not any("duty" in person.roles for person in rules.people.values()):
            yield Finding("roster", Level.WARNING, "there is none, and nobody has the role duty")
        return
    for gap in gaps(rules.roster, rules.people, today, LOOK_AHEAD):
        days = f"{gap.first}" if gap.first == gap.last else f"{gap.first} to {gap.last}"
        yield Finding("roster", Level.WARNING, f"{days}: {_uncovered(gap)}")


def _uncovered(gap: Gap) -> str:
    match gap.why:
        case Why.NOBODY:
            return "nobody is on duty"
        case Why.UNKNOWN:
            return f"{gap.person}, who is on duty, is not among the people"
        case Why.UNREACHABLE:
            return f"{gap.person}, who is on duty, cannot be reached by any channel"


def _custody(register: Register, records: Records) -> Iterator[Finding]:
    """Custodians who have left or differ from the configuration, and open handovers."""
    for account in register.watched().accounts.values():
        held = records.custody.get(account.id)
        if held is None:
            continue
        check = f"custody {account.id}"
        if held.person not in register.people:
            detail = f"{held.person}, who holds it, is not among the people; hand it over"
            yield Finding(check, Level.WARNING, detail)
        if account.custodian is not None and account.custodian != held.person:
            detail = f"accounts.toml names {account.custodian}, but {held.person} holds it"
            yield Finding(check, Level.WARNING, f"{detail} by record; the record rules")
    for handover in records.handovers:
        yield Finding(f"handover {handover.id}", Level.WARNING, _handed_over(handover))


def _handed_over(handover: Handover) -> str:
    accounts = ", ".join(handover.unproven())
    what = f"{handover.giver} to {handover.taker}: {accounts}, due {handover.due}"
    by = " (opened by the configuration)" if handover.started_by == BY_CONFIGURATION else ""
    return f"{what}: {handover.state.value}, not proven yet{by}"


def _calendar(register: Register, now: datetime) -> Iterator[Finding]:
    ahead = local_day(now, register.hours.zone) + timedelta(days=60)
    if not register.calendar.announced(ahead.year):
        unknown = f"holidays of {ahead.year} are not announced yet: reckoned, not known"
        yield Finding("calendar", Level.WARNING, f"{unknown}; see freshness calendar import")
    else:
        yield Finding("calendar", Level.OK, f"holidays are known up to {ahead.isoformat()}")
    for day in differences(ahead.year):
        detail = f"chinesecalendar and holidays differ on {day}; chinesecalendar is believed"
        yield Finding("calendar", Level.WARNING, detail)
