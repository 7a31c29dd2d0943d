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
from alerts.messages.refusals import refusal
from alerts.model import Person
from alerts.people.handover import BY_CONFIGURATION, Handover, Records
from alerts.people.roster import Gap, Why, gaps
from alerts.platforms import BY_ALIAS, BY_ID
from alerts.rules.announced import differences
from alerts.rules.audit import AUDIT, Audited, audit_read
from alerts.words import STAGES
from monitor.desk.probing import Advance, behind, labelled, nobody_watches, of_gateway, probed
from monitor.desk.shapes import Finding, Level
from monitor.errors import Code, Told, listing
from monitor.model import (
    Account,
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
SEEN = {
    Sight.SEEING: Told("by its canaries: seeing"),
    Sight.BLIND: Told("by its canaries: blind"),
    Sight.UNKNOWN: Told("by its canaries: unknown"),
}
CONFIGURATION, SERVICE = Told("configuration"), Told("service")
DATABASE, CALENDAR = Told("database"), Told("calendar")
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
        *(Finding(CONFIGURATION, Level.WARNING, warning) for warning in warnings),
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
    detail = Told(
        "{accounts} accounts, {gateways} gateways, {people} people",
        accounts=accounts,
        gateways=gateways,
        people=len(register.people),
    )
    level = Level.OK if accounts and gateways else Level.WARNING
    return Finding(CONFIGURATION, level, detail)


def of_channel(channel: str) -> Told:
    """Return the name of the check of *channel*."""
    return Told("channel {channel}", channel=channel)


def _account(account: Account) -> Told:
    return Told("account {account}", account=labelled(account))


def account_named(account: str, register: Register) -> str:
    """Return the id *account*, which people read as its name and platform."""
    known = register.accounts.get(account)
    return labelled(known) if known else account


def person_named(person: str, register: Register) -> str:
    """Return the id *person*, which people read as a name."""
    return Code(person, register.name(person))


def service(beat: datetime | None, zone: ZoneInfo, now: datetime) -> Finding:
    """Return whether the service, whose last pass was at *beat*, runs at *now*."""
    if beat is None:
        never = Told("the service has not run on this database yet")
        return Finding(SERVICE, Level.WARNING, never)
    level = Level.OK if beat <= now <= beat + STOPPED else Level.WARNING
    return Finding(SERVICE, level, Told("the last pass was at {at}", at=local_iso(beat, zone)))


def audited(audit: Audited | None, now: datetime) -> Iterator[Finding]:
    """Yield what the service's newest *audit* found; nothing before the first one, or once it is
    old, which `service` reports."""
    if audit is None or not audit.at <= now <= audit.at + STOPPED:
        return
    for reason in audit.amiss:
        detail = Told("{reason}; the watch outside is not pinged", reason=reason)
        yield Finding(Told("audit"), Level.PROBLEM, detail)
    if not audit.amiss:
        detail = Told("every loop runs, and every call has reached its people")
        yield Finding(Told("audit"), Level.OK, detail)


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
        check = Told("monthly report to {person}", person=person_named(person, register))
        way = mail_of(register.people.get(person), mail)
        if way is None:
            detail = Told(
                "cannot be mailed; add a reach with a channel of kind mail in people.toml"
            )
            yield Finding(check, Level.PROBLEM, detail)
            continue
        state = store.notes.read(mailing.key(number, month, person), mailing.read)
        if state is not None and state.error is not None:
            detail = Told(
                "{month} not accepted in {n} attempts: {error}",
                month=f"{number}-{month:02}",
                n=state.attempts,
                error=state.error,
            )
            yield Finding(check, Level.PROBLEM, detail)
        else:
            tried = (
                Level.OK
                if state is not None and state.stage is mailing.Stage.SENT
                else Level.UNTRIED
            )
            yield Finding(check, tried, Told("goes to {address}", address=way.address))


def _platforms(register: Register) -> Iterator[Finding]:
    """Accounts of a platform that is not known: their posts are known by their links alone."""
    for account in register.accounts.values():
        if account.platform not in BY_ID:
            meant = BY_ALIAS.get(account.platform.lower())
            near = Told('did you mean "{near}"?', near=meant) if meant else None
            detail = Told(
                "no platform is called {found}; {choices}",
                found=quoted(account.platform),
                choices=near or one_of(account.platform, BY_ID),
            )
            yield Finding(_account(account), Level.WARNING, detail)


def _names(register: Register, states: Mapping[str, SourceState]) -> Iterator[Finding]:
    """Accounts that are called otherwise where they are read."""
    for account in register.watched().accounts.values():
        memories = [states[s.id].memory for s in account.sources if s.id in states]
        seen = other_name(account, memories)
        if seen is not None:
            detail = Told(
                'configured as "{name}", seen as "{seen}"; if that is right: {command}',
                name=account.name,
                seen=seen,
                command=f"freshness confirm {account.id} --name NAME --by PERSON",
            )
            yield Finding(_account(account), Level.WARNING, detail)


def _quotas(register: Register, store: Store, now: datetime) -> Iterator[Finding]:
    """What was spent of each gateway's quota today, and quotas that cannot suffice."""
    spent = store.gateways.spent(local_day(now, register.hours.zone))
    for gateway in register.gateways.values():
        if gateway.quota is None:
            continue
        check, asked = of_gateway(gateway.id), spent.get(gateway.id, 0)
        level = Level.OK if asked < gateway.quota else Level.WARNING
        made = Told("{n} of {quota} requests made today", n=asked, quota=gateway.quota)
        yield Finding(check, level, made)
        waits = _waits(register, gateway)
        needed, most = quota.demand(waits), quota.routine(gateway.quota)
        if needed > most:
            detail = Told(
                "{readers} are {needed} requests a day at least, and the quota of {quota} leaves "
                "{most} for them: raise read_at_most_every or the quota, or read some through "
                "another gateway",
                readers=_readers(waits),
                needed=needed,
                quota=gateway.quota,
                most=most,
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
    parts = [
        Told("{n} every {length}", n=n, length=_length(wait)) for wait, n in sorted(counted.items())
    ]
    return listing(parts)


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
            detail = Told(
                "{n} accounts, {spacing} apart, take {once}, but are to be read every {every}: "
                "lower spacing or raise read_at_most_every",
                n=len(readers),
                spacing=_long(gateway.spacing),
                once=_long(once),
                every=_long(every),
            )
            yield Finding(of_gateway(gateway.id), Level.WARNING, detail)


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
            detail = SEEN[said.sight]
            if said.detail:
                detail = Told("{seen}, {detail}", seen=detail, detail=said.detail)
            yield Finding(of_gateway(gateway.id), SIGHTS[said.sight], detail)


def _statistics(states: Mapping[str, GatewayState]) -> Iterator[Finding]:
    """Gateways that refused their statistics when the service last asked for them."""
    for state in states.values():
        if state.days_refusal:
            yield Finding(of_gateway(state.gateway), Level.WARNING, state.days_refusal)


def _people(register: Register, channels: Mapping[str, str]) -> Iterator[Finding]:
    if not any(person.reach for person in register.people.values()):
        nobody = Told("nobody can be reached; no alert reaches anybody")
        yield Finding(Told("people"), Level.PROBLEM, nobody)
    for person in register.people.values():
        if not person.reach:
            check = Told("person {person}", person=Code(person.id, person.name))
            yield Finding(check, Level.WARNING, Told("cannot be reached by any channel"))
    for channel, kind in channels.items():
        if not _users(register.people, channel):
            unused = Told("{kind}, used by nobody", kind=kind)
            yield Finding(of_channel(channel), Level.WARNING, unused)


def stored(store: Store) -> Finding:
    """Return what the database's own check finds."""
    wrong = store.check()
    if wrong is None:
        return Finding(DATABASE, Level.OK, Told("its own check finds nothing wrong"))
    damaged = Told("is damaged, restore a backup: {wrong}", wrong=wrong)
    return Finding(DATABASE, Level.PROBLEM, damaged)


def kept(wrong: Sequence[str]) -> Finding:
    """Return whether what is kept of the accounts is right; *wrong*: those of which it was not."""
    if not wrong:
        well = Told("what is kept of the accounts agrees with their facts")
        return Finding(Told("standings"), Level.OK, well)
    detail = Told(
        "what was kept of {accounts} was wrong; they are judged anew", accounts=listing(wrong)
    )
    return Finding(Told("standings"), Level.PROBLEM, detail)


def reached(
    people: Mapping[str, Person], kinds: Mapping[str, str], channels: Mapping[str, Channel]
) -> Iterator[Finding]:
    """Try every channel that somebody uses as far as it can be without sending anything.

    *kinds*, *channels*: by channel id."""
    for channel, kind in kinds.items():
        using = len(_users(people, channel))
        if using:
            level, detail = _tried(channels[channel])
            used = Told("{kind}, used by {n} people: {detail}", kind=kind, n=using, detail=detail)
            yield Finding(of_channel(channel), level, used)


def _tried(opened: Channel) -> tuple[Level, str]:
    if not isinstance(opened, Probed):
        return Level.UNTRIED, Told("not tried, for that would send a message")
    try:
        opened.probe()
    except DeliveryError as error:
        return Level.PROBLEM, Code(error.detail, refusal(error.detail, error.failure))
    return Level.OK, Told("connects and logs in")


def _deaf(store: Store, channels: Mapping[str, str]) -> Iterator[Finding]:
    """Bots for which nobody of ours can listen, as the service found when it last ran."""
    for channel in (name for name, kind in channels.items() if kind == "telegram"):
        if why := store.notes.get(deaf_key(channel)):
            yield Finding(of_channel(channel), Level.WARNING, Told("is not heard: {why}", why=why))


def _users(people: Mapping[str, Person], channel: str) -> list[Person]:
    return [p for p in people.values() if any(r.channel == channel for r in p.reach)]


def _roster(rules: Register, now: datetime) -> Iterator[Finding]:
    today = local_day(now, rules.hours.zone)
    if not (rules.roster.rotation or rules.roster.dates):
        if not any("duty" in person.roles for person in rules.people.values()):
            none = Told("there is none, and nobody has the role duty")
            yield Finding(Told("roster"), Level.WARNING, none)
        return
    for gap in gaps(rules.roster, rules.people, today, LOOK_AHEAD):
        days = str(gap.first)
        if gap.first != gap.last:
            days = Told("{first} to {last}", first=days, last=str(gap.last))
        why = _uncovered(gap, person_named(gap.person, rules) if gap.person else "–")
        yield Finding(Told("roster"), Level.WARNING, Told("{days}: {why}", days=days, why=why))


def _uncovered(gap: Gap, person: str) -> str:
    match gap.why:
        case Why.NOBODY:
            return Told("nobody is on duty")
        case Why.UNKNOWN:
            return Told("{person}, who is on duty, is not among the people", person=person)
        case Why.UNREACHABLE:
            return Told("{person}, who is on duty, cannot be reached by any channel", person=person)


def _custody(register: Register, records: Records) -> Iterator[Finding]:
    """Custodians who have left or differ from the configuration, and open handovers."""
    for account in register.watched().accounts.values():
        held = records.custody.get(account.id)
        if held is None:
            continue
        check, holder = (
            Told("custody {account}", account=account_named(account.id, register)),
            person_named(held.person, register),
        )
        if held.person not in register.people:
            detail = Told(
                "{holder}, who holds it, is not among the people; hand it over", holder=holder
            )
            yield Finding(check, Level.WARNING, detail)
        if account.custodian is not None and account.custodian != held.person:
            detail = Told(
                "accounts.toml names {configured}, but {holder} holds it by record; the record "
                "rules",
                configured=person_named(account.custodian, register),
                holder=holder,
            )
            yield Finding(check, Level.WARNING, detail)
    for handover in records.handovers:
        check = Told("handover {number}", number=str(handover.id))
        yield Finding(check, Level.WARNING, _handed_over(handover, register))


def _handed_over(handover: Handover, register: Register) -> str:
    opened = handover.started_by == BY_CONFIGURATION
    return Told(
        "{giver} to {taker}: {accounts}, due {day}: {state}, not proven yet{by}",
        giver=person_named(handover.giver, register),
        taker=person_named(handover.taker, register),
        accounts=listing([account_named(a, register) for a in handover.unproven()]),
        day=str(handover.due),
        state=Code(handover.state.value, Told.of(STAGES[handover.state])),
        by=Told(" (opened by the configuration)") if opened else "",
    )


def _calendar(register: Register, now: datetime) -> Iterator[Finding]:
    ahead = local_day(now, register.hours.zone) + timedelta(days=60)
    if not register.calendar.announced(ahead.year):
        detail = Told(
            "holidays of {year} are not announced yet: reckoned, not known; see freshness calendar "
            "import",
            year=ahead.year,
        )
        yield Finding(CALENDAR, Level.WARNING, detail)
    else:
        known = Told("holidays are known up to {day}", day=ahead.isoformat())
        yield Finding(CALENDAR, Level.OK, known)
    for day in differences(ahead.year):
        detail = Told(
            "chinesecalendar and holidays differ on {day}; chinesecalendar is believed",
            day=str(day),
        )
        yield Finding(CALENDAR, Level.WARNING, detail)
