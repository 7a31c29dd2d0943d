"""What brings a call about: a value, and its text in a row. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class On(StrEnum):
    """The kinds of occasion; handovers and the roster name further ones of their own."""

    RUNG = "rung"
    CLOSURE = "closure"
    PUBLISH_DAY = "publish_day"
    BREACH = "breach"
    REMINDER = "reminder"
    PROMISE = "promise"
    ORIGINALS = "originals"
    UNREAD = "unread"
    LOOK = "look"
    GATEWAY = "failing"
    CREDENTIAL = "credential"
    QUOTA = "quota"
    DOUBT = "doubt"
    TOGETHER = "together"
    PERSON = "person"  # whom a channel refused
    GAP = "gap"
    JUDGING = "judging"
    CALENDAR = "calendar"
    MISSING = "missing"
    BACKUP = "backup"
    KEPT = "kept"
    ZONE = "zone"
    DAMAGE = "damage"
    SHIFT = "shift"
    END = "end"
    HEARD = "heard"  # marks an alert that goes on: up to its detail, people were reached before
    UNHEARD = "unheard"  # marks a call that reached nobody; its detail is that call's occasion


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why one call is made, unique within its alert and stable over restarts.

    *kind*: one of `On`, or one that `alerts.people` names; a row of another version may hold any
    other. *detail*: which of its kind, e.g. the day of a reminder.
    """

    kind: str
    detail: str | None = None

    def __str__(self) -> str:
        """The text of a row, `kind` or `kind:detail`; `occasion_of` is its inverse."""
        return self.kind if self.detail is None else f"{self.kind}:{self.detail}"


NONE = Occasion("")  # of a message that no call has brought about


def occasion_of(text: str) -> Occasion:
    """Return the occasion that was written as *text*, by this version or another."""
    kind, colon, detail = text.partition(":")
    return Occasion(kind, detail if colon else None)
