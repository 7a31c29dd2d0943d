"""How an account stood when it was last judged. A value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)  # due at every pass, or since something was stored
NEVER = datetime(9998, 1, 1, tzinfo=UTC)  # not due until something is stored


@dataclass(frozen=True, slots=True)
class Standing:
    """One account as it was last judged. *due_at*: when it can next stand otherwise though nothing
    of it is stored. What follows is its assessment; None of an account that is closed, or was never
    judged."""

    due_at: datetime
    verdict: str | None = None
    reason: str | None = None
    rung: int | None = None
    since: datetime | None = None
    breach_at: datetime | None = None
    changes_at: datetime | None = None
    weak: bool | None = None
