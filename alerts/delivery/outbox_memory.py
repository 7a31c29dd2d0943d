"""An outbox that lives in memory: for tests and trials. Keeps the Protocol's whole promise."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from threading import Lock

from alerts.delivery.outbox import LEASE, LONGEST_WAIT, SKEW, TOGETHER, After, Hold
from alerts.model import Event, Notice, NoticeState
from alerts.occasion import Occasion

WAITING = frozenset({NoticeState.PENDING, NoticeState.RETRYING})


class MemoryOutbox:
    """Notices at rest in memory. *holds* answers `still_holds` for all but endings."""

    def __init__(self, holds: Callable[[Notice], bool] = lambda _: True) -> None:
        self._holds = holds
        self._notices: dict[str, Notice] = {}
        self._running: set[tuple[str, int]] = set()  # claims without a known end
        self._lock = Lock()

    @property
    def notices(self) -> list[Notice]:
        """Every notice as it is now, in the order it came."""
        with self._lock:
            return list(self._notices.values())

    def claim(
        self,
        now: datetime,
        limit: int = 100,
        hold: Hold | None = None,
        busy: Collection[str] = (),
    ) -> Sequence[Notice]:
        """Return notices that may be sent at *now*, leased to the caller, oldest first."""
        with self._lock:
            free = [n for n in self._notices.values() if hold is None or not hold.holds(n)]
            idle = (n for n in free if n.channel not in busy)
            due = sorted((n for n in idle if _claimable(n, now)), key=lambda n: n.created_at)
            addresses = {(n.channel, n.address) for n in due[:limit]}
            along = [n for n in due if (n.channel, n.address) in addresses][:TOGETHER]
            return [self._claimed(notice, now) for notice in along]

    def _claimed(self, notice: Notice, now: datetime) -> Notice:
        claimed = replace(notice, attempts=notice.attempts + 1, lease_until=now + LEASE)
        self._notices[notice.id] = claimed
        resent = any(known == notice.id for known, _ in self._running)
        self._running.add((claimed.id, claimed.attempts))
        return replace(claimed, resent=resent)

    def renew(self, notices: Sequence[Notice], now: datetime) -> None:
        """Let the caller hold those of *notices* that he still holds for `LEASE` from *now*."""
        with self._lock:
            for notice in notices:
                held = self._notices[notice.id]
                if held.attempts == notice.attempts and held.lease_until is not None:
                    self._notices[notice.id] = replace(held, lease_until=now + LEASE)

    def still_holds(self, notice: Notice) -> bool:
        """Return whether the reason for *notice* still stands."""
        if self._arrived_otherwise(notice):
            return False
        return notice.event is Event.RESOLVED or self._holds(notice)

    def _arrived_otherwise(self, notice: Notice) -> bool:
        with self._lock:
            return any(
                other.id != notice.id
                and other.state is NoticeState.SENT
                and _name(other)[:3] == _name(notice)[:3]
                for other in self._notices.values()
            )

    def settle(self, notice: Notice, result: After, now: datetime, error: str | None) -> None:
        """Record what becomes of *notice*; ends its lease."""
        with self._lock:
            if not result.doubtful:
                self._running.discard((notice.id, notice.attempts))
            current = self._notices[notice.id]
            sent = result.state is NoticeState.SENT
            passed_on = current.attempts != notice.attempts and not sent
            if current.state is NoticeState.SENT or passed_on:
                return
            self._notices[notice.id] = replace(
                current,
                state=result.state,
                lease_until=None,
                not_before=result.not_before or current.not_before,
                sent_at=now if sent else None,
                error=error,
            )

    def withdraw(self, notice: Notice, now: datetime) -> None:  # noqa: ARG002 - keeps no history
        """Mark *notice* withdrawn if it is still waiting."""
        with self._lock:
            self._running.discard((notice.id, notice.attempts))
            current = self._notices[notice.id]
            if current.state in WAITING:
                withdrawn = replace(current, state=NoticeState.WITHDRAWN, lease_until=None)
                self._notices[notice.id] = withdrawn

    def add(self, notices: Collection[Notice]) -> int:
        """Store the notices that are not known yet; return how many that were."""
        with self._lock:
            known = {_name(n) for n in self._notices.values()}
            new = {_name(n): n for n in reversed(list(notices)) if _name(n) not in known}
            self._notices.update((n.id, n) for n in reversed(new.values()))
            return len(new)

    def next_due_at(self, now: datetime) -> datetime | None:
        """Return when the next waiting notice becomes claimable, or None if none is waiting."""
        with self._lock:
            return min((_due_at(n, now) for n in self._notices.values() if _waits(n)), default=None)


def _waits(notice: Notice) -> bool:
    return notice.state in WAITING


def _claimable(notice: Notice, now: datetime) -> bool:
    come = notice.not_before <= now or notice.not_before > now + LONGEST_WAIT
    return _waits(notice) and come and not _leased(notice, now)


def _leased(notice: Notice, now: datetime) -> bool:
    return notice.lease_until is not None and now < notice.lease_until <= now + LEASE + SKEW


def _due_at(notice: Notice, now: datetime) -> datetime:
    if _leased(notice, now) and notice.lease_until is not None:
        return max(notice.lease_until, notice.not_before)
    return now if notice.not_before > now + LONGEST_WAIT else notice.not_before


def _name(notice: Notice) -> tuple[int, Occasion, str, str]:
    return notice.alert, notice.occasion, notice.person, notice.channel
