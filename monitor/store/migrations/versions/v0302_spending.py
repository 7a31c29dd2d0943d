"""Requests a gateway a day; sources: the instant that a reading has still to bear out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.types import PlainText, UtcDateTime

revision = "0302"
down_revision = "0301"


def upgrade() -> None:
    """Create the table and add the column."""
    op.create_table(
        "spending",
        sa.Column("gateway", PlainText(), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("requests", sa.Integer(), nullable=False),
    )
    op.add_column("sources", sa.Column("decisive_at", UtcDateTime()))
