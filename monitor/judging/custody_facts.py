"""The facts of messages about handovers, the roster and a change of shift. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from alerts.facts import (
    DutyGap,
    HandoverFacts,
    HandoverProgress,
    Item,
    RosterFacts,
    Section,
    ShiftFacts,
)
from alerts.model import Alert, Call, Kind, Notice, Reason
from alerts.occasion import NONE, Occasion, On
from alerts.people import handover as custody
from alerts.people.handover import CUSTODY, HANDOVER, Handover, Records, Trouble
from alerts.people.roster import DAY, DUTY, LOOK, Gap
from alerts.people.routing import Recipient
from alerts.people.shift import Shift
from alerts.rules.ladder import quiet_days
from alerts.rules.lifecycle import Step
from monitor.freshness.verdict import Verdict
from monitor.judging.facts import label, made_good, notified_so_far
from monitor.judging.notices import NotBefore, call_notices
from monitor.judging.situation import Situation
from monitor.model import Account
from monitor.register import Register

SHOWN = 6  # items of one part of a summary

Situations = Mapping[str, Situation]


def handover_facts(
    handover: Handover,
    rules: Register,
    now: datetime,
    _: Alert,
    moved: Step,
    earlier: Sequence[Notice],
) -> HandoverFacts:
    """Return the facts of a message about *handover* at *now*."""
    named = [_label(account, rules) for account in handover.accounts]
    first = rules.accounts.get(handover.accounts[0])
    taker = rules.people.get(handover.taker)
    return HandoverFacts(
        name=first.name if first else handover.accounts[0],
        platform=first.platform if first else None,
        at=now,
        due_at=_late(moved.call, now),
        since=handover.started_at,
        publish_by=handover.due,
        accounts=tuple(named) if len(named) > 1 else (),
        call_name=taker.name if taker else None,
        call_phone=taker.phone if taker else None,
        told=notified_so_far(earlier, rules),
        handover=HandoverProgress(
            trouble=moved.call.occasion if moved.call else NONE,
            giver=rules.name(handover.giver),
            taker=rules.name(handover.taker),
            reason=handover.reason,
            awaiting=tuple(rules.name(person) for person in awaited(handover, rules)),
            unproven=tuple(_label(account, rules) for account in handover.unproven()),
            unchecked=handover.unchecked(),
        ),
    )


def _late(call: Call | None, now: datetime) -> datetime | None:
    """When *call* was due, if it is late. One about a new post is not: before a reading showed it
    nobody could know."""
    if call is None or call.occasion.kind == Trouble.PUBLISHED:
        return None
    return made_good(call, now)


def awaited(handover: Handover, rules: Register) -> list[str]:
    """Return who has to accept still; a giver who left the people need not."""
    waiting = handover.awaiting()
    return [p for p in waiting if p == handover.taker or p in rules.people]


def orphan_facts(
    account: str,
    records: Records,
    rules: Register,
    now: datetime,
    alert: Alert,
    moved: Step,
    earlier: Sequence[Notice],
) -> HandoverFacts:
    """Return the facts of a message about an account whose custodian has left, at *now*."""
    known = rules.accounts.get(account)
    custodian = known.custodian if known and known.custodian else ""
    return HandoverFacts(
        name=known.name if known else account,
        platform=known.platform if known else None,
        at=now,
        due_at=made_good(moved.call, now) if moved.call else None,
        since=alert.opened_at,
        link=known.page if known else None,
        told=notified_so_far(earlier, rules),
        handover=_orphaned(custodian, account, records, rules),
    )


def _orphaned(custodian: str, account: str, records: Records, rules: Register) -> HandoverProgress:
    """Whom the account has lost, and who is to take it over, if that is known."""
    lost = HandoverProgress(trouble=Occasion(Trouble.ORPHANED), giver=rules.name(custodian))
    running = next((h for h in records.handovers if account in h.unproven()), None)
    if running is None:
        return lost
    return replace(
        lost,
        taker=rules.name(running.taker),
        reason=running.reason,
        awaiting=tuple(rules.name(person) for person in awaited(running, rules)),
    )


def roster_facts(
    found: Sequence[Gap],
    rules: Register,
    now: datetime,
    alert: Alert,
    moved: Step,
    earlier: Sequence[Notice],
) -> RosterFacts:
    """Return the facts of a message about the gaps *found* in the roster, at *now*."""
    return RosterFacts(
        name=alert.subject,
        at=now,
        due_at=made_good(moved.call, now) if moved.call else None,
        since=alert.opened_at,
        publish_by=found[0].first if found else None,
        told=notified_so_far(earlier, rules),
        gaps=tuple(_gap(gap, rules, now) for gap in found[:SHOWN]),
    )


def shift_facts(
    shift: Shift,
    rules: Register,
    records: Records,
    situations: Situations,
    open_alerts: Iterable[Alert],
    now: datetime,
) -> ShiftFacts:
    """Return what somebody who takes over the duty has to know at *now*: what is open, what must
    be published or was promised in the shift, what cannot be seen, and whose custody is not in
    order. Parts without anything are left out."""
    alerts = list(open_alerts)
    parts = {
        "alerts": _alerts(alerts, rules, situations),
        "publish": _to_publish(shift, situations),
        "promises": _promises(shift, alerts, rules, now),
        "blind": _blind(situations),
        "handovers": _handovers(records, rules),
        "custody": _unconfirmed(records, rules, now),
    }
    return ShiftFacts(
        name=rules.name(shift.person),
        at=now,
        due_at=made_good(_call(shift), now),
        until=shift.last,
        sections=tuple(
            Section(what, len(items), tuple(items[:SHOWN]))
            for what, items in parts.items()
            if items
        ),
    )


def shift_notices(
    shift: Shift, facts: ShiftFacts, to: Sequence[Recipient], not_before: NotBefore, now: datetime
) -> list[Notice]:
    """Return the notices of a shift's summary; they belong to no alert."""
    untied = Alert(Kind.ROSTER, f"shift:{shift.first}", now, now)
    return call_notices(_call(shift), untied, facts, to, not_before, now)


