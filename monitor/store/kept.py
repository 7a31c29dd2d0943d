"""What is kept of accounts and follows from their facts: held against these, and made anew."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from monitor.store import articles, counting, covering


def mistaken(connection: Connection, named: Collection[str]) -> set[str]:
    """Return those of the accounts *named* of which something else is kept than their facts say:
    posts by day, pushes, titles under two keys, what is covered."""
    return (
        counting.miscounted(connection, named)
        | articles.mistaken(connection, named)
        | covering.miscovered(connection, named)
    )


def recompute(connection: Connection, named: Collection[str]) -> None:
    """Make all that is kept of the accounts *named* anew."""
    counting.recount(connection, named)
    articles.redo(connection, named)
    covering.recover(connection, named)
