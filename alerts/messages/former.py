"""What was stored before failures carried codes: the code is found in the words. Pure.

Nothing that fails today comes here. It may go when no database has rows from before.
"""

from __future__ import annotations

from collections.abc import Mapping

from alerts.facts import Fault

# By the type of an error.
FAULTS: Mapping[str, Fault] = {
    **dict.fromkeys(
        ("OperationalError", "DatabaseError", "InterfaceError", "InternalError", "StoreError"),
        Fault.DATABASE,
    ),
    **dict.fromkeys(("OSError", "PermissionError", "FileNotFoundError"), Fault.FILES),
    "MemoryError": Fault.MEMORY,
}


def fault_of(error: str) -> Fault:
    """Return of which sort an error is, of which the name of its type alone was stored."""
    return FAULTS.get(error, Fault.BUG)
