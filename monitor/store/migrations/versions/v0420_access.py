"""Access to the page: who may log in, who has, and the tokens of scripts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.types import PlainText, UtcDateTime

revision = "0420"
down_revision = "0409"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "users",
        sa.Column("name", PlainText(), nullable=False),
        sa.Column("role", PlainText(), nullable=False),
        sa.Column("password", PlainText(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_users")),
    )
    op.create_table(
        "passes",
        sa.Column("digest", PlainText(), nullable=False),
        sa.Column("name", PlainText(), nullable=False),
        sa.Column("scope", PlainText(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_passes")),
    )
