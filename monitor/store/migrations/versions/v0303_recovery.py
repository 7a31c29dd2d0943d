"""Gateways: since when they are well again. Readings: what was counted and said at each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.types import PlainText, UtcDateTime

revision = "0303"
down_revision = "0302"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("gateways", sa.Column("well_since", UtcDateTime()))
    op.add_column("readings", sa.Column("unseen", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("readings", sa.Column("risen_at", UtcDateTime()))
    op.add_column("readings", sa.Column("title", PlainText()))