def _call(shift: Shift) -> Call:
    occasion = Occasion(On.SHIFT, f"{shift.first}:{shift.person}")
    return Call(shift.due_at, None, Reason.SHIFT, (DUTY,), occasion)


def _alerts(alerts: Sequence[Alert], rules: Register, situations: Situations) -> list[Item]:
    """Open alerts, the longest silence first, without what other parts list."""
    items = []
    for alert in alerts:
        if alert.kind is Kind.BLIND or alert.subject.startswith(HANDOVER):
            continue
        account = rules.accounts.get(alert.subject.removeprefix(CUSTODY))
        situation = situations.get(alert.subject) if alert.kind is Kind.SILENCE else None
        items.append(
            Item(
                name=account.name if account else alert.subject,
                platform=account.platform if account else None,
                kind=alert.kind.value,
                days=situation.assessment.quiet_days if situation else None,
            )
        )
    return sorted(items, key=lambda item: -(item.days or 0))


def _to_publish(shift: Shift, situations: Situations) -> list[Item]:
    due = [
        Item(
            name=s.account.name,
            platform=s.account.platform,
            on=s.assessment.publish_by,
            days=s.assessment.quiet_days,
        )
        for s in situations.values()
        if shift.first <= s.assessment.publish_by <= shift.last
    ]
    return sorted(due, key=lambda item: (item.on or date.max, item.name))


def _promises(shift: Shift, alerts: Sequence[Alert], rules: Register, now: datetime) -> list[Item]:
    items = []
    for alert in alerts:
        promise, account = alert.promise, rules.accounts.get(alert.subject)
        if promise is None or account is None or promise.until < now:
            continue
        if promise.until.astimezone(rules.hours.zone).date() <= shift.last:
            by = (rules.name(promise.by),)
            items.append(Item(account.name, account.platform, at=promise.until, people=by))
    return sorted(items, key=lambda item: item.at or now)


def _blind(situations: Situations) -> list[Item]:
    return [
        Item(s.account.name, s.account.platform, at=s.evidence.lost_since)
        for s in situations.values()
        if s.assessment.verdict is Verdict.BLIND
    ]


def _handovers(records: Records, rules: Register) -> list[Item]:
    return [
        Item(account.name, account.platform, on=h.due, people=_sides(h, rules))
        for h in records.handovers
        for account in _known(h.unproven(), rules)
    ]


def _unconfirmed(records: Records, rules: Register, now: datetime) -> list[Item]:
    return [
        Item(
            account.name,
            account.platform,
            days=quiet_days(held.confirmed_at, now, rules.hours.zone),
            people=(rules.name(held.person),),
        )
        for held in custody.unconfirmed(records.custody.values(), now)
        for account in _known([held.account], rules)
    ]


def _sides(handover: Handover, rules: Register) -> tuple[str, ...]:
    return rules.name(handover.giver), rules.name(handover.taker)


def _known(accounts: Iterable[str], rules: Register) -> Iterator[Account]:
    watched = rules.watched().accounts
    return (watched[account] for account in accounts if account in watched)


def _label(account: str, rules: Register) -> str:
    known = rules.accounts.get(account)
    return label(known) if known else account


def _gap(gap: Gap, rules: Register, now: datetime) -> DutyGap:
    """A gap that reaches as far as was looked goes on for who knows how long."""
    looked_to = now.astimezone(rules.hours.zone).date() + LOOK - DAY
    last = gap.last if gap.last < looked_to else None
    name = rules.name(gap.person) if gap.person else None
    return DutyGap(gap.why.value, gap.first, last, name)
