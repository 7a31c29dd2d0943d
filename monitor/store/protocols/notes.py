"""Small stored values, the service's heartbeat, and counts for metrics."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from alerts.model import NoticeState

WORKDAYS = "workdays:"  # what the keys of imported calendars begin with, a year each

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """When the service last ticked and since when it has been awake without an outage.

    *slept_at*: its last tick before that. *back_at*: when the clock was first found set back, by
    itself, and *back_from*: from when; None once it has come to that again.
    """

    last_tick_at: datetime | None = None
    awake_since: datetime | None = None
    slept_at: datetime | None = None
    back_at: datetime | None = None
    back_from: datetime | None = None


class Notes(Protocol):
    """Small values by key (driven-by mark, sample anchor …), and the heartbeat."""

    def get(self, key: str) -> str | None:
        """Return the value stored under *key*; None if there is none."""
        ...

    def read(self, key: str, meaning: Callable[[str], Value]) -> Value | None:
        """Return what *meaning* makes of the value stored under *key*; None if there is none.

        A value that it cannot read (it raises a `ValueError`, `TypeError`, `LookupError` …) is as
        if it were not there: it is set aside as a damaged row, which the operator is told."""
        ...

    def several(
        self, keys: Collection[str], meaning: Callable[[str], Value]
    ) -> Mapping[str, Value]:
        """Return the same of those of *keys* under which something is stored, by key."""
        ...

    def set(self, key: str, value: str) -> None:
        """Store *value* under *key*."""
        ...

    def replace(self, key: str, known: str | None, value: str) -> bool:
        """Store *value* under *key* if *known* is stored there now (None: nothing); return
        whether it was. Of several that replace the same value at once, one succeeds."""
        ...

    def keep_workdays(self, year: int, table: str) -> None:
        """Store the imported calendar of *year* in the place of an earlier one; *table* is text
        as `alerts.rules.calendar.parse_overrides` reads it. Custody's records hold it at once."""
        ...

    def heartbeat(self) -> Heartbeat:
        """Return the service's heartbeat; empty before the first."""
        ...

    def beat(self, now: datetime, awake_since: datetime, before: Heartbeat | None = None) -> bool:
        """Store the heartbeat and return True; False, and nothing is stored, where *before* is
        given and another heartbeat was stored since. Where *awake_since* is another than before,
        the tick before it is kept as `slept_at`."""
        ...


@dataclass(frozen=True, slots=True)
class ChannelRecord:
    """When a channel last accepted a message, and when and why it last refused one."""

    accepted_at: datetime | None = None
    refused_at: datetime | None = None
    error: str | None = None


class Tallies(Protocol):
    """Counts for metrics, and how channels fared."""

    def channels(self) -> Mapping[str, ChannelRecord]:
        """Return how each channel that was ever used fared last."""
        ...

    def ended(self) -> Mapping[tuple[str, NoticeState], int]:
        """Return how many notices of each channel ended how."""
        ...

    def unsent(self) -> int:
        """Return how many notices still wait."""
        ...

    def oldest_unsent(self) -> datetime | None:
        """Return when the oldest notice that still waits was made; None if none waits."""
        ...

    def sent(self, after: datetime) -> Sequence[tuple[datetime, datetime]]:
        """Return when each notice that was sent later than *after* was made and sent, in the order
        of their sending."""
        ...

    def size(self) -> int:
        """Return how many bytes the database takes."""
        ...
