"""The machines that work on the database, who leads, and the ends of visits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.types import PlainText, UtcDateTime

revision = "0470"
down_revision = "0465"


def upgrade() -> None:
    """Make the three tables, empty."""
    op.create_table(
        "machines",
        sa.Column("id", PlainText(), primary_key=True),
        sa.Column("name", PlainText(), nullable=False),
        sa.Column("work", PlainText(), nullable=False),
        sa.Column("zones", PlainText(), nullable=False),
        sa.Column("version", PlainText(), nullable=False),
        sa.Column("configuration", PlainText(), nullable=False),
        sa.Column("loaded_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("off_seconds", sa.Float(), nullable=False),
        sa.Column("idle", PlainText()),
    )
    op.create_table(
        "leases",
        sa.Column("name", PlainText(), primary_key=True),
        sa.Column("machine", PlainText(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "visits",
        sa.Column("gateway", PlainText(), primary_key=True),
        sa.Column("ended_at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime()),
        sa.Column("free_at", UtcDateTime(), nullable=False),
    )
