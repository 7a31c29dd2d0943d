"""The one clock read of the program. Everything else takes `now` as an argument."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
ASLEEP_TOO = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def utc_now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def elapsed() -> float:
    """Return how many seconds have passed since some instant, however the clock is set meanwhile;
    those for which the machine was asleep count."""
    return time.clock_gettime(ASLEEP_TOO)
