"""Frozen yearly figures, declared ones, and the time an export was made for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.types import PlainText, UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables of figures and widen imports."""
    op.add_column("imports", sa.Column("covers_from", UtcDateTime()))
    op.add_column("imports", sa.Column("covers_until", UtcDateTime()))
    op.create_table(
        "snapshots",
        sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("document", PlainText(), nullable=False),
        sa.Column("digest", PlainText(), nullable=False),
    )
    op.create_table(
        "snapshot_evidence",
        sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("account", PlainText(), primary_key=True),
        sa.Column("document", PlainText(), nullable=False),
    )
    op.create_table(
        "declared",
        sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("account", PlainText(), sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("figure", PlainText(), primary_key=True),
        sa.Column("source", PlainText(), primary_key=True),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("declared_at", UtcDateTime(), nullable=False),
    )
