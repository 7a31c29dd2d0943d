"""Imports that can be taken back, and counters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.types import PlainText, UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables of imports."""
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", PlainText(), nullable=False),
        sa.Column("digest", PlainText(), nullable=False),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("undone_at", UtcDateTime()),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_imports_digest", "imports", ["digest"])
    op.create_table(
        "counters",
        sa.Column("account", PlainText(), sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("provenance", PlainText(), primary_key=True),
        sa.Column("followers", sa.Integer()),
        sa.Column("posts", sa.Integer()),
    )
    op.create_index("ix_counters_provenance", "counters", ["provenance"])
