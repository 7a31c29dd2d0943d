"""Readings that stand for others before them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.types import PlainText, UtcDateTime

revision = "0465"
down_revision = "0460"


def upgrade() -> None:
    """Add what is known of those others; none is folded yet."""
    op.add_column("readings", sa.Column("first_at", UtcDateTime()))
    op.add_column("readings", sa.Column("tried", sa.Integer()))
    op.add_column("readings", sa.Column("longest_pause", sa.Integer()))
    op.add_column("readings", sa.Column("outcomes", PlainText()))
