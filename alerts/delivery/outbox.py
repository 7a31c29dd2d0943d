"""What is still to be sent, and what becomes of it. A Protocol and one pure rule.

At least once: a crash between send and record repeats a message (same id, marked 重发);
none is lost. The store implements the Protocol.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from alerts.message import DeliveryError, Failure
from alerts.model import Notice, NoticeState, Reason

LEASE = timedelta(minutes=2)
LONGEST_BACKOFF = timedelta(hours=1)
FIRST_BACKOFF = timedelta(seconds=30)
LONGEST_WAIT = timedelta(days=1)  # no quiet hours and no back-off last longer
TOGETHER = 1000  # the most notices of one claim


@dataclass(frozen=True, slots=True)
class After:
    """What becomes of a notice after one attempt. *second_channel*: try the person's next."""

    state: NoticeState
    not_before: datetime | None = None
    second_channel: bool = False
    raise_channel_alert: bool = False
    doubtful: bool = False  # the attempt may have delivered it all the same


def after(notice: Notice, error: DeliveryError | None, now: datetime) -> After:
    """Return what becomes of *notice* after an attempt that ended in *error* (None: accepted).

    Temporary failures back off from 30 s, doubling, to an hour, or as long as the service
    asked, and from the second on go by the person's next channel too; permanent ones end the
    notice, and the operator is notified.
    """
    if error is None:
        return After(NoticeState.SENT)
    if error.failure is Failure.LATER:
        wait = min(FIRST_BACKOFF * 2 ** min(max(notice.attempts - 1, 0), 20), LONGEST_BACKOFF)
        if error.wait is not None:
            wait = min(max(wait, error.wait), LONGEST_BACKOFF)
        second = notice.attempts >= 2
        return After(NoticeState.RETRYING, now + wait, second, doubtful=error.doubtful)
    if error.failure is Failure.CHANNEL:
        # Our own key is refused: keep the message, it may be mended within the hour.
        return After(NoticeState.RETRYING, now + LONGEST_BACKOFF, True, True)
    return After(NoticeState.FAILED, second_channel=True, raise_channel_alert=True)


@dataclass(frozen=True, slots=True)
class Hold:
    """Notices that wait for others to go with: those made *since*, of these *reasons*."""

    since: datetime
    reasons: frozenset[Reason]

    def holds(self, notice: Notice) -> bool:
        """Return whether *notice* waits; one that was tried does not."""
        made = notice.created_at >= self.since and notice.attempts == 0
        return made and notice.reason in self.reasons


class Outbox(Protocol):
    """Notices at rest. Every method is its own transaction."""

    def claim(self, now: datetime, limit: int = 100, hold: Hold | None = None) -> Sequence[Notice]:
        """Return notices that may be sent at *now*, each leased to the caller for `LEASE`: the
        *limit* oldest that *hold* does not hold, and what else (up to `TOGETHER` in all) goes to
        their addresses, so that one message can speak for all of it.

        A notice is claimable when it is pending or retrying, its `not_before` has come (or
        lies further ahead than `LONGEST_WAIT`, after a clock that jumped) and no lease runs
        (an expired lease, or one later than `now + LEASE`, counts as none). `attempts` counts
        this claim; `resent` says that an earlier claim ended in doubt or without `settle`, so
        that the message may have been delivered. No two callers ever hold one notice at once.
        Oldest first.
        """
        ...

    def still_holds(self, notice: Notice) -> bool:
        """Return whether the reason for *notice* still stands: its alert is open, and for a
        silence no newer counted post is known. A `resolved` notice holds whatever became of its
        alert. None holds that its person has had by another channel."""
        ...

    def settle(self, notice: Notice, result: After, now: datetime, error: str | None) -> None:
        """Record the attempt (a delivery row) and what becomes of *notice*; ends its lease.

        Where the lease has run out and another caller holds the notice by now, only `sent`
        still counts."""
        ...

    def withdraw(self, notice: Notice, now: datetime) -> None:
        """Mark *notice* withdrawn: its reason no longer stands."""
        ...

    def add(self, notices: Collection[Notice]) -> int:
        """Store *notices*, skipping any whose (alert, occasion, person, channel) exists.
        Return how many were new."""
        ...

    def next_due_at(self, now: datetime) -> datetime | None:
        """Return when the next notice becomes claimable, or None if none is waiting."""
        ...
