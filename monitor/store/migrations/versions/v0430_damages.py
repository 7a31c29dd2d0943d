"""What was found damaged is kept as it was; the heartbeat knows when the clock was set back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.types import PlainText, UtcDateTime

revision = "0430"
down_revision = "0420"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "damages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", PlainText(), nullable=False),
        sa.Column("place", PlainText(), nullable=False),
        sa.Column("columns", PlainText(), nullable=False),
        sa.Column("found", PlainText(), nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_damages")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_damages_noted_at"), "damages", ["noted_at"])
    op.add_column("heartbeats", sa.Column("back_at", UtcDateTime()))
    op.add_column("heartbeats", sa.Column("back_from", UtcDateTime()))
