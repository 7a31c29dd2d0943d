"""What people asked for and cannot have. Stdlib only."""

from __future__ import annotations


class RefusedError(Exception):
    """What was asked for cannot be done; its text is one line that says why."""
