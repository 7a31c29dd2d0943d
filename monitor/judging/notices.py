"""A decision becomes notices: who gets it, by which channel, and about which facts. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from alerts.facts import Facts
from alerts.model import (
    Alert,
    Call,
    Event,
    Notice,
    Reason,
    notice_id,
)
from alerts.occasion import Occasion, On
from alerts.people.routing import Recipient, urgent, ways_for
from alerts.rules.lifecycle import notified

NotBefore = Callable[[str, datetime], datetime]  # channel id, instant → when it may be sent
EVENTS = {
    Reason.REMINDER: Event.REMINDER,
    Reason.OVERDUE: Event.REMINDER,
    Reason.SHIFT: Event.SUMMARY,
}


def call_notices(
    call: Call,
    alert: Alert,
    facts: Facts,
    to: Sequence[Recipient],
    not_before: NotBefore,
    now: datetime,
) -> list[Notice]:
    """Return the notices of one call: one a person, by the person's first channel; an urgent one
    also by those that are for such calls."""
    pressing = urgent(call.reason, facts, now)
    return [
        _notice(
            alert,
            call.occasion,
            call.reason,
            EVENTS.get(call.reason, Event.ALERT),
            call.rung,
            recipient.person.id,
            reach.channel,
            reach.address,
            replace(facts, fallback_for=recipient.fallback_for),
            not_before,
            now,
        )
        for recipient in to
        for reach in ways_for(recipient.person, pressing)
    ]


def end_notices(
    alert: Alert,
    reason: Reason,
    facts: Facts,
    earlier: Sequence[Notice],
    not_before: NotBefore,
    now: datetime,
    scarce: Collection[str] = (),
) -> list[Notice]:
    """Return the notices of the end, for everybody who was notified, or may have been; none by the
    channels that are *scarce*, kept for urgent calls."""
    return [
        _notice(
            alert,
            Occasion(On.END),
            reason,
            Event.RESOLVED,
            None,
            before.person,
            before.channel,
            before.address,
            facts,
            not_before,
            now,
        )
        for before in notified(earlier)
        if before.channel not in scarce
    ]


def _notice(
    alert: Alert,
    occasion: Occasion,
    reason: Reason,
    event: Event,
    rung: int | None,
    person: str,
    channel: str,
    address: str,
    facts: Facts,
    not_before: NotBefore,
    now: datetime,
) -> Notice:
    return Notice(
        id=notice_id(alert.id, occasion, person, channel),
        alert=alert.id,
        kind=alert.kind,
        subject=alert.subject,
        occasion=occasion,
        reason=reason,
        event=event,
        rung=rung,
        person=person,
        channel=channel,
        address=address,
        facts=facts,
        created_at=now,
        not_before=not_before(channel, now),
    )
