"""The shape of the log: one event a decision, with its facts apart. Stdlib only."""

from __future__ import annotations

from typing import Any, Protocol


class Log(Protocol):
    """Write one structured line: a constant event name and fields."""

    def __call__(self, event: str, /, **facts: Any) -> None:
        """Say that *event* happened, with *facts*."""
        ...
