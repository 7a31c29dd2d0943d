"""Rows that were found damaged: whom they concern, and what the operator is told. Pure.

What is about an account is that account's trouble until it has been read well again, and for a day
at least; everything else is one trouble of the monitor's own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from alerts.facts import SelfFacts
from alerts.model import Call, Kind, Reason
from alerts.occasion import Occasion, On
from alerts.rules.lifecycle import Case
from monitor.judging.cases import OPERATOR
from monitor.judging.situation import Situation
from monitor.model import Account
from monitor.store.protocols.damages import Damage

SUBJECT = f"{On.DAMAGE}:rows"
LOOKED_BACK = timedelta(days=30)  # how long what was noted is looked at again
SHOWN = timedelta(days=1)  # how long it is a trouble at least


def of_accounts(
    damages: Iterable[Damage], situations: Mapping[str, Situation], now: datetime
) -> dict[str, list[Damage]]:
    """Return what still troubles the accounts of *situations*, by account."""
    found: dict[str, list[Damage]] = {}
    for damage in damages:
        situation = situations.get(damage.subject)
        if situation is not None and _troubles(damage, situation.evidence.good_read_at, now):
            found.setdefault(damage.subject, []).append(damage)
    return found


def of_nobody(damages: Iterable[Damage], accounts: Collection[str], now: datetime) -> list[Damage]:
    """Return what was noted within the day and is about none of *accounts*."""
    return [d for d in damages if d.subject not in accounts and _troubles(d, now, now)]


def _troubles(damage: Damage, read_at: datetime | None, now: datetime) -> bool:
    unread = read_at is None or read_at < damage.noted_at
    return unread or now < damage.noted_at + SHOWN


def damage_case(subject: str, damages: Collection[Damage], now: datetime) -> Case:
    """Return what is due at *now* of *damages*: one call, and another when there are more."""
    if not damages:
        return Case(Kind.SELF, subject, now, (), Reason.RECOVERED)
    newest = max(damage.noted_at for damage in damages)
    occasion = Occasion(On.DAMAGE, f"{newest:%Y-%m-%dT%H:%M:%S}")
    call = Call(newest, None, Reason.SELF, (OPERATOR,), occasion)
    return Case(Kind.SELF, subject, min(d.noted_at for d in damages), (call,))


def damage_facts(account: Account | None, damages: Collection[Damage], now: datetime) -> SelfFacts:
    """Return what a message about *damages* says: which tables and columns."""
    return SelfFacts(
        name=account.name if account else SUBJECT,
        platform=account.platform if account else None,
        organisation=account.organisation if account else None,
        link=account.page if account else None,
        at=now,
        since=min((d.noted_at for d in damages), default=now),
        damaged=tuple(dict.fromkeys(map(_where, damages))),
    )


def _where(damage: Damage) -> str:
    about = f" {damage.subject}" if damage.subject else ""
    return f"{damage.place}{about}: {', '.join(damage.columns)}"
