"""Accounts: since when they are missing. Plans: when each was made, found by it among sources."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.types import PlainText, UtcDateTime

revision = "0404"
down_revision = "0403"

MADE_AT = {
    "accounts": ("missing_since", "dropped_at"),
    "sources": ("planned_at",),
    "notices": ("planned_at",),
}


def upgrade() -> None:
    """Add the columns."""
    for table, names in MADE_AT.items():
        for name in names:
            op.add_column(table, sa.Column(name, UtcDateTime()))
    op.add_column("accounts", sa.Column("dropped_by", PlainText()))
    op.create_index("ix_sources_planned_at", "sources", ["planned_at"])
