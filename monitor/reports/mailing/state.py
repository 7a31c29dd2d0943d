"""How far the mail about one month to one person has come. Pure.

What is due follows from the calendar and this state alone, so that a restart, a missed timer or a
mail server that was down for a day changes nothing but the hour. A crash between sending and
recording repeats the mail under the same id; none is lost.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from alerts.common.local_time import instant_of
from alerts.delivery.outbox import FIRST_BACKOFF, LEASE, LONGEST_BACKOFF
from alerts.message import DeliveryError, Failure
from alerts.model import Hours
from alerts.rules.ladder import waking

LONGEST_WAIT = timedelta(days=1)  # what lies further ahead was set by a clock that jumped
REFUSED = timedelta(hours=6)  # after a refusal for good: somebody may have mended the address


class Stage(StrEnum):
    """How far it is."""

    SENDING = "sending"
    WAITING = "waiting"  # an attempt failed; there will be another
    SENT = "sent"
    SKIPPED = "skipped"  # it was due before anything was watched


@dataclass(frozen=True, slots=True)
class Mailing:
    """One month's mail to one person.

    *until*: while sending, when the claim ends; while waiting, when to try again. *error*: why
    the last attempt failed, one line. *resent*: an earlier attempt ended without a record.
    """

    stage: Stage
    attempts: int = 0
    until: datetime | None = None
    sent_at: datetime | None = None
    error: str | None = None
    resent: bool = False


def key(number: int, month: int, person: str) -> str:
    """Return the key under which the state is noted."""
    return f"monthly:{number:04}-{month:02}:{person}"


def mail_id(number: int, month: int, person: str, domain: str) -> str:
    """Return the mail's id: the same whenever it is sent again."""
    named = hashlib.sha256(person.encode()).hexdigest()[:24]
    return f"<monthly-{number:04}-{month:02}-{named}@{domain}>"


def ready(known: Mailing | None, now: datetime) -> bool:
    """Return whether an attempt may be made at *now*; a wait that reaches too far ahead stems
    from a clock that jumped and counts as none."""
    if known is None:
        return True
    if known.stage in (Stage.SENT, Stage.SKIPPED):
        return False
    return known.until is None or not now < known.until <= now + LONGEST_WAIT


def begun(known: Mailing | None, now: datetime) -> Mailing:
    """Return the state of an attempt about to be made."""
    before = known or Mailing(Stage.WAITING)
    again = before.resent or before.stage is Stage.SENDING
    return replace(
        before,
        stage=Stage.SENDING,
        attempts=before.attempts + 1,
        until=now + LEASE,
        resent=again,
    )


def ended(known: Mailing, error: DeliveryError | None, hours: Hours, now: datetime) -> Mailing:
    """Return the state after an attempt that ended in *error* (None: accepted)."""
    if error is None:
        return replace(known, stage=Stage.SENT, until=None, sent_at=now, error=None)
    again = waking(now + _wait(known, error), hours)
    return replace(
        known,
        stage=Stage.WAITING,
        until=again,
        error=error.detail,
        resent=known.resent or error.doubtful,
    )


def given_back(known: Mailing) -> Mailing:
    """Return the state after an attempt that the service's end cut off before the text was handed
    over: due again at once, and no attempt."""
    return replace(known, stage=Stage.WAITING, attempts=known.attempts - 1, until=None)


def written(mailing: Mailing) -> str:
    """Return the state as text."""
    said: dict[str, Any] = {
        "stage": mailing.stage.value,
        "attempts": mailing.attempts,
        "until": mailing.until.isoformat() if mailing.until else None,
        "sent_at": mailing.sent_at.isoformat() if mailing.sent_at else None,
        "error": mailing.error,
        "resent": mailing.resent,
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True)


def read(text: str) -> Mailing:
    """Return the state that *text* holds. Raises `ValueError`, `TypeError` or `LookupError` for a
    text that holds none."""
    said = json.loads(text)
    return Mailing(
        stage=Stage(said["stage"]),
        attempts=int(said["attempts"]),
        until=_instant(said["until"]),
        sent_at=_instant(said["sent_at"]),
        error=said["error"],
        resent=said["resent"],
    )


def _wait(known: Mailing, error: DeliveryError) -> timedelta:
    if error.failure is Failure.CHANNEL:
        return LONGEST_BACKOFF
    if error.failure is not Failure.LATER:
        return REFUSED
    wait: timedelta = min(FIRST_BACKOFF * 2 ** min(max(known.attempts - 1, 0), 20), LONGEST_BACKOFF)
    return min(max(wait, error.wait or wait), LONGEST_BACKOFF)


def _instant(text: str | None) -> datetime | None:
    return instant_of(text) if text else None
