"""What a platform's statistics say of single days, and how the asking for them stands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.types import PlainText, UtcDateTime

revision = "0301"
down_revision = "0201"


def upgrade() -> None:
    """Create the table and add the columns."""
    op.create_table(
        "day_counts",
        sa.Column("account", PlainText(), sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("notified", sa.Integer(), nullable=False),
        sa.Column("pushes", sa.Integer(), nullable=False),
        sa.Column("source", PlainText(), nullable=False),
        sa.Column("learned_at", UtcDateTime(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
    )
    op.add_column("gateways", sa.Column("days_not_before", UtcDateTime()))
    op.add_column(
        "gateways", sa.Column("days_refusal", PlainText(), nullable=False, server_default="")
    )
