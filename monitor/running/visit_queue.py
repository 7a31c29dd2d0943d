"""Which gateway is to be visited next, and by whom: what is asked of an engine for it.

The unit of work is one gateway's visit. The engine sees to it that no gateway is visited twice at
once, that each visit is made in its zone, and that one whose machine died is not waited for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from monitor.errors import StoreError, Told
from monitor.machines import Held, Visit
from monitor.store.engine import server_address

SCHEMA = "freshness_visits"  # where in the database the engine keeps its own tables
ABSENT = Told(
    "what several machines share their work with is not installed; {command}",
    command='pip install "account-freshness-monitor[cluster]"',
)


class VisitQueue(Protocol):
    """The visits that wait and run, on one database. Failures surface as `StoreError`."""

    def visits(self) -> Sequence[Visit]:
        """Return the visits that wait or run."""
        ...

    def defer(self, visit: Visit) -> bool:
        """Have *visit* made, before others if it is urgent; return False if one of its gateway
        waits already."""
        ...

    def take_off(self, gateway: str) -> None:
        """Let the visit of *gateway* not be made that waits, if one does."""
        ...

    def work(
        self,
        zones: Collection[str],
        at_once: int,
        make: Callable[[str, Held], None],
        rescued: Callable[[str], None],
        stop: Callable[[], bool],
    ) -> None:
        """Make visits in *zones*, *at_once* at most, until *stop* says so; returns when the last of
        them has ended.

        *make* is called with the gateway, in a thread of its own, while nobody else visits it, and
        with what says whether that still holds. A visit whose machine gives no sign of life is
        taken off, and *rescued* called with its gateway: whoever defers visits will do so again."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...


def check_installed() -> None:
    """Raise `StoreError` where the engine is not installed."""
    if _engine() is None:
        raise StoreError(ABSENT)


def open_queue(database: str) -> VisitQueue | None:
    """Return the queue on *database*, whose tables are made if they are not there; None for a
    file, and where the engine is not installed. Raises `StoreError`."""
    address, engine = server_address(database, SCHEMA), _engine()
    return None if address is None or engine is None else engine(address, SCHEMA)


def _engine() -> Callable[[str, str], VisitQueue] | None:
    try:
        from monitor.running.visit_jobs import VisitJobs  # noqa: PLC0415 - an extra
    except ImportError:
        return None
    return VisitJobs


def needed(queue: VisitQueue | None) -> VisitQueue:
    """Return *queue*. Raises `StoreError` for None."""
    if queue is None:
        raise StoreError(ABSENT)
    return queue
