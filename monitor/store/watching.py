"""Who is told how far the rebuilding of a database has come: it may take minutes."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

Advance = Callable[[int, int], None]  # so many parts are done, of so many


def unwatched(_done: int, _total: int) -> None:
    """Say nothing."""


ADVANCE: ContextVar[Advance] = ContextVar("advance", default=unwatched)
