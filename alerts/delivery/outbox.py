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
BELIEVED = 3  # attempts that end in a bare status before it is taken for good
REFUSED_AGAIN = timedelta(days=1)  # how often an only way that was refused for good is tried
LONGEST_WAIT = timedelta(days=2)  # until tomorrow's calling hour: nothing waits longer
SKEW = timedelta(minutes=1)  # how far two honest clocks may differ
TOGETHER = 1000  # the most notices of one claim


@dataclass(frozen=True, slots=True)
class After:
    """What becomes of a notice after one attempt. *second_channel*: try the person's next."""

    state: NoticeState
    not_before: datetime | None = None
    second_channel: bool = False
    raise_channel_alert: bool = False
    doubtful: bool = False  # the attempt may have delivered it nevertheless


def after(
    notice: Notice, error: DeliveryError | None, now: datetime, *, last_way: bool = False
) -> After:
    """Return what becomes of *notice* after an attempt that ended in *error* (None: accepted).

    Temporary failures back off from 30 s, doubling, to an hour, or as long as the service
    asked, and from the second on go by the person's next channel too; permanent ones end the
    notice, and the operator is notified. The person's *last_way* is never given up: it is tried
    again after a day. What was in doubt twice is repeated by nobody but a person.
    """
    if error is None:
        return After(NoticeState.SENT)
    if error.doubtful and notice.resent:
        return After(NoticeState.FAILED, None, True, True, doubtful=True)
    if error.failure is Failure.LATER or (error.bare and notice.attempts < BELIEVED):
        wait = min(FIRST_BACKOFF * 2 ** min(max(notice.attempts - 1, 0), 20), LONGEST_BACKOFF)
        if error.wait is not None:
            wait = min(max(wait, error.wait), LONGEST_BACKOFF)
        second = notice.attempts >= 2
        return After(NoticeState.RETRYING, now + wait, second, doubtful=error.doubtful)
    if error.failure is Failure.CHANNEL:
        # Our own key is refused: keep the message, it may be mended within the hour.
        return After(NoticeState.RETRYING, now + LONGEST_BACKOFF, True, True)
    if last_way:
        return After(NoticeState.RETRYING, now + REFUSED_AGAIN, raise_channel_alert=True)
    return After(NoticeState.FAILED, second_channel=True, raise_channel_alert=True)


@dataclass(frozen=True, slots=True)
class Hold:
    """Notices that wait for others to go with: those made *since*, of these *reasons*, to these
    *people*; None: to anybody."""

    since: datetime
    reasons: frozenset[Reason]
    people: frozenset[str] | None = None

    def holds(self, notice: Notice) -> bool:
        """Return whether *notice* waits; one that was tried does not."""
        made = notice.created_at >= self.since and notice.attempts == 0
        meant = self.people is None or notice.person in self.people
        return made and meant and notice.reason in self.reasons


class Outbox(Protocol):
    """Notices at rest. Every method is its own transaction."""

    def claim(
        self,
        now: datetime,
        limit: int = 100,
        hold: Hold | None = None,
        busy: Collection[str] = (),
    ) -> Sequence[Notice]:
        """Return notices that may be sent at *now*, each leased to the caller for `LEASE`: the
        *limit* oldest that *hold* does not hold, and what else (up to `TOGETHER` in all) goes to
        their addresses, so that one message can speak for all of it. None of a *busy* channel.

        A notice is claimable when it is pending or retrying, its `not_before` has come and no
        lease runs. A plan made more than `SKEW` after *now*, by a clock that ran ahead, is
        void: a `not_before` that was set then, or lies further ahead than `LONGEST_WAIT`, and
        a lease later than `now + LEASE + SKEW`. `attempts` counts
        this claim; `resent` says that an earlier claim ended in doubt or without `settle`, so
        that the message may have been delivered. No two callers ever hold one notice at once.
        Oldest first.
        """
        ...

    def renew(self, notices: Sequence[Notice], now: datetime) -> None:
        """Let the caller hold those of *notices* that he still holds for `LEASE` from *now*."""
        ...

    def still_holds(self, notice: Notice) -> bool:
        """Return whether the reason for *notice* still stands: its alert is open, and for a
        silence no newer counted post is known. The call of a limit holds until a shorter one
        is called after a change of the rules. A `resolved` notice holds whatever became of its
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
