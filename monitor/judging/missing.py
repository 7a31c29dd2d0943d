"""Accounts that vanished from the configuration: their alerts are frozen, the operator is notified.

Missing is not closed: nothing of an account ends because a file was cut short, until somebody
drops it or it returns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from alerts.facts import SelfFacts
from alerts.model import Alert, Call, Kind, Reason
from alerts.occasion import Occasion, On
from alerts.people.handover import CUSTODY, HANDOVER, Handover
from alerts.rules.lifecycle import Case
from monitor.judging.cases import OPERATOR
from monitor.judging.transitions import OpenAlerts
from monitor.model import MissingAccount

SUBJECT = f"{On.MISSING}:accounts"


def moving(
    alerts: Iterable[Alert],
    missing: Collection[MissingAccount],
    handovers: Collection[Handover],
) -> OpenAlerts:
    """Return the open *alerts* but those that concern nothing but *missing* accounts, by kind and
    subject. *handovers*: those that run."""
    gone = {account.id for account in missing}
    frozen = gone | {f"{CUSTODY}{account}" for account in gone}
    frozen |= {f"{HANDOVER}{h.id}" for h in handovers if gone and gone >= set(h.unproven())}
    return {(a.kind, a.subject): a for a in alerts if a.subject not in frozen}


def missing_case(missing: Sequence[MissingAccount], now: datetime) -> Case:
    """Return what is due of *missing* accounts at *now*: one call for those noticed together."""
    since = min((account.since for account in missing), default=now)
    calls = tuple(
        Call(a.since, None, Reason.SELF, (OPERATOR,), Occasion(On.MISSING, _which(a)))
        for a in missing
    )
    return Case(Kind.SELF, SUBJECT, since, calls, None if missing else Reason.RECOVERED)


def missing_facts(missing: Sequence[MissingAccount], now: datetime) -> SelfFacts:
    """Return what a message about *missing* accounts says: all their names."""
    since = min((account.since for account in missing), default=now)
    return SelfFacts(SUBJECT, at=now, since=since, accounts=tuple(a.name for a in missing))


def _which(account: MissingAccount) -> str:
    """Return a key of this absence: an account that vanishes again is notified again."""
    return f"{account.id}@{account.since:%Y-%m-%dT%H:%M:%S}"
