"""What became of the silences that people were told about: a ledger of reminders. Pure.

Counts alerts and messages of a period; decides nothing and knows no account's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from alerts.model import Alert, Event, Kind, Notice, NoticeState, Reason

BREACH = "breach"  # the occasion of the call at the limit


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of the silences of one period.

    *alerts*: silences that somebody was to be told about. *told*: messages about them that
    arrived, a person told by two channels counted twice, the message of the end left out.
    *answered*: silences that somebody acknowledged or promised to end. *median_hours_to_post*:
    from the first message that arrived to the post that ended the silence; None where no post
    followed a message. *breaches*: silences that passed their limit.
    """

    alerts: int
    told: int
    answered: int
    median_hours_to_post: float | None
    breaches: int


def outcomes(
    alerts: Iterable[Alert], notices: Iterable[Notice], start: datetime, end: datetime
) -> Outcomes:
    """Return what became of the silences that were opened in [*start*, *end*).

    *notices* may hold those of other alerts too.
    """
    silences = [a for a in alerts if a.kind is Kind.SILENCE and start <= a.opened_at < end]
    by_alert = _by_alert(notices)
    waits = [wait for a in silences for wait in _wait(a, by_alert.get(a.id, ()))]
    hours = median(wait / timedelta(hours=1) for wait in waits) if waits else None
    return Outcomes(
        alerts=len(silences),
        told=sum(len(_arrived(by_alert.get(a.id, ()))) for a in silences),
        answered=sum(a.acknowledged is not None or a.promise is not None for a in silences),
        median_hours_to_post=None if hours is None else round(hours, 1),
        breaches=sum(BREACH in a.told for a in silences),
    )


def by_account(
    alerts: Iterable[Alert], notices: Iterable[Notice], start: datetime, end: datetime
) -> dict[str, Outcomes]:
    """Return the outcomes of each account that fell silent in [*start*, *end*), by account id."""
    by_subject: dict[str, list[Alert]] = {}
    for alert in alerts:
        if alert.kind is Kind.SILENCE and start <= alert.opened_at < end:
            by_subject.setdefault(alert.subject, []).append(alert)
    known = list(notices)
    return {
        subject: outcomes(own, known, start, end) for subject, own in sorted(by_subject.items())
    }


def _by_alert(notices: Iterable[Notice]) -> dict[int, list[Notice]]:
    found: dict[int, list[Notice]] = {}
    for notice in notices:
        found.setdefault(notice.alert, []).append(notice)
    return found


def _arrived(notices: Sequence[Notice]) -> list[datetime]:
    return [
        n.sent_at
        for n in notices
        if n.state is NoticeState.SENT and n.sent_at and n.event is not Event.RESOLVED
    ]


def _wait(alert: Alert, notices: Sequence[Notice]) -> Iterator[timedelta]:
    """How long the post took. One made before the first message arrived was no answer to it."""
    arrived, posted_at = _arrived(notices), _posted_at(alert, notices)
    if arrived and posted_at is not None and posted_at >= min(arrived):
        yield posted_at - min(arrived)


def _posted_at(alert: Alert, notices: Sequence[Notice]) -> datetime | None:
    """When the post that ended *alert* was made; when it was seen, where that is not known."""
    if alert.resolution is not Reason.POSTED:
        return None
    said = (n.facts.post_at for n in notices if n.reason is Reason.POSTED)
    return next((at for at in said if at is not None), alert.resolved_at)
